//! Frames that no device may touch any more.

use vcm::mmu::PhysPart;
use vcm_sim::signals::{AxiAddr, Cycle, Observer, Violation};

/// Watches `m_axi` for bursts to closed frames, and for answers to bursts that were sent there before
/// they were closed.
#[derive(Debug, Default)]
pub struct Fence {
    closed: Vec<PhysPart>,
    /// Bursts under way: address and direction.
    reads: Vec<(u8, u32)>,
    writes: Vec<(u8, u32)>,
}

impl Fence {
    /// From now on an access to these frames is a violation. So are those that are under way.
    ///
    /// # Panics
    /// When a burst to them has not been answered.
    pub fn close(&mut self, parts: &[PhysPart]) {
        let under_way = self.reads.iter().chain(&self.writes);
        for (_, addr) in under_way {
            let touches = parts.iter().any(|part| contains(part, *addr));
            assert!(!touches, "a burst to {addr:#010x} is still under way");
        }
        self.closed.extend(parts);
    }

    /// These frames may be used again.
    pub fn open(&mut self, parts: &[PhysPart]) {
        self.closed.retain(|part| !parts.contains(part));
    }

    fn check(&self, number: u64, ax: &AxiAddr) -> Result<(), Violation> {
        if ax.valid && self.closed.iter().any(|part| contains(part, ax.addr)) {
            return Err(Violation {
                cycle: number,
                place: "m_axi",
                what: format!("a burst to {:#010x}, which was unbound", ax.addr),
            });
        }
        Ok(())
    }
}

/// Bursts do not cross 4 KiB, so that the first byte tells.
const fn contains(part: &PhysPart, addr: u32) -> bool {
    addr >= part.start.get() && addr - part.start.get() < part.size
}

fn answered(bursts: &mut Vec<(u8, u32)>, id: u8) {
    // Those of one ID are answered in order.
    if let Some(first) = bursts.iter().position(|(of, _)| *of == id) {
        bursts.remove(first);
    }
}

impl Observer for Fence {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        let port = &cycle.m_axi;
        if port.ar.fires() {
            self.reads.push((port.ar.id, port.ar.addr));
        }
        if port.aw.fires() {
            self.writes.push((port.aw.id, port.aw.addr));
        }
        if port.r.fires() && port.r.last {
            answered(&mut self.reads, port.r.id);
        }
        if port.b.fires() {
            answered(&mut self.writes, port.b.id);
        }
        self.check(cycle.number, &port.ar)?;
        self.check(cycle.number, &port.aw)
    }
}
