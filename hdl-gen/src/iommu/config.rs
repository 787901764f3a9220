//! The sizes of this build. They are types' widths and arrays' lengths in the blocks, reset values of
//! the ID registers in `vcm-regs`, and nothing else; a test holds the two together.

/// Width of an AXI ID in bits.
pub const ID_BITS: usize = 8;
/// Width of a stream ID in bits.
pub const STREAM_BITS: usize = 4;
/// Streams.
pub const STREAMS: usize = 1 << STREAM_BITS;
/// Width of a context number in bits.
pub const CONTEXT_BITS: usize = 3;
/// Context banks.
pub const CONTEXTS: usize = 1 << CONTEXT_BITS;
/// Entries of each path's TLB.
pub const TLB_ENTRIES: usize = 16;
/// log2 of [`TLB_ENTRIES`].
pub const TLB_BITS: usize = 4;
/// Transactions outstanding to memory: reads, and as many writes.
pub const OUTSTANDING: usize = 8;
/// Records in the fault queue.
pub const FAULT_QUEUE: usize = 16;
