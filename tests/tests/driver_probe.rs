//! Finding the IOMMU: what is read, what is refused, and what is left of whoever used it before.

use anyhow::Result;
use vcm::addr::Iova;
use vcm::dma::{DmaError, Response};
use vcm::iommu::{
    Config, ContextConfig, FaultKind, Interrupts, Iommu, IommuError, ProbeError, Route, StreamId,
};
use vcm::seam::{Bus, BusError};
use vcm_regs::RegisterInfo;
use vcm_regs::global::{IDR0, IDR1, IDR2, IDR3, Idr1, Idr2, Idr3};
use vcm_tests::soc::{FlakyBus, PATIENCE, Soc, SocIommu, noise};

fn probe(soc: &Soc, bus: &FlakyBus) -> Result<SocIommu, ProbeError> {
    let (memory, clock) = (soc.memory.clone(), soc.platform.clock());
    Iommu::probe(bus.clone(), memory, clock, Config::default())
}

fn refusal(soc: &Soc, lie: (u32, u32)) -> ProbeError {
    let bus = FlakyBus::new(soc.platform.bus());
    bus.lie(lie.0, lie.1);
    probe(soc, &bus).err().expect("it is refused")
}

#[test]
fn what_was_built_is_read_from_the_device() -> Result<()> {
    let soc = Soc::new()?;
    let read = |info: &RegisterInfo| soc.bus.read32(info.offset);
    let idr1 = Idr1::from_bits(read(&IDR1)?);
    let idr3 = Idr3::from_bits(read(&IDR3)?);
    let features = soc.iommu.features();
    assert_eq!(features.minor, idr1.get(Idr1::MINOR));
    assert_eq!((features.contexts, features.streams), (8, 16));
    assert_eq!(features.id_bits, 8);
    assert_eq!(features.tlb_entries, idr3.get(Idr3::TLBENTRIES));
    assert_eq!(features.outstanding, idr3.get(Idr3::OUTSTANDING));
    assert_eq!(features.fault_queue, idr3.get(Idr3::FQDEPTH));
    assert!(features.tlb_entries > 0 && features.outstanding > 0 && features.fault_queue > 0);
    soc.finish([])
}

#[test]
fn another_device_is_refused_with_what_was_read() -> Result<()> {
    let soc = Soc::new()?;
    let error = refusal(&soc, (IDR0.offset, 0xDEAD_BEEF));
    assert_eq!(error, ProbeError::WrongId { read: 0xDEAD_BEEF });
    assert!(error.to_string().contains("0xdeadbeef"), "{error}");
    soc.finish([])
}

#[test]
fn another_version_of_the_interface_is_refused() -> Result<()> {
    let soc = Soc::new()?;
    let version = Idr1::default().with(Idr1::MAJOR, 2).with(Idr1::MINOR, 3);
    let error = refusal(&soc, (IDR1.offset, version.bits()));
    assert_eq!(error, ProbeError::WrongVersion { major: 2, minor: 3 });
    // A later minor version is none of the driver's business.
    let bus = FlakyBus::new(soc.platform.bus());
    let version = Idr1::default().with(Idr1::MAJOR, 1).with(Idr1::MINOR, 7);
    bus.lie(IDR1.offset, version.bits());
    assert_eq!(probe(&soc, &bus)?.features().minor, 7);
    soc.finish([])
}

#[test]
fn more_than_the_register_map_has_room_for_is_refused() -> Result<()> {
    let soc = Soc::new()?;
    let real = Idr2::from_bits(soc.bus.read32(IDR2.offset)?);
    for (ids, read) in [
        (real.with(Idr2::NUMCTX, 9), 9),
        (real.with(Idr2::NUMCTX, 0), 0),
        (real.with(Idr2::STREAMBITS, 5), 5),
    ] {
        let error = refusal(&soc, (IDR2.offset, ids.bits()));
        assert!(
            matches!(error, ProbeError::Unsupported { read: r, .. } if r == read),
            "{error}"
        );
    }
    soc.finish([])
}

