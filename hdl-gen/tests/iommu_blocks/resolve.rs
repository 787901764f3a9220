//! Access checks against tables written from the architecture.

use hdl_gen::iommu::resolve::{Found, Resolve};
use hdl_gen::iommu::types::*;
use rust_hdl::prelude::*;

use crate::iommu::{n, settle};

/// What an access is.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    pub write: bool,
    pub privileged: bool,
    pub instruction: bool,
}

#[derive(Clone, Copy)]
enum Allowed {
    Nothing,
    Read,
    Write,
}
use Allowed::{Nothing, Read, Write};

/// Privileged and user access for AP[2:0] (ARM ARM DDI 0406C, table B3-8).
const WITHOUT_AFE: [(Allowed, Allowed); 8] = [
    (Nothing, Nothing),
    (Write, Nothing),
    (Write, Read),
    (Write, Write),
    (Nothing, Nothing), // reserved
    (Read, Nothing),
    (Read, Read), // deprecated
    (Read, Read),
];

/// The same for AP[2:1] where AP[0] is the access flag (table B3-9).
const WITH_AFE: [(Allowed, Allowed); 4] = [
    (Write, Nothing),
    (Write, Write),
    (Read, Nothing),
    (Read, Read),
];

/// The fault status (DFSR encoding, table B3-23), 0 for none: access flag, domain, permission.
pub fn expected(page: &Translation, afe: bool, dacr: u32, access: Access) -> u64 {
    let first_level = n(page.large) >= 3; // sections and supersections
    let ap = n(page.ap) as usize;
    if afe && ap & 1 == 0 {
        return if first_level { 0b00011 } else { 0b00110 };
    }
    let domain = dacr >> (2 * n(page.domain)) & 3;
    if domain == 0 || domain == 2 {
        return if first_level { 0b01001 } else { 0b01011 };
    }
    if domain == 3 {
        return 0; // a manager: neither permissions nor XN count
    }
    let (privileged, user) = if afe {
        WITH_AFE[ap >> 1]
    } else {
        WITHOUT_AFE[ap]
    };
    let allowed = match if access.privileged { privileged } else { user } {
        Nothing => false,
        Read => !access.write,
        Write => true,
    };
    if allowed && !(access.instruction && page.xn) {
        0
    } else if first_level {
        0b01101
    } else {
        0b01111
    }
}

#[test]
fn every_access_to_every_kind_of_page() {
    let mut b = Resolve::default();
    b.connect_all();
    let mut seen = std::collections::BTreeMap::new();
    for case in 0..1u32 << 13 {
        let bit = |at: u32| case >> at & 1 == 1;
        let field = |at: u32, width: u32| u64::from(case >> at & ((1 << width) - 1));
        let access = Access {
            write: bit(0),
            privileged: bit(1),
            instruction: bit(2),
        };
        let (afe, own) = (bit(3), field(4, 2) as u32);
        for domain in [0, 5, 15] {
            let page = Translation {
                ap: field(6, 3).into(),
                xn: bit(9),
                large: [0u64, 1, 3, 7][field(10, 2) as usize].into(),
                domain: u64::from(domain as u8).into(),
                not_global: bit(12),
                ..Translation::default()
            };
            // All other domains say the opposite.
            let others = if own & 1 == 1 { 0 } else { u32::MAX };
            let dacr = others & !(3 << (2 * domain)) | own << (2 * domain);
            b.found.next = Found {
                privileged: access.privileged,
                instruction: access.instruction,
                not_global: page.not_global,
                large: page.large,
                ap: page.ap,
                xn: page.xn,
                domain: page.domain,
                ..Found::default()
            };
            b.bank.next = Bank {
                afe,
                dacr: u64::from(dacr).into(),
                ..Bank::default()
            };
            b.write.next = access.write;
            settle(&mut b);
            let status = expected(&page, afe, dacr, access);
            assert_eq!(
                n(b.answer.val().status),
                status,
                "{access:?} to {page:?}, AFE {afe}, DACR {dacr:#x}"
            );
            assert_eq!(n(b.answer.val().outcome), u64::from(status != 0));
            if matches!(status, 0 | 0b01101 | 0b01111) {
                // What a micro-TLB keeps says the same.
                let who = 2 * usize::from(access.instruction) + usize::from(access.privileged);
                assert_eq!(b.allow.val().get_bit(who), status == 0);
            }
            *seen.entry(status).or_insert(0) += 1;
        }
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
}
