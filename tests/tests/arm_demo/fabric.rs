//! The fabric of the emulated machine: a simulation, in this process. Accesses to its registers come through a
//! serial port of the emulator; its interrupt is a line of the emulator's interrupt controller.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use vcm::seam::{Bus as _, Irq as _};
use vcm_linux::served::wire::{Reply, Request};
use vcm_sim::platform::Platform;

/// `IRQ_F2P[0]` is number 61, of which the first 32 are the processors' own; in QEMU, an input of the MPCore.
const LINE: &str = "/machine/unattached/device[3] unnamed-gpio-in 29";
/// Cycles that pass while the processor does something else ...
const IDLE_CYCLES: u64 = 100;
/// ... every so often.
const IDLE_PAUSE: Duration = Duration::from_micros(100);

/// The simulation, and the line of its interrupt.
pub struct Fabric {
    platform: Platform,
    line: Mutex<Line>,
}

/// A level, and the control socket by which the emulator is told (QEMU: docs/devel/qtest).
struct Line {
    control: BufReader<UnixStream>,
    level: bool,
}

impl Line {
    fn set(&mut self, level: bool) -> io::Result<()> {
        if self.level == level {
            return Ok(());
        }
        let command = format!("set_irq_in {LINE} {}\n", u32::from(level));
        self.control.get_mut().write_all(command.as_bytes())?;
        let mut answer = String::new();
        self.control.read_line(&mut answer)?;
        self.level = level;
        match answer.starts_with("OK") {
            true => Ok(()),
            false => Err(io::Error::other(format!("the emulator says: {answer}"))),
        }
    }
}

impl Fabric {
    /// A fabric whose interrupt is low.
    pub fn new(platform: Platform, control: UnixStream) -> Self {
        let control = BufReader::new(control);
        let line = Mutex::new(Line {
            control,
            level: false,
        });
        Self { platform, line }
    }

    /// Answers all requests until the emulator is gone, and counts them.
    pub fn serve(&self, socket: &UnixStream) -> io::Result<u32> {
        let bus = self.platform.bus();
        let mut count = 0;
        while let Some(request) = Request::receive(socket)? {
            let done = match request {
                Request::Read { offset } => bus.read32(offset),
                Request::Write { offset, value } => bus.write32(offset, value).map(|()| 0),
                _ => return Err(io::Error::other(format!("{request:?} is no access"))),
            };
            // The processor does not go on before it can see what became of the interrupt.
            self.interrupt()?;
            done.map_or(Reply::Refused, |value| Reply::Value(value.into()))
                .send(socket)?;
            count += 1;
        }
        Ok(count)
    }

    /// Lets time pass until it is over.
    pub fn run(&self, over: &AtomicBool) -> io::Result<()> {
        while !over.load(Ordering::Relaxed) {
            self.platform.step(IDLE_CYCLES);
            self.interrupt()?;
            thread::sleep(IDLE_PAUSE);
        }
        Ok(())
    }

    /// Has the emulator's line follow the simulation's.
    fn interrupt(&self) -> io::Result<()> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        // A cycle passes.
        let level = self.platform.irq().wait(Duration::ZERO);
        line.set(level)
    }
}
