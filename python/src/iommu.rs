//! The IOMMU.

use std::sync::Arc;

use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use vcm::Region;
use vcm::addr::Iova;
use vcm::iommu::{Interrupts, StreamId};
use vcm::seam::{Clock as _, Irq as _};
use vcm_linux::{Caching, MemoryPlace};

use crate::channel::{Channel, duration};
use crate::context::Context;
use crate::counters::Counters;
use crate::device::{self, Device};
use crate::error::{ForPython, failed};
use crate::fault::Fault;
use crate::machine::Machine;
use crate::session::Session;
use crate::slot::Slot;

/// Says which device is meant where the program does not.
const VARIABLE: &str = "VCM_DEVICE";

/// An IOMMU: `with Iommu() as iommu:`.
///
/// `device` is `sim` (the hardware simulated in this process), `uio:NAME`, `uio:ADDRESS`,
/// `devmem:ADDRESS` or `sim:SOCKET` (a simulation that another process serves); if it is left out, what the environment variable VCM_DEVICE says, or else the UIO
/// device at 0x40000000. On a board `memory` is `udmabuf:NAME` or `reserved:ADDRESS,SIZE`, the first
/// u-dma-buf if it is left out, which the processor caches if `cached`.
///
/// The hardware is reset: nothing passes until there is a context.
#[pyclass(frozen, module = "pynq_vcm")]
pub(crate) struct Iommu {
    slot: Slot<Arc<Session>>,
    device: String,
}

impl Iommu {
    fn session(&self) -> PyResult<Arc<Session>> {
        self.slot.with(|session| Arc::clone(session))
    }
}

#[pymethods]
impl Iommu {
    #[new]
    #[pyo3(signature = (device=None, *, memory=None, cached=false))]
    fn new(
        py: Python<'_>,
        device: Option<String>,
        memory: Option<String>,
        cached: bool,
    ) -> PyResult<Self> {
        let named = device.or_else(|| std::env::var(VARIABLE).ok());
        let device = match named {
            Some(name) => name.parse().map_err(PyValueError::new_err)?,
            None => Device::default(),
        };
        let memory = memory
            .map(|place| {
                let parsed = place.parse::<MemoryPlace>();
                parsed.map_err(|hint| {
                    PyValueError::new_err(format!("{place:?} is no memory: {hint}"))
                })
            })
            .transpose()?;
        let caching = if cached { Caching::On } else { Caching::Off };
        let name = device.to_string();
        let session = py.detach(|| {
            let machine = open(&device, memory, caching)?;
            Session::new(machine).map_err(|error| PyOSError::new_err(format!("{device}: {error}")))
        })?;
        Ok(Self {
            slot: Slot::new("the IOMMU", Arc::new(session)),
            device: name,
        })
    }

    /// The device that it is.
    #[getter]
    fn device(&self) -> &str {
        &self.device
    }

