//! Where addresses go: page sizes, boundaries, address spaces.

use anyhow::Result;
use vcm_regs::context::{Contextidr, Dacr, Sctlr, Ttbr0};
use vcm_regs::descriptor::{SMALL_PAGE_SIZE, ap, first, second};
use vcm_regs::fault;
use vcm_sim::axi::Request;
use vcm_sim::signals::{AxiAddr, Burst};
use vcm_tests::bench::{Bench, DATA, all_memory, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::{Page, Size, Tables};

/// A multiple of every page size.
const IOVA: u32 = 0x4000_0000;
/// Another one.
const PA: u32 = 0x0A00_0000;

/// Reads a byte.
fn byte(iova: u32) -> Request {
    Request::read(iova, 1).burst(Burst::Incr, 0)
}

/// Writes a byte.
fn byte_written(iova: u32, value: u8) -> Request {
    Request::write(iova, &[value]).burst(Burst::Incr, 0)
}

/// The only fault since the last call.
fn fault_of(bench: &Bench, request: Request) -> Result<u32> {
    bench.refused(request)?;
    let faults = bench.faults()?;
    assert_eq!(faults.len(), 1, "{faults:x?}");
    Ok(faults[0].status)
}

#[test]
fn the_first_and_the_last_byte_of_a_page_of_every_size_go_where_it_lies() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            bench.context(0)?.map(Page::new(size, IOVA, PA))?;
            let last = size.bytes() - 1;
            for offset in [0, last, last / 2, last / 2 + 1, 4095.min(last)] {
                assert_eq!(bench.passes(byte(IOVA + offset))?, PA + offset, "{size:?}");
                let write = byte_written(IOVA + offset, 0x5A);
                assert_eq!(bench.passes(write)?, PA + offset, "{size:?}");
                let done = bench.transfer(byte(IOVA + offset))?;
                assert_eq!(done.bytes(), [0x5A], "{size:?} at {offset:#x}");
            }
            for outside in [IOVA - 1, IOVA + size.bytes()] {
                bench.refused(byte(outside))?;
                bench.refused(byte_written(outside, 0))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn pages_of_any_two_sizes_may_be_neighbours() -> Result<()> {
    for below in Size::ALL {
        for above in Size::ALL {
            cosimulate(quick(), |bench| {
                let mut tables = bench.context(0)?;
                let (low, high) = (IOVA - below.bytes(), PA + 0x0200_0000);
                tables.map(Page::new(below, low, PA))?;
                tables.map(Page::new(above, IOVA, high))?;
                // Each order of access finds the TLB with the other page in it or not.
                for order in 0..4 {
                    bench.invalidate(0)?;
                    for turn in 0..2 {
                        if (order ^ turn) & 1 == 0 {
                            let last = below.bytes() - 1;
                            assert_eq!(bench.passes(byte(IOVA - 1))?, PA + last);
                            assert_eq!(bench.passes(byte_written(low, 1))?, PA);
                        } else {
                            assert_eq!(bench.passes(byte(IOVA))?, high);
                            let last = above.bytes() - 1;
                            let write = byte_written(IOVA + last, 2);
                            assert_eq!(bench.passes(write)?, high + last);
                        }
                        if order & 2 == 0 {
                            bench.refused(byte(low - 1))?;
                            bench.refused(byte(IOVA + above.bytes()))?;
                        }
                    }
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn each_of_the_16_words_of_a_large_page_or_supersection_maps_all_of_it() -> Result<()> {
    for size in [Size::Large, Size::Supersection] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            tables.map(Page::new(size, IOVA, PA))?;
            let step = size.bytes() / 16;
            for n in 0..16 {
                bench.invalidate(0)?;
                bench.walks()?;
                assert_eq!(bench.passes(byte(IOVA + n * step))?, PA + n * step);
                assert!(bench.walks()? > 0);
                // The walk read the word of this sixteenth, and what it found covers the others.
                for other in 0..16 {
                    let offset = other * step + 0xABC;
                    assert_eq!(bench.passes(byte(IOVA + offset))?, PA + offset);
                }
                assert_eq!(bench.walks()?, 0, "{size:?} word {n}");
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_walk_reads_one_beat_a_level_at_the_right_place() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        for n in 0..16u32 {
            let iova = 0xFEDC_B000 ^ 1 << (12 + n % 20);
            for size in [Size::Small, Size::Section] {
                let page = iova & !(size.bytes() - 1);
                tables.set_first(iova, 0)?;
                tables.map(Page::new(size, page, PA))?;
                bench.invalidate(0)?;
                bench.seen();
                bench.transfer(byte(iova))?;
                let mut expected = vec![tables.base() + (iova >> 20) * 4];
                if size == Size::Small {
                    expected.push(tables.second_at(iova)?);
                }
                // The word that is needed is in the beat, alone or with its neighbour.
                let seen = bench.seen().walks;
                let covers = |ar: &AxiAddr, at: u32| at & !((1 << ar.size) - 1) == ar.addr;
                assert_eq!(seen.len(), expected.len(), "{iova:#x}");
                for (ar, at) in seen.iter().zip(expected) {
                    assert!(covers(ar, at), "{iova:#x}: {at:#x} is not in {ar:x?}");
                }
            }
        }
        Ok(())
    })
}

#[test]
fn every_bit_of_the_address_of_a_table_counts() -> Result<()> {
    cosimulate(all_memory(), |bench| {
        let _empty = bench.context(0)?;
        for bit in 14..32 {
            let base = 1u32 << bit;
            let mut tables = Tables::new(bench.platform.back_door(), base..base + 0x8000)?;
            // Of two pages of a MiB, the second finds the pointer in the first-level cache.
            let pages = [0, 0x9000].into_iter().flat_map(|offset| {
                (0..16).map(move |n| (n << 20 | offset, n << 16 | offset | bit << 20))
            });
            for (at, pa) in pages.clone() {
                tables.map(Page::small(IOVA + at, PA + pa))?;
            }
            bench.set_bank(0, Ttbr0::from_bits(base))?;
            bench.invalidate(0)?;
            for (at, pa) in pages {
                assert_eq!(bench.passes(byte(IOVA + at))?, PA + pa, "bit {bit}");
            }
        }
        Ok(())
    })
}

#[test]
fn every_bit_of_a_physical_address_comes_from_the_descriptor() -> Result<()> {
    for size in Size::ALL {
        cosimulate(all_memory(), |bench| {
            let mut tables = bench.context(0)?;
            for bit in size.bytes().trailing_zeros()..32 {
                for pa in [1 << bit, !(1u32 << bit) & !(size.bytes() - 1)] {
                    tables.set_first(IOVA, 0)?;
                    tables.map(Page::new(size, IOVA, pa))?;
                    bench.invalidate(0)?;
                    assert_eq!(bench.passes(byte(IOVA + 0x678))?, pa + 0x678);
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn every_bit_of_an_io_address_tells_pages_apart() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let lowest = size.bytes().trailing_zeros();
            let pages: Vec<u32> = (lowest..32).map(|bit| 1 << bit).collect();
            for (n, page) in (0..).zip(&pages) {
                tables.map(Page::new(size, *page, PA + n * 0x0100_0000 % 0x1000_0000))?;
            }
            for round in 0..2 {
                for (n, page) in (0..).zip(&pages) {
                    let offset = if round == 0 { 0 } else { size.bytes() - 1 };
                    let expected = PA + n * 0x0100_0000 % 0x1000_0000 + offset;
                    assert_eq!(bench.passes(byte(page + offset))?, expected, "{size:?}");
                }
            }
            // Neither does the page at 0 answer for any of them.
            bench.refused(byte(0))?;
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn the_first_level_table_may_lie_at_any_16_kib() -> Result<()> {
    cosimulate(all_memory(), |bench| {
        let _own = bench.context(0)?;
        for bit in 14..32 {
            let base = 1 << bit;
            let at = base + 4 * (IOVA >> 20);
            bench.poke(at, Page::new(Size::Section, IOVA, PA).word())?;
            // The low bits of the register do not exist.
            bench.set_bank(0, Ttbr0::from_bits(base | 0x3FFF))?;
            assert_eq!(bench.bank::<Ttbr0>(0)?.bits(), base);
            bench.invalidate(0)?;
            assert_eq!(bench.passes(byte(IOVA + 5))?, PA + 5, "{base:#x}");
            bench.poke(at, 0)?;
        }
        Ok(())
    })
}

#[test]
fn the_second_level_table_may_lie_at_any_1_kib() -> Result<()> {
    cosimulate(all_memory(), |bench| {
        let tables = bench.context(0)?;
        for bit in 10..32 {
            // Bit 9 of a table descriptor means nothing here.
            tables.set_first(IOVA, 1 << bit | 0x200 | first::TABLE)?;
            bench.poke((1 << bit) + 4 * 0x81, Page::small(0, PA).word())?;
            bench.invalidate(0)?;
            assert_eq!(bench.passes(byte(IOVA + 0x8_1234))?, PA + 0x234);
            bench.poke((1 << bit) + 4 * 0x81, 0)?;
        }
        Ok(())
    })
}

#[test]
fn what_no_descriptor_maps_faults_at_its_level() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        let all = !3;
        for word in [first::FAULT, first::RESERVED] {
            for rest in [0, all] {
                tables.set_first(IOVA, word | rest)?;
                assert_eq!(fault_of(bench, byte(IOVA))?, fault::TRANSLATION_L1);
            }
        }
        tables.add_second(IOVA, 0)?;
        for rest in [0, all] {
            tables.set_second(IOVA, second::FAULT | rest)?;
            let write = byte_written(IOVA, 0);
            assert_eq!(fault_of(bench, write)?, fault::TRANSLATION_L2);
        }
        Ok(())
    })
}

#[test]
fn a_supersection_beyond_32_bits_is_a_translation_fault() -> Result<()> {
    cosimulate(quick(), |bench| {
        let tables = bench.context(0)?;
        let page = Page::new(Size::Supersection, IOVA, PA).word();
        for bit in [5, 6, 7, 8, 20, 21, 22, 23] {
            tables.set_first(IOVA, page | 1 << bit)?;
            assert_eq!(fault_of(bench, byte(IOVA))?, fault::TRANSLATION_L1, "{bit}");
        }
        tables.set_first(IOVA, page)?;
        assert_eq!(bench.passes(byte(IOVA))?, PA);
        Ok(())
    })
}

#[test]
fn a_fault_is_not_remembered() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            // A descriptor that is valid may be remembered, of a table too.
            if !size.is_first_level() {
                tables.add_second(IOVA, 0)?;
            }
            bench.refused(byte(IOVA))?;
            bench.refused(byte_written(IOVA, 0))?;
            tables.map(Page::new(size, IOVA, PA))?;
            // Nothing has been invalidated.
            assert_eq!(bench.passes(byte(IOVA))?, PA);
            assert_eq!(bench.passes(byte_written(IOVA, 0))?, PA);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn non_global_pages_belong_to_the_asid_that_read_them() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut one = bench.context(0)?;
            let mut two = bench.tables(1)?;
            let page = |pa| Page {
                ng: true,
                ..Page::new(size, IOVA, pa)
            };
            one.map(page(PA))?;
            two.map(page(PA + 0x0100_0000))?;
            let spaces = [(0x01, &one, PA), (0x81, &two, PA + 0x0100_0000)];
            for (asid, tables, pa) in spaces {
                bench.switch(0, asid, tables)?;
                assert_eq!(bench.passes(byte(IOVA + 3))?, pa + 3, "{size:?}");
            }
            // Each ASID finds its own, whether it is in the TLB still or not.
            for (asid, tables, pa) in spaces {
                bench.switch(0, asid, tables)?;
                assert_eq!(bench.passes(byte(IOVA + 3))?, pa + 3, "{size:?}");
            }
            // A third has none.
            bench.walks()?;
            bench.set_bank(0, Contextidr::default().with(Contextidr::ASID, 0x41))?;
            assert_eq!(bench.passes(byte(IOVA + 3))?, PA + 0x0100_0003);
            assert!(bench.walks()? > 0, "{size:?}");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn the_main_tlb_tells_asids_apart_by_every_bit_in_every_way() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut one = bench.context(0)?;
        let mut two = bench.tables(1)?;
        // Two pages of each space in one set of four ways.
        let at = [IOVA, IOVA + 0x0020_0000];
        for (tables, pa) in [(&mut one, PA), (&mut two, PA + 0x8000)] {
            for iova in at {
                let page = Page::small(iova, pa + (iova >> 21 & 1) * 0x1000);
                tables.map(Page { ng: true, ..page })?;
            }
        }
        for bit in 0..8 {
            let asid = 0xA5;
            let spaces = [(asid, &one, PA), (asid ^ 1 << bit, &two, PA + 0x8000)];
            bench.invalidate(0)?;
            for walks in [true, false] {
                for (asid, tables, pa) in spaces {
                    bench.switch(0, asid, tables)?;
                    bench.settle()?;
                    bench.walks()?;
                    for iova in at {
                        let pa = pa + (iova >> 21 & 1) * 0x1000;
                        assert_eq!(bench.passes(byte(iova))?, pa, "bit {bit}");
                    }
                    assert_eq!(bench.walks()? > 0, walks, "bit {bit}, ASID {asid:#x}");
                }
            }
        }
        Ok(())
    })
}

#[test]
fn global_pages_serve_every_asid() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            tables.map(Page::new(size, IOVA, PA))?;
            bench.walks()?;
            for asid in [0, 1, 0x80, 0xFF] {
                bench.set_bank(0, Contextidr::default().with(Contextidr::ASID, asid))?;
                assert_eq!(bench.passes(byte(IOVA + 9))?, PA + 9);
            }
            // Descriptors of the first level may belong to the ASID that read them all the same.
            let walks = bench.walks()?;
            assert!(
                walks > 0 && (walks == 1 || size.is_first_level()),
                "{walks}"
            );
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn contexts_map_the_same_address_differently_at_the_same_time() -> Result<()> {
    cosimulate(quick(), |bench| {
        let place = |context: u32, size: Size| {
            let n = Size::ALL.iter().position(|&s| s == size).unwrap_or(0) as u32;
            PA + context * 0x0200_0000 + n % 2 * 0x0100_0000
        };
        let size_of = |context: u32| Size::ALL[context as usize % 4];
        for context in 0..8 {
            let size = size_of(context);
            let page = Page::new(size, IOVA, place(context, size));
            bench.context(context)?.map(page)?;
        }
        for round in 0..3u32 {
            let offset = 0x123 * round;
            for context in 0..8 {
                let request = byte(IOVA + offset).stream(context as u8);
                let expected = place(context, size_of(context)) + offset;
                assert_eq!(bench.passes(request)?, expected, "context {context}");
            }
        }
        // All at once, too.
        bench.seen();
        for context in 0..8 {
            let request = byte(IOVA).stream(context as u8).id(context as u8);
            bench.platform.submit(request);
        }
        bench.platform.finish()?;
        for read in bench.seen().reads {
            let context = u32::from(read.id);
            assert_eq!(read.addr, place(context, size_of(context)));
        }
        Ok(())
    })
}

#[test]
fn streams_share_a_context_and_its_tlb_entries() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(5)?.map(Page::small(IOVA, PA))?;
        bench.walks()?;
        for stream in 0..16 {
            bench.route(stream, Route::Context(5))?;
            assert_eq!(bench.passes(byte(IOVA).stream(stream))?, PA);
        }
        assert_eq!(bench.walks()?, 1, "one for all of them");
        Ok(())
    })
}

#[test]
fn more_pages_than_the_tlb_holds_are_all_translated() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        // Scattered: page n lies at a permuted place.
        let place = |n: u32| PA + n * 37 % 64 * SMALL_PAGE_SIZE;
        for n in 0..64 {
            tables.map(Page::small(IOVA + n * SMALL_PAGE_SIZE, place(n)))?;
        }
        let mut rng = fastrand::Rng::with_seed(5);
        for _ in 0..400 {
            let (n, offset) = (rng.u32(0..64), rng.u32(0..SMALL_PAGE_SIZE));
            let iova = IOVA + n * SMALL_PAGE_SIZE + offset;
            let request = if rng.bool() {
                byte(iova)
            } else {
                byte_written(iova, 7)
            };
            assert_eq!(bench.passes(request)?, place(n) + offset);
        }
        Ok(())
    })
}

#[test]
fn entries_that_overlap_never_give_a_mixture() -> Result<()> {
    // Software that splits or joins pages without invalidation gets one answer or the other, or a fault
    // of what it has left of the old tables.
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        tables.map(Page::small(IOVA, PA))?;
        assert_eq!(bench.passes(byte(IOVA))?, PA);
        // Each has an address bit that the other has not.
        let section = PA ^ 0x0210_0000;
        assert!(PA & !section != 0 && section & !PA != 0);
        tables.map(Page::new(Size::Section, IOVA, section))?;
        for _ in 0..2 {
            // An address of the section that is not in the TLB may bring in all of it.
            bench.goes_to_one_of(byte(IOVA + 0x1000), &[section + 0x1000])?;
            bench.goes_to_one_of(byte(IOVA), &[PA, section])?;
        }
        // And the other way round: a global page under the section of another ASID.
        let of_asid_0 = Page {
            ng: true,
            ..Page::new(Size::Section, IOVA, section)
        };
        tables.map(of_asid_0)?;
        bench.invalidate(0)?;
        assert_eq!(bench.passes(byte(IOVA + 0x3000))?, section + 0x3000);
        tables.map(Page::small(IOVA + 0x3000, PA))?;
        bench.switch(0, 1, &tables)?;
        assert_eq!(bench.passes(byte(IOVA + 0x3000))?, PA);
        bench.switch(0, 0, &tables)?;
        let either = [PA, section + 0x3000];
        bench.goes_to_one_of(byte(IOVA + 0x3000), &either)?;
        bench.goes_to_one_of(byte_written(IOVA + 0x3000, 1), &either)?;
        bench.invalidate(0)?;
        assert_eq!(bench.passes(byte(IOVA + 0x3000))?, PA);
        Ok(())
    })
}

