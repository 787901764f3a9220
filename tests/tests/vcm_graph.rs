//! One mapping graph for masters behind the IOMMU, masters beside it, and the processor.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use vcm::addr::{Iova, PhysAddr};
use vcm::driver::Fate;
use vcm::iommu::{ContextConfig, StreamId};
use vcm::iova::IovaSpace;
use vcm::mmu::PhysPart;
use vcm::platform::{Description, Graph, Platform, Through};
use vcm::wrap::{FrameRequest, FrameSource, MmuGate, OneToOne, VcmMmu};
use vcm::{AllocFlags, Region, ResFlags};
use vcm_tests::soc::{SPACE_SIZE, SPACE_START, Soc, Space, noise};

/// Where the memory of the board is.
const DDR: Region = Region::new(Iova::new(0x0010_0000), 0x1FF0_0000);
const SPACE: Region = Region::new(SPACE_START, SPACE_SIZE);
const SIZE: u32 = (2 << 20) | (4 << 10);

fn after(start: Iova, offset: u32) -> Iova {
    Iova::new(start.get() + offset)
}

fn board() -> Description {
    Description::new("board")
        .memory("DDR", PhysAddr::new(DDR.start.get()), DDR.size)
        .mmu("VCM-IOMMU")
        .context("mapped", SPACE, Through::Mmu("VCM-IOMMU".into()))
        .context("direct", DDR, Through::Direct)
        .context("processor", DDR, Through::Cpu)
        .master("DMA 0", "mapped")
        .master("DMA 1", "direct")
}

/// What Graphviz makes of it; `None` where there is none.
fn drawn(graph: &Graph) -> Result<Option<String>> {
    let dot = Command::new("dot")
        .arg("-Tsvg")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut dot) = dot else {
        return Ok(None);
    };
    let mut stdin = dot.stdin.take().context("a pipe")?;
    write!(stdin, "{}", graph.dot())?;
    drop(stdin);
    let output = dot.wait_with_output()?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success() && complaints.is_empty(),
        "{complaints}"
    );
    Ok(Some(String::from_utf8(output.stdout)?))
}

/// What one master writes at its address, the others find at theirs, which the framework tells.
#[test]
fn one_buffer_is_bound_behind_the_iommu_beside_it_and_for_the_processor_at_once() -> Result<()> {
    let soc = Soc::new()?;
    let platform = Platform::new(board(), soc.system.clone())?;
    let mmu = Arc::new(soc.iommu.context(ContextConfig::default())?);
    mmu.attach(StreamId::new(0))?;
    let addresses = IovaSpace::new(SPACE.start, SPACE.size.into())?;
    let driver = VcmMmu::new(Arc::clone(&mmu), Arc::clone(&soc.frames), addresses);
    let mapped = platform.create("mapped", Box::new(driver))?;
    let one_to_one = ContextConfig {
        one_to_one: true,
        ..ContextConfig::default()
    };
    let gate = Arc::new(soc.iommu.context(one_to_one)?);
    gate.attach(StreamId::new(1))?;
    let driver = OneToOne::with_gate(Arc::clone(&soc.frames), DDR, MmuGate(gate));
    let direct = platform.create("direct", Box::new(driver))?;
    let driver = OneToOne::new(Arc::clone(&soc.frames), DDR);
    let processor = platform.create("processor", Box::new(driver))?;

    let (alloc, res) = (AllocFlags::default(), ResFlags::default());
    let owner = direct.make_binding(SIZE, alloc, res)?;
    let by_mmu = mapped.map(owner.phys(), res)?;
    let by_cpu = processor.map(owner.phys(), res)?;
    assert_eq!(owner.phys().bindings(), 3);
    let active = (
        mapped.activate()?,
        direct.activate()?,
        processor.activate()?,
    );

    // From each to each, for the same byte.
    let (from, to) = (0x1_0000, SIZE - 0x1000);
    let here = after(by_mmu.start(), from);
    let there = mapped.translate_to(after(by_mmu.start(), to), &direct)?;
    assert_eq!(there, [after(owner.start(), to)]);
    let text = noise(1, 0x1000);
    soc.write(owner.phys(), from, &text)?;
    soc.copy(0, here, after(by_mmu.start(), to), 0x1000)?;
    let again = after(owner.start(), 0x8_0000);
    soc.copy(1, there[0], again, 0x1000)?;
    let seen = direct.translate_to(again, &processor)?;
    let at = processor.translate(seen[0]).context("bound")?;
    let part = PhysPart {
        start: at,
        size: 0x1000,
    };
    assert!(soc.read_parts(&[part], 0, 0x1000)? == text);
    let everywhere = soc.system.raw().mappings_of(at);
    let contexts: Vec<_> = everywhere.iter().map(|mapping| mapping.vcm).collect();
    assert_eq!(contexts, [mapped.id(), direct.id(), processor.id()]);

    // What the graph says, the picture shows.
    let graph = platform.graph()?;
    let tree = graph.to_string();
    assert_eq!(tree.matches("→ physical memory 0.0").count(), 3, "{tree}");
    assert_eq!(tree.matches(", active: 2052 KiB reserved").count(), 3);
    assert!(tree.contains("physical memory 0.0, 2052 KiB, bound 3 times"));
    if let Some(picture) = drawn(&graph)? {
        for name in ["DMA 0", "DMA 1", "context mapped", "physical memory 0.0"] {
            assert!(picture.contains(name), "{name}");
        }
        let titles = picture.lines().filter(|line| line.starts_with("<title>"));
        let arrows = titles.filter(|title| title.contains("&gt;physical memory 0.0"));
        assert_eq!(arrows.count(), 3);
    }
    drop(by_cpu);
    let tree = platform.graph()?.to_string();
    assert_eq!(tree.matches("→ physical memory 0.0").count(), 2, "{tree}");

    drop((active, by_mmu, owner));
    direct.destroy()?;
    processor.destroy()?;
    let tree = platform.graph()?.to_string();
    assert_eq!(tree.matches("not created").count(), 2, "{tree}");
    assert!(!tree.contains("physical memory"), "{tree}");
    soc.finish([Space { vcm: mapped, mmu }])
}

