//! The IOMMU: probing, streams, contexts, invalidation, faults, counters.
//!
//! [`Iommu`] is a cheap handle that can be cloned; [`IommuContext`] is one context bank with its page
//! table, and an implementation of [`Mmu`](crate::mmu::Mmu).
//!
//! Locks, in the order in which they are taken: that of a context (its page table, its bank, its
//! translation lookaside entries), then that of the IOMMU (which banks and streams are whose, the
//! fault queue). Neither is held while foreign code runs, but for the seams.

mod context;
mod counters;
mod error;
mod fault;
mod hold;
mod interrupt;
mod lookup;
mod power;
mod records;
mod stall;
mod stream;
mod tlb;
mod walks;

#[cfg(test)]
mod tests;

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use vcm_regs::Field;
use vcm_regs::context::{Fsr, Sctlr};
use vcm_regs::global::{
    self, CntCtrl, FqStatus, Idr0, Idr1, Idr2, Idr3, Idr4, IrqEnable, StallCtrl, WalkAttr,
};

pub use context::{ContextConfig, ContextStats, IommuContext};
pub use counters::Counters;
pub use error::{IommuError, ProbeError};
pub use fault::{ContextFault, Drained, FaultKind, FaultRecord};
pub use interrupt::{Interrupts, PendingInterrupts};
pub use lookup::{Access, LookupError, PhysProbe};
pub use stall::{Resume, StallLimits, StallTag};
pub use stream::{Route, StreamId};
pub use tlb::Scope;
pub use walks::WalkAttributes;

use records::Records;

use crate::registers::Registers;
use crate::seam::{Bus, BusError, Clock, PhysMem};
use crate::sync::Mutex;

/// Major version of the register interface that this driver knows.
const MAJOR: u32 = 1;
/// Minor version from which on there are stalling, range invalidation, look-ups on command, attributes
/// of walks, and the shared TLBs that `IDR4` tells of.
const PIPELINED: u32 = 1;

/// How the driver is to behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// How long to wait for the hardware to confirm an invalidation. It waits for every transaction
    /// that was under way.
    pub sync_timeout: Duration,
}

impl Default for Config {
    /// 10 ms: far more than any transaction takes.
    fn default() -> Self {
        Self {
            sync_timeout: Duration::from_millis(10),
        }
    }
}

/// What was built, as the ID registers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// Minor version of the register interface.
    pub minor: u32,
    /// Number of context banks.
    pub contexts: u32,
    /// Number of streams.
    pub streams: u32,
    /// Width of an AXI ID in bits.
    pub id_bits: u32,
    /// Entries of the read path's micro-TLB, and of the write path's.
    pub tlb_entries: u32,
    /// Reads that may be outstanding to memory, and as many writes.
    pub outstanding: u32,
    /// Entries of the fault queue.
    pub fault_queue: u32,
    /// Sets of the main TLB. (This and what follows is 0 before minor version 1.)
    pub main_sets: u32,
    /// Ways of the main TLB.
    pub main_ways: u32,
    /// Entries of the cache of first-level descriptors.
    pub first_level: u32,
    /// Table walks at the same time.
    pub walks: u32,
    /// Reads that may wait for their translation, and as many writes.
    pub slots: u32,
    /// TLB entries that can be locked.
    pub locks: u32,
    /// TLB entries for prefetched pages.
    pub prefetches: u32,
}

impl Features {
    /// Whether there is what came with minor version 1.
    const fn is_pipelined(&self) -> bool {
        self.minor >= PIPELINED
    }
}

/// An IOMMU. Clones are handles of the same one.
pub struct Iommu<B, M, C> {
    shared: Arc<Shared<B, M, C>>,
}

impl<B, M, C> Clone for Iommu<B, M, C> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

struct Shared<B, M, C> {
    bus: B,
    mem: Arc<M>,
    clock: C,
    config: Config,
    features: Features,
    state: Mutex<State>,
}

