//! Register access over AXI4-Lite.

use std::collections::BTreeSet;

use anyhow::Result;
use vcm::seam::Bus;
use vcm_regs::context::{Fsr, Sctlr};
use vcm_regs::{Access as Rule, MAP, RegisterInfo, WINDOW_SIZE, context, dma, global};
use vcm_sim::axi::{Lead, Request};
use vcm_sim::axil::Access;
use vcm_sim::signals::Resp;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::bank_offset;

/// Cycles that a command takes at most when there is no traffic.
const COMMAND: u64 = 1_000;

/// Offset in the window and description of every register of `vcm_iommu`; the DMA engine is not in it.
fn registers() -> impl Iterator<Item = (u32, &'static RegisterInfo)> {
    let dma = [dma::BLOCK.name, dma::CHANNEL.name];
    let blocks = MAP.iter().filter(move |block| !dma.contains(&block.name));
    blocks.flat_map(|block| {
        (0..block.count).flat_map(move |index| {
            block.registers.iter().flat_map(move |info| {
                let first = block.at(index) + info.offset;
                (0..info.count).map(move |n| (first + 4 * n, *info))
            })
        })
    })
}

/// Every word of the window that is no register.
fn gaps() -> impl Iterator<Item = u32> {
    let known: BTreeSet<u32> = registers().map(|(at, _)| at).collect();
    let words = (0..WINDOW_SIZE).step_by(4);
    words.filter(move |at| !known.contains(at))
}

fn write(bench: &Bench, at: u32, value: u32, strb: u8) -> Result<Resp> {
    let access = Access::write_bytes(u16::try_from(at)?, value, strb);
    Ok(bench.platform.bus().access(access)?.resp)
}

fn read(bench: &Bench, at: u32) -> Result<u32> {
    Ok(bench.platform.bus().read32(at)?)
}

#[test]
fn after_reset_every_register_reads_its_reset_value() -> Result<()> {
    cosimulate(quick(), |bench| {
        for (at, info) in registers() {
            assert_eq!(read(bench, at)?, info.reset(), "{} at {at:#x}", info.name);
        }
        Ok(())
    })
}

#[test]
fn every_offset_without_a_register_is_answered_with_slverr_and_0() -> Result<()> {
    cosimulate(quick(), |bench| {
        for at in gaps() {
            let answer = bench.platform.bus().access(Access::read(at as u16))?;
            assert_eq!((answer.resp, answer.data), (Resp::SlvErr, 0), "{at:#x}");
            assert_eq!(write(bench, at, u32::MAX, 0xF)?, Resp::SlvErr, "{at:#x}");
        }
        // None of these writes has gone anywhere.
        for (at, info) in registers() {
            assert_eq!(read(bench, at)?, info.reset(), "{} at {at:#x}", info.name);
        }
        Ok(())
    })
}

#[test]
fn a_register_holds_its_writable_bits_and_no_others() -> Result<()> {
    cosimulate(quick(), |bench| {
        for (at, info) in registers() {
            let writable = info.mask(Rule::ReadWrite);
            let fixed = info.reset() & !writable;
            for value in [u32::MAX, 0x5A5A_A5A5, 0xA5A5_5A5A, 0] {
                assert_eq!(write(bench, at, value, 0xF)?, Resp::Okay, "{}", info.name);
                // Snapshots and synchronisations change what others read, but not these.
                let expected = value & writable | fixed;
                assert_eq!(read(bench, at)?, expected, "{} at {at:#x}", info.name);
            }
            // What a command has begun is over before the status of it is read.
            if info.mask(Rule::WriteOnly) != 0 {
                bench.platform.step(COMMAND);
            }
        }
        Ok(())
    })
}

#[test]
fn a_write_changes_only_the_bytes_that_are_strobed() -> Result<()> {
    cosimulate(quick(), |bench| {
        for (at, info) in registers().filter(|(_, info)| info.mask(Rule::ReadWrite) != 0) {
            let writable = info.mask(Rule::ReadWrite);
            for strb in 0..16u8 {
                let lanes: u32 = (0..4)
                    .filter(|lane| strb & 1 << lane != 0)
                    .map(|lane| 0xFF << (8 * lane))
                    .sum();
                write(bench, at, 0, 0xF)?;
                write(bench, at, u32::MAX, strb)?;
                assert_eq!(
                    read(bench, at)?,
                    lanes & writable,
                    "{} {strb:04b}",
                    info.name
                );
                write(bench, at, 0, strb)?;
                assert_eq!(read(bench, at)?, 0, "{} {strb:04b}", info.name);
            }
        }
        Ok(())
    })
}

