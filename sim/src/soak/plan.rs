//! What a seed means.

use std::fmt;
use std::str::FromStr;

use fastrand::Rng;

use super::step::{Manner, Reach, Step};
use crate::ddr::Timing;
use crate::platform::Config;

/// Contexts that the driver uses.
pub(super) const CONTEXTS: u8 = 4;
/// Contexts that there are.
pub(super) const BANKS: u8 = 8;
/// Places in a context where something may be mapped.
pub(super) const SLOTS: u8 = 6;
/// Streams that masters use.
const STREAMS: u8 = 8;
/// Steps of a plan, besides those that set the board up.
const STEPS: u32 = 120;
/// Simulated cycles after which the driver, and whoever waits for an answer, gives up.
const DEADLINE: u64 = 400_000;

/// How fast memory is at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// It answers in a few cycles.
    Quick,
    /// As on a PYNQ-Z2.
    Usual,
    /// It takes long.
    Slow,
}

/// What the board is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// How fast memory is.
    pub speed: Speed,
    /// The seed of back-pressure on all channels, if there is any at first.
    pub pressure: Option<u64>,
    /// Memory takes an address of a write only with its first data.
    pub address_after_data: bool,
    /// Masters break rules of AXI, so that they are not judged.
    pub unruly: bool,
    /// Descriptors are corrupted.
    pub corrupt: bool,
    /// For each context: AxCACHE comes from the page.
    pub memory_types: [bool; CONTEXTS as usize],
    /// For each context: addresses pass unchanged.
    pub one_to_one: [bool; CONTEXTS as usize],
    /// For each context: its bank.
    pub banks: [u8; CONTEXTS as usize],
}

impl Setup {
    fn draw(rng: &mut Rng) -> Self {
        Self {
            speed: [Speed::Quick, Speed::Quick, Speed::Usual, Speed::Slow][rng.usize(0..4)],
            pressure: (rng.u8(0..3) != 0).then(|| rng.u64(..)),
            address_after_data: rng.u8(0..6) == 0,
            unruly: rng.u8(0..3) == 0,
            corrupt: rng.u8(0..3) == 0,
            memory_types: std::array::from_fn(|_| rng.bool()),
            one_to_one: std::array::from_fn(|_| rng.u8(0..10) == 0),
            banks: banks(rng),
        }
    }

    /// The board.
    pub(super) fn config(&self) -> Config {
        let mut config = Config {
            deadline: DEADLINE,
            ..Config::default()
        };
        if let Some(seed) = self.pressure {
            config = config.stressed(seed);
        }
        config.ddr.data.address_after_data = self.address_after_data;
        config.ddr.timing = match self.speed {
            Speed::Quick => Timing {
                read_latency: 3,
                write_latency: 2,
                bandwidth: 24,
            },
            Speed::Usual => Timing::default(),
            Speed::Slow => Timing {
                read_latency: 120,
                write_latency: 60,
                bandwidth: 16,
            },
        };
        config
    }
}

/// Different ones, in any order.
fn banks(rng: &mut Rng) -> [u8; CONTEXTS as usize] {
    let mut all: [u8; BANKS as usize] = std::array::from_fn(|n| n as u8);
    rng.shuffle(&mut all);
    std::array::from_fn(|n| all[n])
}

/// A step and its number, which it keeps when others are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Its place in the whole plan.
    pub number: u32,
    /// The step.
    pub step: Step,
}

/// What is done in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The seed that it was made of.
    pub seed: u64,
    /// The board.
    pub setup: Setup,
    /// The steps, in their order.
    pub steps: Vec<Numbered>,
}

