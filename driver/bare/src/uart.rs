//! The serial port.

use core::fmt;

use crate::io::Io;

/// A UART of the processing system (UG585, chapter 19), as the boot loader has set it up. A program that has
/// it prints with `write!`; nobody listening is no error.
#[derive(Clone, Copy, Debug)]
pub struct Uart<T> {
    io: T,
}

const CONTROL: usize = 0x00;
const STATUS: usize = 0x2C;
const FIFO: usize = 0x30;
/// Transmitter on, not off; both FIFOs emptied.
const TRANSMIT: u32 = 0x13;
const FULL: u32 = 1 << 4;
/// More looks than a character takes at the lowest rate.
const PATIENCE: u32 = 1 << 20;

impl<T: Io> Uart<T> {
    /// Turns the transmitter on.
    pub fn new(io: T) -> Self {
        io.write(CONTROL, TRANSMIT);
        Self { io }
    }
}

impl<T: Io> fmt::Write for Uart<T> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            let free = (0..PATIENCE).any(|_| self.io.read(STATUS) & FULL == 0);
            if !free {
                return Err(fmt::Error);
            }
            self.io.write(FIFO, byte.into());
        }
        Ok(())
    }
}
