//! Drivers written in C on the simulated IOMMU.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::time::Duration;

use anyhow::{Result, ensure};
use vcm::addr::Iova;
use vcm::seam::PhysMem;
use vcm_capi::calls::{
    vcm_activate, vcm_alloc, vcm_bind, vcm_deactivate, vcm_destroy, vcm_destroy_binding, vcm_free,
    vcm_make_binding, vcm_map, vcm_migrate, vcm_reserve, vcm_reserve_on_demand, vcm_resolve,
    vcm_translate, vcm_unbind, vcm_unmap, vcm_unreserve,
};
use vcm_capi::flags;
use vcm_capi::iommu::{
    vcm_iommu_create, vcm_iommu_create_one_to_one, vcm_iommu_fault, vcm_iommu_page_in,
    vcm_iommu_probe, vcm_iommu_release, vcm_iommu_resume, vcm_iommu_stall, vcm_iommu_stall_limits,
};
use vcm_capi::system::{
    vcm_one_to_one_create, vcm_system_add_memory, vcm_system_create, vcm_system_destroy,
    vcm_system_misuses,
};
use vcm_capi::types::{
    Vcm, VcmFault, VcmFaultKind, VcmIommu, VcmPhysPart, VcmReport, VcmRes, VcmSystem,
};
use vcm_tests::capi::{
    Board, FooDevice, FooPlatformData, foo_do_something, foo_probe, foo_remove, share_buffer,
};
use vcm_tests::soc::{SPACE_SIZE, SPACE_START, Soc, noise};

const SPACE: u32 = SPACE_START.get();
/// Where the memory of the board is.
const DDR: (u32, u32) = (0x0010_0000, 0x1FF0_0000);
const POOL: u32 = 16 << 20;
/// How long a copy may take.
const PATIENCE: Duration = Duration::from_millis(10);

/// A board, with vcm-capi on it.
struct Bench {
    board: Box<Board>,
    system: *mut VcmSystem,
    iommu: *mut VcmIommu,
}

impl Bench {
    fn new() -> Result<Self> {
        let board = Board::new(Soc::new()?);
        // SAFETY: the structures live during the calls, and the board until `finish`.
        let (system, iommu) = unsafe {
            let system = vcm_system_create(&board.platform());
            (system, vcm_iommu_probe(system, &board.bus(), 100))
        };
        ensure!(vcm_system_add_memory(system, POOL) == 0);
        let bench = Self {
            board,
            system,
            iommu,
        };
        bench.is_quiet();
        Ok(bench)
    }

    #[track_caller]
    fn is_quiet(&self) {
        assert_eq!(self.board.reports(), []);
    }

    /// The next fault.
    #[track_caller]
    fn fault(&self) -> VcmFault {
        let mut fault = std::mem::MaybeUninit::uninit();
        // SAFETY: there is room for it; it has been written to when that is what the call says.
        unsafe {
            assert_eq!(vcm_iommu_fault(self.iommu, fault.as_mut_ptr()), 1);
            fault.assume_init()
        }
    }

    /// What an interrupt's thread does: the fault that is left when all that can be has been answered.
    fn page_in(&self) -> Option<VcmFault> {
        let mut fault = std::mem::MaybeUninit::uninit();
        // SAFETY: there is room for it; it has been written to when that is what the call says.
        unsafe {
            match vcm_iommu_page_in(self.iommu, fault.as_mut_ptr()) {
                1 => Some(fault.assume_init()),
                code => {
                    assert_eq!(code, 0);
                    None
                }
            }
        }
    }

    /// Everything is given back: to the system, to the IOMMU, and to the platform.
    fn finish(self, contexts: &[*mut Vcm]) -> Result<()> {
        ensure!(vcm_system_destroy(self.system) == -16, "it has contexts");
        ensure!(vcm_iommu_release(self.iommu) == -16, "it has contexts");
        for &context in contexts {
            ensure!(vcm_destroy(context) == 0);
        }
        ensure!(vcm_iommu_release(self.iommu) == 0);
        ensure!(vcm_system_destroy(self.system) == 0);
        ensure!(vcm_system_destroy(self.system) == -22, "it is gone");
        self.is_quiet();
        self.board.soc.finish([])
    }
}

