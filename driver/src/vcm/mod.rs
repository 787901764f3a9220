//! The framework: who sees which memory under which address.
//!
//! A **context** ([`Vcm`]) is the address space that masters see through one MMU, or directly
//! (*one-to-one*). A **reservation** is a contiguous range of a context's addresses. **Physical
//! memory** ([`Phys`]) may be in several parts. **Binding** gives a reservation its memory; the same
//! memory can be bound in any number of contexts. While a context is **active**, its bindings are in
//! hardware. Contexts and what they share make a [`System`].
//!
//! There are two layers over one core. The handles here own what they stand for, give it back when
//! dropped, and come back with the error when a call that takes them fails ([`Failed`]). The calls in
//! [`raw`] are the RFC's, on identifiers.
//!
//! # A device driver
//!
//! The platform makes a context for each MMU and hands it to the drivers of the devices behind it.
//! Those need [`make_binding`](Vcm::make_binding) only, and so work behind an MMU as well as without
//! one.
//!
//! ```
//! use vcm::fake::{Addresses, Iommu, Ram};
//! use vcm::addr::{Iova, PhysAddr};
//! use vcm::seam::PhysMem;
//! use vcm::wrap::{OneToOne, VcmMmu};
//! use vcm::{Active, AllocFlags, Binding, Error, Region, ResFlags, System, Vcm};
//!
//! /// What the platform tells the driver.
//! struct FooPlatformData {
//!     vcm: Vcm,
//!     ram: Ram,
//! }
//!
//! /// The driver. Its fields are dropped in order: deactivated first, then freed.
//! struct Foo {
//!     active: Active,
//!     firmware: Binding,
//! }
//!
//! fn foo_alloc(platform: &FooPlatformData, size: u32) -> Result<Binding, Error> {
//!     platform.vcm.make_binding(size, AllocFlags::default(), ResFlags::default())
//! }
//!
//! impl Foo {
//!     fn probe(platform: &FooPlatformData, image: &[u8]) -> Result<Self, Error> {
//!         let firmware = foo_alloc(platform, 1 << 20)?;
//!         // Copy the firmware to where it lies physically, part by part.
//!         let mut image = image;
//!         for part in firmware.phys().parts().iter() {
//!             let (now, later) = image.split_at(image.len().min(part.size as usize));
//!             platform.ram.write(part.start, now).expect("memory of the platform");
//!             image = later;
//!         }
//!         let active = platform.vcm.activate()?;
//!         Ok(Self { active, firmware })
//!     }
//!
//!     fn do_something(&self, platform: &FooPlatformData) -> Result<(), Error> {
//!         let buffer = foo_alloc(platform, 10_000)?;
//!         let _address: Iova = buffer.start(); // what the device is given
//!         // ... set the hardware up, wait for its completion ...
//!         buffer.destroy()?;
//!         Ok(())
//!     }
//!
//!     fn remove(self) -> Result<(), Error> {
//!         self.active.deactivate()?;
//!         self.firmware.destroy()?;
//!         Ok(())
//!     }
//! }
//!
//! # fn main() -> Result<(), Error> {
//! let system = System::new();
//! let ram = Ram::scattered(PhysAddr::new(0x1000_0000), 8 << 20);
//!
//! // Platform code for a device behind an MMU:
//! let (start, size) = (Iova::new(0x4000_0000), 16 << 20);
//! let mmu = Iommu::new();
//! let addresses = Addresses::new(Region::new(start, size));
//! let driver = VcmMmu::new(mmu.clone(), ram.clone(), addresses);
//! let vcm = system.create(start, size, Box::new(driver))?;
//! let platform = FooPlatformData { vcm, ram: ram.clone() };
//!
//! let foo = Foo::probe(&platform, b"firmware")?;
//! // The device reads the firmware where it was told to.
//! let at = mmu.access(foo.firmware.start()).expect("mapped and active");
//! let mut seen = [0; 8];
//! ram.read(at, &mut seen).expect("memory of the platform");
//! assert_eq!(&seen, b"firmware");
//! foo.do_something(&platform)?;
//! foo.remove()?;
//! platform.vcm.destroy()?;
//!
//! // The same driver, its device now wired to the memory:
//! let (start, size) = (Iova::new(0x1000_0000), 8 << 20);
//! let driver = OneToOne::new(ram.clone(), Region::new(start, size));
//! let vcm = system.create(start, size, Box::new(driver))?;
//! let platform = FooPlatformData { vcm, ram: ram.clone() };
//! let foo = Foo::probe(&platform, b"firmware")?;
//! foo.do_something(&platform)?;
//! foo.remove()?;
//! assert_eq!(ram.used(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! # An IOMMU and a one-to-one context sharing a buffer
//!
//! ```
//! use vcm::addr::{Iova, PhysAddr};
//! use vcm::fake::{Addresses, Iommu, Ram};
//! use vcm::wrap::{OneToOne, VcmMmu};
//! use vcm::{AllocFlags, Error, Region, ResFlags, System};
//!
//! # fn main() -> Result<(), Error> {
//! let system = System::new();
//! let ram = Ram::new(PhysAddr::new(0x1000_0000), 8 << 20);
//!
//! let reach = Region::new(Iova::new(0x1000_0000), 8 << 20);
//! let driver = OneToOne::new(ram.clone(), reach);
//! let vcm_onetoone = system.create(reach.start, reach.size, Box::new(driver))?;
//!
//! let space = Region::new(Iova::new(0x4000_0000), 16 << 20);
//! let mmu = Iommu::new();
//! let driver = VcmMmu::new(mmu.clone(), ram.clone(), Addresses::new(space));
//! let vcm_iommu = system.create(space.start, space.size, Box::new(driver))?;
//!
//! // Where a one-to-one context takes part, the memory is allocated there, so that it is contiguous.
//! let (alloc, res) = (AllocFlags::default(), ResFlags::default());
//! let res_onetoone = vcm_onetoone.make_binding((2 << 20) | (4 << 10), alloc, res)?;
//! let res_iommu = vcm_iommu.map(res_onetoone.phys(), res)?;
//!
//! let active_onetoone = vcm_onetoone.activate()?;
//! let active_iommu = vcm_iommu.activate()?;
//!
//! // Both addresses mean the same memory.
//! let direct = PhysAddr::new(res_onetoone.start().get());
//! assert_eq!(mmu.access(res_iommu.start()), Some(direct));
//!
//! let phys = res_iommu.unmap()?; // one more owner of the memory, given up here
//! drop(phys);
//! res_onetoone.destroy()?;
//! assert_eq!(ram.used(), 0);
//!
//! active_iommu.deactivate()?;
//! active_onetoone.deactivate()?;
//! vcm_iommu.destroy()?;
//! vcm_onetoone.destroy()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Memory that moves
//!
//! [`Phys::migrate`] moves memory to other frames, to make room or to make it contiguous, while it is
//! bound in any number of contexts and masters read and write it. They wait in the hardware meanwhile,
//! and notice nothing else; addresses and handles stay. Only where no MMU stands between, in a
//! one-to-one context, memory has to stay where it is.
//!
//! ```
//! # use vcm::addr::{Iova, PhysAddr};
//! # use vcm::fake::{Addresses, Iommu, Ram};
//! # use vcm::wrap::VcmMmu;
//! # use vcm::{AllocFlags, Error, Region, ResFlags, System};
//! # fn main() -> Result<(), Error> {
//! # let system = System::new();
//! # let ram = Ram::scattered(PhysAddr::new(0x1000_0000), 8 << 20);
//! # let space = Region::new(Iova::new(0x4000_0000), 16 << 20);
//! # let mmu = Iommu::new();
//! # let driver = VcmMmu::new(mmu.clone(), ram.clone(), Addresses::new(space));
//! # let vcm = system.create(space.start, space.size, Box::new(driver))?;
//! let buffer = vcm.make_binding(64 << 10, AllocFlags::default(), ResFlags::default())?;
//! let active = vcm.activate()?;
//! assert_eq!(buffer.phys().parts().len(), 16);
//!
//! let contiguous = AllocFlags { contiguous: true, ..AllocFlags::default() };
//! buffer.phys().migrate(&ram, contiguous)?;
//! assert_eq!(buffer.phys().parts().len(), 1);
//! assert_eq!(mmu.access(buffer.start()), Some(buffer.phys().parts()[0].start));
//! # drop(active);
//! # Ok(())
//! # }
//! ```
//!
//! # Memory on demand
//!
//! A [reservation on demand](Vcm::reserve_on_demand) has no memory at first. When a master touches it,
//! its access stalls, [`Vcm::serve`] binds memory to the granule around it, and the access is tried
//! again: [`wrap::page_in`](crate::wrap::page_in) does that for a fault record of the IOMMU.
//!
//! # Safety of memory
//!
//! Memory and addresses go back to their allocators only with a [proof](crate::mmu::Quiet) from the
//! driver that no hardware uses them; the types demand it. If it says that it cannot know ([`Error::is_unconfirmed`](crate::Error::is_unconfirmed)),
//! they are *poisoned*: the call fails and changes nothing else; a second unbind, unmap or destroy of
//! the same binding succeeds without the driver; and when memory and addresses are given back, the
//! allocators are told never to use them again. Dropping a handle does all of this by itself.
//!
//! # Locking
//!
//! There are two kinds of locks. Each context's **driver** is behind one: the calls on one context
//! follow each other, so a second activation returns after the first has finished, and a driver needs
//! no lock of its own. The system's **bookkeeping** is behind another, which is held for a few look-ups
//! at a time, never while a driver, an allocator or a [`Sink`] is called.
//!
//! 1. A driver's lock comes first, the bookkeeping lock second, nothing after that. No call holds the
//!    locks of two drivers: memory is given back after its last context was let go.
//! 2. What a driver is about to bind is counted as bound before the driver is called. So nobody can
//!    free it meanwhile. What is moving is marked so: nobody binds, unbinds, frees or moves it. A move
//!    takes the drivers concerned one after the other, and holds none while it copies.
//! 3. Whether a context or a reservation is still there is asked again when its driver is held: it may
//!    have gone while a call waited for the driver.
//! 4. What ends (a reservation, memory without owner or binding) is taken out of the bookkeeping before
//!    its driver is told. So of several threads that end it, one does, and the others find it gone.
//! 5. A driver may make look-ups ([`resolve`](raw::System::resolve),
//!    [`translate`](raw::System::translate), …), and calls on *other* contexts as long as those never
//!    lead back to it. A call on its own context from within an operation would wait for itself for
//!    ever; so would freeing memory that it has allocated.
//! 6. Below a driver's lock the order is: a [context of the IOMMU](crate::iommu::IommuContext), the
//!    IOMMU's stream map, and then the allocators, of which none is held while another is asked. The
//!    platform's own locks (of [`PhysMem`](crate::seam::PhysMem), [`Bus`](crate::seam::Bus),
//!    [`Clock`](crate::seam::Clock)) come last; behind them nothing of this crate may be called.
//! 7. The locks spin. A thread that holds one must not be waited for by what interrupts it: an interrupt
//!    handler may make look-ups only if interrupts are masked during every other call, and calls of
//!    other kinds never; otherwise it leaves that to a thread.
//!
//! The package `vcm-loom` (`driver/loom`) tries every order in which a few threads can take these
//! locks, and finds none that ends in a deadlock, frees twice or too early, or calls a driver out of
//! turn.

pub mod driver;
pub mod raw;

mod check;
mod copier;
mod exposure;
mod fault;
mod flags;
mod graph;
mod id;
mod lender;
mod region;
mod released;
mod session;
mod sink;
mod typed;

pub use copier::Copier;
pub use fault::{Attribution, Cause, FaultCounts, FaultHook, Verdict};
pub use flags::{AllocFlags, ResFlags};
pub use id::{PhysId, ResId, VcmId};
pub use lender::Lender;
pub use raw::{Served, Where};
pub use region::{PAGE_SIZE, Region};
pub use sink::{Count, Misuse, Sink};
pub use typed::{Active, Binding, Failed, OnDemand, Phys, Reservation, System, Vcm};
