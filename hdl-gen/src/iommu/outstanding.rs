//! The transactions outstanding to memory.
//!
//! An entry stays where it is. Those of one ID are a chain, oldest first: `first` marks the oldest,
//! which the next response answers, `last` the youngest, and a memory of links says who follows.
//! The order of W data is a ring of entry numbers.

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// log2 of [`OUTSTANDING`].
const ENTRY_BITS: usize = OUTSTANDING.ilog2() as usize;

/// One entry.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct OutstandingEntry {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// A write, wired.
    pub write: Signal<In, Bit>,
    /// A transaction is issued, into this entry or another.
    pub push: Signal<In, Bit>,
    /// It goes into this entry.
    pub load: Signal<In, Bit>,
    pub load_first: Signal<In, Bit>,
    pub load_old: Signal<In, Bit>,
    pub id: Signal<In, Bits<ID_BITS>>,
    pub in_context: Signal<In, Bit>,
    pub owner: Signal<In, Bits<CONTEXT_BITS>>,
    pub mark: Signal<In, TlbCommand>,
    pub response_id: Signal<In, Bits<ID_BITS>>,
    pub set_error: Signal<In, Bit>,
    pub set_done: Signal<In, Bit>,
    pub set_malformed: Signal<In, Bit>,
    pub remove: Signal<In, Bit>,
    /// Its predecessor goes.
    pub promote: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    /// It has `id`: the one of the transaction that is issued, if any.
    pub same: Signal<Out, Bit>,
    pub last: Signal<Out, Bit>,
    pub is_response: Signal<Out, Bit>,
    pub error: Signal<Out, Bit>,
    pub open: Signal<Out, Bit>,
    pub malformed: Signal<Out, Bit>,
    /// A synchronisation begins that it is from before.
    pub marked: Signal<Out, Bit>,
    /// It is from before a synchronisation.
    pub waits: Signal<Out, Bit>,
    /// It belongs to `waits_context`.
    pub waits_in_context: Signal<Out, Bit>,
    pub waits_context: Signal<Out, Bits<CONTEXT_BITS>>,
    held: Reg<Bit>,
    held_id: Reg<Bits<ID_BITS>>,
    /// Oldest of its ID.
    is_first: Reg<Bit>,
    /// Youngest of its ID.
    is_last: Reg<Bit>,
    held_in_context: Reg<Bit>,
    held_context: Reg<Bits<CONTEXT_BITS>>,
    /// Was decided before the last synchronisation of its context began.
    old: Reg<Bit>,
    /// A beat of its response was SLVERR or DECERR.
    erred: Reg<Bit>,
    /// Its last W beat has not been passed on.
    awaits_data: Reg<Bit>,
    /// WLAST did not come where AWLEN said.
    bad: Reg<Bit>,
}

impl Logic for OutstandingEntry {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            held,
            held_id,
            is_first,
            is_last,
            held_in_context,
            held_context,
            old,
            erred,
            awaits_data,
            bad
        );
        self.held.reset.next = self.reset.val();
        self.held_id.reset.next = self.reset.val();
        self.is_first.reset.next = self.reset.val();
        self.is_last.reset.next = self.reset.val();
        self.held_in_context.reset.next = self.reset.val();
        self.held_context.reset.next = self.reset.val();
        self.old.reset.next = self.reset.val();
        self.erred.reset.next = self.reset.val();
        self.awaits_data.reset.next = self.reset.val();
        self.bad.reset.next = self.reset.val();

        self.valid.next = self.held.q.val();
        self.same.next = self.held.q.val() & (self.held_id.q.val() == self.id.val());
        self.last.next = self.is_last.q.val();
        self.is_response.next = self.held.q.val()
            & self.is_first.q.val()
            & (self.held_id.q.val() == self.response_id.val());
        self.error.next = self.erred.q.val();
        self.open.next = self.awaits_data.q.val();
        self.malformed.next = self.bad.q.val();
        self.waits.next = self.held.q.val() & self.old.q.val();
        self.waits_in_context.next =
            self.held.q.val() & self.old.q.val() & self.held_in_context.q.val();
        self.waits_context.next = self.held_context.q.val();
        self.marked.next = self.held.q.val()
            & self.mark.val().sync
            & (!self.mark.val().by_context
                | (self.held_in_context.q.val()
                    & (self.held_context.q.val() == self.mark.val().context)));

        if self.marked.val() {
            self.old.d.next = true;
        }
        if self.set_error.val() {
            self.erred.d.next = true;
        }
        if self.set_done.val() {
            self.awaits_data.d.next = false;
            self.bad.d.next = self.set_malformed.val();
        }
        if self.promote.val() {
            self.is_first.d.next = true;
        }
        if self.push.val() & self.same.val() {
            self.is_last.d.next = false;
        }
        if self.remove.val() {
            self.held.d.next = false;
        }
        if self.load.val() {
            self.held.d.next = true;
            self.held_id.d.next = self.id.val();
            self.is_first.d.next = self.load_first.val();
            self.is_last.d.next = true;
            self.held_in_context.d.next = self.in_context.val();
            self.held_context.d.next = self.owner.val();
            self.old.d.next = self.load_old.val();
            self.erred.d.next = false;
            self.awaits_data.d.next = self.write.val();
            self.bad.d.next = false;
        }
    }
}

