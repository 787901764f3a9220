//! Table walks: up to four at the same time over `m_axi_ptw`, each of at most two reads.
//!
//! A walk's number is its AXI ID, so that answers may come in any order. A read brings 64 bits: the
//! descriptor and its neighbour, which is kept too if it is of use. A flush makes the walks of a
//! context *stale*: they end after the read under way, without a result.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use super::codes::DescriptorTypes;
use super::config::*;
use super::decode::DescriptorDecode;
use super::types::*;
use crate::axi::AxiReadMaster;
use crate::dma::RoundRobin;
use crate::prim::{LutRam, Reg};

/// What decoding needs to know of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct WalkNeeds {
    pub afe: Bit,
    pub keep_first: Bit,
    pub prefetch: Bit,
    /// I/O virtual address bits [19:13].
    pub pair: Bits<7>,
}

/// A descriptor, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct WalkResult {
    pub walk: Bits<WALK_BITS>,
    pub level2: Bit,
    /// The walk goes on at the second level.
    pub linked: Bit,
    /// Not the descriptor asked for, but the other one of its 64 bits.
    pub neighbour: Bit,
    pub keep_first: Bit,
    pub prefetch: Bit,
    pub status: Bits<5>,
    pub word: Bits<32>,
}

/// State of one walk.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct WalkSlot {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// It begins, with `request`.
    pub load: Signal<In, Bit>,
    pub request: Signal<In, Key>,
    pub request_level2: Signal<In, Bit>,
    /// `request` is flushed in this cycle.
    pub request_flushed: Signal<In, Bit>,
    /// It goes on at the second level.
    pub link: Signal<In, Bit>,
    /// What begins or goes on cannot drive AR in the next cycle.
    pub queue: Signal<In, Bit>,
    /// It drives AR from the next cycle on.
    pub present: Signal<In, Bit>,
    /// Its result is out.
    pub finish: Signal<In, Bit>,
    /// It can be used again.
    pub freed: Signal<In, Bit>,
    pub flush: Signal<In, Flush>,
    pub query: Signal<In, Key>,
    pub busy: Signal<Out, Bit>,
    pub working: Signal<Out, Bit>,
    /// Waits for AR.
    pub wants: Signal<Out, Bit>,
    pub level2: Signal<Out, Bit>,
    pub stale: Signal<Out, Bit>,
    /// Its descriptor is in the upper half of 64 bits.
    pub lane: Signal<Out, Bit>,
    /// Its result will serve `query`, or its first level will.
    pub same: Signal<Out, Bit>,
    /// Its context, one-hot, if it is stale.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    busy_reg: Reg<Bit>,
    over_reg: Reg<Bit>,
    wants_reg: Reg<Bit>,
    level2_reg: Reg<Bit>,
    stale_reg: Reg<Bit>,
    context_reg: Reg<Bits<CONTEXT_BITS>>,
    vpn_reg: Reg<Bits<20>>,
    vpn: Signal<Local, Bits<20>>,
    query_vpn: Signal<Local, Bits<20>>,
    flushed: Signal<Local, Bit>,
    same_first: Signal<Local, Bit>,
    same_pair: Signal<Local, Bit>,
    one: Signal<Local, Bits<CONTEXTS>>,
}

