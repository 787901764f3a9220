//! One block as a Verilog module.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;
use rust_hdl::prelude::*;

use super::collect::{register_reset, Node};
use super::drive::Drivers;
use super::error::Reason;
use super::ir::NetId;
use super::name::identifier;
use super::process::{staged_name, Processes};
use super::scope::{Net, Role, Scope};
use super::text::{function, literal, range, Printer};
use super::wiring::Wiring;

/// A module but for its name, its constants and the modules of its instances.
pub(super) struct Body {
    /// Constants in use: identifier, value, width.
    pub constants: Vec<(String, BigUint, usize)>,
    /// From the bracket that opens the port list on.
    pub ports: String,
    /// What follows the constants, up to `endmodule`. The module and parameters of the n-th
    /// instance are to be put in for [`instance_mark`].
    pub text: String,
}

/// Stands for the module of the n-th sub-block that is no register.
pub(super) fn instance_mark(n: usize) -> String {
    format!("\u{1}{n}\u{1}")
}

/// The port list.
pub(super) fn port_list(node: &Node, is_reg: impl Fn(&str) -> bool) -> Result<String, Reason> {
    let mut lines = Vec::new();
    for atom in node.atoms.iter().filter(|atom| atom.is_port()) {
        let id = identifier(&atom.name)?;
        let kind = match atom.kind {
            AtomKind::InputParameter => "input  wire",
            _ if is_reg(&atom.name) => "output reg ",
            _ => "output wire",
        };
        lines.push(format!("    {kind} {}{id}", range(atom.width)));
    }
    Ok(format!("(\n{}\n);\n", lines.join(",\n")))
}

/// A block with a kernel, ready to be printed.
pub(super) struct Module<'a> {
    pub node: &'a Node,
    pub scope: &'a Scope,
    pub drivers: &'a Drivers,
}

