//! One channel: its registers, and how far its copy has come.

use crate::axil::{CfgReg, CmdReg, RoReg};
use crate::prim::Reg;
use rust_hdl::prelude::*;
use vcm_regs::dma::{Ctrl, Status, COUNT, CTRL, DST, ERR_ADDR, LEN, SRC, STATUS, STREAM};

/// A DMA channel.
///
/// Its chunks pass five stations in order: *issued* (AR sent), *filled* (all of R in the buffer),
/// *taken* (AW sent), *launched* (W being streamed), *acked* (B received). A counter modulo 16 for
/// each station counts the chunks that have passed it; its low bits are the chunk's slot.
///
/// - A chunk may be issued when fewer than 3 are between issued and launched. The chunk launched last
///   may still be streaming, so at most 4 slots of the buffer are in use.
/// - At most 8 chunks are between issued and acked: that is how many descriptors there is room for.
///
/// An error or an abort makes the channel *stop*: nothing more is issued or taken. It is done when
/// nothing is under way: issued = filled, taken = acked, and neither planner nor scheduler works on it.
#[derive(LogicBlock)]
pub struct DmaChannel {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,

    /// The channel's number.
    pub number: Signal<In, Bits<8>>,

    /// Register write pulse, to this channel.
    pub wr: Signal<In, Bit>,
    /// Offset in the channel of the word written.
    pub wr_addr: Signal<In, Bits<16>>,
    /// Data written.
    pub wr_data: Signal<In, Bits<32>>,
    /// Bits of the word that are written.
    pub wr_mask: Signal<In, Bits<32>>,
    /// `wr_addr` is a register.
    pub wr_hit: Signal<Out, Bit>,
    /// Offset in the channel of the word read.
    pub rd_addr: Signal<In, Bits<16>>,
    /// `rd_addr` is a register.
    pub rd_hit: Signal<Out, Bit>,
    /// The register read, or 0.
    pub rd_data: Signal<Out, Bits<32>>,
    /// The copy has ended and the interrupt is enabled.
    pub irq: Signal<Out, Bit>,

    /// Source of the copy.
    pub src: Signal<Out, Bits<32>>,
    /// Destination of the copy.
    pub dst: Signal<Out, Bits<32>>,
    /// Length of the copy.
    pub len: Signal<Out, Bits<32>>,
    /// Bytes issued.
    pub offset: Signal<Out, Bits<32>>,
    /// There is a chunk to issue, and room for it.
    pub issue_want: Signal<Out, Bit>,
    /// Descriptor slot of the chunk to issue.
    pub issue_slot: Signal<Out, Bits<3>>,
    /// The planner works on this channel.
    pub issue_hold: Signal<In, Bit>,
    /// A chunk is issued.
    pub issue: Signal<In, Bit>,
    /// With `issue`: bytes issued, this chunk included.
    pub issue_end: Signal<In, Bits<32>>,

    /// A beat of R arrives.
    pub fill: Signal<In, Bit>,
    /// With `fill`: it is the last of its burst.
    pub fill_last: Signal<In, Bit>,
    /// With `fill`: its response.
    pub fill_resp: Signal<In, Bits<2>>,
    /// Descriptor slot of the chunk being filled; the low two bits are its slot in the buffer.
    pub fill_slot: Signal<Out, Bits<3>>,
    /// Beat of the chunk being filled.
    pub fill_beat: Signal<Out, Bits<5>>,
    /// The first response of the burst that is not OKAY, the present one included.
    pub fill_result: Signal<Out, Bits<2>>,

    /// There is a chunk to write.
    pub take_want: Signal<Out, Bit>,
    /// Descriptor slot of the chunk to write.
    pub take_slot: Signal<Out, Bits<3>>,
    /// The scheduler works on this channel.
    pub take_hold: Signal<In, Bit>,
    /// The chunk is being written.
    pub take: Signal<In, Bit>,
    /// The chunk is being streamed out of the buffer.
    pub launch: Signal<In, Bit>,
    /// The chunk cannot be written: reading it failed.
    pub fail: Signal<In, Bit>,
    /// With `fail`: how it failed.
    pub fail_resp: Signal<In, Bits<2>>,
    /// With `fail`: where the chunk was read.
    pub fail_addr: Signal<In, Bits<32>>,

