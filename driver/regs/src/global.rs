//! Global registers of the IOMMU: identification, interrupts, fault queue, TLB commands,
//! counters, stream map.

/// Routing of a stream, in `S2CR.TYPE`.
pub mod stream_type {
    crate::table::values! {
        /// Transactions are translated by the context bank `CBNDX`.
        TRANSLATE = 0;
        /// Transactions pass with their address unchanged and unchecked (one-to-one).
        BYPASS = 1;
        /// Transactions are answered with DECERR and recorded.
        TERMINATE = 2;
    }
}

/// What `IDR0` reads: "VCM1".
pub const IDR0_MAGIC: u32 = 0x5643_4D31;

crate::table::registers! {
    /// Global registers of the IOMMU.
    BLOCK = "GLOBAL" at 0x0000, 1 x 0x1000 {
        /// Identification: always 0x56434D31, "VCM1".
        IDR0 Idr0 @ 0x000 {
            /// The letters "VCM1".
            MAGIC [0; 32] ReadOnly = 0x56434D31;
        }
        /// Version of the register interface.
        IDR1 Idr1 @ 0x004 {
            /// Changes that a driver may ignore.
            MINOR [0; 16] ReadOnly = 1;
            /// Changes that a driver must know of.
            MAJOR [16; 16] ReadOnly = 1;
        }
        /// What was built: contexts, streams, IDs.
        IDR2 Idr2 @ 0x008 {
            /// Number of context banks.
            NUMCTX [0; 8] ReadOnly = 8;
            /// Width of a stream ID in bits; there are 2^STREAMBITS stream-map registers.
            STREAMBITS [8; 8] ReadOnly = 4;
            /// Width of an AXI ID in bits.
            IDBITS [16; 8] ReadOnly = 8;
        }
        /// What was built: TLBs, outstanding transactions, fault queue.
        IDR3 Idr3 @ 0x00C {
            /// Entries of the read path's micro-TLB, and of the write path's.
            TLBENTRIES [0; 8] ReadOnly = 8;
            /// Transactions that may be outstanding to memory: reads, and as many writes.
            OUTSTANDING [8; 8] ReadOnly = 8;
            /// Entries of the fault queue.
            FQDEPTH [16; 8] ReadOnly = 16;
        }
        /// What was built: the shared TLBs, table walks, waiting transactions.
        IDR4 Idr4 @ 0x010 {
            /// Sets of the main TLB, log2.
            MAINSETS [0; 4] ReadOnly = 9;
            /// Ways of the main TLB.
            MAINWAYS [4; 4] ReadOnly = 4;
            /// Entries of the first-level cache, log2.
            FIRST [8; 4] ReadOnly = 9;
            /// Table walks at the same time.
            WALKS [12; 4] ReadOnly = 4;
            /// Transactions of each direction that may wait for their translation.
            SLOTS [16; 4] ReadOnly = 4;
            /// TLB entries that can be locked.
            LOCKS [20; 4] ReadOnly = 4;
            /// TLB entries for prefetched pages.
            PREFETCHES [24; 4] ReadOnly = 4;
        }
        /// Which global events raise the interrupt. (Contexts have `SCTLR.CFIE`.)
        IRQ_ENABLE IrqEnable @ 0x020 {
            /// The fault queue is not empty.
            FAULT [0; 1] ReadWrite;
            /// A fault was lost because the queue was full.
            FQOVERFLOW [1; 1] ReadWrite;
        }
        /// Which events are pending, whether enabled or not.
        IRQ_STATUS IrqStatus @ 0x024 {
            /// The fault queue is not empty. Ends when the queue has been emptied.
            FAULT [0; 1] ReadOnly;
            /// `FQ_STATUS.OVERFLOW` is set. Ends when that bit is cleared.
            FQOVERFLOW [1; 1] ReadOnly;
            /// Bit n: a W1C bit of `FSR` of context n is set, and its `SCTLR.CFIE` is 1.
            CTX [8; 8] ReadOnly;
        }
        /// How table walks read memory.
        WALK_ATTR WalkAttr @ 0x030 {
            /// ARCACHE of table walks; a reserved one (IHI 0022E A4.4) goes out as it is.
            CACHE [0; 4] ReadWrite = 3;
            /// ARUSER of table walks.
            USER [8; 5] ReadWrite = 0;
        }
        /// Limits of stalling, for all contexts (`SCTLR.CFCFG`).
        STALL_CTRL StallCtrl @ 0x034 {
            /// Ticks of 1024 clock cycles until a stalled transaction is terminated; 0: never.
            TIMEOUT [0; 16] ReadWrite = 0x4000;
            /// Transactions of each direction that may stand stalled; a further one that faults is
            /// terminated.
            LIMIT [16; 4] ReadWrite = 4;
        }
        /// Fill level of the fault queue.
        FQ_STATUS FqStatus @ 0x040 {
            /// Records in the queue.
            COUNT [0; 5] ReadOnly;
            /// At least one record was lost because the queue was full.
            OVERFLOW [8; 1] WriteOneToClear;
        }
        /// Oldest fault record: the address that the master sent. 0 when the queue is empty.
        FQ_IOVA FqIova @ 0x044 {
            /// I/O virtual address, in bytes.
            IOVA [0; 32] ReadOnly;
        }
        /// Oldest fault record: what happened. 0 when the queue is empty.
        FQ_SYND0 FqSynd0 @ 0x048 {
            /// Fault status.
            FS [0; 5] ReadOnly in crate::fault::ALL;
            /// 1: a write, 0: a read.
            WNR [8; 1] ReadOnly;
            /// 1: a privileged access (AxPROT[0]).
            PNU [9; 1] ReadOnly;
            /// 1: an instruction access (AxPROT[2]).
            IND [10; 1] ReadOnly;
            /// 1: the transaction stalls until `RESUME`.
            STALLED [11; 1] ReadOnly;
            /// Where it stands, if `STALLED` is 1: what `RESUME` takes to mean this one.
            SLOT [12; 3] ReadOnly;
            /// 1: `CBNDX` names the context; 0: the stream was terminated or bypassed.
            CBVALID [15; 1] ReadOnly;
            /// Context bank.
            CBNDX [16; 8] ReadOnly;
            /// 1: this is a record; 0: the queue is empty.
            VALID [31; 1] ReadOnly;
        }
        /// Oldest fault record: who it was. 0 when the queue is empty.
        FQ_SYND1 FqSynd1 @ 0x04C {
            /// Stream ID (AxUSER).
            SID [0; 16] ReadOnly;
            /// AXI ID (AxID).
            AXID [16; 16] ReadOnly;
        }
        /// Removes the oldest fault record.
        FQ_POP FqPop @ 0x050 {
            /// Write 1 to remove the oldest record; nothing happens when the queue is empty.
            POP [0; 1] WriteOnly;
        }
        /// Invalidates all TLB entries of all contexts. Any write does it.
        TLBIALL Tlbiall @ 0x060 {
            /// Not used.
            ANY [0; 32] WriteOnly;
        }
        /// Begins a synchronisation of all streams and contexts, bypassed ones too. Any write does
        /// it. Walks that may have read old tables are discarded; `TLBSTATUS.SACTIVE` reads 1 until
        /// every transaction that had been translated before this write has been answered.
        TLBSYNC Tlbsync @ 0x064 {
            /// Not used.
            ANY [0; 32] WriteOnly;
        }
        /// Whether a global synchronisation goes on.
        TLBSTATUS Tlbstatus @ 0x068 {
            /// 1: not yet complete.
            SACTIVE [0; 1] ReadOnly;
        }
        /// Locked TLB entries.
        TLB_LOCKS TlbLocks @ 0x06C {
            /// How many there are.
            COUNT [0; 3] ReadOnly;
        }
        /// Counter control.
        CNT_CTRL CntCtrl @ 0x100 {
            /// Write 1: every counter is copied to where it is read, and starts again from 0, all in
            /// the same clock cycle.
            SNAPSHOT [0; 1] WriteOnly;
        }
        /// Read bursts accepted from masters (AR handshakes).
        CNT_READS CntReads @ 0x104 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Write bursts accepted from masters (AW handshakes).
        CNT_WRITES CntWrites @ 0x108 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Translated reads whose first lookup missed the read path's micro-TLB.
        CNT_MISS_R CntMissR @ 0x10C {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Translated writes whose first lookup missed the write path's micro-TLB.
        CNT_MISS_W CntMissW @ 0x110 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Translated reads whose first lookup hit the read path's micro-TLB.
        CNT_HIT_R CntHitR @ 0x114 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Translated writes whose first lookup hit the write path's micro-TLB.
        CNT_HIT_W CntHitW @ 0x118 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Table walks begun.
        CNT_WALKS CntWalks @ 0x11C {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Clock cycles in which a table walk was under way.
        CNT_WALK_CYCLES CntWalkCycles @ 0x120 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Faults of every kind, recorded or lost.
        CNT_FAULTS CntFaults @ 0x124 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Lookups that neither the main nor the side TLB answered.
        CNT_MAIN_MISS CntMainMiss @ 0x128 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Clock cycles in which a transaction stood stalled.
        CNT_STALL_CYCLES CntStallCycles @ 0x12C {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Prefetched pages that a transaction then used.
        CNT_PREFETCHES CntPrefetches @ 0x130 {
            /// Count at the last snapshot.
            COUNT [0; 32] ReadOnly;
        }
        /// Stream map: what happens to the transactions of stream n. (S2CR of the ARM SMMU.)
        S2CR S2cr @ 0x200 x 16 {
            /// Context bank that translates the stream when `TYPE` is TRANSLATE.
            CBNDX [0; 3] ReadWrite;
            /// Routing; 3 is reserved and terminates.
            TYPE [16; 2] ReadWrite = 2 in stream_type::ALL;
        }
    }
}
