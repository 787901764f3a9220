//! From a fault in the hardware to the reservation that it concerns.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result};
use vcm::addr::Iova;
use vcm::iommu::{ContextConfig, FaultKind, FaultRecord, Interrupts};
use vcm::mmu::{Access, Attributes, Refusal};
use vcm::seam::Irq;
use vcm::{AllocFlags, Attribution, Binding, Cause, ResFlags, Verdict, Where};
use vcm_tests::soc::{PATIENCE, SPACE_START, Soc, Space, noise};

const SHORT: Duration = Duration::from_micros(2);

struct Bench {
    soc: Soc,
    space: Space,
    buffer: Binding,
}

impl Bench {
    /// An active context would keep its activation here; the tests do that themselves.
    fn new(config: ContextConfig) -> Result<Self> {
        let soc = Soc::new()?;
        let frames = soc.frames.clone();
        let space = soc.space_with(&[2], frames, config)?;
        let buffer = soc.bind(&space, 0x4000)?;
        Ok(Self { soc, space, buffer })
    }

    /// The one fault that a read of this address by channel 2 leads to.
    fn read_fault(&self, at: Iova) -> Result<FaultRecord> {
        let copied = self.soc.copy(2, at, self.buffer.start(), 32);
        assert!(copied.is_err(), "{at} can be read");
        self.one_fault()
    }

    /// The one fault that a write to this address by channel 2 leads to.
    fn write_fault(&self, at: Iova) -> Result<FaultRecord> {
        let copied = self.soc.copy(2, self.buffer.start(), at, 32);
        assert!(copied.is_err(), "{at} can be written");
        self.one_fault()
    }

    fn one_fault(&self) -> Result<FaultRecord> {
        let faults = self.soc.faults()?;
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.first().copied().context("a fault")
    }

    fn finish(self) -> Result<()> {
        drop(self.buffer);
        self.soc.finish([self.space])
    }
}

fn after(start: Iova, offset: u32) -> Iova {
    Iova::new(start.get() + offset)
}

#[test]
fn a_fault_is_attributed_to_reservation_offset_and_cause() -> Result<()> {
    let bench = Bench::new(ContextConfig::default())?;
    let vcm = &bench.space.vcm;
    let active = vcm.activate()?;
    let raw = bench.soc.system.raw();
    let expect = |fault: FaultRecord, at: Iova, kind: FaultKind, write: bool| {
        assert_eq!(fault.iova, at);
        assert_eq!(fault.kind, kind, "{fault}");
        assert_eq!(fault.write, write, "{fault}");
        assert_eq!(fault.stream.get(), 2);
        assert_eq!(fault.id, 2);
        assert_eq!(fault.context, Some(bench.space.mmu.bank()));
        assert!(!fault.privileged && !fault.instruction);
    };

    // Reserved, and never bound.
    let reservation = vcm.reserve(0x10_0000, ResFlags::default())?;
    let at = after(reservation.start(), 0x1_2340);
    expect(bench.read_fault(at)?, at, FaultKind::TranslationL1, false);
    let in_it = Where::InReservation {
        id: reservation.id(),
        offset: 0x1_2340,
        bound: false,
    };
    assert_eq!(vcm.resolve(at), in_it);
    assert!(!raw.reservation(reservation.id())?.was_bound);

    // Bound in part: beyond the memory.
    let phys = vcm.alloc(0x1_0000, AllocFlags::default())?;
    let binding = reservation.bind(&phys)?;
    assert_eq!(
        bench
            .soc
            .copy(2, binding.start(), bench.buffer.start(), 32)?,
        32
    );
    let at = after(binding.start(), 0x1_0000);
    expect(bench.write_fault(at)?, at, FaultKind::TranslationL2, true);
    assert_eq!(
        vcm.resolve(at),
        Where::InReservation {
            id: binding.id(),
            offset: 0x1_0000,
            bound: false
        }
    );
    let mapped = after(binding.start(), 0xFFFF);
    assert!(matches!(
        vcm.resolve(mapped),
        Where::InReservation {
            bound: true,
            offset: 0xFFFF,
            ..
        }
    ));

    // Stale: it was bound once.
    let (reservation, phys_again) = binding.unbind()?;
    let at = after(reservation.start(), 0x20);
    expect(bench.write_fault(at)?, at, FaultKind::TranslationL1, true);
    assert!(raw.reservation(reservation.id())?.was_bound);
    assert!(matches!(
        vcm.resolve(at),
        Where::InReservation {
            bound: false,
            offset: 0x20,
            ..
        }
    ));
    drop((reservation, phys, phys_again));

    // In the context, but in no reservation; and beyond the context.
    let at = after(SPACE_START, 0x0F00_0000);
    expect(bench.read_fault(at)?, at, FaultKind::TranslationL1, false);
    assert_eq!(vcm.resolve(at), Where::InSpace);
    let at = Iova::new(0x1000);
    expect(bench.read_fault(at)?, at, FaultKind::TranslationL1, false);
    assert_eq!(vcm.resolve(at), Where::Outside);

    drop(active);
    // Not active: the stream is terminated.
    let at = bench.buffer.start();
    let fault = bench.read_fault(at)?;
    assert_eq!(fault.kind, FaultKind::UnmappedStream);
    assert_eq!(fault.context, None);
    bench.finish()
}

