//! `selftest`: everything is tried once, and each step must do what it should.

use std::sync::Arc;
use std::time::Duration;

use vcm::addr::Iova;
use vcm::dma::{Channel, Dma, DmaError, End, Response};
use vcm::frames::Frames;
use vcm::iommu::{
    Access, Config, ContextConfig, FaultKind, Interrupts, Iommu, IommuContext, StreamId,
};
use vcm::iova::IovaSpace;
use vcm::mmu::PhysPart;
use vcm::seam::PhysMem;
use vcm::wrap::VcmMmu;
use vcm::{Active, AllocFlags, Binding, ResFlags, System, Vcm};
use vcm_demo_core::Check;
use vcm_demo_core::terminal::line;
use vcm_linux::Memory;

use super::rules;
use crate::failure::{Failure, While};
use vcm_linux::{AnyBus, AnyClock, Device};

/// Addresses that devices use.
const START: Iova = Iova::new(0x8000_0000);
/// How many bytes of them.
const SPACE: u32 = 0x1000_0000;
/// Memory for the buffers: with pages of every size but the largest.
const POOL: u32 = 4 << 20;
/// Bytes of each buffer: a section, a large page and a small one.
const BUFFER: u32 = (1 << 20) + (64 << 10) + (4 << 10);
/// Bytes copied, at the end of the buffer: over pages of each size.
const LENGTH: u32 = 80 << 10;
/// How long a copy may take, by the machine's time.
const PATIENCE: Duration = Duration::from_millis(50);

type Context = IommuContext<AnyBus, Arc<Memory>, AnyClock>;

/// What is tested with.
struct Bench<'d> {
    device: &'d Device,
    memory: Arc<Memory>,
    frames: Arc<Frames<Arc<Memory>>>,
    iommu: Iommu<AnyBus, Arc<Memory>, AnyClock>,
    context: Arc<Context>,
    channel: Channel<AnyBus, AnyClock>,
    vcm: Vcm,
}

/// Two buffers that devices see.
struct Buffers {
    source: Binding,
    target: Binding,
    active: Active,
}

pub(super) fn run(device: &Device) -> Result<(), Failure> {
    let mut bench = Bench::new(device)?;
    let free = bench.frames.free_bytes();
    let mut checks = Vec::new();
    let mut held = |check: Check| {
        let mark = if check.held() { "ok    " } else { "FAILED" };
        let why = check.failure.as_deref().map(|why| format!(": {why}"));
        line(&format!("{mark} {}{}", check.what, why.unwrap_or_default()));
        checks.push(check);
    };
    held(bench.keeps_memory());
    let buffers = bench.bind()?;
    held(bench.agrees(&buffers));
    held(bench.copies(&buffers)?);
    held(bench.interrupts(&buffers)?);
    held(bench.counts()?);
    held(bench.refuses(&buffers)?);
    held(bench.reports_faults()?);
    held(bench.forgets(buffers)?);
    held(bench.gives_back(free)?);
    if let Some(check) = rules(device) {
        held(check);
    }
    let (failed, all) = (checks.iter().filter(|c| !c.held()).count(), checks.len());
    if failed > 0 {
        return Err(Failure::Wrong(format!("{failed} of {all} tests failed")));
    }
    line(&format!("\nAll {all} tests passed."));
    Ok(())
}

impl<'d> Bench<'d> {
    fn new(device: &'d Device) -> Result<Self, Failure> {
        let memory = device.memory()?;
        let (bus, clock) = (&device.bus, &device.clock);
        let config = Config::default();
        let iommu = Iommu::probe(Arc::clone(bus), Arc::clone(&memory), clock.clone(), config)?;
        let dma = Dma::probe(Arc::clone(bus), Arc::clone(clock));
        let mut channel = dma
            .and_then(|dma| dma.channel(0))
            .map_err(|error| Failure::Unusable(error.to_string()))?;
        channel.set_interrupt(true);
        let frames = Arc::new(Frames::new(Arc::clone(&memory)));
        frames.add_pool(POOL).map_err(|error| {
            Failure::Unusable(format!(
                "{error}: make the u-dma-buf larger, 8 MiB are enough"
            ))
        })?;
        let doing = "making a context";
        let context = Arc::new(iommu.context(ContextConfig::default()).when(doing)?);
        context.attach(channel.stream()).when(doing)?;
        let addresses = IovaSpace::new(START, SPACE.into()).when(doing)?;
        let driver = VcmMmu::new(Arc::clone(&context), Arc::clone(&frames), addresses);
        let vcm = System::new().create(START, SPACE, Box::new(driver));
        Ok(Self {
            device,
            memory,
            frames,
            iommu,
            context,
            channel,
            vcm: vcm.when(doing)?,
        })
    }

