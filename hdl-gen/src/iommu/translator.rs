//! The translator: answers what missed the micro-TLBs, from the shared TLBs or by a table walk.
//!
//! One lookup goes through at a time:
//!
//! | cycle | state | what happens |
//! |---|---|---|
//! | −1 | `Idle`, or the last cycle of a lookup that hit in the main TLB | one of kill, read, write, prober, prefetch is chosen: `taken` |
//! | 0 | `Probe` | stream → route; main TLB (small pages) and first-level cache are read |
//! | 1 | `Compare` | context → bank; all TLBs compare |
//! | 2 | `Select` | a hit goes to the respond stage; else large pages are read |
//! | 3 | `CompareLarge` | |
//! | 4 | `SelectLarge` | hit or section: to the respond stage |
//! | 5 | `Start` | else wait for a walk, or start one |
//! | +1 | *respond stage* | permission and attributes ([`Resolve`]) |
//! | +2 | *answer* | `read_answer` or `write_answer`, and a fill of the micro-TLB |
//!
//! So a hit is answered in the 5th cycle after the one in which it was asked for, a large page or a
//! section in the 7th, and there is place for a lookup every 3 (in the side TLB 4, a large page or a
//! section 6, a miss 7) cycles.
//!
//! An ask that starts a walk is told so (`read_began`, `write_began`) and answered when the walk is over, or at once with *ask again* if a
//! flush makes the walk stale. An ask that finds a walk of another worth waiting for is answered with
//! that walk's number; `wake` says when to ask again. So each ask gets one answer.
//!
//! A flush turns all answers that are on their way into *ask again*, but for that to wait. In the answer's
//! own cycle too: then no micro-TLB is filled.
//!
//! Read path, write path and prober take turns. When a walk ends in a fault, whoever of them has no answer
//! yet goes first (`rush`): those that waited for that walk did so in vain, and would again and again while
//! others begin new ones. Kills come between lookups, and not twice in a row while lookups wait. The ends of walks have the respond stage in all cycles but 2, 4 and 5.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use super::codes::FaultCodes;
use super::config::*;
use super::decode::DescriptorDecode;
use super::first_cache::FirstCache;
use super::main_tlb::MainTlb;
use super::prefetch::Prefetch;
use super::prober::Prober;
use super::resolve::{Found, Resolve};
use super::shootdown::Shootdown;
use super::side_tlb::SideTlb;
use super::types::*;
use super::walk_owner::WalkOwner;
use crate::prim::Reg;

/// State of the lookup. The encoding has a bit of its own for those that may use the respond stage.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum LookupStep {
    Idle,
    Probe,
    Compare,
    CompareLarge,
    Select,
    SelectLarge,
    Start,
}

/// What is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Job {
    /// No lookup but a kill.
    pub kill: Bit,
    /// Who asks, as in [`Asker`].
    pub kind: Bits<2>,
    pub slot: Bits<SLOT_BITS>,
    pub stream: Bits<STREAM_BITS>,
    pub vpn: Bits<20>,
    pub privileged: Bit,
    pub instruction: Bit,
    pub illegal: Bit,
}

