//! The copy of the file, and what it may have changed.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;

use vcm_regs::descriptor::SMALL_PAGE_SIZE;

use crate::bench::{Bench, Run, Which};
use crate::buffers::Buffers;
use crate::error::{DemoError, While};
use crate::machine::Machine;
use crate::memory::{Contents, Fingerprint};
use crate::number::bytes;
use crate::report::{Check, Findings, Transfer};
use crate::watch::Watcher;

/// What stands in the destination behind the file, up to the end of its last page.
const BEHIND: u8 = 0xc3;

/// Puts the file into the source, and into the destination its complement: no byte there is right
/// until it has been copied.
pub(crate) fn load<M: Machine>(
    bench: &Bench<'_, M>,
    buffers: &Buffers<M>,
    file: &[u8],
    watcher: &mut impl Watcher,
) -> Result<Contents<M>, DemoError> {
    let doing = "loading the file";
    let contents = Contents::new(bench.machine, file.len());
    contents.write(buffers.source.phys(), 0, file).when(doing)?;
    let mut wrong: Vec<u8> = file.iter().map(|byte| !byte).collect();
    wrong.resize(whole_pages(file.len()), BEHIND);
    contents
        .write(buffers.destination.phys(), 0, &wrong)
        .when(doing)?;
    watcher.note(&format!(
        "{} through {}; page tables through the processor's port",
        bytes(file.len() as u64),
        contents.way().name()
    ));
    Ok(contents)
}

/// Copies the file from source to destination, and compares. Returns what is there then.
pub(crate) fn copy<M: Machine>(
    bench: &mut Bench<'_, M>,
    buffers: &Buffers<M>,
    contents: &Contents<M>,
    file: &[u8],
    found: &mut Findings,
    watcher: &mut impl Watcher,
) -> Result<Vec<u8>, DemoError> {
    let doing = "looking at memory";
    let memory = buffers.memory();
    let before = Fingerprint::of(bench.machine, &memory).when(doing)?;
    let length = file.len() as u32;
    let (from, to) = (buffers.source.start(), buffers.destination.start());
    let run = bench.transfer(Which::Translated, from, to, length, &mut |copied| {
        watcher.progress(copied, length);
    })?;
    let after = Fingerprint::of(bench.machine, &memory).when(doing)?;
    let mut copied = contents
        .read(buffers.destination.phys(), 0, whole_pages(file.len()))
        .when("reading the copy")?;

    found.check(
        Check::new("the DMA engine copied the file through translated addresses without a fault")
            .unless(unfinished(&run, length)),
    );
    found.check(
        Check::new("every byte of the copy is that of the file")
            .unless(first_difference(file, &copied)),
    );
    let behind = copied.split_off(file.len());
    let changed = after.changed_since(&before);
    let parts = buffers.destination.phys().parts();
    let stray = changed.iter().find(|page| {
        let of = parts.iter().find(|part| {
            (part.start..).contains(page) && page.get() - part.start.get() < part.size
        });
        of.is_none()
    });
    found.check(
        Check::new("nothing but the copy has changed in memory")
            .unless(stray.map(|page| format!("the page at {page} has changed")))
            .unless(
                behind
                    .iter()
                    .any(|byte| *byte != BEHIND)
                    .then(|| "bytes behind the copy have changed".to_owned()),
            ),
    );
    let row = transfer("the file, translated", &run, 0);
    watcher.note(&format!(
        "{} from {from} to {to}, compared byte by byte",
        bytes(row.bytes)
    ));
    found.transfers.push(row);
    Ok(copied)
}

/// The row of a transfer in the report.
pub(crate) fn transfer(name: &'static str, run: &Run, faults_expected: usize) -> Transfer {
    Transfer {
        name,
        bytes: match run.result {
            Ok(copied) => copied,
            Err(
                vcm::dma::DmaError::Transfer { copied, .. }
                | vcm::dma::DmaError::Aborted { copied },
            ) => copied,
            Err(_) => 0,
        },
        time: run.time,
        counters: run.counters,
        faults_expected,
        faults: run.faults.len(),
    }
}

/// Why a transfer that had to succeed did not.
pub(crate) fn unfinished(run: &Run, length: u32) -> Option<String> {
    match (&run.result, run.faults.first()) {
        (Err(error), _) => Some(error.to_string()),
        (Ok(_), Some(fault)) => Some(fault.to_string()),
        (Ok(copied), None) if *copied != length => Some(format!("{copied} bytes were copied")),
        (Ok(_), None) => None,
    }
}

/// Where and how `got` is not as `wanted`, which may be shorter.
pub(crate) fn first_difference(wanted: &[u8], got: &[u8]) -> Option<String> {
    let wrong = |(wanted, got): &(&u8, &u8)| wanted != got;
    let both = || wanted.iter().zip(got);
    let at = both().position(|pair| wrong(&pair))?;
    let count = both().filter(wrong).count();
    Some(format!(
        "{count} bytes differ, the first is byte {at}: {:#04x} instead of {:#04x}",
        got[at], wanted[at]
    ))
}

fn whole_pages(bytes: usize) -> usize {
    bytes.next_multiple_of(SMALL_PAGE_SIZE as usize)
}
