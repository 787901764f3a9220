//! May this access use this translation? (ARM ARM DDI 0406C, B3.7)

use rust_hdl::prelude::*;

use super::codes::{AccessPermissions, FaultCodes};
use super::types::*;

/// Combinational check, in the architecture's order: access flag, domain, permission.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct PermissionCheck {
    pub translation: Signal<In, Translation>,
    pub afe: Signal<In, Bit>,
    pub dacr: Signal<In, Bits<32>>,
    pub write: Signal<In, Bit>,
    pub privileged: Signal<In, Bit>,
    pub instruction: Signal<In, Bit>,
    pub fault: Signal<Out, Bit>,
    /// 0 if there is no fault.
    pub status: Signal<Out, Bits<5>>,
    code: FaultCodes,
    perm: AccessPermissions,
    span: Signal<Local, Bits<3>>,
    level1: Signal<Local, Bit>,
    ap: Signal<Local, Bits<3>>,
    domain: Signal<Local, Bits<5>>,
    domain_access: Signal<Local, Bits<2>>,
    readable: Signal<Local, Bit>,
    writable: Signal<Local, Bit>,
    denied: Signal<Local, Bit>,
}

impl Logic for PermissionCheck {
    #[hdl_gen]
    fn update(&mut self) {
        self.span.next = self.translation.val().large;
        self.level1.next = self.span.val().get_bit(1);
        self.ap.next = self.translation.val().ap;
        if self.afe.val() {
            // The simplified model: AP[0] is the access flag, AP[1] user, AP[2] read-only.
            self.ap.next = self.translation.val().ap | 1;
        }
        self.readable.next = (self.ap.val() == self.perm.rw.val())
            | (self.ap.val() == self.perm.ro_old.val())
            | (self.ap.val() == self.perm.ro.val())
            | (self.ap.val() == self.perm.priv_rw_user_ro.val())
            | (self.privileged.val()
                & ((self.ap.val() == self.perm.priv_rw.val())
                    | (self.ap.val() == self.perm.priv_ro.val())));
        self.writable.next = (self.ap.val() == self.perm.rw.val())
            | (self.privileged.val()
                & ((self.ap.val() == self.perm.priv_rw.val())
                    | (self.ap.val() == self.perm.priv_rw_user_ro.val())));
        self.denied.next = (self.write.val() & !self.writable.val())
            | (!self.write.val() & !self.readable.val())
            | (self.instruction.val() & self.translation.val().xn);

        self.domain.next = bit_cast::<5, 4>(self.translation.val().domain) << 1;
        self.domain_access.next = self.dacr.val().get_bits::<2>(self.domain.val().index());

        self.status.next = 0.into();
        // Domain 1: client, 3: manager.
        if !self.domain_access.val().get_bit(0) {
            self.status.next = self.code.domain_l2.val();
            if self.level1.val() {
                self.status.next = self.code.domain_l1.val();
            }
        } else if !self.domain_access.val().get_bit(1) & self.denied.val() {
            self.status.next = self.code.permission_l2.val();
            if self.level1.val() {
                self.status.next = self.code.permission_l1.val();
            }
        }
        if self.afe.val() & !self.translation.val().ap.get_bit(0) {
            self.status.next = self.code.access_flag_l2.val();
            if self.level1.val() {
                self.status.next = self.code.access_flag_l1.val();
            }
        }
        self.fault.next = self.status.val().any();
    }
}
