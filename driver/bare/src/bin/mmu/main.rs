//! A program that runs without an operating system: asks the processor's MMU what it makes of the page
//! tables that somebody has left in memory, after it has shown that this crate works on this processor.
//!
//! What it is asked, and what it answers, is in memory from [`MAILBOX`] on, in words:
//!
//! | word | what |
//! |---|---|
//! | 0 | [`ASKED`]; [`ANSWERED`] at the end |
//! | 1, 2, 3 | the table's address, DACR, whether AP[0] is the access flag |
//! | 4 | number of addresses, n |
//! | 8 … 8 + n | the addresses |
//! | 8 + n … 8 + 5n | four PARs for each: privileged read and write, user read and write |
//!
//! The tables have to map the MiB that it lies in one to one.
#![no_std]
#![no_main]

#[path = "../../image/heap.rs"]
mod heap;
#[path = "../../image/start.rs"]
mod start;

mod checks;
mod vectors;

use core::fmt::Write as _;
use core::panic::PanicInfo;
use core::ptr::{read_volatile, write_volatile};

use vcm_bare::mmu::{Lookup, Mmu, Regime};
use vcm_bare::{Io as _, Uart, Volatile, zynq};

const MAILBOX: usize = 0x0018_0000;
/// 'VCM?'
const ASKED: u32 = 0x3F4D_4356;
/// 'VCM!'
const ANSWERED: u32 = 0x214D_4356;
/// So many addresses go into the MiB behind the mailbox.
const MOST: u32 = 24_000;

fn serial() -> Uart<Volatile> {
    // SAFETY: it is the serial port, and nobody else's.
    Uart::new(unsafe { Volatile::new(zynq::UART0) })
}

/// A word of the mailbox.
fn word(n: u32) -> *mut u32 {
    (MAILBOX + n as usize * 4) as *mut u32
}

/// Called by [`start`], with a stack and with the MMU off.
#[unsafe(no_mangle)]
extern "C" fn run() -> ! {
    heap::begin();
    let mut serial = serial();
    let result = checks::all(&mut serial).and_then(|()| answer());
    let _ = match result {
        Ok(n) => writeln!(serial, "answered {n}"),
        Err(what) => writeln!(serial, "FAILED: {what}"),
    };
    leave()
}

fn answer() -> Result<u32, &'static str> {
    // SAFETY: the mailbox is memory that the program does not use otherwise.
    let ask = |n| unsafe { read_volatile(word(n)) };
    let n = ask(4);
    if ask(0) != ASKED || n > MOST {
        return Err("nothing was asked");
    }
    let regime = Regime {
        table: ask(1),
        domains: ask(2),
        access_flag: ask(3) != 0,
    };
    // SAFETY: who asks has mapped this MiB; nothing else is touched until it is off again.
    let mmu = unsafe { Mmu::on(regime) };
    for i in 0..n {
        let at = ask(8 + i);
        for (kind, lookup) in (0..).zip(Lookup::ALL) {
            let par = mmu.look_up(at, lookup);
            // SAFETY: as above.
            unsafe { write_volatile(word(8 + n + 4 * i + kind), par) };
        }
    }
    drop(mmu);
    // SAFETY: as above.
    unsafe { write_volatile(word(0), ANSWERED) };
    Ok(n)
}

/// Resets the processing system (UG585, chapter 26), which ends the machine if it is an emulated one.
fn leave() -> ! {
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
    let _ = writeln!(serial(), "FAILED: {info}");
    leave()
}

/// Called by the vectors: an exception of this kind, with the address that it returns to.
#[unsafe(no_mangle)]
extern "C" fn exception(kind: u32, at: u32) -> ! {
    let name = match kind {
        1 => "undefined instruction",
        3 => "prefetch abort",
        4 => "data abort",
        _ => "exception",
    };
    let _ = writeln!(serial(), "FAILED: {name} at {at:#x}");
    leave()
}
