//! What hits in a micro-TLB: two cycles, one burst a cycle on each channel, nobody in the way.

use anyhow::Result;
use vcm_sim::axi::Request;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::{Page, Size};
use vcm_tests::timeline::{Event, Timeline};

const IOVA: u32 = 0x0100_0000;

/// Context 0 with a page of each size at `IOVA` and every 16 MiB from there, each in both micro-TLBs.
fn warm(bench: &Bench) -> Result<Vec<u32>> {
    let mut tables = bench.context(0)?;
    let mut at = Vec::new();
    for (n, size) in (0..).zip(Size::ALL) {
        let offset = n * 0x0100_0000;
        tables.map(Page::new(size, IOVA + offset, DATA + offset))?;
        at.push(IOVA + offset);
    }
    for &iova in &at {
        bench.passes(Request::read(iova, 1))?;
        bench.passes(Request::write(iova, &[0; 8]))?;
    }
    Ok(at)
}

#[test]
fn a_hit_leaves_two_cycles_after_it_came() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.route(1, Route::Bypass)?;
        let mut at = warm(bench)?;
        let timeline = Timeline::of(bench);
        at.push(DATA);
        for (n, &iova) in at.iter().enumerate() {
            let stream = u8::from(n == at.len() - 1);
            bench.passes(Request::read(iova, 4).stream(stream))?;
            bench.passes(Request::write(iova, &[0; 32]).stream(stream))?;
            let seen = Timeline::take(&timeline);
            assert_eq!(seen.reads_out[0].cycle - seen.reads_in[0].cycle, 2);
            assert_eq!(seen.writes_out[0].cycle - seen.writes_in[0].cycle, 2);
        }
        Ok(())
    })
}

