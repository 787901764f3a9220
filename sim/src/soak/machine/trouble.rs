//! What goes wrong around the IOMMU.

use fastrand::Rng;
use vcm::addr::PhysAddr;
use vcm::iommu::Scope;

use super::super::failure::Failure;
use super::super::step::Step;
use super::{Machine, driver};
use crate::ddr::{InjectedError, Order, Port, PortConfig, Timing};
use crate::golden::{FirstLevel, first_level, second_level_address};
use crate::pressure::{PortPressure, Pressure};
use crate::signals::Resp;

/// A descriptor that was overwritten.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patch {
    at: u32,
    was: u32,
    now: u32,
    context: u8,
}

impl Machine {
    /// Carries out a step of somebody else's.
    pub(super) fn trouble(&mut self, step: &Step) -> Result<(), Failure> {
        match *step {
            Step::Corrupt {
                context,
                slot,
                seed,
            } => self.corrupt(context, slot, &mut Rng::with_seed(seed)),
            Step::Repair => self.repair(),
            Step::BusErrors {
                context,
                slot,
                seed,
            } => {
                self.bus_errors(context, slot, &mut Rng::with_seed(seed));
                Ok(())
            }
            Step::NoBusErrors => {
                self.board.platform.lock().ddr_mut().clear_injected();
                Ok(())
            }
            Step::Latency { read, write } => {
                let mut simulation = self.board.platform.lock();
                let timing = Timing {
                    read_latency: read.into(),
                    write_latency: write.into(),
                    ..simulation.ddr().timing()
                };
                simulation.ddr_mut().set_timing(timing);
                Ok(())
            }
            Step::Pressure { seed, on } => {
                self.pressure(seed, on);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Where the descriptors of an address stand: of the first level, and of the second if there is one.
    fn descriptors(&self, context: u8, iova: u32) -> Vec<u32> {
        let base = self.spaces[usize::from(context)].mmu.table_base().get();
        let first = base | (iova >> 20) << 2;
        let mut all = vec![first];
        if let FirstLevel::Table { base, .. } = first_level(self.peek(first)) {
            all.push(second_level_address(base, iova));
        }
        all
    }

    fn peek(&self, at: u32) -> u32 {
        let read = self.board.platform.back_door().read32(PhysAddr::new(at));
        // There are tables where the driver has put them.
        read.unwrap_or(0)
    }

    fn poke(&self, at: u32, word: u32) {
        let door = self.board.platform.back_door();
        // A corrupted pointer may lead to where there is no memory.
        let _nothing_there = door.write32(PhysAddr::new(at), word);
    }

    fn corrupt(&mut self, context: u8, slot: u8, rng: &mut Rng) -> Result<(), Failure> {
        let iova = self.spaces[usize::from(context)].address(slot, rng);
        let places = self.descriptors(context, iova);
        let at = places[rng.usize(0..places.len())];
        let was = self.peek(at);
        let now = match rng.u8(0..4) {
            // Another type, or other attributes.
            0 => was ^ (1 << rng.u32(0..18)),
            1 => was & !0b11 | rng.u32(0..4),
            // A page of this memory, with any attributes.
            2 => 0x0800_0000 | rng.u32(0..0x0400_0000),
            _ => rng.u32(..),
        };
        self.board.fence().open = true;
        self.tainted = true;
        self.patches.push(Patch {
            at,
            was,
            now,
            context,
        });
        self.poke(at, now);
        Ok(())
    }

    /// The latest first, as one may have been corrupted again. What has been written since is left.
    fn repair(&mut self) -> Result<(), Failure> {
        while let Some(patch) = self.patches.pop() {
            if self.peek(patch.at) == patch.now {
                self.poke(patch.at, patch.was);
            }
            let space = &self.spaces[usize::from(patch.context)];
            let done = space.mmu.invalidate(Scope::Context);
            driver(&self.board, "invalidate", done)?;
        }
        Ok(())
    }

    fn bus_errors(&mut self, context: u8, slot: u8, rng: &mut Rng) {
        let resp = match rng.bool() {
            true => Resp::SlvErr,
            false => Resp::DecErr,
        };
        let space = &self.spaces[usize::from(context)];
        let (at, size, port) = if rng.bool() {
            let iova = space.address(slot, rng);
            let places = self.descriptors(context, iova);
            (places[rng.usize(0..places.len())], 4, Port::Walk)
        } else {
            let part = space.slots[usize::from(slot)]
                .as_ref()
                .map(|mapped| mapped.parts[rng.usize(0..mapped.parts.len())]);
            let Some(part) = part else { return };
            (part.start.get(), 1 << rng.u32(3..13), Port::Data)
        };
        self.board.platform.lock().ddr_mut().inject(InjectedError {
            range: at..=at | (size - 1),
            port: Some(port),
            write: rng
                .bool()
                .then(|| rng.bool())
                .filter(|_| port == Port::Data),
            resp,
        });
    }

    fn pressure(&mut self, seed: u64, on: bool) {
        let mut rng = Rng::with_seed(seed);
        let pressure = PortPressure::all(match on {
            true => Pressure::Mixed,
            false => Pressure::None,
        });
        let config = self.setup.config();
        let mut simulation = self.board.platform.lock();
        simulation.master_mut().configure(crate::axi::MasterConfig {
            pressure,
            seed: rng.u64(..),
            ..config.s_axi
        });
        for (port, config) in [(Port::Data, config.ddr.data), (Port::Walk, config.ddr.walk)] {
            let order = [Order::InOrder, Order::Shuffled, Order::Interleaved][rng.usize(0..3)];
            let config = PortConfig {
                pressure,
                order,
                seed: rng.u64(..),
                ..config
            };
            simulation.ddr_mut().configure(port, config);
        }
    }
}
