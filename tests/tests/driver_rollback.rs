//! Calls that fail in the middle: nothing is left half done, nothing is lost, the next call works.

use anyhow::{Context as _, Result};
use vcm::addr::{Iova, PhysAddr};
use vcm::iommu::{ContextConfig, IommuError, StreamId};
use vcm::mmu::{Mmu, MmuError};
use vcm::{AllocFlags, Binding, Errno, Error, Phys, ResFlags};
use vcm_tests::soc::{FRAMES, Failure, Soc, Space, Tables, noise};

const PAGE: u32 = 0x1000;
const MIB: u32 = 1 << 20;

/// By pages that need second-level tables.
const BY_TABLES: AllocFlags = AllocFlags {
    contiguous: false,
    align: 0,
    max_page: 0x1_0000,
};

fn anywhere() -> ResFlags {
    ResFlags::default()
}

fn at(address: u32) -> ResFlags {
    ResFlags {
        at: Some(Iova::new(address)),
        ..ResFlags::default()
    }
}

/// What the tables of a context map, and nothing else, is what these bindings have.
#[track_caller]
fn assert_maps(tables: &Tables, bindings: &[&Binding]) {
    let mut expected = Vec::new();
    for binding in bindings {
        let mut iova = binding.start().get();
        for part in binding.phys().parts().iter() {
            for offset in (0..part.size).step_by(PAGE as usize) {
                let phys = part.start.get() + offset;
                expected.push((Iova::new(iova), PhysAddr::new(phys)));
                iova += PAGE;
            }
        }
    }
    expected.sort_unstable();
    let mapped = tables.mapped();
    assert!(
        mapped == expected,
        "{} pages are mapped, {} should be",
        mapped.len(),
        expected.len()
    );
}

/// DMA gets from one binding to another.
#[track_caller]
fn assert_copies(soc: &Soc, from: &Binding, to: &Binding) {
    let text = noise(from.start().get().into(), 64);
    soc.write(from.phys(), 0, &text).unwrap();
    soc.write(to.phys(), 0, &[0; 64]).unwrap();
    assert_eq!(soc.copy(0, from.start(), to.start(), 64), Ok(64));
    assert!(soc.read(to.phys(), 0, 64).unwrap() == text);
}

fn is_out_of_memory(error: &Error) -> bool {
    let out = MmuError::OutOfMemory;
    matches!(error, Error::Mmu { error, .. } if *error == out) && error.errno() == Errno::ENOMEM
}

/// A space with one binding that is to survive everything.
fn space_with_survivor(soc: &Soc) -> Result<(Space, Binding)> {
    let space = soc.space(&[0])?;
    let survivor = space
        .vcm
        .make_binding(PAGE, AllocFlags::default(), at(0x4080_0000))?;
    Ok((space, survivor))
}

#[test]
fn a_map_for_which_table_memory_runs_out_leaves_nothing_mapped() -> Result<()> {
    let soc = Soc::new()?;
    let mut failures = 0;
    for allocation in 0.. {
        // Each time afresh, so that there are no tables to spare.
        let (space, survivor) = space_with_survivor(&soc)?;
        let active = space.vcm.activate()?;
        let tables = soc.tables(&space)?;
        let free = soc.frames.free_bytes();
        let live = soc.platform.memory().live();
        // 24 second-level tables: six frames of four.
        let size = 24 * MIB;
        soc.memory.allocations.at(allocation);
        let bound = space.vcm.make_binding(size, BY_TABLES, anywhere());
        let (_, failed) = soc.memory.allocations.disarm();
        if failed == 0 {
            drop(bound?);
            drop((active, survivor));
            space.destroy()?;
            break;
        }
        failures += 1;
        let error = bound.err().context("it fails")?;
        assert!(is_out_of_memory(&error), "{error}");
        assert_maps(&tables, &[&survivor]);
        assert_eq!(soc.frames.free_bytes(), free, "frames are given back");
        let now = soc.platform.memory().live();
        assert!(
            now.len() <= live.len() + 1,
            "but for a frame to spare: {now:x?}"
        );
        // The next call works, and has the same addresses and frames at its disposal.
        let binding = space.vcm.make_binding(size, BY_TABLES, anywhere())?;
        assert_maps(&tables, &[&binding, &survivor]);
        assert_copies(&soc, &binding, &survivor);
        drop((active, binding, survivor));
        space.destroy()?;
    }
    assert!(failures >= 6, "{failures} allocations can fail");
    soc.finish([])
}

