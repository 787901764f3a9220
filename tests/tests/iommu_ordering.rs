//! Many bursts in flight: order within an ID, none between IDs, nobody starves.

use std::sync::{Arc, Mutex};

use anyhow::Result;
use vcm_regs::global::{IDR3, Idr3};
use vcm_sim::axi::{Completion, Request};
use vcm_sim::ddr::{Order, Port, PortConfig};
use vcm_sim::platform::Config;
use vcm_sim::signals::{Cycle, Observer, Resp, Violation};
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::Page;

const IOVA: u32 = 0x0100_0000;
const PA: u32 = DATA;
const OUTSTANDING: u32 = Idr3::from_bits(IDR3.reset()).get(Idr3::OUTSTANDING);

/// Memory whose answers of different IDs overtake each other.
fn disorderly(seed: u64) -> Config {
    let mut config = quick();
    config.ddr.timing.read_latency = 30;
    config.ddr.data = PortConfig {
        order: Order::Interleaved,
        seed,
        ..config.ddr.data
    };
    config
}

/// Context 0 with one page; each word holds its offset.
fn prepare(bench: &Bench) -> Result<()> {
    bench.context(0)?.map(Page::small(IOVA, PA))?;
    (0..0x400).try_for_each(|n| bench.poke(PA + 4 * n, 4 * n))
}

/// Holds that bursts of each ID and direction were answered in the order of submission.
fn in_order_within_ids(all: &[Completion]) {
    for id in 0..=255 {
        for write in [false, true] {
            let of_id =
                |done: &&Completion| (done.request.id, done.request.is_write()) == (id, write);
            let finished: Vec<u64> = all.iter().filter(of_id).map(|done| done.finished).collect();
            assert!(finished.is_sorted(), "ID {id}, write {write}: {finished:?}");
        }
    }
}

#[test]
fn every_id_is_returned() -> Result<()> {
    cosimulate(disorderly(1), |bench| {
        prepare(bench)?;
        bench.route(1, Route::Bypass)?;
        for id in 0..=255u8 {
            let at = IOVA + 8 * u32::from(id);
            bench.platform.submit(Request::read(at, 1).id(id));
            bench
                .platform
                .submit(Request::write(PA + 0x1000, &[id; 8]).id(id).stream(1));
            bench.platform.submit(Request::read(at, 2).id(id).stream(2));
        }
        // The bus master itself holds that each answer belongs to an ID that waits.
        let all = bench.platform.finish()?;
        for done in &all {
            let expected = [Resp::Okay, Resp::Okay, Resp::DecErr][usize::from(done.request.stream)];
            assert_eq!(done.resp, expected);
            if done.request.stream == 0 {
                let low = 8 * u32::from(done.request.id);
                assert_eq!(done.bytes()[..4], low.to_le_bytes());
            }
        }
        in_order_within_ids(&all);
        Ok(())
    })
}

#[test]
fn answers_of_different_ids_may_overtake_each_other() -> Result<()> {
    cosimulate(disorderly(2), |bench| {
        prepare(bench)?;
        let mut overtaken = 0;
        for _ in 0..20 {
            for id in 0..8 {
                bench.platform.submit(Request::read(IOVA, 4).id(id));
            }
            let all = bench.platform.finish()?;
            overtaken += usize::from(!all.is_sorted_by_key(|done| done.finished));
            in_order_within_ids(&all);
        }
        assert!(overtaken > 5, "{overtaken} of 20 rounds out of order");
        Ok(())
    })
}

