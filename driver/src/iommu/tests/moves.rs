//! The framework moves memory by a context of the IOMMU, whatever register access fails.

use super::*;
use crate::error::Error;
use crate::frames::Frames;
use crate::iova::IovaSpace;
use crate::vcm::{AllocFlags, Region, ResFlags, System};
use crate::wrap::VcmMmu;

const POOL: u32 = M;
const SIZE: u32 = 16 * K;

#[test]
fn whatever_register_access_fails_masters_find_the_memory_where_the_framework_says() {
    let (mut failed, mut adrift) = (0, 0);
    for k in 0.. {
        let platform = Arc::new(Platform::new(4 << 20));
        let iommu = probe(&platform).unwrap();
        let context = Arc::new(iommu.context(ContextConfig::default()).unwrap());
        context.attach(StreamId::new(3)).unwrap();
        let frames = Arc::new(Frames::new(Arc::clone(&platform)));
        frames.add_pool(POOL).unwrap();
        let space = Region::new(Iova::new(AT), M);
        let addresses = IovaSpace::new(space.start, space.size.into()).unwrap();
        let driver = VcmMmu::new(Arc::clone(&context), Arc::clone(&frames), addresses);
        let system: System = System::new();
        let vcm = system.create(space.start, space.size, std::boxed::Box::new(driver));
        let vcm = vcm.unwrap();
        let buffer = vcm
            .make_binding(SIZE, AllocFlags::default(), ResFlags::default())
            .unwrap();
        let active = vcm.activate().unwrap();
        let (at, old) = (buffer.start(), buffer.phys().parts());
        // In the TLB, so that something stale would be seen.
        let before = access(&platform, at.get()).unwrap();
        assert_eq!(before, old[0].start.get());

        platform.world().bus = FailIn::after(k);
        let moved = buffer.phys().migrate(&platform, AllocFlags::default());
        let done = platform.world().bus.is_pending();
        platform.world().bus = FailIn::default();

        let now = buffer.phys().parts()[0].start;
        assert_eq!(now == old[0].start, moved.is_err(), "{k}");
        let held = usize::from(frames.poisoned_bytes() > 0);
        match moved {
            Ok(()) => assert!(done && held == 0),
            Err(Error::Adrift { .. }) => adrift += 1,
            Err(_) => failed += 1,
        }
        if !matches!(moved, Err(Error::Adrift { .. })) {
            assert_eq!(access(&platform, at.get()), Ok(now.get()), "{k}");
        }
        assert_eq!(context.stalled(), Ok(false), "{k}");
        let ours = u64::from(SIZE);
        let all = frames.free_bytes() + frames.poisoned_bytes() + ours;
        assert_eq!(all, u64::from(POOL), "{k}");
        // Whatever it was, after a stop and a start everything is in its place.
        active.deactivate().unwrap();
        let active = vcm.activate().unwrap();
        assert_eq!(access(&platform, at.get()), Ok(now.get()), "{k}");
        drop((active, buffer));
        vcm.destroy().unwrap();
        if done {
            break;
        }
    }
    assert!(failed > 8, "{failed} failures, {adrift} adrift");
}
