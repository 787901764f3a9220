//! The simulated machine at a socket: what clients find there.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;
use vcm::seam::{Bus, BusError, Clock, Irq, PhysMem};
use vcm_linux::Served;
use vcm_regs::dma;
use vcm_regs::global::{IDR0, IDR0_MAGIC, IRQ_ENABLE, IrqEnable, S2CR};

/// A server, ended when this is dropped.
struct Server {
    child: Child,
    folder: TempDir,
}

impl Server {
    fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let child = serve(&folder.path().join("socket"))?;
        Ok(Self { child, folder })
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the program, and waits until it serves.
fn serve(socket: &Path) -> Result<Child> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vcm-sim"))
        .arg("serve")
        .arg(socket)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let output = child.stdout.take().context("it has an output")?;
    BufReader::new(output).read_line(&mut line)?;
    assert_eq!(line, format!("serving sim:{}\n", socket.display()));
    Ok(child)
}

#[test]
fn registers_and_memory_stay_from_one_client_to_the_next() -> Result<()> {
    let server = Server::start()?;
    let at = {
        let (machine, memory) = Served::connect(&server.socket())?;
        assert_eq!(machine.read32(IDR0.offset)?, IDR0_MAGIC);
        machine.write32(S2CR.offset + 4, 5)?;
        let at = memory.allocate(4096, 4096).context("there is memory")?;
        memory.write32(at, 0x1234_5678)?;
        at
    };
    let (machine, memory) = Served::connect(&server.socket())?;
    assert_eq!(machine.read32(S2CR.offset + 4)?, 5);
    assert_eq!(memory.read32(at)?, 0x1234_5678);
    assert_eq!(machine.broken_rules(), Some(0));
    Ok(())
}

#[test]
fn several_clients_share_one_machine() -> Result<()> {
    let server = Server::start()?;
    let (one, its) = Served::connect(&server.socket())?;
    let (other, others) = Served::connect(&server.socket())?;
    one.write32(S2CR.offset, 3)?;
    assert_eq!(other.read32(S2CR.offset)?, 3);
    its.write32(its.base(), 7)?;
    assert_eq!(others.read32(others.base())?, 7);
    Ok(())
}

#[test]
fn an_access_that_the_hardware_refuses_fails_and_the_next_does_not() -> Result<()> {
    let server = Server::start()?;
    let (machine, _) = Served::connect(&server.socket())?;
    let offset = 0x7ff0;
    // There is no register.
    let refused = |write| BusError { offset, write };
    assert_eq!(machine.read32(offset), Err(refused(false)));
    assert_eq!(machine.write32(offset, 1), Err(refused(true)));
    assert_eq!(machine.read32(IDR0.offset)?, IDR0_MAGIC);
    Ok(())
}

#[test]
fn time_passes_while_nobody_asks_and_waiting_ends() -> Result<()> {
    let server = Server::start()?;
    let (machine, _) = Served::connect(&server.socket())?;
    let before = machine.now();
    std::thread::sleep(Duration::from_millis(100));
    let after = machine.now();
    assert!(
        after > before + Duration::from_micros(1),
        "{before:?} {after:?}"
    );
    assert!(!machine.wait(Duration::from_micros(100)));
    assert!(machine.now() >= after + Duration::from_micros(100));
    Ok(())
}

#[test]
fn the_interrupt_of_a_refused_copy_comes() -> Result<()> {
    let server = Server::start()?;
    let (machine, _) = Served::connect(&server.socket())?;
    let enable = IrqEnable::default().with(IrqEnable::FAULT, 1);
    machine.write32(IRQ_ENABLE.offset, enable.bits())?;
    assert!(!machine.wait(Duration::from_micros(1)));
    let channel = dma::CHANNEL.at(0);
    machine.write32(channel + dma::LEN.offset, 64)?;
    let start = dma::Ctrl::default().with(dma::Ctrl::START, 1);
    machine.write32(channel + dma::CTRL.offset, start.bits())?;
    assert!(machine.wait(Duration::from_micros(100)));
    Ok(())
}

#[test]
fn a_client_that_talks_nonsense_or_leaves_does_not_disturb_the_others() -> Result<()> {
    let server = Server::start()?;
    let (machine, _) = Served::connect(&server.socket())?;
    UnixStream::connect(server.socket())?.write_all(&[0xff; 50])?;
    drop(UnixStream::connect(server.socket())?);
    assert_eq!(machine.read32(IDR0.offset)?, IDR0_MAGIC);
    Ok(())
}

#[test]
fn without_its_server_a_client_fails_and_its_waiting_ends() -> Result<()> {
    let server = Server::start()?;
    let (machine, _) = Served::connect(&server.socket())?;
    let before = machine.now();
    drop(server);
    assert!(machine.read32(IDR0.offset).is_err());
    assert!(machine.write32(S2CR.offset, 0).is_err());
    assert!(!machine.wait(Duration::from_secs(1_000)));
    assert_eq!(machine.broken_rules(), None);
    let later = machine.now();
    assert!(later >= before && machine.now() >= later);
    Ok(())
}

#[test]
fn a_socket_that_was_left_behind_is_replaced_and_one_in_use_is_not() -> Result<()> {
    let mut server = Server::start()?;
    let second = Command::new(env!("CARGO_BIN_EXE_vcm-sim"))
        .arg("serve")
        .arg(server.socket())
        .output()?;
    assert_eq!(second.status.code(), Some(2));
    let message = String::from_utf8(second.stderr)?;
    assert!(message.contains("another server is there"), "{message}");
    server.child.kill()?;
    server.child.wait()?;
    assert!(server.socket().exists());
    server.child = serve(&server.socket())?;
    Served::connect(&server.socket())?;
    Ok(())
}

#[test]
fn a_socket_that_cannot_be_made_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let output = Command::new(env!("CARGO_BIN_EXE_vcm-sim"))
        .arg("serve")
        .arg(folder.path().join("no/where"))
        .output()?;
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr)?;
    assert!(
        message.contains("no/where") && message.contains("folder"),
        "{message}"
    );
    Ok(())
}
