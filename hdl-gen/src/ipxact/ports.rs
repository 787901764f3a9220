//! The ports of a top.

use rust_hdl::prelude::*;

/// A port, by its Verilog name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its width in bits.
    pub width: usize,
    /// Whether it is an input.
    pub input: bool,
}

/// The ports of a block, in the order of its fields.
pub fn ports(top: &impl Block) -> Vec<Port> {
    let mut ports = Ports::default();
    top.accept("top", &mut ports);
    ports.found
}

#[derive(Default)]
struct Ports {
    depth: usize,
    bundles: Vec<String>,
    found: Vec<Port>,
}

impl Probe for Ports {
    fn visit_start_scope(&mut self, _: &str, _: &dyn Block) {
        self.depth += 1;
    }

    fn visit_end_scope(&mut self, _: &str, _: &dyn Block) {
        self.depth -= 1;
    }

    fn visit_start_namespace(&mut self, name: &str, _: &dyn Block) {
        self.bundles.push(name.into());
    }

    fn visit_end_namespace(&mut self, _: &str, _: &dyn Block) {
        self.bundles.pop();
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        let input = match atom.kind() {
            AtomKind::InputParameter if self.depth == 1 => true,
            AtomKind::OutputParameter if self.depth == 1 => false,
            _ => return,
        };
        let mut path = self.bundles.clone();
        path.push(name.into());
        self.found.push(Port {
            name: path.join("_").replace('$', "_"),
            width: atom.bits(),
            input,
        });
    }
}
