//! Every call of a context of the IOMMU, with every access of it to the platform failing in turn.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::time::Duration;

use vcm_regs::context::{SCTLR, Sctlr};
use vcm_regs::global;

use crate::addr::{Iova, PhysAddr};
use crate::iommu::{Config, ContextConfig, Iommu, IommuContext, StreamId};
use crate::mmu::{Attributes, Mmu, MmuError, PhysPart};
use crate::mock::{self, FailIn, Platform, bank};
use crate::seam::MemError;
use crate::table::WalkFault;

const M: u32 = 1 << 20;
const K: u32 = 1 << 10;
const AT: u32 = 0x4000_0000;
const PHYS: u32 = 0x8000_0000;
const FIRST: StreamId = StreamId::new(3);
const SECOND: StreamId = StreamId::new(5);

type Seam = Arc<Platform>;

/// An active context with a stream, and 18 MiB mapped by pages of every size.
struct Bench {
    platform: Seam,
    iommu: Iommu<Seam, Seam, Seam>,
    context: IommuContext<Seam, Seam, Seam>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Bus,
    /// Only the answer of a write is lost.
    Answer,
    Allocate,
    Write,
    Clock,
}

impl Bench {
    fn new() -> Self {
        let platform = Arc::new(Platform::new(0x4_0000));
        let seam = || Arc::clone(&platform);
        let config = Config {
            sync_timeout: Duration::from_micros(500),
        };
        let iommu = Iommu::probe(seam(), seam(), seam(), config).unwrap();
        let context = iommu.context(ContextConfig::default()).unwrap();
        context.attach(FIRST).unwrap();
        context.activate().unwrap();
        let bench = Self {
            platform,
            iommu,
            context,
        };
        bench.map(AT, PHYS, 18 * M + 72 * K).unwrap();
        bench
    }

    fn map(&self, at: u32, phys: u32, size: u32) -> Result<(), MmuError> {
        let part = PhysPart {
            start: PhysAddr::new(phys),
            size,
        };
        self.context
            .map(Iova::new(at), &[part], Attributes::default())
    }

    fn access(&self, stream: StreamId, at: u32) -> Option<u32> {
        let mut world = self.platform.world();
        world.access(stream.get().into(), at, true).ok()
    }

    /// Page by page, what a walker finds of the first 20 MiB.
    fn pages(&self) -> BTreeMap<u32, u32> {
        let root = self.context.table_base().get();
        let world = self.platform.world();
        let all = (AT..AT + 20 * M).step_by(4096);
        all.filter_map(|at| Some((at, world.walk(root, at).ok()?.phys)))
            .collect()
    }

    /// The registers that say who is let through.
    fn registers(&self) -> Vec<u32> {
        let world = self.platform.world();
        let routes = (0..16).map(|n| mock::global(&global::S2CR) + 4 * n);
        let banks = (0..8).map(|n| bank(n, &SCTLR));
        routes.chain(banks).map(|at| world.device.get(at)).collect()
    }

    fn arm(&self, what: What, fail: FailIn) {
        let mut world = self.platform.world();
        match what {
            What::Bus => world.bus = fail,
            What::Answer => {
                world.bus = fail;
                world.writes_arrive = true;
            }
            What::Allocate => world.allocations = fail,
            What::Write => world.writes = fail,
            What::Clock => world.clock = fail,
        }
    }

    /// Nothing fails any more. Returns whether something has.
    fn disarm(&self) -> bool {
        let mut world = self.platform.world();
        let world = &mut *world;
        let all = [
            &mut world.bus,
            &mut world.allocations,
            &mut world.writes,
            &mut world.clock,
        ];
        let happened = all.map(|fail| core::mem::take(fail).has_happened());
        happened.contains(&true)
    }
}

/// Makes `call` while something fails, whatever that can be, and `check`s what it has left behind.
/// Then all goes well, and nothing leaks. Returns how often something has failed.
fn exhaust<T, E: Debug>(
    call: impl Fn(&Bench) -> Result<T, E>,
    check: impl Fn(&Bench, Result<T, E>),
) -> usize {
    let mut failures = 0;
    for what in [
        What::Bus,
        What::Answer,
        What::Allocate,
        What::Write,
        What::Clock,
    ] {
        for calls in 0.. {
            let bench = Bench::new();
            bench.arm(what, FailIn::after(calls));
            let result = call(&bench);
            let happened = bench.disarm();
            assert!(bench.platform.world().is_clean(), "{what:?} after {calls}");
            let poisoned = |bench: &Bench| bench.context.stats().poisoned_tables as u32;
            check(&bench, result);
            let _quiet = bench.context.deactivate().unwrap();
            let most = poisoned(&bench) * 4 * K;
            let platform = Arc::clone(&bench.platform);
            drop(bench);
            let left: u32 = platform.world().allocated.values().sum();
            assert!(left <= most, "{what:?} after {calls}: {left:#x} bytes");
            if !happened {
                break;
            }
            failures += 1;
        }
    }
    failures
}

