//! Memory that is bound when a master first touches it.

use anyhow::{Result, bail, ensure};
use vcm::addr::Iova;
use vcm::dma::{DmaError, End};
use vcm::iommu::{FaultRecord, StallLimits};
use vcm::wrap::page_in;
use vcm::{AllocFlags, OnDemand, ResFlags, Served};
use vcm_tests::soc::{Soc, SocChannel, Space, noise};

const SIZE: u32 = 16 << 20;
const PAGE: u32 = 0x1000;

fn after(at: Iova, offset: u32) -> Iova {
    Iova::new(at.get() + offset)
}

/// A space whose faults stall, until they are answered.
fn stalling(soc: &Soc, streams: &[u16]) -> Result<Space> {
    let space = soc.scattered_space(streams, 3)?;
    space.mmu.set_stall(true)?;
    soc.iommu.set_stall_limits(StallLimits {
        transactions: 15,
        timeout_ticks: 0,
    })?;
    Ok(space)
}

/// What an interrupt handler does, until the copy has ended. Returns the faults that it could not mend.
fn serve(
    soc: &Soc,
    space: &Space,
    channel: &mut SocChannel,
) -> Result<(Result<u32, DmaError>, Vec<FaultRecord>)> {
    let mut faults = Vec::new();
    for _ in 0..20_000 {
        match channel.poll() {
            Ok(None) => {}
            Ok(Some(copied)) => return Ok((Ok(copied), faults)),
            Err(error) => return Ok((Err(error), faults)),
        }
        for record in soc.faults()? {
            match page_in(&space.vcm, &space.mmu, &record)? {
                Some(Served::Retry) => {}
                Some(Served::Terminate) | None => faults.push(record),
                Some(Served::Wait) => bail!("nothing moves"),
            }
        }
    }
    bail!("the copy does not end")
}

fn copy(soc: &Soc, space: &Space, from: Iova, to: Iova, length: u32) -> Result<()> {
    let mut channel = soc.dma.channel(0)?;
    channel.copy(from, to, length)?;
    let (result, faults) = serve(soc, space, &mut channel)?;
    ensure!(faults.is_empty(), "{faults:?}");
    ensure!(result? == length);
    Ok(())
}

/// The pages that are bound, by number.
fn bound(soc: &Soc, all: &OnDemand) -> Result<Vec<u32>> {
    let vcm = all.vcm().id();
    let pages = 0..all.size() / PAGE;
    let is_bound = |page: &u32| {
        let at = after(all.start(), page * PAGE);
        soc.system.raw().translate(vcm, at).ok().flatten().is_some()
    };
    Ok(pages.filter(is_bound).collect())
}

fn touch(soc: Soc) -> Result<()> {
    let space = stalling(&soc, &[0])?;
    let (alloc, res) = (AllocFlags::default(), ResFlags::default());
    let all = space.vcm.reserve_on_demand(SIZE, PAGE, alloc, res)?;
    let (from, to) = (soc.bind(&space, 0x4000)?, soc.bind(&space, 0x4000)?);
    let active = space.vcm.activate()?;
    let free = soc.frames.free_bytes();
    assert!(bound(&soc, &all)?.is_empty());

    // Written at three places, one of them across pages, and read from there.
    let text = noise(1, 0x4000);
    soc.write(from.phys(), 0, &text)?;
    for (offset, length) in [(0, 64), (0x50_0800, 0x2000), (SIZE - 0x1000, 0x1000)] {
        let place = after(all.start(), offset);
        copy(&soc, &space, from.start(), place, length)?;
        copy(&soc, &space, place, to.start(), length)?;
        let there = soc.read(to.phys(), 0, length)?;
        assert!(
            there == text[..length as usize],
            "{length:#x} bytes at {offset:#x}"
        );
    }
    assert_eq!(bound(&soc, &all)?, [0, 0x500, 0x501, 0x502, 0xFFF]);
    assert_eq!(all.bound(), 5 * PAGE);
    assert_eq!(soc.frames.free_bytes(), free - u64::from(5 * PAGE));

    drop((active, from, to));
    all.unreserve()?;
    assert!(soc.faults()?.is_empty());
    soc.finish([space])
}