    /// The processor reads what it has written, to memory for devices.
    fn keeps_memory(&self) -> Check {
        let check = Check::new("the processor reads back what it has written to memory");
        let Some(at) = self.memory.allocate(4096, 4096) else {
            return check.failed("there is no memory left");
        };
        let (pattern, mut read) = (pattern(4096, 1), vec![0; 4096]);
        let done = self.memory.write(at, &pattern).and_then(|()| {
            self.memory.sync_for_device(at, 4096);
            self.memory.sync_for_cpu(at, 4096);
            self.memory.read(at, &mut read)
        });
        self.memory.free(at, 4096);
        check
            .unless(done.err().map(|error| error.to_string()))
            .unless((read != pattern).then(|| format!("it reads otherwise at {at}")))
    }

    fn bind(&self) -> Result<Buffers, Failure> {
        let bind = || {
            let (alloc, res) = (AllocFlags::default(), ResFlags::default());
            self.vcm.make_binding(BUFFER, alloc, res)
        };
        Ok(Buffers {
            source: bind().when("binding memory")?,
            target: bind().when("binding memory")?,
            active: self.vcm.activate().when("activating the context")?,
        })
    }

    /// Driver, page table and hardware lead to the same places.
    fn agrees(&self, buffers: &Buffers) -> Check {
        let check = Check::new("driver, page table and hardware translate alike");
        for binding in [&buffers.source, &buffers.target] {
            for offset in (0..binding.size()).step_by(0xffe0) {
                let at = Iova::new(binding.start().get() + offset);
                let driver = self.vcm.translate(at);
                let table = self.context.walk(at).ok().map(|found| found.phys);
                let hardware = self.context.probe_address(at, Access::WRITE);
                let hardware = hardware.ok().map(|found| found.phys);
                if driver.is_none() || driver != table || driver != hardware {
                    return check
                        .failed(format!("{at} is at {driver:?}, {table:?} and {hardware:?}"));
                }
            }
        }
        check
    }

    /// The DMA engine copies, over pages of every size.
    fn copies(&mut self, buffers: &Buffers) -> Result<Check, Failure> {
        let check = Check::new("the DMA engine copies through translated addresses");
        let wanted = pattern(LENGTH as usize, 2);
        let doing = "filling a buffer";
        self.put(&buffers.source, &wanted).when(doing)?;
        let wrong = vec![0xee; LENGTH as usize];
        self.put(&buffers.target, &wrong).when(doing)?;
        let copied = self.copy(tail(&buffers.source), tail(&buffers.target));
        let read = self.get(&buffers.target).when("reading a buffer")?;
        let differ = wanted.iter().zip(&read).filter(|(a, b)| a != b).count();
        Ok(check
            .unless(copied.err().map(|error| error.to_string()))
            .unless((differ > 0).then(|| format!("{differ} bytes differ"))))
    }

    /// The end of a copy raises the interrupt.
    fn interrupts(&mut self, buffers: &Buffers) -> Result<Check, Failure> {
        if !self.device.interrupts {
            return Ok(Check::new("(no interrupt by this way: not tested)"));
        }
        let check = Check::new("the end of a copy raises the interrupt");
        self.device.irq.ack();
        let (from, to) = (tail(&buffers.source), tail(&buffers.target));
        self.channel.copy(from, to, 64).when("copying")?;
        let came = self.device.irq.wait(PATIENCE);
        let ended = self.channel.wait(PATIENCE);
        self.device.irq.ack();
        let hint = "none came: is IRQ_F2P[0] connected, and right in the device tree?";
        Ok(check
            .unless((!came).then(|| hint.to_owned()))
            .unless(ended.err().map(|error| error.to_string())))
    }

    /// The counters have seen the copies.
    fn counts(&self) -> Result<Check, Failure> {
        let check = Check::new("the performance counters count");
        let counted = self.iommu.counters().when("reading the counters")?;
        let none = [counted.reads, counted.writes, counted.walks].contains(&0);
        Ok(check
            .unless(none.then(|| format!("after copies they are {counted:?}")))
            .unless((counted.faults > 0).then(|| format!("{} faults", counted.faults))))
    }

    /// An access beside everything is refused and recorded, and so is a stream that is not admitted.
    fn refuses(&mut self, buffers: &Buffers) -> Result<Check, Failure> {
        let check = Check::new("an access to what is not mapped is refused");
        let nowhere = Iova::new(START.get() + SPACE / 2);
        let refused = self.copy(nowhere, tail(&buffers.target));
        let expected = DmaError::Transfer {
            end: End::Source,
            at: nowhere,
            response: Response::SlaveError,
            copied: 0,
        };
        Ok(match refused {
            Err(error) if error == expected => check,
            Err(error) => check.failed(error.to_string()),
            Ok(_) => check.failed("it was copied"),
        })
    }

