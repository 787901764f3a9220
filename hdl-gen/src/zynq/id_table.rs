//! Which AXI3 ID stands for which AXI4 ID, and which of its bursts are the ends of long ones.

use rust_hdl::prelude::*;

use super::types::*;
use crate::prim::{LutRam, Reg};

/// One AXI3 ID.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct IdEntry {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// AXI4 ID that is looked up.
    pub id: Signal<In, Bits<8>>,
    /// It stands for `id`.
    pub same: Signal<Out, Bit>,
    /// It stands for no ID, and is not the spare one.
    pub free: Signal<Out, Bit>,
    /// The table chooses a spare entry: whether it is this.
    pub refill: Signal<In, Bit>,
    pub refilled: Signal<In, Bit>,
    /// It is the one for the next ID that no entry stands for.
    pub spare: Signal<Out, Bit>,
    /// The ID looked up is that of the bursts that are sent next.
    pub take: Signal<In, Bit>,
    /// Some entry stands for it.
    pub matched: Signal<In, Bit>,
    /// The bursts sent next have this entry.
    pub current: Signal<Out, Bit>,
    /// One of them is sent.
    pub push: Signal<In, Bit>,
    /// It is the last of them.
    pub push_final: Signal<In, Bit>,
    /// A burst of this entry has been answered.
    pub pop: Signal<In, Bit>,
    pub room: Signal<Out, Bit>,
    pub held: Signal<Out, Bits<8>>,
    /// Number of the burst that is sent next.
    pub youngest: Signal<Out, Bits<DEPTH_BITS>>,
    /// Number of the burst that is answered next.
    pub oldest: Signal<Out, Bits<DEPTH_BITS>>,
    held_id: Reg<Bits<8>>,
    chosen: Reg<Bit>,
    kept: Reg<Bit>,
    sent: Reg<Bits<DEPTH_BITS>>,
    answered: Reg<Bits<DEPTH_BITS>>,
    /// `sent` and `answered` differ.
    occupied: Reg<Bit>,
    /// By as much as they can.
    full: Reg<Bit>,
    used: Signal<Local, Bit>,
    hit: Signal<Local, Bit>,
    goes: Signal<Local, Bit>,
    after: Signal<Local, Bits<DEPTH_BITS>>,
    past: Signal<Local, Bits<DEPTH_BITS>>,
}

impl Logic for IdEntry {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_id, chosen, kept, sent, answered, occupied, full);
        self.held_id.reset.next = self.reset.val();
        self.chosen.reset.next = self.reset.val();
        self.kept.reset.next = self.reset.val();
        self.sent.reset.next = self.reset.val();
        self.answered.reset.next = self.reset.val();
        self.occupied.reset.next = self.reset.val();
        self.full.reset.next = self.reset.val();
        self.used.next = self.occupied.q.val() | self.chosen.q.val();
        self.hit.next = self.used.val() & (self.held_id.q.val() == self.id.val());
        self.same.next = self.hit.val();
        self.free.next = !self.used.val() & !self.kept.q.val();
        self.spare.next = self.kept.q.val();
        self.current.next = self.chosen.q.val();
        self.after.next = self.sent.q.val() + 1;
        self.past.next = self.answered.q.val() + 1;
        self.room.next = !self.full.q.val();
        self.held.next = self.held_id.q.val();
        self.youngest.next = self.sent.q.val();
        self.oldest.next = self.answered.q.val();

        self.goes.next = self.push.val() & self.chosen.q.val();
        if self.goes.val() {
            self.sent.d.next = self.after.val();
            if !self.pop.val() {
                self.occupied.d.next = true;
                self.full.d.next = self.after.val() + 1 == self.answered.q.val();
            }
        }
        if self.pop.val() {
            self.answered.d.next = self.past.val();
            if !self.goes.val() {
                self.occupied.d.next = self.sent.q.val() != self.past.val();
                self.full.d.next = false;
            }
        }
        if self.refill.val() {
            self.kept.d.next = self.refilled.val();
        }
        if self.push.val() & self.push_final.val() {
            self.chosen.d.next = false;
        }
        if self.take.val() {
            self.chosen.d.next = self.hit.val() | (!self.matched.val() & self.kept.q.val());
            // Whoever has it already has this ID.
            if self.kept.q.val() & !self.matched.val() {
                self.held_id.d.next = self.id.val();
            }
        }
    }
}

