//! Processes as Verilog text.

use super::drive::Process;
use super::ir::{Arm, Expr, Kind, NetId, Stmt};
use super::scope::{Net, Scope};
use super::text::{literal, Printer};

/// The name of the value of `id` while it is under way.
pub(super) fn staged_name(id: &str) -> String {
    format!("{id}_v")
}

/// Prints the processes of a module.
pub(super) struct Processes<'a> {
    pub scope: &'a Scope,
}

impl Processes<'_> {
    fn net(&self, net: NetId) -> &Net {
        &self.scope.nets[net]
    }

    /// Prints `process`; `outer` notes what it needs.
    pub(super) fn print(
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
        outer.absorb(printer);
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
                    self.arms(arms, default, depth + 1, printer, out);
                    *out += &format!("{pad}endcase\n");
                }
            }
        }
    }

    fn arms(
        &self,
        arms: &[Arm],
        default: &[Stmt],
        depth: usize,
        printer: &mut Printer,
        out: &mut String,
    ) {
        let pad = "    ".repeat(depth);
        for arm in arms {
            *out += &match (&arm.label.kind, arm.stands_for_rest) {
                (Kind::Variant(name, _), true) => format!("{pad}default: begin // {name}\n"),
                (Kind::Literal(value), true) => {
                    format!(
                        "{pad}default: begin // {}\n",
                        literal(value, arm.label.width)
                    )
                }
                _ => format!("{pad}{}: begin\n", printer.bare(&arm.label)),
            };
            self.block(&arm.body, depth + 1, printer, out);
            *out += &format!("{pad}end\n");
        }
        if !default.is_empty() {
            *out += &format!("{pad}default: begin\n");
            self.block(default, depth + 1, printer, out);
            *out += &format!("{pad}end\n");
        } else if !arms.iter().any(|arm| arm.stands_for_rest) {
            *out += &format!("{pad}default: ;\n");
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
}
