use vcm_regs::{context, fault};

use super::bench::{BYPASS, Bench, TABLE, TTBR0, addr, beat, context_0, s2cr};
use crate::scoreboard::MismatchKind;
use crate::signals::{AxiAddr, AxiCycle, Burst, Cycle, Resp};

/// A section of all rights at 0x4000_0000, for IOVA 0.
const SECTION: (u32, u32) = (TTBR0, 0x4000_0C02);

fn bypassing() -> Bench {
    let mut bench = Bench::new();
    bench.write(s2cr(0), BYPASS);
    bench
}

#[test]
fn a_section_and_a_page_are_translated() {
    let mut bench = Bench::translating();
    bench.forwarded(0x1_2340, &[SECTION], 0x4001_2340);
    bench.forwarded(0x2_2340, &[], 0x4002_2340);
    let page = [(TTBR0 + 4, TABLE | 1), (TABLE + 4, 0x5000_0032)];
    bench.forwarded(0x10_1008, &page, 0x5000_0008);
    bench.assert_clean();
    let counts = bench.scoreboard.counts();
    assert_eq!((counts.reads_forwarded, counts.walk_reads), (3, 3));
}

#[test]
fn a_wrong_physical_address_is_told() {
    let mut bench = Bench::translating();
    bench.forwarded(0x1_2340, &[SECTION], 0x4001_2440);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
    let text = bench.scoreboard.mismatches()[0].to_string();
    for part in ["stream 0", "0x00012340", "0x40012340", "0x40012440"] {
        let hex = part.trim_start_matches("0x");
        assert!(text.contains(hex), "{part} in {text}");
    }
}

