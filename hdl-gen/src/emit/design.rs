//! A design as the modules of one file: blocks of the same Verilog share a module.

use std::collections::{BTreeMap, BTreeSet};

use rust_hdl::prelude::*;

use super::check::check;
use super::collect::Node;
use super::drive::drivers;
use super::error::{EmitError, Reason};
use super::lower::lower;
use super::module::{port_list, register_reset, Module};
use super::name::identifier;
use super::scope::Scope;
use crate::prim::marker;

#[derive(Default)]
pub(super) struct Design {
    by_body: BTreeMap<String, String>,
    names: BTreeSet<String>,
    /// Sub-blocks before their parents.
    modules: Vec<String>,
}

impl Design {
    /// The modules of `top`, which is called `name`; parents before their sub-blocks.
    pub(super) fn print(top: &Node, name: &str) -> Result<String, EmitError> {
        let mut design = Self::default();
        let name = identifier(name).map_err(|reason| reason.at(&top.path))?;
        design.names.insert(name.clone()); // only the top may have it
        let body = design.body(top, &name)?;
        design
            .modules
            .push(format!("module {name}{body}endmodule\n"));
        design.modules.reverse();
        Ok(design.modules.join("\n"))
    }

    fn body(&mut self, node: &Node, name: &str) -> Result<String, EmitError> {
        let at = |reason: Reason| reason.at(&node.path);
        let code = match &node.code {
            Verilog::Combinatorial(code) => code,
            Verilog::Custom(text) => return custom(node, text).map_err(at),
            Verilog::Empty => {
                return Err(at(Reason::Unsupported(
                    "it has no #[hdl_gen] kernel".into(),
                )))
            }
            Verilog::Blackbox(_) | Verilog::Wrapper(_) => {
                return Err(at(Reason::Unsupported(
                    "it is a black box or a wrapper of one".into(),
                )))
            }
        };
        let scope = Scope::of(node).map_err(at)?;
        let kernel = lower(code, &scope).map_err(at)?;
        check(&kernel, &scope).map_err(at)?;
        let mut modules = Vec::new();
        for child in &node.children {
            modules.push(match register_reset(child) {
                Some(_) => String::new(),
                None => self.module(child, &format!("{name}_{}", kind(&child.name)))?,
            });
        }
        let drivers = drivers(&kernel, &scope, |child| {
            register_reset(&node.children[child]).is_some()
        });
        Module {
            node,
            scope: &scope,
            drivers: &drivers,
            modules: &modules,
        }
        .print()
        .map_err(at)
    }

    /// The name of the module of `node`; `path` if it is the first of its kind.
    fn module(&mut self, node: &Node, path: &str) -> Result<String, EmitError> {
        let body = self.body(node, path)?;
        if let Some(name) = self.by_body.get(&body) {
            return Ok(name.clone());
        }
        let mut name = path.to_string();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{path}_{number}");
        }
        self.modules.push(format!("module {name}{body}endmodule\n"));
        self.by_body.insert(body, name.clone());
        Ok(name)
    }
}

/// The name of a field, without the index of an array's element.
fn kind(name: &str) -> String {
    let mut kind = name;
    while let Some((base, index)) = kind.rsplit_once('$') {
        if !index.chars().all(|c| c.is_ascii_digit()) {
            break;
        }
        kind = base;
    }
    kind.replace('$', "_")
}

/// A primitive, whose Verilog is written by hand.
fn custom(node: &Node, text: &str) -> Result<String, Reason> {
    if !node.children.is_empty() {
        return Err(Reason::Unsupported(
            "it has both Verilog of its own and sub-blocks".into(),
        ));
    }
    Scope::of(node)?; // checks its names
    let wires = text.lines().any(|line| line == marker::WIRES);
    let mut out = port_list(node, |_| !wires)?;
    for line in text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.starts_with("//@") && !line.is_empty())
    {
        out += &format!("    {line}\n");
    }
    Ok(out)
}
