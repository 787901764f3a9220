//! Three devices that nobody should have to trust: one that answers garbage, one that never finishes, and one whose
//! faults never end. Each is reported, within a bounded time, and forgotten when it behaves again.

use std::time::Duration;

use vcm::addr::{Iova, PhysAddr};
use vcm::iommu::{Config, ContextConfig, Iommu, IommuContext, Scope, StreamId};
use vcm::mmu::{Attributes, Mmu, PhysPart};
use vcm::seam::Clock;
use vcm_attack::memory::Memory;
use vcm_attack::registers::{Manner, TICK, Window};

const TIMEOUT: Duration = Duration::from_micros(100);
/// The clock ticks when it is asked: how long a call that waits once takes at most.
const ONE_WAIT: Duration = Duration::from_micros(100 + 3 * TICK.as_micros() as u64);

type Context = IommuContext<Window, Memory, Window>;

/// An IOMMU that was honest until it had a context with a stream.
struct Bench {
    window: Window,
    iommu: Iommu<Window, Memory, Window>,
    context: Context,
}

fn bench() -> Bench {
    let window = Window::new(Manner::Honest);
    let config = Config {
        sync_timeout: TIMEOUT,
    };
    let clock = window.clone();
    let iommu = Iommu::probe(window.clone(), Memory::new(1 << 20), clock, config)
        .expect("an honest device is probed");
    let context = iommu
        .context(ContextConfig::default())
        .expect("a bank is free");
    context.attach(StreamId::new(1)).expect("a stream is free");
    context.activate().expect("an honest device obeys");
    Bench {
        window,
        iommu,
        context,
    }
}

impl Bench {
    /// How much time goes by during a call.
    fn time<T>(&self, call: impl FnOnce() -> T) -> (T, Duration) {
        let begun = self.window.now();
        let result = call();
        (result, self.window.now() - begun)
    }

    /// After a reset the context maps and unmaps again, with its stream.
    fn is_usable(&self) {
        self.window.behave(Manner::Honest);
        self.iommu.restore().expect("an honest device is restored");
        self.context.release().expect("nothing is held");
        self.context.restore().expect("its bank is written again");
        let part = PhysPart {
            start: PhysAddr::new(0x8000_0000),
            size: 0x2000,
        };
        let at = Iova::new(0x4000_0000);
        self.context
            .map(at, &[part], Attributes::default())
            .expect("maps");
        let found = self.context.walk(Iova::new(0x4000_1004));
        assert_eq!(found.map(|w| w.phys), Ok(PhysAddr::new(0x8000_1004)));
        self.context.unmap(at, 0x2000).map(drop).expect("unmaps");
    }
}

#[test]
fn a_device_that_never_finishes_is_reported_when_its_time_is_over() {
    let bench = bench();
    // Every busy bit is set.
    bench.window.behave(Manner::Ones);
    let (result, took) = bench.time(|| bench.context.invalidate(Scope::Context));
    let error = result.expect_err("it has not confirmed").to_string();
    assert!(!error.is_empty());
    assert!(took >= TIMEOUT && took <= ONE_WAIT, "{took:?}");
    let (result, took) = bench.time(|| bench.iommu.invalidate_all());
    result.expect_err("it has not confirmed");
    assert!(took <= ONE_WAIT, "{took:?}");
    bench.is_usable();
}

#[test]
fn a_fault_storm_is_drained_up_to_the_depth_of_the_queue_and_told_as_lossy() {
    let bench = bench();
    // A queue that is full however much is taken out, and has overflowed.
    bench.window.behave(Manner::Ones);
    let mut records = Vec::new();
    for _ in 0..50 {
        records.clear();
        bench.window.take_accesses();
        let drained = bench.iommu.drain_faults(&mut records).expect("is read");
        assert_eq!(drained.records, records.len());
        assert!((1..=255).contains(&records.len()), "{}", records.len());
        assert!(drained.overflowed, "what was lost is not told");
        assert!(bench.window.take_accesses() <= 2 * 255 * 4 + 2);
    }
    bench.is_usable();
}

#[test]
fn garbage_and_refusals_are_survived_by_every_call_of_a_context() {
    for seed in 0..200 {
        let bench = bench();
        bench.window.behave(match seed % 2 {
            0 => Manner::Noise(seed),
            _ => Manner::Refused,
        });
        let part = PhysPart {
            start: PhysAddr::new(0x9000_0000),
            size: 0x1000,
        };
        let at = Iova::new(0x5000_0000);
        let (_, took) = bench.time(|| {
            let _ = bench.context.map(at, &[part], Attributes::default());
            let _ = bench.context.unmap(at, 0x1000);
            let _ = bench.context.take_fault();
            let _ = bench.context.invalidate(Scope::Asid);
            let _ = bench.context.deactivate();
        });
        // Each of five calls waits once or twice.
        assert!(took <= ONE_WAIT * 10, "seed {seed}: {took:?}");
        bench.is_usable();
    }
}
