//! The registers that decide on transactions, as far as their writes were seen.

use vcm_regs::{Access, Block, MAP, RegisterInfo, context, global};

/// Streams and contexts.
const STREAMS: usize = global::S2CR.count as usize;
const CONTEXTS: usize = context::BLOCK.count as usize;

/// The registers of a context bank; `None` where nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bank {
    pub(super) sctlr: Option<u32>,
    pub(super) ttbr0: Option<u32>,
    pub(super) contextidr: Option<u32>,
    pub(super) dacr: Option<u32>,
}

/// The registers.
#[derive(Clone, Debug, Default)]
pub(super) struct Registers {
    pub(super) streams: [Option<u32>; STREAMS],
    pub(super) banks: [Bank; CONTEXTS],
    /// Changes with each write that matters.
    pub(super) version: u64,
}

impl Registers {
    /// As reset leaves them.
    pub(super) fn reset(&mut self) {
        let bank = Bank {
            sctlr: Some(context::SCTLR.reset()),
            ttbr0: Some(context::TTBR0.reset()),
            contextidr: Some(context::CONTEXTIDR.reset()),
            dacr: Some(context::DACR.reset()),
        };
        self.streams = [Some(global::S2CR.reset()); STREAMS];
        self.banks = [bank; CONTEXTS];
        self.version += 1;
    }

    /// The register at an offset, if it decides on transactions.
    fn held(&mut self, offset: u32) -> Option<(&'static RegisterInfo, &mut Option<u32>)> {
        let first = global::BLOCK.base + global::S2CR.offset;
        if let Some(at) = offset.checked_sub(first).map(|at| at as usize / 4) {
            if at < STREAMS {
                return Some((&global::S2CR, &mut self.streams[at]));
            }
        }
        let (index, local) = bank(&context::BLOCK, offset)?;
        let bank = self.banks.get_mut(index)?;
        match local {
            at if at == context::SCTLR.offset => Some((&context::SCTLR, &mut bank.sctlr)),
            at if at == context::TTBR0.offset => Some((&context::TTBR0, &mut bank.ttbr0)),
            at if at == context::DACR.offset => Some((&context::DACR, &mut bank.dacr)),
            at if at == context::CONTEXTIDR.offset => {
                Some((&context::CONTEXTIDR, &mut bank.contextidr))
            }
            _ => None,
        }
    }

    /// A write was answered.
    pub(super) fn write(&mut self, offset: u32, value: u32, strobes: u8) {
        let Some((info, held)) = self.held(offset) else {
            return;
        };
        let lanes = (0..4)
            .filter(|lane| strobes >> lane & 1 == 1)
            .fold(0, |mask, lane| mask | 0xFF << (8 * lane));
        // Of a register that is not known a part is no help.
        if held.is_none() && lanes != u32::MAX {
            return;
        }
        let kept = held.unwrap_or(0) & !lanes;
        *held = Some((kept | value & lanes) & info.mask(Access::ReadWrite));
        self.version += 1;
    }

    /// A read was answered: the register holds that.
    pub(super) fn read(&mut self, offset: u32, value: u32) {
        if let Some((info, held)) = self.held(offset) {
            if held.is_none() {
                *held = Some(value & info.mask(Access::ReadWrite));
                self.version += 1;
            }
        }
    }
}

/// Index of the bank of a block that an offset lies in, and the offset within it.
pub(super) fn bank(block: &Block, offset: u32) -> Option<(usize, u32)> {
    let local = offset.checked_sub(block.base)?;
    let index = local / block.stride;
    (index < block.count).then_some((index as usize, local % block.stride))
}

/// Name of the register at an offset, such as `CONTEXT3.SCTLR` or `GLOBAL.S2CR5`.
pub fn register_name(offset: u32) -> Option<String> {
    for block in MAP {
        let Some((index, local)) = bank(block, offset) else {
            continue;
        };
        for register in block.registers {
            let Some(at) = local.checked_sub(register.offset).map(|at| at / 4) else {
                continue;
            };
            if at < register.count {
                let bank = match block.count {
                    1 => String::new(),
                    _ => index.to_string(),
                };
                let element = match register.count {
                    1 => String::new(),
                    _ => at.to_string(),
                };
                return Some(format!("{}{bank}.{}{element}", block.name, register.name));
            }
        }
    }
    None
}

/// Name of a fault status code, such as `TRANSLATION_L2`.
pub fn fault_name(status: u32) -> String {
    let mut known = vcm_regs::fault::ALL.iter();
    match known.find(|known| known.value == status) {
        Some(known) => known.name.to_owned(),
        None => format!("{status:#04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_named_with_their_bank_and_place() {
        let named = |offset| register_name(offset).unwrap_or_default();
        assert_eq!(named(0x8000), "CONTEXT0.SCTLR");
        assert_eq!(named(0xB020), "CONTEXT3.TTBR0");
        assert_eq!(named(0x0214), "GLOBAL.S2CR5");
        assert_eq!(named(0x0000), "GLOBAL.IDR0");
        assert_eq!(register_name(0x0FFC), None);
    }

    #[test]
    fn a_part_of_a_register_that_is_not_known_is_no_value() {
        let mut registers = Registers::default();
        registers.write(0x8080, 0x55, 0b0001);
        assert_eq!(registers.banks[0].dacr, None);
        registers.write(0x8080, 0x1234_5678, 0b1111);
        registers.write(0x8080, 0xFF, 0b0001);
        assert_eq!(registers.banks[0].dacr, Some(0x1234_56FF));
    }
}
