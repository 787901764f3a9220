//! Every call of the framework on the hardware, in both layers: what it does is seen by DMA.

use anyhow::{Context as _, Result};
use vcm::addr::Iova;
use vcm::dma::{DmaError, End, Response};
use vcm::{AllocFlags, Binding, Error, Phys, Region, ResFlags, Where};
use vcm_tests::soc::{SPACE_START, Soc, Space, noise};

const ALLOC: AllocFlags = AllocFlags {
    contiguous: false,
    align: 0,
    max_page: 0,
};

fn anywhere() -> ResFlags {
    ResFlags::default()
}

fn at(address: u32) -> ResFlags {
    ResFlags {
        at: Some(Iova::new(address)),
        ..ResFlags::default()
    }
}

/// A board with one active space, and a buffer in it that DMA reads its data from.
struct Bench {
    soc: Soc,
    space: Space,
    source: Binding,
    data: Vec<u8>,
}

const SIZE: u32 = 0x3000;

impl Bench {
    fn new() -> Result<Self> {
        let soc = Soc::new()?;
        let space = soc.scattered_space(&[0], 1)?;
        let source = soc.bind(&space, SIZE)?;
        let data = noise(2, SIZE);
        soc.write(source.phys(), 0, &data)?;
        Ok(Self {
            soc,
            space,
            source,
            data,
        })
    }

    /// DMA to `to` brings the data into `memory`.
    #[track_caller]
    fn reaches(&self, to: Iova, memory: &Phys) {
        self.soc.write(memory, 0, &[0; SIZE as usize]).unwrap();
        let copied = self.soc.copy(0, self.source.start(), to, SIZE);
        assert_eq!(copied, Ok(SIZE));
        let seen = self.soc.read(memory, 0, SIZE).unwrap();
        assert!(seen == self.data, "the data has not arrived");
    }

    /// DMA to `to` fails, and changes nothing in `memory`.
    #[track_caller]
    fn does_not_reach(&self, to: Iova, memory: &Phys) {
        let before = noise(3, SIZE);
        self.soc.write(memory, 0, &before).unwrap();
        let error = self.soc.copy(0, self.source.start(), to, SIZE).unwrap_err();
        let DmaError::Transfer { end, at, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((end, at), (End::Destination, to));
        let seen = self.soc.read(memory, 0, SIZE).unwrap();
        assert!(seen == before, "memory has changed");
        assert!(!self.soc.faults().unwrap().is_empty(), "no fault record");
    }

    /// DMA gets nowhere, as the stream is terminated; `memory` stays as it is.
    #[track_caller]
    fn is_stopped(&self, to: Iova, memory: &Phys) {
        let before = noise(4, SIZE);
        self.soc.write(memory, 0, &before).unwrap();
        let error = self.soc.copy(0, self.source.start(), to, SIZE).unwrap_err();
        let expected = DmaError::Transfer {
            end: End::Source,
            at: self.source.start(),
            response: Response::DecodeError,
            copied: 0,
        };
        assert_eq!(error, expected);
        let seen = self.soc.read(memory, 0, SIZE).unwrap();
        assert!(seen == before, "memory has changed");
        assert!(!self.soc.faults().unwrap().is_empty(), "no fault record");
    }

    fn finish(self) -> Result<()> {
        self.source.destroy()?;
        self.soc.finish([self.space])
    }
}

#[test]
fn nothing_passes_before_activation_or_after_deactivation() -> Result<()> {
    let bench = Bench::new()?;
    let target = bench.soc.bind(&bench.space, SIZE)?;
    bench.is_stopped(target.start(), target.phys());
    let active = bench.space.vcm.activate()?;
    bench.reaches(target.start(), target.phys());
    active.deactivate()?;
    bench.is_stopped(target.start(), target.phys());
    let active = bench.space.vcm.activate()?;
    bench.reaches(target.start(), target.phys());
    active.deactivate()?;
    target.destroy()?;
    bench.finish()
}

#[test]
fn activations_are_counted() -> Result<()> {
    let bench = Bench::new()?;
    let target = bench.soc.bind(&bench.space, SIZE)?;
    let first = bench.space.vcm.activate()?;
    let second = bench.space.vcm.activate()?;
    let third = bench.space.vcm.activate()?;
    first.deactivate()?;
    bench.reaches(target.start(), target.phys());
    drop(third);
    bench.reaches(target.start(), target.phys());
    second.deactivate()?;
    bench.is_stopped(target.start(), target.phys());
    target.destroy()?;
    bench.finish()
}

#[test]
fn a_binding_made_and_destroyed_in_an_active_context() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let target = bench.soc.bind(&bench.space, SIZE - 5)?;
    assert_eq!(target.size(), SIZE, "rounded up to pages");
    let memory = target.phys().share()?;
    bench.reaches(target.start(), &memory);
    let at = target.start();
    target.destroy()?;
    bench.does_not_reach(at, &memory);
    memory.free()?;
    drop(active);
    bench.finish()
}

