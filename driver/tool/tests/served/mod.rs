//! A served machine, and the tool that is given it.

#![allow(dead_code)] // each test program uses a part of it

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use vcm_sim::platform::Config;
use vcm_sim::serve::{Server, machine};

/// A machine that this process serves, and the program that uses it.
pub struct Bench {
    folder: TempDir,
    /// The program, and what comes before its own arguments.
    program: Vec<PathBuf>,
}

/// How a command has ended.
#[derive(Debug)]
pub struct Ended {
    pub status: Option<i32>,
    pub text: String,
    pub errors: String,
}

impl Bench {
    /// With a machine at full speed.
    pub fn new(program: Vec<PathBuf>) -> Result<Self> {
        Self::with(program, Config::default())
    }

    /// With such a machine. It is served until the process ends.
    pub fn with(program: Vec<PathBuf>, config: Config) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = Server::bind(machine(config)?, &folder.path().join("socket"))?;
        thread::spawn(move || server.run());
        Ok(Self { folder, program })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut words = self.program.iter();
        let mut command = Command::new(words.next().expect("there is a program"));
        let socket = self.folder().join("socket");
        command
            .args(words)
            .arg("--device")
            .arg(format!("sim:{}", socket.display()))
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts it.
    pub fn start(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(arguments);
        Ok(command.stdin(Stdio::piped()).spawn()?)
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Result<Ended> {
        ended(self.command(arguments).output()?)
    }

    /// Runs it: it has to succeed. Returns what it has said.
    pub fn says(&self, arguments: &[&str]) -> Result<String> {
        let ended = self.run(arguments)?;
        ensure!(ended.status == Some(0), "{arguments:?}: {ended:#?}");
        ensure!(ended.errors.is_empty(), "{arguments:?}: {ended:#?}");
        Ok(ended.text)
    }
}

pub fn ended(output: Output) -> Result<Ended> {
    Ok(Ended {
        status: output.status.code(),
        text: String::from_utf8(output.stdout).context("it says no text")?,
        errors: String::from_utf8(output.stderr).context("it says no text")?,
    })
}

/// All of these are in the text.
pub fn holds(text: &str, facts: &[&str]) {
    for fact in facts {
        assert!(text.contains(fact), "{fact:?} is not in\n{text}");
    }
}
