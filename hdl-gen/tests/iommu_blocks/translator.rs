//! The translator between models of paths, walks and software.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::types::*;
use vcm_regs::fault;

use crate::iommu::{self, n};
use crate::translator_bench::tables::{page, Page, Tables};
use crate::translator_bench::{Bench, Slot};

/// A page that allows everything.
fn plain(large: u64, ppn: u64) -> Page {
    Page {
        large,
        ppn,
        ap: 3,
        xn: false,
        domain: 0,
        memory: 7,
        not_global: true,
    }
}

fn map(b: &mut Bench, context: u64, vpn: u64, page: &Page) {
    let base = n(b.banks[context as usize].base);
    b.tables.map(base, vpn, page);
}

/// By address: `pages` after the first.
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

fn whole(context: u64) -> TlbCommand {
    TlbCommand {
        invalidate: true,
        by_context: true,
        context: context.into(),
        ..TlbCommand::default()
    }
}

fn preload(context: u64, vpn: u64, lock: bool) -> ProbeRequest {
    ProbeRequest {
        valid: true,
        context: context.into(),
        vpn: vpn.into(),
        privileged: true,
        lock,
        write: false,
    }
}

fn probe(b: &mut Bench, request: ProbeRequest) -> ProbeAnswer {
    b.last_probe = None;
    b.probe = request;
    for _ in 0..1000 {
        b.cycle();
        if let Some(answer) = b.last_probe {
            return answer;
        }
    }
    panic!("no answer to {request:?}");
}

#[test]
fn a_hit_is_answered_after_five_cycles_a_large_page_or_section_after_seven() {
    let mut b = Bench::new(1);
    for (large, latency) in [(0, 5), (1, 7), (3, 7), (7, 7)] {
        let vpn = 0x1000 * (large + 1);
        map(&mut b, 0, vpn, &plain(large, 0x4_5000));
        b.one(false, 0, vpn);
        b.settle_walks();
        let walks = b.seen.walks;
        let hit = b.one(true, 0, vpn);
        assert_eq!(hit, latency, "size {large}");
        assert_eq!(b.seen.walks, walks, "size {large}");
    }
}

#[test]
fn hits_come_every_three_cycles() {
    let mut b = Bench::new(1);
    for i in 0..8 {
        map(&mut b, 0, 2 * i, &plain(0, 0x100 + i));
        b.one(false, 0, 2 * i);
    }
    b.settle_walks();
    let (walks, from) = (b.seen.walks, b.now);
    for i in 0..8 {
        b.park(false, 0, 2 * i);
        b.park(true, 0, 2 * i);
    }
    b.drain();
    assert_eq!(b.seen.walks, walks);
    assert!(b.now - from < 16 * 3 + 8, "{} cycles", b.now - from);
}

#[test]
fn a_walk_begins_at_the_second_level_if_the_first_is_known() {
    let mut b = Bench::new(1);
    for vpn in [0x100, 0x110, 0x1F0] {
        map(&mut b, 0, vpn, &plain(0, 0x77));
    }
    b.one(false, 0, 0x100);
    b.settle_walks();
    assert_eq!((b.seen.walks, b.seen.short_walks), (1, 0));
    b.one(false, 0, 0x110);
    b.one(true, 0, 0x1F0);
    b.settle_walks();
    assert_eq!((b.seen.walks, b.seen.short_walks), (3, 2));
}

#[test]
fn many_askers_of_a_page_share_a_walk() {
    let mut b = Bench::new(1);
    map(&mut b, 0, 0x100, &plain(0, 0x77));
    b.memory = (60, 0);
    for _ in 0..4 {
        b.park(false, 0, 0x100);
        b.park(true, 0, 0x100);
    }
    b.drain();
    assert_eq!((b.seen.walks, b.seen.passed), (1, 8));
}

