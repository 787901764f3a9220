//! Shootdown: carries out the TLB commands.
//!
//! A command for all contexts or for one becomes a `bump` at once. A command by address waits in a queue
//! of eight; one after the other, each page of its range is killed in the TLBs:
//!
//! 1. `kill_group`: the 16 MiB around the address go from the first-level cache;
//! 2. when that is done, a `flush`: walks that began from a word that was there are stale;
//! 3. `kill_ask` for each page until `kill_taken`; the next one after `kill_done`. Where the range enters
//!    another 16 MiB, it goes on at 1;
//! 4. `flush`, and after the last command of a context `mark`, since transactions may have been translated
//!    by the old entries until now.
//!
//! A command by address that finds the queue full, or is of more than 256 pages, becomes a bump of its
//! context.
//!
//! `flush`, `mark` and `bump` come from registers, in the cycle after what caused them:
//!
//! ```text
//! command      ‾‾\__
//! flush, bump     ‾‾\__
//! mark            ‾‾\__
//! waits           ‾‾‾‾‾‾‾‾\__   of the context, of a synchronisation; of a command by address until its end
//! ```

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// log2 of the commands that wait.
const QUEUE_BITS: usize = 3;

/// A command by address in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Shot {
    pub context: Bits<CONTEXT_BITS>,
    pub by_asid: Bit,
    pub asid: Bits<8>,
    pub vpn: Bits<20>,
    /// Pages after the first.
    pub pages: Bits<8>,
}

/// State of the loop over a command's pages.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum ShootdownState {
    /// Takes a command from the queue.
    Idle,
    /// Begins to invalidate a group of first-level words.
    Group,
    /// Waits for that, then flushes.
    Grouped,
    /// Asks for a page to be killed.
    Ask,
    /// Waits until it is.
    Kill,
    /// Flushes and marks.
    Finish,
}

/// The shootdown block.
#[derive(LogicBlock, Default)]
pub struct Shootdown {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub command: Signal<In, TlbCommand>,
    /// A configuration register was written.
    pub configured: Signal<In, Flush>,
    /// The cycle after.
    pub flush: Signal<Out, Flush>,
    /// The cycle after: a synchronisation begins.
    pub mark: Signal<Out, TlbCommand>,
    /// The cycle after: a context is invalidated, or all are.
    pub bump: Signal<Out, Flush>,
    pub kill_ask: Signal<Out, Bit>,
    /// Stays from `kill_ask` to `kill_done`; for `kill_group` too.
    pub kill_key: Signal<Out, Key>,
    pub kill_any_asid: Signal<Out, Bit>,
    pub kill_taken: Signal<In, Bit>,
    pub kill_done: Signal<In, Bit>,
    /// One cycle.
    pub kill_group: Signal<Out, Bit>,
    /// From the first-level cache.
    pub killing: Signal<In, Bit>,
    /// From `kill_group` until the flush that follows it: nothing may be learnt of the first level.
    pub grouping: Signal<Out, Bit>,
    /// Contexts with commands by address that are not carried out, or with a `mark` that those who
    /// wait for it may not show yet.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    queue: LutRam<Shot, QUEUE_BITS>,
    /// Where the last command of a context stands in the queue.
    newest: LutRam<Bits<QUEUE_BITS>, CONTEXT_BITS>,
    /// One bit more than an index: equal is empty.
    head: Reg<Bits<4>>,
    tail: Reg<Bits<4>>,
    pending: Reg<Bits<CONTEXTS>>,
    state: Reg<ShootdownState>,
    owner: Reg<Bits<CONTEXT_BITS>>,
    vpn: Reg<Bits<20>>,
    /// Counts up to all ones, which is the last page.
    left: Reg<Bits<8>>,
    flush_reg: Reg<Flush>,
    mark_reg: Reg<TlbCommand>,
    bump_reg: Reg<Flush>,
    /// Contexts of `mark`, in its cycle and the two after it.
    marked: [Reg<Bits<CONTEXTS>>; 3],
    full: Signal<Local, Bit>,
    wide: Signal<Local, Bit>,
    pages: Signal<Local, Bits<12>>,
    push: Signal<Local, Bit>,
    incoming: Signal<Local, Shot>,
    is_command: Signal<Local, Bit>,
    is_last: Signal<Local, Bit>,
    finishes: Signal<Local, Bit>,
    own: Signal<Local, Bit>,
    one: Signal<Local, Bits<CONTEXTS>>,
    following: Signal<Local, Bits<20>>,
    flush_now: Signal<Local, Flush>,
    mark_now: Signal<Local, TlbCommand>,
    marks: Signal<Local, Bits<CONTEXTS>>,
    waiting: Signal<Local, Bits<CONTEXTS>>,
}

