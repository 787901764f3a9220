//! The translation of one access by one context.

use std::fmt;

use vcm_regs::fault as status;

use super::attributes::MemoryAttributes;
use super::descriptor::{FirstLevel, Leaf, SecondLevel, first_level, second_level};
use super::memory::WalkMemory;
use super::permission::{DomainAccess, domain_access, permits};

/// The state of a context that its translations depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// `SCTLR.M`.
    pub enabled: bool,
    /// `SCTLR.AFE`: `AP[0]` is the access flag.
    pub access_flag: bool,
    /// `TTBR0`; its low 14 bits do not matter.
    pub ttbr0: u32,
    /// `DACR`.
    pub dacr: u32,
    /// `CONTEXTIDR.ASID`.
    pub asid: u8,
}

/// An access that a master asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Address as the master sent it.
    pub iova: u32,
    /// A write, else a read.
    pub write: bool,
    /// `AxPROT[0]`.
    pub privileged: bool,
    /// `AxPROT[2]`.
    pub instruction: bool,
}

/// How much one descriptor maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageSize {
    /// 4 KiB.
    Small,
    /// 64 KiB.
    Large,
    /// 1 MiB.
    Section,
    /// 16 MiB.
    Supersection,
}

impl PageSize {
    /// In bytes.
    pub const fn bytes(self) -> u32 {
        match self {
            Self::Small => 0x1000,
            Self::Large => 0x1_0000,
            Self::Section => 0x10_0000,
            Self::Supersection => 0x100_0000,
        }
    }
}

/// Level of the table that holds the descriptor in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// First-level table.
    First,
    /// Second-level table.
    Second,
}

/// Why an access is not translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The context does not translate (`SCTLR.M` is 0).
    ContextDisabled,
    /// A descriptor could not be read.
    WalkAbort(Level),
    /// A descriptor is invalid.
    Translation(Level),
    /// The access flag is 0 while the context uses access flags.
    AccessFlag(Level),
    /// `DACR` denies the domain.
    Domain(Level),
    /// AP or XN denies the access.
    Permission(Level),
}

impl Fault {
    /// The fault status code of [`vcm_regs::fault`].
    pub const fn status(self) -> u32 {
        match self {
            Self::ContextDisabled => status::CONTEXT_DISABLED,
            Self::WalkAbort(Level::First) => status::WALK_ABORT_L1,
            Self::WalkAbort(Level::Second) => status::WALK_ABORT_L2,
            Self::Translation(Level::First) => status::TRANSLATION_L1,
            Self::Translation(Level::Second) => status::TRANSLATION_L2,
            Self::AccessFlag(Level::First) => status::ACCESS_FLAG_L1,
            Self::AccessFlag(Level::Second) => status::ACCESS_FLAG_L2,
            Self::Domain(Level::First) => status::DOMAIN_L1,
            Self::Domain(Level::Second) => status::DOMAIN_L2,
            Self::Permission(Level::First) => status::PERMISSION_L1,
            Self::Permission(Level::Second) => status::PERMISSION_L2,
        }
    }

    /// Whether a TLB may answer with this fault from an entry it holds. Faults that say that there is
    /// no usable descriptor are never cached (ARM ARM B3.9), so a walk has to have found them.
    pub const fn may_be_cached(self) -> bool {
        matches!(self, Self::Domain(_) | Self::Permission(_))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, level) = match self {
            Self::ContextDisabled => return f.write_str("context disabled"),
            Self::WalkAbort(level) => ("walk abort", level),
            Self::Translation(level) => ("translation fault", level),
            Self::AccessFlag(level) => ("access flag fault", level),
            Self::Domain(level) => ("domain fault", level),
            Self::Permission(level) => ("permission fault", level),
        };
        let level = match level {
            Level::First => 1,
            Level::Second => 2,
        };
        write!(f, "{name}, level {level}")
    }
}

impl std::error::Error for Fault {}

