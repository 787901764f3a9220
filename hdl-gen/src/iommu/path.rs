//! The front half of a path, the same for reads and writes: from the master's address channel to
//! memory's, and the faults that come out of it.

use rust_hdl::prelude::*;

use super::codes::FaultCodes;
use super::config::*;
use super::intake::Intake;
use super::micro_tlb::MicroTlb;
use super::outstanding::OutstandingTable;
use super::slots::Slots;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// Sends each burst to memory or to the terminator.
///
/// ```text
///            cycle   0        1          2
/// s_valid/ready    ‾‾\__
/// stage B                 ‾‾‾‾\__
/// m_valid, issue                    ‾‾‾‾\__     (m_valid until m_ready)
/// ```
///
/// A burst that hits in the micro-TLB, or is bypassed, passes at once. One that misses parks in a slot
/// in the next cycle. One that hits but must not overtake a slot waits, if that will soon leave; else
/// it parks too. A slot that is ready goes before stage B. While the micro-TLB is filled, and in the cycle
/// after, nothing passes from stage B: the burst there is looked up anew.
///
/// A slot that is to be refused is judged when the output register is free for a cycle, as its burst
/// is read through that: it ends if nothing of its ID is outstanding, or stalls.
///
/// ```text
///            cycle   0        1        2        3        4    5
/// refused          ‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\__
/// looking                  ‾‾‾‾‾\__
/// comparing                         ‾‾‾‾‾\__
/// checked                                    ‾‾‾‾‾\__
/// fault_valid                                         ‾‾‾‾\__   (until fault_ready)
/// terminate                                                ‾‾‾‾\__
/// ```
///
/// Responses of one ID stay in order, between memory and terminator too: a burst goes to the
/// terminator only when nothing of its ID is outstanding to memory, and its slot holds back its ID
/// until the terminator has answered. Writes leave in the order in which they came.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Path {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// A write path, wired.
    pub write: Signal<In, Bit>,
    pub s_valid: Signal<In, Bit>,
    pub s_ready: Signal<Out, Bit>,
    pub s_burst: Signal<In, Burst>,
    pub m_valid: Signal<Out, Bit>,
    pub m_ready: Signal<In, Bit>,
    pub m_burst: Signal<Out, Burst>,
    /// First cycle of `m_valid`.
    pub issue: Signal<Out, Bit>,
    /// Length of the burst of `issue` (write path) or `terminate` (read path).
    pub leaving_len: Signal<Out, Bits<8>>,
    /// One cycle: a burst goes to the terminator.
    pub terminate: Signal<Out, Bit>,
    pub terminate_id: Signal<Out, Bits<ID_BITS>>,
    pub terminate_resp: Signal<Out, Bits<2>>,
    /// From the cycle after `terminate` until the burst has been answered.
    pub terminator_busy: Signal<In, Bit>,
    /// Combinational look-up of a stream's route.
    pub stream: Signal<Out, Bits<STREAM_BITS>>,
    pub route: Signal<In, Route>,
    pub ask: Signal<Out, Bit>,
    pub request: Signal<Out, Ask>,
    pub taken: Signal<In, Bit>,
    /// One cycle: a walk began for the slot of `answered_lookup`, whose answer comes when it is over.
    pub began: Signal<In, Bit>,
    pub answer: Signal<In, Bit>,
    pub answered_lookup: Signal<In, LookupAnswer>,
    /// With `answer`, and of the same page. Of answers in a row only the last one's counts.
    pub fill: Signal<In, Bit>,
    pub fill_entry: Signal<In, MicroEntry>,
    pub flush: Signal<In, Flush>,
    pub mark: Signal<In, TlbCommand>,
    pub wake: Signal<In, Bits<WALKS>>,
    /// The walk of this `wake` was at fault.
    pub failed: Signal<In, Bit>,
    /// A burst goes first: of this path; of some path, or V2P does. Nobody else asks.
    pub urgent: Signal<Out, Bit>,
    pub rush: Signal<In, Bit>,
    pub resume: Signal<In, Resume>,
    pub limits: Signal<In, StallLimits>,
    /// Ticks; each value lasts at least as many cycles as there are slots.
    pub now: Signal<In, Bits<16>>,
    /// Contexts with a stalled burst, up to 8 cycles late.
    pub stalled: Signal<Out, Bits<CONTEXTS>>,
    /// Memory has a response beat; it stays until it passes to the master.
    pub offered: Signal<In, Bit>,
    /// It passes.
    pub response: Signal<In, Bit>,
    pub response_id: Signal<In, Bits<ID_BITS>>,
    pub response_resp: Signal<In, Bits<2>>,
    pub response_last: Signal<In, Bit>,
    /// It may not pass, unless the master has seen it. From registers, as is `malformed`.
    pub blocked: Signal<Out, Bit>,
    /// The burst that it answers was malformed by its master.
    pub malformed: Signal<Out, Bit>,
    pub data_done: Signal<In, Bit>,
    pub data_malformed: Signal<In, Bit>,
    /// Memory has had all W beats of a burst, but WLAST has not come.
    pub data_late: Signal<In, Bit>,
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    pub waits_any: Signal<Out, Bit>,
    /// A fault of a burst that was terminated or stalls; held until `fault_ready`.
    pub fault_valid: Signal<Out, Bit>,
    pub fault_ready: Signal<In, Bit>,
    pub fault: Signal<Out, Fault>,
    /// A fault of a burst that memory refused, or that was malformed; held until `late_ready`. There
    /// is place for one: until it is free again, responses are `blocked`, so that none is lost.
    pub late_valid: Signal<Out, Bit>,
    pub late_ready: Signal<In, Bit>,
    pub late: Signal<Out, Fault>,
    pub count_burst: Signal<Out, Bit>,
    /// A cycle late.
    pub count_hit: Signal<Out, Bit>,
    pub count_miss: Signal<Out, Bit>,
    /// Some burst stands stalled.
    pub count_stalling: Signal<Out, Bit>,
    intake: Intake,
    micro: MicroTlb,
    slots: Slots,
    outstanding: OutstandingTable,
    code: FaultCodes,
    /// Bursts as the master sent them: those in slots, and from [`SLOTS`] on the one that passed.
    bursts: LutRam<Burst, { SLOT_BITS + 1 }>,
    out_valid: Reg<Bit>,
    /// First cycle of `out_valid`.
    out_new: Reg<Bit>,
    out_place: Reg<Bits<{ SLOT_BITS + 1 }>>,
    /// Its way of the micro-TLB, or from [`MICRO_ENTRIES`] on its slot.
    out_page: Reg<Bits<{ MICRO_BITS + 1 }>>,
    out_bypass: Reg<Bit>,
    /// The translator's answer, and what it gives the micro-TLB in the cycle after.
    answer_valid: Reg<Bit>,
    answer_stale: Reg<Bit>,
    walk_began: Reg<Bit>,
    began_slot: Reg<Bits<SLOT_BITS>>,
    answer_held: Reg<LookupAnswer>,
    filling: Reg<Bit>,
    fills: Reg<Bit>,
    /// The micro-TLB was filled: the burst in stage B is looked up anew.
    filled: Reg<Bit>,
    fill_vpn: Reg<Bits<20>>,
    fill_large: Reg<Bits<3>>,
    fill_allow: Reg<Bits<4>>,
    woken: Reg<Bits<WALKS>>,
    hastens: Reg<Bit>,
    /// The burst in stage B cannot pass: it parks.
    missed: Reg<Bit>,
    missed_hit: Reg<Bit>,
    counts_hit: Reg<Bit>,
    counts_miss: Reg<Bit>,
    /// Bursts in the output register and outstanding, but for one that is new there.
    issued: Reg<Bits<4>>,
    /// One is no longer outstanding.
    released: Reg<Bit>,
    /// The burst of this slot is with the terminator.
    terminating: Reg<Bit>,
    /// A burst was judged to end, and waits until its fault has been taken.
    ended: Reg<Bit>,
    terminating_slot: Reg<Bits<SLOT_BITS>>,
    /// The refused burst is at the output register.
    looking: Reg<Bit>,
    /// Its ID is compared with those of what is outstanding.
    comparing: Reg<Bit>,
    /// It is known whether it may end, or stalls.
    checked: Reg<Bit>,
    /// Nothing of its ID was outstanding.
    clear: Reg<Bit>,
    doomed: Reg<Bit>,
    refused_len: Reg<Bits<8>>,
    /// Another burst may stall.
    may_stall: Reg<Bit>,
    fault_full: Reg<Bit>,
    fault_held: Reg<Fault>,
    translates: Signal<Local, Bit>,
    through: Signal<Local, Bit>,
    steady: Signal<Local, Bit>,
    /// The burst in stage B missed, and parks if there is no flush.
    parking: Signal<Local, Bit>,
    parks: Signal<Local, Bit>,
    out_free: Signal<Local, Bit>,
    may_go: Signal<Local, Bit>,
    may_issue: Signal<Local, Bit>,
    may_pass: Signal<Local, Bit>,
    passes: Signal<Local, Bit>,
    issues: Signal<Local, Bit>,
    is_full: Signal<Local, Bit>,
    from_slot: Signal<Local, Bit>,
    refusal: Signal<Local, Fault>,
    entry: Signal<Local, MicroEntry>,
    missing: Signal<Local, Bit>,
    gives: Signal<Local, Bit>,
    answered_slot: Signal<Local, Bit>,
    claims: Signal<Local, Bit>,
    judges: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    goes: Signal<Local, Bit>,
    announces: Signal<Local, Bit>,
    place: Signal<Local, Bits<{ SLOT_BITS + 1 }>>,
    out_addr: Signal<Local, Bits<32>>,
    out_prot: Signal<Local, Bits<3>>,
    vpn: Signal<Local, Bits<20>>,
    span: Signal<Local, Bits<3>>,
    page: Signal<Local, Bits<20>>,
    sent: Signal<Local, Burst>,
}

