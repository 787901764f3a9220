//! `walk`: what a context maps, from outside.

use vcm::addr::Iova;
use vcm::seam::PhysMem;
use vcm_demo_core::terminal::line;

use super::ranges;
use crate::failure::{Failure, While};
use crate::peek::{Bank, Peek};
use vcm_linux::Device;
use vcm_linux::number::size;

pub(super) fn run(
    device: &Device,
    peek: &Peek<'_>,
    context: Option<u8>,
    address: Option<u32>,
) -> Result<(), Failure> {
    let banks: Vec<Bank> = match context {
        Some(number) => vec![peek.bank(number)?],
        None => peek
            .banks()?
            .into_iter()
            .filter(|bank| bank.enabled)
            .collect(),
    };
    if banks.is_empty() {
        line("no context is enabled");
        return Ok(());
    }
    let memory = device.memory()?;
    for bank in &banks {
        if !bank.enabled {
            line(&format!("context {} is not enabled", bank.number));
        } else if bank.one_to_one {
            line(&format!("context {} is one-to-one: no table", bank.number));
        } else {
            match address {
                Some(address) => one(peek, bank, &memory, Iova::new(address))?,
                None => all(bank, &memory)?,
            }
        }
    }
    Ok(())
}

fn all(bank: &Bank, memory: &impl PhysMem) -> Result<(), Failure> {
    line(&format!(
        "context {}, tables at {}:",
        bank.number, bank.root
    ));
    let ranges = ranges::of(memory, bank.root)
        .when("reading the page table (is it in another memory? name that with --memory)")?;
    for range in &ranges {
        line(&format!("  {}", range.describe()));
    }
    if ranges.is_empty() {
        line("  nothing is mapped");
    }
    Ok(())
}

fn one(peek: &Peek<'_>, bank: &Bank, memory: &impl PhysMem, at: Iova) -> Result<(), Failure> {
    let by_table = vcm::table::walk(memory, bank.root, at);
    line(&match &by_table {
        Ok(found) => format!(
            "context {}: {at} → {}, {} page, {}",
            bank.number,
            found.phys,
            size(found.page.bytes().into()),
            ranges::access(&found.attributes)
        ),
        Err(fault) => format!("context {}: {at}: {fault}", bank.number),
    });
    if peek.features.minor == 0 {
        line("  hardware: cannot be asked, it is too old");
        return Ok(());
    }
    for (write, name) in [(false, "read "), (true, "write")] {
        let answer = match peek.ask_hardware(bank.number, at, write)? {
            Ok(phys) => phys.to_string(),
            Err(kind) => kind.to_string(),
        };
        line(&format!("  hardware, {name}: {answer}"));
    }
    // With no access for the unprivileged, the hardware refuses what the table maps.
    let readable = by_table
        .ok()
        .filter(|found| found.attributes.read && found.attributes.user);
    let read = peek.ask_hardware(bank.number, at, false)?.ok();
    let expected = readable.map(|found| found.phys);
    if read != expected {
        return Err(Failure::Wrong(
            "table and hardware differ: the table was changed and not invalidated, or not synced"
                .to_owned(),
        ));
    }
    Ok(())
}