/// Where an access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Translation {
    /// Physical address.
    pub pa: u32,
    /// How much the descriptor maps.
    pub size: PageSize,
    /// Memory type of the page.
    pub attributes: MemoryAttributes,
    /// Domain that the access was checked against.
    pub domain: u8,
    /// Whether the mapping belongs to the context's ASID only.
    pub not_global: bool,
}

impl Context {
    /// Physical address of the first-level descriptor for an address (ARM ARM B3.5, with
    /// `TTBCR.N` = 0).
    pub const fn first_level_address(&self, iova: u32) -> u32 {
        (self.ttbr0 & 0xFFFF_C000) | ((iova >> 20) << 2)
    }
}

/// Physical address of the second-level descriptor for an address (ARM ARM B3.5).
pub(crate) const fn second_level_address(table: u32, iova: u32) -> u32 {
    (table & 0xFFFF_FC00) | (((iova >> 12) & 0xFF) << 2)
}

/// Translates an access by the tables in `memory` as they are now.
///
/// Faults have the precedence of the pseudocode in ARM ARM B3.19: the walk with its aborts and
/// translation faults, then the access flag, the domain, the permissions.
///
/// # Errors
/// The [`Fault`] that the access takes.
pub fn translate(
    context: &Context,
    access: Access,
    memory: &mut impl WalkMemory,
) -> Result<Translation, Fault> {
    if !context.enabled {
        return Err(Fault::ContextDisabled);
    }
    let (leaf, level) = walk(context, access.iova, memory)?;
    check(context, access, &leaf, level)?;
    Ok(Translation {
        pa: leaf.base | (access.iova & (leaf.size.bytes() - 1)),
        size: leaf.size,
        attributes: leaf.attributes,
        domain: leaf.domain,
        not_global: leaf.not_global,
    })
}

/// Finds the descriptor that maps an address.
fn walk(
    context: &Context,
    iova: u32,
    memory: &mut impl WalkMemory,
) -> Result<(Leaf, Level), Fault> {
    let first = memory
        .read32(context.first_level_address(iova))
        .map_err(|_| Fault::WalkAbort(Level::First))?;
    let (table, domain) = match first_level(first) {
        FirstLevel::Invalid => return Err(Fault::Translation(Level::First)),
        FirstLevel::Leaf(leaf) => return Ok((leaf, Level::First)),
        FirstLevel::Table { base, domain } => (base, domain),
    };
    let second = memory
        .read32(second_level_address(table, iova))
        .map_err(|_| Fault::WalkAbort(Level::Second))?;
    match second_level(second, domain) {
        SecondLevel::Invalid => Err(Fault::Translation(Level::Second)),
        SecondLevel::Leaf(leaf) => Ok((leaf, Level::Second)),
    }
}

