//! The processor's own MMU, emulated, has the last word on the page tables: a Cortex-A9, the hardware, and
//! the golden model translate the same, by the very same bytes in memory.
//!
//! `make setup-arm` gets what this needs; without it, these tests say so and do nothing.
#![cfg(target_os = "linux")]

mod cortex;
mod migration;

use anyhow::Result;
use cortex::{Cortex, PROGRAM, Par};
use vcm::addr::{Iova, PhysAddr};
use vcm::iommu::{Access as Lookup, ContextConfig, LookupError};
use vcm::mmu::{Attributes, MemoryType, Mmu, MmuError, PhysPart};
use vcm_regs::context::{Dacr, Sctlr, V2ppr, V2ppw, V2pur, V2puw};
use vcm_regs::descriptor::{SectionDescriptor, ap};
use vcm_sim::golden::{
    Access, BusFault, Context, DomainAccess, Fault, FirstLevel, Level, domain_access, first_level,
    translate,
};
use vcm_sim::platform::{Config, Platform};
use vcm_tests::arm::memory;
use vcm_tests::bench::{Bench, cosimulate, quick};
use vcm_tests::soc::{Soc, SocContext};
use vcm_tests::tables::{Page, Size, Tables};

const MIB: u32 = 1 << 20;

/// The four accesses, in the order of [`Cortex::ask`].
const ACCESSES: [(bool, bool); 4] = [(true, false), (true, true), (false, false), (false, true)];

fn access(iova: u32, (privileged, write): (bool, bool)) -> Access {
    Access {
        iova,
        write,
        privileged,
        instruction: false,
    }
}

/// Where the golden model finds a page, or the status of the fault.
fn golden(platform: &Platform, context: &Context, access: Access) -> Result<u32, Fault> {
    let door = platform.back_door();
    let mut memory = |pa| door.read32(PhysAddr::new(pa)).map_err(|_| BusFault);
    let found = translate(context, access, &mut memory)?;
    Ok(found.pa & !0xFFF)
}

/// What the emulator makes of it. It differs from the architecture's pseudocode (DDI 0406C B3.19.2 and
/// following) where several things are wrong at the same time: it looks at the domain before the
/// second-level descriptor and before the access flag, and at no access flag where the domain is a manager's.
fn emulated(platform: &Platform, context: &Context, access: Access) -> Result<u32, Fault> {
    let door = platform.back_door();
    let read = |at| door.read32(PhysAddr::new(at)).unwrap_or(0);
    let (domain, level) = match first_level(read(context.first_level_address(access.iova))) {
        FirstLevel::Invalid => return Err(Fault::Translation(Level::First)),
        FirstLevel::Leaf(leaf) => (leaf.domain, Level::First),
        FirstLevel::Table { domain, .. } => (domain, Level::Second),
    };
    match domain_access(context.dacr, domain) {
        DomainAccess::Denied => Err(Fault::Domain(level)),
        DomainAccess::Client => golden(platform, context, access),
        DomainAccess::Manager => {
            let without = Context {
                access_flag: false,
                ..*context
            };
            golden(platform, &without, access)
        }
    }
}

/// Compares what the processor says with the model.
fn compare(
    platform: &Platform,
    context: &Context,
    addresses: &[u32],
    answers: &[[Par; 4]],
) -> Result<Tally> {
    let mut tally = Tally::default();
    for (&at, pars) in addresses.iter().zip(answers) {
        for (par, kind) in pars.iter().zip(ACCESSES) {
            let access = access(at, kind);
            let expected = emulated(platform, context, access);
            let status = expected.map_err(Fault::status);
            assert_eq!(par.decode(at), status, "{access:x?}, PAR {:#010x}", par.0);
            tally.count(expected);
        }
    }
    Ok(tally)
}

/// What there was to compare.
#[derive(Debug, Default)]
struct Tally {
    found: u32,
    faults: std::collections::BTreeMap<u32, u32>,
}

impl Tally {
    fn count(&mut self, result: Result<u32, Fault>) {
        match result {
            Ok(_) => self.found += 1,
            Err(fault) => *self.faults.entry(fault.status()).or_default() += 1,
        }
    }

    #[track_caller]
    fn has(&self, found: u32, faults: &[Fault]) {
        assert!(self.found >= found, "{self:?}");
        for fault in faults {
            let seen = self.faults.get(&fault.status()).copied().unwrap_or(0);
            assert!(seen > 0, "no {fault}: {self:?}");
        }
    }
}

