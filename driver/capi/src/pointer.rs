//! Pointers from and to C.

use core::ffi::c_int;

use crate::refusal::Refusal;

/// The largest error number that a pointer can carry, as in Linux.
const MAX_ERRNO: usize = 4095;

/// A pointer that the framework keeps for C.
pub(crate) struct Pointer<T>(*mut T);

impl<T> Clone for Pointer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Pointer<T> {}

// SAFETY: it is only followed under the rules of `handles` (the table is locked) or of `foreign` (the
// context's turn is held); vcm.h asks drivers for structures that any thread may access.
unsafe impl<T> Send for Pointer<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Pointer<T> {}

impl<T> Pointer<T> {
    pub(crate) const fn new(pointer: *mut T) -> Self {
        Self(pointer)
    }

    pub(crate) const fn get(self) -> *mut T {
        self.0
    }

    pub(crate) fn addr(self) -> usize {
        self.0.addr()
    }
}

/// The error that a pointer carries, if it carries one.
pub(crate) fn error_in<T>(pointer: *const T) -> Option<c_int> {
    let code = pointer.addr().wrapping_neg();
    (1..=MAX_ERRNO).contains(&code).then_some(code as c_int)
}

/// What a call answers.
pub(crate) trait Answer {
    /// That it failed.
    fn refused(refusal: &Refusal) -> Self;
}

impl Answer for c_int {
    fn refused(refusal: &Refusal) -> Self {
        -refusal.errno().code()
    }
}

impl<T> Answer for *mut T {
    fn refused(refusal: &Refusal) -> Self {
        let code = refusal.errno().code() as usize;
        core::ptr::without_provenance_mut(code.wrapping_neg())
    }
}

/// A result as C sees it.
pub(crate) fn answer<A: Answer>(result: Result<A, Refusal>) -> A {
    result.unwrap_or_else(|refusal| A::refused(&refusal))
}
