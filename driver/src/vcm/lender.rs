//! Physical memory that another allocator owns.

use super::driver::Fate;
use crate::mmu::PhysPart;

/// Who memory was imported from, and gets it back.
pub trait Lender: Send {
    /// Takes the memory back: nobody has or uses it any more. With [`Fate::Poison`] hardware may still
    /// use it, and it must not be used for anything else before a reset. Called once, with no lock held.
    fn give_back(self: alloc::boxed::Box<Self>, parts: &[PhysPart], fate: Fate);
}

impl<F: FnOnce(&[PhysPart], Fate) + Send> Lender for F {
    fn give_back(self: alloc::boxed::Box<Self>, parts: &[PhysPart], fate: Fate) {
        self(parts, fate);
    }
}
