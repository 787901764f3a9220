//! `vcm_iommu`: the blocks put together.
//!
//! ```text
//!  s_axi AR ─► Dispatch(read) ─────────────► m_axi AR        s_axil ─► AxilRegs ─► Globals
//!                │  ▲ Lookup+TLB                                              ├─► StreamMap
//!  s_axi R ◄─ ReadMerge ◄── ReadTerminator                                    ├─► ContextBanks
//!                └───────────◄───────────── m_axi R                           └─► Commands
//!  s_axi AW ─► Dispatch(write) ────────────► m_axi AW
//!  s_axi W ──► WriteRouter ────────────────► m_axi W         both Dispatch ─► Walker ─► m_axi_ptw
//!  s_axi B ◄─ WriteMerge ◄── WriteTerminator                 both Dispatch ─► FaultCollector
//!                └───────────◄───────────── m_axi B                           ─► records, queue
//! ```

use rust_hdl::prelude::*;

use super::commands::Commands;
use super::config::*;
use super::context_bank::ContextBanks;
use super::dispatch::Dispatch;
use super::fault_queue::FaultCollector;
use super::globals::Globals;
use super::read_path::{ReadMerge, ReadTerminator};
use super::reg_bus::*;
use super::stream_map::StreamMap;
use super::types::*;
use super::walker::Walker;
use super::write_path::{WriteMerge, WriteRouter, WriteTerminator};
use crate::axi::*;
use crate::axil::AxilRegs;
use crate::prim::Reg;

/// The IOMMU. Ports: see ARCHITECTURE and `docs/theory.md`.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Iommu {
    pub aclk: Signal<In, Clock>,
    /// Active low, synchronous.
    pub aresetn: Signal<In, Bit>,
    pub s_axil: AxilSlave<16>,
    pub s_axi: AxiUserSlave<ID_BITS, STREAM_BITS>,
    pub m_axi: AxiMaster<ID_BITS>,
    pub m_axi_ptw: AxiReadMaster<2>,
    /// Level, active high.
    pub irq: Signal<Out, Bit>,
    axil: AxilRegs,
    globals: Globals,
    streams: StreamMap,
    banks: ContextBanks,
    commands: Commands,
    reads: Dispatch,
    read_terminator: ReadTerminator,
    read_merge: ReadMerge,
    writes: Dispatch,
    write_router: WriteRouter,
    write_terminator: WriteTerminator,
    write_merge: WriteMerge,
    walker: Walker,
    faults: FaultCollector,
    irq_held: Reg<Bit>,
    reset: Signal<Local, Bit>,
    request: Signal<Local, RegRequest>,
    answer: Signal<Local, RegAnswer>,
    events: Signal<Local, Events>,
    read_burst: Signal<Local, Burst>,
    write_burst: Signal<Local, Burst>,
    write_beat: Signal<Local, WriteBeat>,
    memory_beat: Signal<Local, ReadBeat>,
    memory_answer: Signal<Local, WriteAnswer>,
    route: Signal<Local, WriteRoute>,
    waits: Signal<Local, Bits<CONTEXTS>>,
    waits_any: Signal<Local, Bit>,
}

