//! The page tables in memory, as a reader sees them that knows nothing of who wrote them.

use vcm::addr::{Iova, PhysAddr};
use vcm::mmu::{Attributes, MemoryType};
use vcm_sim::golden::{
    Access, BusFault, Context, Fault, Level, MemoryAttributes, PageSize, Translation, translate,
};
use vcm_sim::platform::BackDoor;

/// A reader of one context's tables.
#[derive(Debug)]
pub struct Tables {
    door: BackDoor,
    context: Context,
}

/// The address after the last one.
const END: u64 = 1 << 32;

impl Tables {
    /// Reads the memory behind `door`, from where the registers of `context` point to.
    pub const fn new(door: BackDoor, context: Context) -> Self {
        Self { door, context }
    }

    /// Translates an access as the architecture demands.
    ///
    /// # Errors
    /// The [`Fault`] that it takes.
    pub fn translate(&self, access: Access) -> Result<Translation, Fault> {
        let mut memory = |pa| self.door.read32(PhysAddr::new(pa)).map_err(|_| BusFault);
        translate(&self.context, access, &mut memory)
    }

    /// Where a privileged read of an address goes.
    ///
    /// # Errors
    /// The [`Fault`] that it takes.
    pub fn read(&self, iova: u32) -> Result<Translation, Fault> {
        self.translate(Access {
            iova,
            privileged: true,
            ..Access::default()
        })
    }

    /// Everything that is mapped: 4 KiB pages of the whole 32-bit space, by address.
    pub fn mapped(&self) -> Vec<(Iova, PhysAddr)> {
        let mut mapped = Vec::new();
        let mut at = 0_u64;
        while at < END {
            let size = match self.read(at as u32) {
                Ok(page) => {
                    mapped.push((Iova::new(at as u32), PhysAddr::new(page.pa)));
                    PageSize::Small
                }
                Err(Fault::Translation(Level::First)) => PageSize::Section,
                Err(_) => PageSize::Small,
            };
            at = at + u64::from(size.bytes()) - at % u64::from(size.bytes());
        }
        mapped
    }

    /// For tests: the page at `iova` leads to `phys` by a page of `size` (any, if `None`), for exactly
    /// the accesses that `attributes` permit, as memory of that type.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn assert_page(
        &self,
        iova: Iova,
        phys: PhysAddr,
        size: Option<PageSize>,
        attributes: Attributes,
    ) {
        for bits in 0..8 {
            let access = Access {
                iova: iova.get(),
                write: bits & 1 != 0,
                privileged: bits & 2 != 0,
                instruction: bits & 4 != 0,
            };
            // An instruction is read, so an access that is both is a write to an executable page.
            let permitted = (attributes.write || !access.write)
                && (attributes.user || access.privileged)
                && (attributes.execute || !access.instruction);
            match self.translate(access) {
                Ok(page) => {
                    assert!(permitted, "{access:x?} is permitted");
                    assert_eq!(page.pa, phys.get(), "{access:x?}");
                    assert!(size.is_none_or(|size| page.size == size), "{page:x?}");
                    assert_eq!(type_bits(page.attributes), bits_of(attributes.memory));
                    assert!(page.not_global, "{iova} is in the TLB for all contexts");
                }
                Err(fault) => {
                    assert!(!permitted, "{access:x?}: {fault}");
                    assert!(
                        matches!(fault, Fault::Permission(_)),
                        "{access:x?}: {fault}"
                    );
                }
            }
        }
    }
}

/// TEX, C and B.
fn type_bits(attributes: MemoryAttributes) -> (u8, bool, bool) {
    (attributes.tex, attributes.c, attributes.b)
}

/// TEX, C and B of a memory type (ARM ARM table B3-10).
const fn bits_of(memory: MemoryType) -> (u8, bool, bool) {
    match memory {
        MemoryType::StronglyOrdered => (0b000, false, false),
        MemoryType::Device => (0b000, false, true),
        MemoryType::NonCacheable => (0b001, false, false),
        MemoryType::WriteThrough => (0b000, true, false),
        MemoryType::WriteBack => (0b001, true, true),
    }
}
