//! Memory moves to other frames while masters of several contexts read and write it.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use vcm::addr::{Iova, PhysAddr};
use vcm::mmu::PhysPart;
use vcm::seam::MemError;
use vcm::wrap::OneToOne;
use vcm::{AllocFlags, Copier, Errno, Error, Region, ResFlags};
use vcm_sim::platform::SimMemory;
use vcm_tests::soc::{Fence, PATIENCE, Soc, SocChannel, noise};

/// What a channel copies at a time.
const QUARTER: u32 = 0x4000;

/// Copies by the processor, and from then on suffers no access to the old frames.
struct Watched {
    memory: SimMemory,
    fence: Arc<Mutex<Fence>>,
}

impl Copier for Watched {
    fn copy(&self, from: &[PhysPart], to: &[PhysPart]) -> Result<(), MemError> {
        {
            let mut fence = self.fence.lock().unwrap_or_else(PoisonError::into_inner);
            fence.open(&pages(to));
            fence.close(&pages(from));
        }
        self.memory.copy(from, to)
    }
}

/// Page by page: parts are cut and joined in the course of time.
fn pages(parts: &[PhysPart]) -> Vec<PhysPart> {
    let offsets = |part: &PhysPart| (0..part.size).step_by(0x1000);
    let page = |part: &PhysPart, offset| PhysPart {
        start: PhysAddr::new(part.start.get() + offset),
        size: 0x1000,
    };
    let all = parts.iter();
    all.flat_map(|part| offsets(part).map(move |offset| page(part, offset)))
        .collect()
}

fn after(at: Iova, offset: u32) -> Iova {
    Iova::new(at.get() + offset)
}

/// Where it goes next: scattered, in one piece, in small pages.
fn kinds(n: usize) -> AllocFlags {
    let flags = AllocFlags::default();
    match n % 3 {
        0 => AllocFlags {
            contiguous: true,
            ..flags
        },
        1 => flags,
        _ => AllocFlags {
            max_page: 0x1000,
            ..flags
        },
    }
}

/// Four masters in two contexts, two of them writing and two reading; the memory moves again and again
/// in the middle of what they do.
fn hammer(soc: Soc, seed: u64) -> Result<()> {
    let near = soc.scattered_space(&[0, 1], seed)?;
    let far = soc.space(&[2, 3])?;
    let shared = near.vcm.alloc(4 * QUARTER, AllocFlags::default())?;
    let in_near = near.vcm.map(&shared, ResFlags::default())?;
    let in_far = far.vcm.map(&shared, ResFlags::default())?;
    let twice = far.vcm.map(&shared, ResFlags::default())?;
    let own = [
        soc.bind(&near, QUARTER)?,
        soc.bind(&near, QUARTER)?,
        soc.bind(&far, QUARTER)?,
        soc.bind(&far, QUARTER)?,
    ];
    let active = (near.vcm.activate()?, far.vcm.activate()?);
    let copier = Watched {
        memory: soc.platform.memory(),
        fence: soc.fence(),
    };
    let mut channels: Vec<SocChannel> = (0..4)
        .map(|n| soc.dma.channel(n))
        .collect::<Result<_, _>>()?;
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut moves, mut under_way) = (0, 0);
    for round in 0..3 {
        let text: Vec<Vec<u8>> = (0..4)
            .map(|n| noise(seed + 4 * round + n, QUARTER))
            .collect();
        for n in [0, 2] {
            soc.write(own[n].phys(), 0, &text[n])?;
        }
        for n in [1, 3] {
            soc.write(&shared, n as u32 * QUARTER, &text[n])?;
        }
        let windows = [&in_near, &in_near, &in_far, &twice];
        for (n, channel) in channels.iter_mut().enumerate() {
            let (place, own) = (
                after(windows[n].start(), n as u32 * QUARTER),
                own[n].start(),
            );
            match n % 2 {
                0 => channel.copy(own, place, QUARTER)?,
                _ => channel.copy(place, own, QUARTER)?,
            }
        }
        for _ in 0..4 {
            soc.platform.step(rng.u64(20..300));
            let before = shared.parts();
            shared.migrate(&copier, kinds(moves))?;
            moves += 1;
            assert_ne!(before, shared.parts());
            for channel in &channels {
                under_way += usize::from(channel.copied()? < QUARTER);
            }
        }
        for channel in &mut channels {
            assert_eq!(channel.wait(PATIENCE)?, QUARTER);
        }
        for (n, text) in text.iter().enumerate() {
            let there = soc.read(&shared, n as u32 * QUARTER, QUARTER)?;
            assert!(there == *text, "quarter {n} in round {round}");
            assert!(soc.read(own[n].phys(), 0, QUARTER)? == *text, "buffer {n}");
        }
    }
    assert!(under_way > 2 * moves, "{under_way} copies in {moves} moves");
    assert!(soc.faults()?.is_empty(), "nobody saw a fault");
    drop((channels, active, in_near, in_far, twice, shared, own));
    soc.finish([near, far])
}

