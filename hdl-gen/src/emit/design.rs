//! A design as the modules of one file.
//!
//! Blocks of the same *shape*, that is, of the same Verilog but for the values of constants, share a
//! module. Constants in which they differ, at any depth, become its parameters.

use std::collections::{BTreeSet, HashMap};

use num_bigint::BigUint;
use rust_hdl::prelude::*;

use super::check::check;
use super::collect::{register_reset, Node};
use super::drive::drivers;
use super::error::{EmitError, Reason};
use super::lower::lower;
use super::module::{instance_mark, local_parameter, port_list, Body, Module};
use super::name::identifier;
use super::scope::Scope;
use super::text::{literal, range};
use crate::prim::marker;

/// Index into [`Design::shapes`].
type ShapeId = usize;

/// What blocks that share a module have in common.
struct Shape {
    /// The name of its module.
    name: String,
    /// For messages: one of the blocks.
    path: String,
    body: Body,
    /// Each instance: its identifier and shape.
    instances: Vec<(String, ShapeId)>,
    /// Constants of the block, then those of its instances, as many as their shapes have.
    constants: Vec<Constant>,
}

/// A constant of a shape.
struct Constant {
    name: String,
    width: usize,
    /// Its value in the first block of the shape.
    value: BigUint,
    /// Whether another block of the shape has another value.
    differs: bool,
}

#[derive(Default)]
pub(super) struct Design {
    /// Sub-blocks before their parents.
    shapes: Vec<Shape>,
    by_text: HashMap<(String, String, Vec<ShapeId>), ShapeId>,
    names: BTreeSet<String>,
    top: String,
}

impl Design {
    /// The modules of `top`, which is called `name`; parents before their sub-blocks.
    pub(super) fn print(top: &Node, name: &str) -> Result<String, EmitError> {
        let top_name = identifier(name).map_err(|reason| reason.at(&top.path))?;
        let mut design = Self {
            names: BTreeSet::from([top_name.clone()]), // only the top may have it
            top: top_name.clone(),
            ..Self::default()
        };
        let (shape, _) = design.visit(top, &top_name)?;
        design.shapes[shape].name = top_name;
        let modules = design.shapes.iter().rev();
        let modules: Result<Vec<String>, EmitError> = modules
            .map(|shape| {
                design
                    .module(shape)
                    .map_err(|reason| reason.at(&shape.path))
            })
            .collect();
        Ok(modules?.join("\n"))
    }

    /// The shape of `node`, and the values of its constants. `path` is the module's name if nothing
    /// else names it.
    fn visit(&mut self, node: &Node, path: &str) -> Result<(ShapeId, Vec<BigUint>), EmitError> {
        let body = body(node).map_err(|reason| reason.at(&node.path))?;
        let own = body.constants.iter();
        let mut constants: Vec<Constant> = own
            .map(|(name, value, width)| Constant::new(name.clone(), *width, value.clone()))
            .collect();
        let mut instances = Vec::new();
        for child in node.instances() {
            let id = identifier(&child.name).map_err(|reason| reason.at(&node.path))?;
            let (shape, values) = self.visit(child, &format!("{path}_{}", field(&child.name)))?;
            for (inner, value) in self.shapes[shape].constants.iter().zip(values) {
                let name = format!("{}_{}", id.to_uppercase(), inner.name);
                constants.push(Constant::new(name, inner.width, value));
            }
            instances.push((id, shape));
        }
        let values = constants
            .iter()
            .map(|constant| constant.value.clone())
            .collect();
        let key = (
            body.ports.clone(),
            body.text.clone(),
            instances.iter().map(|(_, shape)| *shape).collect(),
        );
        if let Some(&shape) = self.by_text.get(&key) {
            for (known, new) in self.shapes[shape].constants.iter_mut().zip(&constants) {
                known.differs |= known.value != new.value;
            }
            return Ok((shape, values));
        }
        let wanted = match &node.kind {
            Some(kind) => format!("{}_{}", self.top, field(kind)),
            None => path.into(),
        };
        let name = self
            .free_name(&wanted)
            .map_err(|reason| reason.at(&node.path))?;
        let path = node.path.clone();
        self.by_text.insert(key, self.shapes.len());
        self.shapes.push(Shape {
            name,
            path,
            body,
            instances,
            constants,
        });
        Ok((self.shapes.len() - 1, values))
    }

