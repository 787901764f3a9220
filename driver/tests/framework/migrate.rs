//! Moving memory while it is bound.

use std::cell::RefCell;
use std::sync::Arc;

use vcm::Misuse;
use vcm::addr::PhysAddr;
use vcm::error::Operation;
use vcm::fake::{Addresses, Call, Iommu, Ram};
use vcm::mmu::{MmuError, PhysPart};
use vcm::seam::{MemError, PhysMem};
use vcm::wrap::{OneToOne, VcmMmu};
use vcm::{AllocFlags, Binding, Copier, Errno, Error, Phys, System, Vcm};

use crate::probe::{MMU_LIKE, PAGE, Probe, SIZE, START, alloc, region, res, strict};

const RAM: u32 = 0x1000_0000;

struct Bench {
    system: System,
    ram: Ram,
    mmus: [Iommu; 2],
    addresses: [Addresses; 2],
    contexts: [Vcm; 2],
}

/// Two contexts behind MMUs of their own.
fn bench() -> Bench {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let ram = Ram::scattered(PhysAddr::new(RAM), 4 << 20);
    let space = region(START, SIZE);
    let mmus = [(); 2].map(|()| Iommu::new());
    let addresses = [(); 2].map(|()| Addresses::new(space));
    let contexts = [0, 1].map(|n| {
        let driver = VcmMmu::new(mmus[n].clone(), ram.clone(), addresses[n].clone());
        let vcm = system.create(space.start, space.size, Box::new(driver));
        vcm.unwrap()
    });
    Bench {
        system,
        ram,
        mmus,
        addresses,
        contexts,
    }
}

const TEXT: &[u8] = b"carried";

/// Four pages with a text across the first boundary, bound once in the first context and twice in the
/// other.
fn load(b: &Bench) -> (Phys, [Binding; 3]) {
    let phys = b.contexts[0].alloc(4 * PAGE, alloc()).unwrap();
    for (n, byte) in TEXT.iter().enumerate() {
        let offset = PAGE - 3 + n as u32;
        b.ram.write(place(&phys, offset), &[*byte]).unwrap();
    }
    let bound = [0, 1, 1].map(|n: usize| b.contexts[n].map(&phys, res()).unwrap());
    (phys, bound)
}

/// Where so many bytes of it lie.
fn place(phys: &Phys, offset: u32) -> PhysAddr {
    let part = phys.parts()[(offset / PAGE) as usize % phys.parts().len()];
    let inside = if phys.parts().len() == 1 {
        offset
    } else {
        offset % PAGE
    };
    part.start.checked_add(inside).unwrap()
}

fn text(b: &Bench, phys: &Phys) -> Vec<u8> {
    let offsets = (0..TEXT.len() as u32).map(|n| PAGE - 3 + n);
    offsets
        .map(|offset| {
            let mut byte = [0];
            b.ram.read(place(phys, offset), &mut byte).unwrap();
            byte[0]
        })
        .collect()
}

/// Every master sees the memory where it is.
fn assert_mapped(b: &Bench, phys: &Phys, bound: &[Binding; 3]) {
    for (n, binding) in [0, 1, 1].into_iter().zip(bound) {
        for offset in [0, PAGE + 8, 4 * PAGE - 1] {
            let at = binding.start().checked_add(offset).unwrap();
            assert_eq!(b.mmus[n].access(at), Some(place(phys, offset)));
            assert_eq!(b.contexts[n].translate(at), Some(place(phys, offset)));
        }
    }
}

const ONE_PIECE: AllocFlags = AllocFlags {
    contiguous: true,
    align: 0,
    max_page: 0,
};

#[test]
fn memory_moves_while_bound_in_several_active_contexts() {
    let b = bench();
    let (phys, bound) = load(&b);
    let _active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    for flags in [ONE_PIECE, alloc(), ONE_PIECE] {
        let old = phys.parts();
        phys.migrate(&b.ram, flags).unwrap();
        assert_eq!(phys.parts().len(), if flags.contiguous { 1 } else { 4 });
        assert!(old.iter().all(|part| b.ram.is_free(part.start)));
        assert_mapped(&b, &phys, &bound);
        assert_eq!(text(&b, &phys), TEXT);
        assert_eq!((b.ram.used(), phys.bindings()), (4 * PAGE, 3));
    }
    assert_eq!(b.mmus.each_ref().map(Iommu::holds), [0, 0]);
    drop((bound, phys));
    assert_eq!(b.ram.used(), 0);
}

