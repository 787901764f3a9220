//! The micro-TLB of a path: resolved translations, looked up in one cycle.
//!
//! What is compared stands in flip-flops, one comparator a way; what is only read stands in
//! distributed RAM and is read a cycle later, by way. A fill uses the comparators too: it removes
//! the entries that it overlaps, so that never two answer, and there is no lookup in its cycle.

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
    pub owner: Signal<In, Bits<CONTEXT_BITS>>,
    pub vpn: Signal<In, Bits<20>>,
    /// Sizes to ignore beside the entry's own: the fill's.
    pub span: Signal<In, Bits<3>>,
    /// {instruction, privileged}.
    pub access: Signal<In, Bits<2>>,
    /// A fill comes, into this way or another.
    pub fill: Signal<In, Bit>,
    /// The fill goes into this way.
    pub write: Signal<In, Bit>,
    pub size: Signal<In, Bits<3>>,
    pub allow: Signal<In, Bits<4>>,
    pub flush: Signal<In, Bit>,
    /// The entry translates the page, and allows the access.
    pub hit: Signal<Out, Bit>,
    held: Reg<Bit>,
    tag_context: Reg<Bits<CONTEXT_BITS>>,
    tag_vpn: Reg<Bits<20>>,
    tag_large: Reg<Bits<3>>,
    tag_allow: Reg<Bits<4>>,
    ignore: Signal<Local, Bits<3>>,
    diff: Signal<Local, Bits<20>>,
    covers: Signal<Local, Bit>,
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
            tag_allow
        );
        self.held.reset.next = self.reset.val();
        self.tag_context.reset.next = self.reset.val();
        self.tag_vpn.reset.next = self.reset.val();
        self.tag_large.reset.next = self.reset.val();
        self.tag_allow.reset.next = self.reset.val();
        self.ignore.next = self.tag_large.q.val() | self.span.val();
        self.diff.next = self.tag_vpn.q.val() ^ self.vpn.val();
        self.covers.next = self.held.q.val()
            & (self.tag_context.q.val() == self.owner.val())
            & !self.diff.val().get_bits::<8>(12).any()
            & (!self.diff.val().get_bits::<4>(8).any() | self.ignore.val().get_bit(2))
            & (!self.diff.val().get_bits::<4>(4).any() | self.ignore.val().get_bit(1))
            & (!self.diff.val().get_bits::<4>(0).any() | self.ignore.val().get_bit(0));
        self.hit.next =
            self.covers.val() & self.tag_allow.q.val().get_bit(self.access.val().index());
        if self.fill.val() & self.covers.val() {
            self.held.d.next = false;
        }
        if self.write.val() {
            self.held.d.next = true;
            self.tag_context.d.next = self.owner.val();
            self.tag_vpn.d.next = self.vpn.val();
            self.tag_large.d.next = self.size.val();
            self.tag_allow.d.next = self.allow.val();
        }
        if self.flush.val() {
            self.held.d.next = false;
        }
    }
}

/// The micro-TLB. `hit` and `way` answer the last cycle's `owner` (a context) and `vpn`, and this one's
/// `access`, unless `fill`. A flush drops all entries, and a fill in its cycle.
///
/// The memory of pages holds the answers for the slots too: what goes to memory needs one or the other.
#[derive(LogicBlock, Default)]
pub struct MicroTlb {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
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
    /// What is looked up; for a fill, its page.
    key_context: Reg<Bits<CONTEXT_BITS>>,
    key_vpn: Reg<Bits<20>>,
    /// Sizes to ignore: the fill's.
    key_span: Reg<Bits<3>>,
    write: Signal<Local, Bit>,
    any: Signal<Local, Bit>,
    index: Signal<Local, Bits<MICRO_BITS>>,
}

impl Logic for MicroTlb {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, victim, key_context, key_vpn, key_span);
        self.key_context.reset.next = self.reset.val();
        self.key_vpn.reset.next = self.reset.val();
        self.key_span.reset.next = self.reset.val();
        self.victim.reset.next = self.reset.val();
        self.key_context.d.next = self.owner.val();
        self.key_vpn.d.next = self.vpn.val();
        self.key_span.d.next = 0.into();
        if self.fills.val() {
            self.key_context.d.next = self.entry.val().context;
            self.key_vpn.d.next = self.entry.val().vpn;
            self.key_span.d.next = self.entry.val().large;
        }
        if self.fill.val() {
            self.victim.d.next = self.victim.q.val() + 1;
        }
        self.write.next = self.fill.val()
            & !self.flush.val()
            & !(self.keep.val()
                & (bit_cast::<{ MICRO_BITS + 1 }, MICRO_BITS>(self.victim.q.val())
                    == self.page_at.val()));
        self.any.next = false;
        self.index.next = 0.into();
        for i in 0..MICRO_ENTRIES {
            self.tag[i].clock.next = self.clock.val();
            self.tag[i].reset.next = self.reset.val();
            self.tag[i].owner.next = self.key_context.q.val();
            self.tag[i].vpn.next = self.key_vpn.q.val();
            self.tag[i].span.next = self.key_span.q.val();
            self.tag[i].access.next = self.access.val();
            self.tag[i].fill.next = self.fill.val();
            self.tag[i].write.next = self.write.val() & (self.victim.q.val() == i.to_bits());
            self.tag[i].size.next = self.entry.val().large;
            self.tag[i].allow.next = self.entry.val().allow;
            self.tag[i].flush.next = self.flush.val();
            self.any.next = self.any.val() | self.tag[i].hit.val();
            if self.tag[i].hit.val() {
                self.index.next = self.index.val() | i.to_bits();
            }
        }
        self.hit.next = self.any.val();
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
