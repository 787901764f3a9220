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

#[cfg(test)]
mod tests {
    use super::*;
    use vcm_regs::global::{self, Idr2, Idr3};

    /// The ID registers are what a driver believes: they must say what was built.
    #[test]
    fn the_id_registers_report_this_build() {
        let idr2 = Idr2::default();
        assert_eq!(idr2.get(Idr2::NUMCTX) as usize, CONTEXTS);
        assert_eq!(idr2.get(Idr2::STREAMBITS) as usize, STREAM_BITS);
        assert_eq!(idr2.get(Idr2::IDBITS) as usize, ID_BITS);
        let idr3 = Idr3::default();
        assert_eq!(idr3.get(Idr3::TLBENTRIES) as usize, TLB_ENTRIES);
        assert_eq!(idr3.get(Idr3::OUTSTANDING) as usize, OUTSTANDING);
        assert_eq!(idr3.get(Idr3::FQDEPTH) as usize, FAULT_QUEUE);
        assert_eq!(global::S2CR.count as usize, STREAMS);
        assert_eq!(vcm_regs::context::BLOCK.count as usize, CONTEXTS);
        assert_eq!(1 << TLB_BITS, TLB_ENTRIES);
    }
}
