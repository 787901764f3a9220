//! Global registers: identification, interrupts, limits, fault queue, synchronisation status,
//! counters.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;
use super::fault_queue::FaultQueue;
use super::global_words::{
    CntCtrlFields, FqCount, FqEvents, FqPopFields, FqStatusFields, IrqEnableFields, IrqStatusWord,
    TlbstatusWord,
};
use super::held_word::HeldWord;
use super::reg_bus::*;
use super::tallies::{Tallies, TALLIES};
use super::types::*;
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

/// The registers that an address may be, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct GlobalRegister {
    pub irq_enable: Bit,
    pub walk_attr: Bit,
    pub stall_ctrl: Bit,
    pub fq_status: Bit,
    pub idr0: Bit,
    pub idr1: Bit,
    pub idr2: Bit,
    pub idr3: Bit,
    pub idr4: Bit,
    pub irq_status: Bit,
    pub fq_iova: Bit,
    pub fq_synd0: Bit,
    pub fq_synd1: Bit,
    pub tlbstatus: Bit,
    pub tlb_locks: Bit,
    pub fq_pop: Bit,
    pub cnt_ctrl: Bit,
    /// Any of the counters.
    pub counter: Bit,
    /// Any register.
    pub any: Bit,
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
    irq_enable: HeldWord,
    walk_attr: HeldWord,
    stall_ctrl: HeldWord,
    fq_status: HeldWord,
    register: Reg<GlobalRegister>,
    tallies: Tallies,
    queue: FaultQueue,
    ticker: Ticker,
    /// Events and commands, a cycle later.
    happened: Reg<Bits<TALLIES>>,
    snaps: Reg<Bit>,
    pops: Reg<Bit>,
    // What is read: one at most is not 0.
    read_count: Reg<Bits<32>>,
    read_ids: Reg<Bits<32>>,
    read_iova: Reg<Bits<32>>,
    read_synd0: Reg<Bits<32>>,
    read_synd1: Reg<Bits<32>>,
    read_stall: Reg<Bits<32>>,
    read_walk: Reg<Bits<32>>,
    read_irq: Reg<Bits<32>>,
    read_queue_status: Reg<Bits<32>>,
    read_status: Reg<Bits<32>>,
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
    irq_enable_at: Constant<Bits<16>>,
    walk_attr_at: Constant<Bits<16>>,
    stall_ctrl_at: Constant<Bits<16>>,
    fq_status_at: Constant<Bits<16>>,
    idr0_at: Constant<Bits<16>>,
    idr1_at: Constant<Bits<16>>,
    idr2_at: Constant<Bits<16>>,
    idr3_at: Constant<Bits<16>>,
    idr4_at: Constant<Bits<16>>,
    irq_status_at: Constant<Bits<16>>,
    fq_iova_at: Constant<Bits<16>>,
    fq_synd0_at: Constant<Bits<16>>,
    fq_synd1_at: Constant<Bits<16>>,
    tlbstatus_at: Constant<Bits<16>>,
    tlb_locks_at: Constant<Bits<16>>,
    fq_pop_at: Constant<Bits<16>>,
    cnt_ctrl_at: Constant<Bits<16>>,
    /// Address bits [15:6] of the counters.
    counters: Constant<Bits<10>>,
    first_counter: Constant<Bits<4>>,
    last_counter: Constant<Bits<4>>,
    strobes: Signal<Local, Bits<4>>,
    irq_enable_here: Signal<Local, Bit>,
    walk_attr_here: Signal<Local, Bit>,
    stall_ctrl_here: Signal<Local, Bit>,
    fq_status_here: Signal<Local, Bit>,
    idr0_here: Signal<Local, Bit>,
    idr1_here: Signal<Local, Bit>,
    idr2_here: Signal<Local, Bit>,
    idr3_here: Signal<Local, Bit>,
    idr4_here: Signal<Local, Bit>,
    irq_status_here: Signal<Local, Bit>,
    fq_iova_here: Signal<Local, Bit>,
    fq_synd0_here: Signal<Local, Bit>,
    fq_synd1_here: Signal<Local, Bit>,
    tlbstatus_here: Signal<Local, Bit>,
    tlb_locks_here: Signal<Local, Bit>,
    fq_pop_here: Signal<Local, Bit>,
    cnt_ctrl_here: Signal<Local, Bit>,
    addr: Signal<Local, Bits<16>>,
    block: Signal<Local, Bits<10>>,
    place: Signal<Local, Bits<4>>,
    counter: Signal<Local, Bit>,
    writes: Signal<Local, Bits<4>>,
    data: Signal<Local, Bits<32>>,
    happens: Signal<Local, Bits<TALLIES>>,
    pending: Signal<Local, Bit>,
}