impl Plan {
    /// The whole plan of a seed.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let setup = Setup::draw(&mut rng);
        let mut steps = beginning(&mut rng);
        steps.extend((0..STEPS).map(|_| draw(&mut rng, &setup)));
        let numbered = |(number, step)| Numbered { number, step };
        Self {
            seed,
            setup,
            steps: (0..).zip(steps).map(numbered).collect(),
        }
    }

    /// Only what is to be kept of it.
    #[must_use]
    pub fn keep(&self, keep: &Keep) -> Self {
        let kept = |numbered: &Numbered| {
            let (_, most) = keep
                .0
                .iter()
                .find(|(number, _)| *number == numbered.number)?;
            let step = most.map_or(numbered.step, |most| numbered.step.with_at_most(most));
            Some(Numbered { step, ..*numbered })
        };
        Self {
            steps: self.steps.iter().filter_map(kept).collect(),
            ..self.clone()
        }
    }

    /// What of the whole plan it has: with the seed, all there is to say of it.
    pub fn kept(&self) -> Keep {
        let whole = Self::new(self.seed);
        let item = |numbered: &Numbered| {
            let full = whole.steps.get(numbered.number as usize);
            let most = match numbered.step {
                Step::Send { bursts, .. } if full.is_none_or(|f| f.step != numbered.step) => {
                    Some(bursts)
                }
                _ => None,
            };
            (numbered.number, most)
        };
        Keep(self.steps.iter().map(item).collect())
    }

    /// Whether nothing was left out.
    pub fn is_whole(&self) -> bool {
        *self == Self::new(self.seed)
    }
}

/// The steps of a plan that are kept, and of some only so many bursts. As text: `0-4,7,9x3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep(Vec<(u32, Option<u16>)>);

