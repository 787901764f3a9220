//! The ARMv7-A short-descriptor translation table formats (ARM ARM DDI 0406C, B3.5.1).
//!
//! A first-level table has 4096 words of 1 MiB each; a second-level table has 256 words of 4 KiB
//! each. A supersection and a large page are repeated in 16 consecutive words.

/// Type of a first-level descriptor, bits [1:0].
pub mod first {
    crate::table::values! {
        /// Not mapped: a translation fault of level 1.
        FAULT = 0;
        /// Points to a second-level table.
        TABLE = 1;
        /// A section, or a supersection if bit 18 is set.
        SECTION = 2;
        /// Reserved (no PXN here): a translation fault of level 1.
        RESERVED = 3;
    }
}

/// Type of a second-level descriptor, bits [1:0].
pub mod second {
    crate::table::values! {
        /// Not mapped: a translation fault of level 2.
        FAULT = 0;
        /// A large page of 64 KiB.
        LARGE = 1;
        /// A small page of 4 KiB, executable.
        SMALL = 2;
        /// A small page of 4 KiB, execute-never.
        SMALL_XN = 3;
    }
}

/// Access permissions AP[2:0] with `SCTLR.AFE` 0 (ARM ARM table B3-8).
pub mod ap {
    crate::table::values! {
        /// No access.
        NONE = 0;
        /// Privileged read and write.
        PRIV_RW = 1;
        /// Privileged read and write, user read.
        PRIV_RW_USER_RO = 2;
        /// Read and write.
        RW = 3;
        /// Reserved: no access.
        RESERVED = 4;
        /// Privileged read.
        PRIV_RO = 5;
        /// Read (deprecated form).
        RO_OLD = 6;
        /// Read.
        RO = 7;
    }
}

/// Bytes of a first-level table, and its alignment.
pub const FIRST_TABLE_SIZE: u32 = 0x4000;
/// Words of a first-level table.
pub const FIRST_TABLE_WORDS: u32 = 4096;
/// Bytes of a second-level table, and its alignment.
pub const SECOND_TABLE_SIZE: u32 = 0x400;
/// Words of a second-level table.
pub const SECOND_TABLE_WORDS: u32 = 256;
/// Bytes mapped by a supersection.
pub const SUPERSECTION_SIZE: u32 = 0x100_0000;
/// Bytes mapped by a section.
pub const SECTION_SIZE: u32 = 0x10_0000;
/// Bytes mapped by a large page.
pub const LARGE_PAGE_SIZE: u32 = 0x1_0000;
/// Bytes mapped by a small page.
pub const SMALL_PAGE_SIZE: u32 = 0x1000;
/// Consecutive words that hold the same supersection or large page.
pub const REPEAT: u32 = 16;

crate::table::word! {
    /// First-level descriptor that points to a second-level table.
    TableDescriptor {
        /// Type: `first::TABLE`.
        TYPE [0; 2] ReadWrite in first::ALL;
        /// Non-secure.
        NS [3; 1] ReadWrite;
        /// Domain of all pages of the table.
        DOMAIN [5; 4] ReadWrite;
        /// Physical address bits [31:10] of the second-level table.
        BASE [10; 22] ReadWrite;
    }
}

crate::table::word! {
    /// First-level descriptor of a 1 MiB section.
    SectionDescriptor {
        /// Type: `first::SECTION`.
        TYPE [0; 2] ReadWrite in first::ALL;
        /// Bufferable.
        B [2; 1] ReadWrite;
        /// Cacheable.
        C [3; 1] ReadWrite;
        /// Execute never.
        XN [4; 1] ReadWrite;
        /// Domain.
        DOMAIN [5; 4] ReadWrite;
        /// Access permissions [1:0]; bit 0 is the access flag if `SCTLR.AFE` is 1.
        AP [10; 2] ReadWrite;
        /// Type extension.
        TEX [12; 3] ReadWrite;
        /// Access permission bit 2.
        APX [15; 1] ReadWrite;
        /// Shareable.
        S [16; 1] ReadWrite;
        /// Not global: belongs to one ASID.
        NG [17; 1] ReadWrite;
        /// 1: a supersection.
        SUPER [18; 1] ReadWrite;
        /// Non-secure.
        NS [19; 1] ReadWrite;
        /// Physical address bits [31:20].
        BASE [20; 12] ReadWrite;
    }
}

