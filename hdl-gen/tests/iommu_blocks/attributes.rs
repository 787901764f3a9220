//! Memory types against tables written from the architecture.

use hdl_gen::iommu::attributes::Attributes;
use rust_hdl::prelude::*;

use crate::iommu::{n, settle};

/// AXI4 memory types (IHI 0022E, table A4-5): ARCACHE, AWCACHE.
const STRONGLY_ORDERED: (u64, u64) = (0b0000, 0b0000); // device non-bufferable
const DEVICE: (u64, u64) = (0b0001, 0b0001); // device bufferable
const NON_CACHEABLE: (u64, u64) = (0b0011, 0b0011); // normal non-cacheable bufferable
const WRITE_THROUGH: (u64, u64) = (0b1110, 0b0110); // read-allocate
const WRITE_BACK: (u64, u64) = (0b1111, 0b0111); // read-allocate
const WRITE_BACK_ALLOCATE: (u64, u64) = (0b1111, 0b1111); // read- and write-allocate

/// ARM ARM DDI 0406C, table B3-10: TEX, C, B without TEX remap; of TEX = 1BB the outer policy BB.
fn expected(tex: u64, c: u64, b: u64) -> (u64, u64) {
    match (tex, c, b) {
        (0b000, 0, 0) => STRONGLY_ORDERED,
        (0b000, 0, 1) => DEVICE, // shareable
        (0b000, 1, 0) => WRITE_THROUGH,
        (0b000, 1, 1) => WRITE_BACK,
        (0b001, 0, 0) => NON_CACHEABLE,
        (0b001, 1, 1) => WRITE_BACK_ALLOCATE,
        (0b010, 0, 0) => DEVICE, // non-shareable
        (0b100, _, _) => NON_CACHEABLE,
        (0b101, _, _) => WRITE_BACK_ALLOCATE,
        (0b110, _, _) => WRITE_THROUGH,
        (0b111, _, _) => WRITE_BACK,
        _ => STRONGLY_ORDERED, // reserved, implementation defined
    }
}

/// ARCACHE and AWCACHE of a memory type {TEX, C, B}.
pub fn of(memory: u64) -> (u64, u64) {
    expected(memory >> 2, memory >> 1 & 1, memory & 1)
}

#[test]
fn every_memory_type_becomes_its_cache_attributes() {
    let mut block = Attributes::default();
    block.connect_all();
    for (tex, c, b) in (0..32).map(|i| (i >> 2, i >> 1 & 1, i & 1)) {
        let (read, write) = expected(tex, c, b);
        block.memory.next = (tex << 2 | c << 1 | b).into();
        for (is_write, cache) in [(false, read), (true, write)] {
            block.write.next = is_write;
            settle(&mut block);
            assert_eq!(n(block.cache.val()), cache, "TEX {tex:03b} C {c} B {b}");
        }
    }
}
