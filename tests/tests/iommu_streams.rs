//! The stream map: terminated, bypassed and translated streams.

use anyhow::Result;
use vcm::seam::Bus;
use vcm_regs::context::Fsr;
use vcm_regs::fault;
use vcm_regs::global::{S2CR, S2cr};
use vcm_sim::axi::Request;
use vcm_sim::signals::Resp;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::{Page, Size};

/// Mapped to `PA` by every context here; bypassed it is an address of memory, too.
const IOVA: u32 = DATA;
const PA: u32 = 0x1000_0000;

fn requests(stream: u8) -> [Request; 2] {
    let read = Request::read(IOVA + 0x18, 2);
    let write = Request::write(IOVA + 0x18, &[1; 16]);
    [read, write].map(|request| request.stream(stream))
}

#[test]
fn after_reset_every_stream_is_terminated_with_decerr() -> Result<()> {
    cosimulate(quick(), |bench| {
        for stream in 0..16 {
            for request in requests(stream) {
                bench.refused_with(request, Resp::DecErr)?;
                let faults = bench.faults()?;
                assert_eq!(faults.len(), 1);
                assert_eq!(faults[0].status, fault::UNMAPPED_STREAM);
                assert_eq!(faults[0].stream, u32::from(stream));
                assert_eq!(faults[0].context, None);
            }
        }
        Ok(())
    })
}

#[test]
fn each_stream_goes_its_own_way() -> Result<()> {
    cosimulate(quick(), |bench| {
        let context = |stream: u8| u32::from(stream) / 3 % 8;
        for index in 0..8 {
            let mut tables = bench.context(index)?;
            tables.map(Page::small(IOVA, PA + index * 0x1000))?;
        }
        for stream in 0..16 {
            let route = [
                Route::Context(context(stream)),
                Route::Bypass,
                Route::Terminate,
            ];
            bench.route(stream, route[usize::from(stream) % 3])?;
        }
        for _ in 0..2 {
            for stream in 0..16 {
                for request in requests(stream) {
                    match stream % 3 {
                        0 => {
                            let expected = PA + context(stream) * 0x1000 + 0x18;
                            assert_eq!(bench.passes(request)?, expected);
                        }
                        1 => assert_eq!(bench.passes(request)?, IOVA + 0x18),
                        _ => {
                            bench.refused_with(request, Resp::DecErr)?;
                        }
                    }
                }
            }
        }
        Ok(())
    })
}

#[test]
fn the_reserved_type_terminates() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(IOVA, PA))?;
        let reserved = S2cr::default().with(S2cr::TYPE, 3);
        bench.platform.bus().write32(S2CR.offset, reserved.bits())?;
        for request in requests(0) {
            bench.refused_with(request, Resp::DecErr)?;
        }
        Ok(())
    })
}

#[test]
fn a_bypassed_stream_asks_no_table_and_needs_no_context() -> Result<()> {
    cosimulate(quick(), |bench| {
        // Context 0 would fault, and a bypassed stream has CBNDX 0.
        bench.route(4, Route::Bypass)?;
        for n in 0..64u32 {
            let at = DATA + n * 0x0010_1008 % 0x0400_0000;
            assert_eq!(bench.passes(Request::read(at, 1).stream(4).prot(7))?, at);
        }
        let counters = bench.counters()?;
        assert_eq!((counters.reads, counters.walks), (64, 0));
        assert_eq!((counters.hit_r, counters.miss_r), (0, 0));
        Ok(())
    })
}

