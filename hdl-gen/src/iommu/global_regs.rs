//! Global registers: identification, interrupts, limits, fault queue, synchronisation status,
//! counters.

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;
use super::fault_queue::FaultQueue;
use super::global_words::{
    CntCtrlFields, FqCount, FqEvents, FqPopFields, FqStatusFields, IrqEnableFields, IrqStatusWord,
    TlbstatusWord,
};
use super::reg_bus::*;
use super::tallies::{Tallies, TALLIES};
use super::types::*;
use crate::axil::{CfgReg, CmdReg, RoReg};
use crate::prim::Reg;
use crate::words::{pack, unpack};

unpack! {
    /// WALK_ATTR.
    WalkAttrFields of global::WalkAttr {
        cache: Bits<4> = CACHE;
        user: Bits<WALK_USER_BITS> = USER;
    }
}
unpack! {
    /// STALL_CTRL.
    StallCtrlFields of global::StallCtrl {
        timeout: Bits<16> = TIMEOUT;
        limit: Bits<4> = LIMIT;
    }
}
pack! {
    /// TLB_LOCKS.
    TlbLocksWord of global::TlbLocks {
        count: Bits<3> = COUNT;
    }
}

/// Time in ticks of 1024 cycles.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Ticker {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// One cycle of 1024; `now` is one more from the next cycle on.
    pub tick: Signal<Out, Bit>,
    pub now: Signal<Out, Bits<16>>,
    cycles: Reg<Bits<10>>,
    wrapped: Reg<Bit>,
    ticks: Reg<Bits<16>>,
}

impl Logic for Ticker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, cycles, wrapped, ticks);
        self.cycles.reset.next = self.reset.val();
        self.wrapped.reset.next = self.reset.val();
        self.ticks.reset.next = self.reset.val();
        self.cycles.d.next = self.cycles.q.val() + 1;
        self.wrapped.d.next = self.cycles.q.val() == 1023;
        if self.wrapped.q.val() {
            self.ticks.d.next = self.ticks.q.val() + 1;
        }
        self.tick.next = self.wrapped.q.val();
        self.now.next = self.ticks.q.val();
    }
}

/// The global registers but for the stream map and the command registers.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct GlobalRegs {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub access: Signal<In, Access>,
    pub reply: Signal<Out, Reply>,
    /// No access may come: counters are being copied.
    pub busy: Signal<Out, Bit>,
    /// One cycle: `fault` is recorded.
    pub record: Signal<In, Bit>,
    pub fault: Signal<In, Fault>,
    /// Contexts that interrupt.
    pub interrupts: Signal<In, Bits<CONTEXTS>>,
    /// Some synchronisation goes on.
    pub sync_active: Signal<In, Bit>,
    /// Locked TLB entries.
    pub locks: Signal<In, Bits<3>>,
    pub events: Signal<In, Events>,
    pub irq: Signal<Out, Bit>,
    pub limits: Signal<Out, StallLimits>,
    pub tick: Signal<Out, Bit>,
    pub now: Signal<Out, Bits<16>>,
    /// ARCACHE and ARUSER of table walks.
    pub walk_cache: Signal<Out, Bits<4>>,
    pub walk_user: Signal<Out, Bits<WALK_USER_BITS>>,
    irq_enable: CfgReg,
    walk_attr: CfgReg,
    stall_ctrl: CfgReg,
    fq_status: CfgReg,
    idr0: RoReg,
    idr1: RoReg,
    idr2: RoReg,
    idr3: RoReg,
    idr4: RoReg,
    irq_status: RoReg,
    fq_iova: RoReg,
    fq_synd0: RoReg,
    fq_synd1: RoReg,
    tlbstatus: RoReg,
    tlb_locks: RoReg,
    fq_pop: CmdReg,
    cnt_ctrl: CmdReg,
    tallies: Tallies,
    queue: FaultQueue,
    ticker: Ticker,
    irq_enable_fields: IrqEnableFields,
    walk_attr_fields: WalkAttrFields,
    stall_ctrl_fields: StallCtrlFields,
    irq_status_word: IrqStatusWord,
    fq_count: FqCount,
    fq_events: FqEvents,
    fq_status_fields: FqStatusFields,
    fq_pop_fields: FqPopFields,
    cnt_ctrl_fields: CntCtrlFields,
    tlbstatus_word: TlbstatusWord,
    tlb_locks_word: TlbLocksWord,
    id0: Constant<Bits<32>>,
    id1: Constant<Bits<32>>,
    id2: Constant<Bits<32>>,
    id3: Constant<Bits<32>>,
    id4: Constant<Bits<32>>,
    /// Address bits [15:6] of the counters.
    counters: Constant<Bits<10>>,
    first_counter: Constant<Bits<4>>,
    last_counter: Constant<Bits<4>>,
    bus: Signal<Local, RegRequest>,
    strobes: Signal<Local, Bits<4>>,
    addr: Signal<Local, Bits<16>>,
    block: Signal<Local, Bits<10>>,
    place: Signal<Local, Bits<4>>,
    counter: Signal<Local, Bit>,
    happens: Signal<Local, Bits<TALLIES>>,
    /// The fill level, which FQ_STATUS reads beside its W1C bit.
    live: Signal<Local, Bits<32>>,
    count: Signal<Local, Bits<32>>,
    pending: Signal<Local, Bit>,
}