/// The outstanding transactions of one direction.
///
/// The last beat of a response ends the transaction that it answers: the oldest of its ID. If it
/// failed, its entry stays until its fault has been taken, and until then no response may pass.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct OutstandingTable {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// A write path, wired.
    pub write: Signal<In, Bit>,
    /// A transaction is issued; the parent knows that there is room.
    pub push: Signal<In, Bit>,
    pub incoming: Signal<In, Outstanding>,
    /// One cycle: an entry becomes free.
    pub removed: Signal<Out, Bit>,
    /// A response beat passes; not while `late_valid`.
    pub response: Signal<In, Bit>,
    pub response_id: Signal<In, Bits<ID_BITS>>,
    pub response_error: Signal<In, Bit>,
    pub response_last: Signal<In, Bit>,
    /// Combinational, of the transaction that `response_id` answers.
    pub answered_malformed: Signal<Out, Bit>,
    /// It still has W beats to come.
    pub answered_open: Signal<Out, Bit>,
    /// The oldest transaction whose W beats are not done has had its last one.
    pub data_done: Signal<In, Bit>,
    pub data_malformed: Signal<In, Bit>,
    /// A transaction failed; stays until `late_ready`.
    pub late_valid: Signal<Out, Bit>,
    pub late_ready: Signal<In, Bit>,
    pub late: Signal<Out, Outstanding>,
    /// It failed because its master malformed it.
    pub late_malformed: Signal<Out, Bit>,
    pub query_id: Signal<In, Bits<ID_BITS>>,
    /// Some outstanding transaction has `query_id`; valid while not `push`.
    pub query_busy: Signal<Out, Bit>,
    pub mark: Signal<In, TlbCommand>,
    /// Contexts whose synchronisation still waits for a transaction.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    pub waits_any: Signal<Out, Bit>,
    entry: [OutstandingEntry; OUTSTANDING],
    what: LutRam<Outstanding, ENTRY_BITS>,
    link: LutRam<Bits<ENTRY_BITS>, ENTRY_BITS>,
    order: LutRam<Bits<ENTRY_BITS>, ENTRY_BITS>,
    order_in: Reg<Bits<ENTRY_BITS>>,
    order_out: Reg<Bits<ENTRY_BITS>>,
    /// Contexts whose synchronisation goes on. The entries are scanned, one a cycle, and a context is
    /// done when none of its was old in a whole scan.
    syncing: Reg<Bits<CONTEXTS>>,
    scan: Reg<Bits<ENTRY_BITS>>,
    /// Contexts of which the scan has seen an old entry.
    found: Reg<Bits<CONTEXTS>>,
    /// Contexts whose synchronisation began during the scan.
    fresh: Reg<Bits<CONTEXTS>>,
    late_pending: Reg<Bit>,
    late_entry: Reg<Bits<ENTRY_BITS>>,
    late_bad: Reg<Bit>,
    key: Signal<Local, Bits<ID_BITS>>,
    place: Signal<Local, Bits<ENTRY_BITS>>,
    tail: Signal<Local, Bits<ENTRY_BITS>>,
    behind: Signal<Local, Bit>,
    answered: Signal<Local, Bits<ENTRY_BITS>>,
    error: Signal<Local, Bit>,
    malformed: Signal<Local, Bit>,
    open: Signal<Local, Bit>,
    failed: Signal<Local, Bit>,
    ended: Signal<Local, Bit>,
    remove: Signal<Local, Bit>,
    removal: Signal<Local, Bits<ENTRY_BITS>>,
    removes_last: Signal<Local, Bit>,
    promotes: Signal<Local, Bit>,
    busy: Signal<Local, Bit>,
    any_old: Signal<Local, Bit>,
    one: Signal<Local, Bits<CONTEXTS>>,
    old: Signal<Local, Bit>,
    any_marked: Signal<Local, Bit>,
    scanned: Signal<Local, Bit>,
    scanned_context: Signal<Local, Bits<CONTEXT_BITS>>,
    seen: Signal<Local, Bits<CONTEXTS>>,
    begins: Signal<Local, Bits<CONTEXTS>>,
}

