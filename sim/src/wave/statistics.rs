//! Figures of a recording: latencies, bandwidth over time, hit rates.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::burst::Burst;
use super::reader::Listener;
use super::transaction::{FaultEvent, Lookup, Phase, Purpose, Transaction, Walk};

/// Stretches of time that bandwidth is told for, at most.
const BINS: usize = 64;

/// Cycles up to which each latency is counted by itself.
const EXACT: usize = 4096;

/// How often each latency occurred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    exact: Vec<u64>,
    /// Longer ones, by their power of two.
    long: BTreeMap<u32, u64>,
    count: u64,
    sum: u64,
    most: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            exact: vec![0; EXACT],
            long: BTreeMap::new(),
            count: 0,
            sum: 0,
            most: 0,
        }
    }
}

impl Histogram {
    fn add(&mut self, cycles: u64) {
        match self.exact.get_mut(cycles as usize) {
            Some(count) => *count += 1,
            None => *self.long.entry(cycles.ilog2()).or_default() += 1,
        }
        self.count += 1;
        self.sum += cycles;
        self.most = self.most.max(cycles);
    }

    /// How many there were.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their mean.
    pub fn mean(&self) -> f64 {
        self.sum as f64 / self.count.max(1) as f64
    }

    /// The largest.
    pub const fn most(&self) -> u64 {
        self.most
    }

    /// The value that `percent` of them do not exceed (from 4096 cycles on, roughly).
    pub fn percentile(&self, percent: u64) -> u64 {
        let wanted = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        for (cycles, count) in self.exact.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return cycles as u64;
            }
        }
        for (power, count) in &self.long {
            seen += count;
            if seen >= wanted {
                return self.most.min((2u64 << power) - 1);
            }
        }
        self.most
    }

    /// Counts by power of two: from, to (both included), how many.
    pub fn bars(&self) -> Vec<(u64, u64, u64)> {
        let mut bars: BTreeMap<u32, u64> = self.long.clone();
        for (cycles, count) in self
            .exact
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            *bars.entry((cycles as u64).max(1).ilog2()).or_default() += count;
        }
        let (first, last) = (bars.keys().next().copied(), bars.keys().last().copied());
        let (Some(first), Some(last)) = (first, last) else {
            return Vec::new();
        };
        (first..=last)
            .map(|power| {
                let from = if power == 0 { 0 } else { 1 << power };
                let count = bars.get(&power).copied().unwrap_or(0);
                (from, (2u64 << power) - 1, count)
            })
            .collect()
    }
}

/// Bytes over time, for reads and for writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bandwidth {
    /// The first cycle.
    pub from: Option<u64>,
    /// Cycles of a stretch.
    pub width: u64,
    /// Bytes of reads and of writes, by stretch.
    pub bytes: Vec<[u64; 2]>,
}

impl Bandwidth {
    /// Bytes count where they were handed over in full.
    fn add(&mut self, cycle: u64, write: bool, bytes: u64) {
        let from = *self.from.get_or_insert(cycle);
        self.width = self.width.max(1);
        let mut at = (cycle.saturating_sub(from) / self.width) as usize;
        while at >= BINS {
            let pairs = self.bytes.chunks(2);
            self.bytes = pairs
                .map(|pair| {
                    let mut sum = pair[0];
                    if let Some(other) = pair.get(1) {
                        sum = [sum[0] + other[0], sum[1] + other[1]];
                    }
                    sum
                })
                .collect();
            self.width *= 2;
            at = (cycle.saturating_sub(from) / self.width) as usize;
        }
        if self.bytes.len() <= at {
            self.bytes.resize(at + 1, [0; 2]);
        }
        self.bytes[at][usize::from(write)] += bytes;
    }
}

