//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use vcm_linux::{MemoryPlace, Place, number};

/// Looks at a VCM-IOMMU, shows what it can, and tests it.
#[derive(Parser)]
#[command(name = "vcm-tool", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) device: DeviceArguments,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the machine is.
#[derive(Args)]
pub(crate) struct DeviceArguments {
    /// The registers: uio:NAME (or uio:ADDRESS), devmem:ADDRESS, or sim:SOCKET.
    #[arg(
        short,
        long,
        global = true,
        default_value = "uio:0x40000000",
        env = "VCM_DEVICE"
    )]
    pub(crate) device: Place,

    /// Memory for devices: udmabuf:NAME, or reserved:ADDRESS,SIZE (of which the kernel must know
    /// nothing); without it, the first u-dma-buf. The simulator brings its own.
    #[arg(short, long, global = true)]
    pub(crate) memory: Option<MemoryPlace>,

    /// Uses the CPU's cache for u-dma-buf memory, with syncs where they are needed.
    #[arg(long, global = true)]
    pub(crate) cached: bool,

    /// Where /sys and /dev are, such as in a container.
    #[arg(long, global = true, default_value = "/", value_name = "FOLDER")]
    pub(crate) root: PathBuf,
}

/// What is to be done.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Says what is there, and changes nothing.
    Probe,
    /// Copies a file by DMA through scattered memory, and shows what is refused. Resets the IOMMU.
    Demo {
        /// The file, up to 64 MiB; without one, a picture that is made for it.
        file: Option<PathBuf>,

        /// Where the copy is written to.
        #[arg(short, long)]
        output: Option<PathBuf>,

        #[command(flatten)]
        reset: Reset,
    },
    /// Maps memory for a stream, and keeps it so until Enter is pressed. Resets the IOMMU.
    Map(MapArguments),
    /// Ends a context that a program has left behind, or takes one page out of it.
    Unmap {
        /// The page at this address; without one, all of the context, and its streams.
        #[arg(value_parser = number::parse)]
        address: Option<u32>,

        /// The context bank.
        #[arg(short, long, default_value_t = 0)]
        context: u8,
    },
    /// Shows what a context maps, or where one address leads: by the page table in memory, and by what
    /// the hardware says.
    Walk {
        /// The address; without one, all that is mapped.
        #[arg(value_parser = number::parse)]
        address: Option<u32>,

        /// The context bank; without one, all that are enabled.
        #[arg(short, long)]
        context: Option<u8>,
    },
    /// Takes the fault records that are queued, and shows them.
    Faults {
        #[command(flatten)]
        watch: Watch,
    },
    /// Shows the performance counters, which start again from 0.
    Counters {
        #[command(flatten)]
        watch: Watch,
    },
    /// Tries everything, with checks. Resets the IOMMU.
    Selftest {
        #[command(flatten)]
        reset: Reset,
    },
}

/// For commands that begin with a reset.
#[derive(Args)]
pub(crate) struct Reset {
    /// Also if the IOMMU is in use: whoever uses it is cut off.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Once, or again and again.
#[derive(Args)]
pub(crate) struct Watch {
    /// Goes on until it is ended.
    #[arg(short, long)]
    pub(crate) watch: bool,

    /// Seconds from one look to the next.
    #[arg(long, default_value_t = 1.0, value_name = "SECONDS")]
    pub(crate) every: f64,

    /// With --watch: ends after so many looks.
    #[arg(long, value_name = "COUNT", requires = "watch")]
    pub(crate) times: Option<u64>,
}

/// What is to be mapped.
#[derive(Args)]
pub(crate) struct MapArguments {
    /// How much: bytes, or 64k, 3m.
    #[arg(value_parser = number::parse)]
    pub(crate) size: u32,

    /// For these streams.
    #[arg(short, long, default_values_t = [0])]
    pub(crate) stream: Vec<u16>,

    /// At this address; without it, anywhere from 0x80000000 on.
    #[arg(long, value_parser = number::parse)]
    pub(crate) at: Option<u32>,

    /// The largest page to use: 4k, 64k, 1m or 16m.
    #[arg(long, value_parser = number::parse, default_value = "16m")]
    pub(crate) page: u32,

    /// Devices may not write.
    #[arg(long)]
    pub(crate) read_only: bool,

    /// Ends after so many seconds instead of on Enter.
    #[arg(long = "for", value_name = "SECONDS")]
    pub(crate) seconds: Option<f64>,

    /// Leaves it mapped when the program ends; `unmap` ends it.
    #[arg(long, conflicts_with = "seconds")]
    pub(crate) keep: bool,

    #[command(flatten)]
    pub(crate) reset: Reset,
}
