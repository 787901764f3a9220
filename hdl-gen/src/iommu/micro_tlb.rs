//! The micro-TLB of a path: resolved translations, looked up in one cycle.
//!
//! What is compared stands in flip-flops, one comparator a way, whose result goes to a flip-flop; what
//! is only read stands in distributed RAM and is read a cycle later, by way. A fill uses the comparators
//! too: it removes the entries that it overlaps, so that never two answer.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// What a way says of a page, beside what is compared; or an answer, of the burst in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct MicroPage {
    pub in_context: Bit,
    pub context: Bits<CONTEXT_BITS>,
    pub ppn: Bits<20>,
    pub large: Bits<3>,
    pub cache: Bits<4>,
    pub keep_cache: Bit,
}

/// One way: a tag and its comparator.
#[derive(LogicBlock, Default)]
pub struct MicroWay {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Compare, for the next cycles.
    pub load: Signal<In, Bit>,
    pub owner: Signal<In, Bits<CONTEXT_BITS>>,
    pub vpn: Signal<In, Bits<20>>,
    /// {instruction, privileged}.
    pub access: Signal<In, Bits<2>>,
    /// What comes is an entry: any that overlaps it matches, whoever may use that.
    pub fills: Signal<In, Bit>,
    pub entry: Signal<In, MicroEntry>,
    /// A cycle after `fills`, if nothing forbids it: the entry goes into this way or another.
    pub fill: Signal<In, Bit>,
    /// It goes into this way.
    pub write: Signal<In, Bit>,
    pub flush: Signal<In, Bit>,
    /// The entry translates the page, and allows the access.
    pub hit: Signal<Out, Bit>,
    held: Reg<Bit>,
    tag_context: Reg<Bits<CONTEXT_BITS>>,
    tag_vpn: Reg<Bits<20>>,
    tag_large: Reg<Bits<3>>,
    tag_allow: Reg<Bits<4>>,
    matched: Reg<Bit>,
    ignore: Signal<Local, Bits<3>>,
    diff: Signal<Local, Bits<20>>,
    /// What keeps the way from matching: one wide OR, which has no order.
    differs: Signal<Local, Bits<15>>,
}

impl Logic for MicroWay {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            held,
            tag_context,
            tag_vpn,
            tag_large,
            tag_allow,
            matched
        );
        self.held.reset.next = self.reset.val();
        self.tag_context.reset.next = self.reset.val();
        self.tag_vpn.reset.next = self.reset.val();
        self.tag_large.reset.next = self.reset.val();
        self.tag_allow.reset.next = self.reset.val();
        self.matched.reset.next = self.reset.val();
        self.ignore.next = self.tag_large.q.val();
        if self.fills.val() {
            self.ignore.next = self.tag_large.q.val() | self.entry.val().large;
        }
        self.diff.next = self.tag_vpn.q.val() ^ self.vpn.val();
        self.differs.next = bit_cast::<15, 8>(self.diff.val().get_bits::<8>(12))
            | (bit_cast::<15, CONTEXT_BITS>(self.tag_context.q.val() ^ self.owner.val()) << 8);
        if self.diff.val().get_bits::<4>(0).any() & !self.ignore.val().get_bit(0) {
            self.differs.next = self.differs.val() | 0x800;
        }
        if self.diff.val().get_bits::<4>(4).any() & !self.ignore.val().get_bit(1) {
            self.differs.next = self.differs.val() | 0x1000;
        }
        if self.diff.val().get_bits::<4>(8).any() & !self.ignore.val().get_bit(2) {
            self.differs.next = self.differs.val() | 0x2000;
        }
        if !self.held.q.val()
            | (!self.fills.val() & !self.tag_allow.q.val().get_bit(self.access.val().index()))
        {
            self.differs.next = self.differs.val() | 0x4000;
        }
        if self.load.val() {
            self.matched.d.next = !self.differs.val().any();
        }
        self.hit.next = self.matched.q.val();
        if self.fill.val() & self.matched.q.val() {
            self.held.d.next = false;
        }
        if self.write.val() {
            self.held.d.next = true;
            self.tag_context.d.next = self.entry.val().context;
            self.tag_vpn.d.next = self.entry.val().vpn;
            self.tag_large.d.next = self.entry.val().large;
            self.tag_allow.d.next = self.entry.val().allow;
        }
        if self.flush.val() {
            self.held.d.next = false;
        }
    }
}

