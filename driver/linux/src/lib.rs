//! VCM in user space on Linux: what the crate `vcm` needs of its platform.
//!
//! | for | there is |
//! |---|---|
//! | memory ([`PhysMem`](vcm::seam::PhysMem)) | [`Memory`]: a u-dma-buf device ([`UDmaBuf`]), or an anonymous file |
//! | memory in pieces ([`FrameSource`](vcm::wrap::FrameSource)) | [`Frames`](vcm::frames::Frames) over that |
//! | the CPU's context ([`CpuMapper`](vcm::wrap::CpuMapper)) | [`Window`], and a [`View`] of what is bound |
//! | registers ([`Bus`](vcm::seam::Bus)) | [`Registers`]: a UIO device ([`Uio`]), or `/dev/mem` ([`dev_mem`]) |
//! | interrupt ([`Irq`](vcm::seam::Irq)) | [`UioIrq`], or [`NoIrq`] |
//! | time ([`Clock`](vcm::seam::Clock)) | [`MonotonicClock`] |
//! | all of it, simulated by another process | [`Served`] |
//! | whichever of these a user names | [`Device`] |
//!
//! # Scattered memory as one slice
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use vcm::addr::PhysAddr;
//! use vcm::frames::Frames;
//! use vcm::iova::IovaSpace;
//! use vcm::wrap::{CpuMapper, CpuMmu, Vmm};
//! use vcm::{AllocFlags, ResFlags, System};
//! use vcm_linux::{Memory, Window};
//!
//! // On a board: `UDmaBuf::find(&Roots::default(), "udmabuf0")?.open(Caching::Off)?`.
//! let memory = Arc::new(Memory::anonymous(PhysAddr::new(0x1000_0000), 1 << 20)?);
//! let frames = Arc::new(Frames::new(Arc::clone(&memory)));
//! frames.add_pool(1 << 20)?;
//!
//! // The CPU's context.
//! let window = Arc::new(Window::new(16 << 20, [memory])?);
//! let space = window.window();
//! let addresses = IovaSpace::new(space.start, space.size.into())?;
//! let driver = Vmm::new(CpuMmu::new(Arc::clone(&window)), frames, addresses);
//! let cpu = System::new().create(space.start, space.size, Box::new(driver))?;
//!
//! let pages = AllocFlags { max_page: 4096, ..AllocFlags::default() };
//! let buffer = cpu.make_binding(40_000, pages, ResFlags::default())?;
//! let active = cpu.activate()?;
//! assert!(buffer.phys().parts().len() > 1);
//! let view = window.view(&buffer)?;
//! view.write(4090, b"across pages")?;
//! let mut seen = [0; 12];
//! view.read(4090, &mut seen)?;
//! assert_eq!(&seen, b"across pages");
//! # drop(view);
//! # active.deactivate()?;
//! # Ok(())
//! # }
//! ```
//!
//! # On a board
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//!
//! use vcm::addr::Iova;
//! use vcm::frames::Frames;
//! use vcm::iommu::{Config, ContextConfig, Iommu, StreamId};
//! use vcm::iova::IovaSpace;
//! use vcm::wrap::VcmMmu;
//! use vcm::{AllocFlags, ResFlags, System};
//! use vcm_linux::{Caching, MonotonicClock, Roots, UDmaBuf, Uio};
//!
//! let roots = Roots::default();
//! let (registers, _irq) = Uio::at(&roots, 0x4000_0000)?.open()?;
//! let memory = Arc::new(UDmaBuf::find(&roots, "udmabuf0")?.open(Caching::Off)?);
//! let frames = Arc::new(Frames::new(Arc::clone(&memory)));
//! frames.add_pool(16 << 20)?;
//!
//! let clock = MonotonicClock::new();
//! let iommu = Iommu::probe(registers, memory, clock, Config::default())?;
//! let mmu = iommu.context(ContextConfig::default())?;
//! mmu.attach(StreamId::new(0))?;
//! let (start, size) = (Iova::new(0x4000_0000), 0x1000_0000);
//! let addresses = IovaSpace::new(start, size.into())?;
//! let driver = VcmMmu::new(mmu, frames, addresses);
//! let vcm = System::new().create(start, size, Box::new(driver))?;
//! let buffer = vcm.make_binding(1 << 20, AllocFlags::default(), ResFlags::default())?;
//! let active = vcm.activate()?;
//! println!("give {} to the master", buffer.start());
//! # Ok(())
//! # }
//! ```
//!
//! # Files
//!
//! Devices are found in `/sys` and opened in `/dev`; [`Roots`] says so, and can say otherwise.
#![cfg(target_os = "linux")]

mod barrier;
mod clock;
pub mod dev_mem;
mod device;
mod error;
mod file;
mod irq;
mod mapping;
mod memory;
pub mod number;
mod place;
mod registers;
mod roots;
pub mod served;
mod span;
mod sync;
mod u_dma_buf;
mod uio;
mod view;
mod window;

pub use clock::MonotonicClock;
pub use device::{AnyBus, AnyClock, AnyIrq, Device};
pub use error::Error;
pub use irq::{NoIrq, UioIrq};
pub use memory::Memory;
pub use place::{MemoryPlace, Place};
pub use registers::Registers;
pub use roots::Roots;
pub use served::Served;
pub use u_dma_buf::{Caching, UDmaBuf};
pub use uio::{Uio, UioMap};
pub use view::{View, ViewError};
pub use window::Window;
