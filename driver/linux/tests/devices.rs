//! Devices, in folders that look like `/sys` and `/dev`, and files in memory for their nodes.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, SealFlags};
use vcm::addr::PhysAddr;
use vcm::seam::{Bus, BusError, Clock, Irq, PhysMem};
use vcm_linux::{Caching, Error, Memory, MonotonicClock, Roots, UDmaBuf, Uio, UioIrq, dev_mem};

struct System {
    folder: tempfile::TempDir,
    /// Files of which links in the folder tell the number.
    nodes: Vec<File>,
}

impl System {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("dev")).unwrap();
        Self {
            folder,
            nodes: Vec::new(),
        }
    }

    fn roots(&self) -> Roots {
        Roots {
            sys: self.folder.path().join("sys"),
            dev: self.folder.path().join("dev"),
        }
    }

    /// Writes files of a device's folder below `/sys/class`.
    fn describe(&self, device: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = self.roots().sys.join("class").join(device);
        for (file, content) in files {
            let file = folder.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        folder
    }

    /// A device node of so many bytes.
    fn node(&mut self, name: &str, size: u64) -> File {
        let file = memory_file(size, true);
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        symlink(path, self.roots().dev.join(name)).unwrap();
        let other = file.try_clone().unwrap();
        self.nodes.push(file);
        other
    }

    fn u_dma_buf(&mut self, class: &str, name: &str, coherent: &str) -> (PathBuf, File) {
        let folder = self.describe(
            &format!("{class}/{name}"),
            &[
                ("phys_addr", "0x0000000010000000\n"),
                ("size", "65536\n"),
                ("dma_coherent", coherent),
                ("sync_offset", ""),
                ("sync_size", ""),
                ("sync_direction", ""),
                ("sync_for_cpu", ""),
                ("sync_for_device", ""),
            ],
        );
        (folder, self.node(name, 65_536))
    }

    fn uio(&mut self, node: &str, name: &str, base: &str) {
        let files = [
            ("name", name),
            ("maps/map0/addr", base),
            ("maps/map0/size", "0x00010000\n"),
            ("maps/map0/offset", "0x0\n"),
        ];
        self.describe(&format!("uio/{node}"), &files);
    }
}

fn memory_file(size: u64, sealed: bool) -> File {
    let file = rustix::fs::memfd_create("device", MemfdFlags::ALLOW_SEALING).unwrap();
    rustix::fs::ftruncate(&file, size).unwrap();
    if sealed {
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK).unwrap();
    }
    file.into()
}

fn content(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

const BASE: PhysAddr = PhysAddr::new(0x1000_0000);

#[test]
fn a_buffer_of_u_dma_buf_is_found_by_name_in_old_and_new_classes() {
    let mut system = System::new();
    system.u_dma_buf("u-dma-buf", "udmabuf0", "0");
    system.u_dma_buf("udmabuf", "old", "1");
    let all = UDmaBuf::all(&system.roots()).unwrap();
    let names: Vec<_> = all.iter().map(|buffer| buffer.name.as_str()).collect();
    assert_eq!(names, ["udmabuf0", "old"]);
    let found = UDmaBuf::find(&system.roots(), "old").unwrap();
    assert_eq!(
        (found.base, found.size, found.coherent),
        (BASE, 65_536, true)
    );
    let error = UDmaBuf::find(&system.roots(), "udmabuf1").unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("modprobe") && text.contains("udmabuf0, old"),
        "{text}"
    );
}

#[test]
fn without_the_module_there_are_no_buffers() {
    let system = System::new();
    assert_eq!(UDmaBuf::all(&system.roots()).unwrap(), []);
    let error = UDmaBuf::find(&system.roots(), "udmabuf0").unwrap_err();
    assert!(error.to_string().ends_with("there are: none"), "{error}");
}

#[test]
fn a_buffer_is_memory_at_its_physical_address() {
    let mut system = System::new();
    let (_, node) = system.u_dma_buf("u-dma-buf", "udmabuf0", "0");
    let buffer = UDmaBuf::find(&system.roots(), "udmabuf0").unwrap();
    let memory = buffer.open(Caching::Off).unwrap();
    memory
        .write(PhysAddr::new(BASE.get() + 5), b"bytes")
        .unwrap();
    let mut seen = [0; 5];
    rustix::io::pread(&node, &mut seen, 5).unwrap();
    assert_eq!(&seen, b"bytes");
    for at in [BASE.get() - 1, BASE.get() + 65_534] {
        let at = PhysAddr::new(at);
        assert!(memory.read(at, &mut [0; 4]).is_err());
        assert!(memory.write(at, &[0; 4]).is_err());
    }
    assert!(memory.read32(PhysAddr::new(0)).is_err());
}

