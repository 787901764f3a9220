//! The CPU's own context: memory that a master fills, as one slice of the program.
#![cfg(target_os = "linux")]

use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result};
use vcm::addr::Iova;
use vcm::dma::Dma;
use vcm::frames::Frames;
use vcm::iommu::{self, ContextConfig, Iommu, StreamId};
use vcm::iova::IovaSpace;
use vcm::mmu::Attributes;
use vcm::wrap::{CpuMapper, CpuMmu, FrameSource, Gate, OneToOne, VcmMmu, Vmm};
use vcm::{AllocFlags, Errno, Error, Region, ResFlags, System, Vcm};
use vcm_linux::{Memory, ViewError, Window};
use vcm_sim::model::Top;
use vcm_sim::platform::{Config, Platform};
use vcm_tests::soc::{PATIENCE, SPACE_SIZE, SPACE_START, Scattered, Soc, SocIommu, noise};

/// Where the memory of the board is.
const DDR: Region = Region::new(Iova::new(0x0010_0000), 0x1FF0_0000);
const SIZE: u32 = 0x9000;
const WINDOW: u32 = 64 << 20;

/// The board, and the CPU's context on it.
struct Bench {
    soc: Soc,
    window: Arc<Window>,
    cpu: Vcm,
}

fn bench() -> Result<Bench> {
    let soc = Soc::with(Config::default().shared())?;
    let frames = Arc::clone(&soc.frames);
    bench_on(soc, frames)
}

/// The same; memory that is allocated for the CPU is in as many pieces as there are pages.
fn scattered_bench(config: Config) -> Result<Bench> {
    let soc = Soc::with(config.shared())?;
    let frames = Scattered::new(Arc::clone(&soc.frames), 1);
    bench_on(soc, frames)
}

fn bench_on(soc: Soc, frames: impl FrameSource + Send + 'static) -> Result<Bench> {
    let memory = soc.platform.shared_memory().context("a file")?;
    let window = Arc::new(Window::new(WINDOW, [memory])?);
    let space = window.window();
    let addresses = IovaSpace::new(space.start, space.size.into())?;
    let driver = Vmm::new(CpuMmu::new(Arc::clone(&window)), frames, addresses);
    let cpu = soc
        .system
        .create(space.start, space.size, Box::new(driver))?;
    Ok(Bench { soc, window, cpu })
}

/// A stream that passes untranslated while the context is active.
struct Bypass(SocIommu, StreamId);

impl Bypass {
    const fn failed(operation: vcm::error::Operation) -> Error {
        Error::Driver {
            operation,
            reason: "the stream map cannot be changed",
            errno: Errno::EIO,
        }
    }
}

impl Gate for Bypass {
    fn open(&mut self) -> Result<(), Error> {
        let opened = self.0.bypass(self.1);
        opened.map_err(|_| Self::failed(vcm::error::Operation::Activate))
    }
    fn close(&mut self) -> Result<(), Error> {
        let closed = self.0.terminate(self.1);
        closed.map_err(|_| Self::failed(vcm::error::Operation::Deactivate))
    }
}

#[test]
fn one_allocation_is_seen_by_a_translated_master_a_direct_one_and_the_cpu() -> Result<()> {
    let Bench { soc, window, cpu } = bench()?;
    let gate = Bypass(soc.iommu.clone(), StreamId::new(1));
    let driver = OneToOne::with_gate(Arc::clone(&soc.frames), DDR, gate);
    let direct = soc.system.create(DDR.start, DDR.size, Box::new(driver))?;
    let space = soc.space(&[0])?;
    let (alloc, res) = (AllocFlags::default(), ResFlags::default());

    // Where a one-to-one context takes part, the memory comes from there.
    let by_direct = direct.make_binding(SIZE, alloc, res)?;
    let by_iommu = space.vcm.map(by_direct.phys(), res)?;
    let by_cpu = cpu.map(by_direct.phys(), res)?;
    assert_eq!(by_direct.phys().bindings(), 3);
    let starts = [by_direct.start(), by_iommu.start(), by_cpu.start()];
    assert!(starts[0] != starts[1] && starts[1] != starts[2] && starts[0] != starts[2]);
    // A buffer of each master alone, which the CPU does not see but through its memory port.
    let own_direct = direct.make_binding(SIZE, alloc, res)?;
    let own_iommu = soc.bind(&space, SIZE)?;
    let active = (direct.activate()?, space.vcm.activate()?, cpu.activate()?);
    let view = window.view(&by_cpu)?;
    assert_eq!(view.len(), SIZE as usize);

    // A translated master writes, the CPU reads.
    let text = noise(1, SIZE);
    soc.write(own_iommu.phys(), 0, &text)?;
    soc.copy(0, own_iommu.start(), by_iommu.start(), SIZE)?;
    view.sync_for_cpu();
    // SAFETY: no master is at work.
    assert!(unsafe { view.as_slice() } == text);

    // The CPU writes, both masters read.
    let text = noise(2, SIZE);
    view.write(0, &text)?;
    view.sync_for_device();
    soc.copy(0, by_iommu.start(), own_iommu.start(), SIZE)?;
    soc.copy(1, by_direct.start(), own_direct.start(), SIZE)?;
    assert!(soc.read(own_iommu.phys(), 0, SIZE)? == text);
    assert!(soc.read(own_direct.phys(), 0, SIZE)? == text);

    // A direct master writes, the CPU reads.
    let text = noise(3, SIZE);
    soc.write(own_direct.phys(), 0, &text)?;
    soc.copy(1, own_direct.start(), by_direct.start(), SIZE)?;
    let mut seen = vec![0; SIZE as usize];
    view.read(0, &mut seen)?;
    assert!(seen == text);

    // Gone for the CPU, it stays for the masters.
    drop(view);
    drop(by_cpu.unmap()?);
    soc.copy(0, by_iommu.start(), own_iommu.start(), SIZE)?;
    assert!(soc.read(own_iommu.phys(), 0, SIZE)? == text);
    drop((by_direct, by_iommu, own_direct, own_iommu, active));
    direct.destroy()?;
    cpu.destroy()?;
    soc.finish([space])
}

