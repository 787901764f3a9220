//! What a reservation is limited to: a range of addresses, and rights that exist.

use vcm::addr::{Iova, PhysAddr};
use vcm::driver::Driver;
use vcm::error::{Flaw, Operation};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::iova::IovaSpace;
use vcm::mmu::Attributes;
use vcm::wrap::{OneToOne, VcmMmu};
use vcm::{Errno, Error, Misuse, Region, ResFlags, System, Vcm};

use crate::probe::*;

const RAM: u32 = 0x1000_0000;

fn within(start: u32, size: u32) -> ResFlags {
    ResFlags {
        within: Some(region(start, size)),
        ..res()
    }
}

fn create(space: Region, driver: Box<dyn Driver + Send>) -> Vcm {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    system.create(space.start, space.size, driver).unwrap()
}

/// The same behaviour with both allocators of addresses.
fn contexts() -> [Vcm; 2] {
    let space = region(START, SIZE);
    let ram = Ram::new(PhysAddr::new(RAM), 1 << 20);
    let addresses = IovaSpace::new(space.start, SIZE.into()).unwrap();
    let own = VcmMmu::new(Iommu::new(), ram.clone(), addresses);
    let fake = VcmMmu::new(Iommu::new(), ram, Addresses::new(space));
    [create(space, Box::new(own)), create(space, Box::new(fake))]
}

#[test]
fn a_range_limit_holds_until_the_range_is_full() {
    for vcm in contexts() {
        let limit = within(START + 0x8000, 2 * PAGE);
        let first = vcm.reserve(PAGE, limit).unwrap();
        let second = vcm.reserve(PAGE, limit).unwrap();
        let mut starts = [first.start().get(), second.start().get()];
        starts.sort_unstable();
        assert_eq!(starts, [START + 0x8000, START + 0x9000]);
        let error = vcm.reserve(PAGE, limit).unwrap_err();
        assert_eq!(error.errno(), Errno::ENOSPC, "{error}");
        drop(first);
        let bound = vcm.make_binding(PAGE, alloc(), limit).unwrap();
        assert!(limit.within.unwrap().encloses(&bound.region()));
    }
}

#[test]
fn a_range_limit_counts_in_the_context_only_and_with_alignment() {
    for vcm in contexts() {
        let flags = ResFlags {
            align: 0x1_0000,
            ..within(START - PAGE, 0x1_0000)
        };
        let only = vcm.reserve(PAGE, flags).unwrap();
        assert_eq!(only.start(), Iova::new(START));
        assert_eq!(vcm.reserve(PAGE, flags).unwrap_err().errno(), Errno::ENOSPC);
        // A mask of the low addresses, where this context has none.
        let mask = within(0, 0x1000_0000);
        assert_eq!(vcm.reserve(PAGE, mask).unwrap_err().errno(), Errno::ENOSPC);
    }
}

#[test]
fn a_wanted_address_has_to_be_in_the_range() {
    let [vcm, _] = contexts();
    let at = Iova::new(START + 0x4000);
    let flags = ResFlags {
        at: Some(at),
        ..within(START, 0x4000)
    };
    let error = vcm.reserve(PAGE, flags).unwrap_err();
    assert_eq!(error, Error::BadAddress { at });
}

#[test]
fn a_driver_that_overlooks_the_range_is_found_out() {
    let (system, seen) = recording();
    let probe = Probe::new(MMU_LIKE);
    let vcm = probe.create(&system);
    let error = system.reserve(vcm, PAGE, within(START + PAGE, PAGE));
    let flaw = Flaw::Misplaced(region(START, PAGE));
    let operation = Operation::Res;
    assert_eq!(error, Err(Error::DriverResult { operation, flaw }));
    assert_eq!(seen.lock().unwrap().len(), 1);
    assert_eq!(probe.log(), ["res", "unreserve"]);
}

#[test]
fn a_one_to_one_context_takes_only_memory_within_the_range() {
    let ram = Ram::new(PhysAddr::new(RAM), 1 << 20);
    let space = region(RAM, 1 << 20);
    let vcm = create(space, Box::new(OneToOne::new(ram.clone(), space)));
    let low = within(RAM, 2 * PAGE);
    let fits = vcm.make_binding(2 * PAGE, alloc(), low).unwrap();
    let error = vcm.make_binding(PAGE, alloc(), low).unwrap_err();
    assert_eq!(error.errno(), Errno::ENOSPC, "{error}");
    assert_eq!(ram.used(), 2 * PAGE);
    let high = within(RAM + PAGE, 1 << 16);
    let error = vcm.map(fits.phys(), high).unwrap_err();
    assert_eq!(error, Error::OutsideContext(fits.region()));
}

#[test]
fn memory_to_write_but_not_to_read_is_eopnotsupp_and_no_access_at_all_is_possible() {
    let [vcm, _] = contexts();
    let with = |read, write| ResFlags {
        attributes: Attributes {
            read,
            write,
            ..Attributes::default()
        },
        ..res()
    };
    let error = vcm.reserve(PAGE, with(false, true)).unwrap_err();
    assert_eq!(
        (error, error.errno()),
        (Error::WriteOnly, Errno::EOPNOTSUPP)
    );
    let error = vcm.make_binding(PAGE, alloc(), with(false, true));
    assert_eq!(error.unwrap_err(), Error::WriteOnly);
    let closed = vcm.make_binding(PAGE, alloc(), with(false, false));
    closed.unwrap().destroy().unwrap();
}
