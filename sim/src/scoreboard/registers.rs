//! Register accesses, put together from the channels of `s_axil`.

use std::collections::VecDeque;

use crate::signals::AxilCycle;

/// A register write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Write {
    /// Offset in the window, a multiple of 4.
    pub(super) offset: u32,
    /// WDATA.
    pub(super) value: u32,
    /// WSTRB.
    pub(super) strb: u8,
    /// Cycle in which the later of AW and W was handed over.
    pub(super) begun: u64,
}

impl Write {
    /// Its bits, as far as WSTRB selects them.
    pub(super) fn selected(&self) -> u32 {
        self.value & self.lanes()
    }

    /// The bits that WSTRB selects.
    pub(super) fn lanes(&self) -> u32 {
        let lanes = (0..4).filter(|lane| self.strb & 1 << lane != 0);
        lanes.fold(0, |mask, lane| mask | 0xFF << (8 * lane))
    }
}

/// What has become known of a register access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A write was handed over.
    WriteBegun(Write),
    /// It was answered.
    WriteDone {
        /// The write.
        write: Write,
        /// Whether the answer was OKAY.
        okay: bool,
    },
    /// A read was answered with OKAY.
    Read {
        /// Offset in the window, a multiple of 4.
        offset: u32,
        /// Cycle in which its address was handed over.
        begun: u64,
        /// RDATA.
        value: u32,
    },
}

/// Follows `s_axil`.
#[derive(Debug, Default)]
pub(super) struct RegisterWatch {
    addresses: VecDeque<u32>,
    data: VecDeque<(u32, u8)>,
    writes: VecDeque<Write>,
    reads: VecDeque<(u32, u64)>,
}

const fn word(addr: u16) -> u32 {
    addr as u32 & !3
}

impl RegisterWatch {
    /// Takes in one cycle.
    pub(super) fn cycle(&mut self, number: u64, now: &AxilCycle) -> impl Iterator<Item = Event> {
        let read = self.read(number, now);
        let done = (now.b.fires())
            .then(|| self.writes.pop_front())
            .flatten()
            .map(|write| Event::WriteDone {
                write,
                okay: !now.b.resp.is_error(),
            });
        let begun = self.write(number, now).map(Event::WriteBegun);
        [done, begun, read].into_iter().flatten()
    }

    fn write(&mut self, number: u64, now: &AxilCycle) -> Option<Write> {
        if now.aw.fires() {
            self.addresses.push_back(word(now.aw.addr));
        }
        if now.w.fires() {
            self.data.push_back((now.w.data, now.w.strb));
        }
        if self.addresses.is_empty() || self.data.is_empty() {
            return None;
        }
        let (offset, (value, strb)) = (self.addresses.pop_front()?, self.data.pop_front()?);
        let write = Write {
            offset,
            value,
            strb,
            begun: number,
        };
        self.writes.push_back(write);
        Some(write)
    }

    fn read(&mut self, number: u64, now: &AxilCycle) -> Option<Event> {
        let answered = (now.r.fires())
            .then(|| self.reads.pop_front())
            .flatten()
            .filter(|_| !now.r.resp.is_error())
            .map(|(offset, begun)| Event::Read {
                offset,
                begun,
                value: now.r.data,
            });
        if now.ar.fires() {
            self.reads.push_back((word(now.ar.addr), number));
        }
        answered
    }
}
