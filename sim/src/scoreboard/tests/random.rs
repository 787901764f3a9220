use vcm_regs::context;

use super::bench::{BYPASS, TABLE, TO_CONTEXT_0, TTBR0, context_0, s2cr};
use super::ideal::{Ideal, Random};
use crate::check::PortChecks;
use crate::scoreboard::{Counts, MismatchKind, Scoreboard, Settings};
use crate::signals::{AxiAddr, AxiWrite, Burst, Cycle, Observer};

/// Pages at IOVA 0 and up that tables change under traffic.
const PAGES: u64 = 4;

/// A legal burst for the most part, by any of four streams and three IDs.
fn request(random: &mut Random) -> AxiAddr {
    let size = random.below(4) as u8;
    let beats = 1 << random.below(4);
    let burst = [Burst::Incr, Burst::Incr, Burst::Wrap, Burst::Fixed][random.below(4) as usize];
    let len = match burst {
        Burst::Wrap => beats.max(2) - 1,
        _ => beats - 1,
    } as u8;
    let page = random.below(PAGES + 1) as u32 * 0x1000;
    let offset = random.below(0xF00) as u32 & !((1 << size) - 1);
    AxiAddr {
        valid: true,
        ready: false,
        id: random.below(3) as u8,
        addr: page + if random.chance(3) { 0xFFC } else { offset },
        len,
        size,
        burst,
        lock: random.chance(2),
        cache: 0b0011,
        prot: random.below(8) as u8,
        qos: random.below(16) as u8,
        user: random.below(4) as u8,
    }
}

/// Write data for a burst: WLAST where it belongs, any strobes of its lanes.
fn data(random: &mut Random, aw: &AxiAddr) -> Vec<AxiWrite> {
    let shape = crate::golden::BurstShape::from(aw);
    (0..shape.beats())
        .map(|n| AxiWrite {
            valid: true,
            ready: false,
            data: random.below(u64::MAX),
            strb: random.below(256) as u8 & shape.lanes(n, 8),
            last: n + 1 == shape.beats(),
        })
        .collect()
}

/// Remaps one page, as a driver does it: tables, invalidation, synchronisation.
fn remap(ideal: &mut Ideal) {
    let page = ideal.random.below(PAGES) as u32;
    let physical = 0x5000_0000 + ((ideal.random.below(64) as u32) << 12);
    let rights = [0x000, 0x010, 0x030, 0x230][ideal.random.below(4) as usize];
    let word = match ideal.random.below(5) {
        0 => 0,
        _ => physical | rights | 2,
    };
    ideal.tables.insert(TABLE + 4 * page, word);
    ideal.write(context_0(&context::TLBIVAA), page << 12);
    ideal.sync();
    let stream = 1 + ideal.random.below(3) as u32;
    let routing = [TO_CONTEXT_0, BYPASS, 2 << 16][ideal.random.below(3) as usize];
    ideal.write(s2cr(stream), routing);
}

fn ideal(seed: u64) -> Ideal {
    Ideal::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Runs random traffic with remapping; returns what was seen.
fn run(mut ideal: Ideal, mangle: impl Fn(&mut Cycle)) -> (Scoreboard, PortChecks, Counts) {
    let mut scoreboard = Scoreboard::new(Settings::default());
    // Masters send a few bursts that cross 4 KiB on purpose.
    let mut checks = PortChecks::default().with_unruly_masters();
    ideal.tables.insert(TTBR0, TABLE | 1);
    ideal.write(context_0(&context::TTBR0), TTBR0);
    ideal.write(context_0(&context::DACR), 1);
    ideal.write(context_0(&context::SCTLR), 1);
    ideal.write(s2cr(0), TO_CONTEXT_0);
    let mut left = 400;
    for number in 0..60_000 {
        if left > 0 && ideal.software_is_idle() && ideal.random.chance(10) {
            remap(&mut ideal);
        }
        if left > 0 && ideal.random.chance(20) {
            left -= 1;
            let ar = request(&mut ideal.random);
            let aw = request(&mut ideal.random);
            let beats = data(&mut ideal.random, &aw);
            ideal.requests[0].push_back(ar);
            ideal.requests[1].push_back(aw);
            ideal.data.extend(beats);
        }
        let mut cycle = ideal.cycle(number);
        mangle(&mut cycle);
        // What is found is kept.
        let _ = scoreboard.cycle(&cycle);
        let _ = checks.cycle(&cycle);
        if left == 0 && ideal.is_idle() && scoreboard.outstanding() == 0 {
            break;
        }
    }
    let counts = scoreboard.counts();
    (scoreboard, checks, counts)
}

#[test]
fn nothing_is_found_wrong_with_an_ideal_device() {
    for seed in 1..=20 {
        let (scoreboard, checks, counts) = run(ideal(seed), |_| {});
        checks.assert_clean();
        scoreboard.assert_clean();
        assert_eq!(counts.reads_forwarded + counts.reads_terminated, 400);
        assert_eq!(counts.writes_forwarded + counts.writes_terminated, 400);
        assert!(counts.reads_forwarded > 50 && counts.reads_terminated > 50);
        assert!(counts.writes_forwarded > 50 && counts.writes_terminated > 50);
    }
}

#[test]
fn a_single_wrong_bit_is_found_in_random_traffic() {
    let wrong: [fn(&mut Cycle); 5] = [
        |cycle| cycle.m_axi.ar.addr ^= 0x1000,
        |cycle| cycle.m_axi.aw.addr ^= 0x10,
        |cycle| cycle.m_axi.w.strb ^= 1,
        |cycle| cycle.s_axi.r.data ^= !0,
        |cycle| cycle.m_axi_ptw.r.data ^= 0x1000_0000_1000,
    ];
    for (n, mangle) in wrong.into_iter().enumerate() {
        let (scoreboard, ..) = run(ideal(7), |cycle| {
            if cycle.number > 1500 {
                mangle(cycle);
            }
        });
        assert!(!scoreboard.mismatches().is_empty(), "case {n}");
    }
}

#[test]
fn a_tlb_that_ignores_invalidations_is_found() {
    let mut device = ideal(3);
    device.keeps_entries = true;
    let (scoreboard, ..) = run(device, |_| {});
    let kinds = scoreboard.mismatches().iter().map(|mismatch| mismatch.kind);
    assert!(
        kinds
            .into_iter()
            .any(|kind| kind == MismatchKind::Translation)
    );
}

#[test]
fn a_cache_of_the_first_level_that_ignores_invalidations_is_found() {
    let mut device = ideal(3);
    device.keeps_first_level = true;
    let (scoreboard, ..) = run(device, |_| {});
    assert!(!scoreboard.mismatches().is_empty());
}

#[test]
fn responses_of_one_id_out_of_order_are_found() {
    let mut device = ideal(3);
    device.disorders_ids = true;
    let (scoreboard, ..) = run(device, |_| {});
    assert!(!scoreboard.mismatches().is_empty());
}
