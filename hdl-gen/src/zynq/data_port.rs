//! Translated traffic to a high-performance port of the processing system.

use rust_hdl::prelude::*;

use super::axi3::*;
use super::burst_split::BurstSplit;
use super::id_table::IdTable;
use super::slice::Slice;
use super::types::*;
use crate::axi::AxiSlave;
use crate::iommu::fifo::Fifo;
use crate::prim::Reg;

/// Bursts whose W beats have not all been passed on.
const ROUTES: usize = 16;

/// AXI4 to AXI3.
///
/// | channel | what happens to it |
/// |---|---|
/// | AR, AW | INCR bursts are cut at 16 beats ([`BurstSplit`]); the ID becomes an entry of a table ([`IdTable`]): the same AXI4 ID gets the same AXI3 ID while any of its bursts is outstanding |
/// | R | gets its ID back; RLAST only with the last part of a burst |
/// | W | WLAST with the last beat of each part, and the WID of it. Never ahead of its AWVALID, but it does not wait for AWREADY (IHI 0022E A3.3.1). Parts are not interleaved |
/// | B | one for all parts of a burst, with the worst of their responses |
///
/// The master's WLAST is not looked at: it has to be where AWLEN says, as it always is behind the IOMMU.
/// Exclusive accesses have at most 16 beats and are never cut. AxCACHE, AxPROT and AxQOS pass.
///
/// A burst, a beat of R, of W and of B may pass in each cycle. All outputs come from registers; RREADY
/// and BREADY do not wait for VALID.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct DataPort {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub s_axi: AxiSlave<8>,
    pub m_axi: Axi3Master<HP_ID_BITS>,
    ar: BurstSplit,
    reads: IdTable,
    r: Slice<ReadData>,
    aw: BurstSplit,
    writes: IdTable,
    routes: Fifo<DataRoute, ROUTES>,
    beat: Reg<Bits<4>>,
    w: Slice<ShortData>,
    worst: [Reg<Bits<2>>; ENTRIES],
    b: Slice<LongAnswer>,
    read_burst: Signal<Local, LongBurst>,
    write_burst: Signal<Local, LongBurst>,
    read_part: Signal<Local, ShortBurst>,
    write_part: Signal<Local, ShortBurst>,
    read_data: Signal<Local, ReadData>,
    write_data: Signal<Local, ShortData>,
    written: Signal<Local, ShortData>,
    route: Signal<Local, DataRoute>,
    data_moves: Signal<Local, Bit>,
    data_ends: Signal<Local, Bit>,
    worst_yet: Signal<Local, Bits<2>>,
    merged: Signal<Local, Bits<2>>,
    answer: Signal<Local, LongAnswer>,
    answered: Signal<Local, Bit>,
}

