//! Two waveforms side by side: where they first tell different transactions.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::burst::Burst;
use super::error::WaveError;
use super::player::Wave;
use super::reader::{Listener, Summary};
use super::registers::fault_name;
use super::transaction::Transaction;

/// Transactions that one side may be ahead.
const AHEAD: usize = 1024;

/// Transactions that are held back to put those of a port into their order.
const REORDERED: usize = 4096;

/// A transaction as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    burst: Burst,
    number: u64,
    /// What else is compared, by name.
    more: Vec<(&'static str, String)>,
}

/// Where transactions are compared: name of IOMMU or port, and the direction.
type Place = (String, bool);

/// The first difference of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The IOMMU or port.
    pub place: String,
    /// The direction.
    pub write: bool,
    /// Transactions of this place that are the same.
    pub same: u64,
    /// Cycles in the two waveforms, where there is a transaction.
    pub cycles: [Option<u64>; 2],
    /// What differs: name, and the value in each.
    pub fields: Vec<(String, String, String)>,
}

/// What a comparison came to.
#[derive(Debug, Default)]
pub struct Difference {
    /// The first difference of each place, the earliest first.
    pub divergences: Vec<Divergence>,
    /// Transactions that are the same.
    pub same: u64,
    /// Places that only one of them has: which, and name.
    pub alone: Vec<(usize, String)>,
    /// How reading ended.
    pub summaries: Vec<Summary>,
}

/// Sends what is told to whoever compares.
struct Sender<'a> {
    wave: &'a Wave,
    to: SyncSender<(Place, Item)>,
    /// By port and direction: bursts that ended before their turn.
    early: HashMap<(usize, bool), (u64, BTreeMap<u64, Burst>)>,
    gone: bool,
}

impl Sender<'_> {
    fn send(&mut self, place: Place, item: Item) {
        self.gone |= self.to.send((place, item)).is_err();
    }

    fn port(&mut self, port: usize, burst: Burst) {
        let name = short(&self.wave.layout().ports[port].name);
        let number = burst.number;
        let item = Item {
            burst,
            number,
            more: Vec::new(),
        };
        self.send((name, item.burst.write), item);
    }

    fn rest(&mut self) {
        let early = std::mem::take(&mut self.early);
        for ((port, _), (_, bursts)) in early {
            for burst in bursts.into_values() {
                self.port(port, burst);
            }
        }
    }
}

impl Listener for Sender<'_> {
    fn transaction(&mut self, transaction: Transaction) {
        let scope = short(&self.wave.layout().devices[transaction.device].scope);
        let faults = transaction.fault.iter().chain(&transaction.more_faults);
        let faults: Vec<String> = faults
            .map(|fault| {
                let names: Vec<String> = fault.status.iter().map(|s| fault_name(*s)).collect();
                names.join(" or ")
            })
            .collect();
        let below = |value: fn(&Burst) -> String| {
            transaction.forwarded.as_ref().map_or("-".to_owned(), value)
        };
        let item = Item {
            number: transaction.number,
            more: vec![
                ("stream", transaction.stream.to_string()),
                (
                    "m_axi address",
                    below(|burst| format!("{:#010x}", burst.addr)),
                ),
                (
                    "m_axi AxCACHE",
                    below(|burst| format!("{:#x}", burst.cache)),
                ),
                (
                    "m_axi data",
                    below(|burst| format!("{:016x}", burst.digest)),
                ),
                ("faults", faults.join(", ")),
            ],
            burst: transaction.burst,
        };
        self.send((scope, item.burst.write), item);
    }

    fn burst(&mut self, port: usize, burst: Burst) {
        let key = (port, burst.write);
        let (next, early) = self.early.entry(key).or_default();
        early.insert(burst.number, burst);
        let mut ready = Vec::new();
        while let Some(first) = early.first_entry() {
            if *first.key() != *next && early.len() <= REORDERED {
                break;
            }
            if let Some((number, burst)) = early.pop_first() {
                *next = number + 1;
                ready.push(burst);
            }
        }
        for burst in ready {
            self.port(port, burst);
        }
    }

    fn goes_on(&self) -> bool {
        !self.gone
    }
}

/// A name without the top that simulators put around everything.
fn short(name: &str) -> String {
    name.strip_prefix("TOP.").unwrap_or(name).to_owned()
}

/// Compares the transactions of two waveforms, those of each IOMMU and port in their order; with
/// `timing` also how many cycles they took.
///
/// # Errors
/// [`WaveError`] when one cannot be read.
pub fn compare(left: &Wave, right: &Wave, timing: bool) -> Result<Difference, WaveError> {
    std::thread::scope(|scope| {
        let mut receivers = Vec::new();
        let mut threads = Vec::new();
        for wave in [left, right] {
            let (to, from) = sync_channel(AHEAD);
            receivers.push(from);
            threads.push(scope.spawn(move || {
                let mut sender = Sender {
                    wave,
                    to,
                    early: HashMap::new(),
                    gone: false,
                };
                let summary = wave.read(&mut sender);
                sender.rest();
                summary
            }));
        }
        let mut difference = Comparison::new(timing).run(&receivers);
        drop(receivers);
        for thread in threads {
            // A thread that panicked has said so.
            let summary = thread.join().unwrap_or_else(|_| Ok(Summary::default()))?;
            difference.summaries.push(summary);
        }
        Ok(difference)
    })
}

