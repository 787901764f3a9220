//! Walks through arbitrary memory: by the driver, and by the book.

use vcm::addr::{Iova, PhysAddr};
use vcm::mmu::{Attributes, MemoryType};
use vcm::table::{self, Translation, WalkFault};

use crate::input::Input;
use crate::memory::Wild;
use crate::reference::{self, Fault, Leaf};

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut wild = Wild {
        start: input.edge(),
        last: input.edge(),
        seed: input.long(),
        words: std::collections::BTreeMap::new(),
    };
    while !input.is_empty() {
        let root = input.edge();
        let at = input.edge();
        // A descriptor that the bytes say, where the walk comes by.
        if input.flag() {
            let first = (root & 0xFFFF_C000) | (at >> 20 << 2);
            let word = input.word();
            wild.words.insert(first, word);
            if input.flag() {
                let second = (word & 0xFFFF_FC00) | (at >> 10 & 0x3FC);
                wild.words.insert(second, input.word());
            }
        }
        check(&wild, root, at);
    }
}

fn check(wild: &Wild, root: u32, at: u32) {
    let found = table::walk(wild, PhysAddr::new(root), Iova::new(at));
    let expected = match reference::walk(|at| wild.word(at), root, at) {
        Ok(leaf) => translation(&leaf).ok_or(WalkFault::Foreign { word: leaf.word }),
        Err(Fault::Level(1)) => Err(WalkFault::TranslationL1),
        Err(Fault::Level(_)) => Err(WalkFault::TranslationL2),
        Err(Fault::Read(error)) => Err(WalkFault::Memory(error)),
    };
    assert_eq!(found, expected, "root {root:#x}, address {at:#x}");
    if let Err(fault) = found {
        assert!(!fault.to_string().is_empty());
    }
}

/// What the driver is to make of a descriptor; `None` if it is not one that it writes.
pub(super) fn translation(leaf: &Leaf) -> Option<Translation> {
    let (read, write, user) = reference::access(leaf.ap)?;
    // Table B3-10, without the rows that leave a choice to the implementation.
    let memory = match leaf.texcb {
        0b0_0000 => MemoryType::StronglyOrdered,
        0b0_0001 => MemoryType::Device,
        0b0_0010 => MemoryType::WriteThrough,
        0b0_0100 => MemoryType::NonCacheable,
        0b0_0111 => MemoryType::WriteBack,
        _ => return None,
    };
    let page = table::PageSize::ALL
        .into_iter()
        .find(|page| page.bytes() == 1 << leaf.bits)?;
    Some(Translation {
        phys: PhysAddr::new(leaf.phys),
        page,
        attributes: Attributes {
            read,
            write,
            user,
            execute: !leaf.xn,
            memory,
            secure: !leaf.ns,
        },
    })
}
