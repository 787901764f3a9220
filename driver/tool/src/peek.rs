//! Registers, looked at past the driver: what another program has left in them.

use std::time::Duration;

use vcm::addr::{Iova, PhysAddr};
use vcm::iommu::{FaultKind, Features};
use vcm::seam::{Bus, BusError, Clock};
use vcm_regs::context::{
    self, Atsr, Contextidr, Par, Resume, Sctlr, Tlbiall, Tlbivaa, Tlbstatus, Tlbsync, Ttbr0, V2pur,
    V2puw,
};
use vcm_regs::global::{self, S2cr, stream_type};
use vcm_regs::{Block, Register};

use crate::failure::{Failure, While};
use vcm_linux::Device;

/// How long a command of the hardware may take.
const PATIENCE: Duration = Duration::from_millis(10);

/// The registers of a device.
pub(crate) struct Peek<'d> {
    device: &'d Device,
    pub(crate) features: Features,
}

/// What the registers of a context say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bank {
    pub(crate) number: u8,
    pub(crate) enabled: bool,
    pub(crate) one_to_one: bool,
    pub(crate) asid: u32,
    pub(crate) root: PhysAddr,
}

impl<'d> Peek<'d> {
    /// Reads the ID registers.
    pub(crate) fn new(device: &'d Device) -> Result<Self, Failure> {
        let features = vcm::iommu::identify(&device.bus)?;
        Ok(Self { device, features })
    }

    fn read<R: Register>(&self, block: &Block, index: u32, nth: u32) -> Result<R, BusError> {
        let offset = block.at(index) + R::INFO.offset + 4 * nth;
        self.device.bus.read32(offset).map(R::from_bits)
    }

    fn write<R: Register>(&self, block: &Block, index: u32, value: R) -> Result<(), BusError> {
        let offset = block.at(index) + R::INFO.offset;
        self.device.bus.write32(offset, value.bits())
    }

    /// All contexts.
    pub(crate) fn banks(&self) -> Result<Vec<Bank>, Failure> {
        let numbers = 0..self.features.contexts as u8;
        let banks = numbers.map(|number| self.bank_as_is(number));
        banks.collect::<Result<_, _>>().when("reading the contexts")
    }

    /// One context.
    pub(crate) fn bank(&self, number: u8) -> Result<Bank, Failure> {
        let contexts = self.features.contexts;
        if u32::from(number) >= contexts {
            return Err(Failure::Unusable(format!(
                "there is no context {number}: they are numbered from 0 to {}",
                contexts - 1
            )));
        }
        self.bank_as_is(number).when("reading the context")
    }

    fn bank_as_is(&self, number: u8) -> Result<Bank, BusError> {
        let index = u32::from(number);
        let control: Sctlr = self.read(&context::BLOCK, index, 0)?;
        let root: Ttbr0 = self.read(&context::BLOCK, index, 0)?;
        let id: Contextidr = self.read(&context::BLOCK, index, 0)?;
        Ok(Bank {
            number,
            enabled: control.has(Sctlr::M),
            one_to_one: control.has(Sctlr::ONE2ONE),
            asid: id.get(Contextidr::ASID),
            root: PhysAddr::new(root.get(Ttbr0::BASE) << Ttbr0::BASE.lsb),
        })
    }

    fn stream(&self, number: u32) -> Result<S2cr, Failure> {
        let read = self.read(&global::BLOCK, 0, number);
        read.when("reading the stream map")
    }

    /// The streams that go to this context.
    pub(crate) fn streams_of(&self, bank: u8) -> Result<Vec<u32>, Failure> {
        let mut streams = Vec::new();
        for number in 0..self.features.streams {
            let entry = self.stream(number)?;
            let translated = entry.get(S2cr::TYPE) == stream_type::TRANSLATE;
            if translated && entry.get(S2cr::CBNDX) == u32::from(bank) {
                streams.push(number);
            }
        }
        Ok(streams)
    }

    /// The streams that pass untranslated.
    pub(crate) fn bypassed(&self) -> Result<Vec<u32>, Failure> {
        let mut streams = Vec::new();
        for number in 0..self.features.streams {
            if self.stream(number)?.get(S2cr::TYPE) == stream_type::BYPASS {
                streams.push(number);
            }
        }
        Ok(streams)
    }