#[test]
fn each_direction_keeps_the_last_eight_pages_of_every_size() -> Result<()> {
    use vcm_regs::global::{IDR3, Idr3};
    let entries = Idr3::from_bits(IDR3.reset()).get(Idr3::TLBENTRIES);
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let stride = size.bytes().max(0x0010_0000);
            for n in 0..entries {
                tables.map(Page::new(size, IOVA + n * stride, DATA))?;
            }
            // Somewhere else in the page, and in the MiB.
            let other = (size.bytes() - 8) & 0xF_FFFF;
            let kinds = [0, 1, 4, 5].map(|prot| [(false, prot), (true, prot)]);
            for (write, prot) in kinds.into_iter().flatten() {
                let access = |iova| match write {
                    false => Request::read(iova, 1).prot(prot),
                    true => Request::write(iova, &[0; 8]).prot(prot),
                };
                for n in 0..entries {
                    bench.passes(access(IOVA + n * stride))?;
                }
                bench.counters()?;
                for n in 0..entries {
                    let pa = bench.passes(access(IOVA + n * stride + other))?;
                    assert_eq!(pa, DATA + other);
                }
                let seen = bench.counters()?;
                let (hits, misses) = (seen.hit_r + seen.hit_w, seen.miss_r + seen.miss_w);
                let what = format!("{size:?}, write: {write}, AxPROT {prot}");
                assert_eq!((hits, misses), (entries, 0), "{what}");
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Whatever is in the bits, an address that differs in one of them is another page.
#[test]
fn each_entry_compares_every_bit_of_an_address() -> Result<()> {
    use vcm_regs::global::{IDR3, Idr3};
    let entries = Idr3::from_bits(IDR3.reset()).get(Idr3::TLBENTRIES);
    for (round, write) in (0..4u32).flat_map(|round| [(round, false), (round, true)]) {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let access = |iova| match write {
                false => Request::read(iova, 1),
                true => Request::write(iova, &[0; 8]),
            };
            // What is 1 in one round is 0 in the next. In the later two all pages have the same place in the main
            // TLB, so that they are in each of its ways.
            let hash = |n: u32| (n + 1).wrapping_mul(0x9E37_79B9);
            let bits = |n: u32| if round % 2 == 0 { hash(n) } else { !hash(n) };
            let page = |n: u32| match round < 2 {
                true => bits(n) & 0xFFFF_F000,
                false => bits(n) & 0xFFE0_0000 | 0x0010_3000,
            };
            let pages: Vec<u32> = (0..entries).map(page).collect();
            for &page in &pages {
                tables.map(Page::small(page, DATA))?;
                bench.passes(access(page))?;
            }
            bench.counters()?;
            for &page in &pages {
                bench.passes(access(page))?;
            }
            let seen = bench.counters()?;
            let (hits, misses) = (seen.hit_r + seen.hit_w, seen.miss_r + seen.miss_w);
            let what = format!("round {round}, write: {write}");
            assert_eq!((hits, misses), (entries, 0), "{what}");
            for (page, bit) in pages
                .iter()
                .flat_map(|page| (12..32).map(move |b| (page, b)))
            {
                bench.refused(access(page ^ 1 << bit))?;
                if bit % 4 == 3 {
                    bench.faults()?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The longest run of consecutive cycles.
fn longest_run(events: &[Event]) -> usize {
    let mut best = 0;
    let mut run = 0;
    let mut last = None;
    for event in events {
        run = match last {
            Some(last) if last + 1 == event.cycle => run + 1,
            _ => 1,
        };
        last = Some(event.cycle);
        best = best.max(run);
    }
    best
}

#[test]
fn hits_leave_in_every_cycle_on_both_channels_at_once() -> Result<()> {
    cosimulate(quick(), |bench| {
        let at = warm(bench)?;
        let timeline = Timeline::of(bench);
        for n in 0..400u32 {
            // Eight entries, all sizes, all IDs.
            let iova = at[n as usize % at.len()] + 8 * n;
            bench
                .platform
                .submit(Request::read(iova & !0x1000, 1).id(n as u8));
            bench
                .platform
                .submit(Request::write(iova & !0x1000, &[1; 8]).id(n as u8));
        }
        bench.platform.finish()?;
        let seen = Timeline::take(&timeline);
        assert!(seen.walks.is_empty(), "no walk: {:x?}", seen.walks);
        for events in [&seen.reads_out, &seen.writes_out] {
            let run = longest_run(events);
            assert!(run >= 300, "{run} bursts in consecutive cycles of 400");
        }
        let (reads, writes) = (&seen.reads_out, &seen.writes_out);
        let both = reads
            .iter()
            .filter(|read| {
                writes
                    .binary_search_by_key(&read.cycle, |write| write.cycle)
                    .is_ok()
            })
            .count();
        assert!(both >= 300, "{both} cycles with a read and a write of 400");
        Ok(())
    })
}

#[test]
fn every_burst_of_a_full_stream_is_counted() -> Result<()> {
    const BURSTS: u32 = 1500;
    cosimulate(quick(), |bench| {
        let at = warm(bench)?;
        bench.counters()?;
        for n in 0..BURSTS {
            let iova = at[n as usize % at.len()] + 8 * (n % 400);
            for request in [Request::read(iova, 1), Request::write(iova, &[1; 8])] {
                bench.platform.submit(request.id(n as u8));
            }
        }
        let mut sum = [0; 6];
        for step in 0..20 {
            bench.platform.step(step);
            let seen = bench.counters()?;
            let seen = [
                seen.reads,
                seen.hit_r,
                seen.miss_r,
                seen.writes,
                seen.hit_w,
                seen.miss_w,
            ];
            sum = std::array::from_fn(|n| sum[n] + seen[n]);
            if step == 18 {
                bench.platform.finish()?;
            }
        }
        assert_eq!(sum, [BURSTS, BURSTS, 0, BURSTS, BURSTS, 0]);
        Ok(())
    })
}

/// What parks behind a miss must leave faster than more comes, or the channel would stay in the slow way.
#[test]
fn a_full_stream_passes_in_every_cycle_again_after_one_that_missed() -> Result<()> {
    for write in [false, true] {
        cosimulate(quick(), |bench| {
            let (hot, cold) = (IOVA, IOVA + 0x1000);
            let mut tables = bench.context(0)?;
            tables.map(Page::small(hot, DATA))?;
            tables.map(Page::small(cold, DATA + 0x1000))?;
            bench.passes(Request::read(hot, 1))?;
            bench.passes(Request::write(hot, &[0; 8]))?;
            let timeline = Timeline::of(bench);
            for n in 0..600 {
                let iova = if n == 100 { cold } else { hot };
                // One ID: reads keep their order too, so that all park behind the one.
                bench.platform.submit(match write {
                    true => Request::write(iova, &[1; 8]),
                    false => Request::read(iova, 1),
                });
            }
            bench.platform.finish()?;
            let seen = Timeline::take(&timeline);
            let events = if write {
                &seen.writes_out
            } else {
                &seen.reads_out
            };
            let run = longest_run(&events[200..]);
            let what = if write { "writes" } else { "reads" };
            assert!(run >= 300, "{run} {what} in consecutive cycles of 400");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn eight_reads_and_eight_writes_are_outstanding() -> Result<()> {
    cosimulate(quick(), |bench| {
        let at = warm(bench)?;
        bench.set_latency(200, 200);
        let timeline = Timeline::of(bench);
        for n in 0..32u8 {
            bench.platform.submit(Request::read(at[0], 1).id(n));
            bench.platform.submit(Request::write(at[0], &[n; 8]).id(n));
        }
        bench.platform.finish()?;
        let seen = Timeline::take(&timeline);
        assert!(seen.most_reads >= 8, "{} reads", seen.most_reads);
        assert!(seen.most_writes >= 8, "{} writes", seen.most_writes);
        Ok(())
    })
}
