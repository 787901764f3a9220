//! What must hold of the register table, whoever changes it.

use std::collections::HashSet;

use vcm_regs::{
    Access, Block, FieldInfo, MAP, RegisterInfo, Value, WINDOW_SIZE, context, descriptor, dma,
    fault, global,
};

/// Bytes from one register of an array to the next.
const WORD: u32 = 4;

fn registers() -> impl Iterator<Item = (&'static Block, &'static RegisterInfo)> {
    MAP.iter().flat_map(|block| {
        block
            .registers
            .iter()
            .map(move |register| (*block, *register))
    })
}

/// Every set of fields that makes up a word, with its name.
fn words() -> impl Iterator<Item = (String, &'static [FieldInfo])> {
    let of_registers = registers()
        .map(|(block, register)| (format!("{}.{}", block.name, register.name), register.fields));
    let of_formats = descriptor::FORMATS
        .iter()
        .map(|format| (format.name.to_owned(), format.fields));
    of_registers.chain(of_formats)
}

fn value_sets() -> [(&'static str, &'static [Value]); 6] {
    [
        ("fault", fault::ALL),
        ("page_size", context::page_size::ALL),
        ("stream_type", global::stream_type::ALL),
        ("first", descriptor::first::ALL),
        ("second", descriptor::second::ALL),
        ("ap", descriptor::ap::ALL),
    ]
}

#[test]
fn blocks_lie_in_the_window_in_order_and_apart() {
    let mut end = 0;
    for block in MAP {
        assert!(block.count > 0, "{} has no block", block.name);
        assert_eq!(block.base % WORD, 0, "{} is not aligned", block.name);
        assert_eq!(block.stride % WORD, 0, "{} is not aligned", block.name);
        assert!(block.base >= end, "{} begins in the one before", block.name);
        end = block.at(block.count);
        assert!(end <= WINDOW_SIZE, "{} leaves the window", block.name);
    }
}

#[test]
fn blocks_are_a_power_of_two_apart_and_aligned_to_it() {
    for block in MAP {
        let stride = block.stride;
        assert!(stride.is_power_of_two(), "{}: {stride:#x}", block.name);
        assert_eq!(block.base % stride, 0, "{} is not aligned", block.name);
    }
}

#[test]
fn registers_are_aligned_in_order_and_within_their_block() {
    for block in MAP {
        let mut end = 0;
        for register in block.registers {
            let name = register.name;
            assert!(register.count > 0, "{name} does not exist");
            assert_eq!(register.offset % WORD, 0, "{name} is not aligned");
            assert!(register.offset >= end, "{name} begins in the one before");
            end = register.offset + register.count * WORD;
            assert!(end <= block.stride, "{name} leaves {}", block.name);
        }
    }
}

#[test]
fn no_two_registers_have_an_offset_in_common() {
    let mut seen = HashSet::new();
    for (block, register) in registers() {
        for n in 0..block.count {
            for i in 0..register.count {
                let offset = block.at(n) + register.offset + i * WORD;
                assert!(seen.insert(offset), "{} at {offset:#06x}", register.name);
            }
        }
    }
}

#[test]
fn fields_fit_their_word_from_the_lowest_bit_up_and_do_not_overlap() {
    for (word, fields) in words() {
        assert!(!fields.is_empty(), "{word} has no fields");
        let mut end = 0;
        for field in fields {
            let name = field.name;
            assert!(field.width > 0, "{word}.{name} has no bits");
            assert!(field.lsb >= end, "{word}.{name} overlaps the one before");
            end = field.lsb + field.width;
            assert!(end <= 32, "{word}.{name} leaves the word");
        }
    }
}

#[test]
fn reset_values_fit_their_fields_and_make_the_reset_of_the_register() {
    for (word, fields) in words() {
        for field in fields {
            let max = u32::MAX >> (32 - field.width);
            assert!(field.reset <= max, "{word}.{}", field.name);
        }
    }
    for (_, register) in registers() {
        let parts = register.fields.iter().map(|field| field.reset << field.lsb);
        assert_eq!(register.reset(), parts.sum(), "{}", register.name);
    }
}

#[test]
fn commands_read_zero_after_reset() {
    for (word, fields) in words() {
        for field in fields {
            let command = field.access == Access::WriteOnly;
            assert!(!command || field.reset == 0, "{word}.{}", field.name);
        }
    }
}

#[test]
fn named_values_fit_the_fields_that_hold_them() {
    for (word, fields) in words() {
        for field in fields {
            let max = u32::MAX >> (32 - field.width);
            for value in field.values {
                assert!(value.value <= max, "{word}.{}: {}", field.name, value.name);
            }
        }
    }
}

