//! A simulated machine for other processes, at a Unix socket: registers, interrupt and time by the
//! protocol of [`vcm_linux::served`], memory as a file that is handed over.
//!
//! Programs that use it find what they would find on a board: one machine, which they share, and which
//! keeps its state from one program to the next.

use std::fs;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use vcm::seam::{Bus, Clock, Irq, PhysMem};
use vcm_linux::Memory;
use vcm_linux::served::wire::{Greeting, Reply, Request};

use crate::check::PortChecks;
use crate::model::{CLOCK_HZ, Top};
use crate::platform::{Config, Platform, PlatformError};
use crate::scoreboard::{Scoreboard, Settings};

/// Memory that clients may use: 128 MiB, as a generous u-dma-buf would have.
const POOL: std::ops::Range<u32> = 0x1000_0000..0x1800_0000;

/// Simulated time that a client waits for in one request at most: others want their turn.
const LONGEST_WAIT: Duration = Duration::from_micros(20);

/// While nobody asks, so many cycles pass ...
const IDLE_CYCLES: u64 = 100;
/// ... every so often.
const IDLE_PAUSE: Duration = Duration::from_millis(2);

/// A machine at a socket.
#[derive(Debug)]
pub struct Server {
    platform: Platform,
    listener: UnixListener,
    path: PathBuf,
}

/// Why a machine cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The machine could not be made.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The socket could not be made.
    #[error("{path}: {error}; {hint}", path = path.display())]
    Socket {
        /// Where.
        path: PathBuf,
        /// Why not.
        error: io::Error,
        /// What to do.
        hint: &'static str,
    },
}

/// `vcm_soc` with shared memory, with a protocol checker on every port and a model of the translation
/// that every access to memory is held against.
///
/// # Errors
/// [`PlatformError::Model`].
pub fn machine(config: Config) -> Result<Platform, PlatformError> {
    let platform = Platform::new(Config {
        top: Top::Soc,
        pool: POOL,
        ..config.shared()
    })?;
    platform.observe(PortChecks::default());
    platform.observe(Scoreboard::for_soc(Settings::default(), vec![POOL]));
    Ok(platform)
}

impl Server {
    /// Makes the socket. What is left of a server that is gone is replaced.
    ///
    /// # Errors
    /// [`ServeError::Socket`].
    pub fn bind(platform: Platform, path: &Path) -> Result<Self, ServeError> {
        let failed = |error, hint| ServeError::Socket {
            path: path.into(),
            error,
            hint,
        };
        if fs::symlink_metadata(path).is_ok_and(|about| about.file_type().is_socket()) {
            if UnixStream::connect(path).is_ok() {
                let hint = "another server is there: stop it, or give another path";
                return Err(failed(io::ErrorKind::AddrInUse.into(), hint));
            }
            let hint = "remove it";
            fs::remove_file(path).map_err(|error| failed(error, hint))?;
        }
        let hint = "give a path of at most 100 characters in a folder that may be written to, where \
                    nothing is yet";
        let listener = UnixListener::bind(path).map_err(|error| failed(error, hint))?;
        Ok(Self {
            platform,
            listener,
            path: path.into(),
        })
    }

    /// Serves whoever connects, for ever.
    ///
    /// # Errors
    /// [`ServeError::Socket`], if no more connections can be accepted.
    pub fn run(&self) -> Result<(), ServeError> {
        let failed = |error| ServeError::Socket {
            path: self.path.clone(),
            error,
            hint: "is the limit of open files reached?",
        };
        let Some(memory) = self.platform.shared_memory() else {
            return Err(failed(io::ErrorKind::Unsupported.into()));
        };
        let platform = self.platform.clone();
        thread::spawn(move || {
            loop {
                thread::sleep(IDLE_PAUSE);
                platform.step(IDLE_CYCLES);
            }
        });
        loop {
            let (socket, _) = self.listener.accept().map_err(failed)?;
            let client = Client {
                platform: self.platform.clone(),
                socket,
            };
            let memory = memory.clone();
            thread::spawn(move || {
                // A client that is gone, or talks nonsense, is its own affair.
                let _ = client.serve(&memory);
            });
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

struct Client {
    platform: Platform,
    socket: UnixStream,
}

impl Client {
    fn serve(&self, memory: &Memory) -> io::Result<()> {
        let greeting = Greeting {
            base: memory.base().get(),
            size: memory.size(),
            pool_base: POOL.start,
            pool_size: POOL.end - POOL.start,
            clock: CLOCK_HZ,
        };
        greeting.send(&self.socket, memory.file())?;
        let bus = self.platform.bus();
        while let Some(request) = Request::receive(&self.socket)? {
            // What the client has written to memory, the machine sees from now on.
            memory.sync_for_cpu(memory.base(), 0);
            let reply = match request {
                Request::Read { offset } => match bus.read32(offset) {
                    Ok(value) => Reply::Value(value.into()),
                    Err(_) => Reply::Refused,
                },
                Request::Write { offset, value } => match bus.write32(offset, value) {
                    Ok(()) => Reply::Value(0),
                    Err(_) => Reply::Refused,
                },
                Request::Now => Reply::Value(nanoseconds(self.platform.clock().now())),
                Request::Wait { nanoseconds } => {
                    let time = Duration::from_nanos(nanoseconds).min(LONGEST_WAIT);
                    Reply::Value(self.platform.irq().wait(time).into())
                }
                Request::Check => Reply::Value(self.broken_rules()),
            };
            memory.sync_for_device(memory.base(), 0);
            reply.send(&self.socket)?;
        }
        Ok(())
    }

    /// Says which rules were broken, and counts them.
    fn broken_rules(&self) -> u64 {
        match self.platform.check() {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("vcm-sim: {error}");
                match error {
                    PlatformError::Violations { count, .. } => count,
                    _ => 1,
                }
            }
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