#[test]
fn a_binding_is_gone_from_the_hardware_when_its_handle_is_dropped() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let memory = bench.space.vcm.alloc(SIZE, ALLOC)?;
    let target = bench.space.vcm.map(&memory, anywhere())?;
    let at = target.start();
    bench.reaches(at, &memory);
    drop(target);
    bench.does_not_reach(at, &memory);
    drop((memory, active));
    bench.finish()
}

#[test]
fn memory_mapped_and_unmapped_in_an_active_context() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let memory = bench.space.vcm.alloc(SIZE, ALLOC)?;
    let target = bench.space.vcm.map(&memory, at(0x4700_3000))?;
    assert_eq!(target.start(), Iova::new(0x4700_3000));
    bench.reaches(target.start(), &memory);
    let at = target.start();
    drop(target.unmap()?);
    bench.does_not_reach(at, &memory);
    memory.free()?;
    drop(active);
    bench.finish()
}

#[test]
fn a_reservation_bound_unbound_and_bound_to_other_memory() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let reservation = bench.space.vcm.reserve(0x10_0000, anywhere())?;
    let one = bench.space.vcm.alloc(SIZE, ALLOC)?;
    let other = bench.space.vcm.alloc(SIZE, ALLOC)?;
    let start = reservation.start();
    bench.does_not_reach(start, &one);

    let target = reservation.bind(&one)?;
    bench.reaches(start, &one);
    let (reservation, phys) = target.unbind()?;
    assert_eq!(phys.id(), one.id());
    bench.does_not_reach(start, &one);

    let target = reservation.bind(&other)?;
    let untouched = noise(5, SIZE);
    bench.soc.write(&one, 0, &untouched)?;
    bench.reaches(start, &other);
    assert!(bench.soc.read(&one, 0, SIZE)? == untouched);
    let (reservation, _) = target.unbind()?;
    bench.does_not_reach(start, &other);
    reservation.unreserve()?;
    drop((phys, active));
    one.free()?;
    other.free()?;
    bench.finish()
}

#[test]
fn what_was_bound_before_activation_is_in_the_hardware_after_it_and_the_reverse() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = &bench.space.vcm;
    let before = bench.soc.bind(&bench.space, SIZE)?;
    let tables = bench.soc.tables(&bench.space)?;
    assert_eq!(tables.mapped(), [], "the tables of an inactive context");
    let active = vcm.activate()?;
    let during = bench.soc.bind(&bench.space, SIZE)?;
    bench.reaches(before.start(), before.phys());
    bench.reaches(during.start(), during.phys());
    let mapped = bench.soc.tables(&bench.space)?.mapped();
    assert_eq!(mapped.len(), 9, "three bindings of three pages");
    active.deactivate()?;
    assert_eq!(tables.mapped(), []);
    // Unbound and bound while inactive: the next activation knows.
    let gone = before.start();
    let memory = before.unmap()?;
    let active = vcm.activate()?;
    bench.does_not_reach(gone, &memory);
    bench.reaches(during.start(), during.phys());
    drop((active, memory));
    during.destroy()?;
    bench.finish()
}

