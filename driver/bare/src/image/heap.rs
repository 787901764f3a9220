//! The heap, behind the stack.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{NonNull, null_mut};

use buddy_system_allocator::Heap;
use spin::Mutex;

/// Blocks are powers of two, up to 16 MiB.
struct Shared(Mutex<Heap<25>>);

#[global_allocator]
static HEAP: Shared = Shared(Mutex::new(Heap::empty()));

unsafe extern "C" {
    static mut heap_start: u8;
    static mut heap_end: u8;
}

/// Must be called once, before anything is allocated.
pub fn begin() {
    let (start, end) = (&raw mut heap_start as usize, &raw mut heap_end as usize);
    // SAFETY: the linker script leaves what is between the two to the heap.
    unsafe { HEAP.0.lock().init(start, end - start) };
}

// SAFETY: blocks come from the allocator, one owner at a time.
unsafe impl GlobalAlloc for Shared {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.0
            .lock()
            .alloc(layout)
            .map_or(null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if let Some(at) = NonNull::new(at) {
            // SAFETY: it was allocated with this layout, as the caller promises.
            unsafe { self.0.lock().dealloc(at, layout) };
        }
    }
}