#[test]
fn masters_wait_while_their_memory_is_copied() {
    let b = bench();
    let (phys, bound) = load(&b);
    let _active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    struct Looks<'a>(&'a Bench, &'a [Binding; 3]);
    impl Copier for Looks<'_> {
        fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
            for (n, binding) in [0, 1, 1].into_iter().zip(self.1) {
                assert!(self.0.mmus[n].waits(binding.start()));
            }
            self.0.ram.copy(from, to)
        }
    }
    phys.migrate(&Looks(&b, &bound), alloc()).unwrap();
    assert_mapped(&b, &phys, &bound);
}

#[test]
fn inactive_contexts_have_the_new_place_when_they_are_activated() {
    let b = bench();
    let (phys, bound) = load(&b);
    phys.migrate(&b.ram, ONE_PIECE).unwrap();
    let quiet = [Call::Hold, Call::Release];
    assert_eq!(b.mmus[0].calls(), quiet);
    let _active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    assert_mapped(&b, &phys, &bound);
}

#[test]
fn a_context_may_be_activated_and_stopped_in_the_middle() {
    let b = bench();
    let (phys, bound) = load(&b);
    let other = b.contexts[0].make_binding(PAGE, alloc(), res()).unwrap();
    let second = RefCell::new(Some(b.contexts[1].activate().unwrap()));
    let first = RefCell::new(None);
    struct Turns<F>(F, Ram);
    impl<F: Fn()> Copier for Turns<F> {
        fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
            (self.0)();
            self.1.copy(from, to)
        }
    }
    let turn = || {
        *first.borrow_mut() = Some(b.contexts[0].activate().unwrap());
        drop(second.borrow_mut().take());
        assert!(b.mmus[0].waits(bound[0].start()));
        assert!(b.mmus[0].access(other.start()).is_some());
    };
    phys.migrate(&Turns(turn, b.ram.clone()), alloc()).unwrap();
    let _second = b.contexts[1].activate().unwrap();
    assert_mapped(&b, &phys, &bound);
}

#[test]
fn what_moves_is_not_bound_unbound_freed_or_moved_again() {
    let b = bench();
    let (phys, bound) = load(&b);
    let free = b.contexts[0].reserve(4 * PAGE, res()).unwrap();
    struct Tries<'a>(&'a Bench, &'a Phys, &'a Binding, vcm::ResId);
    impl Copier for Tries<'_> {
        fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
            let (raw, id) = (self.0.system.raw(), self.1.id());
            let busy = Err(Error::PhysMoving(id));
            assert_eq!(raw.bind(self.3, id), busy);
            assert_eq!(raw.unbind(self.2.id()).map(drop), busy);
            assert_eq!(raw.unmap(self.2.id()), busy);
            assert_eq!(raw.free(id), busy);
            assert_eq!(raw.migrate(id, &self.0.ram, alloc()), busy);
            assert_eq!(Error::PhysMoving(id).errno(), Errno::EBUSY);
            // Other memory is not concerned.
            let other = self.0.contexts[0].make_binding(PAGE, alloc(), res());
            other.unwrap().destroy().unwrap();
            self.0.ram.copy(from, to)
        }
    }
    let tries = Tries(&b, &phys, &bound[0], free.id());
    phys.migrate(&tries, alloc()).unwrap();
}

#[test]
fn handles_dropped_while_memory_moves_take_effect_when_it_has_arrived() {
    let b = bench();
    let (phys, bound) = load(&b);
    let _active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    struct Drops<'a>(&'a Bench, RefCell<Option<[Binding; 3]>>);
    impl Copier for Drops<'_> {
        fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
            drop(self.1.borrow_mut().take());
            self.0.ram.copy(from, to)
        }
    }
    let drops = Drops(&b, RefCell::new(Some(bound)));
    phys.migrate(&drops, alloc()).unwrap();
    assert_eq!(phys.bindings(), 0);
    assert_eq!(text(&b, &phys), TEXT);
    drop(phys);
    assert_eq!(b.ram.used(), 0);
    assert!(b.addresses.iter().all(|all| all.used().is_empty()));
}