impl Logic for Iommu {
    #[hdl_gen]
    fn update(&mut self) {
        // Clock and reset.
        self.reset.next = !self.aresetn.val();
        self.axil.clock.next = self.aclk.val();
        self.axil.reset.next = self.reset.val();
        self.globals.clock.next = self.aclk.val();
        self.globals.reset.next = self.reset.val();
        self.streams.clock.next = self.aclk.val();
        self.streams.reset.next = self.reset.val();
        self.banks.clock.next = self.aclk.val();
        self.banks.reset.next = self.reset.val();
        self.commands.clock.next = self.aclk.val();
        self.commands.reset.next = self.reset.val();
        self.reads.clock.next = self.aclk.val();
        self.reads.reset.next = self.reset.val();
        self.read_terminator.clock.next = self.aclk.val();
        self.read_terminator.reset.next = self.reset.val();
        self.read_merge.clock.next = self.aclk.val();
        self.read_merge.reset.next = self.reset.val();
        self.writes.clock.next = self.aclk.val();
        self.writes.reset.next = self.reset.val();
        self.write_router.clock.next = self.aclk.val();
        self.write_router.reset.next = self.reset.val();
        self.write_terminator.clock.next = self.aclk.val();
        self.write_terminator.reset.next = self.reset.val();
        self.write_merge.clock.next = self.aclk.val();
        self.write_merge.reset.next = self.reset.val();
        self.walker.clock.next = self.aclk.val();
        self.walker.reset.next = self.reset.val();
        self.faults.clock.next = self.aclk.val();
        self.faults.reset.next = self.reset.val();
        self.irq_held.clock.next = self.aclk.val();
        self.irq_held.reset.next = self.reset.val();
        // Registers.
        AxilSlave::<16>::link(&mut self.s_axil, &mut self.axil.s_axil);
        self.request.next.wr = self.axil.wr.val();
        self.request.next.wr_addr = self.axil.wr_addr.val();
        self.request.next.wr_data = self.axil.wr_data.val();
        self.request.next.wr_mask = self.axil.wr_mask.val();
        self.request.next.rd_addr = self.axil.rd_addr.val();
        self.globals.request.next = self.request.val();
        self.streams.request.next = self.request.val();
        self.banks.request.next = self.request.val();
        self.commands.request.next = self.request.val();
        self.answer.next = self.globals.answer.val()
            | self.streams.answer.val()
            | self.banks.answer.val()
            | self.commands.answer.val();
        self.axil.wr_ok.next = self.answer.val().wr_hit;
        self.axil.rd_ok.next = self.answer.val().rd_hit;
        self.axil.rd_data.next = self.answer.val().rd_data;

        // Read address.
        self.read_burst.next.id = self.s_axi.arid.val();
        self.read_burst.next.addr = self.s_axi.araddr.val();
        self.read_burst.next.len = self.s_axi.arlen.val();
        self.read_burst.next.size = self.s_axi.arsize.val();
        self.read_burst.next.burst = self.s_axi.arburst.val();
        self.read_burst.next.cache = self.s_axi.arcache.val();
        self.read_burst.next.prot = self.s_axi.arprot.val();
        self.read_burst.next.qos = self.s_axi.arqos.val();
        self.read_burst.next.stream = self.s_axi.aruser.val();
        self.reads.write.next = false;
        self.reads.s_valid.next = self.s_axi.arvalid.val();
        self.reads.s_burst.next = self.read_burst.val();
        self.s_axi.arready.next = self.reads.s_ready.val();
        self.m_axi.arvalid.next = self.reads.m_valid.val();
        self.reads.m_ready.next = self.m_axi.arready.val();
        self.m_axi.arid.next = self.reads.m_burst.val().id;
        self.m_axi.araddr.next = self.reads.m_burst.val().addr;
        self.m_axi.arlen.next = self.reads.m_burst.val().len;
        self.m_axi.arsize.next = self.reads.m_burst.val().size;
        self.m_axi.arburst.next = self.reads.m_burst.val().burst;
        self.m_axi.arlock.next = false;
        self.m_axi.arcache.next = self.reads.m_burst.val().cache;
        self.m_axi.arprot.next = self.reads.m_burst.val().prot;
        self.m_axi.arqos.next = self.reads.m_burst.val().qos;

        // Read data.
        self.read_terminator.start.next = self.reads.terminate.val();
        self.read_terminator.id.next = self.reads.terminate_id.val();
        self.read_terminator.len.next = self.reads.leaving_len.val();
        self.read_terminator.resp.next = self.reads.terminate_resp.val();
        self.reads.terminator_busy.next = self.read_terminator.busy.val();
        self.reads.terminator_id.next = self.read_terminator.busy_id.val();
        self.memory_beat.next.id = self.m_axi.rid.val();
        self.memory_beat.next.data = self.m_axi.rdata.val();
        self.memory_beat.next.resp = self.m_axi.rresp.val();
        self.memory_beat.next.last = self.m_axi.rlast.val();
        self.read_merge.memory_valid.next = self.m_axi.rvalid.val() & !self.reads.late_valid.val();
        self.read_merge.memory.next = self.memory_beat.val();
        self.m_axi.rready.next = self.read_merge.memory_ready.val() & !self.reads.late_valid.val();
        self.read_merge.terminator_valid.next = self.read_terminator.busy.val();
        self.read_merge.terminator.next = self.read_terminator.beat.val();
        self.read_terminator.taken.next = self.read_merge.terminator_taken.val();
        self.s_axi.rvalid.next = self.read_merge.s_valid.val();
        self.read_merge.s_ready.next = self.s_axi.rready.val();
        self.s_axi.rid.next = self.read_merge.s_beat.val().id;
        self.s_axi.rdata.next = self.read_merge.s_beat.val().data;
        self.s_axi.rresp.next = self.read_merge.s_beat.val().resp;
        self.s_axi.rlast.next = self.read_merge.s_beat.val().last;
        self.reads.response.next = self.read_merge.response.val();
        self.reads.response_id.next = self.m_axi.rid.val();
        self.reads.response_resp.next = self.m_axi.rresp.val();
        self.reads.response_last.next = self.m_axi.rlast.val();
        self.reads.data_done.next = false;
        self.reads.data_malformed.next = false;

        // Write address.
        self.write_burst.next.id = self.s_axi.awid.val();
        self.write_burst.next.addr = self.s_axi.awaddr.val();
        self.write_burst.next.len = self.s_axi.awlen.val();
        self.write_burst.next.size = self.s_axi.awsize.val();
        self.write_burst.next.burst = self.s_axi.awburst.val();
        self.write_burst.next.cache = self.s_axi.awcache.val();
        self.write_burst.next.prot = self.s_axi.awprot.val();
        self.write_burst.next.qos = self.s_axi.awqos.val();
        self.write_burst.next.stream = self.s_axi.awuser.val();
        self.writes.write.next = true;
        self.writes.s_valid.next = self.s_axi.awvalid.val();
        self.writes.s_burst.next = self.write_burst.val();
        self.s_axi.awready.next = self.writes.s_ready.val();
        self.m_axi.awvalid.next = self.writes.m_valid.val();
        self.writes.m_ready.next = self.m_axi.awready.val();
        self.m_axi.awid.next = self.writes.m_burst.val().id;
        self.m_axi.awaddr.next = self.writes.m_burst.val().addr;
        self.m_axi.awlen.next = self.writes.m_burst.val().len;
        self.m_axi.awsize.next = self.writes.m_burst.val().size;
        self.m_axi.awburst.next = self.writes.m_burst.val().burst;
        self.m_axi.awlock.next = false;
        self.m_axi.awcache.next = self.writes.m_burst.val().cache;
        self.m_axi.awprot.next = self.writes.m_burst.val().prot;
        self.m_axi.awqos.next = self.writes.m_burst.val().qos;

        // Write data: a burst's beats may come from the cycle on in which its AWVALID is high, and do not
        // wait for its AWREADY (IHI 0022E, A3.3.1).
        self.write_router.push.next = self.writes.issue.val() | self.writes.terminate.val();
        self.route.next.terminated = self.writes.terminate.val();
        self.route.next.len = self.writes.leaving_len.val();
        self.write_router.route.next = self.route.val();
        self.write_beat.next.data = self.s_axi.wdata.val();
        self.write_beat.next.strb = self.s_axi.wstrb.val();
        self.write_beat.next.last = self.s_axi.wlast.val();
        self.write_router.s_valid.next = self.s_axi.wvalid.val();
        self.write_router.s_beat.next = self.write_beat.val();
        self.s_axi.wready.next = self.write_router.s_ready.val();
        self.m_axi.wvalid.next = self.write_router.m_valid.val();
        self.write_router.m_ready.next = self.m_axi.wready.val();
        self.m_axi.wdata.next = self.write_router.m_beat.val().data;
        self.m_axi.wstrb.next = self.write_router.m_beat.val().strb;
        self.m_axi.wlast.next = self.write_router.m_beat.val().last;
        self.writes.data_done.next = self.write_router.done.val();
        self.writes.data_malformed.next = self.write_router.malformed.val();

        // Write response.
        self.write_terminator.start.next = self.writes.terminate.val();
        self.write_terminator.id.next = self.writes.terminate_id.val();
        self.write_terminator.resp.next = self.writes.terminate_resp.val();
        self.write_terminator.drained.next = self.write_router.drained.val();
        self.writes.terminator_busy.next = self.write_terminator.busy.val();
        self.writes.terminator_id.next = self.write_terminator.busy_id.val();
        self.memory_answer.next.id = self.m_axi.bid.val();
        self.memory_answer.next.resp = self.m_axi.bresp.val();
        self.write_merge.memory_valid.next = self.m_axi.bvalid.val();
        self.write_merge.memory.next = self.memory_answer.val();
        self.write_merge.blocked.next =
            self.writes.answered_open.val() | self.writes.late_valid.val();
        self.write_merge.malformed.next = self.writes.answered_malformed.val();
        self.m_axi.bready.next = self.write_merge.memory_ready.val();
        self.write_merge.terminator_valid.next = self.write_terminator.valid.val();
        self.write_merge.terminator.next = self.write_terminator.answer.val();
        self.write_terminator.taken.next = self.write_merge.terminator_taken.val();
        self.s_axi.bvalid.next = self.write_merge.s_valid.val();
        self.write_merge.s_ready.next = self.s_axi.bready.val();
        self.s_axi.bid.next = self.write_merge.s_answer.val().id;
        self.s_axi.bresp.next = self.write_merge.s_answer.val().resp;
        self.writes.response.next = self.write_merge.response.val();
        self.writes.response_id.next = self.write_merge.pending.val().id;
        self.writes.response_resp.next = self.write_merge.pending.val().resp;
        self.writes.response_last.next = true;

        // Streams and contexts.
        self.streams.read_stream.next = self.reads.stream.val();
        self.reads.route.next = self.streams.read_route.val();
        self.banks.read_index.next = self.streams.read_route.val().context;
        self.reads.bank.next = self.banks.read_state.val();
        self.streams.write_stream.next = self.writes.stream.val();
        self.writes.route.next = self.streams.write_route.val();
        self.banks.write_index.next = self.streams.write_route.val().context;
        self.writes.bank.next = self.banks.write_state.val();

        // Walker.
        self.walker.read_walk.next = self.reads.walk.val();
        self.walker.read_request.next = self.reads.walk_request.val();
        self.walker.write_walk.next = self.writes.walk.val();
        self.walker.write_request.next = self.writes.walk_request.val();
        self.walker.command.next = self.commands.command.val();
        self.reads.command.next = self.commands.command.val();
        self.reads.walk_fill.next = self.walker.read_fill.val();
        self.reads.walk_fault.next = self.walker.read_fault.val();
        self.reads.walk_status.next = self.walker.status.val();
        self.reads.walk_translation.next = self.walker.translation.val();
        self.writes.command.next = self.commands.command.val();
        self.writes.walk_fill.next = self.walker.write_fill.val();
        self.writes.walk_fault.next = self.walker.write_fault.val();
        self.writes.walk_status.next = self.walker.status.val();
        self.writes.walk_translation.next = self.walker.translation.val();
        AxiReadMaster::<2>::link(&mut self.m_axi_ptw, &mut self.walker.m_axi_ptw);

        // Synchronisation.
        self.waits.next =
            self.reads.waits.val() | self.writes.waits.val() | self.walker.waits.val();
        self.waits_any.next = self.reads.waits_any.val()
            | self.writes.waits_any.val()
            | self.walker.waits.val().any();
        self.banks.sync_active.next = self.waits.val();
        self.globals.sync_active.next = self.waits_any.val();

        // Faults.
        self.faults.read_valid.next = self.reads.fault_valid.val();
        self.faults.read.next = self.reads.fault.val();
        self.reads.fault_ready.next = self.faults.read_ready.val();
        self.faults.write_valid.next = self.writes.fault_valid.val();
        self.faults.write.next = self.writes.fault.val();
        self.writes.fault_ready.next = self.faults.write_ready.val();
        self.faults.late_read_valid.next = self.reads.late_valid.val();
        self.faults.late_read.next = self.reads.late.val();
        self.reads.late_ready.next = self.faults.late_read_ready.val();
        self.faults.late_write_valid.next = self.writes.late_valid.val();
        self.faults.late_write.next = self.writes.late.val();
        self.writes.late_ready.next = self.faults.late_write_ready.val();
        self.globals.fault_valid.next = self.faults.valid.val();
        self.globals.fault.next = self.faults.fault.val();
        self.banks.fault_valid.next = self.faults.valid.val();
        self.banks.fault.next = self.faults.fault.val();
        self.globals.interrupts.next = self.banks.interrupts.val();
        self.irq_held.d.next = self.globals.irq.val();
        self.irq.next = self.irq_held.q.val();

        // Counters.
        self.events.next.read = self.reads.count_burst.val();
        self.events.next.write = self.writes.count_burst.val();
        self.events.next.miss_r = self.reads.count_miss.val();
        self.events.next.miss_w = self.writes.count_miss.val();
        self.events.next.hit_r = self.reads.count_hit.val();
        self.events.next.hit_w = self.writes.count_hit.val();
        self.events.next.walk = self.walker.count_walk.val();
        self.events.next.walking = self.walker.walking.val();
        self.globals.events.next = self.events.val();
    }
}
