//! Calls at random, and what fails during them.

use alloc::vec;

use proptest::prelude::*;

use super::machine::CONTEXTS;
use crate::mmu::{Attributes, MemoryType};
use crate::vcm::{AllocFlags, PAGE_SIZE};

/// A call. Contexts are chosen by number; objects by number modulo how many have ever been, so that
/// those that are gone are named too.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    MakeBinding {
        vcm: usize,
        pages: u32,
        alloc: AllocFlags,
        res: Wish,
    },
    DestroyBinding(usize),
    Alloc {
        vcm: usize,
        pages: u32,
        flags: AllocFlags,
    },
    Free(usize),
    Reserve {
        vcm: usize,
        pages: u32,
        flags: Wish,
    },
    Unreserve(usize),
    ReserveOnDemand {
        vcm: usize,
        pages: u32,
        granule: u32,
        alloc: AllocFlags,
        res: Wish,
    },
    /// A master misses in a reservation, live or gone, or in the page behind it. The page is taken modulo
    /// how many these are.
    PageIn {
        res: usize,
        page: u32,
    },
    Bind {
        res: usize,
        phys: usize,
    },
    Unbind(usize),
    Map {
        vcm: usize,
        phys: usize,
        flags: Wish,
    },
    Unmap(usize),
    Migrate {
        phys: usize,
        flags: AllocFlags,
    },
    Activate(usize),
    Deactivate(usize),
    /// Destroys the context; if that succeeds, one like it is made.
    Destroy(usize),
}

/// Flags of a reservation, with the address from the start of the context on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wish {
    pub(super) page: Option<u32>,
    pub(super) align: u32,
    pub(super) attributes: Attributes,
}

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Accesses to registers.
    Bus,
    /// Allocations of table memory.
    Allocate,
    /// Writes to table memory.
    Write,
    /// Deadlines pass.
    Clock,
    /// Copies of memory that moves.
    Copy,
    /// Operations of drivers that have no wrapper.
    Operation {
        /// Without confirmation.
        unconfirmed: bool,
    },
}

/// What fails during a call, and when: after so many that do not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) what: What,
    pub(super) skip: u32,
    /// All later ones fail too, until the call has returned.
    pub(super) lasting: bool,
}

fn pages() -> impl Strategy<Value = u32> {
    prop_oneof![
        6 => 1..6_u32,
        3 => 14..36_u32,
        2 => 250..530_u32,
        1 => 4090..4100_u32,
    ]
}

fn align() -> impl Strategy<Value = u32> {
    prop_oneof![
        12 => Just(0),
        2 => Just(0x1_0000),
        1 => Just(0x10_0000),
        1 => Just(0x2000),
        // Not a power of two.
        1 => Just(0x3000),
    ]
}

#[allow(clippy::needless_update, reason = "there may be more one day")]
fn attributes() -> impl Strategy<Value = Attributes> {
    let memory = prop_oneof![
        Just(MemoryType::NonCacheable),
        Just(MemoryType::StronglyOrdered),
        Just(MemoryType::Device),
        Just(MemoryType::WriteThrough),
        Just(MemoryType::WriteBack),
    ];
    (any::<[bool; 3]>(), memory).prop_map(|([write, execute, user], memory)| Attributes {
        write,
        execute,
        user,
        memory,
        ..Attributes::default()
    })
}

fn wish() -> impl Strategy<Value = Wish> {
    let page = prop_oneof![
        5 => Just(None),
        // Some of them outside of the context.
        1 => (0..0x2100_u32).prop_map(Some),
    ];
    (page, align(), attributes()).prop_map(|(page, align, attributes)| Wish {
        page,
        align,
        attributes,
    })
}

fn alloc() -> impl Strategy<Value = AllocFlags> {
    let most = prop_oneof![
        6 => Just(0_u32),
        1 => Just(PAGE_SIZE),
        1 => Just(0x1_0000_u32),
        // Smaller than any page.
        1 => Just(0x800_u32),
    ];
    (prop::bool::weighted(0.3), align(), most).prop_map(|(contiguous, align, max_page)| {
        AllocFlags {
            contiguous,
            align,
            max_page,
        }
    })
}

fn granule() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => Just(PAGE_SIZE),
        3 => Just(4 * PAGE_SIZE),
        3 => Just(0x1_0000),
        2 => Just(0x10_0000),
        // A few of them are all the memory there is.
        2 => Just(0x80_0000),
        // Too small, and not a power of two.
        1 => prop_oneof![Just(0), Just(0x800), Just(0x3000)],
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let vcm = || 0..CONTEXTS;
    let object = || 0..64_usize;
    // Most of them have what it takes.
    let demanding = || prop_oneof![3 => 0..2_usize, 1 => Just(4), 1 => vcm()];
    prop_oneof![
        5 => (vcm(), pages(), alloc(), wish())
            .prop_map(|(vcm, pages, alloc, res)| Step::MakeBinding { vcm, pages, alloc, res }),
        2 => object().prop_map(Step::DestroyBinding),
        3 => (vcm(), pages(), alloc())
            .prop_map(|(vcm, pages, flags)| Step::Alloc { vcm, pages, flags }),
        1 => object().prop_map(Step::Free),
        2 => (vcm(), pages(), wish())
            .prop_map(|(vcm, pages, flags)| Step::Reserve { vcm, pages, flags }),
        1 => object().prop_map(Step::Unreserve),
        4 => (demanding(), prop_oneof![pages(), 2000..4100_u32], granule(), alloc(), wish())
            .prop_map(|(vcm, pages, granule, alloc, res)| {
                Step::ReserveOnDemand { vcm, pages, granule, alloc, res }
            }),
        8 => (object(), 0..0x1_0000_u32).prop_map(|(res, page)| Step::PageIn { res, page }),
        3 => (object(), object()).prop_map(|(res, phys)| Step::Bind { res, phys }),
        2 => object().prop_map(Step::Unbind),
        4 => (vcm(), object(), wish())
            .prop_map(|(vcm, phys, flags)| Step::Map { vcm, phys, flags }),
        1 => object().prop_map(Step::Unmap),
        2 => (object(), alloc()).prop_map(|(phys, flags)| Step::Migrate { phys, flags }),
        3 => vcm().prop_map(Step::Activate),
        2 => vcm().prop_map(Step::Deactivate),
        1 => vcm().prop_map(Step::Destroy),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    let what = prop_oneof![
        Just(What::Bus),
        Just(What::Allocate),
        Just(What::Write),
        Just(What::Clock),
        Just(What::Copy),
        any::<bool>().prop_map(|unconfirmed| What::Operation { unconfirmed }),
    ];
    (what, 0..8_u32, any::<bool>()).prop_map(|(what, skip, lasting)| Fault {
        what,
        skip,
        lasting,
    })
}

/// A call, during one of five of which something fails.
pub(super) fn disturbed_step() -> impl Strategy<Value = (Step, Option<Fault>)> {
    (step(), prop::option::weighted(0.2, fault()))
}