impl Module<'_> {
    pub(super) fn print(&self) -> Result<Body, Reason> {
        let wiring = Wiring::of(self);
        let names = |net: NetId| wiring.names[net].clone();
        let mut printer = Printer::new(&names);
        let assigns = self.assigns(&wiring, &mut printer);
        let processes = Processes { scope: self.scope };
        let processes: Vec<String> = self
            .drivers
            .processes
            .iter()
            .map(|process| processes.print(process, &names, &mut printer))
            .collect();
        let registers = self.registers(&wiring, &mut printer);
        let instances = self.instances(&wiring, &mut printer)?;

        let mut sections = vec![
            variants(&printer),
            functions(&printer),
            self.declarations(&wiring)?,
            assigns,
        ];
        sections.extend(processes);
        sections.extend([registers, instances]);
        sections.retain(|section| !section.is_empty());
        let ports = port_list(self.node, |name| {
            self.scope.net(name).is_some_and(|net| self.is_reg(net))
        })?;
        Ok(Body {
            constants: printer.constants.into_iter().collect(),
            ports,
            text: sections.join("\n"),
        })
    }

    fn is_reg(&self, net: NetId) -> bool {
        self.drivers
            .processes
            .iter()
            .any(|process| process.nets.contains(&net))
    }

    fn net(&self, net: NetId) -> &Net {
        &self.scope.nets[net]
    }

    fn declarations(&self, wiring: &Wiring) -> Result<String, Reason> {
        let mut out = String::new();
        let mut used: BTreeSet<&str> = self.scope.nets.iter().map(|net| net.id.as_str()).collect();
        for (id, net) in self.scope.nets.iter().enumerate() {
            let own_port = matches!(net.role, Role::Input | Role::Output);
            if own_port || !wiring.declared[id] {
                continue;
            }
            let kind = if self.register_q(net).is_some() || self.is_reg(id) {
                "reg "
            } else {
                "wire"
            };
            out += &format!("    {kind} {}{};\n", range(net.width), net.id);
        }
        let staged: Vec<String> = self
            .staged()
            .map(|net| staged_name(&self.net(net).id))
            .collect();
        for (net, id) in self.staged().zip(&staged) {
            if !used.insert(id) {
                return Err(Reason::NameClash { name: id.clone() });
            }
            out += &format!("    reg  {}{id};\n", range(self.net(net).width));
        }
        Ok(out)
    }

    fn register_q(&self, net: &Net) -> Option<&str> {
        match net.role {
            Role::ChildOutput(child) => register_reset(&self.node.children[child]),
            _ => None,
        }
    }

    fn staged(&self) -> impl Iterator<Item = NetId> + '_ {
        self.drivers
            .processes
            .iter()
            .flat_map(|process| process.staged.iter().copied())
    }

    fn assigns(&self, wiring: &Wiring, printer: &mut Printer) -> String {
        let mut out = String::new();
        for (net, value) in &self.drivers.assigns {
            if !wiring.direct.contains(net) {
                out += &format!(
                    "    assign {} = {};\n",
                    self.net(*net).id,
                    printer.bare(value)
                );
            }
        }
        out
    }

    /// What drives the port of a sub-block, as an operand.
    fn driver(&self, net: NetId, wiring: &Wiring, printer: &mut Printer) -> String {
        match self.drivers.assigns.get(&net) {
            Some(value) if wiring.direct.contains(&net) => printer.bare(value),
            _ => self.net(net).id.clone(),
        }
    }

    fn child_net(&self, child: &Node, port: &str) -> Option<NetId> {
        self.scope.net(&format!("{}${port}", child.name))
    }

    /// One `always` for the registers of each clock and reset.
    fn registers(&self, wiring: &Wiring, printer: &mut Printer) -> String {
        let mut banks: BTreeMap<(String, String), Vec<[String; 3]>> = BTreeMap::new();
        for child in &self.node.children {
            let Some(reset_value) = register_reset(child) else {
                continue;
            };
            let [clock, reset, d, q] =
                ["clock", "reset", "d", "q"].map(|port| self.child_net(child, port));
            if let (Some(clock), Some(reset), Some(d), Some(q)) = (clock, reset, d, q) {
                let key = (
                    self.driver(clock, wiring, printer),
                    self.driver(reset, wiring, printer),
                );
                let next = self.driver(d, wiring, printer);
                banks.entry(key).or_default().push([
                    self.net(q).id.clone(),
                    reset_value.into(),
                    next,
                ]);
            }
        }
        let mut out = String::new();
        for ((clock, reset), bank) in banks {
            // Not an initial value in the declaration: an event-driven simulator would see no change at
            // time 0, and a process that reads nothing else would not run before the first one.
            out += "    initial begin\n";
            for [q, reset_value, _] in &bank {
                out += &format!("        {q} <= {reset_value};\n");
            }
            out += "    end\n";
            out += &format!("    always @(posedge {clock}) begin\n        if ({reset}) begin\n");
            for [q, reset_value, _] in &bank {
                out += &format!("            {q} <= {reset_value};\n");
            }
            out += "        end else begin\n";
            for [q, _, next] in &bank {
                out += &format!("            {q} <= {next};\n");
            }
            out += "        end\n    end\n";
        }
        out
    }

    fn instances(&self, wiring: &Wiring, printer: &mut Printer) -> Result<String, Reason> {
        let mut instances = Vec::new();
        for (n, child) in self.node.instances().enumerate() {
            let mut pins = Vec::new();
            for atom in child.atoms.iter().filter(|atom| atom.is_port()) {
                let port = identifier(&atom.name)?;
                let Some(net) = self.child_net(child, &atom.name) else {
                    continue;
                };
                let to = match atom.kind {
                    AtomKind::InputParameter => self.driver(net, wiring, printer),
                    _ if wiring.unread.contains(&net) => String::new(),
                    _ => wiring.names[net].clone(),
                };
                pins.push(format!("        .{port}({to})"));
            }
            let name = identifier(&child.name)?;
            instances.push(format!(
                "    {} {name} (\n{}\n    );\n",
                instance_mark(n),
                pins.join(",\n")
            ));
        }
        Ok(instances.join("\n"))
    }
}

/// A localparam.
pub(super) fn local_parameter(name: &str, value: &BigUint, width: usize) -> String {
    let value = literal(value, width);
    format!("    localparam {}{name} = {value};\n", range(width))
}

fn variants(printer: &Printer) -> String {
    let line =
        |(name, value, width): &(String, BigUint, usize)| local_parameter(name, value, *width);
    printer.variants.iter().map(line).collect()
}

fn functions(printer: &Printer) -> String {
    printer
        .functions
        .iter()
        .map(|(of, low, width)| function(*of, *low, *width))
        .collect()
}
