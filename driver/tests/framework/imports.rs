//! Memory of another allocator.

use std::sync::{Arc, Mutex};

use vcm::addr::PhysAddr;
use vcm::driver::Fate;
use vcm::error::{Flaw, Operation};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::mmu::{PhysPart, Quiet};
use vcm::wrap::{OneToOne, VcmMmu};
use vcm::{Errno, Error, Misuse, System};

use crate::probe::*;

type Returned = Arc<Mutex<Vec<(Vec<PhysPart>, Fate)>>>;

fn lender() -> (
    Returned,
    impl FnOnce(&[PhysPart], Fate) + Send + 'static + Clone,
) {
    let returned = Returned::default();
    let into = returned.clone();
    let lender = move |parts: &[PhysPart], fate| {
        into.lock().unwrap().push((parts.to_vec(), fate));
    };
    (returned, lender)
}

fn parts() -> [PhysPart; 3] {
    [
        part(0x2000_3000, PAGE),
        part(0x2000_0000, 2 * PAGE),
        part(0x3000_0000, PAGE),
    ]
}

#[test]
fn imported_memory_is_bound_like_any_other_and_goes_back_to_its_lender_once() {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let mmu = Iommu::new();
    let ram = Ram::new(PhysAddr::new(0x1000_0000), 1 << 20);
    let space = region(START, SIZE);
    let driver = VcmMmu::new(mmu.clone(), ram.clone(), Addresses::new(space));
    let vcm = system
        .create(space.start, space.size, Box::new(driver))
        .unwrap();
    let (returned, lender) = lender();
    let phys = system.import(&parts(), lender).unwrap();
    assert_eq!((phys.size(), &*phys.parts()), (4 * PAGE, &parts()[..]));
    assert!(system.raw().phys(phys.id()).unwrap().imported);
    let active = vcm.activate().unwrap();
    let first = vcm.map(&phys, res()).unwrap();
    let second = vcm.map(&phys, res()).unwrap();
    for (page, frame) in [0x2000_3000, 0x2000_0000, 0x2000_1000, 0x3000_0000]
        .into_iter()
        .enumerate()
    {
        let at = first.start().checked_add(page as u32 * PAGE).unwrap();
        assert_eq!(mmu.access(at), Some(PhysAddr::new(frame)));
    }
    drop(phys);
    first.destroy().unwrap();
    assert!(returned.lock().unwrap().is_empty());
    second.destroy().unwrap();
    assert_eq!(
        *returned.lock().unwrap(),
        [(parts().to_vec(), Fate::Reuse(Quiet::confirmed()))]
    );
    assert_eq!((mmu.pages(), ram.used()), (0, 0));
    active.deactivate().unwrap();
}

#[test]
fn what_hardware_may_still_use_is_given_back_as_poison() {
    let (system, probe) = (strict(), Probe::new(MMU_LIKE));
    let vcm = probe.create(&system);
    let (returned, lender) = lender();
    let phys = system.import(&parts(), lender).unwrap();
    let id = system.map(vcm, phys, res()).unwrap();
    probe.fail("unbind", unconfirmed(Operation::Unbind));
    system.unmap(id).unwrap_err();
    system.unmap(id).unwrap();
    assert!(returned.lock().unwrap().is_empty());
    system.free(phys).unwrap();
    let expected = [(parts().to_vec(), Fate::Poison)];
    assert_eq!(*returned.lock().unwrap(), expected);
    assert_eq!(system.free(phys), Err(Error::StalePhys(phys)));
    assert!(!probe.log().contains(&"free"));
}

#[test]
fn a_lender_may_call_the_framework_when_it_gets_its_memory_back() {
    let system = System::new();
    let inner = system.clone();
    let lender = move |_: &[PhysPart], _| assert!(inner.raw().snapshot().is_ok());
    drop(system.import(&parts(), lender).unwrap());
    assert!(system.raw().snapshot().unwrap().memories.is_empty());
}

#[test]
fn parts_that_are_not_whole_pages_are_refused_and_the_lender_is_not_called() {
    let system = strict();
    let page = part(0x2000_0000, PAGE);
    for (parts, flaw) in [
        (vec![], Flaw::NoParts),
        (vec![page, part(0x800, PAGE)], Flaw::BadPart { index: 1 }),
        (vec![page, page], Flaw::PartsOverlap),
        (
            vec![part(0, 0x8000_0000), part(0x8000_0000, 0x8000_0000)],
            Flaw::PartSum {
                wanted: 0,
                got: 1 << 32,
            },
        ),
    ] {
        let (returned, lender) = lender();
        let error = system.import(&parts, lender).unwrap_err();
        assert_eq!(
            (error, error.errno()),
            (Error::BadImport(flaw), Errno::EINVAL)
        );
        assert!(returned.lock().unwrap().is_empty());
    }
}

#[test]
fn a_one_to_one_context_takes_imported_memory_that_is_contiguous() {
    let system = System::new();
    let space = region(0x2000_0000, 1 << 20);
    let ram = Ram::new(PhysAddr::new(0x2000_0000), 1 << 20);
    let driver = OneToOne::new(ram, space);
    let vcm = system
        .create(space.start, space.size, Box::new(driver))
        .unwrap();
    let scattered = system.import(&parts(), lender().1).unwrap();
    let error = vcm.map(&scattered, res()).unwrap_err();
    assert_eq!(error, Error::Scattered { parts: 3 });
    let whole = part(0x2000_8000, PAGE);
    let whole = system.import(&[whole], lender().1).unwrap();
    let bound = vcm.map(&whole, res()).unwrap();
    assert_eq!(bound.start().get(), 0x2000_8000);
}
