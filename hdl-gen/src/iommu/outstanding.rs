//! The transactions outstanding to memory.
//!
//! An entry stays where it is. Those of one ID are a chain, oldest first: `first` marks the oldest,
//! which the next response answers, `last` the youngest, and each but the first knows its predecessor.
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
    /// A transaction is issued, into this entry or another.
    pub push: Signal<In, Bit>,
    /// It goes into this entry.
    pub load: Signal<In, Bit>,
    pub load_first: Signal<In, Bit>,
    pub load_old: Signal<In, Bit>,
    pub id: Signal<In, Bits<ID_BITS>>,
    pub in_context: Signal<In, Bit>,
    pub owner: Signal<In, Bits<CONTEXT_BITS>>,
    /// A synchronisation begins, of all transactions or those of the context `key`.
    pub sync: Signal<In, Bit>,
    pub sync_all: Signal<In, Bit>,
    /// Context that is looked at.
    pub key: Signal<In, Bits<CONTEXT_BITS>>,
    pub response_id: Signal<In, Bits<ID_BITS>>,
    /// The response is an error, but not yet over.
    pub set_error: Signal<In, Bit>,
    pub set_malformed: Signal<In, Bit>,
    /// The response is over: the entry that it answers goes, which is `removed`.
    pub ends: Signal<In, Bit>,
    pub removed: Signal<In, Bits<ENTRY_BITS>>,
    /// Youngest entry with the ID of the transaction that is issued.
    pub tail: Signal<In, Bits<ENTRY_BITS>>,
    pub valid: Signal<Out, Bit>,
    /// It has `id`: the one of the transaction that is issued, if any.
    pub same: Signal<Out, Bit>,
    /// It has `id`, and none that came later has.
    pub last: Signal<Out, Bit>,
    /// And it does not go.
    pub stays: Signal<Out, Bit>,
    pub is_response: Signal<Out, Bit>,
    pub error: Signal<Out, Bit>,
    pub malformed: Signal<Out, Bit>,
    /// It is from before a synchronisation.
    pub waits: Signal<Out, Bit>,
    /// And belongs to the context `key`.
    pub waits_for_key: Signal<Out, Bit>,
    held: Reg<Bit>,
    held_id: Reg<Bits<ID_BITS>>,
    predecessor: Reg<Bits<ENTRY_BITS>>,
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
    /// WLAST did not come where AWLEN said.
    bad: Reg<Bit>,
    is_same: Signal<Local, Bit>,
    answers: Signal<Local, Bit>,
    goes: Signal<Local, Bit>,
    of_key: Signal<Local, Bit>,
}

