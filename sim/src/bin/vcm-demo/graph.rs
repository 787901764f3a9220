//! Who saw which memory under which address: as text, for Graphviz, or as a picture that it has drawn.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use vcm::platform::Graph;
use vcm_sim::demo::terminal::{line, on_one_line};

use crate::output::{shown, unwritable};

/// Where the graph goes.
pub(crate) enum GraphTo {
    /// To the screen, as a tree.
    Screen,
    /// To this file, in the DOT language.
    Dot(PathBuf),
    /// To this file, as a picture.
    Svg(PathBuf),
}

/// What is wanted, by the ending of the file. An error is one line.
pub(crate) fn choose(wanted: Option<Option<PathBuf>>) -> Result<Option<GraphTo>, String> {
    let path = match wanted {
        None => return Ok(None),
        Some(None) => return Ok(Some(GraphTo::Screen)),
        Some(Some(path)) => path,
    };
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("dot" | "gv") => Ok(Some(GraphTo::Dot(path))),
        // Better to know before the simulation.
        Some("svg") => draw("digraph {}").map(|_| Some(GraphTo::Svg(path))),
        _ => Err(format!(
            "{}: a graph is drawn to a file that ends in .dot or .svg",
            on_one_line(&path.display().to_string())
        )),
    }
}

impl GraphTo {
    /// Shows the graph or writes it. Returns the name of the file, if there is one.
    pub(crate) fn write(&self, graph: &Graph) -> Result<Option<String>, String> {
        let (path, content) = match self {
            Self::Screen => {
                line(&graph.to_string());
                return Ok(None);
            }
            Self::Dot(path) => (path, graph.dot().to_string().into_bytes()),
            Self::Svg(path) => (path, draw(&graph.dot().to_string())?),
        };
        fs::write(path, content).map_err(|error| unwritable(path, &error))?;
        Ok(Some(shown(path)))
    }
}

/// Has Graphviz draw.
fn draw(dot: &str) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| {
        match error.kind() {
        ErrorKind::NotFound => {
            "an SVG needs Graphviz, and there is no dot: install it, or give a file that ends in .dot"
                .to_owned()
        }
        _ => format!("Graphviz: {error}: give a file that ends in .dot"),
    }
    };
    let mut child = Command::new("dot")
        .arg("-Tsvg")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    // It reads to the end before it draws, so that neither waits for the other.
    let sent = child
        .stdin
        .take()
        .map(|mut stdin| stdin.write_all(dot.as_bytes()));
    let output = child.wait_with_output().map_err(failed)?;
    sent.transpose().map_err(failed)?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err("Graphviz cannot draw it: give a file that ends in .dot".to_owned()),
    }
}
