//! What an instruction that was aborted wanted.

/// A word, from memory or to it, by the number of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Into this register.
    Load(usize),
    /// Out of this register.
    Store(usize),
}

/// Bits 27 and 26, P, B and W ...
const FORM: u32 = 0x0D60_0000;
/// ... of a word at an offset, with the base left as it is.
const WORD_AT_OFFSET: u32 = 0x0500_0000;
/// With bit 4: not a load or store, but a media instruction (DDI 0406C A5.3).
const BY_REGISTER: u32 = 1 << 25;
const LOAD: u32 = 1 << 20;
/// The program counter.
const PC: usize = 15;

impl Access {
    /// LDR and STR of the A32 encoding (DDI 0406C A8.8.63 to A8.8.66, A8.8.204, A8.8.205), by which volatile words
    /// are read and written. `None` for all others.
    pub const fn decode(word: u32) -> Option<Self> {
        let media = word & BY_REGISTER != 0 && word & 1 << 4 != 0;
        let unconditional = word >> 28 == 0xF;
        let register = (word >> 12 & 0xF) as usize;
        if word & FORM != WORD_AT_OFFSET || media || unconditional || register == PC {
            return None;
        }
        Some(match word & LOAD {
            0 => Self::Store(register),
            _ => Self::Load(register),
        })
    }
}
