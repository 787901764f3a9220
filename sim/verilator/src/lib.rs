//! Where Verilator 5 is, for the build scripts of `verilated` 0.1.2 and of `vcm-sim`.
//!
//! `verilated` 0.1.2 knows Verilator 4 only, by way of the build helper crate `verilator`. This crate
//! has that crate's name and the two functions which that build script calls,
//! [`find_verilator_root`] and [`verilator_version`], and makes the unchanged sources of `verilated`
//! compile against Verilator 5. What is set here reaches that one C++ build only, since it happens in
//! the build script's own process.

mod locate;

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

pub use locate::{Error, Verilator};

/// Run-time sources that `verilated` 0.1.2 compiles, besides `verilated.cpp`.
const RUNTIME: [&str; 5] = [
    "verilated_cov.cpp",
    "verilated_dpi.cpp",
    "verilated_save.cpp",
    "verilated_vcd_c.cpp",
    "verilated_vpi.cpp",
];

/// `$finish` marks the context, no more: Verilator's own ends the process, with status 0, on a second
/// one, and a test would seem to pass.
const FINISH: &str = "void vl_finish(const char*, int, const char*) VL_MT_UNSAFE {\n    \
                      Verilated::threadContextp()->gotFinish(true);\n}\n";

/// Called by the build script of `verilated`: the root of a shadow of Verilator's include folder.
///
/// Its files are one-liners that include the real ones. `verilated_threads.cpp`, which `verilated`
/// does not list, comes along in `verilated.cpp`.
///
/// Ends the build script with a message if there is no Verilator.
pub fn find_verilator_root() -> Option<PathBuf> {
    for variable in ["PATH", "VERILATOR_ROOT"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let found = Verilator::find().unwrap_or_else(|error| {
        eprintln!("{error}");
        process::exit(1);
    });
    let include = found.include();
    println!(
        "cargo:rerun-if-changed={}",
        include.join("verilated_config.h").display()
    );
    let root = PathBuf::from(env::var_os("OUT_DIR")?).join("root");
    write_shadow(&root.join("include"), &include).unwrap_or_else(|error| {
        eprintln!("cannot write below {}: {error}", root.display());
        process::exit(1);
    });
    Some(root)
}

/// Fills the shadow folder, and has `cc` look into the real one as well.
fn write_shadow(shadow: &Path, include: &Path) -> io::Result<()> {
    fs::create_dir_all(shadow)?;
    let include_line = |file: &str| format!("#include \"{}\"\n", include.join(file).display());
    for file in RUNTIME {
        fs::write(shadow.join(file), include_line(file))?;
    }
    let main = format!(
        "#define VL_USER_FINISH\n{}{}{FINISH}",
        include_line("verilated.cpp"),
        include_line("verilated_threads.cpp"),
    );
    fs::write(shadow.join("verilated.cpp"), main)?;
    let compat = shadow.join("verilated_compat.h");
    fs::write(&compat, include_str!("compat.h"))?;
    // `cc` takes CXXFLAGS for C++ files.
    let flags = env::var("CXXFLAGS").unwrap_or_default();
    env::set_var(
        "CXXFLAGS",
        format!(
            "{flags} -include {} -isystem {} -isystem {}",
            compat.display(),
            include.display(),
            include.join("vltstd").display()
        ),
    );
    Ok(())
}

/// Called by the build script of `verilated`: the version whose interface `verilated` knows, not the
/// one that is installed.
pub fn verilator_version() -> Option<(u32, u32)> {
    Some((4, 38))
}
