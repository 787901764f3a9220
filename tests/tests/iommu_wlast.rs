//! Masters that send WLAST too early or too late.

use anyhow::Result;
use vcm_regs::context::Fsr;
use vcm_regs::fault;
use vcm_sim::axi::{Direction, Lead, Request, WriteBeat};
use vcm_sim::platform::Config;
use vcm_sim::signals::Resp;
use vcm_tests::bench::{Bench, DATA, Setup, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::Page;

const IOVA: u32 = 0x5000_0000;
const PA: u32 = DATA;
/// What memory holds before a test.
const BEFORE: u32 = 0x0000_5AA5;

/// A write of `asked` beats that sends `sent`; beat n carries n.
fn write(at: u32, asked: u16, sent: u16) -> Request {
    let mut request = Request::write(at, &vec![0; 8 * usize::from(asked)]);
    if let Direction::Write { beats, .. } = &mut request.direction {
        *beats = (0..sent)
            .map(|n| WriteBeat {
                data: u64::from(n) * 0x1_0000_0001,
                strb: 0xFF,
            })
            .collect();
    }
    request
}

/// Holds that memory at `at` was written by the first beats of a burst, as many as were asked for and
/// sent, and not behind.
fn holds(bench: &Bench, at: u32, beats: u16) -> Result<()> {
    for n in 0..u32::from(beats) {
        assert_eq!(bench.peek(at + 8 * n)?, n, "beat {n}");
    }
    assert_eq!(bench.peek(at + 8 * u32::from(beats))?, BEFORE);
    Ok(())
}

fn prepare(bench: &Bench) -> Result<()> {
    bench.context(0)?.map(Page::small(IOVA, PA))?;
    (0..0x400).try_for_each(|n| bench.poke(PA + 4 * n, BEFORE))
}

/// Quick, and with back-pressure of several seeds.
fn configs() -> impl Iterator<Item = Config> {
    std::iter::once(quick()).chain((51..55).map(|seed| quick().stressed(seed)))
}

/// One malformed burst, and a good one before and behind it.
fn malformed(asked: u16, sent: u16) -> Result<()> {
    for config in configs() {
        for lead in [Lead::Either, Lead::Address(9), Lead::Data(9)] {
            cosimulate(Setup::unruly(config.clone()), |bench| {
                prepare(bench)?;
                let before = bench.platform.submit(write(IOVA + 0x400, 4, 4).id(1));
                let bad = bench
                    .platform
                    .submit(write(IOVA, asked, sent).id(1).lead(lead));
                let behind = bench.platform.submit(write(IOVA + 0x500, 3, 3).id(1));
                let other = bench.platform.submit(write(IOVA + 0x600, 2, 2).id(2));
                for (ticket, resp) in [
                    (before, Resp::Okay),
                    (bad, Resp::SlvErr),
                    (behind, Resp::Okay),
                    (other, Resp::Okay),
                ] {
                    assert_eq!(bench.platform.wait(ticket)?.resp, resp);
                }
                holds(bench, PA, asked.min(sent))?;
                holds(bench, PA + 0x400, 4)?;
                holds(bench, PA + 0x500, 3)?;
                holds(bench, PA + 0x600, 2)?;
                let faults = bench.faults()?;
                assert_eq!(faults.len(), 1);
                assert_eq!(faults[0].status, fault::ILLEGAL_BURST);
                assert_eq!((faults[0].iova, faults[0].id), (IOVA, 1));
                assert!(faults[0].write && faults[0].context == Some(0));
                assert_eq!(bench.bank::<Fsr>(0)?, Fsr::default().with(Fsr::BF, 1));
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn beats_that_are_missing_are_made_up_without_strobes() -> Result<()> {
    for (asked, sent) in [(2, 1), (8, 1), (8, 7), (16, 5)] {
        malformed(asked, sent)?;
    }
    Ok(())
}

#[test]
fn beats_that_are_too_many_are_dropped() -> Result<()> {
    for (asked, sent) in [(1, 2), (1, 40), (8, 9), (7, 60)] {
        malformed(asked, sent)?;
    }
    Ok(())
}

#[test]
fn a_late_wlast_does_not_get_an_early_response() -> Result<()> {
    // Memory has all its beats long before the master is done.
    cosimulate(Setup::unruly(quick()), |bench| {
        prepare(bench)?;
        for extra in [1, 20, 200] {
            let ticket = bench.platform.submit(write(IOVA, 2, 2 + extra).id(3));
            let next = bench.platform.submit(write(IOVA + 0x400, 2, 2).id(4));
            let bad = bench.platform.wait(ticket)?;
            assert_eq!(bad.resp, Resp::SlvErr);
            assert!(bad.finished - bad.issued > u64::from(extra));
            assert_eq!(bench.platform.wait(next)?.resp, Resp::Okay);
        }
        let faults = bench.faults()?;
        assert!(faults.iter().all(|fault| fault.id == 3) && faults.len() == 3);
        Ok(())
    })
}

#[test]
fn a_terminated_write_ends_with_its_wlast_wherever_it_comes() -> Result<()> {
    for config in configs() {
        cosimulate(Setup::unruly(config), |bench| {
            prepare(bench)?;
            for (asked, sent) in [(4, 1), (4, 4), (4, 30), (1, 2), (256, 3)] {
                let bad = write(IOVA + 0x1000, 1, sent);
                let bad = Request {
                    len: (asked - 1) as u8,
                    ..bad
                };
                let bad = bench.platform.submit(bad.id(1));
                let good = bench.platform.submit(write(IOVA, 4, 4).id(1));
                assert_eq!(bench.platform.wait(bad)?.resp, Resp::SlvErr);
                assert_eq!(bench.platform.wait(good)?.resp, Resp::Okay);
                holds(bench, PA, 4)?;
                bench.faults()?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_bypassed_stream_is_no_exception() -> Result<()> {
    for config in configs() {
        cosimulate(Setup::unruly(config), |bench| {
            bench.route(7, Route::Bypass)?;
            (0..0x400).try_for_each(|n| bench.poke(PA + 4 * n, BEFORE))?;
            for (asked, sent) in [(3, 1), (3, 5)] {
                let done = bench.transfer(write(PA, asked, sent).stream(7))?;
                assert_eq!(done.resp, Resp::SlvErr);
                let faults = bench.faults()?;
                assert_eq!(faults.len(), 1);
                assert_eq!(faults[0].status, fault::ILLEGAL_BURST);
                assert_eq!(faults[0].context, None);
            }
            holds(bench, PA, 3)
        })?;
    }
    Ok(())
}

#[test]
fn many_malformed_bursts_among_good_ones_harm_none_of_them() -> Result<()> {
    for config in configs() {
        let seed = config.s_axi.seed;
        cosimulate(Setup::unruly(config), |bench| {
            prepare(bench)?;
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut tickets = Vec::new();
            for n in 0..100u16 {
                let asked = rng.u16(1..6);
                let sent = if rng.bool() { asked } else { rng.u16(1..9) };
                let at = IOVA + 0x20 * u32::from(n);
                let request = write(at, asked.min(4), sent).id(rng.u8(0..4));
                let good = asked.min(4) == sent;
                tickets.push((bench.platform.submit(request), good));
            }
            let mut bad = 0;
            for (ticket, good) in tickets {
                let expected = if good { Resp::Okay } else { Resp::SlvErr };
                let done = bench.platform.wait(ticket)?;
                assert_eq!(done.resp, expected, "{:x?}", done.request);
                bad += u32::from(!good);
            }
            bench.platform.step(50);
            assert_eq!(bench.counters()?.faults, bad);
            Ok(())
        })?;
    }
    Ok(())
}
