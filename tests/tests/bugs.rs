//! The mistakes of `make mutate BY_HAND=1` still fit the Verilog that they are made in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bugs {
    bug: Vec<Bug>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bug {
    what: String,
    harmless: Option<String>,
    edit: Vec<Edit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    module: String,
    old: String,
    new: String,
}

/// The text of a module.
fn module<'a>(verilog: &'a str, name: &str) -> Option<&'a str> {
    let (_, module) = verilog.split_once(&format!("\nmodule {name} "))?;
    Some(module.split_once("\nendmodule")?.0)
}

#[test]
fn every_mistake_has_its_place() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let verilog = fs::read_to_string(root.join("rtl/vcm_iommu.v"))?;
    let listed = fs::read_to_string(root.join("tools/bugs.toml"))?;
    let Bugs { bug: bugs } = toml::from_str(&listed)?;
    let mut told = BTreeSet::new();
    for bug in &bugs {
        assert!(!bug.edit.is_empty(), "{}", bug.what);
        for edit in &bug.edit {
            let what = format!("{}, {}", bug.what, edit.module);
            let module = module(&verilog, &edit.module).with_context(|| what.clone())?;
            assert_eq!(module.matches(&edit.old).count(), 1, "{what}");
            assert!(edit.new.contains("BUG"), "{what}: it is always on");
        }
        assert!(bug.harmless.as_ref().is_none_or(|why| !why.is_empty()));
        assert!(told.insert(&bug.what), "{}: twice", bug.what);
    }
    assert!(bugs.len() > 100, "{}", bugs.len());
    Ok(())
}
