//! One piece of memory, seen through several contexts.

use std::sync::Arc;

use anyhow::Result;
use vcm::addr::{Iova, PhysAddr};
use vcm::dma::{DmaError, End};
use vcm::iommu::{Route, StreamId};
use vcm::mmu::Attributes;
use vcm::wrap::{Gate, OneToOne};
use vcm::{AllocFlags, Errno, Error, Region, ResFlags};
use vcm_tests::soc::{Soc, SocIommu, noise};

/// Where the memory of the board is.
const DDR: Region = Region::new(Iova::new(0x0010_0000), 0x1FF0_0000);
const SIZE: u32 = (2 << 20) | (4 << 10);

/// A stream that passes untranslated while the context is active.
struct Bypass {
    iommu: SocIommu,
    stream: StreamId,
}

impl Bypass {
    fn failed(operation: vcm::error::Operation) -> Error {
        Error::Driver {
            operation,
            reason: "the stream map cannot be changed",
            errno: Errno::EIO,
        }
    }
}

impl Gate for Bypass {
    fn open(&mut self) -> Result<(), Error> {
        let opened = self.iommu.bypass(self.stream);
        opened.map_err(|_| Self::failed(vcm::error::Operation::Activate))
    }

    fn close(&mut self) -> Result<(), Error> {
        let closed = self.iommu.terminate(self.stream);
        closed.map_err(|_| Self::failed(vcm::error::Operation::Deactivate))
    }
}

/// The document's example: memory is allocated where the master sees physical addresses, and mapped
/// for the one behind the IOMMU.
#[test]
fn an_iommu_and_a_one_to_one_context_share_a_buffer() -> Result<()> {
    let soc = Soc::new()?;
    let direct_stream = StreamId::new(1);
    let gate = Bypass {
        iommu: soc.iommu.clone(),
        stream: direct_stream,
    };
    let driver = OneToOne::with_gate(Arc::clone(&soc.frames), DDR, gate);
    let vcm_onetoone = soc.system.create(DDR.start, DDR.size, Box::new(driver))?;
    let space = soc.space(&[0])?;
    let vcm_iommu = &space.vcm;

    let (alloc, res) = (AllocFlags::default(), ResFlags::default());
    let res_onetoone = vcm_onetoone.make_binding(SIZE, alloc, res)?;
    let res_iommu = vcm_iommu.map(res_onetoone.phys(), res)?;
    assert_eq!(res_onetoone.phys().bindings(), 2);
    let parts = res_onetoone.phys().parts();
    assert_eq!(parts.len(), 1, "contiguous");
    assert_eq!(res_onetoone.start().get(), parts[0].start.get());
    assert_ne!(res_iommu.start(), res_onetoone.start());

    // Each has a buffer of its own, too.
    let own_direct = vcm_onetoone.make_binding(0x1000, alloc, res)?;
    let own_mapped = soc.bind(&space, 0x1000)?;
    let active_onetoone = vcm_onetoone.activate()?;
    let active_iommu = vcm_iommu.activate()?;
    assert_eq!(soc.iommu.route(direct_stream)?, Route::Bypass);

    // What the one writes, the other reads.
    let text = noise(1, 0x1000);
    let far = SIZE - 0x1000;
    let far_at = |start: Iova| Iova::new(start.get() + far);
    soc.write(own_mapped.phys(), 0, &text)?;
    soc.copy(0, own_mapped.start(), far_at(res_iommu.start()), 0x1000)?;
    soc.copy(1, far_at(res_onetoone.start()), own_direct.start(), 0x1000)?;
    assert!(soc.read(own_direct.phys(), 0, 0x1000)? == text);
    let text = noise(2, 0x1000);
    soc.write(own_direct.phys(), 0, &text)?;
    soc.copy(1, own_direct.start(), res_onetoone.start(), 0x1000)?;
    soc.copy(0, res_iommu.start(), own_mapped.start(), 0x1000)?;
    assert!(soc.read(own_mapped.phys(), 0, 0x1000)? == text);

    // The master behind the IOMMU has lost it, the other has not.
    let gone = res_iommu.start();
    drop(res_iommu.unmap()?);
    assert!(soc.copy(0, own_mapped.start(), gone, 64).is_err());
    soc.copy(1, res_onetoone.start(), own_direct.start(), 64)?;

    active_onetoone.deactivate()?;
    assert!(
        soc.copy(1, res_onetoone.start(), own_direct.start(), 64)
            .is_err()
    );
    assert_eq!(soc.iommu.route(direct_stream)?, Route::Terminate);
    drop((res_onetoone, own_direct, own_mapped, active_iommu));
    vcm_onetoone.destroy()?;
    soc.faults()?;
    soc.finish([space])
}

#[test]
fn a_one_to_one_context_takes_neither_scattered_memory_nor_other_addresses() -> Result<()> {
    let soc = Soc::new()?;
    let driver = OneToOne::new(Arc::clone(&soc.frames), DDR);
    let direct = soc.system.create(DDR.start, DDR.size, Box::new(driver))?;
    let space = soc.scattered_space(&[0], 1)?;
    let scattered = space.vcm.alloc(0x4000, AllocFlags::default())?;
    let error = direct.map(&scattered, ResFlags::default()).unwrap_err();
    assert!(matches!(error, Error::Scattered { parts: 4 }), "{error}");
    let one = direct.alloc(0x4000, AllocFlags::default())?;
    let elsewhere = ResFlags {
        at: Some(DDR.start),
        ..ResFlags::default()
    };
    let error = direct.map(&one, elsewhere).unwrap_err();
    assert!(matches!(error, Error::NotOneToOne { .. }), "{error}");
    let bound = direct.map(&one, ResFlags::default())?;
    let part = one.parts()[0];
    assert_eq!(direct.translate(bound.start()), Some(part.start));
    drop((scattered, one, bound));
    direct.destroy()?;
    soc.finish([space])
}

