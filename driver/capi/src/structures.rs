//! Structures that the framework itself allocates for C, and keeps for a while after their end.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec;
use core::mem::{offset_of, size_of};
use core::ptr;

use vcm::mmu::PhysPart;

use crate::pointer::Pointer;
use crate::types::{Vcm, VcmPhys, VcmPhysPart, VcmRes};

/// How many structures are kept after their end.
const KEPT: usize = 64;

/// The unit in which memory for a [`VcmPhys`] is taken: its size depends on the number of parts.
type Word = u64;

const _: () = assert!(align_of::<Word>() >= align_of::<VcmPhys>());

/// A structure that the framework has allocated, and frees when this is dropped.
pub(crate) enum Own {
    Vcm(Pointer<Vcm>),
    Res(Pointer<VcmRes>),
    /// With the number of its words.
    Phys(Pointer<VcmPhys>, usize),
}

impl Own {
    pub(crate) fn vcm(vcm: Vcm) -> (Pointer<Vcm>, Self) {
        let pointer = Pointer::new(Box::into_raw(Box::new(vcm)));
        (pointer, Self::Vcm(pointer))
    }

    pub(crate) fn res(res: VcmRes) -> (Pointer<VcmRes>, Self) {
        let pointer = Pointer::new(Box::into_raw(Box::new(res)));
        (pointer, Self::Res(pointer))
    }

    pub(crate) fn phys(parts: &[PhysPart], size: u32) -> (Pointer<VcmPhys>, Self) {
        let first = offset_of!(VcmPhys, parts);
        let bytes = (first + size_of_val(parts)).max(size_of::<VcmPhys>());
        let words = bytes.div_ceil(size_of::<Word>());
        let at = Box::into_raw(vec![0 as Word; words].into_boxed_slice());
        let pointer = at.cast::<VcmPhys>();
        // SAFETY: there is room for the structure, aligned, and behind it for all parts.
        unsafe {
            (*pointer).count = parts.len() as u32;
            (*pointer).size = size;
            let to = (&raw mut (*pointer).parts).cast::<VcmPhysPart>();
            for (index, part) in parts.iter().enumerate() {
                to.add(index).write(VcmPhysPart {
                    start: part.start.get(),
                    size: part.size,
                });
            }
        }
        let pointer = Pointer::new(pointer);
        (pointer, Self::Phys(pointer, words))
    }

    /// Nothing is in it any more for who still looks.
    fn clear(&self) {
        // SAFETY: the structures are the framework's own, and all of their fields may be 0.
        unsafe {
            match self {
                Self::Vcm(at) => ptr::write_bytes(at.get(), 0, 1),
                Self::Res(at) => ptr::write_bytes(at.get(), 0, 1),
                Self::Phys(at, words) => ptr::write_bytes(at.get().cast::<Word>(), 0, *words),
            }
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // SAFETY: they come out of such a box each, and are dropped once.
        unsafe {
            match self {
                Self::Vcm(at) => drop(Box::from_raw(at.get())),
                Self::Res(at) => drop(Box::from_raw(at.get())),
                Self::Phys(at, words) => {
                    let at = ptr::slice_from_raw_parts_mut(at.get().cast::<Word>(), *words);
                    drop(Box::from_raw(at));
                }
            }
        }
    }
}

/// Structures after their end, the oldest first.
#[derive(Default)]
pub(crate) struct Retired(VecDeque<Own>);

impl Retired {
    pub(crate) fn push(&mut self, own: Own) {
        own.clear();
        self.0.push_back(own);
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
    }
}