#[test]
fn a_sequential_stream_is_prefetched_and_then_never_waits_for_a_walk() {
    let mut b = Bench::new(1);
    b.crowd = 0;
    for vpn in 0..40 {
        map(&mut b, 0, 0xF0 + vpn, &plain(0, 0x500 + 3 * vpn));
    }
    b.one(false, 0, 0xF0);
    b.settle_walks();
    b.one(false, 0, 0xF1);
    b.settle_walks();
    let misses = b.seen.misses;
    for vpn in 2..40 {
        b.one(false, 0, 0xF0 + vpn);
        b.settle_walks();
    }
    assert_eq!(b.seen.misses, misses);
    assert!(b.seen.prefetched >= 15, "{:?}", b.seen);
    // Jumps are not followed.
    let prefetches = b.seen.prefetch_walks;
    for vpn in [0xF0, 0xF8, 0x100, 0xF4, 0x110] {
        b.one(false, 0, vpn);
        b.settle_walks();
    }
    assert_eq!(b.seen.prefetch_walks, prefetches);
}

#[test]
fn a_prefetch_never_faults_and_ends_at_the_top_of_the_address_space() {
    let mut b = Bench::new(1);
    for vpn in 0..3 {
        map(&mut b, 0, 0x200 + vpn, &plain(0, 0x500 + vpn));
        map(&mut b, 0, 0xF_FFFD + vpn, &plain(0, 0x600 + vpn));
    }
    for vpn in [0x200, 0x201, 0x202, 0xF_FFFD, 0xF_FFFE] {
        b.one(false, 0, vpn);
        b.settle_walks();
    }
    assert_eq!(b.seen.faulted, 0);
    let walks = b.seen.walks;
    b.one(false, 0, 0xF_FFFF);
    b.settle_walks();
    assert_eq!(b.seen.walks, walks);
}

#[test]
fn v2p_tells_where_a_page_is_or_why_not() {
    let mut b = Bench::new(1);
    map(&mut b, 3, 0x345, &plain(3, 0x7700));
    map(
        &mut b,
        3,
        0x1200,
        &Page {
            ap: 1,
            ..plain(0, 0x88)
        },
    );
    let found = probe(&mut b, preload(3, 0x345, false));
    assert_eq!(
        (n(found.status), n(found.page), n(found.large)),
        (0, 0x7745, 3)
    );
    let user = ProbeRequest {
        privileged: false,
        ..preload(3, 0x1200, false)
    };
    let status = n(probe(&mut b, user).status);
    assert_eq!(status, u64::from(fault::PERMISSION_L2));
    let status = n(probe(&mut b, preload(3, 0x1201, false)).status);
    assert_eq!(status, u64::from(fault::TRANSLATION_L2));
    b.banks[3].enabled = false;
    b.configured.valid = true;
    let status = n(probe(&mut b, preload(3, 0x345, false)).status);
    assert_eq!(status, u64::from(fault::CONTEXT_DISABLED));
}

#[test]
fn a_locked_page_stays_through_heavy_traffic_until_it_is_invalidated() {
    let mut b = Bench::new(1);
    for vpn in 0..0x2000 {
        map(&mut b, 0, 0x1000 + vpn, &plain(0, 0x2000 + vpn));
    }
    for i in 0..5 {
        let status = n(probe(&mut b, preload(0, 0x1000 + i, true)).status);
        assert_eq!(
            status,
            if i < 4 {
                0
            } else {
                u64::from(fault::LOCK_FULL)
            }
        );
        // Again: it is there.
        let status = n(probe(&mut b, preload(0, 0x1000, true)).status);
        assert_eq!(status, 0);
        assert_eq!(n(b.uut.locks.val()), (i + 1).min(4));
    }
    b.memory = (1, 2);
    let mut rng = Rng::new(5);
    for _ in 0..3000 {
        let vpn = 0x1000 | rng.below(0x200) | rng.below(8) << 9;
        b.park(rng.bit(), rng.below(4) * 4, vpn);
        b.cycles(6);
    }
    b.drain();
    b.settle_walks();
    let walks = b.seen.walks;
    for i in 0..4 {
        b.one(false, 0, 0x1000 + i);
    }
    assert_eq!(b.seen.walks, walks);
    b.invalidate(by_va(0, 0x1002, 0));
    b.cycles(60);
    assert_eq!(n(b.uut.locks.val()), 3);
    b.invalidate(whole(0));
    b.cycles(2);
    assert_eq!(n(b.uut.locks.val()), 0);
}

