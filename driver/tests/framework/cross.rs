//! From one context to another, from memory to contexts, and through a context.

use vcm::addr::{Iova, PhysAddr};
use vcm::fake::{Addresses, Iommu, Ram};
use vcm::raw::{Extent, Occupancy};
use vcm::wrap::{OneToOne, VcmMmu};
use vcm::{Error, Misuse, PhysId, ResFlags, System, Vcm};

use crate::probe::*;

const RAM: u32 = 0x1000_0000;
const LEN: u32 = 1 << 20;

struct Bench {
    system: System,
    ram: Ram,
    first: Vcm,
    second: Vcm,
    direct: Vcm,
}

fn bench() -> Bench {
    let system: System = System::with_sink(|misuse: &Misuse| panic!("{misuse}"));
    let ram = Ram::scattered(PhysAddr::new(RAM), LEN);
    let mapped = |start| {
        let space = region(start, SIZE);
        let driver = VcmMmu::new(Iommu::new(), ram.clone(), Addresses::new(space));
        system.create(space.start, space.size, Box::new(driver))
    };
    let (first, second) = (mapped(START), mapped(2 * START));
    let driver = OneToOne::new(ram.clone(), region(RAM, LEN));
    let direct = system.create(Iova::new(RAM), LEN, Box::new(driver));
    Bench {
        first: first.unwrap(),
        second: second.unwrap(),
        direct: direct.unwrap(),
        ram,
        system,
    }
}

fn after(start: Iova, bytes: u32) -> Iova {
    start.checked_add(bytes).unwrap()
}

#[test]
fn an_address_of_one_context_becomes_all_those_of_the_same_memory_in_another() {
    let b = bench();
    let owner = b.direct.make_binding(4 * PAGE, alloc(), res()).unwrap();
    let phys = owner.phys();
    let here = b.first.map(phys, res()).unwrap();
    let there = b.second.map(phys, res()).unwrap();
    let again = b.second.map(phys, res()).unwrap();
    let offset = 2 * PAGE + 5;
    let at = after(here.start(), offset);
    let mut expected = [after(there.start(), offset), after(again.start(), offset)];
    expected.sort_unstable();
    assert_eq!(b.first.translate_to(at, &b.second).unwrap(), expected);
    let direct = b.first.translate_to(at, &b.direct).unwrap();
    assert_eq!(direct, [after(owner.start(), offset)]);
    assert_eq!(b.first.translate_to(at, &b.first).unwrap(), [at]);
    drop(there);
    let left = b.direct.translate_to(direct[0], &b.second).unwrap();
    assert_eq!(left, [after(again.start(), offset)]);

    // Where nothing is bound there is nothing to translate.
    let reserved = b.first.reserve(PAGE, res()).unwrap();
    let none = b.first.translate_to(reserved.start(), &b.second);
    assert_eq!(none, Ok(vec![]));
    let elsewhere = bench();
    let error = b.first.translate_to(at, &elsewhere.second).unwrap_err();
    assert_eq!(error, Error::StaleContext(elsewhere.second.id()));
    // Whether or not anything is there.
    let (raw, to) = (b.system.raw(), b.second.id());
    drop((here, again));
    b.second.destroy().unwrap();
    for at in [at, reserved.start()] {
        let error = raw.translate_to(b.first.id(), at, to);
        assert_eq!(error, Err(Error::StaleContext(to)));
    }
}

#[test]
fn memory_knows_where_each_of_its_bytes_is_mapped() {
    let b = bench();
    let raw = b.system.raw();
    let binding = b.first.make_binding(3 * PAGE, alloc(), res()).unwrap();
    let other = b.second.map(binding.phys(), res()).unwrap();
    let phys = binding.phys().id();
    for (n, part) in binding.phys().parts().iter().enumerate() {
        let offset = n as u32 * PAGE + 0xABC;
        let found = raw.mappings_of(part.start.checked_add(0xABC).unwrap());
        let found: Vec<_> = found
            .into_iter()
            .map(|mapped| (mapped.vcm, mapped.at, mapped.reservation, mapped.phys))
            .collect();
        let expected = [
            (
                b.first.id(),
                after(binding.start(), offset),
                binding.id(),
                phys,
            ),
            (
                b.second.id(),
                after(other.start(), offset),
                other.id(),
                phys,
            ),
        ];
        assert_eq!(found, expected);
    }
    assert_eq!(raw.mappings_of(PhysAddr::new(RAM + LEN)), []);
    let page = binding.phys().parts()[0].start;
    drop((binding, other));
    assert_eq!(raw.mappings_of(page), []);
    assert_eq!(b.ram.used(), 0);
}

