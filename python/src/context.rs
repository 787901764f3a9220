//! A context: the address space that masters see.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use vcm::addr::Iova;
use vcm::iommu::{ContextConfig, StreamId};
use vcm::iova::IovaSpace;
use vcm::mmu::{Access, Attributes};
use vcm::wrap::VcmMmu;
use vcm::{Active, AllocFlags, Region, ResFlags, Vcm, Where};

use crate::binding::{Binding, Held};
use crate::error::{ForPython, failed, gone};
use crate::fault::Fault;
use crate::memory::Memory;
use crate::reservation::Reservation;
use crate::session::{MachineContext, Session};
use crate::slot::WeakSlot;

/// An address space for the masters of some streams: `with iommu.context(streams=[0]) as ctx:`.
///
/// Its masters are let through while it is active, which it is in the `with`. At the end of that all
/// bindings and reservations that were made in it are given back, too; arrays over their memory stay
/// good.
#[pyclass(frozen, module = "pynq_vcm")]
pub(crate) struct Context {
    state: Mutex<Option<State>>,
    session: Arc<Session>,
    space: Region,
    /// Number of its bank.
    bank: u8,
}

struct State {
    // Given back in this order.
    active: Option<Active>,
    bindings: Vec<WeakSlot<Held>>,
    reservations: Vec<WeakSlot<vcm::Reservation>>,
    vcm: Vcm,
    bank: Arc<MachineContext>,
}

