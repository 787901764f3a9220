//! How long a burst takes that hits: in a micro-TLB, in the main TLB, bypassed, and with no IOMMU at all.

use anyhow::{Result, ensure};

use crate::case::{Case, Length};
use crate::measurement::{Measurement, Params};
use crate::pattern::burst;
use crate::rig::{Page, Rig, WINDOW, Way};
use crate::watch::{Passage, direct};

const LATENCY: u32 = 40;

/// Pages after which the micro-TLBs hold none of those before.
const MANY: u32 = 48;

pub(super) fn cases(_length: Length) -> Vec<Case> {
    let mut cases = Vec::new();
    for write in [false, true] {
        let params = Params::default()
            .with("channel", if write { "AW" } else { "AR" })
            .with("latency", LATENCY)
            .with("beats", 1);
        cases.push(Case::new(
            "hit_latency",
            params.clone(),
            move |rig, scenario, params| micro(rig, scenario, &params, write),
        ));
        cases.push(Case::new(
            "main_tlb_latency",
            params,
            move |rig, scenario, params| main(rig, scenario, params, write),
        ));
    }
    cases
}

/// Hits that follow each other, none while another is under way.
fn micro(rig: &Rig, scenario: &str, params: &Params, write: bool) -> Result<Vec<Measurement>> {
    rig.begin(LATENCY)?;
    let place = WINDOW + 0x1000;
    let send = |way: Way, n: u32| rig.watch(burst(write, place + 8 * n, 1).stream(way.stream()));
    let way = Way::Translated(Page::Small);
    send(way, 0)?;
    let hit = send(way, 1)?;
    let bypass = send(Way::Bypass, 2)?;
    ensure!(hit.table_reads == 0, "a burst that should have hit has not");
    let alone = direct(burst(write, place, 1), LATENCY)?;
    let measured = |way: &str, what, cycles: u64| {
        let params = params.clone().with("way", way).with("cycles", what);
        Measurement::value(scenario, params, cycles as f64, "cycles")
    };
    let both = |way: &str, passage: Passage| {
        [
            measured(way, "handshake to VALID", passage.to_memory),
            measured(way, "round trip", passage.round_trip),
        ]
    };
    let mut all = Vec::from(both("micro-TLB", hit));
    all.extend(both("bypassed", bypass));
    all.push(measured("no IOMMU", "round trip", alone));
    Ok(all)
}

/// A page that was used before so many others that only the main TLB can have it.
fn main(rig: &Rig, scenario: &str, params: Params, write: bool) -> Result<Vec<Measurement>> {
    rig.begin(LATENCY)?;
    let way = Way::Translated(Page::Small);
    // Two apart: what is prefetched or read along with its neighbour is not asked for.
    let touch = |n: u32| rig.watch(burst(write, WINDOW + 0x2000 * n, 1).stream(way.stream()));
    for n in 0..MANY {
        touch(n)?;
    }
    let mut worst = Passage::default();
    for n in 0..4 {
        let passage = touch(n)?;
        if passage.to_memory > worst.to_memory {
            worst = passage;
        }
    }
    let value = |what: &str, value: f64, unit| {
        let params = params.clone().with("way", "main TLB").with("cycles", what);
        Measurement::value(scenario, params, value, unit)
    };
    Ok(vec![
        value("handshake to VALID", worst.to_memory as f64, "cycles"),
        value("round trip", worst.round_trip as f64, "cycles"),
        value("table reads", worst.table_reads.into(), "reads"),
    ])
}
