//! Global registers: identification, interrupts, fault queue, synchronisation status, counters.

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;
use super::counters::Counter;
use super::fault_queue::FaultQueue;
use super::reg_bus::*;
use super::types::*;
use crate::axil::{CfgReg, CmdReg, RoReg};
use crate::words::{pack, unpack};

unpack! {
    /// IRQ_ENABLE.
    IrqEnableFields of global::IrqEnable {
        fault: Bit = FAULT;
        overflow: Bit = FQOVERFLOW;
    }
}
pack! {
    /// IRQ_STATUS.
    IrqStatusWord of global::IrqStatus {
        fault: Bit = FAULT;
        overflow: Bit = FQOVERFLOW;
        contexts: Bits<CONTEXTS> = CTX;
    }
}
pack! {
    /// What the queue says in FQ_STATUS.
    FqCount of global::FqStatus {
        count: Bits<5> = COUNT;
    }
}
pack! {
    /// What sets bits of FQ_STATUS.
    FqEvents of global::FqStatus {
        overflow: Bit = OVERFLOW;
    }
}
unpack! {
    /// FQ_STATUS.
    FqStatusFields of global::FqStatus {
        overflow: Bit = OVERFLOW;
    }
}
unpack! {
    /// FQ_POP.
    FqPopFields of global::FqPop {
        pop: Bit = POP;
    }
}
unpack! {
    /// CNT_CTRL.
    CntCtrlFields of global::CntCtrl {
        snapshot: Bit = SNAPSHOT;
    }
}
pack! {
    /// TLBSTATUS.
    TlbstatusWord of global::Tlbstatus {
        active: Bit = SACTIVE;
    }
}

/// The global registers but for the stream map and the TLB commands.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct Globals {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub request: Signal<In, RegRequest>,
    pub answer: Signal<Out, RegAnswer>,
    pub fault_valid: Signal<In, Bit>,
    pub fault: Signal<In, Fault>,
    /// Contexts that interrupt.
    pub interrupts: Signal<In, Bits<CONTEXTS>>,
    /// Some synchronisation goes on.
    pub sync_active: Signal<In, Bit>,
    pub events: Signal<In, Events>,
    pub irq: Signal<Out, Bit>,
    irq_enable: CfgReg,
    fq_status: CfgReg,
    idr0: RoReg,
    idr1: RoReg,
    idr2: RoReg,
    idr3: RoReg,
    irq_status: RoReg,
    fq_iova: RoReg,
    fq_synd0: RoReg,
    fq_synd1: RoReg,
    tlbstatus: RoReg,
    fq_pop: CmdReg,
    cnt_ctrl: CmdReg,
    cnt_reads: Counter,
    cnt_writes: Counter,
    cnt_miss_r: Counter,
    cnt_miss_w: Counter,
    cnt_hit_r: Counter,
    cnt_hit_w: Counter,
    cnt_walks: Counter,
    cnt_walk_cycles: Counter,
    cnt_faults: Counter,
    queue: FaultQueue,
    irq_enable_fields: IrqEnableFields,
    irq_status_word: IrqStatusWord,
    fq_count: FqCount,
    fq_events: FqEvents,
    fq_status_fields: FqStatusFields,
    fq_pop_fields: FqPopFields,
    cnt_ctrl_fields: CntCtrlFields,
    tlbstatus_word: TlbstatusWord,
    id0: Constant<Bits<32>>,
    id1: Constant<Bits<32>>,
    id2: Constant<Bits<32>>,
    id3: Constant<Bits<32>>,
    /// The fill level, which FQ_STATUS reads beside its W1C bit.
    live: Signal<Local, Bits<32>>,
    pending: Signal<Local, Bit>,
}