impl Logic for DataPort {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, beat);
        self.beat.reset.next = self.reset.val();
        self.ar.clock.next = self.clock.val();
        self.ar.reset.next = self.reset.val();
        self.reads.clock.next = self.clock.val();
        self.reads.reset.next = self.reset.val();
        self.r.clock.next = self.clock.val();
        self.r.reset.next = self.reset.val();
        self.aw.clock.next = self.clock.val();
        self.aw.reset.next = self.reset.val();
        self.writes.clock.next = self.clock.val();
        self.writes.reset.next = self.reset.val();
        self.routes.clock.next = self.clock.val();
        self.routes.reset.next = self.reset.val();
        self.w.clock.next = self.clock.val();
        self.w.reset.next = self.reset.val();
        self.b.clock.next = self.clock.val();
        self.b.reset.next = self.reset.val();

        // AR.
        self.read_burst.next.id = self.s_axi.arid.val();
        self.read_burst.next.addr = self.s_axi.araddr.val();
        self.read_burst.next.len = self.s_axi.arlen.val();
        self.read_burst.next.size = self.s_axi.arsize.val();
        self.read_burst.next.burst = self.s_axi.arburst.val();
        self.read_burst.next.lock = self.s_axi.arlock.val();
        self.read_burst.next.cache = self.s_axi.arcache.val();
        self.read_burst.next.prot = self.s_axi.arprot.val();
        self.read_burst.next.qos = self.s_axi.arqos.val();
        self.ar.s_burst.next = self.read_burst.val();
        self.ar.s_valid.next = self.s_axi.arvalid.val();
        self.s_axi.arready.next = self.ar.s_ready.val();
        self.reads.id.next = self.ar.id.val();
        self.ar.found.next = self.reads.found.val();
        self.reads.take.next = self.ar.take.val();
        self.ar.entry.next = self.reads.entry.val();
        self.ar.can.next = self.reads.can.val();
        self.reads.push.next = self.ar.emit.val();
        self.reads.push_final.next = self.ar.emit_final.val();
        self.m_axi.arvalid.next = self.ar.m_valid.val();
        self.ar.m_ready.next = self.m_axi.arready.val();
        self.read_part.next = self.ar.m_burst.val();
        self.m_axi.arid.next = bit_cast::<HP_ID_BITS, ENTRY_BITS>(self.read_part.val().entry);
        self.m_axi.araddr.next = self.read_part.val().addr;
        self.m_axi.arlen.next = self.read_part.val().len;
        self.m_axi.arsize.next = self.read_part.val().size;
        self.m_axi.arburst.next = self.read_part.val().burst;
        self.m_axi.arlock.next = bit_cast::<2, 1>(self.read_part.val().lock.into());
        self.m_axi.arcache.next = self.read_part.val().cache;
        self.m_axi.arprot.next = self.read_part.val().prot;
        self.m_axi.arqos.next = self.read_part.val().qos;

        // R.
        self.reads.answer.next = self.m_axi.rid.val().get_bits::<ENTRY_BITS>(0);
        self.reads.pop.next =
            self.m_axi.rvalid.val() & self.r.s_ready.val() & self.m_axi.rlast.val();
        self.read_data.next.id = self.reads.answer_id.val();
        self.read_data.next.data = self.m_axi.rdata.val();
        self.read_data.next.resp = self.m_axi.rresp.val();
        self.read_data.next.last = self.m_axi.rlast.val() & self.reads.final_answer.val();
        self.r.s_valid.next = self.m_axi.rvalid.val();
        self.r.s_data.next = self.read_data.val();
        self.m_axi.rready.next = self.r.s_ready.val();
        self.s_axi.rvalid.next = self.r.m_valid.val();
        self.r.m_ready.next = self.s_axi.rready.val();
        self.s_axi.rid.next = self.r.m_data.val().id;
        self.s_axi.rdata.next = self.r.m_data.val().data;
        self.s_axi.rresp.next = self.r.m_data.val().resp;
        self.s_axi.rlast.next = self.r.m_data.val().last;

        // AW.
        self.write_burst.next.id = self.s_axi.awid.val();
        self.write_burst.next.addr = self.s_axi.awaddr.val();
        self.write_burst.next.len = self.s_axi.awlen.val();
        self.write_burst.next.size = self.s_axi.awsize.val();
        self.write_burst.next.burst = self.s_axi.awburst.val();
        self.write_burst.next.lock = self.s_axi.awlock.val();
        self.write_burst.next.cache = self.s_axi.awcache.val();
        self.write_burst.next.prot = self.s_axi.awprot.val();
        self.write_burst.next.qos = self.s_axi.awqos.val();
        self.aw.s_burst.next = self.write_burst.val();
        self.aw.s_valid.next = self.s_axi.awvalid.val();
        self.s_axi.awready.next = self.aw.s_ready.val();
        self.writes.id.next = self.aw.id.val();
        self.aw.found.next = self.writes.found.val();
        self.writes.take.next = self.aw.take.val();
        self.aw.entry.next = self.writes.entry.val();
        self.aw.can.next = self.writes.can.val() & !self.routes.full.val();
        self.writes.push.next = self.aw.emit.val();
        self.writes.push_final.next = self.aw.emit_final.val();
        self.m_axi.awvalid.next = self.aw.m_valid.val();
        self.aw.m_ready.next = self.m_axi.awready.val();
        self.write_part.next = self.aw.m_burst.val();
        self.m_axi.awid.next = bit_cast::<HP_ID_BITS, ENTRY_BITS>(self.write_part.val().entry);
        self.m_axi.awaddr.next = self.write_part.val().addr;
        self.m_axi.awlen.next = self.write_part.val().len;
        self.m_axi.awsize.next = self.write_part.val().size;
        self.m_axi.awburst.next = self.write_part.val().burst;
        self.m_axi.awlock.next = bit_cast::<2, 1>(self.write_part.val().lock.into());
        self.m_axi.awcache.next = self.write_part.val().cache;
        self.m_axi.awprot.next = self.write_part.val().prot;
        self.m_axi.awqos.next = self.write_part.val().qos;

        // W: a part's beats are due from the cycle on in which its AWVALID is high.
        self.routes.push.next = self.aw.emit.val();
        self.route.next.entry = self.writes.entry.val();
        self.route.next.len = self.aw.emit_len.val();
        self.routes.data.next = self.route.val();
        self.data_ends.next = self.beat.q.val() == self.routes.head.val().len;
        self.data_moves.next =
            self.s_axi.wvalid.val() & self.routes.valid.val() & self.w.s_ready.val();
        self.routes.pop.next = self.data_moves.val() & self.data_ends.val();
        if self.data_moves.val() {
            self.beat.d.next = self.beat.q.val() + 1;
            if self.data_ends.val() {
                self.beat.d.next = 0.into();
            }
        }
        self.s_axi.wready.next = self.routes.valid.val() & self.w.s_ready.val();
        self.write_data.next.entry = self.routes.head.val().entry;
        self.write_data.next.data = self.s_axi.wdata.val();
        self.write_data.next.strb = self.s_axi.wstrb.val();
        self.write_data.next.last = self.data_ends.val();
        self.w.s_valid.next = self.s_axi.wvalid.val() & self.routes.valid.val();
        self.w.s_data.next = self.write_data.val();
        self.m_axi.wvalid.next = self.w.m_valid.val();
        self.w.m_ready.next = self.m_axi.wready.val();
        self.written.next = self.w.m_data.val();
        self.m_axi.wid.next = bit_cast::<HP_ID_BITS, ENTRY_BITS>(self.written.val().entry);
        self.m_axi.wdata.next = self.written.val().data;
        self.m_axi.wstrb.next = self.written.val().strb;
        self.m_axi.wlast.next = self.written.val().last;

        // B. The order of the encodings is that of severity.
        self.writes.answer.next = self.m_axi.bid.val().get_bits::<ENTRY_BITS>(0);
        self.answered.next = self.m_axi.bvalid.val() & self.b.s_ready.val();
        self.writes.pop.next = self.answered.val();
        self.worst_yet.next = 0.into();
        for i in 0..ENTRIES {
            if self.writes.answer.val() == i.to_bits() {
                self.worst_yet.next = self.worst_yet.val() | self.worst[i].q.val();
            }
        }
        self.merged.next = self.m_axi.bresp.val();
        if self.worst_yet.val() > self.m_axi.bresp.val() {
            self.merged.next = self.worst_yet.val();
        }
        for i in 0..ENTRIES {
            self.worst[i].clock.next = self.clock.val();
            self.worst[i].reset.next = self.reset.val();
            self.worst[i].d.next = self.worst[i].q.val();
            if self.answered.val() & (self.writes.answer.val() == i.to_bits()) {
                self.worst[i].d.next = self.merged.val();
                if self.writes.final_answer.val() {
                    self.worst[i].d.next = 0.into();
                }
            }
        }
        self.answer.next.id = self.writes.answer_id.val();
        self.answer.next.resp = self.merged.val();
        self.b.s_valid.next = self.m_axi.bvalid.val() & self.writes.final_answer.val();
        self.b.s_data.next = self.answer.val();
        self.m_axi.bready.next = self.b.s_ready.val();
        self.s_axi.bvalid.next = self.b.m_valid.val();
        self.b.m_ready.next = self.s_axi.bready.val();
        self.s_axi.bid.next = self.b.m_data.val().id;
        self.s_axi.bresp.next = self.b.m_data.val().resp;
    }
}