impl Logic for WalkSlot {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            busy_reg,
            over_reg,
            wants_reg,
            level2_reg,
            stale_reg,
            context_reg,
            vpn_reg
        );
        self.busy_reg.reset.next = self.reset.val();
        self.over_reg.reset.next = self.reset.val();
        self.wants_reg.reset.next = self.reset.val();
        self.level2_reg.reset.next = self.reset.val();
        self.stale_reg.reset.next = self.reset.val();
        self.context_reg.reset.next = self.reset.val();
        self.vpn_reg.reset.next = self.reset.val();

        self.flushed.next = self.flush.val().valid
            & (!self.flush.val().by_context
                | (self.flush.val().context == self.context_reg.q.val()));
        if self.flushed.val() & self.busy_reg.q.val() {
            self.stale_reg.d.next = true;
        }
        if self.present.val() {
            self.wants_reg.d.next = false;
        }
        if self.link.val() {
            self.level2_reg.d.next = true;
            self.wants_reg.d.next = self.queue.val();
        }
        if self.finish.val() {
            self.over_reg.d.next = true;
        }
        if self.freed.val() {
            self.busy_reg.d.next = false;
            self.stale_reg.d.next = false;
        }
        if self.load.val() {
            self.busy_reg.d.next = true;
            self.over_reg.d.next = false;
            self.stale_reg.d.next = self.request_flushed.val();
            self.wants_reg.d.next = self.queue.val();
            self.level2_reg.d.next = self.request_level2.val();
        }
        // Whether it is loaded comes late in the cycle.
        if !self.busy_reg.q.val() {
            self.context_reg.d.next = self.request.val().context;
            self.vpn_reg.d.next = self.request.val().vpn;
        }

        self.vpn.next = self.vpn_reg.q.val();
        self.query_vpn.next = self.query.val().vpn;
        self.same_first.next = (self.query.val().context == self.context_reg.q.val())
            & (self.query_vpn.val().get_bits::<12>(8) == self.vpn.val().get_bits::<12>(8));
        self.same_pair.next =
            self.query_vpn.val().get_bits::<7>(1) == self.vpn.val().get_bits::<7>(1);
        self.same.next = self.busy_reg.q.val()
            & !self.over_reg.q.val()
            & !self.stale_reg.q.val()
            & self.same_first.val()
            & (!self.level2_reg.q.val() | self.same_pair.val());
        self.lane.next = self.vpn.val().get_bit(8);
        if self.level2_reg.q.val() {
            self.lane.next = self.vpn.val().get_bit(0);
        }
        self.busy.next = self.busy_reg.q.val();
        self.working.next = self.busy_reg.q.val() & !self.over_reg.q.val();
        self.wants.next = self.wants_reg.q.val();
        self.level2.next = self.level2_reg.q.val();
        self.stale.next = self.stale_reg.q.val();
        self.one.next = 1.into();
        self.waits.next = 0.into();
        if self.stale_reg.q.val() {
            self.waits.next = self.one.val() << self.context_reg.q.val();
        }
    }
}

