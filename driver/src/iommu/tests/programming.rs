//! What stands in the registers, all of them: after a probe, and after a loss of power.

use std::collections::BTreeMap;

use super::*;
use crate::seam::{Bus, BusError};
use vcm_regs::{Access as Rights, Block, RegisterInfo, context as banks};

/// All registers that software can write and read back, with their offsets.
fn settings() -> impl Iterator<Item = (u32, &'static RegisterInfo)> {
    let of = |block: &'static Block, index: u32| {
        let all = block.registers.iter().flat_map(move |register| {
            let each = 0..register.count;
            each.map(move |n| (block.at(index) + register.offset + 4 * n, *register))
        });
        all.filter(|(_, register)| register.mask(Rights::ReadWrite) != 0)
    };
    let contexts = (0..banks::BLOCK.count).flat_map(move |index| of(&banks::BLOCK, index));
    of(&global::BLOCK, 0).chain(contexts)
}

fn read_all(platform: &Platform) -> BTreeMap<u32, (&'static str, u32)> {
    let world = platform.world();
    let read =
        |(at, register): (u32, &'static RegisterInfo)| (at, (register.name, world.device.get(at)));
    settings().map(read).collect()
}

fn config(one_to_one: bool) -> ContextConfig {
    ContextConfig {
        fault_interrupt: true,
        memory_types: !one_to_one,
        one_to_one,
    }
}

/// Probes, and uses every bank.
fn use_all(platform: &Arc<Platform>) -> (Device, Vec<Context>) {
    let iommu = probe(platform).unwrap();
    let contexts = (0..8).map(|n| {
        let context = iommu.context(config(n == 7)).unwrap();
        context.attach(StreamId::new(n)).unwrap();
        context.activate().unwrap();
        context
    });
    let contexts = contexts.collect();
    (iommu, contexts)
}

#[test]
fn nothing_of_what_ran_before_a_probe_is_left_in_any_register() {
    let fresh = Arc::new(Platform::new(2 << 20));
    let used = Arc::new(Platform::new(2 << 20));
    {
        let mut world = used.world();
        for (at, register) in settings() {
            let ones = register.mask(Rights::ReadWrite);
            world.device.registers.insert(at, ones);
        }
        for index in 0..8 {
            let faults = FSR.mask(Rights::WriteOneToClear);
            world.device.registers.insert(bank(index, &FSR), faults);
        }
        let queue = core::iter::repeat_n([0, 1 << 31, 0], 16);
        world.device.faults.extend(queue);
        world.device.overflow = true;
    }
    let _probed = (probe(&fresh).unwrap(), probe(&used).unwrap());
    let mut left = read_all(&used);
    for (at, name) in read_all(&fresh) {
        // Of a context that is off these say nothing.
        if left[&at] == name || ["TTBR0", "CONTEXTIDR", "DACR"].contains(&name.0) {
            left.remove(&at);
        }
    }
    assert_eq!(left, BTreeMap::new());
    {
        let world = used.world();
        assert!(world.device.faults.is_empty() && !world.device.overflow);
        assert!((0..8).all(|index| world.device.get(bank(index, &FSR)) == 0));
    }
    let _all = (use_all(&fresh), use_all(&used));
    assert_eq!(read_all(&used), read_all(&fresh));
}

#[test]
fn after_a_loss_of_power_every_register_is_as_before() {
    for held in [false, true] {
        let platform = Arc::new(Platform::new(2 << 20));
        let (iommu, contexts) = use_all(&platform);
        iommu.bypass(StreamId::new(9)).unwrap();
        let limits = StallLimits {
            transactions: 3,
            timeout_ticks: 77,
        };
        iommu.set_stall_limits(limits).unwrap();
        let walks = WalkAttributes { cache: 1, user: 2 };
        iommu.set_walk_attributes(walks).unwrap();
        let interrupts = Interrupts {
            fault: true,
            overflow: true,
        };
        iommu.enable_interrupts(interrupts).unwrap();
        contexts[1].set_stall(true).unwrap();
        contexts[2].attach(StreamId::new(12)).unwrap();
        let _quiet = contexts[3].deactivate().unwrap();
        if held {
            contexts[4].hold().unwrap();
        }
        let before = read_all(&platform);
        platform.world().device.registers.clear();
        assert_ne!(read_all(&platform), before);
        iommu.restore().unwrap();
        for context in &contexts {
            context.restore().unwrap();
        }
        let mut after = read_all(&platform);
        // Where the fourth context's table is, it is told when it is active.
        let off = banks::BLOCK.at(3)..banks::BLOCK.at(4);
        let differ = |(at, value): (u32, _)| (after.remove(&at) != Some(value)).then_some(at);
        let differ: Vec<u32> = before.into_iter().filter_map(differ).collect();
        assert!(differ.iter().all(|at| off.contains(at)), "{differ:x?}");
        contexts[3].activate().unwrap();
        assert_eq!(iommu.stall_limits(), Ok(limits));
    }
}

#[test]
fn what_was_outdated_before_a_loss_of_power_is_not_after_it() {
    let (platform, iommu, context) = setup();
    let other = iommu.context(ContextConfig::default()).unwrap();
    other.attach(StreamId::new(4)).unwrap();
    other.activate().unwrap();
    other.set_stall(true).unwrap();
    // The record of who waited stays, behind another one.
    assert!(platform.world().access(4, AT, false).is_err());
    context.hold().unwrap();
    assert!(access(&platform, AT).is_err());
    context.release().unwrap();
    {
        let mut world = platform.world();
        world.device.faults.clear();
        world.device.registers.clear();
    }
    iommu.restore().unwrap();
    context.restore().unwrap();
    context.set_stall(true).unwrap();
    assert!(access(&platform, AT).is_err());
    let mut records = Vec::new();
    iommu.drain_faults(&mut records).unwrap();
    assert_eq!(records.len(), 1);
}

#[test]
fn memory_that_cannot_be_written_is_told_as_such_by_a_restore() {
    let (platform, iommu, context) = setup();
    map(&context, AT, PHYS, M).unwrap();
    // The rest of the page cannot be written, not even when the context stops.
    platform.world().writes = FailIn::from(1);
    let _unconfirmed = unmap(&context, AT, 4 * K);
    assert!(context.stats().unwritten);
    platform.world().device.registers.clear();
    iommu.restore().unwrap();
    let restored = context.restore();
    assert!(
        matches!(restored, Err(IommuError::Memory(_))),
        "{restored:?}"
    );
    // It is made good by the next activation.
    platform.world().writes = FailIn::default();
    context.activate().unwrap();
    assert_eq!(access(&platform, AT + 4 * K), Ok(PHYS + 4 * K));
    assert!(access(&platform, AT).is_err());
}

#[test]
fn a_bus_that_fails_and_a_hardware_that_hangs_are_told_apart_by_a_restore() {
    let (platform, iommu, context) = setup();
    for hangs in [false, true] {
        iommu.restore().unwrap();
        platform.world().device.sync_hangs = hangs;
        if !hangs {
            platform.world().bus = FailIn::after(0);
        }
        match context.restore() {
            Err(IommuError::SyncTimeout) if hangs => {}
            Err(IommuError::Bus(_)) if !hangs => {}
            other => panic!("hangs: {hangs}, {other:?}"),
        }
        platform.world().device.sync_hangs = false;
        platform.world().bus = FailIn::default();
        context.activate().unwrap();
    }
}

#[test]
fn an_iommu_that_was_built_otherwise_is_not_restored() {
    for register in [&global::IDR2, &global::IDR3, &global::IDR4] {
        let (platform, iommu, _context) = setup();
        let at = offset(register);
        let built = platform.world().device.get(at);
        let top = 1 << (u32::BITS - 1 - built.leading_zeros());
        platform.world().device.registers.insert(at, built ^ top);
        let restored = iommu.restore();
        let refused = matches!(restored, Err(ProbeError::Unsupported { .. }));
        assert!(refused, "{}: {restored:?}", register.name);
    }
}

#[test]
fn features_are_what_the_id_registers_say_each_by_itself() {
    let platform = Arc::new(Platform::new(0));
    let tell = |registers: [(&RegisterInfo, u32); 3]| {
        for (register, value) in registers {
            let at = offset(register);
            platform.world().device.registers.insert(at, value);
        }
        *probe(&platform).unwrap().features()
    };
    let found = tell([
        (&global::IDR2, 7 << 16 | 3 << 8 | 5),
        (&global::IDR3, 11 << 16 | 6 << 8 | 9),
        (&global::IDR4, 0x0D43_2A61 & !0xF0 | 2 << 4),
    ]);
    assert_eq!((found.contexts, found.streams, found.id_bits), (5, 8, 7));
    assert_eq!((found.tlb_entries, found.outstanding), (9, 6));
    assert_eq!((found.fault_queue, found.minor), (11, 1));
    assert_eq!((found.main_sets, found.main_ways), (2, 2));
    assert_eq!((found.first_level, found.walks), (1 << 10, 2));
    assert_eq!((found.slots, found.locks, found.prefetches), (3, 4, 13));
    let least = tell([
        (&global::IDR2, 1),
        (&global::IDR3, 1 << 16),
        (&global::IDR4, 0),
    ]);
    assert_eq!((least.contexts, least.streams), (1, 1));
    assert_eq!((least.main_sets, least.first_level), (0, 0));
}

#[test]
fn more_or_less_than_there_is_room_for_is_refused() {
    let wrong = [
        (&global::IDR2, 8 << 16 | 4 << 8, "0 context banks"),
        (&global::IDR2, 8 << 16 | 4 << 8 | 9, "9 context banks"),
        (&global::IDR2, 8 << 16 | 5 << 8 | 8, "5 bits of stream ID"),
        (&global::IDR3, 8 << 8 | 8, "0 entries of the fault queue"),
    ];
    for (register, value, text) in wrong {
        let platform = Arc::new(Platform::new(0));
        let at = offset(register);
        platform.world().device.registers.insert(at, value);
        let error = probe(&platform).err().unwrap();
        assert!(error.to_string().contains(text), "{error}");
        assert!(platform.world().device.log.is_empty());
    }
}

#[test]
fn who_observes_finds_the_routes_and_writes_nothing() {
    let (platform, iommu, _context) = setup();
    iommu.bypass(StreamId::new(5)).unwrap();
    let writes = platform.world().device.log.len();
    let one = || Arc::clone(&platform);
    let seen = Iommu::observe(one(), one(), one(), Config::default()).unwrap();
    for (stream, route) in [
        (3, Route::Context(0)),
        (4, Route::Terminate),
        (5, Route::Bypass),
    ] {
        assert_eq!(seen.route(StreamId::new(stream)), Ok(route));
    }
    let none = seen.context(ContextConfig::default()).err();
    assert_eq!(none, Some(IommuError::NoContext { contexts: 8 }));
    assert_eq!(platform.world().device.log.len(), writes);
}

#[test]
fn a_context_is_programmed_as_configured_whether_it_stalls_or_is_held() {
    let platform = Arc::new(Platform::new(2 << 20));
    let iommu = probe(&platform).unwrap();
    for bits in 0..32_u32 {
        let is = |bit: u32| bits >> bit & 1 == 1;
        let context = iommu.context(ContextConfig {
            fault_interrupt: is(0),
            memory_types: is(1),
            one_to_one: is(2),
        });
        let context = context.unwrap();
        context.set_stall(is(3)).unwrap();
        context.activate().unwrap();
        if is(4) {
            context.hold().unwrap();
        }
        let stalls = is(3) || is(4);
        let expected = 1
            | u32::from(is(0)) << 6
            | u32::from(stalls) << 7
            | u32::from(is(2)) << 8
            | u32::from(is(1)) << 20;
        let control = || platform.world().device.get(bank(0, &SCTLR));
        assert_eq!(control(), expected, "{bits:05b}");
        if is(4) {
            context.release().unwrap();
            let expected = expected & !(1 << 7) | u32::from(is(3)) << 7;
            assert_eq!(control(), expected, "{bits:05b}");
        }
    }
}

/// A register window in which another fault comes while those of a context are read.
struct Meanwhile(Arc<Platform>);

impl Bus for Meanwhile {
    fn read32(&self, at: u32) -> Result<u32, BusError> {
        if at == bank(0, &FSYNR1) {
            let mut world = self.0.world();
            let status = world.device.get(bank(0, &FSR));
            let more = status | 1 << 31 | 1 << 2;
            world.device.registers.insert(bank(0, &FSR), more);
        }
        self.0.read32(at)
    }
    fn write32(&self, at: u32, value: u32) -> Result<(), BusError> {
        self.0.write32(at, value)
    }
}

#[test]
fn a_fault_that_comes_while_another_is_read_is_told_and_cleared_with_it() {
    let platform = Arc::new(Platform::new(2 << 20));
    let seam = || Arc::clone(&platform);
    let bus = Meanwhile(seam());
    let iommu = Iommu::probe(bus, seam(), seam(), Config::default()).unwrap();
    let context = iommu.context(ContextConfig::default()).unwrap();
    let status = bank(0, &FSR);
    platform.world().device.registers.insert(status, 1 << 1);
    let fault = context.take_fault().unwrap().unwrap();
    assert!(fault.more);
    // What is left would keep the address and the syndrome of the next fault from being recorded.
    assert_eq!(platform.world().device.get(status), 0);
}
