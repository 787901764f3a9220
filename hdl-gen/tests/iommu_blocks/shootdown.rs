//! Shootdown with a translator and a first-level cache that answer when they like.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::shootdown::Shootdown;
use hdl_gen::iommu::types::*;

use crate::iommu::{n, Sim};

const QUEUE: usize = 8;

/// A thing that has to happen, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// `kill_group` for this context and these 16 MiB.
    Group(u64, u64),
    /// The flush when the group has gone.
    Grouped(u64),
    /// A page: context, number, ASID unless all.
    Page(u64, u64, Option<u64>),
    /// The end of a command.
    End,
}

/// What is expected, and the others' part.
#[derive(Default)]
struct Model {
    commands: VecDeque<(u64, VecDeque<Step>)>,
    waits: u64,
    /// Contexts marked in the last three cycles.
    marked: [u64; 3],
    /// Cycles until the group is gone.
    killing: u64,
    /// A page was taken; done in so many cycles.
    done_in: Option<u64>,
    groups: u32,
    pages: u32,
    flushes: u32,
    bumps: u32,
    marks: u32,
}

fn of(context: u64) -> Flush {
    Flush {
        valid: true,
        by_context: true,
        context: context.into(),
    }
}

/// Two at once are all.
fn merged(flushes: &[Flush]) -> Flush {
    match flushes {
        [] => Flush::default(),
        [one] => *one,
        _ => Flush {
            valid: true,
            ..Flush::default()
        },
    }
}

fn same(a: Flush, b: Flush) -> bool {
    a.valid == b.valid
        && (!a.valid || a.by_context == b.by_context && (!a.by_context || a.context == b.context))
}

fn steps(command: &TlbCommand) -> VecDeque<Step> {
    let context = n(command.context);
    let asid = command.by_asid.then(|| n(command.asid));
    let mut steps = VecDeque::new();
    for offset in 0..=n(command.pages) {
        let vpn = (n(command.vpn) + offset) % (1 << 20);
        if offset == 0 || vpn % 4096 == 0 {
            steps.push_back(Step::Group(context, vpn >> 12));
            steps.push_back(Step::Grouped(context));
        }
        steps.push_back(Step::Page(context, vpn, asid));
    }
    steps.push_back(Step::End);
    steps
}

struct Pair {
    b: Sim<Shootdown>,
    m: Model,
    rng: Rng,
}

/// What was told in a cycle.
struct Told {
    flush: Flush,
    bump: Flush,
    mark: TlbCommand,
}

impl Pair {
    fn new(seed: u64) -> Self {
        Self {
            b: Sim::new(Shootdown::default(), |b| &mut b.clock),
            m: Model::default(),
            rng: Rng::new(seed),
        }
    }