/// Checks an access against the descriptor that maps its address.
fn check(context: &Context, access: Access, leaf: &Leaf, level: Level) -> Result<(), Fault> {
    if context.access_flag && leaf.ap & 1 == 0 {
        return Err(Fault::AccessFlag(level));
    }
    match domain_access(context.dacr, leaf.domain) {
        DomainAccess::Denied => Err(Fault::Domain(level)),
        DomainAccess::Manager => Ok(()),
        DomainAccess::Client if permits(leaf, access, context.access_flag) => Ok(()),
        DomainAccess::Client => Err(Fault::Permission(level)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::golden::BusFault;

    const TTBR0: u32 = 0x0010_0000;
    const TABLE: u32 = 0x0020_0400;

    /// Memory that holds the given words, and aborts everywhere else.
    fn memory(words: &[(u32, u32)]) -> impl WalkMemory + use<> {
        let words: HashMap<u32, u32> = words.iter().copied().collect();
        move |pa| words.get(&pa).copied().ok_or(BusFault)
    }

    fn context() -> Context {
        Context {
            enabled: true,
            ttbr0: TTBR0,
            dacr: 0b01,
            ..Context::default()
        }
    }

    fn read(iova: u32) -> Access {
        Access {
            iova,
            ..Access::default()
        }
    }

    fn pa(context: &Context, iova: u32, words: &[(u32, u32)]) -> Result<u32, Fault> {
        translate(context, read(iova), &mut memory(words)).map(|t| t.pa)
    }

    #[test]
    fn a_section_keeps_20_bits_of_the_address() {
        let words = [(TTBR0 + 4 * 0x123, 0xABC0_0C02)];
        assert_eq!(pa(&context(), 0x1234_5678, &words), Ok(0xABC4_5678));
    }

    #[test]
    fn a_supersection_keeps_24_bits_of_the_address() {
        let words = [(TTBR0 + 4 * 0x12F, 0x5504_0C02)];
        let translation = translate(&context(), read(0x12F4_5678), &mut memory(&words));
        let translation = translation.expect("mapped");
        assert_eq!(translation.pa, 0x55F4_5678);
        assert_eq!(translation.size, PageSize::Supersection);
    }

    #[test]
    fn pages_are_found_through_the_second_level() {
        let words = [
            (TTBR0 + 4 * 0x800, TABLE | 1),
            (TABLE + 4 * 0x10, 0x7777_0031),
            (TABLE + 4 * 0xFF, 0x8888_8032),
        ];
        assert_eq!(pa(&context(), 0x8001_0ABC, &words), Ok(0x7777_0ABC));
        assert_eq!(pa(&context(), 0x800F_FABC, &words), Ok(0x8888_8ABC));
    }

    #[test]
    fn what_is_not_there_faults_at_the_level_where_it_is_missing() {
        let words = [
            (TTBR0, 0),
            (TTBR0 + 4, 0xFFFF_FFFF),
            (TTBR0 + 8, TABLE | 1),
            (TABLE, 0),
        ];
        let faults = [0, 0x10_0000, 0x20_0000, 0x20_1000, 0x30_0000]
            .map(|iova| pa(&context(), iova, &words).expect_err("not mapped"));
        assert_eq!(
            faults,
            [
                Fault::Translation(Level::First),
                Fault::Translation(Level::First),
                Fault::Translation(Level::Second),
                Fault::WalkAbort(Level::Second),
                Fault::WalkAbort(Level::First),
            ]
        );
    }

    #[test]
    fn the_access_flag_comes_before_the_domain_and_that_before_the_permissions() {
        // A section of domain 1 with AP = 0b000.
        let words = [(TTBR0, 0x0000_0022)];
        let with = |access_flag, dacr| Context {
            access_flag,
            dacr,
            ..context()
        };
        let fault = |context| pa(&context, 0, &words).expect_err("denied");
        assert_eq!(fault(with(true, 0)), Fault::AccessFlag(Level::First));
        assert_eq!(fault(with(false, 0)), Fault::Domain(Level::First));
        assert_eq!(fault(with(false, 0b0100)), Fault::Permission(Level::First));
        assert_eq!(pa(&with(false, 0b1100), 0, &words), Ok(0));
    }

    #[test]
    fn even_a_manager_takes_access_flag_faults() {
        let words = [(TTBR0, TABLE | 1), (TABLE, 0x0000_0022)];
        let context = Context {
            access_flag: true,
            dacr: 0b11,
            ..context()
        };
        assert_eq!(
            pa(&context, 0, &words),
            Err(Fault::AccessFlag(Level::Second))
        );
    }

    #[test]
    fn a_disabled_context_faults_without_a_walk() {
        let context = Context {
            enabled: false,
            ..context()
        };
        let mut never = |_| -> Result<u32, BusFault> { panic!("walked") };
        assert_eq!(
            translate(&context, read(0), &mut never),
            Err(Fault::ContextDisabled)
        );
    }

    #[test]
    fn status_codes_are_those_of_the_register_map() {
        assert_eq!(Fault::Translation(Level::Second).status(), 0x07);
        assert_eq!(Fault::Permission(Level::First).status(), 0x0D);
        assert_eq!(Fault::WalkAbort(Level::Second).status(), 0x0E);
        assert_eq!(Fault::ContextDisabled.status(), 0x11);
    }
}
