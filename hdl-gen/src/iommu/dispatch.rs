//! The front half of a path, the same for reads and writes: skid buffer, lookup, tracker, output
//! register, and the faults that come out of it.

use rust_hdl::prelude::*;

use super::codes::FaultCodes;
use super::config::*;
use super::lookup::Lookup;
use super::skid::Skid;
use super::tracker::Tracker;
use super::types::*;
use crate::prim::Reg;

/// Takes bursts from the master, in order, and sends each to memory or to the terminator.
///
/// ```text
///            cycle   0        1          2
/// s_valid/ready    ‾‾\__
/// lookup (skid out)       ‾‾‾‾\__
/// m_valid                           ‾‾‾‾\__     (if m_ready)
/// ```
///
/// Answers of one ID stay in order between memory and terminator: a burst goes to the terminator only
/// when nothing of its ID is outstanding to memory, and nothing goes to memory while the terminator
/// answers its ID.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Dispatch {
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
    /// One cycle: a burst goes to memory; `m_valid` is high from the next cycle on.
    pub issue: Signal<Out, Bit>,
    /// Length of the burst that goes to memory or to the terminator.
    pub leaving_len: Signal<Out, Bits<8>>,
    /// One cycle: a burst goes to the terminator.
    pub terminate: Signal<Out, Bit>,
    pub terminate_id: Signal<Out, Bits<ID_BITS>>,
    pub terminate_resp: Signal<Out, Bits<2>>,
    /// The terminator can take no burst, or is answering this ID.
    pub terminator_busy: Signal<In, Bit>,
    pub terminator_id: Signal<In, Bits<ID_BITS>>,
    /// Stream of the burst in the lookup stage, for the stream map to answer with `route`.
    pub stream: Signal<Out, Bits<STREAM_BITS>>,
    pub route: Signal<In, Route>,
    /// State of the context bank that `route` names.
    pub bank: Signal<In, ContextState>,
    pub command: Signal<In, TlbCommand>,
    pub walk: Signal<Out, Bit>,
    pub walk_request: Signal<Out, WalkRequest>,
    pub walk_fill: Signal<In, Bit>,
    pub walk_fault: Signal<In, Bit>,
    pub walk_status: Signal<In, Bits<5>>,
    pub walk_translation: Signal<In, Translation>,
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
    /// A fault of a terminated burst; taken when `fault_ready`.
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
    skid: Skid,
    lookup: Lookup,
    tracker: Tracker,
    code: FaultCodes,
    out_valid: Reg<Bit>,
    out: Reg<Burst>,
    late_pending: Reg<Bit>,
    late_fault: Reg<Fault>,
    prot: Signal<Local, Bits<3>>,
    same_id: Signal<Local, Bit>,
    to_memory: Signal<Local, Bit>,
    wants_terminator: Signal<Local, Bit>,
    to_terminator: Signal<Local, Bit>,
    translated: Signal<Local, Burst>,
    entry: Signal<Local, Outstanding>,
    answered: Signal<Local, Outstanding>,
    failed: Signal<Local, Bit>,
}