/// The walks.
///
/// ```text
///              cycle   0      1      2      3      4      5      6
/// start                ‾‾\__
/// arvalid                     ‾‾\__           until arready
///
/// rvalid               ‾‾\__
/// arvalid, 2nd level                 ‾‾\__    after a table, until arready
/// ended, page_fill                          ‾‾\__    else; taken if ended_ready
/// first_fill                                ‾‾\__
/// fill of the neighbour                                   ‾‾\__
/// wake                                                           ‾‾\__
/// ```
///
/// `wake` comes three cycles after `ended` is taken, or after the end of a stale or a prefetching walk,
/// which is silent otherwise. By then what was filled can be found, who was told to wait is waiting, and
/// the asker has its answer. The walk's number is used again after that, and `same` names no walk from the
/// cycle after its end on. A walk that goes on at the second level wakes as well, in the same cycle after
/// its first level as if it had ended: who waited for the first level only can go on.
///
/// A fill is given once, in the first cycle of a result, and not at all if the context is flushed in that
/// cycle or was before. `ended` may be withdrawn by a flush, and by nothing else.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Walks {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Only if a walk is free: `can_start`.
    pub start: Signal<In, Bit>,
    pub start_request: Signal<In, WalkStart>,
    pub start_index: Signal<Out, Bits<WALK_BITS>>,
    pub can_start: Signal<Out, Bit>,
    /// Two are free: `start` of a prefetch leaves one.
    pub can_prefetch: Signal<Out, Bit>,
    pub query: Signal<In, Key>,
    /// Walks worth waiting for: for the same page or its neighbour, or, before the first level is
    /// known, for the same MiB.
    pub same: Signal<Out, Bits<WALKS>>,
    pub flush: Signal<In, Flush>,
    /// One cycle: who waits for this walk asks again.
    pub wake: Signal<Out, Bits<WALKS>>,
    /// The walk of this `wake` was at fault: whoever waited for it did so in vain.
    pub failed: Signal<Out, Bit>,
    pub ended: Signal<Out, Bit>,
    pub ended_walk: Signal<Out, WalkEnd>,
    pub ended_ready: Signal<In, Bit>,
    /// One cycle: `page` is a page of the second level.
    pub page_fill: Signal<Out, Bit>,
    /// `page_fill`, unless a flush of this cycle forbids it.
    pub page_offered: Signal<Out, Bit>,
    pub page: Signal<Out, Translation>,
    pub page_prefetched: Signal<Out, Bit>,
    /// One cycle: `first` is a table or a section.
    pub first_fill: Signal<Out, Bit>,
    pub first: Signal<Out, FirstFill>,
    /// Contexts of stale walks that are not over.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    /// ARCACHE and ARUSER of the reads.
    pub cache: Signal<In, Bits<4>>,
    pub user: Signal<In, Bits<5>>,
    /// One cycle: a walk begins.
    pub count_walk: Signal<Out, Bit>,
    pub walking: Signal<Out, Bit>,
    pub m_axi_ptw: AxiReadMaster<2>,
    slot: [WalkSlot; WALKS],
    kinds: DescriptorTypes,
    // What is known of each walk.
    asker: LutRam<Asker, WALK_BITS>,
    key: LutRam<Key, WALK_BITS>,
    needs: LutRam<WalkNeeds, WALK_BITS>,
    /// Address bits [31:3] of its read.
    address: LutRam<Bits<29>, WALK_BITS>,
    domain: LutRam<Bits<4>, WALK_BITS>,
    /// One walk is free, or two, and were so in the cycle before: what is freed counts a cycle later.
    one_left: Reg<Bit>,
    spare_left: Reg<Bit>,
    // AR.
    turn: RoundRobin,
    ar_valid: Reg<Bit>,
    ar_walk: Reg<Bits<WALK_BITS>>,
    ar_cache: Reg<Bits<4>>,
    ar_user: Reg<Bits<5>>,
    // A beat of R: first its own half is decoded, then its neighbour.
    beat_valid: Reg<Bit>,
    beat_walk: Reg<Bits<WALK_BITS>>,
    beat_data: Reg<Bits<64>>,
    beat_error: Reg<Bit>,
    beat_level2: Reg<Bit>,
    beat_lane: Reg<Bit>,
    beat_linked: Reg<Bit>,
    beat_neighbour: Reg<Bit>,
    decode: DescriptorDecode,
    // What came out.
    result_valid: Reg<Bit>,
    result: Reg<WalkResult>,
    result_page: Reg<Translation>,
    // The same, with all that is known of the walk.
    out_valid: Reg<Bit>,
    /// Its first cycle.
    out_fresh: Reg<Bit>,
    out: Reg<WalkResult>,
    out_page: Reg<Translation>,
    out_asker: Reg<Asker>,
    // On the way to `wake`.
    over: [Reg<Bit>; 3],
    /// It is the walk's end, and not that of its first level.
    over_last: [Reg<Bit>; 3],
    /// And it was at fault.
    over_failed: [Reg<Bit>; 3],
    over_walk: [Reg<Bits<WALK_BITS>>; 3],
    start_key: Signal<Local, Key>,
    start_asker: Signal<Local, Asker>,
    start_vpn: Signal<Local, Bits<20>>,
    start_address: Signal<Local, Bits<29>>,
    request_flushed: Signal<Local, Bit>,
    busy: Signal<Local, Bits<WALKS>>,
    wants: Signal<Local, Bits<WALKS>>,
    level2: Signal<Local, Bits<WALKS>>,
    stale: Signal<Local, Bits<WALKS>>,
    lane: Signal<Local, Bits<WALKS>>,
    matching: Signal<Local, Bits<WALKS>>,
    working: Signal<Local, Bit>,
    waiting: Signal<Local, Bits<CONTEXTS>>,
    free: Signal<Local, Bits<WALKS>>,
    two_free: Signal<Local, Bit>,
    lowest: Signal<Local, Bits<WALK_BITS>>,
    ar_free: Signal<Local, Bit>,
    queue: Signal<Local, Bit>,
    present: Signal<Local, Bit>,
    resp: Signal<Local, Bits<2>>,
    take: Signal<Local, Bit>,
    beat_stale: Signal<Local, Bit>,
    word: Signal<Local, Bits<32>>,
    pair: Signal<Local, Bits<7>>,
    next_address: Signal<Local, Bits<29>>,
    wants_link: Signal<Local, Bit>,
    link: Signal<Local, Bit>,
    advance: Signal<Local, Bit>,
    decoded: Signal<Local, Decoded>,
    result_key: Signal<Local, Key>,
    result_vpn: Signal<Local, Bits<20>>,
    result_word: Signal<Local, Bits<32>>,
    result_large: Signal<Local, Bits<3>>,
    ppn: Signal<Local, Bits<20>>,
    out_at: Signal<Local, Translation>,
    out_vpn: Signal<Local, Bits<20>>,
    out_large: Signal<Local, Bits<3>>,
    result_stale: Signal<Local, Bit>,
    result_free: Signal<Local, Bit>,
    takes_result: Signal<Local, Bit>,
    translation: Signal<Local, Translation>,
    fresh: Signal<Local, Bit>,
    was_stale: Signal<Local, Bit>,
    offered: Signal<Local, Bit>,
    good: Signal<Local, Bit>,
    last: Signal<Local, Bit>,
    halfway: Signal<Local, Bit>,
    silent: Signal<Local, Bit>,
    finish: Signal<Local, Bit>,
    one: Signal<Local, Bits<WALKS>>,
}

