//! A machine that another process simulates and serves at a Unix socket (`vcm-sim serve`).
//!
//! The client connects, hears a [`Greeting`](wire::Greeting) with the file of the memory, maps that,
//! and from then on sends one [`Request`](wire::Request) at a time and waits for its
//! [`Reply`](wire::Reply). What it writes to the memory before a request, the machine sees when that
//! arrives. Several clients may be connected: they share one machine, as programs on a board do.
//!
//! Time is the machine's own: it passes while a client asks or waits, and slowly when none does.

pub mod wire;

use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use vcm::addr::PhysAddr;
use vcm::seam::{Bus, BusError, Clock, Irq};

use self::wire::{Greeting, Reply, Request};
use crate::barrier;
use crate::error::Error;
use crate::memory::Memory;

/// How long the server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

const HINT: &str = "is the simulator running? Start it: vcm-sim serve SOCKET";

/// A machine that another process simulates. Clones are the same one.
///
/// It is the [`Bus`], the [`Clock`] and the [`Irq`] of that machine; its memory comes from
/// [`connect`](Self::connect).
#[derive(Clone, Debug)]
pub struct Served {
    line: Arc<Line>,
    clock: u64,
}

#[derive(Debug)]
struct Line {
    /// Held while a request is under way. `None` after it has failed: what would come next is not
    /// the answer to what is asked next.
    socket: Mutex<Option<UnixStream>>,
    /// The time that was heard last, in nanoseconds.
    heard: AtomicU64,
    start: Instant,
}

impl Served {
    /// Connects to the machine at this socket. Also gives the memory that clients may use.
    ///
    /// # Errors
    /// [`Error::File`]; [`Error::OtherProtocol`] if something else is served there; those of
    /// [`Memory::of_file`].
    pub fn connect(path: &Path) -> Result<(Self, Memory), Error> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::InvalidData => Error::OtherProtocol {
                socket: path.into(),
            },
            _ => Error::File {
                file: path.into(),
                error,
                hint: HINT,
            },
        };
        let socket = UnixStream::connect(path).map_err(failed)?;
        for set in [UnixStream::set_read_timeout, UnixStream::set_write_timeout] {
            set(&socket, Some(PATIENCE)).map_err(failed)?;
        }
        let (greeting, file) = Greeting::receive(&socket).map_err(failed)?;
        let offset = greeting.pool_base.checked_sub(greeting.base);
        let offset = offset.ok_or_else(|| Error::OtherProtocol {
            socket: path.into(),
        })?;
        let base = PhysAddr::new(greeting.pool_base);
        let memory = Memory::of_part(file, offset.into(), base, greeting.pool_size)?;
        let line = Line {
            socket: Mutex::new(Some(socket)),
            heard: AtomicU64::new(0),
            start: Instant::now(),
        };
        let served = Self {
            line: Arc::new(line),
            clock: greeting.clock,
        };
        Ok((served, memory))
    }

    /// Frequency of the machine's clock in Hz.
    pub const fn clock_frequency(&self) -> u64 {
        self.clock
    }

    /// How many rules of the buses were broken since this was last asked; the server has said which.
    /// `None` if it does not answer.
    pub fn broken_rules(&self) -> Option<u64> {
        match self.ask(Request::Check) {
            Some(Reply::Value(count)) => Some(count),
            _ => None,
        }
    }

    fn ask(&self, request: Request) -> Option<Reply> {
        let mut line = self.socket();
        let socket = line.as_ref()?;
        // What was written to memory before it, is written before it.
        barrier::full();
        let reply = request.send(socket).and_then(|()| Reply::receive(socket));
        barrier::full();
        if reply.is_err() {
            *line = None;
        }
        reply.ok()
    }

    fn socket(&self) -> MutexGuard<'_, Option<UnixStream>> {
        // Nothing panics between a request and its answer.
        let socket = self.line.socket.lock();
        socket.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bus for Served {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let error = BusError {
            offset,
            write: false,
        };
        match self.ask(Request::Read { offset }) {
            Some(Reply::Value(value)) => u32::try_from(value).map_err(|_| error),
            _ => Err(error),
        }
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        match self.ask(Request::Write { offset, value }) {
            Some(Reply::Value(_)) => Ok(()),
            _ => Err(BusError {
                offset,
                write: true,
            }),
        }
    }
}

impl Clock for Served {
    /// If the server is gone, time goes on, so that all waiting ends.
    fn now(&self) -> Duration {
        let heard = &self.line.heard;
        let now = match self.ask(Request::Now) {
            Some(Reply::Value(now)) => now,
            _ => {
                let own = u64::try_from(self.line.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
                heard.load(Ordering::Relaxed).saturating_add(own)
            }
        };
        Duration::from_nanos(heard.fetch_max(now, Ordering::Relaxed).max(now))
    }
}

impl Irq for Served {
    /// Also `false` if the server is gone. The timeout is of the machine's time.
    fn wait(&self, timeout: Duration) -> bool {
        let deadline = self.now().saturating_add(timeout);
        loop {
            let left = deadline.saturating_sub(self.now());
            let nanoseconds = u64::try_from(left.as_nanos()).unwrap_or(u64::MAX);
            match self.ask(Request::Wait { nanoseconds }) {
                Some(Reply::Value(1)) => return true,
                Some(_) if nanoseconds > 0 => {}
                _ => return false,
            }
        }
    }

    /// A level needs no arming.
    fn ack(&self) {}
}