    fn cycle(&mut self, command: TlbCommand, configured: Flush) -> Told {
        let (b, m, rng) = (&mut self.b, &mut self.m, &mut self.rng);
        let takes = m.done_in.is_none() && rng.chance(1, 3);
        b.command.next = command;
        b.configured.next = configured;
        b.kill_taken.next = false;
        b.kill_done.next = m.done_in == Some(0);
        b.killing.next = m.killing > 0;
        b.settle();
        // The translator takes what is asked.
        b.kill_taken.next = takes && b.kill_ask.val();
        b.settle();

        let marked = m.marked.iter().fold(0, |all, marks| all | marks);
        assert_eq!(n(b.waits.val()), m.waits | marked);
        m.marked.rotate_right(1);
        m.marked[0] = 0;
        let is_command = command.invalidate || command.sync;
        let mut flushes = Vec::new();
        if configured.valid {
            flushes.push(configured);
        }
        if is_command {
            flushes.push(Flush {
                valid: true,
                by_context: command.by_context,
                context: command.context,
            });
        }
        // The command itself.
        let full = m.commands.len() == QUEUE;
        let queued = command.invalidate && command.by_va && n(command.pages) < 256 && !full;
        let bump = Flush {
            valid: command.invalidate && !queued,
            by_context: command.by_context,
            context: command.context,
        };
        m.bumps += u32::from(bump.valid);

        // The loop.
        let mut finished = None;
        if let Some((context, steps)) = m.commands.front_mut() {
            let context = *context;
            let k = b.kill_key.val();
            match steps.front().copied() {
                Some(Step::Group(c, block)) if b.kill_group.val() => {
                    assert_eq!((n(k.context), n(k.vpn) >> 12), (c, block));
                    assert_eq!(m.killing, 0);
                    steps.pop_front();
                    m.killing = 17;
                    m.groups += 1;
                }
                // It comes as soon as it may.
                Some(Step::Grouped(c)) if m.killing == 0 && !is_command => {
                    flushes.push(of(c));
                    steps.pop_front();
                    m.flushes += 1;
                }
                Some(Step::Page(c, vpn, asid)) if b.kill_ask.val() => {
                    let any = b.kill_any_asid.val();
                    assert_eq!((n(k.context), n(k.vpn), any), (c, vpn, asid.is_none()));
                    assert!(any || Some(n(k.asid)) == asid);
                    if b.kill_taken.val() {
                        m.done_in = Some(rng.below(5) + 1);
                    }
                }
                Some(Step::Page(c, vpn, _)) if m.done_in.is_some() => {
                    // The key stays until the page is done.
                    assert_eq!((n(k.context), n(k.vpn)), (c, vpn));
                    if m.done_in == Some(0) {
                        steps.pop_front();
                        m.pages += 1;
                    }
                }
                Some(Step::End) if !is_command => {
                    finished = Some(context);
                }
                _ => {
                    assert!(!b.kill_group.val() && !b.kill_ask.val());
                }
            }
        } else {
            assert!(!b.kill_group.val() && !b.kill_ask.val());
        }
        // What is told comes from registers.
        b.edge();
        let told = Told {
            flush: b.flush.val(),
            bump: b.bump.val(),
            mark: b.mark.val(),
        };
        assert!(same(told.bump, bump), "{:?} {command:?}", told.bump);
        if let Some(context) = finished {
            m.commands.pop_front();
            flushes.push(of(context));
            if m.commands.iter().all(|&(other, _)| other != context) {
                m.waits &= !(1 << context);
                m.marked[0] = 1 << context;
                m.marks += 1;
                assert!(told.mark.sync && told.mark.by_context);
                assert_eq!(n(told.mark.context), context);
            } else {
                assert!(!told.mark.sync);
            }
        } else {
            assert_eq!(told.mark.sync, command.sync);
            if command.sync {
                m.marked[0] = if command.by_context {
                    1 << n(command.context)
                } else {
                    255
                };
                assert_eq!(told.mark.by_context, command.by_context);
                assert_eq!(told.mark.context, command.context);
            }
        }
        assert!(
            same(told.flush, merged(&flushes)),
            "{:?} {flushes:?}",
            told.flush
        );

        if queued {
            m.commands.push_back((n(command.context), steps(&command)));
            m.waits |= 1 << n(command.context);
        }
        m.killing = m.killing.saturating_sub(1);
        m.done_in = match m.done_in {
            Some(0) | None => None,
            Some(left) => Some(left - 1),
        };
        told
    }

    fn idle(&mut self) -> Told {
        self.cycle(TlbCommand::default(), Flush::default())
    }

    /// Until nothing waits.
    fn finish(&mut self) -> usize {
        for cycle in 0..200_000 {
            if self.m.waits == 0 {
                return cycle;
            }
            self.idle();
        }
        panic!("the loop does not end");
    }
}

fn by_va(context: u64, vpn: u64, pages: u64) -> TlbCommand {
    TlbCommand {
        invalidate: true,
        by_context: true,
        context: context.into(),
        by_va: true,
        vpn: vpn.into(),
        pages: pages.into(),
        ..TlbCommand::default()
    }
}

fn sync(context: u64) -> TlbCommand {
    TlbCommand {
        sync: true,
        by_context: true,
        context: context.into(),
        ..TlbCommand::default()
    }
}

#[test]
fn a_range_kills_each_page_and_each_group_it_touches() {
    for (vpn, pages, groups) in [
        (0x12345, 0, 1),
        (0x12FF8, 7, 1),
        (0x12FF8, 8, 2),
        (0x12F80, 255, 2),
        // Past the top it goes on at the bottom, which does no harm.
        (0xFFFFE, 3, 2),
    ] {
        let mut p = Pair::new(1);
        p.cycle(by_va(5, vpn, pages), Flush::default());
        assert_eq!(n(p.b.waits.val()), 1 << 5);
        p.finish();
        assert_eq!((p.m.groups, p.m.pages), (groups, pages as u32 + 1));
        assert_eq!((p.m.flushes, p.m.marks), (groups, 1));
    }
}