    /// B arrives.
    pub ack: Signal<In, Bit>,
    /// With `ack`: its response.
    pub ack_resp: Signal<In, Bits<2>>,
    /// With `ack`: where the chunk was written.
    pub ack_addr: Signal<In, Bits<32>>,
    /// With `ack`: length of the chunk.
    pub ack_len: Signal<In, Bits<9>>,
    /// Descriptor slot of the chunk to be acknowledged next.
    pub ack_slot: Signal<Out, Bits<3>>,

    ctrl_reg: CfgReg,
    ctrl_cmd: CmdReg,
    status_reg: RoReg,
    src_reg: CfgReg,
    dst_reg: CfgReg,
    len_reg: CfgReg,
    count_reg: RoReg,
    err_addr_reg: RoReg,
    stream_reg: RoReg,

    busy: Reg<Bit>,
    stopping: Reg<Bit>,
    done: Reg<Bit>,
    error: Reg<Bit>,
    error_wnr: Reg<Bit>,
    error_resp: Reg<Bits<2>>,
    aborted: Reg<Bit>,
    error_addr: Reg<Bits<32>>,
    issued_bytes: Reg<Bits<32>>,
    acked_bytes: Reg<Bits<32>>,
    issued: Reg<Bits<4>>,
    filled: Reg<Bits<4>>,
    taken: Reg<Bits<4>>,
    launched: Reg<Bits<4>>,
    acked: Reg<Bits<4>>,
    beat: Reg<Bits<5>>,
    burst_resp: Reg<Bits<2>>,

    writable: Signal<Local, Bit>,
    start: Signal<Local, Bit>,
    abort: Signal<Local, Bit>,
    clear_done: Signal<Local, Bit>,
    alive: Signal<Local, Bit>,
    more: Signal<Local, Bit>,
    ahead: Signal<Local, Bits<4>>,
    open: Signal<Local, Bits<4>>,
    full: Signal<Local, Bit>,
    to_take: Signal<Local, Bit>,
    quiet: Signal<Local, Bit>,
    finished: Signal<Local, Bit>,
    result: Signal<Local, Bits<2>>,
    status: Signal<Local, Bits<32>>,

    start_mask: Constant<Bits<32>>,
    abort_mask: Constant<Bits<32>>,
    ie_mask: Constant<Bits<32>>,
    busy_mask: Constant<Bits<32>>,
    done_mask: Constant<Bits<32>>,
    error_mask: Constant<Bits<32>>,
    error_wnr_mask: Constant<Bits<32>>,
    error_resp_lsb: Constant<Bits<5>>,
    aborted_mask: Constant<Bits<32>>,
    one4: Constant<Bits<4>>,
    one5: Constant<Bits<5>>,
    read_ahead: Constant<Bits<4>>,
}

