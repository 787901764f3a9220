//! Short-descriptor translation table entries (ARM ARM B3.5.1, figures B3-4 and B3-5).

use super::attributes::MemoryAttributes;
use super::translate::PageSize;

/// A descriptor that ends a walk with a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Physical address of the page, section or supersection.
    pub base: u32,
    /// How much it maps.
    pub size: PageSize,
    /// Its domain: for a page that of the first-level descriptor, for a supersection 0.
    pub domain: u8,
    /// `AP[2:0]`.
    pub ap: u8,
    /// Execute never.
    pub xn: bool,
    /// Not global: belongs to one ASID.
    pub not_global: bool,
    /// Memory type.
    pub attributes: MemoryAttributes,
}

/// What a first-level descriptor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstLevel {
    /// Nothing is mapped: a translation fault.
    Invalid,
    /// The walk goes on in a second-level table.
    Table {
        /// Its physical address.
        base: u32,
        /// Domain of all its pages.
        domain: u8,
    },
    /// A section or supersection.
    Leaf(Leaf),
}

/// What a second-level descriptor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondLevel {
    /// Nothing is mapped: a translation fault.
    Invalid,
    /// A large or a small page.
    Leaf(Leaf),
}

/// Bits `[high:low]` of a word.
const fn bits(word: u32, high: u32, low: u32) -> u32 {
    (word >> low) & (u32::MAX >> (31 - (high - low)))
}

const fn bit(word: u32, at: u32) -> bool {
    bits(word, at, at) != 0
}

/// Reads a first-level descriptor (figure B3-4).
///
/// The implementation has neither the Large Physical Address Extension nor PXN, so type 0b11 is
/// reserved, and a supersection beyond 4 GiB cannot be reached: both give a translation fault.
pub fn first_level(word: u32) -> FirstLevel {
    match bits(word, 1, 0) {
        0b01 => FirstLevel::Table {
            base: word & 0xFFFF_FC00,
            domain: bits(word, 8, 5) as u8,
        },
        0b10 if bit(word, 18) => {
            let beyond_4_gib = bits(word, 23, 20) != 0 || bits(word, 8, 5) != 0;
            if beyond_4_gib {
                FirstLevel::Invalid
            } else {
                FirstLevel::Leaf(section(word, PageSize::Supersection))
            }
        }
        0b10 => FirstLevel::Leaf(section(word, PageSize::Section)),
        _ => FirstLevel::Invalid,
    }
}

/// The fields that sections and supersections have in common.
fn section(word: u32, size: PageSize) -> Leaf {
    let domain = match size {
        PageSize::Supersection => 0, // there is no room for one: figure B3-4
        _ => bits(word, 8, 5) as u8,
    };
    Leaf {
        base: word & !(size.bytes() - 1),
        size,
        domain,
        ap: (bits(word, 15, 15) << 2 | bits(word, 11, 10)) as u8,
        xn: bit(word, 4),
        not_global: bit(word, 17),
        attributes: MemoryAttributes {
            tex: bits(word, 14, 12) as u8,
            c: bit(word, 3),
            b: bit(word, 2),
            shareable: bit(word, 16),
        },
    }
}

/// Reads a second-level descriptor (figure B3-5) of a table of a domain.
pub fn second_level(word: u32, domain: u8) -> SecondLevel {
    let (size, tex, xn) = match bits(word, 1, 0) {
        0b00 => return SecondLevel::Invalid,
        0b01 => (PageSize::Large, bits(word, 14, 12), bit(word, 15)),
        _ => (PageSize::Small, bits(word, 8, 6), bit(word, 0)),
    };
    SecondLevel::Leaf(Leaf {
        base: word & !(size.bytes() - 1),
        size,
        domain,
        ap: (bits(word, 9, 9) << 2 | bits(word, 5, 4)) as u8,
        xn,
        not_global: bit(word, 11),
        attributes: MemoryAttributes {
            tex: tex as u8,
            c: bit(word, 3),
            b: bit(word, 2),
            shareable: bit(word, 10),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_descriptor_gives_a_1_kib_aligned_base_and_its_domain() {
        assert_eq!(
            first_level(0x1234_57E1),
            FirstLevel::Table {
                base: 0x1234_5400,
                domain: 0xF
            }
        );
    }

    #[test]
    fn types_0_and_3_of_the_first_level_are_invalid() {
        assert_eq!(first_level(0xFFFF_FFFC), FirstLevel::Invalid);
        assert_eq!(first_level(0xFFFF_FFFF), FirstLevel::Invalid);
    }

    #[test]
    fn a_supersection_beyond_4_gib_is_invalid() {
        let supersection = 0x4504_0C02;
        assert!(
            matches!(first_level(0x4504_0C02 & 0xFF0F_FFFF), FirstLevel::Leaf(l)
            if l.size == PageSize::Supersection && l.base == 0x4500_0000 && l.domain == 0)
        );
        for extended in (20..24).chain(5..9) {
            assert_eq!(
                first_level(supersection | 1 << extended),
                FirstLevel::Invalid,
                "bit {extended}"
            );
        }
    }

    #[test]
    fn a_section_has_its_fields_where_the_manual_puts_them() {
        // base 0xABC, nG, S, AP = 0b101, TEX = 0b101, domain 9, XN, C
        let word = 0xABC0_0000 | 1 << 17 | 1 << 16 | 1 << 15 | 0b101 << 12 | 0b01 << 10;
        let word = word | 9 << 5 | 1 << 4 | 1 << 3 | 0b10;
        let FirstLevel::Leaf(leaf) = first_level(word) else {
            panic!("not a leaf");
        };
        assert_eq!((leaf.base, leaf.domain, leaf.ap), (0xABC0_0000, 9, 0b101));
        assert!(leaf.xn && leaf.not_global && leaf.attributes.shareable);
        assert_eq!(leaf.attributes.tex, 0b101);
        assert!(leaf.attributes.c && !leaf.attributes.b);
    }

    #[test]
    fn large_and_small_pages_keep_tex_and_xn_in_different_places() {
        let SecondLevel::Leaf(large) = second_level(0x8765_0000 | 1 << 15 | 0b011 << 12 | 1, 3)
        else {
            panic!("not a leaf");
        };
        assert_eq!((large.base, large.size), (0x8765_0000, PageSize::Large));
        assert!(large.xn && large.attributes.tex == 0b011 && large.domain == 3);
        let SecondLevel::Leaf(small) = second_level(0x8765_4000 | 0b011 << 6 | 0b11, 3) else {
            panic!("not a leaf");
        };
        assert_eq!((small.base, small.size), (0x8765_4000, PageSize::Small));
        assert!(small.xn && small.attributes.tex == 0b011);
        assert!(matches!(second_level(0x8765_4002, 3), SecondLevel::Leaf(l) if !l.xn));
        assert_eq!(second_level(0xFFFF_FFFC, 3), SecondLevel::Invalid);
    }
}
