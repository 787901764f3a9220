//! The IOMMU driver against a model of its registers, TLB and walker.

use core::time::Duration;
use std::collections::BTreeSet;
use std::string::ToString;
use std::sync::Arc;
use std::vec;
use std::vec::Vec;

use vcm_regs::context::{
    FAR, FSR, FSYNR0, FSYNR1, RESUME, SCTLR, TLBIALL, TLBIVA, TLBRANGE, TLBSYNC,
};
use vcm_regs::{fault, global};

use super::{
    Access, Config, ContextConfig, ContextFault, FaultKind, FaultRecord, Interrupts, Iommu,
    IommuContext, IommuError, LookupError, PendingInterrupts, ProbeError, Resume, Route, Scope,
    StallLimits, StreamId, WalkAttributes,
};
use crate::addr::{Iova, PhysAddr};
use crate::mmu::{Attributes, Mmu, MmuError, PhysPart};
use crate::mock::{FailIn, Platform, bank, global as offset};

mod holds;
mod lookups;
mod moves;
mod page_in;
mod programming;
mod stalls;

const K: u32 = 1 << 10;
const M: u32 = 1 << 20;
const AT: u32 = 0x4000_0000;
const PHYS: u32 = 0x8000_0000;

type Device = Iommu<Arc<Platform>, Arc<Platform>, Arc<Platform>>;
type Context = IommuContext<Arc<Platform>, Arc<Platform>, Arc<Platform>>;

fn probe(platform: &Arc<Platform>) -> Result<Device, ProbeError> {
    let config = Config {
        sync_timeout: Duration::from_micros(500),
    };
    let one = || Arc::clone(platform);
    Iommu::probe(one(), one(), one(), config)
}

/// Stream 3 attached to a context that is active.
fn setup() -> (Arc<Platform>, Device, Context) {
    let platform = Arc::new(Platform::new(2 << 20));
    let iommu = probe(&platform).unwrap();
    let context = iommu.context(ContextConfig::default()).unwrap();
    context.attach(StreamId::new(3)).unwrap();
    context.activate().unwrap();
    (platform, iommu, context)
}

fn map(context: &Context, at: u32, phys: u32, size: u32) -> Result<(), MmuError> {
    let part = PhysPart {
        start: PhysAddr::new(phys),
        size,
    };
    context.map(Iova::new(at), &[part], Attributes::default())
}

fn unmap(context: &Context, at: u32, size: u32) -> Result<(), MmuError> {
    context.unmap(Iova::new(at), size).map(drop)
}

fn access(platform: &Platform, at: u32) -> Result<u32, u32> {
    platform.world().access(3, at, true)
}

#[test]
fn another_device_is_refused_with_what_it_reads() {
    let platform = Arc::new(Platform::new(0));
    for (register, value, error, text) in [
        (
            &global::IDR0,
            0xDEAD_BEEF,
            ProbeError::WrongId { read: 0xDEAD_BEEF },
            "0xdeadbeef",
        ),
        (
            &global::IDR1,
            0x2_0003,
            ProbeError::WrongVersion { major: 2, minor: 3 },
            "2.3",
        ),
        (
            &global::IDR2,
            0x08_04_09,
            ProbeError::Unsupported {
                what: "context banks",
                read: 9,
                most: 8,
            },
            "9 context banks",
        ),
    ] {
        platform
            .world()
            .device
            .registers
            .insert(offset(register), value);
        let result = probe(&platform).err().unwrap();
        assert_eq!(result, error);
        assert!(result.to_string().contains(text));
        platform.world().device.registers.clear();
    }
}

#[test]
fn probing_resets_whatever_ran_before() {
    let (platform, _iommu, context) = setup();
    map(&context, AT, PHYS, 4 * K).unwrap();
    access(&platform, AT).unwrap();
    {
        let mut world = platform.world();
        let device = &mut world.device;
        device.registers.insert(bank(0, &FSR), 0x2);
        device.faults.extend([[1, 1 << 31, 0], [2, 1 << 31, 0]]);
        device.overflow = true;
        device.registers.insert(offset(&global::IRQ_ENABLE), 3);
    }
    let again = probe(&platform).unwrap();
    assert_eq!(access(&platform, AT), Err(fault::UNMAPPED_STREAM));
    let world = platform.world();
    assert!(world.device.faults.is_empty() && !world.device.overflow);
    assert_eq!(world.device.get(bank(0, &FSR)), 0);
    assert_eq!(world.device.get(bank(0, &SCTLR)), 0);
    assert_eq!(world.device.get(offset(&global::IRQ_ENABLE)), 0);
    assert_eq!(
        (again.features().contexts, again.features().streams),
        (8, 16)
    );
    assert_eq!(
        again.features().main_sets * again.features().main_ways,
        2048
    );
    assert_eq!((again.features().walks, again.features().slots), (4, 4));
}

