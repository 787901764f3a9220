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
/// log2 of [`MICRO_ENTRIES`].
pub const MICRO_BITS: usize = 3;
/// Entries of each path's micro-TLB.
pub const MICRO_ENTRIES: usize = 1 << MICRO_BITS;
/// log2 of the sets of the main TLB, and of the entries of the first-level cache.
pub const SET_BITS: usize = 9;
/// Ways of the main TLB.
pub const MAIN_WAYS: usize = 4;
/// Width of the number of a context in a generation: after 2^8 invalidations of a context the TLB
/// memories are swept.
pub const NUMBER_BITS: usize = 8;
/// Width of the number of all contexts in a generation: the same, for invalidations of all of them.
pub const EPOCH_BITS: usize = 4;
/// Width of a generation.
pub const GENERATION_BITS: usize = EPOCH_BITS + NUMBER_BITS;
/// Entries of the side TLB that hold prefetched pages.
pub const PREFETCH_ENTRIES: usize = 4;
/// Entries of the side TLB that hold locked pages.
pub const LOCK_ENTRIES: usize = 4;
/// log2 of [`WALKS`].
pub const WALK_BITS: usize = 2;
/// Table walks at the same time.
pub const WALKS: usize = 1 << WALK_BITS;
/// Width of ARUSER of table walks.
pub const WALK_USER_BITS: usize = 5;
/// log2 of [`SLOTS`].
pub const SLOT_BITS: usize = 2;
/// Bursts of each path that may wait for their translation at the same time.
pub const SLOTS: usize = 1 << SLOT_BITS;
/// Width of a slot's number in registers.
pub const SLOT_FIELD_BITS: usize = 3;
/// Transactions outstanding to memory: reads, and as many writes.
pub const OUTSTANDING: usize = 8;
/// Records in the fault queue.
pub const FAULT_QUEUE: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use vcm_regs::global::{self, Idr2, Idr3, Idr4, WalkAttr};

    /// The ID registers are what a driver believes: they must say what was built.
    #[test]
    fn the_id_registers_report_this_build() {
        let idr2 = Idr2::default();
        assert_eq!(idr2.get(Idr2::NUMCTX) as usize, CONTEXTS);
        assert_eq!(idr2.get(Idr2::STREAMBITS) as usize, STREAM_BITS);
        assert_eq!(idr2.get(Idr2::IDBITS) as usize, ID_BITS);
        let idr3 = Idr3::default();
        assert_eq!(idr3.get(Idr3::TLBENTRIES) as usize, MICRO_ENTRIES);
        assert_eq!(idr3.get(Idr3::OUTSTANDING) as usize, OUTSTANDING);
        assert_eq!(idr3.get(Idr3::FQDEPTH) as usize, FAULT_QUEUE);
        let idr4 = Idr4::default();
        assert_eq!(idr4.get(Idr4::MAINSETS) as usize, SET_BITS);
        assert_eq!(idr4.get(Idr4::MAINWAYS) as usize, MAIN_WAYS);
        assert_eq!(idr4.get(Idr4::FIRST) as usize, SET_BITS);
        assert_eq!(idr4.get(Idr4::WALKS) as usize, WALKS);
        assert_eq!(idr4.get(Idr4::SLOTS) as usize, SLOTS);
        assert_eq!(idr4.get(Idr4::LOCKS) as usize, LOCK_ENTRIES);
        assert_eq!(idr4.get(Idr4::PREFETCHES) as usize, PREFETCH_ENTRIES);
        assert_eq!(WalkAttr::USER.width as usize, WALK_USER_BITS);
        assert_eq!(global::S2CR.count as usize, STREAMS);
        assert_eq!(vcm_regs::context::BLOCK.count as usize, CONTEXTS);
    }
}