impl Context {
    pub(crate) fn new(session: &Arc<Session>, streams: &[u16], space: Region) -> PyResult<Self> {
        let bank = Arc::new(
            session
                .iommu
                .context(ContextConfig::default())
                .for_python()?,
        );
        for &stream in streams {
            bank.attach(StreamId::new(stream)).for_python()?;
        }
        let addresses = IovaSpace::new(space.start, space.size.into())
            .map_err(|error| failed(vcm::Errno::EINVAL, &error))?;
        let driver = VcmMmu::new(Arc::clone(&bank), Arc::clone(&session.frames), addresses);
        let vcm = session
            .system
            .create(space.start, space.size, Box::new(driver))
            .for_python()?;
        let number = bank.bank();
        Ok(Self {
            state: Mutex::new(Some(State {
                active: None,
                bindings: Vec::new(),
                reservations: Vec::new(),
                vcm,
                bank,
            })),
            bank: number,
            session: Arc::clone(session),
            space,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<R>(&self, use_it: impl FnOnce(&mut State) -> PyResult<R>) -> PyResult<R> {
        let mut state = self.lock();
        use_it(state.as_mut().ok_or_else(|| gone("the context"))?)
    }
}

impl State {
    /// A binding to be given back with the context.
    fn keep(&mut self, session: &Arc<Session>, binding: vcm::Binding, memory: Memory) -> Binding {
        let binding = Binding::new(session, binding, memory);
        self.bindings.retain(|slot| !slot.is_dead());
        self.bindings.push(binding.slot().downgrade());
        binding
    }

    /// Gives everything back; tells the first that went wrong.
    fn end(self) -> Result<(), vcm::Error> {
        let mut result = Ok(());
        for binding in self.bindings.iter().filter_map(WeakSlot::take) {
            result = result.and(binding.destroy());
        }
        for reserved in self.reservations.iter().filter_map(WeakSlot::take) {
            result = result.and(reserved.unreserve().map_err(vcm::Error::from));
        }
        if let Some(active) = self.active {
            result = result.and(active.deactivate().map_err(vcm::Error::from));
        }
        // What came out of a reservation may still be bound; the context then ends with that.
        result
    }
}

#[pymethods]
impl Context {
    /// Its first address.
    #[getter]
    fn start(&self) -> u32 {
        self.space.start.get()
    }

    /// Its size in bytes.
    #[getter]
    fn size(&self) -> u32 {
        self.space.size
    }

    /// Its bank in the hardware.
    #[getter]
    fn bank(&self) -> u8 {
        self.bank
    }

    /// The streams attached to it.
    #[getter]
    fn streams(&self) -> Vec<u16> {
        let state = self.lock();
        let streams = state.as_ref().map(|state| state.bank.streams());
        let streams = streams.unwrap_or_default();
        streams.into_iter().map(StreamId::get).collect()
    }

    /// Whether its masters are let through.
    #[getter]
    fn active(&self) -> bool {
        self.lock()
            .as_ref()
            .is_some_and(|state| state.active.is_some())
    }

    /// Attaches a stream.
    fn attach(&self, stream: u16) -> PyResult<()> {
        self.with(|state| state.bank.attach(StreamId::new(stream)).for_python())
    }

    /// Detaches a stream, which is terminated then.
    fn detach(&self, stream: u16) -> PyResult<()> {
        self.with(|state| state.bank.detach(StreamId::new(stream)).for_python())
    }

    /// Lets the masters through.
    fn activate(&self) -> PyResult<()> {
        self.with(|state| {
            if state.active.is_none() {
                state.active = Some(state.vcm.activate().for_python()?);
            }
            Ok(())
        })
    }

    /// Stops the masters.
    fn deactivate(&self) -> PyResult<()> {
        self.with(|state| match state.active.take() {
            Some(active) => active.deactivate().map_err(vcm::Error::from).for_python(),
            None => Ok(()),
        })
    }

    /// Physical memory, not yet bound. `page` is the size of the largest piece, in bytes;
    /// `contiguous` asks for a single one.
    #[pyo3(signature = (size, *, page=0, contiguous=false, align=0))]
    fn alloc(&self, size: u32, page: u32, contiguous: bool, align: u32) -> PyResult<Memory> {
        let flags = AllocFlags {
            contiguous,
            align,
            max_page: page,
        };
        let phys = self.with(|state| state.vcm.alloc(size, flags).for_python())?;
        Ok(Memory::new(&self.session, phys, size))
    }

    /// Addresses with no memory: at `at`, or anywhere at a multiple of `align`. What is bound to them
    /// later is for masters to read only if not `write`.
    #[pyo3(signature = (size, *, at=None, align=0, write=true))]
    fn reserve(
        &self,
        size: u32,
        at: Option<u32>,
        align: u32,
        write: bool,
    ) -> PyResult<Reservation> {
        let flags = res_flags(at, align, write);
        self.with(|state| {
            let reserved = state.vcm.reserve(size, flags).for_python()?;
            let reserved = Reservation::new(&self.session, reserved);
            state.reservations.retain(|slot| !slot.is_dead());
            state.reservations.push(reserved.slot().downgrade());
            Ok(reserved)
        })
    }

    /// Binds memory to addresses of this context: so many new bytes, or memory that there is, maybe
    /// bound elsewhere too. The keywords are those of `alloc` (for new memory) and `reserve`.
    #[pyo3(signature = (what, *, at=None, align=0, write=true, page=0, contiguous=false))]
    fn bind(
        &self,
        what: &Bound<'_, PyAny>,
        at: Option<u32>,
        align: u32,
        write: bool,
        page: u32,
        contiguous: bool,
    ) -> PyResult<Binding> {
        let res = res_flags(at, align, write);
        let existing = match (what.cast::<Memory>(), what.cast::<Binding>()) {
            (Ok(memory), _) => Some(memory.borrow().clone()),
            (_, Ok(binding)) => Some(binding.borrow().held_memory()?),
            _ => None,
        };
        self.with(|state| {
            let (binding, memory) = match existing {
                Some(memory) => {
                    let binding = state.vcm.map(memory.phys(), res).for_python()?;
                    (binding, memory)
                }
                None => {
                    let wrong = "bind a number of bytes, a Memory, or a Binding's memory";
                    let size: u32 = what.extract().map_err(|_| PyTypeError::new_err(wrong))?;
                    let alloc = AllocFlags {
                        contiguous,
                        align: 0,
                        max_page: page,
                    };
                    let binding = state.vcm.make_binding(size, alloc, res).for_python()?;
                    let phys = binding.phys().share().for_python()?;
                    (binding, Memory::new(&self.session, phys, size))
                }
            };
            Ok(state.keep(&self.session, binding, memory))
        })
    }

    /// The physical address that an address is bound to; `None` if it is to none.
    fn translate(&self, at: u32) -> PyResult<Option<u32>> {
        self.with(|state| {
            let found = state.vcm.translate(Iova::new(at));
            Ok(found.map(vcm::addr::PhysAddr::get))
        })
    }

    /// What the page table has at an address: the physical address, the size of the page, and whether
    /// masters may write; `None` where it has nothing.
    fn walk(&self, at: u32) -> PyResult<Option<(u32, u32, bool)>> {
        let found = self.with(|state| Ok(state.bank.walk(Iova::new(at)).ok()))?;
        Ok(found.map(|found| (found.phys.get(), found.page.bytes(), found.attributes.write)))
    }

    /// Where an address lies, in words.
    fn resolve(&self, at: u32) -> PyResult<String> {
        self.with(|state| {
            let place = state.vcm.resolve(Iova::new(at));
            Ok(match place {
                Where::InReservation { id, offset, bound } => {
                    let with = if bound { "memory" } else { "no memory" };
                    format!("{offset:#x} into {id}, with {with}")
                }
                Where::InSpace => "in no reservation".to_owned(),
                Where::Outside => "outside the context".to_owned(),
            })
        })
    }

    /// What a fault is due to, in words. It is counted, too.
    fn blame(&self, fault: &Fault) -> PyResult<String> {
        let record = &fault.record;
        self.with(|state| {
            let found = state.vcm.report_fault(record.iova, Access::from(record));
            Ok(found.for_python()?.to_string())
        })
    }

    /// Gives everything back: bindings, reservations, the activation, the bank. Once more does nothing.
    fn close(&self) -> PyResult<()> {
        let state = self.lock().take();
        state.map_or(Ok(()), State::end).for_python()
    }

    fn __enter__(this: PyRef<'_, Self>) -> PyResult<PyRef<'_, Self>> {
        this.activate()?;
        Ok(this)
    }

    #[pyo3(signature = (*_why))]
    fn __exit__(&self, _why: &Bound<'_, pyo3::types::PyTuple>) -> PyResult<()> {
        self.close()
    }

    fn __repr__(&self) -> String {
        let active = if self.active() {
            "active"
        } else {
            "not active"
        };
        format!(
            "Context({}, bank {}, streams {:?}, {active})",
            self.space,
            self.bank,
            self.streams()
        )
    }
}

fn res_flags(at: Option<u32>, align: u32, write: bool) -> ResFlags {
    ResFlags {
        at: at.map(Iova::new),
        align,
        attributes: Attributes {
            write,
            ..Attributes::default()
        },
        ..ResFlags::default()
    }
}
