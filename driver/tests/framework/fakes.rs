//! The fakes refuse what hardware would.

use vcm::addr::{Iova, PhysAddr};
use vcm::fake::{Iommu, Ram};
use vcm::mmu::{Attributes, Mmu, MmuError, PhysPart};
use vcm::seam::{MemError, PhysMem};

use crate::probe::PAGE;

fn map(mmu: &Iommu, at: u32, sizes: &[u32]) -> Result<(), MmuError> {
    let part = |size: &u32| PhysPart {
        start: PhysAddr::new(0x1000_0000),
        size: *size,
    };
    let parts: Vec<PhysPart> = sizes.iter().map(part).collect();
    mmu.map(Iova::new(at), &parts, Attributes::default())
}

#[test]
fn an_mmu_takes_whole_pages_of_the_32_bit_space_once() {
    let mmu = Iommu::new();
    let odd = |value| Err(MmuError::Misaligned { value });
    assert_eq!(map(&mmu, 0x8004, &[PAGE]), odd(0x8004));
    assert_eq!(map(&mmu, 0x8000, &[PAGE, PAGE + 4]), odd(PAGE + 4));
    assert_eq!(map(&mmu, 0x8000, &[PAGE, 0]), odd(0));
    let at = Iova::new(0xFFFF_F000);
    assert_eq!(
        map(&mmu, at.get(), &[2 * PAGE]),
        Err(MmuError::OutOfRange { at })
    );
    assert!(mmu.calls().is_empty());
    assert_eq!(map(&mmu, at.get(), &[PAGE]), Ok(()));
    assert_eq!(map(&mmu, 0x8000, &[PAGE, 2 * PAGE]), Ok(()));
    let again = Iova::new(0xA000);
    assert_eq!(
        map(&mmu, 0x7000, &[3 * PAGE]),
        Err(MmuError::Overlap {
            at: Iova::new(0x8000)
        })
    );
    assert!(mmu.unmap(again, PAGE).is_ok());
    assert_eq!(mmu.holds(), 0);
    for holds in [1, 2] {
        mmu.hold().unwrap();
        assert_eq!(mmu.holds(), holds);
    }
    mmu.release().unwrap();
    assert_eq!(mmu.holds(), 1);
    let gone = mmu.unmap(again, PAGE).map(drop);
    assert_eq!(gone, Err(MmuError::NotMapped { at: again }));
}

#[test]
fn memory_ends_where_it_ends() {
    let start = 0x1000_0000;
    let ram = Ram::new(PhysAddr::new(start), 2 * PAGE);
    let end = start + 2 * PAGE;
    let mut into = [0; 4];
    for at in [start, end - 4] {
        let at = PhysAddr::new(at);
        assert_eq!(ram.write(at, &[1, 2, 3, 4]), Ok(()));
        assert_eq!(ram.read(at, &mut into), Ok(()));
        assert_eq!(into, [1, 2, 3, 4]);
    }
    // A page each, and the same one when it was given back.
    let first = ram.allocate(1, 4);
    assert_eq!((first, ram.used()), (Some(PhysAddr::new(start)), PAGE));
    let second = ram.allocate(PAGE, PAGE).unwrap();
    assert_eq!(ram.allocate(1, 1), None);
    ram.free(second, PAGE);
    assert_eq!(ram.used(), PAGE);
    assert_eq!(ram.allocate(4, 4), Some(second));
    for at in [start - 4, end - 3, end] {
        let at = PhysAddr::new(at);
        let outside = MemError { at, size: 4 };
        assert_eq!(ram.write(at, &[0; 4]), Err(outside));
        assert_eq!(ram.read(at, &mut into), Err(outside));
    }
}
