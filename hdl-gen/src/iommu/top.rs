//! `vcm_iommu`: the blocks put together.
//!
//! ```text
//!  s_axi AR ─► Path(read) ─────────────────► m_axi AR        s_axil ─► Registers
//!                │  ▲                                          (stream map, banks, commands, faults)
//!  s_axi R ◄─ ReadMerge ◄── ReadTerminator
//!                └───────────◄───────────── m_axi R
//!  s_axi AW ─► Path(write) ────────────────► m_axi AW
//!  s_axi W ──► WriteRouter ────────────────► m_axi W         both Path ─► Translator ─► Walks ─► m_axi_ptw
//!  s_axi B ◄─ AnswerMerge ◄── WriteTerminator
//!                └───────────◄───────────── m_axi B
//! ```

use rust_hdl::prelude::*;

use super::config::*;
use super::path::Path;
use super::read_path::{ReadMerge, ReadTerminator};
use super::registers::Registers;
use super::translator::Translator;
use super::types::*;
use super::walks::Walks;
use super::write_path::{AnswerMerge, WriteRouter, WriteTerminator};
use crate::axi::*;

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
    registers: Registers,
    reads: Path,
    read_terminator: ReadTerminator,
    read_merge: ReadMerge,
    writes: Path,
    write_router: WriteRouter,
    write_terminator: WriteTerminator,
    write_merge: AnswerMerge,
    translator: Translator,
    walks: Walks,
    reset: Signal<Local, Bit>,
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
        self.registers.clock.next = self.aclk.val();
        self.registers.reset.next = self.reset.val();
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
        self.translator.clock.next = self.aclk.val();
        self.translator.reset.next = self.reset.val();
        self.walks.clock.next = self.aclk.val();
        self.walks.reset.next = self.reset.val();

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
        self.memory_beat.next.id = self.m_axi.rid.val();
        self.memory_beat.next.data = self.m_axi.rdata.val();
        self.memory_beat.next.resp = self.m_axi.rresp.val();
        self.memory_beat.next.last = self.m_axi.rlast.val();
        self.read_merge.memory_valid.next = self.m_axi.rvalid.val();
        self.read_merge.blocked.next = self.reads.blocked.val();
        self.read_merge.memory.next = self.memory_beat.val();
        self.m_axi.rready.next = self.read_merge.memory_ready.val();
        self.read_merge.terminator_valid.next = self.read_terminator.busy.val();
        self.read_merge.terminator.next = self.read_terminator.beat.val();
        self.read_terminator.taken.next = self.read_merge.terminator_taken.val();
        self.s_axi.rvalid.next = self.read_merge.s_valid.val();
        self.read_merge.s_ready.next = self.s_axi.rready.val();
        self.s_axi.rid.next = self.read_merge.s_beat.val().id;
        self.s_axi.rdata.next = self.read_merge.s_beat.val().data;
        self.s_axi.rresp.next = self.read_merge.s_beat.val().resp;
        self.s_axi.rlast.next = self.read_merge.s_beat.val().last;
        self.reads.offered.next = self.m_axi.rvalid.val();
        self.reads.response.next = self.read_merge.response.val();
        self.reads.response_id.next = self.m_axi.rid.val();
        self.reads.response_resp.next = self.m_axi.rresp.val();
        self.reads.response_last.next = self.m_axi.rlast.val();
        self.reads.data_done.next = false;
        self.reads.data_malformed.next = false;
        self.reads.data_late.next = false;

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
        self.writes.data_late.next = self.write_router.late.val();

        // Write response.
        self.write_terminator.start.next = self.writes.terminate.val();
        self.write_terminator.id.next = self.writes.terminate_id.val();
        self.write_terminator.resp.next = self.writes.terminate_resp.val();
        self.write_terminator.drained.next = self.write_router.drained.val();
        self.writes.terminator_busy.next = self.write_terminator.busy.val();
        self.memory_answer.next.id = self.m_axi.bid.val();
        self.memory_answer.next.resp = self.m_axi.bresp.val();
        self.write_merge.memory_valid.next = self.m_axi.bvalid.val();
        self.write_merge.memory.next = self.memory_answer.val();
        self.write_merge.blocked.next = self.writes.blocked.val();
        self.write_merge.malformed.next = self.writes.malformed.val();
        self.m_axi.bready.next = self.write_merge.memory_ready.val();
        self.write_merge.terminator_valid.next = self.write_terminator.valid.val();
        self.write_merge.terminator.next = self.write_terminator.answer.val();
        self.write_terminator.taken.next = self.write_merge.terminator_taken.val();
        self.s_axi.bvalid.next = self.write_merge.s_valid.val();
        self.write_merge.s_ready.next = self.s_axi.bready.val();
        self.s_axi.bid.next = self.write_merge.s_answer.val().id;
        self.s_axi.bresp.next = self.write_merge.s_answer.val().resp;
        self.writes.offered.next = self.m_axi.bvalid.val();
        self.writes.response.next = self.write_merge.response.val();
        self.writes.response_id.next = self.m_axi.bid.val();
        self.writes.response_resp.next = self.m_axi.bresp.val();
        self.writes.response_last.next = true;

        // Registers, streams and contexts.
        AxilSlave::<16>::link(&mut self.s_axil, &mut self.registers.s_axil);
        self.registers.hold.next = self.translator.sweeping.val();
        self.registers.read_stream.next = self.reads.stream.val();
        self.reads.route.next = self.registers.read_route.val();
        self.registers.write_stream.next = self.writes.stream.val();
        self.writes.route.next = self.registers.write_route.val();
        self.registers.lookup_stream.next = self.translator.stream.val();
        self.translator.route.next = self.registers.lookup_route.val();
        self.registers.bank_index.next = self.translator.bank_index.val();
        self.translator.bank.next = self.registers.bank.val();
        self.registers.respond_index.next = self.translator.respond_index.val();
        self.translator.respond_bank.next = self.registers.respond_bank.val();

        // Lookups.
        self.translator.read_ask.next = self.reads.ask.val();
        self.translator.read_request.next = self.reads.request.val();
        self.reads.taken.next = self.translator.read_taken.val();
        self.reads.began.next = self.translator.read_began.val();
        self.reads.answer.next = self.translator.read_answer.val();
        self.reads.answered_lookup.next = self.translator.answer.val();
        self.reads.fill.next = self.translator.read_fill.val();
        self.reads.fill_entry.next = self.translator.fill.val();
        self.translator.write_ask.next = self.writes.ask.val();
        self.translator.write_request.next = self.writes.request.val();
        self.writes.taken.next = self.translator.write_taken.val();
        self.writes.began.next = self.translator.write_began.val();
        self.writes.answer.next = self.translator.write_answer.val();
        self.writes.answered_lookup.next = self.translator.answer.val();
        self.writes.fill.next = self.translator.write_fill.val();
        self.writes.fill_entry.next = self.translator.fill.val();

        // Walks.
        self.walks.start.next = self.translator.start.val();
        self.walks.start_request.next = self.translator.start_request.val();
        self.translator.start_index.next = self.walks.start_index.val();
        self.translator.can_start.next = self.walks.can_start.val();
        self.translator.can_prefetch.next = self.walks.can_prefetch.val();
        self.walks.query.next = self.translator.query.val();
        self.translator.same.next = self.walks.same.val();
        self.translator.wake.next = self.walks.wake.val();
        self.reads.wake.next = self.walks.wake.val();
        self.writes.wake.next = self.walks.wake.val();
        self.translator.failed.next = self.walks.failed.val();
        self.reads.failed.next = self.walks.failed.val();
        self.writes.failed.next = self.walks.failed.val();
        self.translator.read_urgent.next = self.reads.urgent.val();
        self.translator.write_urgent.next = self.writes.urgent.val();
        self.reads.rush.next = self.translator.rush.val();
        self.writes.rush.next = self.translator.rush.val();
        self.translator.ended.next = self.walks.ended.val();
        self.translator.ended_walk.next = self.walks.ended_walk.val();
        self.walks.ended_ready.next = self.translator.ended_ready.val();
        self.translator.page_fill.next = self.walks.page_fill.val();
        self.translator.page_offered.next = self.walks.page_offered.val();
        self.translator.page.next = self.walks.page.val();
        self.translator.page_prefetched.next = self.walks.page_prefetched.val();
        self.translator.first_fill.next = self.walks.first_fill.val();
        self.translator.first.next = self.walks.first.val();
        self.walks.cache.next = self.registers.walk_cache.val();
        self.walks.user.next = self.registers.walk_user.val();
        AxiReadMaster::<2>::link(&mut self.m_axi_ptw, &mut self.walks.m_axi_ptw);

        // Invalidation and synchronisation.
        self.translator.command.next = self.registers.command.val();
        self.translator.configured.next = self.registers.configured.val();
        self.reads.flush.next = self.translator.flush.val();
        self.reads.mark.next = self.translator.mark.val();
        self.writes.flush.next = self.translator.flush.val();
        self.writes.mark.next = self.translator.mark.val();
        self.walks.flush.next = self.translator.flush.val();
        self.waits.next = self.reads.waits.val()
            | self.writes.waits.val()
            | self.walks.waits.val()
            | self.translator.waits.val();
        self.waits_any.next = self.reads.waits_any.val()
            | self.writes.waits_any.val()
            | self.walks.waits.val().any()
            | self.translator.waits.val().any();
        self.registers.sync_active.next = self.waits.val();
        self.registers.sync_any.next = self.waits_any.val();

        // Stalls and probes.
        self.reads.resume.next = self.registers.resume.val();
        self.reads.limits.next = self.registers.limits.val();
        self.reads.now.next = self.registers.now.val();
        self.writes.resume.next = self.registers.resume.val();
        self.writes.limits.next = self.registers.limits.val();
        self.writes.now.next = self.registers.now.val();
        self.registers.stalled.next = self.reads.stalled.val() | self.writes.stalled.val();
        self.translator.probe.next = self.registers.probe.val();
        self.registers.probed.next = self.translator.probed.val();
        self.registers.probing.next = self.translator.probing.val();
        self.registers.locks.next = self.translator.locks.val();

        // Faults.
        self.registers.read_fault_valid.next = self.reads.fault_valid.val();
        self.registers.read_fault.next = self.reads.fault.val();
        self.reads.fault_ready.next = self.registers.read_fault_ready.val();
        self.registers.write_fault_valid.next = self.writes.fault_valid.val();
        self.registers.write_fault.next = self.writes.fault.val();
        self.writes.fault_ready.next = self.registers.write_fault_ready.val();
        self.registers.late_read_valid.next = self.reads.late_valid.val();
        self.registers.late_read.next = self.reads.late.val();
        self.reads.late_ready.next = self.registers.late_read_ready.val();
        self.registers.late_write_valid.next = self.writes.late_valid.val();
        self.registers.late_write.next = self.writes.late.val();
        self.writes.late_ready.next = self.registers.late_write_ready.val();
        self.irq.next = self.registers.irq.val();

        // Counters.
        self.events.next.read = self.reads.count_burst.val();
        self.events.next.write = self.writes.count_burst.val();
        self.events.next.miss_r = self.reads.count_miss.val();
        self.events.next.miss_w = self.writes.count_miss.val();
        self.events.next.hit_r = self.reads.count_hit.val();
        self.events.next.hit_w = self.writes.count_hit.val();
        self.events.next.walk = self.walks.count_walk.val();
        self.events.next.walking = self.walks.walking.val();
        self.events.next.main_miss = self.translator.count_main_miss.val();
        self.events.next.stalling =
            self.reads.count_stalling.val() | self.writes.count_stalling.val();
        self.events.next.prefetched = self.translator.count_prefetched.val();
        self.registers.events.next = self.events.val();
    }
}