#[test]
fn a_destroyed_context_leaves_nothing_in_the_hardware() -> Result<()> {
    let bench = Bench::new()?;
    let start = bench.source.start();
    let active = bench.space.vcm.activate()?;
    let target = bench.soc.bind(&bench.space, SIZE)?;
    bench.reaches(target.start(), target.phys());
    drop((active, target));
    let Bench {
        soc, space, source, ..
    } = bench;
    let failed = space.vcm.destroy().unwrap_err();
    assert!(matches!(
        failed.error,
        Error::ContextShared { others: 1, .. }
    ));
    source.destroy()?;
    failed.value.destroy()?;
    drop(space.mmu);
    let error = soc.copy(0, start, start, 16).unwrap_err();
    let response = Response::DecodeError;
    assert!(matches!(error, DmaError::Transfer { response: r, .. } if r == response));
    // Its bank and its stream can be used by another.
    let next = soc.space(&[0])?;
    let (from, to) = (soc.bind(&next, 16)?, soc.bind(&next, 16)?);
    let active = next.vcm.activate()?;
    assert_eq!(soc.copy(0, from.start(), to.start(), 16)?, 16);
    drop((active, from, to));
    soc.finish([next])
}

#[test]
fn the_raw_calls_do_the_same_on_identifiers() -> Result<()> {
    let bench = Bench::new()?;
    let raw = bench.soc.system.raw();
    let vcm = bench.space.vcm.id();
    let parts = |phys| Ok::<_, Error>(raw.phys(phys)?.parts);
    let fill = |phys, byte: u8| {
        bench
            .soc
            .write_parts(&parts(phys)?, 0, &[byte; SIZE as usize])
    };
    let arrived =
        |phys| -> Result<bool> { Ok(bench.soc.read_parts(&parts(phys)?, 0, SIZE)? == bench.data) };
    let copy = |to| bench.soc.copy(0, bench.source.start(), to, SIZE);
    let start = |reservation| Ok::<_, Error>(raw.reservation(reservation)?.region.start);

    // alloc, reserve, bind
    let phys = raw.alloc(vcm, SIZE, ALLOC)?;
    let reservation = raw.reserve(vcm, SIZE, anywhere())?;
    raw.bind(reservation, phys)?;
    assert_eq!(raw.bind(reservation, phys).unwrap_err().errno().code(), 114);
    fill(phys, 0)?;
    assert!(copy(start(reservation)?).is_err(), "before activation");
    raw.activate(vcm)?;
    raw.activate(vcm)?;
    copy(start(reservation)?)?;
    assert!(arrived(phys)?);

    // unbind, unreserve
    assert_eq!(raw.unbind(reservation)?, phys);
    fill(phys, 7)?;
    assert!(copy(start(reservation)?).is_err(), "after unbind");
    assert!(bench.soc.read_parts(&parts(phys)?, 0, SIZE)? == [7; SIZE as usize]);
    let gone = start(reservation)?;
    raw.unreserve(reservation)?;
    assert_eq!(raw.resolve(vcm, gone)?, Where::InSpace);

    // map, unmap
    let mapped = raw.map(vcm, phys, anywhere())?;
    copy(start(mapped)?)?;
    assert!(arrived(phys)?);
    let gone = start(mapped)?;
    raw.unmap(mapped)?;
    fill(phys, 9)?;
    assert!(copy(gone).is_err(), "after unmap");
    assert!(bench.soc.read_parts(&parts(phys)?, 0, SIZE)? == [9; SIZE as usize]);
    raw.free(phys)?;
    assert_eq!(raw.free(phys), Err(Error::StalePhys(phys)));

    // make_binding, destroy_binding
    let made = raw.make_binding(vcm, SIZE, ALLOC, anywhere())?;
    let phys = raw.reservation(made)?.phys.context("bound")?;
    fill(phys, 0)?;
    copy(start(made)?)?;
    assert!(arrived(phys)?);
    let gone = start(made)?;
    raw.destroy_binding(made)?;
    assert!(copy(gone).is_err(), "after destroy_binding");

    // deactivate, twice
    raw.deactivate(vcm)?;
    let made = raw.make_binding(vcm, SIZE, ALLOC, anywhere())?;
    copy(start(made)?)?;
    raw.deactivate(vcm)?;
    assert!(copy(start(made)?).is_err(), "after deactivation");
    raw.destroy_binding(made)?;
    bench.soc.faults()?;
    bench.finish()
}

