//! Views come and go while contexts are changed.
#![cfg(target_os = "linux")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use vcm::addr::PhysAddr;
use vcm::frames::Frames;
use vcm::iova::IovaSpace;
use vcm::wrap::{CpuMapper, CpuMmu, Vmm};
use vcm::{AllocFlags, Errno, Error, ResFlags, System};
use vcm_linux::{Memory, View, Window};

const PAGE: u32 = 0x1000;
const LEN: u32 = 1 << 20;
const ROUNDS: u32 = 2_000;

const fn can_be_shared<T: Send + Sync>() {}
const _: () = {
    can_be_shared::<Window>();
    can_be_shared::<View<'_>>();
    can_be_shared::<Memory>();
};

/// What was refused because somebody was looking is counted; nothing else may be refused.
fn count(result: Result<(), Error>, busy: &AtomicU32) -> bool {
    match result {
        Ok(()) => true,
        Err(error) => {
            assert_eq!(error.errno(), Errno::EBUSY, "{error}");
            busy.fetch_add(1, Ordering::Relaxed);
            false
        }
    }
}

#[test]
fn what_a_view_shows_never_vanishes_while_others_unbind_and_deactivate() {
    let memory = Arc::new(Memory::anonymous(PhysAddr::new(0x1000_0000), LEN).unwrap());
    let frames = Arc::new(Frames::new(Arc::clone(&memory)));
    frames.add_pool(LEN).unwrap();
    let window = Arc::new(Window::new(LEN, [memory]).unwrap());
    let space = window.window();
    let addresses = IovaSpace::new(space.start, space.size.into()).unwrap();
    let driver = Vmm::new(CpuMmu::new(Arc::clone(&window)), frames, addresses);
    let system: System = System::new();
    let cpu = system
        .create(space.start, space.size, Box::new(driver))
        .unwrap();

    let pages = AllocFlags {
        max_page: PAGE,
        ..AllocFlags::default()
    };
    let phys = cpu.alloc(4 * PAGE, pages).unwrap();
    let buffer = cpu.map(&phys, ResFlags::default()).unwrap();
    let (raw, vcm, res) = (system.raw(), cpu.id(), buffer.id());
    let (at, start) = (buffer.start(), PAGE as usize - 2);
    let (busy, seen, ended) = (AtomicU32::new(0), AtomicU32::new(0), AtomicBool::new(false));
    raw.activate(vcm).unwrap();
    thread::scope(|scope| {
        let lookers: Vec<_> = (0..2_u8)
            .map(|looker| {
                let (window, seen, ended) = (&window, &seen, &ended);
                scope.spawn(move || {
                    while !ended.load(Ordering::Relaxed) {
                        let Ok(view) = window.view_at(at) else {
                            thread::yield_now();
                            continue;
                        };
                        // Over the end of a page.
                        let place = start + 1000 * usize::from(looker);
                        let mut back = [0; 4];
                        view.write(place, &[looker; 4]).unwrap();
                        view.read(place, &mut back).unwrap();
                        assert_eq!(back, [looker; 4]);
                        seen.fetch_add(1, Ordering::Relaxed);
                        drop(view);
                        thread::yield_now();
                    }
                })
            })
            .collect();
        for _ in 0..ROUNDS {
            if count(raw.unbind(res).map(drop), &busy) {
                raw.bind(res, phys.id()).unwrap();
            }
            if count(raw.deactivate(vcm), &busy) {
                raw.activate(vcm).unwrap();
            }
            thread::yield_now();
        }
        ended.store(true, Ordering::Relaxed);
        for looker in lookers {
            looker.join().unwrap();
        }
    });
    assert!(seen.into_inner() > 0, "nobody has looked");
    raw.deactivate(vcm).unwrap();
    drop((buffer, phys));
    cpu.destroy().unwrap();
}
