//! The memory's two doors: the processor's port, and past it.

use vcm::addr::PhysAddr;
use vcm::seam::{MemError, PhysMem};

use crate::axi::{Request, Ticket};
use crate::ddr::OutsideMemory;
use crate::platform::{Platform, PlatformError};
use crate::signals::{Burst, Resp};

/// Bytes of a burst of the processor: half the 4 KiB that a burst may not cross.
const BURST_BYTES: usize = 2048;

/// Bursts of the processor that are queued at a time.
const BURSTS: usize = 64;

/// The front door: the processor's accesses, each a burst on its own memory port that is waited for.
/// The port is not cached.
///
/// Allocations come out of [`super::Config::pool`]. A wrong [`free`](PhysMem::free) is a broken rule
/// for [`Platform::check`].
#[derive(Clone, Debug)]
pub struct SimMemory {
    platform: Platform,
}

impl SimMemory {
    pub(super) fn new(platform: Platform) -> Self {
        Self { platform }
    }

    /// What is allocated now: addresses and sizes.
    pub fn live(&self) -> Vec<(PhysAddr, u32)> {
        let simulation = self.platform.lock();
        let live = simulation.pool.live();
        live.map(|(at, size)| (PhysAddr::new(at), size)).collect()
    }

    /// Sends all requests, waits for all of them, and gives what each has read.
    fn transfer(
        &self,
        requests: impl Iterator<Item = Request>,
    ) -> Result<Vec<Vec<u8>>, TransferError> {
        let tickets: Vec<Ticket> = {
            let mut simulation = self.platform.lock();
            requests.map(|r| simulation.cpu_mut().submit(r)).collect()
        };
        let (mut data, mut failed) = (Vec::new(), None);
        for ticket in tickets {
            let completion = self
                .platform
                .wait_for("a memory access of the processor", |s| {
                    s.cpu_mut().take(ticket)
                });
            match completion {
                Ok(completion) if completion.resp == Resp::Okay => data.push(completion.bytes()),
                Ok(_) => failed = Some(TransferError),
                Err(error) => {
                    self.give_up(ticket, &error);
                    failed = Some(TransferError);
                }
            }
        }
        failed.map_or(Ok(data), Err)
    }

    fn give_up(&self, ticket: Ticket, error: &PlatformError) {
        let mut simulation = self.platform.lock();
        simulation.cpu_mut().abandon(ticket);
        simulation.violated("cpu", error.to_string());
    }
}

/// A burst of the processor was refused, or not answered.
struct TransferError;

impl PhysMem for SimMemory {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        let at = self.platform.lock().pool.allocate(size, align)?;
        Some(PhysAddr::new(at))
    }

    fn free(&self, at: PhysAddr, size: u32) {
        let mut simulation = self.platform.lock();
        if let Err(misuse) = simulation.pool.free(at.get(), size) {
            simulation.violated("memory pool", misuse.to_string());
        }
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        let error = error(at, into.len());
        for some in bursts(at, into.len()).ok_or(error)?.chunks(BURSTS) {
            let requests = some.iter().map(|(addr, range)| {
                let end = addr % 8 + range.len() as u32;
                narrowed(Request::read(*addr, end.div_ceil(8) as u16), range.len())
            });
            let data = self.transfer(requests).map_err(|_| error)?;
            // The last beat of a burst may have brought more than was asked for.
            for ((_, range), bytes) in some.iter().zip(data) {
                into[range.clone()].copy_from_slice(&bytes[..range.len()]);
            }
        }
        Ok(())
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        let error = error(at, from.len());
        for some in bursts(at, from.len()).ok_or(error)?.chunks(BURSTS) {
            let requests = some.iter().map(|(addr, range)| {
                narrowed(Request::write(*addr, &from[range.clone()]), range.len())
            });
            self.transfer(requests).map_err(|_| error)?;
        }
        Ok(())
    }

    /// Nothing to do: the port is not cached, and a write has been done when it returns.
    fn sync_for_device(&self, _at: PhysAddr, _size: u32) {}

    /// Nothing to do, as for [`sync_for_device`](Self::sync_for_device).
    fn sync_for_cpu(&self, _at: PhysAddr, _size: u32) {}
}

/// Cuts an access into bursts that cross no boundary: addresses, and which bytes they carry. `None`
/// if it leaves the 32-bit space.
fn bursts(at: PhysAddr, size: usize) -> Option<Vec<(u32, std::ops::Range<usize>)>> {
    let end = u32::try_from(size).ok()?;
    // The last byte must have an address; the one after it need not.
    at.get().checked_add(end.saturating_sub(1))?;
    let (mut bursts, mut done) = (Vec::new(), 0);
    while done < size {
        let addr = at.get() + done as u32;
        let room = BURST_BYTES - addr as usize % BURST_BYTES;
        let bytes = room.min(size - done);
        bursts.push((addr, done..done + bytes));
        done += bytes;
    }
    Some(bursts)
}

/// Has an aligned access of 1, 2 or 4 bytes touch these bytes only, as the processor does.
fn narrowed(request: Request, bytes: usize) -> Request {
    if matches!(bytes, 1 | 2 | 4) && request.addr as usize % bytes == 0 {
        let size = bytes.trailing_zeros() as u8;
        return request.burst(Burst::Incr, size);
    }
    request
}

fn error(at: PhysAddr, size: usize) -> MemError {
    MemError {
        at,
        size: u32::try_from(size).unwrap_or(u32::MAX),
    }
}

/// The back door: the memory's bytes, past all ports and in no simulated time.
///
/// For preparing and checking what the hardware works on; what is under way on a port is not seen.
#[derive(Clone, Debug)]
pub struct BackDoor {
    platform: Platform,
}

impl BackDoor {
    pub(super) fn new(platform: Platform) -> Self {
        Self { platform }
    }

    /// Reads memory.
    ///
    /// # Errors
    /// [`OutsideMemory`].
    pub fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), OutsideMemory> {
        self.platform.lock().ddr().memory().read(at.get(), into)
    }

    /// Writes memory.
    ///
    /// # Errors
    /// [`OutsideMemory`].
    pub fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), OutsideMemory> {
        let mut simulation = self.platform.lock();
        simulation.ddr_mut().memory_mut().write(at.get(), from)
    }

    /// Reads a little-endian word.
    ///
    /// # Errors
    /// [`OutsideMemory`].
    pub fn read32(&self, at: PhysAddr) -> Result<u32, OutsideMemory> {
        self.platform.lock().ddr().memory().read32(at.get())
    }

    /// Writes a little-endian word.
    ///
    /// # Errors
    /// [`OutsideMemory`].
    pub fn write32(&self, at: PhysAddr, value: u32) -> Result<(), OutsideMemory> {
        let mut simulation = self.platform.lock();
        simulation.ddr_mut().memory_mut().write32(at.get(), value)
    }
}
