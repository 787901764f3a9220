//! Accesses that are not allowed: each must be refused, recorded, attributed, and change nothing.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use vcm::addr::Iova;
use vcm::dma::{DmaError, End, Response};
use vcm::iommu::{FaultKind, FaultRecord};
use vcm::mmu::Refusal;
use vcm::table::{PageSize, WalkFault};
use vcm::{Attribution, Cause, Verdict};

use crate::bench::{Bench, Run, Which};
use crate::buffers::Buffers;
use crate::copy::transfer;
use crate::error::{DemoError, While};
use crate::machine::Machine;
use crate::memory::Fingerprint;
use crate::number::bytes;
use crate::report::{Attempt, Check, Findings};
use crate::share::WRITTEN;
use crate::watch::Watcher;

/// Bytes of each attempt: one burst.
const LENGTH: u32 = 64;

/// An access that must fault.
struct Trial {
    name: &'static str,
    which: Which,
    from: Iova,
    to: Iova,
    /// Which end of it is refused.
    end: End,
    kind: FaultKind,
    /// Whether the framework finds the right cause; only in a context.
    is_cause: fn(&Cause) -> bool,
}

impl Trial {
    /// The address that is refused.
    fn at(&self) -> Iova {
        match self.end {
            End::Source => self.from,
            End::Destination => self.to,
        }
    }

    /// What the IOMMU must answer.
    fn response(&self) -> Response {
        match self.kind {
            FaultKind::UnmappedStream => Response::DecodeError,
            _ => Response::SlaveError,
        }
    }
}

/// Tries everything that is not allowed.
pub(crate) fn protect<M: Machine>(
    bench: &mut Bench<'_, M>,
    buffers: &Buffers<M>,
    file: usize,
    found: &mut Findings,
    watcher: &mut impl Watcher,
) -> Result<(), DemoError> {
    let doing = "looking at memory";
    let memory = buffers.memory();
    let before = Fingerprint::of(bench.machine, &memory).when(doing)?;
    for trial in trials(buffers, file)? {
        let run = bench.transfer(trial.which, trial.from, trial.to, LENGTH, &mut |_| {})?;
        let context = buffers
            .context
            .take_fault()
            .when("reading the fault registers")?;
        let record = run.faults.first().copied();
        let attribution = match (&record, trial.which) {
            (Some(record), Which::Translated) => Some(buffers.blame(record)?),
            _ => None,
        };
        let why = misjudged(&trial, &run, bench, buffers)
            .or_else(|| unlike(&run, context.map(|fault| fault.first)))
            .or_else(|| misattributed(&trial, attribution.as_ref()));
        let check = Check::new(format!("{}: refused and recorded", trial.name));
        found.check(check.unless(why));

        let place = match trial.which {
            Which::Translated => buffers.place(trial.at()),
            Which::Bypassed | Which::Terminated => "in no context".to_owned(),
        };
        let attempt = Attempt {
            name: trial.name,
            record,
            place,
            attribution,
        };
        watcher.note(&attempt.describe());
        if let Some(fault) = &attempt.attribution {
            watcher.note(&fault.to_string());
        }
        found.attempts.push(attempt);
        found.transfers.push(transfer(trial.name, &run, 1));
    }
    let after = Fingerprint::of(bench.machine, &memory).when(doing)?;
    let changed = after.changed_since(&before);
    found.check(
        Check::new(format!(
            "no fault has changed anything in {} of memory",
            bytes(after.bytes())
        ))
        .unless(changed.first().map(|page| {
            let pages = changed.len();
            format!("{pages} pages have changed, the first at {page}")
        })),
    );
    Ok(())
}