/// The translator.
#[derive(LogicBlock, Default)]
pub struct Translator {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub read_ask: Signal<In, Bit>,
    pub read_request: Signal<In, Ask>,
    pub read_taken: Signal<Out, Bit>,
    pub write_ask: Signal<In, Bit>,
    pub write_request: Signal<In, Ask>,
    pub write_taken: Signal<Out, Bit>,
    /// One cycle: `answer` is for the read (write) path.
    pub read_answer: Signal<Out, Bit>,
    pub write_answer: Signal<Out, Bit>,
    pub answer: Signal<Out, LookupAnswer>,
    /// One cycle: a walk began for the read (write) path's slot of `answer`.
    pub read_began: Signal<Out, Bit>,
    pub write_began: Signal<Out, Bit>,
    /// One cycle, with the answer: `fill` is for the read (write) path's micro-TLB.
    pub read_fill: Signal<Out, Bit>,
    pub write_fill: Signal<Out, Bit>,
    /// The bits of `ppn` that `large` covers are those of the address that was asked for.
    pub fill: Signal<Out, MicroEntry>,
    /// Cycle 0, combinational: what the stream map says of `stream`.
    pub stream: Signal<Out, Bits<STREAM_BITS>>,
    pub route: Signal<In, Route>,
    /// Combinational: state of the context that is looked up, and of the one that goes to the respond stage.
    pub bank_index: Signal<Out, Bits<CONTEXT_BITS>>,
    pub bank: Signal<In, Bank>,
    pub respond_index: Signal<Out, Bits<CONTEXT_BITS>>,
    pub respond_bank: Signal<In, Bank>,
    pub command: Signal<In, TlbCommand>,
    /// A configuration register was written.
    pub configured: Signal<In, Flush>,
    pub flush: Signal<Out, Flush>,
    pub mark: Signal<Out, TlbCommand>,
    /// Contexts with invalidations by address that are not carried out, or with a `mark` just now.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    pub start: Signal<Out, Bit>,
    pub start_request: Signal<Out, WalkStart>,
    pub can_start: Signal<In, Bit>,
    pub can_prefetch: Signal<In, Bit>,
    /// The walk that `start` starts.
    pub start_index: Signal<In, Bits<WALK_BITS>>,
    pub query: Signal<Out, Key>,
    /// Walks worth waiting for; cycle 4 counts, for cycle 5.
    pub same: Signal<In, Bits<WALKS>>,
    pub wake: Signal<In, Bits<WALKS>>,
    /// See [`Walks`](super::walks::Walks).
    pub failed: Signal<In, Bit>,
    /// A slot goes first, as it had no answer when a walk failed.
    pub read_urgent: Signal<In, Bit>,
    pub write_urgent: Signal<In, Bit>,
    /// One of them does, or V2P: nobody else asks.
    pub rush: Signal<Out, Bit>,
    pub ended: Signal<In, Bit>,
    pub ended_walk: Signal<In, WalkEnd>,
    pub ended_ready: Signal<Out, Bit>,
    pub page_fill: Signal<In, Bit>,
    /// Comes with every `page_fill`, and early in the cycle; without it when a flush forbids the fill.
    pub page_offered: Signal<In, Bit>,
    pub page: Signal<In, Translation>,
    /// To the side TLB instead of the main TLB.
    pub page_prefetched: Signal<In, Bit>,
    pub first_fill: Signal<In, Bit>,
    pub first: Signal<In, FirstFill>,
    pub probe: Signal<In, ProbeRequest>,
    pub probed: Signal<Out, ProbeAnswer>,
    /// Contexts with a probe that is not answered.
    pub probing: Signal<Out, Bits<CONTEXTS>>,
    /// Locked pages.
    pub locks: Signal<Out, Bits<3>>,
    /// The TLB memories are being swept: nothing hits, nothing is kept.
    pub sweeping: Signal<Out, Bit>,
    pub count_main_miss: Signal<Out, Bit>,
    pub count_prefetched: Signal<Out, Bit>,
    main: MainTlb,
    firsts: FirstCache,
    side: SideTlb,
    shootdown: Shootdown,
    prober: Prober,
    prefetch: Prefetch,
    decode: DescriptorDecode,
    resolve: Resolve,
    owner: [WalkOwner; WALKS],
    code: FaultCodes,
    state: Reg<LookupStep>,
    /// `state` is `Select`, or `SelectLarge`: known early in the cycle.
    selects: Reg<Bit>,
    selects_large: Reg<Bit>,
    /// From cycle 1 on: `job` is of the prefetcher.
    prefetches: Reg<Bit>,
    /// V2P goes first.
    probe_urgent: Reg<Bit>,
    /// A cycle late.
    in_rush: Reg<Bit>,
    /// A lookup was asked for in the last cycle.
    asked_before: Reg<Bit>,
    /// What the prober asks for is a lock.
    to_lock: Reg<Bit>,
    job: Reg<Job>,
    /// Of `job`, from cycle 1 on; of what names its context itself, from cycle 0 on.
    context_reg: Reg<Bits<CONTEXT_BITS>>,
    /// From cycle 1 on: the route.
    bypass: Reg<Bit>,
    translate: Reg<Bit>,
    /// From cycle 2 on: no TLB is needed to answer.
    direct: Reg<Bit>,
    direct_status: Reg<Bits<5>>,
    in_context: Reg<Bit>,
    sequential: Reg<Bit>,
    /// A flush came while the lookup was under way.
    flushed: Reg<Bit>,
    /// Cycle 4: the first-level cache has a section, or a table.
    section: Reg<Bit>,
    pointer: Reg<Bit>,
    /// Cycle 5: `same` of the cycle before.
    same_reg: Reg<Bits<WALKS>>,
    same_any: Reg<Bit>,
    /// Of read, write, prober: who was chosen last.
    turn: Reg<Bits<2>>,
    /// A kill was chosen last.
    killed: Reg<Bit>,
    found_valid: Reg<Bit>,
    found: Reg<Found>,
    /// State of the context of `found`.
    found_bank: Reg<Bank>,
    /// A page of a walk, in the cycle after it is offered.
    page_valid: Reg<Bit>,
    page_comes: Reg<Bit>,
    page_side: Reg<Bit>,
    page_reg: Reg<Translation>,
    answer_reg: Reg<LookupAnswer>,
    read_answer_reg: Reg<Bit>,
    write_answer_reg: Reg<Bit>,
    read_began_reg: Reg<Bit>,
    write_began_reg: Reg<Bit>,
    fills: Reg<Bit>,
    fill_vpn: Reg<Bits<20>>,
    fill_large: Reg<Bits<3>>,
    fill_allow: Reg<Bits<4>>,
    probe_answer_reg: Reg<Bit>,
    /// The page is not locked, but could be.
    probe_loose: Reg<Bit>,
    /// The side TLB took another page, or a kill is under way.
    probe_put_off: Reg<Bit>,
    probe_no_room: Reg<Bit>,
    /// The page to be locked has passed the check.
    checked: Reg<Bit>,
    probed_reg: Reg<ProbeAnswer>,
    idle: Signal<Local, Bit>,
    comparing: Signal<Local, Bit>,
    selecting: Signal<Local, Bit>,
    selecting_large: Signal<Local, Bit>,
    starting: Signal<Local, Bit>,
    is_path: Signal<Local, Bit>,
    is_prefetch: Signal<Local, Bit>,
    tlb_hit: Signal<Local, Bit>,
    over: Signal<Local, Bit>,
    retries: Signal<Local, Bit>,
    open: Signal<Local, Bit>,
    asked: Signal<Local, Bit>,
    kill_first: Signal<Local, Bit>,
    take_kill: Signal<Local, Bit>,
    may: Signal<Local, Bit>,
    next_read: Signal<Local, Bit>,
    next_write: Signal<Local, Bit>,
    next_prober: Signal<Local, Bit>,
    /// Whose turn it is, by kind.
    source: Signal<Local, Bits<2>>,
    take_read: Signal<Local, Bit>,
    take_write: Signal<Local, Bit>,
    take_prober: Signal<Local, Bit>,
    prefetch_asks: Signal<Local, Bit>,
    take_prefetch: Signal<Local, Bit>,
    context_now: Signal<Local, Bits<CONTEXT_BITS>>,
    key: Signal<Local, Key>,
    found_now: Signal<Local, Bit>,
    resolves: Signal<Local, Bit>,
    misses: Signal<Local, Bit>,
    wakes_now: Signal<Local, Bit>,
    woken: Signal<Local, Bits<WALKS>>,
    starts: Signal<Local, Bit>,
    cannot: Signal<Local, Bit>,
    /// Where the translation comes from.
    place: Signal<Local, Bits<2>>,
    chosen: Signal<Local, Translation>,
    ended_page: Signal<Local, Translation>,
    ended_large: Signal<Local, Bits<3>>,
    ended_asker: Signal<Local, Asker>,
    asker: Signal<Local, Asker>,
    free: Signal<Local, Bit>,
    take_ended: Signal<Local, Bit>,
    owned: Signal<Local, Bit>,
    retry_done: Signal<Local, Bit>,
    retry_kind: Signal<Local, Bits<2>>,
    retry_slot: Signal<Local, Bits<SLOT_BITS>>,
    waited: Signal<Local, Bits<WALK_BITS>>,
    result: Signal<Local, Found>,
    respond: Signal<Local, Found>,
    respond_page: Signal<Local, Translation>,
    filled_page: Signal<Local, Translation>,
    for_prober: Signal<Local, Bit>,
    passes: Signal<Local, Bit>,
    gives_up: Signal<Local, Bit>,
    respond_fails: Signal<Local, Bit>,
    locks_now: Signal<Local, Bit>,
    /// A kill is under way.
    kills: Signal<Local, Bit>,
    outcome: Signal<Local, Bits<2>>,
    settled: Signal<Local, Bit>,
    confirms: Signal<Local, Bit>,
}

