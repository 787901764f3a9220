//! Performance counters.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use vcm::iommu;

/// Counts since the last time they were asked for, all of the same moment.
#[pyclass(frozen, get_all, module = "pynq_vcm")]
pub(crate) struct Counters {
    /// Read bursts accepted from masters.
    reads: u32,
    /// Write bursts accepted from masters.
    writes: u32,
    /// Translated reads whose first lookup hit.
    read_hits: u32,
    /// Translated reads whose first lookup missed.
    read_misses: u32,
    /// Translated writes whose first lookup hit.
    write_hits: u32,
    /// Translated writes whose first lookup missed.
    write_misses: u32,
    /// Table walks begun.
    walks: u32,
    /// Clock cycles in which a table walk was under way.
    walk_cycles: u32,
    /// Faults of every kind, recorded or lost.
    faults: u32,
    /// Lookups that no TLB answered.
    main_misses: u32,
    /// Clock cycles in which a transaction stood stalled.
    stall_cycles: u32,
    /// Prefetched pages that a transaction then used.
    prefetches: u32,
}

impl From<iommu::Counters> for Counters {
    fn from(of: iommu::Counters) -> Self {
        Self {
            reads: of.reads,
            writes: of.writes,
            read_hits: of.read_hits,
            read_misses: of.read_misses,
            write_hits: of.write_hits,
            write_misses: of.write_misses,
            walks: of.walks,
            walk_cycles: of.walk_cycles,
            faults: of.faults,
            main_misses: of.main_misses,
            stall_cycles: of.stall_cycles,
            prefetches: of.prefetches,
        }
    }
}

impl Counters {
    const fn all(&self) -> [(&'static str, u32); 12] {
        [
            ("reads", self.reads),
            ("writes", self.writes),
            ("read_hits", self.read_hits),
            ("read_misses", self.read_misses),
            ("write_hits", self.write_hits),
            ("write_misses", self.write_misses),
            ("walks", self.walks),
            ("walk_cycles", self.walk_cycles),
            ("faults", self.faults),
            ("main_misses", self.main_misses),
            ("stall_cycles", self.stall_cycles),
            ("prefetches", self.prefetches),
        ]
    }
}

#[pymethods]
impl Counters {
    /// All of them by name.
    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, count) in self.all() {
            dict.set_item(name, count)?;
        }
        Ok(dict)
    }

    /// Lookups that hit at once.
    #[getter]
    fn hits(&self) -> u64 {
        u64::from(self.read_hits) + u64::from(self.write_hits)
    }

    /// Lookups that did not.
    #[getter]
    fn misses(&self) -> u64 {
        u64::from(self.read_misses) + u64::from(self.write_misses)
    }

    fn __repr__(&self) -> String {
        let all = self.all().map(|(name, count)| format!("{name}={count}"));
        format!("Counters({})", all.join(", "))
    }
}
