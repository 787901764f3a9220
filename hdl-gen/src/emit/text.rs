//! Expressions as Verilog text.

use std::collections::BTreeSet;

use num_bigint::BigUint;

use super::ir::{Expr, Kind, NetId, Op, Reduce};

/// Prints the expressions of one module, and notes what they need.
pub(super) struct Printer<'a> {
    /// The identifier of each net.
    pub nets: &'a dyn Fn(NetId) -> String,
    /// Variants of enums in use: identifier, value, width.
    pub variants: BTreeSet<(String, BigUint, usize)>,
    /// Constants in use: identifier, value, width.
    pub constants: BTreeSet<(String, BigUint, usize)>,
    /// Slicing functions in use: width of the argument, lowest bit, width of the result.
    pub functions: BTreeSet<(usize, usize, usize)>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(nets: &'a dyn Fn(NetId) -> String) -> Self {
        Self {
            nets,
            variants: BTreeSet::new(),
            constants: BTreeSet::new(),
            functions: BTreeSet::new(),
        }
    }

    /// Notes what another printer of the same module noted.
    pub(super) fn absorb(&mut self, other: Printer) {
        self.variants.extend(other.variants);
        self.constants.extend(other.constants);
        self.functions.extend(other.functions);
    }

    /// `expr`, without parentheses around the whole.
    pub(super) fn bare(&mut self, expr: &Expr) -> String {
        let text = self.text(expr);
        match expr.kind {
            Kind::Not(_) | Kind::Reduce(..) | Kind::Binary(..) => text[1..text.len() - 1].into(),
            _ => text,
        }
    }

    /// `expr`, as an operand.
    pub(super) fn text(&mut self, expr: &Expr) -> String {
        match &expr.kind {
            Kind::Literal(value) => literal(value, expr.width),
            Kind::Variant(name, value) => {
                let variant = (name.clone(), value.clone(), expr.width);
                self.variants.insert(variant);
                name.clone()
            }
            Kind::Constant(name, value) => {
                let constant = (name.clone(), value.clone(), expr.width);
                self.constants.insert(constant);
                name.clone()
            }
            Kind::Net(net) => (self.nets)(*net),
            Kind::Slice(inner, low) => self.slice(inner, *low, expr.width),
            Kind::Select(net, at) => {
                let (net, at) = ((self.nets)(*net), self.bare(at));
                match expr.width {
                    1 => format!("{net}[{at}]"),
                    width => format!("{net}[{at} +: {width}]"),
                }
            }
            Kind::Extend(inner) => {
                let zeros = literal(&BigUint::default(), expr.width - inner.width);
                format!("{{{zeros}, {}}}", self.bare(inner))
            }
            Kind::Concat(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.bare(part)).collect();
                format!("{{{}}}", parts.join(", "))
            }
            Kind::Not(inner) if expr.width == 1 => format!("(!{})", self.text(inner)),
            Kind::Not(inner) => format!("(~{})", self.text(inner)),
            Kind::Reduce(by, inner) => {
                let by = match by {
                    Reduce::And => '&',
                    Reduce::Or => '|',
                    Reduce::Xor => '^',
                };
                format!("({by}{})", self.text(inner))
            }
            Kind::Binary(op, l, r) => self.binary(*op, l, r, expr.width),
        }
    }

    fn slice(&mut self, inner: &Expr, low: usize, width: usize) -> String {
        let high = low + width - 1;
        if !matches!(inner.kind, Kind::Net(_) | Kind::Constant(..)) {
            self.functions.insert((inner.width, low, width));
            let name = function_name(inner.width, low, width);
            return format!("{name}({})", self.bare(inner));
        }
        let net = self.text(inner);
        match width {
            1 => format!("{net}[{low}]"),
            _ => format!("{net}[{high}:{low}]"),
        }
    }

    fn binary(&mut self, op: Op, l: &Expr, r: &Expr, width: usize) -> String {
        let symbol = match op {
            Op::Add => "+",
            Op::Sub => "-",
            Op::Mul => "*",
            Op::And => "&",
            Op::Or => "|",
            Op::Xor => "^",
            Op::BothTrue => "&&",
            Op::EitherTrue => "||",
            Op::Shl => "<<",
            Op::Shr => ">>",
            Op::Eq => "==",
            Op::Ne => "!=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
        };
        let (left, right) = match (op, &r.kind) {
            (Op::Shl | Op::Shr, Kind::Literal(by)) => (self.text(l), by.to_string()),
            // only here the context is wider than the operands
            (Op::Mul, _) => (
                self.text(&l.clone().extend(width)),
                self.text(&r.clone().extend(width)),
            ),
            _ => (self.text(l), self.text(r)),
        };
        format!("({left} {symbol} {right})")
    }
}

/// `value` with its width.
pub(super) fn literal(value: &BigUint, width: usize) -> String {
    if width == 1 {
        format!("1'b{value}")
    } else {
        format!("{width}'h{value:x}")
    }
}

/// `[7:0] `, or nothing for one bit.
pub(super) fn range(width: usize) -> String {
    match width {
        1 => String::new(),
        _ => format!("[{}:0] ", width - 1),
    }
}

/// Verilog slices only names; of anything else a function takes the bits.
pub(super) fn function_name(of: usize, low: usize, width: usize) -> String {
    format!("bits_{}_{low}_of_{of}", low + width - 1)
}

/// The declaration of [`function_name`]'s function.
pub(super) fn function(of: usize, low: usize, width: usize) -> String {
    let name = function_name(of, low, width);
    let result = range(width);
    let argument = range(of);
    let high = low + width - 1;
    format!(
        "    function {result}{name};\n        /* verilator lint_off UNUSEDSIGNAL */ // the bits cut off\n        \
         input {argument}x;\n        /* verilator lint_on UNUSEDSIGNAL */\n        {name} = x[{high}:{low}];\n    \
         endfunction\n"
    )
}
