//! What a context needs of its driver.
//!
//! The RFC's operations are optional, and the framework's fallbacks depend on which are there. An
//! operation whose absence means a different way (`alloc`, `res`, `phys`, `map`, `bind`, and `move`, which
//! the RFC does not have) is a trait
//! of its own, which a [`Driver`] hands out or not. One whose absence means "nothing to do"
//! (`cleanup`, `unbind`, `activate`, `deactivate`) has a default that does nothing. `unreserve` is
//! required.
//!
//! A driver is called by one thread at a time, hence `&mut self`: it needs no lock of its own. It
//! must not call the framework for its own context from within an operation (that would wait for
//! itself), except to look something up.

use alloc::vec::Vec;

use super::flags::{AllocFlags, ResFlags};
use super::region::Region;
use crate::error::Error;
use crate::mmu::{Attributes, PhysPart, Quiet};

/// Physical memory bound to a reservation.
#[derive(Clone, Copy, Debug)]
pub struct Mapping<'a> {
    /// The whole reservation; what is bound starts at its start.
    pub reservation: Region,
    /// The memory, in the order in which it appears.
    pub parts: &'a [PhysPart],
    /// Bytes bound: the sum of the parts, at most the size of the reservation.
    pub size: u32,
    /// Who may do what with it.
    pub attributes: Attributes,
}

/// What may become of something that is given back.
#[derive(Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Free for anything, as nothing uses it.
    Reuse(Quiet),
    /// The hardware may still use it: never to be used again before a reset.
    Poison,
}

/// The driver of a context.
pub trait Driver {
    /// The `alloc` operation. If it is there, `res` and `phys` are not asked for.
    fn alloc_op(&mut self) -> Option<&mut dyn AllocOp> {
        None
    }

    /// The `res` operation.
    fn res_op(&mut self) -> Option<&mut dyn ResOp> {
        None
    }

    /// The `phys` operation.
    fn phys_op(&mut self) -> Option<&mut dyn PhysOp> {
        None
    }

    /// The `map` operation. Without it, mapping is reserving and binding.
    fn map_op(&mut self) -> Option<&mut dyn MapOp> {
        None
    }

    /// The `bind` operation. Without it, binding is not supported.
    fn bind_op(&mut self) -> Option<&mut dyn BindOp> {
        None
    }

    /// The operation that exchanges bound memory while masters use it. Without it, memory that is bound
    /// in this context cannot be moved.
    fn move_op(&mut self) -> Option<&mut dyn MoveOp> {
        None
    }

    /// Gives back a reservation that `alloc`, `res` or `map` of this driver has made.
    fn unreserve(&mut self, region: Region, fate: Fate);

    /// Whether reservations may overlap, because an address always means the same memory.
    fn aliases(&self) -> bool {
        false
    }

    /// Removes the binding that `bind` or `map` has made. When this returns, no hardware uses it.
    ///
    /// # Errors
    /// The memory stays bound; but if [`Error::is_unconfirmed`], the binding is gone, the next unbind
    /// does not call the driver again, and memory and addresses are poisoned when given back.
    fn unbind(&mut self, mapping: &Mapping<'_>) -> Result<Quiet, Error> {
        let _ = mapping;
        Ok(Quiet::untranslated())
    }

    /// Brings all bindings to the hardware, now and from now on. Called on the first activation, and
    /// once more on the first one after a deactivation that failed.
    ///
    /// # Errors
    /// The context stays inactive; what was done has been undone.
    fn activate(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// The reverse of [`activate`](Self::activate). Called on the last deactivation only.
    ///
    /// # Errors
    /// The context stays active, though its masters may have been stopped.
    fn deactivate(&mut self) -> Result<Quiet, Error> {
        Ok(Quiet::untranslated())
    }

    /// The context is destroyed. Memory that this driver has allocated may live on:
    /// [`FreeOp::free`] can be called after this.
    fn cleanup(&mut self) {}
}

/// Takes physical memory back.
pub trait FreeOp {
    /// Takes back what one call of `alloc` or `phys` has returned.
    fn free(&mut self, parts: &[PhysPart], fate: Fate);
}

/// Allocates memory and reserves addresses that belong together.
pub trait AllocOp: FreeOp {
    /// Memory of `size` bytes, and a reservation that it can be bound to. `size` is a non-zero
    /// multiple of the page size here and below.
    ///
    /// # Errors
    /// Nothing was allocated or reserved.
    fn both(
        &mut self,
        size: u32,
        alloc: &AllocFlags,
        res: &ResFlags,
    ) -> Result<(Vec<PhysPart>, Region), Error>;

    /// Memory alone.
    ///
    /// # Errors
    /// Nothing was allocated.
    fn phys_only(&mut self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error>;

    /// A reservation alone.
    ///
    /// # Errors
    /// Nothing was reserved.
    fn res_only(&mut self, size: u32, flags: &ResFlags) -> Result<Region, Error>;
}

/// Reserves addresses.
pub trait ResOp {
    /// A reservation of at least `size` bytes.
    ///
    /// # Errors
    /// Nothing was reserved.
    fn res(&mut self, size: u32, flags: &ResFlags) -> Result<Region, Error>;
}

/// Allocates physical memory.
pub trait PhysOp: FreeOp {
    /// Memory of at least `size` bytes.
    ///
    /// # Errors
    /// Nothing was allocated.
    fn phys(&mut self, size: u32, flags: &AllocFlags) -> Result<Vec<PhysPart>, Error>;
}

/// Reserves addresses for given memory and binds it.
pub trait MapOp {
    /// A reservation to which the `size` bytes of `parts` are bound. The reservation need not be fit
    /// for any other memory.
    ///
    /// # Errors
    /// Nothing was reserved, nothing bound.
    fn map(&mut self, parts: &[PhysPart], size: u32, flags: &ResFlags) -> Result<Region, Error>;
}

/// Binds memory to a reservation.
pub trait BindOp {
    /// Binds memory to a reservation that nothing is bound to; at once in hardware, if the context is
    /// active.
    ///
    /// # Errors
    /// Nothing is bound. If [`Error::is_unconfirmed`], memory and addresses are poisoned.
    fn bind(&mut self, mapping: &Mapping<'_>) -> Result<(), Error>;
}

/// Exchanges the memory of a binding. Between [`suspend`](Self::suspend) and
/// [`resume`](Self::resume) or [`abandon`](Self::abandon) other operations may be called, those for
/// other bindings and for the context as a whole.
pub trait MoveOp {
    /// Takes the memory out of the hardware, so that masters that use the binding wait. The context may
    /// be inactive.
    ///
    /// # Errors
    /// Nothing has changed; but if [`Error::is_unconfirmed`], it is suspended all the same, and hardware
    /// may still use the memory.
    fn suspend(&mut self, mapping: &Mapping<'_>) -> Result<Quiet, Error>;

    /// Binds other memory of the same size, or the same, to what is suspended, and lets the masters go
    /// on.
    ///
    /// # Errors
    /// It is still suspended, and no hardware uses this memory, unless [`Error::is_unconfirmed`].
    fn resume(&mut self, mapping: &Mapping<'_>) -> Result<(), Error>;

    /// Gives up: lets the masters go on, and fault. The memory is that of the binding again, but in
    /// hardware only after the next activation.
    fn abandon(&mut self, mapping: &Mapping<'_>);
}
