//! How the nets of a module meet: what is declared, and what is connected without a net between.

use std::collections::BTreeSet;

use super::collect::register_reset;
use super::ir::{Expr, Kind, NetId};
use super::module::Module;
use super::scope::Role;

/// How the nets of a module meet.
pub(super) struct Wiring {
    /// What to call each net in expressions.
    pub names: Vec<String>,
    /// Which nets are declared, beside ports.
    pub declared: Vec<bool>,
    /// Inputs of sub-blocks and outputs of the module that need no `assign`.
    pub direct: BTreeSet<NetId>,
    /// Outputs of sub-blocks nobody reads.
    pub unread: BTreeSet<NetId>,
}

impl Wiring {
    pub(super) fn of(module: &Module) -> Self {
        let scope = module.scope;
        let mut read = BTreeSet::new();
        module
            .drivers
            .assigns
            .values()
            .for_each(|e| e.reads(&mut |net| _ = read.insert(net)));
        let code = module
            .drivers
            .processes
            .iter()
            .flat_map(|process| &process.code);
        code.for_each(|s| s.reads(&mut |net| _ = read.insert(net)));

        let mut wiring = Wiring {
            names: scope.nets.iter().map(|net| net.id.clone()).collect(),
            declared: vec![true; scope.nets.len()],
            direct: BTreeSet::new(),
            unread: BTreeSet::new(),
        };
        let register = |child: usize| register_reset(&module.node.children[child]).is_some();
        for (net, value) in &module.drivers.assigns {
            match scope.nets[*net].role {
                Role::ChildInput(child)
                    if !read.contains(net) && (register(child) || is_name(value)) =>
                {
                    wiring.direct.insert(*net);
                    wiring.declared[*net] = false;
                }
                Role::Output => {
                    let Kind::Net(from) = value.kind else {
                        continue;
                    };
                    let instance =
                        matches!(scope.nets[from].role, Role::ChildOutput(c) if !register(c));
                    if instance && wiring.declared[from] {
                        wiring.direct.insert(*net);
                        wiring.declared[from] = false;
                        wiring.names[from] = scope.nets[*net].id.clone();
                    }
                }
                _ => {}
            }
        }
        for (id, net) in scope.nets.iter().enumerate() {
            if matches!(net.role, Role::ChildOutput(c) if !register(c)) && !read.contains(&id) {
                wiring.unread.insert(id);
                wiring.declared[id] = false;
            }
        }
        wiring
    }
}

/// Whether `value` can stand in a port connection without hiding an operation there.
fn is_name(value: &Expr) -> bool {
    match &value.kind {
        Kind::Net(_) | Kind::Literal(_) | Kind::Variant(..) | Kind::Constant(..) => true,
        Kind::Slice(inner, _) => is_name(inner),
        _ => false,
    }
}
