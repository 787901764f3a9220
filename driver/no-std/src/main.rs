//! A program without std that has `vcm` in it.
//!
//! Its panic handler is the one item that only one crate of a program may define. So this does not
//! even pass `cargo check` when `vcm`, or anything that it depends on, brings std along: error E0152,
//! two definitions of `panic_impl`. (That `vcm` itself says `no_std` would not tell: where there is a
//! std, its dependencies find it.)
//!
//! It is checked, not linked: how a program without std is linked is the affair of its platform.
#![no_std]
#![no_main]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;
use core::ptr::null_mut;

use vcm as _;

/// An allocator that has nothing, as the program is never run.
struct Empty;

// SAFETY: it hands out no memory.
unsafe impl GlobalAlloc for Empty {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        null_mut()
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Empty = Empty;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