#[test]
fn a_change_at_any_cycle_of_a_lookup_shows_in_its_answer() {
    for change in 0..4 {
        let mut b = Bench::new(change);
        b.memory = (4, 0);
        for delay in 0..40 {
            let vpn = delay << 9 | 0x100;
            map(&mut b, 0, vpn, &plain(0, 0x77));
            if change > 1 {
                b.one(false, 0, vpn);
                b.settle_walks();
            }
            b.park(false, 0, vpn);
            b.cycles(delay);
            if change % 2 == 0 {
                b.banks[0].enabled = false;
                b.configured.valid = true;
            } else {
                // Until the flush.
                b.keep_old(0);
                map(&mut b, 0, vpn, &plain(0, 0x99));
                b.invalidate(whole(0));
            }
            b.drain();
            b.banks[0].enabled = true;
            b.configured.valid = true;
            b.cycle();
        }
    }
}

#[test]
fn lookups_and_a_long_range_of_kills_take_turns() {
    let mut b = Bench::new(1);
    for i in 0..64 {
        map(&mut b, 0, 0x400 + i, &plain(0, 0x2000 + i));
        map(&mut b, 1, 0x400 + i, &plain(0, 0x3000 + i));
        b.one(false, 1, 0x400 + i);
        b.one(false, 0, 0x400 + i);
    }
    b.settle_walks();
    b.seen.slowest = 0;
    b.invalidate(by_va(0, 0x400, 200));
    let (from, passed) = (b.now, b.seen.passed);
    b.cycle();
    let mut i = 0;
    while b.uut.waits.val().any() {
        b.park(false, 1, 0x400 + i % 64);
        b.park(true, 1, 0x400 + (i + 5) % 64);
        i += 1;
        b.cycle();
        assert!(b.now - from < 8000, "the range is not done");
    }
    assert!(b.seen.passed - passed > 150, "{:?}", b.seen);
    assert!(b.seen.slowest < 400, "{:?}", b.seen);
    b.drain();
    // The pages of the other context were not killed.
    let walks = b.seen.walks;
    b.one(false, 1, 0x400);
    assert_eq!(b.seen.walks, walks);
    b.one(false, 0, 0x400);
    assert_eq!(b.seen.walks, walks + 1);
}

/// Software that changes tables, registers and routes at random moments.
struct Software {
    asid: [u64; 4],
}

impl Software {
    fn remap(&mut self, b: &mut Bench) {
        let context = b.rng.below(4);
        let base = n(b.banks[context as usize].base);
        let runs = b.rng.chance(1, 8);
        let mut vpn = n(iommu::vpn(&mut b.rng));
        if runs {
            vpn = RUN + b.rng.below(64);
        }
        let old = b.tables.translate(base, vpn).ok();
        let not_global = context > 0 || b.rng.bit();
        let mut new = page(&mut b.rng, not_global);
        if runs {
            new.large &= 1;
        }
        b.keep_old(context);
        let takes_away = b.rng.chance(1, 8);
        b.tables.unmap(base, vpn);
        if !takes_away {
            b.tables.map(base, vpn, &new);
        }
        let wide = !takes_away && new.large > 1;
        let sixteen = old.is_some_and(|old| old.large == 1) || new.large == 1;
        let command = match b.rng.below(8) {
            0 => TlbCommand {
                invalidate: true,
                ..TlbCommand::default()
            },
            1 => whole(context),
            _ if wide => whole(context),
            _ if sixteen => by_va(context, vpn & !15, 15),
            2 => by_va(context, vpn, b.rng.below(20)),
            3 => by_va(context, vpn, 0x100 + b.rng.below(9)),
            _ => by_va(context, vpn, 0),
        };
        b.invalidate(command);
    }

