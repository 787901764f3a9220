//! Heap and panics by the firmware.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_void;
use core::panic::PanicInfo;

// What the firmware defines; see vcm.h.
unsafe extern "C" {
    fn vcm_heap_alloc(size: usize, align: usize) -> *mut c_void;
    fn vcm_heap_free(at: *mut c_void, size: usize, align: usize);
    fn vcm_panic() -> !;
}

struct Heap;

// SAFETY: vcm.h asks the firmware for what this trait asks for.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: vcm.h says what the function may do; NULL is "no memory" here too.
        unsafe { vcm_heap_alloc(layout.size(), layout.align()).cast() }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: it was allocated with this layout.
        unsafe { vcm_heap_free(at.cast(), layout.size(), layout.align()) }
    }
}

#[global_allocator]
static HEAP: Heap = Heap;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: vcm.h says that it does not return.
    unsafe { vcm_panic() }
}
