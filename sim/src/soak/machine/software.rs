//! What the driver is asked to do.

use fastrand::Rng;
use vcm::addr::Iova;
use vcm::iommu::{
    Access, FaultRecord, Interrupts, LookupError, Resume, Route, Scope, StallLimits, StreamId,
    WalkAttributes,
};
use vcm::mmu::{Attributes, Mmu as _};
use vcm::seam::Bus as _;
use vcm_regs::context::{self, Dacr, Sctlr};
use vcm_regs::{Register, RegisterInfo};

use super::super::failure::Failure;
use super::super::spaces::{Mapped, Space};
use super::super::step::{Manner, Reach, Step};
use super::{Machine, driver};

/// Bursts that are sent while masters are held.
const HELD: u16 = 6;
/// Bytes of a range that is invalidated.
const RANGE: u32 = 0x8_0000;

impl Machine {
    /// Carries out a step of the driver's.
    pub(super) fn software(&mut self, step: &Step) -> Result<(), Failure> {
        match *step {
            Step::Map {
                context,
                slot,
                seed,
            } => self.map(context, slot, &mut Rng::with_seed(seed)),
            Step::Unmap { context, slot } => self.unmap(context, slot),
            Step::Migrate {
                context,
                slot,
                seed,
            } => self.migrate(context, slot, &mut Rng::with_seed(seed)),
            Step::Split {
                context,
                slot,
                seed,
            } => self.split(context, slot, &mut Rng::with_seed(seed)),
            Step::Activate { context } => self.activate(context),
            Step::Deactivate { context } => self.deactivate(context),
            Step::Attach { context, stream } => self.attach(context, stream),
            Step::Detach { stream } => self.detach(stream),
            Step::Bypass { stream } => {
                self.unattached(stream, |iommu, stream| iommu.bypass(stream))
            }
            Step::Terminate { stream } => {
                self.unattached(stream, |iommu, stream| iommu.terminate(stream))
            }
            Step::Invalidate {
                context,
                slot,
                reach,
            } => self.invalidate(context, slot, reach),
            Step::InvalidateAll => {
                driver(&self.board, "invalidate all", self.iommu.invalidate_all())
            }
            Step::Stall { context, on } => {
                let space = &self.spaces[usize::from(context)];
                driver(&self.board, "set stall", space.mmu.set_stall(on))
            }
            Step::Limits {
                transactions,
                ticks,
            } => {
                let limits = StallLimits {
                    transactions,
                    timeout_ticks: ticks,
                };
                driver(&self.board, "limits", self.iommu.set_stall_limits(limits))
            }
            Step::Resume { context, terminate } => {
                let how = match terminate {
                    true => Resume::Terminate,
                    false => Resume::Retry,
                };
                let space = &self.spaces[usize::from(context)];
                driver(&self.board, "resume", space.mmu.resume(None, how))
            }
            Step::Serve { seed } => self.serve(&mut Rng::with_seed(seed)),
            Step::Drain => self.drain().map(drop),
            Step::Interrupts { fault, overflow } => {
                let enable = Interrupts { fault, overflow };
                let done = self.iommu.enable_interrupts(enable);
                driver(&self.board, "interrupts", done)
            }
            Step::WalkAttributes { cache, user } => {
                let attributes = WalkAttributes { cache, user };
                let done = self.iommu.set_walk_attributes(attributes);
                driver(&self.board, "walk attributes", done)
            }
            Step::Counters => driver(&self.board, "counters", self.iommu.counters()).map(drop),
            Step::Probe {
                context,
                slot,
                seed,
            } => self.probe(context, slot, &mut Rng::with_seed(seed)),
            Step::Preload {
                context,
                slot,
                seed,
                lock,
            } => {
                let space = &self.spaces[usize::from(context)];
                let at = Iova::new(space.address(slot, &mut Rng::with_seed(seed)));
                looked_up(&self.board, "preload", space.mmu.preload(at, lock)).map(drop)
            }
            Step::Domains { context, value } => {
                self.write(context, &context::DACR, Dacr::from_bits(value))
            }
            Step::AccessFlags { context, on } => {
                self.control(context, |sctlr| sctlr.with(Sctlr::AFE, u32::from(on)))
            }
            Step::Switch { context, on } => {
                // The driver switches on what is to be on.
                let on = on && self.spaces[usize::from(context)].active;
                self.control(context, |sctlr| sctlr.with(Sctlr::M, u32::from(on)))
            }
            _ => Ok(()),
        }
    }

    /// Maps at a place where nothing is, or puts something else there.
    fn map(&mut self, context: u8, slot: u8, rng: &mut Rng) -> Result<(), Failure> {
        self.unmap(context, slot)?;
        let mapped = Mapped::draw(slot, rng);
        self.put(context, slot, mapped)
    }

