//! What a burst carries besides its address.

use anyhow::Result;
use vcm_regs::context::Sctlr;
use vcm_sim::axi::Request;
use vcm_sim::signals::AxiAddr;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::Route;
use vcm_tests::tables::{Page, Size};

const IOVA: u32 = 0x0300_0000;
const PA: u32 = DATA;

/// What came out of a burst.
fn out(bench: &Bench, request: Request) -> Result<AxiAddr> {
    bench.seen();
    bench.transfer(request)?;
    let seen = bench.seen();
    let mut all = seen.reads.into_iter().chain(seen.writes);
    let first = all.next();
    assert_eq!(all.next(), None);
    first.ok_or_else(|| anyhow::anyhow!("nothing came out"))
}

/// A read and a write, with everything that may be passed on.
fn requests() -> impl Iterator<Item = Request> {
    // AxCACHE[3:2] must be 0 where [1] is (IHI 0022E A4.4).
    let caches = [0, 1, 2, 3, 6, 7, 10, 11, 14, 15];
    (0..16u8).flat_map(move |n| {
        [Request::read(IOVA, 2), Request::write(IOVA, &[0; 16])].map(|mut request| {
            request.qos = n;
            request.prot = n % 8;
            request.cache = caches[usize::from(n) % 10];
            request.lock = n % 3 == 0;
            request.id(0xF0 | n)
        })
    })
}

#[test]
fn id_qos_prot_and_cache_pass_and_lock_does_not() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(IOVA, PA))?;
        bench.route(1, Route::Bypass)?;
        for stream in [0, 1] {
            for mut request in requests() {
                if stream == 1 {
                    request.addr = PA;
                }
                let ax = out(bench, request.clone().stream(stream))?;
                assert_eq!(ax.addr, PA);
                assert_eq!(
                    (ax.id, ax.qos, ax.prot, ax.cache),
                    (request.id, request.qos, request.prot, request.cache)
                );
                assert!(!ax.lock);
            }
        }
        Ok(())
    })
}

/// AxCACHE of reads and of writes for each {TEX, C, B} (ARM ARM tables B3-10, B3-11; IHI 0022E table
/// A4-5). Reserved encodings are treated as strongly ordered.
const CACHE: [(u8, u8); 32] = {
    const NON_CACHEABLE: (u8, u8) = (3, 3);
    const WRITE_THROUGH: (u8, u8) = (14, 6);
    const WRITE_BACK: (u8, u8) = (15, 7);
    const WRITE_ALLOCATE: (u8, u8) = (15, 15);
    let mut table = [(0, 0); 32];
    let (device, shareable_device) = (at(2, 0, 0), at(0, 0, 1));
    table[device] = (1, 1);
    table[shareable_device] = (1, 1);
    table[at(0, 1, 0)] = WRITE_THROUGH;
    table[at(0, 1, 1)] = WRITE_BACK;
    table[at(1, 0, 0)] = NON_CACHEABLE;
    table[at(1, 1, 1)] = WRITE_ALLOCATE;
    // TEX[1:0] is the outer policy, whatever C and B say of the inner one.
    let mut inner = 0;
    while inner < 4 {
        table[at(4, 0, 0) + inner] = NON_CACHEABLE;
        table[at(5, 0, 0) + inner] = WRITE_ALLOCATE;
        table[at(6, 0, 0) + inner] = WRITE_THROUGH;
        table[at(7, 0, 0) + inner] = WRITE_BACK;
        inner += 1;
    }
    table
};

/// TEX, C and B as five bits.
const fn at(tex: usize, c: usize, b: usize) -> usize {
    tex << 2 | c << 1 | b
}

#[test]
fn with_mtcfg_axcache_comes_from_the_memory_type_of_the_page() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            for (memory, (read, write)) in (0..).zip(CACHE) {
                tables.map(Page {
                    memory,
                    ..Page::new(size, IOVA, PA)
                })?;
                bench.invalidate(0)?;
                for mtcfg in [0, 1] {
                    let sctlr = Sctlr::default().with(Sctlr::M, 1).with(Sctlr::MTCFG, mtcfg);
                    bench.set_bank(0, sctlr)?;
                    let (read, write) = if mtcfg == 1 { (read, write) } else { (2, 2) };
                    let seen = out(bench, Request::read(IOVA, 1))?;
                    assert_eq!(seen.cache, read, "{size:?} {memory:05b}, read");
                    let seen = out(bench, Request::write(IOVA, &[0; 8]))?;
                    assert_eq!(seen.cache, write, "{size:?} {memory:05b}, write");
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_bypassed_stream_keeps_its_axcache_whatever_the_contexts_do() -> Result<()> {
    cosimulate(quick(), |bench| {
        let _empty = bench.context(0)?;
        bench.set_bank(0, Sctlr::default().with(Sctlr::M, 1).with(Sctlr::MTCFG, 1))?;
        bench.route(0, Route::Bypass)?;
        for mut request in requests() {
            request.addr = PA;
            let cache = request.cache;
            assert_eq!(out(bench, request)?.cache, cache);
        }
        Ok(())
    })
}

#[test]
fn an_exclusive_access_is_carried_out_as_a_plain_one() -> Result<()> {
    cosimulate(quick(), |bench| {
        bench.context(0)?.map(Page::small(IOVA, PA))?;
        for request in [Request::read(IOVA, 1), Request::write(IOVA, &[0x3C; 8])] {
            let mut request = request;
            request.lock = true;
            // `passes` holds that it is OKAY, not EXOKAY.
            assert_eq!(bench.passes(request)?, PA);
        }
        assert_eq!(bench.peek(PA)?, 0x3C3C_3C3C);
        Ok(())
    })
}
