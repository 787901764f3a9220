//! stand-in until the command line lands
use rust_hdl::prelude::*;
fn main() {
    let mut u = hdl_gen::iommu::Iommu::default();
    u.connect_all();
    match hdl_gen::emit::verilog(&u, "vcm_iommu") { Ok(s) => std::fs::write("rtl/vcm_iommu.v", s).unwrap(), Err(e) => eprintln!("{e}") }
    let mut u = hdl_gen::soc::Soc::default();
    u.connect_all();
    match hdl_gen::emit::verilog(&u, "vcm_soc") { Ok(s) => std::fs::write("rtl/vcm_soc.v", s).unwrap(), Err(e) => eprintln!("{e}") }
}
