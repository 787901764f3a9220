//! The register window, through the AXI4-Lite port.

use vcm::seam::{Bus, BusError};

use crate::axil::{Access, Answer};
use crate::platform::{Platform, PlatformError};
use crate::signals::Resp;

/// Register accesses, each one a transaction on `s_axil` that is waited for.
///
/// An access that is not answered in time is a [`BusError`], and a broken rule for
/// [`Platform::check`].
#[derive(Clone, Debug)]
pub struct SimBus {
    platform: Platform,
}

impl SimBus {
    pub(super) fn new(platform: Platform) -> Self {
        Self { platform }
    }

    /// Makes an access of any kind, and waits for the answer.
    ///
    /// # Errors
    /// [`PlatformError::Deadline`]. An error response is an answer, not an error.
    pub fn access(&self, access: Access) -> Result<Answer, PlatformError> {
        let ticket = self.platform.lock().registers_mut().submit(access);
        let answer = self.platform.wait_for("a register access", |simulation| {
            simulation.registers_mut().take(ticket)
        });
        if let Err(error) = &answer {
            let mut simulation = self.platform.lock();
            simulation.registers_mut().abandon(ticket);
            simulation.violated("s_axil", format!("{access:x?}: {error}"));
        }
        answer
    }

    fn access_register(&self, offset: u32, write: Option<u32>) -> Result<u32, BusError> {
        let error = BusError {
            offset,
            write: write.is_some(),
        };
        let addr = u16::try_from(offset).map_err(|_| error)?;
        let access = match write {
            Some(value) => Access::write(addr, value),
            None => Access::read(addr),
        };
        match self.access(access) {
            Ok(answer) if answer.resp == Resp::Okay => Ok(answer.data),
            Ok(_) | Err(_) => Err(error),
        }
    }
}

impl Bus for SimBus {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        self.access_register(offset, None)
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        self.access_register(offset, Some(value)).map(|_| ())
    }
}
