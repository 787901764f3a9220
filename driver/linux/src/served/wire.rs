//! What goes over the socket. All numbers are little-endian.

use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// The first word of a greeting: "VCMS".
const MAGIC: u32 = u32::from_be_bytes(*b"VCMS");
/// Version of the protocol.
const VERSION: u32 = 1;

/// What the server says first: a message of 40 bytes, with the file of the memory as its only
/// descriptor.
///
/// | bytes | what |
/// |---|---|
/// | 0 | `0x56434D53`, "VCMS" |
/// | 4 | version of the protocol: 1 |
/// | 8 | physical address of the first byte of the file |
/// | 12 | size of the file |
/// | 16 | physical address of the first byte that clients may use |
/// | 20 | how many bytes they may use |
/// | 24 | frequency of the clock in Hz, 64 bits |
/// | 32 | reserved, 64 bits: 0 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Physical address of the first byte of the file.
    pub base: u32,
    /// Size of the file in bytes.
    pub size: u32,
    /// Physical address of the first byte that clients may use.
    pub pool_base: u32,
    /// How many bytes they may use.
    pub pool_size: u32,
    /// Frequency of the clock in Hz.
    pub clock: u64,
}

impl Greeting {
    const BYTES: usize = 40;

    fn encode(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let words = [
            MAGIC,
            VERSION,
            self.base,
            self.size,
            self.pool_base,
            self.pool_size,
        ];
        for (to, word) in bytes.chunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        bytes[24..32].copy_from_slice(&self.clock.to_le_bytes());
        bytes
    }

    fn decode(bytes: [u8; Self::BYTES]) -> Option<Self> {
        let word = |at: usize| word(&bytes, at);
        (word(0) == MAGIC && word(4) == VERSION).then(|| Self {
            base: word(8),
            size: word(12),
            pool_base: word(16),
            pool_size: word(20),
            clock: long(&bytes, 24),
        })
    }

    /// Says it, and hands over the file of the memory.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn send(self, socket: &UnixStream, memory: BorrowedFd<'_>) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut files = SendAncillaryBuffer::new(&mut space);
        let handed = [memory];
        if !files.push(SendAncillaryMessage::ScmRights(&handed)) {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        let bytes = self.encode();
        let sent = sendmsg(
            socket,
            &[IoSlice::new(&bytes)],
            &mut files,
            SendFlags::NOSIGNAL,
        )?;
        (sent == bytes.len())
            .then_some(())
            .ok_or_else(|| io::ErrorKind::WriteZero.into())
    }

    /// Hears it.
    ///
    /// # Errors
    /// Those of the socket; `InvalidData` if it is no greeting, or of another version.
    pub fn receive(socket: &UnixStream) -> io::Result<(Self, File)> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut files = RecvAncillaryBuffer::new(&mut space);
        let mut bytes = [0; Self::BYTES];
        let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::WAITALL;
        let message = recvmsg(
            socket,
            &mut [IoSliceMut::new(&mut bytes)],
            &mut files,
            flags,
        )?;
        let handed = files.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut files) => files.next(),
            _ => None,
        });
        let greeting = Self::decode(bytes).filter(|_| message.bytes == bytes.len());
        match (greeting, handed) {
            (Some(greeting), Some(file)) => Ok((greeting, file.into())),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// What a client asks: 16 bytes. Of each the first word is its number, the second one word and the
/// rest another of 64 bits, with 0 for what is not used.
///
/// | number | request | words | reply |
/// |---|---|---|---|
/// | 1 | read a register | offset, – | what it holds |
/// | 2 | write a register | offset, value | 0 |
/// | 3 | the time | –, – | nanoseconds since the server started |
/// | 4 | wait for the interrupt | –, nanoseconds | 1 if it is pending, else 0; the server may return earlier |
/// | 5 | rules broken | –, – | how many since this was last asked |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Read a register.
    Read {
        /// Offset in the window.
        offset: u32,
    },
    /// Write a register.
    Write {
        /// Offset in the window.
        offset: u32,
        /// What is written.
        value: u32,
    },
    /// What time it is.
    Now,
    /// Wait until the interrupt is pending.
    Wait {
        /// At most so long, by the server's time.
        nanoseconds: u64,
    },
    /// How many rules of the buses were broken.
    Check,
}

impl Request {
    const BYTES: usize = 16;

    fn encode(self) -> [u8; Self::BYTES] {
        let (number, first, second): (u32, u32, u64) = match self {
            Self::Read { offset } => (1, offset, 0),
            Self::Write { offset, value } => (2, offset, value.into()),
            Self::Now => (3, 0, 0),
            Self::Wait { nanoseconds } => (4, 0, nanoseconds),
            Self::Check => (5, 0, 0),
        };
        pack(number, first, second)
    }

    fn decode(bytes: [u8; Self::BYTES]) -> Option<Self> {
        let (offset, second) = (word(&bytes, 4), long(&bytes, 8));
        match word(&bytes, 0) {
            1 => Some(Self::Read { offset }),
            2 => Some(Self::Write {
                offset,
                value: u32::try_from(second).ok()?,
            }),
            3 => Some(Self::Now),
            4 => Some(Self::Wait {
                nanoseconds: second,
            }),
            5 => Some(Self::Check),
            _ => None,
        }
    }

    /// Asks.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn send(self, mut socket: &UnixStream) -> io::Result<()> {
        socket.write_all(&self.encode())
    }

    /// Hears what is asked; `None` if the client has closed the socket.
    ///
    /// # Errors
    /// Those of the socket; `InvalidData` if it is no request.
    pub fn receive(mut socket: &UnixStream) -> io::Result<Option<Self>> {
        let mut bytes = [0; Self::BYTES];
        match socket.read_exact(&mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let request = Self::decode(bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Some(request))
    }
}

/// What the server answers: 16 bytes. The first word is 0 if it was done, and 1 if the hardware has
/// refused it; bytes 8 to 15 are the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Done.
    Value(u64),
    /// The hardware has answered with an error.
    Refused,
}

impl Reply {
    const BYTES: usize = 16;

    /// Answers.
    ///
    /// # Errors
    /// Those of the socket.
    pub fn send(self, mut socket: &UnixStream) -> io::Result<()> {
        let bytes = match self {
            Self::Value(value) => pack(0, 0, value),
            Self::Refused => pack(1, 0, 0),
        };
        socket.write_all(&bytes)
    }

    /// Hears the answer.
    ///
    /// # Errors
    /// Those of the socket; `InvalidData` if it is no answer.
    pub fn receive(mut socket: &UnixStream) -> io::Result<Self> {
        let mut bytes = [0; Self::BYTES];
        socket.read_exact(&mut bytes)?;
        match word(&bytes, 0) {
            0 => Ok(Self::Value(long(&bytes, 8))),
            1 => Ok(Self::Refused),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

fn pack(number: u32, first: u32, second: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes[4..8].copy_from_slice(&first.to_le_bytes());
    bytes[8..].copy_from_slice(&second.to_le_bytes());
    bytes
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(word(bytes, at)) | u64::from(word(bytes, at + 4)) << 32
}
