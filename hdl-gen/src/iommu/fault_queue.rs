//! The global fault queue.

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;
use super::fifo::Fifo;
use super::types::*;
use crate::words::pack;

pack! {
    /// FQ_SYND0 of a fault record.
    Syndrome0 of global::FqSynd0 {
        status: Bits<5> = FS;
        write: Bit = WNR;
        privileged: Bit = PNU;
        instruction: Bit = IND;
        stalled: Bit = STALLED;
        slot: Bits<SLOT_FIELD_BITS> = SLOT;
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
        self.pack0.stalled.next = self.fifo.head.val().stalled;
        self.pack0.slot.next = bit_cast::<SLOT_FIELD_BITS, SLOT_BITS>(self.fifo.head.val().slot);
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
