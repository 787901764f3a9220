//! The CPU's context over files in memory.
#![cfg(target_os = "linux")]

use std::sync::Arc;
use std::sync::atomic::Ordering;

use vcm::addr::{Iova, PhysAddr};
use vcm::frames::Frames;
use vcm::iova::IovaSpace;
use vcm::mmu::{Attributes, PhysPart};
use vcm::seam::PhysMem;
use vcm::wrap::{CpuMapper, CpuMmu, Vmm};
use vcm::{AllocFlags, Errno, Error, Misuse, ResFlags, System, Vcm};
use vcm_linux::{Memory, ViewError, Window};

const PAGE: u32 = 0x1000;
const BASE: u32 = 0x1000_0000;
const LEN: u32 = 4 << 20;

struct Bench {
    memory: Arc<Memory>,
    frames: Arc<Frames<Arc<Memory>>>,
    window: Arc<Window>,
    system: System,
    cpu: Vcm,
}

fn bench() -> Bench {
    let memory = Arc::new(Memory::anonymous(PhysAddr::new(BASE), LEN).unwrap());
    let frames = Arc::new(Frames::new(Arc::clone(&memory)));
    frames.add_pool(LEN).unwrap();
    let window = Arc::new(Window::new(16 << 20, [Arc::clone(&memory)]).unwrap());
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let space = window.window();
    let addresses = IovaSpace::new(space.start, space.size.into()).unwrap();
    let mapper = CpuMmu::new(Arc::clone(&window));
    let driver = Vmm::new(mapper, Arc::clone(&frames), addresses);
    let cpu = system.create(space.start, space.size, Box::new(driver));
    Bench {
        memory,
        frames,
        window,
        system,
        cpu: cpu.unwrap(),
    }
}

fn part(start: u32, size: u32) -> PhysPart {
    let start = PhysAddr::new(start);
    PhysPart { start, size }
}

/// Memory that is one part a page.
fn scattered() -> AllocFlags {
    AllocFlags {
        max_page: PAGE,
        ..AllocFlags::default()
    }
}

fn res() -> ResFlags {
    ResFlags::default()
}

fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n * 31 % 251) as u8).collect()
}

#[test]
fn scattered_memory_is_one_slice() {
    let b = bench();
    // Hold every other page, so that what is left is scattered.
    let pages: Vec<_> = (0..32)
        .map(|_| b.cpu.alloc(PAGE, scattered()).unwrap())
        .collect();
    let held: Vec<_> = pages.into_iter().step_by(2).collect();
    let buffer = b.cpu.make_binding(8 * PAGE, scattered(), res()).unwrap();
    let parts = buffer.phys().parts();
    assert_eq!(parts.len(), 8);
    let apart = |w: &[PhysPart]| w[0].start.get() + w[0].size != w[1].start.get();
    assert!(parts.windows(2).any(apart), "{parts:?}");
    let active = b.cpu.activate().unwrap();

    let view = b.window.view(&buffer).unwrap();
    let bytes = pattern(view.len());
    view.write(0, &bytes).unwrap();
    // By their physical addresses, as a device sees them.
    let mut seen = Vec::new();
    for part in parts.iter() {
        let mut some = vec![0; part.size as usize];
        b.memory.read(part.start, &mut some).unwrap();
        seen.extend(some);
    }
    assert!(seen == bytes);
    // And the other way.
    b.memory.write(parts[3].start, b"device").unwrap();
    view.sync_for_cpu();
    // SAFETY: nobody writes now.
    let slice = unsafe { view.as_slice() };
    let at = 3 * PAGE as usize;
    assert_eq!(&slice[at..at + 6], b"device");
    assert_eq!(slice[..at], bytes[..at]);

    drop(view);
    active.deactivate().unwrap();
    drop((buffer, held));
    assert_eq!(b.frames.free_bytes(), LEN.into());
}

#[test]
fn bytes_and_words_that_others_change_are_slices_too() {
    let b = bench();
    let buffer = b.cpu.make_binding(2 * PAGE, scattered(), res()).unwrap();
    let _active = b.cpu.activate().unwrap();
    let mut view = b.window.view(&buffer).unwrap();
    assert!(view.is_writable());
    view.words().unwrap()[1024].store(0x0403_0201_u32.to_le(), Ordering::Relaxed);
    assert_eq!(view.bytes().unwrap()[4097].load(Ordering::Relaxed), 2);
    assert_eq!(view.words().unwrap().len(), 2048);
    // SAFETY: nobody else uses the memory.
    unsafe { view.as_mut_slice() }.unwrap()[4096] = 9;
    let mut seen = [0; 3];
    view.read(4095, &mut seen).unwrap();
    assert_eq!(seen, [0, 9, 2]);
}