#[test]
fn probing_fails_when_any_register_access_does() {
    for k in 0.. {
        let platform = Arc::new(Platform::new(0));
        platform.world().bus = FailIn::after(k);
        match probe(&platform) {
            Err(ProbeError::Bus(_)) => {}
            Err(other) => panic!("{other}"),
            Ok(_) => {
                assert!(k > 40);
                break;
            }
        }
    }
    let platform = Arc::new(Platform::new(0));
    platform.world().device.sync_hangs = true;
    assert_eq!(probe(&platform).err(), Some(ProbeError::SyncTimeout));
}

#[test]
fn banks_are_given_once_and_come_back() {
    let platform = Arc::new(Platform::new(2 << 20));
    let iommu = probe(&platform).unwrap();
    let all: Vec<Context> = (0..8)
        .map(|_| iommu.context(ContextConfig::default()).unwrap())
        .collect();
    let banks: BTreeSet<u8> = all.iter().map(Context::bank).collect();
    let asids: BTreeSet<u8> = all.iter().map(Context::asid).collect();
    assert_eq!((banks.len(), asids.len()), (8, 8));
    let none = iommu.context(ContextConfig::default()).err();
    assert_eq!(none, Some(IommuError::NoContext { contexts: 8 }));
    all[5].attach(StreamId::new(3)).unwrap();
    all[5].activate().unwrap();
    drop(all);
    assert!(platform.world().allocated.is_empty());
    // Their streams come back too.
    assert_eq!(iommu.route(StreamId::new(3)), Ok(Route::Terminate));
    let again = iommu.context(ContextConfig::default()).unwrap();
    again.attach(StreamId::new(3)).unwrap();
}

#[test]
fn an_asid_comes_back_only_after_all_others() {
    let platform = Arc::new(Platform::new(2 << 20));
    let iommu = probe(&platform).unwrap();
    let mut asids = Vec::new();
    for _ in 0..600 {
        asids.push(iommu.context(ContextConfig::default()).unwrap().asid());
    }
    for some in asids.windows(256) {
        let different: BTreeSet<u8> = some.iter().copied().collect();
        assert_eq!(different.len(), 256);
    }
}

#[test]
fn a_context_that_cannot_be_had_leaves_nothing() {
    let platform = Arc::new(Platform::new(2 << 20));
    let iommu = probe(&platform).unwrap();
    platform.world().allocations = FailIn::after(0);
    let error = iommu.context(ContextConfig::default()).err();
    assert_eq!(error, Some(IommuError::OutOfMemory));
    platform.world().bus = FailIn::after(0);
    let error = iommu.context(ContextConfig::default()).err();
    assert!(matches!(error, Some(IommuError::Bus(_))));
    assert!(platform.world().allocated.is_empty());
    assert_eq!(iommu.context(ContextConfig::default()).unwrap().bank(), 0);
}

#[test]
fn a_stream_goes_where_it_is_told() {
    let (platform, iommu, context) = setup();
    map(&context, AT, PHYS, 4 * K).unwrap();
    let (three, four) = (StreamId::new(3), StreamId::new(4));
    assert_eq!(iommu.route(three), Ok(Route::Context(0)));
    assert_eq!(access(&platform, AT + 8), Ok(PHYS + 8));
    let in_use = IommuError::StreamInUse {
        stream: three,
        route: Route::Context(0),
    };
    assert_eq!(iommu.bypass(three), Err(in_use));
    assert_eq!(iommu.terminate(three), Err(in_use));
    assert_eq!(context.attach(three), Err(in_use));

    assert_eq!(
        platform.world().access(4, 0x123, true),
        Err(fault::UNMAPPED_STREAM)
    );
    iommu.bypass(four).unwrap();
    assert_eq!(platform.world().access(4, 0x123, true), Ok(0x123));
    iommu.terminate(four).unwrap();
    assert_eq!(
        platform.world().access(4, 0x123, true),
        Err(fault::UNMAPPED_STREAM)
    );
    iommu.bypass(four).unwrap();
    context.attach(four).unwrap();
    assert_eq!(platform.world().access(4, AT, true), Ok(PHYS));
    assert_eq!(context.streams(), [three, four]);
    context.detach(four).unwrap();
    assert_eq!(
        platform.world().access(4, AT, true),
        Err(fault::UNMAPPED_STREAM)
    );
    assert_eq!(
        context.detach(four),
        Err(IommuError::NotAttached { stream: four })
    );
    let none = StreamId::new(16);
    let error = IommuError::NoStream {
        stream: none,
        streams: 16,
    };
    assert_eq!(iommu.bypass(none), Err(error));
    assert_eq!(context.attach(none), Err(error));
}

