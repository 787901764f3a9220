//! The whole board design: the driver reaches the hardware through the processing system's model and the
//! bridges, and the hardware reaches memory through AXI3.

use std::sync::{Arc, Mutex};

use anyhow::Result;
use vcm::seam::Bus;
use vcm_regs::global::{IDR0, IDR0_MAGIC};
use vcm_sim::check::{AxiPort, AxilPort, PortChecks};
use vcm_sim::demo;
use vcm_sim::model::Top;
use vcm_sim::platform::{Config, Platform};
use vcm_sim::signals::{AxiAddr, Cycle, Observer, Violation};

/// The longest bursts on `S_AXI_HP0`.
#[derive(Debug, Default)]
struct Longest {
    read: u8,
    write: u8,
    walks: u64,
}

impl Observer for Longest {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        let len = |channel: &AxiAddr| if channel.fires() { channel.len } else { 0 };
        self.read = self.read.max(len(&cycle.m_axi.ar));
        self.write = self.write.max(len(&cycle.m_axi.aw));
        self.walks += u64::from(cycle.m_axi_ptw.ar.fires());
        Ok(())
    }
}

fn board(config: Config) -> Result<(Platform, Arc<Mutex<Longest>>)> {
    let platform = Platform::new(Config {
        top: Top::Board,
        pool: 0x0400_0000..0x2000_0000,
        ..config
    })?;
    let hp0 = AxiPort {
        name: "S_AXI_HP0",
        id_bits: 6,
        ..AxiPort::m_axi()
    };
    platform.observe(PortChecks::new(
        AxilPort::s_axil(),
        AxiPort::s_axi(),
        hp0,
        AxiPort::m_axi_ptw(),
    ));
    let longest = Arc::new(Mutex::new(Longest::default()));
    platform.observe(longest.clone());
    Ok((platform, longest))
}

/// Bytes of which no two pages are alike.
fn content(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    fastrand::Rng::with_seed(size as u64).fill(&mut bytes);
    bytes
}

fn demonstrate(config: Config, size: usize) -> Result<()> {
    let (platform, longest) = board(config)?;
    let file = content(size);
    let report = demo::run(&platform, &file, &mut ())?;
    let failures: Vec<String> = report
        .failures()
        .map(|check| format!("{check:?}"))
        .collect();
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(report.copy == file, "the copy differs");
    platform.check()?;
    let longest = longest.lock().expect("nobody panicked");
    assert_eq!(
        (longest.read, longest.write),
        (15, 15),
        "AXI3 has 16 beats a burst"
    );
    assert!(longest.walks > 0);
    Ok(())
}

#[test]
fn the_driver_finds_the_iommu_through_the_processing_system() -> Result<()> {
    let (platform, _) = board(Config::default())?;
    assert_eq!(platform.bus().read32(IDR0.offset)?, IDR0_MAGIC);
    platform.reset();
    platform.step(1); // no VALID in the first cycle after reset (IHI 0022E A3.1.2)
    assert_eq!(platform.bus().read32(IDR0.offset)?, IDR0_MAGIC);
    platform.check()?;
    Ok(())
}

#[test]
fn the_demonstration_runs_on_the_whole_board() -> Result<()> {
    demonstrate(Config::default(), 1 << 20)
}

#[test]
fn back_pressure_at_every_port_of_the_processing_system_changes_nothing() -> Result<()> {
    demonstrate(Config::default().stressed(1), 100_000)
}
