//! What a synchronisation waits for, and what it does not.

use anyhow::Result;
use vcm_regs::context::{Tlbiall, Tlbsync};
use vcm_sim::axi::Request;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::Page;

const IOVA: u32 = 0x4000_0000;
/// A stream that is bypassed.
const BYPASSED: u8 = 8;
const CONTEXTS: u32 = 8;
/// Bursts of a direction that may be under way to memory.
const OUTSTANDING: u8 = 8;
/// Walks that may be under way.
const WALKS: u8 = 4;
/// Cycles that memory takes.
const LATENCY: u32 = 400;

fn burst(writes: bool, stream: u8, id: u8) -> Request {
    let at = if stream == BYPASSED { DATA } else { IOVA };
    let request = match writes {
        false => Request::read(at, 1),
        true => Request::write(at, &[1; 8]),
    };
    request.stream(stream).id(id)
}

/// All contexts, with a page at `IOVA`, and a stream that is bypassed.
fn contexts(bench: &Bench) -> Result<()> {
    for context in 0..CONTEXTS {
        let mut tables = bench.context(context)?;
        tables.map(Page::small(IOVA, DATA + context * 0x1000))?;
    }
    bench.route(BYPASSED, Route::Bypass)
}

#[test]
fn it_does_not_wait_for_bursts_that_come_later_in_whatever_entry() -> Result<()> {
    for writes in [false, true] {
        cosimulate(quick(), |bench| {
            contexts(bench)?;
            for context in 0..CONTEXTS {
                bench.passes(burst(writes, context as u8, 0))?;
                bench.set_latency(LATENCY, LATENCY);
                // One that makes room again before the end, and the one that is waited for.
                bench.platform.submit(burst(writes, BYPASSED, 0x80));
                bench.platform.step(20);
                let old = bench.platform.submit(burst(writes, context as u8, 1));
                bench.platform.step(20);
                bench.set_bank(context, Tlbsync::default())?;
                bench.platform.step(80);
                for id in 2..OUTSTANDING + 1 {
                    bench.platform.submit(burst(writes, context as u8, id));
                }
                assert!(bench.is_syncing(context)?, "it waits for the old one");
                bench.platform.wait(old)?;
                bench.platform.step(30);
                assert!(!bench.is_syncing(context)?, "it waits for newer ones");
                bench.set_latency(3, 2);
                bench.settle()?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn that_of_a_context_does_not_wait_for_bursts_that_have_none_in_whatever_entry() -> Result<()> {
    for writes in [false, true] {
        cosimulate(quick(), |bench| {
            contexts(bench)?;
            for context in 0..CONTEXTS {
                bench.passes(burst(writes, context as u8, 0))?;
                bench.set_latency(LATENCY, LATENCY);
                for id in 0..OUTSTANDING {
                    bench.platform.submit(burst(writes, BYPASSED, 0x80 | id));
                }
                bench.platform.step(40);
                bench.set_bank(context, Tlbsync::default())?;
                bench.platform.step(30);
                assert!(!bench.is_syncing(context)?, "context {context}");
                bench.set_latency(3, 2);
                bench.settle()?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn it_waits_for_the_discarded_walk_of_any_context_in_any_place() -> Result<()> {
    cosimulate(quick(), |bench| {
        contexts(bench)?;
        for (context, before) in (0..CONTEXTS).flat_map(|c| (0..WALKS).map(move |n| (c, n))) {
            bench.set_latency(3, 2);
            for other in 0..CONTEXTS {
                bench.invalidate(other)?;
            }
            bench.set_latency(LATENCY, LATENCY);
            // Walks of other contexts have the places before.
            let others = (1..=before).map(|n| (context as u8 + n) % CONTEXTS as u8);
            for stream in others {
                bench.platform.submit(burst(false, stream, stream));
            }
            bench.platform.submit(burst(false, context as u8, 0x40));
            bench.platform.step(60);
            bench.set_bank(context, Tlbiall::default())?;
            bench.set_bank(context, Tlbsync::default())?;
            bench.platform.step(u64::from(LATENCY) / 2);
            assert!(bench.is_syncing(context)?, "{context} behind {before}");
            bench.set_latency(3, 2);
            bench.settle()?;
            assert!(!bench.is_syncing(context)?);
        }
        Ok(())
    })
}