/// Addresses at and around the ends of what is mapped, in the midst of it, and anywhere.
fn addresses(rng: &mut fastrand::Rng, mapped: &[(u32, u32)], count: usize) -> Vec<u32> {
    let mut at = || {
        let (start, size) = mapped[rng.usize(..mapped.len())];
        match rng.u8(..8) {
            0 => start,
            1 => start.wrapping_add(size),
            2 => start.wrapping_sub(1),
            3 => start + (size - 1),
            4 => rng.u32(..),
            _ => start + rng.u32(..size),
        }
    };
    (0..count).map(|_| at()).collect()
}

fn random_attributes(rng: &mut fastrand::Rng) -> Attributes {
    let memory = [
        MemoryType::StronglyOrdered,
        MemoryType::Device,
        MemoryType::NonCacheable,
        MemoryType::WriteThrough,
        MemoryType::WriteBack,
    ];
    let read = rng.u8(..8) > 0;
    Attributes {
        read,
        write: read && rng.bool(),
        execute: rng.bool(),
        user: rng.bool(),
        memory: memory[rng.usize(..memory.len())],
        ..Attributes::default()
    }
}

/// Memory that the driver maps by pages of all sizes, at addresses that suit them or not.
fn random_mapping(rng: &mut fastrand::Rng) -> (u32, PhysPart) {
    let sizes = Size::ALL.map(Size::bytes);
    let size = sizes[rng.usize(..4)];
    let size = if size < 16 * MIB {
        size * rng.u32(1..20)
    } else {
        2 * size
    };
    let align = sizes[rng.usize(..4)];
    let at = 0x8000_0000 + rng.u32(..128 * MIB / align) * align;
    let start = rng.u32(..0xC000_0000 / align) * align;
    let start = PhysAddr::new(start);
    (at, PhysPart { start, size })
}

/// Maps the MiB that the program lies in, one to one.
fn map_program(context: &SocContext) -> Result<()> {
    let program = PhysPart {
        start: PhysAddr::new(PROGRAM),
        size: MIB,
    };
    let own = Attributes {
        execute: true,
        ..Attributes::default()
    };
    Ok(context.map(Iova::new(PROGRAM), &[program], own)?)
}

/// What the hardware says, by the driver.
fn hardware(context: &SocContext, access: Access) -> Result<Option<u32>> {
    let lookup = Lookup {
        write: access.write,
        privileged: access.privileged,
    };
    match context.probe_address(Iova::new(access.iova), lookup) {
        Ok(found) => Ok(Some(found.phys.get() & !0xFFF)),
        Err(LookupError::Fault(_)) => Ok(None),
        Err(LookupError::Iommu(e)) => Err(e.into()),
    }
}

