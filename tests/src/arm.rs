//! An emulator of the board's processing system, and the programs of `vcm-bare` for it.
//!
//! `make setup-arm` gets what this needs.

use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use vcm_sim::platform::{Config, Platform};

/// How many seconds an emulator may take.
const PATIENCE: &str = "300";

/// The emulator, and the programs.
pub struct Emulator {
    emulator: PathBuf,
    programs: PathBuf,
}

/// A platform whose memory the emulator can have: 512 MiB from address 0 on, in a file.
pub fn memory(mut config: Config) -> Config {
    config.ddr.base = 0;
    config.ddr.size = 0x2000_0000;
    config.shared()
}

impl Emulator {
    /// `None` where they cannot be had, which it tells.
    ///
    /// # Errors
    /// When the programs cannot be built.
    pub fn find() -> Result<Option<Self>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .canonicalize()?;
        let emulator = root.join(".arm/qemu-system");
        if !emulator.exists() {
            eprintln!("SKIPPED: no emulator of the board's processor here: run 'make setup-arm'");
            return Ok(None);
        }
        let built = Command::new(root.join("tools/arm")).arg("bare").output()?;
        let errors = String::from_utf8_lossy(&built.stderr);
        ensure!(
            built.status.success(),
            "the build of vcm-bare failed:\n{errors}"
        );
        let programs = root.join("target/arm/armv7a-none-eabi/no-std");
        Ok(Some(Self { emulator, programs }))
    }

    /// The emulator with a program, in the memory of a platform, with what else it is told; ended when it takes too
    /// long.
    ///
    /// # Errors
    /// When the memory is no file.
    pub fn command(&self, program: &str, platform: &Platform) -> Result<Command> {
        let memory = platform.shared_memory().context("the memory is no file")?;
        let file = format!(
            "/proc/{}/fd/{}",
            std::process::id(),
            memory.file().as_raw_fd()
        );
        let backend = format!("memory-backend-file,id=ddr,size=512M,mem-path={file},share=on");
        let mut command = Command::new("timeout");
        command
            .arg(PATIENCE)
            .arg(&self.emulator)
            .args(["-M", "xilinx-zynq-a9,memory-backend=ddr", "-m", "512M"])
            .args(["-object", &backend, "-no-reboot", "-display", "none"])
            .args(["-monitor", "none", "-kernel"])
            .arg(self.programs.join(program))
            .stdin(Stdio::null());
        Ok(command)
    }
}
