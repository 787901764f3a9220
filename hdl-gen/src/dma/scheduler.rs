//! Chooses which chunk is written next.

use super::RoundRobin;
use crate::prim::Reg;
use rust_hdl::prelude::*;

/// What the scheduler does.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum TakeState {
    /// Choose a channel.
    Choose,
    /// Look up its chunk.
    Look,
    /// Send AW and hand the chunk on.
    Send,
}

/// Chooses a channel whose next chunk is in the buffer, sends AW, and tells [`BeatStream`] how to
/// make the beats of W.
///
/// The channel chosen is `sel`; its chunk is expected in the same cycle. A chunk that was read with
/// an error (`resp` is not OKAY) is not written but reported by `fail`.
///
/// The handover to the stream is a VALID/READY channel (`job_valid`, `job_ready`) one entry deep: the
/// AW of a chunk goes out while the chunk before it is still streaming.
///
/// [`BeatStream`]: super::BeatStream
#[derive(LogicBlock)]
pub struct WriteScheduler {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,
    /// Bit n: channel n has a chunk to write.
    pub want: Signal<In, Bits<4>>,
    /// The channel worked on.
    pub sel: Signal<Out, Bits<2>>,
    /// A channel is worked on.
    pub hold: Signal<Out, Bit>,
    /// First byte read of the chunk.
    pub src: Signal<In, Bits<32>>,
    /// First byte to write.
    pub dst: Signal<In, Bits<32>>,
    /// Bytes of the chunk: 1 to 256.
    pub len: Signal<In, Bits<9>>,
    /// How reading it went.
    pub resp: Signal<In, Bits<2>>,
    /// Where in the buffer it is.
    pub slot: Signal<In, Bits<2>>,
    /// The chunk is taken.
    pub take: Signal<Out, Bit>,
    /// The chunk is refused.
    pub fail: Signal<Out, Bit>,
    /// With `fail`: how reading it went.
    pub fail_resp: Signal<Out, Bits<2>>,
    /// With `fail`: first byte of it.
    pub fail_addr: Signal<Out, Bits<32>>,

    /// AW: channel.
    pub aw_channel: Signal<Out, Bits<2>>,
    /// AW: address, a multiple of 8.
    pub aw_addr: Signal<Out, Bits<32>>,
    /// AW: beats less one.
    pub aw_len: Signal<Out, Bits<5>>,
    /// AW.
    pub aw_valid: Signal<Out, Bit>,
    /// AW.
    pub aw_ready: Signal<In, Bit>,

    /// A chunk to stream.
    pub job_valid: Signal<Out, Bit>,
    /// The stream takes it.
    pub job_ready: Signal<In, Bit>,
    /// Its channel.
    pub job_channel: Signal<Out, Bits<2>>,
    /// Its slot in the buffer.
    pub job_slot: Signal<Out, Bits<2>>,
    /// Byte lanes to rotate by: lane i of W is lane i + turn of R.
    pub job_turn: Signal<Out, Bits<3>>,
    /// Lanes of a beat of W that come from the earlier of two words of R, in lanes of R.
    pub job_keep: Signal<Out, Bits<8>>,
    /// The first word of R makes no beat of W.
    pub job_lag: Signal<Out, Bit>,
    /// Beats of W less one.
    pub job_len: Signal<Out, Bits<5>>,
    /// Strobes of the first beat.
    pub job_head: Signal<Out, Bits<8>>,
    /// Strobes of the last beat.
    pub job_tail: Signal<Out, Bits<8>>,

    arbiter: RoundRobin,
    state: Reg<TakeState>,
    channel: Reg<Bits<2>>,
    from: Reg<Bits<32>>,
    to: Reg<Bits<32>>,
    bytes: Reg<Bits<9>>,
    outcome: Reg<Bits<2>>,
    place: Reg<Bits<2>>,
    awvalid: Reg<Bit>,
    awchannel: Reg<Bits<2>>,
    awaddr: Reg<Bits<32>>,
    awlen: Reg<Bits<5>>,
    jvalid: Reg<Bit>,
    jchannel: Reg<Bits<2>>,
    jslot: Reg<Bits<2>>,
    jturn: Reg<Bits<3>>,
    jkeep: Reg<Bits<8>>,
    jlag: Reg<Bit>,
    jlen: Reg<Bits<5>>,
    jhead: Reg<Bits<8>>,
    jtail: Reg<Bits<8>>,

