//! Contexts that pass addresses unchanged.

use anyhow::Result;
use vcm_regs::context::Sctlr;
use vcm_regs::fault;
use vcm_sim::axi::Request;
use vcm_sim::signals::Burst;
use vcm_tests::bench::{Bench, DATA, Setup, cosimulate, quick};
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
