//! Makes the beats of W out of the words of R.

use crate::prim::Reg;
use rust_hdl::prelude::*;

/// Streams chunks from the buffer to W, one beat a cycle, and moves their bytes into the lanes of the
/// destination.
///
/// Two stages follow the buffer's address: the word read (*fetch*), and W. All stages move when W is
/// empty or taken. Lane i of a beat is lane `i + turn` of two neighbouring words of R: the `keep`
/// lanes come from the earlier word. If the chunk begins in a higher lane of R than of W (`lag`), the
/// first beat needs two words, and one cycle goes by without a beat.
///
/// ```text
/// address   0   1   2   3   0'
/// word          r0  r1  r2  r3  r0'
/// W (lag)               w0  w1  w2
/// ```
#[derive(LogicBlock)]
pub struct BeatStream {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,
    /// A chunk to stream; for the `job_` inputs see [`WriteScheduler`](super::WriteScheduler).
    pub job_valid: Signal<In, Bit>,
    /// It is taken.
    pub job_ready: Signal<Out, Bit>,
    /// Its channel.
    pub job_channel: Signal<In, Bits<2>>,
    /// Its slot in the buffer.
    pub job_slot: Signal<In, Bits<2>>,
    /// Byte lanes to rotate by.
    pub job_turn: Signal<In, Bits<3>>,
    /// Lanes of R that come from the earlier word.
    pub job_keep: Signal<In, Bits<8>>,
    /// The first word makes no beat.
    pub job_lag: Signal<In, Bit>,
    /// Beats less one.
    pub job_len: Signal<In, Bits<5>>,
    /// Strobes of the first beat.
    pub job_head: Signal<In, Bits<8>>,
    /// Strobes of the last beat.
    pub job_tail: Signal<In, Bits<8>>,
    /// Read the buffer.
    pub read: Signal<Out, Bit>,
    /// Word of the buffer to read: channel, slot, word.
    pub read_address: Signal<Out, Bits<9>>,
    /// The word read last.
    pub read_data: Signal<In, Bits<64>>,
    /// W.
    pub w_data: Signal<Out, Bits<64>>,
    /// W.
    pub w_strb: Signal<Out, Bits<8>>,
    /// W.
    pub w_last: Signal<Out, Bit>,
    /// W.
    pub w_valid: Signal<Out, Bit>,
    /// W.
    pub w_ready: Signal<In, Bit>,

    // The chunk being streamed, and its word to be read.
    active: Reg<Bit>,
    base: Reg<Bits<4>>,
    turn: Reg<Bits<3>>,
    keep: Reg<Bits<8>>,
    lag: Reg<Bit>,
    words: Reg<Bits<6>>,
    head: Reg<Bits<8>>,
    tail: Reg<Bits<8>>,
    word: Reg<Bits<6>>,
    // The word read.
    fetched: Reg<Bit>,
    makes_beat: Reg<Bit>,
    f_turn: Reg<Bits<3>>,
    f_keep: Reg<Bits<8>>,
    f_strb: Reg<Bits<8>>,
    f_last: Reg<Bit>,
    earlier: Reg<Bits<64>>,
    // W.
    valid: Reg<Bit>,
    data: Reg<Bits<64>>,
    strb: Reg<Bits<8>>,
    last: Reg<Bit>,

    go: Signal<Local, Bit>,
    first_word: Signal<Local, Bit>,
    last_word: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    lanes: Signal<Local, Bits<8>>,
    merged: Signal<Local, Bits<64>>,
    turned4: Signal<Local, Bits<64>>,
    turned2: Signal<Local, Bits<64>>,
    turned: Signal<Local, Bits<64>>,
    one: Constant<Bits<6>>,
    all_lanes: Constant<Bits<8>>,
}

