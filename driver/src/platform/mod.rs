//! What a board has, and what is going on there: memories, MMUs, masters behind them or wired to the
//! memory, and the processor, as the RFC's mapping graph.
//!
//! A [`Description`] names them; a [`Platform`] makes contexts by these names, and gives a [`Graph`] of
//! what is bound where at the moment, as a text tree and for Graphviz (`dot -Tsvg`).
//!
//! ```
//! use vcm::addr::{Iova, PhysAddr};
//! use vcm::fake::{Addresses, Iommu, Ram};
//! use vcm::platform::{Description, Platform, Through};
//! use vcm::wrap::{OneToOne, VcmMmu};
//! use vcm::{AllocFlags, Region, ResFlags, System};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let ram = Ram::new(PhysAddr::new(0x1000_0000), 8 << 20);
//! let reach = Region::new(Iova::new(0x1000_0000), 8 << 20);
//! let space = Region::new(Iova::new(0x4000_0000), 16 << 20);
//!
//! let board = Description::new("board")
//!     .memory("DDR", PhysAddr::new(0x1000_0000), 8 << 20)
//!     .mmu("IOMMU")
//!     .context("video", space, Through::Mmu("IOMMU".into()))
//!     .context("display", reach, Through::Direct)
//!     .context("processor", reach, Through::Cpu)
//!     .master("decoder", "video")
//!     .master("scan-out", "display");
//! let platform = Platform::new(board, System::new())?;
//!
//! let driver = VcmMmu::new(Iommu::new(), ram.clone(), Addresses::new(space));
//! let video = platform.create("video", Box::new(driver))?;
//! let display = platform.create("display", Box::new(OneToOne::new(ram.clone(), reach)))?;
//! let processor = platform.create("processor", Box::new(OneToOne::new(ram, reach)))?;
//!
//! // One buffer for all three: contiguous, as two of them need it so.
//! let picture = display.make_binding(1 << 20, AllocFlags::default(), ResFlags::default())?;
//! let decoded = video.map(picture.phys(), ResFlags::default())?;
//! let drawn = processor.map(picture.phys(), ResFlags::default())?;
//!
//! let graph = platform.graph()?;
//! assert_eq!(
//!     graph.to_string(),
//!     "\
//! board
//! ├── memory DDR, 8 MiB at 0x10000000: 1 MiB allocated
//! ├── MMU IOMMU
//! │   └── context video, 16 MiB at 0x40000000, inactive: 1 MiB reserved, 1 MiB bound, largest free 15 MiB
//! │       ├── master decoder
//! │       └── 1 MiB at 0x40000000 → physical memory 0.0
//! ├── direct
//! │   └── context display, 8 MiB at 0x10000000, inactive: 1 MiB reserved, 1 MiB bound, largest free 7 MiB
//! │       ├── master scan-out
//! │       └── 1 MiB at 0x10000000 → physical memory 0.0
//! ├── CPU
//! │   └── context processor, 8 MiB at 0x10000000, inactive: 1 MiB reserved, 1 MiB bound, largest free 7 MiB
//! │       └── 1 MiB at 0x10000000 → physical memory 0.0
//! └── physical memory 0.0, 1 MiB, bound 3 times
//!     └── 1 MiB at 0x10000000 in DDR
//! "
//! );
//! assert!(graph.dot().to_string().starts_with("digraph \"board\" {"));
//! # drop((decoded, drawn));
//! # Ok(())
//! # }
//! ```

mod description;
mod dot;
mod error;
mod graph;
mod live;
mod tree;
mod words;

pub use description::{ContextNode, Description, MasterNode, MemoryNode, Through};
pub use dot::Dot;
pub use error::PlatformError;
pub use graph::Graph;
pub use live::Platform;
