//! The machine, as the demonstration wants it: all of it is of `vcm_bare`.

use alloc::sync::Arc;
use core::ops::Range;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use vcm::addr::PhysAddr;
use vcm::platform::Description;
use vcm::seam::{Irq, MemError, PhysMem};
use vcm_bare::{Cache, Cp15, Gic, GlobalTimer, Identity, Volatile, Window, zynq};
use vcm_demo_core::{Door, Machine};
use vcm_regs::ZYNQ_BASE;

use crate::MEMORY_SIZE;

/// Memory for devices.
const POOL: Range<u32> = 0x1000_0000..0x1800_0000;
/// The timer's rate, in Hz, as far as the program knows. The emulator's is a thousand times slower: so are
/// simulated devices, which have the time that they need before a deadline.
const RATE: u64 = 100_000_000_000;

type Memory = Identity<Cp15, Volatile>;
type Interrupt = Gic<Volatile, Volatile, GlobalTimer<Volatile>>;

/// A Zynq-7000 with `vcm_soc` in its fabric.
pub struct Zynq {
    window: Window,
    memory: Arc<Memory>,
    timer: GlobalTimer<Volatile>,
    irq: Arc<Counted>,
}

/// The interrupt, and how often it came.
pub struct Counted {
    gic: Interrupt,
    came: AtomicU32,
}

impl Irq for Counted {
    fn wait(&self, timeout: Duration) -> bool {
        let comes = self.gic.wait(timeout);
        self.came.fetch_add(comes.into(), Ordering::Relaxed);
        comes
    }

    fn ack(&self) {
        self.gic.ack();
    }
}

/// Memory where it is: there is no quicker way.
pub struct InPlace(Arc<Memory>);

impl Door for InPlace {
    fn name(&self) -> &'static str {
        "the processor"
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        self.0.read(at, into)
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        self.0.write(at, from)
    }
}

impl Zynq {
    /// Whatever a Zynq-7000 has at fixed addresses.
    ///
    /// # Safety
    /// Once at a time; memory and registers are mapped one to one, or forwarded.
    pub unsafe fn new() -> Self {
        // SAFETY: there are these registers at these addresses, and the caller has nobody else use them.
        let (window, cache, timer, gic) = unsafe {
            let timer = GlobalTimer::new(Volatile::new(zynq::GLOBAL_TIMER), RATE);
            let (distributor, cpu) = (
                Volatile::new(zynq::GIC_DISTRIBUTOR),
                Volatile::new(zynq::GIC_CPU),
            );
            (
                Window::new(ZYNQ_BASE as usize),
                Cache::new(Cp15, Volatile::new(zynq::L2_CACHE)),
                timer,
                Gic::new(distributor, cpu, timer, zynq::IRQ_F2P_0),
            )
        };
        Self {
            window,
            // SAFETY: it is memory, and not the program's.
            memory: Arc::new(unsafe { Identity::new(cache, POOL) }),
            timer,
            irq: Arc::new(Counted {
                gic,
                came: AtomicU32::new(0),
            }),
        }
    }

    /// How often somebody waited for the interrupt, and it came.
    pub fn interrupts(&self) -> u32 {
        self.irq.came.load(Ordering::Relaxed)
    }
}

impl Machine for Zynq {
    type Bus = Window;
    type Memory = Arc<Memory>;
    type Clock = GlobalTimer<Volatile>;
    type Irq = Arc<Counted>;
    type Door = InPlace;

    fn describe(&self) -> Description {
        Description::new("Zynq-7000").memory("DDR3", PhysAddr::new(0), MEMORY_SIZE)
    }

    fn bus(&self) -> Window {
        self.window
    }

    fn memory(&self) -> Arc<Memory> {
        Arc::clone(&self.memory)
    }

    fn clock(&self) -> GlobalTimer<Volatile> {
        self.timer
    }

    fn irq(&self) -> Arc<Counted> {
        Arc::clone(&self.irq)
    }

    fn door(&self) -> InPlace {
        InPlace(Arc::clone(&self.memory))
    }
}