impl Default for GlobalRegs {
    fn default() -> Self {
        let at = |info: &vcm_regs::RegisterInfo| global::BLOCK.at(0) + info.offset;
        let id = |info: &vcm_regs::RegisterInfo| Constant::new(u64::from(info.reset()).into());
        let address = |info: &vcm_regs::RegisterInfo| Constant::new(u64::from(at(info)).into());
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
            irq_enable: HeldWord::new(&global::IRQ_ENABLE),
            walk_attr: HeldWord::new(&global::WALK_ATTR),
            stall_ctrl: HeldWord::new(&global::STALL_CTRL),
            fq_status: HeldWord::new(&global::FQ_STATUS),
            register: Default::default(),
            tallies: Default::default(),
            queue: Default::default(),
            ticker: Default::default(),
            happened: Default::default(),
            snaps: Default::default(),
            pops: Default::default(),
            read_count: Default::default(),
            read_ids: Default::default(),
            read_iova: Default::default(),
            read_synd0: Default::default(),
            read_synd1: Default::default(),
            read_stall: Default::default(),
            read_walk: Default::default(),
            read_irq: Default::default(),
            read_queue_status: Default::default(),
            read_status: Default::default(),
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
            irq_enable_at: address(&global::IRQ_ENABLE),
            walk_attr_at: address(&global::WALK_ATTR),
            stall_ctrl_at: address(&global::STALL_CTRL),
            fq_status_at: address(&global::FQ_STATUS),
            idr0_at: address(&global::IDR0),
            idr1_at: address(&global::IDR1),
            idr2_at: address(&global::IDR2),
            idr3_at: address(&global::IDR3),
            idr4_at: address(&global::IDR4),
            irq_status_at: address(&global::IRQ_STATUS),
            fq_iova_at: address(&global::FQ_IOVA),
            fq_synd0_at: address(&global::FQ_SYND0),
            fq_synd1_at: address(&global::FQ_SYND1),
            tlbstatus_at: address(&global::TLBSTATUS),
            tlb_locks_at: address(&global::TLB_LOCKS),
            fq_pop_at: address(&global::FQ_POP),
            cnt_ctrl_at: address(&global::CNT_CTRL),
            counters: Constant::new(u64::from(ctrl / 64).into()),
            first_counter: number(&global::CNT_READS),
            last_counter: number(&global::CNT_PREFETCHES),
            strobes: Default::default(),
            irq_enable_here: Default::default(),
            walk_attr_here: Default::default(),
            stall_ctrl_here: Default::default(),
            fq_status_here: Default::default(),
            idr0_here: Default::default(),
            idr1_here: Default::default(),
            idr2_here: Default::default(),
            idr3_here: Default::default(),
            idr4_here: Default::default(),
            irq_status_here: Default::default(),
            fq_iova_here: Default::default(),
            fq_synd0_here: Default::default(),
            fq_synd1_here: Default::default(),
            tlbstatus_here: Default::default(),
            tlb_locks_here: Default::default(),
            fq_pop_here: Default::default(),
            cnt_ctrl_here: Default::default(),
            addr: Default::default(),
            block: Default::default(),
            place: Default::default(),
            counter: Default::default(),
            writes: Default::default(),
            data: Default::default(),
            happens: Default::default(),
            pending: Default::default(),
        }
    }
}