#[test]
fn memory_of_another_allocator_is_mapped_in_parts_and_handed_back() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    // The other allocator: parts in no order.
    let frames = Arc::clone(&soc.frames);
    let free = frames.free_bytes();
    let mut parts = Vec::new();
    for size in [0x1_0000, 0x1000, 0x3000] {
        let request = FrameRequest {
            size,
            page_sizes: &[],
            contiguous: true,
            align: 0x1000,
        };
        parts.extend(FrameSource::allocate(&frames, &request)?);
    }
    parts.rotate_left(1);
    let size = 0x1_4000;
    let reused = Arc::<Mutex<Vec<bool>>>::default();
    let (lender, told) = (Arc::clone(&frames), Arc::clone(&reused));
    let imported = soc.system.import(&parts, move |parts: &[PhysPart], fate| {
        told.lock().unwrap().push(matches!(fate, Fate::Reuse(_)));
        match fate {
            Fate::Reuse(quiet) => FrameSource::free(&lender, parts, quiet),
            Fate::Poison => FrameSource::poison(&lender, parts),
        }
    })?;
    assert_eq!(&*imported.parts(), &parts[..]);

    let own = soc.bind(&space, size)?;
    let bound = space.vcm.map(&imported, ResFlags::default())?;
    let active = space.vcm.activate()?;
    let text = noise(3, size);
    soc.write_parts(&parts, 0, &text)?;
    soc.copy(0, bound.start(), own.start(), size)?;
    assert!(soc.read(own.phys(), 0, size)? == text);
    let extents = soc.system.raw().extents(space.vcm.id())?;
    let of_bound = extents.iter().filter(|of| of.reservation == bound.id());
    let starts: Vec<_> = of_bound.filter_map(|extent| extent.phys).collect();
    let expected: Vec<_> = parts.iter().map(|part| part.start).collect();
    assert_eq!(starts, expected);

    drop(imported);
    assert!(reused.lock().unwrap().is_empty(), "it is still bound");
    bound.destroy()?;
    assert_eq!(*reused.lock().unwrap(), [true]);
    drop((active, own));
    assert_eq!(frames.free_bytes(), free);
    drop(frames);
    soc.finish([space])
}

#[test]
fn addresses_within_a_limit_are_the_only_ones_that_hardware_translates() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.space(&[0])?;
    let from = soc.bind(&space, 0x1000)?;
    let active = space.vcm.activate()?;
    let low = Region::new(after(SPACE_START, 0x10_0000), 0x2000);
    let limited = ResFlags {
        within: Some(low),
        ..ResFlags::default()
    };
    let alloc = AllocFlags::default();
    let first = space.vcm.make_binding(0x1000, alloc, limited)?;
    let second = space.vcm.make_binding(0x1000, alloc, limited)?;
    assert!(space.vcm.make_binding(0x1000, alloc, limited).is_err());
    for binding in [&first, &second] {
        assert!(low.encloses(&binding.region()));
        let text = noise(binding.start().get().into(), 0x1000);
        soc.write(from.phys(), 0, &text)?;
        soc.copy(0, from.start(), binding.start(), 0x1000)?;
        assert!(soc.read(binding.phys(), 0, 0x1000)? == text);
    }
    drop((active, from, first, second));
    soc.finish([space])
}
