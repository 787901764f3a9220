use vcm::addr::{Iova, PhysAddr};
use vcm::dma::Dma;
use vcm::frames::Frames;
use vcm::iommu::{Config, ContextConfig, Iommu, StreamId};
use vcm::iova::IovaSpace;
use vcm::wrap::VcmMmu;
use vcm::{AllocFlags, ResFlags, System};
use vcm_sim::platform::{self, Platform};
use vcm::seam::PhysMem;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn smoke() -> anyhow::Result<()> {
    let platform = Platform::new(platform::Config::with_top(vcm_sim::model::Top::Soc))?;
    platform.start_trace("/tmp/smoke.vcd")?;
    let iommu = Iommu::probe(platform.bus(), platform.memory(), platform.clock(), Config::default()).map_err(|e| anyhow::anyhow!("{e}"))?;
    eprintln!("{:?}", iommu.features());
    let context = iommu.context(ContextConfig::default()).map_err(|e| anyhow::anyhow!("{e}"))?;
    context.attach(StreamId::new(0)).map_err(|e| anyhow::anyhow!("{e}"))?;
    let frames = Arc::new(Frames::new(platform.memory()));
    frames.add_pool(0x200_0000).map_err(|e| anyhow::anyhow!("{e}"))?;
    let system = System::new();
    let vcm = system.create(Iova::new(0x1000_0000), 0x1000_0000, Box::new(VcmMmu::new(context, frames.clone(), IovaSpace::new(Iova::new(0x1000_0000), 0x1000_0000).unwrap())))?;
    let a = vcm.make_binding(0x5000, AllocFlags::default(), ResFlags::default())?;
    let b = vcm.make_binding(0x5000, AllocFlags::default(), ResFlags::default())?;
    let active = vcm.activate()?;
    let mem = platform.memory();
    let text: Vec<u8> = (0..0x5000u32).map(|i| (i * 7 + (i >> 8)) as u8).collect();
    let mut at = 0;
    for p in a.phys().parts().iter() { mem.write(p.start, &text[at..at + p.size as usize])?; at += p.size as usize; }
    let dma = Dma::probe(platform.bus(), platform.clock()).map_err(|e| anyhow::anyhow!("{e}"))?;
    let mut ch = dma.channel(0).map_err(|e| anyhow::anyhow!("{e}"))?;
    ch.copy(a.start(), b.start(), 0x5000).map_err(|e| anyhow::anyhow!("{e}"))?;
    let n = ch.wait(Duration::from_millis(5)).map_err(|e| anyhow::anyhow!("{e}"));
    let mut f = vec![]; iommu.drain_faults(&mut f).ok(); eprintln!("{n:?} {f:?} {:?}", iommu.counters());
    let mut got = vec![0; 0x5000]; let mut at = 0;
    for p in b.phys().parts().iter() { mem.read(p.start, &mut got[at..at + p.size as usize])?; at += p.size as usize; }
    assert!(got == text);
    platform.check()?;
    Ok(())
}
