//! One page table, shared by masters and contexts with a window each.

use std::sync::Arc;

use anyhow::Result;
use vcm::addr::Iova;
use vcm::iommu::{ContextConfig, StreamId};
use vcm::iova::IovaSpace;
use vcm::wrap::{SharedMmu, VcmMmu};
use vcm::{AllocFlags, Error, Region, ResFlags};
use vcm_tests::soc::{Soc, SocContext, noise};

const SIZE: u32 = 0x100_0000;
const PAGE: u32 = 0x1000;

#[test]
fn contexts_share_a_table_and_come_and_go_one_by_one() -> Result<()> {
    let soc = Soc::new()?;
    let context: Arc<SocContext> = Arc::new(soc.iommu.context(ContextConfig::default())?);
    for stream in [0, 1] {
        context.attach(StreamId::new(stream))?;
    }
    let mmu = SharedMmu::new(Arc::clone(&context));
    let create = |start: u32| -> Result<_> {
        let region = Region::new(Iova::new(start), SIZE);
        let addresses = IovaSpace::new(region.start, SIZE.into())?;
        let driver = VcmMmu::new(mmu.window(region)?, Arc::clone(&soc.frames), addresses);
        Ok(soc.system.create(region.start, SIZE, Box::new(driver))?)
    };
    let (one, two) = (create(0x4000_0000)?, create(0x5000_0000)?);
    let overlap = mmu.window(Region::new(Iova::new(0x4000_0000), PAGE));
    assert!(matches!(overlap.err(), Some(Error::AddressInUse(_))));

    let (alloc, res) = (AllocFlags::default(), ResFlags::default());
    let a = one.make_binding(2 * PAGE, alloc, res)?;
    let b = two.make_binding(2 * PAGE, alloc, res)?;
    let text = noise(1, 2 * PAGE);
    soc.write(a.phys(), 0, &text)?;

    let first = one.activate()?;
    assert!(
        soc.copy(0, a.start(), b.start(), PAGE).is_err(),
        "only one window"
    );
    let second = two.activate()?;
    for channel in [0, 1] {
        soc.write(b.phys(), 0, &[0; 64])?;
        soc.copy(channel, a.start(), b.start(), 2 * PAGE)?;
        assert!(soc.read(b.phys(), 0, 2 * PAGE)? == text);
    }
    // What one does, the other's masters do not notice.
    let mut channel = soc.dma.channel(0)?;
    channel.copy(b.start(), Iova::new(b.start().get() + PAGE), PAGE)?;
    first.deactivate()?;
    assert_eq!(channel.wait(vcm_tests::soc::PATIENCE)?, PAGE);
    drop(channel);
    assert!(
        soc.copy(0, a.start(), b.start(), 64).is_err(),
        "its window is closed"
    );
    let first = one.activate()?;
    soc.copy(1, a.start(), b.start(), 2 * PAGE)?;
    // Memory moves in a window as anywhere.
    b.phys().migrate(&soc.platform.memory(), alloc)?;
    assert!(soc.read(b.phys(), 0, 2 * PAGE)? == text);
    soc.copy(1, a.start(), b.start(), 2 * PAGE)?;
    drop(second);
    assert!(soc.copy(0, a.start(), b.start(), 64).is_err());
    assert!(context.stats().active);
    drop(first);
    assert!(!context.stats().active);

    drop((a, b));
    one.destroy()?;
    two.destroy()?;
    drop((mmu, context));
    soc.faults()?;
    soc.finish([])
}