impl Logic for OutstandingEntry {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            held,
            held_id,
            predecessor,
            is_first,
            is_last,
            held_in_context,
            held_context,
            old,
            erred,
            bad
        );
        self.held.reset.next = self.reset.val();
        self.held_id.reset.next = self.reset.val();
        self.predecessor.reset.next = self.reset.val();
        self.is_first.reset.next = self.reset.val();
        self.is_last.reset.next = self.reset.val();
        self.held_in_context.reset.next = self.reset.val();
        self.held_context.reset.next = self.reset.val();
        self.old.reset.next = self.reset.val();
        self.erred.reset.next = self.reset.val();
        self.bad.reset.next = self.reset.val();

        self.valid.next = self.held.q.val();
        self.is_same.next = self.held.q.val() & (self.held_id.q.val() == self.id.val());
        self.same.next = self.is_same.val();
        self.last.next = self.is_same.val() & self.is_last.q.val();
        self.answers.next = self.held.q.val()
            & self.is_first.q.val()
            & (self.held_id.q.val() == self.response_id.val());
        self.is_response.next = self.answers.val();
        self.goes.next = self.ends.val() & self.answers.val();
        self.stays.next = self.is_same.val() & self.is_last.q.val() & !self.goes.val();
        self.error.next = self.erred.q.val();
        self.malformed.next = self.held.q.val() & self.bad.q.val();
        self.waits.next = self.held.q.val() & self.old.q.val();
        self.of_key.next =
            self.held_in_context.q.val() & (self.held_context.q.val() == self.key.val());
        self.waits_for_key.next = self.held.q.val() & self.old.q.val() & self.of_key.val();

        // What an entry that is not held learns does not matter.
        if self.sync_all.val() | (self.sync.val() & self.of_key.val()) {
            self.old.d.next = true;
        }
        if self.answers.val() & self.set_error.val() {
            self.erred.d.next = true;
        }
        if self.set_malformed.val() {
            self.bad.d.next = true;
        }
        if self.ends.val() & (self.removed.val() == self.predecessor.q.val()) {
            self.is_first.d.next = true;
        }
        if self.push.val() & self.is_same.val() {
            self.is_last.d.next = false;
        }
        if self.goes.val() {
            self.held.d.next = false;
        }
        if self.load.val() {
            self.held.d.next = true;
            self.held_id.d.next = self.id.val();
            self.predecessor.d.next = self.tail.val();
            self.is_first.d.next = self.load_first.val();
            self.is_last.d.next = true;
            self.held_in_context.d.next = self.in_context.val();
            self.held_context.d.next = self.owner.val();
            self.old.d.next = self.load_old.val();
            self.erred.d.next = false;
            self.bad.d.next = false;
        }
    }
}

