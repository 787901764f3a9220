//! Barriers (DDI 0406C A3.8.3).

/// Everything before it is complete, and everybody has seen it, before anything after it begins.
#[inline]
pub fn device_barrier() {
    #[cfg(target_arch = "arm")]
    // SAFETY: a barrier changes nothing but the order of accesses.
    unsafe {
        core::arch::asm!("dsb sy", options(nostack, preserves_flags));
    }
    #[cfg(not(target_arch = "arm"))]
    core::sync::atomic::fence(core::sync::atomic::Ordering::SeqCst);
}

/// Accesses before it are seen before those after it.
#[inline]
pub fn memory_barrier() {
    #[cfg(target_arch = "arm")]
    // SAFETY: a barrier changes nothing but the order of accesses.
    unsafe {
        core::arch::asm!("dmb sy", options(nostack, preserves_flags));
    }
    #[cfg(not(target_arch = "arm"))]
    core::sync::atomic::fence(core::sync::atomic::Ordering::SeqCst);
}
