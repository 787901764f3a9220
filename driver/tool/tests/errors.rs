//! What the tool says when the device cannot be used, with folders that look like `/sys` and `/dev`.
#![cfg(target_os = "linux")]

mod served;

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use rustix::fs::{MemfdFlags, SealFlags};
use served::{Ended, ended, holds};
use vcm_regs::global::{IDR0, IDR0_MAGIC, IDR1, IDR2, IDR3};

/// A system of folders.
struct System {
    root: tempfile::TempDir,
    /// Files that stand for devices.
    nodes: Vec<File>,
}

impl System {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["sys/class", "dev"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let nodes = Vec::new();
        Self { root, nodes }
    }

    fn describe(&self, folder: &str, files: &[(&str, &str)]) {
        for (file, content) in files {
            let path = self.root.path().join("sys/class").join(folder).join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }

    /// A node of so many bytes, with these at the end.
    fn node(&mut self, name: &str, size: u64, end: &[u8]) {
        let file = rustix::fs::memfd_create("node", MemfdFlags::ALLOW_SEALING).unwrap();
        rustix::fs::ftruncate(&file, size).unwrap();
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK).unwrap();
        rustix::io::pwrite(&file, end, size - end.len() as u64).unwrap();
        let file = File::from(file);
        let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
        symlink(path, self.root.path().join("dev").join(name)).unwrap();
        self.nodes.push(file);
    }

    /// The fabric of a PYNQ image.
    fn fabric(&mut self) {
        let files = [
            ("name", "fabric\n"),
            ("maps/map0/addr", "0x40000000\n"),
            ("maps/map0/size", "0x00010000\n"),
            ("maps/map0/offset", "0x0\n"),
        ];
        self.describe("uio/uio0", &files);
    }

    /// Registers at 0x40000000 of `/dev/mem`.
    fn registers(&mut self, registers: &[(u32, u32)]) {
        let mut window = vec![0; 0x1_0000];
        for (offset, value) in registers {
            let at = *offset as usize;
            window[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        self.node("mem", 0x4001_0000, &window);
    }

    fn refuses(&self, arguments: &[&str], facts: &[&str]) {
        let refused = self.run(arguments);
        assert_eq!(refused.status, Some(2), "{refused:?}");
        assert_eq!(refused.errors.lines().count(), 1, "{refused:?}");
        holds(&refused.errors, facts);
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_vcm-tool"))
            .arg("--root")
            .arg(self.root.path())
            .args(arguments)
            .output()
            .unwrap();
        ended(output).unwrap()
    }
}

/// Where the registers are.
const DEVICE: &str = "--device=devmem:0x40000000";

/// The ID registers of an IOMMU as it is built by default.
const IDS: [(u32, u32); 4] = [
    (IDR0.offset, IDR0_MAGIC),
    (IDR1.offset, 0x1_0001),
    (IDR2.offset, 0x0008_0408),
    (IDR3.offset, IDR3.reset()),
];

#[test]
fn without_a_uio_node_the_device_tree_is_named() {
    let mut system = System::new();
    let hints = ["generic-uio", "uio_pdrv_genirq", "there are: none"];
    system.refuses(&["probe"], &hints);
    system.fabric();
    let arguments = ["probe", "--device", "uio:other"];
    system.refuses(&arguments, &["named other", "uio0 (fabric at 0x40000000)"]);
}

#[test]
fn a_node_that_is_missing_or_may_not_be_opened_is_named() {
    let mut system = System::new();
    system.fabric();
    for device in ["uio:fabric", "uio:0x40000000"] {
        let arguments = ["probe", "--device", device];
        system.refuses(&arguments, &["dev/uio0", "run as root", "udev rule"]);
    }
    let hint = "run as root, or use UIO";
    system.refuses(&[DEVICE, "probe"], &["dev/mem", hint]);
}

#[test]
fn another_id_register_leads_to_the_bitstream() {
    let mut system = System::new();
    system.registers(&[(IDR0.offset, 0x1234_5678)]);
    let facts = ["reads 0x12345678", "not 0x56434d31", "bitstream"];
    system.refuses(&[DEVICE, "probe"], &facts);
}

#[test]
fn another_version_leads_to_the_tool_that_fits() {
    let mut system = System::new();
    system.registers(&[(IDR0.offset, IDR0_MAGIC), (IDR1.offset, 0x2_0000)]);
    let facts = ["register interface 2.0", "built with this"];
    system.refuses(&[DEVICE, "probe"], &facts);
}

#[test]
fn without_memory_for_devices_the_module_is_named() {
    let mut system = System::new();
    system.registers(&IDS);
    let probed = system.run(&[DEVICE, "probe"]);
    assert_eq!(probed.status, Some(0), "{probed:?}");
    holds(
        &probed.text,
        &["8 contexts", "modprobe u-dma-buf", "no DMA engine"],
    );
    let facts = ["no u-dma-buf", "modprobe", "reserved:"];
    system.refuses(&[DEVICE, "selftest"], &facts);
    let arguments = [DEVICE, "selftest", "--memory", "udmabuf:mine"];
    system.refuses(&arguments, &["u-dma-buf device mine", "modprobe"]);
}

#[test]
fn memory_that_is_too_small_is_refused_with_what_is_needed() {
    let mut system = System::new();
    system.registers(&IDS);
    let files = [("phys_addr", "0x10000000\n"), ("size", "65536\n")];
    system.describe("u-dma-buf/udmabuf0", &files);
    system.node("udmabuf0", 65_536, &[]);
    let probed = system.run(&[DEVICE, "probe"]);
    holds(&probed.text, &["udmabuf0: 64 KiB at 0x10000000"]);
    let facts = ["64 KiB", "modprobe u-dma-buf udmabuf0=0x"];
    system.refuses(&[DEVICE, "demo"], &facts);
    system.refuses(&[DEVICE, "map", "64k"], &["64 KiB", "too little"]);
    // Reserved memory is had by /dev/mem, too.
    let small = ["--memory", "reserved:0x10000000,64k", "map", "64k"];
    system.refuses(&[&[DEVICE], &small[..]].concat(), &["64 KiB", "too little"]);
}

#[test]
fn without_a_simulator_it_is_said_how_to_start_one() {
    let system = System::new();
    let socket = system.root.path().join("socket");
    let device = format!("sim:{}", socket.display());
    system.refuses(&["--device", &device, "probe"], &["vcm-sim serve"]);
    drop(UnixListener::bind(&socket).unwrap());
    system.refuses(
        &["--device", &device, "probe"],
        &["refused", "vcm-sim serve"],
    );
}

#[test]
fn another_server_is_not_taken_for_the_simulator() {
    let system = System::new();
    let socket = system.root.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || {
        use std::io::Write;
        let (mut client, _) = listener.accept().unwrap();
        client.write_all(&[0x55; 64]).unwrap();
    });
    let device = format!("sim:{}", socket.display());
    system.refuses(
        &["--device", &device, "probe"],
        &["not a VCM machine of this version"],
    );
}