/// One place.
#[derive(Default)]
struct Lane {
    waiting: [VecDeque<Item>; 2],
    seen: [bool; 2],
    same: u64,
    divergence: Option<Divergence>,
}

struct Comparison {
    timing: bool,
    lanes: BTreeMap<Place, Lane>,
}

impl Comparison {
    fn new(timing: bool) -> Self {
        Self {
            timing,
            lanes: BTreeMap::new(),
        }
    }

    fn run(mut self, receivers: &[Receiver<(Place, Item)>]) -> Difference {
        let mut open = [true; 2];
        while open.contains(&true) {
            for side in 0..2 {
                if !open[side] {
                    continue;
                }
                match receivers[side].recv() {
                    Ok((place, item)) => self.take(side, place, item),
                    Err(_) => open[side] = false,
                }
            }
        }
        self.end()
    }

    fn take(&mut self, side: usize, place: Place, item: Item) {
        let write = place.1;
        let name = place.0.clone();
        let lane = self.lanes.entry(place).or_default();
        lane.seen[side] = true;
        if lane.divergence.is_some() {
            return;
        }
        lane.waiting[side].push_back(item);
        while !lane.waiting[0].is_empty() && !lane.waiting[1].is_empty() {
            let [left, right] = &mut lane.waiting;
            let (Some(a), Some(b)) = (left.pop_front(), right.pop_front()) else {
                return;
            };
            let fields = differences(&a, &b, self.timing);
            if fields.is_empty() {
                lane.same += 1;
                continue;
            }
            lane.divergence = Some(Divergence {
                place: name.clone(),
                write,
                same: lane.same,
                cycles: [Some(a.burst.valid), Some(b.burst.valid)],
                fields,
            });
            lane.waiting = Default::default();
        }
    }

    fn end(self) -> Difference {
        let mut difference = Difference::default();
        for ((name, write), mut lane) in self.lanes {
            difference.same += lane.same;
            if let Some(side) = lane.seen.iter().position(|seen| !seen) {
                let direction = if write { "writes" } else { "reads" };
                difference
                    .alone
                    .push((1 - side, format!("{direction} of {name}")));
                continue;
            }
            let longer = lane.waiting.iter().position(|waiting| !waiting.is_empty());
            if let (None, Some(side)) = (&lane.divergence, longer) {
                let more = lane.waiting[side].len();
                let first = lane.waiting[side].pop_front();
                let mut cycles = [None; 2];
                cycles[side] = first.map(|item| item.burst.valid);
                let count = |own: usize| {
                    if own == side {
                        format!("{more} more")
                    } else {
                        "-".to_owned()
                    }
                };
                lane.divergence = Some(Divergence {
                    place: name,
                    write,
                    same: lane.same,
                    cycles,
                    fields: vec![("transactions".to_owned(), count(0), count(1))],
                });
            }
            difference.divergences.extend(lane.divergence);
        }
        difference.divergences.sort_by_key(|divergence| {
            let cycles = divergence.cycles.iter().flatten();
            cycles.min().copied()
        });
        difference
    }
}

fn differences(a: &Item, b: &Item, timing: bool) -> Vec<(String, String, String)> {
    let mut fields: Vec<(String, String, String)> = Vec::new();
    let mut compare = |name: &str, a: String, b: String| {
        if a != b {
            fields.push((name.to_owned(), a, b));
        }
    };
    let hex = |value: u64| format!("{value:#x}");
    let (x, y) = (&a.burst, &b.burst);
    compare("address", hex(x.addr), hex(y.addr));
    compare("ID", hex(x.id), hex(y.id));
    compare("beats", (x.len + 1).to_string(), (y.len + 1).to_string());
    compare("AxSIZE", x.size.to_string(), y.size.to_string());
    compare("AxBURST", x.burst.to_string(), y.burst.to_string());
    compare("AxPROT", x.prot.to_string(), y.prot.to_string());
    compare("AxCACHE", hex(x.cache.into()), hex(y.cache.into()));
    compare("AxUSER", hex(x.user), hex(y.user));
    let response = |burst: &Burst| match burst.done {
        Some(_) => burst.response().to_owned(),
        None => "none".to_owned(),
    };
    compare("response", response(x), response(y));
    compare(
        "data",
        format!("{:016x}", x.digest),
        format!("{:016x}", y.digest),
    );
    for ((name, left), (_, right)) in a.more.iter().zip(&b.more) {
        compare(name, left.clone(), right.clone());
    }
    if timing {
        let cycles = |burst: &Burst| match burst.done {
            Some(done) => format!("{}", done + 1 - burst.valid),
            None => "-".to_owned(),
        };
        compare("latency", cycles(x), cycles(y));
    }
    fields
}
