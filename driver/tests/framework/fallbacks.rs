//! Which operations of the driver are called depends on which there are.

use vcm::error::Operation;
use vcm::{Errno, Error};

use crate::probe::*;

const ALL: Has = Has {
    alloc: true,
    res: true,
    phys: true,
    map: true,
    bind: true,
};

#[test]
fn alloc_overrides_res_and_phys() {
    let (system, probe) = (strict(), Probe::new(ALL));
    let vcm = probe.create(&system);
    system.reserve(vcm, PAGE, res()).unwrap();
    system.alloc(vcm, PAGE, alloc()).unwrap();
    assert_eq!(probe.log(), ["alloc res", "alloc phys"]);
}

#[test]
fn make_binding_uses_alloc_and_bind_if_there_is_alloc() {
    let (system, probe) = (strict(), Probe::new(ALL));
    let vcm = probe.create(&system);
    system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    assert_eq!(probe.log(), ["alloc both", "bind"]);
}

#[test]
fn make_binding_uses_phys_and_map_if_there_is_map_but_no_alloc() {
    let (system, probe) = (
        strict(),
        Probe::new(Has {
            alloc: false,
            ..ALL
        }),
    );
    let vcm = probe.create(&system);
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    assert_eq!(probe.log(), ["phys", "map"]);
    system.destroy_binding(id).unwrap();
    assert_eq!(probe.log(), ["unbind", "unreserve", "free"]);
}

#[test]
fn make_binding_frees_the_memory_if_map_fails() {
    let (system, probe) = (
        strict(),
        Probe::new(Has {
            alloc: false,
            ..ALL
        }),
    );
    let vcm = probe.create(&system);
    probe.fail("map", failure(Operation::Map));
    let error = system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    assert_eq!(error, failure(Operation::Map));
    assert_eq!(probe.log(), ["phys", "map", "free"]);
    system.destroy(vcm).unwrap();
}

#[test]
fn map_uses_the_map_operation_if_there_is_one() {
    let (system, probe) = (strict(), Probe::new(ALL));
    let vcm = probe.create(&system);
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    probe.log();
    system.map(vcm, phys, res()).unwrap();
    assert_eq!(probe.log(), ["map"]);
}

#[test]
fn map_falls_back_to_alloc_and_bind() {
    let (system, probe) = (strict(), Probe::new(Has { map: false, ..ALL }));
    let vcm = probe.create(&system);
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    probe.log();
    system.map(vcm, phys, res()).unwrap();
    assert_eq!(probe.log(), ["alloc res", "bind"]);
}

#[test]
fn map_without_map_and_bind_is_eopnotsupp_and_reserves_nothing() {
    let has = Has {
        bind: false,
        ..MMU_LIKE
    };
    let (system, probe) = (strict(), Probe::new(has));
    let vcm = probe.create(&system);
    let phys = system.alloc(vcm, PAGE, alloc()).unwrap();
    let error = system.map(vcm, phys, res()).unwrap_err();
    assert_eq!(error.errno(), Errno::EOPNOTSUPP);
    assert_eq!(probe.log(), ["phys"]);
}

#[test]
fn operations_that_are_not_there_are_eopnotsupp() {
    let phys_only = Has {
        phys: true,
        ..Has::default()
    };
    let (system, probe) = (strict(), Probe::new(phys_only));
    let vcm = probe.create(&system);
    let error = system.reserve(vcm, PAGE, res()).unwrap_err();
    assert_eq!(error, Error::Unsupported(Operation::Res));
    let error = system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    assert_eq!(error, Error::Unsupported(Operation::Res));

    let res_only = Has {
        res: true,
        ..Has::default()
    };
    let probe = Probe::new(res_only);
    let vcm = probe.create(&system);
    let error = system.alloc(vcm, PAGE, alloc()).unwrap_err();
    assert_eq!(error, Error::Unsupported(Operation::Phys));
    let error = system.make_binding(vcm, PAGE, alloc(), res()).unwrap_err();
    assert_eq!(error, Error::Unsupported(Operation::Phys));
    assert!(probe.log().is_empty());
}

#[test]
fn unbind_activate_deactivate_and_cleanup_may_be_absent() {
    use vcm::driver::{BindOp, Driver, Fate, FreeOp, Mapping, PhysOp, ResOp};

    /// Nothing but what is required, and what gives it something to do.
    struct Bare;
    impl Driver for Bare {
        fn res_op(&mut self) -> Option<&mut dyn ResOp> {
            Some(self)
        }
        fn phys_op(&mut self) -> Option<&mut dyn PhysOp> {
            Some(self)
        }
        fn bind_op(&mut self) -> Option<&mut dyn BindOp> {
            Some(self)
        }
        fn unreserve(&mut self, _: vcm::Region, _: Fate) {}
    }
    impl ResOp for Bare {
        fn res(&mut self, size: u32, _: &vcm::ResFlags) -> Result<vcm::Region, Error> {
            Ok(region(START, size))
        }
    }
    impl FreeOp for Bare {
        fn free(&mut self, _: &[vcm::mmu::PhysPart], _: Fate) {}
    }
    impl PhysOp for Bare {
        fn phys(
            &mut self,
            size: u32,
            _: &vcm::AllocFlags,
        ) -> Result<Vec<vcm::mmu::PhysPart>, Error> {
            Ok(vec![part(0x8000, size)])
        }
    }
    impl BindOp for Bare {
        fn bind(&mut self, _: &Mapping<'_>) -> Result<(), Error> {
            Ok(())
        }
    }

    let system = strict();
    let start = vcm::addr::Iova::new(START);
    let vcm = system.create(start, SIZE, Box::new(Bare)).unwrap();
    system.activate(vcm).unwrap();
    let id = system.make_binding(vcm, PAGE, alloc(), res()).unwrap();
    system.destroy_binding(id).unwrap();
    system.deactivate(vcm).unwrap();
    system.destroy(vcm).unwrap();
}
