//! The designs that are shipped as Verilog.

use anyhow::Result;
use rust_hdl::prelude::Block;

use crate::emit::verilog;
use crate::iommu::Iommu;
use crate::ipxact::{component, Description};
use crate::rtl::Top;
use crate::soc::Soc;
use crate::zynq::ZynqCore;

const IOMMU: Description = Description {
    name: "vcm_iommu",
    text: "VCM-IOMMU: an IOMMU for bus masters in the FPGA",
};

const ZYNQ_CORE: Description = Description {
    name: "vcm_zynq_core",
    text: "VCM-IOMMU with its DMA engine, for the AXI3 ports of a Zynq-7000",
};

/// Every file of `rtl/` that is generated.
#[must_use]
pub fn tops() -> Vec<Top> {
    vec![
        ("vcm_iommu.v", || text(Iommu::default(), IOMMU.name)),
        ("vcm_soc.v", || text(Soc::default(), "vcm_soc")),
        ("zynq/vcm_zynq_core.v", || {
            text(ZynqCore::default(), ZYNQ_CORE.name)
        }),
        ("component.xml", || component(&Iommu::default(), IOMMU)),
        ("zynq/component.xml", || {
            component(&ZynqCore::default(), ZYNQ_CORE)
        }),
    ]
}

fn text(mut top: impl Block, name: &str) -> Result<String> {
    top.connect_all();
    Ok(verilog(&top, name)?)
}
