//! The interrupt of a UIO device.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use vcm::seam::Irq;

/// The interrupt of a UIO device.
///
/// The kernel masks it when it comes; [`ack`](Irq::ack) has it come again. For one thread at a time:
/// of several that wait, one gets it.
#[derive(Debug)]
pub struct UioIrq {
    node: OwnedFd,
    /// It has come, and has not been acknowledged.
    pending: AtomicBool,
}

impl UioIrq {
    /// Of this device node, and arms it.
    pub fn new(node: OwnedFd) -> Self {
        let irq = Self {
            node,
            pending: AtomicBool::new(false),
        };
        irq.ack();
        irq
    }

    /// Whether the node has a count of interrupts to read before the deadline.
    fn is_ready(&self, deadline: Option<Instant>) -> bool {
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            let mut nodes = [PollFd::new(&self.node, PollFlags::IN)];
            match poll(&mut nodes, left.as_ref()) {
                Ok(0) => return false,
                Ok(_) => return nodes[0].revents().contains(PollFlags::IN),
                // A signal: what is left of the time is less.
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }
}

impl Irq for UioIrq {
    /// Also `false` if the device is gone.
    fn wait(&self, timeout: Duration) -> bool {
        if self.pending.load(Ordering::Acquire) {
            return true;
        }
        // A time that has no end here is none.
        if !self.is_ready(Instant::now().checked_add(timeout)) {
            return false;
        }
        // The kernel takes reads of the 32-bit count only.
        let mut count = [0; 4];
        let came = rustix::io::read(self.node.as_fd(), &mut count) == Ok(count.len());
        self.pending.store(came, Ordering::Release);
        came
    }

    /// A device that is gone will not interrupt again; nothing else can fail.
    fn ack(&self) {
        self.pending.store(false, Ordering::Release);
        let _ = rustix::io::write(self.node.as_fd(), &1_u32.to_ne_bytes());
    }
}

/// For registers that come without an interrupt ([`dev_mem`](crate::dev_mem)): whoever waits has to look
/// for itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoIrq;

/// How long [`NoIrq`] sleeps at most, so that who waits for long looks often.
const LONGEST_SLEEP: Duration = Duration::from_millis(1);

impl Irq for NoIrq {
    /// Always `false`, after a sleep that may be shorter than `timeout`.
    fn wait(&self, timeout: Duration) -> bool {
        std::thread::sleep(timeout.min(LONGEST_SLEEP));
        false
    }

    fn ack(&self) {}
}
