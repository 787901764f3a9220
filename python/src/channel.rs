//! A channel of the DMA engine.

use std::sync::Arc;
use std::time::Duration;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use vcm::addr::Iova;
use vcm::dma::DmaError;
use vcm::seam::{Clock as _, Irq as _};

use crate::binding::Binding;
use crate::error::ForPython;
use crate::session::{MachineChannel, Session};
use crate::slot::Slot;

/// How long to wait for the interrupt until the channel is looked at; then twice as long, up to
/// [`LAST_LOOK`]: another channel may have had the interrupt.
const FIRST_LOOK: Duration = Duration::from_micros(2);
/// How long at most until the channel is looked at.
const LAST_LOOK: Duration = Duration::from_millis(1);
/// How long a copy that is aborted may take to stop.
const STOP: Duration = Duration::from_millis(10);

/// A channel of the memory-to-memory DMA engine.
#[pyclass(frozen, module = "pynq_vcm")]
pub(crate) struct Channel {
    slot: Slot<MachineChannel>,
    session: Arc<Session>,
    number: u8,
    stream: u16,
}

impl Channel {
    pub(crate) fn new(session: &Arc<Session>, mut channel: MachineChannel) -> Self {
        channel.set_interrupt(true);
        Self {
            number: channel.number(),
            stream: channel.stream().get(),
            slot: Slot::new("the channel", channel),
            session: Arc::clone(session),
        }
    }
}

/// One end of a copy: an address, or a binding.
struct End<'py> {
    at: u32,
    binding: Option<PyRef<'py, Binding>>,
}

impl<'py> End<'py> {
    fn of(what: &Bound<'py, PyAny>) -> PyResult<Self> {
        if let Ok(binding) = what.cast::<Binding>() {
            let binding = binding.borrow();
            let at = binding.first()?;
            return Ok(Self {
                at,
                binding: Some(binding),
            });
        }
        let wrong = "an end of a copy is a Binding, or an address of 32 bits";
        let at = what.extract().map_err(|_| PyTypeError::new_err(wrong))?;
        Ok(Self { at, binding: None })
    }

    fn length(&self) -> Option<u32> {
        let binding = self.binding.as_ref()?;
        Some(binding.length())
    }

    /// To masters.
    fn give(&self) -> PyResult<()> {
        match &self.binding {
            Some(binding) => binding.held_memory()?.sync_to_device(),
            None => Ok(()),
        }
    }

    /// Back to the program.
    fn take(&self) -> PyResult<()> {
        match &self.binding {
            Some(binding) => binding.held_memory()?.sync_from_device(),
            None => Ok(()),
        }
    }
}

#[pymethods]
impl Channel {
    /// Its number.
    #[getter]
    fn number(&self) -> u8 {
        self.number
    }

    /// The stream that its accesses carry.
    #[getter]
    fn stream(&self) -> u16 {
        self.stream
    }

    /// Copies from `source` to `target`, each a binding or an address, and waits for the end. Without
    /// a length, as much as the smaller binding has. What caches need is done for bindings. Returns
    /// the bytes copied.
    ///
    /// Raises `DmaError`; after `timeout` seconds the copy is aborted.
    #[pyo3(signature = (source, target, length=None, *, timeout=None))]
    fn copy(
        &self,
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        target: &Bound<'_, PyAny>,
        length: Option<u32>,
        timeout: Option<f64>,
    ) -> PyResult<u32> {
        let (from, to) = (End::of(source)?, End::of(target)?);
        let length = length
            .or_else(|| [from.length(), to.length()].into_iter().flatten().min())
            .ok_or_else(|| PyTypeError::new_err("between two addresses, say how many bytes"))?;
        let timeout = match timeout {
            Some(seconds) => duration(seconds)?,
            None => patience(length),
        };
        from.give()?;
        // What the cache still has of the target must not be written over the copy later.
        to.give()?;
        let (slot, session) = (&self.slot, &self.session);
        let (start, end) = (Iova::new(from.at), Iova::new(to.at));
        let copied = py.detach(|| {
            slot.with(|channel| {
                channel.copy(start, end, length)?;
                wait(session, channel, timeout)
            })
        })?;
        let copied = copied.for_python()?;
        to.take()?;
        Ok(copied)
    }

    /// Gives the channel back. Once more does nothing.
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
        format!("Channel({}, stream {})", self.number, self.stream)
    }
}

/// Waits for the end of a copy; one that does not end in time is aborted.
fn wait(
    session: &Session,
    channel: &mut MachineChannel,
    timeout: Duration,
) -> Result<u32, DmaError> {
    let (clock, irq) = (&session.machine.clock, &session.machine.irq);
    let deadline = clock.now().saturating_add(timeout);
    let mut look = FIRST_LOOK;
    loop {
        if let Some(copied) = channel.poll().inspect_err(|_| irq.ack())? {
            irq.ack();
            return Ok(copied);
        }
        let left = deadline.saturating_sub(clock.now());
        if left.is_zero() {
            return match channel.abort(STOP) {
                Ok(copied) => Err(DmaError::Timeout {
                    channel: channel.number(),
                    copied,
                }),
                Err(error) => Err(error),
            };
        }
        if irq.wait(look.min(left)) {
            irq.ack();
        }
        look = (2 * look).min(LAST_LOOK);
    }
}

/// How long a copy may take: a hundred times what it should.
fn patience(length: u32) -> Duration {
    Duration::from_millis(10) + Duration::from_nanos(100) * length
}

pub(crate) fn duration(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|error| PyValueError::new_err(format!("a timeout of {seconds} seconds: {error}")))
}
