//! That this crate works on this processor: its instructions are known, its registers are where it looks for
//! them.

use core::fmt::Write;
use core::time::Duration;

use vcm::addr::PhysAddr;
use vcm::seam::{Bus, Clock, Irq, PhysMem};
use vcm_bare::{Cache, Cp15, Gic, GlobalTimer, Identity, Io, Volatile, Window, zynq};

/// Memory behind the program's MiB.
const MEMORY: core::ops::Range<u32> = 0x0020_0000..0x0040_0000;
/// The distributor's registers for setting an interrupt pending (IHI 0048, 4.3.7), and for taking that back.
const SET_PENDING: usize = 0x200;
const CLEAR_PENDING: usize = 0x280;

pub fn all(serial: &mut impl Write) -> Result<(), &'static str> {
    time()?;
    memory()?;
    interrupt()?;
    window()?;
    writeln!(serial, "checked").map_err(|_| "the serial port takes nothing")
}

fn timer() -> GlobalTimer<Volatile> {
    // SAFETY: it is the global timer. Its rate does not matter here.
    GlobalTimer::new(unsafe { Volatile::new(zynq::GLOBAL_TIMER) }, 100_000_000)
}

fn time() -> Result<(), &'static str> {
    let timer = timer();
    let start = timer.now();
    let moved = (0..1_000_000).any(|_| timer.now() > start + Duration::from_micros(10));
    moved.then_some(()).ok_or("time stands still")
}

fn memory() -> Result<(), &'static str> {
    // SAFETY: these are the second-level cache's registers.
    let cache = Cache::new(Cp15, unsafe { Volatile::new(zynq::L2_CACHE) });
    // SAFETY: it is memory, and not the program's.
    let memory = unsafe { Identity::new(cache, MEMORY) };
    let at = memory.allocate(100, 4096).ok_or("no memory")?;
    let at = PhysAddr::new(at.get() + 1);
    let text = *b"to memory and back";
    let mut seen = [0; 18];
    memory
        .write(at, &text)
        .map_err(|_| "memory is not written")?;
    memory.sync_for_device(at, 18);
    memory.sync_for_cpu(at, 18);
    memory
        .read(at, &mut seen)
        .map_err(|_| "memory is not read")?;
    memory.free(at, 100);
    (seen == text)
        .then_some(())
        .ok_or("memory reads as something else")
}

fn interrupt() -> Result<(), &'static str> {
    // SAFETY: these are the interrupt controller's registers.
    let (distributor, cpu) = unsafe {
        (
            Volatile::new(zynq::GIC_DISTRIBUTOR),
            Volatile::new(zynq::GIC_CPU),
        )
    };
    let number = zynq::IRQ_F2P_0;
    let gic = Gic::new(distributor, cpu, timer(), number);
    if gic.wait(Duration::from_micros(100)) {
        return Err("an interrupt that nobody raised");
    }
    let word = number as usize / 32 * 4;
    distributor.write(SET_PENDING + word, 1 << (number % 32));
    if !gic.wait(Duration::from_millis(100)) {
        return Err("the interrupt does not come");
    }
    distributor.write(CLEAR_PENDING + word, 1 << (number % 32));
    gic.ack();
    if gic.wait(Duration::from_micros(100)) {
        return Err("the interrupt does not go");
    }
    Ok(())
}

/// There is no register window in a machine without fabric: memory stands in for it.
fn window() -> Result<(), &'static str> {
    // SAFETY: it is memory, and not the program's.
    let window = unsafe { Window::new(MEMORY.end as usize) };
    let written = window.write32(8, 7);
    let read = window.read32(8);
    if written.is_ok() && read == Ok(7) && window.read32(0x1_0000).is_err() {
        Ok(())
    } else {
        Err("the register window")
    }
}
