//! `map`: memory for a stream, until Enter is pressed.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use vcm::addr::Iova;
use vcm::frames::Frames;
use vcm::iommu::{Config, ContextConfig, Iommu, StreamId};
use vcm::iova::IovaSpace;
use vcm::mmu::Attributes;
use vcm::wrap::VcmMmu;
use vcm::{AllocFlags, PAGE_SIZE, ResFlags, System};
use vcm_demo_core::terminal::line;

use super::ranges;
use crate::arguments::MapArguments;
use crate::failure::{Failure, While};
use vcm_linux::Device;
use vcm_linux::number::size;

/// Device addresses that are used if none is asked for.
const SPACE: (Iova, u32) = (Iova::new(0x8000_0000), 0x4000_0000);
/// All of them but the last page, of which the end has no number.
const WHOLE: (Iova, u32) = (Iova::new(0), 0xffff_f000);
/// Memory for page tables, at least.
const TABLES: u32 = 1 << 20;
/// What the pool of frames is a multiple of.
const UNIT: u32 = 1 << 20;

pub(super) fn run(device: &Device, wanted: &MapArguments) -> Result<(), Failure> {
    let bytes = wanted.size.checked_next_multiple_of(PAGE_SIZE);
    let bytes = bytes.filter(|bytes| *bytes > 0).ok_or_else(|| {
        Failure::Unusable("the size has to be at least 1 byte, and less than 4 GiB".to_owned())
    })?;
    let memory = device.memory()?;
    let pool = memory.size().saturating_sub(TABLES) / UNIT * UNIT;
    if pool < bytes {
        return Err(Failure::Unusable(format!(
            "{} of memory for devices are too little for {}: map less, or make the u-dma-buf larger",
            size(memory.size().into()),
            size(bytes.into())
        )));
    }
    let frames = Arc::new(Frames::new(Arc::clone(&memory)));
    frames.add_pool(pool).when("taking memory")?;

    let (bus, clock) = (Arc::clone(&device.bus), Arc::clone(&device.clock));
    let iommu = Iommu::probe(bus, Arc::clone(&memory), clock, Config::default())?;
    let context = iommu.context(ContextConfig::default());
    let context = Arc::new(context.when("making a context")?);
    for stream in &wanted.stream {
        let attached = context.attach(StreamId::new(*stream));
        attached.map_err(|error| Failure::Unusable(error.to_string()))?;
    }
    let (start, space) = if wanted.at.is_some() { WHOLE } else { SPACE };
    let addresses = IovaSpace::new(start, space.into()).when("making a context")?;
    let driver = VcmMmu::new(Arc::clone(&context), frames, addresses);
    let vcm = System::new()
        .create(start, space, Box::new(driver))
        .when("making a context")?;
    let alloc = AllocFlags {
        max_page: wanted.page,
        ..AllocFlags::default()
    };
    let res = ResFlags {
        at: wanted.at.map(Iova::new),
        attributes: Attributes {
            write: !wanted.read_only,
            ..Attributes::default()
        },
        ..ResFlags::default()
    };
    let binding = vcm.make_binding(bytes, alloc, res);
    let binding = binding
        .map_err(|error| Failure::Unusable(format!("mapping {}: {error}", size(bytes.into()))))?;
    let active = vcm.activate().when("activating the context")?;

    line(&format!(
        "context {}: {} at {} for {}",
        context.bank(),
        size(bytes.into()),
        binding.start(),
        streams(&wanted.stream)
    ));
    for range in ranges::of(&memory, context.table_base()).when("reading the page table")? {
        line(&format!("  {}", range.describe()));
    }
    if wanted.keep {
        line(&format!(
            "it stays mapped; end it with: vcm-tool --device {} unmap --context {}",
            device.name,
            context.bank()
        ));
        // Nothing is given back: hardware and memory stay as they are when the program is gone.
        std::mem::forget((binding, active, vcm, context, iommu));
        return Ok(());
    }
    hold(wanted.seconds)?;
    let failed = "giving it back";
    binding.destroy().map_err(|left| left.error).when(failed)?;
    active
        .deactivate()
        .map_err(|left| left.error)
        .when(failed)?;
    vcm.destroy().map_err(|left| left.error).when(failed)?;
    line("unmapped");
    Ok(())
}

/// Waits, until Enter or for a time.
fn hold(seconds: Option<f64>) -> Result<(), Failure> {
    let Some(seconds) = seconds else {
        line("mapped until Enter is pressed");
        // That nobody can press it is as good as if somebody had.
        let _ = io::stdin().read_line(&mut String::new());
        return Ok(());
    };
    let time = Duration::try_from_secs_f64(seconds).map_err(|error| {
        Failure::Unusable(format!(
            "--for {seconds}: {error}: give seconds, such as 2.5"
        ))
    })?;
    thread::sleep(time);
    Ok(())
}

fn streams(all: &[u16]) -> String {
    let names: Vec<String> = all
        .iter()
        .map(|number| StreamId::new(*number).to_string())
        .collect();
    names.join(", ")
}
