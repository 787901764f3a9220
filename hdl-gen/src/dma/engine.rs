//! The DMA engine: four channels around one data path.

use super::{BeatStream, ChunkPlanner, DmaChannel, WriteScheduler};
use crate::axi::{AxiUserMaster, AxilSlave};
use crate::axil::{AxilRegs, RoReg};
use crate::prim::{BlockRam, LutRam, Reg};
use rust_hdl::prelude::*;
use vcm_regs::dma::{DmaIdr0, DmaIdr1, BLOCK, CHANNEL, DMA_IDR0, DMA_IDR1, DMA_IRQ_STATUS};

// The kernel cuts a channel's number and a register's offset out of an address.
const _: () = assert!(CHANNEL.stride == 1 << 6 && CHANNEL.count == 4);

/// Memory-to-memory DMA of four channels, for sources, destinations and lengths of any alignment.
///
/// | port | meaning |
/// |---|---|
/// | `s_axil` | registers, at the offsets of the whole window (0x4000 up): see `vcm_regs::dma` |
/// | `m_axi` | AXI4 master: INCR bursts of 8-byte beats; ID and user are the channel's number |
/// | `irq` | level, high: a channel whose interrupt is enabled has ended its copy |
///
/// On `m_axi`, AxADDR is a multiple of 8 and a burst reads or writes no beat that the copy does not
/// need. Bytes around the destination are masked by strobes. Up to 3 reads and 8 writes of each channel
/// are outstanding. R and B are always accepted at once: what is read has its place in the buffer. R
/// of different channels may be interleaved.
///
/// A chunk of which any beat was read with an error is not written. The first error that is seen
/// stops its channel; writes under way then end, and are still counted in `COUNT` if they succeed.
/// `ERR_ADDR` is the first byte that the failed burst was to copy, so that its distance from `SRC`
/// or `DST` is the place in the copy.
#[derive(LogicBlock)]
pub struct DmaEngine {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,
    /// Registers.
    pub s_axil: AxilSlave<16>,
    /// Memory.
    pub m_axi: AxiUserMaster<8, 4>,
    /// Interrupt, level.
    pub irq: Signal<Out, Bit>,

    front: AxilRegs,
    idr0: RoReg,
    idr1: RoReg,
    irq_status: RoReg,
    channel: [DmaChannel; 4],
    planner: ChunkPlanner,
    scheduler: WriteScheduler,
    stream: BeatStream,
    /// What was read: channel, slot (2 bits), word.
    buffer: BlockRam<Bits<64>, 9>,
    // Descriptors of chunks: channel, slot (3 bits).
    chunk_src: LutRam<Bits<32>, 5>,
    chunk_dst: LutRam<Bits<32>, 5>,
    chunk_len: LutRam<Bits<9>, 5>,
    chunk_resp: LutRam<Bits<2>, 5>,
    // The same again, read for B.
    ack_dst: LutRam<Bits<32>, 5>,
    ack_len: LutRam<Bits<9>, 5>,
    // R and B as they came in the cycle before.
    r_valid: Reg<Bit>,
    r_channel: Reg<Bits<2>>,
    r_data: Reg<Bits<64>>,
    r_resp: Reg<Bits<2>>,
    r_last: Reg<Bit>,
    b_valid: Reg<Bit>,
    b_channel: Reg<Bits<2>>,
    b_resp: Reg<Bits<2>>,

