//! What has been unbound is not used any more: by no TLB, no walk, no transaction under way.

use std::time::Duration;

use anyhow::{Context as _, Result};
use vcm::addr::Iova;
use vcm::dma::DmaError;
use vcm::iommu::{ContextConfig, Scope, StreamId};
use vcm::mmu::{Attributes, Mmu, MmuError, PhysPart};
use vcm::seam::Clock;
use vcm::{AllocFlags, Binding, Errno, Error, Phys, ResFlags};
use vcm_regs::context::{BLOCK, TLBSTATUS};
use vcm_sim::ddr::Timing;
use vcm_tests::soc::{FRAMES, PATIENCE, SYNC_TIMEOUT, Soc, SocChannel, Space, noise};

const PAGE: u32 = 0x1000;

fn after(start: Iova, offset: u32) -> Iova {
    Iova::new(start.get() + offset)
}

/// Answers of the memory take longer than the driver waits for a confirmation, and come in the end.
const SLOW: Timing = Timing {
    read_latency: 40_000,
    write_latency: 40_000,
    bandwidth: 28,
};

/// Four channels that copy to and from one reservation, which is bound to other memory again and again.
fn rebind_under_traffic(soc: Soc) -> Result<()> {
    const SIZE: u32 = 6 * PAGE;
    const ROUNDS: u64 = 24;
    let space = soc.scattered_space(&[0, 1, 2, 3], 1)?;
    let steady = soc.bind(&space, SIZE)?;
    soc.write(steady.phys(), 0, &noise(1, SIZE))?;
    let mut now = space.vcm.alloc(SIZE, AllocFlags::default())?;
    let mut next = space.vcm.alloc(SIZE, AllocFlags::default())?;
    let mut reservation = space.vcm.reserve(SIZE, ResFlags::default())?;
    let start = reservation.start();
    let active = space.vcm.activate()?;
    let fence = soc.fence();
    let close = |phys: &Phys| fence.lock().expect("no panic").close(&phys.parts());
    let open = |phys: &Phys| fence.lock().expect("no panic").open(&phys.parts());
    close(&next);
    let mut channels: Vec<SocChannel> = (0..4)
        .map(|n| soc.dma.channel(n))
        .collect::<Result<_, _>>()?;
    let mut rng = fastrand::Rng::with_seed(2);
    let mut canary = Vec::new();
    let (mut copied, mut faulted) = (0, 0);
    for round in 0..ROUNDS {
        open(&now);
        let binding = reservation.bind(&now)?;
        for (n, channel) in channels.iter_mut().enumerate() {
            // Two write to it, two read from it; each begins anew when it has ended.
            match channel.poll() {
                Ok(None) => continue,
                Ok(Some(_)) => copied += 1,
                Err(DmaError::Transfer { .. }) => faulted += 1,
                Err(DmaError::Idle { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            let ends = [steady.start(), start];
            let (from, to) = (ends[n % 2], ends[(n + 1) % 2]);
            let (offset, length) = (rng.u32(..64), rng.u32(64..SIZE - 64));
            channel.copy(after(from, offset), after(to, offset), length)?;
        }
        soc.platform.step(rng.u64(..6_000));
        (reservation, _) = binding.unbind()?;
        // From here on it is over, whatever the channels are at.
        close(&now);
        if round > 0 {
            assert!(soc.read(&next, 0, SIZE)? == canary, "round {round}");
        }
        canary = noise(round + 100, SIZE);
        soc.write(&now, 0, &canary)?;
        soc.iommu.drain_faults(&mut Vec::new())?;
        std::mem::swap(&mut now, &mut next);
    }
    for channel in &mut channels {
        // It has an end, whatever it is.
        let _ = channel.wait(PATIENCE);
    }
    assert!(
        faulted > 8 && copied > 1,
        "{copied} copied, {faulted} faulted"
    );
    soc.iommu.drain_faults(&mut Vec::new())?;
    drop((channels, active, reservation, now, next, steady));
    soc.finish([space])
}

#[test]
fn no_access_to_the_old_frames_after_rebinding_under_traffic() -> Result<()> {
    rebind_under_traffic(Soc::new()?)
}

#[test]
fn no_access_to_the_old_frames_after_rebinding_under_traffic_and_back_pressure() -> Result<()> {
    rebind_under_traffic(Soc::stressed(21)?)
}

#[test]
fn a_page_unmapped_out_of_a_larger_one_is_gone_and_the_rest_stays() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let target = soc.bind(&space, PAGE)?;
    let active = space.vcm.activate()?;
    for size in [0x1_0000, 0x10_0000, 0x100_0000] {
        let memory = space.vcm.alloc(size, AllocFlags::default())?;
        let parts = memory.parts();
        assert_eq!(parts.len(), 1);
        // Beneath the framework, which always unmaps what it has mapped.
        let at = Iova::new(0x8000_0000);
        space.mmu.map(at, &parts, Attributes::default())?;
        let hole = size / 2 + PAGE;
        for offset in [hole - 64, hole, hole + PAGE] {
            soc.write(&memory, offset, &noise(offset.into(), 64))?;
        }
        let read = |offset| soc.copy(0, after(at, offset), target.start(), 64);
        // The TLB has it.
        for offset in [hole - 64, hole, hole + PAGE] {
            assert_eq!(read(offset), Ok(64));
        }
        let _quiet = space.mmu.unmap(after(at, hole), PAGE)?;
        for offset in [hole - 64, hole + PAGE] {
            assert_eq!(read(offset), Ok(64));
            let seen = soc.read(target.phys(), 0, 64)?;
            assert!(seen == noise(offset.into(), 64), "{offset:#x}");
        }
        assert!(read(hole).is_err() && read(hole + PAGE - 64).is_err());
        let _quiet = space.mmu.unmap(at, hole)?;
        let _quiet = space
            .mmu
            .unmap(after(at, hole + PAGE), size - hole - PAGE)?;
        assert!(read(0).is_err() && read(size - 64).is_err());
        soc.faults()?;
        memory.free()?;
    }
    drop((active, target));
    soc.finish([space])
}

#[test]
fn masters_of_a_page_that_is_split_go_on() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let from = soc.bind(&space, 0x10_0000)?;
    let to = soc.bind(&space, PAGE)?;
    let active = space.vcm.activate()?;
    let text = noise(1, PAGE);
    soc.write(from.phys(), 0x8_0000, &text)?;
    let read = || soc.copy(0, after(from.start(), 0x8_0000), to.start(), PAGE);
    read()?;
    space.mmu.split(after(from.start(), 0x8_1000))?;
    read()?;
    assert!(soc.read(to.phys(), 0, PAGE)? == text);
    let pages = soc.tables(&space)?.mapped();
    assert_eq!(pages.len(), 256 + 1);
    drop((active, from, to));
    soc.finish([space])
}

#[test]
fn every_scope_of_invalidation_is_confirmed_by_the_hardware() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let (from, to) = (soc.bind(&space, PAGE)?, soc.bind(&space, PAGE)?);
    let active = space.vcm.activate()?;
    let copy = || soc.copy(0, from.start(), to.start(), 8);
    let walks = || Ok::<_, anyhow::Error>(soc.iommu.counters()?.walks);
    copy()?;
    for scope in [
        Scope::Context,
        Scope::Asid,
        Scope::Address(from.start()),
        Scope::AddressAllAsids(after(from.start(), 0xFFF)),
    ] {
        walks()?;
        copy()?;
        assert_eq!(walks()?, 0, "the TLB has both pages");
        space.mmu.invalidate(scope)?;
        copy()?;
        assert!(walks()? > 0, "{scope:?}");
    }
    soc.iommu.invalidate_all()?;
    copy()?;
    assert!(walks()? > 0);
    space.mmu.invalidate(Scope::Address(Iova::new(0)))?;
    copy()?;
    assert_eq!(walks()?, 0, "another page is none of its business");
    drop((active, from, to));
    soc.finish([space])
}

