//! One buffer, two masters: a bypassed stream writes it at its physical address, a translated one reads
//! the same bytes at another.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use vcm::addr::Iova;

use crate::bench::{Bench, Which};
use crate::buffers::{Buffers, SHARED_SIZE};
use crate::copy::{first_difference, transfer, unfinished};
use crate::error::{DemoError, While};
use crate::machine::Machine;
use crate::memory::Contents;
use crate::number::bytes;
use crate::report::{Check, Findings};
use crate::watch::Watcher;

/// Bytes that are passed on: more than a large page.
const LENGTH: u32 = 68 << 10;

/// Where the processor leaves them.
pub(crate) const WRITTEN: u32 = 0;
/// Where the bypassed stream leaves them: at the end, on a section and on a small page.
const PASSED_ON: u32 = SHARED_SIZE - LENGTH;
/// Where the translated stream leaves them: on both sections.
const RECEIVED: u32 = (1 << 20) - LENGTH / 2;

/// Has the bypassed stream write to the shared buffer, and the translated one read from it.
pub(crate) fn share<M: Machine>(
    bench: &mut Bench<'_, M>,
    buffers: &Buffers<M>,
    found: &mut Findings,
    watcher: &mut impl Watcher,
) -> Result<(), DemoError> {
    let doing = "filling the shared buffer";
    let contents = Contents::new(bench.machine, 0);
    let phys = buffers.shared.phys();
    let message = message();
    let wrong: Vec<u8> = message.iter().map(|byte| !byte).collect();
    contents.write(phys, WRITTEN, &message).when(doing)?;
    for offset in [PASSED_ON, RECEIVED] {
        contents.write(phys, offset, &wrong).when(doing)?;
    }

    let mut pass = |which, start: Iova, from: u32, to: u32| {
        let at = |offset| Iova::new(start.get() + offset);
        bench.transfer(which, at(from), at(to), LENGTH, &mut |_| {})
    };
    let (direct, translated) = (buffers.shared_direct.start(), buffers.shared.start());
    let written = pass(Which::Bypassed, direct, WRITTEN, PASSED_ON)?;
    let read = pass(Which::Translated, translated, PASSED_ON, RECEIVED)?;
    let received = contents
        .read(phys, RECEIVED, LENGTH as usize)
        .when("reading the shared buffer")?;

    let same = Check::new("the translated stream reads what the bypassed stream has written");
    found.check(
        same.unless(unfinished(&written, LENGTH))
            .unless(unfinished(&read, LENGTH))
            .unless(first_difference(&message, &received)),
    );
    let name = "the shared buffer, bypassed";
    found.transfers.push(transfer(name, &written, 0));
    let name = "the shared buffer, translated";
    found.transfers.push(transfer(name, &read, 0));
    watcher.note(&format!(
        "{} writes {} at {}, {} reads them at {}",
        bench.stream(Which::Bypassed),
        bytes(LENGTH),
        Iova::new(direct.get() + PASSED_ON),
        bench.stream(Which::Translated),
        Iova::new(translated.get() + PASSED_ON),
    ));
    Ok(())
}

/// Bytes in which each place is unlike the others.
fn message() -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(u64::from(LENGTH));
    let mut bytes = vec![0; LENGTH as usize];
    rng.fill(&mut bytes);
    bytes
}
