//! The registers of the DMA engine, in the window that it shares with the IOMMU.

use std::collections::BTreeSet;

use anyhow::Result;
use vcm::seam::Bus;
use vcm_regs::dma::{
    BLOCK, CHANNEL, CTRL, Ctrl, DMA_IDR1, DMA_IRQ_STATUS, DST, LEN, SRC, STATUS, STREAM, Status,
};
use vcm_regs::{Access as Rule, MAP, RegisterInfo, WINDOW_SIZE, context, global};
use vcm_sim::axil::Access;
use vcm_sim::signals::Resp;
use vcm_tests::soc::{PATIENCE, Soc, noise};

/// Offset in the window of every register of the engine, with the channel that it is of.
fn registers() -> impl Iterator<Item = (u32, Option<u32>, &'static RegisterInfo)> {
    let shared = BLOCK.registers.iter();
    let shared = shared.map(|info| (BLOCK.at(0) + info.offset, None, *info));
    shared.chain((0..CHANNEL.count).flat_map(|channel| {
        let own = CHANNEL.registers.iter();
        own.map(move |info| (CHANNEL.at(channel) + info.offset, Some(channel), *info))
    }))
}

fn at(channel: u32, info: &RegisterInfo) -> u32 {
    CHANNEL.at(channel) + info.offset
}

fn write(soc: &Soc, at: u32, value: u32, strb: u8) -> Result<Resp> {
    let access = Access::write_bytes(u16::try_from(at)?, value, strb);
    Ok(soc.platform.bus().access(access)?.resp)
}

fn set(soc: &Soc, at: u32, value: u32) -> Result<()> {
    assert_eq!(write(soc, at, value, 0xF)?, Resp::Okay, "{at:#x}");
    Ok(())
}

fn read(soc: &Soc, at: u32) -> Result<u32> {
    Ok(soc.platform.bus().read32(at)?)
}

fn status(soc: &Soc, channel: u32) -> Result<Status> {
    Ok(Status::from_bits(read(soc, at(channel, &STATUS))?))
}

/// Has a channel copy nothing, which is done at once.
fn copy_nothing(soc: &Soc, channel: u32, interrupt: bool) -> Result<()> {
    set(soc, at(channel, &LEN), 0)?;
    let go = Ctrl::default().with(Ctrl::START, 1);
    let go = go.with(Ctrl::IE, interrupt.into());
    set(soc, at(channel, &CTRL), go.bits())?;
    soc.platform.step(8);
    Ok(())
}

#[test]
fn after_reset_every_register_reads_its_reset_value_and_a_channel_its_stream() -> Result<()> {
    let soc = Soc::new()?;
    for (offset, channel, info) in registers() {
        let expected = match channel {
            Some(channel) if info.offset == STREAM.offset => channel,
            _ => info.reset(),
        };
        assert_eq!(
            read(&soc, offset)?,
            expected,
            "{} at {offset:#x}",
            info.name
        );
    }
    soc.finish([])
}

#[test]
fn every_offset_without_a_register_is_answered_with_slverr_and_0() -> Result<()> {
    let soc = Soc::new()?;
    let of_map = MAP.iter().flat_map(|block| {
        (0..block.count).flat_map(move |index| {
            block.registers.iter().flat_map(move |info| {
                let first = block.at(index) + info.offset;
                (0..info.count).map(move |n| first + 4 * n)
            })
        })
    });
    let known: BTreeSet<u32> = of_map.collect();
    for gap in (0..WINDOW_SIZE).step_by(4).filter(|at| !known.contains(at)) {
        let answer = soc.platform.bus().access(Access::read(gap as u16))?;
        assert_eq!((answer.resp, answer.data), (Resp::SlvErr, 0), "{gap:#x}");
        assert_eq!(write(&soc, gap, u32::MAX, 0xF)?, Resp::SlvErr, "{gap:#x}");
    }
    // None of these writes has gone anywhere.
    for (offset, _, info) in registers().filter(|(_, _, info)| info.offset != STREAM.offset) {
        assert_eq!(
            read(&soc, offset)?,
            info.reset(),
            "{} at {offset:#x}",
            info.name
        );
    }
    soc.finish([])
}

