//! Invalidations, synchronisations and changes of registers that meet a burst at each step of its way.
//!
//! The burst, and what software does, are so many cycles apart; the scoreboard judges what comes of it.

use anyhow::{Context as _, Result, bail};
use vcm_regs::context::{self, Atsr, Dacr, Far, Fsr, Fsynr0, Fsynr1, Par, Sctlr, Tlbstatus};
use vcm_regs::fault;
use vcm_regs::global::{self, S2CR};
use vcm_sim::axi::Request;
use vcm_sim::axil::{Access, Answer};
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::{RECORDING, Route, bank_offset};
use vcm_tests::tables::{Page, Size};

const IOVA: u32 = 0x4000_0000;
/// Where a page is first, and where it is after the table was changed.
const OLD: u32 = DATA;
const NEW: u32 = DATA + 0x0800_0000;
/// A stream that is bypassed.
const BYPASSED: u8 = 8;
/// Bursts that may be under way to memory.
const OUTSTANDING: u8 = 8;

/// Queues register accesses, and does not wait for them.
fn queue(bench: &Bench, accesses: &[Access]) {
    for access in accesses {
        bench.platform.lock().registers_mut().submit(*access);
    }
}

fn write(offset: u32, value: u32) -> Access {
    Access::write(offset as u16, value)
}

/// A read of stream 0, or a write.
fn burst(writes: bool) -> Request {
    match writes {
        false => Request::read(IOVA, 1),
        true => Request::write(IOVA, &[1; 8]),
    }
}

/// Writes that invalidate the page.
fn commands() -> [Access; 5] {
    let bank = |register| bank_offset(0, register);
    [
        write(global::BLOCK.at(0) + global::TLBIALL.offset, 0),
        write(bank(&context::TLBIALL), 0),
        write(bank(&context::TLBIVA), IOVA),
        write(bank(&context::TLBIVAA), IOVA),
        write(bank(&context::TLBRANGE), IOVA - 0x1000 + 1),
    ]
}

/// Begins a synchronisation of context 0.
fn sync() -> Access {
    write(bank_offset(0, &context::TLBSYNC), 0)
}

/// Waits until none goes on in context 0.
fn wait_for_sync(bench: &Bench) -> Result<()> {
    for _ in 0..10_000 {
        if !bench.bank::<Tlbstatus>(0)?.has(Tlbstatus::SACTIVE) {
            return Ok(());
        }
        bench.platform.step(1);
    }
    bail!("the synchronisation makes no end")
}

/// Has memory busy with bursts of a bypassed stream, of both directions.
fn occupy(bench: &Bench, bursts: u8) {
    for id in 0..bursts {
        let stream = |request: Request| request.stream(BYPASSED).id(0x80 | id);
        bench.platform.submit(stream(Request::read(OLD, 1)));
        bench.platform.submit(stream(Request::write(OLD, &[2; 8])));
    }
    bench.platform.step(40);
}

