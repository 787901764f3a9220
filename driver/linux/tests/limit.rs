//! At the limit of mappings: in a process of its own, which nothing else happens in.
#![cfg(target_os = "linux")]

use std::sync::Arc;

use vcm::Errno;
use vcm::addr::PhysAddr;
use vcm::mmu::{Attributes, CpuError, PhysPart};
use vcm::wrap::CpuMapper;
use vcm_linux::{Memory, Window};

const PAGE: u32 = 0x1000;
const BASE: u32 = 0x1000_0000;

fn part(start: u32, size: u32) -> PhysPart {
    let start = PhysAddr::new(start);
    PhysPart { start, size }
}

#[test]
fn a_mapping_that_the_kernel_refuses_half_way_is_taken_back() {
    // More pieces than a process may have mappings (vm.max_map_count).
    const PIECES: u32 = 70_000;
    let memory = Memory::anonymous(PhysAddr::new(BASE), 2 * PAGE).unwrap();
    let window = Window::new(PIECES * PAGE, [Arc::new(memory)]).unwrap();
    let (at, size) = (window.window().start, PIECES * PAGE);
    // The same page again and again: no two of them are one mapping.
    let parts = vec![part(BASE, PAGE); PIECES as usize];
    match window.map(at, &parts, Attributes::default()) {
        Err(CpuError { errno, .. }) => assert_eq!(errno, Errno::ENOMEM),
        Ok(()) => window.unmap(at, size).unwrap(), // a system with a higher limit
    }
    window.map(at, &parts[..1], Attributes::default()).unwrap();
    window.open().unwrap();
    window.view_at(at).unwrap().write(0, b"works").unwrap();
}