impl Default for GlobalRegs {
    fn default() -> Self {
        let at = |info: &vcm_regs::RegisterInfo| global::BLOCK.at(0) + info.offset;
        let id = |info: &vcm_regs::RegisterInfo| Constant::new(u64::from(info.reset()).into());
        let ctrl = at(&global::CNT_CTRL);
        assert_eq!(
            ctrl % 64,
            0,
            "the kernel cuts a counter's number out of the address"
        );
        let number =
            |info: &vcm_regs::RegisterInfo| Constant::new(u64::from((at(info) - ctrl) / 4).into());
        Self {
            clock: Default::default(),
            reset: Default::default(),
            access: Default::default(),
            reply: Default::default(),
            busy: Default::default(),
            record: Default::default(),
            fault: Default::default(),
            interrupts: Default::default(),
            sync_active: Default::default(),
            locks: Default::default(),
            events: Default::default(),
            irq: Default::default(),
            limits: Default::default(),
            tick: Default::default(),
            now: Default::default(),
            walk_cache: Default::default(),
            walk_user: Default::default(),
            irq_enable: CfgReg::new(&global::IRQ_ENABLE, at(&global::IRQ_ENABLE)),
            walk_attr: CfgReg::new(&global::WALK_ATTR, at(&global::WALK_ATTR)),
            stall_ctrl: CfgReg::new(&global::STALL_CTRL, at(&global::STALL_CTRL)),
            fq_status: CfgReg::new(&global::FQ_STATUS, at(&global::FQ_STATUS)),
            idr0: RoReg::new(at(&global::IDR0)),
            idr1: RoReg::new(at(&global::IDR1)),
            idr2: RoReg::new(at(&global::IDR2)),
            idr3: RoReg::new(at(&global::IDR3)),
            idr4: RoReg::new(at(&global::IDR4)),
            irq_status: RoReg::new(at(&global::IRQ_STATUS)),
            fq_iova: RoReg::new(at(&global::FQ_IOVA)),
            fq_synd0: RoReg::new(at(&global::FQ_SYND0)),
            fq_synd1: RoReg::new(at(&global::FQ_SYND1)),
            tlbstatus: RoReg::new(at(&global::TLBSTATUS)),
            tlb_locks: RoReg::new(at(&global::TLB_LOCKS)),
            fq_pop: CmdReg::new(&global::FQ_POP, at(&global::FQ_POP)),
            cnt_ctrl: CmdReg::new(&global::CNT_CTRL, at(&global::CNT_CTRL)),
            tallies: Default::default(),
            queue: Default::default(),
            ticker: Default::default(),
            irq_enable_fields: Default::default(),
            walk_attr_fields: Default::default(),
            stall_ctrl_fields: Default::default(),
            irq_status_word: Default::default(),
            fq_count: Default::default(),
            fq_events: Default::default(),
            fq_status_fields: Default::default(),
            fq_pop_fields: Default::default(),
            cnt_ctrl_fields: Default::default(),
            tlbstatus_word: Default::default(),
            tlb_locks_word: Default::default(),
            id0: id(&global::IDR0),
            id1: id(&global::IDR1),
            id2: id(&global::IDR2),
            id3: id(&global::IDR3),
            id4: id(&global::IDR4),
            counters: Constant::new(u64::from(ctrl / 64).into()),
            first_counter: number(&global::CNT_READS),
            last_counter: number(&global::CNT_PREFETCHES),
            bus: Default::default(),
            strobes: Default::default(),
            addr: Default::default(),
            block: Default::default(),
            place: Default::default(),
            counter: Default::default(),
            happens: Default::default(),
            live: Default::default(),
            count: Default::default(),
            pending: Default::default(),
        }
    }
}