/// A board on which a read of `binding`'s memory is under way that will take long to be answered.
struct Stuck {
    soc: Soc,
    space: Space,
    binding: Option<Binding>,
    parts: Vec<PhysPart>,
    other: Binding,
    channel: SocChannel,
}

impl Stuck {
    const SIZE: u32 = 3 * PAGE;

    fn new() -> Result<Self> {
        let soc = Soc::new()?;
        let space = soc.scattered_space(&[0], 3)?;
        let binding = soc.bind(&space, Self::SIZE)?;
        let other = soc.bind(&space, Self::SIZE)?;
        let channel = soc.dma.channel(0)?;
        Ok(Self {
            parts: binding.phys().parts().to_vec(),
            soc,
            space,
            binding: Some(binding),
            other,
            channel,
        })
    }

    /// Sends a read to a memory that is asleep.
    fn begin(&mut self) -> Result<()> {
        let from = self.binding.as_ref().context("bound")?.start();
        // Fill the TLBs first: walks are to be quick.
        self.channel.copy(from, self.other.start(), 8)?;
        self.channel.wait(PATIENCE)?;
        let fast = self.soc.platform.lock().ddr().timing();
        self.soc.platform.lock().ddr_mut().set_timing(SLOW);
        self.channel.copy(from, self.other.start(), 8)?;
        self.soc.platform.wait_for("a read", |simulation| {
            simulation.wires().m_axi.ar.fires().then_some(())
        })?;
        self.soc.platform.step(2);
        self.soc.platform.lock().ddr_mut().set_timing(fast);
        Ok(())
    }

