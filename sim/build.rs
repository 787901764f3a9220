//! Makes the C++ models of both tops out of `rtl/`, and their ports as Rust structs.
//!
//! For each top: Verilator writes C++; [`ports`] writes what binds its ports; one translation unit of
//! it all is compiled with full optimisation, in debug builds too, so that the model's pieces are
//! inlined into each other.

#[path = "build/ports.rs"]
mod ports;

use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use anyhow::{Context, Result, anyhow, ensure};
use verilator::Verilator;

/// Modules that are simulated, each with the file of its name in `rtl/`.
const TOPS: [&str; 2] = ["vcm_iommu", "vcm_soc"];

fn main() -> Result<()> {
    for what in ["build.rs", "build", "csrc"] {
        println!("cargo:rerun-if-changed={what}");
    }
    for variable in ["PATH", "VERILATOR_ROOT"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let verilator = Verilator::find()?;
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("run by cargo only")?);
    fs::write(out.join("ports.rs"), ports::rust_structs())?;
    fs::write(out.join("ports.h"), ports::cpp_structs())?;
    thread::scope(|scope| {
        let builds = TOPS.map(|top| scope.spawn(|| build(top, &verilator, &manifest, &out)));
        builds
            .into_iter()
            .try_for_each(|build| build.join().map_err(|_| anyhow!("a build panicked"))?)
    })
}

/// Verilates, binds and compiles one top.
fn build(top: &str, verilator: &Verilator, manifest: &Path, out: &Path) -> Result<()> {
    let rtl = manifest.join("../rtl").join(top).with_extension("v");
    println!("cargo:rerun-if-changed={}", rtl.display());
    ensure!(
        rtl.is_file(),
        "rtl/{top}.v is missing: generate it with hdl-gen"
    );
    let folder = out.join(top);
    verilate(top, verilator, &rtl, &folder)?;

    let header = fs::read_to_string(folder.join(format!("V{top}.h")))?;
    let bindings = ports::cpp_bindings(top, &header)?;
    fs::write(folder.join("bindings.h"), bindings)?;

    let shim = manifest.join("csrc/model.cpp");
    let unity = folder.join(format!("{top}.unity.cpp"));
    fs::write(&unity, unity_source(top, &folder, &shim)?)?;
    compile(top, verilator, &unity, &[&folder, out])
}

/// Has Verilator write the C++ of `rtl` into `folder`.
fn verilate(top: &str, verilator: &Verilator, rtl: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        // Files left from another run would be compiled too.
        fs::remove_dir_all(folder)?;
    }
    let mut command = verilator.command();
    command
        .args(["--cc", "--no-timing", "--trace", "-O3", "-Wno-fatal"])
        .args(["--x-assign", "fast", "--x-initial", "fast"])
        // 150 MHz has no whole number of nanoseconds a period: traces count picoseconds.
        .args(["--timescale-override", "1ns/1ps"])
        .args(["--prefix", &format!("V{top}"), "--top-module", top])
        .arg("-Mdir")
        .arg(folder)
        .arg(rtl);
    let status = command.status().context("cannot run Verilator")?;
    ensure!(status.success(), "Verilator failed on rtl/{top}.v");
    Ok(())
}

/// One file that includes the model and the functions that Rust calls.
fn unity_source(top: &str, folder: &Path, shim: &Path) -> Result<String> {
    let mut sources: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "cpp"));
    sources.sort();
    sources.push(shim.to_path_buf());
    let includes: String = sources
        .iter()
        .map(|path| format!("#include \"{}\"\n", path.display()))
        .collect();
    Ok(format!(
        "#define TOP {top}\n#define VTOP V{top}\n{includes}"
    ))
}

/// Compiles `source` into a library of the top's name, and links it.
fn compile(top: &str, verilator: &Verilator, source: &Path, folders: &[&Path]) -> Result<()> {
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("gnu++17")
        .opt_level(3)
        .debug(false)
        .warnings(false)
        .flag_if_supported("-faligned-new")
        .flag_if_supported("-fcf-protection=none")
        .flag_if_supported("-fvisibility=hidden")
        .includes(folders)
        .include(verilator.include())
        .include(verilator.include().join("vltstd"))
        .define("VM_TRACE", "1")
        .define("VM_TRACE_VCD", "1")
        .define("VM_TRACE_FST", "0")
        .define("VM_COVERAGE", "0")
        .file(source);
    build
        .try_compile(&format!("{top}_model"))
        .with_context(|| format!("the C++ of {top} does not compile"))
}
