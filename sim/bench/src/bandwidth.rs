//! How fast data flows: sequentially, at random, and over growing working sets.

use anyhow::Result;
use fastrand::Rng;

use crate::case::{Case, Length};
use crate::measurement::{Measurement, Params};
use crate::pattern::{Direction, Order, Pattern, burst};
use crate::rig::{Page, Rig, WINDOW, Way};
use vcm_sim::axi::Request;

/// A setting that is varied.
#[derive(Clone, Copy)]
struct Setting {
    page: Page,
    latency: u32,
    ids: u8,
    burst: u32,
}

/// Pages that are touched at most before a random pattern is measured: as many as the TLBs hold.
const TOUCHED: u32 = 2048;

/// What is touched before a random pattern is measured, so that the TLBs are as full as they will be.
#[derive(Clone, Copy)]
struct Warm {
    set: u32,
    touched: u32,
}

impl Warm {
    /// All pages of a small set in order, or random ones of a large set.
    fn bursts(self, direction: Direction, page: Page) -> Vec<Request> {
        let pages = self.set / page.bytes();
        let mut rng = Rng::with_seed(9);
        let mut bursts = Vec::new();
        for n in 0..self.touched {
            let number = if pages > self.touched {
                rng.u32(0..pages)
            } else {
                n
            };
            for write in [false, true] {
                if direction.is(write) {
                    let burst = burst(write, WINDOW + number * page.bytes(), 1);
                    bursts.push(burst.id(n as u8 % 8).stream(Way::Translated(page).stream()));
                }
            }
        }
        bursts
    }
}

/// What the others are varied from.
const USUAL: Setting = Setting {
    page: Page::Small,
    latency: 40,
    ids: 8,
    burst: 64,
};

pub(super) fn cases(length: Length) -> Vec<Case> {
    let mut cases = Vec::new();
    for direction in Direction::ALL {
        for setting in settings(length, direction) {
            cases.push(sequential(length, direction, setting));
        }
    }
    for (name, set) in [("2MiB", 2 << 20), ("64MiB", 64 << 20)] {
        for direction in Direction::ALL {
            for setting in settings(length, direction) {
                // Bursts of other sizes say nothing here that they did not say above.
                if setting.burst == USUAL.burst {
                    cases.push(random(
                        length,
                        &format!("random_{name}"),
                        set,
                        direction,
                        setting,
                    ));
                }
            }
        }
    }
    let pages: &[Page] = length.pick(&[Page::Small, Page::Large], &[Page::Small]);
    let sets: &[u32] = length.pick(
        &[
            64,
            128,
            256,
            512,
            1 << 10,
            2 << 10,
            4 << 10,
            8 << 10,
            16 << 10,
            32 << 10,
            64 << 10,
        ],
        &[64, 2 << 10],
    );
    for &page in pages {
        for kib in sets {
            let setting = Setting { page, ..USUAL };
            cases.push(random(
                length,
                "working_set",
                kib << 10,
                Direction::Read,
                setting,
            ));
        }
    }
    cases
}

/// The usual one, and those that differ from it in one thing.
fn settings(length: Length, direction: Direction) -> Vec<Setting> {
    let mut all = vec![USUAL];
    if length == Length::Quick {
        return all;
    }
    all.extend(Page::ALL[1..].iter().map(|&page| Setting { page, ..USUAL }));
    all.extend([10, 100].map(|latency| Setting { latency, ..USUAL }));
    if direction == Direction::Read {
        all.extend([1, 2, 4, 16].map(|ids| Setting { ids, ..USUAL }));
    }
    all.extend([8, 256, 1024].map(|burst| Setting { burst, ..USUAL }));
    all
}

fn sequential(length: Length, direction: Direction, setting: Setting) -> Case {
    let scenario = format!("seq_{}", direction.name());
    // So many pages, and not much more cycles than that takes.
    let bytes = length.pick(256 << 10, 32 << 10).min(4096 * setting.burst);
    let pattern = Pattern {
        direction,
        order: Order::Sequential,
        count: bytes / setting.burst,
        burst: setting.burst,
        ids: setting.ids,
    };
    Case::new(&scenario, params(setting), move |rig, scenario, params| {
        measure(rig, scenario, params, setting, pattern, None)
    })
}

fn random(length: Length, name: &str, set: u32, direction: Direction, setting: Setting) -> Case {
    let mut params = params(setting);
    let scenario = match name {
        "working_set" => name.to_owned(),
        _ => format!("{name}_{}", direction.name()),
    };
    params = params.with("set_KiB", set >> 10);
    let order = |seed| Order::Random { set, seed };
    let pattern = Pattern {
        direction,
        order: order(1),
        count: length.pick(3072, 256),
        burst: setting.burst,
        ids: setting.ids,
    };
    let touched = length
        .pick(TOUCHED, TOUCHED / 4)
        .min(set / setting.page.bytes());
    let warm = Warm { set, touched };
    Case::new(&scenario, params, move |rig, scenario, params| {
        measure(rig, scenario, params, setting, pattern, Some(warm))
    })
}

fn params(setting: Setting) -> Params {
    Params::default()
        .with("page", setting.page.name())
        .with("latency", setting.latency)
        .with("ids", setting.ids)
        .with("burst", setting.burst)
}

/// Runs the pattern translated, then bypassed.
fn measure(
    rig: &Rig,
    scenario: &str,
    params: Params,
    setting: Setting,
    pattern: Pattern,
    warm: Option<Warm>,
) -> Result<Vec<Measurement>> {
    let translated = Way::Translated(setting.page);
    rig.begin(setting.latency)?;
    if let Some(warm) = warm {
        rig.run(warm.bursts(pattern.direction, setting.page))?;
    }
    let ours = rig.run(pattern.bursts(translated))?;
    let bypass = rig.run(pattern.bursts(Way::Bypass))?;
    Ok(vec![Measurement::cycles(
        scenario,
        params,
        ours.cycles,
        bypass.cycles,
        ours.bytes,
    )])
}