    /// Waits until the memory has woken up.
    fn wake(&mut self) -> Result<()> {
        // The source has been read by then; where it is written to is still mapped.
        self.channel.wait(PATIENCE)?;
        Ok(())
    }
}

fn is_timeout(error: &Error) -> bool {
    let timeout = MmuError::SyncTimeout;
    matches!(error, Error::Mmu { error, .. } if *error == timeout)
        && error.is_unconfirmed()
        && error.errno() == Errno::ETIMEDOUT
}

#[test]
fn frames_and_addresses_are_poisoned_when_the_hardware_does_not_confirm_in_time() -> Result<()> {
    let mut stuck = Stuck::new()?;
    let active = stuck.space.vcm.activate()?;
    stuck.begin()?;
    let binding = stuck.binding.take().context("bound")?;
    let region = binding.region();

    let before = stuck.soc.platform.now();
    let failed = binding.unbind().unwrap_err();
    assert!(is_timeout(&failed.error), "{}", failed.error);
    let waited = vcm_sim::model::time_of(stuck.soc.platform.now() - before);
    assert!(waited < 2 * SYNC_TIMEOUT, "{waited:?}");
    assert!(stuck.space.mmu.stats().unconfirmed);

    // Nothing is given back yet; the second time succeeds without the hardware.
    assert_eq!(stuck.soc.frames.poisoned_bytes(), 0);
    let (reservation, phys) = failed.value.unbind()?;
    let raw = stuck.soc.system.raw();
    assert!(raw.reservation(reservation.id())?.poisoned);
    assert!(raw.phys(phys.id())?.poisoned);
    let failed = reservation.bind(&phys).unwrap_err();
    assert!(matches!(failed.error, Error::Poisoned(_)));
    drop(failed);
    phys.free()?;
    assert_eq!(stuck.soc.frames.poisoned_bytes(), u64::from(Stuck::SIZE));

    // Neither the frames nor the addresses are ever given out again.
    let everything = stuck.soc.frames.free_bytes() as u32;
    let all = stuck.space.vcm.alloc(everything, AllocFlags::default())?;
    for part in all.parts().iter() {
        let overlaps = |poisoned: &PhysPart| {
            poisoned.start < part.start.checked_add(part.size).unwrap_or(part.start)
                && part.start
                    < poisoned
                        .start
                        .checked_add(poisoned.size)
                        .unwrap_or(part.start)
        };
        assert!(!stuck.parts.iter().any(overlaps), "{part:?}");
    }
    all.free()?;
    let again = ResFlags {
        at: Some(region.start),
        ..ResFlags::default()
    };
    let taken = stuck.space.vcm.reserve(region.size, again);
    assert!(matches!(taken, Err(Error::AddressInUse(_))));

    // The memory wakes up, and everything works again.
    stuck.wake()?;
    let next = stuck.soc.bind(&stuck.space, Stuck::SIZE)?;
    assert!(
        !stuck.space.mmu.stats().unconfirmed,
        "settled before the map"
    );
    stuck.soc.write(stuck.other.phys(), 0, &noise(9, 64))?;
    stuck
        .soc
        .copy_on(&mut stuck.channel, stuck.other.start(), next.start(), 64)?;
    assert!(stuck.soc.read(next.phys(), 0, 64)? == noise(9, 64));
    let gone = stuck
        .soc
        .copy_on(&mut stuck.channel, region.start, next.start(), 8);
    assert!(gone.is_err());
    next.destroy()?;
    let Stuck {
        soc,
        space,
        other,
        channel,
        ..
    } = stuck;
    drop((active, other, channel));
    soc.faults()?;
    let left = soc.finish_poisoned([space])?;
    assert_eq!(left.frames, u64::from(Stuck::SIZE));
    assert_eq!(left.live, [FRAMES], "the pool that has poisoned frames");
    Ok(())
}

