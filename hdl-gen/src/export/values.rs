//! The named values and constants of `vcm-regs`, with the name that each set has outside of Rust.

use vcm_regs::{context, descriptor, fault, global, FieldInfo, Value};

/// A set of named values.
pub struct ValueSet {
    /// Name, in capitals: prefix of the constants in C.
    pub name: &'static str,
    /// Heading in the manual.
    pub title: &'static str,
    /// The values.
    pub values: &'static [Value],
}

/// Every set of named values.
pub const SETS: &[ValueSet] = &[
    ValueSet {
        name: "STREAM",
        title: "Stream routing",
        values: global::stream_type::ALL,
    },
    ValueSet {
        name: "FAULT",
        title: "Fault status",
        values: fault::ALL,
    },
    ValueSet {
        name: "PAGE_SIZE",
        title: "Page size",
        values: context::page_size::ALL,
    },
    ValueSet {
        name: "DESC_FIRST",
        title: "Type of a first-level descriptor",
        values: descriptor::first::ALL,
    },
    ValueSet {
        name: "DESC_SECOND",
        title: "Type of a second-level descriptor",
        values: descriptor::second::ALL,
    },
    ValueSet {
        name: "AP",
        title: "Access permissions",
        values: descriptor::ap::ALL,
    },
];

/// A number that is not in any field.
pub struct Constant {
    /// Name, in capitals.
    pub name: &'static str,
    /// The number.
    pub value: u32,
    /// What it is.
    pub doc: &'static str,
}

/// Sizes of the translation tables and pages.
pub const SIZES: &[Constant] = &[
    Constant {
        name: "FIRST_TABLE_SIZE",
        value: descriptor::FIRST_TABLE_SIZE,
        doc: "Bytes of a first-level table, and its alignment.",
    },
    Constant {
        name: "SECOND_TABLE_SIZE",
        value: descriptor::SECOND_TABLE_SIZE,
        doc: "Bytes of a second-level table, and its alignment.",
    },
    Constant {
        name: "SUPERSECTION_SIZE",
        value: descriptor::SUPERSECTION_SIZE,
        doc: "Bytes mapped by a supersection.",
    },
    Constant {
        name: "SECTION_SIZE",
        value: descriptor::SECTION_SIZE,
        doc: "Bytes mapped by a section.",
    },
    Constant {
        name: "LARGE_PAGE_SIZE",
        value: descriptor::LARGE_PAGE_SIZE,
        doc: "Bytes mapped by a large page.",
    },
    Constant {
        name: "SMALL_PAGE_SIZE",
        value: descriptor::SMALL_PAGE_SIZE,
        doc: "Bytes mapped by a small page.",
    },
    Constant {
        name: "DESC_REPEAT",
        value: descriptor::REPEAT,
        doc: "Consecutive words that hold the same supersection or large page.",
    },
];

/// The set that the values of a field come from.
pub fn set_of(field: &FieldInfo) -> Option<&'static ValueSet> {
    if field.values.is_empty() {
        return None;
    }
    SETS.iter().find(|set| set.values == field.values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_with_values_has_a_named_set() {
        let registers = vcm_regs::MAP.iter().flat_map(|block| block.registers);
        let of_registers = registers.flat_map(|register| register.fields);
        let of_formats = descriptor::FORMATS.iter().flat_map(|format| format.fields);
        for field in of_registers.chain(of_formats) {
            let named = field.values.is_empty() || set_of(field).is_some();
            assert!(named, "the values of {} stand in no set", field.name);
        }
    }
}
