//! The bits of `alloc_flags` and `res_flags`. 0 is the RFC's 0: the default.

use core::ffi::c_uint;

use vcm::mmu::{Attributes, MemoryType};
use vcm::{AllocFlags, ResFlags};

use crate::refusal::Refusal;

/// `VCM_CONTIGUOUS`: one physically contiguous part.
pub const CONTIGUOUS: c_uint = 1;
/// Where `VCM_MAX_PAGE` has the logarithm of the largest part size.
pub const MAX_PAGE_SHIFT: c_uint = 16;
/// Where `VCM_ALIGN` has the logarithm of the alignment, in both kinds of flags.
pub const ALIGN_SHIFT: c_uint = 8;

/// `VCM_READ_ONLY`: devices may not write.
pub const READ_ONLY: c_uint = 1;
/// `VCM_EXECUTE`: instruction fetches are allowed.
pub const EXECUTE: c_uint = 2;
/// `VCM_PRIVILEGED`: privileged accesses only.
pub const PRIVILEGED: c_uint = 4;
/// `VCM_SECURE`: secure accesses stay secure.
pub const SECURE: c_uint = 8;
/// `VCM_NO_ACCESS`: every access faults.
pub const NO_ACCESS: c_uint = 1 << 7;
/// Where the memory type stands.
pub const MEMORY_SHIFT: c_uint = 4;

const LOG_MASK: c_uint = 31;
const MEMORY_MASK: c_uint = 7;

/// Memory types by number.
const MEMORY_TYPES: [MemoryType; 5] = [
    MemoryType::NonCacheable,
    MemoryType::StronglyOrdered,
    MemoryType::Device,
    MemoryType::WriteThrough,
    MemoryType::WriteBack,
];

/// A power of two from its logarithm; 0, which none of these can be, is none.
const fn power(flags: c_uint, shift: c_uint) -> u32 {
    match (flags >> shift) & LOG_MASK {
        0 => 0,
        log => 1 << log,
    }
}

/// The reverse.
const fn log(power: u32, shift: c_uint) -> c_uint {
    match power {
        0 | 1 => 0,
        power => power.trailing_zeros() << shift,
    }
}

pub(crate) fn alloc_flags(flags: c_uint) -> Result<AllocFlags, Refusal> {
    let known = CONTIGUOUS | LOG_MASK << ALIGN_SHIFT | LOG_MASK << MAX_PAGE_SHIFT;
    if flags & !known != 0 {
        return Err(Refusal::Argument("unknown bits in alloc_flags"));
    }
    Ok(AllocFlags {
        contiguous: flags & CONTIGUOUS != 0,
        align: power(flags, ALIGN_SHIFT),
        max_page: power(flags, MAX_PAGE_SHIFT),
    })
}

pub(crate) fn res_flags(flags: c_uint) -> Result<ResFlags, Refusal> {
    let bits = READ_ONLY | EXECUTE | PRIVILEGED | SECURE | NO_ACCESS;
    let known = bits | MEMORY_MASK << MEMORY_SHIFT | LOG_MASK << ALIGN_SHIFT;
    let memory = MEMORY_TYPES.get((flags >> MEMORY_SHIFT & MEMORY_MASK) as usize);
    let (0, Some(&memory)) = (flags & !known, memory) else {
        return Err(Refusal::Argument("unknown bits in res_flags"));
    };
    if flags & NO_ACCESS != 0 && flags & READ_ONLY != 0 {
        return Err(Refusal::Argument("read only, and no access at all"));
    }
    Ok(ResFlags {
        align: power(flags, ALIGN_SHIFT),
        attributes: Attributes {
            read: flags & NO_ACCESS == 0,
            write: flags & (READ_ONLY | NO_ACCESS) == 0,
            execute: flags & EXECUTE != 0,
            user: flags & PRIVILEGED == 0,
            secure: flags & SECURE != 0,
            memory,
        },
        ..ResFlags::default()
    })
}

/// The bits of a memory type.
pub fn memory_bits(memory: MemoryType) -> c_uint {
    let number = MEMORY_TYPES.iter().position(|&m| m == memory);
    (number.unwrap_or(0) as c_uint) << MEMORY_SHIFT
}

/// The bits for a driver written in C.
pub(crate) fn alloc_bits(flags: &AllocFlags) -> c_uint {
    (c_uint::from(flags.contiguous) * CONTIGUOUS)
        | log(flags.align, ALIGN_SHIFT)
        | log(flags.max_page, MAX_PAGE_SHIFT)
}

/// The bits for a driver written in C. The wanted address has none.
pub(crate) fn res_bits(flags: &ResFlags) -> c_uint {
    let attributes = &flags.attributes;
    let rights = match (attributes.read, attributes.write) {
        (false, _) => NO_ACCESS,
        (true, false) => READ_ONLY,
        (true, true) => 0,
    };
    rights
        | (c_uint::from(attributes.secure) * SECURE)
        | (c_uint::from(attributes.execute) * EXECUTE)
        | (c_uint::from(!attributes.user) * PRIVILEGED)
        | memory_bits(attributes.memory)
        | log(flags.align, ALIGN_SHIFT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_the_default() -> Result<(), Refusal> {
        assert_eq!(alloc_flags(0)?, AllocFlags::default());
        assert_eq!(res_flags(0)?, ResFlags::default());
        Ok(())
    }

    #[test]
    fn bits_come_back_as_they_were() {
        for bits in 0..1 << 21 {
            if let Ok(flags) = alloc_flags(bits) {
                assert_eq!(alloc_bits(&flags), bits);
            }
            if let Ok(flags) = res_flags(bits) {
                assert_eq!(res_bits(&flags), bits);
            }
        }
    }

    #[test]
    fn unknown_bits_are_refused() {
        assert!(alloc_flags(2).is_err());
        assert!(alloc_flags(1 << 31).is_err());
        assert!(res_flags(1 << 13).is_err());
        assert!(res_flags(READ_ONLY | NO_ACCESS).is_err());
        let rights = |flags| {
            let flags = res_flags(flags).ok()?;
            Some((flags.attributes.read, flags.attributes.write))
        };
        assert_eq!(rights(NO_ACCESS), Some((false, false)));
        assert_eq!(rights(READ_ONLY), Some((true, false)));
        assert_eq!(rights(0), Some((true, true)));
        assert!(res_flags(5 << MEMORY_SHIFT).is_err());
    }
}
