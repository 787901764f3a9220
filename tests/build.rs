//! Compiles the examples in C of vcm-capi, as strictly as a compiler can.

use std::path::Path;

fn main() {
    let capi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../driver/capi");
    let examples = capi.join("examples");
    println!("cargo:rerun-if-changed={}", capi.join("include").display());
    println!("cargo:rerun-if-changed={}", examples.display());
    cc::Build::new()
        .std("c11")
        .flag("-Wall")
        .flag("-Wextra")
        .flag("-Werror")
        .include(capi.join("include"))
        .file(examples.join("foo.c"))
        .file(examples.join("share.c"))
        .compile("capi_examples");
}