/// The outstanding transactions of one direction.
///
/// The last beat of a response ends the transaction that it answers: the oldest of its ID. It is
/// looked at a cycle after it passed. If it failed, its fault is kept until that has been taken, and
/// until then no response may pass but one that the master has seen by then: that one is kept too.
///
/// ```text
///            cycle   0        1        2        3
/// response         ‾‾\__
/// is_response, removed      ‾‾‾\__
/// blocked (if it failed)             ‾‾‾‾‾‾‾‾‾‾‾‾‾‾\__   (until the fault is taken)
/// late_valid                                  ‾‾‾‾‾\__
/// ```
///
/// A write's response must not pass before its master's WLAST, and is an error if that came at the
/// wrong beat. While some write is malformed, each response waits until that has been looked up:
///
/// ```text
///            cycle   0        1        2
/// offered          ‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\__
/// asked                    ‾‾‾‾‾‾‾‾‾‾‾‾‾‾\__
/// blocked          ‾‾‾‾‾‾‾‾‾‾‾‾‾‾\__
/// malformed                          ‾‾‾\__
/// ```
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct OutstandingTable {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// Of writes, wired: a response is one beat.
    pub write: Signal<In, Bit>,
    /// A transaction is issued; the parent knows that there is room.
    pub push: Signal<In, Bit>,
    pub incoming: Signal<In, Outstanding>,
    /// One cycle: an entry becomes free.
    pub removed: Signal<Out, Bit>,
    /// Memory has a response beat; as in AXI, it stays until it passes.
    pub offered: Signal<In, Bit>,
    /// It passes.
    pub response: Signal<In, Bit>,
    pub response_id: Signal<In, Bits<ID_BITS>>,
    pub response_error: Signal<In, Bit>,
    pub response_last: Signal<In, Bit>,
    /// It may not pass, unless the master has seen it. From registers, as is `malformed`.
    pub blocked: Signal<Out, Bit>,
    /// The transaction that it answers was malformed.
    pub malformed: Signal<Out, Bit>,
    /// The oldest transaction whose W beats are not done has had its last one.
    pub data_done: Signal<In, Bit>,
    pub data_malformed: Signal<In, Bit>,
    /// Memory has had all its W beats, but WLAST has not come.
    pub data_late: Signal<In, Bit>,
    /// A transaction failed; stays until `late_ready`.
    pub late_valid: Signal<Out, Bit>,
    pub late_ready: Signal<In, Bit>,
    pub late: Signal<Out, Outstanding>,
    /// It failed because its master malformed it.
    pub late_malformed: Signal<Out, Bit>,
    /// Some outstanding transaction has the ID that `incoming` had in the last cycle.
    pub busy: Signal<Out, Bit>,
    pub mark: Signal<In, TlbCommand>,
    /// Contexts whose synchronisation waits for a transaction; or did some cycles ago, while those of
    /// others wait.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    pub waits_any: Signal<Out, Bit>,
    entry: [OutstandingEntry; OUTSTANDING],
    what: LutRam<Outstanding, ENTRY_BITS>,
    order: LutRam<Bits<ENTRY_BITS>, ENTRY_BITS>,
    /// What was issued, or queried, in the last cycle.
    pushing: Reg<Bit>,
    burst: Reg<Outstanding>,
    /// A synchronisation began in that cycle.
    burst_old: Reg<Bit>,
    order_in: Reg<Bits<ENTRY_BITS>>,
    order_out: Reg<Bits<ENTRY_BITS>>,
    /// The response beat that passed last.
    passed: Reg<Bit>,
    passed_id: Reg<Bits<ID_BITS>>,
    passed_error: Reg<Bit>,
    passed_last: Reg<Bit>,
    /// `passed_id` is that of the beat which memory has.
    asked: Reg<Bit>,
    /// It has been looked up.
    known: Reg<Bit>,
    known_late: Reg<Bit>,
    known_bad: Reg<Bit>,
    /// Contexts whose synchronisation goes on. They are looked at in turn, and a context is done when
    /// none of its transactions is old, and no fault waits.
    syncing: Reg<Bits<CONTEXTS>>,
    scan: Reg<Bits<CONTEXT_BITS>>,
    /// A transaction failed. A cycle later, before its entry is another's, what it was is `held`.
    late_pending: Reg<Bit>,
    late_entry: Reg<Bits<ENTRY_BITS>>,
    late_bad: Reg<Bit>,
    late_held: Reg<Bit>,
    held: Reg<Outstanding>,
    place: Signal<Local, Bits<ENTRY_BITS>>,
    tail: Signal<Local, Bits<ENTRY_BITS>>,
    behind: Signal<Local, Bit>,
    looks: Signal<Local, Bit>,
    any_answered: Signal<Local, Bit>,
    answered: Signal<Local, Bits<ENTRY_BITS>>,
    error: Signal<Local, Bit>,
    is_malformed: Signal<Local, Bit>,
    any_malformed: Signal<Local, Bit>,
    ended: Signal<Local, Bit>,
    is_busy: Signal<Local, Bit>,
    any_old: Signal<Local, Bit>,
    sync_all: Signal<Local, Bit>,
    key: Signal<Local, Bits<CONTEXT_BITS>>,
    of_key: Signal<Local, Bit>,
    any_of_key: Signal<Local, Bit>,
    goes_on: Signal<Local, Bits<CONTEXTS>>,
}