#[test]
fn a_stream_is_attached_or_not() {
    let failures = exhaust(
        |bench| bench.context.attach(SECOND),
        |bench, result| {
            let attached = bench.context.streams().contains(&SECOND);
            assert_eq!(attached, result.is_ok());
            assert_eq!(bench.access(SECOND, AT).is_some(), attached);
            assert_eq!(bench.access(FIRST, AT), Some(PHYS));
            if !attached {
                bench.context.attach(SECOND).unwrap();
                assert_eq!(bench.access(SECOND, AT), Some(PHYS));
            }
        },
    );
    assert!(failures > 0);
}

#[test]
fn a_bypassed_stream_is_attached_or_not() {
    exhaust(
        |bench| {
            bench.iommu.bypass(SECOND)?;
            bench.context.attach(SECOND)
        },
        |bench, result| {
            let attached = bench.context.streams().contains(&SECOND);
            assert_eq!(attached, result.is_ok());
            // Nothing is translated that is not attached.
            let got = bench.access(SECOND, AT);
            assert!(if attached {
                got == Some(PHYS)
            } else {
                got != Some(PHYS)
            });
        },
    );
}

#[test]
fn a_stream_that_could_not_be_detached_is_let_through_as_before() {
    let failures = exhaust(
        |bench| bench.context.detach(FIRST),
        |bench, result| {
            let attached = bench.context.streams().contains(&FIRST);
            assert_eq!(attached, result.is_err());
            assert_eq!(bench.access(FIRST, AT).is_some(), attached);
            if attached {
                bench.context.detach(FIRST).unwrap();
                assert_eq!(bench.access(FIRST, AT), None);
            }
        },
    );
    assert!(failures > 3);
}

#[test]
fn mapping_is_all_or_nothing() {
    // Tables, large pages and sections, beginning in a table that is there already.
    let (at, size) = (AT + 18 * M + 128 * K, M + 500 * K);
    let failures = exhaust(
        |bench| bench.map(at, PHYS + 64 * K, size),
        |bench, result| {
            let pages = bench.pages();
            let mapped = (at..at + size).step_by(4096).map(|at| pages.get(&at));
            let expected = (0..size).step_by(4096).map(|n| PHYS + 64 * K + n);
            match result {
                Ok(()) => assert!(mapped.eq(expected.collect::<Vec<_>>().iter().map(Some))),
                Err(_) => {
                    assert!(mapped.flatten().next().is_none());
                    bench.map(at, PHYS + 64 * K, size).unwrap();
                }
            }
            assert_eq!(bench.access(FIRST, at), Some(PHYS + 64 * K));
            assert_eq!(bench.access(FIRST, AT), Some(PHYS));
        },
    );
    assert!(failures > 2, "{failures}");
}

/// Unmaps that, of what is mapped.
fn unmapping(offset: u32, size: u32) {
    let failures = exhaust(
        |bench| {
            // The TLB has seen it.
            bench.access(FIRST, AT + offset).unwrap();
            bench.context.unmap(Iova::new(AT + offset), size)
        },
        |bench, result| {
            let all = 18 * M + 72 * K;
            let gone = |n: u32| (offset..offset + size).contains(&n);
            match result {
                // As before.
                Err(error) if !error.is_unconfirmed() => {
                    assert_eq!(bench.access(FIRST, AT + offset), Some(PHYS + offset));
                    assert_eq!(bench.pages().len(), all as usize / 4096, "{error}");
                    let _quiet = bench.context.unmap(Iova::new(AT + offset), size).unwrap();
                }
                // The next invalidation that is confirmed makes up for it.
                Err(_) => bench.map(AT + 32 * M, PHYS, 4 * K).unwrap(),
                Ok(_quiet) => {}
            }
            assert_eq!(bench.access(FIRST, AT + offset), None);
            if bench.context.stats().unwritten {
                // What remains of a page that was split: the next call brings it back.
                bench.map(AT + 32 * M, PHYS, 4 * K).unwrap();
            }
            assert!(!bench.context.stats().unwritten);
            let left = (0..all).step_by(4096).filter(|n| !gone(*n));
            let left = left.map(|n| (AT + n, PHYS + n));
            assert!(bench.pages().into_iter().eq(left));
        },
    );
    assert!(failures > 4);
}

#[test]
fn unmapping_is_all_or_nothing() {
    // A supersection; sections; large pages; what is left of the last table.
    unmapping(0, 16 * M);
    unmapping(16 * M, M);
    unmapping(18 * M, 64 * K);
    unmapping(18 * M, 72 * K);
    unmapping(0, 18 * M + 72 * K);
}