    /// Distance of the address written from the first channel's registers.
    wr_place: Signal<Local, Bits<16>>,
    rd_place: Signal<Local, Bits<16>>,
    wr_hit: Signal<Local, Bit>,
    rd_hit: Signal<Local, Bit>,
    rd_data: Signal<Local, Bits<32>>,
    ended: Signal<Local, Bits<4>>,
    issue_want: Signal<Local, Bits<4>>,
    take_want: Signal<Local, Bits<4>>,
    plan_sel: Signal<Local, Bits<2>>,
    plan_src: Signal<Local, Bits<32>>,
    plan_dst: Signal<Local, Bits<32>>,
    plan_len: Signal<Local, Bits<32>>,
    plan_offset: Signal<Local, Bits<32>>,
    plan_slot: Signal<Local, Bits<3>>,
    plan_entry: Signal<Local, Bits<5>>,
    take_sel: Signal<Local, Bits<2>>,
    take_slot: Signal<Local, Bits<3>>,
    take_entry: Signal<Local, Bits<5>>,
    r_sel: Signal<Local, Bits<2>>,
    fill_slot: Signal<Local, Bits<3>>,
    fill_beat: Signal<Local, Bits<5>>,
    fill_result: Signal<Local, Bits<2>>,
    fill_entry: Signal<Local, Bits<5>>,
    fill_word: Signal<Local, Bits<9>>,
    b_sel: Signal<Local, Bits<2>>,
    ack_slot: Signal<Local, Bits<3>>,
    ack_entry: Signal<Local, Bits<5>>,
    launch: Signal<Local, Bit>,

    channels: Constant<Bits<16>>,
    identity: Constant<Bits<32>>,
    build: Constant<Bits<32>>,
    beat_size: Constant<Bits<3>>,
    incr: Constant<Bits<2>>,
    cache: Constant<Bits<4>>,
}

impl Default for DmaEngine {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            s_axil: Default::default(),
            m_axi: Default::default(),
            irq: Default::default(),
            front: Default::default(),
            idr0: RoReg::new(BLOCK.base + DMA_IDR0.offset),
            idr1: RoReg::new(BLOCK.base + DMA_IDR1.offset),
            irq_status: RoReg::new(BLOCK.base + DMA_IRQ_STATUS.offset),
            channel: array_init::array_init(|_| Default::default()),
            planner: Default::default(),
            scheduler: Default::default(),
            stream: Default::default(),
            buffer: Default::default(),
            chunk_src: Default::default(),
            chunk_dst: Default::default(),
            chunk_len: Default::default(),
            chunk_resp: Default::default(),
            ack_dst: Default::default(),
            ack_len: Default::default(),
            r_valid: Default::default(),
            r_channel: Default::default(),
            r_data: Default::default(),
            r_resp: Default::default(),
            r_last: Default::default(),
            b_valid: Default::default(),
            b_channel: Default::default(),
            b_resp: Default::default(),
            wr_place: Default::default(),
            rd_place: Default::default(),
            wr_hit: Default::default(),
            rd_hit: Default::default(),
            rd_data: Default::default(),
            ended: Default::default(),
            issue_want: Default::default(),
            take_want: Default::default(),
            plan_sel: Default::default(),
            plan_src: Default::default(),
            plan_dst: Default::default(),
            plan_len: Default::default(),
            plan_offset: Default::default(),
            plan_slot: Default::default(),
            plan_entry: Default::default(),
            take_sel: Default::default(),
            take_slot: Default::default(),
            take_entry: Default::default(),
            r_sel: Default::default(),
            fill_slot: Default::default(),
            fill_beat: Default::default(),
            fill_result: Default::default(),
            fill_entry: Default::default(),
            fill_word: Default::default(),
            b_sel: Default::default(),
            ack_slot: Default::default(),
            ack_entry: Default::default(),
            launch: Default::default(),
            channels: Constant::new(u64::from(CHANNEL.base).into()),
            identity: Constant::new(u64::from(DmaIdr0::default().bits()).into()),
            build: Constant::new(u64::from(DmaIdr1::default().bits()).into()),
            beat_size: Constant::new(3.into()),
            incr: Constant::new(1.into()),
            cache: Constant::new(3.into()),
        }
    }
}