#[test]
fn scattered_memory_is_contiguous_for_master_and_cpu() -> Result<()> {
    let Bench { soc, window, cpu } = scattered_bench(Config::default().stressed(7))?;
    let space = soc.space(&[0])?;
    let pages = AllocFlags {
        max_page: 0x1000,
        ..AllocFlags::default()
    };
    let (from, to) = (
        cpu.make_binding(SIZE, pages, ResFlags::default())?,
        cpu.make_binding(SIZE, pages, ResFlags::default())?,
    );
    assert_eq!(from.phys().parts().len(), 9);
    let device_from = space.vcm.map(from.phys(), ResFlags::default())?;
    let device_to = space.vcm.map(to.phys(), ResFlags::default())?;
    let active = (space.vcm.activate()?, cpu.activate()?);

    let (source, target) = (window.view(&from)?, window.view(&to)?);
    for (number, word) in (0..).zip(source.words()?) {
        word.store(0x5A00_0000 | number, Ordering::Relaxed);
    }
    source.sync_for_device();
    // Neither end at the beginning of a page.
    let (skip, length) = (0x7F4, 0x6F28);
    let at = |start: Iova| Iova::new(start.get() + skip);
    soc.copy(0, at(device_from.start()), at(device_to.start()), length)?;
    target.sync_for_cpu();
    let (skip, length) = (skip as usize, length as usize);
    // SAFETY: no master is at work, and nothing writes.
    let (sent, received) = unsafe { (source.as_slice(), target.as_slice()) };
    assert!(received[skip..skip + length] == sent[skip..skip + length]);
    let around = [&received[..skip], &received[skip + length..]].concat();
    assert!(around.iter().all(|byte| *byte == 0), "more was written");
    // The processor's memory port has the same bytes.
    assert!(soc.read(to.phys(), 0, SIZE)? == received);

    drop((source, target));
    drop((active, device_from, device_to, from, to));
    cpu.destroy()?;
    soc.faults()?;
    soc.finish([space])
}

#[test]
fn the_cpu_polls_a_word_that_a_master_writes() -> Result<()> {
    let Bench { soc, window, cpu } = bench()?;
    let space = soc.space(&[0])?;
    let flag = soc.bind(&space, 0x1000)?;
    let from = soc.bind(&space, 0x1000)?;
    let by_cpu = cpu.map(flag.phys(), ResFlags::default())?;
    let active = (space.vcm.activate()?, cpu.activate()?);
    let view = window.view(&by_cpu)?;
    soc.write(from.phys(), 0, &0xCAFE_F00D_u32.to_le_bytes())?;
    let word = &view.words()?[3];
    word.store(0, Ordering::Relaxed);
    let mut channel = soc.dma.channel(0)?;
    channel.copy(from.start(), Iova::new(flag.start().get() + 12), 4)?;
    let mut polls = 0_u32;
    while u32::from_le(word.load(Ordering::Relaxed)) != 0xCAFE_F00D {
        polls += 1;
        assert!(polls < 10_000, "it was not written");
        soc.platform.step(1);
    }
    assert!(polls > 0, "it was there before the copy began");
    channel.wait(PATIENCE)?;
    drop((channel, view));
    drop((active, by_cpu, flag, from));
    cpu.destroy()?;
    soc.finish([space])
}

