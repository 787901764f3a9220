//! The way of a fault to its records: collector and global fault queue.

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;
use super::fifo::Fifo;
use super::types::*;
use crate::prim::Reg;
use crate::words::pack;

/// Takes one fault a cycle out of four sources, fairly: refused bursts of the read and of the write
/// path, and late faults (external aborts) of both.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct FaultCollector {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub read_valid: Signal<In, Bit>,
    pub read_ready: Signal<Out, Bit>,
    pub read: Signal<In, Fault>,
    pub write_valid: Signal<In, Bit>,
    pub write_ready: Signal<Out, Bit>,
    pub write: Signal<In, Fault>,
    pub late_read_valid: Signal<In, Bit>,
    pub late_read_ready: Signal<Out, Bit>,
    pub late_read: Signal<In, Fault>,
    pub late_write_valid: Signal<In, Bit>,
    pub late_write_ready: Signal<Out, Bit>,
    pub late_write: Signal<In, Fault>,
    /// One cycle: a fault is recorded.
    pub valid: Signal<Out, Bit>,
    pub fault: Signal<Out, Fault>,
    /// The late sources go first, or the others.
    late_turn: Reg<Bit>,
    /// Of two late sources, the write path goes first.
    late_write_turn: Reg<Bit>,
    /// Of the two others, the write path goes first.
    direct_write_turn: Reg<Bit>,
    out_valid: Reg<Bit>,
    out: Reg<Fault>,
    any_late: Signal<Local, Bit>,
    any_direct: Signal<Local, Bit>,
    pick_late: Signal<Local, Bit>,
    pick_write: Signal<Local, Bit>,
}

impl Logic for FaultCollector {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            late_turn,
            late_write_turn,
            direct_write_turn,
            out_valid,
            out
        );
        self.late_turn.reset.next = self.reset.val();
        self.late_write_turn.reset.next = self.reset.val();
        self.direct_write_turn.reset.next = self.reset.val();
        self.out_valid.reset.next = self.reset.val();
        self.out.reset.next = self.reset.val();
        self.valid.next = self.out_valid.q.val();
        self.fault.next = self.out.q.val();
        self.any_late.next = self.late_read_valid.val() | self.late_write_valid.val();
        self.any_direct.next = self.read_valid.val() | self.write_valid.val();
        self.pick_late.next =
            self.any_late.val() & (self.late_turn.q.val() | !self.any_direct.val());
        self.pick_write.next =
            self.write_valid.val() & (self.direct_write_turn.q.val() | !self.read_valid.val());
        if self.pick_late.val() {
            self.pick_write.next = self.late_write_valid.val()
                & (self.late_write_turn.q.val() | !self.late_read_valid.val());
        }
        self.read_ready.next = false;
        self.write_ready.next = false;
        self.late_read_ready.next = false;
        self.late_write_ready.next = false;
        self.out_valid.d.next = false;
        if self.any_late.val() | self.any_direct.val() {
            self.out_valid.d.next = true;
            self.late_turn.d.next = !self.pick_late.val();
        }
        if self.pick_late.val() {
            self.late_write_turn.d.next = !self.pick_write.val();
            if self.pick_write.val() {
                self.late_write_ready.next = true;
                self.out.d.next = self.late_write.val();
            } else {
                self.late_read_ready.next = true;
                self.out.d.next = self.late_read.val();
            }
        } else if self.any_direct.val() {
            self.direct_write_turn.d.next = !self.pick_write.val();
            if self.pick_write.val() {
                self.write_ready.next = true;
                self.out.d.next = self.write.val();
            } else {
                self.read_ready.next = true;
                self.out.d.next = self.read.val();
            }
        }
    }
}

pack! {
    /// FQ_SYND0 of a fault record.
    Syndrome0 of global::FqSynd0 {
        status: Bits<5> = FS;
        write: Bit = WNR;
        privileged: Bit = PNU;
        instruction: Bit = IND;
        in_context: Bit = CBVALID;
        index: Bits<CONTEXT_BITS> = CBNDX;
        valid: Bit = VALID;
    }
}

pack! {
    /// FQ_SYND1 of a fault record.
    Syndrome1 of global::FqSynd1 {
        stream: Bits<STREAM_BITS> = SID;
        id: Bits<ID_BITS> = AXID;
    }
}

/// The global fault queue: the oldest record is visible; one that comes while the queue is full is
/// lost, which `lost` tells.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct FaultQueue {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub fault: Signal<In, Fault>,
    pub pop: Signal<In, Bit>,
    pub lost: Signal<Out, Bit>,
    pub count: Signal<Out, Bits<5>>,
    pub iova: Signal<Out, Bits<32>>,
    pub syndrome0: Signal<Out, Bits<32>>,
    pub syndrome1: Signal<Out, Bits<32>>,
    fifo: Fifo<Fault, FAULT_QUEUE>,
    pack0: Syndrome0,
    pack1: Syndrome1,
}

impl Logic for FaultQueue {
    #[hdl_gen]
    fn update(&mut self) {
        self.fifo.clock.next = self.clock.val();
        self.fifo.reset.next = self.reset.val();
        self.fifo.push.next = self.valid.val();
        self.fifo.data.next = self.fault.val();
        self.fifo.pop.next = self.pop.val();
        self.lost.next = self.valid.val() & self.fifo.full.val() & !self.pop.val();
        self.count.next = bit_cast::<5, 7>(self.fifo.count.val());
        self.pack0.status.next = self.fifo.head.val().status;
        self.pack0.write.next = self.fifo.head.val().write;
        self.pack0.privileged.next = self.fifo.head.val().privileged;
        self.pack0.instruction.next = self.fifo.head.val().instruction;
        self.pack0.in_context.next = self.fifo.head.val().in_context;
        self.pack0.index.next = self.fifo.head.val().context;
        self.pack0.valid.next = self.fifo.valid.val();
        self.pack1.stream.next = self.fifo.head.val().stream;
        self.pack1.id.next = self.fifo.head.val().id;
        self.iova.next = 0.into();
        self.syndrome0.next = 0.into();
        self.syndrome1.next = 0.into();
        if self.fifo.valid.val() {
            self.iova.next = self.fifo.head.val().iova;
            self.syndrome0.next = self.pack0.word.val();
            self.syndrome1.next = self.pack1.word.val();
        }
    }
}
