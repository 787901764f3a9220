//! The processor's own context: what is bound there is one range of the program's addresses.

use std::sync::Arc;

use vcm::frames::Frames;
use vcm::iova::IovaSpace;
use vcm::wrap::{CpuMapper, CpuMmu, Vmm};
use vcm::{Active, Binding, Phys, ResFlags, System, Vcm};
use vcm_linux::{Memory, View, ViewError, Window};

/// The processor's context, always active.
pub(crate) struct Processor {
    // Dropped in this order.
    _active: Active,
    vcm: Vcm,
    window: Arc<Window>,
}

impl Processor {
    /// With room for all of the memory twice: the same memory may be looked at by several bindings.
    pub(crate) fn new(
        system: &System,
        memory: &Arc<Memory>,
        frames: &Arc<Frames<Arc<Memory>>>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let size = memory.size().checked_mul(2).unwrap_or(memory.size());
        let window = Arc::new(Window::new(size, [Arc::clone(memory)])?);
        let space = window.window();
        let addresses = IovaSpace::new(space.start, space.size.into())?;
        let mmu = CpuMmu::new(Arc::clone(&window));
        let driver = Vmm::new(mmu, Arc::clone(frames), addresses);
        let vcm = system.create(space.start, space.size, Box::new(driver))?;
        Ok(Self {
            _active: vcm.activate()?,
            vcm,
            window,
        })
    }

    /// Has this memory appear.
    pub(crate) fn show(self: &Arc<Self>, phys: &Phys) -> Result<Shown, vcm::Error> {
        Ok(Shown {
            binding: self.vcm.map(phys, ResFlags::default())?,
            processor: Arc::clone(self),
        })
    }
}

/// Memory that the program sees, for as long as this lives: the binding is nobody else's, and the
/// context stays active.
pub(crate) struct Shown {
    // Dropped in this order.
    binding: Binding,
    processor: Arc<Processor>,
}

impl Shown {
    pub(crate) fn view(&self) -> Result<View<'_>, ViewError> {
        self.processor.window.view(&self.binding)
    }
}
