//! What comes over the socket of a simulation.

use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use vcm_linux::served::wire::{Greeting, Reply, Request};

use crate::input::Input;

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let which = input.below(3);
    let files = input.below(3);
    let bytes = input.rest();
    let outcome = match which {
        0 => greeting(bytes, files),
        1 => request(bytes),
        _ => reply(bytes),
    };
    if let Err(error) = outcome {
        panic!("the sockets themselves failed: {error}");
    }
}

/// A socket from which these bytes are heard, and then nothing more.
fn heard(bytes: &[u8]) -> io::Result<UnixStream> {
    let (mut speaker, listener) = UnixStream::pair()?;
    // More than one message does not matter, and a socket has no room for ever.
    speaker.write_all(&bytes[..bytes.len().min(64)])?;
    speaker.shutdown(Shutdown::Write)?;
    Ok(listener)
}

/// What `send` says.
fn said(send: impl FnOnce(&UnixStream) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let (speaker, mut listener) = UnixStream::pair()?;
    send(&speaker)?;
    drop(speaker);
    let mut bytes = Vec::new();
    listener.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn greeting(bytes: &[u8], files: u32) -> io::Result<()> {
    let (speaker, listener) = UnixStream::pair()?;
    let file = File::open("/dev/null")?;
    let handed = [file.as_fd(), file.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut message = SendAncillaryBuffer::new(&mut space);
    let handed = &handed[..files as usize];
    if files > 0 {
        assert!(message.push(SendAncillaryMessage::ScmRights(handed)));
    }
    let sent = &bytes[..bytes.len().min(64)];
    if !sent.is_empty() {
        sendmsg(
            &speaker,
            &[IoSlice::new(sent)],
            &mut message,
            SendFlags::NOSIGNAL,
        )?;
    }
    drop(speaker);
    let whole = sent.len() >= 40 && sent[..8] == *b"SMCV\x01\0\0\0";
    match Greeting::receive(&listener) {
        Ok((greeting, _file)) => {
            assert!(whole && files > 0);
            let again = said(|socket| greeting.send(socket, file.as_fd()))?;
            // What is reserved is not looked at.
            assert_eq!(again[..32], sent[..32]);
        }
        Err(error) => {
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            // Two descriptors do not fit where one is expected.
            assert!(!whole || files != 1, "{error}");
        }
    }
    Ok(())
}

fn request(bytes: &[u8]) -> io::Result<()> {
    match Request::receive(&heard(bytes)?) {
        Ok(Some(request)) => {
            let again = said(|socket| request.send(socket))?;
            assert_eq!(Request::receive(&heard(&again)?)?, Some(request));
            assert_eq!(again[..4], bytes[..4]);
        }
        Ok(None) => assert!(bytes.len() < 16),
        Err(error) => {
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            assert!(bytes.len() >= 16);
        }
    }
    Ok(())
}

fn reply(bytes: &[u8]) -> io::Result<()> {
    match Reply::receive(&heard(bytes)?) {
        Ok(reply) => {
            let again = said(|socket| reply.send(socket))?;
            assert_eq!(Reply::receive(&heard(&again)?)?, reply);
            assert_eq!(again[..4], bytes[..4]);
        }
        Err(error) => match bytes.len() {
            0..16 => assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof),
            _ => assert_eq!(error.kind(), io::ErrorKind::InvalidData),
        },
    }
    Ok(())
}
