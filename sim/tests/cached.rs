//! Where memory has to be synced, it is: on a machine whose processor has a cache of its own, and on one
//! where a kind of sync is left out, which is found.

use anyhow::Result;
use vcm::addr::PhysAddr;
use vcm::seam::{MemError, PhysMem};
use vcm_sim::cached::{Cached, CachedMemory};
use vcm_sim::demo::{self, simulated};

/// Leaves out some syncs.
#[derive(Clone)]
struct Forgetful {
    memory: CachedMemory,
    device: bool,
    cpu: bool,
}

impl PhysMem for Forgetful {
    fn allocate(&self, size: u32, align: u32) -> Option<PhysAddr> {
        self.memory.allocate(size, align)
    }

    fn free(&self, at: PhysAddr, size: u32) {
        self.memory.free(at, size);
    }

    fn read(&self, at: PhysAddr, into: &mut [u8]) -> Result<(), MemError> {
        self.memory.read(at, into)
    }

    fn write(&self, at: PhysAddr, from: &[u8]) -> Result<(), MemError> {
        self.memory.write(at, from)
    }

    fn sync_for_device(&self, at: PhysAddr, size: u32) {
        if !self.device {
            self.memory.sync_for_device(at, size);
        }
    }

    fn sync_for_cpu(&self, at: PhysAddr, size: u32) {
        if !self.cpu {
            self.memory.sync_for_cpu(at, size);
        }
    }
}

/// The first rule broken by the demonstration when such syncs are forgotten.
fn broken(device: bool, cpu: bool) -> Result<Option<String>> {
    let platform = simulated::machine()?;
    let memory = CachedMemory::new(&platform);
    let forgetful = Forgetful {
        memory,
        device,
        cpu,
    };
    let machine = Cached::new(&platform, forgetful);
    let file: Vec<u8> = (0..150_001_u32)
        .map(|n| (n.wrapping_mul(n) >> 7) as u8)
        .collect();
    let report = demo::run(&machine, &file, &mut ());
    platform.step(1);
    let broken = platform.check().err().map(|error| error.to_string());
    if broken.is_none() {
        let failures: Vec<_> = report?.failures().cloned().collect();
        assert!(failures.is_empty(), "{failures:?}");
    }
    Ok(broken)
}

#[test]
fn the_driver_and_the_demonstration_sync_wherever_they_have_to() -> Result<()> {
    assert_eq!(broken(false, false)?, None);
    Ok(())
}

#[test]
fn a_table_that_was_not_synced_is_found_when_it_is_walked() -> Result<()> {
    let broken = broken(true, true)?.unwrap_or_default();
    let first = "m_axi_ptw: a device reads the line";
    assert!(broken.contains(first), "{broken}");
    assert!(broken.contains("sync_for_device is missing"), "{broken}");
    Ok(())
}

#[test]
fn a_sync_that_would_lose_what_was_written_is_found() -> Result<()> {
    let broken = broken(true, false)?.unwrap_or_default();
    assert!(broken.contains("sync_for_cpu loses"), "{broken}");
    Ok(())
}

#[test]
fn a_copy_that_is_read_from_the_cache_is_found() -> Result<()> {
    let broken = broken(false, true)?.unwrap_or_default();
    assert!(broken.contains("sync_for_cpu is missing"), "{broken}");
    Ok(())
}
