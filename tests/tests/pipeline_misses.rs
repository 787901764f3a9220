//! What goes on while something misses, and what must not.

use anyhow::Result;
use vcm_sim::axi::{Completion, Request};
use vcm_sim::platform::Config;
use vcm_sim::signals::Resp;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::{Page, Size};
use vcm_tests::timeline::{Event, Timeline};

const IOVA: u32 = 0x0100_0000;

/// Cycles that a read of a table takes.
const SLOW: u32 = 150;

/// Memory that answers at once, and page tables that do not.
fn slow_walks(bench: &Bench) {
    bench.set_latency(SLOW, 2);
}

/// `count` pages of context 0, 64 KiB apart.
fn pages(bench: &Bench, count: u32) -> Result<()> {
    let mut tables = bench.context(0)?;
    for n in 0..count {
        tables.map(Page::small(IOVA + n * 0x1_0000, DATA + n * 0x1_0000))?;
    }
    Ok(())
}

#[test]
fn reads_of_other_ids_overtake_a_miss() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 8)?;
        bench.route(1, Route::Bypass)?;
        bench.passes(Request::read(IOVA, 1))?;
        slow_walks(bench);
        let timeline = Timeline::of(bench);
        bench
            .platform
            .submit(Request::read(IOVA + 0x7_0000, 1).id(0));
        for n in 1..5u8 {
            bench.platform.submit(Request::read(IOVA, 1).id(n));
            bench
                .platform
                .submit(Request::read(DATA, 1).id(n).stream(1));
        }
        bench.platform.finish()?;
        let seen = Timeline::take(&timeline);
        let last = seen.reads_out.last().map(|event| event.addr.addr);
        assert_eq!(last, Some(DATA + 0x7_0000), "the miss leaves last");
        // Nobody waited for it: two cycles each, but for the one in which the miss was parked.
        for (came, left) in seen.reads_in[1..].iter().zip(&seen.reads_out) {
            assert!(left.cycle - came.cycle <= 3, "{came:x?} {left:x?}");
        }
        Ok(())
    })
}

#[test]
fn reads_of_the_same_id_stay_behind_a_miss() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 8)?;
        bench.passes(Request::read(IOVA, 1))?;
        slow_walks(bench);
        let timeline = Timeline::of(bench);
        for n in 0..4 {
            bench
                .platform
                .submit(Request::read(IOVA + 0x7_0000 - 0x1_0000 * n, 1).id(9));
            bench.platform.submit(Request::read(IOVA, 1).id(9));
        }
        bench.platform.finish()?;
        let seen = Timeline::take(&timeline);
        let came: Vec<u32> = seen.reads_in.iter().map(|event| event.addr.addr).collect();
        let left: Vec<u32> = seen
            .reads_out
            .iter()
            .map(|event| event.addr.addr - DATA + IOVA)
            .collect();
        assert_eq!(came, left);
        // Their walks overlapped all the same: the first two-read walk, then one for the others.
        let span = seen.reads_out[7].cycle - seen.reads_in[0].cycle;
        assert!(span < 3 * u64::from(SLOW), "{span} cycles");
        Ok(())
    })
}