impl Logic for Shootdown {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clock, head, tail, pending, state, owner, vpn, left, flush_reg, mark_reg,
            bump_reg
        );
        self.flush_reg.reset.next = self.reset.val();
        self.mark_reg.reset.next = self.reset.val();
        self.bump_reg.reset.next = self.reset.val();
        self.head.reset.next = self.reset.val();
        self.tail.reset.next = self.reset.val();
        self.pending.reset.next = self.reset.val();
        self.state.reset.next = self.reset.val();
        self.owner.reset.next = self.reset.val();
        self.vpn.reset.next = self.reset.val();
        self.left.reset.next = self.reset.val();

        // Commands.
        self.is_command.next = self.command.val().invalidate | self.command.val().sync;
        self.pages.next = self.command.val().pages;
        self.wide.next = self.pages.val().get_bits::<4>(8).any();
        self.full.next = (self.tail.q.val() ^ 8) == self.head.q.val();
        self.push.next = self.command.val().invalidate
            & self.command.val().by_va
            & !self.wide.val()
            & !self.full.val();
        self.bump_reg.d.next.valid = self.command.val().invalidate & !self.push.val();
        self.bump_reg.d.next.by_context = self.command.val().by_context;
        self.bump_reg.d.next.context = self.command.val().context;
        self.bump.next = self.bump_reg.q.val();
        self.incoming.next.context = self.command.val().context;
        self.incoming.next.by_asid = self.command.val().by_asid;
        self.incoming.next.asid = self.command.val().asid;
        self.incoming.next.vpn = self.command.val().vpn;
        self.incoming.next.pages = self.pages.val().get_bits::<8>(0);
        self.queue.clock.next = self.clock.val();
        self.queue.write.next = self.push.val();
        self.queue.write_address.next = self.tail.q.val().get_bits::<QUEUE_BITS>(0);
        self.queue.write_data.next = self.incoming.val();
        self.queue.read_address.next = self.head.q.val().get_bits::<QUEUE_BITS>(0);
        self.newest.clock.next = self.clock.val();
        self.newest.write.next = self.push.val();
        self.newest.write_address.next = self.command.val().context;
        self.newest.write_data.next = self.tail.q.val().get_bits::<QUEUE_BITS>(0);
        self.newest.read_address.next = self.owner.q.val();
        self.is_last.next =
            self.newest.read_data.val() == self.head.q.val().get_bits::<QUEUE_BITS>(0);
        if self.push.val() {
            self.tail.d.next = self.tail.q.val() + 1;
        }

        // The loop.
        self.kill_ask.next = false;
        self.kill_group.next = false;
        self.own.next = false;
        self.finishes.next = false;
        self.following.next = self.vpn.q.val() + 1;
        match self.state.q.val() {
            ShootdownState::Idle => {
                self.owner.d.next = self.queue.read_data.val().context;
                self.vpn.d.next = self.queue.read_data.val().vpn;
                self.left.d.next = !self.queue.read_data.val().pages;
                if self.head.q.val() != self.tail.q.val() {
                    self.state.d.next = ShootdownState::Group;
                }
            }
            ShootdownState::Group => {
                self.kill_group.next = true;
                self.state.d.next = ShootdownState::Grouped;
            }
            ShootdownState::Grouped => {
                self.own.next = !self.killing.val() & !self.is_command.val();
                if !self.killing.val() & !self.is_command.val() {
                    self.state.d.next = ShootdownState::Ask;
                }
            }
            ShootdownState::Ask => {
                self.kill_ask.next = true;
                if self.kill_taken.val() {
                    self.state.d.next = ShootdownState::Kill;
                }
            }
            ShootdownState::Kill => {
                if self.kill_done.val() {
                    self.vpn.d.next = self.following.val();
                    self.left.d.next = self.left.q.val() + 1;
                    self.state.d.next = ShootdownState::Ask;
                    if !self.following.val().get_bits::<12>(0).any() {
                        self.state.d.next = ShootdownState::Group;
                    }
                    if self.left.q.val().all() {
                        self.state.d.next = ShootdownState::Finish;
                    }
                }
            }
            ShootdownState::Finish => {
                self.own.next = !self.is_command.val();
                if !self.is_command.val() {
                    self.finishes.next = self.is_last.val();
                    self.head.d.next = self.head.q.val() + 1;
                    self.state.d.next = ShootdownState::Idle;
                }
            }
            _ => {
                self.state.d.next = ShootdownState::Idle;
            }
        }
        self.kill_key.next.context = self.owner.q.val();
        self.kill_key.next.asid = self.queue.read_data.val().asid;
        self.kill_key.next.vpn = self.vpn.q.val();
        self.grouping.next = (self.state.q.val() == ShootdownState::Group)
            | (self.state.q.val() == ShootdownState::Grouped);
        self.kill_any_asid.next = !self.queue.read_data.val().by_asid;

        // Contexts that wait. A push and the end of the loop never meet.
        self.one.next = 1.into();
        if self.push.val() {
            self.pending.d.next =
                self.pending.q.val() | (self.one.val() << self.command.val().context);
        }
        if self.finishes.val() {
            self.pending.d.next = self.pending.q.val() & !(self.one.val() << self.owner.q.val());
        }

        // What others are told: of two contexts at once, all. (After each range, not the last
        // only: it comes early in the cycle.)
        self.flush_now.next.valid =
            self.is_command.val() | self.own.val() | self.configured.val().valid;
        self.flush_now.next.by_context = self.configured.val().by_context;
        self.flush_now.next.context = self.configured.val().context;
        if self.is_command.val() {
            self.flush_now.next.by_context =
                self.command.val().by_context & !self.configured.val().valid;
            self.flush_now.next.context = self.command.val().context;
        }
        if self.own.val() {
            self.flush_now.next.by_context = !self.configured.val().valid;
            self.flush_now.next.context = self.owner.q.val();
        }
        self.mark_now.next = self.command.val();
        self.mark_now.next.invalidate = false;
        if self.finishes.val() {
            self.mark_now.next.sync = true;
            self.mark_now.next.by_context = true;
            self.mark_now.next.context = self.owner.q.val();
        }
        self.flush_reg.d.next = self.flush_now.val();
        self.mark_reg.d.next = self.mark_now.val();
        self.flush.next = self.flush_reg.q.val();
        self.mark.next = self.mark_reg.q.val();

        // Who waits: no gap until paths and walks say that they wait for what was marked.
        self.marks.next = 0.into();
        if self.mark_now.val().sync {
            self.marks.next = self.one.val() << self.mark_now.val().context;
            if !self.mark_now.val().by_context {
                self.marks.next = 255.into();
            }
        }
        self.waiting.next = self.pending.q.val();
        for i in 0..3 {
            self.marked[i].clock.next = self.clock.val();
            self.marked[i].reset.next = self.reset.val();
            self.waiting.next = self.waiting.val() | self.marked[i].q.val();
        }
        self.marked[0].d.next = self.marks.val();
        for i in 0..2 {
            self.marked[i + 1].d.next = self.marked[i].q.val();
        }
        self.waits.next = self.waiting.val();
    }
}
