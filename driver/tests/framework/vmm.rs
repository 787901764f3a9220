//! The CPU's context, over a platform that only takes notes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use vcm::Misuse;
use vcm::addr::{Iova, PhysAddr};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::mmu::{Attributes, CpuError, Mmu, MmuError, PhysPart};
use vcm::seam::PhysMem;
use vcm::wrap::{CpuMapper, CpuMmu, Identity, OneToOne, VcmMmu, Vmm};
use vcm::{Errno, Error, Region, System, Vcm};

use crate::probe::{PAGE, alloc, part, region, res};

const WINDOW: Region = region(0x1_0000, 1 << 20);
const BASE: u32 = 0x1000_0000;
const LEN: u32 = 4 << 20;

/// What appears where.
#[derive(Default)]
struct Notes {
    mapped: BTreeMap<Iova, Vec<PhysPart>>,
    open: bool,
    looked_at: bool,
}

#[derive(Clone, Default)]
struct Mapper(Arc<Mutex<Notes>>);

const BUSY: CpuError = CpuError {
    reason: "somebody is looking",
    errno: Errno::EBUSY,
};

impl Mapper {
    fn parts_at(&self, at: Iova) -> Option<Vec<PhysPart>> {
        self.0.lock().unwrap().mapped.get(&at).cloned()
    }

    fn look(&self, looked_at: bool) {
        self.0.lock().unwrap().looked_at = looked_at;
    }

    fn unless_looked_at(&self, change: impl FnOnce(&mut Notes)) -> Result<(), CpuError> {
        let mut notes = self.0.lock().unwrap();
        if notes.looked_at {
            return Err(BUSY);
        }
        change(&mut notes);
        Ok(())
    }
}

impl CpuMapper for Mapper {
    fn window(&self) -> Region {
        WINDOW
    }
    fn map(&self, at: Iova, parts: &[PhysPart], _: Attributes) -> Result<(), CpuError> {
        let before = self.0.lock().unwrap().mapped.insert(at, parts.to_vec());
        assert!(before.is_none(), "{at} is mapped already");
        Ok(())
    }
    fn unmap(&self, at: Iova, size: u32) -> Result<(), CpuError> {
        self.unless_looked_at(|notes| {
            let parts = notes.mapped.remove(&at).expect("mapped");
            assert_eq!(parts.iter().map(|part| part.size).sum::<u32>(), size);
        })
    }
    fn open(&self) -> Result<(), CpuError> {
        self.unless_looked_at(|notes| notes.open = true)
    }
    fn close(&self) -> Result<(), CpuError> {
        self.unless_looked_at(|notes| notes.open = false)
    }
}

struct Bench {
    system: System,
    mapper: Mapper,
    ram: Ram,
    vcm: Vcm,
}

fn bench() -> Bench {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let (mapper, ram) = (Mapper::default(), Ram::scattered(PhysAddr::new(BASE), LEN));
    let addresses = Addresses::new(WINDOW);
    let driver = Vmm::new(CpuMmu::new(mapper.clone()), ram.clone(), addresses);
    let vcm = system
        .create(WINDOW.start, WINDOW.size, Box::new(driver))
        .unwrap();
    Bench {
        system,
        mapper,
        ram,
        vcm,
    }
}

#[test]
fn memory_appears_to_the_cpu_while_its_context_is_active() {
    let b = bench();
    let binding = b.vcm.make_binding(3 * PAGE, alloc(), res()).unwrap();
    assert_eq!(b.mapper.parts_at(binding.start()), None);
    let active = b.vcm.activate().unwrap();
    assert!(b.mapper.0.lock().unwrap().open);
    let parts = binding.phys().parts();
    assert_eq!(parts.len(), 3, "scattered");
    assert_eq!(b.mapper.parts_at(binding.start()), Some(parts.to_vec()));
    // What is bound from now on appears at once.
    let late = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    assert!(b.mapper.parts_at(late.start()).is_some());
    late.destroy().unwrap();
    active.deactivate().unwrap();
    assert!(!b.mapper.0.lock().unwrap().open);
    assert_eq!(b.mapper.parts_at(binding.start()), None);
    binding.destroy().unwrap();
    assert_eq!(b.ram.used(), 0);
}

