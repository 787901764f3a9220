//! Bursts of every type, size, length and alignment.

use anyhow::Result;
use fastrand::Rng;
use vcm::addr::PhysAddr;
use vcm_regs::fault;
use vcm_sim::axi::{Direction, Request, read_bytes};
use vcm_sim::platform::Config;
use vcm_sim::signals::{Burst, Resp};
use vcm_tests::bench::{Bench, DATA, Setup, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::Page;
use vcm_tests::traffic;

/// Two pages side by side, which lie apart and in reverse in memory.
const IOVA: u32 = 0x6000_0000;
const PA: [u32; 2] = [DATA + 0x5000, DATA + 0x1000];

/// Where an address of the two pages lies.
fn place(iova: u32) -> u32 {
    PA[(iova >> 12) as usize & 1] + (iova & 0xFFF)
}

/// Maps the two pages, and gives them random content.
fn prepare(bench: &Bench, rng: &mut Rng) -> Result<()> {
    let mut tables = bench.context(0)?;
    for n in 0..2 {
        tables.map(Page::small(IOVA + n * 0x1000, PA[n as usize]))?;
        let bytes: Vec<u8> = (0..0x1000).map(|_| rng.u8(..)).collect();
        let door = bench.platform.back_door();
        door.write(PhysAddr::new(PA[n as usize]), &bytes)?;
    }
    Ok(())
}

fn content(bench: &Bench) -> Result<[Vec<u8>; 2]> {
    let door = bench.platform.back_door();
    let mut pages = [vec![0; 0x1000], vec![0; 0x1000]];
    for (pa, page) in PA.into_iter().zip(&mut pages) {
        door.read(PhysAddr::new(pa), page)?;
    }
    Ok(pages)
}

/// What a burst reads or writes, byte by byte: the beat, its lane, the address (IHI 0022E A3.4.1).
fn bytes(request: &Request) -> Vec<(usize, u32, u32)> {
    let shape = request.shape();
    let beats = (0..shape.beats()).map(|n| (n as usize, shape.beat(n)));
    beats
        .flat_map(|(n, beat)| beat.bytes().map(move |(at, lane)| (n, lane, at)))
        .collect()
}

/// Does the write in a copy of the memory.
fn write_model(request: &Request, pages: &mut [Vec<u8>; 2]) {
    let Direction::Write { beats, .. } = &request.direction else {
        return;
    };
    for (beat, lane, at) in bytes(request) {
        if beats[beat].strb & 1 << lane != 0 {
            let page = &mut pages[(at >> 12) as usize & 1];
            page[at as usize & 0xFFF] = beats[beat].data.to_le_bytes()[lane as usize];
        }
    }
}

/// Sends a burst, and holds that it does to memory, and sees of it, what it should.
fn try_burst(bench: &Bench, request: Request) -> Result<()> {
    let mut expected = content(bench)?;
    write_model(&request, &mut expected);
    let addr = request.addr;
    bench.seen();
    let done = bench.transfer(request)?;
    let request = &done.request;
    assert_eq!(done.resp, Resp::Okay, "{request:x?}");
    let seen = bench.seen();
    let came = seen.reads.iter().chain(&seen.writes).collect::<Vec<_>>();
    assert_eq!(came.len(), 1);
    assert_eq!(came[0].addr, place(addr), "{request:x?}");
    assert_eq!(
        (came[0].len, came[0].size, came[0].burst),
        (request.len, request.size, request.burst)
    );
    let after = content(bench)?;
    assert!(after == expected, "{request:x?}");
    if !request.is_write() {
        let model: Vec<u8> = bytes(request)
            .into_iter()
            .map(|(_, _, at)| expected[(at >> 12) as usize & 1][at as usize & 0xFFF])
            .collect();
        assert_eq!(
            read_bytes(request.shape(), &done.beats),
            model,
            "{request:x?}"
        );
    }
    Ok(())
}

/// A read, or a write of random data to all lanes.
fn burst(rng: &mut Rng, write: bool, addr: u32, beats: u16, kind: Burst, size: u8) -> Request {
    let read = Request::read(addr, beats).burst(kind, size);
    if !write {
        return read;
    }
    let shape = read.shape();
    let data = (0..shape.beats()).map(|n| vcm_sim::axi::WriteBeat {
        data: rng.u64(..),
        strb: shape.beat(n).lanes,
    });
    Request::write_beats(addr, data.collect()).burst(kind, size)
}

fn configs() -> [Config; 2] {
    [quick(), quick().stressed(81)]
}

#[test]
fn incr_bursts_of_every_length() -> Result<()> {
    for config in configs() {
        cosimulate(config, |bench| {
            let mut rng = Rng::with_seed(82);
            prepare(bench, &mut rng)?;
            for beats in 1..=256 {
                let size = rng.u8(0..=3);
                let room = 0x1000 - (u32::from(beats) << size);
                let addr = IOVA + (rng.u32(0..=room) >> size << size);
                for write in [false, true] {
                    try_burst(
                        bench,
                        burst(&mut rng, write, addr, beats, Burst::Incr, size),
                    )?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn incr_bursts_of_every_size_at_every_alignment() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut rng = Rng::with_seed(83);
        prepare(bench, &mut rng)?;
        for size in 0..=3 {
            for offset in 0..16 {
                for beats in [1, 2, 5] {
                    for write in [false, true] {
                        let addr = IOVA + 0x1000 + 0x100 + offset;
                        try_burst(
                            bench,
                            burst(&mut rng, write, addr, beats, Burst::Incr, size),
                        )?;
                    }
                }
            }
        }
        Ok(())
    })
}

#[test]
fn wrap_bursts_of_every_size_length_and_start() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut rng = Rng::with_seed(84);
        prepare(bench, &mut rng)?;
        for size in 0..=3 {
            for beats in [2, 4, 8, 16u16] {
                for start in 0..u32::from(beats) {
                    let addr = IOVA + 0x800 + (start << size);
                    for write in [false, true] {
                        try_burst(
                            bench,
                            burst(&mut rng, write, addr, beats, Burst::Wrap, size),
                        )?;
                    }
                }
            }
        }
        Ok(())
    })
}

#[test]
fn fixed_bursts_of_every_size_and_length() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut rng = Rng::with_seed(85);
        prepare(bench, &mut rng)?;
        for size in 0..=3 {
            for beats in 1..=16 {
                let addr = IOVA + 0x40 + rng.u32(0..16);
                for write in [false, true] {
                    try_burst(
                        bench,
                        burst(&mut rng, write, addr, beats, Burst::Fixed, size),
                    )?;
                }
            }
        }
        Ok(())
    })
}