impl Logic for DmaEngine {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(
            self, clock, front, planner, scheduler, stream, buffer, chunk_src, chunk_dst,
            chunk_len, chunk_resp, ack_dst, ack_len
        );
        dff_setup!(
            self, clock, r_valid, r_channel, r_data, r_resp, r_last, b_valid, b_channel, b_resp
        );
        self.r_valid.reset.next = self.reset.val();
        self.r_channel.reset.next = self.reset.val();
        self.r_data.reset.next = self.reset.val();
        self.r_resp.reset.next = self.reset.val();
        self.r_last.reset.next = self.reset.val();
        self.b_valid.reset.next = self.reset.val();
        self.b_channel.reset.next = self.reset.val();
        self.b_resp.reset.next = self.reset.val();
        self.front.reset.next = self.reset.val();
        self.front.hold.next = false;
        self.planner.reset.next = self.reset.val();
        self.scheduler.reset.next = self.reset.val();
        self.stream.reset.next = self.reset.val();

        // Registers.
        AxilSlave::<16>::link(&mut self.s_axil, &mut self.front.s_axil);
        self.idr0.wr_addr.next = self.front.wr_addr.val();
        self.idr0.rd_addr.next = self.front.rd_addr.val();
        self.idr0.value.next = self.identity.val();
        self.idr1.wr_addr.next = self.front.wr_addr.val();
        self.idr1.rd_addr.next = self.front.rd_addr.val();
        self.idr1.value.next = self.build.val();
        self.irq_status.wr_addr.next = self.front.wr_addr.val();
        self.irq_status.rd_addr.next = self.front.rd_addr.val();
        self.wr_hit.next =
            self.idr0.wr_hit.val() | self.idr1.wr_hit.val() | self.irq_status.wr_hit.val();
        self.rd_hit.next =
            self.idr0.rd_hit.val() | self.idr1.rd_hit.val() | self.irq_status.rd_hit.val();
        self.rd_data.next =
            self.idr0.rd_data.val() | self.idr1.rd_data.val() | self.irq_status.rd_data.val();
        self.wr_place.next = self.front.wr_addr.val() - self.channels.val();
        self.rd_place.next = self.front.rd_addr.val() - self.channels.val();
        self.ended.next = 0.into();
        for i in 0..4 {
            self.channel[i].clock.next = self.clock.val();
            self.channel[i].reset.next = self.reset.val();
            self.channel[i].number.next = i.to_bits();
            self.channel[i].wr.next =
                self.front.wr.val() & (self.wr_place.val().get_bits::<10>(6) == i.to_bits());
            self.channel[i].wr_addr.next = bit_cast::<16, 6>(self.wr_place.val().get_bits::<6>(0));
            self.channel[i].wr_data.next = self.front.wr_data.val();
            self.channel[i].wr_mask.next = self.front.wr_mask.val();
            self.channel[i].rd_addr.next = bit_cast::<16, 6>(self.rd_place.val().get_bits::<6>(0));
            if self.wr_place.val().get_bits::<10>(6) == i.to_bits() {
                self.wr_hit.next = self.wr_hit.val() | self.channel[i].wr_hit.val();
            }
            if self.rd_place.val().get_bits::<10>(6) == i.to_bits() {
                self.rd_hit.next = self.rd_hit.val() | self.channel[i].rd_hit.val();
                self.rd_data.next = self.rd_data.val() | self.channel[i].rd_data.val();
            }
            self.ended.next = self.ended.val().replace_bit(i, self.channel[i].irq.val());
        }
        self.front.wr_ok.next = self.wr_hit.val();
        self.front.rd_ok.next = self.rd_hit.val();
        self.front.rd_data.next = self.rd_data.val();
        self.irq_status.value.next = bit_cast::<32, 4>(self.ended.val());
        self.irq.next = self.ended.val().any();