#[test]
fn rights_are_enforced_for_pages_of_every_size() -> Result<()> {
    let bench = Bench::new(ContextConfig::default())?;
    let vcm = &bench.space.vcm;
    let active = vcm.activate()?;
    for (size, write_fault) in [
        (0x1000, FaultKind::PermissionL2),
        (0x1_0000, FaultKind::PermissionL2),
        (0x10_0000, FaultKind::PermissionL1),
        (0x100_0000, FaultKind::PermissionL1),
    ] {
        let with = |attributes| ResFlags {
            attributes,
            ..ResFlags::default()
        };
        let read_only = Attributes {
            write: false,
            ..Attributes::default()
        };
        let phys = vcm.alloc(size, AllocFlags::default())?;
        let text = noise(size.into(), 32);
        bench.soc.write(&phys, size - 32, &text)?;
        let last = |binding: &Binding| after(binding.start(), size - 32);

        let binding = vcm.map(&phys, with(read_only))?;
        let fault = bench.write_fault(last(&binding))?;
        assert_eq!((fault.kind, fault.write), (write_fault, true), "{size:#x}");
        assert!(matches!(
            vcm.resolve(fault.iova),
            Where::InReservation { bound: true, .. }
        ));
        assert!(bench.soc.read(&phys, size - 32, 32)? == text);
        bench
            .soc
            .copy(2, last(&binding), bench.buffer.start(), 32)?;
        assert!(bench.soc.read(bench.buffer.phys(), 0, 32)? == text);
        drop(binding);

        // The engine's accesses are unprivileged.
        let privileged = Attributes {
            user: false,
            ..Attributes::default()
        };
        let binding = vcm.map(&phys, with(privileged))?;
        assert_eq!(bench.read_fault(last(&binding))?.kind, write_fault);
        assert_eq!(bench.write_fault(last(&binding))?.kind, write_fault);
        assert!(bench.soc.read(&phys, size - 32, 32)? == text);
        drop(binding);

        // Mapped, and for nobody.
        let closed = Attributes {
            read: false,
            write: false,
            ..Attributes::default()
        };
        let binding = vcm.map(&phys, with(closed))?;
        assert_eq!(bench.read_fault(last(&binding))?.kind, write_fault);
        assert_eq!(bench.write_fault(last(&binding))?.kind, write_fault);
        assert!(bench.soc.read(&phys, size - 32, 32)? == text);
        drop(binding);

        // The NS bit decides nothing: `AxPROT[1]` is passed on as it came.
        let secure = Attributes {
            secure: true,
            ..Attributes::default()
        };
        let apart = ResFlags {
            align: 1 << 20,
            ..with(secure)
        };
        let binding = vcm.map(&phys, apart)?;
        assert!(bench.space.mmu.walk(binding.start())?.attributes.secure);
        bench
            .soc
            .copy(2, last(&binding), bench.buffer.start(), 32)?;
        assert!(bench.soc.read(bench.buffer.phys(), 0, 32)? == text);
        drop(binding);
    }
    drop(active);
    bench.finish()
}

