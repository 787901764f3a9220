//! What a plan is made of.

/// How the bursts of a [`Step::Send`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manner {
    /// Anything legal, from any stream to anywhere.
    Mixed,
    /// One stream goes on from page to page.
    Stream,
    /// Many IDs, one small page.
    Crowd,
    /// Among legal ones, bursts that break a rule of AXI, and WLAST where it does not belong.
    Illegal,
}

/// What a [`Step::Invalidate`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// All of the context.
    Context,
    /// What is of its ASID.
    Asid,
    /// A page.
    Page,
    /// A page, of every ASID.
    PageOfAll,
    /// A range.
    Range,
}

/// Something that masters, software, memory or somebody from outside does. Numbers beyond what there is
/// at the time make a step that does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the fields are numbers of what the variant is about, and seeds
pub enum Step {
    /// Masters send bursts, and do not wait for them.
    Send {
        seed: u64,
        bursts: u16,
        manner: Manner,
    },
    /// The driver maps pages of random sizes and attributes.
    Map { context: u8, slot: u8, seed: u64 },
    /// The driver unmaps what is there.
    Unmap { context: u8, slot: u8 },
    /// The driver moves what is there to other memory, while masters are held.
    Migrate { context: u8, slot: u8, seed: u64 },
    /// The driver splits a page.
    Split { context: u8, slot: u8, seed: u64 },
    /// Masters of a context are let through.
    Activate { context: u8 },
    /// Masters of a context are stopped.
    Deactivate { context: u8 },
    /// A stream is given to a context.
    Attach { context: u8, stream: u8 },
    /// A stream is taken from its context.
    Detach { stream: u8 },
    /// A stream passes untranslated.
    Bypass { stream: u8 },
    /// A stream is terminated.
    Terminate { stream: u8 },
    /// TLB entries are invalidated.
    Invalidate { context: u8, slot: u8, reach: Reach },
    /// All TLB entries are invalidated.
    InvalidateAll,
    /// Faults of a context stall, or terminate.
    Stall { context: u8, on: bool },
    /// Limits of stalling: transactions, and ticks.
    Limits { transactions: u8, ticks: u16 },
    /// All that stands stalled in a context goes on.
    Resume { context: u8, terminate: bool },
    /// The fault queue is read, and what stands stalled is given memory, or is ended.
    Serve { seed: u64 },
    /// The fault queue, the fault registers of all contexts, and what raises the interrupt are read.
    Drain,
    /// Which events of the fault queue raise the interrupt.
    Interrupts { fault: bool, overflow: bool },
    /// ARCACHE and ARUSER of walks.
    WalkAttributes { cache: u8, user: u8 },
    /// The counters are read.
    Counters,
    /// The hardware is asked where an address leads.
    Probe { context: u8, slot: u8, seed: u64 },
    /// A page is loaded into the TLB, and perhaps locked.
    Preload {
        context: u8,
        slot: u8,
        seed: u64,
        lock: bool,
    },
    /// `DACR` of a context gets another value.
    Domains { context: u8, value: u32 },
    /// A context uses access flags, or not.
    AccessFlags { context: u8, on: bool },
    /// A context is switched off behind the driver's back, or on again.
    Switch { context: u8, on: bool },
    /// A descriptor in memory is overwritten past the driver.
    Corrupt { context: u8, slot: u8, seed: u64 },
    /// Corrupted descriptors are put right, and their contexts invalidated.
    Repair,
    /// Memory refuses some accesses of masters or walks.
    BusErrors { context: u8, slot: u8, seed: u64 },
    /// Memory refuses nothing any more.
    NoBusErrors,
    /// Memory gets faster or slower.
    Latency { read: u16, write: u16 },
    /// Back-pressure on all ports changes.
    Pressure { seed: u64, on: bool },
    /// Time passes.
    Wait { cycles: u16 },
    /// All bursts are waited for.
    Settle,
    /// Everything is reset, and the driver restores what it had.
    Reset,
}

impl Step {
    /// Its name alone.
    pub fn name(&self) -> String {
        let all = format!("{self:?}");
        let end = all.find([' ', '{']).unwrap_or(all.len());
        all[..end].to_owned()
    }

    /// The same with at most so many bursts.
    #[must_use]
    pub(super) fn with_at_most(self, most: u16) -> Self {
        match self {
            Self::Send {
                seed,
                bursts,
                manner,
            } => Self::Send {
                seed,
                bursts: bursts.min(most),
                manner,
            },
            other => other,
        }
    }
}