#[test]
fn memory_whose_owner_leaves_while_it_moves_goes_back_in_the_end() {
    let b = bench();
    let (phys, bound) = load(&b);
    drop(bound);
    struct Drops<'a>(&'a Bench, RefCell<Option<Phys>>);
    impl Copier for Drops<'_> {
        fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
            drop(self.1.borrow_mut().take());
            self.0.ram.copy(from, to)
        }
    }
    let id = phys.id();
    let drops = Drops(&b, RefCell::new(Some(phys)));
    b.system.raw().migrate(id, &drops, alloc()).unwrap();
    assert_eq!(b.ram.used(), 0);
    assert_eq!(b.system.raw().phys(id), Err(Error::StalePhys(id)));
}

#[test]
fn memory_that_hardware_may_still_use_does_not_move() {
    let b = bench();
    let (phys, bound) = load(&b);
    let _active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    let [first, ..] = bound;
    b.mmus[0].fail(0, MmuError::SyncTimeout);
    let failed = first.destroy().unwrap_err();
    let moved = phys.migrate(&b.ram, alloc());
    assert_eq!(moved, Err(Error::PoisonedPhys(phys.id())));
    failed.value.destroy().unwrap();
    let moved = phys.migrate(&b.ram, alloc());
    assert_eq!(moved, Err(Error::PoisonedPhys(phys.id())));
}

#[test]
fn memory_that_nothing_is_bound_to_moves_too_and_to_another_pool() {
    let b = bench();
    let phys = b.contexts[0].alloc(PAGE, alloc()).unwrap();
    let far = Ram::new(PhysAddr::new(0x2000_0000), 1 << 20);
    let space = region(START, SIZE);
    let driver = VcmMmu::new(Iommu::new(), far.clone(), Addresses::new(space));
    let third = b.system.create(space.start, space.size, Box::new(driver));
    let third = third.unwrap();
    struct Nothing;
    impl Copier for Nothing {
        fn copy(&self, _: &[PhysPart], _: &[PhysPart]) -> Result<(), MemError> {
            Ok(())
        }
    }
    phys.migrate_to(&third, &Nothing, alloc()).unwrap();
    assert_eq!((b.ram.used(), far.used()), (0, PAGE));
    drop(phys);
    assert_eq!(far.used(), 0);
}

#[test]
fn a_driver_that_cannot_move_refuses_before_anything_happened() {
    let b = bench();
    let reach = region(RAM, 4 << 20);
    let driver = OneToOne::new(b.ram.clone(), reach);
    let direct = b.system.create(reach.start, reach.size, Box::new(driver));
    let direct = direct.unwrap();
    let binding = direct.make_binding(2 * PAGE, alloc(), res()).unwrap();
    let shared = b.contexts[0].map(binding.phys(), res()).unwrap();
    let _active = b.contexts[0].activate().unwrap();
    let calls = b.mmus[0].calls();
    let error = binding.phys().migrate(&b.ram, alloc()).unwrap_err();
    assert_eq!(error, Error::Unsupported(Operation::Move));
    assert_eq!(error.errno(), Errno::EOPNOTSUPP);
    assert_eq!(b.mmus[0].calls(), calls);
    assert_eq!(b.ram.used(), 2 * PAGE);
    drop(shared);
    // A core driver without the operation, too.
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    let phys = system.reservation(id).unwrap().phys.unwrap();
    probe.log();
    let error = system.migrate(phys, &b.ram, alloc()).unwrap_err();
    assert_eq!(error, Error::Unsupported(Operation::Move));
    assert!(probe.log().is_empty());
}