impl Default for Globals {
    fn default() -> Self {
        let at = |info: &vcm_regs::RegisterInfo| global::BLOCK.at(0) + info.offset;
        let id = |info: &vcm_regs::RegisterInfo| Constant::new(u64::from(info.reset()).into());
        Self {
            clock: Default::default(),
            reset: Default::default(),
            request: Default::default(),
            answer: Default::default(),
            fault_valid: Default::default(),
            fault: Default::default(),
            interrupts: Default::default(),
            sync_active: Default::default(),
            events: Default::default(),
            irq: Default::default(),
            irq_enable: CfgReg::new(&global::IRQ_ENABLE, at(&global::IRQ_ENABLE)),
            fq_status: CfgReg::new(&global::FQ_STATUS, at(&global::FQ_STATUS)),
            idr0: RoReg::new(at(&global::IDR0)),
            idr1: RoReg::new(at(&global::IDR1)),
            idr2: RoReg::new(at(&global::IDR2)),
            idr3: RoReg::new(at(&global::IDR3)),
            irq_status: RoReg::new(at(&global::IRQ_STATUS)),
            fq_iova: RoReg::new(at(&global::FQ_IOVA)),
            fq_synd0: RoReg::new(at(&global::FQ_SYND0)),
            fq_synd1: RoReg::new(at(&global::FQ_SYND1)),
            tlbstatus: RoReg::new(at(&global::TLBSTATUS)),
            fq_pop: CmdReg::new(&global::FQ_POP, at(&global::FQ_POP)),
            cnt_ctrl: CmdReg::new(&global::CNT_CTRL, at(&global::CNT_CTRL)),
            cnt_reads: Counter::new(at(&global::CNT_READS)),
            cnt_writes: Counter::new(at(&global::CNT_WRITES)),
            cnt_miss_r: Counter::new(at(&global::CNT_MISS_R)),
            cnt_miss_w: Counter::new(at(&global::CNT_MISS_W)),
            cnt_hit_r: Counter::new(at(&global::CNT_HIT_R)),
            cnt_hit_w: Counter::new(at(&global::CNT_HIT_W)),
            cnt_walks: Counter::new(at(&global::CNT_WALKS)),
            cnt_walk_cycles: Counter::new(at(&global::CNT_WALK_CYCLES)),
            cnt_faults: Counter::new(at(&global::CNT_FAULTS)),
            queue: Default::default(),
            irq_enable_fields: Default::default(),
            irq_status_word: Default::default(),
            fq_count: Default::default(),
            fq_events: Default::default(),
            fq_status_fields: Default::default(),
            fq_pop_fields: Default::default(),
            cnt_ctrl_fields: Default::default(),
            tlbstatus_word: Default::default(),
            id0: id(&global::IDR0),
            id1: id(&global::IDR1),
            id2: id(&global::IDR2),
            id3: id(&global::IDR3),
            live: Default::default(),
            pending: Default::default(),
        }
    }
}

