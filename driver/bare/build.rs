//! Links the programs by the linker script of the processing system.

use std::env;

/// The programs, how much heap they have, and where they have to end: that of the MMU's before its mailbox.
const PROGRAMS: [(&str, u32, u32); 2] = [
    ("vcm-bare-mmu", 64 << 10, 0x0018_0000),
    ("vcm-bare-demo", 32 << 20, 0x0800_0000),
];

fn main() {
    let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo:rerun-if-changed=zynq.ld");
    for (program, heap, end) in PROGRAMS {
        for argument in [
            format!("--defsym=heap_size={heap}"),
            format!("--defsym=program_end={end}"),
            format!("-T{folder}/zynq.ld"),
        ] {
            println!("cargo:rustc-link-arg-bin={program}={argument}");
        }
    }
}
