//! Driver of the memory-to-memory DMA engine of `vcm_soc`.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use spin::Mutex;
use vcm_regs::dma::{
    self as map, Count, Ctrl, DmaIdr0, DmaIdr1, Dst, ErrAddr, Len, Src, Status, Stream,
};

use crate::addr::Iova;
use crate::iommu::StreamId;
use crate::registers::Registers;
use crate::seam::{Bus, BusError, Clock, Irq};

#[cfg(test)]
mod tests;

/// AXI4 BRESP/RRESP of a decode error (AMBA AXI A3.4.4).
const DECERR: u32 = 3;

/// How the bus answered what failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// SLVERR: the subordinate, or the IOMMU in a bound stream, refused.
    SlaveError,
    /// DECERR: there is nothing there, or the stream is terminated.
    DecodeError,
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SlaveError => "SLVERR",
            Self::DecodeError => "DECERR",
        })
    }
}

/// One end of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Where it reads.
    Source,
    /// Where it writes.
    Destination,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Destination => "destination",
        })
    }
}

/// Why a copy could not begin, or did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DmaError {
    /// `DMA_IDR0` is not that of this engine.
    WrongId {
        /// What it reads.
        read: u32,
    },
    /// There is no such channel.
    NoChannel {
        /// The channel asked for.
        channel: u8,
        /// How many there are.
        channels: u8,
    },
    /// Someone else has the channel.
    ChannelTaken {
        /// The channel.
        channel: u8,
    },
    /// The channel is copying.
    Busy {
        /// The channel.
        channel: u8,
    },
    /// The length is 0.
    Empty,
    /// The copy would go beyond the 32-bit space.
    OutOfRange {
        /// At which end.
        end: End,
        /// Its first address.
        at: Iova,
        /// Bytes asked for.
        length: u32,
    },
    /// A transaction failed.
    Transfer {
        /// Whether it was a read of the source or a write of the destination.
        end: End,
        /// First byte of the burst that failed.
        at: Iova,
        /// How the bus answered.
        response: Response,
        /// Bytes that had been copied, counted by writes that were answered.
        copied: u32,
    },
    /// The copy has been aborted.
    Aborted {
        /// Bytes that had been copied.
        copied: u32,
    },
    /// No copy has been started since the last one ended.
    Idle {
        /// The channel.
        channel: u8,
    },
    /// The copy did not end before the deadline; it goes on.
    Timeout {
        /// The channel.
        channel: u8,
        /// Bytes that had been copied.
        copied: u32,
    },
    /// A register access failed.
    Bus(BusError),
}

impl fmt::Display for DmaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongId { read } => write!(
                f,
                "no DMA engine: DMA_IDR0 reads {read:#010x}, not {:#010x}",
                map::IDR0_MAGIC
            ),
            Self::NoChannel { channel, channels } => {
                write!(f, "there is no DMA channel {channel}, there are {channels}")
            }
            Self::ChannelTaken { channel } => write!(f, "DMA channel {channel} is taken"),
            Self::Busy { channel } => write!(f, "DMA channel {channel} is busy"),
            Self::Empty => write!(f, "a DMA copy of length 0"),
            Self::OutOfRange { end, at, length } => write!(
                f,
                "the {end} of a DMA copy, {length:#x} bytes at {at}, leaves the 32-bit space"
            ),
            Self::Transfer {
                end,
                at,
                response,
                copied,
            } => write!(
                f,
                "the {end} of a DMA copy failed at {at} with {response} after {copied} bytes"
            ),
            Self::Aborted { copied } => {
                write!(f, "the DMA copy was aborted after {copied} bytes")
            }
            Self::Idle { channel } => write!(f, "DMA channel {channel} has no copy to wait for"),
            Self::Timeout { channel, copied } => write!(
                f,
                "DMA channel {channel} did not end in time, {copied} bytes copied so far"
            ),
            Self::Bus(e) => write!(f, "{e}"),
        }
    }
}

impl core::error::Error for DmaError {}

impl From<BusError> for DmaError {
    fn from(e: BusError) -> Self {
        Self::Bus(e)
    }
}

