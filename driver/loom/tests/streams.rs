//! Every order of a few threads' calls at one IOMMU: who has a stream, and whether it is let through.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use loom::thread;
use vcm_loom::addr::{Iova, PhysAddr};
use vcm_loom::iommu::{Config, ContextConfig, Iommu, IommuContext, IommuError, Route, StreamId};
use vcm_loom::mmu::{Attributes, Mmu, PhysPart};
use vcm_loom::seam::{Bus, BusError, Clock, MemError, PhysMem};
use vcm_regs::global::{self, IDR0, IDR1, IDR2, IDR3, IDR4, S2CR, S2cr, stream_type};

const STREAM: StreamId = StreamId::new(3);

/// Registers that remember, and memory that takes anything. Its locks are none of loom's: it is always
/// called behind one of the driver's.
#[derive(Default)]
struct Platform {
    registers: Mutex<BTreeMap<u32, u32>>,
    allocated: AtomicU32,
}

impl Platform {
    /// Whether the stream is translated by this bank.
    fn is_routed_to(&self, bank: u8) -> bool {
        let registers = self.registers.lock().unwrap();
        let at = global::BLOCK.at(0) + S2CR.offset + 4 * u32::from(STREAM.get());
        let route = S2cr::from_bits(registers[&at]);
        route.get(S2cr::TYPE) == stream_type::TRANSLATE && route.get(S2cr::CBNDX) == u32::from(bank)
    }
}

impl Bus for Platform {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let id = [
            (IDR0.offset, global::Idr0::default().bits()),
            (IDR1.offset, global::Idr1::default().bits()),
            (IDR2.offset, global::Idr2::default().bits()),
            (IDR3.offset, global::Idr3::default().bits()),
            (IDR4.offset, global::Idr4::default().bits()),
        ];
        let id = id.iter().find(|(at, _)| *at == offset);
        Ok(id.map_or(0, |(_, value)| *value))
    }
    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        self.registers.lock().unwrap().insert(offset, value);
        Ok(())
    }
}

impl PhysMem for Platform {
    fn allocate(&self, _: u32, align: u32) -> Option<PhysAddr> {
        let nth = self.allocated.fetch_add(1, Ordering::Relaxed);
        Some(PhysAddr::new(0x1000_0000 + nth * align))
    }
    fn free(&self, _: PhysAddr, _: u32) {}
    fn read(&self, _: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        into.fill(0);
        Ok(())
    }
    fn write(&self, _: PhysAddr, _: &[u8]) -> Result<(), MemError> {
        Ok(())
    }
    fn sync_for_device(&self, _: PhysAddr, _: u32) {}
    fn sync_for_cpu(&self, _: PhysAddr, _: u32) {}
}

impl Clock for Platform {
    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

type Seam = Arc<Platform>;
type Context = Arc<IommuContext<Seam, Seam, Seam>>;

fn every_order(test: impl Fn(Seam, Iommu<Seam, Seam, Seam>, [Context; 2]) + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.max_branches = 10_000;
    model.check(move || {
        let platform = Seam::default();
        let seam = || Arc::clone(&platform);
        let config = Config {
            sync_timeout: Duration::from_secs(1),
        };
        let iommu = Iommu::probe(seam(), seam(), seam(), config).unwrap();
        let context = || Arc::new(iommu.context(ContextConfig::default()).unwrap());
        let contexts = [context(), context()];
        test(seam(), iommu, contexts);
    });
}

#[test]
fn of_two_contexts_that_attach_a_stream_one_has_it() {
    every_order(|platform, iommu, contexts| {
        let threads = contexts.clone().map(|context| {
            thread::spawn(move || {
                context.activate().unwrap();
                context.attach(STREAM)
            })
        });
        let results = threads.map(|thread| thread.join().unwrap());
        let winner = results.iter().position(Result::is_ok).unwrap();
        let lost = results[1 - winner];
        let route = Route::Context(contexts[winner].bank());
        assert_eq!(
            lost,
            Err(IommuError::StreamInUse {
                stream: STREAM,
                route
            })
        );
        assert_eq!(iommu.route(STREAM), Ok(route));
        assert!(platform.is_routed_to(contexts[winner].bank()));
    });
}

#[test]
fn a_stream_attached_beside_an_activation_is_let_through() {
    every_order(|platform, _, [context, _]| {
        let other = Arc::clone(&context);
        let activating = thread::spawn(move || other.activate().unwrap());
        context.attach(STREAM).unwrap();
        activating.join().unwrap();
        assert!(platform.is_routed_to(context.bank()));
    });
}

#[test]
fn a_stream_attached_beside_a_deactivation_is_not() {
    every_order(|platform, _, [context, _]| {
        context.activate().unwrap();
        let other = Arc::clone(&context);
        let stopping = thread::spawn(move || other.deactivate().unwrap());
        context.attach(STREAM).unwrap();
        let _quiet = stopping.join().unwrap();
        assert!(!platform.is_routed_to(context.bank()));
        assert_eq!(context.streams(), [STREAM]);
    });
}

#[test]
fn a_stream_detached_beside_an_activation_is_not_let_through() {
    every_order(|platform, iommu, [context, _]| {
        context.attach(STREAM).unwrap();
        let other = Arc::clone(&context);
        let activating = thread::spawn(move || other.activate().unwrap());
        context.detach(STREAM).unwrap();
        activating.join().unwrap();
        assert!(!platform.is_routed_to(context.bank()));
        assert_eq!(iommu.route(STREAM), Ok(Route::Terminate));
    });
}

#[test]
fn of_two_that_map_the_same_place_one_does() {
    every_order(|_, _, [context, _]| {
        let map = |context: &Context, phys| {
            let part = PhysPart {
                start: PhysAddr::new(phys),
                size: 0x1000,
            };
            context.map(Iova::new(0x4000_0000), &[part], Attributes::default())
        };
        let other = Arc::clone(&context);
        let mapping = thread::spawn(move || map(&other, 0x8000_0000));
        let results = [map(&context, 0x9000_0000), mapping.join().unwrap()];
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        let _quiet = context.unmap(Iova::new(0x4000_0000), 0x1000).unwrap();
    });
}