#[test]
fn dropping_a_binding_that_is_not_confirmed_poisons_by_itself_and_tells() -> Result<()> {
    let mut stuck = Stuck::new()?;
    let active = stuck.space.vcm.activate()?;
    stuck.begin()?;
    let binding = stuck.binding.take().context("bound")?;
    // A handle that cannot give back in order is misuse to the framework, which panics here.
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(binding)));
    let message = dropped.expect_err("it was reported");
    let message = message.downcast_ref::<String>().context("a message")?;
    assert!(message.contains("did not confirm"), "{message}");
    stuck.wake()?;
    let Stuck {
        soc,
        space,
        other,
        channel,
        ..
    } = stuck;
    drop((active, other, channel));
    assert_eq!(soc.finish_poisoned([space])?.frames, u64::from(Stuck::SIZE));
    Ok(())
}

#[test]
fn a_deactivation_that_is_not_confirmed_fails_and_works_later() -> Result<()> {
    let mut stuck = Stuck::new()?;
    let active = stuck.space.vcm.activate()?;
    stuck.begin()?;
    let failed = active.deactivate().unwrap_err();
    assert!(is_timeout(&failed.error), "{}", failed.error);
    assert!(stuck.space.mmu.stats().unconfirmed);
    // The masters are stopped all the same: the copy's write is refused.
    assert!(stuck.channel.wait(PATIENCE).is_err());
    failed.value.deactivate()?;
    assert!(!stuck.space.mmu.stats().unconfirmed);
    let active = stuck.space.vcm.activate()?;
    let binding = stuck.binding.take().context("bound")?;
    let (from, to) = (binding.start(), stuck.other.start());
    stuck.soc.copy_on(&mut stuck.channel, from, to, 64)?;
    let Stuck {
        soc,
        space,
        other,
        channel,
        ..
    } = stuck;
    drop((active, binding, other, channel));
    soc.faults()?;
    soc.finish([space])
}

