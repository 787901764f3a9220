//! How many lookups that hit there can be in a cycle.

use anyhow::Result;

use crate::case::{Case, Length};
use crate::measurement::{Measurement, Params};
use crate::pattern::{Direction, burst};
use crate::rig::{Page, Rig, Run, WINDOW, Way};
use vcm_sim::axi::Request;

/// The memory answers at once, so that what may be outstanding is never the limit.
const LATENCY: u32 = 1;

pub(super) fn cases(length: Length) -> Vec<Case> {
    let pages: &[Page] = length.pick(&[Page::Small, Page::Section], &[Page::Small]);
    let count = length.pick(4096, 512);
    let mut cases = Vec::new();
    for direction in Direction::ALL {
        for &page in pages {
            let params = Params::default()
                .with("page", page.name())
                .with("channel", channel(direction))
                .with("latency", LATENCY);
            cases.push(Case::new(
                "hit_throughput",
                params,
                move |rig, scenario, params| measure(rig, scenario, params, direction, page, count),
            ));
        }
    }
    cases
}

const fn channel(direction: Direction) -> &'static str {
    match direction {
        Direction::Read => "AR",
        Direction::Write => "AW",
        Direction::Both => "AR+AW",
    }
}

/// Bursts of one beat, all in two pages.
fn bursts(direction: Direction, page: Page, way: Way, count: u32) -> Vec<Request> {
    let mut bursts = Vec::new();
    for write in [false, true] {
        if direction.is(write) {
            let place = |n: u32| WINDOW + (n / 8 % 2) * page.bytes() + n % 256 * 8;
            let burst = |n: u32| burst(write, place(n), 1).id(n as u8).stream(way.stream());
            bursts.extend((0..count).map(burst));
        }
    }
    bursts
}

fn measure(
    rig: &Rig,
    scenario: &str,
    params: Params,
    direction: Direction,
    page: Page,
    count: u32,
) -> Result<Vec<Measurement>> {
    rig.begin(LATENCY)?;
    let way = Way::Translated(page);
    rig.run(bursts(direction, page, way, 16))?;
    let ours = rig.run(bursts(direction, page, way, count))?;
    let bypass = rig.run(bursts(direction, page, Way::Bypass, count))?;
    let lookups = |run: Run| (run.bytes / 8) as f64 / run.cycles as f64;
    Ok(vec![
        Measurement::cycles(
            scenario,
            params.clone(),
            ours.cycles,
            bypass.cycles,
            ours.bytes,
        ),
        Measurement::value("lookups_per_cycle", params, lookups(ours), "lookups/cycle"),
    ])
}