#[test]
fn a_stream_that_does_not_get_quiet_is_told() {
    let (platform, iommu, context) = setup();
    let (three, four) = (StreamId::new(3), StreamId::new(4));
    let late = Err(IommuError::SyncTimeout);
    let hangs = |hangs| platform.world().device.sync_hangs = hangs;
    iommu.bypass(four).unwrap();
    hangs(true);
    assert_eq!(iommu.terminate(four), late);
    assert_eq!(iommu.route(four), Ok(Route::Terminate));
    hangs(false);
    iommu.bypass(four).unwrap();
    hangs(true);
    // What it has under way untranslated must not mix with what is translated.
    assert_eq!(context.attach(four), late);
    assert_eq!(iommu.route(four), Ok(Route::Terminate));
    assert_eq!(context.detach(three), late);
    assert_eq!(context.streams(), [three]);
    assert_eq!(context.invalidate(Scope::Context), late);
    assert_eq!(iommu.invalidate_all(), late);
}

#[test]
fn after_the_deadline_the_iommu_is_asked_once_more() {
    for polls in 1..4 {
        for late in 0..4 {
            let (platform, _iommu, context) = setup();
            platform.world().device.sync_polls = Some(polls);
            // While the CPU is away, an hour passes.
            platform.world().clock = FailIn::after(late);
            let done = context.invalidate(Scope::Context);
            let in_time = polls < 3 || late != 1;
            assert_eq!(done.is_ok(), in_time, "{polls}, {late}");
        }
    }
}

#[test]
fn all_of_the_space_is_mapped_and_all_but_a_page_unmapped() {
    let (platform, _iommu, context) = setup();
    let half = |start| PhysPart {
        start: PhysAddr::new(start),
        size: 1 << 31,
    };
    let halves = [half(0), half(1 << 31)];
    let at = Iova::new(0);
    context.map(at, &halves, Attributes::default()).unwrap();
    let places = [0, AT, u32::MAX - 4 * K, u32::MAX];
    for at in places {
        assert_eq!(access(&platform, at), Ok(at));
    }
    // The page that is left is of a larger one, so that all of the 4 GiB are to be invalidated.
    unmap(&context, 0, 4 * K * ((1 << 20) - 1)).unwrap();
    let left = places.map(|at| access(&platform, at).is_ok());
    assert_eq!(left, [false, false, false, true]);
}

#[test]
fn an_inactive_context_lets_nothing_through() {
    let (platform, _iommu, context) = setup();
    map(&context, AT, PHYS, M).unwrap();
    let _quiet = context.deactivate().unwrap();
    assert_eq!(access(&platform, AT), Err(fault::UNMAPPED_STREAM));
    context.attach(StreamId::new(5)).unwrap();
    assert!(platform.world().access(5, AT, true).is_err());
    let _quiet = context.deactivate().unwrap();
    let commands = platform.world().device.log.len();
    unmap(&context, AT, M).unwrap();
    map(&context, AT, PHYS + M, M).unwrap();
    // Nothing holds anything of it, so there is nothing to invalidate.
    assert_eq!(platform.world().device.log.len(), commands);
    context.activate().unwrap();
    assert_eq!(access(&platform, AT), Ok(PHYS + M));
    assert_eq!(platform.world().access(5, AT, true), Ok(PHYS + M));
}

#[test]
fn permissions_reach_the_hardware() {
    let (platform, _iommu, context) = setup();
    let part = PhysPart {
        start: PhysAddr::new(PHYS),
        size: 4 * K,
    };
    let read_only = Attributes {
        write: false,
        ..Attributes::default()
    };
    context.map(Iova::new(AT), &[part], read_only).unwrap();
    assert_eq!(platform.world().access(3, AT, false), Ok(PHYS));
    assert_eq!(access(&platform, AT), Err(fault::PERMISSION_L1));
}

#[test]
fn unmapped_pages_of_every_size_do_not_hit_any_more() {
    for size in [4 * K, 64 * K, M, 16 * M, 16 * M + M + 68 * K] {
        let (platform, _iommu, context) = setup();
        map(&context, AT, PHYS, size).unwrap();
        let pages = (0..size).step_by(4096);
        for page in pages.clone().step_by(7) {
            assert_eq!(access(&platform, AT + page), Ok(PHYS + page));
        }
        unmap(&context, AT, size).unwrap();
        for page in pages {
            assert!(access(&platform, AT + page).is_err());
        }
        map(&context, AT, PHYS + 16 * M, size).unwrap();
        assert_eq!(access(&platform, AT), Ok(PHYS + 16 * M));
    }
}

#[test]
fn invalidations_of_an_unmap_share_one_sync() {
    let (platform, _iommu, context) = setup();
    map(&context, AT, PHYS + 4 * K, M).unwrap();
    let count = |register| platform.world().device.written(bank(0, register));
    let (all, syncs) = (count(&TLBIALL), count(&TLBSYNC));
    let commands = || (count(&TLBIVA), count(&TLBRANGE), count(&TLBIALL) - all);
    unmap(&context, AT, 12 * K).unwrap();
    assert_eq!(commands(), (0, 1, 0));
    assert_eq!(count(&TLBSYNC), syncs + 1);
    unmap(&context, AT + 12 * K, 4 * K).unwrap();
    assert_eq!(commands(), (1, 1, 0));
    unmap(&context, AT + 16 * K, M - 16 * K).unwrap();
    assert_eq!(commands(), (1, 2, 0));
    assert_eq!(count(&TLBSYNC), syncs + 3);
    // Few large pages by address, many pages by the whole context.
    map(&context, AT, PHYS, 3 * M).unwrap();
    unmap(&context, AT, 3 * M).unwrap();
    assert_eq!(commands(), (4, 2, 0));
    map(&context, AT, PHYS + 4 * K, M).unwrap();
    unmap(&context, AT, M).unwrap();
    assert_eq!(commands(), (4, 2, 1));
}

