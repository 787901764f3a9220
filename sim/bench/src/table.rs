//! The measurements as tables.

use comfy_table::{CellAlignment, Table, presets};

use crate::measurement::{Measurement, Outcome};
use crate::target::{Wanted, targets};
use vcm_sim::demo::number::thousands;

/// How tables are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For a terminal.
    Terminal,
    /// For a document.
    Markdown,
}

/// A table with its name, which is also that of its place in the document.
#[derive(Debug)]
pub struct Named {
    /// The name: small letters and dashes.
    pub name: &'static str,
    /// The table.
    pub table: Table,
}

/// All tables that have rows.
pub fn tables(all: &[Measurement], style: Style) -> Vec<Named> {
    let bandwidth = |scenario: fn(&str) -> bool| {
        let mut table = start(style, &BANDWIDTH, 1);
        let rows = all.iter().filter(|m| scenario(&m.scenario));
        rows.for_each(|m| add_cycles(&mut table, m));
        table
    };
    let named = [
        ("targets", target_table(all, style)),
        (
            "sequential",
            bandwidth(|scenario| scenario.starts_with("seq_")),
        ),
        (
            "random",
            bandwidth(|scenario| scenario.starts_with("random_")),
        ),
        (
            "working-set",
            bandwidth(|scenario| scenario == "working_set"),
        ),
        ("hits", hits(all, style)),
        ("latency", LATENCY.table(all, style)),
        ("misses", MISSES.table(all, style)),
        ("misses-at-once", AT_ONCE.table(all, style)),
        ("fairness", FAIRNESS.table(all, style)),
        ("invalidation", INVALIDATION.table(all, style)),
        ("simulation", beside(all, style)),
        ("waveforms", WAVEFORMS.table(all, style)),
        ("driver", driver(all, style)),
    ];
    let named = named.into_iter().map(|(name, table)| Named { name, table });
    named.filter(|named| named.table.row_count() > 0).collect()
}

/// A table of numbers that differ in one parameter: a column for each of its values.
struct Across {
    scenarios: &'static [&'static str],
    rows: &'static [&'static str],
    columns: &'static str,
}

const LATENCY: Across = Across {
    scenarios: &["hit_latency", "main_tlb_latency"],
    rows: &["channel", "way"],
    columns: "cycles",
};
const MISSES: Across = Across {
    scenarios: &["miss"],
    rows: &["page", "latency", "kind"],
    columns: "what",
};
const AT_ONCE: Across = Across {
    scenarios: &["misses_at_once"],
    rows: &["latency", "kind", "count"],
    columns: "what",
};
const FAIRNESS: Across = Across {
    scenarios: &["longest_wait"],
    rows: &["who"],
    columns: "when",
};
const WAVEFORMS: Across = Across {
    scenarios: &["wave"],
    rows: &["signals"],
    columns: "what",
};
const INVALIDATION: Across = Across {
    scenarios: &["invalidate"],
    rows: &["what"],
    columns: "traffic",
};

impl Across {
    fn table(&self, all: &[Measurement], style: Style) -> Table {
        let mut heads: Vec<String> = Vec::new();
        let mut rows: Vec<(Vec<String>, Vec<Option<f64>>)> = Vec::new();
        for m in all
            .iter()
            .filter(|m| self.scenarios.contains(&&*m.scenario))
        {
            let Outcome::Value { value, .. } = m.outcome else {
                continue;
            };
            let head = param(m, self.columns);
            let column = heads
                .iter()
                .position(|known| *known == head)
                .unwrap_or_else(|| {
                    heads.push(head);
                    heads.len() - 1
                });
            let key: Vec<String> = self.rows.iter().map(|name| param(m, name)).collect();
            let row = rows
                .iter()
                .position(|(known, _)| *known == key)
                .unwrap_or_else(|| {
                    rows.push((key, Vec::new()));
                    rows.len() - 1
                });
            let values = &mut rows[row].1;
            values.resize(values.len().max(column + 1), None);
            values[column] = Some(value);
        }
        let names = self.rows.iter().map(|name| (*name).to_owned());
        let head: Vec<String> = names.chain(heads.clone()).collect();
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        let mut table = start(style, &head, self.rows.len());
        for (key, mut values) in rows {
            values.resize(heads.len(), None);
            let values = values
                .into_iter()
                .map(|value| value.map_or_else(String::new, number));
            table.add_row(key.into_iter().chain(values));
        }
        table
    }
}

/// The value of a parameter, or nothing.
fn param(measured: &Measurement, name: &str) -> String {
    let value = measured.params.get(name);
    value.map_or_else(String::new, |v| {
        v.as_str().map_or_else(|| v.to_string(), str::to_owned)
    })
}

/// The names of all tables.
pub const NAMES: [&str; 13] = [
    "targets",
    "sequential",
    "random",
    "working-set",
    "hits",
    "latency",
    "misses",
    "misses-at-once",
    "fairness",
    "invalidation",
    "simulation",
    "waveforms",
    "driver",
];

