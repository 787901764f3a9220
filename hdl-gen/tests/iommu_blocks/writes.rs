//! Where W beats go, the write terminator, and the B channel that it shares with memory.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::OUTSTANDING;
use hdl_gen::iommu::types::*;
use hdl_gen::iommu::write_path::{AnswerMerge, WriteRouter, WriteTerminator};

use crate::iommu::{self, n, Sim};

/// The data of a burst: whether it is terminated, AWLEN, and what the master sends for it.
pub struct Data {
    pub terminated: bool,
    pub len: usize,
    pub beats: Vec<WriteBeat>,
}

/// WLAST may be early or late.
pub fn data(rng: &mut Rng, len: usize, terminated: bool) -> Data {
    let count = match rng.below(6) {
        0 => 1 + rng.below(len as u64 + 1) as usize,
        1 => len + 1 + rng.below(4) as usize,
        _ => len + 1,
    };
    let beat = |i: usize, rng: &mut Rng| WriteBeat {
        last: i + 1 == count,
        ..iommu::write_beat(rng)
    };
    Data {
        terminated,
        len,
        beats: (0..count).map(|i| beat(i, rng)).collect(),
    }
}

fn burst(rng: &mut Rng) -> Data {
    let long = rng.chance(1, 40);
    let len = if long { 255 } else { rng.below(5) as usize };
    let terminated = rng.chance(1, 4);
    data(rng, len, terminated)
}

/// What memory is to get of a burst: AWLEN+1 beats, made up without strobes where the master's
/// are missing.
pub fn expected(burst: &Data) -> Vec<WriteBeat> {
    let beat = |i: usize| WriteBeat {
        last: i == burst.len,
        ..burst.beats.get(i).copied().unwrap_or_default()
    };
    (0..burst.len + 1).map(beat).collect()
}

#[test]
fn beats_go_where_their_burst_went_whatever_wlast_says() {
    let mut b = Sim::new(WriteRouter::default(), |b| &mut b.clock);
    let mut rng = Rng::new(1);
    // Of bursts whose address was sent; of what the master still sends; of what memory still gets.
    let mut routed: VecDeque<Data> = VecDeque::new();
    let mut master: VecDeque<WriteBeat> = VecDeque::new();
    let mut memory: VecDeque<WriteBeat> = VecDeque::new();
    let mut valid = false;
    let mut held: Option<WriteBeat> = None;
    let (mut done, mut malformed, mut drained) = (0, 0, 0);
    for cycle in 0..30_000 {
        let new = (routed.len() < OUTSTANDING && rng.chance(1, 3)).then(|| burst(&mut rng));
        b.push.next = new.is_some();
        b.route.next = new.as_ref().map_or_else(
            || WriteRoute {
                terminated: rng.bit(),
                len: rng.bits(),
            },
            |burst| WriteRoute {
                terminated: burst.terminated,
                len: (burst.len as u64).into(),
            },
        );
        valid |= !master.is_empty() && rng.chance(4, 5);
        b.s_valid.next = valid;
        let front = master.front().copied().filter(|_| valid);
        b.s_beat.next = front.unwrap_or_else(|| iommu::write_beat(&mut rng));
        b.m_ready.next = rng.chance(if cycle % 300 < 150 { 9 } else { 3 }, 10);
        b.settle();

        let seen = b.m_valid.val().then(|| b.m_beat.val());
        assert!(held.is_none() || seen == held, "a waiting beat changed");
        held = seen.filter(|_| !b.m_ready.val());
        if let Some(beat) = seen.filter(|_| b.m_ready.val()) {
            assert_eq!(Some(beat), memory.pop_front(), "cycle {cycle}");
        }
        if valid && b.s_ready.val() {
            master.pop_front();
            valid = false;
        }
        if b.done.val() || b.drained.val() {
            let burst = routed.pop_front().expect("the end of a burst");
            assert_eq!(b.drained.val(), burst.terminated);
            assert_eq!(b.done.val(), !burst.terminated);
            let rest: usize = routed.iter().map(|burst| burst.beats.len()).sum();
            assert_eq!(master.len(), rest, "its WLAST has not come");
            let rest = routed.iter().filter(|burst| !burst.terminated);
            let rest: usize = rest.map(|burst| burst.len + 1).sum();
            assert_eq!(memory.len(), rest, "memory has not got all");
            if burst.terminated {
                drained += 1;
            } else {
                let well_formed = burst.beats.len() == burst.len + 1;
                assert_eq!(b.malformed.val(), !well_formed);
                malformed += u32::from(!well_formed);
                done += 1;
            }
        }
        // The route counts from the next cycle on; the master's beats may come earlier.
        if let Some(new) = new {
            master.extend(&new.beats);
            if !new.terminated {
                memory.extend(expected(&new));
            }
            routed.push_back(new);
        }
        b.edge();
    }
    let seen = (done, malformed, drained);
    assert!(seen.0 > 1000 && seen.1 > 200 && seen.2 > 300, "{seen:?}");
}

#[test]
fn data_that_is_early_waits_for_its_address() {
    let mut b = Sim::new(WriteRouter::default(), |b| &mut b.clock);
    b.s_valid.next = true;
    b.m_ready.next = true;
    b.s_beat.next = WriteBeat {
        last: true,
        ..WriteBeat::default()
    };
    for _ in 0..5 {
        b.settle();
        assert!(!b.s_ready.val() && !b.m_valid.val());
        b.edge();
    }
    b.push.next = true;
    b.cycle();
    b.push.next = false;
    b.settle();
    assert!(b.s_ready.val() && b.m_valid.val() && b.done.val());
}

