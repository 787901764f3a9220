//! Reset in the middle of everything.

use anyhow::Result;
use fastrand::Rng;
use vcm::seam::Bus;
use vcm_regs::context::{Dacr, Sctlr, Ttbr0};
use vcm_regs::global::IrqEnable;
use vcm_regs::{MAP, dma, fault};
use vcm_sim::axi::Request;
use vcm_sim::axil::Access;
use vcm_sim::signals::{Cycle, Resp};
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::{Counters, Route, bank_offset};
use vcm_tests::tables::{Page, Size};
use vcm_tests::traffic;

const IOVA: u32 = 0x1000_0000;

/// Contexts with pages at `pa`, streams that go every way, interrupts.
fn program(bench: &Bench, pa: u32) -> Result<()> {
    for index in 0..4 {
        let mut tables = bench.context(index)?;
        for (n, size) in (0..).zip(Size::ALL) {
            let offset = n * 0x0100_0000;
            tables.map(Page::new(size, IOVA + offset, pa + offset))?;
        }
        bench.set_bank(
            index,
            Sctlr::default().with(Sctlr::M, 1).with(Sctlr::CFIE, 1),
        )?;
    }
    bench.route(4, Route::Bypass)?;
    let both = IrqEnable::default()
        .with(IrqEnable::FAULT, 1)
        .with(IrqEnable::FQOVERFLOW, 1);
    bench.set_global(both)
}

/// More than will be done before the reset, on all ports.
fn load(bench: &Bench, rng: &mut Rng) {
    for n in 0..120u32 {
        let stream = rng.u8(0..6);
        let page = match stream {
            4 => DATA,
            _ => IOVA + n % 5 * 0x0100_0000,
        };
        let request = traffic::burst(rng, page);
        bench.platform.submit(request.stream(stream));
    }
    for n in 0..20 {
        let at = bank_offset(n % 8, &vcm_regs::context::TLBSYNC) as u16;
        let access = match rng.u8(0..3) {
            0 => Access::read(at),
            1 => Access::write(at, 0),
            _ => Access::read(0x44),
        };
        bench.platform.lock().registers_mut().submit(access);
    }
}

/// Whether the hardware drives any VALID, or the interrupt.
fn drives(cycle: &Cycle) -> bool {
    let (s, m) = (&cycle.s_axi, &cycle.m_axi);
    let lite = &cycle.s_axil;
    let outward = [m.ar.valid, m.aw.valid, m.w.valid, cycle.m_axi_ptw.ar.valid];
    let inward = [s.r.valid, s.b.valid, lite.r.valid, lite.b.valid];
    outward.into_iter().chain(inward).any(|valid| valid) || cycle.irq
}

/// Holds that nothing is left of what was before the reset.
fn is_as_new(bench: &Bench) -> Result<()> {
    for _ in 0..150 {
        bench.platform.step(1);
        let wires = *bench.platform.lock().wires();
        assert!(!drives(&wires), "{wires:x?}");
    }
    let dma = [dma::BLOCK.name, dma::CHANNEL.name];
    for block in MAP.iter().filter(|block| !dma.contains(&block.name)) {
        for index in 0..block.count {
            for info in block.registers {
                for n in 0..info.count {
                    let at = block.at(index) + info.offset + 4 * n;
                    let value = bench.platform.bus().read32(at)?;
                    assert_eq!(value, info.reset(), "{} at {at:#x}", info.name);
                }
            }
        }
    }
    assert_eq!(bench.counters()?, Counters::default());
    for stream in [0, 4] {
        bench.refused_with(Request::read(IOVA, 3).stream(stream), Resp::DecErr)?;
        let write = Request::write(DATA, &[0; 24]).stream(stream);
        bench.refused_with(write, Resp::DecErr)?;
    }
    Ok(())
}

/// Holds that translation works, and that no TLB remembers where pages were before.
fn works(bench: &Bench, pa: u32) -> Result<()> {
    program(bench, pa)?;
    for stream in 0..4 {
        for n in 0..4 {
            let offset = n * 0x0100_0000 + 0x128;
            let read = Request::read(IOVA + offset, 2).stream(stream);
            assert_eq!(bench.passes(read)?, pa + offset);
            let write = Request::write(IOVA + offset, &[stream; 16]).stream(stream);
            assert_eq!(bench.passes(write)?, pa + offset);
        }
    }
    assert_eq!(bench.passes(Request::read(DATA, 256).stream(4))?, DATA);
    Ok(())
}

