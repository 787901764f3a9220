//! The interrupt of the fabric, by the processor's interrupt controller.

use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;

use vcm::seam::{Clock, Irq};

use crate::io::Io;

/// One shared peripheral interrupt, awaited by asking the controller (IHI 0048, chapter 4).
///
/// The processor's own interrupts may stay masked. Interrupts of other numbers that come meanwhile are
/// ended and forgotten: a program that has more of them needs a handler instead.
#[derive(Debug)]
pub struct Gic<D, P, C> {
    distributor: D,
    cpu: P,
    clock: C,
    number: u32,
    /// Taken, and not ended.
    active: AtomicBool,
}

/// Registers of the distributor.
mod distributor {
    pub const CONTROL: usize = 0x000;
    pub const SET_ENABLE: usize = 0x100;
    pub const PRIORITY: usize = 0x400;
    pub const TARGETS: usize = 0x800;
    pub const CONFIGURATION: usize = 0xC00;
}

/// Registers of the processor's interface.
mod cpu {
    pub const CONTROL: usize = 0x00;
    pub const PRIORITY_MASK: usize = 0x04;
    pub const ACKNOWLEDGE: usize = 0x0C;
    pub const END: usize = 0x10;
}

const ENABLE: u32 = 1;
/// The bits of a number in what ACKNOWLEDGE says.
const NUMBER: u32 = 0x3FF;
/// From here on numbers mean that there is none (IHI 0048, 3.2.5).
const NONE: u32 = 1020;

impl<D: Io, P: Io, C: Clock> Gic<D, P, C> {
    /// Turns the interrupt on, level sensitive, for this processor: [`IRQ_F2P_0`](crate::zynq::IRQ_F2P_0).
    pub fn new(distributor: D, cpu: P, clock: C, number: u32) -> Self {
        let gic = Self {
            distributor,
            cpu,
            clock,
            number,
            active: AtomicBool::new(false),
        };
        gic.set_field(distributor::PRIORITY, 8, 0xA0);
        gic.set_field(distributor::TARGETS, 8, 1);
        gic.set_field(distributor::CONFIGURATION, 2, 0b01);
        let word = number as usize / 32 * 4;
        gic.distributor
            .write(distributor::SET_ENABLE + word, 1 << (number % 32));
        gic.cpu.write(cpu::PRIORITY_MASK, 0xFF);
        let control = gic.cpu.read(cpu::CONTROL);
        gic.cpu.write(cpu::CONTROL, control | ENABLE);
        let control = gic.distributor.read(distributor::CONTROL);
        gic.distributor
            .write(distributor::CONTROL, control | ENABLE);
        gic
    }

    /// Writes the interrupt's field, of so many bits, of registers with a field for each.
    fn set_field(&self, first: usize, bits: u32, value: u32) {
        let per_word = 32 / bits;
        let at = first + (self.number / per_word) as usize * 4;
        let shift = self.number % per_word * bits;
        let mask = ((1 << bits) - 1) << shift;
        let word = self.distributor.read(at) & !mask;
        self.distributor.write(at, word | value << shift);
    }

    /// Takes the interrupt, if it is there.
    fn take(&self) -> bool {
        let answer = self.cpu.read(cpu::ACKNOWLEDGE);
        let number = answer & NUMBER;
        if number == self.number {
            self.active.store(true, Ordering::Relaxed);
            return true;
        }
        if number < NONE {
            self.cpu.write(cpu::END, answer);
        }
        false
    }
}

impl<D: Io, P: Io, C: Clock> Irq for Gic<D, P, C> {
    fn wait(&self, timeout: Duration) -> bool {
        if self.active.load(Ordering::Relaxed) {
            return true;
        }
        let deadline = self.clock.now().saturating_add(timeout);
        loop {
            if self.take() {
                return true;
            }
            if self.clock.now() >= deadline {
                return false;
            }
        }
    }

    fn ack(&self) {
        if self.active.swap(false, Ordering::Relaxed) {
            // What cleared the cause has reached the device before the level is looked at again.
            crate::barrier::device_barrier();
            self.cpu.write(cpu::END, self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use core::cell::{Cell, RefCell};
    use std::collections::BTreeMap;
    use std::vec::Vec;

    use super::*;

    #[derive(Default)]
    struct Words(RefCell<BTreeMap<usize, u32>>);

    impl Io for Words {
        fn read(&self, offset: usize) -> u32 {
            self.0.borrow().get(&offset).copied().unwrap_or(0)
        }
        fn write(&self, offset: usize, value: u32) {
            self.0.borrow_mut().insert(offset, value);
        }
    }

    /// Answers as told, then with none; remembers what was ended.
    #[derive(Default)]
    struct Interface {
        pending: RefCell<Vec<u32>>,
        ended: RefCell<Vec<u32>>,
    }

    impl Io for Interface {
        fn read(&self, offset: usize) -> u32 {
            match offset {
                cpu::ACKNOWLEDGE => self.pending.borrow_mut().pop().unwrap_or(1023),
                _ => 0,
            }
        }
        fn write(&self, offset: usize, value: u32) {
            if offset == cpu::END {
                self.ended.borrow_mut().push(value);
            }
        }
    }

    /// A microsecond passes with each look.
    #[derive(Default)]
    struct Ticks(Cell<u64>);

    impl Clock for Ticks {
        fn now(&self) -> Duration {
            self.0.set(self.0.get() + 1);
            Duration::from_micros(self.0.get())
        }
    }

    #[test]
    fn the_interrupt_is_level_sensitive_enabled_and_for_this_processor() {
        let (words, interface) = (Words::default(), Interface::default());
        words.write(0xC0C, 0xFFFF_FFFF);
        let _gic = Gic::new(&words, &interface, Ticks::default(), 61);
        assert_eq!(words.read(0x104), 1 << 29);
        assert_eq!(words.read(0x83C), 1 << 8);
        assert_eq!(words.read(0x43C), 0xA0 << 8);
        assert_eq!(
            words.read(0xC0C),
            0xF7FF_FFFF,
            "its two bits, and no others"
        );
        assert_eq!(words.read(0), 1);
    }

    #[test]
    fn waiting_ends_with_the_interrupt_or_in_time() {
        let (words, interface) = (Words::default(), Interface::default());
        let gic = Gic::new(&words, &interface, Ticks::default(), 61);
        assert!(!gic.wait(Duration::from_micros(50)));
        interface.pending.borrow_mut().extend([61, 29]);
        assert!(gic.wait(Duration::from_micros(50)));
        assert_eq!(*interface.ended.borrow(), [29], "another's is ended");
        assert!(
            gic.wait(Duration::ZERO),
            "it is there until it is acknowledged"
        );
        gic.ack();
        gic.ack();
        assert_eq!(*interface.ended.borrow(), [29, 61], "once");
        assert!(!gic.wait(Duration::ZERO));
    }
}
