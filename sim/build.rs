//! Makes the C++ models of all tops out of `rtl/`, and their ports as Rust structs.
//!
//! For each top: Verilator writes C++; [`ports`] writes what binds its ports; one translation unit of
//! it all is compiled with full optimisation, in debug builds too, so that the model's pieces are
//! inlined into each other.
//!
//! With `VCM_MODEL_COVERAGE` set the models count which lines and toggles of the Verilog happen, and are
//! slower: see `make coverage`.

#[path = "build/ports.rs"]
mod ports;

use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use anyhow::{Context, Result, anyhow, ensure};
use verilator::Verilator;

/// A module that is simulated.
struct Top {
    name: &'static str,
    /// Its Verilog, from the repository's root.
    files: &'static [&'static str],
    /// How far its C++ is optimised; all the way takes some time to compile.
    optimised: u32,
}

const TOPS: [Top; 3] = [
    Top {
        name: "vcm_iommu",
        files: &["rtl/vcm_iommu.v"],
        optimised: 3,
    },
    Top {
        name: "vcm_soc",
        files: &["rtl/vcm_soc.v"],
        optimised: 3,
    },
    Top {
        name: "vcm_board",
        files: &[
            "sim/rtl/vcm_board.v",
            "sim/rtl/ps7.v",
            "rtl/zynq/vcm_zynq.v",
            "rtl/zynq/vcm_zynq_core.v",
        ],
        optimised: 1,
    },
];

/// The variable that asks for models that count.
const COVERAGE: &str = "VCM_MODEL_COVERAGE";

fn counts() -> bool {
    env::var_os(COVERAGE).is_some_and(|value| !value.is_empty())
}

fn main() -> Result<()> {
    for what in ["build.rs", "build", "csrc"] {
        println!("cargo:rerun-if-changed={what}");
    }
    for variable in ["PATH", "VERILATOR_ROOT"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    println!("cargo:rerun-if-env-changed={COVERAGE}");
    let verilator = Verilator::find()?;
    let out = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("run by cargo only")?);
    fs::write(out.join("ports.rs"), ports::rust_structs())?;
    fs::write(out.join("ports.h"), ports::cpp_structs())?;
    thread::scope(|scope| {
        let builds = TOPS
            .each_ref()
            .map(|top| scope.spawn(|| build(top, &verilator, &manifest, &out)));
        builds
            .into_iter()
            .try_for_each(|build| build.join().map_err(|_| anyhow!("a build panicked"))?)
    })
}

/// Verilates, binds and compiles one top.
fn build(top: &Top, verilator: &Verilator, manifest: &Path, out: &Path) -> Result<()> {
    let root = manifest.join("..");
    let files: Vec<PathBuf> = top.files.iter().map(|file| root.join(file)).collect();
    for file in &files {
        println!("cargo:rerun-if-changed={}", file.display());
        ensure!(
            file.is_file(),
            "{} is missing: run `make rtl`",
            file.display()
        );
    }
    let name = top.name;
    let folder = out.join(name);
    verilate(name, verilator, &files, &folder)?;

    let header = fs::read_to_string(folder.join(format!("V{name}.h")))?;
    let bindings = ports::cpp_bindings(name, &header)?;
    fs::write(folder.join("bindings.h"), bindings)?;

    let shim = manifest.join("csrc/model.cpp");
    let unity = folder.join(format!("{name}.unity.cpp"));
    fs::write(&unity, unity_source(name, &folder, &shim)?)?;
    compile(top, verilator, &unity, &[&folder, out])
}

/// Has Verilator write the C++ of `files` into `folder`.
fn verilate(top: &str, verilator: &Verilator, files: &[PathBuf], folder: &Path) -> Result<()> {
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
        .args(counts().then_some("--coverage-line"))
        .args(counts().then_some("--coverage-toggle"))
        .arg("-Mdir")
        .arg(folder)
        .args(files);
    let status = command.status().context("cannot run Verilator")?;
    ensure!(status.success(), "Verilator failed on {top}");
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
fn compile(top: &Top, verilator: &Verilator, source: &Path, folders: &[&Path]) -> Result<()> {
    let name = top.name;
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("gnu++17")
        // What counts is several times as much code, which takes too long to optimise.
        .opt_level(if counts() { 1 } else { top.optimised })
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
        .define("VM_COVERAGE", if counts() { "1" } else { "0" })
        .file(source);
    if counts() && name == TOPS[0].name {
        build.file(verilator.include().join("verilated_cov.cpp"));
    }
    build
        .try_compile(&format!("{name}_model"))
        .with_context(|| format!("the C++ of {name} does not compile"))
}
