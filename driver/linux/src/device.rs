//! A device: its registers, its interrupt, its time, and memory that it can reach.

use std::sync::Arc;

use vcm::seam::{Bus, Clock, Irq};
use vcm_regs::WINDOW_SIZE;

use crate::clock::MonotonicClock;
use crate::dev_mem;
use crate::error::Error;
use crate::irq::NoIrq;
use crate::memory::Memory;
use crate::number;
use crate::place::{MemoryPlace, Place};
use crate::registers::Registers;
use crate::roots::Roots;
use crate::served::Served;
use crate::u_dma_buf::{Caching, UDmaBuf};
use crate::uio::Uio;

/// Any registers.
pub type AnyBus = Arc<dyn Bus + Send + Sync>;
/// Any time.
pub type AnyClock = Arc<dyn Clock + Send + Sync>;
/// Any interrupt.
pub type AnyIrq = Arc<dyn Irq + Send + Sync>;

/// A device of which the registers are open, wherever it is.
pub struct Device {
    /// What it is, as [`Place`] writes it.
    pub name: String,
    /// The register window.
    pub bus: AnyBus,
    /// Time, as the device has it.
    pub clock: AnyClock,
    /// The interrupt, or something that waits in its place.
    pub irq: AnyIrq,
    /// Whether there is an interrupt.
    pub interrupts: bool,
    /// If another process simulates it.
    pub served: Option<Served>,
    memory: Wanted,
    roots: Roots,
}

/// Where memory for devices comes from.
enum Wanted {
    /// It is here.
    Open(Arc<Memory>),
    /// It is to be looked for.
    At(Option<MemoryPlace>, Caching),
}

impl Device {
    /// Finds and opens it. `memory` says where memory for it is: without it, in the first u-dma-buf.
    /// `caching` is that of a u-dma-buf. A simulated device brings memory of its own.
    ///
    /// # Errors
    /// Those of [`Uio`], [`dev_mem`] and [`Served::connect`].
    ///
    /// # Safety
    /// If `place` is [`Place::DevMem`], registers of `vcm_soc` or `vcm_iommu` are there. If `memory` is
    /// [`MemoryPlace::Reserved`], nobody else uses it.
    pub unsafe fn open(
        place: &Place,
        memory: Option<MemoryPlace>,
        caching: Caching,
        roots: Roots,
    ) -> Result<Self, Error> {
        let name = place.to_string();
        let memory = Wanted::At(memory, caching);
        match place {
            Place::Uio(wanted) => {
                let (bus, irq) = uio_of(&roots, wanted)?.open()?;
                Ok(Self::of_kernel(
                    name,
                    bus,
                    Arc::new(irq),
                    true,
                    memory,
                    roots,
                ))
            }
            Place::DevMem(base) => {
                // SAFETY: the caller says that there are registers.
                let bus = unsafe { dev_mem::registers(&roots, *base, WINDOW_SIZE) }?;
                let irq = Arc::new(NoIrq);
                Ok(Self::of_kernel(name, bus, irq, false, memory, roots))
            }
            Place::Sim(socket) => {
                let (served, memory) = Served::connect(socket)?;
                Ok(Self {
                    name,
                    bus: Arc::new(served.clone()),
                    clock: Arc::new(served.clone()),
                    irq: Arc::new(served.clone()),
                    interrupts: true,
                    served: Some(served),
                    memory: Wanted::Open(Arc::new(memory)),
                    roots,
                })
            }
        }
    }

    fn of_kernel(
        name: String,
        bus: Registers,
        irq: AnyIrq,
        interrupts: bool,
        memory: Wanted,
        roots: Roots,
    ) -> Self {
        Self {
            name,
            bus: Arc::new(bus),
            clock: Arc::new(MonotonicClock::new()),
            irq,
            interrupts,
            served: None,
            memory,
            roots,
        }
    }

    /// Opens memory for it.
    ///
    /// # Errors
    /// [`Error::NoDevice`] if there is no u-dma-buf, or none of that name; those of opening one.
    pub fn memory(&self) -> Result<Arc<Memory>, Error> {
        let (place, caching) = match &self.memory {
            Wanted::Open(memory) => return Ok(Arc::clone(memory)),
            Wanted::At(place, caching) => (place, *caching),
        };
        let memory = match place {
            Some(MemoryPlace::UDmaBuf(name)) => UDmaBuf::find(&self.roots, name)?.open(caching)?,
            Some(MemoryPlace::Reserved { base, size }) => {
                // SAFETY: whoever opened this said that nobody else uses it.
                unsafe { dev_mem::memory(&self.roots, *base, *size) }?
            }
            None => match UDmaBuf::all(&self.roots)?.first() {
                Some(first) => first.open(caching)?,
                None => {
                    return Err(Error::NoDevice {
                        wanted: "memory for devices: no u-dma-buf".to_owned(),
                        hint: "load its module (modprobe u-dma-buf udmabuf0=0x4000000), or name memory \
                               that is reserved: reserved:ADDRESS,SIZE",
                        found: Vec::new(),
                    });
                }
            },
        };
        Ok(Arc::new(memory))
    }

    /// What memory for it there is, in words, without opening any.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::NotANumber`]: what `/sys` says of a u-dma-buf cannot be read.
    pub fn describe_memory(&self) -> Result<Vec<String>, Error> {
        if let Wanted::Open(memory) = &self.memory {
            let size = number::size(memory.size().into());
            return Ok(vec![format!(
                "simulated memory: {size} at {}",
                memory.base()
            )]);
        }
        let all = UDmaBuf::all(&self.roots)?;
        let mut lines: Vec<String> = all
            .iter()
            .map(|buffer| {
                let size = number::size(buffer.size.into());
                let coherent = if buffer.coherent { ", coherent" } else { "" };
                format!("{}: {size} at {}{coherent}", buffer.name, buffer.base)
            })
            .collect();
        if lines.is_empty() {
            lines.push("none: modprobe u-dma-buf udmabuf0=0x4000000 makes some".to_owned());
        }
        Ok(lines)
    }
}

/// By name, or by the address of the registers.
fn uio_of(roots: &Roots, wanted: &str) -> Result<Uio, Error> {
    match number::parse(wanted) {
        Ok(address) => Uio::at(roots, address.into()),
        Err(_) => Uio::named(roots, wanted),
    }
}
