//! What a miss costs: table reads, and cycles from the address handshake to VALID at the memory.

use anyhow::Result;

use crate::case::{Case, Length};
use crate::measurement::{Measurement, Params};
use crate::pattern::burst;
use crate::rig::{Page, Rig, WINDOW, Way};
use vcm_sim::axi::Request;

const MIB: u32 = 1 << 20;
const PAGE: u32 = 4 << 10;

pub(super) fn cases(length: Length) -> Vec<Case> {
    let latencies: &[u32] = length.pick(&[10, 40, 100], &[40]);
    let mut cases = Vec::new();
    for &latency in latencies {
        for page in Page::ALL {
            let params = Params::default()
                .with("page", page.name())
                .with("latency", latency);
            cases.push(Case::new("miss", params, move |rig, scenario, params| {
                one(rig, scenario, &params, latency, page)
            }));
        }
        let params = Params::default()
            .with("page", "4KiB")
            .with("latency", latency);
        cases.push(Case::new(
            "misses_at_once",
            params,
            move |rig, scenario, params| several(rig, scenario, &params, latency),
        ));
    }
    cases
}

fn read(page: Page, offset: u32) -> Request {
    burst(false, WINDOW + offset, 1).stream(Way::Translated(page).stream())
}

/// A miss after nothing, after another page of the same MiB, and after the page's neighbour.
fn one(
    rig: &Rig,
    scenario: &str,
    params: &Params,
    latency: u32,
    page: Page,
) -> Result<Vec<Measurement>> {
    rig.begin(latency)?;
    let mut measured = Vec::new();
    let mut miss = |kind: &str, offset| -> Result<()> {
        let passage = rig.watch(read(page, offset))?;
        let params = params.clone().with("kind", kind);
        let value = |what: &str, value: f64, unit| {
            Measurement::value(scenario, params.clone().with("what", what), value, unit)
        };
        measured.push(value("table reads", passage.table_reads.into(), "reads"));
        measured.push(value("cycles to VALID", passage.to_memory as f64, "cycles"));
        Ok(())
    };
    miss("cold", 0)?;
    if page == Page::Small {
        // Far from what was prefetched or came along with the first page.
        miss("first level cached", 64 * PAGE)?;
        miss("neighbour in the same read", 65 * PAGE)?;
        miss("neighbouring MiB", MIB + 64 * PAGE)?;
    } else if page == Page::Large {
        miss("first level cached", 4 * page.bytes())?;
    }
    Ok(measured)
}

/// Several misses under way at the same time, all bursts of different IDs.
fn several(rig: &Rig, scenario: &str, params: &Params, latency: u32) -> Result<Vec<Measurement>> {
    let mut measured = Vec::new();
    let kinds: [(&str, u32); 4] = [
        ("of one page", 8),
        ("of neighbouring pages", PAGE),
        ("of pages of one MiB", 16 * PAGE),
        ("of pages of different MiB", 2 * MIB + 16 * PAGE),
    ];
    for (kind, apart) in kinds {
        for count in [1, 4, 8] {
            rig.begin(latency)?;
            let burst = |n: u32| read(Page::Small, n * apart).id(n as u8);
            let all = rig.watch_all((0..count).map(burst).collect())?;
            let params = params.clone().with("kind", kind).with("count", count);
            let value = |what: &str, value: f64, unit| {
                Measurement::value(scenario, params.clone().with("what", what), value, unit)
            };
            measured.push(value("table reads", all.table_reads.into(), "reads"));
            measured.push(value(
                "first VALID to last response",
                all.round_trip as f64,
                "cycles",
            ));
        }
    }
    Ok(measured)
}
