//! Cuts copies into chunks and reads them.

use super::RoundRobin;
use crate::prim::Reg;
use rust_hdl::prelude::*;

/// What the planner does.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum PlanState {
    /// Choose a channel.
    Pick,
    /// Add its offset to its addresses.
    Place,
    /// How long may the chunk be by its addresses?
    Limit,
    /// And by what is left of the copy?
    Cut,
    /// Send AR.
    Issue,
}

/// Chooses a channel, cuts the next chunk off its copy, and issues the read burst.
///
/// A chunk is as long as it can be so that neither its read nor its write burst has more than 32 beats
/// (256 bytes from the 8-byte word in which it begins) or crosses a 4 KiB boundary (AXI A3.4.1), and
/// as is left of the copy.
///
/// The channel chosen is `sel`; its `src` and so on are expected in the same cycle. `hold` says that
/// the planner works on it. A channel that stops meanwhile withdraws its `want`, and the planner drops
/// the chunk. In the cycle of `issue` the `chunk_` outputs describe the chunk.
#[derive(LogicBlock)]
pub struct ChunkPlanner {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,
    /// Bit n: channel n has a chunk to issue.
    pub want: Signal<In, Bits<4>>,
    /// The channel worked on.
    pub sel: Signal<Out, Bits<2>>,
    /// A channel is worked on.
    pub hold: Signal<Out, Bit>,
    /// Source of channel `sel`.
    pub src: Signal<In, Bits<32>>,
    /// Destination of channel `sel`.
    pub dst: Signal<In, Bits<32>>,
    /// Length of the copy of channel `sel`.
    pub len: Signal<In, Bits<32>>,
    /// Bytes already issued of it.
    pub offset: Signal<In, Bits<32>>,
    /// The chunk is issued.
    pub issue: Signal<Out, Bit>,
    /// Bytes issued, this chunk included.
    pub issue_end: Signal<Out, Bits<32>>,
    /// First byte to read.
    pub chunk_src: Signal<Out, Bits<32>>,
    /// First byte to write.
    pub chunk_dst: Signal<Out, Bits<32>>,
    /// Bytes to copy: 1 to 256.
    pub chunk_len: Signal<Out, Bits<9>>,
    /// AR: channel.
    pub ar_channel: Signal<Out, Bits<2>>,
    /// AR: address, a multiple of 8.
    pub ar_addr: Signal<Out, Bits<32>>,
    /// AR: beats less one.
    pub ar_len: Signal<Out, Bits<5>>,
    /// AR.
    pub ar_valid: Signal<Out, Bit>,
    /// AR.
    pub ar_ready: Signal<In, Bit>,

    arbiter: RoundRobin,
    state: Reg<PlanState>,
    channel: Reg<Bits<2>>,
    from: Reg<Bits<32>>,
    to: Reg<Bits<32>>,
    left: Reg<Bits<32>>,
    limit: Reg<Bits<9>>,
    bytes: Reg<Bits<9>>,
    valid: Reg<Bit>,
    burst_channel: Reg<Bits<2>>,
    burst_addr: Reg<Bits<32>>,
    burst_len: Reg<Bits<5>>,

    lane: Signal<Local, Bits<3>>,
    in_page: Signal<Local, Bits<12>>,
    by_beats: Signal<Local, Bits<9>>,
    by_page: Signal<Local, Bits<13>>,
    last_byte: Signal<Local, Bits<9>>,
    wanted: Signal<Local, Bit>,
    free: Signal<Local, Bit>,
    go: Signal<Local, Bit>,
    one: Constant<Bits<9>>,
    burst_bytes: Constant<Bits<9>>,
    page_bytes: Constant<Bits<13>>,
    word_mask: Constant<Bits<32>>,
}

impl Default for ChunkPlanner {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            want: Default::default(),
            sel: Default::default(),
            hold: Default::default(),
            src: Default::default(),
            dst: Default::default(),
            len: Default::default(),
            offset: Default::default(),
            issue: Default::default(),
            issue_end: Default::default(),
            chunk_src: Default::default(),
            chunk_dst: Default::default(),
            chunk_len: Default::default(),
            ar_channel: Default::default(),
            ar_addr: Default::default(),
            ar_len: Default::default(),
            ar_valid: Default::default(),
            ar_ready: Default::default(),
            arbiter: Default::default(),
            state: Default::default(),
            channel: Default::default(),
            from: Default::default(),
            to: Default::default(),
            left: Default::default(),
            limit: Default::default(),
            bytes: Default::default(),
            valid: Default::default(),
            burst_channel: Default::default(),
            burst_addr: Default::default(),
            burst_len: Default::default(),
            lane: Default::default(),
            in_page: Default::default(),
            by_beats: Default::default(),
            by_page: Default::default(),
            last_byte: Default::default(),
            wanted: Default::default(),
            free: Default::default(),
            go: Default::default(),
            one: Constant::new(1.into()),
            burst_bytes: Constant::new(
                u64::from(vcm_regs::dma::DmaIdr1::default().get(vcm_regs::dma::DmaIdr1::MAXBURST))
                    .into(),
            ),
            page_bytes: Constant::new(0x1000.into()),
            word_mask: Constant::new(0xFFFF_FFF8_u64.into()),
        }
    }
}

