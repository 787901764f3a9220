//! The machine: found, opened, and as the demonstration wants it.

mod machine;
mod memory;
mod place;

pub(crate) use machine::Machine;
pub(crate) use memory::NoMemory;
pub(crate) use place::{MemoryPlace, Place};

use std::sync::Arc;

use vcm::seam::{Bus, Clock, Irq};
use vcm_linux::{
    Caching, Memory, MonotonicClock, NoIrq, Registers, Roots, Served, UDmaBuf, Uio, dev_mem,
};
use vcm_regs::WINDOW_SIZE;

use crate::arguments::DeviceArguments;
use crate::failure::Failure;

pub(crate) type AnyBus = Arc<dyn Bus + Send + Sync>;
pub(crate) type AnyClock = Arc<dyn Clock + Send + Sync>;
pub(crate) type AnyIrq = Arc<dyn Irq + Send + Sync>;

/// A machine of which the registers are open.
pub(crate) struct Device {
    /// What it is, in words.
    pub(crate) name: String,
    pub(crate) bus: AnyBus,
    pub(crate) clock: AnyClock,
    pub(crate) irq: AnyIrq,
    /// Whether there is an interrupt.
    pub(crate) interrupts: bool,
    /// If another process simulates it.
    pub(crate) served: Option<Served>,
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
    /// Finds and opens it.
    pub(crate) fn open(arguments: &DeviceArguments) -> Result<Self, Failure> {
        let roots = Roots {
            sys: arguments.root.join("sys"),
            dev: arguments.root.join("dev"),
        };
        let caching = if arguments.cached {
            Caching::On
        } else {
            Caching::Off
        };
        let memory = Wanted::At(arguments.memory.clone(), caching);
        let name = arguments.device.to_string();
        let own = |bus: Registers, irq: AnyIrq, interrupts| Self {
            name: name.clone(),
            bus: Arc::new(bus),
            clock: Arc::new(MonotonicClock::new()),
            irq,
            interrupts,
            served: None,
            memory,
            roots: roots.clone(),
        };
        Ok(match &arguments.device {
            Place::Uio(uio) => {
                let (bus, irq) = uio_of(&roots, uio)?.open()?;
                own(bus, Arc::new(irq), true)
            }
            Place::DevMem(base) => {
                // SAFETY: the user says that there are registers.
                let bus = unsafe { dev_mem::registers(&roots, *base, WINDOW_SIZE) }?;
                own(bus, Arc::new(NoIrq), false)
            }
            Place::Sim(socket) => {
                let (served, memory) = Served::connect(socket)?;
                Self {
                    name,
                    bus: Arc::new(served.clone()),
                    clock: Arc::new(served.clone()),
                    irq: Arc::new(served.clone()),
                    interrupts: true,
                    served: Some(served),
                    memory: Wanted::Open(Arc::new(memory)),
                    roots,
                }
            }
        })
    }

    /// Opens memory for devices.
    pub(crate) fn memory(&self) -> Result<Arc<Memory>, Failure> {
        let (place, caching) = match &self.memory {
            Wanted::Open(memory) => return Ok(Arc::clone(memory)),
            Wanted::At(place, caching) => (place, *caching),
        };
        let memory = match place {
            Some(MemoryPlace::UDmaBuf(name)) => UDmaBuf::find(&self.roots, name)?.open(caching)?,
            Some(MemoryPlace::Reserved { base, size }) => {
                // SAFETY: the user says that nobody else uses it.
                unsafe { dev_mem::memory(&self.roots, *base, *size) }?
            }
            None => match UDmaBuf::all(&self.roots)?.first() {
                Some(first) => first.open(caching)?,
                None => {
                    return Err(Failure::Unusable(
                        "no memory for devices: there is no u-dma-buf; load its module (modprobe \
                         u-dma-buf udmabuf0=0x4000000), or name reserved memory with \
                         --memory reserved:ADDRESS,SIZE"
                            .to_owned(),
                    ));
                }
            },
        };
        Ok(Arc::new(memory))
    }

    /// What memory for devices there is, in words, without opening it.
    pub(crate) fn describe_memory(&self) -> Result<Vec<String>, Failure> {
        if let Wanted::Open(memory) = &self.memory {
            let size = crate::number::size(memory.size().into());
            return Ok(vec![format!(
                "simulated memory: {size} at {}",
                memory.base()
            )]);
        }
        let all = UDmaBuf::all(&self.roots)?;
        let mut lines: Vec<String> = all
            .iter()
            .map(|buffer| {
                let size = crate::number::size(buffer.size.into());
                let coherent = if buffer.coherent { ", coherent" } else { "" };
                format!("{}: {size} at {}{coherent}", buffer.name, buffer.base)
            })
            .collect();
        if lines.is_empty() {
            lines.push("none: modprobe u-dma-buf udmabuf0=0x4000000 makes some".to_owned());
        }
        Ok(lines)
    }

    /// The machine with its memory, for whoever drives it.
    pub(crate) fn machine(&self) -> Result<Machine, Failure> {
        Ok(Machine {
            name: self.name.clone(),
            bus: Arc::clone(&self.bus),
            clock: Arc::clone(&self.clock),
            irq: Arc::clone(&self.irq),
            memory: self.memory()?,
        })
    }
}

/// By name, or by the address of the registers.
fn uio_of(roots: &Roots, wanted: &str) -> Result<Uio, vcm_linux::Error> {
    match crate::number::parse(wanted) {
        Ok(address) => Uio::at(roots, address.into()),
        Err(_) => Uio::named(roots, wanted),
    }
}