const BANDWIDTH: [&str; 9] = [
    "scenario",
    "page",
    "latency",
    "IDs",
    "burst",
    "working set",
    "translated",
    "bypass",
    "ratio",
];

fn start(style: Style, head: &[&str], first_number: usize) -> Table {
    let mut table = Table::new();
    table.load_preset(match style {
        Style::Terminal => presets::UTF8_FULL_CONDENSED,
        Style::Markdown => presets::ASCII_MARKDOWN,
    });
    table.set_header(head);
    for column in table.column_iter_mut().skip(first_number) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn left(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Left);
    }
}

/// A number with as many digits as say something.
fn number(value: f64) -> String {
    match value {
        _ if value == value.round() && value < 1e4 => format!("{value:.0}"),
        _ if value >= 1e4 => thousands(value.round() as u64),
        _ if value >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

fn add_cycles(table: &mut Table, measured: &Measurement) {
    let Outcome::Cycles {
        translated, bypass, ..
    } = measured.outcome
    else {
        return;
    };
    let param = |name| param(measured, name);
    table.add_row([
        measured.scenario.clone(),
        param("page"),
        param("latency"),
        param("ids"),
        param("burst"),
        measured
            .params
            .number("set_KiB")
            .map_or_else(String::new, size),
        thousands(translated),
        thousands(bypass),
        ratio(measured.ratio()),
    ]);
}

fn size(kib: f64) -> String {
    if kib < 1024.0 {
        format!("{kib} KiB")
    } else {
        format!("{} MiB", kib / 1024.0)
    }
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"))
}

fn hits(all: &[Measurement], style: Style) -> Table {
    let head = [
        "channel",
        "page",
        "translated",
        "bypass",
        "lookups a cycle",
        "ratio",
    ];
    let mut table = start(style, &head, 2);
    let mut hits = all.iter().filter(|m| m.scenario == "hit_throughput");
    let mut lookups = all.iter().filter(|m| m.scenario == "lookups_per_cycle");
    while let Some((hit, lookups)) = hits.next().zip(lookups.next()) {
        let (
            Outcome::Cycles {
                translated, bypass, ..
            },
            Outcome::Value { value, .. },
        ) = (&hit.outcome, &lookups.outcome)
        else {
            continue;
        };
        table.add_row([
            hit.params.text("channel").unwrap_or_default().to_owned(),
            hit.params.text("page").unwrap_or_default().to_owned(),
            thousands(*translated),
            thousands(*bypass),
            format!("{value:.3}"),
            ratio(hit.ratio()),
        ]);
    }
    table
}

fn beside(all: &[Measurement], style: Style) -> Table {
    let mut table = start(
        style,
        &["scenario", "with", "ours", "native", "unit", "ratio"],
        2,
    );
    left(&mut table, 4);
    for m in all {
        if let Outcome::Beside {
            value,
            native,
            unit,
        } = m.outcome
        {
            table.add_row([
                m.scenario.clone(),
                m.params.to_string(),
                number(value),
                number(native),
                unit.to_owned(),
                ratio(m.ratio()),
            ]);
        }
    }
    table
}

fn driver(all: &[Measurement], style: Style) -> Table {
    let head = [
        "operation",
        "with",
        "ns",
        "words",
        "syncs",
        "TLB",
        "beside",
        "ns",
        "times",
    ];
    let mut table = start(style, &head, 2);
    left(&mut table, 6);
    for m in all {
        let Outcome::Driver {
            ns_per_op,
            counts,
            baseline,
        } = &m.outcome
        else {
            continue;
        };
        let count = |name| {
            counts
                .get(name)
                .map_or_else(String::new, |count| number(*count))
        };
        let (beside, other) = baseline.clone().unzip();
        table.add_row([
            m.scenario.trim_start_matches("driver ").to_owned(),
            m.params.to_string(),
            number(ns_per_op.round()),
            count("table_writes"),
            count("cache_syncs"),
            count("tlb_commands"),
            beside.unwrap_or_default(),
            other.map_or_else(String::new, |ns| number(ns.round())),
            ratio(m.times_baseline()),
        ]);
    }
    table
}

fn target_table(all: &[Measurement], style: Style) -> Table {
    let mut table = start(style, &["target", "wanted", "measured", "met"], 1);
    left(&mut table, 3);
    for target in targets(all) {
        let wanted = match target.wanted {
            Wanted::AtLeast(least) => format!("≥ {least}"),
            Wanted::AtMost(most) => format!("≤ {most}"),
        };
        let met = if target.is_met() { "yes" } else { "no" };
        table.add_row([
            target.name.to_owned(),
            wanted,
            number(target.measured),
            met.to_owned(),
        ]);
    }
    table
}
