//! Domains and access permissions (ARM ARM B3.7).

use super::descriptor::Leaf;
use super::translate::Access;

/// What `DACR` says of a domain (ARM ARM B3.7.3, B4.1.43).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainAccess {
    /// Every access is a domain fault.
    Denied,
    /// Accesses are checked against the permissions.
    Client,
    /// Accesses are not checked.
    Manager,
}

/// The access to one of 16 domains. The reserved encoding 0b10 denies.
pub fn domain_access(dacr: u32, domain: u8) -> DomainAccess {
    match (dacr >> (2 * u32::from(domain & 0xF))) & 0b11 {
        0b01 => DomainAccess::Client,
        0b11 => DomainAccess::Manager,
        _ => DomainAccess::Denied,
    }
}

/// Whether AP and XN of a page in a client domain permit an access (ARM ARM table B3-8, and with the
/// access flag enabled table B3-9; execute-never: B3.7.2).
pub fn permits(leaf: &Leaf, access: Access, access_flag_enabled: bool) -> bool {
    // With SCTLR.AFE set AP[0] is the access flag, and permissions are those of AP[2:1] with AP[0]
    // taken as 1 (pseudocode of CheckPermission).
    let ap = leaf.ap | u8::from(access_flag_enabled);
    let (read, write) = match (ap, access.privileged) {
        (0b001 | 0b011, true) | (0b010, true) | (0b011, false) => (true, true),
        (0b010, false) | (0b101, true) | (0b110 | 0b111, _) => (true, false),
        // 0b000: no access; 0b100: reserved; 0b001 and 0b101: no user access.
        _ => (false, false),
    };
    let granted = if access.write { write } else { read };
    granted && !(access.instruction && leaf.xn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::{MemoryAttributes, PageSize};

    fn leaf(ap: u8, xn: bool) -> Leaf {
        Leaf {
            base: 0,
            size: PageSize::Small,
            domain: 0,
            ap,
            xn,
            not_global: false,
            attributes: MemoryAttributes::default(),
        }
    }

    fn access(write: bool, privileged: bool) -> Access {
        Access {
            iova: 0,
            write,
            privileged,
            instruction: false,
        }
    }

    /// For each AP: privileged read, privileged write, user read, user write.
    fn table(afe: bool) -> [[bool; 4]; 8] {
        std::array::from_fn(|ap| {
            [(false, true), (true, true), (false, false), (true, false)].map(
                |(write, privileged)| {
                    permits(&leaf(ap as u8, false), access(write, privileged), afe)
                },
            )
        })
    }

    const NONE: [bool; 4] = [false; 4];
    const ALL: [bool; 4] = [true; 4];
    const PRIVILEGED: [bool; 4] = [true, true, false, false];
    const PRIVILEGED_READ: [bool; 4] = [true, false, false, false];
    const READ: [bool; 4] = [true, false, true, false];

    #[test]
    fn permissions_are_those_of_table_b3_8() {
        let user_read = [true, true, true, false];
        let expected = [
            NONE,
            PRIVILEGED,
            user_read,
            ALL,
            NONE,
            PRIVILEGED_READ,
            READ,
            READ,
        ];
        assert_eq!(table(false), expected);
    }

    #[test]
    fn with_the_access_flag_permissions_are_those_of_table_b3_9() {
        let expected = [
            PRIVILEGED,
            PRIVILEGED,
            ALL,
            ALL,
            PRIVILEGED_READ,
            PRIVILEGED_READ,
            READ,
            READ,
        ];
        assert_eq!(table(true), expected);
    }

    #[test]
    fn execute_never_denies_instruction_accesses_only() {
        let fetch = Access {
            instruction: true,
            ..access(false, false)
        };
        assert!(permits(&leaf(0b011, false), fetch, false));
        assert!(!permits(&leaf(0b011, true), fetch, false));
        assert!(permits(&leaf(0b011, true), access(false, false), false));
    }

    #[test]
    fn the_reserved_domain_encoding_denies() {
        let dacr = 0b11_10_01_00;
        assert_eq!(domain_access(dacr, 0), DomainAccess::Denied);
        assert_eq!(domain_access(dacr, 1), DomainAccess::Client);
        assert_eq!(domain_access(dacr, 2), DomainAccess::Denied);
        assert_eq!(domain_access(dacr, 3), DomainAccess::Manager);
        assert_eq!(domain_access(0xC000_0000, 15), DomainAccess::Manager);
    }
}
