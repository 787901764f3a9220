//! An account of every cycle: what each direction of a port does in it, or waits for.

use serde::{Deserialize, Serialize};

macro_rules! doings {
    ($( $(#[doc = $doc:literal])+ $Name:ident $text:literal, )*) => {
        /// What a direction of a port does in a cycle. While several transactions are under way, that is
        /// what the oldest waits for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Doing { $( $(#[doc = $doc])+ $Name, )* }

        impl Doing {
            /// All of them, in the order of their discriminants.
            pub const ALL: &[Self] = &[$(Self::$Name),*];

            /// In a few words.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Name => $text,)* }
            }
        }
    };
}

doings! {
    /// Nothing is under way.
    Idle "idle",
    /// A beat of data is handed over.
    Data "moves data",
    /// The address is not taken.
    Accept "waits for acceptance",
    /// The fixed cycles through the IOMMU.
    Pipeline "pipeline",
    /// The translator works.
    Lookup "waits for lookup",
    /// A table walk.
    Walk "waits for walk",
    /// It stands stalled by a fault.
    Stalled "stalled by a fault",
    /// Others go first, or the terminator does.
    Order "waits for order",
    /// Memory does not take an address, or data.
    BackPressure "waits for back-pressure",
    /// Memory has not answered.
    Memory "waits for memory",
    /// The master does not give write data, or does not take an answer.
    Master "waits for master",
    /// An answer is on its way, or handed over without data.
    Answer "answers",
    /// Reset is asserted.
    Reset "reset",
}

/// Cycles by what was done in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Reads, and writes.
    cycles: [[u64; Doing::ALL.len()]; 2],
    /// By direction: transactions under way, summed over the cycles, and the most at a time.
    outstanding: [(u64, u64); 2],
}

impl Account {
    pub(super) fn count(&mut self, write: bool, doing: Doing, outstanding: usize) {
        self.cycles[usize::from(write)][doing as usize] += 1;
        let (sum, most) = &mut self.outstanding[usize::from(write)];
        *sum += outstanding as u64;
        *most = (*most).max(outstanding as u64);
    }

    pub(super) fn reset(&mut self) {
        for write in [false, true] {
            self.count(write, Doing::Reset, 0);
        }
    }

    /// Cycles in which a direction did that.
    pub fn cycles(&self, write: bool, doing: Doing) -> u64 {
        self.cycles[usize::from(write)][doing as usize]
    }

    /// All cycles: the same for both directions.
    pub fn total(&self, write: bool) -> u64 {
        self.cycles[usize::from(write)].iter().sum()
    }

    /// Transactions under way: on the average, and at most.
    pub fn outstanding(&self, write: bool) -> (f64, u64) {
        let (sum, most) = self.outstanding[usize::from(write)];
        (sum as f64 / self.total(write).max(1) as f64, most)
    }
}