#[test]
fn an_older_iommu_is_told_page_by_page_and_refuses_what_it_has_not() {
    let platform = Arc::new(Platform::new(2 << 20));
    let version = offset(&global::IDR1);
    platform.world().device.registers.insert(version, 0x1_0000);
    let iommu = probe(&platform).unwrap();
    assert_eq!((iommu.features().minor, iommu.features().locks), (0, 0));
    let context = iommu.context(ContextConfig::default()).unwrap();
    context.activate().unwrap();
    map(&context, AT, PHYS + 4 * K, M).unwrap();
    unmap(&context, AT, 12 * K).unwrap();
    context
        .invalidate(Scope::Range(Iova::new(AT), 8 * K))
        .unwrap();
    let missing = |result: Result<(), IommuError>| {
        assert!(matches!(result, Err(IommuError::Missing { .. })));
    };
    missing(context.set_stall(true));
    missing(context.resume(None, Resume::Retry));
    missing(context.stalled().map(drop));
    missing(iommu.set_stall_limits(StallLimits::default()));
    missing(iommu.set_walk_attributes(WalkAttributes::default()));
    missing(iommu.locked().map(drop));
    let probed = context.probe_address(Iova::new(AT), Access::READ);
    assert!(matches!(
        probed,
        Err(LookupError::Iommu(IommuError::Missing { .. }))
    ));
    assert_eq!(iommu.counters().unwrap().main_misses, 0);
    drop(context);
    let world = platform.world();
    let count = |register| world.device.written(bank(0, register));
    assert_eq!(
        (count(&TLBIVA), count(&TLBRANGE), count(&RESUME)),
        (3, 0, 0)
    );
    assert_eq!(world.device.written(offset(&global::STALL_CTRL)), 0);
}

#[test]
fn a_page_in_use_is_split_without_two_sizes_in_the_tlb() {
    for size in [64 * K, M, 16 * M] {
        let (platform, _iommu, context) = setup();
        map(&context, AT, PHYS, size).unwrap();
        access(&platform, AT + size - 1).unwrap();
        unmap(&context, AT + 4 * K, 4 * K).unwrap();
        for page in (0..size).step_by(4096) {
            let expected = (page != 4 * K).then_some(PHYS + page);
            assert_eq!(access(&platform, AT + page).ok(), expected);
        }
        context.split(Iova::new(AT + size - 4 * K)).unwrap();
        assert_eq!(access(&platform, AT + size - 1), Ok(PHYS + size - 1));
    }
}

#[test]
fn contexts_do_not_disturb_each_other() {
    let (platform, iommu, first) = setup();
    let second = iommu.context(ContextConfig::default()).unwrap();
    second.attach(StreamId::new(7)).unwrap();
    second.activate().unwrap();
    map(&first, AT, PHYS, M).unwrap();
    map(&second, AT, PHYS + M, M).unwrap();
    assert_eq!(access(&platform, AT), Ok(PHYS));
    assert_eq!(platform.world().access(7, AT, true), Ok(PHYS + M));
    unmap(&first, AT, M).unwrap();
    assert_eq!(access(&platform, AT), Err(fault::TRANSLATION_L1));
    drop(first);
    assert_eq!(platform.world().access(7, AT, true), Ok(PHYS + M));
    drop(second);
    assert!(platform.world().allocated.is_empty());
}

#[test]
fn every_bank_translates_its_own_streams_by_its_own_table() {
    let platform = Arc::new(Platform::new(2 << 20));
    let iommu = probe(&platform).unwrap();
    let own = |n: u32| PHYS + n * M;
    let all: Vec<Context> = (0..8)
        .map(|n| {
            let context = iommu.context(ContextConfig::default()).unwrap();
            context.attach(StreamId::new(15 - n)).unwrap();
            context.activate().unwrap();
            map(&context, AT, own(n.into()), 4 * K).unwrap();
            context
        })
        .collect();
    let got = |n: u32| platform.world().access(15 - n, AT, true);
    assert!((0..8).all(|n| got(n) == Ok(own(n))));
    for (n, context) in (0..8).zip(&all) {
        unmap(context, AT, 4 * K).unwrap();
        assert!((0..8).all(|other| got(other).is_ok() == (other > n)), "{n}");
    }
}

