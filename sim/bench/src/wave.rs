//! How fast a waveform is read: all transactions, as `vcm-wave list` tells them.

use std::io;

use anyhow::{Context as _, Result, ensure};
use cpu_time::ThreadTime;

use crate::case::{Case, Length};
use crate::measurement::{Measurement, Params};
use crate::pattern::{Direction, Order, Pattern};
use crate::rig::{Page, Rig, WINDOW_SIZE, Way};
use vcm_sim::wave::{ClockChoice, Listener, Transaction, Wave};

/// Bytes of the waveform, at least.
const BYTES: u64 = 64 << 20;
/// The same for the quick form.
const QUICK_BYTES: u64 = 4 << 20;
/// Bursts that are sent before the size of the file is looked at again.
const BURSTS: u32 = 256;
/// Times that it is read: the fastest counts, as others use the machine too.
const ROUNDS: u32 = 5;

pub(super) fn cases(length: Length) -> Vec<Case> {
    let bytes = length.pick(BYTES, QUICK_BYTES);
    let params = Params::default()
        .with("signals", "all of vcm_iommu")
        .with("what", "MB/s");
    vec![Case::new("wave", params, move |rig, scenario, params| {
        measure(rig, scenario, params, bytes)
    })]
}

/// Writes every transaction, to nowhere.
#[derive(Default)]
struct List {
    transactions: u64,
    failed: bool,
}

impl Listener for List {
    fn transaction(&mut self, transaction: Transaction) {
        self.transactions += 1;
        self.failed |= serde_json::to_writer(io::sink(), &transaction).is_err();
    }
}

fn measure(rig: &Rig, scenario: &str, params: Params, bytes: u64) -> Result<Vec<Measurement>> {
    let folder = tempfile::tempdir().context("no room for a waveform")?;
    let file = folder.path().join("bench.vcd");
    rig.begin(40)?;
    rig.platform.start_trace(&file)?;
    let mut sent = 0;
    while std::fs::metadata(&file).map_or(0, |file| file.len()) < bytes {
        let pattern = Pattern {
            direction: Direction::Both,
            order: Order::Random {
                set: WINDOW_SIZE,
                seed: sent,
            },
            count: BURSTS,
            burst: 64,
            ids: 8,
        };
        rig.run(pattern.bursts(Way::Translated(Page::Small)))?;
        sent += 2 * u64::from(BURSTS);
    }
    rig.platform.stop_trace();
    let size = std::fs::metadata(&file)?.len();
    let mut fastest = f64::MAX;
    for _ in 0..ROUNDS {
        let begin = ThreadTime::now();
        let wave = Wave::open(&file, &ClockChoice::Search)?;
        let mut list = List::default();
        let summary = wave.read(&mut list)?;
        fastest = fastest.min(begin.elapsed().as_secs_f64());
        ensure!(summary.ending.damage.is_none(), "the waveform is damaged");
        ensure!(
            list.transactions == sent && !list.failed,
            "{} of {sent} transactions were told",
            list.transactions
        );
    }
    let speed = (size as f64 / fastest / 1e6).round();
    Ok(vec![Measurement::value(scenario, params, speed, "MB/s")])
}