#[test]
fn reads_and_writes_of_any_alignment_touch_their_bytes_only() {
    let b = bench();
    let buffer = b.cpu.make_binding(PAGE, scattered(), res()).unwrap();
    let _active = b.cpu.activate().unwrap();
    let view = b.window.view(&buffer).unwrap();
    for start in 0..8 {
        for size in 0..20 {
            view.write(0, &[0xEE; 40]).unwrap();
            view.write(start, &pattern(size)).unwrap();
            let mut expected = vec![0xEE; 40];
            expected[start..start + size].copy_from_slice(&pattern(size));
            let mut seen = vec![0; 40];
            view.read(0, &mut seen).unwrap();
            assert_eq!(seen, expected);
            let mut some = vec![0; size];
            view.read(start, &mut some).unwrap();
            assert_eq!(some, pattern(size));
        }
    }
    let beyond = |offset, size| ViewError::Beyond {
        offset,
        size,
        bound: PAGE as usize,
    };
    assert_eq!(view.write(4090, &[0; 7]), Err(beyond(4090, 7)));
    assert_eq!(
        view.read(usize::MAX, &mut [0; 2]),
        Err(beyond(usize::MAX, 2))
    );
    assert_eq!(view.read(4096, &mut []), Ok(()));
}

#[test]
fn what_is_read_only_cannot_be_written() {
    let b = bench();
    let phys = b.cpu.alloc(PAGE, scattered()).unwrap();
    let attributes = Attributes {
        write: false,
        ..Attributes::default()
    };
    let buffer = b
        .cpu
        .map(
            &phys,
            ResFlags {
                attributes,
                ..res()
            },
        )
        .unwrap();
    let _active = b.cpu.activate().unwrap();
    b.memory.write(phys.parts()[0].start, b"constant").unwrap();
    let mut view = b.window.view(&buffer).unwrap();
    let mut seen = [0; 8];
    view.read(0, &mut seen).unwrap();
    assert_eq!(&seen, b"constant");
    assert!(!view.is_writable());
    assert_eq!(view.write(0, b"x"), Err(ViewError::ReadOnly));
    assert!(view.bytes().is_err() && view.words().is_err());
    // SAFETY: nobody else uses the memory.
    assert!(unsafe { view.as_mut_slice() }.is_err());
}

#[test]
fn the_same_memory_bound_twice_is_the_same_bytes() {
    let b = bench();
    let one = b.cpu.make_binding(2 * PAGE, scattered(), res()).unwrap();
    let two = b.cpu.map(one.phys(), res()).unwrap();
    let _active = b.cpu.activate().unwrap();
    let (view, other) = (b.window.view(&one).unwrap(), b.window.view(&two).unwrap());
    assert_ne!(view.as_ptr(), other.as_ptr());
    view.write(4094, b"same").unwrap();
    let mut seen = [0; 4];
    other.read(4094, &mut seen).unwrap();
    assert_eq!(&seen, b"same");
}

#[test]
fn there_is_a_view_only_while_the_context_is_active() {
    let b = bench();
    let buffer = b.cpu.make_binding(PAGE, scattered(), res()).unwrap();
    assert_eq!(b.window.view(&buffer).unwrap_err(), ViewError::NotActive);
    let active = b.cpu.activate().unwrap();
    b.window.view(&buffer).unwrap().write(0, b"kept").unwrap();
    active.deactivate().unwrap();
    assert_eq!(b.window.view(&buffer).unwrap_err(), ViewError::NotActive);
    let _active = b.cpu.activate().unwrap();
    let mut seen = [0; 4];
    b.window.view(&buffer).unwrap().read(0, &mut seen).unwrap();
    assert_eq!(&seen, b"kept");
}

#[test]
fn a_view_keeps_memory_bound_and_context_active_whatever_the_raw_layer_is_told() {
    let b = bench();
    let buffer = b.cpu.make_binding(PAGE, scattered(), res()).unwrap();
    let active = b.cpu.activate().unwrap();
    let view = b.window.view(&buffer).unwrap();
    let (id, vcm, raw) = (buffer.id(), b.cpu.id(), b.system.raw());
    assert_eq!(raw.unbind(id).unwrap_err().errno(), Errno::EBUSY);
    assert_eq!(raw.deactivate(vcm).unwrap_err().errno(), Errno::EBUSY);
    view.write(0, b"still here").unwrap();
    drop(view);
    active.deactivate().unwrap();
    buffer.destroy().unwrap();
    assert_eq!(b.frames.free_bytes(), LEN.into());
}

