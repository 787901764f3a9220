//! [`DataPort`](hdl_gen::zynq::DataPort): AXI4 to AXI3.

use crate::bursts::{Ax, INCR};
use crate::data_bench::{DataBench, Pace};

fn incr(id: u64, addr: u64, len: u64) -> Ax {
    Ax {
        id,
        addr,
        len,
        size: 3,
        burst: INCR,
        ..Ax::default()
    }
}

/// Random bursts, all kinds, in both directions.
fn random(seed: u64, pace: Pace, bursts: u64) {
    let mut bench = DataBench::new(seed, pace);
    for _ in 0..bursts {
        if bench.rng.bit() {
            let ax = Ax::random(&mut bench.rng, 256, 3);
            bench.read(ax);
        } else {
            let ax = Ax::random(&mut bench.rng, 256, 3);
            bench.write(ax);
        }
        if bench.rng.chance(1, 30) {
            bench.finish();
        }
    }
    bench.finish();
    let [reads, writes, read_parts, write_parts] = bench.seen;
    assert_eq!(reads + writes, bursts);
    assert!(
        read_parts > reads && write_parts > writes,
        "nothing was cut"
    );
}

#[test]
fn bursts_are_cut_at_sixteen_beats_and_answered_as_one() {
    random(1, Pace::FULL, 150);
}

#[test]
fn back_pressure_everywhere_changes_nothing() {
    let pace = Pace {
        master: 60,
        memory: 40,
        address_after_data: false,
    };
    random(2, pace, 150);
}

#[test]
fn a_memory_that_takes_addresses_only_with_data_is_served() {
    let pace = Pace {
        master: 80,
        memory: 80,
        address_after_data: true,
    };
    random(3, pace, 100);
}

#[test]
fn a_reset_in_the_midst_of_traffic_leaves_nothing_behind() {
    let pace = Pace {
        master: 80,
        memory: 40,
        address_after_data: false,
    };
    let mut bench = DataBench::new(7, pace);
    for _ in 0..60 {
        for _ in 0..6 {
            let ax = Ax::random(&mut bench.rng, 256, 3);
            bench.read(ax);
            let ax = Ax::random(&mut bench.rng, 256, 3);
            bench.write(ax);
        }
        for _ in 0..bench.rng.below(120) {
            bench.cycle();
        }
        assert!(!bench.idle(), "the reset was not in the midst of anything");
        bench.reset();
        assert!(bench.idle());
    }
    // All entries are free, and every ID is answered.
    let seen = bench.seen;
    for id in 0..16 {
        bench.read(incr(id, 0x1000 * id, 40));
        bench.write(incr(id, 0x1000 * id, 40));
    }
    bench.finish();
    assert_eq!(
        [0, 1].map(|direction| bench.seen[direction] - seen[direction]),
        [16, 16]
    );
    assert_eq!(bench.ids, 8, "all entries were in use");
}

#[test]
fn a_slow_memory_fills_the_table_and_nothing_is_lost() {
    let pace = Pace {
        master: 100,
        memory: 10,
        address_after_data: false,
    };
    let mut bench = DataBench::new(4, pace);
    for id in 0..40 {
        bench.read(incr(id, 0x1000 * id, 3));
        bench.write(incr(id, 0x1000 * id, 3));
    }
    bench.finish();
    assert_eq!(bench.seen, [40, 40, 40, 40]);
    assert_eq!(bench.ids, 8, "all entries were in use");
}

#[test]
fn more_parts_than_an_entry_counts_wait_for_their_turn() {
    let pace = Pace {
        master: 100,
        memory: 5,
        address_after_data: false,
    };
    let mut bench = DataBench::new(5, pace);
    for page in 0..3 {
        bench.read(Ax {
            size: 0,
            ..incr(7, 0x1000 * page, 255)
        });
        bench.write(Ax {
            size: 0,
            ..incr(7, 0x1000 * page, 255)
        });
    }
    bench.finish();
    assert_eq!(bench.seen, [3, 3, 48, 48]);
    assert_eq!(bench.ids, 1, "one ID stays one ID");
}

/// The greatest distance between neighbours.
fn longest_gap(cycles: &[u64]) -> u64 {
    cycles
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .max()
        .unwrap_or(0)
}

#[test]
fn a_beat_passes_in_each_cycle() {
    for len in [0, 3, 15, 16, 255] {
        let mut bench = DataBench::new(6, Pace::FULL);
        for burst in 0..40 {
            bench.read(incr(burst % 4, 0x1000 * burst, len));
            bench.write(incr(burst % 4, 0x1000 * burst, len));
        }
        bench.finish();
        assert!(
            longest_gap(&bench.r_beats) == 1,
            "reads of {} beats",
            len + 1
        );
        // One burst of 17 beats takes two addresses, which the data hide.
        assert!(
            longest_gap(&bench.w_beats) == 1,
            "writes of {} beats",
            len + 1
        );
    }
}