#[test]
fn bursts_at_the_edges_of_their_page() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut rng = Rng::with_seed(86);
        prepare(bench, &mut rng)?;
        for write in [false, true] {
            // Up to the last byte, and from the first.
            for (addr, beats, size) in [
                (IOVA + 0x800, 256, 3),
                (IOVA + 0x1000, 256, 3),
                (IOVA + 0xFF8, 1, 3),
                (IOVA + 0xFFF, 1, 3),
                (IOVA + 0xFFF, 1, 0),
                (IOVA + 0xFE1, 4, 3),
                (IOVA + 0x1FFE, 1, 1),
                (IOVA + 0x1000, 1, 0),
            ] {
                try_burst(
                    bench,
                    burst(&mut rng, write, addr, beats, Burst::Incr, size),
                )?;
            }
            // A wrap at the end of the page stays in it; a fixed burst moves nowhere.
            let wrap = burst(&mut rng, write, IOVA + 0xFF8, 16, Burst::Wrap, 3);
            try_burst(bench, wrap)?;
            let fixed = burst(&mut rng, write, IOVA + 0xFFC, 16, Burst::Fixed, 3);
            try_burst(bench, fixed)?;
        }
        Ok(())
    })
}

#[test]
fn a_burst_of_any_size_and_length_ends_with_its_page_and_not_a_beat_later() -> Result<()> {
    cosimulate(Setup::unruly(quick()), |bench| {
        let mut rng = Rng::with_seed(92);
        prepare(bench, &mut rng)?;
        let lengths = (1..=8).flat_map(|bits| [(1 << bits) - 1, 1 << bits]);
        for (beats, size) in lengths.flat_map(|beats| (0..4).map(move |size| (beats, size))) {
            let last = IOVA + 0x1000 - (u32::from(beats) << size);
            for write in [false, true] {
                let from = |addr| burst(&mut rng.clone(), write, addr, beats, Burst::Incr, size);
                bench.passes(from(last))?;
                if beats > 1 {
                    bench.refused(from(last + (1 << size)))?;
                }
                rng.u8(..);
            }
        }
        Ok(())
    })
}