#[test]
fn one_allocation_is_bound_for_the_cpu_for_an_iommu_and_directly_at_once() {
    let b = bench();
    let reach = region(BASE, LEN);
    let driver = OneToOne::new(b.ram.clone(), reach);
    let direct = b.system.create(reach.start, LEN, Box::new(driver)).unwrap();
    let (mmu, space) = (Iommu::new(), region(0x4000_0000, LEN));
    let driver = VcmMmu::new(mmu.clone(), b.ram.clone(), Addresses::new(space));
    let iommu = b.system.create(space.start, LEN, Box::new(driver)).unwrap();

    let own = direct.make_binding(2 * PAGE, alloc(), res()).unwrap();
    let device = iommu.map(own.phys(), res()).unwrap();
    let cpu = b.vcm.map(own.phys(), res()).unwrap();
    let _active = (b.vcm.activate().unwrap(), iommu.activate().unwrap());
    assert_eq!(own.phys().bindings(), 3);
    let start = own.phys().parts()[0].start;
    assert_eq!(own.start().get(), start.get());
    assert_eq!(mmu.access(device.start()), Some(start));
    assert_eq!(b.mapper.parts_at(cpu.start()).unwrap()[0].start, start);
    assert_eq!(b.vcm.translate(cpu.start()), Some(start));
}

#[test]
fn what_somebody_looks_at_stays_bound_and_its_context_active() {
    let b = bench();
    let binding = b.vcm.make_binding(PAGE, alloc(), res()).unwrap();
    let active = b.vcm.activate().unwrap();
    b.mapper.look(true);
    let failed = binding.destroy().unwrap_err();
    assert_eq!(failed.error.errno(), Errno::EBUSY, "{}", failed.error);
    assert!(!failed.error.is_unconfirmed());
    let binding = failed.value;
    let failed = active.deactivate().unwrap_err();
    assert_eq!(failed.error.errno(), Errno::EBUSY);
    let active = failed.value;
    assert!(b.mapper.parts_at(binding.start()).is_some());
    b.mapper.look(false);
    binding.destroy().unwrap();
    active.deactivate().unwrap();
    assert_eq!(b.ram.used(), 0);
}

#[test]
fn memory_moves_unless_somebody_looks_at_it() {
    let b = bench();
    let binding = b.vcm.make_binding(2 * PAGE, alloc(), res()).unwrap();
    let active = b.vcm.activate().unwrap();
    let was = binding.phys().parts();
    b.ram.write(was[1].start, b"seen").unwrap();
    b.mapper.look(true);
    let refused = binding.phys().migrate(&b.ram, alloc()).unwrap_err();
    assert_eq!(refused.errno(), Errno::EBUSY, "{refused}");
    assert_eq!(b.mapper.parts_at(binding.start()), Some(was.to_vec()));
    b.mapper.look(false);
    binding.phys().migrate(&b.ram, alloc()).unwrap();
    let parts = binding.phys().parts();
    assert_ne!(parts, was);
    assert_eq!(b.mapper.parts_at(binding.start()), Some(parts.to_vec()));
    let mut text = [0; 4];
    b.ram.read(parts[1].start, &mut text).unwrap();
    assert_eq!(&text, b"seen");
    active.deactivate().unwrap();
    binding.destroy().unwrap();
    assert_eq!(b.ram.used(), 0);
}

#[test]
fn nothing_is_mapped_outside_the_window() {
    let mmu = CpuMmu::new(Mapper::default());
    let end = Iova::new(WINDOW.end() as u32);
    for (at, size) in [
        (end, PAGE),
        (Iova::new(WINDOW.start.get() - PAGE), PAGE),
        (Iova::new(end.get() - PAGE), 2 * PAGE),
        (Iova::new(0xFFFF_F000), 2 * PAGE),
    ] {
        let refused = MmuError::OutOfRange { at };
        let mapped = mmu.map(at, &[part(BASE, size)], Attributes::default());
        assert_eq!(mapped, Err(refused));
        assert_eq!(mmu.unmap(at, size), Err(refused));
    }
    assert!(mmu.mapper().0.lock().unwrap().mapped.is_empty());
}

#[test]
fn without_mappings_the_cpu_sees_contiguous_memory_at_its_own_address_and_no_other() {
    let b = bench();
    let reach = region(BASE, LEN);
    let cpu = Identity::new(b.ram.clone(), reach);
    let cpu = b.system.create(reach.start, LEN, Box::new(cpu)).unwrap();
    let binding = cpu.make_binding(3 * PAGE, alloc(), res()).unwrap();
    let parts = binding.phys().parts();
    assert_eq!(parts.len(), 1);
    assert_eq!(binding.start().get(), parts[0].start.get());
    let scattered = b.vcm.alloc(3 * PAGE, alloc()).unwrap();
    let error = cpu.map(&scattered, res()).unwrap_err();
    assert_eq!(error, Error::Scattered { parts: 3 });
}