#[test]
fn one_id_stays_in_order_between_memory_and_terminator() -> Result<()> {
    for config in [disorderly(3), quick().stressed(101), quick().stressed(102)] {
        cosimulate(config, |bench| {
            prepare(bench)?;
            bench.route(1, Route::Bypass)?;
            let mut rng = fastrand::Rng::with_seed(4);
            for _ in 0..400 {
                // Mapped, unmapped, bypassed, terminated.
                let (stream, at) =
                    [(0, IOVA), (0, IOVA + 0x1000), (1, PA), (2, IOVA)][rng.usize(0..4)];
                let at = at + 16 * rng.u32(0..0x80);
                let beats = rng.u16(1..6);
                let request = match rng.bool() {
                    true => Request::read(at, beats),
                    false => Request::write(at, &vec![rng.u8(..); 8 * usize::from(beats)]),
                };
                let id = [5, 5, 5, 6][rng.usize(0..4)];
                bench.platform.submit(request.stream(stream).id(id));
            }
            let all = bench.platform.finish()?;
            in_order_within_ids(&all);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_miss_does_not_let_later_bursts_of_its_id_overtake() -> Result<()> {
    cosimulate(quick(), |bench| {
        prepare(bench)?;
        let mut tables = bench.tables(0)?;
        tables.map(Page::small(IOVA, PA))?;
        tables.map(Page::small(IOVA + 0x1000, PA + 0x1000))?;
        bench.passes(Request::read(IOVA, 1))?;
        bench.set_latency(100, 100);
        for at in [IOVA + 0x1000, IOVA, IOVA + 0x1000] {
            bench.platform.submit(Request::read(at, 1).id(9));
        }
        bench.seen();
        let all = bench.platform.finish()?;
        in_order_within_ids(&all);
        let came: Vec<u32> = bench.seen().reads.iter().map(|ax| ax.addr).collect();
        assert_eq!(came, [PA + 0x1000, PA, PA + 0x1000]);
        Ok(())
    })
}

/// Counts bursts outstanding on `m_axi`.
#[derive(Default)]
struct Peak {
    now: [i64; 2],
    most: [i64; 2],
}

impl Observer for Peak {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        let m = &cycle.m_axi;
        self.now[0] += i64::from(m.ar.fires()) - i64::from(m.r.fires() && m.r.last);
        self.now[1] += i64::from(m.aw.fires()) - i64::from(m.b.fires());
        for (now, most) in self.now.iter().zip(&mut self.most) {
            *most = (*most).max(*now);
        }
        Ok(())
    }
}

#[test]
fn as_many_bursts_are_outstanding_as_the_register_says_and_no_more() -> Result<()> {
    for distinct in [false, true] {
        cosimulate(quick(), |bench| {
            prepare(bench)?;
            bench.set_latency(300, 300);
            let peak = Arc::new(Mutex::new(Peak::default()));
            bench.platform.observe(peak.clone());
            for n in 0..40u8 {
                let id = if distinct { n } else { 0 };
                let at = IOVA + 8 * u32::from(n);
                bench.platform.submit(Request::read(at, 1).id(id));
                bench.platform.submit(Request::write(at, &[n; 8]).id(id));
            }
            bench.platform.finish()?;
            let most = peak.lock().expect("no panic").most;
            assert_eq!(most, [i64::from(OUTSTANDING); 2]);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_write_that_waits_for_its_data_does_not_hold_up_reads() -> Result<()> {
    use vcm_sim::axi::Lead;
    cosimulate(quick(), |bench| {
        prepare(bench)?;
        let before = bench.platform.now();
        let write = Request::write(IOVA, &[1; 64]).lead(Lead::Address(3_000));
        let write = bench.platform.submit(write);
        for _ in 0..20 {
            assert_eq!(bench.transfer(Request::read(IOVA, 4))?.resp, Resp::Okay);
        }
        assert!(bench.platform.now() - before < 2_000);
        assert_eq!(bench.platform.wait(write)?.resp, Resp::Okay);
        Ok(())
    })
}

#[test]
fn nobody_starves() -> Result<()> {
    // Everybody sends as fast as the bus takes it: hits, misses, refused ones, reads and writes.
    for config in [quick(), quick().stressed(103)] {
        cosimulate(config, |bench| {
            let mut tables = bench.context(0)?;
            for n in 0..64 {
                tables.map(Page::small(IOVA + n * 0x1000, PA + n * 0x1000))?;
            }
            bench.route(1, Route::Context(0))?;
            bench.route(2, Route::Bypass)?;
            for n in 0..400u32 {
                let id = n as u8 % 16;
                let page = IOVA + n * 0x1000 % 0x4_0000;
                for (stream, at) in [(0, IOVA), (1, page), (2, PA), (3, IOVA)] {
                    let at = at + 8 * (n % 256);
                    bench
                        .platform
                        .submit(Request::read(at, 1).stream(stream).id(id));
                    bench
                        .platform
                        .submit(Request::write(at, &[0; 8]).stream(stream).id(id));
                }
            }
            for done in bench.platform.finish()? {
                let waited = done.finished - done.issued;
                assert!(waited < 6_000, "{waited} cycles for {:x?}", done.request);
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn reads_go_on_while_memory_takes_no_writes_and_the_other_way_round() -> Result<()> {
    use vcm_sim::pressure::{PortPressure, Pressure};
    let blocked = Pressure::Bursts {
        stall: 3_000,
        go: 3_000,
    };
    for writes_blocked in [false, true] {
        cosimulate(quick(), |bench| {
            prepare(bench)?;
            bench.passes(Request::read(IOVA, 1))?;
            bench.passes(Request::write(IOVA, &[0; 8]))?;
            let pressure = match writes_blocked {
                true => PortPressure {
                    aw: blocked,
                    w: blocked,
                    ..PortPressure::NONE
                },
                false => PortPressure {
                    ar: blocked,
                    ..PortPressure::NONE
                },
            };
            let config = PortConfig {
                pressure,
                ..quick().ddr.data
            };
            bench
                .platform
                .lock()
                .ddr_mut()
                .configure(Port::Data, config);
            let mut tickets = Vec::new();
            for n in 0..20u8 {
                let request = match writes_blocked {
                    true => Request::read(IOVA, 2),
                    false => Request::write(IOVA, &[n; 16]),
                };
                tickets.push(bench.platform.submit(request.id(n)));
            }
            let other = match writes_blocked {
                true => Request::write(IOVA, &[9; 16]),
                false => Request::read(IOVA, 2),
            };
            bench.platform.submit(other);
            for ticket in tickets {
                let done = bench.platform.wait(ticket)?;
                assert!(done.finished - done.issued < 400);
            }
            let normal = quick().ddr.data;
            bench
                .platform
                .lock()
                .ddr_mut()
                .configure(Port::Data, normal);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn bursts_of_every_id_are_answered_and_leave_nothing_to_wait_for() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(0x4000_0000, DATA))?;
        bench.set_latency(40, 40);
        for ids in (0..=255u8).collect::<Vec<u8>>().chunks(4) {
            // The same ID again, and others between.
            for id in ids.iter().chain(ids.iter().rev()) {
                bench.platform.submit(Request::read(0x4000_0000, 2).id(*id));
                let write = Request::write(0x4000_0800, &[*id; 16]);
                bench.platform.submit(write.id(*id));
            }
            let done = bench.platform.finish()?;
            assert_eq!(done.len(), 4 * ids.len());
            assert!(done.iter().all(|done| done.resp == Resp::Okay));
            bench.sync(0)?;
            bench.sync_all()?;
        }
        Ok(())
    })
}
