//! The last stage of a lookup: from a translation to an answer.
//!
//! Combinational: access flag, domain and permission (ARM ARM DDI 0406C, B3.7), memory attributes, and
//! what a micro-TLB may keep of it.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use super::attributes::Attributes;
use super::codes::{AccessPermissions, FaultCodes};
use super::config::*;
use super::types::*;

/// What a lookup found, or what a walk ended with.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct Found {
    /// Who asked, as in [`Asker`].
    pub kind: Bits<2>,
    pub slot: Bits<SLOT_BITS>,
    pub stream: Bits<STREAM_BITS>,
    pub privileged: Bit,
    pub instruction: Bit,
    /// Nothing is checked but `status`: passes unchanged, or faults.
    pub direct: Bit,
    pub in_context: Bit,
    /// Ask again, whatever the rest says.
    pub retry: Bit,
    /// Wait for `walk`.
    pub waits: Bit,
    pub walk: Bits<WALK_BITS>,
    /// A walk began, which will answer.
    pub walks: Bit,
    /// A lookup that tells where the stream is.
    pub learns: Bit,
    pub sequential: Bit,
    /// A prefetched page, which goes to the main TLB.
    pub promotes: Bit,
    /// It is locked already.
    pub locked: Bit,
    pub status: Bits<5>,
    pub context: Bits<CONTEXT_BITS>,
    pub vpn: Bits<20>,
    pub not_global: Bit,
    pub large: Bits<3>,
    pub ppn: Bits<20>,
    pub ap: Bits<3>,
    pub xn: Bit,
    pub domain: Bits<4>,
    pub memory: Bits<5>,
}

/// Resolves what was found.
#[derive(LogicBlock, Default)]
pub struct Resolve {
    pub found: Signal<In, Found>,
    /// State of the context that `found` names.
    pub bank: Signal<In, Bank>,
    pub write: Signal<In, Bit>,
    /// This came out of date just now.
    pub flush: Signal<In, Bit>,
    /// Walks that wake those who wait for them.
    pub wake: Signal<In, Bits<WALKS>>,
    pub answer: Signal<Out, LookupAnswer>,
    /// Who may: bit {instruction, privileged}.
    pub allow: Signal<Out, Bits<4>>,
    attributes: Attributes,
    code: FaultCodes,
    perm: AccessPermissions,
    level1: Signal<Local, Bit>,
    ap: Signal<Local, Bits<3>>,
    anyone: Signal<Local, Bit>,
    privileged_only: Signal<Local, Bit>,
    select: Signal<Local, Bits<5>>,
    dacr: Signal<Local, Bits<32>>,
    access: Signal<Local, Bits<2>>,
    asks_for: Signal<Local, Bits<2>>,
    allowed: Signal<Local, Bits<4>>,
    status: Signal<Local, Bits<5>>,
    size: Signal<Local, Bits<3>>,
    vpn: Signal<Local, Bits<20>>,
    page: Signal<Local, Bits<20>>,
}

impl Logic for Resolve {
    #[hdl_gen]
    fn update(&mut self) {
        self.size.next = self.found.val().large;
        self.level1.next = self.size.val().get_bit(1);
        self.ap.next = self.found.val().ap;
        if self.bank.val().afe {
            // The simplified model: AP[0] is the access flag, AP[1] user, AP[2] read-only.
            self.ap.next = self.found.val().ap | 1;
        }
        if self.write.val() {
            self.anyone.next = self.ap.val() == self.perm.rw.val();
            self.privileged_only.next = (self.ap.val() == self.perm.priv_rw.val())
                | (self.ap.val() == self.perm.priv_rw_user_ro.val());
        } else {
            self.anyone.next = (self.ap.val() == self.perm.rw.val())
                | (self.ap.val() == self.perm.ro_old.val())
                | (self.ap.val() == self.perm.ro.val())
                | (self.ap.val() == self.perm.priv_rw_user_ro.val());
            self.privileged_only.next = (self.ap.val() == self.perm.priv_rw.val())
                | (self.ap.val() == self.perm.priv_ro.val());
        }
        self.select.next = bit_cast::<5, 4>(self.found.val().domain) << 1;
        self.dacr.next = self.bank.val().dacr;
        // Domain 1: client, 3: manager.
        self.access.next = self.dacr.val().get_bits::<2>(self.select.val().index());
        self.allowed.next = 0.into();
        if self.anyone.val() {
            self.allowed.next = 15.into();
        }
        if self.privileged_only.val() {
            self.allowed.next = 10.into();
        }
        if self.found.val().xn {
            self.allowed.next = self.allowed.val() & 3;
        }
        if self.access.val().get_bit(1) | self.found.val().direct {
            self.allowed.next = 15.into();
        }
        self.allow.next = self.allowed.val();
        self.asks_for.next = (bit_cast::<2, 1>(self.found.val().instruction.into()) << 1)
            | bit_cast::<2, 1>(self.found.val().privileged.into());

        self.status.next = 0.into();
        if !self.access.val().get_bit(0) {
            self.status.next = self.code.domain_l2.val();
            if self.level1.val() {
                self.status.next = self.code.domain_l1.val();
            }
        } else if !self.allowed.val().get_bit(self.asks_for.val().index()) {
            self.status.next = self.code.permission_l2.val();
            if self.level1.val() {
                self.status.next = self.code.permission_l1.val();
            }
        }
        if self.bank.val().afe & !self.found.val().ap.get_bit(0) {
            self.status.next = self.code.access_flag_l2.val();
            if self.level1.val() {
                self.status.next = self.code.access_flag_l1.val();
            }
        }
        if self.found.val().direct | self.found.val().status.any() {
            self.status.next = self.found.val().status;
        }

        self.vpn.next = self.found.val().vpn;
        self.page.next = self.found.val().ppn;
        if self.size.val().get_bit(0) {
            self.page.next = (self.page.val() & 0xFFFF0) | (self.vpn.val() & 0xF);
        }
        if self.size.val().get_bit(1) {
            self.page.next = (self.page.val() & 0xFFF0F) | (self.vpn.val() & 0xF0);
        }
        if self.size.val().get_bit(2) {
            self.page.next = (self.page.val() & 0xFF0FF) | (self.vpn.val() & 0xF00);
        }
        if self.found.val().direct {
            self.page.next = self.vpn.val();
        }
        self.attributes.memory.next = self.found.val().memory;
        self.attributes.write.next = self.write.val();

        self.answer.next.slot = self.found.val().slot;
        self.answer.next.walk = self.found.val().walk;
        self.answer.next.status = self.status.val();
        self.answer.next.in_context = self.found.val().in_context;
        self.answer.next.context = self.found.val().context;
        self.answer.next.page = self.page.val();
        self.answer.next.cache = self.attributes.cache.val();
        self.answer.next.keep_cache = self.found.val().direct | !self.bank.val().mtcfg;
        // What the master did wrong would be wrong again, and a context is switched off on purpose.
        self.answer.next.stall = self.found.val().in_context
            & self.bank.val().stall
            & (self.status.val() != self.code.illegal_burst.val())
            & (self.status.val() != self.code.context_disabled.val());
        self.answer.next.outcome = 0.into();
        if self.status.val().any() {
            self.answer.next.outcome = 1.into();
        }
        if self.found.val().waits {
            self.answer.next.outcome = 2.into();
        }
        if self.found.val().retry
            | (self.found.val().waits & self.wake.val().get_bit(self.found.val().walk.index()))
            | (self.flush.val() & !self.found.val().waits)
        {
            self.answer.next.outcome = 3.into();
        }
    }
}
