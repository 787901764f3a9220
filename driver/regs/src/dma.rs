//! Registers of the memory-to-memory DMA engine of `vcm_soc`.

/// What `DMA_IDR0` reads: "VCMD".
pub const IDR0_MAGIC: u32 = 0x5643_4D44;

crate::table::registers! {
    /// DMA engine: what all channels share.
    BLOCK = "DMA" at 0x4000, 1 x 0x100 {
        /// Identification: always 0x56434D44, "VCMD".
        DMA_IDR0 DmaIdr0 @ 0x000 {
            /// The letters "VCMD".
            MAGIC [0; 32] ReadOnly = 0x56434D44;
        }
        /// What was built.
        DMA_IDR1 DmaIdr1 @ 0x004 {
            /// Number of channels.
            CHANNELS [0; 8] ReadOnly = 4;
            /// Longest burst in bytes.
            MAXBURST [8; 16] ReadOnly = 256;
        }
        /// Which channels raise the interrupt.
        DMA_IRQ_STATUS DmaIrqStatus @ 0x008 {
            /// Bit n: channel n has `STATUS.DONE` and `CTRL.IE`.
            CH [0; 4] ReadOnly;
        }
    }
}

crate::table::registers! {
    /// DMA channel n. Its transactions carry the stream ID in `STREAM`, which is wired, so that no
    /// channel can pose as another.
    CHANNEL = "DMA_CHANNEL" at 0x4100, 4 x 0x40 {
        /// Channel control.
        CTRL Ctrl @ 0x00 {
            /// Write 1: begin to copy `LEN` bytes from `SRC` to `DST`. Ignored while `STATUS.BUSY`.
            /// A length of 0 is done at once.
            START [0; 1] WriteOnly;
            /// `STATUS.DONE` raises the interrupt.
            IE [1; 1] ReadWrite;
            /// Write 1: stop. Bursts under way end as AXI demands; then `STATUS.DONE` and
            /// `STATUS.ABORTED` are set.
            ABORT [2; 1] WriteOnly;
        }
        /// Channel status. A start clears DONE, ERROR, ERRWNR, ERRRESP and ABORTED.
        STATUS Status @ 0x04 {
            /// A copy is under way.
            BUSY [0; 1] ReadOnly;
            /// The copy has ended, by success, error or abort, and nothing of it is under way.
            DONE [1; 1] WriteOneToClear;
            /// The copy ended by a bus error.
            ERROR [2; 1] ReadOnly;
            /// With `ERROR`: 1: a write failed, 0: a read.
            ERRWNR [3; 1] ReadOnly;
            /// With `ERROR`: the response (2: SLVERR, 3: DECERR).
            ERRRESP [4; 2] ReadOnly;
            /// The copy was ended by `CTRL.ABORT`.
            ABORTED [6; 1] ReadOnly;
        }
        /// Source address. Ignored while busy, as are `DST` and `LEN`.
        SRC Src @ 0x08 {
            /// Address in bytes, of any alignment.
            ADDR [0; 32] ReadWrite;
        }
        /// Destination address.
        DST Dst @ 0x0C {
            /// Address in bytes, of any alignment.
            ADDR [0; 32] ReadWrite;
        }
        /// Length.
        LEN Len @ 0x10 {
            /// Number of bytes.
            BYTES [0; 32] ReadWrite;
        }
        /// How far the copy got.
        COUNT Count @ 0x14 {
            /// Bytes whose write has been answered with OKAY.
            BYTES [0; 32] ReadOnly;
        }
        /// Where the copy failed.
        ERR_ADDR ErrAddr @ 0x18 {
            /// With `STATUS.ERROR`: address of the first byte of the burst that failed.
            ADDR [0; 32] ReadOnly;
        }
        /// Who this channel is on the bus.
        STREAM Stream @ 0x1C {
            /// Stream ID (AxUSER) and AXI ID of all its transactions: the channel's number.
            SID [0; 8] ReadOnly;
        }
    }
}