impl Logic for OutstandingTable {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            order_in,
            order_out,
            syncing,
            scan,
            found,
            fresh,
            late_pending,
            late_entry,
            late_bad
        );
        self.order_in.reset.next = self.reset.val();
        self.order_out.reset.next = self.reset.val();
        self.syncing.reset.next = self.reset.val();
        self.scan.reset.next = self.reset.val();
        self.found.reset.next = self.reset.val();
        self.fresh.reset.next = self.reset.val();
        self.late_pending.reset.next = self.reset.val();
        self.late_entry.reset.next = self.reset.val();
        self.late_bad.reset.next = self.reset.val();

        // The transaction that the response answers.
        self.answered.next = 0.into();
        self.error.next = false;
        self.malformed.next = false;
        self.open.next = false;
        for i in 0..OUTSTANDING {
            if self.entry[i].is_response.val() {
                self.answered.next = self.answered.val() | i.to_bits();
                self.error.next = self.error.val() | self.entry[i].error.val();
                self.malformed.next = self.malformed.val() | self.entry[i].malformed.val();
                self.open.next = self.open.val() | self.entry[i].open.val();
            }
        }
        self.answered_malformed.next = self.malformed.val();
        self.answered_open.next = self.open.val();
        self.ended.next = self.response.val() & self.response_last.val();
        self.failed.next = self.ended.val()
            & (self.error.val() | self.response_error.val() | self.malformed.val());
        if self.late_ready.val() {
            self.late_pending.d.next = false;
        }
        if self.failed.val() {
            self.late_pending.d.next = true;
            self.late_entry.d.next = self.answered.val();
            self.late_bad.d.next = self.malformed.val();
        }
        self.late_valid.next = self.late_pending.q.val();
        self.late_malformed.next = self.late_bad.q.val();

        // Removal.
        self.remove.next = (self.ended.val() & !self.failed.val())
            | (self.late_pending.q.val() & self.late_ready.val());
        self.removal.next = self.answered.val();
        if self.late_pending.q.val() {
            self.removal.next = self.late_entry.q.val();
        }
        self.removed.next = self.remove.val();
        self.removes_last.next = false;
        for i in 0..OUTSTANDING {
            if self.removal.val() == i.to_bits() {
                self.removes_last.next = self.removes_last.val() | self.entry[i].last.val();
            }
        }
        self.promotes.next = self.remove.val() & !self.removes_last.val();

        // Issue.
        self.key.next = self.query_id.val();
        if self.push.val() {
            self.key.next = self.incoming.val().id;
        }
        self.place.next = 0.into();
        self.tail.next = 0.into();
        self.behind.next = false;
        self.busy.next = false;
        self.any_old.next = false;
        for i in 0..OUTSTANDING {
            if !self.entry[i].valid.val() {
                self.place.next = i.to_bits();
            }
            if self.entry[i].same.val() & self.entry[i].last.val() {
                self.tail.next = self.tail.val() | i.to_bits();
                self.behind.next = true;
            }
            self.busy.next = self.busy.val() | self.entry[i].same.val();
            self.any_old.next = self.any_old.val() | self.entry[i].waits.val();
        }
        if self.remove.val() & (self.removal.val() == self.tail.val()) {
            self.behind.next = false;
        }
        self.query_busy.next = self.busy.val();
        // What is issued was decided in the cycle before, so before a mark that comes now.
        self.old.next = self.push.val()
            & self.mark.val().sync
            & (!self.mark.val().by_context
                | (self.incoming.val().in_context
                    & (self.incoming.val().context == self.mark.val().context)));
        for i in 0..OUTSTANDING {
            self.entry[i].clock.next = self.clock.val();
            self.entry[i].reset.next = self.reset.val();
            self.entry[i].write.next = self.write.val();
            self.entry[i].push.next = self.push.val();
            self.entry[i].load.next = self.push.val() & (self.place.val() == i.to_bits());
            self.entry[i].load_first.next = !self.behind.val();
            self.entry[i].load_old.next = self.old.val();
            self.entry[i].in_context.next = self.incoming.val().in_context;
            self.entry[i].owner.next = self.incoming.val().context;
            self.entry[i].id.next = self.key.val();
            self.entry[i].mark.next = self.mark.val();
            self.entry[i].response_id.next = self.response_id.val();
            self.entry[i].set_error.next = self.entry[i].is_response.val()
                & self.response.val()
                & self.response_error.val()
                & !self.response_last.val();
            self.entry[i].set_done.next =
                self.data_done.val() & (self.order.read_data.val() == i.to_bits());
            self.entry[i].set_malformed.next = self.data_malformed.val();
            self.entry[i].remove.next = self.remove.val() & (self.removal.val() == i.to_bits());
            self.entry[i].promote.next =
                self.promotes.val() & (self.link.read_data.val() == i.to_bits());
        }

        // Memories.
        self.what.clock.next = self.clock.val();
        self.what.write.next = self.push.val();
        self.what.write_address.next = self.place.val();
        self.what.write_data.next = self.incoming.val();
        self.what.read_address.next = self.late_entry.q.val();
        self.late.next = self.what.read_data.val();
        self.link.clock.next = self.clock.val();
        self.link.write.next = self.push.val() & self.behind.val();
        self.link.write_address.next = self.tail.val();
        self.link.write_data.next = self.place.val();
        self.link.read_address.next = self.removal.val();
        self.order.clock.next = self.clock.val();
        self.order.write.next = self.push.val();
        self.order.write_address.next = self.order_in.q.val();
        self.order.write_data.next = self.place.val();
        self.order.read_address.next = self.order_out.q.val();
        if self.push.val() {
            self.order_in.d.next = self.order_in.q.val() + 1;
        }
        if self.data_done.val() {
            self.order_out.d.next = self.order_out.q.val() + 1;
        }

        // Synchronisation.
        self.one.next = 1.into();
        self.any_marked.next = self.old.val();
        self.scanned.next = false;
        self.scanned_context.next = 0.into();
        for i in 0..OUTSTANDING {
            self.any_marked.next = self.any_marked.val() | self.entry[i].marked.val();
            if self.scan.q.val() == i.to_bits() {
                self.scanned.next = self.entry[i].waits_in_context.val();
                self.scanned_context.next = self.entry[i].waits_context.val();
            }
        }
        self.seen.next = self.found.q.val();
        if self.scanned.val() {
            self.seen.next = self.found.q.val() | (self.one.val() << self.scanned_context.val());
        }
        self.begins.next = 0.into();
        if self.any_marked.val() & self.mark.val().by_context {
            self.begins.next = self.one.val() << self.mark.val().context;
        }
        self.scan.d.next = self.scan.q.val() + 1;
        self.found.d.next = self.seen.val();
        self.fresh.d.next = self.fresh.q.val() | self.begins.val();
        self.syncing.d.next = self.syncing.q.val() | self.begins.val();
        if self.scan.q.val().all() {
            self.found.d.next = 0.into();
            self.fresh.d.next = self.begins.val();
            self.syncing.d.next =
                (self.syncing.q.val() & (self.seen.val() | self.fresh.q.val())) | self.begins.val();
        }
        self.waits.next = 0.into();
        if self.any_old.val() {
            self.waits.next = self.syncing.q.val();
        }
        self.waits_any.next = self.any_old.val();
    }
}