#[test]
fn a_walk_that_is_not_answered_holds_up_the_confirmation() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.scattered_space(&[0], 3)?;
    let binding = soc.bind(&space, PAGE)?;
    let other = soc.bind(&space, PAGE)?;
    let active = space.vcm.activate()?;
    let mut channel = soc.dma.channel(0)?;
    let fast = soc.platform.lock().ddr().timing();
    soc.platform.lock().ddr_mut().set_timing(SLOW);
    channel.copy(binding.start(), other.start(), 8)?;
    soc.platform.wait_for("a walk", |simulation| {
        simulation.wires().m_axi_ptw.ar.fires().then_some(())
    })?;
    soc.platform.step(2);
    soc.platform.lock().ddr_mut().set_timing(fast);
    let failed = binding.unbind().unwrap_err();
    assert!(is_timeout(&failed.error), "{}", failed.error);
    // What the walk brings is of before, so it is not used: the copy faults.
    assert!(channel.wait(PATIENCE).is_err());
    drop(failed.value.unbind()?);
    let next = soc.bind(&space, PAGE)?;
    soc.copy_on(&mut channel, other.start(), next.start(), 64)?;
    drop((active, next, other, channel));
    soc.faults()?;
    let left = soc.finish_poisoned([space])?;
    assert_eq!(left.frames, u64::from(PAGE));
    Ok(())
}

#[test]
fn a_context_dropped_while_the_hardware_is_stuck_leaves_its_tables_and_its_bank_alone() -> Result<()>
{
    let soc = Soc::new()?;
    let context = soc.iommu.context(ContextConfig::default())?;
    context.attach(StreamId::new(0))?;
    let memory = soc.frames.allocate(PAGE, &[PAGE], PAGE)?;
    let at = Iova::new(0x9000_0000);
    context.map(at, &memory, Attributes::default())?;
    context.activate()?;
    let (bank, root) = (context.bank(), context.table_base());
    let mut channel = soc.dma.channel(0)?;
    let fast = soc.platform.lock().ddr().timing();
    soc.platform.lock().ddr_mut().set_timing(SLOW);
    channel.copy(at, at, 8)?;
    soc.platform.wait_for("a walk", |simulation| {
        simulation.wires().m_axi_ptw.ar.fires().then_some(())
    })?;
    soc.platform.step(2);
    soc.platform.lock().ddr_mut().set_timing(fast);
    drop(context);
    let live = soc.platform.memory().live();
    assert!(
        live.iter().any(|(at, _)| *at == root),
        "the tables are kept"
    );
    assert!(channel.wait(PATIENCE).is_err());
    let banks: Vec<_> = (1..soc.iommu.features().contexts)
        .map(|_| soc.iommu.context(ContextConfig::default()))
        .collect::<Result<_, _>>()?;
    assert!(banks.iter().all(|context| context.bank() != bank));
    assert!(soc.iommu.context(ContextConfig::default()).is_err());
    drop(banks);
    for part in memory {
        soc.frames.free(part)?;
    }
    drop(channel);
    soc.faults()?;
    let left = soc.finish_poisoned([])?;
    assert_eq!(left.frames, 0);
    assert_eq!(
        left.live,
        [0x4000, PAGE],
        "the first level, and a frame of second levels"
    );
    Ok(())
}

#[test]
fn the_driver_gives_up_in_time_when_the_status_never_clears() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let (from, to) = (soc.bind(&space, PAGE)?, soc.bind(&space, PAGE)?);
    let active = space.vcm.activate()?;
    let status = BLOCK.at(space.mmu.bank().into()) + TLBSTATUS.offset;
    soc.bus.lie(status, 1);
    let clock = soc.platform.clock();
    let before = clock.now();
    let failed = to.unbind().unwrap_err();
    assert!(is_timeout(&failed.error));
    assert!(clock.now() - before < SYNC_TIMEOUT + Duration::from_micros(10));
    soc.bus.tell_the_truth();
    drop(failed.value.unbind()?);
    drop((active, from));
    let left = soc.finish_poisoned([space])?;
    assert_eq!(left.frames, u64::from(PAGE));
    Ok(())
}
