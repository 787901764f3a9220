//! Register accesses, put together from the channels of `s_axil`.

use std::collections::VecDeque;

use super::discover::{Channel, Field};
use super::registers::register_name;
use super::transaction::RegisterAccess;
use super::wires::PortWires;

/// Accesses under way of which account is kept.
const MOST_OPEN: usize = 64;

/// What happens to a register.
#[derive(Debug)]
pub(super) enum Seen {
    /// A write was handed over: from now on it may be in effect.
    Begun {
        offset: u32,
        value: u32,
        strobes: u8,
    },
    /// An access was answered; of a write, with its strobes.
    Answered(RegisterAccess, u8),
}

/// Follows `s_axil`.
#[derive(Debug)]
pub(super) struct RegisterPort {
    device: usize,
    addresses: VecDeque<(u32, u64)>,
    data: VecDeque<(u32, u8)>,
    writes: VecDeque<(u32, u64, u32, u8)>,
    reads: VecDeque<(u32, u64)>,
}

impl RegisterPort {
    pub(super) fn new(device: usize) -> Self {
        Self {
            device,
            addresses: VecDeque::new(),
            data: VecDeque::new(),
            writes: VecDeque::new(),
            reads: VecDeque::new(),
        }
    }

    pub(super) fn forget(&mut self) {
        *self = Self::new(self.device);
    }

    /// Takes in one cycle.
    pub(super) fn step(&mut self, cycle: u64, wires: &PortWires) -> Vec<Seen> {
        let mut seen = Vec::new();
        let b = wires.channel(Channel::B);
        if b.fires() {
            if let Some((offset, asked, value, strobes)) = self.writes.pop_front() {
                let error = b.get(Field::Resp) >= 2;
                let access = self.access(true, (asked, cycle), offset, value, error);
                seen.push(Seen::Answered(access, strobes));
            }
        }
        let r = wires.channel(Channel::R);
        if r.fires() {
            if let Some((offset, asked)) = self.reads.pop_front() {
                let (value, error) = (r.get(Field::Data) as u32, r.get(Field::Resp) >= 2);
                let access = self.access(false, (asked, cycle), offset, value, error);
                seen.push(Seen::Answered(access, 0));
            }
        }
        let (aw, w) = (wires.channel(Channel::Aw), wires.channel(Channel::W));
        if aw.fires() {
            push(&mut self.addresses, (word(aw.get(Field::Addr)), cycle));
        }
        if w.fires() {
            let strobes = w.get(Field::Strb) as u8 & 0xF;
            push(&mut self.data, (w.get(Field::Data) as u32, strobes));
        }
        if !self.addresses.is_empty() && !self.data.is_empty() {
            if let (Some((offset, asked)), Some((value, strobes))) =
                (self.addresses.pop_front(), self.data.pop_front())
            {
                push(&mut self.writes, (offset, asked, value, strobes));
                seen.push(Seen::Begun {
                    offset,
                    value,
                    strobes,
                });
            }
        }
        let ar = wires.channel(Channel::Ar);
        if ar.fires() {
            push(&mut self.reads, (word(ar.get(Field::Addr)), cycle));
        }
        seen
    }

    fn access(
        &self,
        write: bool,
        (asked, done): (u64, u64),
        offset: u32,
        value: u32,
        error: bool,
    ) -> RegisterAccess {
        RegisterAccess {
            device: self.device,
            asked,
            done,
            write,
            offset,
            value,
            name: register_name(offset),
            error,
        }
    }
}

/// Offset in the window of 64 KiB, wherever that lies.
const fn word(address: u64) -> u32 {
    address as u32 & 0xFFFC
}

fn push<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == MOST_OPEN {
        queue.pop_front();
    }
    queue.push_back(item);
}