#[test]
fn no_byte_is_lost_while_memory_moves_under_traffic() -> Result<()> {
    hammer(Soc::new()?, 1)
}

#[test]
fn no_byte_is_lost_while_memory_moves_under_traffic_and_back_pressure() -> Result<()> {
    hammer(Soc::stressed(7)?, 2)
}

#[test]
fn memory_of_a_one_to_one_context_does_not_move() -> Result<()> {
    const DDR: Region = Region::new(Iova::new(0x0010_0000), 0x1FF0_0000);
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let driver = OneToOne::new(Arc::clone(&soc.frames), DDR);
    let direct = soc.system.create(DDR.start, DDR.size, Box::new(driver))?;
    let shared = direct.make_binding(0x3000, AllocFlags::default(), ResFlags::default())?;
    let mapped = space.vcm.map(shared.phys(), ResFlags::default())?;
    let other = soc.bind(&space, 0x3000)?;
    let active = space.vcm.activate()?;
    let memory = soc.platform.memory();
    let error = shared
        .phys()
        .migrate(&memory, AllocFlags::default())
        .unwrap_err();
    assert_eq!(error.errno(), Errno::EOPNOTSUPP);
    soc.copy(0, mapped.start(), other.start(), 0x3000)?;
    // Once it is bound there no more, it does.
    let phys = shared.unmap()?;
    let before = phys.parts();
    soc.write(&phys, 0, &noise(1, 0x3000))?;
    phys.migrate(&memory, AllocFlags::default())?;
    assert_ne!(phys.parts(), before);
    soc.copy(0, mapped.start(), other.start(), 0x3000)?;
    assert!(soc.read(other.phys(), 0, 0x3000)? == noise(1, 0x3000));
    drop((active, mapped, other, phys));
    direct.destroy()?;
    soc.finish([space])
}

#[test]
fn a_copy_that_fails_leaves_everything_where_it_was() -> Result<()> {
    struct Fails;
    impl Copier for Fails {
        fn copy(&self, from: &[PhysPart], _: &[PhysPart]) -> Result<(), MemError> {
            let (at, size) = (from[0].start, from[0].size);
            Err(MemError { at, size })
        }
    }
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let (from, to) = (soc.bind(&space, QUARTER)?, soc.bind(&space, QUARTER)?);
    let active = space.vcm.activate()?;
    let mut channel = soc.dma.channel(0)?;
    let text = noise(5, QUARTER);
    soc.write(from.phys(), 0, &text)?;
    channel.copy(from.start(), to.start(), QUARTER)?;
    let before = (to.phys().parts(), soc.frames.free_bytes());
    let error = to
        .phys()
        .migrate(&Fails, AllocFlags::default())
        .unwrap_err();
    assert!(matches!(error, Error::Copy(_)), "{error}");
    assert_eq!((to.phys().parts(), soc.frames.free_bytes()), before);
    assert_eq!(channel.wait(PATIENCE)?, QUARTER);
    assert!(soc.read(to.phys(), 0, QUARTER)? == text);
    assert!(soc.faults()?.is_empty());
    drop((channel, active, from, to));
    soc.finish([space])
}
