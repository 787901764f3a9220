//! Holds that masters reach no memory but what they were given: the isolation that the driver promises,
//! without a look at tables or registers.

use crate::signals::{AxiAddr, Cycle, Observer, Violation};

/// Bytes of a page.
const PAGE: u32 = 0x1000;

/// Memory, page by page: how often it is given to masters.
#[derive(Debug)]
pub(super) struct Fence {
    /// Address of the first page.
    base: u32,
    given: Vec<u32>,
    /// Tables hold what the driver has not written: it promises nothing any more.
    pub(super) open: bool,
}

impl Fence {
    /// All of this memory is closed.
    pub(super) fn new(base: u32, size: u32) -> Self {
        Self {
            base,
            given: vec![0; (size / PAGE) as usize],
            open: false,
        }
    }

    fn pages(&mut self, at: u32, size: u32) -> &mut [u32] {
        let first = (at.saturating_sub(self.base) / PAGE) as usize;
        let last = (at + (size - 1)).saturating_sub(self.base) / PAGE;
        let known = self.given.len();
        if at < self.base || first >= known {
            // There is no memory.
            return &mut [];
        }
        &mut self.given[first..known.min(last as usize + 1)]
    }

    /// Masters may use it once more.
    pub(super) fn give(&mut self, at: u32, size: u32) {
        for page in self.pages(at, size) {
            *page += 1;
        }
    }

    /// Masters may use it once less.
    pub(super) fn take(&mut self, at: u32, size: u32) {
        for page in self.pages(at, size) {
            *page = page.saturating_sub(1);
        }
    }

    fn judge(&mut self, number: u64, ax: &AxiAddr, what: &str) -> Result<(), Violation> {
        if self.open || self.pages(ax.addr, 1).first() != Some(&0) {
            return Ok(());
        }
        Err(Violation {
            cycle: number,
            place: "fence",
            what: format!(
                "{what}: of {:#010x} with ID {:#x}, which no context has",
                ax.addr, ax.id
            ),
        })
    }
}

impl Observer for Fence {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        let (number, m_axi) = (cycle.number, &cycle.m_axi);
        if cycle.reset {
            return Ok(());
        }
        if m_axi.ar.fires() {
            self.judge(number, &m_axi.ar, "read")?;
        }
        if m_axi.aw.fires() {
            self.judge(number, &m_axi.aw, "write")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(addr: u32) -> Cycle {
        let mut cycle = Cycle::default();
        cycle.m_axi.ar = AxiAddr {
            valid: true,
            ready: true,
            addr,
            ..AxiAddr::default()
        };
        cycle
    }

    #[test]
    fn only_what_was_given_and_not_taken_back_as_often_can_be_reached() {
        let mut fence = Fence::new(0x10_0000, 0x10_0000);
        assert!(fence.cycle(&read(0x12_3000)).is_err());
        fence.give(0x12_3000, 0x2000);
        fence.give(0x12_4000, 0x1000);
        assert!(fence.cycle(&read(0x12_3FF8)).is_ok());
        assert!(fence.cycle(&read(0x12_5000)).is_err());
        fence.take(0x12_3000, 0x2000);
        assert!(fence.cycle(&read(0x12_3000)).is_err());
        assert!(fence.cycle(&read(0x12_4000)).is_ok());
    }

    #[test]
    fn where_there_is_no_memory_nothing_is_judged() {
        let mut fence = Fence::new(0x10_0000, 0x10_0000);
        for addr in [0, 0xF_F000, 0x20_0000, 0xFFFF_F000] {
            fence.give(addr, 0x1000);
            assert!(fence.cycle(&read(addr)).is_ok(), "{addr:#x}");
        }
    }

    #[test]
    fn an_open_fence_lets_all_through() {
        let mut fence = Fence::new(0x10_0000, 0x10_0000);
        fence.open = true;
        assert!(fence.cycle(&read(0x12_3000)).is_ok());
    }
}
