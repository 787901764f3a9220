//! Names of objects that never name another object: an index with a generation, in a system with a
//! number, and the store that checks it.

use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::error::Error;

/// The number of a system: another one for each, so that the identifiers of one are unknown to all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SystemId(u32);

impl SystemId {
    /// None comes before it.
    pub(super) const FIRST: Self = Self(0);

    pub(super) fn next() -> Self {
        // Only a name: nothing depends on which system has which.
        static NEXT: AtomicU32 = AtomicU32::new(SystemId::FIRST.0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What the identifiers have in common.
pub(super) trait Key: Copy {
    fn new(system: SystemId, index: u32, generation: u32) -> Self;
    fn system(self) -> SystemId;
    fn index(self) -> usize;
    fn generation(self) -> u32;
    fn stale(self) -> Error;
}

macro_rules! identifier {
    ($(#[$doc:meta])* $Name:ident, $noun:literal, $Stale:ident) => {
        $(#[$doc])*
        ///
        /// Valid in the system that gave it, until the object is gone; from then on every call with
        /// it is an error, also when its place has been taken by another object. So is every call of
        /// another system.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Name {
            system: SystemId,
            index: u32,
            generation: u32,
        }

        impl Key for $Name {
            fn new(system: SystemId, index: u32, generation: u32) -> Self {
                Self { system, index, generation }
            }
            fn system(self) -> SystemId {
                self.system
            }
            fn index(self) -> usize {
                self.index as usize
            }
            fn generation(self) -> u32 {
                self.generation
            }
            fn stale(self) -> Error {
                Error::$Stale(self)
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($noun, " {}.{}"), self.index, self.generation)
            }
        }

        impl fmt::Debug for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($Name), "({}.{})"), self.index, self.generation)
            }
        }
    };
}

identifier! {
    /// Identifier of a context.
    VcmId, "context", StaleContext
}
identifier! {
    /// Identifier of a reservation.
    ResId, "reservation", StaleReservation
}
identifier! {
    /// Identifier of an allocation of physical memory.
    PhysId, "physical memory", StalePhys
}

/// Objects by identifier.
pub(super) struct Store<K, V> {
    system: SystemId,
    slots: Vec<Slot<V>>,
    free: Vec<u32>,
    key: core::marker::PhantomData<fn() -> K>,
}

struct Slot<V> {
    generation: u32,
    value: Option<V>,
}

impl<K: Key, V> Store<K, V> {
    pub(super) const fn new(system: SystemId) -> Self {
        Self {
            system,
            slots: Vec::new(),
            free: Vec::new(),
            key: core::marker::PhantomData,
        }
    }

    pub(super) fn insert(&mut self, value: V) -> K {
        if let Some(index) = self.free.pop() {
            if let Some(slot) = self.slots.get_mut(index as usize) {
                slot.value = Some(value);
                return K::new(self.system, index, slot.generation);
            }
        }
        // 2^32 live objects do not fit into a 32-bit address space of pages.
        let index = self.slots.len() as u32;
        self.slots.push(Slot {
            generation: 0,
            value: Some(value),
        });
        K::new(self.system, index, 0)
    }

    pub(super) fn get(&self, key: K) -> Result<&V, Error> {
        self.slots
            .get(key.index())
            .filter(|slot| self.system == key.system() && slot.generation == key.generation())
            .and_then(|slot| slot.value.as_ref())
            .ok_or_else(|| key.stale())
    }

    pub(super) fn get_mut(&mut self, key: K) -> Result<&mut V, Error> {
        self.slots
            .get_mut(key.index())
            .filter(|slot| self.system == key.system() && slot.generation == key.generation())
            .and_then(|slot| slot.value.as_mut())
            .ok_or_else(|| key.stale())
    }

    pub(super) fn remove(&mut self, key: K) -> Result<V, Error> {
        self.get(key)?;
        let slot = self.slots.get_mut(key.index()).ok_or_else(|| key.stale())?;
        let value = slot.value.take().ok_or_else(|| key.stale())?;
        // A slot whose generations are used up is not used again.
        if let Some(next) = slot.generation.checked_add(1) {
            slot.generation = next;
            self.free.push(key.index() as u32);
        }
        Ok(value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.slots.iter().enumerate().filter_map(|(index, slot)| {
            let value = slot.value.as_ref()?;
            Some((K::new(self.system, index as u32, slot.generation), value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_never_names_a_later_object() {
        let mut store = Store::<PhysId, &str>::new(SystemId::next());
        let first = store.insert("first");
        assert_eq!(store.remove(first), Ok("first"));
        let second = store.insert("second");
        assert_eq!(second.index(), first.index());
        assert_eq!(store.get(first), Err(Error::StalePhys(first)));
        assert_eq!(store.remove(first), Err(Error::StalePhys(first)));
        assert_eq!(store.get(second), Ok(&"second"));
    }

    #[test]
    fn an_identifier_names_nothing_in_another_system() {
        let [mut ours, mut others] = [(); 2].map(|()| Store::new(SystemId::next()));
        let (id, other) = (ours.insert("ours"), others.insert("another's"));
        assert_ne!(id, other);
        assert_eq!(others.get(id), Err(Error::StalePhys(id)));
        assert_eq!(others.get_mut(id), Err(Error::StalePhys(id)));
        assert_eq!(others.remove(id), Err(Error::StalePhys(id)));
        assert_eq!(ours.remove(id), Ok("ours"));
    }

    #[test]
    fn a_slot_with_used_up_generations_is_retired() {
        let mut store = Store::<ResId, u8>::new(SystemId::next());
        let first = store.insert(1);
        store.slots[0].generation = u32::MAX;
        let last = ResId::new(store.system, 0, u32::MAX);
        assert!(store.get(first).is_err());
        assert_eq!(store.remove(last), Ok(1));
        assert_ne!(store.insert(2).index(), 0);
    }
}