impl Logic for Path {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            out_valid,
            out_new,
            out_place,
            out_page,
            out_bypass,
            answer_valid,
            answer_stale,
            walk_began,
            began_slot,
            answer_held,
            filling,
            fills,
            filled,
            fill_vpn,
            fill_large,
            fill_allow,
            woken,
            hastens,
            missed,
            missed_hit,
            counts_hit,
            counts_miss,
            issued,
            released,
            terminating,
            ended,
            terminating_slot,
            looking,
            comparing,
            checked,
            clear,
            doomed,
            refused_len,
            may_stall,
            fault_full,
            fault_held
        );
        self.out_valid.reset.next = self.reset.val();
        self.out_new.reset.next = self.reset.val();
        self.out_place.reset.next = self.reset.val();
        self.out_page.reset.next = self.reset.val();
        self.out_bypass.reset.next = self.reset.val();
        self.answer_valid.reset.next = self.reset.val();
        self.answer_stale.reset.next = self.reset.val();
        self.walk_began.reset.next = self.reset.val();
        self.began_slot.reset.next = self.reset.val();
        self.answer_held.reset.next = self.reset.val();
        self.filling.reset.next = self.reset.val();
        self.fills.reset.next = self.reset.val();
        self.filled.reset.next = self.reset.val();
        self.fill_vpn.reset.next = self.reset.val();
        self.fill_large.reset.next = self.reset.val();
        self.fill_allow.reset.next = self.reset.val();
        self.woken.reset.next = self.reset.val();
        self.hastens.reset.next = self.reset.val();
        self.missed.reset.next = self.reset.val();
        self.missed_hit.reset.next = self.reset.val();
        self.counts_hit.reset.next = self.reset.val();
        self.counts_miss.reset.next = self.reset.val();
        self.issued.reset.next = self.reset.val();
        self.released.reset.next = self.reset.val();
        self.ended.reset.next = self.reset.val();
        self.terminating.reset.next = self.reset.val();
        self.terminating_slot.reset.next = self.reset.val();
        self.looking.reset.next = self.reset.val();
        self.comparing.reset.next = self.reset.val();
        self.checked.reset.next = self.reset.val();
        self.clear.reset.next = self.reset.val();
        self.doomed.reset.next = self.reset.val();
        self.refused_len.reset.next = self.reset.val();
        self.may_stall.reset.next = self.reset.val();
        self.fault_full.reset.next = self.reset.val();
        self.fault_held.reset.next = self.reset.val();

        // Stage A.
        self.intake.clock.next = self.clock.val();
        self.intake.reset.next = self.reset.val();
        self.intake.in_valid.next = self.s_valid.val();
        self.intake.in_burst.next = self.s_burst.val();
        self.s_ready.next = self.intake.in_ready.val();
        self.stream.next = self.intake.stream.val();
        self.intake.route.next = self.route.val();
        self.intake.flush.next = self.flush.val().valid;
        self.count_burst.next = self.s_valid.val() & self.intake.in_ready.val();

        // The translator's answer.
        self.answer_valid.d.next = self.answer.val();
        self.answer_stale.d.next = self.flush.val().valid;
        self.walk_began.d.next = self.began.val();
        self.began_slot.d.next = self.answered_lookup.val().slot;
        self.filling.d.next = self.answer.val() & self.fill.val() & !self.flush.val().valid;
        self.gives.next = self.filling.q.val() & !self.answer.val();
        self.fills.d.next = self.gives.val() & !self.flush.val().valid;
        self.filled.d.next = self.fills.q.val();
        if self.answer.val() {
            self.answer_held.d.next = self.answered_lookup.val();
            self.fill_vpn.d.next = self.fill_entry.val().vpn;
            self.fill_allow.d.next = self.fill_entry.val().allow;
            self.fill_large.d.next = 0.into();
            if self.fill.val() {
                self.fill_large.d.next = self.fill_entry.val().large;
            }
        }
        self.woken.d.next = self.wake.val();
        self.hastens.d.next = self.failed.val() & !self.rush.val();
        self.entry.next.context = self.answer_held.q.val().context;
        self.entry.next.vpn = self.fill_vpn.q.val();
        self.entry.next.large = self.fill_large.q.val();
        self.entry.next.ppn = self.answer_held.q.val().page;
        self.entry.next.allow = self.fill_allow.q.val();
        self.entry.next.cache = self.answer_held.q.val().cache;
        self.entry.next.keep_cache = self.answer_held.q.val().keep_cache;

        // A refused burst takes the output register for a cycle.
        self.claims.next = self.slots.refused.val()
            & !self.looking.q.val()
            & !self.comparing.q.val()
            & !self.checked.q.val()
            & !self.fault_full.q.val();

        // Stage B: the burst passes, parks, or waits.
        self.micro.clock.next = self.clock.val();
        self.micro.reset.next = self.reset.val();
        self.micro.load.next = self.intake.loads.val();
        self.micro.owner.next = self.intake.next_context.val();
        self.micro.vpn.next = self.intake.next_vpn.val();
        self.micro.fills.next = self.gives.val();
        self.micro.access.next = self.intake.next_access.val();
        self.micro.page_at.next = self.out_page.q.val();
        self.micro.keep.next = self.out_valid.q.val();
        self.micro.fill.next = self.fills.q.val();
        self.micro.entry.next = self.entry.val();
        self.micro.answer.next = self.slots.accepts.val();
        self.micro.slot.next = self.answer_held.q.val().slot;
        self.micro.in_context.next = self.answer_held.q.val().in_context;
        self.micro.flush.next = self.flush.val().valid;
        self.translates.next = self.intake.routed.val().translate
            & !self.intake.routed.val().bypass
            & !self.intake.illegal.val();
        self.through.next = !self.intake.illegal.val()
            & (self.intake.routed.val().bypass
                | (self.intake.routed.val().translate & self.micro.hit.val()));
        self.parking.next = self.missed.q.val() & self.slots.room.val();
        self.steady.next = self.intake.out_valid.val()
            & !self.parking.val()
            & !self.fills.q.val()
            & !self.filled.q.val()
            & !self.flush.val().valid;
        self.out_free.next = !self.out_valid.q.val() | self.m_ready.val();
        // `out_free` comes late in the cycle: it is the last to be looked at.
        self.is_full.next =
            self.issued.q.val().get_bit(3) | (self.out_new.q.val() & (self.issued.q.val() == 7));
        self.may_go.next = !self.is_full.val() & !self.flush.val().valid & !self.claims.val();
        self.may_issue.next = self.slots.act.val() & self.may_go.val();
        self.may_pass.next = self.steady.val()
            & self.may_go.val()
            & !self.slots.act.val()
            & !self.slots.same.val()
            & self.through.val();
        self.issues.next = self.may_issue.val() & self.out_free.val();
        self.passes.next = self.may_pass.val() & self.out_free.val();
        // What hits does not park behind bursts that will leave soon: it waits, and passes after them.
        self.missing.next = self.steady.val() & (self.slots.slow.val() | !self.through.val());
        self.missed.d.next = self.missing.val();
        self.missed_hit.d.next = self.translates.val() & self.micro.hit.val();
        self.parks.next = self.parking.val() & !self.flush.val().valid;
        self.intake.out_taken.next = self.passes.val() | self.parks.val();
        self.intake.again.next = self.filled.q.val();
        self.counts_hit.d.next = (self.passes.val() & self.translates.val())
            | (self.parks.val() & self.missed_hit.q.val());
        self.counts_miss.d.next =
            self.parks.val() & self.translates.val() & !self.missed_hit.q.val();
        self.count_hit.next = self.counts_hit.q.val();
        self.count_miss.next = self.counts_miss.q.val();

        // The miss table.
        self.slots.clock.next = self.clock.val();
        self.slots.reset.next = self.reset.val();
        self.slots.write.next = self.write.val();
        self.slots.burst.next = self.intake.burst.val();
        self.slots.illegal.next = self.intake.illegal.val();
        self.slots.park.next = self.parks.val();
        self.ask.next = self.slots.ask.val();
        self.request.next = self.slots.request.val();
        self.slots.taken.next = self.taken.val();
        self.slots.began.next = self.walk_began.q.val();
        self.slots.began_slot.next = self.began_slot.q.val();
        self.slots.answer.next = self.answer_valid.q.val();
        self.slots.answered.next = self.answer_held.q.val();
        self.slots.stale.next = self.answer_stale.q.val();
        self.slots.wake.next = self.woken.q.val();
        self.slots.hastens.next = self.hastens.q.val();
        self.slots.rush.next = self.rush.val();
        self.urgent.next = self.slots.urgent.val();
        self.slots.flush.next = self.flush.val().valid;
        self.slots.leave.next = self.issues.val();
        self.slots.resume.next = self.resume.val();
        self.slots.ticks.next = self.limits.val().ticks;
        self.slots.now.next = self.now.val();
        self.stalled.next = self.slots.stalled.val();
        self.count_stalling.next = self.slots.any_stalled.val();

        // The output register.
        self.out_new.d.next = self.issues.val() | self.passes.val();
        if self.m_ready.val() {
            self.out_valid.d.next = false;
        }
        // A burst that parks is written in its second cycle in stage B.
        self.place.next = 4.into();
        if self.parking.val() {
            self.place.next = bit_cast::<{ SLOT_BITS + 1 }, SLOT_BITS>(self.slots.place.val());
        }
        self.bursts.clock.next = self.clock.val();
        self.bursts.write.next = self.out_free.val() | self.parking.val();
        self.bursts.write_address.next = self.place.val();
        self.bursts.write_data.next = self.intake.burst.val();
        self.bursts.read_address.next = self.out_place.q.val();
        if self.out_free.val() {
            self.out_place.d.next = 4.into();
            self.out_page.d.next = bit_cast::<{ MICRO_BITS + 1 }, MICRO_BITS>(self.micro.way.val());
            self.out_bypass.d.next = self.intake.routed.val().bypass;
            if self.slots.act.val() {
                self.out_place.d.next =
                    bit_cast::<{ SLOT_BITS + 1 }, SLOT_BITS>(self.slots.act_slot.val());
                self.out_page.d.next =
                    bit_cast::<{ MICRO_BITS + 1 }, SLOT_BITS>(self.slots.act_slot.val()) | 8;
                self.out_bypass.d.next = false;
            }
            if self.claims.val() {
                self.out_place.d.next =
                    bit_cast::<{ SLOT_BITS + 1 }, SLOT_BITS>(self.slots.refused_slot.val());
            }
        }
        if self.issues.val() | self.passes.val() {
            self.out_valid.d.next = true;
        }
        self.from_slot.next = !self.out_place.q.val().get_bit(2);
        self.out_addr.next = self.bursts.read_data.val().addr;
        self.out_prot.next = self.bursts.read_data.val().prot;
        self.vpn.next = self.out_addr.val().get_bits::<20>(12);
        self.span.next = self.micro.page.val().large;
        self.page.next = self.micro.page.val().ppn;
        if self.span.val().get_bit(0) {
            self.page.next = (self.page.val() & 0xFFFF0) | (self.vpn.val() & 0x0000F);
        }
        if self.span.val().get_bit(1) {
            self.page.next = (self.page.val() & 0xFFF0F) | (self.vpn.val() & 0x000F0);
        }
        if self.span.val().get_bit(2) {
            self.page.next = (self.page.val() & 0xFF0FF) | (self.vpn.val() & 0x00F00);
        }
        if self.out_bypass.q.val() {
            self.page.next = self.vpn.val();
        }
        self.sent.next = self.bursts.read_data.val();
        self.sent.next.addr = (bit_cast::<32, 20>(self.page.val()) << 12)
            | bit_cast::<32, 12>(self.out_addr.val().get_bits::<12>(0));
        if !self.out_bypass.q.val() & !self.micro.page.val().keep_cache {
            self.sent.next.cache = self.micro.page.val().cache;
        }
        self.m_valid.next = self.out_valid.q.val();
        self.m_burst.next = self.sent.val();
        self.issue.next = self.out_new.q.val();

        // What is outstanding.
        self.outstanding.clock.next = self.clock.val();
        self.outstanding.reset.next = self.reset.val();
        self.outstanding.write.next = self.write.val();
        self.outstanding.push.next = self.out_new.q.val();
        self.outstanding.incoming.next.id = self.bursts.read_data.val().id;
        self.outstanding.incoming.next.iova = self.out_addr.val();
        self.outstanding.incoming.next.privileged = self.out_prot.val().get_bit(0);
        self.outstanding.incoming.next.instruction = self.out_prot.val().get_bit(2);
        self.outstanding.incoming.next.in_context =
            self.micro.page.val().in_context & !self.out_bypass.q.val();
        self.outstanding.incoming.next.context = self.micro.page.val().context;
        self.outstanding.incoming.next.stream = self.bursts.read_data.val().stream;
        self.outstanding.offered.next = self.offered.val();
        self.outstanding.response.next = self.response.val();
        self.outstanding.response_id.next = self.response_id.val();
        self.outstanding.response_error.next = self.response_resp.val().get_bit(1);
        self.outstanding.response_last.next = self.response_last.val();
        self.outstanding.data_done.next = self.data_done.val();
        self.outstanding.data_malformed.next = self.data_malformed.val();
        self.outstanding.data_late.next = self.data_late.val();
        self.outstanding.late_ready.next = self.late_ready.val();
        self.outstanding.mark.next = self.mark.val();
        self.blocked.next = self.outstanding.blocked.val();
        self.malformed.next = self.outstanding.malformed.val();
        self.waits.next = self.outstanding.waits.val();
        self.waits_any.next = self.outstanding.waits_any.val();
        self.released.d.next = self.outstanding.removed.val();
        if self.out_new.q.val() & !self.released.q.val() {
            self.issued.d.next = self.issued.q.val() + 1;
        } else if !self.out_new.q.val() & self.released.q.val() {
            self.issued.d.next = self.issued.q.val() - 1;
        }

        // Refused bursts in slots: their fault is announced, and they stall or end.
        self.slots.seek.next = !self.terminating.q.val() & !self.ended.q.val();
        self.looking.d.next = self.claims.val() & self.out_free.val() & !self.flush.val().valid;
        self.comparing.d.next = self.looking.q.val() & !self.flush.val().valid;
        self.checked.d.next = self.comparing.q.val() & !self.flush.val().valid;
        self.may_stall.d.next = bit_cast::<4, 3>(self.slots.stalls.val()) < self.limits.val().most;
        self.refusal.next.iova = self.out_addr.val();
        self.refusal.next.status = self.slots.verdict.val().status;
        if self.slots.refused_expired.val() {
            self.refusal.next.status = self.code.stall_timeout.val();
        }
        self.refusal.next.write = self.write.val();
        self.refusal.next.privileged = self.out_prot.val().get_bit(0);
        self.refusal.next.instruction = self.out_prot.val().get_bit(2);
        self.refusal.next.in_context = self.slots.verdict.val().in_context;
        self.refusal.next.context = self.slots.verdict.val().context;
        self.refusal.next.stream = self.bursts.read_data.val().stream;
        self.refusal.next.id = self.bursts.read_data.val().id;
        self.refusal.next.stalled = self.slots.refused_faulted.val()
            & self.slots.verdict.val().stall
            & self.may_stall.q.val();
        self.refusal.next.slot = self.slots.refused_slot.val();
        if self.looking.q.val() {
            self.fault_held.d.next = self.refusal.val();
            self.refused_len.d.next = self.bursts.read_data.val().len;
            self.doomed.d.next =
                !self.slots.refused_faulted.val() & !self.slots.refused_expired.val();
        }
        self.clear.d.next = !self.outstanding.busy.val();
        self.judges.next = self.checked.q.val() & !self.flush.val().valid;
        self.ends.next = self.judges.val() & self.clear.q.val() & !self.fault_held.q.val().stalled;
        self.announces.next = self.judges.val()
            & (self.fault_held.q.val().stalled | (self.clear.q.val() & !self.doomed.q.val()));
        self.slots.judged.next = self.checked.q.val();
        self.slots.stall.next = self.judges.val() & self.fault_held.q.val().stalled;
        self.slots.ends.next = self.ends.val();
        if self.fault_ready.val() {
            self.fault_full.d.next = false;
        }
        if self.announces.val() {
            self.fault_full.d.next = true;
        }
        self.fault_valid.next = self.fault_full.q.val();
        self.fault.next = self.fault_held.q.val();
        // Not before its fault has been taken.
        self.goes.next = self.ended.q.val() & !self.fault_full.q.val();
        self.ended.d.next = self.ends.val() | (self.ended.q.val() & self.fault_full.q.val());
        self.terminate.next = self.goes.val();
        self.terminate_id.next = self.fault_held.q.val().id;
        self.terminate_resp.next = 2.into();
        if self.fault_held.q.val().status == self.code.unmapped_stream.val() {
            self.terminate_resp.next = 3.into();
        }
        self.leaving_len.next = self.refused_len.q.val();
        if self.write.val() {
            self.leaving_len.next = self.bursts.read_data.val().len;
        }

        // Slots that have left.
        self.slots.outgoing.next = self.out_valid.q.val() & self.from_slot.val();
        self.slots.outgoing_slot.next = self.out_place.q.val().get_bits::<SLOT_BITS>(0);
        self.answered_slot.next =
            self.terminating.q.val() & !self.terminator_busy.val() & !self.issues.val();
        self.slots.vacate.next = self.answered_slot.val();
        self.slots.vacate_slot.next = self.terminating_slot.q.val();
        if self.answered_slot.val() {
            self.terminating.d.next = false;
        }
        if self.ends.val() {
            self.terminating_slot.d.next = self.slots.refused_slot.val();
        }
        if self.goes.val() {
            self.terminating.d.next = true;
        }

        // Faults of bursts that memory has answered.
        self.late_valid.next = self.outstanding.late_valid.val();
        self.late.next.iova = self.outstanding.late.val().iova;
        self.late.next.status = self.code.external_abort.val();
        if self.outstanding.late_malformed.val() {
            self.late.next.status = self.code.illegal_burst.val();
        }
        self.late.next.write = self.write.val();
        self.late.next.privileged = self.outstanding.late.val().privileged;
        self.late.next.instruction = self.outstanding.late.val().instruction;
        self.late.next.in_context = self.outstanding.late.val().in_context;
        self.late.next.context = 0.into();
        if self.outstanding.late.val().in_context {
            self.late.next.context = self.outstanding.late.val().context;
        }
        self.late.next.stream = self.outstanding.late.val().stream;
        self.late.next.id = self.outstanding.late.val().id;
        self.late.next.stalled = false;
        self.late.next.slot = 0.into();
    }
}
