//! An IOMMU that answers whatever it likes: every call ends within a bound, no answer makes the driver
//! panic, and when the device behaves again, so does everything on top of it.

use std::time::Duration;

use vcm::addr::{Iova, PhysAddr};
use vcm::iommu::{
    Access, Config, ContextConfig, Interrupts, Iommu, IommuContext, Resume, Route, Scope,
    StallLimits, StreamId, WalkAttributes,
};
use vcm::mmu::{Attributes, Mmu, PhysPart};
use vcm_regs::{context, global};

use crate::input::Input;
use crate::memory::Memory;
use crate::registers::{Manner, TICK, Window};

const MOST_CALLS: usize = 24;
const TIMEOUT: Duration = Duration::from_micros(100);
/// Looks of one wait: one before the clock is asked, one a tick, and one after the deadline.
const POLLS: u64 = TIMEOUT.as_micros() as u64 / TICK.as_micros() as u64 + 2;

/// The most register accesses of a call that waits so often, and makes so many others.
const fn most(waits: u64, others: u64) -> u64 {
    waits * POLLS + others
}

const STREAMS: u64 = 16;
const BANKS: u64 = 8;
/// Entries that a fault queue can say it has: FQDEPTH has 8 bits.
const QUEUE: u64 = 255;
/// Three words of a record, and its removal.
const RECORD: u64 = 4;
/// ID registers.
const IDS: u64 = 5;
/// Interrupts, streams, and of each bank control, stalled transactions and faults; limits, walks;
/// invalidate, sync; the queue; its flag, counters.
const RESET: u64 = most(1, 1 + STREAMS + 3 * BANKS + 2 + 2 + QUEUE * RECORD + 2);
/// Streams terminated, bank disabled, transactions resumed, invalidate and sync.
const STOP: u64 = most(1, STREAMS + 4);
/// Limits of stalling, table, ASID, domains, invalidate and sync, bank enabled, streams let through.
const START: u64 = most(1, 7 + STREAMS);
/// Up to 16 invalidations by address, and sync.
const RETIRE: u64 = most(1, 17);

type Device = Iommu<Window, Memory, Window>;
type Context = IommuContext<Window, Memory, Window>;

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let first = manner(&mut input);
    let window = Window::new(first);
    let memory = Memory::new(1 << 20);
    let config = Config {
        sync_timeout: TIMEOUT,
    };
    let open = || {
        let (window, memory) = (window.clone(), memory.clone());
        match first {
            // Somebody else's, to look at.
            Manner::Ones => Iommu::observe(window.clone(), memory, window, config),
            _ => Iommu::probe(window.clone(), memory, window, config),
        }
    };
    let opened = open();
    within(&window, IDS + RESET.max(STREAMS), "probe");
    if let Err(error) = &opened {
        assert!(!error.to_string().is_empty());
    }
    // What could not be probed can be when it behaves.
    window.behave(Manner::Honest);
    let iommu = match opened {
        Ok(iommu) => iommu,
        Err(_) => match open() {
            Ok(iommu) => iommu,
            Err(error) => panic!("an honest device is refused: {error}"),
        },
    };
    let features = *iommu.features();
    window.take_accesses();
    {
        let contexts: Vec<Context> = (0..1 + input.below(2))
            .filter_map(|_| iommu.context(ContextConfig::default()).ok())
            .collect();
        for _ in 0..MOST_CALLS {
            if input.is_empty() {
                break;
            }
            if input.once_in(4) {
                window.behave(manner(&mut input));
            }
            window.take_accesses();
            let which = input.below(1 + contexts.len() as u32) as usize;
            match contexts.get(which) {
                Some(context) => call_context(&window, context, &mut input),
                None => call_global(&window, &iommu, &mut input),
            }
        }
        window.behave(Manner::Honest);
        // Whoever was probed with another size is another IOMMU now.
        let other = Iommu::probe(window.clone(), memory.clone(), window.clone(), config);
        if other.is_ok_and(|other| *other.features() == features) {
            recover(&window, &iommu, &contexts);
        }
    }
    drop(iommu);
}

fn manner(input: &mut Input<'_>) -> Manner {
    match input.below(8) {
        0 | 1 => Manner::Noise(input.long()),
        2 | 3 => Manner::Flaky(input.long()),
        4 => Manner::Absurd(input.long()),
        5 => Manner::Ones,
        6 => Manner::Zeros,
        _ => Manner::Refused,
    }
}

#[track_caller]
fn within(window: &Window, most: u64, what: &str) {
    let accesses = window.take_accesses();
    assert!(
        accesses <= most,
        "{what}: {accesses} accesses, not up to {most}"
    );
}

/// An error says what happened.
fn look<T, E: std::fmt::Display>(result: Result<T, E>) {
    if let Err(error) = result {
        assert!(!error.to_string().is_empty());
    }
}