/// Fails each call in turn, in each MMU.
fn fail_everywhere(error: MmuError) -> (usize, usize) {
    let (mut back, mut adrift) = (0, 0);
    for which in 0..2 {
        for skip in 0.. {
            let b = bench();
            let (phys, bound) = load(&b);
            let active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
            let before = b.mmus[which].calls().len();
            b.mmus[which].fail(skip, error);
            let old = phys.parts();
            let moved = phys.migrate(&b.ram, ONE_PIECE);
            let made = b.mmus[which].calls().len() - before;
            match moved {
                Ok(()) => assert_ne!(phys.parts(), old),
                Err(_) => assert_eq!(phys.parts(), old),
            }
            assert_eq!(text(&b, &phys), TEXT);
            assert_eq!(b.mmus.each_ref().map(Iommu::holds), [0, 0]);
            if let Err(Error::Adrift { .. }) = moved {
                adrift += 1;
            } else {
                assert_mapped(&b, &phys, &bound);
                back += usize::from(moved.is_err());
            }
            // What hardware may still use is not free, and everything else is.
            for (_, frame) in b.mmus.iter().flat_map(Iommu::stale) {
                assert!(!b.ram.is_free(frame));
            }
            let sink_panics_on_timeouts = bound.map(|binding| binding.unbind().is_ok());
            if sink_panics_on_timeouts.iter().all(|is| *is) {
                drop(phys);
                assert_eq!(b.ram.used(), 0);
            }
            drop(active);
            if skip >= made {
                break;
            }
        }
    }
    (back, adrift)
}

#[test]
fn whatever_call_of_an_mmu_fails_the_memory_is_where_it_was() {
    let (back, adrift) = fail_everywhere(MmuError::OutOfMemory);
    assert!(back >= 8, "{back}");
    assert_eq!(adrift, 0);
}

#[test]
fn whatever_call_is_not_confirmed_nothing_is_reused_that_hardware_may_use() {
    let (back, _) = fail_everywhere(MmuError::SyncTimeout);
    assert!(back >= 4, "{back}");
}

/// One of two contexts has the new place already, and its masters use it, when the other cannot be given it.
/// Moves memory while some calls of the MMUs fail: the frames that it did not come to are never free
/// again.
fn leaves_no_frame_free(failures: [(usize, MmuError); 2]) {
    struct Notes<'a>(&'a Ram, RefCell<Vec<PhysPart>>);
    impl Copier for Notes<'_> {
        fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
            if self.1.borrow().is_empty() {
                *self.1.borrow_mut() = to.to_vec();
            }
            self.0.copy(from, to)
        }
    }
    // The drop of what is not confirmed is reported.
    let system: System = System::new();
    let b = Bench { system, ..bench() };
    let (phys, bound) = load(&b);
    let active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    for (mmu, (skip, error)) in b.mmus.iter().zip(failures) {
        mmu.fail(skip, error);
    }
    let notes = Notes(&b.ram, RefCell::default());
    phys.migrate(&notes, ONE_PIECE).unwrap_err();
    let new = notes.1.take();
    let is_kept = || new.iter().all(|part| !b.ram.is_free(part.start));
    assert!(!new.is_empty() && is_kept());
    for active in active {
        let _done = active.deactivate();
    }
    for binding in bound {
        if let Err(failed) = binding.destroy() {
            failed.value.destroy().unwrap();
        }
    }
    drop(phys);
    assert!(is_kept());
}

#[test]
fn frames_that_a_failed_move_may_have_left_in_a_table_are_not_used_again() {
    let at = PhysAddr::new(RAM);
    let half_mapped = MmuError::Unrevoked(MemError { at, size: 4 });
    // The first context: hold, unmap; map. The second one is never asked for so much.
    leaves_no_frame_free([(2, half_mapped), (100, MmuError::OutOfMemory)]);
    // The second context cannot map the new frames: hold, unmap, hold, unmap; map. When they are taken
    // from the first one again, that is not confirmed: hold, unmap; map, release; hold, unmap.
    leaves_no_frame_free([(5, MmuError::SyncTimeout), (4, MmuError::OutOfMemory)]);
}