    /// Refuses if the IOMMU is in use.
    pub(crate) fn refuse_if_in_use(&self) -> Result<(), Failure> {
        let mut uses = Vec::new();
        for bank in self.banks()?.iter().filter(|bank| bank.enabled) {
            uses.push(format!("context {} is enabled", bank.number));
        }
        for stream in self.bypassed()? {
            uses.push(format!("stream {stream} is bypassed"));
        }
        if uses.is_empty() {
            return Ok(());
        }
        Err(Failure::Unusable(format!(
            "the IOMMU is in use ({}): end the program that uses it, or take it over with --force",
            uses.join(", ")
        )))
    }

    /// Where the hardware finds an address, for an unprivileged read or write.
    pub(crate) fn ask_hardware(
        &self,
        bank: u8,
        at: Iova,
        write: bool,
    ) -> Result<Result<PhysAddr, FaultKind>, Failure> {
        let (block, index) = (&context::BLOCK, u32::from(bank));
        let page = at.get() >> V2pur::VA.lsb;
        let given = if write {
            self.write(block, index, V2puw::default().with(V2puw::VA, page))
        } else {
            self.write(block, index, V2pur::default().with(V2pur::VA, page))
        };
        given.when("asking the hardware")?;
        self.wait("the answer to an address", || {
            Ok(!self.read::<Atsr>(block, index, 0)?.has(Atsr::ACTIVE))
        })?;
        let result: Par = self.read(block, index, 0).when("asking the hardware")?;
        if result.has(Par::F) {
            return Ok(Err(FaultKind::from_code(result.get(Par::FS))));
        }
        let page = result.get(Par::PA) << Par::PA.lsb;
        Ok(Ok(PhysAddr::new(page | (at.get() & 0xfff))))
    }

    /// Stops a context and its streams, and waits until nothing of it is under way.
    pub(crate) fn stop(&self, bank: u8) -> Result<(), Failure> {
        let doing = "stopping the context";
        for stream in self.streams_of(bank)? {
            let offset = global::BLOCK.at(0) + S2cr::INFO.offset + 4 * stream;
            let entry = S2cr::default().with(S2cr::TYPE, stream_type::TERMINATE);
            self.device.bus.write32(offset, entry.bits()).when(doing)?;
        }
        let index = u32::from(bank);
        self.write(&context::BLOCK, index, Sctlr::default())
            .when(doing)?;
        // Whoever stands stalled would be waited for in vain.
        if self.features.minor > 0 {
            let resume = Resume::default().with(Resume::TERMINATE, 1);
            self.write(&context::BLOCK, index, resume).when(doing)?;
        }
        self.write(&context::BLOCK, index, Tlbiall::default())
            .when(doing)?;
        self.sync(bank)
    }

    /// Forgets an address of a context, and waits until nothing uses it.
    pub(crate) fn forget(&self, bank: u8, at: Iova) -> Result<(), Failure> {
        let command = Tlbivaa::default().with(Tlbivaa::VA, at.get() >> Tlbivaa::VA.lsb);
        self.write(&context::BLOCK, bank.into(), command)
            .when("invalidating the page")?;
        self.sync(bank)
    }

    fn sync(&self, bank: u8) -> Result<(), Failure> {
        let (block, index) = (&context::BLOCK, u32::from(bank));
        self.write(block, index, Tlbsync::default())
            .when("synchronising")?;
        self.wait("the confirmation of the hardware", || {
            let status: Tlbstatus = self.read(block, index, 0)?;
            Ok(!status.has(Tlbstatus::SACTIVE))
        })
    }

    fn wait(
        &self,
        what: &str,
        is_done: impl Fn() -> Result<bool, BusError>,
    ) -> Result<(), Failure> {
        let deadline = self.device.clock.now() + PATIENCE;
        loop {
            let late = self.device.clock.now() > deadline;
            if is_done().when("waiting for the hardware")? {
                return Ok(());
            }
            if late {
                return Err(Failure::Wrong(format!(
                    "{what} did not come in time: a bus master or the memory may hang"
                )));
            }
        }
    }
}
