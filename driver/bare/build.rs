//! Links the program by the linker script of the processing system.

use std::env;

fn main() {
    let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo:rerun-if-changed=zynq.ld");
    println!("cargo:rustc-link-arg-bin=vcm-bare-mmu=-T{folder}/zynq.ld");
}