impl Default for DmaChannel {
    fn default() -> Self {
        let mask = |mask: u32| Constant::new(u64::from(mask).into());
        Self {
            clock: Default::default(),
            reset: Default::default(),
            number: Default::default(),
            wr: Default::default(),
            wr_addr: Default::default(),
            wr_data: Default::default(),
            wr_mask: Default::default(),
            wr_hit: Default::default(),
            rd_addr: Default::default(),
            rd_hit: Default::default(),
            rd_data: Default::default(),
            irq: Default::default(),
            src: Default::default(),
            dst: Default::default(),
            len: Default::default(),
            offset: Default::default(),
            issue_want: Default::default(),
            issue_slot: Default::default(),
            issue_hold: Default::default(),
            issue: Default::default(),
            issue_end: Default::default(),
            fill: Default::default(),
            fill_last: Default::default(),
            fill_resp: Default::default(),
            fill_slot: Default::default(),
            fill_beat: Default::default(),
            fill_result: Default::default(),
            take_want: Default::default(),
            take_slot: Default::default(),
            take_hold: Default::default(),
            take: Default::default(),
            launch: Default::default(),
            fail: Default::default(),
            fail_resp: Default::default(),
            fail_addr: Default::default(),
            ack: Default::default(),
            ack_resp: Default::default(),
            ack_addr: Default::default(),
            ack_len: Default::default(),
            ack_slot: Default::default(),
            ctrl_reg: CfgReg::new(&CTRL, CTRL.offset),
            ctrl_cmd: CmdReg::new(&CTRL, CTRL.offset),
            status_reg: RoReg::new(STATUS.offset),
            src_reg: CfgReg::new(&SRC, SRC.offset),
            dst_reg: CfgReg::new(&DST, DST.offset),
            len_reg: CfgReg::new(&LEN, LEN.offset),
            count_reg: RoReg::new(COUNT.offset),
            err_addr_reg: RoReg::new(ERR_ADDR.offset),
            stream_reg: RoReg::new(STREAM.offset),
            busy: Default::default(),
            stopping: Default::default(),
            done: Default::default(),
            error: Default::default(),
            error_wnr: Default::default(),
            error_resp: Default::default(),
            aborted: Default::default(),
            error_addr: Default::default(),
            issued_bytes: Default::default(),
            acked_bytes: Default::default(),
            issued: Default::default(),
            filled: Default::default(),
            taken: Default::default(),
            launched: Default::default(),
            acked: Default::default(),
            beat: Default::default(),
            burst_resp: Default::default(),
            writable: Default::default(),
            start: Default::default(),
            abort: Default::default(),
            clear_done: Default::default(),
            alive: Default::default(),
            more: Default::default(),
            ahead: Default::default(),
            open: Default::default(),
            full: Default::default(),
            to_take: Default::default(),
            quiet: Default::default(),
            finished: Default::default(),
            result: Default::default(),
            status: Default::default(),
            start_mask: mask(Ctrl::START.mask()),
            abort_mask: mask(Ctrl::ABORT.mask()),
            ie_mask: mask(Ctrl::IE.mask()),
            busy_mask: mask(Status::BUSY.mask()),
            done_mask: mask(Status::DONE.mask()),
            error_mask: mask(Status::ERROR.mask()),
            error_wnr_mask: mask(Status::ERRWNR.mask()),
            error_resp_lsb: Constant::new(u64::from(Status::ERRRESP.lsb).into()),
            aborted_mask: mask(Status::ABORTED.mask()),
            one4: Constant::new(1.into()),
            one5: Constant::new(1.into()),
            read_ahead: Constant::new(3.into()),
        }
    }
}