    fn put(&mut self, context: u8, slot: u8, mapped: Mapped) -> Result<(), Failure> {
        let space = &mut self.spaces[usize::from(context)];
        if space.active {
            give(&self.board, &mapped, true);
        }
        let done = space.mmu.map(mapped.at, &mapped.parts, mapped.attributes);
        driver(&self.board, "map", done)?;
        space.slots[usize::from(slot)] = Some(mapped);
        Ok(())
    }

    fn unmap(&mut self, context: u8, slot: u8) -> Result<(), Failure> {
        let space = &mut self.spaces[usize::from(context)];
        let Some(mapped) = space.slots[usize::from(slot)].take() else {
            return Ok(());
        };
        let done = space.mmu.unmap(mapped.at, mapped.size());
        let _frames = driver(&self.board, "unmap", done)?;
        if space.active {
            give(&self.board, &mapped, false);
        }
        Ok(())
    }

    /// Masters go on sending meanwhile, and wait for what they miss.
    fn migrate(&mut self, context: u8, slot: u8, rng: &mut Rng) -> Result<(), Failure> {
        let space = &self.spaces[usize::from(context)];
        let Some(mapped) = space.slots[usize::from(slot)].clone() else {
            return Ok(());
        };
        driver(&self.board, "hold", space.mmu.hold())?;
        self.send(rng, HELD, Manner::Mixed);
        self.unmap(context, slot)?;
        self.send(rng, HELD, Manner::Mixed);
        self.board.platform.step(rng.u64(0..400));
        self.put(context, slot, mapped.moved(rng))?;
        let space = &self.spaces[usize::from(context)];
        driver(&self.board, "release", space.mmu.release())
    }

    fn split(&mut self, context: u8, slot: u8, rng: &mut Rng) -> Result<(), Failure> {
        let space = &self.spaces[usize::from(context)];
        let Some(mapped) = &space.slots[usize::from(slot)] else {
            return Ok(());
        };
        let at = Iova::new(mapped.page(rng));
        driver(&self.board, "split", space.mmu.split(at))
    }

    fn activate(&mut self, context: u8) -> Result<(), Failure> {
        let space = &mut self.spaces[usize::from(context)];
        if space.active {
            return Ok(());
        }
        for mapped in space.slots.iter().flatten() {
            give(&self.board, mapped, true);
        }
        driver(&self.board, "activate", space.mmu.activate())?;
        space.active = true;
        Ok(())
    }

    fn deactivate(&mut self, context: u8) -> Result<(), Failure> {
        let space = &mut self.spaces[usize::from(context)];
        if !space.active {
            return Ok(());
        }
        let _frames = driver(&self.board, "deactivate", space.mmu.deactivate())?;
        space.active = false;
        for mapped in space.slots.iter().flatten() {
            give(&self.board, mapped, false);
        }
        Ok(())
    }

    fn attach(&mut self, context: u8, stream: u8) -> Result<(), Failure> {
        let stream = StreamId::new(stream.into());
        let route = driver(&self.board, "route", self.iommu.route(stream))?;
        if matches!(route, Route::Context(_)) {
            return Ok(());
        }
        let space = &self.spaces[usize::from(context)];
        driver(&self.board, "attach", space.mmu.attach(stream))
    }

    fn detach(&mut self, stream: u8) -> Result<(), Failure> {
        let stream = StreamId::new(stream.into());
        match driver(&self.board, "route", self.iommu.route(stream))? {
            Route::Context(bank) => {
                let of = |space: &&Space| space.mmu.bank() == bank;
                let Some(space) = self.spaces.iter().find(of) else {
                    return Ok(());
                };
                driver(&self.board, "detach", space.mmu.detach(stream))
            }
            Route::Bypass | Route::Terminate => Ok(()),
        }
    }

    fn unattached<E: std::fmt::Display>(
        &mut self,
        stream: u8,
        what: impl FnOnce(&super::SimIommu, StreamId) -> Result<(), E>,
    ) -> Result<(), Failure> {
        let stream = StreamId::new(stream.into());
        let route = driver(&self.board, "route", self.iommu.route(stream))?;
        if matches!(route, Route::Context(_)) {
            return Ok(());
        }
        driver(
            &self.board,
            "bypass or terminate",
            what(&self.iommu, stream),
        )
    }

    fn invalidate(&mut self, context: u8, slot: u8, reach: Reach) -> Result<(), Failure> {
        let space = &self.spaces[usize::from(context)];
        let mut rng = Rng::with_seed(slot.into());
        let at = Iova::new(space.address(slot, &mut rng));
        let scope = match reach {
            Reach::Context => Scope::Context,
            Reach::Asid => Scope::Asid,
            Reach::Page => Scope::Address(at),
            Reach::PageOfAll => Scope::AddressAllAsids(at),
            Reach::Range => Scope::Range(at, RANGE),
        };
        driver(&self.board, "invalidate", space.mmu.invalidate(scope))
    }