#[test]
fn what_the_cpu_may_only_read_a_master_may_write() -> Result<()> {
    let Bench { soc, window, cpu } = bench()?;
    let space = soc.space(&[0])?;
    let (from, to) = (soc.bind(&space, 0x1000)?, soc.bind(&space, 0x1000)?);
    let read_only = Attributes {
        write: false,
        ..Attributes::default()
    };
    let by_cpu = cpu.map(
        to.phys(),
        ResFlags {
            attributes: read_only,
            ..ResFlags::default()
        },
    )?;
    assert_eq!(window.view(&by_cpu).unwrap_err(), ViewError::NotActive);
    let active = (space.vcm.activate()?, cpu.activate()?);
    let view = window.view(&by_cpu)?;
    let text = noise(4, 0x1000);
    soc.write(from.phys(), 0, &text)?;
    soc.copy(0, from.start(), to.start(), 0x1000)?;
    let mut seen = vec![0; 0x1000];
    view.read(0, &mut seen)?;
    assert!(seen == text);
    assert_eq!(view.write(0, &[0]), Err(ViewError::ReadOnly));
    // While the CPU looks at it, it stays; the master's binding is its own affair.
    let (id, raw) = (by_cpu.id(), soc.system.raw());
    assert_eq!(raw.unbind(id).unwrap_err().errno(), Errno::EBUSY);
    drop(to.unmap()?);
    view.read(0, &mut seen)?;
    assert!(seen == text);
    drop(view);
    drop((active, by_cpu, from));
    cpu.destroy()?;
    soc.finish([space])
}

/// What another process does that was handed the file: it maps the memory by itself.
#[test]
fn a_second_mapping_of_the_file_sees_what_a_master_writes() -> Result<()> {
    use vcm::seam::PhysMem;

    let Bench { soc, window, cpu } = bench()?;
    drop((window, cpu));
    let file = soc.platform.shared_memory().context("a file")?;
    let handed_over = std::fs::File::from(file.file().try_clone_to_owned()?);
    let other = Memory::of_file(handed_over, file.base(), file.size())?;
    let space = soc.space(&[0])?;
    let (from, to) = (soc.bind(&space, 0x1000)?, soc.bind(&space, 0x1000)?);
    let active = space.vcm.activate()?;
    let text = noise(5, 0x1000);
    other.write(from.phys().parts()[0].start, &text)?;
    soc.copy(0, from.start(), to.start(), 0x1000)?;
    let mut seen = vec![0; 0x1000];
    other.read(to.phys().parts()[0].start, &mut seen)?;
    assert!(seen == text);
    drop((active, from, to));
    soc.finish([space])
}

/// As in a program on the board: page tables, buffers and views are all in memory of one file.
#[test]
fn a_driver_whose_memory_is_a_file_of_linux_works_on_the_hardware() -> Result<()> {
    let platform = Platform::new(Config::with_top(Top::Soc).shared())?;
    let memory = platform.shared_memory().context("a file")?;
    let behaviour = iommu::Config::default();
    let iommu = Iommu::probe(
        platform.bus(),
        Arc::clone(&memory),
        platform.clock(),
        behaviour,
    )?;
    let dma = Dma::probe(platform.bus(), platform.clock())?;
    let frames = Arc::new(Frames::new(Arc::clone(&memory)));
    frames.add_pool(1 << 20)?;
    let system = System::new();

    let mmu = Arc::new(iommu.context(ContextConfig::default())?);
    mmu.attach(StreamId::new(0))?;
    let addresses = IovaSpace::new(SPACE_START, SPACE_SIZE.into())?;
    let driver = VcmMmu::new(mmu, Arc::clone(&frames), addresses);
    let device = system.create(SPACE_START, SPACE_SIZE, Box::new(driver))?;
    let window = Arc::new(Window::new(WINDOW, [memory])?);
    let space = window.window();
    let addresses = IovaSpace::new(space.start, space.size.into())?;
    let driver = Vmm::new(
        CpuMmu::new(Arc::clone(&window)),
        Arc::clone(&frames),
        addresses,
    );
    let cpu = system.create(space.start, space.size, Box::new(driver))?;

    let (alloc, res) = (AllocFlags::default(), ResFlags::default());
    let (from, to) = (
        device.make_binding(SIZE, alloc, res)?,
        device.make_binding(SIZE, alloc, res)?,
    );
    let (cpu_from, cpu_to) = (cpu.map(from.phys(), res)?, cpu.map(to.phys(), res)?);
    let active = (device.activate()?, cpu.activate()?);
    let (source, target) = (window.view(&cpu_from)?, window.view(&cpu_to)?);
    let text = noise(6, SIZE);
    source.write(0, &text)?;
    source.sync_for_device();
    let mut channel = dma.channel(0)?;
    channel.copy(from.start(), to.start(), SIZE)?;
    channel.wait(PATIENCE)?;
    target.sync_for_cpu();
    let mut seen = vec![0; SIZE as usize];
    target.read(0, &mut seen)?;
    assert!(seen == text);
    drop((source, target, channel));
    drop((active, cpu_from, cpu_to, from, to));
    assert_eq!(frames.free_bytes(), 1 << 20);
    platform.check()?;
    Ok(())
}