/// Who owns what, and the lock for the global registers.
struct State {
    banks: Vec<Bank>,
    routes: Vec<Route>,
    /// ASID given out last.
    asid: u8,
    /// The limits of stalling, for when nothing is held.
    limits: StallLimits,
    /// How often masters are held, in all contexts.
    holds: u32,
    /// Nothing is held, but the limits could not be written.
    unlimited: bool,
    records: Records,
    /// What else is set, to be set again after a loss of power.
    interrupts: IrqEnable,
    walks: WalkAttr,
}

/// What a context bank is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bank {
    Free,
    Used,
    /// The hardware did not confirm that it has stopped to use it.
    Poisoned,
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// Finds out what was built, and resets it: all streams terminated, all contexts disabled, TLBs
    /// empty, faults and counters cleared, interrupts disabled.
    ///
    /// # Errors
    /// `WrongId`, `WrongVersion`, `Unsupported`: this is not an IOMMU for this driver; says what was
    /// read. `Bus`, `SyncTimeout`: it did not answer.
    pub fn probe(bus: B, mem: M, clock: C, config: Config) -> Result<Self, ProbeError> {
        let features = identify(&bus)?;
        let iommu = Self::new(bus, mem, clock, config, features);
        iommu.shared.reset()?;
        Ok(iommu)
    }

    /// A handle on an IOMMU that another program drives, to look at it: nothing is reset. All contexts
    /// count as taken, and streams go where they went. Fault records that this handle takes, and
    /// counters that it reads, the other program misses.
    ///
    /// # Errors
    /// As [`probe`](Self::probe).
    pub fn observe(bus: B, mem: M, clock: C, config: Config) -> Result<Self, ProbeError> {
        let features = identify(&bus)?;
        let iommu = Self::new(bus, mem, clock, config, features);
        {
            let mut state = iommu.shared.state.lock();
            state.banks.fill(Bank::Used);
            let registers = iommu.shared.global();
            for (number, route) in (0..).zip(&mut state.routes) {
                *route = Route::from_register(registers.read_nth(number)?);
            }
        }
        Ok(iommu)
    }

    fn new(bus: B, mem: M, clock: C, config: Config, features: Features) -> Self {
        Self {
            shared: Arc::new(Shared {
                bus,
                mem: Arc::new(mem),
                clock,
                config,
                features,
                state: Mutex::new(State {
                    banks: vec![Bank::Free; features.contexts as usize],
                    routes: vec![Route::Terminate; features.streams as usize],
                    asid: 0,
                    limits: StallLimits::default(),
                    holds: 0,
                    unlimited: false,
                    records: Records::new(features.contexts),
                    interrupts: IrqEnable::default(),
                    walks: WalkAttr::default(),
                }),
            }),
        }
    }

    /// What was built.
    pub fn features(&self) -> &Features {
        &self.shared.features
    }

    /// Takes a free context bank and gives it an empty page table. It is not active, and has no
    /// streams.
    ///
    /// # Errors
    /// `NoContext`: all are in use. `OutOfMemory`, `Memory`: no page table. `Bus`.
    pub fn context(&self, config: ContextConfig) -> Result<IommuContext<B, M, C>, IommuError> {
        IommuContext::new(self.clone(), config)
    }
}

