//! Fault status codes, as they stand in `FSYNR0.FS` and in the fault queue.
//!
//! Where the ARMv7-A short-descriptor fault status of the DFSR has a code for it (ARM ARM
//! DDI 0406C, table B3-23), that code is used; codes from 0x10 up are this design's own.

crate::table::values! {
    /// No fault.
    NONE = 0x00;
    /// The access flag of a section or supersection is 0 while `SCTLR.AFE` is 1.
    ACCESS_FLAG_L1 = 0x03;
    /// The first-level descriptor is not valid.
    TRANSLATION_L1 = 0x05;
    /// The access flag of a page is 0 while `SCTLR.AFE` is 1.
    ACCESS_FLAG_L2 = 0x06;
    /// The second-level descriptor is not valid.
    TRANSLATION_L2 = 0x07;
    /// The memory answered a translated or bypassed transaction with SLVERR or DECERR.
    EXTERNAL_ABORT = 0x08;
    /// `DACR` denies the domain of a section or supersection.
    DOMAIN_L1 = 0x09;
    /// `DACR` denies the domain of a page.
    DOMAIN_L2 = 0x0B;
    /// The read of a first-level descriptor was answered with SLVERR or DECERR.
    WALK_ABORT_L1 = 0x0C;
    /// A section or supersection does not permit this access.
    PERMISSION_L1 = 0x0D;
    /// The read of a second-level descriptor was answered with SLVERR or DECERR.
    WALK_ABORT_L2 = 0x0E;
    /// A page does not permit this access.
    PERMISSION_L2 = 0x0F;
    /// The stream is terminated by its `S2CR`; the master gets DECERR.
    UNMAPPED_STREAM = 0x10;
    /// The stream is bound to a context whose `SCTLR.M` is 0.
    CONTEXT_DISABLED = 0x11;
    /// The burst breaks a rule of AXI4: it crosses 4 KiB, its AxSIZE is wider than the bus, its
    /// AxBURST is reserved, a WRAP or FIXED burst has a length or alignment that is not allowed,
    /// or WLAST did not come on the last beat.
    ILLEGAL_BURST = 0x12;
    /// A stalled transaction was not resumed in time (`STALL_CTRL.TIMEOUT`), and was terminated.
    STALL_TIMEOUT = 0x13;
    /// Only in `PAR`: the page was found, but no locked TLB entry was free for it.
    LOCK_FULL = 0x14;
}
