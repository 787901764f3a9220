//! The designs that are shipped as Verilog.

use rust_hdl::prelude::Block;

use crate::emit::{verilog, EmitError};
use crate::rtl::Top;

/// Every file of `rtl/` that is generated.
#[must_use]
pub fn tops() -> Vec<Top> {
    vec![
        ("vcm_iommu.v", || {
            text(crate::iommu::Iommu::default(), "vcm_iommu")
        }),
        ("vcm_soc.v", || text(crate::soc::Soc::default(), "vcm_soc")),
    ]
}

fn text(mut top: impl Block, name: &str) -> Result<String, EmitError> {
    top.connect_all();
    verilog(&top, name)
}
