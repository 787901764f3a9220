//! How table walks read memory.

use vcm_regs::global::WalkAttr;

use super::{Checked, Iommu, IommuError};
use crate::seam::{Bus, Clock, PhysMem};

/// Bits of AxCACHE (IHI 0022E A4.4): what is not modifiable must not be allocated.
const MODIFIABLE: u32 = 0b0010;
const ALLOCATE: u32 = 0b1100;

/// What table walks put on their AXI port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkAttributes {
    /// ARCACHE, 4 bits. On a coherent port (the ACP of a Zynq-7000) walks see the CPU's caches with
    /// 0b1111.
    pub cache: u8,
    /// ARUSER, 5 bits. On the ACP bit 0 makes a read coherent.
    pub user: u8,
}

impl Default for WalkAttributes {
    /// What the hardware has after a reset: normal memory, not cacheable.
    fn default() -> Self {
        let register = WalkAttr::default();
        Self {
            cache: register.get(WalkAttr::CACHE) as u8,
            user: register.get(WalkAttr::USER) as u8,
        }
    }
}

impl<B: Bus, M: PhysMem, C: Clock> Iommu<B, M, C> {
    /// How table walks read memory from now on. Best said before a context is active: walks under way
    /// are not changed by it.
    ///
    /// # Errors
    /// `Missing`, `OutOfRange`, `ReservedCache`, `Bus`.
    pub fn set_walk_attributes(&self, attributes: WalkAttributes) -> Result<(), IommuError> {
        self.shared.need("attributes of table walks")?;
        let (cache, user) = (u32::from(attributes.cache), u32::from(attributes.user));
        WalkAttr::CACHE.check("ARCACHE", cache)?;
        WalkAttr::USER.check("ARUSER", user)?;
        if cache & ALLOCATE != 0 && cache & MODIFIABLE == 0 {
            let cache = attributes.cache;
            return Err(IommuError::ReservedCache { cache });
        }
        let mut state = self.shared.state.lock();
        let register = WalkAttr::default()
            .with(WalkAttr::CACHE, cache)
            .with(WalkAttr::USER, user);
        self.shared.global().write(register)?;
        state.walks = register;
        Ok(())
    }
}
