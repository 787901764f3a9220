//! The order of memory and registers, as devices see it.

/// Everything the program has read and written before has been done, for devices too, before anything
/// after it.
pub(crate) fn full() {
    // For other threads and, where the CPU keeps this order towards devices by itself, for those.
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
    // The fence is a DMB of the inner shareable domain only (ARM ARM A3.8.3).
    #[cfg(any(target_arch = "arm", target_arch = "aarch64"))]
    // SAFETY: a barrier touches no register and no memory.
    unsafe {
        core::arch::asm!("dsb sy", options(nostack, preserves_flags));
    }
}
