//! What all commands say of a file.

use std::io::{self, Write};

pub(crate) use vcm_sim::wave::chain;
use vcm_sim::wave::{Ending, Summary, Timebase, Wave, shown_time};

/// Writes a line to standard output. That nobody reads it is no reason to complain.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// What was found in a file, on standard error.
pub(crate) fn found(wave: &Wave) {
    let layout = wave.layout();
    for device in &layout.devices {
        let names = ["s_axil", "s_axi", "m_axi", "m_axi_ptw"];
        let ports = names.iter().zip(device.ports);
        let missing: Vec<&str> = ports
            .filter(|(_, port)| port.is_none())
            .map(|(name, _)| *name)
            .collect();
        let lacks = match missing[..] {
            [] => String::new(),
            _ => format!(", without {}", missing.join(" and ")),
        };
        eprintln!("IOMMU {}{lacks}", device.scope);
    }
    for port in &layout.ports {
        if !port.missing.is_empty() {
            let missing = port.missing.join(", ");
            eprintln!("{} has no {missing}: taken for 0, READY for 1", port.name);
        }
    }
    let nearly = layout.nearly.iter().filter(|_| layout.devices.is_empty());
    for nearly in nearly {
        eprintln!("not taken for a port: {nearly}");
    }
}

/// How reading ended, on standard error. Returns whether it went well.
pub(crate) fn ended(wave: &Wave, ending: &Ending) -> bool {
    let file = wave.file().display();
    if ending.cycles.iter().all(|cycles| *cycles == 0) {
        eprintln!("vcm-wave: {file}: no clock edge in the recording");
    }
    match &ending.damage {
        None => true,
        Some(damage) => {
            eprintln!("vcm-wave: {file}: {damage}; what came before has been read");
            false
        }
    }
}

/// What else there is to know when a file has been read, on standard error. Returns whether it went well.
pub(crate) fn summed_up(wave: &Wave, summary: &Summary) -> bool {
    if summary.gaps.1 > 0 {
        let (cycles, places) = summary.gaps;
        eprintln!("the recording has {places} gaps, of {cycles} cycles together");
    }
    if summary.strays > 0 {
        eprintln!(
            "{} answers or bursts belong to nothing in the recording",
            summary.strays
        );
    }
    if let Some((port, channel, cycle)) = summary.first_unknown {
        eprintln!(
            "{} times a VALID or READY was X or Z, first on {} of {} in {}",
            summary.unknown_handshakes,
            channel.name(),
            wave.layout().ports[port].name,
            moment(&wave.timebase(wave.layout().ports[port].clock), cycle),
        );
    }
    ended(wave, &summary.ending)
}

/// A cycle with its time.
pub(crate) fn moment(base: &Timebase, cycle: u64) -> String {
    format!("cycle {cycle} ({})", shown_time(base.picoseconds(cycle)))
}
