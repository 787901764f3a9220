//! A block and everything below it, as rust-hdl's `Probe` shows it.

use rust_hdl::prelude::*;

use crate::prim::marker;

/// One block instance.
pub(super) struct Node {
    /// Field name in the parent; elements of an array are `way$0`, `way$1` …
    pub name: String,
    /// Path from the top, for messages.
    pub path: String,
    pub atoms: Vec<AtomInfo>,
    pub children: Vec<Node>,
    pub code: Verilog,
    /// What the block calls itself in `Logic::timing`, if it does: a name for its module.
    pub kind: Option<String>,
}

impl Node {
    /// The sub-blocks that are no registers.
    pub(super) fn instances(&self) -> impl Iterator<Item = &Node> {
        self.children
            .iter()
            .filter(|child| register_reset(child).is_none())
    }
}

/// One signal or constant; a bundle's field `awaddr` of field `s_axil` is `s_axil$awaddr`.
pub(super) struct AtomInfo {
    pub name: String,
    pub width: usize,
    pub kind: AtomKind,
    pub value: VerilogLiteral,
    pub ty: TypeDescriptor,
}

impl AtomInfo {
    pub(super) fn is_clock(&self) -> bool {
        self.ty.name == "clock"
    }

    pub(super) fn is_port(&self) -> bool {
        matches!(
            self.kind,
            AtomKind::InputParameter | AtomKind::OutputParameter
        )
    }
}

/// The reset value, if the block is a register to be written into its parent.
pub(super) fn register_reset(node: &Node) -> Option<&str> {
    match &node.code {
        Verilog::Custom(text) => text.strip_prefix(marker::REGISTER)?.lines().next(),
        _ => None,
    }
}

/// Walks `top`; `None` if it is no single block (an array, a bundle).
pub(super) fn collect<U: Block>(top: &U, name: &str) -> Option<Node> {
    let mut collector = Collector::default();
    top.accept(name, &mut collector);
    collector.done
}

#[derive(Default)]
struct Collector {
    open: Vec<Node>,
    namespace: Vec<String>,
    done: Option<Node>,
}

impl Probe for Collector {
    fn visit_start_scope(&mut self, name: &str, node: &dyn Block) {
        let shown = name.replace('$', ".");
        self.open.push(Node {
            name: name.into(),
            path: match self.open.last() {
                Some(parent) => format!("{}.{shown}", parent.path),
                None => shown,
            },
            atoms: Vec::new(),
            children: Vec::new(),
            code: node.hdl(),
            kind: node.timing().into_iter().next().map(|timing| timing.name),
        });
    }

    fn visit_end_scope(&mut self, _: &str, _: &dyn Block) {
        let Some(node) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.done = Some(node),
        }
    }

    fn visit_start_namespace(&mut self, name: &str, _: &dyn Block) {
        self.namespace.push(name.into());
    }

    fn visit_end_namespace(&mut self, _: &str, _: &dyn Block) {
        self.namespace.pop();
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        let mut path = self.namespace.clone();
        path.push(name.into());
        if let Some(node) = self.open.last_mut() {
            node.atoms.push(AtomInfo {
                name: path.join("$"),
                width: atom.bits(),
                kind: atom.kind(),
                value: atom.verilog(),
                ty: atom.descriptor(),
            });
        }
    }
}