#[test]
fn a_reset_at_any_time_leaves_nothing_behind() -> Result<()> {
    for seed in 301..325 {
        let config = if seed % 3 == 0 {
            quick()
        } else {
            quick().stressed(seed)
        };
        cosimulate(config, |bench| {
            let mut rng = Rng::with_seed(seed);
            for round in 0..3 {
                let pa = DATA + round * 0x0400_0000;
                works(bench, pa)?;
                load(bench, &mut rng);
                bench.platform.step(rng.u64(1..600));
                bench.platform.reset();
                is_as_new(bench)?;
                bench.faults()?;
            }
            works(bench, DATA)
        })?;
    }
    Ok(())
}

#[test]
fn a_reset_in_each_cycle_of_a_missing_read_and_a_missing_write() -> Result<()> {
    // The walk, the read, the answer: none of them survives.
    cosimulate(quick(), |bench| {
        for cycles in 1..60 {
            program(bench, DATA)?;
            bench.platform.submit(Request::read(IOVA, 4).id(1));
            bench.platform.submit(Request::write(IOVA, &[1; 32]).id(2));
            bench
                .platform
                .submit(Request::read(IOVA, 4).stream(9).id(3));
            bench
                .platform
                .submit(Request::write(IOVA, &[1; 32]).stream(9).id(4));
            bench.platform.step(cycles);
            bench.platform.reset();
            for _ in 0..40 {
                bench.platform.step(1);
                let wires = *bench.platform.lock().wires();
                assert!(!drives(&wires), "after {cycles} cycles: {wires:x?}");
            }
        }
        is_as_new(bench)?;
        works(bench, DATA)
    })
}

#[test]
fn a_reset_ends_a_synchronisation_and_forgets_faults() -> Result<()> {
    cosimulate(quick(), |bench| {
        program(bench, DATA)?;
        for _ in 0..20 {
            bench.transfer(Request::read(0, 1))?;
        }
        bench.set_latency(2_000, 2_000);
        bench.platform.submit(Request::read(IOVA, 1).stream(1));
        bench.platform.step(60);
        bench.set_global(vcm_regs::global::Tlbsync::default())?;
        assert!(bench.is_syncing_all()?);
        bench.platform.reset();
        bench.set_latency(3, 2);
        is_as_new(bench)?;
        works(bench, DATA)
    })
}

#[test]
fn a_reset_reaches_every_stream_and_every_bank() -> Result<()> {
    cosimulate(quick(), |bench| {
        let all = Sctlr::from_bits(u32::MAX).with(Sctlr::CFCFG, 0);
        let section = Page::new(Size::Section, IOVA, DATA);
        let mut tables = Vec::new();
        for index in 0..8 {
            tables.push(bench.context(index)?);
            tables[index as usize].map(section)?;
            bench.set_bank(index, Dacr::from_bits(u32::MAX))?;
            bench.set_bank(index, all)?;
        }
        for stream in 0..16 {
            bench.route(stream, Route::Context(u32::from(stream) % 8))?;
            bench.passes(Request::read(IOVA, 1).stream(stream))?;
        }
        bench.platform.reset();
        bench.platform.step(2);
        let status = |bench: &Bench, request, resp| -> Result<u32> {
            bench.refused_with(request, resp)?;
            let faults = bench.faults()?;
            assert_eq!(faults.len(), 1);
            Ok(faults[0].status)
        };
        for stream in 0..16u8 {
            let read = || Request::read(IOVA, 1).stream(stream);
            let write = Request::write(IOVA, &[0; 8]).stream(stream);
            for request in [read(), write] {
                let status = status(bench, request, Resp::DecErr)?;
                assert_eq!(status, fault::UNMAPPED_STREAM, "{stream}");
            }
            let index = u32::from(stream) % 8;
            bench.route(stream, Route::Context(index))?;
            let what = status(bench, read(), Resp::SlvErr)?;
            assert_eq!(what, fault::CONTEXT_DISABLED, "{stream}");
            // Neither its TLB nor its domains are what they were.
            let on = Sctlr::default().with(Sctlr::M, 1);
            bench.set_bank(index, on)?;
            bench.set_bank(index, Ttbr0::from_bits(tables[index as usize].base()))?;
            let what = status(bench, read(), Resp::SlvErr)?;
            assert_eq!(what, fault::DOMAIN_L1, "{stream}");
            bench.set_bank(index, Sctlr::default())?;
        }
        Ok(())
    })
}
