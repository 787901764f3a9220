//! Time, by the timer that all processors share.

use core::time::Duration;

use vcm::seam::Clock;

use crate::io::Io;

/// The global timer (DDI 0407, chapter 4.4): 64 bits, at half the processor's clock.
#[derive(Clone, Copy, Debug)]
pub struct GlobalTimer<T> {
    io: T,
    hertz: u64,
}

const COUNTER_LOW: usize = 0x00;
const COUNTER_HIGH: usize = 0x04;
const CONTROL: usize = 0x08;
const ENABLE: u32 = 1;

impl<T: Io> GlobalTimer<T> {
    /// Starts the timer, if nobody has. `hertz` is its rate, with the prescaler as it is: 325 MHz on PYNQ boards,
    /// whose processor runs at 650 MHz; 0 is taken for 1.
    pub fn new(io: T, hertz: u64) -> Self {
        io.write(CONTROL, io.read(CONTROL) | ENABLE);
        Self {
            io,
            hertz: hertz.max(1),
        }
    }

    /// Both halves, of the same moment.
    fn ticks(&self) -> u64 {
        let mut high = self.io.read(COUNTER_HIGH);
        loop {
            let low = self.io.read(COUNTER_LOW);
            // Ends with the second try, since the lower half takes seconds for a round.
            let again = self.io.read(COUNTER_HIGH);
            if again == high {
                return u64::from(high) << 32 | u64::from(low);
            }
            high = again;
        }
    }
}

impl<T: Io> Clock for GlobalTimer<T> {
    fn now(&self) -> Duration {
        let ticks = self.ticks();
        let nanoseconds = u128::from(ticks % self.hertz) * 1_000_000_000 / u128::from(self.hertz);
        Duration::new(ticks / self.hertz, nanoseconds as u32)
    }
}

#[cfg(test)]
mod tests {
    use core::cell::{Cell, RefCell};
    use std::vec;
    use std::vec::Vec;

    use super::*;

    /// A timer whose halves read as told, one after the other.
    struct Told {
        high: RefCell<Vec<u32>>,
        low: Cell<u32>,
        control: Cell<u32>,
    }

    impl Io for Told {
        fn read(&self, offset: usize) -> u32 {
            match offset {
                COUNTER_HIGH => self.high.borrow_mut().remove(0),
                COUNTER_LOW => self.low.get(),
                _ => self.control.get(),
            }
        }
        fn write(&self, _: usize, value: u32) {
            self.control.set(value);
        }
    }

    #[test]
    fn a_carry_between_the_halves_is_read_again() {
        let told = Told {
            high: RefCell::new(vec![1, 2, 2]),
            low: Cell::new(500),
            control: Cell::new(0xA00),
        };
        let timer = GlobalTimer::new(&told, 1000);
        assert_eq!(
            told.control.get(),
            0xA01,
            "it runs, and its prescaler stays"
        );
        let ticks = (2_u64 << 32) + 500;
        assert_eq!(timer.now(), Duration::from_millis(ticks));
    }
}