impl Default for BeatStream {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
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
            read: Default::default(),
            read_address: Default::default(),
            read_data: Default::default(),
            w_data: Default::default(),
            w_strb: Default::default(),
            w_last: Default::default(),
            w_valid: Default::default(),
            w_ready: Default::default(),
            active: Default::default(),
            base: Default::default(),
            turn: Default::default(),
            keep: Default::default(),
            lag: Default::default(),
            words: Default::default(),
            head: Default::default(),
            tail: Default::default(),
            word: Default::default(),
            fetched: Default::default(),
            makes_beat: Default::default(),
            f_turn: Default::default(),
            f_keep: Default::default(),
            f_strb: Default::default(),
            f_last: Default::default(),
            earlier: Default::default(),
            valid: Default::default(),
            data: Default::default(),
            strb: Default::default(),
            last: Default::default(),
            go: Default::default(),
            first_word: Default::default(),
            last_word: Default::default(),
            take: Default::default(),
            lanes: Default::default(),
            merged: Default::default(),
            turned4: Default::default(),
            turned2: Default::default(),
            turned: Default::default(),
            one: Constant::new(1.into()),
            all_lanes: Constant::new(0xFF.into()),
        }
    }
}

impl Logic for BeatStream {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clock, active, base, turn, keep, lag, words, head, tail, word, fetched,
            makes_beat, f_turn, f_keep, f_strb, f_last, earlier, valid, data, strb, last
        );
        self.active.reset.next = self.reset.val();
        self.base.reset.next = self.reset.val();
        self.turn.reset.next = self.reset.val();
        self.keep.reset.next = self.reset.val();
        self.lag.reset.next = self.reset.val();
        self.words.reset.next = self.reset.val();
        self.head.reset.next = self.reset.val();
        self.tail.reset.next = self.reset.val();
        self.word.reset.next = self.reset.val();
        self.fetched.reset.next = self.reset.val();
        self.makes_beat.reset.next = self.reset.val();
        self.f_turn.reset.next = self.reset.val();
        self.f_keep.reset.next = self.reset.val();
        self.f_strb.reset.next = self.reset.val();
        self.f_last.reset.next = self.reset.val();
        self.earlier.reset.next = self.reset.val();
        self.valid.reset.next = self.reset.val();
        self.data.reset.next = self.reset.val();
        self.strb.reset.next = self.reset.val();
        self.last.reset.next = self.reset.val();

        self.go.next = !self.valid.q.val() | self.w_ready.val();
        // The word that makes the first beat is word 1 if the beats lag behind.
        self.first_word.next = self.word.q.val() == bit_cast::<6, 1>(self.lag.q.val().into());
        self.last_word.next = self.word.q.val() == self.words.q.val();
        self.take.next =
            self.go.val() & (!self.active.q.val() | self.last_word.val()) & self.job_valid.val();
        self.lanes.next = self.all_lanes.val();
        if self.first_word.val() {
            self.lanes.next = self.head.q.val();
        }
        if self.last_word.val() {
            self.lanes.next = self.lanes.val() & self.tail.q.val();
        }

        // W from the word read and the one before it.
        self.merged.next = self.read_data.val();
        if self.f_keep.q.val().get_bit(0) {
            self.merged.next = (self.merged.val() & 0xFFFF_FFFF_FFFF_FF00_u64)
                | (self.earlier.q.val() & 0x0000_0000_0000_00FF_u64);
        }
        if self.f_keep.q.val().get_bit(1) {
            self.merged.next = (self.merged.val() & 0xFFFF_FFFF_FFFF_00FF_u64)
                | (self.earlier.q.val() & 0x0000_0000_0000_FF00_u64);
        }
        if self.f_keep.q.val().get_bit(2) {
            self.merged.next = (self.merged.val() & 0xFFFF_FFFF_FF00_FFFF_u64)
                | (self.earlier.q.val() & 0x0000_0000_00FF_0000_u64);
        }
        if self.f_keep.q.val().get_bit(3) {
            self.merged.next = (self.merged.val() & 0xFFFF_FFFF_00FF_FFFF_u64)
                | (self.earlier.q.val() & 0x0000_0000_FF00_0000_u64);
        }
        if self.f_keep.q.val().get_bit(4) {
            self.merged.next = (self.merged.val() & 0xFFFF_FF00_FFFF_FFFF_u64)
                | (self.earlier.q.val() & 0x0000_00FF_0000_0000_u64);
        }
        if self.f_keep.q.val().get_bit(5) {
            self.merged.next = (self.merged.val() & 0xFFFF_00FF_FFFF_FFFF_u64)
                | (self.earlier.q.val() & 0x0000_FF00_0000_0000_u64);
        }
        if self.f_keep.q.val().get_bit(6) {
            self.merged.next = (self.merged.val() & 0xFF00_FFFF_FFFF_FFFF_u64)
                | (self.earlier.q.val() & 0x00FF_0000_0000_0000_u64);
        }
        if self.f_keep.q.val().get_bit(7) {
            self.merged.next = (self.merged.val() & 0x00FF_FFFF_FFFF_FFFF_u64)
                | (self.earlier.q.val() & 0xFF00_0000_0000_0000_u64);
        }
        self.turned4.next = self.merged.val();
        if self.f_turn.q.val().get_bit(2) {
            self.turned4.next = (self.merged.val() >> 32) | (self.merged.val() << 32);
        }
        self.turned2.next = self.turned4.val();
        if self.f_turn.q.val().get_bit(1) {
            self.turned2.next = (self.turned4.val() >> 16) | (self.turned4.val() << 48);
        }
        self.turned.next = self.turned2.val();
        if self.f_turn.q.val().get_bit(0) {
            self.turned.next = (self.turned2.val() >> 8) | (self.turned2.val() << 56);
        }

        if self.go.val() {
            self.valid.d.next = self.fetched.q.val() & self.makes_beat.q.val();
            self.data.d.next = self.turned.val();
            self.strb.d.next = self.f_strb.q.val();
            self.last.d.next = self.f_last.q.val();
            self.earlier.d.next = self.read_data.val();

            self.fetched.d.next = self.active.q.val();
            self.makes_beat.d.next = !self.lag.q.val() | self.word.q.val().any();
            self.f_turn.d.next = self.turn.q.val();
            self.f_keep.d.next = self.keep.q.val();
            self.f_strb.d.next = self.lanes.val();
            self.f_last.d.next = self.last_word.val();

            self.word.d.next = self.word.q.val() + self.one.val();
            if self.last_word.val() {
                self.active.d.next = false;
            }
        }
        if self.take.val() {
            self.active.d.next = true;
            self.base.d.next = (bit_cast::<4, 2>(self.job_channel.val()) << 2)
                | bit_cast::<4, 2>(self.job_slot.val());
            self.turn.d.next = self.job_turn.val();
            self.keep.d.next = self.job_keep.val();
            self.lag.d.next = self.job_lag.val();
            self.words.d.next =
                bit_cast::<6, 5>(self.job_len.val()) + bit_cast::<6, 1>(self.job_lag.val().into());
            self.head.d.next = self.job_head.val();
            self.tail.d.next = self.job_tail.val();
            self.word.d.next = 0.into();
        }

        self.job_ready.next = self.go.val() & (!self.active.q.val() | self.last_word.val());
        self.read.next = self.go.val();
        // With `lag` and 32 beats there is a word 32: it is not needed, and any word will do for it.
        self.read_address.next = (bit_cast::<9, 4>(self.base.q.val()) << 5)
            | bit_cast::<9, 5>(self.word.q.val().get_bits::<5>(0));
        self.w_data.next = self.data.q.val();
        self.w_strb.next = self.strb.q.val();
        self.w_last.next = self.last.q.val();
        self.w_valid.next = self.valid.q.val();
    }
}