#[test]
fn a_cortex_a9_translates_by_the_tables_of_the_driver_as_the_hardware_does() -> Result<()> {
    let Some(cortex) = Cortex::find()? else {
        return Ok(());
    };
    for seed in 0..3 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let soc = Soc::with(memory(Config::default()))?;
        let context = soc.iommu.context(ContextConfig::default())?;
        map_program(&context)?;
        let mut mapped = vec![];
        for _ in 0..60 {
            let (at, part) = random_mapping(&mut rng);
            match context.map(Iova::new(at), &[part], random_attributes(&mut rng)) {
                Ok(()) => mapped.push((at, part.size)),
                Err(MmuError::Overlap { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        // Some are gone again, and leave holes.
        for _ in 0..mapped.len() / 4 {
            let (at, size) = mapped[rng.usize(..mapped.len())];
            let from = rng.u32(..size / 0x1000) * 0x1000;
            let _quiet = context.unmap(Iova::new(at + from), (size - from).min(MIB));
        }
        context.activate()?;
        let registers = Context {
            enabled: true,
            ttbr0: context.table_base().get(),
            dacr: 1,
            ..Context::default()
        };
        let asked = addresses(&mut rng, &mapped, 4000);
        let answers = cortex.ask(&soc.platform, &registers, &asked)?;
        let tally = compare(&soc.platform, &registers, &asked, &answers)?;
        tally.has(
            2000,
            &[
                Fault::Translation(Level::First),
                Fault::Translation(Level::Second),
                Fault::Permission(Level::First),
                Fault::Permission(Level::Second),
            ],
        );
        for (&at, pars) in asked.iter().zip(&answers).take(300) {
            for (par, kind) in pars.iter().zip(ACCESSES) {
                let found = hardware(&context, access(at, kind))?;
                assert_eq!(par.decode(at).ok(), found, "{:x?}", access(at, kind));
            }
        }
        drop(context);
        soc.finish([])?;
    }
    Ok(())
}

/// Whether something is mapped there already. To map over a part of a large page or of a supersection
/// would leave it with fewer words than the architecture demands, and what is then in a TLB is open.
fn is_free(mapped: &[(u32, u32)], at: u32, size: u32) -> bool {
    let apart = |&(start, bytes): &(u32, u32)| at + size <= start || start + bytes <= at;
    mapped.iter().all(apart)
}

/// Tables with all kinds of descriptors, sensible or not.
fn random_tables(bench: &Bench, rng: &mut fastrand::Rng) -> Result<(Tables, Vec<(u32, u32)>)> {
    let mut tables = bench.context(0)?;
    let mut mapped = vec![];
    for _ in 0..200 {
        let size = Size::ALL[rng.usize(..4)];
        let bytes = size.bytes();
        let page = Page {
            ap: rng.u32(..8),
            xn: rng.bool(),
            ng: rng.bool(),
            domain: rng.u32(..16),
            memory: rng.u32(..32),
            ..Page::new(
                size,
                0x8000_0000 + rng.u32(..256 * MIB / bytes) * bytes,
                rng.u32(..=u32::MAX / bytes) * bytes,
            )
        };
        if is_free(&mapped, page.iova, bytes) {
            tables.map(page)?;
            mapped.push((page.iova, bytes));
        }
    }
    // Any word that is complete by itself, and no table, which might lie where there is no memory.
    for _ in 0..200 {
        let at = 0x8000_0000 + rng.u32(..256 * MIB / 0x1000) * 0x1000;
        let word = rng.u32(..) & !0b11;
        if tables.second_at(at).is_ok() {
            if is_free(&mapped, at, 0x1000) {
                tables.set_second(at, word | [0, 2, 3][rng.usize(..3)])?;
                mapped.push((at, 0x1000));
            }
        } else if is_free(&mapped, at & !(MIB - 1), MIB) {
            let section = word & !SectionDescriptor::SUPER.mask();
            tables.set_first(at, section | [0, 2, 3][rng.usize(..3)])?;
            mapped.push((at & !(MIB - 1), MIB));
        }
    }
    tables.map(Page {
        ap: ap::RW,
        ..Page::new(Size::Section, PROGRAM, PROGRAM)
    })?;
    Ok((tables, mapped))
}

fn any_tables(cortex: &Cortex, seed: u64, access_flag: bool) -> Result<()> {
    cosimulate(memory(quick()), |bench| {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (tables, mapped) = random_tables(bench, &mut rng)?;
        // The program is of domain 0, a client's.
        let registers = Context {
            enabled: true,
            access_flag,
            ttbr0: tables.base(),
            dacr: rng.u32(..) & !0b11 | 0b01,
            ..Context::default()
        };
        bench.set_bank(0, Dacr::from_bits(registers.dacr))?;
        let control = Sctlr::default()
            .with(Sctlr::M, 1)
            .with(Sctlr::AFE, access_flag.into());
        bench.set_bank(0, control)?;
        bench.invalidate(0)?;

        let asked = addresses(&mut rng, &mapped, 4000);
        let answers = cortex.ask(&bench.platform, &registers, &asked)?;
        let tally = compare(&bench.platform, &registers, &asked, &answers)?;
        let mut faults = vec![
            Fault::Translation(Level::First),
            Fault::Translation(Level::Second),
            Fault::Domain(Level::First),
            Fault::Domain(Level::Second),
            Fault::Permission(Level::First),
            Fault::Permission(Level::Second),
        ];
        if access_flag {
            faults.extend([Level::First, Level::Second].map(Fault::AccessFlag));
        }
        tally.has(1000, &faults);
        for &at in asked.iter().take(250) {
            for (par, kind) in all_four(bench, at)?.into_iter().zip(ACCESSES) {
                let expected = golden(&bench.platform, &registers, access(at, kind));
                assert_eq!(par, expected.map_err(Fault::status), "{at:#x} {kind:?}");
            }
        }
        Ok(())
    })
}

/// What the hardware says, by its commands.
fn all_four(bench: &Bench, at: u32) -> Result<[Result<u32, u32>; 4]> {
    use vcm_regs::context::Par;
    let page = at >> 12;
    let pars = [
        bench.probe(0, V2ppr::default().with(V2ppr::VA, page))?,
        bench.probe(0, V2ppw::default().with(V2ppw::VA, page))?,
        bench.probe(0, V2pur::default().with(V2pur::VA, page))?,
        bench.probe(0, V2puw::default().with(V2puw::VA, page))?,
    ];
    Ok(pars.map(|par| match par.has(Par::F) {
        true => Err(par.get(Par::FS)),
        false => Ok(par.get(Par::PA) << 12),
    }))
}

#[test]
fn a_cortex_a9_translates_by_any_tables_as_the_model_and_the_hardware_do() -> Result<()> {
    let Some(cortex) = Cortex::find()? else {
        return Ok(());
    };
    for seed in 0..3 {
        any_tables(&cortex, seed, false)?;
        any_tables(&cortex, seed, true)?;
    }
    Ok(())
}
