//! A program in C with the static library, as its users build it: every call and every error number.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// Has the C compiler watch the heap, for both languages.
const SANITIZE: &str = "-fsanitize=address,undefined";

/// The static library that was built with this test: the youngest beside it.
fn library() -> PathBuf {
    let test = env::current_exe().expect("this program has a path");
    let folder = test.parent().expect("a folder");
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let libraries = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libvcm_capi") && name.ends_with(".a")
    });
    let age = |path: &PathBuf| fs::metadata(path).and_then(|m| m.modified()).ok();
    libraries.max_by_key(age).expect("the library was built")
}

/// Compiles `tests/c/calls.c` and further files of its folder with a library, and runs it.
fn run(library: &Path, files: &[&str], options: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = tempfile::tempdir().expect("a folder");
    let program = scratch.path().join("calls");
    let compiled = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-g"])
        .args(options)
        .arg("-I")
        .arg(folder.join("include"))
        .arg(folder.join("tests/c/calls.c"))
        .arg(folder.join("tests/c/drivers.c"))
        .args(files.iter().map(|file| folder.join("tests/c").join(file)))
        .arg(library)
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program)
        .output()
        .expect("there is a C compiler");
    let errors = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{errors}");
    Command::new(program).output().expect("can be run")
}

#[track_caller]
fn is_well(output: &Output) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

#[test]
fn every_call_and_every_error_number_from_c() {
    is_well(&run(&library(), &[], &[]));
}

/// Nothing that was freed is looked at, nothing is left, in C and in the library (which uses the same
/// heap).
#[test]
fn no_memory_is_used_after_its_end_or_left_over() {
    is_well(&run(&library(), &[], &[SANITIZE]));
}

/// The library for firmware: heap and panics are functions of the program, and there is no std.
#[test]
fn the_library_for_bare_metal_works_without_std() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bare-metal");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--package", "vcm-capi"])
        .args(["--no-default-features", "--features", "bare-metal"])
        .args(["--profile", "no-std", "--target-dir"])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("there is cargo");
    is_well(&built);
    let library = target.join("no-std/libvcm_capi.a");
    is_well(&run(&library, &["heap.c"], &[SANITIZE]));
}