fn trials<M: Machine>(buffers: &Buffers<M>, file: usize) -> Result<Vec<Trial>, DemoError> {
    // Unlike anything that stands where it must not be written.
    let message = Iova::new(buffers.shared.start().get() + WRITTEN);
    let destination = buffers.destination.start();
    let behind = Iova::new(buffers.guard.start().get() + LENGTH);
    let space = buffers.translated.space();
    let nowhere = Iova::new(space.start.get() + space.size / 2);
    let middle = file as u32 / 2 / LENGTH * LENGTH;
    let read_only = Iova::new(buffers.source.start().get() + middle);
    let shared = buffers.shared_direct.start();
    let trial = |name, which, from, to, end, kind, is_cause| Trial {
        name,
        which,
        from,
        to,
        end,
        kind,
        is_cause,
    };
    let page = buffers
        .context
        .walk(read_only)
        .when("walking the page table")?;
    let denied = match page.page {
        PageSize::SmallPage | PageSize::LargePage => FaultKind::PermissionL2,
        PageSize::Section | PageSize::Supersection => FaultKind::PermissionL1,
    };
    Ok(vec![
        trial(
            "a write behind the destination",
            Which::Translated,
            message,
            behind,
            End::Destination,
            unmapped(buffers, behind),
            |cause| matches!(cause, Cause::NeverBound { .. }),
        ),
        trial(
            "a read where nothing is reserved",
            Which::Translated,
            nowhere,
            destination,
            End::Source,
            unmapped(buffers, nowhere),
            |cause| *cause == Cause::InSpace,
        ),
        trial(
            "a write to the read-only source",
            Which::Translated,
            message,
            read_only,
            End::Destination,
            denied,
            |cause| {
                let refused = Verdict::Refused(Refusal::Write);
                matches!(cause, Cause::Bound { verdict, .. } if *verdict == refused)
            },
        ),
        trial(
            "a read by a stream not admitted",
            Which::Terminated,
            shared,
            Iova::new(shared.get() + LENGTH),
            End::Source,
            FaultKind::UnmappedStream,
            |_| false,
        ),
    ])
}

/// How an address that is not mapped faults, by what stands in the page table.
fn unmapped<M: Machine>(buffers: &Buffers<M>, at: Iova) -> FaultKind {
    match buffers.context.walk(at) {
        Err(WalkFault::TranslationL2) => FaultKind::TranslationL2,
        _ => FaultKind::TranslationL1,
    }
}

/// What is wrong with the outcome, if anything is.
fn misjudged<M: Machine>(
    trial: &Trial,
    run: &Run,
    bench: &Bench<'_, M>,
    buffers: &Buffers<M>,
) -> Option<String> {
    let expected = DmaError::Transfer {
        end: trial.end,
        at: trial.at(),
        response: trial.response(),
        copied: 0,
    };
    match &run.result {
        Ok(copied) => return Some(format!("{copied} bytes were copied")),
        Err(error) if *error != expected => return Some(error.to_string()),
        Err(_) => {}
    }
    let [record] = run.faults[..] else {
        return Some(format!("{} faults were recorded", run.faults.len()));
    };
    let translated = trial.which == Which::Translated;
    let as_expected = record.iova == trial.at()
        && record.kind == trial.kind
        && record.write == (trial.end == End::Destination)
        && record.stream == bench.stream(trial.which)
        && record.context == translated.then(|| buffers.context.bank());
    if !as_expected {
        return Some(format!("recorded was: {record}"));
    }
    if run.counters.faults != 1 {
        return Some(format!("{} faults were counted", run.counters.faults));
    }
    (!run.fault_interrupt).then(|| "there was no interrupt".to_owned())
}

/// What is wrong with what the framework says of a fault in a context, if anything is.
fn misattributed(trial: &Trial, attribution: Option<&Attribution>) -> Option<String> {
    let fault = attribution.filter(|fault| !(trial.is_cause)(&fault.cause))?;
    Some(format!("attributed was: {fault}"))
}

/// What is wrong with the fault registers of the context, if anything is.
fn unlike(run: &Run, context: Option<FaultRecord>) -> Option<String> {
    let queued = run.faults.first().filter(|record| record.context.is_some());
    (context.as_ref() != queued).then(|| match context {
        Some(fault) => format!("the context's fault registers say: {fault}"),
        None => "the context's fault registers say nothing".to_owned(),
    })
}