#[test]
fn a_map_that_fails_leaves_a_bound_reservation_as_it_was() -> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let active = space.vcm.activate()?;
    let tables = soc.tables(&space)?;
    let reservation = space.vcm.reserve(16 * MIB, anywhere())?;
    let phys = space.vcm.alloc(16 * MIB, BY_TABLES)?;
    soc.memory.allocations.at(2);
    let failed = reservation.bind(&phys).unwrap_err();
    soc.memory.allocations.disarm();
    assert!(is_out_of_memory(&failed.error));
    assert_eq!(phys.bindings(), 0);
    assert_maps(&tables, &[&survivor]);
    let binding = failed.value.bind(&phys)?;
    assert_maps(&tables, &[&binding, &survivor]);
    drop((active, binding, phys, survivor));
    soc.finish([space])
}

#[test]
fn an_activation_for_which_table_memory_runs_out_leaves_the_context_inactive() -> Result<()> {
    let soc = Soc::new()?;
    let mut failures = 0;
    for allocation in 0.. {
        let (space, survivor) = space_with_survivor(&soc)?;
        let mut bindings = Vec::new();
        for n in 0..4 {
            let place = at(0x4100_0000 + n * 0x100_0000);
            bindings.push(space.vcm.make_binding(6 * MIB, BY_TABLES, place)?);
        }
        let tables = soc.tables(&space)?;
        soc.memory.allocations.at(allocation);
        let activated = space.vcm.activate();
        let (_, failed) = soc.memory.allocations.disarm();
        let active = match activated {
            Ok(active) => active,
            Err(error) => {
                assert!(is_out_of_memory(&error), "{error}");
                assert_maps(&tables, &[]);
                assert!(
                    soc.copy(0, survivor.start(), bindings[0].start(), 8)
                        .is_err()
                );
                space.vcm.activate()?
            }
        };
        let mut all: Vec<&Binding> = bindings.iter().collect();
        all.push(&survivor);
        assert_maps(&tables, &all);
        assert_copies(&soc, &bindings[3], &survivor);
        active.deactivate()?;
        assert_maps(&tables, &[]);
        drop((bindings, survivor));
        space.destroy()?;
        if failed == 0 {
            break;
        }
        failures += 1;
    }
    assert!(failures >= 6, "{failures} allocations can fail");
    soc.faults()?;
    soc.finish([])
}

#[test]
fn a_split_for_which_table_memory_runs_out_leaves_everything_mapped() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let binding = soc.bind(&space, 16 * MIB)?;
    let active = space.vcm.activate()?;
    let tables = soc.tables(&space)?;
    let middle = Iova::new(binding.start().get() + 5 * MIB + PAGE);
    soc.memory.allocations.at(0);
    let unmapped = space.mmu.unmap(middle, 3 * MIB);
    assert_eq!(soc.memory.allocations.disarm(), (1, 1));
    assert_eq!(unmapped, Err(MmuError::OutOfMemory));
    assert_maps(&tables, &[&binding]);
    assert!(soc.copy(0, middle, binding.start(), 64).is_ok());
    drop((active, binding));
    soc.finish([space])
}

#[test]
fn a_context_for_which_there_is_no_table_takes_no_bank() -> Result<()> {
    let soc = Soc::new()?;
    soc.memory.allocations.at(0);
    let context = soc.iommu.context(ContextConfig::default());
    soc.memory.allocations.disarm();
    assert_eq!(context.err(), Some(IommuError::OutOfMemory));
    soc.memory.writes.at(3);
    let context = soc.iommu.context(ContextConfig::default());
    soc.memory.writes.disarm();
    assert!(matches!(context.err(), Some(IommuError::Memory(_))));
    for access in 0.. {
        soc.bus.trip.at(access);
        let context = soc.iommu.context(ContextConfig::default());
        let (_, failed) = soc.bus.trip.disarm();
        match context {
            Ok(_) => {
                assert_eq!(failed, 0);
                break;
            }
            Err(error) => assert!(matches!(error, IommuError::Bus(_)), "{error}"),
        }
    }
    // All banks are there: `finish` counts them.
    soc.finish([])
}