impl Logic for OutstandingTable {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            pushing,
            burst,
            burst_old,
            order_in,
            order_out,
            passed,
            passed_id,
            passed_error,
            passed_last,
            asked,
            known,
            known_late,
            known_bad,
            syncing,
            scan,
            late_pending,
            late_entry,
            late_bad,
            late_held,
            held
        );
        self.pushing.reset.next = self.reset.val();
        self.burst.reset.next = self.reset.val();
        self.burst_old.reset.next = self.reset.val();
        self.order_in.reset.next = self.reset.val();
        self.order_out.reset.next = self.reset.val();
        self.passed.reset.next = self.reset.val();
        self.passed_id.reset.next = self.reset.val();
        self.passed_error.reset.next = self.reset.val();
        self.passed_last.reset.next = self.reset.val();
        self.asked.reset.next = self.reset.val();
        self.known.reset.next = self.reset.val();
        self.known_late.reset.next = self.reset.val();
        self.known_bad.reset.next = self.reset.val();
        self.syncing.reset.next = self.reset.val();
        self.scan.reset.next = self.reset.val();
        self.late_pending.reset.next = self.reset.val();
        self.late_entry.reset.next = self.reset.val();
        self.late_bad.reset.next = self.reset.val();
        self.late_held.reset.next = self.reset.val();
        self.held.reset.next = self.reset.val();

        // The transaction that the response answers. One that passes while another's fault waits is kept.
        self.looks.next = !self.late_pending.q.val() | !self.passed.q.val();
        self.asked.d.next = self.offered.val() & !self.response.val() & self.looks.val();
        if self.looks.val() {
            self.passed.d.next = self.response.val();
            self.passed_id.d.next = self.response_id.val();
            self.passed_error.d.next = self.response_error.val();
            self.passed_last.d.next = self.response_last.val();
        }
        self.any_answered.next = false;
        self.answered.next = 0.into();
        self.error.next = false;
        self.is_malformed.next = false;
        self.any_malformed.next = false;
        for i in 0..OUTSTANDING {
            if self.entry[i].is_response.val() {
                self.any_answered.next = true;
                self.answered.next = self.answered.val() | i.to_bits();
                self.error.next = self.error.val() | self.entry[i].error.val();
                self.is_malformed.next = self.is_malformed.val() | self.entry[i].malformed.val();
            }
            self.any_malformed.next = self.any_malformed.val() | self.entry[i].malformed.val();
        }
        self.ended.next =
            self.passed.q.val() & self.passed_last.q.val() & !self.late_pending.q.val();
        if !self.late_held.q.val() {
            self.held.d.next = self.what.read_data.val();
        }
        self.late_held.d.next = self.late_pending.q.val();
        if self.late_held.q.val() & self.late_ready.val() {
            self.late_held.d.next = false;
            self.late_pending.d.next = false;
        }
        if self.ended.val()
            & (self.error.val() | self.passed_error.q.val() | self.is_malformed.val())
        {
            self.late_pending.d.next = true;
        }
        if !self.late_pending.q.val() {
            self.late_entry.d.next = self.answered.val();
            self.late_bad.d.next = self.is_malformed.val();
        }
        self.late_valid.next = self.late_held.q.val();
        self.late_malformed.next = self.late_bad.q.val();
        self.late.next = self.held.q.val();

        // What memory offers may have to wait.
        self.known.d.next = self.asked.q.val() & !self.late_pending.q.val() & !self.response.val();
        if self.asked.q.val() & !self.late_pending.q.val() {
            self.known_late.d.next = self.data_late.val()
                & self.any_answered.val()
                & (self.order.read_data.val() == self.answered.val());
            self.known_bad.d.next = self.is_malformed.val();
        }
        if self.response.val() {
            self.known_bad.d.next = false;
        }
        self.blocked.next = self.late_pending.q.val()
            | ((self.data_late.val() | self.any_malformed.val())
                & (!self.known.q.val() | self.known_late.q.val()));
        self.malformed.next = self.known_bad.q.val();

        self.removed.next = self.ended.val();

        // Issue, a cycle late: no response is looked at before.
        self.pushing.d.next = self.push.val();
        self.burst.d.next = self.incoming.val();
        self.place.next = 0.into();
        self.tail.next = 0.into();
        self.behind.next = false;
        self.is_busy.next = false;
        for i in 0..OUTSTANDING {
            if !self.entry[i].valid.val() {
                self.place.next = i.to_bits();
            }
            if self.entry[i].last.val() {
                self.tail.next = self.tail.val() | i.to_bits();
            }
            self.behind.next = self.behind.val() | self.entry[i].stays.val();
            self.is_busy.next = self.is_busy.val() | self.entry[i].same.val();
        }
        self.busy.next = self.is_busy.val();

        // Synchronisation. What is issued was decided in the cycle before, so before a mark that comes now.
        self.sync_all.next = self.mark.val().sync & !self.mark.val().by_context;
        self.key.next = self.scan.q.val();
        if self.mark.val().sync {
            self.key.next = self.mark.val().context;
        }
        self.burst_old.d.next = self.sync_all.val()
            | (self.mark.val().sync
                & self.incoming.val().in_context
                & (self.incoming.val().context == self.mark.val().context));
        self.of_key.next =
            self.burst.q.val().in_context & (self.burst.q.val().context == self.key.val());
        self.any_old.next =
            self.late_pending.q.val() | (self.pushing.q.val() & self.burst_old.q.val());
        self.any_of_key.next = self.late_pending.q.val()
            | (self.pushing.q.val() & self.burst_old.q.val() & self.of_key.val());
        for i in 0..OUTSTANDING {
            self.any_old.next = self.any_old.val() | self.entry[i].waits.val();
            self.any_of_key.next = self.any_of_key.val() | self.entry[i].waits_for_key.val();
        }
        self.scan.d.next = self.scan.q.val() + 1;
        self.goes_on.next = self.syncing.q.val();
        for i in 0..CONTEXTS {
            if (self.key.val() == i.to_bits()) & !self.sync_all.val() {
                self.goes_on.next = self.goes_on.val().replace_bit(
                    i,
                    self.mark.val().sync
                        | (self.any_of_key.val() & self.syncing.q.val().get_bit(i)),
                );
            }
        }
        self.syncing.d.next = self.goes_on.val();
        self.waits.next = 0.into();
        if self.any_old.val() {
            self.waits.next = self.syncing.q.val();
        }
        self.waits_any.next = self.any_old.val();

        for i in 0..OUTSTANDING {
            self.entry[i].clock.next = self.clock.val();
            self.entry[i].reset.next = self.reset.val();
            self.entry[i].push.next = self.pushing.q.val();
            self.entry[i].load.next = self.pushing.q.val() & (self.place.val() == i.to_bits());
            self.entry[i].load_first.next = !self.behind.val();
            self.entry[i].load_old.next = self.burst_old.q.val()
                | self.sync_all.val()
                | (self.mark.val().sync & self.of_key.val());
            self.entry[i].in_context.next = self.burst.q.val().in_context;
            self.entry[i].owner.next = self.burst.q.val().context;
            self.entry[i].id.next = self.burst.q.val().id;
            self.entry[i].tail.next = self.tail.val();
            self.entry[i].sync.next = self.mark.val().sync;
            self.entry[i].sync_all.next = self.sync_all.val();
            self.entry[i].key.next = self.key.val();
            self.entry[i].response_id.next = self.passed_id.q.val();
            self.entry[i].set_error.next =
                self.passed.q.val() & self.passed_error.q.val() & !self.write.val();
            self.entry[i].set_malformed.next = self.data_done.val()
                & self.data_malformed.val()
                & (self.order.read_data.val() == i.to_bits());
            self.entry[i].ends.next = self.ended.val();
            self.entry[i].removed.next = self.answered.val();
        }

        // Memories.
        self.what.clock.next = self.clock.val();
        self.what.write.next = self.pushing.q.val();
        self.what.write_address.next = self.place.val();
        self.what.write_data.next = self.burst.q.val();
        self.what.read_address.next = self.late_entry.q.val();
        self.order.clock.next = self.clock.val();
        self.order.write.next = self.pushing.q.val();
        self.order.write_address.next = self.order_in.q.val();
        self.order.write_data.next = self.place.val();
        self.order.read_address.next = self.order_out.q.val();
        if self.pushing.q.val() {
            self.order_in.d.next = self.order_in.q.val() + 1;
        }
        if self.data_done.val() {
            self.order_out.d.next = self.order_out.q.val() + 1;
        }
    }
}
