//! The lock of the framework: one that spins, or one of which loom tries every order.

#[cfg(not(vcm_loom))]
pub(crate) use core::sync::atomic::{AtomicU32, Ordering};
#[cfg(not(vcm_loom))]
pub(crate) use spin::{Mutex, MutexGuard};

#[cfg(vcm_loom)]
pub(crate) use loom::sync::{
    MutexGuard,
    atomic::{AtomicU32, Ordering},
};

/// loom's lock, with the interface of the one that spins.
#[cfg(vcm_loom)]
pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

#[cfg(vcm_loom)]
impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(loom::sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        // Only a test that fails poisons it.
        self.0.lock().unwrap_or_else(|poison| poison.into_inner())
    }
}
