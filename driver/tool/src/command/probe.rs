//! `probe`: what is there.

use vcm::dma::Dma;
use vcm_demo_core::terminal::line;

use crate::failure::Failure;
use crate::peek::Peek;
use vcm_linux::Device;

pub(super) fn run(device: &Device, peek: &Peek<'_>) -> Result<(), Failure> {
    let found = &peek.features;
    line(&format!("device    {}", device.name));
    line(&format!(
        "IOMMU     VCM-IOMMU, register interface 1.{}",
        found.minor
    ));
    line(&format!(
        "          {} contexts, {} streams, IDs of {} bits, {} transactions each way",
        found.contexts, found.streams, found.id_bits, found.outstanding
    ));
    line(&format!(
        "          micro-TLBs {} + {}, main TLB {} × {}, first-level cache {}, {} walks at a time",
        found.tlb_entries,
        found.tlb_entries,
        found.main_sets,
        found.main_ways,
        found.first_level,
        found.walks
    ));
    line(&format!("          fault queue of {}", found.fault_queue));
    match Dma::probe(&device.bus, &device.clock) {
        Ok(dma) => line(&format!("DMA       {} channels", dma.channels())),
        Err(error) => line(&format!("DMA       {error}")),
    }
    let interrupt = match device.interrupts {
        true => "yes",
        false => "none by this way: faults are polled for; uio:NAME has one",
    };
    line(&format!("interrupt {interrupt}"));
    for (number, text) in device.describe_memory()?.iter().enumerate() {
        let name = if number == 0 { "memory" } else { "" };
        line(&format!("{name:<10}{text}"));
    }
    state(peek)
}

/// What is switched on now.
fn state(peek: &Peek<'_>) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for bank in peek.banks()?.iter().filter(|bank| bank.enabled) {
        let streams = numbers(&peek.streams_of(bank.number)?);
        let way = match bank.one_to_one {
            true => "one-to-one".to_owned(),
            false => format!("tables at {}", bank.root),
        };
        lines.push(format!(
            "context {}: {way}, ASID {}, streams {streams}",
            bank.number, bank.asid
        ));
    }
    let bypassed = peek.bypassed()?;
    if !bypassed.is_empty() {
        lines.push(format!("bypassed: streams {}", numbers(&bypassed)));
    }
    if lines.is_empty() {
        lines.push("idle: every stream is refused".to_owned());
    }
    for (number, text) in lines.iter().enumerate() {
        let name = if number == 0 { "state" } else { "" };
        line(&format!("{name:<10}{text}"));
    }
    Ok(())
}

fn numbers(streams: &[u32]) -> String {
    let all: Vec<String> = streams.iter().map(u32::to_string).collect();
    match all.is_empty() {
        true => "none".to_owned(),
        false => all.join(", "),
    }
}
