//! What invalidating costs: the driver's call, from its first register write to the confirmation.

use anyhow::Result;
use vcm::addr::Iova;
use vcm::iommu::Scope;

use crate::case::{Case, Length};
use crate::measurement::{Measurement, Params};
use crate::pattern::{Direction, Order, Pattern};
use crate::rig::{Page, Rig, WINDOW, Way};

const LATENCY: u32 = 40;

/// What is invalidated; synchronisation is part of each.
#[derive(Clone, Copy)]
enum What {
    Other,
    Everything,
    Context,
    Page,
}

impl What {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Other, "TLBIVA, TLBSYNC (a context without traffic)"),
        (Self::Everything, "TLBIALL, TLBSYNC (all contexts)"),
        (Self::Context, "TLBIALL, TLBSYNC (a context)"),
        (Self::Page, "TLBIVA, TLBSYNC (a page)"),
    ];
}

/// What the masters do meanwhile.
const TRAFFIC: [(&str, Option<u32>); 3] = [
    ("none", None),
    ("reads and writes that hit", Some(8 << 10)),
    ("reads and writes that miss", Some(64 << 20)),
];

pub(super) fn cases(length: Length) -> Vec<Case> {
    let traffic = length.pick(&TRAFFIC[..], &TRAFFIC[..2]);
    let rounds = length.pick(20, 3);
    let mut cases = Vec::new();
    for &(load, set) in traffic {
        for (what, name) in What::ALL {
            let params = Params::default()
                .with("what", name)
                .with("traffic", load)
                .with("latency", LATENCY);
            cases.push(Case::new(
                "invalidate",
                params,
                move |rig, scenario, params| measure(rig, scenario, params, what, set, rounds),
            ));
        }
    }
    cases
}

/// Cycles of the call, as the mean of some rounds.
fn measure(
    rig: &Rig,
    scenario: &str,
    params: Params,
    what: What,
    set: Option<u32>,
    rounds: u32,
) -> Result<Vec<Measurement>> {
    rig.begin(LATENCY)?;
    let (busy, idle) = (rig.context(Page::Small), rig.context(Page::Section));
    let mut cycles = 0;
    for round in 0..rounds {
        if let Some(set) = set {
            let pattern = Pattern {
                direction: Direction::Both,
                order: Order::Random {
                    set,
                    seed: u64::from(round),
                },
                // More than pass until the call returns.
                count: 64,
                burst: 64,
                ids: 8,
            };
            for burst in pattern.bursts(Way::Translated(Page::Small)) {
                rig.platform.submit(burst);
            }
            // Until they are well under way.
            rig.platform.step(100);
        }
        let begin = rig.platform.now();
        match what {
            What::Other => idle.invalidate(Scope::Address(Iova::new(WINDOW)))?,
            What::Everything => rig.iommu.invalidate_all()?,
            What::Context => busy.invalidate(Scope::Context)?,
            What::Page => busy.invalidate(Scope::Address(Iova::new(WINDOW + 0x1000)))?,
        }
        cycles += rig.platform.now() - begin;
        rig.platform.finish()?;
    }
    let mean = cycles as f64 / f64::from(rounds);
    Ok(vec![Measurement::value(scenario, params, mean, "cycles")])
}