impl Logic for GlobalRegs {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            register,
            happened,
            snaps,
            pops,
            read_count,
            read_ids,
            read_iova,
            read_synd0,
            read_synd1,
            read_stall,
            read_walk,
            read_irq,
            read_queue_status,
            read_status
        );
        self.register.reset.next = self.reset.val();
        self.happened.reset.next = self.reset.val();
        self.snaps.reset.next = self.reset.val();
        self.pops.reset.next = self.reset.val();
        self.read_count.reset.next = self.reset.val();
        self.read_ids.reset.next = self.reset.val();
        self.read_iova.reset.next = self.reset.val();
        self.read_synd0.reset.next = self.reset.val();
        self.read_synd1.reset.next = self.reset.val();
        self.read_stall.reset.next = self.reset.val();
        self.read_walk.reset.next = self.reset.val();
        self.read_irq.reset.next = self.reset.val();
        self.read_queue_status.reset.next = self.reset.val();
        self.read_status.reset.next = self.reset.val();

        // Which register.
        self.addr.next = self.access.val().addr;
        self.irq_enable_here.next = self.addr.val() == self.irq_enable_at.val();
        self.register.d.next.irq_enable = self.irq_enable_here.val();
        self.walk_attr_here.next = self.addr.val() == self.walk_attr_at.val();
        self.register.d.next.walk_attr = self.walk_attr_here.val();
        self.stall_ctrl_here.next = self.addr.val() == self.stall_ctrl_at.val();
        self.register.d.next.stall_ctrl = self.stall_ctrl_here.val();
        self.fq_status_here.next = self.addr.val() == self.fq_status_at.val();
        self.register.d.next.fq_status = self.fq_status_here.val();
        self.idr0_here.next = self.addr.val() == self.idr0_at.val();
        self.register.d.next.idr0 = self.idr0_here.val();
        self.idr1_here.next = self.addr.val() == self.idr1_at.val();
        self.register.d.next.idr1 = self.idr1_here.val();
        self.idr2_here.next = self.addr.val() == self.idr2_at.val();
        self.register.d.next.idr2 = self.idr2_here.val();
        self.idr3_here.next = self.addr.val() == self.idr3_at.val();
        self.register.d.next.idr3 = self.idr3_here.val();
        self.idr4_here.next = self.addr.val() == self.idr4_at.val();
        self.register.d.next.idr4 = self.idr4_here.val();
        self.irq_status_here.next = self.addr.val() == self.irq_status_at.val();
        self.register.d.next.irq_status = self.irq_status_here.val();
        self.fq_iova_here.next = self.addr.val() == self.fq_iova_at.val();
        self.register.d.next.fq_iova = self.fq_iova_here.val();
        self.fq_synd0_here.next = self.addr.val() == self.fq_synd0_at.val();
        self.register.d.next.fq_synd0 = self.fq_synd0_here.val();
        self.fq_synd1_here.next = self.addr.val() == self.fq_synd1_at.val();
        self.register.d.next.fq_synd1 = self.fq_synd1_here.val();
        self.tlbstatus_here.next = self.addr.val() == self.tlbstatus_at.val();
        self.register.d.next.tlbstatus = self.tlbstatus_here.val();
        self.tlb_locks_here.next = self.addr.val() == self.tlb_locks_at.val();
        self.register.d.next.tlb_locks = self.tlb_locks_here.val();
        self.fq_pop_here.next = self.addr.val() == self.fq_pop_at.val();
        self.register.d.next.fq_pop = self.fq_pop_here.val();
        self.cnt_ctrl_here.next = self.addr.val() == self.cnt_ctrl_at.val();
        self.register.d.next.cnt_ctrl = self.cnt_ctrl_here.val();
        self.block.next = self.addr.val().get_bits::<10>(6);
        self.place.next = self.addr.val().get_bits::<4>(2);
        self.counter.next = (self.block.val() == self.counters.val())
            & (self.place.val() >= self.first_counter.val())
            & (self.place.val() <= self.last_counter.val());
        self.register.d.next.counter = self.counter.val();
        self.register.d.next.any = self.counter.val()
            | self.irq_enable_here.val()
            | self.walk_attr_here.val()
            | self.stall_ctrl_here.val()
            | self.fq_status_here.val()
            | self.idr0_here.val()
            | self.idr1_here.val()
            | self.idr2_here.val()
            | self.idr3_here.val()
            | self.idr4_here.val()
            | self.irq_status_here.val()
            | self.fq_iova_here.val()
            | self.fq_synd0_here.val()
            | self.fq_synd1_here.val()
            | self.tlbstatus_here.val()
            | self.tlb_locks_here.val()
            | self.fq_pop_here.val()
            | self.cnt_ctrl_here.val();

        // What is written.
        self.strobes.next = self.access.val().strobes;
        self.data.next = self.access.val().data;
        self.writes.next = 0.into();
        if self.access.val().wr {
            self.writes.next = self.strobes.val();
        }
        self.irq_enable.clock.next = self.clock.val();
        self.irq_enable.reset.next = self.reset.val();
        self.irq_enable.mine.next = self.register.q.val().irq_enable;
        self.irq_enable.write.next = self.writes.val();
        self.irq_enable.data.next = self.data.val();
        self.walk_attr.clock.next = self.clock.val();
        self.walk_attr.reset.next = self.reset.val();
        self.walk_attr.mine.next = self.register.q.val().walk_attr;
        self.walk_attr.write.next = self.writes.val();
        self.walk_attr.data.next = self.data.val();
        self.stall_ctrl.clock.next = self.clock.val();
        self.stall_ctrl.reset.next = self.reset.val();
        self.stall_ctrl.mine.next = self.register.q.val().stall_ctrl;
        self.stall_ctrl.write.next = self.writes.val();
        self.stall_ctrl.data.next = self.data.val();
        self.fq_status.clock.next = self.clock.val();
        self.fq_status.reset.next = self.reset.val();
        self.fq_status.mine.next = self.register.q.val().fq_status;
        self.fq_status.write.next = self.writes.val();
        self.fq_status.data.next = self.data.val();

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

        // Fault queue.
        self.queue.clock.next = self.clock.val();
        self.queue.reset.next = self.reset.val();
        self.queue.valid.next = self.record.val();
        self.queue.fault.next = self.fault.val();
        self.fq_pop_fields.word.next = self.data.val();
        self.pops.d.next = self.register.q.val().fq_pop
            & self.writes.val().get_bit(0)
            & self.fq_pop_fields.pop.val();
        self.queue.pop.next = self.pops.q.val();
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
        self.irq.next = (self.pending.val() & self.irq_enable_fields.fault.val())
            | (self.fq_status_fields.overflow.val() & self.irq_enable_fields.overflow.val())
            | self.interrupts.val().any();

        // Synchronisation status.
        self.tlbstatus_word.active.next = self.sync_active.val();

        // Counters, in the order of their registers.
        self.tallies.clock.next = self.clock.val();
        self.tallies.reset.next = self.reset.val();
        self.tallies.read.next = self.register.q.val().counter & self.access.val().rd;
        self.tallies.index.next = self.place.val();
        self.read_count.d.next = 0.into();
        if self.register.q.val().counter {
            self.read_count.d.next = self.tallies.data.val();
        }
        self.cnt_ctrl_fields.word.next = self.data.val();
        self.snaps.d.next = self.register.q.val().cnt_ctrl
            & self.writes.val().get_bit(0)
            & self.cnt_ctrl_fields.snapshot.val();
        self.tallies.snapshot.next = self.snaps.q.val();
        self.busy.next = self.tallies.busy.val() | self.snaps.q.val();
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
        self.happened.d.next = self.happens.val();
        self.tallies.happens.next = self.happened.q.val();

        // What is read. (Written so, synthesis finds a register's synchronous reset.)
        self.reply.next.hit = self.register.q.val().any;
        self.read_ids.d.next = 0.into();
        if self.register.q.val().idr0 {
            self.read_ids.d.next = self.id0.val();
        }
        if self.register.q.val().idr1 {
            self.read_ids.d.next = self.id1.val();
        }
        if self.register.q.val().idr2 {
            self.read_ids.d.next = self.id2.val();
        }
        if self.register.q.val().idr3 {
            self.read_ids.d.next = self.id3.val();
        }
        if self.register.q.val().idr4 {
            self.read_ids.d.next = self.id4.val();
        }
        self.read_iova.d.next = 0.into();
        if self.register.q.val().fq_iova {
            self.read_iova.d.next = self.queue.iova.val();
        }
        self.read_synd0.d.next = 0.into();
        if self.register.q.val().fq_synd0 {
            self.read_synd0.d.next = self.queue.syndrome0.val();
        }
        self.read_synd1.d.next = 0.into();
        if self.register.q.val().fq_synd1 {
            self.read_synd1.d.next = self.queue.syndrome1.val();
        }
        self.read_stall.d.next = 0.into();
        if self.register.q.val().stall_ctrl {
            self.read_stall.d.next = self.stall_ctrl.q.val();
        }
        self.read_walk.d.next = 0.into();
        if self.register.q.val().walk_attr {
            self.read_walk.d.next = self.walk_attr.q.val();
        }
        self.read_queue_status.d.next = 0.into();
        if self.register.q.val().fq_status {
            self.read_queue_status.d.next = self.fq_status.q.val() | self.fq_count.word.val();
        }
        self.read_irq.d.next = 0.into();
        if self.register.q.val().irq_status {
            self.read_irq.d.next = self.irq_status_word.word.val();
        }
        self.read_status.d.next = 0.into();
        if self.register.q.val().irq_enable {
            self.read_status.d.next = self.irq_enable.q.val();
        }
        if self.register.q.val().tlbstatus {
            self.read_status.d.next = self.tlbstatus_word.word.val();
        }
        if self.register.q.val().tlb_locks {
            self.read_status.d.next = self.tlb_locks_word.word.val();
        }
        self.reply.next.data = self.read_count.q.val()
            | self.read_ids.q.val()
            | self.read_iova.q.val()
            | self.read_synd0.q.val()
            | self.read_synd1.q.val()
            | self.read_stall.q.val()
            | self.read_walk.q.val()
            | self.read_irq.q.val()
            | self.read_queue_status.q.val()
            | self.read_status.q.val();
    }
}