#[test]
fn one_allocation_bound_in_several_contexts_with_rights_of_its_own_in_each() -> Result<()> {
    const SIZE: u32 = 0x5000;
    let soc = Soc::new()?;
    let owner = soc.scattered_space(&[0], 1)?;
    let reader = soc.space(&[1])?;
    let writer = soc.space(&[2])?;
    let shared = owner.vcm.alloc(SIZE, AllocFlags::default())?;
    let place = |at, write| ResFlags {
        at: Some(Iova::new(at)),
        attributes: Attributes {
            write,
            ..Attributes::default()
        },
        ..ResFlags::default()
    };
    let own = owner.vcm.map(&shared, place(0x4100_0000, true))?;
    let read_only = reader.vcm.map(&shared, place(0x4200_1000, false))?;
    let read_write = writer.vcm.map(&shared, place(0x4300_2000, true))?;
    let twice = writer.vcm.map(&shared, place(0x4FF0_0000, false))?;
    assert_eq!(shared.bindings(), 4);
    assert_eq!(soc.system.raw().bindings(shared.id())?.len(), 4);
    let by_owner = soc.bind(&owner, SIZE)?;
    let by_reader = soc.bind(&reader, SIZE)?;
    let by_writer = soc.bind(&writer, SIZE)?;
    let active = (
        owner.vcm.activate()?,
        reader.vcm.activate()?,
        writer.vcm.activate()?,
    );

    // All see the same memory, at their own addresses.
    let text = noise(1, SIZE);
    soc.write(by_writer.phys(), 0, &text)?;
    soc.copy(2, by_writer.start(), read_write.start(), SIZE)?;
    soc.copy(0, own.start(), by_owner.start(), SIZE)?;
    soc.copy(1, read_only.start(), by_reader.start(), SIZE)?;
    soc.copy(2, twice.start(), by_writer.start(), SIZE)?;
    for copy in [&by_owner, &by_reader, &by_writer] {
        assert!(soc.read(copy.phys(), 0, SIZE)? == text);
    }
    for (n, space, binding) in [
        (0, &owner, &own),
        (1, &reader, &read_only),
        (2, &writer, &twice),
    ] {
        let tables = soc.tables(space)?;
        let mut offset = 0;
        for part in shared.parts().iter() {
            let at = binding.start().get() + offset;
            let pa = tables.read(at).map(|page| PhysAddr::new(page.pa));
            assert_eq!(pa, Ok(part.start), "context {n}");
            offset += part.size;
        }
    }

    // Who may not write, cannot.
    for (channel, from, to) in [
        (1, by_reader.start(), read_only.start()),
        (2, by_writer.start(), twice.start()),
    ] {
        let error = soc.copy(channel, from, to, 64).unwrap_err();
        assert!(matches!(
            error,
            DmaError::Transfer {
                end: End::Destination,
                ..
            }
        ));
    }
    assert!(soc.read(&shared, 0, SIZE)? == text);

    // Gone in one context, it stays in the others; the memory lives as long as the last of them.
    let gone = read_write.start();
    read_write.destroy()?;
    assert!(soc.copy(2, by_writer.start(), gone, 64).is_err());
    soc.copy(2, twice.start(), by_writer.start(), SIZE)?;
    let used = soc.frames.free_bytes();
    drop((shared, own, twice));
    soc.copy(1, read_only.start(), by_reader.start(), SIZE)?;
    assert!(soc.read(by_reader.phys(), 0, SIZE)? == text);
    assert_eq!(soc.frames.free_bytes(), used);
    drop(read_only);
    assert_eq!(soc.frames.free_bytes(), used + u64::from(SIZE));

    drop((by_owner, by_reader, by_writer, active));
    soc.faults()?;
    soc.finish([owner, reader, writer])
}

#[test]
fn two_streams_of_one_context_see_the_same_and_a_detached_one_nothing() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0, 3])?;
    let (from, to) = (soc.bind(&space, 0x2000)?, soc.bind(&space, 0x2000)?);
    let active = space.vcm.activate()?;
    let text = noise(1, 0x2000);
    soc.write(from.phys(), 0, &text)?;
    for channel in [0, 3] {
        soc.write(to.phys(), 0, &[0; 0x2000])?;
        soc.copy(channel, from.start(), to.start(), 0x2000)?;
        assert!(soc.read(to.phys(), 0, 0x2000)? == text);
    }
    space.mmu.detach(StreamId::new(3))?;
    assert!(soc.copy(3, from.start(), to.start(), 64).is_err());
    soc.copy(0, from.start(), to.start(), 64)?;
    // Attached again while the context is active, it passes at once.
    space.mmu.attach(StreamId::new(3))?;
    soc.copy(3, from.start(), to.start(), 64)?;
    assert_eq!(space.mmu.streams(), [StreamId::new(0), StreamId::new(3)]);
    drop((active, from, to));
    soc.faults()?;
    soc.finish([space])
}
