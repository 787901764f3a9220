//! The demonstration: a file is copied by DMA through scattered, translated memory, a buffer is shared
//! with a master that is not translated, and what is not allowed is refused.
//!
//! [`run`] needs nothing but the driver's seams (a [`Machine`]), so it runs on a board as it does in
//! simulation. What it found is a [`Report`], [`map`] draws where everything lay, and [`table`] has what is to be shown of it.
//!
//! | stage | what is shown |
//! |---|---|
//! | [`Stage::Probe`] | the ID registers say what was built |
//! | [`Stage::Scatter`] | source and destination on pages of 4 KiB, 64 KiB and 1 MiB out of [`WornMemory`], each one contiguous range of device addresses; a buffer shared with a one-to-one context |
//! | [`Stage::Load`] | the file is put into the source |
//! | [`Stage::Copy`] | DMA from source to destination; every byte compared |
//! | [`Stage::Share`] | a bypassed stream writes what a translated one reads |
//! | [`Stage::Protect`] | accesses that must fault do, are attributed, and change nothing |
//! | [`Stage::Release`] | everything is given back |
//!
//! It needs no std, except for `terminal`, which is a feature.
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "terminal"))]
extern crate std;

pub mod map;
pub mod number;
pub mod table;
#[cfg(feature = "terminal")]
pub mod terminal;

mod bench;
mod buffers;
mod copy;
mod error;
mod gate;
mod layout;
mod machine;
mod memory;
mod mix;
mod protect;
mod report;
mod share;
mod watch;
mod worn;

pub use buffers::{CONTIGUOUS_POOL, FILE_LIMIT, pool_size};
pub use error::DemoError;
pub use layout::{Buffer, MemoryMap, Page, Role};
pub use machine::{Door, Machine};
pub use memory::{FRONT_DOOR_LIMIT, Way};
pub use mix::PAGES;
pub use report::{Attempt, Check, Report, Transfer};
pub use watch::{Stage, Watcher};
pub use worn::WornMemory;

use bench::Bench;
use buffers::Buffers;
use report::Findings;

/// Runs the whole demonstration with the bytes of a file.
///
/// What does not hold is a [`Check`] in the report that failed.
///
/// # Errors
/// [`DemoError`], when something failed that everything after it needs.
pub fn run(
    machine: &impl Machine,
    file: &[u8],
    watcher: &mut impl Watcher,
) -> Result<Report, DemoError> {
    let mut found = Findings::default();

    watcher.stage(Stage::Probe);
    let mut bench = Bench::probe(machine)?;
    for text in bench.describe() {
        watcher.note(&text);
    }

    watcher.stage(Stage::Scatter);
    let buffers = Buffers::new(&bench, file.len())?;
    let active = buffers.activate()?;
    let map = layout::read(&buffers, file.len())?;
    for buffer in &map.buffers {
        watcher.note(&buffer.describe());
    }
    found.check(map.check());

    watcher.stage(Stage::Load);
    let contents = copy::load(&bench, &buffers, file, watcher)?;

    watcher.stage(Stage::Copy);
    let copied = copy::copy(&mut bench, &buffers, &contents, file, &mut found, watcher)?;

    watcher.stage(Stage::Share);
    share::share(&mut bench, &buffers, &mut found, watcher)?;

    watcher.stage(Stage::Protect);
    protect::protect(&mut bench, &buffers, file.len(), &mut found, watcher)?;

    let graph = buffers.graph()?;
    watcher.stage(Stage::Release);
    found.check(buffers.release(active)?);
    Ok(found.report(map, graph, contents.way(), copied))
}