/// The micro-TLB. `hit` and `way` answer what `owner` (a context), `vpn` and `access` said at the last
/// `load`, as long as the entries are the same: after `fills`, `fill` and `flush` there must be another
/// `load`. A flush drops all entries, and a fill in its cycle.
///
/// The memory of pages holds the answers for the slots too: what goes to memory needs one or the other.
#[derive(LogicBlock, Default)]
pub struct MicroTlb {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub load: Signal<In, Bit>,
    pub owner: Signal<In, Bits<CONTEXT_BITS>>,
    pub vpn: Signal<In, Bits<20>>,
    /// {instruction, privileged}.
    pub access: Signal<In, Bits<2>>,
    pub hit: Signal<Out, Bit>,
    pub way: Signal<Out, Bits<MICRO_BITS>>,
    /// The page that a way holds, or, from [`MICRO_ENTRIES`] on, a slot.
    pub page_at: Signal<In, Bits<{ MICRO_BITS + 1 }>>,
    pub page: Signal<Out, MicroPage>,
    /// `page` must not change: a fill of that way is dropped.
    pub keep: Signal<In, Bit>,
    /// `entry` is to be filled in, in the cycle after `fills`.
    pub fills: Signal<In, Bit>,
    pub fill: Signal<In, Bit>,
    pub entry: Signal<In, MicroEntry>,
    /// `entry` is the answer for slot `slot`; not with `fill`.
    pub answer: Signal<In, Bit>,
    pub slot: Signal<In, Bits<SLOT_BITS>>,
    /// Of `entry`.
    pub in_context: Signal<In, Bit>,
    pub flush: Signal<In, Bit>,
    tag: [MicroWay; MICRO_ENTRIES],
    pages: LutRam<MicroPage, { MICRO_BITS + 1 }>,
    /// Next way to be replaced.
    victim: Reg<Bits<MICRO_BITS>>,
    /// What is looked up: for a fill, its page.
    looked_context: Signal<Local, Bits<CONTEXT_BITS>>,
    looked_vpn: Signal<Local, Bits<20>>,
    write: Signal<Local, Bit>,
    hits: Signal<Local, Bits<MICRO_ENTRIES>>,
    index: Signal<Local, Bits<MICRO_BITS>>,
}

impl Logic for MicroTlb {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, victim);
        self.victim.reset.next = self.reset.val();
        self.looked_context.next = self.owner.val();
        self.looked_vpn.next = self.vpn.val();
        if self.fills.val() {
            self.looked_context.next = self.entry.val().context;
            self.looked_vpn.next = self.entry.val().vpn;
        }
        if self.fill.val() {
            self.victim.d.next = self.victim.q.val() + 1;
        }
        self.write.next = self.fill.val()
            & !self.flush.val()
            & !(self.keep.val()
                & (bit_cast::<{ MICRO_BITS + 1 }, MICRO_BITS>(self.victim.q.val())
                    == self.page_at.val()));
        self.hits.next = 0.into();
        self.index.next = 0.into();
        for i in 0..MICRO_ENTRIES {
            self.tag[i].clock.next = self.clock.val();
            self.tag[i].reset.next = self.reset.val();
            // `load` comes late in the cycle: it enables, and chooses nothing.
            self.tag[i].load.next = self.load.val() | self.fills.val();
            self.tag[i].owner.next = self.looked_context.val();
            self.tag[i].vpn.next = self.looked_vpn.val();
            self.tag[i].access.next = self.access.val();
            self.tag[i].fills.next = self.fills.val();
            self.tag[i].entry.next = self.entry.val();
            self.tag[i].fill.next = self.fill.val();
            self.tag[i].write.next = self.write.val() & (self.victim.q.val() == i.to_bits());
            self.tag[i].flush.next = self.flush.val();
            self.hits.next = self.hits.val().replace_bit(i, self.tag[i].hit.val());
            if self.tag[i].hit.val() {
                self.index.next = self.index.val() | i.to_bits();
            }
        }
        self.hit.next = self.hits.val().any();
        self.way.next = self.index.val();
        self.pages.clock.next = self.clock.val();
        self.pages.write.next = self.write.val() | self.answer.val();
        self.pages.write_address.next =
            bit_cast::<{ MICRO_BITS + 1 }, MICRO_BITS>(self.victim.q.val());
        if self.answer.val() {
            self.pages.write_address.next =
                bit_cast::<{ MICRO_BITS + 1 }, SLOT_BITS>(self.slot.val()) | 8;
        }
        self.pages.write_data.next.in_context = self.in_context.val();
        self.pages.write_data.next.context = self.entry.val().context;
        self.pages.write_data.next.ppn = self.entry.val().ppn;
        self.pages.write_data.next.large = self.entry.val().large;
        self.pages.write_data.next.cache = self.entry.val().cache;
        self.pages.write_data.next.keep_cache = self.entry.val().keep_cache;
        self.pages.read_address.next = self.page_at.val();
        self.page.next = self.pages.read_data.val();
    }
}