struct Shared<B, C> {
    bus: B,
    clock: C,
    channels: u8,
    /// Bit n: someone has channel n.
    taken: Mutex<u32>,
}

impl<B: Bus, C> Shared<B, C> {
    fn channel(&self, number: u8) -> Registers<'_, B> {
        Registers::new(&self.bus, &map::CHANNEL, u32::from(number))
    }
}

/// The DMA engine.
pub struct Dma<B, C> {
    shared: Arc<Shared<B, C>>,
}

impl<B: Bus, C: Clock> Dma<B, C> {
    /// Finds out what was built.
    ///
    /// # Errors
    /// `WrongId`: this is not the engine; says what was read. `Bus`.
    pub fn probe(bus: B, clock: C) -> Result<Self, DmaError> {
        let registers = Registers::new(&bus, &map::BLOCK, 0);
        let magic = registers.read::<DmaIdr0>()?.get(DmaIdr0::MAGIC);
        if magic != map::IDR0_MAGIC {
            return Err(DmaError::WrongId { read: magic });
        }
        let channels = registers.read::<DmaIdr1>()?.get(DmaIdr1::CHANNELS);
        Ok(Self {
            shared: Arc::new(Shared {
                bus,
                clock,
                // More than the register map has room for could not be reached.
                channels: channels.min(map::CHANNEL.count) as u8,
                taken: Mutex::new(0),
            }),
        })
    }

    /// How many channels there are.
    pub fn channels(&self) -> u8 {
        self.shared.channels
    }

    /// Takes a channel; dropping it gives it back.
    ///
    /// # Errors
    /// `NoChannel`; `ChannelTaken`; `Bus`.
    pub fn channel(&self, number: u8) -> Result<Channel<B, C>, DmaError> {
        let channels = self.shared.channels;
        if number >= channels {
            return Err(DmaError::NoChannel {
                channel: number,
                channels,
            });
        }
        let mut taken = self.shared.taken.lock();
        if *taken & (1 << number) != 0 {
            return Err(DmaError::ChannelTaken { channel: number });
        }
        let stream: Stream = self.shared.channel(number).read()?;
        *taken |= 1 << number;
        drop(taken);
        Ok(Channel {
            shared: Arc::clone(&self.shared),
            number,
            stream: StreamId::new(stream.get(Stream::SID) as u16),
            interrupt: false,
            started: false,
        })
    }
}

/// A channel of the DMA engine: copies one range at a time.
pub struct Channel<B: Bus, C> {
    shared: Arc<Shared<B, C>>,
    number: u8,
    stream: StreamId,
    interrupt: bool,
    started: bool,
}

impl<B: Bus, C: Clock> Channel<B, C> {
    /// Its number.
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The stream ID that its transactions carry.
    pub const fn stream(&self) -> StreamId {
        self.stream
    }

    /// Whether the end of a copy raises the interrupt, from the next copy on.
    pub const fn set_interrupt(&mut self, enabled: bool) {
        self.interrupt = enabled;
    }

    /// Starts to copy `length` bytes. Addresses need not be aligned; the ranges should not overlap.
    ///
    /// # Errors
    /// `Empty`, `OutOfRange`, `Busy`, `Bus`; nothing is copied then. (After `Bus` of the last write
    /// it may be.)
    pub fn copy(&mut self, from: Iova, to: Iova, length: u32) -> Result<(), DmaError> {
        if length == 0 {
            return Err(DmaError::Empty);
        }
        for (end, at) in [(End::Source, from), (End::Destination, to)] {
            if at.checked_add(length - 1).is_none() {
                return Err(DmaError::OutOfRange { end, at, length });
            }
        }
        let registers = self.registers();
        if registers.read::<Status>()?.has(Status::BUSY) {
            return Err(DmaError::Busy {
                channel: self.number,
            });
        }
        registers.write(Src::default().with(Src::ADDR, from.get()))?;
        registers.write(Dst::default().with(Dst::ADDR, to.get()))?;
        registers.write(Len::default().with(Len::BYTES, length))?;
        let go = self.control().with(Ctrl::START, 1);
        registers.write(go)?;
        self.started = true;
        Ok(())
    }

