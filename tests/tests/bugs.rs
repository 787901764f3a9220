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
    module: String,
    what: String,
    old: String,
    new: String,
    harmless: Option<String>,
}

#[test]
fn every_mistake_has_its_place() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let verilog = fs::read_to_string(root.join("rtl/vcm_iommu.v"))?;
    let listed = fs::read_to_string(root.join("tools/bugs.toml"))?;
    let Bugs { bug: bugs } = toml::from_str(&listed)?;
    let mut told = BTreeSet::new();
    for bug in &bugs {
        let what = format!("{}: {}", bug.module, bug.what);
        let begin = format!("\nmodule {} (", bug.module);
        let (_, module) = verilog.split_once(&begin).context(what.clone())?;
        let (module, _) = module.split_once("\nendmodule").context(what.clone())?;
        assert_eq!(module.matches(&bug.old).count(), 1, "{what}");
        assert!(bug.new.contains("BUG"), "{what}: it is always on");
        assert!(bug.harmless.as_ref().is_none_or(|why| !why.is_empty()));
        assert!(told.insert(what.clone()), "{what}: twice");
    }
    assert!(bugs.len() > 100, "{}", bugs.len());
    Ok(())
}