#[test]
fn table_memory_that_refuses_a_write_during_a_map_leaves_nothing_mapped() -> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let active = space.vcm.activate()?;
    let tables = soc.tables(&space)?;
    // From one section that has a table already over new ones to another that has one.
    let tail = space
        .vcm
        .make_binding(PAGE, AllocFlags::default(), at(0x40C8_0000))?;
    let phys = space.vcm.alloc(4 * MIB, BY_TABLES)?;
    let mut failures = 0;
    for write in 0.. {
        soc.memory.writes.at(write);
        let bound = space.vcm.map(&phys, at(0x4088_0000));
        let (_, failed) = soc.memory.writes.disarm();
        if failed == 0 {
            assert_maps(&tables, &[&survivor, &bound?, &tail]);
            break;
        }
        failures += 1;
        let error = bound.err().context("it fails")?;
        assert_eq!(error.errno(), Errno::EIO);
        assert!(!error.is_unconfirmed(), "{error}");
        assert_maps(&tables, &[&survivor, &tail]);
        let binding = space.vcm.map(&phys, at(0x4088_0000))?;
        assert_maps(&tables, &[&survivor, &binding, &tail]);
        assert_copies(&soc, &binding, &survivor);
        drop(binding.unmap()?);
    }
    assert!(failures >= 5, "{failures} writes can fail");
    drop((active, survivor, tail, phys));
    soc.finish([space])
}

#[test]
fn table_memory_that_refuses_a_write_during_an_unmap_leaves_everything_mapped() -> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let active = space.vcm.activate()?;
    let tables = soc.tables(&space)?;
    let phys = space.vcm.alloc(4 * MIB, BY_TABLES)?;
    let mut binding = space.vcm.map(&phys, at(0x4088_0000))?;
    let mut failures = 0;
    for write in 0.. {
        soc.memory.writes.at(write);
        let unbound = binding.unbind();
        let (_, failed) = soc.memory.writes.disarm();
        match unbound {
            Ok(_) => {
                assert_eq!(failed, 0);
                assert_maps(&tables, &[&survivor]);
                break;
            }
            Err(unbound) => {
                failures += 1;
                assert!(!unbound.error.is_unconfirmed(), "{}", unbound.error);
                binding = unbound.value;
                assert_maps(&tables, &[&binding, &survivor]);
                assert_copies(&soc, &binding, &survivor);
            }
        }
    }
    assert!(failures >= 2, "{failures} writes can fail");
    drop((active, survivor, phys));
    soc.finish([space])
}

/// What happens to the register accesses of a call.
#[derive(Clone, Copy, Debug)]
struct Fault {
    /// The first that fails.
    access: u64,
    /// All from then on.
    lasting: bool,
    failure: Failure,
}

/// Every way in which an access to a register can fail, at the access of that number.
fn faults(access: u64) -> impl Iterator<Item = Fault> {
    let failures = [Failure::Lost, Failure::Done].into_iter();
    failures.flat_map(move |failure| {
        [false, true].map(|lasting| Fault {
            access,
            lasting,
            failure,
        })
    })
}

/// Makes a call while registers cannot be accessed, and says whether any access has failed.
fn under<T>(soc: &Soc, fault: Fault, call: impl FnOnce() -> T) -> (T, bool) {
    soc.bus.fail_by(fault.failure);
    match fault.lasting {
        true => soc.bus.trip.from(fault.access),
        false => soc.bus.trip.at(fault.access),
    }
    let result = call();
    let (_, failed) = soc.bus.trip.disarm();
    (result, failed > 0)
}

fn is_bus_error(error: &Error) -> bool {
    matches!(
        error,
        Error::Mmu {
            error: MmuError::Bus(_),
            ..
        }
    ) && error.errno() == Errno::EIO
        && error.is_unconfirmed()
}

