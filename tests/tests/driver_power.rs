//! The IOMMU loses power and is programmed anew; page tables and buffers are in memory, and stay.

use anyhow::Result;
use vcm::iommu::{Interrupts, Route, StallLimits, StreamId, WalkAttributes};
use vcm::mmu::Mmu;
use vcm::seam::Bus;
use vcm_regs::global::{IRQ_ENABLE, WALK_ATTR};
use vcm_tests::soc::{Soc, noise};

#[test]
fn after_a_loss_of_power_everything_is_as_before() -> Result<()> {
    let soc = Soc::new()?;
    let (one, two, idle) = (
        soc.space(&[0])?,
        soc.scattered_space(&[1], 4)?,
        soc.space(&[2])?,
    );
    let buffers =
        |space| Ok::<_, anyhow::Error>((soc.bind(space, 0x5000)?, soc.bind(space, 0x5000)?));
    let (a, b, c) = (buffers(&one)?, buffers(&two)?, buffers(&idle)?);
    let active = (one.vcm.activate()?, two.vcm.activate()?);
    soc.iommu.bypass(StreamId::new(3))?;
    let limits = StallLimits {
        transactions: 3,
        timeout_ticks: 99,
    };
    soc.iommu.set_stall_limits(limits)?;
    let interrupts = Interrupts {
        fault: true,
        overflow: false,
    };
    soc.iommu.enable_interrupts(interrupts)?;
    let walks = WalkAttributes { cache: 3, user: 1 };
    soc.iommu.set_walk_attributes(walks)?;
    two.mmu.set_stall(true)?;
    let settings = || -> Result<[u32; 2]> {
        let read = |at| soc.bus.read32(at);
        Ok([read(IRQ_ENABLE.offset)?, read(WALK_ATTR.offset)?])
    };
    let before = settings()?;

    for round in 0..2 {
        soc.platform.reset();
        soc.platform.step(4);
        assert_ne!(settings()?, before);
        // Nothing passes until it is restored, and then context by context.
        assert!(soc.copy(0, a.0.start(), a.1.start(), 64).is_err());
        assert!(soc.copy(3, a.0.start(), a.1.start(), 64).is_err());
        soc.iommu.restore()?;
        assert_eq!(settings()?, before);
        assert_eq!(soc.iommu.stall_limits()?, limits);
        assert!(soc.copy(0, a.0.start(), a.1.start(), 64).is_err());
        one.mmu.restore()?;
        two.mmu.restore()?;
        idle.mmu.restore()?;
        for (channel, (from, to)) in [(0, &a), (1, &b)] {
            let text = noise(round + u64::from(channel), 0x5000);
            soc.write(from.phys(), 0, &text)?;
            soc.copy(channel, from.start(), to.start(), 0x5000)?;
            assert!(soc.read(to.phys(), 0, 0x5000)? == text);
        }
        assert!(soc.copy(2, c.0.start(), c.1.start(), 64).is_err());
        let (from, to) = (c.0.phys().parts()[0].start, c.1.phys().parts()[0].start);
        let direct = |at: vcm::addr::PhysAddr| vcm::addr::Iova::new(at.get());
        assert_eq!(soc.iommu.route(StreamId::new(3))?, Route::Bypass);
        soc.copy(3, direct(from), direct(to), 64)?;
        soc.faults()?;
    }
    // Tables and bookkeeping go on as if nothing had been.
    let more = soc.bind(&one, 0x2000)?;
    soc.copy(0, more.start(), a.1.start(), 0x2000)?;
    let gone = more.start();
    drop(more);
    assert!(soc.copy(0, gone, a.1.start(), 64).is_err());
    idle.mmu.activate()?;
    drop(idle.mmu.deactivate()?);
    soc.iommu.terminate(StreamId::new(3))?;
    drop((active, a, b, c));
    soc.faults()?;
    soc.finish([one, two, idle])
}