        // Reads: the planner and the channel it works on.
        self.issue_want.next = 0.into();
        for i in 0..4 {
            self.issue_want.next = self
                .issue_want
                .val()
                .replace_bit(i, self.channel[i].issue_want.val());
            self.channel[i].issue_hold.next =
                self.planner.hold.val() & (self.planner.sel.val() == i.to_bits());
            self.channel[i].issue.next =
                self.planner.issue.val() & (self.planner.sel.val() == i.to_bits());
            self.channel[i].issue_end.next = self.planner.issue_end.val();
        }
        self.plan_sel.next = self.planner.sel.val();
        if self.plan_sel.val().get_bit(1) {
            if self.plan_sel.val().get_bit(0) {
                self.plan_src.next = self.channel[3].src.val();
                self.plan_dst.next = self.channel[3].dst.val();
                self.plan_len.next = self.channel[3].len.val();
                self.plan_offset.next = self.channel[3].offset.val();
                self.plan_slot.next = self.channel[3].issue_slot.val();
            } else {
                self.plan_src.next = self.channel[2].src.val();
                self.plan_dst.next = self.channel[2].dst.val();
                self.plan_len.next = self.channel[2].len.val();
                self.plan_offset.next = self.channel[2].offset.val();
                self.plan_slot.next = self.channel[2].issue_slot.val();
            }
        } else if self.plan_sel.val().get_bit(0) {
            self.plan_src.next = self.channel[1].src.val();
            self.plan_dst.next = self.channel[1].dst.val();
            self.plan_len.next = self.channel[1].len.val();
            self.plan_offset.next = self.channel[1].offset.val();
            self.plan_slot.next = self.channel[1].issue_slot.val();
        } else {
            self.plan_src.next = self.channel[0].src.val();
            self.plan_dst.next = self.channel[0].dst.val();
            self.plan_len.next = self.channel[0].len.val();
            self.plan_offset.next = self.channel[0].offset.val();
            self.plan_slot.next = self.channel[0].issue_slot.val();
        }
        self.plan_entry.next =
            (bit_cast::<5, 2>(self.plan_sel.val()) << 3) | bit_cast::<5, 3>(self.plan_slot.val());
        self.planner.want.next = self.issue_want.val();
        self.planner.src.next = self.plan_src.val();
        self.planner.dst.next = self.plan_dst.val();
        self.planner.len.next = self.plan_len.val();
        self.planner.offset.next = self.plan_offset.val();
        self.planner.ar_ready.next = self.m_axi.arready.val();
        self.chunk_src.write.next = self.planner.issue.val();
        self.chunk_src.write_address.next = self.plan_entry.val();
        self.chunk_src.write_data.next = self.planner.chunk_src.val();
        self.chunk_dst.write.next = self.planner.issue.val();
        self.chunk_dst.write_address.next = self.plan_entry.val();
        self.chunk_dst.write_data.next = self.planner.chunk_dst.val();
        self.chunk_len.write.next = self.planner.issue.val();
        self.chunk_len.write_address.next = self.plan_entry.val();
        self.chunk_len.write_data.next = self.planner.chunk_len.val();
        self.ack_dst.write.next = self.planner.issue.val();
        self.ack_dst.write_address.next = self.plan_entry.val();
        self.ack_dst.write_data.next = self.planner.chunk_dst.val();
        self.ack_len.write.next = self.planner.issue.val();
        self.ack_len.write_address.next = self.plan_entry.val();
        self.ack_len.write_data.next = self.planner.chunk_len.val();
        self.m_axi.arid.next = bit_cast::<8, 2>(self.planner.ar_channel.val());
        self.m_axi.araddr.next = self.planner.ar_addr.val();
        self.m_axi.arlen.next = bit_cast::<8, 5>(self.planner.ar_len.val());
        self.m_axi.arsize.next = self.beat_size.val();
        self.m_axi.arburst.next = self.incr.val();
        self.m_axi.arlock.next = false;
        self.m_axi.arcache.next = self.cache.val();
        self.m_axi.arprot.next = 0.into();
        self.m_axi.arqos.next = 0.into();
        self.m_axi.aruser.next = bit_cast::<4, 2>(self.planner.ar_channel.val());
        self.m_axi.arvalid.next = self.planner.ar_valid.val();

