//! A register window under attack, and a clock: every access is counted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use vcm::seam::{Bus, BusError, Clock, Irq};
use vcm_regs::{Access, MAP, dma, global};

/// How the device answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As hardware in which nothing happens: what was written is read, commands are done at once.
    Honest,
    /// As that, but the ID registers are whatever these bits make of them.
    Absurd(u64),
    /// Whatever comes: of this seed.
    Noise(u64),
    /// As honest hardware, but every other answer is noise.
    Flaky(u64),
    /// All bits are set: every busy bit, every fault.
    Ones,
    /// Nothing is set, as by a device without power.
    Zeros,
    /// Every access is refused.
    Refused,
}

/// The window of all registers, a clock that goes on by [`TICK`] whenever it is asked, and an interrupt
/// that is always pending. Clones are the same device.
#[derive(Clone)]
pub struct Window(Arc<State>);

struct State {
    inside: Mutex<Inside>,
    asked: AtomicU64,
}

struct Inside {
    manner: Manner,
    registers: BTreeMap<u32, u32>,
    accesses: u64,
}

/// How far time goes on when it is asked.
pub const TICK: Duration = Duration::from_micros(10);

impl Window {
    /// Of a device after reset.
    pub fn new(manner: Manner) -> Self {
        Self(Arc::new(State {
            inside: Mutex::new(Inside {
                manner,
                registers: BTreeMap::new(),
                accesses: 0,
            }),
            asked: AtomicU64::new(0),
        }))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        let inside = self.0.inside.lock();
        inside.unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers in this manner from now on. What was written before in another one is as lost as after a
    /// reset.
    pub fn behave(&self, manner: Manner) {
        let mut inside = self.inside();
        inside.manner = manner;
        inside.registers.clear();
    }

    /// Accesses since this was last asked.
    pub fn take_accesses(&self) -> u64 {
        std::mem::take(&mut self.inside().accesses)
    }

    /// What stands in a register.
    pub fn get(&self, offset: u32) -> u32 {
        self.inside().honest(offset)
    }
}

impl Inside {
    fn honest(&self, offset: u32) -> u32 {
        let written = self.registers.get(&offset).copied();
        let (readable, reset) = meaning(offset);
        (written.unwrap_or(reset) & readable) | (reset & !readable)
    }

    fn answer(&self, offset: u32) -> Option<u32> {
        let is_id = [global::BLOCK.at(0), dma::BLOCK.at(0)]
            .iter()
            .any(|base| (*base..*base + 0x14).contains(&offset));
        match self.manner {
            Manner::Honest => Some(self.honest(offset)),
            Manner::Absurd(bits) if is_id => {
                let magic = offset % 0x1000 == 0;
                // Magic and major version mostly right, or nothing further would be read.
                let keep = if magic || offset == 4 { 0xFFFF_0000 } else { 0 };
                let keep = if bits & 7 == 0 { 0 } else { keep };
                let mask = if magic && keep != 0 { u32::MAX } else { keep };
                Some((self.honest(offset) & mask) | (noise(bits, offset.into()) & !mask))
            }
            Manner::Absurd(_) => Some(self.honest(offset)),
            Manner::Noise(seed) => Some(noise(seed, self.accesses)),
            Manner::Flaky(seed) if noise(seed, self.accesses) & 1 == 0 => {
                let refused = noise(seed, self.accesses) & 0x1E == 0;
                (!refused).then(|| noise(seed ^ 1, self.accesses))
            }
            Manner::Flaky(_) => Some(self.honest(offset)),
            Manner::Ones => Some(u32::MAX),
            Manner::Zeros => Some(0),
            Manner::Refused => None,
        }
    }
}

/// Of a register: the bits that are read as they were written, and what it reads after reset.
fn meaning(offset: u32) -> (u32, u32) {
    for block in MAP {
        let Some(inside) = offset.checked_sub(block.base) else {
            continue;
        };
        if inside / block.stride >= block.count {
            continue;
        }
        let inside = inside % block.stride;
        let here =
            |r: &&&vcm_regs::RegisterInfo| (r.offset..r.offset + 4 * r.count).contains(&inside);
        if let Some(register) = block.registers.iter().find(here) {
            return (register.mask(Access::ReadWrite), register.reset());
        }
    }
    (0, 0)
}

/// SplitMix64 of a seed and a number.
fn noise(seed: u64, number: u64) -> u32 {
    let mut x = seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (x ^ (x >> 31)) as u32
}

impl Bus for Window {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        assert!(
            offset < vcm_regs::WINDOW_SIZE && offset % 4 == 0,
            "{offset:#x}"
        );
        let mut inside = self.inside();
        inside.accesses += 1;
        let write = false;
        inside.answer(offset).ok_or(BusError { offset, write })
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        assert!(
            offset < vcm_regs::WINDOW_SIZE && offset % 4 == 0,
            "{offset:#x}"
        );
        let mut inside = self.inside();
        inside.accesses += 1;
        if inside.answer(offset).is_none() {
            let write = true;
            return Err(BusError { offset, write });
        }
        inside.registers.insert(offset, value);
        Ok(())
    }
}

impl Clock for Window {
    fn now(&self) -> Duration {
        let asked = self.0.asked.fetch_add(1, Ordering::Relaxed);
        TICK.saturating_mul(u32::try_from(asked).unwrap_or(u32::MAX))
    }
}

impl Irq for Window {
    fn wait(&self, _: Duration) -> bool {
        true
    }

    fn ack(&self) {}
}
