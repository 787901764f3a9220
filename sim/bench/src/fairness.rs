//! Whether anybody waits for long because of others.

use anyhow::{Result, ensure};
use fastrand::Rng;

use crate::case::{Case, Length};
use crate::measurement::{Measurement, Params};
use crate::pattern::burst;
use crate::rig::{Page, Rig, WINDOW, WINDOW_SIZE, Way};
use vcm_sim::axi::{Request, Ticket};
use vcm_sim::signals::Resp;

const LATENCY: u32 = 40;
/// Bursts that the greedy one has under way at any time.
const GREEDY: usize = 8;
/// Cycles from a burst of the modest one to its next.
const PERIOD: u64 = 97;

/// Who wants what.
#[derive(Clone, Copy)]
struct Contest {
    name: &'static str,
    /// Bursts that come one now and then.
    modest: Party,
    /// Bursts that come all the time.
    greedy: Party,
}

/// Bursts of a stream.
#[derive(Clone, Copy)]
struct Party {
    write: bool,
    page: Page,
    /// Bytes among which they are random; small sets always hit.
    set: u32,
    /// IDs of this party, from this one on.
    id: u8,
}

const HITS: u32 = 8 << 10;

const CONTESTS: [Contest; 5] = [
    Contest {
        name: "a write under reads that hit",
        modest: party(true, Page::Small, HITS, 0x80),
        greedy: party(false, Page::Small, HITS, 0),
    },
    Contest {
        name: "a write under reads that miss",
        modest: party(true, Page::Small, HITS, 0x80),
        greedy: party(false, Page::Small, WINDOW_SIZE, 0),
    },
    Contest {
        name: "a read under writes that hit",
        modest: party(false, Page::Small, HITS, 0x80),
        greedy: party(true, Page::Small, HITS, 0),
    },
    Contest {
        name: "a read under writes that miss",
        modest: party(false, Page::Small, HITS, 0x80),
        greedy: party(true, Page::Small, WINDOW_SIZE, 0),
    },
    Contest {
        name: "a read that hits under reads of another stream that miss",
        modest: party(false, Page::Section, HITS, 0x80),
        greedy: party(false, Page::Small, WINDOW_SIZE, 0),
    },
];

const fn party(write: bool, page: Page, set: u32, id: u8) -> Party {
    Party {
        write,
        page,
        set,
        id,
    }
}

pub(super) fn cases(length: Length) -> Vec<Case> {
    let rounds = length.pick(200, 20);
    let contests = CONTESTS.into_iter();
    let case = |contest: Contest| {
        let params = Params::default()
            .with("who", contest.name)
            .with("latency", LATENCY);
        Case::new("longest_wait", params, move |rig, scenario, params| {
            let among = |alone| longest(rig, contest, rounds, alone);
            Ok(vec![
                value(scenario, &params, "alone", among(true)?),
                value(scenario, &params, "beside them", among(false)?),
            ])
        })
    };
    contests.map(case).collect()
}

fn value(scenario: &str, params: &Params, when: &str, cycles: u64) -> Measurement {
    let params = params.clone().with("when", when);
    Measurement::value(scenario, params, cycles as f64, "cycles")
}

impl Party {
    fn burst(self, n: u64, rng: &mut Rng) -> Request {
        let addr = WINDOW + rng.u32(0..self.set / 64) * 64;
        let id = self.id + (n % GREEDY as u64) as u8;
        let stream = Way::Translated(self.page).stream();
        burst(self.write, addr, 8).id(id).stream(stream)
    }
}

/// The longest time that a burst of the modest party took, from AxVALID to the last response.
fn longest(rig: &Rig, contest: Contest, rounds: u64, alone: bool) -> Result<u64> {
    rig.begin(LATENCY)?;
    let mut rng = Rng::with_seed(5);
    // The first ones miss in any case.
    for n in 0..GREEDY as u64 {
        rig.watch(contest.modest.burst(n, &mut rng))?;
    }
    let mut simulation = rig.platform.lock();
    let (mut mine, mut sent, mut longest): (Option<Ticket>, _, _) = (None, 0, 0);
    let (mut others, mut other_sent) = (0, 0);
    for cycle in 0..rounds * PERIOD {
        if cycle % PERIOD == 0 && mine.is_none() {
            let burst = contest.modest.burst(sent, &mut rng);
            mine = Some(simulation.master_mut().submit(burst));
            sent += 1;
        }
        while !alone && others < GREEDY {
            let burst = contest.greedy.burst(other_sent, &mut rng);
            simulation.master_mut().submit(burst);
            others += 1;
            other_sent += 1;
        }
        simulation.step();
        for done in simulation.master_mut().drain() {
            ensure!(
                done.resp == Resp::Okay,
                "{:?} for {:x?}",
                done.resp,
                done.request
            );
            if mine == Some(done.ticket) {
                longest = longest.max(done.finished + 1 - done.issued);
                mine = None;
            } else {
                others -= 1;
            }
        }
    }
    drop(simulation);
    rig.platform.finish()?;
    ensure!(longest > 0, "nothing came through");
    Ok(longest)
}