#[test]
fn the_framework_names_the_cause_of_each_fault_and_tells_the_hook() -> Result<()> {
    let bench = Bench::new(ContextConfig::default())?;
    let vcm = &bench.space.vcm;
    let active = vcm.activate()?;
    let seen = Arc::<Mutex<Vec<Attribution>>>::default();
    let into = Arc::clone(&seen);
    vcm.set_fault_hook(move |fault: &Attribution| into.lock().unwrap().push(*fault))?;
    let cause = |record: FaultRecord| -> Result<Cause> {
        let fault = vcm.report_fault(record.iova, Access::from(&record))?;
        assert_eq!(seen.lock().unwrap().last(), Some(&fault));
        Ok(fault.cause)
    };

    let reservation = vcm.reserve(0x10_0000, ResFlags::default())?;
    let (id, start) = (reservation.id(), reservation.start());
    let (reservation_id, offset) = (id, 0x1_2340);
    assert_eq!(
        cause(bench.read_fault(after(start, offset))?)?,
        Cause::NeverBound {
            reservation: reservation_id,
            offset
        }
    );
    let phys = vcm.alloc(0x1_0000, AllocFlags::default())?;
    let binding = reservation.bind(&phys)?;
    assert_eq!(
        cause(bench.write_fault(after(start, offset))?)?,
        Cause::Beyond {
            reservation: id,
            offset,
            bound: 0x1_0000
        }
    );
    let offset = 0x8000;
    let (reservation, _) = binding.unbind()?;
    assert_eq!(
        cause(bench.write_fault(after(start, offset))?)?,
        Cause::Unbound {
            reservation: id,
            offset
        }
    );
    reservation.unreserve()?;
    let late = cause(bench.read_fault(after(start, offset))?)?;
    let stale = Cause::Stale {
        reservation: id,
        offset,
        was_bound: true,
    };
    assert_eq!(late, stale);

    let read_only = ResFlags {
        attributes: Attributes {
            write: false,
            ..Attributes::default()
        },
        ..ResFlags::default()
    };
    let binding = vcm.map(&phys, read_only)?;
    let at = after(binding.start(), offset);
    assert_eq!(
        cause(bench.write_fault(at)?)?,
        Cause::Bound {
            reservation: binding.id(),
            offset,
            phys: vcm.translate(at).context("bound")?,
            verdict: Verdict::Refused(Refusal::Write),
        }
    );
    let nowhere = after(SPACE_START, 0x0F00_0000);
    assert_eq!(cause(bench.read_fault(nowhere)?)?, Cause::InSpace);
    let outside = Iova::new(0x1000);
    assert_eq!(cause(bench.read_fault(outside)?)?, Cause::Outside);
    assert_eq!(vcm.fault_counts().total(), 7);
    assert_eq!(seen.lock().unwrap().len(), 7);
    drop((active, binding, phys));
    bench.finish()
}

#[test]
fn the_fault_queue_raises_the_interrupt_until_it_is_empty() -> Result<()> {
    let bench = Bench::new(ContextConfig::default())?;
    let active = bench.space.vcm.activate()?;
    let (iommu, irq) = (&bench.soc.iommu, bench.soc.platform.irq());
    let nowhere = after(SPACE_START, 0x0800_0000);
    let fault = || bench.soc.copy(2, nowhere, bench.buffer.start(), 32);
    assert!(fault().is_err());
    assert!(!irq.wait(SHORT), "not enabled");
    assert!(iommu.pending_interrupts()?.fault);
    iommu.enable_interrupts(Interrupts {
        fault: true,
        overflow: false,
    })?;
    assert!(irq.wait(SHORT), "enabled while pending");
    bench.one_fault()?;
    assert!(!irq.wait(SHORT), "the queue is empty");
    assert!(!iommu.pending_interrupts()?.any());

    // It comes while somebody waits.
    let mut channel = bench.soc.dma.channel(2)?;
    channel.copy(nowhere, bench.buffer.start(), 32)?;
    assert!(irq.wait(PATIENCE));
    assert!(channel.wait(PATIENCE).is_err());
    assert_eq!(bench.one_fault()?.iova, nowhere);
    irq.ack();
    assert!(!irq.wait(SHORT));
    drop((channel, active));
    bench.finish()
}