/// Reads of a stream, one after another, while software changes its route; which way each one went is
/// judged by the scoreboard, and here that every way was taken.
fn reroute_under_traffic(bench: &Bench, seed: u64) -> Result<()> {
    let mut rng = fastrand::Rng::with_seed(seed);
    for index in 0..3 {
        let page = Page::new(Size::Section, IOVA, PA + index * 0x0010_0000);
        bench.context(index)?.map(page)?;
    }
    bench.route(9, Route::Context(0))?;
    let (mut tickets, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..150 {
        for _ in 0..rng.u32(1..8) {
            // Distinct addresses: two bursts are never mistaken for each other.
            let at = IOVA + 32 * tickets.len() as u32;
            let request = match rng.bool() {
                true => Request::read(at, rng.u16(1..5)),
                false => Request::write(at, &vec![1; 8 * rng.usize(1..5)]),
            };
            tickets.push(bench.platform.submit(request.stream(9).id(rng.u8(0..4))));
        }
        // Software keeps pace with the traffic.
        while answers.len() + 8 < tickets.len() {
            answers.push(bench.platform.wait(tickets[answers.len()])?.resp);
        }
        let route = match rng.u8(0..5) {
            0 => Route::Terminate,
            1 => Route::Bypass,
            n => Route::Context(u32::from(n) - 2),
        };
        bench.route(9, route)?;
    }
    let rest = bench.platform.finish()?;
    answers.extend(rest.iter().map(|done| done.resp));
    let count = |resp| answers.iter().filter(|&&answer| answer == resp).count();
    let (okay, refused) = (count(Resp::Okay), count(Resp::DecErr));
    let seen = bench.seen();
    for page in [IOVA, PA, PA + 0x0010_0000, PA + 0x0020_0000] {
        let here = |ax: &&vcm_sim::signals::AxiAddr| ax.addr & 0xFFF0_0000 == page;
        let count = seen.reads.iter().chain(&seen.writes).filter(here).count();
        assert!(count > 20, "{count} bursts to {page:#x}");
    }
    assert_eq!(seen.reads.len() + seen.writes.len(), okay);
    assert_eq!(okay + refused, tickets.len());
    assert!(refused > 20, "{refused}");
    Ok(())
}

#[test]
fn a_route_may_change_while_traffic_flows() -> Result<()> {
    for seed in 61..65 {
        for config in [quick(), quick().stressed(seed)] {
            cosimulate(config, |bench| reroute_under_traffic(bench, seed))?;
        }
    }
    Ok(())
}

#[test]
fn a_burst_whose_stream_leaves_its_context_during_the_walk_is_not_translated_by_it() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(IOVA, PA))?;
        bench.context(1)?.map(Page::small(IOVA, PA + 0x1000))?;
        for (latency, route, expected) in [
            (400, Route::Context(1), Some(PA + 0x1000)),
            (400, Route::Bypass, Some(IOVA)),
            (400, Route::Terminate, None),
        ] {
            bench.route(5, Route::Context(0))?;
            bench.invalidate(0)?;
            bench.set_latency(latency, 2);
            bench.seen();
            let ticket = bench.platform.submit(Request::read(IOVA, 1).stream(5));
            bench.platform.wait_for("a walk", |simulation| {
                simulation.wires().m_axi_ptw.ar.fires().then_some(())
            })?;
            bench.route(5, route)?;
            let done = bench.platform.wait(ticket)?;
            bench.set_latency(3, 2);
            match expected {
                Some(pa) => {
                    assert_eq!(done.resp, Resp::Okay);
                    assert_eq!(bench.seen().reads[0].addr, pa, "{route:?}");
                }
                None => assert_eq!(done.resp, Resp::DecErr),
            }
        }
        Ok(())
    })
}

#[test]
fn a_fault_that_waits_its_turn_is_not_put_down_to_the_context_that_its_stream_is_moved_to()
-> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        tables.map(Page::small(IOVA, PA))?;
        bench.context(1)?.map(Page::new(Size::Section, IOVA, PA))?;
        bench.route(5, Route::Context(0))?;
        bench.passes(Request::read(IOVA, 1))?;
        // The second burst has its ID in use for long: its fault is found, and waits.
        bench.set_latency(600, 600);
        bench.platform.submit(Request::read(IOVA, 1).id(1));
        bench.platform.wait_for("a burst of m_axi", |simulation| {
            simulation.wires().m_axi.ar.fires().then_some(())
        })?;
        bench.set_latency(3, 3);
        let ticket = bench
            .platform
            .submit(Request::read(IOVA + 0x1000, 1).stream(5).id(1));
        bench.platform.step(60);
        bench.route(5, Route::Context(1))?;
        let done = bench.platform.wait(ticket)?;
        bench.platform.step(20);
        assert_eq!(
            bench.bank::<Fsr>(1)?.bits(),
            0,
            "context 1 maps the address"
        );
        match bench.faults()?[..] {
            [] => assert_eq!(done.resp, Resp::Okay),
            [fault] => {
                assert_eq!(done.resp, Resp::SlvErr);
                assert_eq!(fault.context, Some(0));
            }
            ref more => panic!("{more:x?}"),
        }
        Ok(())
    })
}

#[test]
fn bursts_of_all_contexts_one_behind_the_other_keep_their_own() -> Result<()> {
    const IOVA: u32 = 0x0010_0000;
    for seed in 0..4 {
        cosimulate(quick().stressed(seed), |bench| {
            for context in 0..8 {
                let pa = DATA + context * 0x0010_0000;
                bench.context(context)?.map(Page::small(IOVA, pa))?;
            }
            let mut rng = fastrand::Rng::with_seed(seed);
            for n in 0..400u32 {
                let (stream, at) = (rng.u8(0..8), IOVA + n % 512 * 8);
                let request = match rng.bool() {
                    true => Request::write(at, &[stream; 8]),
                    false => Request::read(at, 1),
                };
                bench
                    .platform
                    .submit(request.stream(stream).id(rng.u8(..4)));
            }
            let done = bench.platform.finish()?;
            assert!(done.iter().all(|done| done.resp == Resp::Okay));
            let seen = bench.seen();
            let left = seen.reads.iter().chain(&seen.writes);
            let mut places = [0; 8];
            left.for_each(|ax| places[((ax.addr - DATA) >> 20) as usize] += 1);
            for (context, place) in (0..8u8).zip(places) {
                let sent = done.iter().filter(|done| done.request.stream == context);
                assert_eq!(place, sent.count(), "context {context}");
            }
            Ok(())
        })?;
    }
    Ok(())
}
