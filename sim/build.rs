//! Makes the C++ models of all tops out of `rtl/`, and their ports as Rust structs.
//!
//! For each top: Verilator writes C++; [`ports`] writes what binds its ports; one translation unit of
//! it all is compiled with full optimisation, in debug builds too, so that the model's pieces are
//! inlined into each other.
//!
//! With `VCM_MODEL_COVERAGE` set the models count which lines and toggles of the Verilog happen, and are
//! slower: see `make coverage`. `VCM_MODEL_MUTANTS` names the Verilog of a top, `TOP.v`, that can be broken in many
//! ways, of which the input `mutant` chooses one: see `make mutate`.

#[path = "build/coverage.rs"]
mod coverage;
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

/// The variable that names Verilog with breaks in it.
const MUTANTS: &str = "VCM_MODEL_MUTANTS";

/// That file, if it is of this top.
fn mutants(top: &Top) -> Option<PathBuf> {
    let file = PathBuf::from(env::var_os(MUTANTS)?);
    (file.file_stem()? == top.name).then_some(file)
}

fn main() -> Result<()> {
    for what in ["build.rs", "build", "csrc"] {
        println!("cargo:rerun-if-changed={what}");
    }
    for variable in ["PATH", "VERILATOR_ROOT"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    for variable in [coverage::VARIABLE, MUTANTS] {
        println!("cargo:rerun-if-env-changed={variable}");
    }
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
    let whole = || top.files.iter().map(|file| root.join(file)).collect();
    let files = mutants(top).map_or_else(whole, |file| vec![file]);
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
    let units = unity_sources(name, &folder, &shim)?;
    compile(top, verilator, &units, &[&folder, out])
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
        .arg("-Mdir")
        .arg(folder);
    if coverage::wanted() {
        command.args(coverage::arguments(folder, files)?);
    }
    command.args(files);
    let status = command.status().context("cannot run Verilator")?;
    ensure!(status.success(), "Verilator failed on {top}");
    Ok(())
}

/// The files that include the model, and the functions that Rust calls: one, or, if the model counts, one of what
/// runs once and is not worth optimising, and one of the rest.
fn unity_sources(top: &str, folder: &Path, shim: &Path) -> Result<Vec<PathBuf>> {
    let mut sources: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "cpp"));
    sources.sort();
    sources.push(shim.to_path_buf());
    let runs_once = |path: &PathBuf| path.to_string_lossy().ends_with("Slow.cpp");
    let (once, often) = match coverage::wanted() {
        true => sources.into_iter().partition(runs_once),
        false => (Vec::new(), sources),
    };
    let mut units = Vec::new();
    for (name, sources) in [("unity", often), ("once", once)] {
        if sources.is_empty() {
            continue;
        }
        let unit = folder.join(format!("{top}.{name}.cpp"));
        let includes: String = sources
            .iter()
            .map(|path| format!("#include \"{}\"\n", path.display()))
            .collect();
        fs::write(
            &unit,
            format!("#define TOP {top}\n#define VTOP V{top}\n{includes}"),
        )?;
        units.push(unit);
    }
    Ok(units)
}

/// Compiles the units of a top, the first of which is worth optimising, into libraries, and links them.
fn compile(top: &Top, verilator: &Verilator, units: &[PathBuf], folders: &[&Path]) -> Result<()> {
    let name = top.name;
    let counts = coverage::wanted();
    for (n, unit) in units.iter().enumerate().rev() {
        let mut build = cc::Build::new();
        build
            .cpp(true)
            .std("gnu++17")
            .opt_level(match (n, counts) {
                (0, false) => top.optimised,
                // What counts is twice as much code.
                (0, true) => 1,
                _ => 0,
            })
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
            .define("VM_COVERAGE", if counts { "1" } else { "0" })
            .define("VCM_MUTANTS", mutants(top).map_or("0", |_| "1"))
            .file(unit);
        if counts && n == 0 && name == TOPS[0].name {
            build.file(verilator.include().join("verilated_cov.cpp"));
        }
        let library = ["model", "model_once"][n];
        build
            .try_compile(&format!("{name}_{library}"))
            .with_context(|| format!("the C++ of {name} does not compile"))?;
    }
    Ok(())
}
