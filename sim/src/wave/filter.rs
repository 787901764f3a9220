//! Choosing transactions.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::burst::Burst;
use super::player::Timebase;
use super::transaction::{Lookup, Route, Transaction};

/// A point in a recording: a cycle, or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Number of a cycle.
    Cycle(u64),
    /// Picoseconds.
    Time(u128),
}

impl Moment {
    /// The cycle at that point.
    pub fn cycle(self, base: &Timebase) -> u64 {
        match self {
            Self::Cycle(cycle) => cycle,
            Self::Time(picoseconds) => base.cycle_at(picoseconds),
        }
    }
}

/// Units of time and their picoseconds, the longer names first.
const UNITS: [(&str, f64); 6] = [
    ("ps", 1.0),
    ("ns", 1e3),
    ("us", 1e6),
    ("µs", 1e6),
    ("ms", 1e9),
    ("s", 1e12),
];

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is no cycle (1234) and no time (12.5us)");
        for (unit, picoseconds) in UNITS {
            if let Some(number) = text.strip_suffix(unit) {
                let number: f64 = number.trim().parse().map_err(|_| wrong())?;
                if !number.is_finite() || number < 0.0 {
                    return Err(wrong());
                }
                return Ok(Self::Time((number * picoseconds).round() as u128));
            }
        }
        text.replace('_', "")
            .parse()
            .map(Self::Cycle)
            .map_err(|_| wrong())
    }
}

/// A number, decimal or with 0x.
pub fn number(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let parsed = match plain.strip_prefix("0x").or(plain.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => plain.parse(),
    };
    parsed.map_err(|_| format!("{text:?} is no number"))
}

/// An address, or two of them with `-` between, both included.
pub fn addresses(text: &str) -> Result<RangeInclusive<u64>, String> {
    match text.split_once('-') {
        Some((first, last)) => Ok(number(first)?..=number(last)?),
        None => number(text).map(|address| address..=address),
    }
}

/// A kind of transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// What has a fault.
    Fault,
    /// What was answered with SLVERR or DECERR.
    Error,
    /// What was answered by this level.
    By(Lookup),
    /// What was not translated.
    Bypass,
    /// What stood stalled.
    Stalled,
}

impl Kind {
    /// By their names.
    pub const ALL: [(&'static str, Self); 10] = [
        ("read", Self::Read),
        ("write", Self::Write),
        ("fault", Self::Fault),
        ("error", Self::Error),
        ("micro", Self::By(Lookup::Micro)),
        ("main", Self::By(Lookup::Main)),
        ("prefetch", Self::By(Lookup::Prefetch)),
        ("walk", Self::By(Lookup::Walk)),
        ("bypass", Self::Bypass),
        ("stalled", Self::Stalled),
    ];

    fn has(self, transaction: &Transaction) -> bool {
        match self {
            Self::Read => !transaction.burst.write,
            Self::Write => transaction.burst.write,
            Self::Fault => transaction.fault.is_some(),
            Self::Error => transaction.burst.resp >= 2,
            Self::By(lookup) => transaction.lookup == lookup,
            Self::Bypass => matches!(transaction.route, Route::Bypass | Route::OneToOne),
            Self::Stalled => (transaction.fault.iter())
                .chain(&transaction.more_faults)
                .any(|fault| fault.stalled.is_some()),
        }
    }

    const fn has_burst(self, burst: &Burst) -> bool {
        match self {
            Self::Read => !burst.write,
            Self::Write => burst.write,
            Self::Error => burst.resp >= 2,
            _ => false,
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|(name, _)| *name == text);
        known.map(|(_, kind)| *kind).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(name, _)| *name).collect();
            format!("{text:?} is none of {}", names.join(", "))
        })
    }
}

/// Which transactions are wanted: those for which everything holds that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Under way at or after this.
    pub from: Option<Moment>,
    /// Begun at or before this.
    pub to: Option<Moment>,
    /// Of this stream.
    pub stream: Option<u64>,
    /// Of this context.
    pub context: Option<u64>,
    /// Of this AXI ID.
    pub id: Option<u64>,
    /// Touching these addresses, before or after translation.
    pub address: Option<RangeInclusive<u64>>,
    /// Of one of these kinds: of all that are given.
    pub kinds: Vec<Kind>,
    /// Of at least this many cycles.
    pub latency: Option<u64>,
}

