//! How long the driver takes, and what it asks of the hardware, beside crates that do the like.
//!
//! The platform behind the driver costs next to nothing, so that what is measured is the driver. Each figure is the median of many samples; those of the driver and those of the crate
//! beside it take turns, so that a busy machine slows both.

mod churn;
mod make;
mod pages;
mod platform;
mod rival;
mod sample;

/// One operation, measured. Counts are those of one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// What was done.
    pub scenario: String,
    /// With what: names and values.
    pub params: Vec<(String, String)>,
    /// Nanoseconds an operation: the median.
    pub ns_per_op: f64,
    /// 32-bit words written to table memory.
    pub table_writes: f64,
    /// Calls that make written memory visible to the device.
    pub cache_syncs: f64,
    /// Invalidation and sync commands written to the IOMMU.
    pub tlb_commands: f64,
    /// Another crate's operation, and its nanoseconds, in the same run.
    pub baseline: Option<(String, f64)>,
}

/// Measures everything. `progress` is told what is about to be measured.
pub fn run(mut progress: impl FnMut(&str)) -> Vec<Measurement> {
    let mut measured = Vec::new();
    pages::run(&mut progress, &mut measured);
    churn::run(&mut progress, &mut measured);
    make::run(&mut progress, &mut measured);
    measured
}

/// A parameter of a measurement.
fn param(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}

/// A size as people write it.
fn human(bytes: u32) -> String {
    match bytes {
        0x10_0000.. => format!("{} MiB", bytes >> 20),
        _ => format!("{} KiB", bytes >> 10),
    }
}