#[test]
fn values_of_a_set_have_codes_and_names_of_their_own() {
    for (set, values) in value_sets() {
        let codes: HashSet<_> = values.iter().map(|value| value.value).collect();
        let names: HashSet<_> = values.iter().map(|value| value.name).collect();
        assert_eq!(codes.len(), values.len(), "{set}: a code is there twice");
        assert_eq!(names.len(), values.len(), "{set}: a name is there twice");
    }
}

#[test]
fn names_are_unique_among_their_neighbours() {
    let mut seen = HashSet::new();
    for (block, register) in registers() {
        assert!(
            seen.insert((block.name, register.name)),
            "{}",
            register.name
        );
    }
    for (word, fields) in words() {
        let names: HashSet<_> = fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), fields.len(), "{word}");
    }
}

#[test]
fn everything_is_described() {
    for block in MAP {
        assert!(!block.doc.trim().is_empty(), "{}", block.name);
    }
    for (_, register) in registers() {
        assert!(!register.doc.trim().is_empty(), "{}", register.name);
    }
    for (word, fields) in words() {
        for field in fields {
            assert!(!field.doc.trim().is_empty(), "{word}.{}", field.name);
        }
    }
    for (set, values) in value_sets() {
        for value in values {
            assert!(!value.doc.trim().is_empty(), "{set}.{}", value.name);
        }
    }
}

#[test]
fn identification_registers_report_what_the_map_has() {
    use global::{Idr0, Idr2};
    assert_eq!(Idr0::default().bits(), global::IDR0_MAGIC);
    assert_eq!(dma::DmaIdr0::default().bits(), dma::IDR0_MAGIC);
    let idr2 = Idr2::default();
    assert_eq!(idr2.get(Idr2::NUMCTX), context::BLOCK.count);
    assert_eq!(1 << idr2.get(Idr2::STREAMBITS), global::S2CR.count);
    let channels = dma::DmaIdr1::default().get(dma::DmaIdr1::CHANNELS);
    assert_eq!(channels, dma::CHANNEL.count);
}

#[test]
fn fields_that_count_or_number_things_are_wide_enough() {
    use context::{Fsynr0, Resume};
    use global::{FqStatus, FqSynd0, Idr3, Idr4, IrqStatus, S2cr, StallCtrl, TlbLocks};
    let contexts = context::BLOCK.count;
    assert!(S2cr::CBNDX.max() >= contexts - 1);
    assert_eq!(IrqStatus::CTX.width, contexts);
    assert!(FqStatus::COUNT.max() >= Idr3::default().get(Idr3::FQDEPTH));
    let idr4 = Idr4::default();
    let last_slot = idr4.get(Idr4::SLOTS) - 1;
    assert!(Resume::SLOT.max() >= last_slot);
    assert!(Fsynr0::SLOT.max() >= last_slot);
    assert!(FqSynd0::SLOT.max() >= last_slot);
    assert!(StallCtrl::LIMIT.max() >= idr4.get(Idr4::SLOTS));
    assert!(TlbLocks::COUNT.max() >= idr4.get(Idr4::LOCKS));
    assert_eq!(dma::DmaIrqStatus::CH.width, dma::CHANNEL.count);
}

#[test]
fn every_stream_is_terminated_after_reset() {
    use global::{S2cr, stream_type};
    assert_eq!(S2cr::default().get(S2cr::TYPE), stream_type::TERMINATE);
}

#[test]
fn base_fields_hold_the_address_of_what_they_point_to() {
    use descriptor as d;
    let covered = |size: u32| !(size - 1);
    assert_eq!(
        d::TableDescriptor::BASE.mask(),
        covered(d::SECOND_TABLE_SIZE)
    );
    assert_eq!(d::SectionDescriptor::BASE.mask(), covered(d::SECTION_SIZE));
    assert_eq!(
        d::SupersectionDescriptor::BASE.mask(),
        covered(d::SUPERSECTION_SIZE)
    );
    assert_eq!(
        d::LargePageDescriptor::BASE.mask(),
        covered(d::LARGE_PAGE_SIZE)
    );
    assert_eq!(
        d::SmallPageDescriptor::BASE.mask(),
        covered(d::SMALL_PAGE_SIZE)
    );
    assert_eq!(context::Ttbr0::BASE.mask(), covered(d::FIRST_TABLE_SIZE));
}

#[test]
fn a_field_replaces_its_own_bits_and_no_others() {
    use context::Sctlr;
    let all = Sctlr::from_bits(u32::MAX);
    let off = all.with(Sctlr::AFE, 0);
    assert_eq!(off.bits(), !Sctlr::AFE.mask());
    assert_eq!(off.with(Sctlr::AFE, 3), all, "what does not fit is dropped");
    assert_eq!(all.get(Sctlr::AFE), 1);
}