impl Filter {
    /// Whether a transaction through an IOMMU is wanted.
    pub fn wants(&self, transaction: &Transaction, base: &Timebase) -> bool {
        let address = self.address.as_ref().is_none_or(|range| {
            let bursts = std::iter::once(&transaction.burst).chain(&transaction.forwarded);
            bursts.into_iter().any(|burst| touches(burst, range))
        });
        let context = self
            .context
            .is_none_or(|context| transaction.context.map(u64::from) == Some(context));
        address
            && context
            && self.wants_span(&transaction.burst, base)
            && self
                .stream
                .is_none_or(|stream| u64::from(transaction.stream) == stream)
            && self.kinds.iter().all(|kind| kind.has(transaction))
    }

    /// Whether a burst of another port is wanted.
    pub fn wants_burst(&self, burst: &Burst, base: &Timebase) -> bool {
        let address = self
            .address
            .as_ref()
            .is_none_or(|range| touches(burst, range));
        address
            && self.context.is_none()
            && self.wants_span(burst, base)
            && self.stream.is_none_or(|stream| burst.user == stream)
            && self.kinds.iter().all(|kind| kind.has_burst(burst))
    }

    /// Whether nothing after this cycle is wanted.
    pub fn is_past(&self, cycle: u64, base: &Timebase) -> bool {
        self.to.is_some_and(|to| cycle > to.cycle(base))
    }

    fn wants_span(&self, burst: &Burst, base: &Timebase) -> bool {
        let end = burst.done.unwrap_or(u64::MAX);
        let latency = burst.done.map(|done| done + 1 - burst.valid);
        self.from.is_none_or(|from| end >= from.cycle(base))
            && self.to.is_none_or(|to| burst.valid <= to.cycle(base))
            && self.id.is_none_or(|id| burst.id == id)
            && self
                .latency
                .is_none_or(|least| latency.is_none_or(|cycles| cycles >= least))
    }
}

/// Whether a burst touches one of these addresses.
pub fn touches(burst: &Burst, range: &RangeInclusive<u64>) -> bool {
    let bytes = burst.bytes();
    let (first, last) = match burst.burst {
        // Of a WRAP burst the container.
        2 => {
            let first = burst.addr - burst.addr % bytes;
            (first, first + bytes - 1)
        }
        0 => (burst.addr, burst.addr + (1 << burst.size.min(7)) - 1),
        _ => (burst.addr, burst.addr.saturating_add(bytes - 1)),
    };
    first <= *range.end() && *range.start() <= last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_cycles_or_times() {
        assert_eq!("1_200".parse(), Ok(Moment::Cycle(1200)));
        assert_eq!("12.5us".parse(), Ok(Moment::Time(12_500_000)));
        assert_eq!("3 ns".parse(), Ok(Moment::Time(3_000)));
        assert_eq!("2s".parse(), Ok(Moment::Time(2_000_000_000_000)));
        for wrong in ["", "us", "-1ns", "0x10", "12 parsecs"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_and_its_cycle_go_both_ways() {
        let base = Timebase {
            unit_fs: 1000,
            period_thirds: 20_000,
            first: (3_333, 0),
        };
        for cycle in [0, 1, 2, 150, 1_000_000] {
            assert_eq!(base.cycle_at(base.picoseconds(cycle)), cycle);
        }
        assert!((base.frequency() - 150e6).abs() < 1.0);
    }

    #[test]
    fn a_wrap_burst_touches_its_whole_container() {
        let burst = Burst {
            addr: 0x1018,
            len: 3,
            size: 3,
            burst: 2,
            ..Burst::default()
        };
        assert!(touches(&burst, &(0x1000..=0x1000)));
        assert!(!touches(&burst, &(0x1020..=0x1020)));
    }
}