#[test]
fn unmapping_a_part_of_a_page_is_all_or_nothing() {
    unmapping(4 * K, 4 * K);
    unmapping(16 * M + 64 * K, 128 * K);
    unmapping(15 * M, 2 * M);
    unmapping(18 * M + 4 * K, 64 * K);
}

#[test]
fn splitting_changes_no_translation() {
    for offset in [4 * K, 3 * M, 16 * M + 64 * K, 18 * M + 12 * K] {
        let failures = exhaust(
            |bench| bench.context.split(Iova::new(AT + offset)),
            |bench, result| {
                if result.is_err_and(|error| error.is_unconfirmed())
                    || bench.context.stats().unwritten
                {
                    // Until the next invalidation that is confirmed.
                    bench.map(AT + 32 * M, PHYS, 4 * K).unwrap();
                }
                let all = (0..18 * M + 72 * K).step_by(4096);
                let all = all.map(|n| (AT + n, PHYS + n));
                assert!(bench.pages().into_iter().eq(all), "{result:?}");
                assert_eq!(bench.access(FIRST, AT + offset), Some(PHYS + offset));
            },
        );
        assert!(failures > 4);
    }
}

#[test]
fn a_context_starts_or_stays_stopped() {
    let failures = exhaust(
        |bench| {
            let _quiet = bench.context.deactivate().map_err(|_| None)?;
            bench.context.activate().map_err(Some)
        },
        |bench, result| {
            match result {
                Ok(()) => assert_eq!(bench.access(FIRST, AT), Some(PHYS)),
                Err(Some(_)) => {
                    assert!(!bench.context.stats().active);
                    assert_eq!(bench.access(FIRST, AT), None);
                    bench.context.activate().unwrap();
                }
                Err(None) => bench.context.activate().unwrap(),
            }
            assert_eq!(bench.access(FIRST, AT), Some(PHYS));
            assert_eq!(bench.pages().len() as u32, (18 * M + 72 * K) / 4096);
        },
    );
    assert!(failures > 20);
}

impl Bench {
    /// Whether a master that misses waits, and for how long.
    fn waiting(&self) -> (bool, u32) {
        let world = self.platform.world();
        let control = Sctlr::from_bits(world.device.get(bank(self.context.bank().into(), &SCTLR)));
        let limits = world.device.get(mock::global(&global::STALL_CTRL));
        (control.has(Sctlr::CFCFG), limits)
    }
}

#[test]
fn masters_are_held_and_let_go_or_not() {
    let usual = (false, global::STALL_CTRL.reset());
    let failures = exhaust(
        |bench| bench.context.hold(),
        |bench, result| {
            if result.is_err() {
                assert_eq!(bench.waiting(), usual);
                bench.context.hold().unwrap();
            }
            assert!(bench.waiting().0);
            bench.context.release().unwrap();
            assert_eq!(bench.waiting(), usual);
            assert_eq!(bench.access(FIRST, AT), Some(PHYS));
        },
    );
    assert!(failures > 1, "{failures}");
    let missing = AT + 32 * M;
    let failures = exhaust(
        |bench| {
            bench.context.hold()?;
            assert_eq!(bench.access(FIRST, missing), None);
            bench.context.release()
        },
        |bench, result| {
            if result.is_err() {
                // It is held still, or was not held at all.
                bench.context.release().unwrap();
            }
            assert_eq!(bench.waiting(), usual);
            assert!(!bench.context.stalled().unwrap());
            // Nothing is owed.
            bench.context.release().unwrap();
            assert_eq!(bench.waiting(), usual);
        },
    );
    assert!(failures > 4, "{failures}");
}

#[test]
fn a_context_that_does_not_come_about_leaves_nothing() {
    let failures = exhaust(
        |bench| {
            let before = (bench.registers(), bench.platform.world().allocated.clone());
            let made = bench.iommu.context(ContextConfig::default());
            made.map(drop).map_err(|error| (error, before))
        },
        |bench, result| {
            if let Err((_, (registers, allocated))) = result {
                assert_eq!(bench.registers(), registers);
                assert_eq!(bench.platform.world().allocated, allocated);
            }
            // All the other banks are there.
            let others = (0..7).map(|_| bench.iommu.context(ContextConfig::default()));
            assert!(others.collect::<Result<Vec<_>, _>>().is_ok());
        },
    );
    assert!(failures > 2);
}

#[test]
fn a_walk_by_software_reports_memory_that_cannot_be_read() {
    for reads in 0..2 {
        let bench = Bench::new();
        let at = Iova::new(AT + 18 * M);
        bench.platform.world().reads = FailIn::after(reads);
        let walked = bench.context.walk(at);
        assert!(matches!(walked, Err(WalkFault::Memory(MemError { .. }))));
        let found = bench.context.walk(at).unwrap();
        assert_eq!(found.phys, PhysAddr::new(PHYS + 18 * M));
    }
}