impl Logic for Walks {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            one_left,
            spare_left,
            ar_valid,
            ar_walk,
            ar_cache,
            ar_user,
            beat_valid,
            beat_walk,
            beat_data,
            beat_error,
            beat_level2,
            beat_lane,
            beat_linked,
            beat_neighbour,
            result_valid,
            result,
            result_page,
            out_valid,
            out_fresh,
            out,
            out_page,
            out_asker
        );
        self.one_left.reset.next = self.reset.val();
        self.spare_left.reset.next = self.reset.val();
        self.ar_valid.reset.next = self.reset.val();
        self.ar_walk.reset.next = self.reset.val();
        self.ar_cache.reset.next = self.reset.val();
        self.ar_user.reset.next = self.reset.val();
        self.beat_valid.reset.next = self.reset.val();
        self.beat_walk.reset.next = self.reset.val();
        self.beat_data.reset.next = self.reset.val();
        self.beat_error.reset.next = self.reset.val();
        self.beat_level2.reset.next = self.reset.val();
        self.beat_lane.reset.next = self.reset.val();
        self.beat_linked.reset.next = self.reset.val();
        self.beat_neighbour.reset.next = self.reset.val();
        self.result_valid.reset.next = self.reset.val();
        self.result.reset.next = self.reset.val();
        self.result_page.reset.next = self.reset.val();
        self.out_valid.reset.next = self.reset.val();
        self.out_fresh.reset.next = self.reset.val();
        self.out.reset.next = self.reset.val();
        self.out_page.reset.next = self.reset.val();
        self.out_asker.reset.next = self.reset.val();

        // The walks' states, side by side.
        self.busy.next = 0.into();
        self.wants.next = 0.into();
        self.level2.next = 0.into();
        self.stale.next = 0.into();
        self.lane.next = 0.into();
        self.matching.next = 0.into();
        self.waiting.next = 0.into();
        self.working.next = false;
        for i in 0..WALKS {
            self.busy.next = self.busy.val().replace_bit(i, self.slot[i].busy.val());
            self.wants.next = self.wants.val().replace_bit(i, self.slot[i].wants.val());
            self.level2.next = self.level2.val().replace_bit(i, self.slot[i].level2.val());
            self.stale.next = self.stale.val().replace_bit(i, self.slot[i].stale.val());
            self.lane.next = self.lane.val().replace_bit(i, self.slot[i].lane.val());
            self.matching.next = self.matching.val().replace_bit(i, self.slot[i].same.val());
            self.waiting.next = self.waiting.val() | self.slot[i].waits.val();
            self.working.next = self.working.val() | self.slot[i].working.val();
        }
        self.same.next = self.matching.val();
        self.waits.next = self.waiting.val();
        self.walking.next = self.working.val();
        self.one.next = 1.into();

        // A walk begins.
        self.free.next = !self.busy.val();
        self.lowest.next = 3.into();
        if self.free.val().get_bit(2) {
            self.lowest.next = 2.into();
        }
        if self.free.val().get_bit(1) {
            self.lowest.next = 1.into();
        }
        if self.free.val().get_bit(0) {
            self.lowest.next = 0.into();
        }
        self.start_index.next = self.lowest.val();
        self.two_free.next = (self.free.val().get_bits::<2>(0).any()
            & self.free.val().get_bits::<2>(2).any())
            | self.free.val().get_bits::<2>(0).all()
            | self.free.val().get_bits::<2>(2).all();
        self.one_left.d.next = self.two_free.val() | (self.free.val().any() & !self.start.val());
        self.can_start.next = self.one_left.q.val();
        self.can_prefetch.next = self.spare_left.q.val();
        self.count_walk.next = self.start.val();
        self.start_asker.next = self.start_request.val().asker;
        self.start_vpn.next = self.start_request.val().vpn;
        self.start_key.next.context = self.start_request.val().context;
        self.start_key.next.asid = self.start_request.val().asid;
        self.start_key.next.vpn = self.start_request.val().vpn;
        self.request_flushed.next = self.flush.val().valid
            & (!self.flush.val().by_context
                | (self.flush.val().context == self.start_request.val().context));
        self.asker.clock.next = self.clock.val();
        self.asker.write.next = self.start.val();
        self.asker.write_address.next = self.lowest.val();
        self.asker.write_data.next = self.start_asker.val();
        self.key.clock.next = self.clock.val();
        self.key.write.next = self.start.val();
        self.key.write_address.next = self.lowest.val();
        self.key.write_data.next = self.start_key.val();
        self.needs.clock.next = self.clock.val();
        self.needs.write.next = self.start.val();
        self.needs.write_address.next = self.lowest.val();
        self.needs.write_data.next.afe = self.start_request.val().afe;
        self.needs.write_data.next.keep_first = self.start_request.val().keep_first;
        self.needs.write_data.next.prefetch = self.start_asker.val().kind.all();
        self.needs.write_data.next.pair = self.start_vpn.val().get_bits::<7>(1);

        // What came out, and whose it is.
        self.asker.read_address.next = self.result.q.val().walk;
        self.key.read_address.next = self.result.q.val().walk;
        self.result_key.next = self.key.read_data.val();
        self.result_vpn.next = self.result_key.val().vpn;
        if self.result.q.val().neighbour {
            if self.result.q.val().level2 {
                self.result_vpn.next = self.result_key.val().vpn ^ 1;
            } else {
                self.result_vpn.next = self.result_key.val().vpn ^ 256;
            }
        }
        self.translation.next = self.result_page.q.val();
        self.translation.next.context = self.result_key.val().context;
        self.translation.next.asid = self.result_key.val().asid;
        self.translation.next.vpn = self.result_vpn.val();
        self.result_word.next = self.result.q.val().word;
        self.result_large.next = self.result_page.q.val().large;
        self.ppn.next = self.result_word.val().get_bits::<20>(12);
        if self.result_large.val().get_bit(0) {
            self.ppn.next = self.ppn.val() & 0xFFFF0;
        }
        if self.result_large.val().get_bit(1) {
            self.ppn.next = self.ppn.val() & 0xFFF00;
        }
        if self.result_large.val().get_bit(2) {
            self.ppn.next = self.ppn.val() & 0xFF000;
        }
        self.translation.next.ppn = self.ppn.val();
        self.out_at.next = self.out_page.q.val();
        self.out_vpn.next = self.out_at.val().vpn;
        self.out_large.next = self.out_at.val().large;
        self.was_stale.next = self.stale.val().get_bit(self.out.q.val().walk.index());
        self.result_stale.next = self.was_stale.val()
            | (self.flush.val().valid
                & (!self.flush.val().by_context
                    | (self.flush.val().context == self.out_at.val().context)));
        self.fresh.next =
            self.out_valid.q.val() & self.out_fresh.q.val() & !self.out.q.val().status.any();
        self.good.next = self.fresh.val() & !self.result_stale.val();
        self.offered.next = self.fresh.val()
            & self.out.q.val().level2
            & (!self.out.q.val().neighbour | !self.out_large.val().any());
        self.page_offered.next = self.offered.val() & !self.was_stale.val();
        self.page_fill.next = self.offered.val() & !self.result_stale.val();
        self.page.next = self.out_at.val();
        self.page_prefetched.next = self.out.q.val().prefetch;
        self.first_fill.next =
            self.good.val() & !self.out.q.val().level2 & self.out.q.val().keep_first;
        self.first.next.context = self.out_at.val().context;
        self.first.next.asid = self.out_at.val().asid;
        self.first.next.index = self.out_vpn.val().get_bits::<12>(8);
        self.first.next.word = self.out.q.val().word;

        // The end.
        self.last.next =
            self.out_valid.q.val() & !self.out.q.val().neighbour & !self.out.q.val().linked;
        self.halfway.next =
            self.out_valid.q.val() & !self.out.q.val().neighbour & self.out.q.val().linked;
        self.silent.next = self.result_stale.val() | self.out.q.val().prefetch;
        self.ended.next = self.last.val() & !self.silent.val();
        self.ended_walk.next.asker = self.out_asker.q.val();
        self.ended_walk.next.status = self.out.q.val().status;
        self.ended_walk.next.page = self.out_at.val();
        self.spare_left.d.next = self.two_free.val() & !self.start.val();
        self.finish.next = self.last.val() & (self.silent.val() | self.ended_ready.val());
        self.result_free.next = !self.last.val() | self.silent.val() | self.ended_ready.val();
        // What is out goes before something new comes, so that whoever takes the ends of walks, late in the
        // cycle, does not hold up a beat.
        self.takes_result.next = !self.result_valid.q.val() | !self.out_valid.q.val();
        self.out_fresh.d.next = self.result_valid.q.val() & !self.out_valid.q.val();
        if self.result_free.val() {
            self.out_valid.d.next = false;
        }
        if !self.out_valid.q.val() {
            self.out_valid.d.next = self.result_valid.q.val();
            self.result_valid.d.next = false;
            self.out.d.next = self.result.q.val();
            self.out_page.d.next = self.translation.val();
            self.out_asker.d.next = self.asker.read_data.val();
        }
        for i in 0..3 {
            self.over[i].clock.next = self.clock.val();
            self.over[i].reset.next = self.reset.val();
            self.over_last[i].clock.next = self.clock.val();
            self.over_last[i].reset.next = self.reset.val();
            self.over_failed[i].clock.next = self.clock.val();
            self.over_failed[i].reset.next = self.reset.val();
            self.over_walk[i].clock.next = self.clock.val();
            self.over_walk[i].reset.next = self.reset.val();
        }
        self.over[0].d.next = self.finish.val() | self.halfway.val();
        self.over_last[0].d.next = self.finish.val();
        self.over_failed[0].d.next = self.finish.val() & self.out.q.val().status.any();
        self.over_walk[0].d.next = self.out.q.val().walk;
        for i in 0..2 {
            self.over[i + 1].d.next = self.over[i].q.val();
            self.over_last[i + 1].d.next = self.over_last[i].q.val();
            self.over_failed[i + 1].d.next = self.over_failed[i].q.val();
            self.over_walk[i + 1].d.next = self.over_walk[i].q.val();
        }
        self.wake.next = 0.into();
        if self.over[2].q.val() {
            self.wake.next = self.one.val() << self.over_walk[2].q.val();
        }
        self.failed.next = self.over_failed[2].q.val();

        // R.
        self.resp.next = self.m_axi_ptw.rresp.val();
        self.m_axi_ptw.rready.next = !self.beat_valid.q.val();
        self.take.next = self.m_axi_ptw.rvalid.val() & !self.beat_valid.q.val();

        // Decoding. A link, too, gives way to a walk that begins.
        self.needs.read_address.next = self.beat_walk.q.val();
        self.domain.read_address.next = self.beat_walk.q.val();
        self.word.next = bit_cast::<32, 32>(self.beat_data.q.val().get_bits::<32>(0));
        if self.beat_lane.q.val() {
            self.word.next = bit_cast::<32, 32>(self.beat_data.q.val().get_bits::<32>(32));
        }
        self.decode.word.next = self.word.val();
        self.decode.level2.next = self.beat_level2.q.val();
        self.decode.bus_error.next = self.beat_error.q.val();
        self.decode.key.next.context = 0.into();
        self.decode.key.next.asid = 0.into();
        self.decode.key.next.vpn = 0.into();
        self.decode.afe.next = self.needs.read_data.val().afe;
        self.decode.table_domain.next = self.domain.read_data.val();
        self.decoded.next = self.decode.decoded.val();
        self.beat_stale.next = self.stale.val().get_bit(self.beat_walk.q.val().index());
        self.wants_link.next = self.beat_valid.q.val()
            & !self.beat_neighbour.q.val()
            & !self.beat_linked.q.val()
            & !self.beat_stale.val()
            & self.decoded.val().table;
        self.link.next = self.wants_link.val() & !self.start.val();
        self.advance.next = self.beat_valid.q.val()
            & self.takes_result.val()
            & !(self.wants_link.val() & self.start.val());
        if self.link.val() {
            self.beat_linked.d.next = true;
        }
        if self.advance.val() {
            self.beat_neighbour.d.next = true;
            self.beat_lane.d.next = !self.beat_lane.q.val();
            if self.beat_neighbour.q.val() {
                self.beat_valid.d.next = false;
            }
        }
        if !self.beat_valid.q.val() {
            self.beat_valid.d.next = self.take.val();
            self.beat_walk.d.next = self.m_axi_ptw.rid.val();
            self.beat_data.d.next = self.m_axi_ptw.rdata.val();
            self.beat_error.d.next = self.resp.val().get_bit(1);
            self.beat_level2.d.next = self.level2.val().get_bit(self.m_axi_ptw.rid.val().index());
            self.beat_lane.d.next = self.lane.val().get_bit(self.m_axi_ptw.rid.val().index());
            self.beat_linked.d.next = false;
            self.beat_neighbour.d.next = false;
        }

        if self.takes_result.val() {
            self.result_valid.d.next = self.advance.val();
            self.result.d.next.walk = self.beat_walk.q.val();
            self.result.d.next.level2 = self.beat_level2.q.val();
            self.result.d.next.linked = self.beat_linked.q.val() | self.wants_link.val();
            self.result.d.next.neighbour = self.beat_neighbour.q.val();
            self.result.d.next.keep_first = self.needs.read_data.val().keep_first;
            self.result.d.next.prefetch = self.needs.read_data.val().prefetch;
            self.result.d.next.status = self.decoded.val().status;
            self.result.d.next.word = self.word.val();
            self.result_page.d.next = self.decode.translation.val();
            self.result_page.d.next.ppn = 0.into(); // made of `word`
        }

        // Where it reads: a walk that begins goes first.
        self.start_address.next = (bit_cast::<29, 18>(self.start_request.val().base) << 11)
            | bit_cast::<29, 11>(self.start_vpn.val().get_bits::<11>(9));
        if self.start_request.val().level2 {
            self.start_address.next = (bit_cast::<29, 22>(self.start_request.val().table) << 7)
                | bit_cast::<29, 7>(self.start_vpn.val().get_bits::<7>(1));
        }
        self.pair.next = self.needs.read_data.val().pair;
        self.next_address.next = (bit_cast::<29, 22>(self.decode.next_table.val()) << 7)
            | bit_cast::<29, 7>(self.pair.val());
        self.address.clock.next = self.clock.val();
        self.address.write.next = self.start.val() | self.link.val();
        self.domain.clock.next = self.clock.val();
        self.domain.write.next = self.start.val() | self.link.val();
        if self.start.val() {
            self.address.write_address.next = self.lowest.val();
            self.address.write_data.next = self.start_address.val();
            self.domain.write_address.next = self.lowest.val();
            self.domain.write_data.next = self.start_request.val().domain;
        } else {
            self.address.write_address.next = self.beat_walk.q.val();
            self.address.write_data.next = self.next_address.val();
            self.domain.write_address.next = self.beat_walk.q.val();
            self.domain.write_data.next = self.decode.next_domain.val();
        }

        // AR: who waits takes turns; if none does, what begins or goes on is next.
        self.turn.want.next = self.wants.val();
        self.turn.last.next = self.ar_walk.q.val();
        self.ar_free.next = !self.ar_valid.q.val() | self.m_axi_ptw.arready.val();
        self.queue.next = !self.ar_free.val() | self.turn.any.val();
        self.present.next = self.ar_free.val() & self.turn.any.val();
        if self.ar_free.val() {
            self.ar_valid.d.next = self.turn.any.val() | self.start.val() | self.link.val();
            self.ar_cache.d.next = self.cache.val();
            self.ar_user.d.next = self.user.val();
            if self.turn.any.val() {
                self.ar_walk.d.next = self.turn.pick.val();
            } else if self.start.val() {
                self.ar_walk.d.next = self.lowest.val();
            } else if self.link.val() {
                self.ar_walk.d.next = self.beat_walk.q.val();
            }
        }
        self.address.read_address.next = self.ar_walk.q.val();
        self.m_axi_ptw.arvalid.next = self.ar_valid.q.val();
        self.m_axi_ptw.arid.next = self.ar_walk.q.val();
        self.m_axi_ptw.araddr.next = bit_cast::<32, 29>(self.address.read_data.val()) << 3;
        self.m_axi_ptw.arlen.next = 0.into();
        self.m_axi_ptw.arsize.next = 3.into();
        self.m_axi_ptw.arburst.next = 1.into();
        self.m_axi_ptw.arlock.next = false;
        self.m_axi_ptw.arcache.next = self.ar_cache.q.val();
        self.m_axi_ptw.arprot.next = 1.into(); // privileged, secure, data
        self.m_axi_ptw.arqos.next = 0.into();
        self.m_axi_ptw.aruser.next = self.ar_user.q.val();

        for i in 0..WALKS {
            self.slot[i].clock.next = self.clock.val();
            self.slot[i].reset.next = self.reset.val();
            self.slot[i].load.next = self.start.val() & (self.lowest.val() == i.to_bits());
            self.slot[i].request.next = self.start_key.val();
            self.slot[i].request_level2.next = self.start_request.val().level2;
            self.slot[i].request_flushed.next = self.request_flushed.val();
            self.slot[i].link.next = self.link.val() & (self.beat_walk.q.val() == i.to_bits());
            self.slot[i].queue.next = self.queue.val();
            self.slot[i].present.next = self.present.val() & (self.turn.pick.val() == i.to_bits());
            self.slot[i].finish.next = self.finish.val() & (self.out.q.val().walk == i.to_bits());
            self.slot[i].freed.next =
                self.over_last[2].q.val() & (self.over_walk[2].q.val() == i.to_bits());
            self.slot[i].flush.next = self.flush.val();
            self.slot[i].query.next = self.query.val();
        }
    }
}