#[test]
fn a_copy_over_an_empty_reservation_binds_the_pages_that_it_touches() -> Result<()> {
    touch(Soc::new()?)
}

#[test]
fn a_copy_over_an_empty_reservation_binds_pages_under_back_pressure_too() -> Result<()> {
    touch(Soc::stressed(11)?)
}

/// The one with the other: the context stalls anyway, and its memory moves.
#[test]
fn granules_move_in_the_middle_of_a_copy() -> Result<()> {
    let soc = Soc::new()?;
    let space = stalling(&soc, &[0])?;
    let (alloc, res) = (AllocFlags::default(), ResFlags::default());
    let all = space.vcm.reserve_on_demand(SIZE, PAGE, alloc, res)?;
    let from = soc.bind(&space, 4 * PAGE)?;
    let active = space.vcm.activate()?;
    let text = noise(9, 4 * PAGE);
    soc.write(from.phys(), 0, &text)?;
    let mut channel = soc.dma.channel(0)?;
    channel.copy(from.start(), all.start(), 4 * PAGE)?;
    let (raw, memory) = (soc.system.raw(), soc.platform.memory());
    let mut moves = 0;
    for _ in 0..2_000 {
        if let Some(copied) = channel.poll()? {
            assert_eq!(copied, 4 * PAGE);
            break;
        }
        for record in soc.faults()? {
            let verdict = page_in(&space.vcm, &space.mmu, &record)?;
            assert_eq!(verdict, Some(Served::Retry), "{record}");
            soc.platform.step(100);
            if let Some(phys) = raw.phys_at(space.vcm.id(), record.iova)? {
                raw.migrate(phys, &memory, alloc)?;
                moves += 1;
            }
        }
    }
    assert!(moves >= 4, "{moves}");
    drop(channel);
    let to = soc.bind(&space, 4 * PAGE)?;
    copy(&soc, &space, all.start(), to.start(), 4 * PAGE)?;
    assert!(soc.read(to.phys(), 0, 4 * PAGE)? == text);
    assert_eq!(all.bound(), 4 * PAGE);
    drop((active, from, to, all));
    soc.finish([space])
}

#[test]
fn larger_granules_are_bound_as_a_whole() -> Result<()> {
    let soc = Soc::new()?;
    let space = stalling(&soc, &[0])?;
    let contiguous = AllocFlags {
        contiguous: true,
        ..AllocFlags::default()
    };
    let (granule, size) = (0x1_0000, 0x2_3000);
    let res = ResFlags::default();
    let all = space
        .vcm
        .reserve_on_demand(size, granule, contiguous, res)?;
    assert_eq!(all.start().get() % granule, 0);
    let active = space.vcm.activate()?;
    let places = [after(all.start(), 0xF000), after(all.start(), 0x2_2F00)];
    copy(&soc, &space, places[0], places[1], 0x100)?;
    // The last one is as long as the reservation goes.
    assert_eq!(all.bound(), granule + 0x3000);
    drop(active);
    drop(all);
    soc.finish([space])
}

#[test]
fn an_access_beside_the_reservation_is_terminated_and_told() -> Result<()> {
    let soc = Soc::new()?;
    let space = stalling(&soc, &[0])?;
    let (alloc, res) = (AllocFlags::default(), ResFlags::default());
    let all = space.vcm.reserve_on_demand(0x2000, PAGE, alloc, res)?;
    let active = space.vcm.activate()?;
    let mut channel = soc.dma.channel(0)?;
    let beyond = after(all.start(), 0x2000);
    channel.copy(all.start(), beyond, 64)?;
    let (result, faults) = serve(&soc, &space, &mut channel)?;
    let failed_there = matches!(
        result,
        Err(DmaError::Transfer {
            end: End::Destination,
            ..
        })
    );
    assert!(failed_there, "{result:?}");
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].iova, faults[0].write), (beyond, true));
    assert!(!space.mmu.stalled()?);
    drop((channel, active, all));
    soc.finish([space])
}
