//! Several threads at one system.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use vcm::Misuse;
use vcm::addr::{Iova, PhysAddr};
use vcm::driver::{Driver, Fate, ResOp};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::wrap::VcmMmu;
use vcm::{Error, Region, ResFlags, System};

use crate::probe::{PAGE, SIZE, START, alloc, region, res, strict};

static READY: AtomicBool = AtomicBool::new(false);

/// A driver that takes its time to activate.
struct Slow;

impl Driver for Slow {
    fn res_op(&mut self) -> Option<&mut dyn ResOp> {
        Some(self)
    }
    fn unreserve(&mut self, _: Region, _: Fate) {}
    fn activate(&mut self) -> Result<(), Error> {
        thread::sleep(Duration::from_millis(20));
        READY.store(true, Ordering::SeqCst);
        Ok(())
    }
}

impl ResOp for Slow {
    fn res(&mut self, size: u32, _: &ResFlags) -> Result<Region, Error> {
        Ok(region(START, size))
    }
}

#[test]
fn a_second_activation_returns_after_the_first_has_finished() {
    let system = strict();
    let vcm = system
        .create(Iova::new(START), SIZE, Box::new(Slow))
        .unwrap();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                system.activate(vcm).unwrap();
                assert!(READY.load(Ordering::SeqCst));
            });
        }
    });
}

#[test]
fn threads_share_memory_and_contexts_without_losing_any() {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let ram = Ram::new(PhysAddr::new(0x1000_0000), 4 << 20);
    let space = region(START, SIZE);
    let contexts = [(); 2].map(|()| {
        let addresses = Addresses::new(space);
        let driver = VcmMmu::new(Iommu::new(), ram.clone(), addresses);
        system
            .create(space.start, space.size, Box::new(driver))
            .unwrap()
    });
    thread::scope(|scope| {
        for n in 0..4 {
            let (own, other) = (&contexts[n % 2], &contexts[(n + 1) % 2]);
            scope.spawn(move || {
                for _ in 0..100 {
                    let active = own.activate().unwrap();
                    let binding = own.make_binding(2 * PAGE, alloc(), res()).unwrap();
                    let shared = other.map(binding.phys(), res()).unwrap();
                    binding.destroy().unwrap();
                    active.deactivate().unwrap();
                    shared.destroy().unwrap();
                }
            });
        }
    });
    assert_eq!(ram.used(), 0);
    for vcm in contexts {
        vcm.destroy().unwrap();
    }
}
