//! What callers want and what drivers return, checked before it is used.

use alloc::vec::Vec;

use super::driver::Driver;
use super::flags::{AllocFlags, ResFlags};
use super::region::{PAGE_SIZE, Region};
use crate::error::{Error, Flaw};
use crate::mmu::PhysPart;

/// Rounds a wanted size up to pages.
pub(super) fn round_up(size: u32) -> Result<u32, Error> {
    if size == 0 {
        return Err(Error::ZeroSize);
    }
    size.checked_next_multiple_of(PAGE_SIZE)
        .ok_or(Error::SizeOverflow { size })
}

/// Checks the range of a new context.
pub(super) fn space(space: Region) -> Result<(), Error> {
    if space.size == 0 {
        Err(Error::ZeroSize)
    } else if !space.is_page_aligned() {
        Err(Error::ContextMisaligned(space))
    } else if space.end() > 1 << 32 {
        Err(Error::ContextWraps(space))
    } else {
        Ok(())
    }
}

/// Checks that a driver can do anything at all.
pub(super) fn driver<D: Driver + ?Sized>(driver: &mut D) -> Result<(), Error> {
    if driver.alloc_op().is_some()
        || driver.res_op().is_some()
        || driver.phys_op().is_some()
        || driver.map_op().is_some()
    {
        Ok(())
    } else {
        Err(Error::DriverIncomplete)
    }
}

fn alignment(align: u32) -> Result<(), Error> {
    if align == 0 || align.is_power_of_two() {
        Ok(())
    } else {
        Err(Error::BadAlignment { align })
    }
}

pub(super) fn alloc_flags(flags: &AllocFlags) -> Result<(), Error> {
    alignment(flags.align)?;
    alignment(flags.max_page)?;
    if flags.max_page != 0 && flags.max_page < PAGE_SIZE {
        return Err(Error::BadAlignment {
            align: flags.max_page,
        });
    }
    Ok(())
}

pub(super) fn res_flags(flags: &ResFlags, size: u32, space: Region) -> Result<(), Error> {
    alignment(flags.align)?;
    if !flags.attributes.is_possible() {
        return Err(Error::WriteOnly);
    }
    let Some(at) = flags.at else {
        return Ok(());
    };
    let wanted = Region::new(at, size);
    let is_within = flags.within.is_none_or(|within| within.encloses(&wanted));
    if at.is_aligned(flags.align.max(PAGE_SIZE)) && space.encloses(&wanted) && is_within {
        Ok(())
    } else {
        Err(Error::BadAddress { at })
    }
}

/// Checks a reservation that a driver has made, apart from overlaps.
pub(super) fn reservation(
    region: Region,
    wanted: u32,
    flags: &ResFlags,
    space: Region,
) -> Result<(), Flaw> {
    if region.size == 0 || !region.is_page_aligned() {
        Err(Flaw::Misaligned(region))
    } else if !space.encloses(&region) {
        Err(Flaw::OutsideContext(region))
    } else if region.size < wanted {
        Err(Flaw::TooSmall {
            wanted,
            got: region.size,
        })
    } else if flags.at.is_some_and(|at| at != region.start)
        || !region.start.is_aligned(flags.align.max(1))
        || flags.within.is_some_and(|within| !within.encloses(&region))
    {
        Err(Flaw::Misplaced(region))
    } else {
        Ok(())
    }
}

/// Checks physical memory that a driver has allocated, and returns its size.
pub(super) fn parts(parts: &[PhysPart], wanted: u32) -> Result<u32, Flaw> {
    if parts.is_empty() {
        return Err(Flaw::NoParts);
    }
    let end = |part: &PhysPart| u64::from(part.start.get()) + u64::from(part.size);
    for (index, part) in parts.iter().enumerate() {
        let aligned = (part.start.get() | part.size) & (PAGE_SIZE - 1) == 0;
        if part.size == 0 || !aligned || end(part) > 1 << 32 {
            return Err(Flaw::BadPart { index });
        }
    }
    let disjoint = |parts: &[PhysPart]| {
        parts
            .windows(2)
            .all(|w| end(&w[0]) <= u64::from(w[1].start.get()))
    };
    if !disjoint(parts) {
        // Ascending parts, the usual case, need no copy.
        let mut sorted = Vec::from(parts);
        sorted.sort_unstable_by_key(|part| part.start);
        if !disjoint(&sorted) {
            return Err(Flaw::PartsOverlap);
        }
    }
    let got = parts.iter().map(|part| u64::from(part.size)).sum();
    match u32::try_from(got) {
        Ok(size) if size >= wanted => Ok(size),
        _ => Err(Flaw::PartSum { wanted, got }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addr::{Iova, PhysAddr};

    fn part(start: u32, size: u32) -> PhysPart {
        PhysPart {
            start: PhysAddr::new(start),
            size,
        }
    }

    #[test]
    fn sizes_are_rounded_up_to_pages_and_never_to_zero() {
        assert_eq!(round_up(1), Ok(4096));
        assert_eq!(round_up(4096), Ok(4096));
        assert_eq!(round_up(0xFFFF_F000), Ok(0xFFFF_F000));
        assert_eq!(round_up(0), Err(Error::ZeroSize));
        let size = 0xFFFF_F001;
        assert_eq!(round_up(size), Err(Error::SizeOverflow { size }));
    }

    #[test]
    fn a_context_may_end_where_the_address_space_ends_but_not_wrap() {
        let region = |start, size| Region::new(Iova::new(start), size);
        assert_eq!(space(region(0xFFFF_F000, 0x1000)), Ok(()));
        let wraps = region(0xFFFF_F000, 0x2000);
        assert_eq!(space(wraps), Err(Error::ContextWraps(wraps)));
        assert_eq!(space(region(0, 0)), Err(Error::ZeroSize));
        for bad in [region(0x10, 0x1000), region(0x1000, 0x1010)] {
            assert_eq!(space(bad), Err(Error::ContextMisaligned(bad)));
        }
    }

    #[test]
    fn parts_that_a_driver_returns_are_checked_one_by_one_and_in_sum() {
        let good = [part(0x8000, 0x1000), part(0x2000, 0x3000)];
        assert_eq!(parts(&good, 0x4000), Ok(0x4000));
        assert_eq!(parts(&[], 0x1000), Err(Flaw::NoParts));
        for bad in [
            part(0x10, 0x1000),
            part(0, 0),
            part(0, 0x800),
            part(0xFFFF_F000, 0x2000),
        ] {
            let list = [part(0x1_0000, 0x1000), bad];
            assert_eq!(parts(&list, 0x2000), Err(Flaw::BadPart { index: 1 }));
        }
        let overlap = [part(0x4000, 0x2000), part(0x3000, 0x2000)];
        assert_eq!(parts(&overlap, 0x4000), Err(Flaw::PartsOverlap));
        let (wanted, got) = (0x5000, 0x4000);
        assert_eq!(parts(&good, wanted), Err(Flaw::PartSum { wanted, got }));
    }
}