#[test]
fn beats_pass_one_a_cycle_from_burst_to_burst() {
    let mut b = Sim::new(WriteRouter::default(), |b| &mut b.clock);
    b.push.next = true;
    for len in [0u64, 1, 3] {
        b.route.next = WriteRoute {
            terminated: false,
            len: len.into(),
        };
        b.cycle();
    }
    b.push.next = false;
    (b.s_valid.next, b.m_ready.next) = (true, true);
    for last in [true, false, true, false, false, false, true] {
        b.s_beat.next = WriteBeat {
            last,
            ..WriteBeat::default()
        };
        b.settle();
        assert!(b.m_valid.val() && b.s_ready.val());
        assert_eq!((b.m_beat.val().last, b.done.val()), (last, last));
        b.edge();
    }
}

#[test]
fn a_terminated_write_gets_one_answer_after_its_last_beat() {
    let mut b = Sim::new(WriteTerminator::default(), |b| &mut b.clock);
    let mut rng = Rng::new(2);
    for _ in 0..300 {
        let answer = WriteAnswer {
            id: rng.bits(),
            resp: (2 + rng.below(2)).into(),
        };
        b.start.next = true;
        (b.id.next, b.resp.next) = (answer.id, answer.resp);
        b.settle();
        assert!(!b.busy.val() && !b.valid.val());
        b.edge();
        b.start.next = false;
        (b.id.next, b.resp.next) = (rng.bits(), rng.bits());
        for _ in 0..rng.below(4) {
            b.settle();
            assert!(b.busy.val() && !b.valid.val());
            b.edge();
        }
        b.drained.next = true;
        b.cycle();
        b.drained.next = false;
        for _ in 0..rng.below(4) {
            b.settle();
            assert!(b.busy.val() && b.valid.val());
            assert_eq!((b.answer.val(), b.busy_id.val()), (answer, answer.id));
            b.edge();
        }
        b.taken.next = true;
        b.cycle();
        b.taken.next = false;
    }
}

#[test]
fn answers_of_memory_and_terminator_share_the_channel() {
    let mut b = Sim::new(AnswerMerge::default(), |b| &mut b.clock);
    let mut rng = Rng::new(3);
    let answer = |rng: &mut Rng| WriteAnswer {
        id: rng.bits(),
        resp: rng.bits(),
    };
    let mut offered: Option<WriteAnswer> = None;
    let mut terminator: Option<WriteAnswer> = None;
    // Whether what memory offers may pass if it was not seen, and whether its burst was malformed.
    let (mut blocked, mut malformed, mut shown) = (false, false, false);
    let mut held: Option<WriteAnswer> = None;
    let (mut passed, mut slverr, mut terminated, mut waited) = (0, 0, 0, 0);
    for _ in 0..20_000 {
        if rng.chance(3, 4) {
            if offered.is_none() {
                malformed = rng.chance(1, 4);
            }
            offered = offered.or_else(|| Some(answer(&mut rng)));
        }
        if rng.chance(1, 5) {
            terminator = terminator.or_else(|| Some(answer(&mut rng)));
        }
        blocked = rng.chance(1, if blocked { 2 } else { 6 });
        b.memory_valid.next = offered.is_some();
        b.memory.next = offered.unwrap_or_else(|| answer(&mut rng));
        b.terminator_valid.next = terminator.is_some();
        b.terminator.next = terminator.unwrap_or_else(|| answer(&mut rng));
        b.blocked.next = blocked;
        b.malformed.next = malformed;
        b.s_ready.next = rng.chance(3, 4);
        b.settle();

        let seen = b.s_valid.val().then(|| b.s_answer.val());
        assert!(held.is_none() || seen == held, "a waiting answer changed");
        held = seen.filter(|_| !b.s_ready.val());
        let fires = b.s_valid.val() && b.s_ready.val();
        assert_eq!(fires, b.response.val() || b.terminator_taken.val());
        assert_eq!(
            b.response.val(),
            b.memory_valid.val() && b.memory_ready.val()
        );
        if b.response.val() {
            let mut expected = offered.take().expect("an answer of memory's");
            assert!(!blocked || shown, "a blocked answer passed");
            if malformed {
                expected.resp = 2.into();
                slverr += 1;
            } else if n(expected.resp) == 1 {
                expected.resp = 0.into(); // EXOKAY never passes
            }
            assert_eq!(seen, Some(expected));
            passed += 1;
            waited += 1;
            assert!(terminator.is_none() || waited < 3, "a termination starves");
        }
        if b.terminator_taken.val() {
            assert_eq!(seen, terminator.take());
            terminated += 1;
            waited = 0;
        }
        if terminator.is_none() {
            waited = 0;
        }
        b.edge();
        // Seen by the master, and the terminator's would not be taken back.
        shown = held.is_some() && held != terminator;
    }
    let seen = (passed, slverr, terminated);
    assert!(seen.0 > 5000 && seen.1 > 1000 && seen.2 > 1000, "{seen:?}");
}

#[test]
fn answers_of_memory_pass_in_their_own_cycle() {
    let mut b = Sim::new(AnswerMerge::default(), |b| &mut b.clock);
    (b.memory_valid.next, b.s_ready.next) = (true, true);
    for cycle in 0..20u64 {
        b.memory.next = WriteAnswer {
            id: cycle.into(),
            resp: 0.into(),
        };
        b.settle();
        assert!(b.memory_ready.val());
        assert!(b.s_valid.val());
        assert_eq!(n(b.s_answer.val().id), cycle);
        b.edge();
    }
}
