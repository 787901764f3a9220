//! That each rule sees what breaks it, and nothing else.

use std::collections::BTreeSet;

use super::*;
use crate::bursts::{Ax, FIXED, INCR, WRAP};

fn read() -> Ax {
    Ax {
        id: 5,
        addr: 0x1008,
        len: 1,
        size: 3,
        burst: INCR,
        ..Ax::default()
    }
}

fn address(ax: Ax) -> Channel<Ax> {
    Channel::new(true, true, ax)
}

fn data(id: u64, strb: u64, last: bool) -> Channel<WriteBeat> {
    let beat = WriteBeat {
        id,
        strb,
        last,
        data: 7,
    };
    Channel::new(true, true, beat)
}

fn ask(ax: Ax) -> Cycle {
    Cycle {
        ar: address(ax),
        ..Cycle::default()
    }
}

fn give(id: u64, resp: u64, last: bool) -> Cycle {
    let beat = ReadBeat {
        id,
        resp,
        last,
        data: 7,
    };
    Cycle {
        r: Channel::new(true, true, beat),
        ..Cycle::default()
    }
}

fn write(ax: Ax, w: Channel<WriteBeat>) -> Cycle {
    Cycle {
        aw: address(ax),
        w,
        ..Cycle::default()
    }
}

fn more(w: Channel<WriteBeat>) -> Cycle {
    Cycle {
        w,
        ..Cycle::default()
    }
}

fn answer(id: u64, resp: u64) -> Cycle {
    Cycle {
        b: Channel::new(true, true, Answer { id, resp }),
        ..Cycle::default()
    }
}

fn reset() -> Cycle {
    Cycle {
        reset: true,
        ..Cycle::default()
    }
}

/// The rule that some cycles break, in the last of them.
fn broken(cycles: &[Cycle]) -> Option<Rule> {
    let mut rules = Rules::new(Port::HP0);
    let mut results = cycles.iter().map(|cycle| rules.cycle(cycle));
    let found = results.find_map(Result::err);
    if let Some(broken) = &found {
        assert_eq!(results.count(), 0, "{broken:?} before its time");
    }
    found.map(|broken| broken.rule)
}

