//! [`RegisterPort`](hdl_gen::zynq::RegisterPort): AXI3 to AXI4-Lite.

use crate::bursts::{Ax, FIXED, INCR, WRAP};
use crate::registers_bench::RegistersBench;

fn random(seed: u64, eager: u32, bursts: u64) {
    let mut bench = RegistersBench::new(seed, eager);
    for _ in 0..bursts {
        let mut ax = Ax::random(&mut bench.rng, 16, 2);
        let window = if bench.rng.chance(1, 8) {
            0x4001_0000
        } else {
            0x4000_0000
        };
        ax.addr = window | ax.addr & 0xFFFF;
        ax.id = bench.rng.below(1 << 12);
        ax.lock = 0;
        if bench.rng.bit() {
            bench.read(ax);
        } else {
            bench.write(ax);
        }
        if bench.rng.chance(1, 10) {
            bench.finish();
        }
    }
    bench.finish();
    assert_eq!(bench.seen[0] + bench.seen[1], bursts);
}

#[test]
fn each_beat_is_an_access_and_answers_keep_their_ids() {
    random(1, 100, 200);
}

#[test]
fn back_pressure_everywhere_changes_nothing() {
    random(2, 40, 200);
}

#[test]
fn a_reset_in_the_midst_of_accesses_leaves_nothing_behind() {
    let mut bench = RegistersBench::new(4, 60);
    for _ in 0..60 {
        for _ in 0..4 {
            let mut ax = Ax::random(&mut bench.rng, 16, 2);
            (ax.addr, ax.lock) = (0x4000_0000 | ax.addr & 0xFFFF, 0);
            bench.read(ax);
            bench.write(ax);
        }
        for _ in 0..bench.rng.below(20) {
            bench.cycle();
        }
        bench.reset();
    }
    let (seen, ax) = (
        bench.seen,
        Ax {
            addr: 0x4000_0000,
            size: 2,
            burst: INCR,
            ..Ax::default()
        },
    );
    bench.read(ax);
    bench.write(ax);
    bench.finish();
    assert_eq!(bench.seen, [seen[0] + 1, seen[1] + 1]);
}

#[test]
fn a_burst_outside_the_window_reaches_no_register_and_is_decerr() {
    let mut bench = RegistersBench::new(3, 100);
    for burst in [FIXED, INCR, WRAP] {
        for addr in [0x4001_0000, 0x7FFF_FF00, 0x5000_0000] {
            let ax = Ax {
                id: 0xABC,
                addr,
                len: 3,
                size: 2,
                burst,
                ..Ax::default()
            };
            bench.read(ax);
            bench.write(ax);
        }
    }
    bench.finish();
    assert_eq!((bench.seen, bench.accesses), ([9, 9], 0));
}
