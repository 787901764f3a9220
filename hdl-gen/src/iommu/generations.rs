//! Generation numbers of the contexts: what tells entries of the TLB memories from before the last
//! invalidation of their context from those of after it.
//!
//! A generation is a number of the context's own, and an *epoch* that all contexts share, so that one
//! context, or all of them, are invalidated by one increment. When one of them comes again the memories
//! have to be swept.
//!
//! The numbers are not reset: the memories are swept after reset, and with that any number will do.

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// The numbers, for the three who ask in a cycle.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Generations {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    /// The context gets the next number, or all of them the next epoch.
    pub bump: Signal<In, Flush>,
    /// In the cycle of `bump`: numbers come again. The memories have to be swept.
    pub wraps: Signal<Out, Bit>,
    pub key_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub key_generation: Signal<Out, Bits<GENERATION_BITS>>,
    /// Not in the cycle of `bump`.
    pub fill_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub fill_generation: Signal<Out, Bits<GENERATION_BITS>>,
    pub first_context: Signal<In, Bits<CONTEXT_BITS>>,
    pub first_generation: Signal<Out, Bits<GENERATION_BITS>>,
    key_port: LutRam<Bits<NUMBER_BITS>, CONTEXT_BITS>,
    fill_port: LutRam<Bits<NUMBER_BITS>, CONTEXT_BITS>,
    first_port: LutRam<Bits<NUMBER_BITS>, CONTEXT_BITS>,
    epoch: Reg<Bits<EPOCH_BITS>>,
    era: Signal<Local, Bits<GENERATION_BITS>>,
    bumps: Signal<Local, Bit>,
    fill_at: Signal<Local, Bits<CONTEXT_BITS>>,
    number: Signal<Local, Bits<NUMBER_BITS>>,
}

impl Logic for Generations {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, epoch);
        self.epoch.reset.next = self.reset.val();
        if self.bump.val().valid & !self.bump.val().by_context {
            self.epoch.d.next = self.epoch.q.val() + 1;
        }
        self.era.next = bit_cast::<GENERATION_BITS, EPOCH_BITS>(self.epoch.q.val()) << 8;

        // The port of fills serves the increment too.
        self.fill_at.next = self.fill_context.val();
        if self.bump.val().valid {
            self.fill_at.next = self.bump.val().context;
        }
        self.bumps.next = self.bump.val().valid & self.bump.val().by_context;
        self.number.next = self.fill_port.read_data.val() + 1;
        self.wraps.next = self.bump.val().valid & self.epoch.q.val().all();
        if self.bumps.val() {
            self.wraps.next = self.fill_port.read_data.val().all();
        }

        self.key_port.clock.next = self.clock.val();
        self.key_port.write.next = self.bumps.val();
        self.key_port.write_address.next = self.bump.val().context;
        self.key_port.write_data.next = self.number.val();
        self.key_port.read_address.next = self.key_context.val();
        self.fill_port.clock.next = self.clock.val();
        self.fill_port.write.next = self.bumps.val();
        self.fill_port.write_address.next = self.bump.val().context;
        self.fill_port.write_data.next = self.number.val();
        self.fill_port.read_address.next = self.fill_at.val();
        self.first_port.clock.next = self.clock.val();
        self.first_port.write.next = self.bumps.val();
        self.first_port.write_address.next = self.bump.val().context;
        self.first_port.write_data.next = self.number.val();
        self.first_port.read_address.next = self.first_context.val();
        self.key_generation.next =
            bit_cast::<GENERATION_BITS, NUMBER_BITS>(self.key_port.read_data.val())
                | self.era.val();
        self.fill_generation.next =
            bit_cast::<GENERATION_BITS, NUMBER_BITS>(self.fill_port.read_data.val())
                | self.era.val();
        self.first_generation.next =
            bit_cast::<GENERATION_BITS, NUMBER_BITS>(self.first_port.read_data.val())
                | self.era.val();
    }
}
