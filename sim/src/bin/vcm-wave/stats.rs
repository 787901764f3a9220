//! `stats`: figures of a recording.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};
use vcm_sim::wave::{
    Account, Doing, Figures, Histogram, Lookup, Phase, Purpose, Statistics, Timebase, fault_name,
    shown_time,
};

use crate::arguments::Stats;
use crate::output::{self, line};
use crate::progress::Bar;

/// Characters of the longest bar.
const BAR: u64 = 40;

fn table(heading: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(heading);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}

fn directions(figures: &Figures) {
    let mut table = table(&["", "reads", "writes"]);
    let mut row = |name: &str, value: fn(&vcm_sim::wave::DirectionFigures) -> String| {
        let [reads, writes] = figures.directions.each_ref().map(value);
        table.add_row([name.to_owned(), reads, writes]);
    };
    row("answered", |d| d.answered.to_string());
    row("with an error", |d| d.errors.to_string());
    row("not answered in the recording", |d| {
        d.unanswered.to_string()
    });
    row("bytes", |d| d.bytes.to_string());
    row("latency, mean", |d| format!("{:.1}", d.latency.mean()));
    row("latency, median", |d| d.latency.percentile(50).to_string());
    row("latency, 99 %", |d| d.latency.percentile(99).to_string());
    row("latency, most", |d| d.latency.most().to_string());
    line(&table.to_string());
}

fn histogram(name: &str, histogram: &Histogram) {
    if histogram.count() == 0 {
        return;
    }
    line(&format!("\n{name}, in cycles:"));
    let bars = histogram.bars();
    let most = bars.iter().map(|bar| bar.2).max().unwrap_or(1).max(1);
    for (from, to, count) in bars {
        let bar = "#".repeat((count * BAR).div_ceil(most) as usize);
        line(&format!("  {from:>7} to {to:<7} {count:>9}  {bar}"));
    }
}

fn lookups(figures: &Figures) {
    let mut table = table(&["lookups answered by", "reads", "", "writes", ""]);
    let sums = figures.directions.each_ref().map(|d| {
        let translated = d
            .lookups
            .iter()
            .filter(|(lookup, _)| **lookup != Lookup::None);
        translated.map(|(_, count)| *count).sum::<u64>()
    });
    for lookup in [Lookup::Micro, Lookup::Main, Lookup::Prefetch, Lookup::Walk] {
        let mut row = vec![lookup.name().to_owned()];
        for (direction, sum) in figures.directions.iter().zip(sums) {
            let count = direction.lookups.get(&lookup).copied().unwrap_or(0);
            row.extend([count.to_string(), percent(count, sum)]);
        }
        table.add_row(row);
    }
    line(&table.to_string());
    let walks = |purpose| figures.walks.get(&purpose).copied().unwrap_or(0);
    line(&format!(
        "walks: {} for transactions, {} ahead of need, {} for software; {} reads of tables; {:.1} cycles \
         a walk on the average, {} at most",
        walks(Purpose::Demand),
        walks(Purpose::Prefetch),
        walks(Purpose::Probe),
        figures.table_reads,
        figures.walk_latency.mean(),
        figures.walk_latency.most(),
    ));
}

fn phases(figures: &Figures) {
    let mut table = table(&["cycles of transactions", "reads", "", "writes", ""]);
    let sums = figures
        .directions
        .each_ref()
        .map(|d| d.phases.values().sum::<u64>());
    for phase in Phase::ALL {
        let mut row = vec![phase.name().to_owned()];
        for (direction, sum) in figures.directions.iter().zip(sums) {
            let cycles = direction.phases.get(&phase).copied().unwrap_or(0);
            row.extend([cycles.to_string(), percent(cycles, sum)]);
        }
        table.add_row(row);
    }
    line(&table.to_string());
}