#[test]
fn memory_moves_by_flags_that_can_be() {
    let b = bench();
    let (phys, bound) = load(&b);
    let calls = b.mmus[0].calls();
    for (align, max_page) in [(3, 0), (0, 3), (0, 3 * PAGE), (0, 2048)] {
        let flags = AllocFlags {
            align,
            max_page,
            ..alloc()
        };
        let error = phys.migrate(&b.ram, flags).unwrap_err();
        let align = align.max(max_page);
        assert_eq!(error, Error::BadAlignment { align });
    }
    assert_eq!(b.mmus[0].calls(), calls);
    drop(bound);
}

#[test]
fn what_masters_have_written_to_the_new_place_comes_back() {
    /// Writes to the place that it has copied to, as a master would soon after.
    struct Written<'a>(&'a Ram, RefCell<u32>);
    impl Copier for Written<'_> {
        fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
            self.0.copy(from, to)?;
            let mut copies = self.1.borrow_mut();
            *copies += 1;
            if *copies == 1 {
                let at = to[0].start.checked_add(PAGE - 3).unwrap();
                self.0.write(at, b"WRITTEN")?;
            }
            Ok(())
        }
    }
    let b = bench();
    let (phys, bound) = load(&b);
    let _active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    let old = phys.parts();
    // The second MMU holds and unmaps twice; then it is to map.
    b.mmus[1].fail(4, MmuError::OutOfMemory);
    let copier = Written(&b.ram, RefCell::new(0));
    let error = phys.migrate(&copier, ONE_PIECE).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOMEM, "{error}");
    assert_eq!((phys.parts(), *copier.1.borrow()), (old, 2));
    assert_eq!(text(&b, &phys), b"WRITTEN");
    assert_mapped(&b, &phys, &bound);
}

/// The other context cannot be given the new place, and from this one it cannot be taken any more.
#[test]
fn where_going_back_fails_masters_find_nothing_until_the_next_activation() {
    let b = bench();
    let (phys, bound) = load(&b);
    let [first, _second] = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    b.mmus[1].fail(4, MmuError::OutOfMemory);
    // It holds, unmaps, maps and lets go; then it is to hold again.
    b.mmus[0].fail(4, MmuError::OutOfMemory);
    let error = phys.migrate(&b.ram, ONE_PIECE).unwrap_err();
    assert!(matches!(error, Error::Adrift { .. }), "{error}");
    assert_eq!(b.mmus[0].access(bound[0].start()), None);
    assert_eq!(text(&b, &phys), TEXT);
    first.deactivate().unwrap();
    let _first = b.contexts[0].activate().unwrap();
    assert_mapped(&b, &phys, &bound);
}

#[test]
fn too_little_memory_keeps_nobody_waiting() {
    let b = bench();
    let (phys, _bound) = load(&b);
    let _active = b.contexts[0].activate().unwrap();
    let calls = b.mmus[0].calls();
    let rest = b.contexts[0].alloc(1 << 20, alloc()).unwrap();
    let more: Vec<Phys> = std::iter::from_fn(|| b.contexts[0].alloc(PAGE, alloc()).ok()).collect();
    let error = phys.migrate(&b.ram, alloc()).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOMEM);
    assert_eq!(b.mmus[0].calls(), calls);
    drop((rest, more));
    phys.migrate(&b.ram, alloc()).unwrap();
}

#[test]
fn a_copier_can_be_shared_and_refuse() {
    struct Refuses;
    impl Copier for Refuses {
        fn copy(&self, from: &[PhysPart], _: &[PhysPart]) -> Result<(), MemError> {
            let (at, size) = (from[0].start, from[0].size);
            Err(MemError { at, size })
        }
    }
    let b = bench();
    let (phys, bound) = load(&b);
    let _active = [0, 1].map(|n: usize| b.contexts[n].activate().unwrap());
    let old = phys.parts();
    let error = phys.migrate(&Refuses, alloc()).unwrap_err();
    assert!(matches!(error, Error::Copy(_)), "{error}");
    assert_eq!((phys.parts(), b.ram.used()), (old, 4 * PAGE));
    assert_mapped(&b, &phys, &bound);
    let shared: Arc<Ram> = Arc::new(b.ram.clone());
    phys.migrate(&shared, alloc()).unwrap();
    assert_mapped(&b, &phys, &bound);
}