#[test]
fn a_smaller_device_is_used_as_far_as_it_goes() -> Result<()> {
    let soc = Soc::new()?;
    let bus = FlakyBus::new(soc.platform.bus());
    let ids = Idr2::default()
        .with(Idr2::NUMCTX, 2)
        .with(Idr2::STREAMBITS, 1)
        .with(Idr2::IDBITS, 8);
    bus.lie(IDR2.offset, ids.bits());
    let iommu = probe(&soc, &bus)?;
    let one = iommu.context(ContextConfig::default())?;
    let two = iommu.context(ContextConfig::default())?;
    let third = iommu.context(ContextConfig::default()).err();
    assert_eq!(third, Some(IommuError::NoContext { contexts: 2 }));
    one.attach(StreamId::new(1))?;
    let (stream, streams) = (StreamId::new(2), 2);
    let error = one.attach(stream).err();
    assert_eq!(error, Some(IommuError::NoStream { stream, streams }));
    drop((one, two, iommu));
    soc.finish([])
}

#[test]
fn a_bus_error_at_any_access_ends_the_probe_and_says_where() -> Result<()> {
    let soc = Soc::new()?;
    let bus = FlakyBus::new(soc.platform.bus());
    for access in 0.. {
        bus.trip.at(access);
        let probed = probe(&soc, &bus);
        let (_, failed) = bus.trip.disarm();
        match (probed, failed) {
            (Ok(_), 0) => {
                assert!(access > 30, "{access} accesses");
                break;
            }
            (Err(ProbeError::Bus(error)), 1) => {
                let ids = [IDR0, IDR1, IDR2, IDR3].map(|id| id.offset);
                if let Some(offset) = ids.get(access as usize) {
                    let write = false;
                    assert_eq!(
                        error,
                        BusError {
                            offset: *offset,
                            write
                        }
                    );
                }
            }
            (probed, failed) => panic!("access {access}: {failed} failed, {:?}", probed.err()),
        }
    }
    soc.finish([])
}

#[test]
fn offsets_without_a_register_are_bus_errors() -> Result<()> {
    let soc = Soc::new()?;
    // Between the registers of each block, between the blocks, beyond the window.
    for offset in [
        0x01C, 0x1FC, 0x240, 0xFFC, 0x1000, 0x3FFC, 0x400C, 0x40FC, 0x4120, 0x4200, 0x7FFC, 0x8004,
        0x87F8, 0xFFFC, 0x1_0000,
    ] {
        let write = false;
        assert_eq!(soc.bus.read32(offset), Err(BusError { offset, write }));
        let write = true;
        assert_eq!(soc.bus.write32(offset, 1), Err(BusError { offset, write }));
    }
    assert!(soc.bus.read32(IDR0.offset).is_ok());
    soc.finish([])
}

#[test]
fn a_second_probe_stops_whoever_used_the_device_before() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let (from, to) = (soc.bind(&space, 0x8000)?, soc.bind(&space, 0x8000)?);
    let active = space.vcm.activate()?;
    soc.iommu.bypass(StreamId::new(3))?;
    soc.iommu.enable_interrupts(Interrupts {
        fault: true,
        overflow: true,
    })?;
    let outside = to.region().end() as u32;
    assert!(soc.copy(0, Iova::new(outside), to.start(), 16).is_err());

    let untouched = noise(1, 0x8000);
    let mut channel = soc.dma.channel(0)?;
    channel.copy(from.start(), to.start(), 0x8000)?;
    soc.platform.step(300);
    let second = probe(&soc, &soc.bus)?;
    let error = channel.wait(PATIENCE).unwrap_err();
    let response = Response::DecodeError;
    assert!(
        matches!(error, DmaError::Transfer { response: r, .. } if r == response),
        "{error}"
    );
    drop(channel);
    soc.write(to.phys(), 0, &untouched)?;
    for channel in [0, 3] {
        let at = to.phys().parts()[0].start.get();
        let target = if channel == 3 {
            Iova::new(at)
        } else {
            to.start()
        };
        assert!(soc.copy(channel, target, target, 64).is_err());
        assert_eq!(
            second.route(StreamId::new(channel.into()))?,
            Route::Terminate
        );
    }
    assert!(soc.read(to.phys(), 0, 0x8000)? == untouched);
    assert!(!soc.platform.lock().wires().irq, "interrupts are disabled");
    let mut faults = Vec::new();
    second.drain_faults(&mut faults)?;
    assert!(!faults.is_empty());
    assert!(
        faults
            .iter()
            .all(|fault| fault.kind == FaultKind::UnmappedStream)
    );
    // The first driver's own bookkeeping still gives everything back.
    drop((active, from, to, second));
    soc.finish([space])
}