    /// The fault of before stands in the queue.
    fn reports_faults(&self) -> Result<Check, Failure> {
        let check = Check::new("the fault is recorded, with who and where");
        let interrupts = Interrupts {
            fault: true,
            overflow: false,
        };
        let doing = "reading faults";
        self.iommu.enable_interrupts(interrupts).when(doing)?;
        let came = !self.device.interrupts || self.device.irq.wait(PATIENCE);
        let mut records = Vec::new();
        self.iommu.drain_faults(&mut records).when(doing)?;
        self.iommu
            .enable_interrupts(Interrupts::default())
            .when(doing)?;
        self.device.irq.ack();
        // The engine reads ahead: further bursts may have been refused before it stopped.
        let is_expected = records.first().is_some_and(|record| {
            record.iova == Iova::new(START.get() + SPACE / 2)
                && record.kind == FaultKind::TranslationL1
                && !record.write
                && record.stream == self.stream()
                && record.context == Some(self.context.bank())
        });
        Ok(check
            .unless((!came).then(|| "it raised no interrupt".to_owned()))
            .unless((!is_expected).then(|| match records.first() {
                Some(record) => format!("it was recorded as {record}"),
                None => "nothing was recorded".to_owned(),
            })))
    }

    /// What is unmapped is refused at once, whatever the TLBs held.
    fn forgets(&mut self, buffers: Buffers) -> Result<Check, Failure> {
        let check = Check::new("what is unmapped is refused at once");
        let (from, to) = (tail(&buffers.source), tail(&buffers.target));
        let doing = "unmapping";
        let left = buffers.source.destroy();
        left.map_err(|left| left.error).when(doing)?;
        let refused = self.copy(from, to);
        let left = buffers.target.destroy();
        left.map_err(|left| left.error).when(doing)?;
        let left = buffers.active.deactivate();
        left.map_err(|left| left.error).when(doing)?;
        Ok(match refused {
            Err(DmaError::Transfer { end, at, .. }) if (end, at) == (End::Source, from) => check,
            Err(error) => check.failed(error.to_string()),
            Ok(_) => check.failed("it was copied"),
        })
    }

    /// Nothing is lost.
    fn gives_back(self, free: u64) -> Result<Check, Failure> {
        let check = Check::new("all memory came back, and no sync was refused");
        let left = self.vcm.destroy();
        left.map_err(|left| left.error).when("ending the context")?;
        let lost = free.abs_diff(self.frames.free_bytes());
        let failures = self.memory.sync_failures();
        let refused = "syncs were refused: the files of the u-dma-buf in /sys have to be writable";
        Ok(check
            .unless((lost > 0).then(|| format!("{lost} bytes were not given back")))
            .unless((failures > 0).then(|| format!("{failures} {refused}"))))
    }

    fn stream(&self) -> StreamId {
        self.channel.stream()
    }

    fn copy(&mut self, from: Iova, to: Iova) -> Result<u32, DmaError> {
        self.channel.copy(from, to, LENGTH)?;
        let result = self.channel.wait(PATIENCE);
        if matches!(result, Err(DmaError::Timeout { .. })) {
            let _stopped = self.channel.abort(PATIENCE);
        }
        result
    }

    /// Writes the end of a buffer.
    fn put(&self, to: &Binding, bytes: &[u8]) -> Result<(), vcm::seam::MemError> {
        let mut rest = bytes;
        for part in ends(&to.phys().parts()) {
            let (now, later) = rest.split_at(part.size as usize);
            self.memory.write(part.start, now)?;
            self.memory.sync_for_device(part.start, part.size);
            rest = later;
        }
        Ok(())
    }

    /// Reads the end of a buffer.
    fn get(&self, from: &Binding) -> Result<Vec<u8>, vcm::seam::MemError> {
        let mut bytes = Vec::with_capacity(LENGTH as usize);
        for part in ends(&from.phys().parts()) {
            let mut read = vec![0; part.size as usize];
            self.memory.sync_for_cpu(part.start, part.size);
            self.memory.read(part.start, &mut read)?;
            bytes.extend(read);
        }
        Ok(bytes)
    }
}

/// Address of the last [`LENGTH`] bytes of a buffer.
fn tail(of: &Binding) -> Iova {
    Iova::new(of.start().get() + of.size() - LENGTH)
}

/// Where the last [`LENGTH`] bytes of these parts are.
fn ends(parts: &[PhysPart]) -> Vec<PhysPart> {
    let mut skip = parts
        .iter()
        .map(|part| part.size)
        .sum::<u32>()
        .saturating_sub(LENGTH);
    let mut ends = Vec::new();
    for part in parts {
        let skipped = skip.min(part.size);
        skip -= skipped;
        if let Some(start) = part.start.checked_add(skipped) {
            let size = part.size - skipped;
            if size > 0 {
                ends.push(PhysPart { start, size });
            }
        }
    }
    ends
}

/// Bytes without a period that a wrong page would have too.
fn pattern(length: usize, seed: u32) -> Vec<u8> {
    let number = |n: usize| (n as u32 ^ seed << 20).wrapping_mul(0x9e37_79b9);
    (0..length).map(|n| (number(n) >> 24) as u8).collect()
}
