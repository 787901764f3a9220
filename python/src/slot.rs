//! Something that can be given back before Python lets go of it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use pyo3::PyResult;

use crate::error::gone;

/// Something that can be given back. Clones are the same slot.
pub(crate) struct Slot<T> {
    content: Arc<Mutex<Option<T>>>,
    /// What it is called.
    what: &'static str,
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self {
            content: Arc::clone(&self.content),
            what: self.what,
        }
    }
}

impl<T> Slot<T> {
    pub(crate) fn new(what: &'static str, content: T) -> Self {
        Self {
            content: Arc::new(Mutex::new(Some(content))),
            what,
        }
    }

    /// Uses what is in it.
    pub(crate) fn with<R>(&self, use_it: impl FnOnce(&mut T) -> R) -> PyResult<R> {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.as_mut().map(use_it).ok_or_else(|| gone(self.what))
    }

    /// Takes it out, if it is there still.
    pub(crate) fn take(&self) -> Option<T> {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.take()
    }

    /// Takes it out to give it to someone.
    pub(crate) fn consume(&self) -> PyResult<T> {
        self.take().ok_or_else(|| gone(self.what))
    }

    /// Puts it back after it could not be given away.
    pub(crate) fn restore(&self, value: T) {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        *content = Some(value);
    }

    pub(crate) fn downgrade(&self) -> WeakSlot<T> {
        WeakSlot(Arc::downgrade(&self.content))
    }
}

/// A slot that someone else has.
pub(crate) struct WeakSlot<T>(Weak<Mutex<Option<T>>>);

impl<T> WeakSlot<T> {
    /// Takes out what is in it, if there is something.
    pub(crate) fn take(&self) -> Option<T> {
        let content = self.0.upgrade()?;
        let mut content = content.lock().unwrap_or_else(PoisonError::into_inner);
        content.take()
    }

    /// Whether nobody has it any more.
    pub(crate) fn is_dead(&self) -> bool {
        self.0.strong_count() == 0
    }
}