/// Runs the foo driver, twice, on this context.
fn run_foo(bench: &Bench, vcm: *mut Vcm) {
    let machine = bench.board.foo();
    let mut platform = FooPlatformData {
        vcm,
        machine: &raw const machine,
    };
    let mut device = FooDevice {
        platform: &raw mut platform,
        private: null_mut(),
    };
    let firmware = noise(7, 20_000);
    let mut result = vec![0; firmware.len()];
    for _ in 0..2 {
        // SAFETY: all that is passed lives, with the sizes that are passed.
        unsafe {
            let device = &raw mut device;
            let size = firmware.len() as u32;
            assert_eq!(foo_probe(device, firmware.as_ptr().cast(), size), 0);
            result.fill(0);
            let into = result.as_mut_ptr().cast();
            assert_eq!(foo_do_something(device, into, size), 0);
            assert_eq!(foo_remove(device), 0);
        }
        assert!(result == firmware, "the device has copied something else");
    }
}

#[test]
fn foo_works_behind_the_iommu() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    run_foo(&bench, vcm);
    bench.finish(&[vcm])
}

#[test]
fn foo_works_one_to_one() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = vcm_iommu_create_one_to_one(bench.iommu, 0, DDR.0, DDR.1);
    run_foo(&bench, vcm);
    bench.finish(&[vcm])
}

#[test]
fn foo_tells_why_it_cannot_be_probed() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    let taken = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    assert_eq!(taken.addr() as isize, -16, "the stream has a context");
    let machine = bench.board.foo();
    for (vcm, error) in [(null_mut(), -22), (taken, -16)] {
        let mut platform = FooPlatformData {
            vcm,
            machine: &raw const machine,
        };
        let mut device = FooDevice {
            platform: &raw mut platform,
            private: null_mut(),
        };
        // SAFETY: all that is passed lives.
        let probed = unsafe { foo_probe(&raw mut device, machine_firmware(), 0) };
        assert_eq!(probed, error);
    }
    let reports = bench.board.reports();
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].0, reports[0].1), (VcmReport::Error, -16));
    assert!(reports[0].2.contains("stream 0"), "{}", reports[0].2);
    bench.finish(&[vcm])
}

const fn machine_firmware() -> *const c_void {
    c"firmware".as_ptr().cast()
}

/// What a master behind the IOMMU reads is what one that sees physical addresses has written.
#[test]
fn an_iommu_and_a_one_to_one_context_share_a_buffer_in_c() -> Result<()> {
    unsafe extern "C" fn check(
        context: *mut c_void,
        onetoone: *const VcmRes,
        iommu: *const VcmRes,
    ) -> c_int {
        // SAFETY: the example passes what the test has passed to it, and two reservations.
        let (bench, direct, mapped) = unsafe { (&*context.cast::<Bench>(), &*onetoone, &*iommu) };
        let soc = &bench.board.soc;
        // SAFETY: they are bound to the same memory, in one part.
        let (count, bindings) = unsafe { ((*direct.phys).count, (*direct.phys).bindings) };
        assert_eq!((count, bindings), (1, 2));
        assert_eq!(direct.phys, mapped.phys);
        assert_ne!(direct.start, mapped.start);
        assert_eq!(direct.bound_size, 0x20_1000);
        let text = noise(3, 4096);
        let far = 0x20_0000;
        let at = vcm::addr::PhysAddr::new(direct.start);
        soc.memory.write(at, &text).unwrap();
        // The direct master copies to the end, the mapped one from there to the middle.
        let iova = Iova::new;
        let (from, end) = (iova(direct.start), iova(direct.start + far));
        assert_eq!(soc.copy(1, from, end, 4096), Ok(4096));
        let (end, middle) = (iova(mapped.start + far), iova(mapped.start + 0x10_0000));
        assert_eq!(soc.copy(0, end, middle, 4096), Ok(4096));
        let mut seen = vec![0; 4096];
        let at = vcm::addr::PhysAddr::new(direct.start + 0x10_0000);
        soc.memory.read(at, &mut seen).unwrap();
        assert!(seen == text);
        17
    }
    let bench = Bench::new()?;
    let direct = vcm_iommu_create_one_to_one(bench.iommu, 1, DDR.0, DDR.1);
    let mapped = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    let context = (&raw const bench).cast_mut().cast();
    // SAFETY: `check` gets the bench, which lives.
    assert_eq!(unsafe { share_buffer(direct, mapped, check, context) }, 17);
    bench.finish(&[direct, mapped])
}