#[test]
fn bindings_of_memory_follow_every_bind_and_unbind() {
    let b = bench();
    let raw = b.system.raw();
    let phys = b.first.alloc(PAGE, alloc()).unwrap();
    let bindings = |phys: PhysId| raw.bindings(phys).unwrap();
    assert_eq!(bindings(phys.id()), []);
    let first = b.first.map(&phys, res()).unwrap();
    let second = b.second.reserve(PAGE, res()).unwrap().bind(&phys).unwrap();
    let mut expected = vec![first.id(), second.id()];
    expected.sort_unstable();
    assert_eq!(bindings(phys.id()), expected);
    let (reservation, _) = first.unbind().unwrap();
    assert_eq!(bindings(phys.id()), [second.id()]);
    let first = reservation.bind(&phys).unwrap();
    assert_eq!(bindings(phys.id()), expected);
    drop((first, second));
    assert_eq!(bindings(phys.id()), []);
}

#[test]
fn a_context_is_walked_from_reservations_to_parts_and_what_is_not_bound() {
    let b = bench();
    let flags = ResFlags {
        at: Some(after(b.first.space().start, 8 * PAGE)),
        ..res()
    };
    let reservation = b.first.reserve(4 * PAGE, flags).unwrap();
    let id = reservation.id();
    let phys = b.first.alloc(2 * PAGE, alloc()).unwrap();
    let binding = reservation.bind(&phys).unwrap();
    let empty = b.first.reserve(PAGE, res()).unwrap();
    let start = binding.start().get();
    let extent = |reservation, start, size, phys| Extent {
        reservation,
        region: region(start, size),
        phys,
    };
    let frame = |n: usize| Some(phys.parts()[n].start);
    let expected = [
        extent(empty.id(), empty.start().get(), PAGE, None),
        extent(id, start, PAGE, frame(0)),
        extent(id, start + PAGE, PAGE, frame(1)),
        extent(id, start + 2 * PAGE, 2 * PAGE, None),
    ];
    assert_eq!(b.system.raw().extents(b.first.id()).unwrap(), expected);
    assert_eq!(b.system.raw().extents(b.second.id()), Ok(vec![]));
}

#[test]
fn occupancy_counts_addresses_once_and_finds_the_longest_gap() {
    let b = bench();
    let raw = b.system.raw();
    let of = |vcm: &Vcm| raw.occupancy(vcm.id()).unwrap();
    let empty = Occupancy {
        size: SIZE,
        reserved: 0,
        bound: 0,
        largest_free: SIZE,
    };
    assert_eq!(of(&b.first), empty);
    let at = |offset| ResFlags {
        at: Some(after(b.first.space().start, offset)),
        ..res()
    };
    let low = b.first.make_binding(PAGE, alloc(), at(PAGE)).unwrap();
    let high = b.first.reserve(2 * PAGE, at(SIZE - 2 * PAGE)).unwrap();
    let expected = Occupancy {
        size: SIZE,
        reserved: 3 * PAGE,
        bound: PAGE,
        largest_free: SIZE - 4 * PAGE,
    };
    assert_eq!(of(&b.first), expected);
    drop((low, high));
    assert_eq!(of(&b.first), empty);

    let once = b.direct.make_binding(2 * PAGE, alloc(), res()).unwrap();
    let twice = b.direct.map(once.phys(), res()).unwrap();
    let found = of(&b.direct);
    assert_eq!((found.reserved, found.bound), (2 * PAGE, 2 * PAGE));
    drop((once, twice));
}

#[test]
fn a_snapshot_has_every_context_reservation_and_memory() {
    let b = bench();
    let binding = b.first.make_binding(2 * PAGE, alloc(), res()).unwrap();
    let other = b.second.map(binding.phys(), res()).unwrap();
    let snapshot = b.system.raw().snapshot().unwrap();
    let contexts: Vec<_> = snapshot.contexts.iter().map(|context| context.id).collect();
    assert_eq!(contexts, [b.first.id(), b.second.id(), b.direct.id()]);
    let reservations: Vec<_> = snapshot
        .contexts
        .iter()
        .flat_map(|context| &context.reservations)
        .map(|reservation| (reservation.id, reservation.info.phys))
        .collect();
    let phys = Some(binding.phys().id());
    assert_eq!(reservations, [(binding.id(), phys), (other.id(), phys)]);
    assert_eq!(snapshot.memories.len(), 1);
    assert_eq!(snapshot.memories[0].info.bindings, 2);
}
