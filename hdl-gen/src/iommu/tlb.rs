//! Fully associative TLB for all four page sizes.
//!
//! One comparator a way serves lookups, invalidations and fills: in the cycle of an invalidation or
//! a fill there is no lookup (`busy`). A fill removes every entry that it overlaps, so that no two
//! entries ever answer the same lookup, whatever software forgot to invalidate.

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::Reg;

/// One way: an entry and its comparator.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct TlbWay {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Lookup, invalidation or fill key.
    pub key: Signal<In, Key>,
    /// Sizes to ignore beside the entry's own: the fill's.
    pub key_large: Signal<In, Bits<3>>,
    pub key_not_global: Signal<In, Bit>,
    pub command: Signal<In, TlbCommand>,
    /// A fill comes, into this way or another.
    pub fill: Signal<In, Bit>,
    /// The fill goes into this way.
    pub write: Signal<In, Bit>,
    pub translation: Signal<In, Translation>,
    pub hit: Signal<Out, Bit>,
    /// The entry if `hit`, else 0.
    pub result: Signal<Out, Translation>,
    valid: Reg<Bit>,
    entry: Reg<Translation>,
    span: Signal<Local, Bits<3>>,
    diff: Signal<Local, Bits<20>>,
    va_match: Signal<Local, Bit>,
    context_match: Signal<Local, Bit>,
    asid_match: Signal<Local, Bit>,
    is_global: Signal<Local, Bit>,
    by_asid: Signal<Local, Bit>,
    kill: Signal<Local, Bit>,
}

impl Logic for TlbWay {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, valid, entry);
        self.valid.reset.next = self.reset.val();
        self.entry.reset.next = self.reset.val();
        self.span.next = self.entry.q.val().large | self.key_large.val();
        self.diff.next = self.entry.q.val().vpn ^ self.key.val().vpn;
        self.va_match.next = !self.diff.val().get_bits::<8>(12).any()
            & (!self.diff.val().get_bits::<4>(8).any() | self.span.val().get_bit(2))
            & (!self.diff.val().get_bits::<4>(4).any() | self.span.val().get_bit(1))
            & (!self.diff.val().get_bits::<4>(0).any() | self.span.val().get_bit(0));
        self.context_match.next = self.entry.q.val().context == self.key.val().context;
        self.asid_match.next = self.entry.q.val().asid == self.key.val().asid;
        self.is_global.next = !self.entry.q.val().not_global;
        self.hit.next = self.valid.q.val()
            & self.va_match.val()
            & self.context_match.val()
            & (self.asid_match.val() | self.is_global.val());
        self.result.next = 0.into();
        if self.hit.val() {
            self.result.next = self.entry.q.val();
        }
        self.by_asid.next = (self.asid_match.val() & !self.is_global.val())
            | (!self.command.val().spare_global & self.is_global.val());
        self.kill.next = (!self.command.val().by_context | self.context_match.val())
            & (!self.command.val().by_va | self.va_match.val())
            & (!self.command.val().by_asid | self.by_asid.val());
        if self.command.val().invalidate & self.kill.val() {
            self.valid.d.next = false;
        }
        if self.fill.val()
            & self.va_match.val()
            & self.context_match.val()
            & (self.asid_match.val() | self.is_global.val() | !self.key_not_global.val())
        {
            self.valid.d.next = false;
        }
        if self.write.val() {
            self.valid.d.next = true;
            self.entry.d.next = self.translation.val();
        }
    }
}

/// What the comparators compare with in this cycle.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct KeySelect {
    pub lookup: Signal<In, Key>,
    pub command: Signal<In, TlbCommand>,
    pub fill: Signal<In, Bit>,
    pub translation: Signal<In, Translation>,
    pub key: Signal<Out, Key>,
    pub span: Signal<Out, Bits<3>>,
}

impl Logic for KeySelect {
    #[hdl_gen]
    fn update(&mut self) {
        self.key.next = self.lookup.val();
        self.span.next = 0.into();
        if self.command.val().invalidate {
            self.key.next.context = self.command.val().context;
            self.key.next.asid = self.command.val().asid;
            self.key.next.vpn = self.command.val().vpn;
        }
        if self.fill.val() {
            self.key.next.context = self.translation.val().context;
            self.key.next.asid = self.translation.val().asid;
            self.key.next.vpn = self.translation.val().vpn;
            self.span.next = self.translation.val().large;
        }
    }
}

/// The TLB. `hit` and `result` answer `key` in the same cycle, unless `busy`.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Tlb {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub key: Signal<In, Key>,
    pub busy: Signal<Out, Bit>,
    pub hit: Signal<Out, Bit>,
    pub result: Signal<Out, Translation>,
    pub command: Signal<In, TlbCommand>,
    /// One cycle; not together with `command.invalidate`.
    pub fill: Signal<In, Bit>,
    pub translation: Signal<In, Translation>,
    select: KeySelect,
    way: [TlbWay; TLB_ENTRIES],
    /// Next way to be replaced.
    victim: Reg<Bits<TLB_BITS>>,
    any: Signal<Local, Bit>,
    merged: Signal<Local, Translation>,
}

impl Logic for Tlb {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, victim);
        self.victim.reset.next = self.reset.val();
        self.busy.next = self.command.val().invalidate | self.fill.val();
        self.select.lookup.next = self.key.val();
        self.select.command.next = self.command.val();
        self.select.fill.next = self.fill.val();
        self.select.translation.next = self.translation.val();
        if self.fill.val() {
            self.victim.d.next = self.victim.q.val() + 1;
        }
        self.any.next = false;
        self.merged.next = 0.into();
        for i in 0..TLB_ENTRIES {
            self.way[i].clock.next = self.clock.val();
            self.way[i].reset.next = self.reset.val();
            self.way[i].key.next = self.select.key.val();
            self.way[i].key_large.next = self.select.span.val();
            self.way[i].key_not_global.next = self.translation.val().not_global;
            self.way[i].command.next = self.command.val();
            self.way[i].fill.next = self.fill.val();
            self.way[i].write.next = self.fill.val() & (self.victim.q.val() == i.to_bits());
            self.way[i].translation.next = self.translation.val();
            self.any.next = self.any.val() | self.way[i].hit.val();
            self.merged.next = self.merged.val() | self.way[i].result.val();
        }
        self.hit.next = self.any.val();
        self.result.next = self.merged.val();
    }
}
