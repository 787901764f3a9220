//! The loop that is there in Rust and, for comparison, in C++ (csrc/model.cpp): a master that reads at
//! random, and a memory that answers at once.

use crate::signals::{Burst, Cycle};

/// How far the loop has come. It can be handed from one language to the other at any cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Native {
    sum: u64,
    random: u32,
    first: u32,
    next: u32,
    valid: u8,
    ids: [u8; 64],
}

impl Default for Native {
    fn default() -> Self {
        Self {
            sum: 0,
            random: 1,
            first: 0,
            next: 0,
            valid: 0,
            ids: [0; 64],
        }
    }
}

impl Native {
    /// A sum over all that the master has read: the same after the same work.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// Sets the inputs of a cycle.
    #[inline]
    pub(super) fn drive(&mut self, cycle: &mut Cycle) {
        if self.valid == 0 {
            self.random ^= self.random << 13;
            self.random ^= self.random >> 17;
            self.random ^= self.random << 5;
            self.valid = u8::from(self.random & 3 != 0);
        }
        let ar = &mut cycle.s_axi.ar;
        ar.valid = self.valid != 0;
        ar.addr = self.random & 0x0fff_fff8;
        ar.id = (self.random >> 24) as u8;
        ar.size = 3;
        ar.burst = Burst::Incr;
        cycle.s_axi.r.ready = true;
        cycle.m_axi.ar.ready = true;
        let r = &mut cycle.m_axi.r;
        r.valid = self.first != self.next;
        r.id = self.ids[(self.first % 64) as usize];
        r.data = self.random.into();
        r.last = true;
    }

    /// Takes in the outputs of a cycle.
    #[inline]
    pub(super) fn clock(&mut self, cycle: &Cycle) {
        if cycle.s_axi.r.valid {
            let r = &cycle.s_axi.r;
            self.sum = (self.sum.wrapping_add(r.data)).wrapping_add(r.id.into());
        }
        if cycle.s_axi.ar.ready {
            self.valid = 0;
        }
        if cycle.m_axi.ar.valid {
            self.ids[(self.next % 64) as usize] = cycle.m_axi.ar.id;
            self.next = self.next.wrapping_add(1);
        }
        if cycle.m_axi.r.fires() {
            self.first = self.first.wrapping_add(1);
        }
    }
}