/// The AXI3 IDs of one direction.
///
/// While a burst of an AXI4 ID is outstanding, further ones get the same AXI3 ID, so that they are
/// answered in order; else a free one. An ID is looked up with `take`, and from the next cycle on until
/// the push of its last part its entry is `entry`, for as many bursts as it is cut into:
///
/// ```text
/// clock       _/-\_/-\_/-\_/-\_/-\_
/// id          =X a X b     X c X===
/// take        _/---\___/---\___
/// entry       =====X of a  X of b X
/// push        _____/-------\___
/// push_final  _________/---\___
/// ```
///
/// The entry for an ID that has none is chosen ahead. `final_answer` and `answer_id` follow `answer` in the
/// same cycle; all other outputs but `found` come from registers.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct IdTable {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// AXI4 ID of the burst that is to be sent next.
    pub id: Signal<In, Bits<8>>,
    /// There is an entry for it.
    pub found: Signal<Out, Bit>,
    /// It gets that; only while `found`, and not while parts of the one before are left.
    pub take: Signal<In, Bit>,
    /// AXI3 ID of the burst that was taken.
    pub entry: Signal<Out, Bits<ENTRY_BITS>>,
    /// There is room for a part of it.
    pub can: Signal<Out, Bit>,
    /// That is sent; only while `can`.
    pub push: Signal<In, Bit>,
    /// It is the end of the burst.
    pub push_final: Signal<In, Bit>,
    /// AXI3 ID of an answer.
    pub answer: Signal<In, Bits<ENTRY_BITS>>,
    /// The AXI4 ID that it stands for.
    pub answer_id: Signal<Out, Bits<8>>,
    /// The burst answered is the end of an AXI4 burst.
    pub final_answer: Signal<Out, Bit>,
    /// That burst has been answered.
    pub pop: Signal<In, Bit>,
    entries: [IdEntry; ENTRIES],
    ends: LutRam<Bits<1>, { ENTRY_BITS + DEPTH_BITS }>,
    matched: Signal<Local, Bit>,
    has_spare: Signal<Local, Bit>,
    has_free: Signal<Local, Bit>,
    freed: Signal<Local, Bits<ENTRY_BITS>>,
    refill: Signal<Local, Bit>,
    room: Signal<Local, Bit>,
    current: Signal<Local, Bits<ENTRY_BITS>>,
    number: Signal<Local, Bits<DEPTH_BITS>>,
    oldest: Signal<Local, Bits<DEPTH_BITS>>,
    stands_for: Signal<Local, Bits<8>>,
}

impl Logic for IdTable {
    #[hdl_gen]
    fn update(&mut self) {
        self.matched.next = false;
        self.has_spare.next = false;
        self.has_free.next = false;
        self.freed.next = 0.into();
        self.room.next = false;
        self.current.next = 0.into();
        self.number.next = 0.into();
        for i in 0..ENTRIES {
            self.matched.next = self.matched.val() | self.entries[i].same.val();
            self.has_spare.next = self.has_spare.val() | self.entries[i].spare.val();
            if self.entries[i].free.val() {
                self.has_free.next = true;
                self.freed.next = i.to_bits();
            }
            if self.entries[i].current.val() {
                self.room.next = self.room.val() | self.entries[i].room.val();
                self.current.next = self.current.val() | i.to_bits();
                self.number.next = self.number.val() | self.entries[i].youngest.val();
            }
        }
        self.found.next = self.matched.val() | self.has_spare.val();
        self.entry.next = self.current.val();
        self.can.next = self.room.val();
        self.refill.next = !self.has_spare.val() | (self.take.val() & !self.matched.val());

        self.oldest.next = 0.into();
        self.stands_for.next = 0.into();
        for i in 0..ENTRIES {
            if self.answer.val() == i.to_bits() {
                self.oldest.next = self.oldest.val() | self.entries[i].oldest.val();
                self.stands_for.next = self.stands_for.val() | self.entries[i].held.val();
            }
            self.entries[i].clock.next = self.clock.val();
            self.entries[i].reset.next = self.reset.val();
            self.entries[i].id.next = self.id.val();
            self.entries[i].refill.next = self.refill.val();
            self.entries[i].refilled.next = self.has_free.val() & (self.freed.val() == i.to_bits());
            self.entries[i].take.next = self.take.val();
            self.entries[i].matched.next = self.matched.val();
            self.entries[i].push.next = self.push.val();
            self.entries[i].push_final.next = self.push_final.val();
            self.entries[i].pop.next = self.pop.val() & (self.answer.val() == i.to_bits());
        }
        self.answer_id.next = self.stands_for.val();

        self.ends.clock.next = self.clock.val();
        self.ends.write.next = self.push.val();
        self.ends.write_address.next =
            (bit_cast::<7, 3>(self.current.val()) << 4) | bit_cast::<7, 4>(self.number.val());
        self.ends.write_data.next = 0.into();
        if self.push_final.val() {
            self.ends.write_data.next = 1.into();
        }
        self.ends.read_address.next =
            (bit_cast::<7, 3>(self.answer.val()) << 4) | bit_cast::<7, 4>(self.oldest.val());
        self.final_answer.next = self.ends.read_data.val().any();
    }
}