#[test]
fn a_bus_error_at_any_access_of_an_unbind_poisons_and_the_context_goes_on() -> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let active = space.vcm.activate()?;
    let tables = soc.tables(&space)?;
    let target = soc.bind(&space, PAGE)?;
    let mut poisoned = 0;
    for access in 0.. {
        let mut any = false;
        for fault in faults(access) {
            let binding = soc.bind(&space, PAGE)?;
            assert_copies(&soc, &binding, &target);
            let start = binding.start();
            let memory = binding.phys().share()?;
            let (unbound, failed) = under(&soc, fault, || binding.unbind());
            any |= failed;
            match unbound {
                Ok(_) => assert!(!failed, "{fault:?}"),
                Err(unbound) => {
                    assert!(failed && is_bus_error(&unbound.error), "{}", unbound.error);
                    assert_maps(&tables, &[&target, &survivor]);
                    poisoned += PAGE;
                    unbound.value.destroy()?;
                }
            }
            // Before anything else is mapped: the TLB may have it, but for no longer than the next map.
            let next = soc.bind(&space, PAGE)?;
            let canary = noise(access, 64);
            soc.write(&memory, 0, &canary)?;
            if next.start() != start {
                assert!(soc.copy(0, target.start(), start, 64).is_err(), "{fault:?}");
            }
            assert!(soc.read(&memory, 0, 64)? == canary);
            assert_copies(&soc, &next, &target);
            assert_maps(&tables, &[&target, &next, &survivor]);
            next.destroy()?;
            drop(memory);
            assert_eq!(soc.frames.poisoned_bytes(), u64::from(poisoned));
            soc.iommu.drain_faults(&mut Vec::new())?;
        }
        if !any {
            assert!(access > 2, "an unbind has {access} accesses");
            break;
        }
    }
    drop((active, target, survivor));
    let left = soc.finish_poisoned([space])?;
    assert_eq!(left.frames, u64::from(poisoned));
    assert_eq!(left.live, [FRAMES]);
    Ok(())
}

#[test]
fn a_bus_error_at_any_access_of_an_activation_leaves_the_context_inactive() -> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let binding = soc.bind(&space, PAGE)?;
    let tables = soc.tables(&space)?;
    for access in 0.. {
        let mut any = false;
        for fault in faults(access) {
            let (activated, failed) = under(&soc, fault, || space.vcm.activate());
            any |= failed;
            let active = match activated {
                Ok(active) => {
                    assert!(!failed, "{fault:?}");
                    active
                }
                Err(error) => {
                    assert!(failed && is_bus_error(&error), "{fault:?}: {error}");
                    let raw = soc.system.raw();
                    assert_eq!(raw.context(space.vcm.id())?.activations, 0);
                    assert_maps(&tables, &[]);
                    let canary = noise(access, 64);
                    soc.write(survivor.phys(), 0, &canary)?;
                    assert!(soc.copy(0, binding.start(), survivor.start(), 64).is_err());
                    assert!(soc.read(survivor.phys(), 0, 64)? == canary);
                    space.vcm.activate()?
                }
            };
            assert_maps(&tables, &[&binding, &survivor]);
            assert_copies(&soc, &binding, &survivor);
            active.deactivate()?;
            soc.iommu.drain_faults(&mut Vec::new())?;
        }
        if !any {
            assert!(access > 6, "an activation has {access} accesses");
            break;
        }
    }
    drop((binding, survivor));
    // Where the bus stayed dead, tables may have been in use when they were emptied.
    let left = soc.finish_poisoned([space])?;
    assert_eq!(left.frames, 0);
    assert!(left.live.iter().all(|size| *size == PAGE), "{left:x?}");
    Ok(())
}

#[test]
fn a_bus_error_at_any_access_of_a_deactivation_is_returned_and_the_next_one_works() -> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let binding = soc.bind(&space, PAGE)?;
    let tables = soc.tables(&space)?;
    for access in 0.. {
        let mut any = false;
        for fault in faults(access) {
            let active = space.vcm.activate()?;
            assert_copies(&soc, &binding, &survivor);
            let (deactivated, failed) = under(&soc, fault, || active.deactivate());
            any |= failed;
            match deactivated {
                Ok(()) => assert!(!failed, "{fault:?}"),
                Err(still) => {
                    assert!(failed && is_bus_error(&still.error), "{}", still.error);
                    // Whatever was stopped runs again after another activation.
                    let again = space.vcm.activate()?;
                    assert_copies(&soc, &binding, &survivor);
                    again.deactivate()?;
                    still.value.deactivate()?;
                }
            }
            assert_maps(&tables, &[]);
            let canary = noise(access, 64);
            soc.write(survivor.phys(), 0, &canary)?;
            assert!(soc.copy(0, binding.start(), survivor.start(), 64).is_err());
            assert!(soc.read(survivor.phys(), 0, 64)? == canary);
            soc.iommu.drain_faults(&mut Vec::new())?;
        }
        if !any {
            assert!(access > 3, "a deactivation has {access} accesses");
            break;
        }
    }
    drop((binding, survivor));
    soc.finish([space])
}