#[test]
fn writing_1_clears_a_bit_only_in_a_strobed_byte_and_0_never() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = bench.context(3)?;
        let at = bank_offset(3, &context::FSR);
        for _ in 0..2 {
            bench.refused(Request::read(DATA, 1).stream(3))?;
        }
        let both = Fsr::default().with(Fsr::TF, 1).with(Fsr::MULTI, 1).bits();
        assert_eq!(read(bench, at)?, both);
        write(bench, at, 0, 0xF)?;
        write(bench, at, u32::MAX, 0b0110)?;
        write(bench, at, !both, 0xF)?;
        assert_eq!(read(bench, at)?, both);
        write(bench, at, u32::MAX, 0b0001)?;
        assert_eq!(read(bench, at)?, Fsr::default().with(Fsr::MULTI, 1).bits());
        write(bench, at, u32::MAX, 0b1000)?;
        assert_eq!(read(bench, at)?, 0);
        Ok(())
    })
}

#[test]
fn a_command_without_strobes_on_its_byte_does_nothing() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.refused_with(Request::read(DATA, 1), Resp::DecErr)?;
        bench.counters()?;
        let pop = global::BLOCK.at(0) + global::FQ_POP.offset;
        write(bench, pop, 1, 0b1110)?;
        write(bench, pop, u32::MAX - 1, 0xF)?;
        assert!(bench.first_fault()?.is_some());
        write(bench, pop, 1, 0b0001)?;
        assert_eq!(bench.first_fault()?, None);
        Ok(())
    })
}

#[test]
fn address_and_data_of_a_write_may_come_in_any_order() -> Result<()> {
    for config in [quick(), quick().stressed(11)] {
        cosimulate(config, |bench| {
            let leads = [0, 1, 2, 7].map(|n| [Lead::Address(n), Lead::Data(n)]);
            for (n, lead) in (1..).zip(leads.into_iter().flatten()) {
                let at = bank_offset(n % 8, &context::DACR);
                let access = Access::write(at as u16, 0x0101_0101 * n).lead(lead);
                assert_eq!(bench.platform.bus().access(access)?.resp, Resp::Okay);
                assert_eq!(read(bench, at)?, 0x0101_0101 * n, "{lead:?}");
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn accesses_overlap_and_stay_in_order() -> Result<()> {
    for seed in 1..=4 {
        cosimulate(quick().stressed(seed), |bench| {
            let mut rng = fastrand::Rng::with_seed(seed);
            // Reads of what never changes, between writes; every fifth goes to a gap.
            let mut tickets = Vec::new();
            let mut last = [0; 8];
            for n in 0..400 {
                let bank = rng.u32(0..8);
                let dacr = bank_offset(bank, &context::DACR);
                let (access, expected) = match (n % 5, rng.bool()) {
                    (4, true) => (Access::read(0x14), (Resp::SlvErr, 0)),
                    (4, false) => (Access::write(0x14, 1), (Resp::SlvErr, 0)),
                    (_, true) => {
                        let info = [&global::IDR0, &global::IDR2, &global::IDR3][rng.usize(0..3)];
                        (Access::read(info.offset as u16), (Resp::Okay, info.reset()))
                    }
                    (_, false) => {
                        last[bank as usize] = rng.u32(..);
                        let write = Access::write(dacr as u16, last[bank as usize]);
                        (write, (Resp::Okay, 0))
                    }
                };
                let ticket = bench.platform.lock().registers_mut().submit(access);
                tickets.push((ticket, access, expected));
            }
            for (ticket, access, expected) in tickets {
                let answer = bench.platform.wait_for("a register access", |simulation| {
                    simulation.registers_mut().take(ticket)
                })?;
                assert_eq!((answer.resp, answer.data), expected, "{access:x?}");
            }
            for (bank, value) in (0..).zip(last) {
                assert_eq!(read(bench, bank_offset(bank, &context::DACR))?, value);
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn banks_are_apart() -> Result<()> {
    cosimulate(quick(), |bench| {
        for bank in 0..8 {
            bench.set_bank(bank, Sctlr::default().with(Sctlr::CFIE, bank & 1))?;
            write(bench, bank_offset(bank, &context::DACR), 0x1111 * bank, 0xF)?;
        }
        for bank in 0..8 {
            assert_eq!(bench.bank::<Sctlr>(bank)?.get(Sctlr::CFIE), bank & 1);
            assert_eq!(
                read(bench, bank_offset(bank, &context::DACR))?,
                0x1111 * bank
            );
        }
        Ok(())
    })
}
