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
/// A burst that hits in the micro-TLB, or is bypassed, passes at once. All others, and those that
/// must not overtake one that waits, park in a slot. A slot that is ready goes before stage B.
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
    /// Length of the burst of `issue` or `terminate`. (Never both on a write path.)
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
    pub answer: Signal<In, Bit>,
    pub answered_lookup: Signal<In, LookupAnswer>,
    pub fill: Signal<In, Bit>,
    pub fill_entry: Signal<In, MicroEntry>,
    pub flush: Signal<In, Flush>,
    pub mark: Signal<In, TlbCommand>,
    pub wake: Signal<In, Bits<WALKS>>,
    pub resume: Signal<In, Resume>,
    pub limits: Signal<In, StallLimits>,
    /// Ticks; each value lasts at least as many cycles as there are slots.
    pub now: Signal<In, Bits<16>>,
    /// Contexts with a stalled burst, up to 16 cycles late.
    pub stalled: Signal<Out, Bits<CONTEXTS>>,
    /// A response beat from memory passes to the master; not while `late_valid`.
    pub response: Signal<In, Bit>,
    pub response_id: Signal<In, Bits<ID_BITS>>,
    pub response_resp: Signal<In, Bits<2>>,
    pub response_last: Signal<In, Bit>,
    /// The burst of `response_id` was malformed by its master.
    pub answered_malformed: Signal<Out, Bit>,
    /// It still has W beats to come.
    pub answered_open: Signal<Out, Bit>,
    pub data_done: Signal<In, Bit>,
    pub data_malformed: Signal<In, Bit>,
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    pub waits_any: Signal<Out, Bit>,
    /// A fault of a burst that is terminated or stalls; taken when `fault_ready`.
    pub fault_valid: Signal<Out, Bit>,
    pub fault_ready: Signal<In, Bit>,
    pub fault: Signal<Out, Fault>,
    /// A fault of a burst that memory refused, or that was malformed; held until `late_ready`. There
    /// is place for one: until then no response passes, so that none is lost.
    pub late_valid: Signal<Out, Bit>,
    pub late_ready: Signal<In, Bit>,
    pub late: Signal<Out, Fault>,
    pub count_burst: Signal<Out, Bit>,
    pub count_hit: Signal<Out, Bit>,
    pub count_miss: Signal<Out, Bit>,
    /// Some burst stands stalled.
    pub count_stalling: Signal<Out, Bit>,
    intake: Intake,
    micro: MicroTlb,
    slots: Slots,
    outstanding: OutstandingTable,
    code: FaultCodes,
    /// Bursts as the master sent them: those in slots, and from 8 on the one that passed.
    bursts: LutRam<Burst, { SLOT_BITS + 1 }>,
    out_valid: Reg<Bit>,
    /// First cycle of `out_valid`.
    out_new: Reg<Bit>,
    out_place: Reg<Bits<{ SLOT_BITS + 1 }>>,
    out_way: Reg<Bits<MICRO_BITS>>,
    out_bypass: Reg<Bit>,
    out_in_context: Reg<Bit>,
    out_context: Reg<Bits<CONTEXT_BITS>>,
    /// Bursts in the output register and outstanding.
    issued: Reg<Bits<4>>,
    /// The burst of this slot is with the terminator.
    terminating: Reg<Bit>,
    terminating_slot: Reg<Bits<SLOT_BITS>>,
    /// It is known whether the refused burst that is proposed may end, or stall.
    checked: Reg<Bit>,
    /// The terminator was free, and nothing of the burst's ID was outstanding.
    clear: Reg<Bit>,
    may_stall: Reg<Bit>,
    addr: Signal<Local, Bits<32>>,
    prot: Signal<Local, Bits<3>>,
    access: Signal<Local, Bits<2>>,
    translates: Signal<Local, Bit>,
    through: Signal<Local, Bit>,
    steady: Signal<Local, Bit>,
    parks: Signal<Local, Bit>,
    out_free: Signal<Local, Bit>,
    can_go: Signal<Local, Bit>,
    passes: Signal<Local, Bit>,
    issues: Signal<Local, Bit>,
    from_slot: Signal<Local, Bit>,
    out_slot: Signal<Local, Bits<SLOT_BITS>>,
    left_slot: Signal<Local, Bit>,
    answered_slot: Signal<Local, Bit>,
    stalls: Signal<Local, Bit>,
    checks: Signal<Local, Bit>,
    settled: Signal<Local, Bit>,
    can_end: Signal<Local, Bit>,
    announces: Signal<Local, Bit>,
    announced: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    place: Signal<Local, Bits<{ SLOT_BITS + 1 }>>,
    out_addr: Signal<Local, Bits<32>>,
    out_prot: Signal<Local, Bits<3>>,
    vpn: Signal<Local, Bits<20>>,
    base: Signal<Local, Bits<20>>,
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
            out_way,
            out_bypass,
            out_in_context,
            out_context,
            issued,
            terminating,
            terminating_slot,
            checked,
            clear,
            may_stall
        );
        self.out_valid.reset.next = self.reset.val();
        self.out_new.reset.next = self.reset.val();
        self.out_place.reset.next = self.reset.val();
        self.out_way.reset.next = self.reset.val();
        self.out_bypass.reset.next = self.reset.val();
        self.out_in_context.reset.next = self.reset.val();
        self.out_context.reset.next = self.reset.val();
        self.issued.reset.next = self.reset.val();
        self.terminating.reset.next = self.reset.val();
        self.terminating_slot.reset.next = self.reset.val();
        self.checked.reset.next = self.reset.val();
        self.clear.reset.next = self.reset.val();
        self.may_stall.reset.next = self.reset.val();

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

        // A refused burst is checked before it acts, while nothing is issued: the comparators of what is
        // outstanding are those of issue.
        self.checks.next =
            self.slots.act.val() & !self.slots.act_ready.val() & !self.checked.q.val();
        self.settled.next = self.checks.val() & (!self.out_new.q.val() | self.terminating.q.val());

        // Stage B: the burst passes, parks, or waits.
        self.addr.next = self.intake.burst.val().addr;
        self.prot.next = self.intake.burst.val().prot;
        self.access.next = (bit_cast::<2, 1>(self.prot.val().get_bits::<1>(2)) << 1)
            | bit_cast::<2, 1>(self.prot.val().get_bits::<1>(0));
        self.micro.clock.next = self.clock.val();
        self.micro.reset.next = self.reset.val();
        self.micro.owner.next = self.intake.routed.val().context;
        self.micro.vpn.next = self.addr.val().get_bits::<20>(12);
        self.micro.access.next = self.access.val();
        self.micro.page_way.next = self.out_way.q.val();
        self.micro.keep.next = self.out_valid.q.val();
        self.micro.fill.next = self.fill.val();
        self.micro.entry.next = self.fill_entry.val();
        self.micro.flush.next = self.flush.val().valid;
        self.translates.next = self.intake.routed.val().translate
            & !self.intake.routed.val().bypass
            & !self.intake.illegal.val();
        self.through.next = (self.intake.routed.val().bypass & !self.intake.illegal.val())
            | (self.translates.val() & self.micro.hit.val());
        self.steady.next = self.intake.out_valid.val() & !self.fill.val() & !self.flush.val().valid;
        self.out_free.next = !self.out_valid.q.val() | self.m_ready.val();
        self.can_go.next = self.out_free.val()
            & !self.issued.q.val().get_bit(3)
            & !self.flush.val().valid
            & !(self.checks.val() & !self.terminating.q.val());
        self.issues.next = self.slots.act_ready.val() & self.can_go.val();
        self.passes.next = self.steady.val()
            & self.can_go.val()
            & !self.slots.act_ready.val()
            & !self.slots.same.val()
            & self.through.val();
        self.parks.next = self.steady.val()
            & self.slots.room.val()
            & (self.slots.same.val() | !self.through.val());
        self.intake.out_taken.next = self.passes.val() | self.parks.val();
        self.count_hit.next =
            self.translates.val() & self.micro.hit.val() & (self.passes.val() | self.parks.val());
        self.count_miss.next = self.translates.val() & !self.micro.hit.val() & self.parks.val();

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
        self.slots.answer.next = self.answer.val();
        self.slots.answered.next = self.answered_lookup.val();
        self.slots.wake.next = self.wake.val();
        self.slots.flush.next = self.flush.val().valid;
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
        self.place.next = bit_cast::<{ SLOT_BITS + 1 }, SLOT_BITS>(self.slots.place.val());
        if self.passes.val() {
            self.place.next = bit_cast::<{ SLOT_BITS + 1 }, SLOT_BITS>(self.slots.place.val()) | 8;
        }
        self.bursts.clock.next = self.clock.val();
        self.bursts.write.next = self.passes.val() | self.slots.room.val();
        self.bursts.write_address.next = self.place.val();
        self.bursts.write_data.next = self.intake.burst.val();
        self.bursts.read_address.next = self.out_place.q.val();
        if self.can_go.val() {
            self.out_place.d.next = self.place.val();
            self.out_way.d.next = self.micro.way.val();
            self.out_bypass.d.next = self.intake.routed.val().bypass;
            self.out_in_context.d.next = !self.intake.routed.val().bypass;
            self.out_context.d.next = self.intake.routed.val().context;
            if self.slots.act_ready.val() {
                self.out_place.d.next =
                    bit_cast::<{ SLOT_BITS + 1 }, SLOT_BITS>(self.slots.act_slot.val());
                self.out_bypass.d.next = false;
                self.out_in_context.d.next = self.slots.verdict.val().in_context;
                self.out_context.d.next = self.slots.verdict.val().context;
            }
        }
        if self.issues.val() | self.passes.val() {
            self.out_valid.d.next = true;
        }
        self.from_slot.next = !self.out_place.q.val().get_bit(3);
        self.out_slot.next = self.out_place.q.val().get_bits::<SLOT_BITS>(0);
        self.slots.page_slot.next = self.out_slot.val();
        self.out_addr.next = self.bursts.read_data.val().addr;
        self.out_prot.next = self.bursts.read_data.val().prot;
        self.vpn.next = self.out_addr.val().get_bits::<20>(12);
        self.base.next = self.micro.page.val().ppn;
        self.span.next = self.micro.page.val().large;
        if self.from_slot.val() {
            self.base.next = self.slots.page.val().page;
            self.span.next = 0.into();
        }
        self.page.next = self.base.val();
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
        if self.from_slot.val() {
            if !self.slots.page.val().keep_cache {
                self.sent.next.cache = self.slots.page.val().cache;
            }
        } else if !self.out_bypass.q.val() & !self.micro.page.val().keep_cache {
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
        self.outstanding.incoming.next.in_context = self.out_in_context.q.val();
        self.outstanding.incoming.next.context = self.out_context.q.val();
        self.outstanding.incoming.next.stream = self.bursts.read_data.val().stream;
        self.outstanding.response.next = self.response.val();
        self.outstanding.response_id.next = self.response_id.val();
        self.outstanding.response_error.next = self.response_resp.val().get_bit(1);
        self.outstanding.response_last.next = self.response_last.val();
        self.outstanding.data_done.next = self.data_done.val();
        self.outstanding.data_malformed.next = self.data_malformed.val();
        self.outstanding.late_ready.next = self.late_ready.val();
        self.outstanding.query_id.next = self.slots.culprit.val().id;
        self.outstanding.mark.next = self.mark.val();
        self.answered_malformed.next = self.outstanding.answered_malformed.val();
        self.answered_open.next = self.outstanding.answered_open.val();
        self.waits.next = self.outstanding.waits.val();
        self.waits_any.next = self.outstanding.waits_any.val();
        if (self.issues.val() | self.passes.val()) & !self.outstanding.removed.val() {
            self.issued.d.next = self.issued.q.val() + 1;
        } else if !self.issues.val() & !self.passes.val() & self.outstanding.removed.val() {
            self.issued.d.next = self.issued.q.val() - 1;
        }

        // Faults of bursts in slots: announced, and stalled or terminated.
        if self.checks.val() {
            self.clear.d.next = !self.terminating.q.val() & !self.outstanding.query_busy.val();
            self.may_stall.d.next = self.slots.stalls.val() < self.limits.val().most;
        }
        self.can_end.next = self.checked.q.val() & self.clear.q.val() & !self.flush.val().valid;
        self.stalls.next =
            self.slots.act_faulted.val() & self.slots.verdict.val().stall & self.may_stall.q.val();
        self.announces.next = (self.stalls.val() & self.checked.q.val() & !self.flush.val().valid)
            | ((self.slots.act_faulted.val() | self.slots.act_expired.val()) & self.can_end.val());
        self.checked.d.next = (self.settled.val()
            | (self.announces.val() & !self.fault_ready.val()))
            & !self.flush.val().valid;
        self.announced.next = self.announces.val() & self.fault_ready.val();
        self.ends.next = (self.announced.val() & !self.stalls.val())
            | (self.slots.act_doomed.val() & self.can_end.val());
        self.slots.stall.next = self.announced.val() & self.stalls.val();
        self.slots.leave.next = self.issues.val() | self.ends.val();
        self.slots.hold.next = (self.slots.act_ready.val() & !self.can_go.val())
            | self.checks.val()
            | (self.announces.val() & !self.fault_ready.val());
        self.fault_valid.next = self.announces.val();
        self.fault.next.iova = self.slots.culprit.val().iova;
        self.fault.next.status = self.slots.verdict.val().status;
        if self.slots.act_expired.val() {
            self.fault.next.status = self.code.stall_timeout.val();
        }
        self.fault.next.write = self.write.val();
        self.fault.next.privileged = self.slots.culprit.val().privileged;
        self.fault.next.instruction = self.slots.culprit.val().instruction;
        self.fault.next.in_context = self.slots.verdict.val().in_context;
        self.fault.next.context = self.slots.verdict.val().context;
        self.fault.next.stream = self.slots.culprit.val().stream;
        self.fault.next.id = self.slots.culprit.val().id;
        self.fault.next.stalled = self.stalls.val();
        self.fault.next.slot = self.slots.act_slot.val();
        self.terminate.next = self.ends.val();
        self.terminate_id.next = self.slots.culprit.val().id;
        self.terminate_resp.next = 2.into();
        if self.slots.verdict.val().status == self.code.unmapped_stream.val() {
            self.terminate_resp.next = 3.into();
        }
        self.leaving_len.next = self.bursts.read_data.val().len;
        if self.ends.val() {
            self.leaving_len.next = self.slots.culprit.val().len;
        }

        // Slots that have left.
        self.left_slot.next = self.out_valid.q.val() & self.m_ready.val() & self.from_slot.val();
        self.answered_slot.next = self.terminating.q.val() & !self.terminator_busy.val();
        self.slots.vacate.next = self.left_slot.val() | self.answered_slot.val();
        self.slots.vacate_slot.next = self.terminating_slot.q.val();
        if self.left_slot.val() {
            self.slots.vacate_slot.next = self.out_slot.val();
        } else if self.answered_slot.val() {
            self.terminating.d.next = false;
        }
        if self.ends.val() {
            self.terminating.d.next = true;
            self.terminating_slot.d.next = self.slots.act_slot.val();
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
        self.late.next.context = self.outstanding.late.val().context;
        self.late.next.stream = self.outstanding.late.val().stream;
        self.late.next.id = self.outstanding.late.val().id;
        self.late.next.stalled = false;
        self.late.next.slot = 0.into();
    }
}