fn account(account: &Account) {
    let mut table = table(&["every cycle", "reads", "", "writes", ""]);
    let total = account.total(false);
    for &doing in Doing::ALL {
        let cycles = [false, true].map(|write| account.cycles(write, doing));
        if cycles == [0, 0] {
            continue;
        }
        let mut row = vec![doing.name().to_owned()];
        row.extend(
            cycles
                .iter()
                .flat_map(|c| [c.to_string(), percent(*c, total)]),
        );
        table.add_row(row);
    }
    let sums = [false, true].map(|write| account.total(write).to_string());
    table.add_row(["all", &sums[0], "", &sums[1], ""]);
    line(&table.to_string());
    let [reads, writes] = [false, true].map(|write| account.outstanding(write));
    line(&format!(
        "under way: reads {:.2} on the average, {} at most; writes {:.2} and {}",
        reads.0, reads.1, writes.0, writes.1
    ));
}

fn bandwidth(figures: &Figures, base: &Timebase) {
    let bandwidth = &figures.bandwidth;
    let Some(from) = bandwidth.from else { return };
    let most = bandwidth
        .bytes
        .iter()
        .map(|bin| bin[0] + bin[1])
        .max()
        .unwrap_or(1)
        .max(1);
    let width = bandwidth.width;
    line(&format!("\nbandwidth, by {width} cycles, in MB/s:"));
    let rate = |bytes: u64| bytes as f64 / width as f64 * base.frequency() / 1e6;
    line("          from        reads   writes");
    for (n, [reads, writes]) in bandwidth.bytes.iter().enumerate() {
        let time = shown_time(base.picoseconds(from + n as u64 * width));
        let bar = |bytes: u64, sign: &str| sign.repeat((bytes * BAR / most) as usize);
        let bars = bar(*reads, "r") + &bar(*writes, "w");
        let (reads, writes) = (rate(*reads), rate(*writes));
        line(&format!(
            "  {time:>14}  {reads:>7.1}  {writes:>7.1}  {bars}"
        ));
    }
}

fn faults(figures: &Figures) {
    if figures.faults.is_empty() {
        return;
    }
    let mut table = table(&["faults", ""]);
    for (status, count) in &figures.faults {
        let names: Vec<String> = status.iter().map(|status| fault_name(*status)).collect();
        let name = if names.is_empty() {
            "not told".to_owned()
        } else {
            names.join(" or ")
        };
        table.add_row([name, count.to_string()]);
    }
    line(&table.to_string());
}

pub(crate) fn run(arguments: &Stats) -> Result<bool, String> {
    let wave = arguments.file.open()?;
    output::found(&wave);
    let mut statistics = Statistics::default();
    let bar = Bar::of(&wave);
    let summary = wave
        .read(&mut statistics)
        .map_err(|error| output::chain(&error));
    drop(bar);
    let summary = summary?;
    let layout = wave.layout();
    for (n, device) in layout.devices.iter().enumerate() {
        let figures = statistics.devices.remove(&n).unwrap_or_default();
        let clock = device
            .ports
            .iter()
            .flatten()
            .next()
            .map_or(0, |port| layout.ports[*port].clock);
        let base = wave.timebase(clock);
        line(&format!(
            "\n{}, {:.3} MHz",
            device.scope,
            base.frequency() / 1e6
        ));
        directions(&figures);
        lookups(&figures);
        account(&summary.devices[n]);
        phases(&figures);
        faults(&figures);
        for (name, direction) in ["reads", "writes"].iter().zip(&figures.directions) {
            histogram(&format!("latency of {name}"), &direction.latency);
            histogram(
                &format!("from s_axi to m_axi, {name}"),
                &direction.translation,
            );
        }
        bandwidth(&figures, &base);
    }
    for (n, port) in layout
        .ports
        .iter()
        .enumerate()
        .filter(|(_, port)| port.device.is_none())
    {
        let figures = statistics.ports.remove(&n).unwrap_or_default();
        let base = wave.timebase(port.clock);
        line(&format!(
            "\n{}, {:.3} MHz",
            port.name,
            base.frequency() / 1e6
        ));
        directions(&figures);
        account(&summary.ports[n]);
        for (name, direction) in ["reads", "writes"].iter().zip(&figures.directions) {
            histogram(&format!("latency of {name}"), &direction.latency);
        }
        bandwidth(&figures, &base);
    }
    Ok(output::summed_up(&wave, &summary))
}