#[test]
fn however_many_pages_are_unmapped_none_of_them_hits_any_more() {
    // By address, by range, and by the whole context.
    for pages in (1..40).chain([254, 255, 256, 257, 300]) {
        let (platform, _iommu, context) = setup();
        let all = (0..pages).map(|page| page * 4 * K);
        // A page more at either end stays.
        map(&context, AT - 4 * K, PHYS, (pages + 2) * 4 * K).unwrap();
        for page in all.clone() {
            assert_eq!(access(&platform, AT + page), Ok(PHYS + 4 * K + page));
        }
        unmap(&context, AT, pages * 4 * K).unwrap();
        for page in all {
            assert!(access(&platform, AT + page).is_err(), "{pages}: {page:#x}");
        }
        let ends = [AT - 4 * K, AT + pages * 4 * K];
        assert!(ends.iter().all(|at| access(&platform, *at).is_ok()));
    }
}

#[test]
fn every_scope_of_invalidation_reaches_the_tlb() {
    let (platform, iommu, context) = setup();
    let at = Iova::new(AT);
    map(&context, AT, PHYS, 4 * K).unwrap();
    for scope in [
        Some(Scope::Context),
        Some(Scope::Asid),
        Some(Scope::Address(at)),
        Some(Scope::AddressAllAsids(at)),
        Some(Scope::Range(Iova::new(AT - 8 * K), 12 * K)),
        Some(Scope::Range(Iova::new(AT - M), 2 * M)),
        Some(Scope::Range(at, u32::MAX)),
        None,
    ] {
        access(&platform, AT).unwrap();
        // Behind the driver's back.
        let root = context.table_base().get();
        let table = platform.world().seen_word(root + (AT >> 20) * 4) & !0x3FF;
        let word = platform.world().seen_word(table);
        let write = |word: u32| {
            use crate::seam::PhysMem;
            let at = PhysAddr::new(table);
            platform.write32(at, word).unwrap();
            platform.sync_for_device(at, 4);
        };
        write(0);
        assert_eq!(access(&platform, AT), Ok(PHYS));
        match scope {
            Some(scope) => context.invalidate(scope).unwrap(),
            None => iommu.invalidate_all().unwrap(),
        }
        assert_eq!(access(&platform, AT), Err(fault::TRANSLATION_L2));
        write(word);
    }
}

#[test]
fn tables_are_poisoned_when_a_sync_times_out() {
    let (platform, _iommu, context) = setup();
    map(&context, AT, PHYS + 4 * K, M).unwrap();
    map(&context, AT + 16 * M, PHYS, 16 * M).unwrap();
    access(&platform, AT).unwrap();
    access(&platform, AT + 16 * M).unwrap();
    platform.world().device.sync_hangs = true;
    let error = unmap(&context, AT, M).unwrap_err();
    assert_eq!(error, MmuError::SyncTimeout);
    assert!(error.is_unconfirmed());
    assert_eq!(context.stats().poisoned_tables, 1);
    assert!(context.stats().unconfirmed);
    // Nothing new is mapped over what may be stale.
    let refused = map(&context, AT + M, PHYS, 4 * K);
    assert_eq!(refused, Err(MmuError::SyncTimeout));
    // The rest of a split page comes back with the next confirmation.
    let split = unmap(&context, AT + 16 * M, 4 * K);
    assert_eq!(split, Err(MmuError::SyncTimeout));
    platform.world().device.sync_hangs = false;
    map(&context, AT + M, PHYS, 4 * K).unwrap();
    assert!(!context.stats().unconfirmed);
    assert!(access(&platform, AT + 16 * M).is_err());
    assert_eq!(access(&platform, AT + 17 * M), Ok(PHYS + M));
    drop(context);
    assert_eq!(platform.world().allocated.len(), 1);
}

#[test]
fn an_invalidation_that_failed_is_made_up_for_by_the_next() {
    let (platform, _iommu, context) = setup();
    map(&context, AT, PHYS, 8 * K).unwrap();
    access(&platform, AT).unwrap();
    access(&platform, AT + 4 * K).unwrap();
    platform.world().bus = FailIn::after(0);
    let failed = unmap(&context, AT, 4 * K).unwrap_err();
    assert!(matches!(failed, MmuError::Bus(_)) && failed.is_unconfirmed());
    assert_eq!(access(&platform, AT), Ok(PHYS));
    unmap(&context, AT + 4 * K, 4 * K).unwrap();
    assert!(access(&platform, AT).is_err());
    assert!(!context.stats().unconfirmed);
}

#[test]
fn a_context_that_does_not_stop_is_never_used_again() {
    let (platform, iommu, context) = setup();
    map(&context, AT, PHYS + 4 * K, M).unwrap();
    platform.world().device.sync_hangs = true;
    assert_eq!(context.deactivate(), Err(MmuError::SyncTimeout));
    let before = platform.world().allocated.len();
    drop(context);
    assert_eq!(platform.world().allocated.len(), before);
    platform.world().device.sync_hangs = false;
    let other = iommu.context(ContextConfig::default()).unwrap();
    assert_eq!(other.bank(), 1);
    assert!(other.attach(StreamId::new(3)).is_err());
}

