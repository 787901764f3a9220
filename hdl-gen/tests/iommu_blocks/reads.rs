//! The read terminator, and the R channel that it shares with memory.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::read_path::{ReadMerge, ReadTerminator};
use hdl_gen::iommu::types::*;

use crate::iommu::{self, n, Sim};

#[test]
fn a_terminated_read_has_all_its_beats_and_rlast_on_the_last() {
    let mut b = Sim::new(ReadTerminator::default(), |b| &mut b.clock);
    let mut rng = Rng::new(1);
    for round in 0..300u64 {
        let len = match round {
            0 => 0,
            1 => 255,
            _ => rng.below(20),
        };
        let (id, resp) = (rng.bits(), (2 + rng.below(2)).into());
        b.settle();
        assert!(!b.busy.val());
        b.start.next = true;
        (b.id.next, b.len.next, b.resp.next) = (id, len.into(), resp);
        b.cycle();
        b.start.next = false;
        (b.id.next, b.len.next, b.resp.next) = (rng.bits(), rng.bits(), rng.bits());
        let mut beats = 0;
        while beats <= len {
            b.taken.next = rng.chance(2, 3);
            b.settle();
            // Also while it waits.
            assert!(b.busy.val());
            assert_eq!(b.busy_id.val(), id);
            let expected = ReadBeat {
                id,
                data: 0.into(),
                resp,
                last: beats == len,
            };
            assert_eq!(b.beat.val(), expected, "beat {beats} of {len}");
            beats += u64::from(b.taken.val());
            b.edge();
        }
        b.taken.next = false;
    }
}

/// Beats of a source, and the cycle since when the first of them waits.
#[derive(Default)]
struct Source {
    beats: VecDeque<ReadBeat>,
    valid: bool,
    since: u64,
}

/// What memory sends in a burst; beats of two bursts may be mixed.
fn memory_burst(rng: &mut Rng) -> Vec<ReadBeat> {
    let mut ids = vec![(1u64, 1 + rng.below(5))];
    if rng.chance(1, 3) {
        ids.push((2, 1 + rng.below(5)));
    }
    let mut beats = vec![];
    while !ids.is_empty() {
        let at = rng.below(ids.len() as u64) as usize;
        ids[at].1 -= 1;
        beats.push(ReadBeat {
            id: ids[at].0.into(),
            last: ids[at].1 == 0,
            ..iommu::read_beat(rng)
        });
        ids.retain(|&(_, left)| left > 0);
    }
    beats
}

fn terminated_burst(rng: &mut Rng) -> Vec<ReadBeat> {
    let len = rng.below(6);
    let beat = |i| ReadBeat {
        id: 3.into(),
        data: 0.into(),
        resp: 2.into(),
        last: i == len,
    };
    (0..len + 1).map(beat).collect()
}

#[test]
fn beats_of_memory_and_terminator_share_the_channel() {
    let mut b = Sim::new(ReadMerge::default(), |b| &mut b.clock);
    let mut rng = Rng::new(2);
    let (mut memory, mut terminator) = (Source::default(), Source::default());
    let mut held: Option<ReadBeat> = None;
    let mut in_terminated = false;
    let (mut passed, mut terminated, mut longest) = (0, 0, 0);
    for cycle in 0..20_000 {
        let busy = cycle / 500 % 2 == 0;
        if memory.beats.is_empty() && (busy || rng.chance(1, 10)) {
            memory.beats.extend(memory_burst(&mut rng));
        }
        if terminator.beats.is_empty() && rng.chance(1, if busy { 2 } else { 20 }) {
            terminator.beats.extend(terminated_burst(&mut rng));
            terminator.since = 0;
        }
        memory.valid |= !memory.beats.is_empty() && (busy || rng.chance(2, 3));
        terminator.valid = !terminator.beats.is_empty();
        b.memory_valid.next = memory.valid;
        let front = memory.beats.front().copied();
        b.memory.next = front
            .filter(|_| memory.valid)
            .unwrap_or_else(|| iommu::read_beat(&mut rng));
        b.terminator_valid.next = terminator.valid;
        let front = terminator.beats.front().copied();
        b.terminator.next = front.unwrap_or_else(|| iommu::read_beat(&mut rng));
        b.s_ready.next = rng.chance(3, 4);
        b.settle();

        let seen = b.s_valid.val().then(|| b.s_beat.val());
        assert!(held.is_none() || seen == held, "a waiting beat changed");
        held = seen.filter(|_| !b.s_ready.val());
        let fires = b.s_valid.val() && b.s_ready.val();
        assert_eq!(b.response.val(), memory.valid && b.memory_ready.val());
        assert_eq!(fires, b.response.val() || b.terminator_taken.val());
        assert!(!(b.response.val() && b.terminator_taken.val()));
        if b.response.val() {
            assert!(!in_terminated, "memory's beat within a terminated burst");
            let mut beat = memory.beats.pop_front().unwrap();
            if n(beat.resp) == 1 {
                beat.resp = 0.into(); // EXOKAY never passes
            }
            assert_eq!(b.s_beat.val(), beat);
            memory.valid = false;
            passed += 1;
        }
        if b.terminator_taken.val() {
            let beat = terminator.beats.pop_front().unwrap();
            assert_eq!(b.s_beat.val(), beat);
            in_terminated = !beat.last;
            terminated += 1;
            terminator.since = 0;
        } else if terminator.valid && b.response.val() {
            terminator.since += 1;
            longest = terminator.since.max(longest);
        }
        b.edge();
    }
    assert!(passed > 3000 && terminated > 2000, "{passed} {terminated}");
    // It waits for the end of one burst of memory's, at most two that are mixed.
    assert!(longest <= 10, "a termination waited for {longest} beats");
}

#[test]
fn memory_is_not_starved_by_terminations() {
    let mut b = Sim::new(ReadMerge::default(), |b| &mut b.clock);
    b.memory_valid.next = true;
    b.terminator_valid.next = true;
    let last = ReadBeat {
        last: true,
        ..ReadBeat::default()
    };
    (b.memory.next, b.terminator.next, b.s_ready.next) = (last, last, true);
    let (mut passed, mut terminated) = (0, 0);
    for _ in 0..100 {
        b.settle();
        passed += u32::from(b.response.val());
        terminated += u32::from(b.terminator_taken.val());
        b.edge();
    }
    assert_eq!((passed, terminated), (50, 50));
}