#[test]
fn scattered_memory_is_contiguous_for_the_device() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    // Every other page is taken.
    let pages: Vec<_> = (0..64).map(|_| vcm_alloc(vcm, 4096, 0)).collect();
    for page in pages.iter().step_by(2) {
        assert_eq!(vcm_free(*page), 0);
    }
    let small = 12 << flags::MAX_PAGE_SHIFT;
    let res = vcm_make_binding(vcm, 0x10000, small, 0);
    // SAFETY: it is a reservation, with memory bound to it.
    let (start, parts) = unsafe {
        let phys = (*res).phys;
        let first = (&raw const (*phys).parts).cast::<VcmPhysPart>();
        let parts = std::slice::from_raw_parts(first, (*phys).count as usize);
        ((*res).start, parts)
    };
    assert!(parts.len() > 4, "{} parts", parts.len());
    let mut offset = 0;
    for part in parts {
        let mut phys = 0;
        // SAFETY: there is room for the result.
        let found = unsafe { vcm_translate(vcm, start + offset + 5, &raw mut phys) };
        assert_eq!(found, 1);
        assert_eq!(phys, part.start + 5);
        offset += part.size;
    }
    assert_eq!(vcm_resolve(vcm, start + offset - 1), res);
    assert_eq!(vcm_resolve(vcm, start + offset), null_mut());
    assert_eq!(vcm_capi::calls::vcm_destroy_binding(res), 0);
    for page in pages.iter().skip(1).step_by(2) {
        assert_eq!(vcm_free(*page), 0);
    }
    bench.finish(&[vcm])
}

#[test]
fn a_fault_names_context_reservation_and_offset() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    let source = vcm_make_binding(vcm, 4096, 0, 0);
    let target = vcm_make_binding(vcm, 4096, 0, flags::READ_ONLY);
    // SAFETY: they are reservations.
    let (from, to) = unsafe { ((*source).start, (*target).start) };
    assert_eq!(vcm_activate(vcm), 0);
    let (from, to) = (Iova::new(from), Iova::new(to + 64));
    assert!(bench.board.soc.copy(0, from, to, 64).is_err());
    let fault = bench.fault();
    assert_eq!(fault.kind, VcmFaultKind::Permission);
    assert_eq!((fault.address, fault.offset), (to.get(), 64));
    assert_eq!((fault.write, fault.stream), (1, 0));
    assert_eq!((fault.vcm, fault.res), (vcm, target));
    assert_eq!(vcm_deactivate(vcm), 0);
    assert!(bench.board.soc.copy(0, from, to, 64).is_err());
    let fault = bench.fault();
    assert_eq!(fault.kind, VcmFaultKind::UnmappedStream);
    assert_eq!((fault.write, fault.vcm, fault.res), (0, vcm, source));
    for res in [source, target] {
        assert_eq!(vcm_capi::calls::vcm_destroy_binding(res), 0);
    }
    bench.finish(&[vcm])
}