        // R goes into the buffer, one cycle later.
        self.r_valid.d.next = self.m_axi.rvalid.val();
        self.r_channel.d.next = self.m_axi.rid.val().get_bits::<2>(0);
        self.r_data.d.next = self.m_axi.rdata.val();
        self.r_resp.d.next = self.m_axi.rresp.val();
        self.r_last.d.next = self.m_axi.rlast.val();
        self.m_axi.rready.next = true;
        self.r_sel.next = self.r_channel.q.val();
        for i in 0..4 {
            self.channel[i].fill.next =
                self.r_valid.q.val() & (self.r_channel.q.val() == i.to_bits());
            self.channel[i].fill_last.next = self.r_last.q.val();
            self.channel[i].fill_resp.next = self.r_resp.q.val();
        }
        if self.r_sel.val().get_bit(1) {
            if self.r_sel.val().get_bit(0) {
                self.fill_slot.next = self.channel[3].fill_slot.val();
                self.fill_beat.next = self.channel[3].fill_beat.val();
                self.fill_result.next = self.channel[3].fill_result.val();
            } else {
                self.fill_slot.next = self.channel[2].fill_slot.val();
                self.fill_beat.next = self.channel[2].fill_beat.val();
                self.fill_result.next = self.channel[2].fill_result.val();
            }
        } else if self.r_sel.val().get_bit(0) {
            self.fill_slot.next = self.channel[1].fill_slot.val();
            self.fill_beat.next = self.channel[1].fill_beat.val();
            self.fill_result.next = self.channel[1].fill_result.val();
        } else {
            self.fill_slot.next = self.channel[0].fill_slot.val();
            self.fill_beat.next = self.channel[0].fill_beat.val();
            self.fill_result.next = self.channel[0].fill_result.val();
        }
        self.fill_entry.next =
            (bit_cast::<5, 2>(self.r_sel.val()) << 3) | bit_cast::<5, 3>(self.fill_slot.val());
        self.fill_word.next = (bit_cast::<9, 2>(self.r_sel.val()) << 7)
            | (bit_cast::<9, 2>(self.fill_slot.val().get_bits::<2>(0)) << 5)
            | bit_cast::<9, 5>(self.fill_beat.val());
        self.buffer.write.next = self.r_valid.q.val();
        self.buffer.write_address.next = self.fill_word.val();
        self.buffer.write_data.next = self.r_data.q.val();
        self.chunk_resp.write.next = self.r_valid.q.val() & self.r_last.q.val();
        self.chunk_resp.write_address.next = self.fill_entry.val();
        self.chunk_resp.write_data.next = self.fill_result.val();

        // Writes: the scheduler and the channel it works on.
        self.take_want.next = 0.into();
        for i in 0..4 {
            self.take_want.next = self
                .take_want
                .val()
                .replace_bit(i, self.channel[i].take_want.val());
            self.channel[i].take_hold.next =
                self.scheduler.hold.val() & (self.scheduler.sel.val() == i.to_bits());
            self.channel[i].take.next =
                self.scheduler.take.val() & (self.scheduler.sel.val() == i.to_bits());
            self.channel[i].fail.next =
                self.scheduler.fail.val() & (self.scheduler.sel.val() == i.to_bits());
            self.channel[i].fail_resp.next = self.scheduler.fail_resp.val();
            self.channel[i].fail_addr.next = self.scheduler.fail_addr.val();
        }
        self.take_sel.next = self.scheduler.sel.val();
        if self.take_sel.val().get_bit(1) {
            if self.take_sel.val().get_bit(0) {
                self.take_slot.next = self.channel[3].take_slot.val();
            } else {
                self.take_slot.next = self.channel[2].take_slot.val();
            }
        } else if self.take_sel.val().get_bit(0) {
            self.take_slot.next = self.channel[1].take_slot.val();
        } else {
            self.take_slot.next = self.channel[0].take_slot.val();
        }
        self.take_entry.next =
            (bit_cast::<5, 2>(self.take_sel.val()) << 3) | bit_cast::<5, 3>(self.take_slot.val());
        self.chunk_src.read_address.next = self.take_entry.val();
        self.chunk_dst.read_address.next = self.take_entry.val();
        self.chunk_len.read_address.next = self.take_entry.val();
        self.chunk_resp.read_address.next = self.take_entry.val();
        self.scheduler.want.next = self.take_want.val();
        self.scheduler.src.next = self.chunk_src.read_data.val();
        self.scheduler.dst.next = self.chunk_dst.read_data.val();
        self.scheduler.len.next = self.chunk_len.read_data.val();
        self.scheduler.resp.next = self.chunk_resp.read_data.val();
        self.scheduler.slot.next = self.take_slot.val().get_bits::<2>(0);
        self.scheduler.aw_ready.next = self.m_axi.awready.val();
        self.scheduler.job_ready.next = self.stream.job_ready.val();
        self.m_axi.awid.next = bit_cast::<8, 2>(self.scheduler.aw_channel.val());
        self.m_axi.awaddr.next = self.scheduler.aw_addr.val();
        self.m_axi.awlen.next = bit_cast::<8, 5>(self.scheduler.aw_len.val());
        self.m_axi.awsize.next = self.beat_size.val();
        self.m_axi.awburst.next = self.incr.val();
        self.m_axi.awlock.next = false;
        self.m_axi.awcache.next = self.cache.val();
        self.m_axi.awprot.next = 0.into();
        self.m_axi.awqos.next = 0.into();
        self.m_axi.awuser.next = bit_cast::<4, 2>(self.scheduler.aw_channel.val());
        self.m_axi.awvalid.next = self.scheduler.aw_valid.val();