#[test]
fn random_legal_bursts() -> Result<()> {
    for seed in 87..90 {
        cosimulate(quick().stressed(seed), |bench| {
            let mut rng = Rng::with_seed(seed);
            prepare(bench, &mut rng)?;
            for _ in 0..150 {
                let page = IOVA + rng.u32(0..2) * 0x1000;
                try_burst(bench, traffic::burst(&mut rng, page))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Bursts that each break one rule.
fn illegal() -> Vec<(&'static str, Request)> {
    let read = |offset, beats, kind, size| Request::read(IOVA + offset, beats).burst(kind, size);
    let mut all = vec![
        ("crosses 4 KiB by a beat", read(0xFF8, 2, Burst::Incr, 3)),
        ("crosses 4 KiB by far", read(0x808, 256, Burst::Incr, 3)),
        ("crosses 4 KiB unaligned", read(0xFFD, 2, Burst::Incr, 3)),
        (
            "crosses 4 KiB with single bytes",
            read(0xFFF, 2, Burst::Incr, 0),
        ),
        ("FIXED of 17", read(0, 17, Burst::Fixed, 3)),
        ("FIXED of 256", read(0, 256, Burst::Fixed, 0)),
        ("WRAP across its alignment", read(4, 4, Burst::Wrap, 3)),
        ("WRAP off by a byte", read(1, 2, Burst::Wrap, 1)),
    ];
    for size in 4..8 {
        for kind in [Burst::Incr, Burst::Wrap, Burst::Fixed] {
            all.push(("wider than the bus", read(0, 2, kind, size)));
            all.push(("one beat wider than the bus", read(0, 1, kind, size)));
        }
    }
    for beats in [1, 3, 5, 6, 7, 9, 12, 15, 17, 32, 256] {
        all.push(("WRAP of a wrong length", read(0, beats, Burst::Wrap, 3)));
    }
    for (size, beats) in [(0, 1), (3, 16), (3, 256)] {
        all.push(("reserved type", read(0, beats, Burst::Reserved, size)));
    }
    all
}

/// The same burst as a write, with as many beats.
fn as_write(request: &Request) -> Request {
    let data = (0..=request.len).map(|_| vcm_sim::axi::WriteBeat {
        data: u64::MAX,
        strb: 0xFF,
    });
    let write = Request::write_beats(request.addr, data.collect());
    write.burst(request.burst, request.size)
}

#[test]
fn a_burst_that_breaks_a_rule_is_terminated_and_recorded() -> Result<()> {
    for config in configs() {
        cosimulate(Setup::unruly(config), |bench| {
            let mut rng = Rng::with_seed(91);
            prepare(bench, &mut rng)?;
            let before = content(bench)?;
            for (rule, request) in illegal() {
                for request in [request.clone(), as_write(&request)] {
                    let what = format!("{rule}: {request:x?}");
                    let (addr, write) = (request.addr, request.is_write());
                    // `refused` counts the beats.
                    bench.refused(request.id(0x5A))?;
                    let faults = bench.faults()?;
                    assert_eq!(faults.len(), 1, "{what}");
                    assert_eq!(faults[0].status, fault::ILLEGAL_BURST, "{what}");
                    assert_eq!((faults[0].iova, faults[0].write), (addr, write));
                    assert_eq!(faults[0].id, 0x5A);
                    // The next burst is unharmed.
                    assert_eq!(bench.passes(Request::read(IOVA + 8, 3))?, place(IOVA + 8));
                }
            }
            assert!(content(bench)? == before, "memory was written");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_bypassed_stream_may_not_send_illegal_bursts_either() -> Result<()> {
    cosimulate(Setup::unruly(quick()), |bench| {
        bench.route(3, Route::Bypass)?;
        for (rule, request) in illegal() {
            for request in [request.clone(), as_write(&request)] {
                bench.refused(request.stream(3))?;
                let faults = bench.faults()?;
                assert_eq!(faults.len(), 1, "{rule}");
                assert_eq!(faults[0].status, fault::ILLEGAL_BURST, "{rule}");
            }
        }
        Ok(())
    })
}

#[test]
fn illegal_bursts_among_legal_ones_harm_none_of_them() -> Result<()> {
    for seed in 92..95 {
        cosimulate(Setup::unruly(quick().stressed(seed)), |bench| {
            let mut rng = Rng::with_seed(seed);
            prepare(bench, &mut rng)?;
            let bad = illegal();
            let mut made = 0;
            for _ in 0..300 {
                let request = match rng.u8(0..3) {
                    0 => {
                        made += 1;
                        let (_, request) = bad[rng.usize(0..bad.len())].clone();
                        if rng.bool() {
                            as_write(&request)
                        } else {
                            request
                        }
                    }
                    _ => traffic::burst(&mut rng, IOVA),
                };
                bench.platform.submit(request.id(rng.u8(0..4)));
            }
            let refused = bench.platform.finish()?;
            let refused = refused.iter().filter(|done| done.resp == Resp::SlvErr);
            assert_eq!(refused.count(), made);
            bench.platform.step(20);
            assert_eq!(bench.counters()?.faults, made as u32);
            Ok(())
        })?;
    }
    Ok(())
}