#[test]
fn memory_is_given_out_in_pages_and_taken_back() {
    let memory = Memory::anonymous(BASE, 0x1_0000).unwrap();
    let large = memory.allocate(0x4000, 0x4000).unwrap();
    assert!(large.is_aligned(0x4000));
    let small = memory.allocate(64, 64).unwrap();
    let next = memory.allocate(64, 64).unwrap();
    assert!(small.is_aligned(0x1000) && next != small);
    assert_eq!(memory.allocate(0x1_0000, 0x1000), None);
    assert_eq!(memory.allocate(u32::MAX, 1), None);
    memory.free(large, 0x4000);
    memory.free(small, 64);
    memory.free(next, 64);
    assert_eq!(memory.allocate(0x1_0000, 0x1000), Some(BASE));
}

#[test]
fn a_cached_buffer_is_handed_over_by_its_files_in_sys() {
    let mut system = System::new();
    let (folder, _) = system.u_dma_buf("u-dma-buf", "udmabuf0", "0");
    let buffer = UDmaBuf::find(&system.roots(), "udmabuf0").unwrap();
    let memory = buffer.open(Caching::On).unwrap();
    memory.sync_for_device(PhysAddr::new(BASE.get() + 0x2000), 0x1000);
    let wrote = |file| content(&folder, file);
    assert_eq!(wrote("sync_offset"), "8192");
    assert_eq!(wrote("sync_size"), "4096");
    assert_eq!(
        (wrote("sync_direction"), wrote("sync_for_device")),
        ("1".into(), "1".into())
    );
    assert_eq!(wrote("sync_for_cpu"), "");
    memory.sync_for_cpu(BASE, 64);
    assert_eq!(
        (wrote("sync_offset"), wrote("sync_size")),
        ("0".into(), "64".into())
    );
    assert_eq!(
        (wrote("sync_direction"), wrote("sync_for_cpu")),
        ("2".into(), "1".into())
    );
    assert_eq!(memory.sync_failures(), 0);
    fs::remove_dir_all(folder).unwrap();
    memory.sync_for_cpu(BASE, 64);
    assert_eq!(memory.sync_failures(), 1);
}

#[test]
fn an_uncached_buffer_and_a_coherent_one_need_no_handing_over() {
    for (coherent, caching) in [("0", Caching::Off), ("1", Caching::On)] {
        let mut system = System::new();
        let (folder, _) = system.u_dma_buf("u-dma-buf", "udmabuf0", coherent);
        let buffer = UDmaBuf::find(&system.roots(), "udmabuf0").unwrap();
        let memory = buffer.open(caching).unwrap();
        memory.sync_for_device(BASE, 64);
        memory.sync_for_cpu(BASE, 64);
        assert_eq!(content(&folder, "sync_for_device"), "");
        assert_eq!(content(&folder, "sync_for_cpu"), "");
    }
}

#[test]
fn a_file_that_could_shrink_or_is_too_short_is_no_memory() {
    let unsealed = memory_file(0x2000, false);
    let refused = Memory::of_file(unsealed, BASE, 0x2000).unwrap_err();
    assert!(matches!(refused, Error::CanShrink), "{refused}");
    let short = Memory::of_file(memory_file(0x1000, true), BASE, 0x2000);
    assert!(matches!(
        short,
        Err(Error::TooShort {
            has: 0x1000,
            wanted: 0x2000
        })
    ));
    let regular = Memory::of_file(tempfile::tempfile().unwrap(), BASE, 0x2000);
    assert!(matches!(regular, Err(Error::CanShrink)));
}

#[test]
fn ranges_that_are_no_pages_or_leave_the_address_space_are_refused() {
    for (base, size) in [
        (0x1000_0000, 0),
        (0x1000_0800, 0x1000),
        (0x1000_0000, 0x1800),
        (0xFFFF_F000, 0x2000),
    ] {
        let refused = Memory::anonymous(PhysAddr::new(base), size).unwrap_err();
        assert!(matches!(refused, Error::Range { .. }), "{refused}");
    }
    let system = System::new();
    let far = [("phys_addr", "0x800000000"), ("size", "4096")];
    system.describe("u-dma-buf/far", &far);
    let refused = UDmaBuf::find(&system.roots(), "far").unwrap_err();
    assert!(matches!(
        refused,
        Error::Range {
            base: 0x8_0000_0000,
            ..
        }
    ));
    let odd = [("phys_addr", "somewhere"), ("size", "4096")];
    system.describe("u-dma-buf/far", &odd);
    let refused = UDmaBuf::find(&system.roots(), "far").unwrap_err();
    assert!(matches!(refused, Error::NotANumber { .. }), "{refused}");
}