#[test]
fn a_map_has_no_register_access_that_could_fail() -> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let active = space.vcm.activate()?;
    let dead = Fault {
        access: 0,
        lasting: true,
        failure: Failure::Lost,
    };
    let (binding, failed) = under(&soc, dead, || soc.bind(&space, 3 * MIB));
    assert!(!failed);
    let binding = binding?;
    assert_maps(&soc.tables(&space)?, &[&binding, &survivor]);
    drop((active, binding, survivor));
    soc.finish([space])
}

#[test]
fn a_bus_error_while_a_stream_is_attached_or_detached_leaves_it_where_it_was() -> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let binding = soc.bind(&space, PAGE)?;
    let active = space.vcm.activate()?;
    let stream = StreamId::new(1);
    for access in 0.. {
        let fault = Fault {
            access,
            lasting: false,
            failure: Failure::Lost,
        };
        let (attached, attach_failed) = under(&soc, fault, || space.mmu.attach(stream));
        if attach_failed {
            assert!(matches!(attached, Err(IommuError::Bus(_))));
            assert!(!space.mmu.streams().contains(&stream));
            assert!(soc.copy(1, binding.start(), survivor.start(), 8).is_err());
            space.mmu.attach(stream)?;
        }
        soc.copy(1, binding.start(), survivor.start(), 8)?;
        let (detached, detach_failed) = under(&soc, fault, || space.mmu.detach(stream));
        if detach_failed {
            assert!(matches!(detached, Err(IommuError::Bus(_))));
            assert!(space.mmu.streams().contains(&stream));
            space.mmu.detach(stream)?;
        }
        assert!(soc.copy(1, binding.start(), survivor.start(), 8).is_err());
        if !attach_failed && !detach_failed {
            break;
        }
    }
    drop((active, binding, survivor));
    soc.faults()?;
    soc.finish([space])
}

#[test]
fn memory_that_goes_out_of_reach_while_a_map_is_taken_back_is_not_used_for_anything_else()
-> Result<()> {
    let soc = Soc::new()?;
    let (space, survivor) = space_with_survivor(&soc)?;
    let active = space.vcm.activate()?;
    let mut poisoned = 0;
    for write in 0..3 {
        let phys: Phys = space.vcm.alloc(MIB, BY_TABLES)?;
        let start = 0x4088_0000 + write as u32 * 0x200_0000;
        // Both sections have tables, so that what is written is in use at once.
        let (head, foot) = (at(start - PAGE), at(start + MIB));
        let neighbours =
            [head, foot].map(|place| space.vcm.make_binding(PAGE, AllocFlags::default(), place));
        soc.memory.writes.from(write);
        let bound = space.vcm.map(&phys, at(start));
        let (_, failed) = soc.memory.writes.disarm();
        if let Err(error) = bound {
            assert!(failed > 0 && error.errno() == Errno::EIO, "{error}");
            let reachable = soc.copy(0, Iova::new(start), survivor.start(), 8).is_ok();
            assert!(
                !reachable || error.is_unconfirmed(),
                "write {write}: freed memory can be reached"
            );
            if error.is_unconfirmed() {
                poisoned += MIB;
            }
        }
        drop(phys);
        assert_eq!(
            soc.frames.poisoned_bytes(),
            u64::from(poisoned),
            "write {write}"
        );
        for neighbour in neighbours {
            assert_copies(&soc, &neighbour?, &survivor);
        }
    }
    assert!(poisoned > 0);
    drop((active, survivor));
    soc.iommu.drain_faults(&mut Vec::new())?;
    let left = soc.finish_poisoned([space])?;
    assert_eq!(left.frames, u64::from(poisoned));
    Ok(())
}