crate::table::word! {
    /// First-level descriptor of a 16 MiB supersection. Its domain is 0.
    SupersectionDescriptor {
        /// Type: `first::SECTION`.
        TYPE [0; 2] ReadWrite in first::ALL;
        /// Bufferable.
        B [2; 1] ReadWrite;
        /// Cacheable.
        C [3; 1] ReadWrite;
        /// Execute never.
        XN [4; 1] ReadWrite;
        /// Physical address bits [39:36]: must be 0 here, or it is a translation fault.
        EXTBASE_HI [5; 4] ReadWrite;
        /// Access permissions [1:0]; bit 0 is the access flag if `SCTLR.AFE` is 1.
        AP [10; 2] ReadWrite;
        /// Type extension.
        TEX [12; 3] ReadWrite;
        /// Access permission bit 2.
        APX [15; 1] ReadWrite;
        /// Shareable.
        S [16; 1] ReadWrite;
        /// Not global: belongs to one ASID.
        NG [17; 1] ReadWrite;
        /// 1: a supersection.
        SUPER [18; 1] ReadWrite;
        /// Non-secure.
        NS [19; 1] ReadWrite;
        /// Physical address bits [35:32]: must be 0 here, or it is a translation fault.
        EXTBASE_LO [20; 4] ReadWrite;
        /// Physical address bits [31:24].
        BASE [24; 8] ReadWrite;
    }
}

crate::table::word! {
    /// Second-level descriptor of a 64 KiB large page.
    LargePageDescriptor {
        /// Type: `second::LARGE`.
        TYPE [0; 2] ReadWrite in second::ALL;
        /// Bufferable.
        B [2; 1] ReadWrite;
        /// Cacheable.
        C [3; 1] ReadWrite;
        /// Access permissions [1:0]; bit 0 is the access flag if `SCTLR.AFE` is 1.
        AP [4; 2] ReadWrite;
        /// Access permission bit 2.
        APX [9; 1] ReadWrite;
        /// Shareable.
        S [10; 1] ReadWrite;
        /// Not global: belongs to one ASID.
        NG [11; 1] ReadWrite;
        /// Type extension.
        TEX [12; 3] ReadWrite;
        /// Execute never.
        XN [15; 1] ReadWrite;
        /// Physical address bits [31:16].
        BASE [16; 16] ReadWrite;
    }
}

crate::table::word! {
    /// Second-level descriptor of a 4 KiB small page.
    SmallPageDescriptor {
        /// Execute never.
        XN [0; 1] ReadWrite;
        /// 1: a small page.
        SMALL [1; 1] ReadWrite;
        /// Bufferable.
        B [2; 1] ReadWrite;
        /// Cacheable.
        C [3; 1] ReadWrite;
        /// Access permissions [1:0]; bit 0 is the access flag if `SCTLR.AFE` is 1.
        AP [4; 2] ReadWrite;
        /// Type extension.
        TEX [6; 3] ReadWrite;
        /// Access permission bit 2.
        APX [9; 1] ReadWrite;
        /// Shareable.
        S [10; 1] ReadWrite;
        /// Not global: belongs to one ASID.
        NG [11; 1] ReadWrite;
        /// Physical address bits [31:12].
        BASE [12; 20] ReadWrite;
    }
}

/// The five descriptor formats as data.
pub const FORMATS: &[crate::FormatInfo] = &[
    crate::FormatInfo {
        name: "TableDescriptor",
        fields: TableDescriptor::FIELDS,
        doc: "First-level descriptor that points to a second-level table.",
    },
    crate::FormatInfo {
        name: "SectionDescriptor",
        fields: SectionDescriptor::FIELDS,
        doc: "First-level descriptor of a 1 MiB section.",
    },
    crate::FormatInfo {
        name: "SupersectionDescriptor",
        fields: SupersectionDescriptor::FIELDS,
        doc: "First-level descriptor of a 16 MiB supersection. Its domain is 0.",
    },
    crate::FormatInfo {
        name: "LargePageDescriptor",
        fields: LargePageDescriptor::FIELDS,
        doc: "Second-level descriptor of a 64 KiB large page.",
    },
    crate::FormatInfo {
        name: "SmallPageDescriptor",
        fields: SmallPageDescriptor::FIELDS,
        doc: "Second-level descriptor of a 4 KiB small page.",
    },
];