#[test]
fn a_register_holds_its_writable_bits_and_no_others() -> Result<()> {
    let soc = Soc::new()?;
    for (offset, channel, info) in registers() {
        let writable = info.mask(Rule::ReadWrite);
        let fixed = read(&soc, offset)? & !writable;
        for value in [u32::MAX, 0x5A5A_A5A5, 0xA5A5_5A5A, 0] {
            set(&soc, offset, value)?;
            let expected = value & writable | fixed;
            assert_eq!(
                read(&soc, offset)?,
                expected,
                "{} at {offset:#x}",
                info.name
            );
        }
        if let Some(channel) = channel {
            // What was started copied nothing, and has left nothing but this.
            soc.platform.step(8);
            set(
                &soc,
                at(channel, &STATUS),
                Status::default().with(Status::DONE, 1).bits(),
            )?;
        }
    }
    soc.finish([])
}

#[test]
fn a_write_changes_only_the_bytes_that_are_strobed() -> Result<()> {
    let soc = Soc::new()?;
    for (offset, _, info) in registers().filter(|(_, _, info)| info.mask(Rule::ReadWrite) != 0) {
        let writable = info.mask(Rule::ReadWrite);
        for strb in 0..16u8 {
            let strobed = (0..4).filter(|lane| strb & 1 << lane != 0);
            let lanes: u32 = strobed.map(|lane| 0xFF << (8 * lane)).sum();
            // Nothing else is written, so that nothing is started.
            for (before, value) in [(0, writable), (writable, 0)] {
                set(&soc, offset, before)?;
                write(&soc, offset, value, strb)?;
                let expected = (before & !lanes | value & lanes) & writable;
                assert_eq!(read(&soc, offset)?, expected, "{} {strb:04b}", info.name);
            }
        }
    }
    soc.finish([])
}

#[test]
fn channels_are_apart() -> Result<()> {
    let soc = Soc::new()?;
    let value = |channel: u32, info: &RegisterInfo| {
        (0x1020_4080_u32.rotate_left(channel) ^ info.offset << 16) & info.mask(Rule::ReadWrite)
    };
    let own = || (0..CHANNEL.count).flat_map(|c| [&SRC, &DST, &LEN, &CTRL].map(|info| (c, info)));
    for (channel, info) in own() {
        set(&soc, at(channel, info), value(channel, info))?;
    }
    for (channel, info) in own() {
        let (read, expected) = (read(&soc, at(channel, info))?, value(channel, info));
        assert_eq!(read, expected, "{} of channel {channel}", info.name);
    }
    soc.finish([])
}

#[test]
fn the_end_of_a_copy_is_shown_by_its_channel_alone_until_it_is_cleared() -> Result<()> {
    let soc = Soc::new()?;
    let done = Status::default().with(Status::DONE, 1).bits();
    let raised = BLOCK.at(0) + DMA_IRQ_STATUS.offset;
    for channel in 0..CHANNEL.count {
        for interrupt in [false, true] {
            copy_nothing(&soc, channel, interrupt)?;
            for other in 0..CHANNEL.count {
                let expected = if other == channel { done } else { 0 };
                assert_eq!(status(&soc, other)?.bits(), expected);
            }
            assert_eq!(read(&soc, raised)?, u32::from(interrupt) << channel);
            // Neither a 0 nor a byte without its strobe clears it.
            write(&soc, at(channel, &STATUS), !done, 0b1111)?;
            write(&soc, at(channel, &STATUS), u32::MAX, 0b1110)?;
            assert_eq!(status(&soc, channel)?.bits(), done);
            write(&soc, at(channel, &STATUS), done, 0b0001)?;
            assert_eq!(status(&soc, channel)?.bits(), 0);
            assert_eq!(read(&soc, raised)?, 0);
        }
        set(&soc, at(channel, &CTRL), 0)?;
    }
    soc.finish([])
}