#[test]
fn nothing_of_an_old_page_is_left_whenever_an_invalidation_meets_its_walk() -> Result<()> {
    for size in [Size::Small, Size::Large, Size::Section] {
        for (writes, command) in [false, true]
            .into_iter()
            .flat_map(|w| commands().map(|c| (w, c)))
        {
            cosimulate(quick(), |bench| {
                let mut tables = bench.context(0)?;
                for cycles in 0..48 {
                    tables.map(Page::new(size, IOVA, OLD))?;
                    bench.invalidate(0)?;
                    bench.platform.submit(burst(writes));
                    bench.platform.step(cycles);
                    tables.map(Page::new(size, IOVA, NEW))?;
                    queue(bench, &[command, sync()]);
                    bench.settle()?;
                    wait_for_sync(bench)?;
                    let pa = bench.passes(burst(writes))?;
                    assert_eq!(pa, NEW, "{size:?}, {command:x?} after {cycles} cycles");
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn a_synchronisation_waits_for_a_burst_of_the_old_page_whenever_it_leaves() -> Result<()> {
    for (writes, command) in [false, true]
        .into_iter()
        .flat_map(|w| commands().map(|c| (w, c)))
    {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            bench.route(BYPASSED, Route::Bypass)?;
            for (others, cycles) in (0..OUTSTANDING).flat_map(|n| (0..32).map(move |c| (n, c))) {
                tables.map(Page::small(IOVA, OLD))?;
                bench.invalidate(0)?;
                bench.passes(burst(writes))?;
                bench.set_latency(160, 160);
                occupy(bench, others);
                tables.map(Page::small(IOVA, NEW))?;
                queue(bench, &[command, sync()]);
                bench.platform.step(cycles);
                bench.platform.submit(burst(writes));
                wait_for_sync(bench)?;
                bench.set_latency(3, 2);
                bench.settle()?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The last page of a range is still the old one while those before it are dropped; its burst leaves as memory has
/// room for it, and so in any cycle.
#[test]
fn a_synchronisation_waits_for_a_burst_of_the_old_page_that_leaves_as_its_range_ends() -> Result<()>
{
    const PAGES: u32 = 6;
    for writes in [false, true] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            bench.route(BYPASSED, Route::Bypass)?;
            let range = bank_offset(0, &context::TLBRANGE);
            let range = write(range, IOVA - (PAGES - 1) * 0x1000 + PAGES - 1);
            let mut old = 0;
            for cycles in 0..100 {
                tables.map(Page::small(IOVA, OLD))?;
                bench.invalidate(0)?;
                bench.passes(burst(writes))?;
                bench.set_latency(160, 160);
                occupy(bench, OUTSTANDING);
                bench.seen();
                bench.platform.submit(burst(writes));
                bench.platform.step(cycles);
                tables.map(Page::small(IOVA, NEW))?;
                queue(bench, &[range, sync()]);
                wait_for_sync(bench)?;
                bench.set_latency(3, 2);
                bench.settle()?;
                let seen = bench.seen();
                let mut sent = seen
                    .reads
                    .iter()
                    .chain(&seen.writes)
                    .map(|ax| (ax.id, ax.addr));
                old += u32::from(sent.any(|sent| sent == (0, OLD)));
            }
            assert!((1..100).contains(&old), "{old} went to the old page");
            Ok(())
        })?;
    }
    Ok(())
}

/// A range within 16 MiB drops its last page from a micro-TLB at its end only: a hit of it may leave in every cycle
/// until then, and become the first, the second and so on of those under way.
#[test]
fn a_synchronisation_waits_for_the_last_hit_of_a_range() -> Result<()> {
    const PAGES: u32 = 10;
    const LAST: u32 = IOVA + (PAGES - 1) * 0x1000;
    let burst = |writes, id| match writes {
        false => Request::read(LAST, 1).id(id),
        true => Request::write(LAST, &[1; 8]).id(id),
    };
    let range = write(bank_offset(0, &context::TLBRANGE), IOVA + PAGES - 1);
    for writes in [false, true] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            bench.route(BYPASSED, Route::Bypass)?;
            let (mut old, mut new) = (0, 0);
            for (others, cycles) in (0..OUTSTANDING - 1).flat_map(|n| (40..80).map(move |c| (n, c)))
            {
                tables.map(Page::small(LAST, OLD))?;
                bench.invalidate(0)?;
                bench.passes(burst(writes, 0))?;
                bench.set_latency(160, 160);
                occupy(bench, others);
                bench.seen();
                tables.map(Page::small(LAST, NEW))?;
                queue(bench, &[range, sync()]);
                // One to have the page in the micro-TLB again, which the beginning of the range has emptied.
                bench.platform.step(24);
                bench.platform.submit(burst(writes, 1));
                bench.platform.step(cycles);
                bench.platform.submit(burst(writes, 2));
                wait_for_sync(bench)?;
                bench.set_latency(3, 2);
                bench.settle()?;
                let seen = bench.seen();
                let mut sent = seen
                    .reads
                    .iter()
                    .chain(&seen.writes)
                    .filter(|ax| ax.id == 2);
                match sent.next().map(|ax| ax.addr) {
                    Some(OLD) => old += 1,
                    _ => new += 1,
                }
            }
            assert!(
                old > 0 && new > 0,
                "{old} to the old page, {new} to the new one"
            );
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_change_of_registers_counts_for_all_that_has_not_left() -> Result<()> {
    let stream = global::BLOCK.at(0) + S2CR.offset;
    let bank = |register| bank_offset(0, register);
    let on = Sctlr::default().with(Sctlr::M, 1);
    let (translate, bypass, terminate) = (0, 1 << 16, 2 << 16);
    let of_context = [
        // To context 1, by its byte alone.
        Access::write_bytes(stream as u16, 1, 0b0001),
        write(stream, terminate),
        write(stream, bypass),
        write(bank(&context::SCTLR), Sctlr::default().bits()),
        write(bank(&context::SCTLR), on.with(Sctlr::ONE2ONE, 1).bits()),
        write(bank(&context::DACR), 0),
    ];
    let bypassed = [write(stream, terminate), write(stream, translate)];
    let of_context = of_context.map(|change| (Route::Context(0), OLD, change));
    let bypassed = bypassed.map(|change| (Route::Bypass, IOVA, change));
    let changes = of_context.into_iter().chain(bypassed);
    for (writes, (route, pa, change)) in changes.flat_map(|c| [(false, c), (true, c)]) {
        for cycles in 0..24 {
            cosimulate(quick(), |bench| {
                bench.context(1)?.map(Page::small(IOVA, NEW))?;
                bench.context(0)?.map(Page::small(IOVA, OLD))?;
                bench.passes(burst(writes))?;
                bench.route(0, route)?;
                bench.route(BYPASSED, Route::Bypass)?;
                bench.set_latency(200, 200);
                occupy(bench, OUTSTANDING);
                bench.seen();
                // More than there are slots, so that some stand at the port.
                for id in 0..7 {
                    bench.platform.submit(burst(writes).id(id));
                }
                bench.platform.step(cycles);
                queue(bench, &[change]);
                bench.platform.finish()?;
                let seen = bench.seen();
                let mut sent = seen.reads.iter().chain(&seen.writes);
                let old = sent.find(|ax| ax.id < 7 && ax.addr == pa);
                assert_eq!(old, None, "{change:x?} after {cycles} cycles");
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn a_register_that_is_written_as_a_fault_or_a_result_comes_is_kept_and_so_are_they() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = bench.context(0)?;
        let mut tables = bench.context(2)?;
        // V2P looks at the contexts in turn, one in each cycle.
        for (phase, cycles) in (0..8).flat_map(|phase| (0..64u32).map(move |c| (phase, c))) {
            let offset = cycles * 0x1000;
            let read = Request::read(IOVA + offset, 1).id(cycles as u8);
            let probe = write(bank_offset(2, &context::V2PPR), IOVA + offset);
            tables.map(Page::small(IOVA + offset, NEW + offset))?;
            let value = 0x0101_0101 * (cycles + 1);
            let what = format!("after {phase}, {cycles} cycles");
            bench.invalidate(2)?;

            bench.platform.submit(read);
            bench.platform.step(cycles.into());
            bench.set_bank(3, Dacr::from_bits(value))?;
            bench.settle()?;
            bench.platform.step(RECORDING);
            assert_eq!(bench.bank::<Dacr>(3)?.bits(), value, "{what}");
            assert_eq!(bench.bank::<Far>(0)?.bits(), IOVA + offset, "{what}");
            let fsynr0 = bench.bank::<Fsynr0>(0)?;
            assert_eq!(fsynr0.get(Fsynr0::FS), fault::TRANSLATION_L1, "{what}");
            let fsynr1 = bench.bank::<Fsynr1>(0)?;
            assert_eq!(fsynr1.get(Fsynr1::AXID), cycles, "{what}");
            bench.set_bank(0, Fsr::from_bits(u32::MAX))?;
            bench.faults()?;

            bench.platform.step(phase);
            queue(bench, &[probe]);
            bench.platform.step(cycles.into());
            bench.set_bank(3, Dacr::from_bits(!value))?;
            bench.platform.step(200);
            assert_eq!(bench.bank::<Dacr>(3)?.bits(), !value, "{what}");
            let pa = bench.bank::<Par>(2)?.get(Par::PA) << 12;
            assert_eq!(pa, NEW + offset, "{what}");
        }
        Ok(())
    })
}

#[test]
fn what_a_bank_says_of_a_fault_is_whole_as_soon_as_it_says_anything() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = bench.context(0)?;
        let submit = |register| {
            let access = Access::read(bank_offset(0, register) as u16);
            bench.platform.lock().registers_mut().submit(access)
        };
        let take = |ticket| bench.platform.lock().registers_mut().take(ticket);
        for cycles in 0..48u32 {
            for (register, id) in [
                (&context::FAR, 2 * cycles),
                (&context::FSYNR1, 2 * cycles + 1),
            ] {
                // Nothing that the bank has from the fault before.
                let iova = IOVA + id * 0x1000;
                let expected = match register.name == context::FAR.name {
                    true => iova,
                    false => Fsynr1::default().with(Fsynr1::AXID, id).bits(),
                };
                bench.platform.submit(Request::read(iova, 1).id(id as u8));
                bench.platform.step(cycles.into());
                let polls: Vec<_> = (0..16)
                    .map(|_| (submit(&context::FSR), submit(register)))
                    .collect();
                bench.settle()?;
                bench.platform.step(400);
                for (flags, what) in polls {
                    let value = |answer: Option<Answer>| answer.map(|answer| answer.data);
                    let (flags, what) = (value(take(flags)), value(take(what)));
                    let (flags, what) = flags.zip(what).context("a read has no answer")?;
                    assert!(
                        flags == 0 || what == expected,
                        "{what:#x} after {cycles} cycles"
                    );
                }
                assert!(bench.bank::<Fsr>(0)?.has(Fsr::TF));
                bench.set_bank(0, Fsr::from_bits(u32::MAX))?;
                bench.faults()?;
            }
        }
        Ok(())
    })
}

#[test]
fn of_faults_that_come_together_one_is_kept_whole() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = bench.context(0)?;
        let send = |writes: bool| {
            let request = match writes {
                false => Request::read(IOVA, 1).id(0x55),
                true => Request::write(IOVA + 0xA8, &[1; 8]).id(0xAA),
            };
            bench.platform.submit(request);
        };
        for (writes, cycles) in [false, true]
            .into_iter()
            .flat_map(|w| (0..24).map(move |c| (w, c)))
        {
            send(writes);
            bench.platform.step(cycles);
            send(!writes);
            bench.settle()?;
            bench.platform.step(RECORDING);
            let kept = (
                bench.bank::<Far>(0)?.bits(),
                bench.bank::<Fsynr0>(0)?.has(Fsynr0::WNR),
                bench.bank::<Fsynr1>(0)?.get(Fsynr1::AXID),
            );
            let either = [(IOVA, false, 0x55), (IOVA + 0xA8, true, 0xAA)];
            assert!(either.contains(&kept), "{kept:x?} after {cycles} cycles");
            assert!(bench.bank::<Fsr>(0)?.has(Fsr::MULTI));
            bench.set_bank(0, Fsr::from_bits(u32::MAX))?;
            assert_eq!(bench.faults()?.len(), 2);
        }
        Ok(())
    })
}

/// Who asks the translator.
#[derive(Clone, Copy, Debug)]
enum Asks {
    Read,
    Write,
    Probe,
}

impl Asks {
    const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Probe];

    /// Asks for an address, and waits for nothing.
    fn submit(self, bench: &Bench, iova: u32, id: u8) {
        let request = match self {
            Self::Read => Request::read(iova, 1),
            Self::Write => Request::write(iova, &[1; 8]),
            Self::Probe => {
                let command = bank_offset(0, &context::V2PPR);
                return queue(bench, &[write(command, iova)]);
            }
        };
        bench.platform.submit(request.id(id));
    }
}

/// Waits until everything is answered, V2P too.
fn answered(bench: &Bench) -> Result<()> {
    bench.settle()?;
    for _ in 0..200 {
        if !bench.bank::<Atsr>(0)?.has(Atsr::ACTIVE) {
            return Ok(());
        }
    }
    bail!("V2P makes no end")
}

#[test]
fn whoever_waits_for_a_prefetch_goes_on_whenever_it_ends() -> Result<()> {
    for asks in Asks::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            for at in (0..4).map(|n| n * 0x1000) {
                tables.map(Page::small(IOVA + at, OLD + at))?;
            }
            bench.set_latency(24, 2);
            // V2P looks at the contexts in turn, one in each cycle.
            let times = (0..8).flat_map(|phase| (0..48).map(move |cycles| (phase, cycles)));
            for (page, (phase, cycles)) in [2, 3]
                .into_iter()
                .flat_map(|p| times.clone().map(move |t| (p, t)))
            {
                bench.invalidate(0)?;
                bench.platform.step(phase);
                bench.passes(Request::read(IOVA, 1))?;
                bench.platform.submit(Request::read(IOVA + 0x1000, 1).id(1));
                bench.platform.step(cycles);
                asks.submit(bench, IOVA + page * 0x1000, 2);
                answered(bench).with_context(|| {
                    format!("{asks:?} of page {page} after {phase}, {cycles} cycles")
                })?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn two_misses_that_one_walk_serves_are_both_answered_however_far_apart() -> Result<()> {
    let pairs = Asks::ALL
        .into_iter()
        .flat_map(|a| Asks::ALL.map(|b| (a, b)));
    for (first, second) in pairs {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            // The same page, its neighbour in the beat, another of the MiB, the next MiB.
            let offsets = [0, 0x1000, 0x9000, 0x0010_0000];
            for offset in offsets {
                tables.map(Page::small(IOVA + offset, OLD + offset))?;
            }
            let times = offsets
                .into_iter()
                .flat_map(|o| (0..48).map(move |c| (o, c)));
            for (offset, cycles) in times {
                bench.invalidate(0)?;
                first.submit(bench, IOVA, 1);
                bench.platform.step(cycles);
                second.submit(bench, IOVA + offset, 2);
                answered(bench).with_context(|| format!("{offset:#x} after {cycles} cycles"))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
