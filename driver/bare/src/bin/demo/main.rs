//! A program that runs without an operating system: the demonstration, on a Zynq-7000 that an emulator has made,
//! whose fabric is simulated elsewhere.
//!
//! | of the machine | is |
//! |---|---|
//! | processor, MMU, timer, interrupt controller, cache registers | the emulator's |
//! | memory | the emulator's, and the simulation's: one file |
//! | `IRQ_F2P[0]` | the interrupt controller's line, driven from outside |
//! | the register window | not there: [`forward`] sends every access through the second serial port |
//!
//! What is copied is in memory, at [`FILE`]: the word [`LEFT`], the number of bytes, and the bytes. At the end, the
//! copy is behind it, and the first word is [`COPIED`].
#![no_std]
#![no_main]

extern crate alloc;

#[path = "../../image/heap.rs"]
mod heap;
#[path = "../../image/start.rs"]
mod start;

mod forward;
mod instruction;
mod machine;
mod space;
mod vectors;

use alloc::format;
use alloc::string::{String, ToString};
use core::arch::asm;
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::slice;

use machine::Zynq;
use vcm_bare::{Io, Uart, Volatile, zynq};
use vcm_demo_core::table::{faults, transfers};
use vcm_demo_core::{Stage, Watcher};

/// Memory begins at 0.
const MEMORY_SIZE: u32 = 0x2000_0000;
const FILE: usize = 0x0800_0000;
/// 'VCM?'
const LEFT: u32 = 0x3F4D_4356;
/// 'VCM!'
const COPIED: u32 = 0x214D_4356;
/// As much as fits into the heap some times.
const MOST: usize = 4 << 20;

fn serial() -> Uart<Volatile> {
    // SAFETY: it is the first serial port, and nobody else's.
    Uart::new(unsafe { Volatile::new(zynq::UART0) })
}

/// Shows notes as lines.
struct Lines {
    serial: Uart<Volatile>,
    stage: &'static str,
}

impl Watcher for Lines {
    fn stage(&mut self, stage: Stage) {
        self.stage = stage.name();
    }

    fn note(&mut self, text: &str) {
        let stage = core::mem::take(&mut self.stage);
        let _ = writeln!(self.serial, "  {stage:<9}{text}");
    }
}

/// Called by [`start`], with a stack and with the MMU off.
#[unsafe(no_mangle)]
extern "C" fn run() -> ! {
    heap::begin();
    let _mmu = space::enter();
    match demonstrate() {
        Ok(()) => leave(true),
        Err(what) => fail(format_args!("{what}")),
    }
}

fn demonstrate() -> Result<(), String> {
    let file = File::find()?;
    // SAFETY: here alone, and the address space is that.
    let machine = unsafe { Zynq::new() };
    let mut lines = Lines {
        serial: serial(),
        stage: "",
    };
    let report = vcm_demo_core::run(&machine, file.bytes, &mut lines).map_err(|e| e.to_string())?;
    file.copied(&report.copy)?;
    let mut show = |what: &dyn fmt::Display| {
        write!(lines.serial, "\n{what}").map_err(|_| "the serial port takes nothing".to_string())
    };
    show(&transfers(&report, None))?;
    show(&"The time is the emulator's, in milliseconds that count as microseconds.\n")?;
    show(&faults(&report))?;
    show(&format_args!("{} interrupts came.\n", machine.interrupts()))?;
    let held = report.verdict()?;
    show(&format_args!("{held}\n"))
}

/// What is copied.
struct File {
    bytes: &'static [u8],
}

impl File {
    const HEAD: *mut u32 = FILE as *mut u32;
    const BYTES: *mut u8 = (FILE + 8) as *mut u8;

    fn find() -> Result<Self, String> {
        // SAFETY: it is memory that the program does not use otherwise.
        let (left, size) = unsafe {
            (
                Self::HEAD.read_volatile(),
                Self::HEAD.add(1).read_volatile(),
            )
        };
        let size = size as usize;
        if left != LEFT || size == 0 || size > MOST {
            return Err(format!(
                "no file of 1 to {MOST} bytes was left at {FILE:#x}"
            ));
        }
        // SAFETY: as above; whoever has left the bytes is done, and nobody writes to them any more.
        let bytes = unsafe { slice::from_raw_parts(Self::BYTES, size) };
        Ok(Self { bytes })
    }

    /// Puts the copy behind it.
    fn copied(&self, copy: &[u8]) -> Result<(), String> {
        let size = self.bytes.len();
        if copy.len() != size {
            return Err(format!("the copy has {} bytes, not {size}", copy.len()));
        }
        // SAFETY: as above; there is memory for both, which do not overlap.
        unsafe {
            slice::from_raw_parts_mut(Self::BYTES.add(size), size).copy_from_slice(copy);
            Self::HEAD.write_volatile(COPIED);
        }
        Ok(())
    }
}

/// Says why, and ends the machine.
fn fail(why: fmt::Arguments<'_>) -> ! {
    let _ = writeln!(serial(), "FAILED: {why}");
    leave(false)
}

/// Ends the emulator, with status 0 or 1 (Semihosting for AArch32 and AArch64, SYS_EXIT_EXTENDED). Where nobody
/// listens to that, resets the processing system (UG585, chapter 26).
fn leave(well: bool) -> ! {
    const EXIT_EXTENDED: u32 = 0x20;
    const APPLICATION_EXIT: u32 = 0x2_0026;
    let block = [APPLICATION_EXIT, u32::from(!well)];
    // SAFETY: the call reads the block; without a listener, the vector returns from it.
    unsafe {
        asm!("svc #0x123456", in("r0") EXIT_EXTENDED, in("r1") block.as_ptr(), out("lr") _);
    }
    // SAFETY: nobody else uses the system-level control registers.
    let slcr = unsafe { Volatile::new(zynq::SLCR) };
    slcr.write(0x008, 0xDF0D);
    slcr.write(0x200, 1);
    loop {
        core::hint::spin_loop();
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    fail(format_args!("{info}"))
}

/// Called by the vectors: an exception of this kind, with the address that it returns to.
#[unsafe(no_mangle)]
extern "C" fn exception(kind: u32, at: u32) -> ! {
    let name = match kind {
        1 => "undefined instruction",
        _ => "prefetch abort",
    };
    fail(format_args!("{name} at {at:#x}"))
}
