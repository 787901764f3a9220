//! One block as a Verilog module.

use std::collections::{BTreeMap, BTreeSet};

use rust_hdl::prelude::*;

use super::collect::Node;
use super::drive::{Drivers, Process};
use super::error::Reason;
use super::ir::{Expr, Kind, NetId, Stmt};
use super::name::identifier;
use super::scope::{Net, Role, Scope};
use super::text::{function, literal, range, Printer};
use crate::prim::marker;

/// The port list and what follows it, up to `endmodule`.
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
    Ok(format!(" (\n{}\n);\n", lines.join(",\n")))
}

/// The reset value, if the block is a register to be written into its parent.
pub(super) fn register_reset(node: &Node) -> Option<&str> {
    match &node.code {
        Verilog::Custom(text) => text.strip_prefix(marker::REGISTER)?.lines().next(),
        _ => None,
    }
}

/// A block with a kernel, ready to be printed.
pub(super) struct Module<'a> {
    pub node: &'a Node,
    pub scope: &'a Scope,
    pub drivers: &'a Drivers,
    /// The module of each sub-block; empty for registers.
    pub modules: &'a [String],
}

impl Module<'_> {
    pub(super) fn print(&self) -> Result<String, Reason> {
        let wiring = Wiring::of(self);
        let names = |net: NetId| wiring.names[net].clone();
        let mut printer = Printer::new(&names);
        let assigns = self.assigns(&wiring, &mut printer);
        let processes: Vec<String> = self
            .drivers
            .processes
            .iter()
            .map(|process| self.process(process, &names, &mut printer))
            .collect();
        let registers = self.registers(&wiring, &mut printer);
        let instances = self.instances(&wiring, &mut printer)?;

        let mut sections = vec![
            params(&printer),
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
        Ok(format!("{ports}{}", sections.join("\n")))
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
            let (kind, init) = match self.register_q(net) {
                Some(reset) => ("reg ", format!(" = {reset}")),
                None if self.is_reg(id) => ("reg ", String::new()),
                None => ("wire", String::new()),
            };
            out += &format!("    {kind} {}{}{init};\n", range(net.width), net.id);
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

    fn process(
        &self,
        process: &Process,
        names: &dyn Fn(NetId) -> String,
        outer: &mut Printer,
    ) -> String {
        let inner_names = |net: NetId| {
            if process.staged.contains(&net) {
                staged_name(&self.net(net).id)
            } else {
                names(net)
            }
        };
        let mut printer = Printer::new(&inner_names);
        let mut out = String::from("    always @* begin\n");
        self.block(&process.code, 2, &mut printer, &mut out);
        for net in &process.staged {
            let id = &self.net(*net).id;
            out += &format!("        {id} = {};\n", staged_name(id));
        }
        outer.named.append(&mut printer.named);
        outer.functions.append(&mut printer.functions);
        out + "    end\n"
    }

    fn block(&self, code: &[Stmt], depth: usize, printer: &mut Printer, out: &mut String) {
        let pad = "    ".repeat(depth);
        for statement in code {
            match statement {
                Stmt::Comment(text) => *out += &format!("{pad}// {text}\n"),
                Stmt::Assign { net, low, value } => {
                    let value_text = printer.bare(value);
                    let mut to = (printer.nets)(*net);
                    if value.width < self.net(*net).width {
                        to += &match value.width {
                            1 => format!("[{low}]"),
                            width => format!("[{}:{low}]", low + width - 1),
                        };
                    }
                    *out += &format!("{pad}{to} = {value_text};\n");
                }
                Stmt::If {
                    test,
                    then,
                    otherwise,
                } => {
                    *out += &pad;
                    self.conditional(test, then, otherwise, depth, printer, out);
                }
                Stmt::Case {
                    test,
                    arms,
                    default,
                } => {
                    *out += &format!("{pad}case ({})\n", printer.bare(test));
                    for arm in arms {
                        let label = printer.bare(&arm.label);
                        *out += &match arm.stands_for_rest {
                            true => format!("{pad}    default: begin // {label}\n"),
                            false => format!("{pad}    {label}: begin\n"),
                        };
                        self.block(&arm.body, depth + 2, printer, out);
                        *out += &format!("{pad}    end\n");
                    }
                    if default.is_empty() {
                        if !arms.iter().any(|arm| arm.stands_for_rest) {
                            *out += &format!("{pad}    default: ;\n");
                        }
                    } else {
                        *out += &format!("{pad}    default: begin\n");
                        self.block(default, depth + 2, printer, out);
                        *out += &format!("{pad}    end\n");
                    }
                    *out += &format!("{pad}endcase\n");
                }
            }
        }
    }

    /// An `if`, from the keyword on, so that `else if` stays on one line.
    fn conditional(
        &self,
        test: &Expr,
        then: &[Stmt],
        otherwise: &[Stmt],
        depth: usize,
        printer: &mut Printer,
        out: &mut String,
    ) {
        let pad = "    ".repeat(depth);
        *out += &format!("if ({}) begin\n", printer.bare(test));
        self.block(then, depth + 1, printer, out);
        match otherwise {
            [] => *out += &format!("{pad}end\n"),
            [Stmt::If {
                test,
                then,
                otherwise,
            }] => {
                *out += &format!("{pad}end else ");
                self.conditional(test, then, otherwise, depth, printer, out);
            }
            _ => {
                *out += &format!("{pad}end else begin\n");
                self.block(otherwise, depth + 1, printer, out);
                *out += &format!("{pad}end\n");
            }
        }
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
        for (child, module) in self.node.children.iter().zip(self.modules) {
            if register_reset(child).is_some() {
                continue;
            }
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
                "    {module} {name} (\n{}\n    );\n",
                pins.join(",\n")
            ));
        }
        Ok(instances.join("\n"))
    }
}

/// How the nets of a module meet.
struct Wiring {
    /// What to call each net in expressions.
    names: Vec<String>,
    /// Which nets are declared, beside ports.
    declared: Vec<bool>,
    /// Inputs of sub-blocks and outputs of the module that need no `assign`.
    direct: BTreeSet<NetId>,
    /// Outputs of sub-blocks nobody reads.
    unread: BTreeSet<NetId>,
}

impl Wiring {
    fn of(module: &Module) -> Self {
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
        Kind::Net(_) | Kind::Literal(_) | Kind::Named(..) => true,
        Kind::Slice(inner, _) => is_name(inner),
        _ => false,
    }
}

fn staged_name(id: &str) -> String {
    format!("{id}_v")
}

fn params(printer: &Printer) -> String {
    let line = |(name, value, width): &(String, _, usize)| {
        format!(
            "    localparam {}{name} = {};\n",
            range(*width),
            literal(value, *width)
        )
    };
    printer.named.iter().map(line).collect()
}

fn functions(printer: &Printer) -> String {
    printer
        .functions
        .iter()
        .map(|(of, low, width)| function(*of, *low, *width))
        .collect()
}
