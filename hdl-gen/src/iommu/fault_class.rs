//! Kinds of faults, as FSR tells them apart.

use rust_hdl::prelude::*;

use super::codes::FaultCodes;

/// Which bit of FSR a fault status sets.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct FaultClass {
    pub status: Signal<In, Bits<5>>,
    pub translation: Signal<Out, Bit>,
    pub access_flag: Signal<Out, Bit>,
    pub permission: Signal<Out, Bit>,
    pub external: Signal<Out, Bit>,
    pub domain: Signal<Out, Bit>,
    pub illegal_burst: Signal<Out, Bit>,
    code: FaultCodes,
}

impl Logic for FaultClass {
    #[hdl_gen]
    fn update(&mut self) {
        self.translation.next = (self.status.val() == self.code.translation_l1.val())
            | (self.status.val() == self.code.translation_l2.val())
            | (self.status.val() == self.code.context_disabled.val());
        self.access_flag.next = (self.status.val() == self.code.access_flag_l1.val())
            | (self.status.val() == self.code.access_flag_l2.val());
        self.permission.next = (self.status.val() == self.code.permission_l1.val())
            | (self.status.val() == self.code.permission_l2.val());
        self.external.next = (self.status.val() == self.code.walk_abort_l1.val())
            | (self.status.val() == self.code.walk_abort_l2.val())
            | (self.status.val() == self.code.external_abort.val());
        self.domain.next = (self.status.val() == self.code.domain_l1.val())
            | (self.status.val() == self.code.domain_l2.val());
        self.illegal_burst.next = self.status.val() == self.code.illegal_burst.val();
    }
}
