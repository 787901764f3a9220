//! The transactions outstanding to memory, in the order of their issue.
//!
//! The tracker knows when a response belongs to which transaction (the oldest of its ID), whether a
//! synchronisation still waits, and who is to blame for an external abort. Entry 0 is the oldest;
//! a removed entry's successors move up, so that order needs no links.

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::Reg;

/// One entry.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct TrackerSlot {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// The present response answers this entry.
    pub answered: Signal<In, Bit>,
    /// The present response answers this entry or an older one.
    pub answered_or_after: Signal<In, Bit>,
    pub response: Signal<In, Bit>,
    pub response_error: Signal<In, Bit>,
    pub response_last: Signal<In, Bit>,
    /// Take the new transaction.
    pub load: Signal<In, Bit>,
    pub incoming: Signal<In, Outstanding>,
    pub successor_valid: Signal<In, Bit>,
    pub successor: Signal<In, Outstanding>,
    pub successor_old: Signal<In, Bit>,
    pub successor_error: Signal<In, Bit>,
    pub successor_data_done: Signal<In, Bit>,
    pub successor_malformed: Signal<In, Bit>,
    /// Marks for this entry as it stands.
    pub set_data_done: Signal<In, Bit>,
    pub set_malformed: Signal<In, Bit>,
    pub command: Signal<In, TlbCommand>,
    pub response_id: Signal<In, Bits<ID_BITS>>,
    pub query_id: Signal<In, Bits<ID_BITS>>,
    pub valid: Signal<Out, Bit>,
    pub entry: Signal<Out, Outstanding>,
    /// Marks as they will be after this cycle: for the predecessor.
    pub old: Signal<Out, Bit>,
    pub error: Signal<Out, Bit>,
    pub data_done: Signal<Out, Bit>,
    pub malformed: Signal<Out, Bit>,
    /// Marks as they stand.
    pub error_q: Signal<Out, Bit>,
    pub data_done_q: Signal<Out, Bit>,
    pub malformed_q: Signal<Out, Bit>,
    pub is_response: Signal<Out, Bit>,
    pub is_query: Signal<Out, Bit>,
    /// Its context, one-hot, if it is from before a synchronisation that goes on.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    pub waits_any: Signal<Out, Bit>,
    /// It will be valid after this cycle, if it is not loaded.
    pub kept: Signal<Out, Bit>,
    valid_reg: Reg<Bit>,
    entry_reg: Reg<Outstanding>,
    /// Was there when the last synchronisation of its context began.
    old_reg: Reg<Bit>,
    /// A beat of its response was SLVERR or DECERR.
    error_reg: Reg<Bit>,
    /// Its last W beat has been passed on.
    data_done_reg: Reg<Bit>,
    /// WLAST did not come where AWLEN said.
    malformed_reg: Reg<Bit>,
    sync_match: Signal<Local, Bit>,
    set_error: Signal<Local, Bit>,
    /// Take the successor's content.
    shift: Signal<Local, Bit>,
    one: Signal<Local, Bits<CONTEXTS>>,
}