/// Figures of one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectionFigures {
    /// Transactions that were answered.
    pub answered: u64,
    /// Of them, with SLVERR or DECERR.
    pub errors: u64,
    /// Transactions whose answer was not seen.
    pub unanswered: u64,
    /// Bytes that they moved at most.
    pub bytes: u64,
    /// From VALID of the address to the answer.
    pub latency: Histogram,
    /// From the handshake on `s_axi` to VALID on `m_axi`.
    pub translation: Histogram,
    /// By what answered the lookup.
    pub lookups: BTreeMap<Lookup, u64>,
    /// Cycles of all transactions, by what they did.
    pub phases: BTreeMap<Phase, u64>,
}

impl DirectionFigures {
    fn add(&mut self, burst: &Burst) {
        let Some(done) = burst.done else {
            self.unanswered += 1;
            return;
        };
        self.answered += 1;
        self.errors += u64::from(burst.resp >= 2);
        if burst.resp < 2 {
            self.bytes += burst.bytes();
        }
        self.latency.add(done + 1 - burst.valid);
    }
}

/// Figures of a recording: of an IOMMU, or of one port.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Reads, and writes.
    pub directions: [DirectionFigures; 2],
    /// Bytes over time.
    pub bandwidth: Bandwidth,
    /// Table walks, by why they were made.
    pub walks: BTreeMap<Purpose, u64>,
    /// Reads of tables.
    pub table_reads: u64,
    /// How long walks took.
    pub walk_latency: Histogram,
    /// Faults, by their status codes; those that cannot be told apart together.
    pub faults: BTreeMap<Vec<u32>, u64>,
}

/// Figures of all IOMMUs and ports.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// By index of [`Layout::devices`](super::Layout::devices).
    pub devices: BTreeMap<usize, Figures>,
    /// By index of [`Layout::ports`](super::Layout::ports), of those that are of no IOMMU.
    pub ports: BTreeMap<usize, Figures>,
}

impl Figures {
    fn burst(&mut self, burst: &Burst) {
        self.directions[usize::from(burst.write)].add(burst);
        if let Some(done) = burst.done.filter(|_| burst.resp < 2) {
            self.bandwidth.add(done, burst.write, burst.bytes());
        }
    }
}

impl Listener for Statistics {
    fn transaction(&mut self, transaction: Transaction) {
        let figures = self.devices.entry(transaction.device).or_default();
        figures.burst(&transaction.burst);
        let direction = &mut figures.directions[usize::from(transaction.burst.write)];
        *direction.lookups.entry(transaction.lookup).or_default() += 1;
        if let Some(delay) = transaction.translation() {
            direction.translation.add(delay);
        }
        for stretch in transaction.phases() {
            *direction.phases.entry(stretch.phase).or_default() += stretch.to - stretch.from;
        }
    }

    fn burst(&mut self, port: usize, burst: Burst) {
        self.ports.entry(port).or_default().burst(&burst);
    }

    fn walk(&mut self, walk: Walk) {
        let figures = self.devices.entry(walk.device).or_default();
        *figures.walks.entry(walk.purpose).or_default() += 1;
        figures.table_reads += walk.reads.len() as u64;
        if let Some(ended) = walk.ended() {
            figures.walk_latency.add(ended + 1 - walk.began());
        }
    }

    fn fault(&mut self, fault: FaultEvent) {
        let figures = self.devices.entry(fault.device).or_default();
        *figures.faults.entry(fault.status).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_list() {
        let mut histogram = Histogram::default();
        for cycles in 1..=100 {
            histogram.add(cycles);
        }
        assert_eq!(histogram.percentile(50), 50);
        assert_eq!(histogram.percentile(99), 99);
        assert_eq!(histogram.most(), 100);
        let bars: u64 = histogram.bars().iter().map(|bar| bar.2).sum();
        assert_eq!(bars, 100);
    }

    #[test]
    fn bandwidth_keeps_every_byte_however_long_it_gets() {
        let mut bandwidth = Bandwidth::default();
        for cycle in 0..100_000 {
            bandwidth.add(cycle, cycle % 2 == 1, 8);
        }
        assert!(bandwidth.bytes.len() <= BINS);
        let sum = bandwidth
            .bytes
            .iter()
            .fold(0, |sum, bin| sum + bin[0] + bin[1]);
        assert_eq!(sum, 800_000);
    }
}
