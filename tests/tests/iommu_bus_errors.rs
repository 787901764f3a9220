//! Errors on the memory's side: of table walks and of data.

use anyhow::Result;
use vcm_regs::context::Fsr;
use vcm_regs::fault;
use vcm_regs::global::FqStatus;
use vcm_sim::axi::Request;
use vcm_sim::ddr::Port;
use vcm_sim::signals::{Burst, Resp};
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::{FaultRecord, Route};
use vcm_tests::tables::{Page, Size};

const IOVA: u32 = 0x2000_0000;
const PA: u32 = DATA;
const ERRORS: [Resp; 2] = [Resp::SlvErr, Resp::DecErr];

fn statuses(bench: &Bench) -> Result<Vec<u32>> {
    Ok(bench.faults()?.iter().map(|fault| fault.status).collect())
}

#[test]
fn a_walk_that_memory_refuses_is_a_fault_of_its_level_and_slverr() -> Result<()> {
    for resp in ERRORS {
        for size in Size::ALL {
            cosimulate(quick(), |bench| {
                let mut tables = bench.context(0)?;
                tables.map(Page::new(size, IOVA, PA))?;
                let first = (tables.first_at(IOVA), fault::WALK_ABORT_L1);
                let last = tables.descriptor_at(size, IOVA)?;
                let last = (last, size.level(fault::WALK_ABORT_L1, fault::WALK_ABORT_L2));
                for (at, status) in [first, last] {
                    bench.inject(at, Port::Walk, resp);
                    bench.refused(Request::read(IOVA, 4))?;
                    bench.refused(Request::write(IOVA, &[1; 40]))?;
                    assert_eq!(statuses(bench)?, [status; 2], "{size:?}");
                    // Nothing of it stays.
                    bench.platform.lock().ddr_mut().clear_injected();
                    assert_eq!(bench.passes(Request::read(IOVA, 4))?, PA);
                    assert_eq!(bench.passes(Request::write(IOVA, &[1; 40]))?, PA);
                    bench.invalidate(0)?;
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn a_table_outside_memory_is_a_walk_abort() -> Result<()> {
    cosimulate(quick(), |bench| {
        let tables = bench.context(0)?;
        tables.set_first(IOVA, 0xFFFF_FC01)?;
        bench.refused(Request::read(IOVA, 1))?;
        bench.set_bank(0, vcm_regs::context::Ttbr0::from_bits(0xFFFF_C000))?;
        bench.invalidate(0)?;
        bench.refused(Request::read(IOVA, 1))?;
        let expected = [fault::WALK_ABORT_L2, fault::WALK_ABORT_L1];
        assert_eq!(statuses(bench)?, expected);
        Ok(())
    })
}

#[test]
fn an_error_of_memory_reaches_the_master_and_is_recorded() -> Result<()> {
    for resp in ERRORS {
        for route in [Route::Context(0), Route::Bypass] {
            cosimulate(quick(), |bench| {
                bench.context(0)?.map(Page::small(PA, PA))?;
                bench.route(6, route)?;
                bench.inject(PA + 0x40, Port::Data, resp);
                for request in [
                    Request::read(PA + 0x40, 1),
                    Request::write(PA + 0x40, &[0xFF; 8]),
                ] {
                    let done = bench.transfer(request.stream(6).id(0x77).prot(5))?;
                    assert_eq!(done.resp, resp);
                    let expected = FaultRecord {
                        status: fault::EXTERNAL_ABORT,
                        iova: PA + 0x40,
                        write: done.request.is_write(),
                        privileged: true,
                        instruction: true,
                        context: (route != Route::Bypass).then_some(0),
                        stream: 6,
                        id: 0x77,
                        stalled: None,
                    };
                    assert_eq!(bench.faults()?, [expected]);
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn an_error_on_some_beats_is_one_fault_of_the_burst() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(IOVA, PA))?;
        for n in [2, 3, 9] {
            bench.inject(PA + 8 * n, Port::Data, Resp::SlvErr);
        }
        let done = bench.transfer(Request::read(IOVA, 16))?;
        for (n, beat) in done.beats.iter().enumerate() {
            let bad = [2, 3, 9].contains(&n);
            assert_eq!(beat.resp.is_error(), bad, "beat {n}");
        }
        let faults = bench.faults()?;
        assert_eq!(faults.len(), 1);
        // The burst is named by the address that the master sent.
        assert_eq!(
            (faults[0].status, faults[0].iova),
            (fault::EXTERNAL_ABORT, IOVA)
        );
        let done = bench.transfer(Request::write(IOVA, &[7; 128]))?;
        assert_eq!(done.resp, Resp::SlvErr);
        assert_eq!(statuses(bench)?, [fault::EXTERNAL_ABORT]);
        Ok(())
    })
}

#[test]
fn a_physical_address_without_memory_is_an_external_abort_with_decerr() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench
            .context(0)?
            .map(Page::new(Size::Section, IOVA, 0xF000_0000))?;
        let done = bench.transfer(Request::read(IOVA + 0x100, 2))?;
        assert_eq!(done.resp, Resp::DecErr);
        assert_eq!(bench.seen().reads[0].addr, 0xF000_0100);
        assert_eq!(statuses(bench)?, [fault::EXTERNAL_ABORT]);
        Ok(())
    })
}

/// Single-beat bursts of context and stream 1 to 3 that memory refuses, reads and writes at once; in
/// between, if asked for, bursts of a stream that is not mapped. Returns how many there were.
fn storm(bench: &Bench, bursts: u32, unmapped: bool) -> Result<u32> {
    for context in 1..=3 {
        bench.context(context)?.map(Page::small(IOVA, PA))?;
    }
    (0..16).for_each(|n| bench.inject(PA + 4 * n, Port::Data, Resp::SlvErr));
    for n in 0..bursts {
        let stream = 1 + (n % 3) as u8;
        let (id, at) = (n as u8, IOVA + n % 8 * 8);
        let streams = [Some(stream), unmapped.then_some(9)];
        for stream in streams.into_iter().flatten() {
            let write = Request::write(at, &[1; 8]).stream(stream).id(id);
            bench.platform.submit(write);
            let read = Request::read(at, 1).stream(stream).id(id);
            bench.platform.submit(read);
        }
    }
    let done = bench.platform.finish()?;
    assert!(done.iter().all(|done| done.resp.is_error()));
    bench.platform.step(100);
    Ok(done.len() as u32)
}

#[test]
fn errors_that_come_all_at_once_are_all_counted_and_set_their_contexts_fsr() -> Result<()> {
    for config in [quick(), quick().stressed(31), quick().stressed(32)] {
        for unmapped in [false, true] {
            cosimulate(config.clone(), |bench| {
                let made = storm(bench, 60, unmapped)?;
                assert_eq!(bench.counters()?.faults, made);
                for context in 1..=3 {
                    let fsr = bench.bank::<Fsr>(context)?;
                    assert!(fsr.has(Fsr::EF), "context {context}");
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn none_of_the_errors_that_come_at_once_is_lost_while_the_queue_has_room() -> Result<()> {
    for (bursts, unmapped) in [(8, false), (4, true)] {
        cosimulate(quick(), |bench| {
            assert_eq!(storm(bench, bursts, unmapped)?, 16);
            assert!(!bench.global::<FqStatus>()?.has(FqStatus::OVERFLOW));
            let faults = bench.faults()?;
            assert_eq!(faults.len(), 16);
            for id in 0..bursts {
                let of_id = |write| {
                    let mine = faults.iter().filter(move |fault| fault.write == write);
                    mine.filter(|fault| fault.id == id).count()
                };
                let each = 1 + usize::from(unmapped);
                assert_eq!((of_id(false), of_id(true)), (each, each), "ID {id}");
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn an_error_does_not_disturb_the_bursts_around_it() -> Result<()> {
    for seed in 41..44 {
        cosimulate(quick().stressed(seed), |bench| {
            bench.context(0)?.map(Page::small(IOVA, PA))?;
            for n in 0..0x400 {
                bench.poke(PA + 4 * n, n)?;
            }
            bench.inject(PA + 0x800, Port::Data, Resp::DecErr);
            for n in 0..200u32 {
                let at = IOVA + 0x7F0 + 4 * (n % 8);
                let read = Request::read(at, 1).burst(Burst::Incr, 2);
                bench.platform.submit(read.id(n as u8 % 5));
            }
            for done in bench.platform.finish()? {
                let at = done.request.addr - IOVA;
                if at == 0x800 {
                    assert_eq!(done.resp, Resp::DecErr);
                } else {
                    assert_eq!(done.resp, Resp::Okay, "{at:#x}");
                    assert_eq!(done.bytes(), (at / 4).to_le_bytes());
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}