#[test]
fn more_than_256_pages_are_the_whole_context() {
    let mut p = Pair::new(1);
    let told = p.cycle(by_va(5, 0x12345, 256), Flush::default());
    assert!(same(told.bump, of(5)) && same(told.flush, of(5)));
    assert_eq!(n(p.b.waits.val()), 0);
    for _ in 0..100 {
        p.idle();
    }
    assert_eq!((p.m.groups, p.m.pages), (0, 0));
}

#[test]
fn a_ninth_command_by_address_invalidates_its_context() {
    let mut p = Pair::new(1);
    for i in 0..11 {
        let told = p.cycle(by_va(i % 4, 0x100 + i, 3), Flush::default());
        assert_eq!(told.bump.valid, i > 7, "{i}");
    }
    p.finish();
    assert_eq!((p.m.pages, p.m.bumps), (8 * 4, 3));
    // There is room again.
    assert!(!p.cycle(by_va(1, 0x100, 0), Flush::default()).bump.valid);
    p.finish();
}

#[test]
fn a_context_is_marked_when_its_last_command_is_over() {
    let mut p = Pair::new(1);
    for (context, vpn) in [(1, 0x100), (2, 0x200), (1, 0x300), (3, 0x400)] {
        p.cycle(by_va(context, vpn, 1), Flush::default());
    }
    let mut order = Vec::new();
    while p.m.waits != 0 {
        let told = p.idle();
        if told.mark.sync {
            assert!(same(told.flush, of(n(told.mark.context))));
            order.push(n(told.mark.context));
        }
    }
    assert_eq!(order, [2, 1, 3]);
}

#[test]
fn a_synchronisation_in_a_loop_is_covered_by_the_mark_at_its_end() {
    let mut p = Pair::new(1);
    p.cycle(by_va(1, 0x100, 20), Flush::default());
    let mut marks = 0;
    for cycle in 0..2000 {
        let command = if cycle == 50 {
            sync(1)
        } else {
            TlbCommand::default()
        };
        let told = p.cycle(command, Flush::default());
        marks += u32::from(told.mark.sync);
        if cycle == 50 {
            assert!(told.mark.sync && p.m.waits == 2);
        }
        if p.m.waits == 0 {
            assert!(told.mark.sync);
            assert_eq!(marks, 2);
            return;
        }
    }
    panic!("the loop does not end");
}

#[test]
fn commands_and_configuration_in_one_cycle_flush_all() {
    let mut p = Pair::new(1);
    let told = p.cycle(sync(1), of(1));
    assert!(told.flush.valid && !told.flush.by_context);
    assert!(same(p.cycle(sync(1), Flush::default()).flush, of(1)));
    assert!(same(p.cycle(TlbCommand::default(), of(3)).flush, of(3)));
    assert!(!p.idle().flush.valid);
}

#[test]
fn all_and_asid_commands_bump_at_once() {
    let mut p = Pair::new(1);
    let all = TlbCommand {
        invalidate: true,
        ..TlbCommand::default()
    };
    let told = p.cycle(all, Flush::default());
    assert!(told.bump.valid && !told.bump.by_context);
    let asid = TlbCommand {
        by_context: true,
        context: 6.into(),
        by_asid: true,
        spare_global: true,
        ..all
    };
    assert!(same(p.cycle(asid, Flush::default()).bump, of(6)));
}

#[test]
fn everything_at_random() {
    let mut p = Pair::new(9);
    let mut rng = Rng::new(10);
    for cycle in 0..60_000u32 {
        // Now and then all gets done.
        let busy = cycle % 4000 < 3000;
        let mut command = TlbCommand::default();
        if rng.chance(u32::from(busy), 60) {
            let context = rng.below(4);
            let vpn = rng.below(4) << 12 | 0xFF0 | rng.below(16);
            command = match rng.below(5) {
                0 => sync(context),
                1 => TlbCommand {
                    by_va: false,
                    ..by_va(context, vpn, 0)
                },
                _ => by_va(context, vpn, rng.below(8)),
            };
            command.by_asid = rng.bit();
            command.asid = rng.below(256).into();
            if rng.chance(1, 20) {
                command.pages = (rng.below(600) + 200).into();
            }
            if !command.by_va && rng.chance(1, 4) {
                command.by_context = false;
            }
        }
        let configured = Flush {
            valid: rng.chance(1, 20),
            by_context: rng.bit(),
            context: rng.bits(),
        };
        p.cycle(command, configured);
    }
    p.finish();
    let m = &p.m;
    assert!(
        m.pages > 500 && m.groups > 100 && m.bumps > 20 && m.marks > 50,
        "{} {} {} {}",
        m.pages,
        m.groups,
        m.bumps,
        m.marks
    );
}