#[test]
fn whatever_register_access_fails_the_driver_stays_consistent() {
    for k in 0.. {
        let (platform, iommu, context) = setup();
        map(&context, AT, PHYS, M).unwrap();
        access(&platform, AT).unwrap();
        platform.world().bus = FailIn::after(k);
        let _split_may_fail = unmap(&context, AT, 4 * K);
        let _stop_may_fail = context.deactivate();
        let _start_may_fail = context.activate();
        let done = platform.world().bus.is_pending();
        platform.world().bus = FailIn::default();
        context.activate().unwrap();
        assert!(access(&platform, AT).is_err());
        for page in (4 * K..M).step_by(4096) {
            assert_eq!(access(&platform, AT + page), Ok(PHYS + page), "{k}");
        }
        unmap(&context, AT + 4 * K, M - 4 * K).unwrap();
        drop(context);
        drop(iommu);
        if done {
            assert!(k > 20);
            break;
        }
    }
}

#[test]
fn what_a_busy_master_has_seen_of_a_map_that_failed_does_not_hit() {
    for k in 0.. {
        let (platform, _iommu, context) = setup();
        let pages = (0..2 * M).step_by(4096);
        platform.world().masters = pages.clone().map(|page| (3, AT + page)).collect();
        platform.world().writes = FailIn::after(k);
        let mapped = map(&context, AT, PHYS + 4 * K, 2 * M).is_ok();
        for page in pages {
            assert_eq!(
                access(&platform, AT + page).is_ok(),
                mapped,
                "{k}, {page:#x}"
            );
        }
        if mapped {
            assert!(k > 2);
            break;
        }
    }
}

#[test]
fn what_could_not_be_written_is_written_before_masters_are_let_through() {
    let (platform, _iommu, context) = setup();
    map(&context, AT, PHYS, M).unwrap();
    platform.world().writes = FailIn::from(1);
    unmap(&context, AT, 4 * K).unwrap();
    let _quiet = context.deactivate().unwrap();
    assert!(context.stats().unwritten);
    assert!(matches!(context.activate(), Err(MmuError::Memory(_))));
    platform.world().writes = FailIn::default();
    context.activate().unwrap();
    assert!(!context.stats().unwritten);
    for page in (0..M).step_by(4096) {
        assert_eq!(access(&platform, AT + page).is_ok(), page > 0);
    }
}

#[test]
fn tables_that_memory_still_leads_to_are_not_used_again() {
    for k in 0.. {
        let (platform, _iommu, context) = setup();
        platform.world().masters = (0..9).map(|n| (3, AT + n * M)).collect();
        // All later writes fail too: what has been written cannot be taken back.
        platform.world().writes = FailIn::from(k);
        let mapped = map(&context, AT, PHYS + 4 * K, 9 * M);
        let all = !platform.world().writes.has_happened();
        platform.world().writes = FailIn::default();
        let again = map(&context, AT + 16 * M, PHYS, 9 * M);
        if all {
            mapped.unwrap();
            assert!(k > 9);
            break;
        }
        again.unwrap();
        for n in 0..9 {
            // What could not be taken back leads to where it led, if anywhere: that memory is poisoned.
            let unrevoked = matches!(mapped, Err(MmuError::Unrevoked(_)));
            let got = access(&platform, AT + n * M);
            let old = unrevoked && got == Ok(PHYS + 4 * K + n * M);
            assert!(old || got.is_err(), "{k}: {mapped:?}");
            assert_eq!(access(&platform, AT + (16 + n) * M), Ok(PHYS + n * M));
        }
    }
}

#[test]
fn what_masters_may_use_still_of_a_map_that_failed_is_told_and_only_that() {
    for (live, lasting) in [(true, true), (true, false), (false, true), (false, false)] {
        let (mut told, mut failed) = (0, 0);
        for k in 0.. {
            let (platform, _iommu, context) = setup();
            if !live {
                let _quiet = context.deactivate().unwrap();
            }
            platform.world().writes = match lasting {
                true => FailIn::from(k),
                false => FailIn::after(k),
            };
            let mapped = map(&context, AT, PHYS + 4 * K, 2 * M);
            platform.world().writes = FailIn::default();
            match mapped {
                Ok(()) => break,
                Err(MmuError::Unrevoked(_)) => told += 1,
                Err(MmuError::Memory(_)) => {
                    context.activate().unwrap();
                    assert!(access(&platform, AT).is_err(), "{k}");
                }
                Err(other) => panic!("{other}"),
            }
            failed += 1;
        }
        assert!(failed > 2);
        // What fails once can be taken back; and so can what nobody uses, before it is used.
        assert_eq!(
            told > 0,
            live && lasting,
            "live: {live}, lasting: {lasting}"
        );
    }
}