#[test]
fn bindings_are_updated_while_the_context_is_active() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    let source = vcm_make_binding(vcm, 4096, 0, 0);
    assert_eq!(vcm_activate(vcm), 0);
    let target = vcm_reserve(vcm, 4096, 0);
    let memory = vcm_alloc(vcm, 4096, 0);
    // SAFETY: they are reservations.
    let (from, to) = unsafe { (Iova::new((*source).start), Iova::new((*target).start)) };
    let copy = || bench.board.soc.copy(0, from, to, 4096);
    for _ in 0..3 {
        assert_eq!(vcm_bind(target, memory), 0);
        assert_eq!(copy(), Ok(4096));
        assert_eq!(vcm_unbind(target), memory);
        assert!(copy().is_err());
        assert_eq!(bench.fault().kind, VcmFaultKind::Translation);
    }
    assert_eq!(vcm_free(memory), 0);
    assert_eq!(vcm_unreserve(target), 0);
    assert_eq!(vcm_deactivate(vcm), 0);
    assert_eq!(vcm_capi::calls::vcm_destroy_binding(source), 0);
    bench.finish(&[vcm])
}

#[test]
fn memory_that_hardware_may_still_use_is_poisoned() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    let wired = vcm_one_to_one_create(bench.system, DDR.0, DDR.1);
    let res = vcm_make_binding(vcm, 4096, 0, 0);
    assert_eq!(vcm_activate(vcm), 0);
    bench.board.soc.bus.trip.from(0);
    assert_eq!(vcm_unbind(res).addr() as isize, -5);
    bench.board.soc.bus.trip.disarm();
    // SAFETY: the reservation lives, bound as before.
    let (memory, poisoned) = unsafe { ((*res).phys, ((*res).poisoned, (*(*res).phys).poisoned)) };
    assert_eq!(poisoned, (1, 1));
    assert_eq!(vcm_unbind(res), memory);
    assert_eq!(vcm_bind(res, memory), -5, "no longer of use");
    assert_eq!(vcm_free(memory), 0);
    assert_eq!(vcm_unreserve(res), 0);
    assert_eq!(vcm_deactivate(vcm), 0);
    assert_eq!(vcm_system_misuses(bench.system), 0);
    assert_eq!(bench.board.reports().len(), 2);
    // Pool memory of which something is poisoned does not go back to the platform.
    assert_eq!(vcm_destroy(wired), 0);
    assert_eq!(vcm_destroy(vcm), 0);
    assert_eq!(vcm_iommu_release(bench.iommu), 0);
    assert_eq!(vcm_system_destroy(bench.system), 0);
    assert!(!bench.board.soc.platform.memory().live().is_empty());
    bench.board.soc.check()
}

/// The first addresses of reservations.
fn starts<const N: usize>(all: [*mut VcmRes; N]) -> [Iova; N] {
    // SAFETY: they are reservations.
    all.map(|res| Iova::new(unsafe { (*res).start }))
}

/// Masters go on all the time, and notice nothing.
#[test]
fn memory_moves_in_c_while_a_device_copies() -> Result<()> {
    const SIZE: u32 = 0x8000;
    let bench = Bench::new()?;
    let soc = &bench.board.soc;
    let vcm = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    let [source, target] = [(); 2].map(|()| vcm_make_binding(vcm, SIZE.into(), 0, 0));
    // SAFETY: memory is bound to it.
    let mut memory = unsafe { (*source).phys };
    let again = vcm_map(vcm, memory, flags::READ_ONLY);
    let [from, to] = starts([source, target]);
    assert_eq!(vcm_activate(vcm), 0);
    let text = noise(5, SIZE);
    let translate = |at: u32| {
        let mut phys = 0;
        // SAFETY: there is room for the result.
        assert_eq!(unsafe { vcm_translate(vcm, at, &raw mut phys) }, 1);
        phys
    };
    let at = vcm::addr::PhysAddr::new(translate(from.get()));
    // SAFETY: memory is bound to it.
    assert_eq!(unsafe { (*memory).count }, 1);
    soc.memory.write(at, &text)?;
    let mut channel = soc.dma.channel(0)?;
    channel.copy(from, to, SIZE)?;
    let (mut moves, mut copied) = (0, None);
    // In pages, in one piece, in large pages.
    let mut shapes = [12 << flags::MAX_PAGE_SHIFT, flags::CONTIGUOUS, 0]
        .into_iter()
        .cycle();
    while copied.is_none() {
        ensure!(moves < 1_000, "the copy does not end");
        let moved = vcm_migrate(memory, vcm, shapes.next().unwrap_or(0));
        assert!((moved.addr() as isize) > 0, "{}", moved.addr() as isize);
        assert_eq!(vcm_free(memory), -22, "the structure of before is gone");
        // SAFETY: they are reservations, and it is memory.
        unsafe {
            assert_eq!([(*source).phys, (*again).phys], [moved; 2]);
            assert_eq!(((*moved).bindings, (*moved).size), (2, SIZE));
        }
        memory = moved;
        moves += 1;
        soc.platform.step(200);
        copied = channel.poll()?;
    }
    assert!(moves > 2, "{moves}");
    drop(channel);
    assert_eq!(copied, Some(SIZE));
    let mut seen = vec![0; SIZE as usize];
    for page in (0..SIZE).step_by(4096) {
        let at = vcm::addr::PhysAddr::new(translate(to.get() + page));
        soc.memory.read(at, &mut seen[page as usize..][..4096])?;
    }
    assert!(seen == text);
    assert!(bench.page_in().is_none());
    assert_eq!(vcm_unmap(again), 0);
    assert_eq!(vcm_deactivate(vcm), 0);
    for res in [source, target] {
        assert_eq!(vcm_destroy_binding(res), 0);
    }
    bench.board.reports();
    bench.finish(&[vcm])
}