#[test]
fn what_is_written_to_a_busy_channel_is_ignored() -> Result<()> {
    const SIZE: u32 = 0x1000;
    let soc = Soc::new()?;
    let space = soc.space(&[0, 1, 2, 3])?;
    let (from, to) = (soc.bind(&space, SIZE)?, soc.bind(&space, SIZE)?);
    let active = space.vcm.activate()?;
    for channel in 0..CHANNEL.count {
        let bytes = noise(channel.into(), SIZE);
        soc.write(from.phys(), 0, &bytes)?;
        soc.write(to.phys(), 0, &noise(99, SIZE))?;
        let mut copies = soc.dma.channel(channel as u8)?;
        copies.copy(from.start(), to.start(), SIZE)?;
        let told = [&SRC, &DST, &LEN].map(|info| at(channel, info));
        let before = told.map(|offset| read(&soc, offset));
        for offset in told {
            set(&soc, offset, 0x40)?;
        }
        let start = Ctrl::default().with(Ctrl::START, 1);
        set(&soc, at(channel, &CTRL), start.bits())?;
        assert!(status(&soc, channel)?.has(Status::BUSY));
        for (offset, before) in told.into_iter().zip(before) {
            assert_eq!(read(&soc, offset)?, before?, "{offset:#x}");
        }
        assert_eq!(copies.wait(PATIENCE)?, SIZE);
        assert!(soc.read(to.phys(), 0, SIZE)? == bytes);
        assert!(!status(&soc, channel)?.has(Status::BUSY));
        // Now they are written.
        for offset in told {
            set(&soc, offset, 0x40)?;
            assert_eq!(read(&soc, offset)?, 0x40);
        }
    }
    drop((active, from, to));
    soc.finish([space])
}

#[test]
fn accesses_of_the_engine_and_of_the_iommu_overlap_and_stay_in_order() -> Result<()> {
    for seed in 1..=4 {
        let soc = Soc::stressed(seed)?;
        let mut rng = fastrand::Rng::with_seed(seed);
        let banks = (0..8).map(|bank| context::BLOCK.at(bank) + context::DACR.offset);
        let channels = (0..CHANNEL.count).map(|channel| at(channel, &LEN));
        let targets: Vec<u32> = banks.chain(channels).collect();
        let mut last = vec![0; targets.len()];
        let mut tickets = Vec::new();
        for n in 0..400 {
            let target = rng.usize(0..targets.len());
            // Reads of what never changes, between writes; every fifth goes to a gap of either.
            let (access, expected) = match (n % 5, rng.bool()) {
                (4, true) => (Access::read(0x14), (Resp::SlvErr, 0)),
                (4, false) => (Access::write(0x4014, 1), (Resp::SlvErr, 0)),
                (_, true) => {
                    let (block, info) = match rng.bool() {
                        true => (&BLOCK, &DMA_IDR1),
                        false => (&global::BLOCK, &global::IDR2),
                    };
                    let read = Access::read((block.at(0) + info.offset) as u16);
                    (read, (Resp::Okay, info.reset()))
                }
                (_, false) => {
                    last[target] = rng.u32(..);
                    let write = Access::write(targets[target] as u16, last[target]);
                    (write, (Resp::Okay, 0))
                }
            };
            let ticket = soc.platform.lock().registers_mut().submit(access);
            tickets.push((ticket, access, expected));
        }
        for (ticket, access, expected) in tickets {
            let answer = soc.platform.wait_for("a register access", |simulation| {
                simulation.registers_mut().take(ticket)
            })?;
            assert_eq!((answer.resp, answer.data), expected, "{access:x?}");
        }
        for (target, value) in targets.into_iter().zip(last) {
            assert_eq!(read(&soc, target)?, value, "{target:#x}");
        }
        soc.finish([])?;
    }
    Ok(())
}