impl Logic for ChunkPlanner {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            state,
            channel,
            from,
            to,
            left,
            limit,
            bytes,
            valid,
            burst_channel,
            burst_addr,
            burst_len
        );
        self.state.reset.next = self.reset.val();
        self.channel.reset.next = self.reset.val();
        self.from.reset.next = self.reset.val();
        self.to.reset.next = self.reset.val();
        self.left.reset.next = self.reset.val();
        self.limit.reset.next = self.reset.val();
        self.bytes.reset.next = self.reset.val();
        self.valid.reset.next = self.reset.val();
        self.burst_channel.reset.next = self.reset.val();
        self.burst_addr.reset.next = self.reset.val();
        self.burst_len.reset.next = self.reset.val();
        self.arbiter.want.next = self.want.val();
        self.arbiter.last.next = self.channel.q.val();

        // The later of the two addresses is nearer to a boundary.
        self.lane.next = self.from.q.val().get_bits::<3>(0);
        if self.to.q.val().get_bits::<3>(0) > self.from.q.val().get_bits::<3>(0) {
            self.lane.next = self.to.q.val().get_bits::<3>(0);
        }
        self.in_page.next = self.from.q.val().get_bits::<12>(0);
        if self.to.q.val().get_bits::<12>(0) > self.from.q.val().get_bits::<12>(0) {
            self.in_page.next = self.to.q.val().get_bits::<12>(0);
        }
        self.by_beats.next = self.burst_bytes.val() - bit_cast::<9, 3>(self.lane.val());
        self.by_page.next = self.page_bytes.val() - bit_cast::<13, 12>(self.in_page.val());
        self.last_byte.next = bit_cast::<9, 3>(self.from.q.val().get_bits::<3>(0))
            + self.bytes.q.val()
            - self.one.val();

        self.wanted.next = self.want.val().get_bit(self.channel.q.val().index());
        self.free.next = !self.valid.q.val() | self.ar_ready.val();
        self.go.next = false;
        if self.ar_ready.val() {
            self.valid.d.next = false;
        }
        match self.state.q.val() {
            PlanState::Pick => {
                if self.arbiter.any.val() {
                    self.channel.d.next = self.arbiter.pick.val();
                    self.state.d.next = PlanState::Place;
                }
            }
            PlanState::Place => {
                self.from.d.next = self.src.val() + self.offset.val();
                self.to.d.next = self.dst.val() + self.offset.val();
                self.left.d.next = self.len.val() - self.offset.val();
                self.state.d.next = PlanState::Limit;
            }
            PlanState::Limit => {
                self.limit.d.next = self.by_beats.val();
                if self.by_page.val() < bit_cast::<13, 9>(self.by_beats.val()) {
                    self.limit.d.next = self.by_page.val().get_bits::<9>(0);
                }
                self.state.d.next = PlanState::Cut;
            }
            PlanState::Cut => {
                self.bytes.d.next = self.limit.q.val();
                if self.left.q.val() < bit_cast::<32, 9>(self.limit.q.val()) {
                    self.bytes.d.next = self.left.q.val().get_bits::<9>(0);
                }
                self.state.d.next = PlanState::Issue;
            }
            PlanState::Issue => {
                if !self.wanted.val() {
                    self.state.d.next = PlanState::Pick;
                } else if self.free.val() {
                    self.go.next = true;
                    self.valid.d.next = true;
                    self.burst_channel.d.next = self.channel.q.val();
                    self.burst_addr.d.next = self.from.q.val() & self.word_mask.val();
                    self.burst_len.d.next = self.last_byte.val().get_bits::<5>(3);
                    self.state.d.next = PlanState::Pick;
                }
            }
            _ => {
                self.state.d.next = PlanState::Pick;
            }
        }

        self.sel.next = self.channel.q.val();
        self.hold.next = self.state.q.val() != PlanState::Pick;
        self.issue.next = self.go.val();
        self.issue_end.next = self.offset.val() + bit_cast::<32, 9>(self.bytes.q.val());
        self.chunk_src.next = self.from.q.val();
        self.chunk_dst.next = self.to.q.val();
        self.chunk_len.next = self.bytes.q.val();
        self.ar_channel.next = self.burst_channel.q.val();
        self.ar_addr.next = self.burst_addr.q.val();
        self.ar_len.next = self.burst_len.q.val();
        self.ar_valid.next = self.valid.q.val();
    }
}