fn call_global(window: &Window, iommu: &Device, input: &mut Input<'_>) {
    let stream = StreamId::new(input.below(20) as u16);
    let which = input.below(11);
    let most = match which {
        0 => {
            let mut records = Vec::new();
            let drained = iommu.drain_faults(&mut records);
            if let Ok(drained) = drained {
                assert_eq!(drained.records, records.len());
            }
            for record in records {
                assert!(!record.to_string().is_empty());
            }
            2 * QUEUE * RECORD + 2
        }
        1 => {
            look(iommu.counters());
            13
        }
        2 => {
            look(iommu.bypass(stream));
            2
        }
        3 => {
            look(iommu.terminate(stream));
            most(1, 2)
        }
        4 => {
            look(iommu.invalidate_all());
            most(1, 2)
        }
        5 => {
            look(iommu.locked());
            1
        }
        6 => {
            let fault = input.flag();
            let overflow = input.flag();
            look(iommu.enable_interrupts(Interrupts { fault, overflow }));
            look(iommu.pending_interrupts());
            2
        }
        7 => {
            look(iommu.set_stall_limits(StallLimits {
                transactions: input.byte(),
                timeout_ticks: input.word() as u16,
            }));
            look(iommu.stall_limits());
            2
        }
        8 => {
            look(iommu.set_walk_attributes(WalkAttributes {
                cache: input.byte(),
                user: input.byte(),
            }));
            1
        }
        9 => {
            look(iommu.restore());
            IDS + RESET + 2 + STREAMS + 1
        }
        _ => {
            look(iommu.route(stream));
            0
        }
    };
    within(window, most, &format!("global call {which}"));
}

fn call_context(window: &Window, context: &Context, input: &mut Input<'_>) {
    let stream = StreamId::new(input.below(20) as u16);
    let at = Iova::new(0x4000_0000 + (input.below(64) << 12));
    let which = input.below(16);
    let most = match which {
        0 => {
            look(context.attach(stream));
            most(1, 3)
        }
        1 => {
            look(context.detach(stream));
            most(1, 4)
        }
        2 => {
            let part = PhysPart {
                start: PhysAddr::new(0x8000_0000),
                size: (1 + input.below(40)) << 12,
            };
            look(context.map(at, &[part], Attributes::default()));
            2 * RETIRE
        }
        3 => {
            look(context.unmap(at, (1 + input.below(40)) << 12));
            2 * RETIRE
        }
        4 => {
            look(context.split(at));
            3 * RETIRE
        }
        5 => {
            look(context.activate());
            STOP + START + STOP
        }
        6 => {
            look(context.deactivate());
            STOP
        }
        7 => {
            let scope = match input.below(5) {
                0 => Scope::Context,
                1 => Scope::Asid,
                2 => Scope::Address(at),
                3 => Scope::AddressAllAsids(at),
                _ => Scope::Range(Iova::new(input.edge()), input.edge()),
            };
            look(context.invalidate(scope));
            most(1, 2)
        }
        8 => {
            let access = if input.flag() {
                Access::READ
            } else {
                Access::WRITE
            };
            let found = context.probe_address(at, access);
            if let Ok(found) = found {
                let offset = found.page.bytes() - 1;
                assert_eq!(found.phys.get() & offset, at.get() & offset);
            }
            most(2, 2)
        }
        9 => {
            look(context.preload(at, input.flag()));
            most(2, 2)
        }
        10 => {
            let fault = context.take_fault();
            if let Ok(Some(fault)) = fault {
                assert_eq!(fault.first.context, Some(context.bank()));
            }
            6
        }
        11 => {
            look(context.stalled());
            look(context.resume(None, Resume::Retry));
            2
        }
        12 => {
            look(context.set_stall(input.flag()));
            1
        }
        13 => {
            look(context.hold());
            // Limits and bank, and both put back.
            4
        }
        14 => {
            look(context.release());
            // Up to 31 records that are outdated: COUNT has 5 bits.
            most(1, 1 + 1 + 31 * RECORD + 1 + 6 + 3)
        }
        _ => {
            look(context.restore());
            STOP + START + STOP
        }
    };
    within(window, most, &format!("context call {which}"));
}

/// The device has been reset, and is honest from now on: everything can be used.
fn recover(window: &Window, iommu: &Device, contexts: &[Context]) {
    let restored = iommu.restore();
    assert_eq!(restored, Ok(()));
    for context in contexts {
        for _ in 0..MOST_CALLS {
            assert_eq!(context.release(), Ok(()));
        }
        assert_eq!(context.restore(), Ok(()));
        assert_eq!(context.deactivate().map(drop), Ok(()));
        for stream in context.streams() {
            assert_eq!(context.detach(stream), Ok(()));
        }
    }
    for (number, context) in contexts.iter().enumerate() {
        let stream = StreamId::new(number as u16);
        if u32::from(stream.get()) >= iommu.features().streams {
            continue;
        }
        look(iommu.terminate(stream));
        assert_eq!(context.attach(stream), Ok(()));
        assert_eq!(context.activate(), Ok(()));
        let part = PhysPart {
            start: PhysAddr::new(0x8000_0000),
            size: 0x3000,
        };
        let at = Iova::new(0xC000_0000);
        assert_eq!(context.map(at, &[part], Attributes::default()), Ok(()));
        let found = context.walk(Iova::new(0xC000_2FFF)).map(|found| found.phys);
        assert_eq!(found, Ok(PhysAddr::new(0x8000_2FFF)));
        // The stream goes to the bank, which translates by the table.
        assert_eq!(iommu.route(stream), Ok(Route::Context(context.bank())));
        let bank = u32::from(context.bank());
        let route = window.get(global::BLOCK.at(0) + global::S2CR.offset + 4 * number as u32);
        assert_eq!(route, bank);
        let register = |offset| window.get(context::BLOCK.at(bank) + offset);
        assert_eq!(register(context::SCTLR.offset) & 1, 1);
        assert_eq!(register(context::TTBR0.offset), context.table_base().get());
        assert_eq!(context.unmap(at, 0x3000).map(drop), Ok(()));
        assert_eq!(context.deactivate().map(drop), Ok(()));
        assert_eq!(register(context::SCTLR.offset) & 1, 0);
    }
}
