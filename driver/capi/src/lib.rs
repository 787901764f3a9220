//! The VCM framework for C, bare metal or not: the library behind `include/vcm.h`, which documents
//! the calls.
//!
//! The names are the RFC's, and what they do is [`vcm::raw`]. Structures are the RFC's too, so that C
//! reads `res->start` and `phys->parts[0]`. What they mean to the framework is not in them: it looks a
//! pointer up among those that it has given out before it follows it, and behind each stands an
//! identifier with a generation. So NULL, a pointer to something that is gone, or one to something else
//! is `-EINVAL`. A structure of the framework's own is kept for some time after its end, cleared,
//! before its memory is used again; one that a driver written in C has allocated is that driver's.
//!
//! | module | what |
//! |---|---|
//! | [`types`] | the structures |
//! | [`calls`] | the RFC's calls |
//! | [`system`], [`iommu`] | the graph, the platform, the IOMMU and its contexts |
//! | [`flags`] | the bits of `alloc_flags` and `res_flags` |
//!
//! Where there is no std: without the feature `std` the crate needs `alloc` only; the feature
//! `bare-metal` makes the static library complete, with an allocator and a panic handler that call the
//! firmware.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod calls;
pub mod flags;
pub mod iommu;
pub mod system;
pub mod types;

#[cfg(feature = "bare-metal")]
mod bare_metal;
mod context;
mod foreign;
mod handles;
mod platform;
mod pointer;
mod refusal;
mod structures;