#[test]
fn whatever_memory_access_fails_a_live_context_is_rolled_back() {
    for k in 0.. {
        let (platform, _iommu, context) = setup();
        map(&context, AT, PHYS, M).unwrap();
        platform.world().writes = FailIn::after(k);
        let mapped = map(&context, AT + M, PHYS + M + 4 * K, 2 * M).is_ok();
        for page in (0..2 * M).step_by(4096) {
            assert_eq!(access(&platform, AT + M + page).is_ok(), mapped);
        }
        let pending = platform.world().writes.is_pending();
        let unmapped = unmap(&context, AT, 4 * K).is_ok();
        if pending && platform.world().writes.is_pending() {
            assert!(mapped && unmapped && k > 5);
            break;
        }
        let _quiet = context.deactivate().unwrap();
        context.activate().unwrap();
        let last = access(&platform, AT + M - 1);
        assert_eq!(last, Ok(PHYS + M - 1), "{k}");
    }
}

fn record() -> FaultRecord {
    FaultRecord {
        iova: Iova::new(0x1234_5678),
        kind: FaultKind::PermissionL2,
        write: true,
        privileged: true,
        instruction: false,
        stream: StreamId::new(9),
        context: Some(5),
        id: 0x42,
        stalled: None,
    }
}

#[test]
fn fault_records_are_drained_in_order() {
    let (platform, iommu, _context) = setup();
    let raw = [
        0x1234_5678,
        1 << 31 | 5 << 16 | 1 << 15 | 0x300 | 0xF,
        0x42 << 16 | 9,
    ];
    platform.world().device.faults.push_back(raw);
    let unbound = [0x10, 1 << 31 | 0x10, 2];
    platform.world().device.faults.push_back(unbound);
    platform.world().device.overflow = true;
    let mut records = Vec::new();
    let drained = iommu.drain_faults(&mut records).unwrap();
    assert_eq!((drained.records, drained.overflowed), (2, true));
    assert_eq!(records[0], record());
    assert_eq!(records[1].context, None);
    assert_eq!(records[1].kind, FaultKind::UnmappedStream);
    let text = records[0].to_string();
    for part in ["permission", "write", "0x12345678", "stream 9", "context 5"] {
        assert!(text.contains(part), "{text}");
    }
    let drained = iommu.drain_faults(&mut records).unwrap();
    assert_eq!((drained.records, drained.overflowed), (0, false));
}

#[test]
fn draining_ends_though_faults_keep_coming() {
    let (platform, iommu, _context) = setup();
    let endless = core::iter::repeat_n([0, 1 << 31, 0], 1000);
    platform.world().device.faults.extend(endless);
    let mut records = Vec::new();
    iommu.drain_faults(&mut records).unwrap();
    assert_eq!(records.len(), 32);
}

#[test]
fn the_fault_of_a_context_is_read_and_cleared() {
    let (platform, _iommu, context) = setup();
    assert_eq!(context.take_fault(), Ok(None));
    for (register, value) in [
        (&FSR, 1 << 31 | 1 << 3),
        (&FAR, 0x1234_5678),
        (&FSYNR0, 0xF << 16 | 1 << 4 | 1 << 5),
        (&FSYNR1, 0x42 << 16 | 9),
    ] {
        let at = bank(0, register);
        platform.world().device.registers.insert(at, value);
    }
    let first = FaultRecord {
        context: Some(0),
        ..record()
    };
    let expected = ContextFault { first, more: true };
    assert_eq!(context.take_fault(), Ok(Some(expected)));
    assert_eq!(context.take_fault(), Ok(None));
    for slot in 0..8 {
        let stalled = 1 << 8 | slot << 9;
        for (register, value) in [(&FSR, 1 << 1), (&FSYNR0, stalled | 1 << 16)] {
            let at = bank(0, register);
            platform.world().device.registers.insert(at, value);
        }
        let fault = context.take_fault().unwrap().unwrap();
        let tag = fault.first.stalled.unwrap();
        assert_eq!((tag.write, u32::from(tag.slot)), (false, slot));
    }
    // That a transaction stands stalled is no fault.
    let status = bank(0, &FSR);
    platform.world().device.registers.insert(status, 1 << 30);
    assert_eq!(context.take_fault(), Ok(None));
}

#[test]
fn counters_are_read_after_a_snapshot() {
    let (platform, iommu, _context) = setup();
    for (value, register) in (1..).zip([
        &global::CNT_READS,
        &global::CNT_WRITES,
        &global::CNT_MISS_R,
        &global::CNT_MISS_W,
        &global::CNT_HIT_R,
        &global::CNT_HIT_W,
        &global::CNT_WALKS,
        &global::CNT_WALK_CYCLES,
        &global::CNT_FAULTS,
        &global::CNT_MAIN_MISS,
        &global::CNT_STALL_CYCLES,
        &global::CNT_PREFETCHES,
    ]) {
        let at = offset(register);
        platform.world().device.registers.insert(at, value);
    }
    let snapshots = platform.world().device.written(offset(&global::CNT_CTRL));
    let counters = iommu.counters().unwrap();
    assert_eq!((counters.reads, counters.writes), (1, 2));
    assert_eq!((counters.read_misses, counters.write_misses), (3, 4));
    assert_eq!((counters.read_hits, counters.write_hits), (5, 6));
    assert_eq!((counters.walks, counters.walk_cycles), (7, 8));
    assert_eq!((counters.faults, counters.main_misses), (9, 10));
    assert_eq!((counters.stall_cycles, counters.prefetches), (11, 12));
    let now = platform.world().device.written(offset(&global::CNT_CTRL));
    assert_eq!(now, snapshots + 1);
}