impl Logic for Globals {
    #[hdl_gen]
    fn update(&mut self) {
        // The bus to every register.
        self.irq_enable.clock.next = self.clock.val();
        self.irq_enable.reset.next = self.reset.val();
        self.irq_enable.wr.next = self.request.val().wr;
        self.irq_enable.wr_addr.next = self.request.val().wr_addr;
        self.irq_enable.wr_data.next = self.request.val().wr_data;
        self.irq_enable.wr_mask.next = self.request.val().wr_mask;
        self.irq_enable.rd_addr.next = self.request.val().rd_addr;
        self.fq_status.clock.next = self.clock.val();
        self.fq_status.reset.next = self.reset.val();
        self.fq_status.wr.next = self.request.val().wr;
        self.fq_status.wr_addr.next = self.request.val().wr_addr;
        self.fq_status.wr_data.next = self.request.val().wr_data;
        self.fq_status.wr_mask.next = self.request.val().wr_mask;
        self.fq_status.rd_addr.next = self.request.val().rd_addr;
        self.idr0.wr_addr.next = self.request.val().wr_addr;
        self.idr0.rd_addr.next = self.request.val().rd_addr;
        self.idr1.wr_addr.next = self.request.val().wr_addr;
        self.idr1.rd_addr.next = self.request.val().rd_addr;
        self.idr2.wr_addr.next = self.request.val().wr_addr;
        self.idr2.rd_addr.next = self.request.val().rd_addr;
        self.idr3.wr_addr.next = self.request.val().wr_addr;
        self.idr3.rd_addr.next = self.request.val().rd_addr;
        self.irq_status.wr_addr.next = self.request.val().wr_addr;
        self.irq_status.rd_addr.next = self.request.val().rd_addr;
        self.fq_iova.wr_addr.next = self.request.val().wr_addr;
        self.fq_iova.rd_addr.next = self.request.val().rd_addr;
        self.fq_synd0.wr_addr.next = self.request.val().wr_addr;
        self.fq_synd0.rd_addr.next = self.request.val().rd_addr;
        self.fq_synd1.wr_addr.next = self.request.val().wr_addr;
        self.fq_synd1.rd_addr.next = self.request.val().rd_addr;
        self.tlbstatus.wr_addr.next = self.request.val().wr_addr;
        self.tlbstatus.rd_addr.next = self.request.val().rd_addr;
        self.fq_pop.wr.next = self.request.val().wr;
        self.fq_pop.wr_addr.next = self.request.val().wr_addr;
        self.fq_pop.wr_data.next = self.request.val().wr_data;
        self.fq_pop.wr_mask.next = self.request.val().wr_mask;
        self.fq_pop.rd_addr.next = self.request.val().rd_addr;
        self.cnt_ctrl.wr.next = self.request.val().wr;
        self.cnt_ctrl.wr_addr.next = self.request.val().wr_addr;
        self.cnt_ctrl.wr_data.next = self.request.val().wr_data;
        self.cnt_ctrl.wr_mask.next = self.request.val().wr_mask;
        self.cnt_ctrl.rd_addr.next = self.request.val().rd_addr;
        self.cnt_reads.clock.next = self.clock.val();
        self.cnt_reads.reset.next = self.reset.val();
        self.cnt_reads.request.next = self.request.val();
        self.cnt_reads.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.cnt_writes.clock.next = self.clock.val();
        self.cnt_writes.reset.next = self.reset.val();
        self.cnt_writes.request.next = self.request.val();
        self.cnt_writes.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.cnt_miss_r.clock.next = self.clock.val();
        self.cnt_miss_r.reset.next = self.reset.val();
        self.cnt_miss_r.request.next = self.request.val();
        self.cnt_miss_r.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.cnt_miss_w.clock.next = self.clock.val();
        self.cnt_miss_w.reset.next = self.reset.val();
        self.cnt_miss_w.request.next = self.request.val();
        self.cnt_miss_w.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.cnt_hit_r.clock.next = self.clock.val();
        self.cnt_hit_r.reset.next = self.reset.val();
        self.cnt_hit_r.request.next = self.request.val();
        self.cnt_hit_r.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.cnt_hit_w.clock.next = self.clock.val();
        self.cnt_hit_w.reset.next = self.reset.val();
        self.cnt_hit_w.request.next = self.request.val();
        self.cnt_hit_w.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.cnt_walks.clock.next = self.clock.val();
        self.cnt_walks.reset.next = self.reset.val();
        self.cnt_walks.request.next = self.request.val();
        self.cnt_walks.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.cnt_walk_cycles.clock.next = self.clock.val();
        self.cnt_walk_cycles.reset.next = self.reset.val();
        self.cnt_walk_cycles.request.next = self.request.val();
        self.cnt_walk_cycles.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.cnt_faults.clock.next = self.clock.val();
        self.cnt_faults.reset.next = self.reset.val();
        self.cnt_faults.request.next = self.request.val();
        self.cnt_faults.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.answer.next.wr_hit = self.irq_enable.wr_hit.val()
            | self.fq_status.wr_hit.val()
            | self.idr0.wr_hit.val()
            | self.idr1.wr_hit.val()
            | self.idr2.wr_hit.val()
            | self.idr3.wr_hit.val()
            | self.irq_status.wr_hit.val()
            | self.fq_iova.wr_hit.val()
            | self.fq_synd0.wr_hit.val()
            | self.fq_synd1.wr_hit.val()
            | self.tlbstatus.wr_hit.val()
            | self.fq_pop.wr_hit.val()
            | self.cnt_ctrl.wr_hit.val()
            | self.cnt_reads.answer.val().wr_hit
            | self.cnt_writes.answer.val().wr_hit
            | self.cnt_miss_r.answer.val().wr_hit
            | self.cnt_miss_w.answer.val().wr_hit
            | self.cnt_hit_r.answer.val().wr_hit
            | self.cnt_hit_w.answer.val().wr_hit
            | self.cnt_walks.answer.val().wr_hit
            | self.cnt_walk_cycles.answer.val().wr_hit
            | self.cnt_faults.answer.val().wr_hit;
        self.answer.next.rd_hit = self.irq_enable.rd_hit.val()
            | self.fq_status.rd_hit.val()
            | self.idr0.rd_hit.val()
            | self.idr1.rd_hit.val()
            | self.idr2.rd_hit.val()
            | self.idr3.rd_hit.val()
            | self.irq_status.rd_hit.val()
            | self.fq_iova.rd_hit.val()
            | self.fq_synd0.rd_hit.val()
            | self.fq_synd1.rd_hit.val()
            | self.tlbstatus.rd_hit.val()
            | self.fq_pop.rd_hit.val()
            | self.cnt_ctrl.rd_hit.val()
            | self.cnt_reads.answer.val().rd_hit
            | self.cnt_writes.answer.val().rd_hit
            | self.cnt_miss_r.answer.val().rd_hit
            | self.cnt_miss_w.answer.val().rd_hit
            | self.cnt_hit_r.answer.val().rd_hit
            | self.cnt_hit_w.answer.val().rd_hit
            | self.cnt_walks.answer.val().rd_hit
            | self.cnt_walk_cycles.answer.val().rd_hit
            | self.cnt_faults.answer.val().rd_hit;
        self.live.next = 0.into();
        if self.fq_status.rd_hit.val() {
            self.live.next = self.fq_count.word.val();
        }
        self.answer.next.rd_data = self.live.val()
            | self.irq_enable.rd_data.val()
            | self.fq_status.rd_data.val()
            | self.idr0.rd_data.val()
            | self.idr1.rd_data.val()
            | self.idr2.rd_data.val()
            | self.idr3.rd_data.val()
            | self.irq_status.rd_data.val()
            | self.fq_iova.rd_data.val()
            | self.fq_synd0.rd_data.val()
            | self.fq_synd1.rd_data.val()
            | self.tlbstatus.rd_data.val()
            | self.cnt_reads.answer.val().rd_data
            | self.cnt_writes.answer.val().rd_data
            | self.cnt_miss_r.answer.val().rd_data
            | self.cnt_miss_w.answer.val().rd_data
            | self.cnt_hit_r.answer.val().rd_data
            | self.cnt_hit_w.answer.val().rd_data
            | self.cnt_walks.answer.val().rd_data
            | self.cnt_walk_cycles.answer.val().rd_data
            | self.cnt_faults.answer.val().rd_data;

        // Identification.
        self.idr0.value.next = self.id0.val();
        self.idr1.value.next = self.id1.val();
        self.idr2.value.next = self.id2.val();
        self.idr3.value.next = self.id3.val();

        // Fault queue.
        self.queue.clock.next = self.clock.val();
        self.queue.reset.next = self.reset.val();
        self.queue.valid.next = self.fault_valid.val();
        self.queue.fault.next = self.fault.val();
        self.fq_pop_fields.word.next = self.fq_pop.data.val();
        self.queue.pop.next = self.fq_pop_fields.pop.val();
        self.fq_iova.value.next = self.queue.iova.val();
        self.fq_synd0.value.next = self.queue.syndrome0.val();
        self.fq_synd1.value.next = self.queue.syndrome1.val();
        self.fq_count.count.next = self.queue.count.val();
        self.fq_events.overflow.next = self.queue.lost.val();
        self.fq_status.set.next = self.fq_events.word.val();
        self.fq_status_fields.word.next = self.fq_status.q.val();

        // Interrupt.
        self.irq_enable.set.next = 0.into();
        self.irq_enable_fields.word.next = self.irq_enable.q.val();
        self.pending.next = self.queue.count.val().any();
        self.irq_status_word.fault.next = self.pending.val();
        self.irq_status_word.overflow.next = self.fq_status_fields.overflow.val();
        self.irq_status_word.contexts.next = self.interrupts.val();
        self.irq_status.value.next = self.irq_status_word.word.val();
        self.irq.next = (self.pending.val() & self.irq_enable_fields.fault.val())
            | (self.fq_status_fields.overflow.val() & self.irq_enable_fields.overflow.val())
            | self.interrupts.val().any();

        // Synchronisation status.
        self.tlbstatus_word.active.next = self.sync_active.val();
        self.tlbstatus.value.next = self.tlbstatus_word.word.val();

        // Counters.
        self.cnt_ctrl_fields.word.next = self.cnt_ctrl.data.val();
        self.cnt_reads.happens.next = self.events.val().read;
        self.cnt_writes.happens.next = self.events.val().write;
        self.cnt_miss_r.happens.next = self.events.val().miss_r;
        self.cnt_miss_w.happens.next = self.events.val().miss_w;
        self.cnt_hit_r.happens.next = self.events.val().hit_r;
        self.cnt_hit_w.happens.next = self.events.val().hit_w;
        self.cnt_walks.happens.next = self.events.val().walk;
        self.cnt_walk_cycles.happens.next = self.events.val().walking;
        self.cnt_faults.happens.next = self.fault_valid.val();
    }
}