    fn free_name(&mut self, wanted: &str) -> Result<String, Reason> {
        let wanted = identifier(wanted)?;
        let mut name = wanted.clone();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{wanted}_{number}");
        }
        Ok(name)
    }

    fn module(&self, shape: &Shape) -> Result<String, Reason> {
        let mut parameters = Vec::new();
        let mut locals = String::new();
        let own = shape.body.constants.len();
        let mut seen = BTreeSet::new();
        for (n, constant) in shape.constants.iter().enumerate() {
            if constant.differs {
                if !seen.insert(&constant.name) {
                    return Err(Reason::NameClash {
                        name: constant.name.clone(),
                    });
                }
                let value = literal(&constant.value, constant.width);
                let range = range(constant.width);
                parameters.push(format!("    parameter {range}{} = {value}", constant.name));
            } else if n < own {
                locals += &local_parameter(&constant.name, &constant.value, constant.width);
            }
        }
        let head = match parameters.as_slice() {
            [] => format!("module {} ", shape.name),
            _ => format!("module {} #(\n{}\n) ", shape.name, parameters.join(",\n")),
        };
        let gap = if locals.is_empty() || shape.body.text.is_empty() {
            ""
        } else {
            "\n"
        };
        let mut text = shape.body.text.clone();
        let mut constants = shape.constants[own..].iter();
        for (n, (_, instance)) in shape.instances.iter().enumerate() {
            let instance = &self.shapes[*instance];
            let outer = constants.by_ref().take(instance.constants.len());
            text = text.replacen(&instance_mark(n), &instantiation(instance, outer), 1);
        }
        Ok(format!(
            "{head}{}{locals}{gap}{text}endmodule\n",
            shape.body.ports
        ))
    }
}

impl Constant {
    fn new(name: String, width: usize, value: BigUint) -> Self {
        Self {
            name,
            width,
            value,
            differs: false,
        }
    }
}

/// The name of the module of an instance, and its parameters; `outer` are its constants in the
/// module around it.
fn instantiation<'a>(instance: &Shape, outer: impl Iterator<Item = &'a Constant>) -> String {
    let mut parameters = Vec::new();
    for (inner, outer) in instance.constants.iter().zip(outer) {
        if inner.differs {
            let value = match outer.differs {
                true => outer.name.clone(),
                false => literal(&outer.value, outer.width),
            };
            parameters.push(format!("        .{}({value})", inner.name));
        }
    }
    match parameters.as_slice() {
        [] => instance.name.clone(),
        _ => format!("{} #(\n{}\n    )", instance.name, parameters.join(",\n")),
    }
}

fn body(node: &Node) -> Result<Body, Reason> {
    let unsupported = |what: &str| Err(Reason::Unsupported(what.into()));
    match &node.code {
        Verilog::Combinatorial(code) => {
            let scope = Scope::of(node)?;
            let kernel = lower(code, &scope)?;
            check(&kernel, &scope)?;
            let is_register = |child: usize| register_reset(&node.children[child]).is_some();
            let drivers = drivers(&kernel, &scope, is_register);
            Module {
                node,
                scope: &scope,
                drivers: &drivers,
            }
            .print()
        }
        Verilog::Custom(text) => primitive(node, text),
        Verilog::Empty => unsupported("it has no #[hdl_gen] kernel"),
        Verilog::Blackbox(_) | Verilog::Wrapper(_) => {
            unsupported("it is a black box or a wrapper of one")
        }
    }
}

/// A primitive, whose Verilog is written by hand.
fn primitive(node: &Node, text: &str) -> Result<Body, Reason> {
    if !node.children.is_empty() {
        return Err(Reason::Unsupported(
            "it has both Verilog of its own and sub-blocks".into(),
        ));
    }
    Scope::of(node)?; // checks its names
    let wires = text.lines().any(|line| line == marker::WIRES);
    let lines = text.lines().map(str::trim_end);
    let lines = lines.filter(|line| !line.starts_with("//@") && !line.is_empty());
    Ok(Body {
        constants: Vec::new(),
        ports: port_list(node, |_| !wires)?,
        text: lines.map(|line| format!("    {line}\n")).collect(),
    })
}

/// The name of a field, without the index of an array's element.
fn field(name: &str) -> String {
    let mut field = name;
    while let Some((base, index)) = field.rsplit_once('$') {
        if !index.chars().all(|c| c.is_ascii_digit()) {
            break;
        }
        field = base;
    }
    field.replace('$', "_")
}