#[test]
fn what_hits_parks_behind_a_walk_of_its_id_wherever_that_stands() -> Result<()> {
    for before in 0..4 {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            tables.map(Page::small(IOVA, DATA))?;
            tables.map(Page::small(IOVA + 0x40_0000, DATA))?;
            for n in 0..before {
                let iova = IOVA + 0x100_0000 + n * 0x20_0000;
                tables.map(Page::new(Size::Section, iova, DATA))?;
            }
            bench.passes(Request::read(IOVA, 1))?;
            bench.settle()?;
            slow_walks(bench);
            let timeline = Timeline::of(bench);
            // One read of a table each, and then two.
            for n in 0..before {
                let iova = IOVA + 0x100_0000 + n * 0x20_0000;
                bench.platform.submit(Request::read(iova, 1).id(n as u8));
            }
            bench
                .platform
                .submit(Request::read(IOVA + 0x40_0000, 1).id(9));
            bench.platform.step(u64::from(SLOW + SLOW / 2));
            bench.platform.submit(Request::read(IOVA, 1).id(9));
            bench.platform.submit(Request::read(IOVA, 1).id(8));
            bench.platform.finish()?;
            let left = Timeline::take(&timeline).reads_out;
            let ids: Vec<u8> = left.iter().rev().map(|event| event.addr.id).collect();
            assert_eq!(ids[..3], [9, 9, 8], "behind {before}");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn writes_leave_in_their_order_and_their_walks_overlap() -> Result<()> {
    cosimulate(quick(), |bench| {
        pages(bench, 8)?;
        bench.passes(Request::write(IOVA, &[0; 8]))?;
        slow_walks(bench);
        let timeline = Timeline::of(bench);
        for n in 0..4u8 {
            let iova = IOVA + 0x7_0000 - 0x1_0000 * u32::from(n);
            bench.platform.submit(Request::write(iova, &[n; 24]).id(n));
            bench
                .platform
                .submit(Request::write(IOVA, &[n; 8]).id(8 + n));
        }
        bench.platform.finish()?;
        let seen = Timeline::take(&timeline);
        let came: Vec<u32> = seen.writes_in.iter().map(|event| event.addr.addr).collect();
        let left: Vec<u32> = seen
            .writes_out
            .iter()
            .map(|event| event.addr.addr - DATA + IOVA)
            .collect();
        assert_eq!(came, left);
        let span = seen.writes_out[7].cycle - seen.writes_in[0].cycle;
        assert!(span < 3 * u64::from(SLOW), "{span} cycles");
        Ok(())
    })
}

#[test]
fn reads_do_not_wait_for_a_write_that_misses_nor_the_other_way_round() -> Result<()> {
    for write_misses in [false, true] {
        cosimulate(quick(), |bench| {
            pages(bench, 8)?;
            bench.passes(Request::read(IOVA, 1))?;
            bench.passes(Request::write(IOVA, &[0; 8]))?;
            slow_walks(bench);
            let timeline = Timeline::of(bench);
            let (miss, hit) = match write_misses {
                true => (
                    Request::write(IOVA + 0x7_0000, &[0; 8]),
                    Request::read(IOVA, 1),
                ),
                false => (
                    Request::read(IOVA + 0x7_0000, 1),
                    Request::write(IOVA, &[0; 8]),
                ),
            };
            bench.platform.submit(miss);
            bench.platform.step(20);
            bench.platform.submit(hit);
            bench.platform.finish()?;
            let seen = Timeline::take(&timeline);
            let (came, left) = match write_misses {
                true => (seen.reads_in[0], seen.reads_out[0]),
                false => (seen.writes_in[0], seen.writes_out[0]),
            };
            assert_eq!(left.cycle - came.cycle, 2);
            Ok(())
        })?;
    }
    Ok(())
}

/// How long bursts waited for their answers.
fn longest(all: &[Completion], of: impl Fn(&Completion) -> bool) -> u64 {
    all.iter()
        .filter(|done| of(done))
        .map(|done| done.finished - done.accepted)
        .max()
        .unwrap_or(0)
}

#[test]
fn a_flood_of_misses_starves_nobody() -> Result<()> {
    // One stream misses with every burst, without end; the other, of the same or the other
    // direction, wants a miss served now and then.
    for seed in [None, Some(7)] {
        for (flood_writes, victim_writes) in
            [(false, false), (false, true), (true, false), (true, true)]
        {
            let config = seed.map_or_else(quick, |seed| quick().stressed(seed));
            flood(config, flood_writes, victim_writes)?;
        }
    }
    Ok(())
}

fn flood(config: Config, flood_writes: bool, victim_writes: bool) -> Result<()> {
    cosimulate(config, |bench| {
        let mut tables = bench.context(0)?;
        for n in 0..0x480 {
            tables.map(Page::small(IOVA + n * 0x2000, DATA + n * 0x2000))?;
        }
        bench.route(1, Route::Context(0))?;
        let burst = |write: bool, iova| match write {
            true => Request::write(iova, &[1; 8]),
            false => Request::read(iova, 1),
        };
        let mut rng = fastrand::Rng::with_seed(11);
        for n in 0..600u32 {
            let iova = IOVA + rng.u32(0..0x200) * 0x2000;
            bench
                .platform
                .submit(burst(flood_writes, iova).id(n as u8 % 16));
            if n % 20 == 0 {
                let iova = IOVA + (0x200 + n) * 0x2000;
                bench
                    .platform
                    .submit(burst(victim_writes, iova).stream(1).id(16));
            }
        }
        let all = bench.platform.finish()?;
        assert!(all.iter().all(|done| done.resp == Resp::Okay));
        let waited = longest(&all, |done| done.request.stream == 1);
        // Eight bursts before it in its path, and as many in the other, each with its walk.
        assert!(waited < 1_500, "{waited} cycles");
        Ok(())
    })
}

#[test]
fn reads_and_writes_take_turns_at_the_translator() -> Result<()> {
    const PAGES: u32 = 64;
    const BURSTS: u32 = 400;
    cosimulate(quick(), |bench| {
        pages(bench, PAGES)?;
        let iova = |n: u32| IOVA + n % PAGES * 0x1_0000;
        // All pages are in the main TLB, and no micro-TLB has the one that comes next.
        for n in 0..PAGES {
            bench.passes(Request::read(iova(n), 1))?;
        }
        let timeline = Timeline::of(bench);
        for n in 0..BURSTS {
            let id = n as u8 % 16;
            bench.platform.submit(Request::read(iova(n), 1).id(id));
            bench
                .platform
                .submit(Request::write(iova(n), &[1; 8]).id(id));
        }
        bench.settle()?;
        let seen = Timeline::take(&timeline);
        for (one, other) in [
            (&seen.reads_out, &seen.writes_out),
            (&seen.writes_out, &seen.reads_out),
        ] {
            let half = one[BURSTS as usize / 2].cycle;
            let others = other.iter().filter(|event| event.cycle < half).count();
            assert!(others >= BURSTS as usize / 4, "{others} of {BURSTS}");
        }
        Ok(())
    })
}

/// Of reads that wait for nobody's walk, and for no other of their ID, none is passed over in its slot: neither while
/// memory has the data of others to send, nor while writes have half of the translator's lookups.
#[test]
fn reads_ask_and_leave_in_turn_while_all_slots_are_full() -> Result<()> {
    for writes in [false, true] {
        cosimulate(quick(), |bench| turns(bench, writes))?;
    }
    Ok(())
}

fn turns(bench: &Bench, writes: bool) -> Result<()> {
    const PAGES: u32 = 64;
    const READS: u32 = 200;
    const SLOTS: usize = 4;
    pages(bench, PAGES)?;
    for n in 0..PAGES {
        bench.passes(Request::read(IOVA + n * 0x1_0000, 1))?;
    }
    let timeline = Timeline::of(bench);
    let offset = |n: u32| n % PAGES * 0x1_0000 + n / PAGES * 0x80;
    let beats = if writes { 1 } else { 16 };
    for n in 0..READS {
        let iova = IOVA + offset(n);
        let id = n as u8 % 32;
        bench.platform.submit(Request::read(iova, beats).id(id));
        if writes {
            bench.platform.submit(Request::write(iova, &[1; 8]).id(id));
        }
    }
    bench.platform.finish()?;
    let seen = Timeline::take(&timeline);
    let came_by = |cycle| seen.reads_in.iter().filter(|e| e.cycle < cycle).count();
    let mut inside = seen.reads_out.iter().enumerate();
    let full = inside.any(|(left, event)| came_by(event.cycle) > left + SLOTS);
    assert!(full, "the slots are never full");
    let number = |event: &Event| (0..READS).find(|n| DATA + offset(*n) == event.addr.addr);
    let left: Vec<u32> = seen.reads_out.iter().filter_map(number).collect();
    assert_eq!(left.len(), READS as usize);
    for (place, read) in left.iter().enumerate() {
        let overtaken = left[..place].iter().filter(|other| *other > read).count();
        assert!(overtaken < SLOTS, "{overtaken} overtook read {read}");
    }
    Ok(())
}

/// Cycles that a read of a table takes, fast and slow: who waits for whom depends on them.
const LATENCIES: [u32; 12] = [0, 2, 3, 5, 8, 10, 12, 14, 20, 30, 40, 60];

/// Fewer than this of a storm of faults may overtake one that came before: two for each slot.
const STORM_BEFORE: usize = 16;

/// How many of `all` ended before `one`.
fn before(one: &Completion, all: &[Completion]) -> usize {
    all.iter()
        .filter(|other| other.finished < one.finished)
        .count()
}

#[test]
fn a_storm_of_faults_keeps_nobody_of_the_other_direction_waiting() -> Result<()> {
    let request = |write, n: u32| match write {
        false => Request::read(IOVA, 1).id(n as u8 % 16),
        true => Request::write(IOVA, &[1; 8]).id(n as u8 % 16),
    };
    for (write, latency) in [false, true]
        .into_iter()
        .flat_map(|w| LATENCIES.map(|l| (w, l)))
    {
        for few in [1, 4] {
            cosimulate(quick(), |bench| {
                let _empty = bench.context(0)?;
                bench.set_latency(latency, latency);
                let submit = |write, n| bench.platform.submit(request(write, n));
                let storm: Vec<_> = (0..8).map(|n| submit(!write, n)).collect();
                let lone: Vec<_> = (0..few).map(|n| submit(write, n)).collect();
                let rest: Vec<_> = (8..100).map(|n| submit(!write, n)).collect();
                let wait = |ticket| bench.platform.wait(ticket);
                let storm = storm.into_iter().chain(rest).map(wait);
                let storm = storm.collect::<Result<Vec<_>, _>>()?;
                for (n, one) in lone.into_iter().map(wait).enumerate() {
                    let before = before(&one?, &storm);
                    let what = format!("{n} of {few}, write: {write}, {latency} cycles a read");
                    assert!(before < STORM_BEFORE, "{what}: after {before}");
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn a_storm_of_faults_keeps_nobody_of_its_own_direction_waiting() -> Result<()> {
    for (ids, latency) in [2, 4]
        .into_iter()
        .flat_map(|ids| LATENCIES.map(|l| (ids, l)))
    {
        cosimulate(quick(), |bench| {
            let _empty = bench.context(0)?;
            bench.set_latency(latency, latency);
            let submit = |id| bench.platform.submit(Request::read(IOVA, 1).id(id));
            let mut tickets = Vec::new();
            for n in 0..100u8 {
                // Of an ID of their own, now and then.
                let lone = n % 10 == 5 && n < 60;
                tickets.push(submit(if lone { 99 + n } else { n % ids }));
            }
            let done: Vec<_> = tickets
                .into_iter()
                .map(|ticket| bench.platform.wait(ticket))
                .collect::<Result<_, _>>()?;
            for (n, one) in done.iter().enumerate() {
                let before = before(one, &done[n + 1..]);
                let what = format!("{ids} IDs, {latency} cycles a read, burst {n}");
                assert!(before < STORM_BEFORE, "{what}: {before} overtake it");
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_storm_of_faults_does_not_keep_v2p_waiting() -> Result<()> {
    use vcm_regs::context::{Par, V2ppr};
    for latency in LATENCIES {
        cosimulate(quick(), |bench| {
            let _empty = bench.context(0)?;
            bench.set_latency(latency, latency);
            let tickets: Vec<_> = (0..150u8)
                .map(|n| {
                    bench
                        .platform
                        .submit(Request::write(IOVA, &[1; 8]).id(n % 16))
                })
                .collect();
            for _ in 0..3 {
                let asked = bench.platform.now();
                let page = V2ppr::default().with(V2ppr::VA, IOVA >> 12);
                assert!(bench.probe(0, page)?.has(Par::F));
                // A walk for each of the slots, and for V2P itself, and the registers.
                let most = u64::from(12 * (latency + 40));
                let took = bench.platform.now() - asked;
                assert!(took < most, "{took} cycles, {latency} a read");
            }
            for ticket in tickets {
                assert_eq!(bench.platform.wait(ticket)?.resp, Resp::SlvErr);
            }
            Ok(())
        })?;
    }
    Ok(())
}