#[test]
fn each_rule_sees_what_breaks_it() {
    let same = |change: fn(&mut Ax)| {
        let mut ax = read();
        change(&mut ax);
        vec![ask(ax)]
    };
    let stalled = Cycle {
        ar: Channel::new(true, false, read()),
        ..Cycle::default()
    };
    let two = Ax { id: 6, ..read() };
    let full = 0xFF;
    let cases: Vec<(Rule, Vec<Cycle>)> = vec![
        (
            Rule::Reset,
            vec![
                reset(),
                Cycle {
                    reset: true,
                    ..ask(read())
                },
            ],
        ),
        (Rule::Reset, vec![reset(), reset(), ask(read())]),
        (Rule::Stable, vec![stalled, Cycle::default()]),
        (Rule::Stable, vec![stalled, ask(two)]),
        (Rule::Size, same(|ax| ax.size = 4)),
        (Rule::BurstType, same(|ax| ax.burst = 3)),
        (Rule::Length, same(|ax| ax.len = 16)),
        (Rule::Length, same(|ax| (ax.burst, ax.len) = (WRAP, 2))),
        (
            Rule::WrapAlignment,
            same(|ax| (ax.burst, ax.addr) = (WRAP, 0x1004)),
        ),
        (Rule::Boundary, same(|ax| ax.addr = 0x1FF8)),
        (Rule::Cache, same(|ax| ax.cache = 0b0100)),
        (Rule::Cache, same(|ax| ax.cache = 0b1001)),
        (Rule::Lock, same(|ax| ax.lock = 2)),
        (Rule::Lock, same(|ax| ax.lock = 3)),
        (Rule::Exclusive, same(|ax| ax.lock = 1)), // 16 bytes at 0x1008
        (
            Rule::Exclusive,
            same(|ax| (ax.lock, ax.addr, ax.len) = (1, 0x1000, 2)),
        ),
        (Rule::Id, same(|ax| ax.id = 64)),
        (Rule::DataAfterAddress, vec![more(data(5, full, false))]),
        (
            Rule::Interleaving,
            vec![
                write(read(), data(5, full, false)),
                write(two, data(6, full, false)),
            ],
        ),
        (Rule::WriteLast, vec![write(read(), data(5, full, true))]),
        (
            Rule::WriteLast,
            vec![
                write(read(), data(5, full, false)),
                more(data(5, full, false)),
            ],
        ),
        (
            Rule::Strobes,
            vec![write(Ax { size: 0, ..read() }, data(5, 2, false))],
        ),
        (
            Rule::Strobes,
            vec![write(
                Ax {
                    addr: 0x1009,
                    ..read()
                },
                data(5, 1, false),
            )],
        ),
        (Rule::WriteAnswer, vec![answer(5, 0)]),
        (
            Rule::WriteAnswer,
            vec![
                write(read(), data(5, full, false)),
                Cycle {
                    b: answer(5, 0).b,
                    ..more(data(5, full, true))
                },
            ],
        ),
        (
            Rule::WriteAnswer,
            vec![
                write(read(), data(5, full, false)),
                more(data(5, full, true)),
                answer(6, 0),
            ],
        ),
        (Rule::ReadAnswer, vec![give(5, 0, true)]),
        (
            Rule::ReadAnswer,
            vec![Cycle {
                r: give(5, 0, false).r,
                ..ask(read())
            }],
        ),
        (Rule::ReadAnswer, vec![ask(read()), give(6, 0, false)]),
        (Rule::ReadLast, vec![ask(read()), give(5, 0, true)]),
        (
            Rule::ReadLast,
            vec![ask(read()), give(5, 0, false), give(5, 0, false)],
        ),
        (Rule::ExclusiveOkay, vec![ask(read()), give(5, 1, false)]),
    ];
    for (rule, cycles) in &cases {
        assert_eq!(broken(cycles), Some(*rule), "{cycles:x?}");
    }
    let shown: BTreeSet<Rule> = cases.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(shown, BTreeSet::from(Rule::ALL), "a rule without a case");
}

#[test]
fn what_keeps_the_rules_passes() {
    let two = Ax {
        id: 6,
        len: 0,
        ..read()
    };
    let narrow = Ax {
        addr: 0x1003,
        size: 1,
        len: 2,
        ..read()
    };
    let exclusive = Ax {
        lock: 1,
        addr: 0x1010,
        ..read()
    };
    let fixed = Ax {
        burst: FIXED,
        addr: 0x1FF8,
        len: 15,
        ..read()
    };
    let wrapping = Ax {
        burst: WRAP,
        addr: 0x1FF8,
        len: 15,
        cache: 0b1111,
        ..read()
    };
    let traces = [
        // Data of the second burst directly behind that of the first; answers in another order.
        vec![
            write(read(), data(5, 0xFF, false)),
            write(two, data(5, 0xF0, true)),
            more(data(6, 0, true)),
            answer(6, 2),
            answer(5, 3),
        ],
        // Odd, then aligned, over the lanes.
        vec![
            write(narrow, data(5, 0x08, false)),
            more(data(5, 0x30, false)),
            more(data(5, 0xC0, true)),
            answer(5, 0),
        ],
        // IDs mixed beat by beat.
        vec![
            ask(read()),
            ask(Ax { id: 6, ..read() }),
            give(5, 0, false),
            give(6, 2, false),
            give(6, 0, true),
            give(5, 3, true),
        ],
        vec![ask(exclusive), give(5, 1, false), give(5, 1, true)],
        vec![ask(fixed)],
        vec![ask(wrapping)],
        // A reset ends what was under way.
        vec![
            ask(read()),
            reset(),
            Cycle::default(),
            ask(two),
            give(6, 0, true),
        ],
    ];
    for cycles in &traces {
        assert_eq!(broken(cycles), None, "{cycles:x?}");
    }
}
