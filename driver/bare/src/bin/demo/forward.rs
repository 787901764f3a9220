//! The register window, which this machine does not have: an access to it is aborted by the MMU, sent through the
//! second serial port, and done by whoever is at its other end.
//!
//! What goes there and back are the requests and replies of `vcm_linux::served::wire`: a request is its number (1
//! to read, 2 to write), the offset and a value of 64 bits; a reply is 0 (or 1, refused), a word that is not
//! used, and a value of 64 bits.

use core::arch::asm;

use vcm_bare::{Io, Volatile, zynq};
use vcm_regs::{WINDOW_SIZE, ZYNQ_BASE};

use crate::fail;
use crate::instruction::Access;

/// The registers of the program at the abort, as the vector has left them on the stack.
#[repr(C)]
struct Frame {
    low: [u32; 13],
    link: u32,
    at: u32,
    status: u32,
}

/// CPSR.T: Thumb instructions.
const THUMB: u32 = 1 << 5;

impl Frame {
    fn register(&mut self, number: usize) -> Option<&mut u32> {
        match number {
            14 => Some(&mut self.link),
            _ => self.low.get_mut(number),
        }
    }

    /// The instruction that was aborted.
    fn instruction(&self) -> Option<Access> {
        // SAFETY: the processor has just fetched it from there.
        let word = unsafe { (self.at as *const u32).read_volatile() };
        Access::decode(word).filter(|_| self.status & THUMB == 0)
    }
}

/// Called by the vector of data aborts. Returns to the instruction after the one that was aborted.
#[unsafe(no_mangle)]
extern "C" fn aborted(frame: &mut Frame) {
    let address: u32;
    // SAFETY: DFAR, which tells the address of the access.
    unsafe { asm!("mrc p15, 0, {}, c6, c0, 0", out(reg) address, options(nostack)) };
    let offset = address.wrapping_sub(ZYNQ_BASE);
    if offset >= WINDOW_SIZE {
        fail(format_args!(
            "data abort at {:#x}, of {address:#x}",
            frame.at
        ));
    }
    let done = match frame.instruction() {
        Some(Access::Load(to)) => transfer(READ, offset, 0)
            .zip(frame.register(to))
            .map(|(value, to)| *to = value),
        Some(Access::Store(from)) => frame
            .register(from)
            .map(|value| *value)
            .and_then(|value| transfer(WRITE, offset, value).map(drop)),
        None => None,
    };
    if done.is_none() {
        fail(format_args!(
            "the access at {:#x} to register {offset:#x} cannot be forwarded",
            frame.at
        ));
    }
    frame.at += 4;
}

const READ: u32 = 1;
const WRITE: u32 = 2;

/// Asks, and waits for the answer.
fn transfer(number: u32, offset: u32, value: u32) -> Option<u32> {
    let port = Port::open();
    for word in [number, offset, value, 0] {
        word.to_le_bytes()
            .into_iter()
            .try_for_each(|byte| port.send(byte))?;
    }
    let mut words = [0; 4];
    for word in &mut words {
        let mut bytes = [0; 4];
        for byte in &mut bytes {
            *byte = port.receive()?;
        }
        *word = u32::from_le_bytes(bytes);
    }
    let [refused, _, value, _] = words;
    (refused == 0).then_some(value)
}

/// The second serial port (UG585, chapter 19).
struct Port(Volatile);

const CONTROL: usize = 0x00;
const STATUS: usize = 0x2C;
const FIFO: usize = 0x30;
/// Receiver and transmitter on.
const ON: u32 = 1 << 2 | 1 << 4;
/// No byte has come.
const EMPTY: u32 = 1 << 1;
/// No byte can go.
const FULL: u32 = 1 << 4;
/// So many looks take an emulator some ten seconds.
const PATIENCE: u32 = 1 << 24;

impl Port {
    fn open() -> Self {
        // SAFETY: it is the second serial port, and nobody else's: the program does not go on meanwhile.
        let io = unsafe { Volatile::new(zynq::UART1) };
        io.write(CONTROL, ON);
        Self(io)
    }

    /// Waits until a bit of the status is gone; `None` if it stays.
    fn until_not(&self, bit: u32) -> Option<()> {
        (0..PATIENCE)
            .any(|_| self.0.read(STATUS) & bit == 0)
            .then_some(())
    }

    fn send(&self, byte: u8) -> Option<()> {
        self.until_not(FULL)?;
        self.0.write(FIFO, byte.into());
        Some(())
    }

    fn receive(&self) -> Option<u8> {
        self.until_not(EMPTY)?;
        Some(self.0.read(FIFO) as u8)
    }
}