/// Reads the ID registers, and changes nothing.
///
/// # Errors
/// `WrongId`, `WrongVersion`, `Unsupported`: this is not an IOMMU for this driver; says what was read.
/// `Bus`: it did not answer.
pub fn identify(bus: &impl Bus) -> Result<Features, ProbeError> {
    let registers = Registers::new(bus, &global::BLOCK, 0);
    let magic = registers.read::<Idr0>()?.get(Idr0::MAGIC);
    if magic != global::IDR0_MAGIC {
        return Err(ProbeError::WrongId { read: magic });
    }
    let version: Idr1 = registers.read()?;
    if version.get(Idr1::MAJOR) != MAJOR {
        return Err(ProbeError::WrongVersion {
            major: version.get(Idr1::MAJOR),
            minor: version.get(Idr1::MINOR),
        });
    }
    let ids: Idr2 = registers.read()?;
    let sizes: Idr3 = registers.read()?;
    let minor = version.get(Idr1::MINOR);
    let shared: Idr4 = match minor {
        PIPELINED.. => registers.read()?,
        _ => Idr4::from_bits(0),
    };
    let entries = |log2: u32| if log2 == 0 { 0 } else { 1 << log2 };
    let most_streams = global::S2CR.count;
    let contexts = ids.get(Idr2::NUMCTX);
    let stream_bits = ids.get(Idr2::STREAMBITS);
    let fault_queue = sizes.get(Idr3::FQDEPTH);
    for (what, read, least, most) in [
        ("context banks", contexts, 1, vcm_regs::context::BLOCK.count),
        ("bits of stream ID", stream_bits, 0, most_streams.ilog2()),
        // Without one, faults would be told of for ever, and never be read.
        (
            "entries of the fault queue",
            fault_queue,
            1,
            Idr3::FQDEPTH.max(),
        ),
    ] {
        if read < least || read > most {
            return Err(ProbeError::Unsupported { what, read, most });
        }
    }
    Ok(Features {
        minor,
        contexts,
        streams: 1 << stream_bits,
        id_bits: ids.get(Idr2::IDBITS),
        tlb_entries: sizes.get(Idr3::TLBENTRIES),
        outstanding: sizes.get(Idr3::OUTSTANDING),
        fault_queue,
        main_sets: entries(shared.get(Idr4::MAINSETS)),
        main_ways: shared.get(Idr4::MAINWAYS),
        first_level: entries(shared.get(Idr4::FIRST)),
        walks: shared.get(Idr4::WALKS),
        slots: shared.get(Idr4::SLOTS),
        locks: shared.get(Idr4::LOCKS),
        prefetches: shared.get(Idr4::PREFETCHES),
    })
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    fn global(&self) -> Registers<'_, B> {
        Registers::new(&self.bus, &global::BLOCK, 0)
    }

    fn bank(&self, index: u8) -> Registers<'_, B> {
        Registers::new(&self.bus, &vcm_regs::context::BLOCK, u32::from(index))
    }

    /// Whether the hardware can do this.
    fn need(&self, what: &'static str) -> Result<(), IommuError> {
        if self.features.is_pipelined() {
            Ok(())
        } else {
            Err(IommuError::Missing { what })
        }
    }

    /// Whatever ran before: nothing passes any more, and nothing is left of it.
    fn reset(&self) -> Result<(), ProbeError> {
        let global = self.global();
        global.write(IrqEnable::default())?;
        for stream in 0..self.features.streams {
            global.write_nth(stream, Route::Terminate.register())?;
        }
        for index in 0..self.features.contexts as u8 {
            self.bank(index).write(Sctlr::default())?;
            if self.features.is_pipelined() {
                self.resume(index, None, Resume::Terminate)?;
            }
        }
        if self.features.is_pipelined() {
            global.write(StallCtrl::default())?;
            global.write(WalkAttr::default())?;
        }
        let _quiet = self.invalidate_everything()?;
        for index in 0..self.features.contexts as u8 {
            self.bank(index).write(clear_all_faults())?;
        }
        // Masters may still run, and be refused, so the queue may fill again: empty it once.
        for _ in 0..self.features.fault_queue {
            self.pop_fault()?;
        }
        global.write(FqStatus::default().with(FqStatus::OVERFLOW, 1))?;
        global.write(CntCtrl::default().with(CntCtrl::SNAPSHOT, 1))?;
        Ok(())
    }
}

/// Numbers from software for a register.
trait Checked {
    /// Whether a number has room in the field.
    ///
    /// # Errors
    /// `OutOfRange`.
    fn check(self, what: &'static str, value: u32) -> Result<(), IommuError>;
}

impl<R> Checked for Field<R> {
    fn check(self, what: &'static str, value: u32) -> Result<(), IommuError> {
        let most = self.max();
        if value <= most {
            Ok(())
        } else {
            Err(IommuError::OutOfRange { what, value, most })
        }
    }
}

/// The write that clears all bits of `FSR`.
fn clear_all_faults() -> Fsr {
    Fsr::from_bits(vcm_regs::context::FSR.mask(vcm_regs::Access::WriteOneToClear))
}

/// A failed access to a register, or no confirmation in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HardwareError {
    Bus(BusError),
    SyncTimeout,
}

impl From<BusError> for HardwareError {
    fn from(e: BusError) -> Self {
        Self::Bus(e)
    }
}
