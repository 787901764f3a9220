//! What a kernel can name: its signals, the ports of its sub-blocks, its constants and enums.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use num_bigint::BigUint;
use rust_hdl::prelude::*;

use super::collect::{AtomInfo, Node};
use super::error::{unsupported, Reason};
use super::ir::{Expr, Kind, NetId};
use super::name::identifier;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Input,
    Output,
    Local,
    /// An input of the sub-block of this index.
    ChildInput(usize),
    /// An output of the sub-block of this index.
    ChildOutput(usize),
}

/// A signal of the block, or a port of one of its sub-blocks.
pub(super) struct Net {
    /// As in Rust, for messages.
    pub shown: String,
    /// Verilog identifier.
    pub id: String,
    pub width: usize,
    pub role: Role,
    pub clock: bool,
}

#[derive(Default)]
pub(super) struct Scope {
    pub nets: Vec<Net>,
    by_name: HashMap<String, NetId>,
    /// Constants: what they are in an expression.
    constants: HashMap<String, Expr>,
    /// Variants of enums.
    variants: HashMap<String, Expr>,
    /// Variants of each enum, by its name.
    enums: BTreeMap<String, Vec<String>>,
    /// First segments of all names.
    roots: BTreeSet<String>,
}

impl Scope {
    pub(super) fn of(node: &Node) -> Result<Self, Reason> {
        let mut scope = Self::default();
        for atom in &node.atoms {
            let role = match atom.kind {
                AtomKind::InputParameter => Role::Input,
                AtomKind::OutputParameter => Role::Output,
                AtomKind::LocalSignal => Role::Local,
                AtomKind::Constant => {
                    scope.add_constant(atom)?;
                    continue;
                }
                _ => return unsupported(format!("`{}` is bidirectional", shown(&atom.name))),
            };
            scope.add_net(atom.name.clone(), atom, role)?;
        }
        for (child, block) in node.children.iter().enumerate() {
            for atom in block.atoms.iter().filter(|atom| atom.is_port()) {
                let role = match atom.kind {
                    AtomKind::InputParameter => Role::ChildInput(child),
                    _ => Role::ChildOutput(child),
                };
                scope.add_net(format!("{}${}", block.name, atom.name), atom, role)?;
            }
        }
        scope.refuse_clashes(node)?;
        Ok(scope)
    }

    fn add_net(&mut self, name: String, atom: &AtomInfo, role: Role) -> Result<(), Reason> {
        if atom.width == 0 {
            return Err(Reason::NoBits {
                signal: shown(&name),
            });
        }
        self.add_type(&atom.ty, &name)?;
        self.roots.insert(root(&name));
        self.by_name.insert(name.clone(), self.nets.len());
        self.nets.push(Net {
            shown: shown(&name),
            id: identifier(&name)?,
            width: atom.width,
            role,
            clock: atom.is_clock(),
        });
        Ok(())
    }

    fn add_constant(&mut self, atom: &AtomInfo) -> Result<(), Reason> {
        if atom.width == 0 {
            return Err(Reason::NoBits {
                signal: shown(&atom.name),
            });
        }
        self.add_type(&atom.ty, &atom.name)?;
        self.roots.insert(root(&atom.name));
        let value = literal_value(&atom.value)?;
        let id = identifier(&atom.name)?.to_uppercase();
        let constant = Expr::new(atom.width, Kind::Constant(id, value));
        self.constants.insert(atom.name.clone(), constant);
        Ok(())
    }

    fn add_type(&mut self, ty: &TypeDescriptor, signal: &str) -> Result<(), Reason> {
        match &ty.kind {
            TypeKind::Bits(_) => Ok(()),
            TypeKind::Signed(_) => unsupported(format!("`{}` is signed", shown(signal))),
            TypeKind::Composite(fields) => fields
                .iter()
                .try_for_each(|field| self.add_type(&field.kind, signal)),
            TypeKind::Enum(variants) => self.add_enum(&ty.name, variants),
        }
    }

    fn add_enum(&mut self, name: &str, variants: &[String]) -> Result<(), Reason> {
        match self.enums.get(name) {
            Some(known) if known == variants => return Ok(()),
            Some(_) => return Err(Reason::EnumsDiffer { name: name.into() }),
            None => {}
        }
        let width = clog2(variants.len());
        for (value, variant) in variants.iter().enumerate() {
            let variant = variant.replace("::", "$");
            let kind = Kind::Variant(identifier(&variant)?, BigUint::from(value));
            self.variants.insert(variant, Expr::new(width, kind));
        }
        self.enums.insert(name.into(), variants.to_vec());
        Ok(())
    }

    /// `a.b_c` and `a_b.c` are different in Rust, but not in Verilog.
    fn refuse_clashes(&self, node: &Node) -> Result<(), Reason> {
        let mut seen = BTreeSet::new();
        let nets = self.nets.iter().map(|net| net.id.clone());
        let named = self.constants.values().chain(self.variants.values());
        let named = named.filter_map(|expr| match &expr.kind {
            Kind::Constant(id, _) | Kind::Variant(id, _) => Some(id.clone()),
            _ => None,
        });
        let children = node.children.iter().map(|child| identifier(&child.name));
        for id in nets.chain(named).map(Ok).chain(children) {
            let id = id?;
            if !seen.insert(id.clone()) {
                return Err(Reason::NameClash { name: id });
            }
        }
        Ok(())
    }

    /// The net of a canonical name.
    pub(super) fn net(&self, name: &str) -> Option<NetId> {
        self.by_name.get(name).copied()
    }

    /// A net, constant or enum variant, as an expression.
    pub(super) fn value(&self, name: &str) -> Result<Expr, Reason> {
        if let Some(net) = self.net(name) {
            return Ok(Expr::new(self.nets[net].width, Kind::Net(net)));
        }
        // an enum may be named by a longer path: `super::State::Idle`
        let tail = name.rmatch_indices('$').nth(1);
        let tail = tail.map_or(name, |(at, _)| &name[at + 1..]);
        let found = self.constants.get(name).or_else(|| self.variants.get(tail));
        match found {
            Some(expr) if expr.width > 0 => Ok(expr.clone()),
            _ => Err(Reason::UnknownName { name: shown(name) }),
        }
    }

    /// How many variants the enum has that this label is one of.
    pub(super) fn variants_beside(&self, label: &str) -> Option<usize> {
        let label = label.replace('$', "::");
        self.enums
            .values()
            .find(|variants| variants.contains(&label))
            .map(Vec::len)
    }

    pub(super) fn has_field(&self, name: &str) -> bool {
        self.roots.contains(name)
    }
}

/// The value of a literal, whatever its width.
pub(super) fn literal_value(literal: &VerilogLiteral) -> Result<BigUint, Reason> {
    let text = format!("{literal:x}");
    text.split_once("'h")
        .and_then(|(_, digits)| BigUint::parse_bytes(digits.as_bytes(), 16))
        .ok_or_else(|| Reason::Unsupported(format!("{text} is no unsigned number")))
}

fn root(name: &str) -> String {
    name.split('$').next().unwrap_or_default().into()
}

/// A canonical name as Rust spells it.
pub(super) fn shown(name: &str) -> String {
    name.replace('$', ".")
}