#[test]
fn a_translation_without_a_walk_is_told() {
    let mut bench = Bench::translating();
    bench.forwarded(0x1_2340, &[], 0x4001_2340);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn an_entry_of_a_supersection_answers_for_all_its_megabytes() {
    let mut bench = Bench::translating();
    let supersection = (TTBR0 + 4 * 3, 0x6604_0C02);
    bench.forwarded(0x0030_0000, &[supersection], 0x6630_0000);
    bench.forwarded(0x00F4_5678, &[], 0x66F4_5678);
    bench.assert_clean();
}

#[test]
fn a_changed_attribute_is_told() {
    let change: [fn(&mut AxiAddr); 7] = [
        |ar| ar.len = 1,
        |ar| ar.size = 2,
        |ar| ar.burst = Burst::Fixed,
        |ar| ar.cache = 0,
        |ar| ar.prot = 1,
        |ar| ar.qos = 1,
        |ar| ar.lock = true,
    ];
    for change in change {
        let mut bench = bypassing();
        let mut seen = addr(0x1000, 0);
        bench.s_ar(seen);
        change(&mut seen);
        bench.m_ar(seen);
        assert_eq!(bench.kinds(), [MismatchKind::Attributes], "{seen:?}");
    }
}

#[test]
fn exclusive_accesses_lose_their_lock() {
    let mut bench = bypassing();
    let exclusive = AxiAddr {
        lock: true,
        ..addr(0x1000, 0)
    };
    bench.s_ar(exclusive);
    bench.m_ar(addr(0x1000, 0));
    assert_eq!(bench.kinds(), []);
}

#[test]
fn with_mtcfg_axcache_comes_from_the_page() {
    let run = |cache| {
        let mut bench = Bench::translating();
        let sctlr = context::Sctlr::default()
            .with(context::Sctlr::M, 1)
            .with(context::Sctlr::MTCFG, 1);
        bench.write(context_0(&context::SCTLR), sctlr.bits());
        bench.s_ar(addr(0x1000, 0));
        bench.walk(SECTION.0, SECTION.1);
        bench.m_ar(AxiAddr {
            cache,
            ..addr(0x4000_1000, 0)
        });
        bench.kinds()
    };
    // The section is strongly-ordered.
    assert_eq!(run(0b0000), []);
    assert_eq!(run(0b0011), [MismatchKind::Attributes]);
}

#[test]
fn what_nobody_asked_for_is_told() {
    let mut bench = bypassing();
    bench.m_ar(addr(0x1000, 0));
    bench.s_r(beat(0, Resp::Okay, true));
    assert_eq!(bench.kinds(), [MismatchKind::Unexplained; 2]);
    // A burst goes to memory once.
    let mut bench = bypassing();
    bench.s_ar(addr(0x1000, 0));
    bench.m_ar(addr(0x1000, 0));
    bench.m_ar(addr(0x1000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Unexplained]);
}

#[test]
fn read_data_is_that_of_memory_in_the_lanes_that_count() {
    let mut bench = bypassing();
    let narrow = AxiAddr {
        size: 0,
        ..addr(0x1001, 0)
    };
    bench.s_ar(narrow);
    bench.m_ar(narrow);
    bench.m_r(beat(0x1122, Resp::Okay, true));
    bench.s_r(beat(0x1133, Resp::Okay, true));
    bench.assert_clean();
    bench.s_ar(narrow);
    bench.m_ar(narrow);
    bench.m_r(beat(0x1122, Resp::Okay, true));
    bench.s_r(beat(0x3322, Resp::Okay, true));
    assert_eq!(bench.kinds(), [MismatchKind::Response]);
}

#[test]
fn errors_of_memory_reach_the_master_as_they_are() {
    let mut bench = bypassing();
    for (memory, master) in [
        (Resp::DecErr, Resp::DecErr),
        (Resp::SlvErr, Resp::SlvErr),
        (Resp::SlvErr, Resp::Okay),
    ] {
        bench.s_ar(addr(0x1000, 0));
        bench.m_ar(addr(0x1000, 0));
        bench.m_r(beat(0, memory, true));
        bench.s_r(beat(0, master, true));
    }
    assert_eq!(bench.kinds(), [MismatchKind::Response]);
}

#[test]
fn a_response_before_memory_answered_is_told() {
    let mut bench = bypassing();
    bench.s_ar(addr(0x1000, 0));
    bench.m_ar(addr(0x1000, 0));
    bench.s_r(beat(0x1234, Resp::Okay, true));
    assert_eq!(bench.kinds(), [MismatchKind::Response]);
}

#[test]
fn a_burst_may_pass_in_a_single_cycle() {
    let mut bench = bypassing();
    let side = AxiCycle {
        ar: addr(0x1000, 0),
        ..AxiCycle::default()
    };
    bench.cycle(Cycle {
        s_axi: side,
        m_axi: side,
        ..Cycle::default()
    });
    let side = AxiCycle {
        r: beat(7, Resp::Okay, true),
        ..AxiCycle::default()
    };
    bench.cycle(Cycle {
        s_axi: side,
        m_axi: side,
        ..Cycle::default()
    });
    bench.assert_clean();
}

#[test]
fn a_terminated_read_has_all_its_beats_and_no_data() {
    let run = |beats: &[(u64, Resp, bool)]| {
        let mut bench = Bench::new();
        bench.s_ar(addr(0x1000, 1));
        for &(data, resp, last) in beats {
            bench.s_r(beat(data, resp, last));
        }
        bench.kinds()
    };
    let error = Resp::DecErr;
    assert_eq!(run(&[(0, error, false), (0, error, true)]), []);
    let told = [MismatchKind::Termination];
    assert_eq!(run(&[(0, error, true)]), told);
    assert_eq!(run(&[(0, error, false), (0, error, false)]), told);
    assert_eq!(run(&[(1, error, false), (0, error, true)]), told);
    assert_eq!(run(&[(0, error, false), (0, Resp::Okay, true)]), told);
}

#[test]
fn an_illegal_burst_is_terminated_and_never_reaches_memory() {
    let illegal = AxiAddr {
        addr: 0x1FF8,
        ..addr(0, 1)
    };
    let mut bench = bypassing();
    bench.s_ar(illegal);
    bench.s_r(beat(0, Resp::SlvErr, false));
    bench.s_r(beat(0, Resp::SlvErr, true));
    bench.assert_clean();
    assert_eq!(bench.statuses(), [[fault::ILLEGAL_BURST]]);
    bench.s_ar(illegal);
    bench.m_ar(illegal);
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn permissions_domains_and_privilege_are_checked() {
    // AP = 0b001: privileged only. Domain 1 is denied.
    let private = (TTBR0, 0x4000_0402);
    let denied = (TTBR0 + 4, 0x4000_0C22);
    let mut bench = Bench::translating();
    bench.terminated(0x1000, &[private], Resp::SlvErr);
    bench.terminated(0x10_1000, &[denied], Resp::SlvErr);
    let privileged = AxiAddr {
        prot: 1,
        ..addr(0x1000, 0)
    };
    bench.s_ar(privileged);
    bench.m_ar(AxiAddr {
        addr: 0x4000_1000,
        ..privileged
    });
    assert_eq!(bench.kinds(), []);
    assert_eq!(
        bench.statuses(),
        [[fault::PERMISSION_L1], [fault::DOMAIN_L1]]
    );
    bench.s_ar(addr(0x1000, 0));
    bench.m_ar(addr(0x4000_1000, 0));
    assert_eq!(bench.kinds(), [MismatchKind::Translation]);
}

#[test]
fn same_id_reads_stay_in_order_between_memory_and_terminator() {
    // The first faults, the second goes to memory; both have the same ID.
    let start = || {
        let mut bench = Bench::translating();
        bench.forwarded(0, &[SECTION], 0x4000_0000);
        bench.s_ar(addr(0x10_0000, 0));
        bench.s_ar(addr(0x40, 0));
        bench.walk(TTBR0 + 4, 0);
        bench.m_ar(addr(0x4000_0040, 0));
        bench.m_r(beat(9, Resp::Okay, true));
        bench
    };
    let mut bench = start();
    bench.s_r(beat(0, Resp::SlvErr, true));
    bench.s_r(beat(9, Resp::Okay, true));
    bench.assert_clean();
    let mut bench = start();
    bench.s_r(beat(9, Resp::Okay, true));
    bench.s_r(beat(0, Resp::SlvErr, true));
    assert!(!bench.kinds().is_empty());
}

#[test]
fn of_two_like_reads_the_one_that_is_terminated_is_known_by_its_answer() {
    // The same read twice while its stream is being bypassed: the first still meets the old routing.
    let mut bench = Bench::new();
    bench.s_ar(addr(0x1000, 0));
    bench.write_begins(s2cr(0), BYPASS);
    bench.s_ar(addr(0x1000, 0));
    bench.m_ar(addr(0x1000, 0));
    bench.s_r(beat(0, Resp::DecErr, true));
    bench.m_r(beat(9, Resp::Okay, true));
    bench.s_r(beat(9, Resp::Okay, true));
    bench.write_ends(Resp::Okay);
    bench.assert_clean();
    let counts = bench.scoreboard.counts();
    assert_eq!((counts.reads_forwarded, counts.reads_terminated), (1, 1));
}