impl Logic for DmaChannel {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, ctrl_reg, src_reg, dst_reg, len_reg);
        dff_setup!(
            self,
            clock,
            busy,
            stopping,
            done,
            error,
            error_wnr,
            error_resp,
            aborted,
            error_addr,
            issued_bytes,
            acked_bytes,
            issued,
            filled,
            taken,
            launched,
            acked,
            beat,
            burst_resp
        );
        self.busy.reset.next = self.reset.val();
        self.stopping.reset.next = self.reset.val();
        self.done.reset.next = self.reset.val();
        self.error.reset.next = self.reset.val();
        self.error_wnr.reset.next = self.reset.val();
        self.error_resp.reset.next = self.reset.val();
        self.aborted.reset.next = self.reset.val();
        self.error_addr.reset.next = self.reset.val();
        self.issued_bytes.reset.next = self.reset.val();
        self.acked_bytes.reset.next = self.reset.val();
        self.issued.reset.next = self.reset.val();
        self.filled.reset.next = self.reset.val();
        self.taken.reset.next = self.reset.val();
        self.launched.reset.next = self.reset.val();
        self.acked.reset.next = self.reset.val();
        self.beat.reset.next = self.reset.val();
        self.burst_resp.reset.next = self.reset.val();
        self.ctrl_reg.reset.next = self.reset.val();
        self.src_reg.reset.next = self.reset.val();
        self.dst_reg.reset.next = self.reset.val();
        self.len_reg.reset.next = self.reset.val();

        // Registers. What the copy reads is locked while it runs.
        self.writable.next = self.wr.val() & !self.busy.q.val();
        self.ctrl_reg.wr.next = self.wr.val();
        self.ctrl_reg.wr_addr.next = self.wr_addr.val();
        self.ctrl_reg.wr_data.next = self.wr_data.val();
        self.ctrl_reg.wr_mask.next = self.wr_mask.val();
        self.ctrl_reg.rd_addr.next = self.rd_addr.val();
        self.ctrl_reg.set.next = 0.into();
        self.ctrl_cmd.wr.next = self.wr.val();
        self.ctrl_cmd.wr_addr.next = self.wr_addr.val();
        self.ctrl_cmd.wr_data.next = self.wr_data.val();
        self.ctrl_cmd.wr_mask.next = self.wr_mask.val();
        self.ctrl_cmd.rd_addr.next = self.rd_addr.val();
        self.src_reg.wr.next = self.writable.val();
        self.src_reg.wr_addr.next = self.wr_addr.val();
        self.src_reg.wr_data.next = self.wr_data.val();
        self.src_reg.wr_mask.next = self.wr_mask.val();
        self.src_reg.rd_addr.next = self.rd_addr.val();
        self.src_reg.set.next = 0.into();
        self.dst_reg.wr.next = self.writable.val();
        self.dst_reg.wr_addr.next = self.wr_addr.val();
        self.dst_reg.wr_data.next = self.wr_data.val();
        self.dst_reg.wr_mask.next = self.wr_mask.val();
        self.dst_reg.rd_addr.next = self.rd_addr.val();
        self.dst_reg.set.next = 0.into();
        self.len_reg.wr.next = self.writable.val();
        self.len_reg.wr_addr.next = self.wr_addr.val();
        self.len_reg.wr_data.next = self.wr_data.val();
        self.len_reg.wr_mask.next = self.wr_mask.val();
        self.len_reg.rd_addr.next = self.rd_addr.val();
        self.len_reg.set.next = 0.into();
        self.status_reg.wr_addr.next = self.wr_addr.val();
        self.status_reg.rd_addr.next = self.rd_addr.val();
        self.count_reg.wr_addr.next = self.wr_addr.val();
        self.count_reg.rd_addr.next = self.rd_addr.val();
        self.count_reg.value.next = self.acked_bytes.q.val();
        self.err_addr_reg.wr_addr.next = self.wr_addr.val();
        self.err_addr_reg.rd_addr.next = self.rd_addr.val();
        self.err_addr_reg.value.next = self.error_addr.q.val();
        self.stream_reg.wr_addr.next = self.wr_addr.val();
        self.stream_reg.rd_addr.next = self.rd_addr.val();
        self.stream_reg.value.next = bit_cast::<32, 8>(self.number.val());

        self.status.next = bit_cast::<32, 2>(self.error_resp.q.val()) << self.error_resp_lsb.val();
        if self.busy.q.val() {
            self.status.next = self.status.val() | self.busy_mask.val();
        }
        if self.done.q.val() {
            self.status.next = self.status.val() | self.done_mask.val();
        }
        if self.error.q.val() {
            self.status.next = self.status.val() | self.error_mask.val();
        }
        if self.error_wnr.q.val() {
            self.status.next = self.status.val() | self.error_wnr_mask.val();
        }
        if self.aborted.q.val() {
            self.status.next = self.status.val() | self.aborted_mask.val();
        }
        self.status_reg.value.next = self.status.val();

        self.wr_hit.next = self.ctrl_reg.wr_hit.val()
            | self.status_reg.wr_hit.val()
            | self.src_reg.wr_hit.val()
            | self.dst_reg.wr_hit.val()
            | self.len_reg.wr_hit.val()
            | self.count_reg.wr_hit.val()
            | self.err_addr_reg.wr_hit.val()
            | self.stream_reg.wr_hit.val();
        self.rd_hit.next = self.ctrl_reg.rd_hit.val()
            | self.status_reg.rd_hit.val()
            | self.src_reg.rd_hit.val()
            | self.dst_reg.rd_hit.val()
            | self.len_reg.rd_hit.val()
            | self.count_reg.rd_hit.val()
            | self.err_addr_reg.rd_hit.val()
            | self.stream_reg.rd_hit.val();
        self.rd_data.next = self.ctrl_reg.rd_data.val()
            | self.status_reg.rd_data.val()
            | self.src_reg.rd_data.val()
            | self.dst_reg.rd_data.val()
            | self.len_reg.rd_data.val()
            | self.count_reg.rd_data.val()
            | self.err_addr_reg.rd_data.val()
            | self.stream_reg.rd_data.val();
        self.irq.next = self.done.q.val() & (self.ctrl_reg.q.val() & self.ie_mask.val()).any();

        // Commands.
        self.start.next =
            (self.ctrl_cmd.data.val() & self.start_mask.val()).any() & !self.busy.q.val();
        self.abort.next = (self.ctrl_cmd.data.val() & self.abort_mask.val()).any();
        self.clear_done.next = self.wr.val()
            & self.status_reg.wr_hit.val()
            & (self.wr_data.val() & self.wr_mask.val() & self.done_mask.val()).any();

        // Where the copy stands.
        self.alive.next = self.busy.q.val() & !self.stopping.q.val();
        self.more.next = self.issued_bytes.q.val() != self.len_reg.q.val();
        self.ahead.next = self.issued.q.val() - self.launched.q.val();
        self.open.next = self.issued.q.val() - self.acked.q.val();
        self.full.next = (self.ahead.val() >= self.read_ahead.val()) | self.open.val().get_bit(3);
        self.to_take.next = self.filled.q.val() != self.taken.q.val();
        self.quiet.next = (self.issued.q.val() == self.filled.q.val())
            & (self.taken.q.val() == self.acked.q.val())
            & !self.issue_hold.val()
            & !self.take_hold.val();
        self.finished.next = self.busy.q.val()
            & self.quiet.val()
            & (self.stopping.q.val() | (!self.more.val() & !self.to_take.val()));

        // Chunks move from station to station.
        if self.issue.val() {
            self.issued.d.next = self.issued.q.val() + self.one4.val();
            self.issued_bytes.d.next = self.issue_end.val();
        }
        self.result.next = self.burst_resp.q.val();
        if !self.burst_resp.q.val().any() {
            self.result.next = self.fill_resp.val();
        }
        if self.fill.val() {
            self.beat.d.next = self.beat.q.val() + self.one5.val();
            self.burst_resp.d.next = self.result.val();
            if self.fill_last.val() {
                self.beat.d.next = 0.into();
                self.burst_resp.d.next = 0.into();
                self.filled.d.next = self.filled.q.val() + self.one4.val();
            }
        }
        if self.take.val() {
            self.taken.d.next = self.taken.q.val() + self.one4.val();
        }
        if self.launch.val() {
            self.launched.d.next = self.launched.q.val() + self.one4.val();
        }
        if self.ack.val() {
            self.acked.d.next = self.acked.q.val() + self.one4.val();
            if !self.ack_resp.val().any() {
                self.acked_bytes.d.next =
                    self.acked_bytes.q.val() + bit_cast::<32, 9>(self.ack_len.val());
            }
        }

        // The first that goes wrong stops the channel; of two in one cycle the write is the older.
        if self.alive.val() & self.abort.val() & !self.finished.val() {
            self.stopping.d.next = true;
            self.aborted.d.next = true;
        }
        if self.alive.val() & self.fail.val() {
            self.stopping.d.next = true;
            self.aborted.d.next = false;
            self.error.d.next = true;
            self.error_wnr.d.next = false;
            self.error_resp.d.next = self.fail_resp.val();
            self.error_addr.d.next = self.fail_addr.val();
        }
        if self.alive.val() & self.ack.val() & self.ack_resp.val().any() {
            self.stopping.d.next = true;
            self.aborted.d.next = false;
            self.error.d.next = true;
            self.error_wnr.d.next = true;
            self.error_resp.d.next = self.ack_resp.val();
            self.error_addr.d.next = self.ack_addr.val();
        }

        // End and beginning.
        if self.clear_done.val() {
            self.done.d.next = false;
        }
        if self.finished.val() {
            self.busy.d.next = false;
            self.stopping.d.next = false;
            self.done.d.next = true;
        }
        if self.start.val() {
            self.busy.d.next = true;
            self.stopping.d.next = self.abort.val();
            self.aborted.d.next = self.abort.val();
            self.done.d.next = false;
            self.error.d.next = false;
            self.error_wnr.d.next = false;
            self.error_resp.d.next = 0.into();
            self.issued_bytes.d.next = 0.into();
            self.acked_bytes.d.next = 0.into();
            self.issued.d.next = 0.into();
            self.filled.d.next = 0.into();
            self.taken.d.next = 0.into();
            self.launched.d.next = 0.into();
            self.acked.d.next = 0.into();
        }

        self.src.next = self.src_reg.q.val();
        self.dst.next = self.dst_reg.q.val();
        self.len.next = self.len_reg.q.val();
        self.offset.next = self.issued_bytes.q.val();
        self.issue_want.next = self.alive.val() & self.more.val() & !self.full.val();
        self.issue_slot.next = self.issued.q.val().get_bits::<3>(0);
        self.fill_slot.next = self.filled.q.val().get_bits::<3>(0);
        self.fill_beat.next = self.beat.q.val();
        self.fill_result.next = self.result.val();
        self.take_want.next = self.alive.val() & self.to_take.val();
        self.take_slot.next = self.taken.q.val().get_bits::<3>(0);
        self.ack_slot.next = self.acked.q.val().get_bits::<3>(0);
    }
}