#[test]
fn faults_beyond_the_queue_are_counted_and_the_loss_is_told() -> Result<()> {
    let bench = Bench::new(ContextConfig::default())?;
    let active = bench.space.vcm.activate()?;
    let (iommu, irq) = (&bench.soc.iommu, bench.soc.platform.irq());
    iommu.counters()?;
    iommu.enable_interrupts(Interrupts {
        fault: false,
        overflow: true,
    })?;
    let depth = iommu.features().fault_queue;
    let at = |n: u32| after(SPACE_START, 0x0800_0000 + n * 0x1000);
    for n in 0..depth + 3 {
        assert!(!irq.wait(SHORT) || n > depth, "nothing was lost before {n}");
        assert!(bench.soc.copy(2, at(n), bench.buffer.start(), 32).is_err());
    }
    assert!(irq.wait(SHORT));
    assert!(iommu.pending_interrupts()?.overflow);
    let mut faults = Vec::new();
    let drained = iommu.drain_faults(&mut faults)?;
    assert!(drained.overflowed);
    // The oldest are kept, in order.
    let seen: Vec<Iova> = faults.iter().map(|fault| fault.iova).collect();
    assert_eq!(seen, (0..depth).map(at).collect::<Vec<_>>());
    assert_eq!(iommu.counters()?.faults, depth + 3);
    assert!(!irq.wait(SHORT));
    assert!(!iommu.drain_faults(&mut faults)?.overflowed);
    drop(active);
    bench.finish()
}

#[test]
fn a_context_has_fault_registers_and_an_interrupt_of_its_own() -> Result<()> {
    let bench = Bench::new(ContextConfig {
        fault_interrupt: true,
        ..ContextConfig::default()
    })?;
    let active = bench.space.vcm.activate()?;
    let (mmu, irq) = (&bench.space.mmu, bench.soc.platform.irq());
    assert_eq!(mmu.take_fault()?, None);
    let (first, second) = (
        after(SPACE_START, 0x0800_0000),
        after(SPACE_START, 0x0900_0000),
    );
    bench.read_fault(first)?;
    assert!(irq.wait(SHORT));
    let pending = bench.soc.iommu.pending_interrupts()?;
    assert_eq!(pending.contexts, 1 << mmu.bank());
    bench.write_fault(second)?;
    let fault = mmu.take_fault()?.context("a fault")?;
    assert!(fault.more, "there were two");
    assert_eq!((fault.first.iova, fault.first.write), (first, false));
    assert_eq!(fault.first.kind, FaultKind::TranslationL1);
    assert_eq!(fault.first.stream.get(), 2);
    assert!(!irq.wait(SHORT));
    assert_eq!(mmu.take_fault()?, None);
    drop(active);
    bench.finish()
}

#[test]
fn faults_of_four_streams_at_once_are_told_apart() -> Result<()> {
    let soc = Soc::stressed(5)?;
    let mut spaces = Vec::new();
    for n in 0..4 {
        spaces.push(soc.space(&[n])?);
    }
    let buffers: Vec<Binding> = spaces
        .iter()
        .map(|space| soc.bind(space, 0x1000))
        .collect::<Result<_>>()?;
    let active: Vec<_> = spaces
        .iter()
        .map(|space| space.vcm.activate())
        .collect::<Result<_, _>>()?;
    let mut channels = (0..4)
        .map(|n| soc.dma.channel(n))
        .collect::<Result<Vec<_>, _>>()?;
    let at = |n: u16| after(SPACE_START, 0x0800_0000 + u32::from(n) * 0x10_0000);
    for ((channel, buffer), n) in channels.iter_mut().zip(&buffers).zip(0..) {
        channel.copy(at(n), buffer.start(), 8)?;
    }
    for channel in &mut channels {
        assert!(channel.wait(PATIENCE).is_err());
    }
    let seen: BTreeSet<(u16, Iova, Option<u8>)> = soc
        .faults()?
        .iter()
        .map(|fault| (fault.stream.get(), fault.iova, fault.context))
        .collect();
    let expected = spaces
        .iter()
        .zip(0..)
        .map(|(space, n)| (n, at(n), Some(space.mmu.bank())));
    assert_eq!(seen, expected.collect());
    drop((channels, active, buffers));
    soc.finish(spaces)
}