impl Logic for TrackerSlot {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            valid_reg,
            entry_reg,
            old_reg,
            error_reg,
            data_done_reg,
            malformed_reg
        );
        self.valid_reg.reset.next = self.reset.val();
        self.entry_reg.reset.next = self.reset.val();
        self.old_reg.reset.next = self.reset.val();
        self.error_reg.reset.next = self.reset.val();
        self.data_done_reg.reset.next = self.reset.val();
        self.malformed_reg.reset.next = self.reset.val();

        self.sync_match.next = self.command.val().sync
            & (!self.command.val().by_context
                | (self.entry_reg.q.val().in_context
                    & (self.entry_reg.q.val().context == self.command.val().context)));
        self.set_error.next = self.answered.val() & self.response.val() & self.response_error.val();
        self.shift.next =
            self.answered_or_after.val() & self.response.val() & self.response_last.val();
        self.kept.next = self.valid_reg.q.val();
        if self.shift.val() {
            self.kept.next = self.successor_valid.val();
        }
        self.valid.next = self.valid_reg.q.val();
        self.entry.next = self.entry_reg.q.val();
        self.old.next = self.old_reg.q.val() | self.sync_match.val();
        self.error.next = self.error_reg.q.val() | self.set_error.val();
        self.data_done.next = self.data_done_reg.q.val() | self.set_data_done.val();
        self.malformed.next = self.malformed_reg.q.val() | self.set_malformed.val();

        self.error_q.next = self.error_reg.q.val();
        self.data_done_q.next = self.data_done_reg.q.val();
        self.malformed_q.next = self.malformed_reg.q.val();
        self.is_response.next =
            self.valid_reg.q.val() & (self.entry_reg.q.val().id == self.response_id.val());
        self.is_query.next =
            self.valid_reg.q.val() & (self.entry_reg.q.val().id == self.query_id.val());
        self.one.next = 1.into();
        self.waits.next = 0.into();
        self.waits_any.next = self.valid_reg.q.val() & self.old_reg.q.val();
        if self.waits_any.val() & self.entry_reg.q.val().in_context {
            self.waits.next = self.one.val() << self.entry_reg.q.val().context;
        }

        self.old_reg.d.next = self.old_reg.q.val() | self.sync_match.val();
        self.error_reg.d.next = self.error_reg.q.val() | self.set_error.val();
        self.data_done_reg.d.next = self.data_done_reg.q.val() | self.set_data_done.val();
        self.malformed_reg.d.next = self.malformed_reg.q.val() | self.set_malformed.val();
        if self.load.val() {
            self.valid_reg.d.next = true;
            self.entry_reg.d.next = self.incoming.val();
            self.old_reg.d.next = false;
            self.error_reg.d.next = false;
            self.data_done_reg.d.next = false;
            self.malformed_reg.d.next = false;
        } else if self.shift.val() {
            self.valid_reg.d.next = self.successor_valid.val();
            self.entry_reg.d.next = self.successor.val();
            self.old_reg.d.next = self.successor_old.val();
            self.error_reg.d.next = self.successor_error.val();
            self.data_done_reg.d.next = self.successor_data_done.val();
            self.malformed_reg.d.next = self.successor_malformed.val();
        }
    }
}

/// The tracker of one direction.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Tracker {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// A transaction is issued; only while not `full`.
    pub push: Signal<In, Bit>,
    pub incoming: Signal<In, Outstanding>,
    pub full: Signal<Out, Bit>,
    /// A response beat passes.
    pub response: Signal<In, Bit>,
    pub response_id: Signal<In, Bits<ID_BITS>>,
    pub response_error: Signal<In, Bit>,
    /// The response beat is the transaction's last.
    pub response_last: Signal<In, Bit>,
    /// Combinational, of the transaction that `response_id` answers.
    pub answered: Signal<Out, Outstanding>,
    pub answered_error: Signal<Out, Bit>,
    pub answered_malformed: Signal<Out, Bit>,
    /// It still has W beats to come.
    pub answered_open: Signal<Out, Bit>,
    /// The oldest transaction whose W beats are not done has had its last one.
    pub data_done: Signal<In, Bit>,
    pub data_malformed: Signal<In, Bit>,
    pub query_id: Signal<In, Bits<ID_BITS>>,
    /// Some outstanding transaction has `query_id`.
    pub query_busy: Signal<Out, Bit>,
    pub command: Signal<In, TlbCommand>,
    /// Contexts with transactions from before their last synchronisation.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    /// Any such transaction, bypassed ones too.
    pub waits_any: Signal<Out, Bit>,
    slot: [TrackerSlot; OUTSTANDING],
    found: Signal<Local, Bit>,
    here: Signal<Local, Bit>,
    undone: Signal<Local, Bit>,
    undone_here: Signal<Local, Bit>,
    free_below: Signal<Local, Bit>,
    merged: Signal<Local, Outstanding>,
    merged_error: Signal<Local, Bit>,
    merged_malformed: Signal<Local, Bit>,
    merged_open: Signal<Local, Bit>,
    all_valid: Signal<Local, Bit>,
    busy: Signal<Local, Bit>,
    wait_set: Signal<Local, Bits<CONTEXTS>>,
    wait_any: Signal<Local, Bit>,
}

