//! The Verilator side: a C++ bench around the Verilated model.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use super::bench::{folder, make_folder, write, Bench, DESIGN, VECTORS};
use super::error::{Error, Simulator};
use super::tool;

/// The waivers the shipped Verilog is linted with, and no others.
const WAIVERS: &str = include_str!("../../../rtl/vcm.vlt");
const WAIVER_FILE: &str = "waivers.vlt";
const MODEL: &str = "model";
const PROGRAM: &str = "bench";

pub(super) fn run(bench: &Bench) -> Result<(), Error> {
    let include = include_folder(&bench.directory)?;
    bench.write(WAIVER_FILE, WAIVERS)?;
    let mut verilate = Command::new("verilator_bin");
    verilate.args([
        "--cc",
        "-Wall",
        "--prefix",
        "Vdut",
        "--Mdir",
        MODEL,
        "--top-module",
        bench.name,
    ]);
    tool::success(verilate.args([WAIVER_FILE, DESIGN]), &bench.directory)?;

    let mut unity = String::from(SUPPORT);
    for file in model_sources(&bench.directory.join(MODEL))? {
        unity += &format!("#include \"{MODEL}/{file}\"\n");
    }
    bench.write("bench.cpp", &(unity + &main(bench)))?;
    let runtime = runtime(&include)?;
    let mut compile = compiler(&include);
    compile
        .args(["-O0", "-I.", "-I", MODEL, "-o", PROGRAM, "bench.cpp"])
        .arg(runtime)
        .arg("-pthread");
    tool::success(&mut compile, &bench.directory)?;
    let output = tool::success(
        &mut Command::new(bench.directory.join(PROGRAM)),
        &bench.directory,
    )?;
    bench.verdict(Simulator::Verilator, &output)
}

fn include_folder(directory: &Path) -> Result<PathBuf, Error> {
    let root = tool::success(
        Command::new("verilator_bin").args(["--getenv", "VERILATOR_ROOT"]),
        directory,
    )?;
    Ok(Path::new(root.trim()).join("include"))
}

fn compiler(include: &Path) -> Command {
    let mut compiler = Command::new(std::env::var_os("CXX").unwrap_or_else(|| "c++".into()));
    compiler
        .arg("-std=c++17")
        .arg("-w")
        .arg("-I")
        .arg(include)
        .arg("-I")
        .arg(include.join("vltstd"));
    compiler
}

/// Verilator's run-time as one object file, compiled once a test binary's folder.
fn runtime(include: &Path) -> Result<PathBuf, Error> {
    let shared = folder();
    let shared = shared.parent().unwrap_or(&shared);
    make_folder(shared)?;
    let stamp = include
        .to_string_lossy()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let object = shared.join(format!("runtime{stamp}.o"));
    // tests run side by side, in threads and in processes: make it under another name, then move it
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if object.exists() {
        return Ok(object);
    }
    let own = format!("runtime-{}", std::process::id());
    let (source, own) = (
        shared.join(format!("{own}.cpp")),
        shared.join(format!("{own}.o")),
    );
    write(
        &source,
        "#include \"verilated.cpp\"\n#include \"verilated_threads.cpp\"\n",
    )?;
    let mut compile = compiler(include);
    tool::success(
        compile.args(["-O1", "-c", "-o"]).arg(&own).arg(&source),
        shared,
    )?;
    fs::rename(&own, &object).map_err(|error| Error::File {
        path: object.clone(),
        source: error,
    })?;
    fs::remove_file(&source).map_err(|error| Error::File {
        path: source,
        source: error,
    })?;
    Ok(object)
}

fn model_sources(model: &Path) -> Result<Vec<String>, Error> {
    let io = |source| Error::File {
        path: model.into(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(model).map_err(io)? {
        let name = entry
            .map_err(io)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".cpp") {
            files.push(name);
        }
    }
    files.sort();
    Ok(files)
}

/// Reading and comparing ports of any width.
const SUPPORT: &str = r#"#include "verilated.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <type_traits>

static char token[65536];

static unsigned word(int i) {  // the i-th 32 bits of the token
    int end = (int)strlen(token) - 8 * i;
    unsigned value = 0;
    for (int at = end > 8 ? end - 8 : 0; at < end; ++at) {
        char c = token[at];
        value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return value;
}

template <typename T> static void set(T& port) {
    if constexpr (std::is_integral<T>::value) {
        port = (T)((unsigned long long)word(1) << 32 | word(0));
    } else {
        for (int i = 0; i < (int)(sizeof(port) / 4); ++i) port[i] = word(i);
    }
}

template <typename T> static void check(const T& port, int cycle, int index) {
    T expected;
    set(expected);
    if (!memcmp(&expected, &port, sizeof(port))) return;
    printf("MISMATCH %d %d ", cycle, index);
    if constexpr (std::is_integral<T>::value) {
        printf("%llx\n", (unsigned long long)port);
    } else {
        for (int i = (int)(sizeof(port) / 4); i-- > 0;) printf("%08x", port[i]);
        printf("\n");
    }
    exit(0);
}
"#;

fn main(bench: &Bench) -> String {
    let mut inputs = String::new();
    let mut outputs = String::new();
    for (i, port) in bench.ports.iter().enumerate() {
        let name = port.name.replace("__", "___05F"); // as Verilator writes it
        if port.input {
            inputs += &format!("        strcpy(token, line[{i}]); set(dut.{name});\n");
        } else {
            outputs +=
                &format!("        strcpy(token, line[{i}]); check(dut.{name}, cycle, {i});\n");
        }
    }
    let clock = |level| {
        bench
            .clock
            .map_or_else(String::new, |clock| format!("dut.{clock} = {level}; "))
    };
    let (low, high) = (clock(0), clock(1));
    let (cycles, count) = (bench.cycles(), bench.ports.len());
    format!(
        r#"
int main() {{
    VerilatedContext context;
    Vdut dut{{&context}};
    FILE* file = fopen("{VECTORS}", "r");
    static char text[{count} + 1][4096];
    char* line[{count} + 1];
    for (int i = 0; i < {count}; ++i) line[i] = text[i];
    int cycle = 0;
    for (; cycle < {cycles}; ++cycle) {{
        for (int i = 0; i < {count}; ++i) {{
            if (fscanf(file, "%4095s", line[i]) != 1) return 1;
        }}
{inputs}        {low}dut.eval();
{outputs}        {high}dut.eval();
    }}
    printf("DONE %d\n", cycle);
    return 0;
}}
"#
    )
}