        // The buffer goes to W.
        self.stream.job_valid.next = self.scheduler.job_valid.val();
        self.stream.job_channel.next = self.scheduler.job_channel.val();
        self.stream.job_slot.next = self.scheduler.job_slot.val();
        self.stream.job_turn.next = self.scheduler.job_turn.val();
        self.stream.job_keep.next = self.scheduler.job_keep.val();
        self.stream.job_lag.next = self.scheduler.job_lag.val();
        self.stream.job_len.next = self.scheduler.job_len.val();
        self.stream.job_head.next = self.scheduler.job_head.val();
        self.stream.job_tail.next = self.scheduler.job_tail.val();
        self.launch.next = self.scheduler.job_valid.val() & self.stream.job_ready.val();
        for i in 0..4 {
            self.channel[i].launch.next =
                self.launch.val() & (self.scheduler.job_channel.val() == i.to_bits());
        }
        self.buffer.read.next = self.stream.read.val();
        self.buffer.read_address.next = self.stream.read_address.val();
        self.stream.read_data.next = self.buffer.read_data.val();
        self.m_axi.wdata.next = self.stream.w_data.val();
        self.m_axi.wstrb.next = self.stream.w_strb.val();
        self.m_axi.wlast.next = self.stream.w_last.val();
        self.m_axi.wvalid.next = self.stream.w_valid.val();
        self.stream.w_ready.next = self.m_axi.wready.val();

        // B, one cycle later.
        self.b_valid.d.next = self.m_axi.bvalid.val();
        self.b_channel.d.next = self.m_axi.bid.val().get_bits::<2>(0);
        self.b_resp.d.next = self.m_axi.bresp.val();
        self.m_axi.bready.next = true;
        self.b_sel.next = self.b_channel.q.val();
        if self.b_sel.val().get_bit(1) {
            if self.b_sel.val().get_bit(0) {
                self.ack_slot.next = self.channel[3].ack_slot.val();
            } else {
                self.ack_slot.next = self.channel[2].ack_slot.val();
            }
        } else if self.b_sel.val().get_bit(0) {
            self.ack_slot.next = self.channel[1].ack_slot.val();
        } else {
            self.ack_slot.next = self.channel[0].ack_slot.val();
        }
        self.ack_entry.next =
            (bit_cast::<5, 2>(self.b_sel.val()) << 3) | bit_cast::<5, 3>(self.ack_slot.val());
        self.ack_dst.read_address.next = self.ack_entry.val();
        self.ack_len.read_address.next = self.ack_entry.val();
        for i in 0..4 {
            self.channel[i].ack.next =
                self.b_valid.q.val() & (self.b_channel.q.val() == i.to_bits());
            self.channel[i].ack_resp.next = self.b_resp.q.val();
            self.channel[i].ack_addr.next = self.ack_dst.read_data.val();
            self.channel[i].ack_len.next = self.ack_len.read_data.val();
        }
    }
}
