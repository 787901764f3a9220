//! The ports of a block, and their values over a run of rust-hdl's simulation.

use rust_hdl::prelude::*;

/// A port of the top.
#[derive(Clone, Debug)]
pub(super) struct Port {
    /// Verilog name.
    pub name: String,
    pub width: usize,
    pub input: bool,
}

/// Every port's value in every cycle, just before the rising edge, in hexadecimal.
pub(super) struct Record {
    pub clock: Option<String>,
    pub ports: Vec<Port>,
    pub cycles: Vec<Vec<String>>,
}

/// The ports of a block, clocks apart.
#[derive(Default)]
pub(super) struct Ports {
    depth: usize,
    namespace: Vec<String>,
    pub clocks: Vec<String>,
    pub ports: Vec<Port>,
    pub values: Vec<String>,
}

impl Ports {
    pub(super) fn of<U: Block>(block: &U) -> Self {
        let mut ports = Self::default();
        block.accept("top", &mut ports);
        ports
    }
}

impl Probe for Ports {
    fn visit_start_scope(&mut self, _: &str, _: &dyn Block) {
        self.depth += 1;
    }

    fn visit_end_scope(&mut self, _: &str, _: &dyn Block) {
        self.depth -= 1;
    }

    fn visit_start_namespace(&mut self, name: &str, _: &dyn Block) {
        self.namespace.push(name.into());
    }

    fn visit_end_namespace(&mut self, _: &str, _: &dyn Block) {
        self.namespace.pop();
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        let input = match atom.kind() {
            AtomKind::InputParameter if self.depth == 1 => true,
            AtomKind::OutputParameter if self.depth == 1 => false,
            _ => return,
        };
        let mut path = self.namespace.clone();
        path.push(name.into());
        let name = path.join("_").replace('$', "_");
        if atom.descriptor().name == "clock" && input {
            self.clocks.push(name);
            return;
        }
        self.ports.push(Port {
            name,
            width: atom.bits(),
            input,
        });
        let text = format!("{:x}", atom.verilog());
        self.values.push(
            text.split_once("'h")
                .map_or("0", |(_, digits)| digits)
                .into(),
        );
    }
}
