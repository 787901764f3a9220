//! The allocator of frames: whatever it is asked for, nobody gets what another has, and nothing is lost.

use vcm::addr::PhysAddr;
use vcm::frames::{FrameError, Frames};
use vcm::mmu::PhysPart;

use crate::input::Input;
use crate::memory::Memory;

const SIZES: [u32; 4] = [1 << 24, 1 << 20, 1 << 16, 1 << 12];
const MOST_CALLS: usize = 48;

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    // As numbers only: nothing is written to it.
    let memory = Memory::new(input.one_of(&[1 << 20, 3 << 20, 0x31_7000]));
    let frames = Frames::new(memory.clone());
    let (mut given, mut pool, mut poisoned) = (Vec::<PhysPart>::new(), 0, 0);
    for _ in 0..MOST_CALLS {
        if input.is_empty() {
            break;
        }
        match input.below(8) {
            0 => {
                let size = size(&mut input);
                if frames.add_pool(size).is_ok() {
                    assert!(size != 0 && size % 4096 == 0);
                    pool += u64::from(size);
                }
            }
            1..4 => {
                let size = size(&mut input);
                let sizes = &SIZES[input.below(4) as usize..];
                let mut sizes = sizes.to_vec();
                if input.once_in(16) {
                    sizes.push(input.edge());
                }
                let largest = match input.flag() {
                    true => u32::MAX,
                    false => input.edge(),
                };
                let before = frames.free_bytes();
                match frames.allocate(size, &sizes, largest) {
                    Ok(parts) => {
                        let total: u64 = parts.iter().map(|p| u64::from(p.size)).sum();
                        assert_eq!(total, size.into());
                        assert!(parts.iter().all(|part| part.size <= largest));
                        take(&mut given, &parts);
                    }
                    Err(error) => {
                        assert!(!error.to_string().is_empty());
                        assert_eq!(frames.free_bytes(), before);
                    }
                }
            }
            4 => {
                let (size, align) = (size(&mut input), 1_u32 << input.below(32));
                let align = if input.once_in(8) {
                    input.edge()
                } else {
                    align
                };
                if let Ok(part) = frames.allocate_contiguous(size, align) {
                    assert!(part.size == size && part.start.is_aligned(align));
                    take(&mut given, &[part]);
                }
            }
            5 => {
                // Not as it was given, or not given at all.
                let start = PhysAddr::new(input.edge());
                let size = input.edge();
                let part = PhysPart { start, size };
                if !given.contains(&part) {
                    let wrong = Err(FrameError::NotAllocated { part });
                    assert_eq!((frames.free(part), frames.poison(part)), (wrong, wrong));
                }
            }
            which if !given.is_empty() => {
                let part = given.swap_remove(input.below(given.len() as u32) as usize);
                let done = if which == 6 {
                    poisoned += u64::from(part.size);
                    frames.poison(part)
                } else {
                    frames.free(part)
                };
                assert_eq!(done, Ok(()));
                assert_eq!(frames.free(part), Err(FrameError::NotAllocated { part }));
            }
            _ => {}
        }
        let used: u64 = given.iter().map(|part| u64::from(part.size)).sum();
        assert_eq!(frames.free_bytes() + used + poisoned, pool);
        assert_eq!(frames.poisoned_bytes(), poisoned);
    }
    for part in given {
        assert_eq!(frames.free(part), Ok(()));
    }
    drop(frames);
    // A pool goes back as a whole, but for what is poisoned.
    assert!(poisoned > 0 || memory.given() == 0);
    assert!(poisoned == 0 || memory.given() > 0);
}

fn size(input: &mut Input<'_>) -> u32 {
    match input.once_in(12) {
        true => input.edge(),
        false => (1 + input.below(40)) << input.one_of(&[12, 12, 14, 16]),
    }
}

/// Nobody else has any of it.
fn take(given: &mut Vec<PhysPart>, parts: &[PhysPart]) {
    let end = |part: &PhysPart| u64::from(part.start.get()) + u64::from(part.size);
    for part in parts {
        assert!(part.size != 0 && part.size % 4096 == 0 && part.start.is_aligned(4096));
        for other in given.iter() {
            let apart =
                end(part) <= other.start.get().into() || end(other) <= part.start.get().into();
            assert!(apart, "{part:?} is given out twice: {other:?}");
        }
        given.push(*part);
    }
}