#[test]
fn a_context_of_the_raw_layer_is_created_and_destroyed() -> Result<()> {
    use vcm::iommu::{ContextConfig, StreamId};
    use vcm::iova::IovaSpace;
    use vcm::wrap::VcmMmu;

    let soc = Soc::new()?;
    let raw = soc.system.raw();
    let (start, size) = (Iova::new(0xFFF0_0000), 0x10_0000);
    let mmu = soc.iommu.context(ContextConfig::default())?;
    mmu.attach(StreamId::new(2))?;
    let addresses = IovaSpace::new(start, size.into())?;
    let driver = VcmMmu::new(mmu, soc.frames.clone(), addresses);
    let vcm = raw.create(start, size, Box::new(driver))?;
    assert_eq!(raw.context(vcm)?.space, Region::new(start, size));
    raw.activate(vcm)?;
    // All of it, up to the very end of the address space.
    let all = raw.make_binding(vcm, size, ALLOC, anywhere())?;
    let phys = raw.reservation(all)?.phys.context("bound")?;
    let parts = raw.phys(phys)?.parts;
    let data = noise(1, 0x800);
    soc.write_parts(&parts, 0, &data)?;
    let last = Iova::new(0xFFFF_F800);
    assert_eq!(soc.copy(2, start, last, 0x800)?, 0x800);
    assert!(soc.read_parts(&parts, size - 0x800, 0x800)? == data);
    raw.destroy_binding(all)?;
    raw.deactivate(vcm)?;
    raw.destroy(vcm)?;
    assert_eq!(raw.destroy(vcm), Err(Error::StaleContext(vcm)));
    soc.finish([])
}

#[test]
fn a_context_that_is_full_says_so_and_goes_on() -> Result<()> {
    let bench = Bench::new()?;
    let vcm = &bench.space.vcm;
    let active = vcm.activate()?;
    let too_much = vcm.make_binding(0x800_0000, ALLOC, anywhere());
    assert!(matches!(
        too_much,
        Err(Error::OutOfMemory { size: 0x800_0000 })
    ));
    let too_long = vcm.reserve(0x1000_0000, anywhere());
    assert!(matches!(too_long, Err(Error::NoAddresses { .. })));
    let taken = vcm.reserve(0x1000, at(bench.source.start().get()));
    assert!(matches!(taken, Err(Error::AddressInUse(_))));
    let outside = vcm.reserve(0x1000, at(SPACE_START.get() - 0x1000));
    assert!(matches!(outside, Err(Error::BadAddress { .. })));
    let target = bench.soc.bind(&bench.space, SIZE)?;
    bench.reaches(target.start(), target.phys());
    drop((active, target));
    bench.finish()
}

#[test]
fn the_framework_holds_under_back_pressure() -> Result<()> {
    let soc = Soc::stressed(11)?;
    let space = soc.scattered_space(&[0], 1)?;
    let active = space.vcm.activate()?;
    for round in 0..3 {
        let (from, to) = (soc.bind(&space, SIZE)?, soc.bind(&space, SIZE)?);
        let data = noise(round, SIZE);
        soc.write(from.phys(), 0, &data)?;
        assert_eq!(soc.copy(0, from.start(), to.start(), SIZE)?, SIZE);
        assert!(soc.read(to.phys(), 0, SIZE)? == data);
        let at = to.start();
        to.destroy()?;
        assert!(soc.copy(0, from.start(), at, 64).is_err());
        from.destroy()?;
    }
    drop(active);
    soc.faults()?;
    soc.finish([space])
}
