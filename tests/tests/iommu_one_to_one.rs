//! Contexts that pass addresses unchanged.

use anyhow::Result;
use vcm_regs::context::{Far, Fsr, Sctlr, Tlbsync};
use vcm_regs::fault;
use vcm_sim::axi::Request;
use vcm_sim::ddr::Port;
use vcm_sim::signals::{Burst, Resp};
use vcm_tests::bench::{Bench, DATA, Setup, cosimulate, quick};
use vcm_tests::registers::RECORDING;
use vcm_tests::tables::{Page, Size};

fn mode(bench: &Bench, enabled: u32, one_to_one: u32) -> Result<()> {
    let sctlr = Sctlr::default()
        .with(Sctlr::M, enabled)
        .with(Sctlr::MTCFG, 1)
        .with(Sctlr::ONE2ONE, one_to_one);
    bench.set_bank(0, sctlr)
}

#[test]
fn addresses_and_axcache_pass_unchanged_and_no_table_is_read() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = bench.context(0)?;
        mode(bench, 1, 1)?;
        bench.walks()?;
        for n in 0..40u32 {
            let at = DATA + n * 0x0010_1008 % 0x0400_0000;
            for mut request in [Request::read(at, 1), Request::write(at, &[1; 8])] {
                request.cache = 0b0111;
                let write = request.is_write();
                bench.seen();
                bench.transfer(request.prot(7))?;
                let seen = bench.seen();
                let ax = if write { &seen.writes } else { &seen.reads };
                assert_eq!((ax[0].addr, ax[0].cache), (at, 0b0111));
            }
        }
        assert_eq!(bench.walks()?, 0);
        Ok(())
    })
}

#[test]
fn the_mode_changes_at_once_and_back() -> Result<()> {
    cosimulate(quick(), |bench| {
        let page = Page::new(Size::Section, DATA, DATA + 0x0100_0000);
        bench.context(0)?.map(page)?;
        for _ in 0..3 {
            for (one_to_one, expected) in [(0, page.pa), (1, page.iova)] {
                mode(bench, 1, one_to_one)?;
                assert_eq!(bench.passes(Request::read(DATA + 8, 1))?, expected + 8);
                let write = Request::write(DATA + 8, &[1; 8]);
                assert_eq!(bench.passes(write)?, expected + 8);
            }
        }
        Ok(())
    })
}

#[test]
fn a_synchronisation_of_the_context_waits_for_what_passes_unchanged() -> Result<()> {
    for request in [Request::read(DATA, 1), Request::write(DATA, &[1; 8])] {
        cosimulate(quick(), |bench| {
            let _empty = bench.context(0)?;
            mode(bench, 1, 1)?;
            bench.set_latency(600, 600);
            let ticket = bench.platform.submit(request);
            bench.platform.step(20);
            bench.set_bank(0, Tlbsync::default())?;
            for _ in 0..10 {
                assert!(bench.is_syncing(0)?);
            }
            bench.platform.wait(ticket)?;
            assert!(!bench.is_syncing(0)?);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn an_error_of_memory_is_put_down_to_the_context() -> Result<()> {
    for request in [Request::read(DATA, 1), Request::write(DATA, &[1; 8])] {
        cosimulate(quick(), |bench| {
            let _empty = bench.context(5)?;
            let on = Sctlr::default().with(Sctlr::M, 1);
            bench.set_bank(5, on.with(Sctlr::ONE2ONE, 1))?;
            bench.inject(DATA, Port::Data, Resp::SlvErr);
            assert_eq!(bench.transfer(request.stream(5))?.resp, Resp::SlvErr);
            bench.platform.step(RECORDING);
            let fault = bench.faults()?[0];
            assert_eq!(
                (fault.status, fault.context),
                (fault::EXTERNAL_ABORT, Some(5))
            );
            assert_eq!(bench.bank::<Fsr>(5)?, Fsr::default().with(Fsr::EF, 1));
            assert_eq!(bench.bank::<Far>(5)?.bits(), DATA);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_disabled_context_and_illegal_bursts_are_refused_all_the_same() -> Result<()> {
    cosimulate(Setup::unruly(quick()), |bench| {
        let _empty = bench.context(0)?;
        mode(bench, 1, 1)?;
        bench.refused(Request::read(DATA, 2).burst(Burst::Reserved, 3))?;
        assert_eq!(bench.faults()?[0].status, fault::ILLEGAL_BURST);
        mode(bench, 0, 1)?;
        bench.refused(Request::read(DATA, 2))?;
        assert_eq!(bench.faults()?[0].status, fault::CONTEXT_DISABLED);
        Ok(())
    })
}