#[test]
fn memory_comes_on_demand_in_c() -> Result<()> {
    let bench = Bench::new()?;
    let soc = &bench.board.soc;
    let vcm = vcm_iommu_create(bench.iommu, 0, SPACE, SPACE_SIZE);
    let all = vcm_reserve_on_demand(vcm, 16 << 20, 0x1_0000, 0, 0);
    let source = vcm_make_binding(vcm, 0x2000, 0, 0);
    assert_eq!(vcm_iommu_stall(vcm, 1), 0);
    assert_eq!(vcm_iommu_stall_limits(bench.iommu, 15, 0), 0);
    assert_eq!(vcm_activate(vcm), 0);
    let [at, from] = starts([all, source]);
    // Across two granules.
    let place = at.checked_add(0x2_F000).unwrap_or(at);
    let mut channel = soc.dma.channel(0)?;
    channel.copy(from, place, 0x2000)?;
    let mut polls = 0..20_000;
    let copied = loop {
        ensure!(polls.next().is_some(), "the copy does not end");
        assert!(bench.page_in().is_none());
        if let Some(copied) = channel.poll()? {
            break copied;
        }
    };
    assert_eq!(copied, 0x2000);
    // SAFETY: it is a reservation.
    let (bound, phys) = unsafe { ((*all).bound_size, (*all).phys) };
    assert_eq!((bound, phys), (0x2_0000, null_mut()));
    bench.is_quiet();
    assert_eq!(
        vcm_destroy_binding(all),
        -98,
        "it is given back by vcm_unreserve"
    );

    // Where nothing is to be it is a fault, which has been ended.
    let beside = at.checked_add(64 << 20).unwrap_or(at);
    channel.copy(from, beside, 64)?;
    soc.platform.step(2_000);
    let fault = bench.page_in().expect("it has missed");
    assert_eq!(
        (fault.kind, fault.address),
        (VcmFaultKind::Translation, beside.get())
    );
    assert_eq!((fault.stalled, fault.vcm, fault.res), (0, vcm, null_mut()));
    assert!(channel.wait(PATIENCE).is_err());

    // Who only takes it finds it waiting, and ends that.
    channel.copy(from, beside, 64)?;
    soc.platform.step(2_000);
    assert_eq!(bench.fault().stalled, 1);
    assert_eq!(vcm_iommu_resume(vcm, 1), 0);
    soc.platform.step(2_000);
    assert_eq!(bench.fault().stalled, 1, "it has missed again");
    assert_eq!(vcm_iommu_resume(vcm, 0), 0);
    assert!(channel.wait(PATIENCE).is_err());
    drop(channel);

    assert_eq!(vcm_unreserve(all), 0);
    assert_eq!(vcm_destroy_binding(source), 0);
    assert_eq!(vcm_deactivate(vcm), 0);
    bench.board.reports();
    bench.finish(&[vcm])
}