    fn configure(&mut self, b: &mut Bench) {
        let context = b.rng.below(4);
        let bank = &mut b.banks[context as usize];
        b.configured = Flush {
            valid: true,
            by_context: true,
            context: context.into(),
        };
        match b.rng.below(10) {
            0 => bank.enabled = b.rng.chance(5, 6),
            1 => bank.one_to_one = b.rng.chance(1, 6),
            2 => bank.afe = b.rng.chance(1, 4),
            3 => bank.mtcfg = b.rng.bit(),
            4 => bank.stall = b.rng.bit(),
            5 => bank.dacr = (0x5555_5555 ^ b.rng.below(1 << 32) & b.rng.below(1 << 32)).into(),
            6 | 9 if context > 0 => {
                self.asid[context as usize] ^= 1;
                let asid = self.asid[context as usize];
                bank.asid = asid.into();
                bank.base = Tables::base(context, asid).into();
            }
            7 => {
                let stream = b.rng.below(6) as usize;
                b.routes[stream] = iommu::route(&mut b.rng);
                b.routes[stream].translate |= b.rng.bit();
                b.routes[stream].context = b.rng.below(4).into();
                b.configured.by_context = false;
            }
            _ => bank.enabled = true,
        }
    }
}

/// 64 pages that streams go through one after the other; small and large ones only.
const RUN: u64 = 0x2240;

fn random(seed: u64, cycles: u64) -> Bench {
    let mut b = Bench::new(seed);
    let mut software = Software { asid: [0; 4] };
    for context in 0..4 {
        for asid in 0..2 {
            for vpn in RUN..RUN + 64 {
                let page = plain(0, b.rng.below(1 << 20));
                b.tables.map(Tables::base(context, asid), vpn, &page);
            }
            for _ in 0..100 {
                let vpn = n(iommu::vpn(&mut b.rng));
                let not_global = context > 0 || b.rng.bit();
                let page = page(&mut b.rng, not_global);
                b.tables.map(Tables::base(context, asid), vpn, &page);
            }
        }
    }
    let mut next = [0; 16];
    for _ in 0..cycles {
        b.memory = if b.now % 8192 < 4096 { (1, 6) } else { (8, 24) };
        let quiet = b.now / 1024 % 3 == 0;
        let pace = [2, 10, 60][(b.now / 4096 % 3) as usize];
        for write in [false, true] {
            if b.rng.chance(1, pace) {
                let stream = b.rng.below(6);
                let at = &mut next[stream as usize];
                *at = if b.rng.chance(1, 3) {
                    n(iommu::vpn(&mut b.rng))
                } else if *at < RUN {
                    RUN + b.rng.below(64)
                } else {
                    RUN | (*at + 1) & 63
                };
                let ask = Ask {
                    stream: stream.into(),
                    vpn: (*at).into(),
                    privileged: b.rng.chance(3, 4),
                    instruction: b.rng.chance(1, 8),
                    illegal: b.rng.chance(1, 40),
                    ..Ask::default()
                };
                b.park_ask(write, ask);
            }
        }
        if !quiet && b.rng.chance(1, 120) {
            software.remap(&mut b);
        } else if !quiet && b.rng.chance(1, 200) {
            software.configure(&mut b);
        }
        let context = b.rng.below(4);
        if b.rng.chance(1, 40) && !b.probes.contains_key(&context) {
            b.probe = ProbeRequest {
                privileged: b.rng.bit(),
                write: b.rng.bit(),
                ..preload(context, n(iommu::vpn(&mut b.rng)), b.rng.chance(1, 6))
            };
        }
        b.cycle();
    }
    b.drain();
    for _ in 0..1000 {
        b.cycle();
    }
    assert!(b.probes.is_empty(), "{:?}", b.probes);
    assert!(b
        .paths
        .iter()
        .flatten()
        .all(|slot| slot.state == Slot::Free));
    b
}

#[test]
fn every_ask_is_answered_rightly_whatever_changes_meanwhile() {
    let mut prefetched = 0;
    for seed in 0..3 {
        let b = random(seed, 16_384);
        let seen = b.seen;
        println!("{seen:?} {:?}", b.statuses);
        assert!(
            [
                seen.passed,
                seen.faulted,
                seen.waited,
                seen.retried,
                seen.short_walks,
                seen.probed,
                seen.probe_faults,
                seen.fills
            ]
            .iter()
            .all(|&times| times > 5),
            "{seen:?}"
        );
        assert!(seen.slowest < 2500, "{seen:?}");
        prefetched += seen.prefetched;
    }
    assert!(prefetched > 4, "{prefetched}");
}