    turn: Signal<Local, Bits<3>>,
    last_byte: Signal<Local, Bits<9>>,
    after: Signal<Local, Bits<3>>,
    wanted: Signal<Local, Bit>,
    free: Signal<Local, Bit>,
    taking: Signal<Local, Bit>,
    failing: Signal<Local, Bit>,
    one: Constant<Bits<9>>,
    all_lanes: Constant<Bits<8>>,
    last_lane: Constant<Bits<3>>,
    word_mask: Constant<Bits<32>>,
}

impl Default for WriteScheduler {
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
            resp: Default::default(),
            slot: Default::default(),
            take: Default::default(),
            fail: Default::default(),
            fail_resp: Default::default(),
            fail_addr: Default::default(),
            aw_channel: Default::default(),
            aw_addr: Default::default(),
            aw_len: Default::default(),
            aw_valid: Default::default(),
            aw_ready: Default::default(),
            job_valid: Default::default(),
            job_ready: Default::default(),
            job_channel: Default::default(),
            job_slot: Default::default(),
            job_turn: Default::default(),
            job_keep: Default::default(),
            job_lag: Default::default(),
            job_len: Default::default(),
            job_head: Default::default(),
            job_tail: Default::default(),
            arbiter: Default::default(),
            state: Default::default(),
            channel: Default::default(),
            from: Default::default(),
            to: Default::default(),
            bytes: Default::default(),
            outcome: Default::default(),
            place: Default::default(),
            awvalid: Default::default(),
            awchannel: Default::default(),
            awaddr: Default::default(),
            awlen: Default::default(),
            jvalid: Default::default(),
            jchannel: Default::default(),
            jslot: Default::default(),
            jturn: Default::default(),
            jkeep: Default::default(),
            jlag: Default::default(),
            jlen: Default::default(),
            jhead: Default::default(),
            jtail: Default::default(),
            turn: Default::default(),
            last_byte: Default::default(),
            after: Default::default(),
            wanted: Default::default(),
            free: Default::default(),
            taking: Default::default(),
            failing: Default::default(),
            one: Constant::new(1.into()),
            all_lanes: Constant::new(0xFF.into()),
            last_lane: Constant::new(7.into()),
            word_mask: Constant::new(0xFFFF_FFF8_u64.into()),
        }
    }
}

