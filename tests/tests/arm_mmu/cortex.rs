//! A Cortex-A9 in the emulated processing system of a Zynq-7000, whose memory is the simulation's.

use anyhow::{Context as _, Result, bail, ensure};
use vcm::addr::PhysAddr;
use vcm_sim::golden;
use vcm_sim::platform::Platform;
use vcm_tests::arm::Emulator;

/// The MiB that the program lies in (`driver/bare/zynq.ld`): the tables map it one to one.
pub const PROGRAM: u32 = 0x0010_0000;
const MAILBOX: u32 = 0x0018_0000;
const ASKED: u32 = 0x3F4D_4356;
const ANSWERED: u32 = 0x214D_4356;
/// So many addresses may be asked about at a time.
pub const MOST: usize = 24_000;

/// The processor's word on an address (DDI 0406C B4.1.112).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Par(pub u32);

impl Par {
    /// The page's address, or the status of the fault.
    pub fn decode(self, at: u32) -> Result<u32, u32> {
        match (self.0 & 1, self.0 & 2) {
            (1, _) => Err(self.0 >> 1 & 0x1F),
            (_, 2) => Ok(self.0 & 0xFF00_0000 | at & 0x00FF_F000),
            _ => Ok(self.0 & 0xFFFF_F000),
        }
    }
}

/// The emulator, with the program `vcm-bare-mmu`.
pub struct Cortex(Emulator);

impl Cortex {
    /// `None` where they cannot be had, which it tells.
    pub fn find() -> Result<Option<Self>> {
        Ok(Emulator::find()?.map(Self))
    }

    /// What the processor makes of addresses with the tables that are in memory: for each, privileged
    /// read and write, user read and write.
    pub fn ask(
        &self,
        platform: &Platform,
        context: &golden::Context,
        addresses: &[u32],
    ) -> Result<Vec<[Par; 4]>> {
        ensure!(addresses.len() <= MOST, "too many addresses");
        let door = platform.back_door();
        let word = |n: usize| PhysAddr::new(MAILBOX + 4 * n as u32);
        let question = [
            ASKED,
            context.ttbr0,
            context.dacr,
            context.access_flag.into(),
            addresses.len() as u32,
        ];
        for (n, value) in question.into_iter().enumerate() {
            door.write32(word(n), value)?;
        }
        for (n, &at) in addresses.iter().enumerate() {
            door.write32(word(8 + n), at)?;
        }
        let said = self.run(platform)?;
        let checked = said.contains("checked") && !said.contains("FAILED");
        if !checked || door.read32(word(0))? != ANSWERED {
            bail!("the program says: {said}");
        }
        let first = 8 + addresses.len();
        let par = |n| anyhow::Ok(Par(door.read32(word(first + n))?));
        (0..addresses.len())
            .map(|n| {
                Ok([
                    par(4 * n)?,
                    par(4 * n + 1)?,
                    par(4 * n + 2)?,
                    par(4 * n + 3)?,
                ])
            })
            .collect()
    }

    /// Runs the program, and returns what it says on the serial port.
    fn run(&self, platform: &Platform) -> Result<String> {
        let mut command = self.0.command("vcm-bare-mmu", platform)?;
        let output = command
            .args(["-serial", "stdio"])
            .output()
            .context("cannot run the emulator")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}: {errors}", output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