#[test]
fn a_binding_of_another_context_has_no_view_here() {
    let (b, other) = (bench(), bench());
    let buffer = b.cpu.make_binding(PAGE, scattered(), res()).unwrap();
    let elsewhere = other
        .cpu
        .make_binding(2 * PAGE, scattered(), res())
        .unwrap();
    let _active = (b.cpu.activate().unwrap(), other.cpu.activate().unwrap());
    assert_eq!(buffer.start(), elsewhere.start());
    let at = buffer.start();
    let error = other.window.view(&buffer).unwrap_err();
    assert_eq!(error, ViewError::NotHere { at });
    let nowhere = Iova::new(at.get() + PAGE);
    assert!(b.window.view_at(nowhere).is_err());
    assert_eq!(b.window.view_at(at).unwrap().len(), PAGE as usize);
}

#[test]
fn memory_without_a_file_is_refused_and_leaves_nothing_behind() {
    let b = bench();
    let at = b.window.window().start;
    let parts = [part(BASE, PAGE), part(BASE + LEN - PAGE, 2 * PAGE)];
    let refused = b.window.map(at, &parts, Attributes::default());
    assert_eq!(refused.unwrap_err().errno, Errno::EINVAL);
    b.window
        .map(at, &parts[..1], Attributes::default())
        .unwrap();
    let twice = b.window.map(at, &parts[..1], Attributes::default());
    assert_eq!(twice.unwrap_err().errno, Errno::EINVAL);
    assert!(b.window.unmap(at, 2 * PAGE).is_err());
    b.window.unmap(at, PAGE).unwrap();
    assert!(b.window.unmap(at, PAGE).is_err());
}

#[test]
fn a_part_may_reach_from_one_file_into_the_next() {
    let low = Arc::new(Memory::anonymous(PhysAddr::new(BASE), 2 * PAGE).unwrap());
    let high = Memory::anonymous(PhysAddr::new(BASE + 2 * PAGE), 2 * PAGE).unwrap();
    let high = Arc::new(high);
    let window = Window::new(LEN, [Arc::clone(&high), Arc::clone(&low)]).unwrap();
    let at = window.window().start;
    window
        .map(at, &[part(BASE + PAGE, 2 * PAGE)], Attributes::default())
        .unwrap();
    window.open().unwrap();
    let view = window.view_at(at).unwrap();
    view.write(PAGE as usize - 2, b"over").unwrap();
    view.sync_for_device();
    let mut seen = [0; 2];
    low.read(PhysAddr::new(BASE + 2 * PAGE - 2), &mut seen)
        .unwrap();
    assert_eq!(&seen, b"ov");
    high.read(PhysAddr::new(BASE + 2 * PAGE), &mut seen)
        .unwrap();
    assert_eq!(&seen, b"er");

    let overlapping = Window::new(LEN, [low, Arc::new(bench_memory(BASE + PAGE))]);
    assert!(matches!(overlapping, Err(vcm_linux::Error::Overlap { .. })));
}

fn bench_memory(base: u32) -> Memory {
    Memory::anonymous(PhysAddr::new(base), PAGE).unwrap()
}

#[test]
fn a_context_larger_than_its_window_binds_nothing_beyond_it() {
    let b = bench();
    let space = b.window.window();
    let addresses = IovaSpace::new(space.start, 2 * u64::from(space.size)).unwrap();
    let mapper = CpuMmu::new(Arc::clone(&b.window));
    let driver = Vmm::new(mapper, Arc::clone(&b.frames), addresses);
    let large = b
        .system
        .create(space.start, 2 * space.size, Box::new(driver));
    let large = large.unwrap();
    let _active = large.activate().unwrap();
    let at = Some(Iova::new(space.end() as u32));
    let error = large.make_binding(PAGE, scattered(), ResFlags { at, ..res() });
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Mmu { .. }), "{error}");
    assert_eq!(error.errno(), Errno::EINVAL);
}

#[test]
fn what_permits_no_access_cannot_be_looked_at() {
    let b = bench();
    let flags = ResFlags {
        attributes: Attributes {
            read: false,
            write: false,
            ..Attributes::default()
        },
        ..res()
    };
    let phys = b.cpu.alloc(PAGE, scattered()).unwrap();
    let buffer = b.cpu.map(&phys, flags).unwrap();
    let _active = b.cpu.activate().unwrap();
    let refused = b.window.view(&buffer).map(drop);
    assert_eq!(refused, Err(ViewError::NoAccess));
}
