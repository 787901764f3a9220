//! A machine with contexts of every kind.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::time::Duration;

use super::ledger::{Has, Ledger};
use super::moves::Copies;
use super::sources::{Addresses, LAND, LAND_SIZE, Pool};
use crate::addr::Iova;
use crate::iommu::{Config, ContextConfig, Iommu, IommuContext, StreamId};
use crate::mock::Platform;
use crate::vcm::driver::Driver;
use crate::vcm::raw::System;
use crate::vcm::{Misuse, Region, VcmId};
use crate::wrap::{MmuGate, OneToOne, VcmMmu};

pub(super) type Context = IommuContext<Arc<Platform>, Arc<Platform>, Arc<Platform>>;

/// How many contexts there are.
pub(super) const CONTEXTS: usize = 6;

/// What a context is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Behind the IOMMU, by the MMU wrapper.
    Translated,
    /// By the one-to-one wrapper.
    Direct,
    /// By a driver of its own, with everything but `map`.
    AllocAndBind,
    /// By a driver of its own, with `phys` and `map`.
    PhysAndMap,
}

/// The context behind the IOMMU that has the last addresses of all.
const SECOND: usize = 1;
/// The one-to-one context whose masters are let through by the IOMMU.
pub(super) const GATED: usize = 2;
/// The one-to-one context without a gate: it reaches only some of the memory.
pub(super) const UNGATED: usize = 3;

pub(super) const fn kind(vcm: usize) -> Kind {
    match vcm {
        0 | SECOND => Kind::Translated,
        GATED | UNGATED => Kind::Direct,
        4 => Kind::AllocAndBind,
        _ => Kind::PhysAndMap,
    }
}

/// The addresses of a context.
pub(super) const fn space(vcm: usize) -> Region {
    match vcm {
        SECOND => Region::new(Iova::new(0xFE00_0000), 32 << 20),
        GATED => Region::new(Iova::new(LAND), LAND_SIZE),
        UNGATED => Region::new(Iova::new(LAND), LAND_SIZE / 2),
        _ => Region::new(Iova::new(0x4000_0000), 32 << 20),
    }
}

pub(super) struct Machine {
    pub(super) system: System,
    pub(super) contexts: [VcmId; CONTEXTS],
    /// Of the contexts that are not one-to-one.
    pub(super) addresses: [Addresses; CONTEXTS],
    pub(super) ledgers: [Ledger; 2],
    pub(super) pool: Pool,
    /// Of the contexts behind the IOMMU: stream and bank have the context's number.
    pub(super) mmus: [Arc<Context>; 3],
    pub(super) platform: Arc<Platform>,
    pub(super) copies: Copies,
}

impl Machine {
    pub(super) fn new() -> Self {
        let platform = Arc::new(Platform::new(0x4_0000));
        let config = Config {
            sync_timeout: Duration::from_micros(500),
        };
        let seam = || Arc::clone(&platform);
        let iommu = Iommu::probe(seam(), seam(), seam(), config).unwrap();
        let mmus = [0, 1, 2].map(|n| {
            let context = iommu.context(ContextConfig {
                one_to_one: n == GATED,
                ..ContextConfig::default()
            });
            let context = context.unwrap();
            context.attach(StreamId::new(n as u16)).unwrap();
            assert_eq!(usize::from(context.bank()), n);
            Arc::new(context)
        });
        let pool = Pool::new();
        let addresses = core::array::from_fn(|vcm| Addresses::new(space(vcm)));
        let ledger = |has, vcm: usize| {
            let addresses: &[Addresses; CONTEXTS] = &addresses;
            Ledger::new(has, pool.clone(), addresses[vcm].clone())
        };
        let ledgers = [ledger(Has::AllocAndBind, 4), ledger(Has::PhysAndMap, 5)];
        // What the RFC calls misuse, but a handle that was dropped, cannot come of these calls.
        let system = System::with_sink(|misuse: &Misuse| {
            assert!(!matches!(misuse, Misuse::DriverResult { .. }), "{misuse}");
        });
        let contexts = core::array::from_fn(|vcm| {
            let driver = driver(vcm, &mmus, &pool, &addresses, &ledgers);
            let space = space(vcm);
            system.create(space.start, space.size, driver).unwrap()
        });
        Self {
            system,
            contexts,
            addresses,
            ledgers,
            pool,
            mmus,
            copies: Copies::new(Arc::clone(&platform)),
            platform,
        }
    }

    /// Makes the context anew that was destroyed.
    pub(super) fn create(&mut self, vcm: usize) {
        let driver = driver(vcm, &self.mmus, &self.pool, &self.addresses, &self.ledgers);
        let space = space(vcm);
        let created = self.system.create(space.start, space.size, driver);
        self.contexts[vcm] = created.unwrap();
    }
}

fn driver(
    vcm: usize,
    mmus: &[Arc<Context>; 3],
    pool: &Pool,
    addresses: &[Addresses; CONTEXTS],
    ledgers: &[Ledger; 2],
) -> Box<dyn Driver + Send> {
    match vcm {
        0 | SECOND => {
            let mmu = Arc::clone(&mmus[vcm]);
            Box::new(VcmMmu::new(mmu, pool.clone(), addresses[vcm].clone()))
        }
        GATED => {
            let gate = MmuGate(Arc::clone(&mmus[vcm]));
            Box::new(OneToOne::with_gate(pool.clone(), space(vcm), gate))
        }
        UNGATED => Box::new(OneToOne::new(pool.clone(), space(vcm))),
        4 => Box::new(ledgers[0].clone()),
        _ => Box::new(ledgers[1].clone()),
    }
}