    /// What was built, by name.
    #[getter]
    fn features<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let session = self.session()?;
        let of = session.iommu.features();
        let dict = PyDict::new(py);
        for (name, value) in [
            ("minor", of.minor),
            ("contexts", of.contexts),
            ("streams", of.streams),
            ("id_bits", of.id_bits),
            ("tlb_entries", of.tlb_entries),
            ("outstanding", of.outstanding),
            ("fault_queue", of.fault_queue),
            ("main_sets", of.main_sets),
            ("main_ways", of.main_ways),
            ("first_level", of.first_level),
            ("walks", of.walks),
            ("slots", of.slots),
            ("locks", of.locks),
            ("prefetches", of.prefetches),
        ] {
            dict.set_item(name, value)?;
        }
        let channels = session.dma.as_ref().map_or(0, |dma| dma.channels());
        dict.set_item("dma_channels", channels)?;
        Ok(dict)
    }

    /// Takes a free context bank. Its addresses are `size` bytes from `start` on: by default 256 MiB
    /// where a Zynq-7000 has no memory.
    #[pyo3(signature = (*, streams=Vec::new(), start=0x8000_0000, size=0x1000_0000))]
    fn context(&self, streams: Vec<u16>, start: u32, size: u32) -> PyResult<Context> {
        let space = Region::new(Iova::new(start), size);
        Context::new(&self.session()?, &streams, space)
    }

    /// Takes a channel of the DMA engine.
    fn channel(&self, number: u8) -> PyResult<Channel> {
        let session = self.session()?;
        let Some(dma) = &session.dma else {
            let why = "there is no DMA engine beside this IOMMU: use the masters of the design";
            return Err(failed(vcm::Errno::EOPNOTSUPP, &why));
        };
        let channel = dma.channel(number).for_python()?;
        Ok(Channel::new(&session, channel))
    }

    /// Counts since the last call.
    fn counters(&self) -> PyResult<Counters> {
        Ok(self.session()?.iommu.counters().for_python()?.into())
    }

    /// Takes the fault records out of the queue, the oldest first.
    fn faults(&self) -> PyResult<Vec<Fault>> {
        let mut records = Vec::new();
        let session = self.session()?;
        session.iommu.drain_faults(&mut records).for_python()?;
        Ok(records.into_iter().map(|record| Fault { record }).collect())
    }

    /// Waits for a fault, by interrupt, and takes the records; none after `timeout` seconds.
    #[pyo3(signature = (timeout=1.0))]
    fn wait_for_faults(&self, py: Python<'_>, timeout: f64) -> PyResult<Vec<Fault>> {
        let timeout = duration(timeout)?;
        let session = self.session()?;
        let enabled = Interrupts {
            fault: true,
            ..Interrupts::default()
        };
        session.iommu.enable_interrupts(enabled).for_python()?;
        let waited = py.detach(|| session.wait_for_interrupt(timeout));
        let faults = waited.for_python().and_then(|()| self.faults());
        session
            .iommu
            .enable_interrupts(Interrupts::default())
            .for_python()?;
        session.machine.irq.ack();
        faults
    }

    /// Lets a stream through, with its addresses unchanged and unchecked.
    fn bypass(&self, stream: u16) -> PyResult<()> {
        let session = self.session()?;
        session.iommu.bypass(StreamId::new(stream)).for_python()
    }

    /// Refuses everything of a stream, as after reset.
    fn terminate(&self, stream: u16) -> PyResult<()> {
        let session = self.session()?;
        session.iommu.terminate(StreamId::new(stream)).for_python()
    }

    /// Time in seconds, by which copies can be measured: in simulation it is simulated.
    fn now(&self) -> PyResult<f64> {
        Ok(self.session()?.machine.clock.now().as_secs_f64())
    }

    /// Bytes of memory for buffers that nobody has.
    #[getter]
    fn free_bytes(&self) -> PyResult<u64> {
        Ok(self.session()?.frames.free_bytes())
    }

    /// Fails if the hardware has broken a rule of its buses since the last time, as only a simulation
    /// can tell, or the framework was misused.
    fn check(&self) -> PyResult<()> {
        let session = self.session()?;
        let misuses = session.system.misuses();
        let misused = (misuses > 0).then(|| format!("the framework was misused {misuses} times"));
        match (session.machine.broken)().or(misused) {
            Some(why) => Err(PyRuntimeError::new_err(why)),
            None => Ok(()),
        }
    }

    /// Lets go of the hardware, as soon as contexts, channels and memory are gone, too. Once more does
    /// nothing.
    fn close(&self) {
        drop(self.slot.take());
    }

    fn __enter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    #[pyo3(signature = (*_why))]
    fn __exit__(&self, _why: &Bound<'_, pyo3::types::PyTuple>) {
        self.close();
    }

    fn __repr__(&self) -> String {
        format!("Iommu({:?})", self.device)
    }
}

fn open(device: &Device, memory: Option<MemoryPlace>, caching: Caching) -> PyResult<Machine> {
    match device {
        Device::Simulator => simulate(),
        Device::At(place) => device::open(place, memory, caching)
            .map_err(|error| PyOSError::new_err(format!("{device}: {error}"))),
    }
}

#[cfg(feature = "simulator")]
fn simulate() -> PyResult<Machine> {
    crate::simulator::open().map_err(|error| PyOSError::new_err(format!("sim: {error}")))
}

#[cfg(not(feature = "simulator"))]
fn simulate() -> PyResult<Machine> {
    Err(PyOSError::new_err(
        "sim: this package was built for a board, without the simulator: build it on a PC, with \
         `make python`",
    ))
}