impl Logic for Tracker {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..OUTSTANDING {
            self.slot[i].clock.next = self.clock.val();
            self.slot[i].reset.next = self.reset.val();
            self.slot[i].incoming.next = self.incoming.val();
            self.slot[i].command.next = self.command.val();
            self.slot[i].response.next = self.response.val();
            self.slot[i].response_id.next = self.response_id.val();
            self.slot[i].response_error.next = self.response_error.val();
            self.slot[i].response_last.next = self.response_last.val();
            self.slot[i].query_id.next = self.query_id.val();
        }
        for i in 0..(OUTSTANDING - 1) {
            self.slot[i].successor_valid.next = self.slot[i + 1].valid.val();
            self.slot[i].successor.next = self.slot[i + 1].entry.val();
            self.slot[i].successor_old.next = self.slot[i + 1].old.val();
            self.slot[i].successor_error.next = self.slot[i + 1].error.val();
            self.slot[i].successor_data_done.next = self.slot[i + 1].data_done.val();
            self.slot[i].successor_malformed.next = self.slot[i + 1].malformed.val();
        }
        for i in (OUTSTANDING - 1)..OUTSTANDING {
            self.slot[i].successor_valid.next = false;
            self.slot[i].successor.next = self.incoming.val();
            self.slot[i].successor_old.next = false;
            self.slot[i].successor_error.next = false;
            self.slot[i].successor_data_done.next = false;
            self.slot[i].successor_malformed.next = false;
        }

        self.found.next = false;
        self.undone.next = false;
        self.free_below.next = false;
        self.merged.next = 0.into();
        self.merged_error.next = false;
        self.merged_malformed.next = false;
        self.merged_open.next = false;
        self.all_valid.next = true;
        self.busy.next = false;
        self.wait_set.next = 0.into();
        self.wait_any.next = false;
        for i in 0..OUTSTANDING {
            // The oldest transaction with the response's ID.
            self.here.next = self.slot[i].is_response.val() & !self.found.val();
            self.found.next = self.found.val() | self.here.val();
            self.slot[i].answered.next = self.here.val();
            self.slot[i].answered_or_after.next = self.found.val();
            if self.here.val() {
                self.merged.next = self.slot[i].entry.val();
                self.merged_error.next = self.slot[i].error_q.val();
                self.merged_malformed.next = self.slot[i].malformed_q.val();
                self.merged_open.next = !self.slot[i].data_done_q.val();
            }
            // The oldest transaction that still has W beats to come.
            self.undone_here.next =
                self.slot[i].valid.val() & !self.slot[i].data_done_q.val() & !self.undone.val();
            self.undone.next = self.undone.val() | self.undone_here.val();
            self.slot[i].set_data_done.next = self.data_done.val() & self.undone_here.val();
            self.slot[i].set_malformed.next =
                self.data_done.val() & self.data_malformed.val() & self.undone_here.val();
            // A new transaction goes to the first slot that is free after the removal.
            self.slot[i].load.next =
                self.push.val() & !self.slot[i].kept.val() & !self.free_below.val();
            self.free_below.next = self.free_below.val() | !self.slot[i].kept.val();

            self.all_valid.next = self.all_valid.val() & self.slot[i].valid.val();
            self.busy.next = self.busy.val() | self.slot[i].is_query.val();
            self.wait_set.next = self.wait_set.val() | self.slot[i].waits.val();
            self.wait_any.next = self.wait_any.val() | self.slot[i].waits_any.val();
        }
        self.full.next = self.all_valid.val();
        self.answered.next = self.merged.val();
        self.answered_error.next = self.merged_error.val();
        self.answered_malformed.next = self.merged_malformed.val();
        self.answered_open.next = self.merged_open.val();
        self.query_busy.next = self.busy.val();
        self.waits.next = self.wait_set.val();
        self.waits_any.next = self.wait_any.val();
    }
}
