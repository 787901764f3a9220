//! The constants of `vcm-regs` that kernels compare with.

use vcm_regs::{descriptor, fault};

use crate::words::constants;

constants! {
    /// Fault status codes.
    FaultCodes {
        access_flag_l1: 5 = fault::ACCESS_FLAG_L1;
        translation_l1: 5 = fault::TRANSLATION_L1;
        access_flag_l2: 5 = fault::ACCESS_FLAG_L2;
        translation_l2: 5 = fault::TRANSLATION_L2;
        external_abort: 5 = fault::EXTERNAL_ABORT;
        domain_l1: 5 = fault::DOMAIN_L1;
        domain_l2: 5 = fault::DOMAIN_L2;
        walk_abort_l1: 5 = fault::WALK_ABORT_L1;
        permission_l1: 5 = fault::PERMISSION_L1;
        walk_abort_l2: 5 = fault::WALK_ABORT_L2;
        permission_l2: 5 = fault::PERMISSION_L2;
        unmapped_stream: 5 = fault::UNMAPPED_STREAM;
        context_disabled: 5 = fault::CONTEXT_DISABLED;
        illegal_burst: 5 = fault::ILLEGAL_BURST;
        stall_timeout: 5 = fault::STALL_TIMEOUT;
        lock_full: 5 = fault::LOCK_FULL;
    }
}

constants! {
    /// Types of descriptors, bits [1:0].
    DescriptorTypes {
        table: 2 = descriptor::first::TABLE;
        section: 2 = descriptor::first::SECTION;
        fault: 2 = descriptor::second::FAULT;
        large: 2 = descriptor::second::LARGE;
    }
}

constants! {
    /// Access permissions AP[2:0] with the access flag off.
    AccessPermissions {
        priv_rw: 3 = descriptor::ap::PRIV_RW;
        priv_rw_user_ro: 3 = descriptor::ap::PRIV_RW_USER_RO;
        rw: 3 = descriptor::ap::RW;
        priv_ro: 3 = descriptor::ap::PRIV_RO;
        ro_old: 3 = descriptor::ap::RO_OLD;
        ro: 3 = descriptor::ap::RO;
    }
}