#[test]
fn a_uio_device_is_found_by_name_and_by_address() {
    let mut system = System::new();
    system.uio("uio0", "timer\n", "0xf8f00000\n");
    system.uio("uio1", "vcm\n", "0x40000000\n");
    let roots = system.roots();
    assert_eq!(Uio::named(&roots, "vcm").unwrap().node, "uio1");
    assert_eq!(Uio::at(&roots, 0x4000_0000).unwrap().node, "uio1");
    let text = Uio::named(&roots, "nothing").unwrap_err().to_string();
    assert!(text.contains("generic-uio"), "{text}");
    assert!(text.contains("uio1 (vcm at 0x40000000)"), "{text}");
    assert!(Uio::at(&roots, 0x4001_0000).is_err());
}

#[test]
fn registers_of_a_uio_device_are_words_of_its_map() {
    let mut system = System::new();
    system.uio("uio0", "vcm\n", "0x40000000\n");
    let node = system.node("uio0", 0x1_0000);
    let uio = Uio::named(&system.roots(), "vcm").unwrap();
    let (registers, _irq) = uio.open().unwrap();
    registers.write32(0x4000, 0x1234_5678).unwrap();
    let mut seen = [0; 4];
    rustix::io::pread(&node, &mut seen, 0x4000).unwrap();
    assert_eq!(u32::from_le_bytes(seen), 0x1234_5678);
    assert_eq!(registers.read32(0x4000), Ok(0x1234_5678));
    assert_eq!(registers.clone().read32(0xFFFC), Ok(0));
    for offset in [0x1_0000, 2, u32::MAX] {
        let error = |write| BusError { offset, write };
        assert_eq!(registers.read32(offset), Err(error(false)));
        assert_eq!(registers.write32(offset, 0), Err(error(true)));
    }
}

#[test]
fn a_device_without_a_node_or_without_registers_says_what_to_do() {
    let mut system = System::new();
    system.uio("uio0", "vcm\n", "0x40000000\n");
    let uio = Uio::named(&system.roots(), "vcm").unwrap();
    let text = uio.open().unwrap_err().to_string();
    assert!(
        text.contains("uio0") && text.contains("udev rule"),
        "{text}"
    );
    system.describe("uio/uio1", &[("name", "bare")]);
    let bare = Uio::named(&system.roots(), "bare").unwrap();
    let text = bare.open().unwrap_err().to_string();
    assert!(text.contains("reg property"), "{text}");
}

#[test]
fn an_interrupt_is_armed_waited_for_and_acknowledged() {
    let (node, mut kernel) = UnixStream::pair().unwrap();
    let irq = UioIrq::new(node.into());
    let mut armed = [0; 4];
    kernel.read_exact(&mut armed).unwrap();
    assert_eq!(u32::from_ne_bytes(armed), 1);

    let before = Instant::now();
    assert!(!irq.wait(Duration::from_millis(20)));
    assert!(before.elapsed() >= Duration::from_millis(20));
    assert!(!irq.wait(Duration::ZERO));

    kernel.write_all(&7_u32.to_ne_bytes()).unwrap();
    assert!(irq.wait(Duration::MAX));
    // It is pending until it is acknowledged, as a level is.
    assert!(irq.wait(Duration::ZERO));
    irq.ack();
    kernel.read_exact(&mut armed).unwrap();
    assert_eq!(u32::from_ne_bytes(armed), 1);
    assert!(!irq.wait(Duration::ZERO));

    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(10));
            kernel.write_all(&8_u32.to_ne_bytes()).unwrap();
        });
        assert!(irq.wait(Duration::from_secs(10)));
    });
}

#[test]
fn an_interrupt_of_a_device_that_is_gone_does_not_come() {
    let (node, kernel) = UnixStream::pair().unwrap();
    let irq = UioIrq::new(node.into());
    drop(kernel);
    assert!(!irq.wait(Duration::from_millis(5)));
    irq.ack();
}

#[test]
fn registers_can_be_had_by_dev_mem() {
    let mut system = System::new();
    // SAFETY: there is no such device, and so nothing is mapped.
    let missing = unsafe { dev_mem::registers(&system.roots(), 0x4000, 0x1000) };
    let text = missing.unwrap_err().to_string();
    assert!(text.contains("root") && text.contains("UIO"), "{text}");
    let node = system.node("mem", 0x8000);
    // SAFETY: it is a file of this test.
    let registers = unsafe { dev_mem::registers(&system.roots(), 0x4000, 0x1000) }.unwrap();
    registers.write32(8, 1).unwrap();
    let mut seen = [0; 1];
    rustix::io::pread(&node, &mut seen, 0x4008).unwrap();
    assert_eq!(seen, [1]);
    assert!(registers.read32(0x1000).is_err());
    // SAFETY: nothing is mapped.
    let refused = unsafe { dev_mem::registers(&system.roots(), 0x4010, 0x1000) };
    assert!(matches!(refused, Err(Error::Range { .. })));
}

#[test]
fn the_clock_does_not_go_back() {
    let clock = MonotonicClock::new();
    let times: Vec<_> = (0..1000).map(|_| clock.now()).collect();
    assert!(times.is_sorted());
}