    /// Whether the copy has ended: `Ok(Some(bytes))` when it has, and succeeded.
    ///
    /// # Errors
    /// `Transfer`, `Aborted`: it has ended, and did not succeed. `Idle`: there is none. `Bus`.
    pub fn poll(&mut self) -> Result<Option<u32>, DmaError> {
        if !self.started {
            return Err(DmaError::Idle {
                channel: self.number,
            });
        }
        let registers = self.registers();
        let status: Status = registers.read()?;
        if !status.has(Status::DONE) {
            return Ok(None);
        }
        let copied = registers.read::<Count>()?.get(Count::BYTES);
        let at = registers.read::<ErrAddr>()?.get(ErrAddr::ADDR);
        registers.write(Status::default().with(Status::DONE, 1))?;
        self.started = false;
        if status.has(Status::ERROR) {
            return Err(DmaError::Transfer {
                end: if status.has(Status::ERRWNR) {
                    End::Destination
                } else {
                    End::Source
                },
                at: Iova::new(at),
                response: if status.get(Status::ERRRESP) == DECERR {
                    Response::DecodeError
                } else {
                    Response::SlaveError
                },
                copied,
            });
        }
        if status.has(Status::ABORTED) {
            return Err(DmaError::Aborted { copied });
        }
        Ok(Some(copied))
    }

    /// Waits until the copy has ended, by asking. Returns the bytes copied.
    ///
    /// # Errors
    /// As [`poll`](Self::poll), and `Timeout`.
    pub fn wait(&mut self, timeout: Duration) -> Result<u32, DmaError> {
        self.wait_by(timeout, |_| core::hint::spin_loop())
    }

    /// Waits until the copy has ended, by its interrupt, which must have been
    /// [enabled](Self::set_interrupt) before the copy began. Other causes of the same interrupt are
    /// not handled here; while they last, this asks as [`wait`](Self::wait) does.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_irq(&mut self, irq: &impl Irq, timeout: Duration) -> Result<u32, DmaError> {
        let result = self.wait_by(timeout, |left| {
            irq.wait(left);
        });
        irq.ack();
        result
    }

    fn wait_by(&mut self, timeout: Duration, pause: impl Fn(Duration)) -> Result<u32, DmaError> {
        let deadline = self.shared.clock.now().saturating_add(timeout);
        loop {
            let left = deadline.saturating_sub(self.shared.clock.now());
            if let Some(copied) = self.poll()? {
                return Ok(copied);
            }
            if left.is_zero() {
                return Err(DmaError::Timeout {
                    channel: self.number,
                    copied: self.copied()?,
                });
            }
            pause(left);
        }
    }

    /// Bytes copied so far, counted by writes that have been answered.
    ///
    /// # Errors
    /// `Bus`.
    pub fn copied(&self) -> Result<u32, DmaError> {
        Ok(self.registers().read::<Count>()?.get(Count::BYTES))
    }

    /// Stops the copy, and waits until nothing of it is under way. Returns the bytes copied, which are
    /// all when it ended by itself first.
    ///
    /// # Errors
    /// `Timeout`, `Transfer` (when it failed first), `Idle`, `Bus`.
    pub fn abort(&mut self, timeout: Duration) -> Result<u32, DmaError> {
        if !self.started {
            return Err(DmaError::Idle {
                channel: self.number,
            });
        }
        self.request_abort()?;
        match self.wait(timeout) {
            Err(DmaError::Aborted { copied }) => Ok(copied),
            other => other,
        }
    }
}

impl<B: Bus, C> Channel<B, C> {
    fn registers(&self) -> Registers<'_, B> {
        self.shared.channel(self.number)
    }

    fn control(&self) -> Ctrl {
        Ctrl::default().with(Ctrl::IE, self.interrupt.into())
    }

    fn request_abort(&self) -> Result<(), BusError> {
        self.registers().write(self.control().with(Ctrl::ABORT, 1))
    }
}

impl<B: Bus, C> Drop for Channel<B, C> {
    /// A copy under way is told to stop, but not waited for: whoever takes the channel next finds it
    /// busy until it has.
    fn drop(&mut self) {
        if self.started {
            let _told = self.request_abort();
        }
        *self.shared.taken.lock() &= !(1 << self.number);
    }
}