impl Logic for GlobalRegs {
    #[hdl_gen]
    fn update(&mut self) {
        // The bus, as registers take it: one address, and a mask.
        self.strobes.next = self.access.val().strobes;
        self.bus.next.wr = self.access.val().wr;
        self.bus.next.wr_addr = self.access.val().addr;
        self.bus.next.rd_addr = self.access.val().addr;
        self.bus.next.wr_data = self.access.val().data;
        self.bus.next.wr_mask = 0.into();
        if self.strobes.val().get_bit(0) {
            self.bus.next.wr_mask = self.bus.val().wr_mask | 0x0000_00FF;
        }
        if self.strobes.val().get_bit(1) {
            self.bus.next.wr_mask = self.bus.val().wr_mask | 0x0000_FF00;
        }
        if self.strobes.val().get_bit(2) {
            self.bus.next.wr_mask = self.bus.val().wr_mask | 0x00FF_0000;
        }
        if self.strobes.val().get_bit(3) {
            self.bus.next.wr_mask = self.bus.val().wr_mask | 0xFF00_0000_u64;
        }
        self.irq_enable.clock.next = self.clock.val();
        self.irq_enable.reset.next = self.reset.val();
        self.irq_enable.wr.next = self.bus.val().wr;
        self.irq_enable.wr_addr.next = self.bus.val().wr_addr;
        self.irq_enable.wr_data.next = self.bus.val().wr_data;
        self.irq_enable.wr_mask.next = self.bus.val().wr_mask;
        self.irq_enable.rd_addr.next = self.bus.val().rd_addr;
        self.walk_attr.clock.next = self.clock.val();
        self.walk_attr.reset.next = self.reset.val();
        self.walk_attr.wr.next = self.bus.val().wr;
        self.walk_attr.wr_addr.next = self.bus.val().wr_addr;
        self.walk_attr.wr_data.next = self.bus.val().wr_data;
        self.walk_attr.wr_mask.next = self.bus.val().wr_mask;
        self.walk_attr.rd_addr.next = self.bus.val().rd_addr;
        self.stall_ctrl.clock.next = self.clock.val();
        self.stall_ctrl.reset.next = self.reset.val();
        self.stall_ctrl.wr.next = self.bus.val().wr;
        self.stall_ctrl.wr_addr.next = self.bus.val().wr_addr;
        self.stall_ctrl.wr_data.next = self.bus.val().wr_data;
        self.stall_ctrl.wr_mask.next = self.bus.val().wr_mask;
        self.stall_ctrl.rd_addr.next = self.bus.val().rd_addr;
        self.fq_status.clock.next = self.clock.val();
        self.fq_status.reset.next = self.reset.val();
        self.fq_status.wr.next = self.bus.val().wr;
        self.fq_status.wr_addr.next = self.bus.val().wr_addr;
        self.fq_status.wr_data.next = self.bus.val().wr_data;
        self.fq_status.wr_mask.next = self.bus.val().wr_mask;
        self.fq_status.rd_addr.next = self.bus.val().rd_addr;
        self.idr0.wr_addr.next = self.bus.val().wr_addr;
        self.idr0.rd_addr.next = self.bus.val().rd_addr;
        self.idr1.wr_addr.next = self.bus.val().wr_addr;
        self.idr1.rd_addr.next = self.bus.val().rd_addr;
        self.idr2.wr_addr.next = self.bus.val().wr_addr;
        self.idr2.rd_addr.next = self.bus.val().rd_addr;
        self.idr3.wr_addr.next = self.bus.val().wr_addr;
        self.idr3.rd_addr.next = self.bus.val().rd_addr;
        self.idr4.wr_addr.next = self.bus.val().wr_addr;
        self.idr4.rd_addr.next = self.bus.val().rd_addr;
        self.irq_status.wr_addr.next = self.bus.val().wr_addr;
        self.irq_status.rd_addr.next = self.bus.val().rd_addr;
        self.fq_iova.wr_addr.next = self.bus.val().wr_addr;
        self.fq_iova.rd_addr.next = self.bus.val().rd_addr;
        self.fq_synd0.wr_addr.next = self.bus.val().wr_addr;
        self.fq_synd0.rd_addr.next = self.bus.val().rd_addr;
        self.fq_synd1.wr_addr.next = self.bus.val().wr_addr;
        self.fq_synd1.rd_addr.next = self.bus.val().rd_addr;
        self.tlbstatus.wr_addr.next = self.bus.val().wr_addr;
        self.tlbstatus.rd_addr.next = self.bus.val().rd_addr;
        self.tlb_locks.wr_addr.next = self.bus.val().wr_addr;
        self.tlb_locks.rd_addr.next = self.bus.val().rd_addr;
        self.fq_pop.wr.next = self.bus.val().wr;
        self.fq_pop.wr_addr.next = self.bus.val().wr_addr;
        self.fq_pop.wr_data.next = self.bus.val().wr_data;
        self.fq_pop.wr_mask.next = self.bus.val().wr_mask;
        self.fq_pop.rd_addr.next = self.bus.val().rd_addr;
        self.cnt_ctrl.wr.next = self.bus.val().wr;
        self.cnt_ctrl.wr_addr.next = self.bus.val().wr_addr;
        self.cnt_ctrl.wr_data.next = self.bus.val().wr_data;
        self.cnt_ctrl.wr_mask.next = self.bus.val().wr_mask;
        self.cnt_ctrl.rd_addr.next = self.bus.val().rd_addr;

        // Identification.
        self.idr0.value.next = self.id0.val();
        self.idr1.value.next = self.id1.val();
        self.idr2.value.next = self.id2.val();
        self.idr3.value.next = self.id3.val();
        self.idr4.value.next = self.id4.val();

        // Table walks and stalling.
        self.walk_attr.set.next = 0.into();
        self.walk_attr_fields.word.next = self.walk_attr.q.val();
        self.walk_cache.next = self.walk_attr_fields.cache.val();
        self.walk_user.next = self.walk_attr_fields.user.val();
        self.stall_ctrl.set.next = 0.into();
        self.stall_ctrl_fields.word.next = self.stall_ctrl.q.val();
        self.limits.next.most = self.stall_ctrl_fields.limit.val();
        self.limits.next.ticks = self.stall_ctrl_fields.timeout.val();
        self.ticker.clock.next = self.clock.val();
        self.ticker.reset.next = self.reset.val();
        self.tick.next = self.ticker.tick.val();
        self.now.next = self.ticker.now.val();
        self.tlb_locks_word.count.next = self.locks.val();
        self.tlb_locks.value.next = self.tlb_locks_word.word.val();

        // Fault queue.
        self.queue.clock.next = self.clock.val();
        self.queue.reset.next = self.reset.val();
        self.queue.valid.next = self.record.val();
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

        // Counters, in the order of their registers.
        self.addr.next = self.access.val().addr;
        self.block.next = self.addr.val().get_bits::<10>(6);
        self.place.next = self.addr.val().get_bits::<4>(2);
        self.counter.next = (self.block.val() == self.counters.val())
            & (self.place.val() >= self.first_counter.val())
            & (self.place.val() <= self.last_counter.val());
        self.tallies.clock.next = self.clock.val();
        self.tallies.reset.next = self.reset.val();
        self.tallies.read.next = self.counter.val() & self.access.val().rd;
        self.tallies.index.next = self.place.val();
        self.count.next = 0.into();
        if self.counter.val() {
            self.count.next = self.tallies.data.val();
        }
        self.cnt_ctrl_fields.word.next = self.cnt_ctrl.data.val();
        self.tallies.snapshot.next = self.cnt_ctrl_fields.snapshot.val();
        self.busy.next = self.tallies.busy.val();
        self.happens.next = 0.into();
        if self.events.val().read {
            self.happens.next = self.happens.val() | 0x001;
        }
        if self.events.val().write {
            self.happens.next = self.happens.val() | 0x002;
        }
        if self.events.val().miss_r {
            self.happens.next = self.happens.val() | 0x004;
        }
        if self.events.val().miss_w {
            self.happens.next = self.happens.val() | 0x008;
        }
        if self.events.val().hit_r {
            self.happens.next = self.happens.val() | 0x010;
        }
        if self.events.val().hit_w {
            self.happens.next = self.happens.val() | 0x020;
        }
        if self.events.val().walk {
            self.happens.next = self.happens.val() | 0x040;
        }
        if self.events.val().walking {
            self.happens.next = self.happens.val() | 0x080;
        }
        if self.record.val() {
            self.happens.next = self.happens.val() | 0x100;
        }
        if self.events.val().main_miss {
            self.happens.next = self.happens.val() | 0x200;
        }
        if self.events.val().stalling {
            self.happens.next = self.happens.val() | 0x400;
        }
        if self.events.val().prefetched {
            self.happens.next = self.happens.val() | 0x800;
        }
        self.tallies.happens.next = self.happens.val();

        // What is read.
        self.live.next = 0.into();
        if self.fq_status.rd_hit.val() {
            self.live.next = self.fq_count.word.val();
        }
        self.reply.next.hit = self.counter.val()
            | self.irq_enable.rd_hit.val()
            | self.walk_attr.rd_hit.val()
            | self.stall_ctrl.rd_hit.val()
            | self.fq_status.rd_hit.val()
            | self.idr0.rd_hit.val()
            | self.idr1.rd_hit.val()
            | self.idr2.rd_hit.val()
            | self.idr3.rd_hit.val()
            | self.idr4.rd_hit.val()
            | self.irq_status.rd_hit.val()
            | self.fq_iova.rd_hit.val()
            | self.fq_synd0.rd_hit.val()
            | self.fq_synd1.rd_hit.val()
            | self.tlbstatus.rd_hit.val()
            | self.tlb_locks.rd_hit.val()
            | self.fq_pop.rd_hit.val()
            | self.cnt_ctrl.rd_hit.val();
        self.reply.next.data = self.live.val()
            | self.count.val()
            | self.irq_enable.rd_data.val()
            | self.walk_attr.rd_data.val()
            | self.stall_ctrl.rd_data.val()
            | self.fq_status.rd_data.val()
            | self.idr0.rd_data.val()
            | self.idr1.rd_data.val()
            | self.idr2.rd_data.val()
            | self.idr3.rd_data.val()
            | self.idr4.rd_data.val()
            | self.irq_status.rd_data.val()
            | self.fq_iova.rd_data.val()
            | self.fq_synd0.rd_data.val()
            | self.fq_synd1.rd_data.val()
            | self.tlbstatus.rd_data.val()
            | self.tlb_locks.rd_data.val();
    }
}