/// What cannot be read as a [`Keep`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no list of steps: give numbers as in 0-4,7,9x3 (9x3: 3 bursts of step 9)")]
pub struct KeepError(String);

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut items = self.0.iter().copied().peekable();
        let mut comma = "";
        while let Some((first, most)) = items.next() {
            write!(f, "{comma}{first}")?;
            comma = ",";
            if let Some(most) = most {
                write!(f, "x{most}")?;
                continue;
            }
            let mut last = first;
            while items.next_if_eq(&(last + 1, None)).is_some() {
                last += 1;
            }
            if last > first {
                write!(f, "-{last}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Keep {
    type Err = KeepError;

    fn from_str(text: &str) -> Result<Self, KeepError> {
        let error = || KeepError(text.to_owned());
        let number = |digits: &str| digits.trim().parse::<u32>().map_err(|_| error());
        let mut items = Vec::new();
        for item in text.split(',').filter(|item| !item.trim().is_empty()) {
            if let Some((step, most)) = item.split_once('x') {
                let most = u16::try_from(number(most)?).map_err(|_| error())?;
                items.push((number(step)?, Some(most)));
            } else if let Some((first, last)) = item.split_once('-') {
                let (first, last) = (number(first)?, number(last)?);
                if last - first.min(last) > STEPS * 2 {
                    return Err(error());
                }
                items.extend((first..=last).map(|step| (step, None)));
            } else {
                items.push((number(item)?, None));
            }
        }
        Ok(Self(items))
    }
}

/// Contexts with something in them, and streams that go there.
fn beginning(rng: &mut Rng) -> Vec<Step> {
    let mut steps = Vec::new();
    for context in 0..CONTEXTS {
        for slot in 0..SLOTS - 2 {
            let seed = rng.u64(..);
            steps.push(Step::Map {
                context,
                slot,
                seed,
            });
        }
        steps.push(Step::Attach {
            context,
            stream: context,
        });
        steps.push(Step::Activate { context });
    }
    steps.push(Step::Bypass { stream: CONTEXTS });
    steps
}

fn draw(rng: &mut Rng, setup: &Setup) -> Step {
    let context = rng.u8(0..CONTEXTS);
    let slot = rng.u8(0..SLOTS);
    let stream = rng.u8(0..STREAMS);
    let seed = rng.u64(..);
    let on = rng.bool();
    match rng.u8(0..100) {
        0..40 => Step::Send {
            seed,
            bursts: rng.u16(1..=40),
            manner: match rng.u8(0..8) {
                0 => Manner::Stream,
                1 => Manner::Crowd,
                2..=4 if setup.unruly => Manner::Illegal,
                _ => Manner::Mixed,
            },
        },
        40..50 => Step::Map {
            context,
            slot,
            seed,
        },
        50..56 => Step::Unmap { context, slot },
        56..59 => Step::Migrate {
            context,
            slot,
            seed,
        },
        59 => Step::Split {
            context,
            slot,
            seed,
        },
        60 | 61 => Step::Activate { context },
        62 => Step::Deactivate { context },
        63 | 64 => Step::Attach { context, stream },
        65 => Step::Detach { stream },
        66 => match on {
            true => Step::Bypass { stream },
            false => Step::Terminate { stream },
        },
        67 | 68 => Step::Invalidate {
            context,
            slot,
            reach: [
                Reach::Context,
                Reach::Asid,
                Reach::Page,
                Reach::PageOfAll,
                Reach::Range,
            ][rng.usize(0..5)],
        },
        69 => Step::InvalidateAll,
        70..73 => Step::Stall { context, on },
        73 => Step::Limits {
            transactions: rng.u8(0..16),
            ticks: [0, 1, 2, 4][rng.usize(0..4)],
        },
        74 => Step::Resume {
            context,
            terminate: on,
        },
        75..78 => Step::Serve { seed },
        78 | 79 => Step::Drain,
        80 => Step::Switch {
            context,
            on: rng.u8(0..4) != 0,
        },
        81 => Step::Counters,
        82 | 83 => Step::Probe {
            context,
            slot,
            seed,
        },
        84 => Step::Preload {
            context,
            slot,
            seed,
            lock: on,
        },
        85 => Step::Domains {
            context,
            value: [1, 1, 1, 1, 3, 3, 0, 2][rng.usize(0..8)],
        },
        86 => Step::AccessFlags { context, on },
        87..90 if setup.corrupt => Step::Corrupt {
            context,
            slot,
            seed,
        },
        90 if setup.corrupt => Step::Repair,
        87 | 88 => Step::Map {
            context,
            slot,
            seed,
        },
        89 | 90 => Step::Domains { context, value: 1 },
        91 => Step::BusErrors {
            context,
            slot,
            seed,
        },
        92 => Step::NoBusErrors,
        93 => Step::Latency {
            read: [1, 3, 40, 200][rng.usize(0..4)],
            write: [1, 2, 20, 100][rng.usize(0..4)],
        },
        94 => Step::Pressure { seed, on },
        95 | 96 => Step::Wait {
            cycles: rng.u16(1..3_000),
        },
        97 => Step::Interrupts {
            fault: on,
            overflow: rng.bool(),
        },
        98 => Step::WalkAttributes {
            // The others are reserved (IHI 0022E A4.4).
            cache: [0, 1, 2, 3, 6, 7, 10, 11, 14, 15][rng.usize(0..10)],
            user: rng.u8(0..32),
        },
        _ if rng.bool() => Step::Reset,
        _ => Step::Settle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_makes_the_same_plan_and_another_seed_another() {
        assert_eq!(Plan::new(7), Plan::new(7));
        assert_ne!(Plan::new(7).steps, Plan::new(8).steps);
    }

    #[test]
    fn what_is_kept_survives_being_written_and_read() {
        let whole = Plan::new(3);
        let mut part = whole.clone();
        part.steps.retain(|numbered| numbered.number % 5 != 1);
        let send = part
            .steps
            .iter_mut()
            .find(|n| matches!(n.step, Step::Send { bursts, .. } if bursts > 2));
        let send = send.expect("a plan sends");
        send.step = send.step.with_at_most(2);
        let text = part.kept().to_string();
        assert_eq!(whole.keep(&text.parse().expect("it was written")), part);
        assert!(text.contains("x2") && text.contains('-'), "{text}");
        assert!(whole.is_whole() && !part.is_whole());
    }

    #[test]
    fn what_is_no_list_is_refused_by_name() {
        for text in ["a", "1-", "3x", "0-4000000000", "1x70000"] {
            let error = text.parse::<Keep>().expect_err(text);
            assert!(error.to_string().contains(text));
        }
    }

    #[test]
    fn plans_have_steps_of_every_kind() {
        let kinds: std::collections::BTreeSet<String> = (0..40)
            .flat_map(|seed| Plan::new(seed).steps)
            .map(|numbered| numbered.step.name())
            .collect();
        assert_eq!(kinds.len(), 35, "{kinds:?}");
    }
}