impl Logic for Translator {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            state,
            selects,
            selects_large,
            prefetches,
            probe_urgent,
            in_rush,
            asked_before,
            to_lock,
            job,
            context_reg,
            bypass,
            translate,
            direct,
            direct_status,
            in_context,
            sequential,
            flushed,
            section,
            pointer,
            same_reg,
            same_any,
            turn,
            killed,
            found_valid,
            found,
            found_bank,
            page_valid,
            page_comes,
            page_side,
            page_reg,
            answer_reg,
            read_answer_reg,
            write_answer_reg,
            read_began_reg,
            write_began_reg,
            fills,
            fill_vpn,
            fill_large,
            fill_allow,
            probe_answer_reg,
            probe_loose,
            probe_put_off,
            probe_no_room,
            checked,
            probed_reg
        );
        self.state.reset.next = self.reset.val();
        self.selects.reset.next = self.reset.val();
        self.selects_large.reset.next = self.reset.val();
        self.prefetches.reset.next = self.reset.val();
        self.probe_urgent.reset.next = self.reset.val();
        self.in_rush.reset.next = self.reset.val();
        self.asked_before.reset.next = self.reset.val();
        self.to_lock.reset.next = self.reset.val();
        self.job.reset.next = self.reset.val();
        self.context_reg.reset.next = self.reset.val();
        self.bypass.reset.next = self.reset.val();
        self.translate.reset.next = self.reset.val();
        self.direct.reset.next = self.reset.val();
        self.direct_status.reset.next = self.reset.val();
        self.in_context.reset.next = self.reset.val();
        self.sequential.reset.next = self.reset.val();
        self.flushed.reset.next = self.reset.val();
        self.section.reset.next = self.reset.val();
        self.pointer.reset.next = self.reset.val();
        self.same_reg.reset.next = self.reset.val();
        self.same_any.reset.next = self.reset.val();
        self.turn.reset.next = self.reset.val();
        self.killed.reset.next = self.reset.val();
        self.found_valid.reset.next = self.reset.val();
        self.found.reset.next = self.reset.val();
        self.found_bank.reset.next = self.reset.val();
        self.page_valid.reset.next = self.reset.val();
        self.page_comes.reset.next = self.reset.val();
        self.page_side.reset.next = self.reset.val();
        self.page_reg.reset.next = self.reset.val();
        self.answer_reg.reset.next = self.reset.val();
        self.read_answer_reg.reset.next = self.reset.val();
        self.write_answer_reg.reset.next = self.reset.val();
        self.read_began_reg.reset.next = self.reset.val();
        self.write_began_reg.reset.next = self.reset.val();
        self.fills.reset.next = self.reset.val();
        self.fill_vpn.reset.next = self.reset.val();
        self.fill_large.reset.next = self.reset.val();
        self.fill_allow.reset.next = self.reset.val();
        self.probe_answer_reg.reset.next = self.reset.val();
        self.probe_loose.reset.next = self.reset.val();
        self.probe_put_off.reset.next = self.reset.val();
        self.probe_no_room.reset.next = self.reset.val();
        self.checked.reset.next = self.reset.val();
        self.probed_reg.reset.next = self.reset.val();
        self.main.clock.next = self.clock.val();
        self.main.reset.next = self.reset.val();
        self.firsts.clock.next = self.clock.val();
        self.firsts.reset.next = self.reset.val();
        self.side.clock.next = self.clock.val();
        self.side.reset.next = self.reset.val();
        self.shootdown.clock.next = self.clock.val();
        self.shootdown.reset.next = self.reset.val();
        self.prober.clock.next = self.clock.val();
        self.prober.reset.next = self.reset.val();
        self.prefetch.clock.next = self.clock.val();
        self.prefetch.reset.next = self.reset.val();

        // Commands.
        self.shootdown.command.next = self.command.val();
        self.shootdown.configured.next = self.configured.val();
        self.shootdown.killing.next = self.firsts.killing.val();
        self.flush.next = self.shootdown.flush.val();
        self.mark.next = self.shootdown.mark.val();
        self.waits.next = self.shootdown.waits.val();
        self.main.bump.next = self.shootdown.bump.val();
        self.firsts.bump.next = self.shootdown.bump.val();
        self.side.bump.next = self.shootdown.bump.val();
        self.side.flush.next = self.shootdown.flush.val();
        self.firsts.kill_group.next = self.shootdown.kill_group.val();
        self.firsts.kill_context.next = self.shootdown.kill_key.val().context;
        self.firsts.kill_vpn.next = self.shootdown.kill_key.val().vpn;
        self.firsts.sweeping.next = self.main.sweeping.val();
        self.sweeping.next = self.main.sweeping.val();
        self.firsts.sweep_index.next = self.main.sweep_index.val();
        self.locks.next = self.side.locks.val();

        // Where the lookup is, and whether it is over.
        self.idle.next = self.state.q.val() == LookupStep::Idle;
        self.comparing.next = self.state.q.val() == LookupStep::Compare;
        self.selects.d.next = self.comparing.val();
        self.selecting.next = self.selects.q.val();
        self.selects_large.d.next = self.state.q.val() == LookupStep::CompareLarge;
        self.selecting_large.next = self.selects_large.q.val();
        self.starting.next = self.state.q.val() == LookupStep::Start;
        self.is_path.next = !self.job.q.val().kill & (self.job.q.val().kind < 2);
        self.prefetches.d.next = self.job.q.val().kind == 3;
        self.is_prefetch.next = self.prefetches.q.val();
        self.tlb_hit.next = self.main.hit.val() | self.side.hit.val();
        // After a hit in the side TLB the page is moved to the main TLB, where the next lookup may need it.
        self.over.next = self.selecting.val()
            & !self.job.q.val().kill
            & (self.direct.q.val() | self.main.hit.val());

        // Choice of the next one.
        self.retries.next = false;
        for i in 0..WALKS {
            self.retries.next = self.retries.val() | self.owner[i].retry.val();
        }
        self.open.next = (self.idle.val() | self.over.val())
            & !self.retries.val()
            & !self.shootdown.flush.val().valid;
        self.asked.next = self.read_ask.val() | self.write_ask.val() | self.prober.ask.val();
        self.asked_before.d.next = self.asked.val();
        self.to_lock.d.next = self.prober.request.val().lock;
        self.kill_first.next = self.shootdown.kill_ask.val()
            & !(self.killed.q.val() & self.asked_before.q.val() & self.can_start.val());
        // What a lookup may still bring into a TLB is there before the kill.
        self.take_kill.next = self.open.val()
            & self.idle.val()
            & self.kill_first.val()
            & !(self.found_valid.q.val()
                & (self.found.q.val().promotes | (self.found.q.val().kind == 2)));
        self.may.next = self.open.val() & !self.kill_first.val() & self.can_start.val();
        self.in_rush.d.next =
            self.read_urgent.val() | self.write_urgent.val() | self.probe_urgent.q.val();
        self.rush.next = self.in_rush.q.val();
        self.probe_urgent.d.next = self.prober.open.val()
            & (self.probe_urgent.q.val() | (self.failed.val() & !self.in_rush.q.val()));
        self.next_read.next = self.read_ask.val()
            & ((self.turn.q.val() == 2)
                | ((self.turn.q.val() == 1) & !self.prober.ask.val())
                | (!self.write_ask.val() & !self.prober.ask.val()));
        self.next_write.next = self.write_ask.val()
            & ((self.turn.q.val() == 0)
                | ((self.turn.q.val() == 2) & !self.read_ask.val())
                | (!self.read_ask.val() & !self.prober.ask.val()));
        self.next_prober.next = self.prober.ask.val()
            & ((self.turn.q.val() == 1)
                | ((self.turn.q.val() == 0) & !self.write_ask.val())
                | (!self.read_ask.val() & !self.write_ask.val()));
        self.source.next = 3.into();
        if self.next_read.val() {
            self.source.next = 0.into();
        }
        if self.next_write.val() {
            self.source.next = 1.into();
        }
        if self.next_prober.val() {
            self.source.next = 2.into();
        }
        self.take_read.next = self.may.val() & self.next_read.val();
        self.take_write.next = self.may.val() & self.next_write.val();
        self.take_prober.next = self.may.val() & self.next_prober.val();
        self.prefetch_asks.next =
            self.prefetch.ask.val() & self.can_prefetch.val() & !self.in_rush.q.val();
        self.take_prefetch.next = self.may.val() & self.prefetch_asks.val() & !self.asked.val();
        self.read_taken.next = self.take_read.val();
        self.write_taken.next = self.take_write.val();
        self.prober.taken.next = self.take_prober.val();
        self.prefetch.taken.next = self.take_prefetch.val();
        self.shootdown.kill_taken.next = self.take_kill.val();

        // The lookup's registers. Without a lookup they hold anything.
        if self.idle.val() | self.over.val() {
            self.job.d.next.kill = self.kill_first.val();
            self.job.d.next.kind = self.source.val();
            self.job.d.next.slot = self.read_request.val().slot;
            self.job.d.next.stream = self.read_request.val().stream;
            self.job.d.next.privileged = self.read_request.val().privileged;
            self.job.d.next.instruction = self.read_request.val().instruction;
            self.job.d.next.illegal = self.read_request.val().illegal;
            self.context_reg.d.next = self.prober.request.val().context;
            if self.source.val().get_bit(0) {
                self.job.d.next.slot = self.write_request.val().slot;
                self.job.d.next.stream = self.write_request.val().stream;
                self.job.d.next.privileged = self.write_request.val().privileged;
                self.job.d.next.instruction = self.write_request.val().instruction;
                self.job.d.next.illegal = self.write_request.val().illegal;
                self.context_reg.d.next = self.prefetch.ask_context.val();
            }
            if self.source.val().get_bit(1) {
                self.job.d.next.privileged = self.prober.request.val().privileged;
                self.job.d.next.instruction = false;
            }
            match self.source.val().index() {
                0 => self.job.d.next.vpn = self.read_request.val().vpn,
                1 => self.job.d.next.vpn = self.write_request.val().vpn,
                2 => self.job.d.next.vpn = self.prober.request.val().vpn,
                _ => self.job.d.next.vpn = self.prefetch.ask_vpn.val(),
            }
            if self.kill_first.val() {
                self.job.d.next.kind = 0.into();
                self.job.d.next.vpn = self.shootdown.kill_key.val().vpn;
                self.context_reg.d.next = self.shootdown.kill_key.val().context;
            }
        }
        if self.take_kill.val() {
            self.killed.d.next = true;
        }
        if self.may.val() & self.asked.val() {
            self.turn.d.next = self.source.val();
            self.killed.d.next = false;
        }

        // Cycle 0.
        self.stream.next = self.job.q.val().stream;
        self.context_now.next = self.context_reg.q.val();
        if self.is_path.val() {
            self.context_now.next = self.route.val().context;
        }
        self.main.probe.next = (self.state.q.val() == LookupStep::Probe) | self.selecting.val();
        self.main.probe_vpn.next = self.job.q.val().vpn;
        self.main.probe_large.next = self.selecting.val();
        self.firsts.probe.next = self.state.q.val() == LookupStep::Probe;
        self.firsts.probe_context.next = self.context_now.val();
        self.firsts.probe_vpn.next = self.job.q.val().vpn;

        if self.state.q.val() == LookupStep::Probe {
            self.context_reg.d.next = self.context_now.val();
            self.bypass.d.next = self.route.val().bypass;
            self.translate.d.next = self.route.val().translate;
        }

        // Cycle 1.
        self.bank_index.next = self.context_reg.q.val();
        self.key.next.context = self.context_reg.q.val();
        self.key.next.asid = self.bank.val().asid;
        self.key.next.vpn = self.job.q.val().vpn;
        if self.job.q.val().kill {
            self.key.next.asid = self.shootdown.kill_key.val().asid;
        }
        self.main.key.next = self.key.val();
        self.main.any_asid.next = self.job.q.val().kill & self.shootdown.kill_any_asid.val();
        self.side.key.next = self.key.val();
        self.side.any_asid.next = self.job.q.val().kill & self.shootdown.kill_any_asid.val();
        self.firsts.key.next = self.key.val();
        self.firsts.generation.next = self.main.generation.val();
        self.query.next = self.key.val();
        self.prefetch.stream.next = self.job.q.val().stream;
        self.prefetch.write.next = self.job.q.val().kind.get_bit(0);
        self.prefetch.key.next = self.key.val();
        if self.comparing.val() {
            self.sequential.d.next = self.prefetch.sequential.val();
            self.direct.d.next = true;
            self.direct_status.d.next = 0.into();
            self.in_context.d.next =
                !self.is_path.val() | (self.translate.q.val() & !self.bypass.q.val());
            if self.job.q.val().kill {
                self.direct.d.next = false;
            } else if self.is_path.val() & !self.bypass.q.val() & !self.translate.q.val() {
                self.direct_status.d.next = self.code.unmapped_stream.val();
            } else if self.is_path.val() & self.job.q.val().illegal {
                self.direct_status.d.next = self.code.illegal_burst.val();
            } else if self.is_path.val() & self.bypass.q.val() {
                self.direct.d.next = true;
            } else if !self.bank.val().enabled {
                self.direct_status.d.next = self.code.context_disabled.val();
            } else {
                self.direct.d.next = self.bank.val().one_to_one;
            }
        }

        // Cycles 2 to 4.
        self.main.kill.next =
            self.job.q.val().kill & (self.selecting.val() | self.selecting_large.val());
        self.side.kill.next =
            self.job.q.val().kill & (self.selecting.val() | self.selecting_large.val());
        self.shootdown.kill_done.next = self.job.q.val().kill & self.selecting_large.val();
        self.decode.word.next = self.firsts.word.val();
        self.decode.level2.next = false;
        self.decode.bus_error.next = false;
        self.decode.key.next = self.key.val();
        self.decode.afe.next = self.bank.val().afe;
        self.decode.table_domain.next = 0.into();
        self.section.d.next = self.firsts.hit.val()
            & !self.decode.decoded.val().table
            & !self.decode.decoded.val().status.any();
        self.pointer.d.next = self.firsts.hit.val() & self.decode.decoded.val().table;
        self.found_now.next = self.direct.q.val() | self.tlb_hit.val();
        self.resolves.next = !self.job.q.val().kill
            & ((self.selecting.val() & (self.found_now.val() | self.flushed.q.val()))
                | (self.selecting_large.val() & (self.tlb_hit.val() | self.section.q.val()))
                | self.starting.val());
        self.misses.next = self.starting.val();
        self.same_reg.d.next = self.same.val();
        self.same_any.d.next = self.same.val().any();
        // What wakes just now is not waited for, but asked for again.
        self.woken.next = self.same_reg.q.val() & self.wake.val();
        self.wakes_now.next = self.woken.val().any();
        self.starts.next = self.misses.val()
            & !self.same_any.q.val()
            & !self.flushed.q.val()
            & !self.shootdown.flush.val().valid
            & !self.retries.val()
            & self.can_start.val()
            & (self.can_prefetch.val() | !self.is_prefetch.val());
        // No owner forgets a retry.
        self.cannot.next = self.misses.val()
            & !self.same_any.q.val()
            & (self.retries.val() | !self.can_start.val());
        self.waited.next = 3.into();
        if self.same_reg.q.val().get_bit(2) {
            self.waited.next = 2.into();
        }
        if self.same_reg.q.val().get_bit(1) {
            self.waited.next = 1.into();
        }
        if self.same_reg.q.val().get_bit(0) {
            self.waited.next = 0.into();
        }
        self.asker.next.kind = self.job.q.val().kind;
        self.asker.next.slot = self.job.q.val().slot;
        self.asker.next.stream = self.job.q.val().stream;
        self.asker.next.sequential = self.sequential.q.val();
        self.asker.next.privileged = self.job.q.val().privileged;
        self.asker.next.instruction = self.job.q.val().instruction;
        self.asker.next.write = self.prober.request.val().write;
        self.asker.next.lock = self.prober.request.val().lock;
        self.start.next = self.starts.val();
        self.start_request.next.asker = self.asker.val();
        self.start_request.next.context = self.key.val().context;
        self.start_request.next.asid = self.key.val().asid;
        self.start_request.next.vpn = self.key.val().vpn;
        self.start_request.next.afe = self.bank.val().afe;
        self.start_request.next.base = self.bank.val().base;
        self.start_request.next.level2 = self.pointer.q.val();
        self.start_request.next.table = self.decode.next_table.val();
        self.start_request.next.domain = self.decode.next_domain.val();
        // A prefetch displaces nothing.
        self.start_request.next.keep_first = !self.is_prefetch.val() | self.firsts.vacant.val();
        self.side.take.next = self.is_path.val()
            & (self.selecting.val() | self.selecting_large.val())
            & !self.direct.q.val()
            & !self.flushed.q.val()
            & !self.shootdown.flush.val().valid;
        self.count_prefetched.next =
            self.side.take.val() & self.side.hit.val() & !self.side.locked.val();
        self.count_main_miss.next = self.misses.val()
            & self.is_path.val()
            & !self.flushed.q.val()
            & !self.shootdown.flush.val().valid;

        // State.
        match self.state.q.val() {
            LookupStep::Probe => self.state.d.next = LookupStep::Compare,
            LookupStep::Compare => self.state.d.next = LookupStep::Select,
            LookupStep::Select => {
                self.state.d.next = LookupStep::CompareLarge;
                if self.resolves.val() {
                    self.state.d.next = LookupStep::Idle;
                }
            }
            LookupStep::CompareLarge => self.state.d.next = LookupStep::SelectLarge,
            LookupStep::SelectLarge => {
                self.state.d.next = LookupStep::Start;
                if self.job.q.val().kill | self.resolves.val() {
                    self.state.d.next = LookupStep::Idle;
                }
            }
            LookupStep::Start => self.state.d.next = LookupStep::Idle,
            _ => {}
        }
        self.flushed.d.next = self.flushed.q.val() | self.shootdown.flush.val().valid;
        if self.idle.val() | (self.state.q.val() == LookupStep::Probe) {
            self.flushed.d.next = false;
        }
        // Who is taken matters to the job only.
        if self.take_kill.val() | (self.may.val() & (self.asked.val() | self.prefetch_asks.val())) {
            self.state.d.next = LookupStep::Probe;
        }

        // Owners of walks.
        self.free.next = !self.selecting.val() & !self.selecting_large.val() & !self.starting.val();
        self.ended_asker.next = self.ended_walk.val().asker;
        self.ended_page.next = self.ended_walk.val().page;
        self.ended_large.next = self.ended_page.val().large;
        self.ended_ready.next = self.free.val() & !self.retries.val();
        self.take_ended.next = self.free.val() & !self.retries.val() & self.ended.val();
        self.owned.next = false;
        self.retry_done.next = !self.free.val();
        self.retry_kind.next = 0.into();
        self.retry_slot.next = 0.into();
        for i in 0..WALKS {
            self.owner[i].clock.next = self.clock.val();
            self.owner[i].reset.next = self.reset.val();
            self.owner[i].start.next = self.starts.val()
                & !self.is_prefetch.val()
                & (self.start_index.val() == i.to_bits());
            self.owner[i].kind.next = self.job.q.val().kind;
            self.owner[i].slot.next = self.job.q.val().slot;
            self.owner[i].walk_context.next = self.context_reg.q.val();
            self.owner[i].flush.next = self.shootdown.flush.val();
            self.owner[i].ended.next = self.take_ended.val();
            self.owner[i].ended_kind.next = self.ended_asker.val().kind;
            self.owner[i].ended_slot.next = self.ended_asker.val().slot;
            self.owned.next = self.owned.val() | self.owner[i].owned.val();
            self.owner[i].retried.next = !self.retry_done.val();
            if self.owner[i].retry.val() & !self.retry_done.val() {
                self.retry_kind.next = self.owner[i].retry_kind.val();
                self.retry_slot.next = self.owner[i].retry_slot.val();
            }
            self.retry_done.next = self.retry_done.val() | self.owner[i].retry.val();
        }

        // What goes to the respond stage.
        self.place.next = 0.into();
        if self.main.hit.val() {
            self.place.next = 1.into();
        }
        if self.side.hit.val() {
            self.place.next = 2.into();
        }
        if self.free.val() {
            self.place.next = 3.into();
        }
        match self.place.val().index() {
            0 => self.chosen.next = self.decode.translation.val(),
            1 => self.chosen.next = self.main.page.val(),
            2 => self.chosen.next = self.side.page.val(),
            _ => self.chosen.next = self.ended_page.val(),
        }
        self.result.next.kind = self.job.q.val().kind;
        self.result.next.slot = self.job.q.val().slot;
        self.result.next.stream = self.job.q.val().stream;
        self.result.next.privileged = self.job.q.val().privileged;
        self.result.next.instruction = self.job.q.val().instruction;
        self.result.next.direct = self.direct.q.val();
        self.result.next.in_context = self.in_context.q.val();
        self.result.next.retry = self.flushed.q.val()
            | self.shootdown.flush.val().valid
            | self.cannot.val()
            | (self.misses.val() & self.wakes_now.val());
        self.result.next.waits = self.misses.val() & self.same_any.q.val();
        self.result.next.walk = self.waited.val();
        self.result.next.walks = self.starts.val();
        self.result.next.learns = self.is_path.val() & !self.direct.q.val();
        self.result.next.sequential = self.sequential.q.val();
        self.result.next.promotes = self.count_prefetched.val();
        self.result.next.locked = self.side.locked.val();
        self.result.next.status = self.direct_status.q.val();
        self.result.next.not_global = self.chosen.val().not_global;
        self.result.next.large = self.chosen.val().large;
        self.result.next.ppn = self.chosen.val().ppn;
        self.result.next.ap = self.chosen.val().ap;
        self.result.next.xn = self.chosen.val().xn;
        self.result.next.domain = self.chosen.val().domain;
        self.result.next.memory = self.chosen.val().memory;
        self.result.next.context = self.context_reg.q.val();
        self.result.next.vpn = self.job.q.val().vpn;
        if self.misses.val() {
            self.result.next.large = 0.into();
        }
        if self.direct.q.val() {
            self.result.next.large = 7.into();
        }
        self.found_valid.d.next = self.resolves.val();
        if self.free.val() {
            self.result.next.kind = self.ended_asker.val().kind;
            self.result.next.slot = self.ended_asker.val().slot;
            self.result.next.stream = self.ended_asker.val().stream;
            self.result.next.privileged = self.ended_asker.val().privileged;
            self.result.next.instruction = self.ended_asker.val().instruction;
            self.result.next.direct = false;
            self.result.next.in_context = true;
            self.result.next.retry = self.shootdown.flush.val().valid | self.retries.val();
            self.result.next.waits = false;
            self.result.next.walks = false;
            // The lookup has learnt of a small page; now its size is known.
            self.result.next.learns = !self.ended_asker.val().kind.get_bit(1)
                & self.ended_large.val().any()
                & !self.ended_walk.val().status.any();
            self.result.next.sequential = self.ended_asker.val().sequential;
            self.result.next.promotes = false;
            self.result.next.locked = false;
            self.result.next.status = self.ended_walk.val().status;
            self.result.next.large = self.ended_page.val().large;
            self.result.next.context = self.ended_page.val().context;
            self.result.next.vpn = self.ended_page.val().vpn;
            self.found_valid.d.next =
                (self.take_ended.val() & self.owned.val()) | self.retries.val();
            if self.retries.val() {
                self.result.next.kind = self.retry_kind.val();
                self.result.next.slot = self.retry_slot.val();
            }
        }
        self.found.d.next = self.result.val();
        self.respond_index.next = self.result.val().context;
        self.found_bank.d.next = self.respond_bank.val();

        // The respond stage.
        self.respond.next = self.found.q.val();
        self.for_prober.next = self.found_valid.q.val() & (self.respond.val().kind == 2);
        self.respond_fails.next = self.respond.val().status.any();
        self.resolve.found.next = self.respond.val();
        self.resolve.bank.next = self.found_bank.q.val();
        self.resolve.write.next = (self.respond.val().kind == 1)
            | ((self.respond.val().kind == 2) & self.prober.request.val().write);
        self.resolve.flush.next = self.shootdown.flush.val().valid;
        self.resolve.wake.next = self.wake.val();
        self.passes.next = self.resolve.answer.val().outcome == 0;
        self.gives_up.next = self.resolve.answer.val().outcome == 3;
        self.answer_reg.d.next = self.resolve.answer.val();
        self.read_answer_reg.d.next =
            self.found_valid.q.val() & (self.respond.val().kind == 0) & !self.respond.val().walks;
        self.write_answer_reg.d.next =
            self.found_valid.q.val() & (self.respond.val().kind == 1) & !self.respond.val().walks;
        self.read_began_reg.d.next =
            self.found_valid.q.val() & (self.respond.val().kind == 0) & self.respond.val().walks;
        self.write_began_reg.d.next =
            self.found_valid.q.val() & (self.respond.val().kind == 1) & self.respond.val().walks;
        self.fills.d.next = self.passes.val() & self.respond.val().in_context;
        self.fill_vpn.d.next = self.respond.val().vpn;
        self.fill_large.d.next = self.respond.val().large;
        self.fill_allow.d.next = self.resolve.allow.val();
        self.prefetch.learn.next =
            self.found_valid.q.val() & self.respond.val().learns & !self.gives_up.val();
        self.prefetch.learn_stream.next = self.respond.val().stream;
        self.prefetch.learn_write.next = self.respond.val().kind.get_bit(0);
        self.prefetch.learn_context.next = self.respond.val().context;
        self.prefetch.learn_vpn.next = self.respond.val().vpn;
        self.prefetch.learn_large.next = self.respond.val().large;
        self.prefetch.learn_sequential.next = self.respond.val().sequential;

        // Fills of the TLBs: what a walk brings goes before what is moved.
        self.respond_page.next.context = self.respond.val().context;
        self.respond_page.next.asid = self.found_bank.q.val().asid;
        self.respond_page.next.not_global = self.respond.val().not_global;
        self.respond_page.next.vpn = self.respond.val().vpn;
        self.respond_page.next.large = self.respond.val().large;
        self.respond_page.next.ppn = self.respond.val().ppn;
        self.respond_page.next.ap = self.respond.val().ap;
        self.respond_page.next.xn = self.respond.val().xn;
        self.respond_page.next.domain = self.respond.val().domain;
        self.respond_page.next.memory = self.respond.val().memory;
        self.page_valid.d.next = self.page_fill.val();
        self.page_comes.d.next = self.page_offered.val();
        self.page_side.d.next = self.page_prefetched.val();
        self.page_reg.d.next = self.page.val();
        self.filled_page.next = self.respond_page.val();
        if self.page_comes.q.val() {
            self.filled_page.next = self.page_reg.q.val();
        }
        self.locks_now.next = self.for_prober.val()
            & self.checked.q.val()
            & self.to_lock.q.val()
            & !self.respond.val().walks
            & !self.respond.val().waits
            & !self.respond.val().retry
            & !self.respond.val().direct
            & !self.respond.val().locked
            & !self.respond_fails.val();
        self.kills.next = self.job.q.val().kill & !self.idle.val();
        self.main.fill_page.next = self.filled_page.val();
        self.main.fill.next = (self.page_valid.q.val() & !self.page_side.q.val())
            | (!self.page_comes.q.val()
                & self.found_valid.q.val()
                & self.respond.val().promotes
                & !self.shootdown.flush.val().valid);
        self.side.insert_page.next = self.filled_page.val();
        self.side.insert.next = self.page_valid.q.val() & self.page_side.q.val();
        self.side.insert_lock.next =
            !self.page_comes.q.val() & self.locks_now.val() & !self.kills.val();
        self.firsts.fill.next = self.first_fill.val() & !self.shootdown.grouping.val();
        self.firsts.first.next = self.first.val();
        self.main.first_context.next = self.first.val().context;
        self.firsts.fill_generation.next = self.main.first_generation.val();

        // The prober, from the answer's register. A page to be locked is checked in a first lookup, and
        // inserted in a second one, so that the insertion does not wait for the check.
        self.probe_answer_reg.d.next = self.for_prober.val() & !self.respond.val().walks;
        self.probe_loose.d.next = !self.respond.val().locked & !self.respond.val().direct;
        self.probe_put_off.d.next =
            self.locks_now.val() & (self.page_comes.q.val() | self.kills.val());
        self.probe_no_room.d.next = self.locks_now.val() & self.side.lock_full.val();
        self.outcome.next = self.answer_reg.q.val().outcome;
        if self.shootdown.flush.val().valid & (self.answer_reg.q.val().outcome != 2) {
            self.outcome.next = 3.into();
        }
        self.settled.next =
            self.probe_answer_reg.q.val() & (self.outcome.val() < 2) & !self.probe_put_off.q.val();
        self.confirms.next = self.settled.val()
            & (self.outcome.val() == 0)
            & self.prober.request.val().lock
            & self.probe_loose.q.val()
            & !self.checked.q.val();
        if self.confirms.val() {
            self.checked.d.next = true;
        }
        if self.shootdown.flush.val().valid | self.probed_reg.q.val().valid {
            self.checked.d.next = false;
        }
        self.prober.probe.next = self.probe.val();
        self.prober.again.next = self.probe_answer_reg.q.val()
            & ((self.outcome.val() == 3) | self.probe_put_off.q.val() | self.confirms.val());
        self.prober.waits.next = self.probe_answer_reg.q.val() & (self.outcome.val() == 2);
        self.prober.woken.next = self.wake.val().any();
        self.prober.done.next = self.probed_reg.q.val().valid;
        self.probing.next = self.prober.probing.val();
        self.probed.next = self.probed_reg.q.val();
        self.probed_reg.d.next.valid = self.settled.val() & !self.confirms.val();
        self.probed_reg.d.next.context = self.answer_reg.q.val().context;
        self.probed_reg.d.next.status = 0.into();
        if self.outcome.val() == 1 {
            self.probed_reg.d.next.status = self.answer_reg.q.val().status;
        }
        if self.probe_no_room.q.val() {
            self.probed_reg.d.next.status = self.code.lock_full.val();
        }
        self.probed_reg.d.next.large = self.fill_large.q.val();
        self.probed_reg.d.next.page = self.answer_reg.q.val().page;

        // The answer.
        self.read_answer.next = self.read_answer_reg.q.val();
        self.write_answer.next = self.write_answer_reg.q.val();
        self.read_began.next = self.read_began_reg.q.val();
        self.write_began.next = self.write_began_reg.q.val();
        self.answer.next = self.answer_reg.q.val();
        self.answer.next.outcome = self.outcome.val();
        self.read_fill.next =
            self.read_answer_reg.q.val() & self.fills.q.val() & !self.shootdown.flush.val().valid;
        self.write_fill.next =
            self.write_answer_reg.q.val() & self.fills.q.val() & !self.shootdown.flush.val().valid;
        self.fill.next.context = self.answer_reg.q.val().context;
        self.fill.next.vpn = self.fill_vpn.q.val();
        self.fill.next.large = self.fill_large.q.val();
        self.fill.next.ppn = self.answer_reg.q.val().page;
        self.fill.next.allow = self.fill_allow.q.val();
        self.fill.next.cache = self.answer_reg.q.val().cache;
        self.fill.next.keep_cache = self.answer_reg.q.val().keep_cache;
    }
}