    /// Reads what raises the interrupt, the fault queue, and the fault registers of all contexts.
    fn drain(&mut self) -> Result<Vec<FaultRecord>, Failure> {
        let pending = self.iommu.pending_interrupts();
        driver(&self.board, "pending interrupts", pending)?;
        let mut records = Vec::new();
        let drained = self.iommu.drain_faults(&mut records);
        let drained = driver(&self.board, "drain faults", drained)?;
        self.statistics.records += records.len() as u64;
        self.statistics.overflows += u64::from(drained.overflowed);
        for space in &self.spaces {
            driver(&self.board, "take fault", space.mmu.take_fault())?;
        }
        Ok(records)
    }

    /// Brings memory to where masters wait for it, or tells them that there is none.
    fn serve(&mut self, rng: &mut Rng) -> Result<(), Failure> {
        for record in self.drain()? {
            let Some(tag) = record.stalled else { continue };
            let of = |space: &Space| Some(space.mmu.bank()) == record.context;
            let Some(index) = self.spaces.iter().position(of) else {
                continue;
            };
            if rng.bool() {
                self.bring(index as u8, record.iova, rng)?;
            }
            let how = match rng.u8(0..3) {
                0 => Resume::Terminate,
                _ => Resume::Retry,
            };
            let space = &self.spaces[index];
            driver(&self.board, "resume", space.mmu.resume(Some(tag), how))?;
            self.statistics.resumed += 1;
        }
        Ok(())
    }

    /// Maps something at the place of an address, if nothing is there.
    fn bring(&mut self, context: u8, at: Iova, rng: &mut Rng) -> Result<(), Failure> {
        let space = &self.spaces[usize::from(context)];
        let slots = (0u8..).zip(&space.slots);
        for (slot, mapped) in slots {
            let first = super::super::spaces::place(slot);
            if mapped.is_none() && (first..first + 0x10_0000).contains(&at.get()) {
                let mapped = Mapped {
                    at: Iova::new(at.get() & !0xFFF),
                    attributes: Attributes::default(),
                    ..Mapped::draw(slot, rng)
                };
                return self.put(context, slot, mapped);
            }
        }
        Ok(())
    }

    /// Asks the hardware, and compares with the tables.
    fn probe(&mut self, context: u8, slot: u8, rng: &mut Rng) -> Result<(), Failure> {
        let space = &self.spaces[usize::from(context)];
        let at = Iova::new(space.address(slot, rng));
        let access = Access {
            write: rng.bool(),
            privileged: rng.bool(),
        };
        let found = space.mmu.probe_address(at, access);
        let Some(found) = looked_up(&self.board, "probe", found)? else {
            return Ok(());
        };
        let one_to_one = self.setup.one_to_one[usize::from(context)];
        if self.tainted || one_to_one {
            return Ok(());
        }
        let walked = space.mmu.walk(at);
        let right = walked.is_ok_and(|walked| walked.phys == found.phys);
        if right {
            return Ok(());
        }
        let text = format!("{at}: the hardware has {found:x?}, the tables {walked:x?}");
        let now = self.board.platform.now();
        Err(Failure::new("wrong address looked up", now, text))
    }

    fn control(&self, context: u8, change: impl FnOnce(Sctlr) -> Sctlr) -> Result<(), Failure> {
        let at = self.offset(context, &context::SCTLR);
        let bus = self.board.platform.bus();
        let was = Sctlr::from_bits(driver(&self.board, "read SCTLR", bus.read32(at))?);
        self.write(context, &context::SCTLR, change(was))
    }

    fn offset(&self, context: u8, register: &RegisterInfo) -> u32 {
        let bank = self.spaces[usize::from(context)].mmu.bank();
        context::BLOCK.at(bank.into()) + register.offset
    }

    /// Writes a register that the driver uses otherwise.
    fn write<R: Register>(
        &self,
        context: u8,
        register: &RegisterInfo,
        value: R,
    ) -> Result<(), Failure> {
        let at = self.offset(context, register);
        let written = self.board.platform.bus().write32(at, value.bits());
        driver(&self.board, "write a register", written)
    }
}

/// Masters may use the memory of a mapping, or not any more.
fn give(board: &super::Board, mapped: &Mapped, on: bool) {
    let mut fence = board.fence();
    for part in &mapped.parts {
        match on {
            true => fence.give(part.start.get(), part.size),
            false => fence.take(part.start.get(), part.size),
        }
    }
}

/// That an address leads nowhere is an answer, too.
fn looked_up<T>(
    board: &super::Board,
    what: &str,
    found: Result<T, LookupError>,
) -> Result<Option<T>, Failure> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(LookupError::Fault(_)) => Ok(None),
        Err(error @ LookupError::Iommu(_)) => driver(board, what, Err(error)),
    }
}
