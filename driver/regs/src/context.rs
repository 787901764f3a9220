//! Context bank registers: one bank a translation context.
//!
//! Names, offsets and meaning follow the stage 1 context banks of the ARM SMMU (IHI 0062), as
//! far as the ARMv7 short-descriptor format needs them. `DACR` has no place there, and stands at
//! an offset of our own.

/// Size of a page, in `PAR.SIZE`.
pub mod page_size {
    crate::table::values! {
        /// Small page, 4 KiB.
        SMALL = 0;
        /// Large page, 64 KiB.
        LARGE = 1;
        /// Section, 1 MiB.
        SECTION = 2;
        /// Supersection, 16 MiB.
        SUPERSECTION = 3;
    }
}

crate::table::registers! {
    /// Context bank n, one 4 KiB page each.
    BLOCK = "CONTEXT" at 0x8000, 8 x 0x1000 {
        /// System control.
        SCTLR Sctlr @ 0x000 {
            /// 1: translate; 0: every transaction of the context faults (CONTEXT_DISABLED).
            M [0; 1] ReadWrite;
            /// 1: descriptor bit AP[0] is the access flag (ARM ARM B3.7.1).
            AFE [2; 1] ReadWrite;
            /// 1: a fault of this context raises the interrupt.
            CFIE [6; 1] ReadWrite;
            /// 1: a transaction that faults stalls until `RESUME` (as far as `STALL_CTRL` lets it);
            /// 0: it is terminated.
            CFCFG [7; 1] ReadWrite;
            /// 1: addresses pass unchanged and unchecked, without a table (one-to-one).
            ONE2ONE [8; 1] ReadWrite;
            /// 1: AxCACHE of translated transactions comes from TEX, C and B of the descriptor;
            /// 0: it is passed on as the master sent it.
            MTCFG [20; 1] ReadWrite;
        }
        /// Lets stalled transactions of the context go on.
        RESUME Resume @ 0x008 {
            /// 1: they are terminated; 0: they are translated again.
            TERMINATE [0; 1] WriteOnly;
            /// 1: only the transaction that `WNR` and `SLOT` name; 0: all of the context.
            ONE [1; 1] WriteOnly;
            /// As `FSYNR0.WNR` of the transaction.
            WNR [4; 1] WriteOnly;
            /// As `FSYNR0.SLOT` of the transaction.
            SLOT [8; 3] WriteOnly;
        }
        /// Translation table base of the first-level table (16 KiB, aligned to 16 KiB).
        TTBR0 Ttbr0 @ 0x020 {
            /// Physical address bits [31:14].
            BASE [14; 18] ReadWrite;
        }
        /// Current address space of the context.
        CONTEXTIDR Contextidr @ 0x034 {
            /// Address space identifier: matches non-global (nG) TLB entries.
            ASID [0; 8] ReadWrite;
        }
        /// Result of the last `V2P` or `TLBPRELOAD` command of the context; valid while `ATSR.ACTIVE`
        /// is 0.
        PAR Par @ 0x050 {
            /// 1: the translation faulted.
            F [0; 1] ReadOnly;
            /// Fault status, if `F` is 1.
            FS [1; 5] ReadOnly in crate::fault::ALL;
            /// Size of the page, if `F` is 0.
            SIZE [8; 2] ReadOnly in page_size::ALL;
            /// Physical address bits [31:12], if `F` is 0.
            PA [12; 20] ReadOnly;
        }
        /// Fault status: the kinds of faults that the context has had since these bits were cleared.
        FSR Fsr @ 0x058 {
            /// Translation fault, or the context was disabled.
            TF [1; 1] WriteOneToClear;
            /// Access flag fault.
            AFF [2; 1] WriteOneToClear;
            /// Permission fault.
            PF [3; 1] WriteOneToClear;
            /// External fault: a table walk or a data transaction was answered with an error.
            EF [4; 1] WriteOneToClear;
            /// Domain fault.
            DF [8; 1] WriteOneToClear;
            /// Illegal burst.
            BF [9; 1] WriteOneToClear;
            /// A stalled transaction was not resumed in time.
            TO [10; 1] WriteOneToClear;
            /// A transaction of the context stands stalled now.
            SS [30; 1] ReadOnly;
            /// A further fault came while one of the other bits was set; `FAR` and `FSYNR` still hold
            /// the first.
            MULTI [31; 1] WriteOneToClear;
        }
        /// Address of the fault that set the first bit of `FSR`.
        FAR Far @ 0x060 {
            /// I/O virtual address, in bytes.
            IOVA [0; 32] ReadOnly;
        }
        /// Syndrome of the fault that set the first bit of `FSR`: what.
        FSYNR0 Fsynr0 @ 0x068 {
            /// 1: a write, 0: a read.
            WNR [4; 1] ReadOnly;
            /// 1: a privileged access (AxPROT[0]).
            PNU [5; 1] ReadOnly;
            /// 1: an instruction access (AxPROT[2]).
            IND [6; 1] ReadOnly;
            /// 1: the transaction was stalled.
            STALLED [8; 1] ReadOnly;
            /// Where it stands, if `STALLED` is 1: what `RESUME` takes to mean this one.
            SLOT [9; 3] ReadOnly;
            /// Fault status.
            FS [16; 5] ReadOnly in crate::fault::ALL;
        }
        /// Syndrome of the fault that set the first bit of `FSR`: who.
        FSYNR1 Fsynr1 @ 0x06C {
            /// Stream ID (AxUSER).
            SID [0; 16] ReadOnly;
            /// AXI ID (AxID).
            AXID [16; 16] ReadOnly;
        }
        /// Domain access control (ARM ARM B4.1.43): two bits a domain, domain n at bits [2n+1:2n].
        /// 0: no access, 1: client (permissions are checked), 3: manager (they are not); 2 is
        /// reserved and denies.
        DACR Dacr @ 0x080 {
            /// Domains 15 to 0.
            D [0; 32] ReadWrite;
        }
        /// Invalidates the entries of the context that cover an address, for one ASID (and global
        /// entries), whatever their page size.
        TLBIVA Tlbiva @ 0x600 {
            /// Address space identifier.
            ASID [0; 8] WriteOnly;
            /// I/O virtual address bits [31:12].
            VA [12; 20] WriteOnly;
        }
        /// Invalidates the entries of the context that cover an address, for all ASIDs.
        TLBIVAA Tlbivaa @ 0x608 {
            /// I/O virtual address bits [31:12].
            VA [12; 20] WriteOnly;
        }
        /// Invalidates the non-global entries of the context that have an ASID. (This hardware takes
        /// all entries of the context.)
        TLBIASID Tlbiasid @ 0x610 {
            /// Address space identifier.
            ASID [0; 8] WriteOnly;
        }
        /// Invalidates all entries of the context. Any write does it.
        TLBIALL Tlbiall @ 0x618 {
            /// Not used.
            ANY [0; 32] WriteOnly;
        }
        /// Invalidates the entries of the context that cover a range of addresses, for all ASIDs.
        TLBRANGE Tlbrange @ 0x640 {
            /// Pages of 4 KiB after the first; from 256 on, the whole context is invalidated.
            PAGES [0; 12] WriteOnly;
            /// I/O virtual address bits [31:12] of the first page.
            VA [12; 20] WriteOnly;
        }
        /// Looks an address up as a privileged read would, and leaves the result in the TLBs and in
        /// `PAR`.
        TLBPRELOAD Tlbpreload @ 0x650 {
            /// 1: the entry stays until it is invalidated.
            LOCK [0; 1] WriteOnly;
            /// I/O virtual address bits [31:12].
            VA [12; 20] WriteOnly;
        }
        /// Begins a synchronisation of the context. Any write does it. Walks that may have read old
        /// tables are discarded; `TLBSTATUS.SACTIVE` reads 1 until every transaction of the context
        /// that had been translated before this write has been answered.
        TLBSYNC Tlbsync @ 0x7F0 {
            /// Not used.
            ANY [0; 32] WriteOnly;
        }
        /// Whether a synchronisation of the context goes on.
        TLBSTATUS Tlbstatus @ 0x7F4 {
            /// 1: not yet complete.
            SACTIVE [0; 1] ReadOnly;
        }
        /// Translates an address as a privileged read would; the result comes to `PAR`.
        V2PPR V2ppr @ 0x800 {
            /// I/O virtual address bits [31:12].
            VA [12; 20] WriteOnly;
        }
        /// Translates an address as a privileged write would; the result comes to `PAR`.
        V2PPW V2ppw @ 0x808 {
            /// I/O virtual address bits [31:12].
            VA [12; 20] WriteOnly;
        }
        /// Translates an address as an unprivileged read would; the result comes to `PAR`.
        V2PUR V2pur @ 0x810 {
            /// I/O virtual address bits [31:12].
            VA [12; 20] WriteOnly;
        }
        /// Translates an address as an unprivileged write would; the result comes to `PAR`.
        V2PUW V2puw @ 0x818 {
            /// I/O virtual address bits [31:12].
            VA [12; 20] WriteOnly;
        }
        /// Whether an address translation command goes on.
        ATSR Atsr @ 0x8F0 {
            /// 1: a `V2P` or `TLBPRELOAD` command of the context is under way.
            ACTIVE [0; 1] ReadOnly;
        }
    }
}