#[test]
fn a_disabled_context_lets_nothing_through() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::new(Size::Section, IOVA, PA))?;
        assert_eq!(bench.passes(byte(IOVA))?, PA);
        bench.set_bank(0, Sctlr::default())?;
        assert_eq!(fault_of(bench, byte(IOVA))?, fault::CONTEXT_DISABLED);
        assert_eq!(
            fault_of(bench, byte_written(IOVA, 1))?,
            fault::CONTEXT_DISABLED
        );
        bench.set_bank(0, Sctlr::default().with(Sctlr::M, 1))?;
        assert_eq!(bench.passes(byte(IOVA))?, PA);
        Ok(())
    })
}

#[test]
fn tables_and_data_may_share_memory_with_what_nobody_wrote() -> Result<()> {
    // A context that is turned on with a base where there are no tables faults, and does not hang.
    cosimulate(quick(), |bench| {
        bench.set_bank(2, Ttbr0::from_bits(DATA))?;
        bench.set_bank(2, Dacr::from_bits(0x5555_5555))?;
        bench.set_bank(2, Sctlr::default().with(Sctlr::M, 1))?;
        bench.route(2, Route::Context(2))?;
        for n in 0..32 {
            // 0xA5A5A5A5 points to a second-level table of 0xA5A5A5A5: out of memory.
            let request = byte(0x0801_0000 * n).stream(2);
            assert_eq!(fault_of(bench, request)?, fault::WALK_ABORT_L2);
        }
        Ok(())
    })
}

#[test]
fn a_small_page_may_be_execute_never_or_not() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        let page = Page::small(IOVA, PA);
        tables.map(Page { xn: true, ..page })?;
        let word = bench.peek(tables.second_at(IOVA)?)?;
        assert_eq!(word & 3, second::SMALL_XN);
        assert_eq!(bench.passes(byte(IOVA))?, PA);
        tables.map(Page { ap: ap::RO, ..page })?;
        bench.invalidate(0)?;
        assert_eq!(bench.passes(byte(IOVA))?, PA);
        Ok(())
    })
}