#[test]
fn interrupts_are_enabled_and_told() {
    let (platform, iommu, _context) = setup();
    iommu
        .enable_interrupts(Interrupts {
            fault: true,
            overflow: false,
        })
        .unwrap();
    let enable = offset(&global::IRQ_ENABLE);
    assert_eq!(platform.world().device.get(enable), 1);
    let status = offset(&global::IRQ_STATUS);
    platform.world().device.registers.insert(status, 0x0402);
    let pending = iommu.pending_interrupts().unwrap();
    assert!(pending.any() && pending.overflow && !pending.fault);
    assert_eq!(pending.contexts, 4);
    for context in 0..8 {
        let only = 1 << (8 + context);
        platform.world().device.registers.insert(status, only);
        let pending = iommu.pending_interrupts().unwrap();
        assert_eq!(u32::from(pending.contexts), 1 << context);
        assert!(pending.any());
    }
}

#[test]
fn a_context_is_programmed_as_configured() {
    let (platform, iommu, _context) = setup();
    let config = ContextConfig {
        fault_interrupt: true,
        memory_types: true,
        one_to_one: false,
    };
    let context = iommu.context(config).unwrap();
    context.activate().unwrap();
    let sctlr = platform.world().device.get(bank(1, &SCTLR));
    assert_eq!(sctlr, 1 | 1 << 6 | 1 << 20);
    assert_eq!(context.page_sizes(), [16 * M, M, 64 * K, 4 * K]);
}

#[test]
fn a_one_to_one_context_lets_addresses_through_while_it_is_active() {
    let (platform, iommu, _context) = setup();
    let config = ContextConfig {
        one_to_one: true,
        ..ContextConfig::default()
    };
    let context = iommu.context(config).unwrap();
    context.attach(StreamId::new(4)).unwrap();
    let access = || platform.world().access(4, PHYS, true);
    assert!(access().is_err());
    context.activate().unwrap();
    assert_eq!(access(), Ok(PHYS));
    let _quiet = context.deactivate().unwrap();
    assert!(access().is_err());
}

#[test]
fn walks_read_memory_as_told() {
    let (platform, iommu, _context) = setup();
    let register = || platform.world().device.get(offset(&global::WALK_ATTR));
    assert_eq!(register(), 3);
    let coherent = WalkAttributes {
        cache: 0xF,
        user: 0x1F,
    };
    iommu.set_walk_attributes(coherent).unwrap();
    assert_eq!(register(), 0x1F0F);
    let wide = WalkAttributes {
        cache: 0x10,
        user: 0,
    };
    let refused = iommu.set_walk_attributes(wide).unwrap_err();
    let expected = IommuError::OutOfRange {
        what: "ARCACHE",
        value: 0x10,
        most: 0xF,
    };
    assert_eq!((refused, register()), (expected, 0x1F0F));
    let wide = WalkAttributes {
        cache: 0,
        user: 0x20,
    };
    let refused = iommu.set_walk_attributes(wide);
    let refused = matches!(refused, Err(IommuError::OutOfRange { value: 0x20, .. }));
    assert!(refused && register() == 0x1F0F);
    for cache in 0..16 {
        let written = iommu.set_walk_attributes(WalkAttributes { cache, user: 0 });
        // ARM IHI 0022E, table A4-5: the encodings that are left out there.
        match cache {
            4 | 5 | 8 | 9 | 12 | 13 => {
                assert_eq!(written, Err(IommuError::ReservedCache { cache }));
            }
            _ => assert_eq!((written, register()), (Ok(()), cache.into())),
        }
    }
    assert_eq!(
        WalkAttributes::default(),
        WalkAttributes { cache: 3, user: 0 }
    );
    // Whoever comes next finds what a reset leaves.
    probe(&platform).unwrap();
    assert_eq!(register(), 3);
}

#[test]
fn handles_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Device>();
    shared::<Context>();
}

#[test]
fn each_event_is_pending_by_itself() {
    let none = PendingInterrupts::default();
    assert!(!none.any());
    for pending in [
        PendingInterrupts {
            fault: true,
            ..none
        },
        PendingInterrupts {
            overflow: true,
            ..none
        },
        PendingInterrupts {
            contexts: 0x80,
            ..none
        },
    ] {
        assert!(pending.any(), "{pending:?}");
    }
}
