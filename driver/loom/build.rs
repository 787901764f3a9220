//! Says to the driver's source which locks it is to have.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cfg=vcm_loom");
}