impl Logic for WriteScheduler {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clock, state, channel, from, to, bytes, outcome, place, awvalid, awchannel,
            awaddr, awlen, jvalid, jchannel, jslot, jturn, jkeep, jlag, jlen, jhead, jtail
        );
        self.state.reset.next = self.reset.val();
        self.channel.reset.next = self.reset.val();
        self.from.reset.next = self.reset.val();
        self.to.reset.next = self.reset.val();
        self.bytes.reset.next = self.reset.val();
        self.outcome.reset.next = self.reset.val();
        self.place.reset.next = self.reset.val();
        self.awvalid.reset.next = self.reset.val();
        self.awchannel.reset.next = self.reset.val();
        self.awaddr.reset.next = self.reset.val();
        self.awlen.reset.next = self.reset.val();
        self.jvalid.reset.next = self.reset.val();
        self.jchannel.reset.next = self.reset.val();
        self.jslot.reset.next = self.reset.val();
        self.jturn.reset.next = self.reset.val();
        self.jkeep.reset.next = self.reset.val();
        self.jlag.reset.next = self.reset.val();
        self.jlen.reset.next = self.reset.val();
        self.jhead.reset.next = self.reset.val();
        self.jtail.reset.next = self.reset.val();
        self.arbiter.want.next = self.want.val();
        self.arbiter.last.next = self.channel.q.val();

        self.turn.next = self.from.q.val().get_bits::<3>(0) - self.to.q.val().get_bits::<3>(0);
        self.last_byte.next = bit_cast::<9, 3>(self.to.q.val().get_bits::<3>(0))
            + self.bytes.q.val()
            - self.one.val();
        self.after.next = self.last_lane.val() - self.last_byte.val().get_bits::<3>(0);

        self.wanted.next = self.want.val().get_bit(self.channel.q.val().index());
        self.free.next = (!self.awvalid.q.val() | self.aw_ready.val())
            & (!self.jvalid.q.val() | self.job_ready.val());
        self.taking.next = false;
        self.failing.next = false;
        if self.aw_ready.val() {
            self.awvalid.d.next = false;
        }
        if self.job_ready.val() {
            self.jvalid.d.next = false;
        }
        match self.state.q.val() {
            TakeState::Choose => {
                if self.arbiter.any.val() {
                    self.channel.d.next = self.arbiter.pick.val();
                    self.state.d.next = TakeState::Look;
                }
            }
            TakeState::Look => {
                self.from.d.next = self.src.val();
                self.to.d.next = self.dst.val();
                self.bytes.d.next = self.len.val();
                self.outcome.d.next = self.resp.val();
                self.place.d.next = self.slot.val();
                self.state.d.next = TakeState::Send;
            }
            TakeState::Send => {
                if !self.wanted.val() {
                    self.state.d.next = TakeState::Choose;
                } else if self.outcome.q.val().any() {
                    self.failing.next = true;
                    self.state.d.next = TakeState::Choose;
                } else if self.free.val() {
                    self.taking.next = true;
                    self.awvalid.d.next = true;
                    self.awchannel.d.next = self.channel.q.val();
                    self.awaddr.d.next = self.to.q.val() & self.word_mask.val();
                    self.awlen.d.next = self.last_byte.val().get_bits::<5>(3);
                    self.jvalid.d.next = true;
                    self.jchannel.d.next = self.channel.q.val();
                    self.jslot.d.next = self.place.q.val();
                    self.jturn.d.next = self.turn.val();
                    // With turn 0 a beat of W is a word of R.
                    self.jkeep.d.next = 0.into();
                    if self.turn.val().any() {
                        self.jkeep.d.next = self.all_lanes.val() << self.turn.val();
                    }
                    self.jlag.d.next =
                        self.from.q.val().get_bits::<3>(0) > self.to.q.val().get_bits::<3>(0);
                    self.jlen.d.next = self.last_byte.val().get_bits::<5>(3);
                    self.jhead.d.next = self.all_lanes.val() << self.to.q.val().get_bits::<3>(0);
                    self.jtail.d.next = self.all_lanes.val() >> self.after.val();
                    self.state.d.next = TakeState::Choose;
                }
            }
            _ => {
                self.state.d.next = TakeState::Choose;
            }
        }

        self.sel.next = self.channel.q.val();
        self.hold.next = self.state.q.val() != TakeState::Choose;
        self.take.next = self.taking.val();
        self.fail.next = self.failing.val();
        self.fail_resp.next = self.outcome.q.val();
        self.fail_addr.next = self.from.q.val();
        self.aw_channel.next = self.awchannel.q.val();
        self.aw_addr.next = self.awaddr.q.val();
        self.aw_len.next = self.awlen.q.val();
        self.aw_valid.next = self.awvalid.q.val();
        self.job_valid.next = self.jvalid.q.val();
        self.job_channel.next = self.jchannel.q.val();
        self.job_slot.next = self.jslot.q.val();
        self.job_turn.next = self.jturn.q.val();
        self.job_keep.next = self.jkeep.q.val();
        self.job_lag.next = self.jlag.q.val();
        self.job_len.next = self.jlen.q.val();
        self.job_head.next = self.jhead.q.val();
        self.job_tail.next = self.jtail.q.val();
    }
}