impl Logic for Dispatch {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, out_valid, out, late_pending, late_fault);
        self.out_valid.reset.next = self.reset.val();
        self.out.reset.next = self.reset.val();
        self.late_pending.reset.next = self.reset.val();
        self.late_fault.reset.next = self.reset.val();
        self.skid.clock.next = self.clock.val();
        self.skid.reset.next = self.reset.val();
        self.lookup.clock.next = self.clock.val();
        self.lookup.reset.next = self.reset.val();
        self.tracker.clock.next = self.clock.val();
        self.tracker.reset.next = self.reset.val();

        // Wiring.
        self.skid.in_valid.next = self.s_valid.val();
        self.skid.in_data.next = self.s_burst.val();
        self.s_ready.next = self.skid.in_ready.val();
        self.lookup.valid.next = self.skid.out_valid.val();
        self.lookup.burst.next = self.skid.out_data.val();
        self.lookup.write.next = self.write.val();
        self.lookup.route.next = self.route.val();
        self.lookup.bank.next = self.bank.val();
        self.lookup.command.next = self.command.val();
        self.lookup.walk_fill.next = self.walk_fill.val();
        self.lookup.walk_fault.next = self.walk_fault.val();
        self.lookup.walk_status.next = self.walk_status.val();
        self.lookup.walk_translation.next = self.walk_translation.val();
        self.walk.next = self.lookup.walk.val();
        self.walk_request.next = self.lookup.walk_request.val();
        self.stream.next = self.skid.out_data.val().stream;
        self.tracker.command.next = self.command.val();
        self.tracker.query_id.next = self.skid.out_data.val().id;
        self.tracker.response.next = self.response.val();
        self.tracker.response_id.next = self.response_id.val();
        self.tracker.response_error.next = self.response_resp.val().get_bit(1);
        self.tracker.response_last.next = self.response_last.val();
        self.tracker.data_done.next = self.data_done.val();
        self.tracker.data_malformed.next = self.data_malformed.val();
        self.answered_malformed.next = self.tracker.answered_malformed.val();
        self.answered_open.next = self.tracker.answered_open.val();
        self.waits.next = self.tracker.waits.val();
        self.waits_any.next = self.tracker.waits_any.val();
        self.count_burst.next = self.s_valid.val() & self.skid.in_ready.val();
        self.count_hit.next = self.lookup.count_hit.val();
        self.count_miss.next = self.lookup.count_miss.val();
        self.m_valid.next = self.out_valid.q.val();
        self.m_burst.next = self.out.q.val();
        self.terminate_id.next = self.skid.out_data.val().id;
        self.leaving_len.next = self.skid.out_data.val().len;

        // Where the burst in the lookup stage goes in this cycle.
        self.same_id.next = self.skid.out_data.val().id == self.terminator_id.val();
        self.to_memory.next = self.lookup.ready.val()
            & self.lookup.pass.val()
            & !self.tracker.full.val()
            & (!self.out_valid.q.val() | self.m_ready.val())
            & !(self.terminator_busy.val() & self.same_id.val());
        self.wants_terminator.next = self.lookup.ready.val()
            & !self.lookup.pass.val()
            & !self.terminator_busy.val()
            & !self.tracker.query_busy.val();
        self.to_terminator.next = self.wants_terminator.val() & self.fault_ready.val();
        self.fault_valid.next = self.wants_terminator.val();
        self.issue.next = self.to_memory.val();
        self.terminate.next = self.to_terminator.val();
        self.terminate_resp.next = 2.into();
        if self.lookup.decode_error.val() {
            self.terminate_resp.next = 3.into();
        }
        self.skid.out_ready.next = self.to_memory.val() | self.to_terminator.val();
        self.lookup.advance.next = self.to_memory.val() | self.to_terminator.val();

        // The output register and the tracker's new entry.
        self.prot.next = self.skid.out_data.val().prot;
        self.translated.next = self.skid.out_data.val();
        self.translated.next.addr = self.lookup.address.val();
        self.translated.next.cache = self.lookup.cache.val();
        self.entry.next.id = self.skid.out_data.val().id;
        self.entry.next.iova = self.skid.out_data.val().addr;
        self.entry.next.privileged = self.prot.val().get_bit(0);
        self.entry.next.instruction = self.prot.val().get_bit(2);
        self.entry.next.in_context = self.route.val().translate & !self.route.val().bypass;
        self.entry.next.context = self.route.val().context;
        self.entry.next.stream = self.skid.out_data.val().stream;
        self.tracker.incoming.next = self.entry.val();
        self.tracker.push.next = self.to_memory.val();
        if self.m_ready.val() {
            self.out_valid.d.next = false;
        }
        if self.to_memory.val() {
            self.out_valid.d.next = true;
            self.out.d.next = self.translated.val();
        }

        // Faults.
        self.fault.next.iova = self.skid.out_data.val().addr;
        self.fault.next.status = self.lookup.status.val();
        self.fault.next.write = self.write.val();
        self.fault.next.privileged = self.prot.val().get_bit(0);
        self.fault.next.instruction = self.prot.val().get_bit(2);
        self.fault.next.in_context = self.route.val().translate & !self.route.val().bypass;
        self.fault.next.context = self.route.val().context;
        self.fault.next.stream = self.skid.out_data.val().stream;
        self.fault.next.id = self.skid.out_data.val().id;

        self.answered.next = self.tracker.answered.val();
        self.late_valid.next = self.late_pending.q.val();
        self.late.next = self.late_fault.q.val();
        self.failed.next = self.response.val()
            & self.response_last.val()
            & (self.tracker.answered_error.val()
                | self.response_resp.val().get_bit(1)
                | self.tracker.answered_malformed.val());
        if self.late_ready.val() {
            self.late_pending.d.next = false;
        }
        if self.failed.val() {
            self.late_pending.d.next = true;
            self.late_fault.d.next.iova = self.answered.val().iova;
            self.late_fault.d.next.status = self.code.external_abort.val();
            self.late_fault.d.next.write = self.write.val();
            self.late_fault.d.next.privileged = self.answered.val().privileged;
            self.late_fault.d.next.instruction = self.answered.val().instruction;
            self.late_fault.d.next.in_context = self.answered.val().in_context;
            self.late_fault.d.next.context = self.answered.val().context;
            self.late_fault.d.next.stream = self.answered.val().stream;
            self.late_fault.d.next.id = self.answered.val().id;
            if self.tracker.answered_malformed.val() {
                self.late_fault.d.next.status = self.code.illegal_burst.val();
            }
        }
    }
}
