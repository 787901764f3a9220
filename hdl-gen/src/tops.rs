//! The designs that are shipped as Verilog.

use crate::emit::verilog;
use crate::iommu::Iommu;
use crate::rtl::Top;
use crate::soc::Soc;

/// Every file of `rtl/` that is generated.
#[must_use]
pub fn tops() -> Vec<Top> {
    vec![
        ("vcm_iommu.v", || verilog(&Iommu::default(), "vcm_iommu")),
        ("vcm_soc.v", || verilog(&Soc::default(), "vcm_soc")),
    ]
}
