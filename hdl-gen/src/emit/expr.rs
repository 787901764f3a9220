//! Expressions of the AST to [`Expr`]: names resolved, widths settled.

use num_bigint::{BigInt, BigUint};
use rust_hdl::core::ast::{VerilogExpression, VerilogOp, VerilogOpUnary};

use super::error::{unsupported, Reason};
use super::ir::{mask, Expr, Kind, Op, Reduce};
use super::name::{canonical, Loops};
use super::scope::{literal_value, Scope};

/// The names in force at a place of the kernel.
pub(super) struct Names<'a> {
    pub scope: &'a Scope,
    pub loops: &'a Loops,
}

impl Names<'_> {
    /// `ast` as an expression; a bare number takes the width `context`.
    pub(super) fn expr(
        &self,
        ast: &VerilogExpression,
        context: Option<usize>,
    ) -> Result<Expr, Reason> {
        use VerilogExpression::*;
        if self.width(ast)?.is_none() {
            let width = context
                .ok_or_else(|| Reason::Unsupported("a number whose width is unknown".into()))?;
            return number(&self.integer(ast)?, width);
        }
        match ast {
            Signal(name) => self.scope.value(&canonical(name, self.loops)?),
            Literal(literal) => Ok(Expr::literal(literal_value(literal)?, 1)), // a bool
            Paren(inner) => self.expr(inner, context),
            Cast(inner, width) => self.cast(inner, *width),
            Binary(left, op, right) => self.binary(left, op, right),
            Unary(op, inner) => self.unary(op, inner),
            Index(base, at) => self.slice(base, 1, at),
            Slice(base, width, at) => self.slice(base, *width, at),
            IndexReplace(base, at, bit) => self.replace_bit(base, at, bit),
            Signed(_) | Unsigned(_) => unsupported("signed arithmetic"),
        }
    }

    /// The width Rust gives `ast`; `None` for a bare number, which takes that of its context.
    fn width(&self, ast: &VerilogExpression) -> Result<Option<usize>, Reason> {
        use VerilogExpression::*;
        Ok(match ast {
            Signal(name) if self.loop_value(name).is_some() => None,
            Signal(name) => Some(self.scope.value(&canonical(name, self.loops)?)?.width),
            Literal(literal) => format!("{literal:x}").starts_with("1'").then_some(1),
            Cast(_, width) | Slice(_, width, _) => Some(*width),
            Paren(inner) | IndexReplace(inner, ..) | Unary(VerilogOpUnary::Not, inner) => {
                self.width(inner)?
            }
            Unary(..) | Index(..) => Some(1),
            Signed(_) | Unsigned(_) => return unsupported("signed arithmetic"),
            Binary(l, op, r) => {
                let (l, r) = (self.width(l)?, self.width(r)?);
                match op {
                    // an integer shifted by `Bits` is `Bits<64>`
                    VerilogOp::Shl | VerilogOp::Shr => l.or(r.map(|_| 64)),
                    VerilogOp::Mul => l.zip(r).map(|(l, r)| l + r),
                    VerilogOp::Add | VerilogOp::Sub => l.max(r),
                    VerilogOp::BitAnd | VerilogOp::BitOr | VerilogOp::BitXor => l.max(r),
                    _ => Some(1),
                }
            }
        })
    }

    fn loop_value(&self, name: &str) -> Option<i64> {
        self.loops
            .iter()
            .rev()
            .find(|(var, _)| var == name)
            .map(|(_, value)| *value)
    }

    /// The value of an expression of literals and loop variables only.
    fn integer(&self, ast: &VerilogExpression) -> Result<BigInt, Reason> {
        use VerilogExpression::*;
        match ast {
            Literal(literal) => Ok(BigInt::from(literal_value(literal)?)),
            Signal(name) => match self.loop_value(name) {
                Some(value) => Ok(value.into()),
                None => Err(Reason::UnknownName { name: name.clone() }),
            },
            Paren(inner) => self.integer(inner),
            Binary(l, op, r) => {
                let (l, r) = (self.integer(l)?, self.integer(r)?);
                let by = u32::try_from(&r).ok().filter(|by| *by < 128);
                match (op, by) {
                    (VerilogOp::Add, _) => Ok(l + r),
                    (VerilogOp::Sub, _) => Ok(l - r),
                    (VerilogOp::Mul, _) => Ok(l * r),
                    (VerilogOp::BitAnd, _) => Ok(l & r),
                    (VerilogOp::BitOr, _) => Ok(l | r),
                    (VerilogOp::BitXor, _) => Ok(l ^ r),
                    (VerilogOp::Shl, Some(by)) => Ok(l << by),
                    (VerilogOp::Shr, Some(by)) => Ok(l >> by),
                    _ => {
                        unsupported("an operation on plain numbers that Rust does at another width")
                    }
                }
            }
            _ => unsupported("an operation on plain numbers that Rust does at another width"),
        }
    }

    /// An index: a number, or an expression without arithmetic. `(x + 1).index()` wraps in Rust,
    /// `x.index() + 1` does not, and the AST shows both alike.
    fn index(&self, ast: &VerilogExpression) -> Result<Result<usize, Expr>, Reason> {
        if self.width(ast)?.is_none() {
            let value = self.integer(ast)?;
            return match usize::try_from(&value) {
                Ok(value) => Ok(Ok(value)),
                Err(_) => Err(Reason::Index {
                    index: value.to_string(),
                }),
            };
        }
        refuse_arithmetic(ast)?;
        let expr = self.expr(ast, None)?;
        match expr.value().map(usize::try_from) {
            Some(Ok(value)) => Ok(Ok(value)),
            _ => Ok(Err(expr)),
        }
    }

    /// What a `match` looks at.
    pub(super) fn scrutinee(&self, ast: &VerilogExpression) -> Result<Expr, Reason> {
        refuse_arithmetic(ast)?;
        self.expr(ast, None)
    }

    fn cast(&self, inner: &VerilogExpression, width: usize) -> Result<Expr, Reason> {
        if width == 0 {
            return Err(Reason::NoBits {
                signal: "a cast".into(),
            });
        }
        let expr = self.expr(inner, Some(width))?;
        Ok(if expr.width > width {
            expr.slice(0, width)
        } else {
            expr.extend(width)
        })
    }

    fn slice(
        &self,
        base: &VerilogExpression,
        width: usize,
        at: &VerilogExpression,
    ) -> Result<Expr, Reason> {
        let base = self.expr(base, None)?;
        let out_of_range = |low: usize| Reason::SliceOutOfRange {
            high: low.saturating_add(width).saturating_sub(1),
            low,
            width: base.width,
        };
        match self.index(at)? {
            Ok(low) if width == 0 || low.saturating_add(width) > base.width => {
                Err(out_of_range(low))
            }
            Ok(low) => Ok(base.slice(low, width)),
            Err(_) if width == 0 || width > base.width => Err(out_of_range(0)),
            Err(at) => Ok(base.select(at, width)),
        }
    }

    fn replace_bit(
        &self,
        base: &VerilogExpression,
        at: &VerilogExpression,
        bit: &VerilogExpression,
    ) -> Result<Expr, Reason> {
        let base = self.expr(base, None)?;
        let width = base.width;
        let bit = self.one_bit(bit, "replace_bit")?;
        let (hole, bit) = match self.index(at)? {
            Ok(at) if at >= width => {
                return Err(Reason::SliceOutOfRange {
                    high: at,
                    low: at,
                    width,
                })
            }
            Ok(at) => {
                let hole = mask(width) ^ (BigUint::from(1_u8) << at);
                let by = Expr::literal(at, 32);
                (
                    Expr::literal(hole, width),
                    Expr::binary(Op::Shl, bit.extend(width), by),
                )
            }
            Err(at) => {
                let one = Expr::literal(1_u8, width);
                let hole = Expr::binary(Op::Shl, one, at.clone()).negate();
                (hole, Expr::binary(Op::Shl, bit.extend(width), at))
            }
        };
        Ok(Expr::binary(Op::Or, Expr::binary(Op::And, base, hole), bit))
    }

    fn unary(&self, op: &VerilogOpUnary, inner: &VerilogExpression) -> Result<Expr, Reason> {
        let expr = self.expr(inner, None)?;
        let by = match op {
            VerilogOpUnary::Not => return Ok(expr.negate()),
            VerilogOpUnary::Neg => return unsupported("negation of an unsigned value"),
            VerilogOpUnary::All => Reduce::And,
            VerilogOpUnary::Any => Reduce::Or,
            VerilogOpUnary::Xor => Reduce::Xor,
        };
        Ok(if expr.width == 1 {
            expr
        } else {
            Expr::new(1, Kind::Reduce(by, expr.into()))
        })
    }

    fn binary(
        &self,
        l: &VerilogExpression,
        op: &VerilogOp,
        r: &VerilogExpression,
    ) -> Result<Expr, Reason> {
        let op = match op {
            VerilogOp::Add => Op::Add,
            VerilogOp::Sub => Op::Sub,
            VerilogOp::Mul => Op::Mul,
            VerilogOp::LogicalAnd => Op::BothTrue,
            VerilogOp::LogicalOr => Op::EitherTrue,
            VerilogOp::BitXor => Op::Xor,
            VerilogOp::BitAnd => Op::And,
            VerilogOp::BitOr => Op::Or,
            VerilogOp::Shl => Op::Shl,
            VerilogOp::Shr => Op::Shr,
            VerilogOp::Eq => Op::Eq,
            VerilogOp::Lt => Op::Lt,
            VerilogOp::Le => Op::Le,
            VerilogOp::Ne => Op::Ne,
            VerilogOp::Ge => Op::Ge,
            VerilogOp::Gt => Op::Gt,
        };
        if matches!(op, Op::Shl | Op::Shr) {
            let value = self.expr(l, Some(64))?;
            return Ok(Expr::binary(op, value, self.expr(r, Some(32))?));
        }
        let (wl, wr) = (self.width(l)?, self.width(r)?);
        if wl.is_none() && wr.is_none() {
            return self.compare_numbers(l, op, r);
        }
        if op == Op::Mul && (wl.is_none() || wr.is_none()) {
            return unsupported("a product with a plain number");
        }
        let (left, right) = (self.expr(l, wr)?, self.expr(r, wl)?);
        let right = match op {
            Op::Add if right.width == 1 => right.extend(left.width), // `Bits + bool`
            _ => right,
        };
        if left.width != right.width && op != Op::Mul {
            let (left, right) = (left.width, right.width);
            return Err(Reason::WidthMismatch {
                what: format!("operands of {op:?}"),
                left,
                right,
            });
        }
        Ok(Expr::binary(op, left, right))
    }

    /// `i == 3`, with a loop variable.
    fn compare_numbers(
        &self,
        l: &VerilogExpression,
        op: Op,
        r: &VerilogExpression,
    ) -> Result<Expr, Reason> {
        let (l, r) = (self.integer(l)?, self.integer(r)?);
        let holds = match op {
            Op::Eq => l == r,
            Op::Ne => l != r,
            Op::Lt => l < r,
            Op::Le => l <= r,
            Op::Gt => l > r,
            Op::Ge => l >= r,
            _ => return unsupported("a condition that is a plain number"),
        };
        Ok(Expr::literal(u8::from(holds), 1))
    }

    /// A value that must have one bit.
    pub(super) fn one_bit(&self, ast: &VerilogExpression, what: &str) -> Result<Expr, Reason> {
        let expr = self.expr(ast, Some(1))?;
        if expr.width == 1 {
            return Ok(expr);
        }
        Err(Reason::WidthMismatch {
            what: what.into(),
            left: expr.width,
            right: 1,
        })
    }
}

/// `value` in `width` bits, if it fits.
fn number(value: &BigInt, width: usize) -> Result<Expr, Reason> {
    match value.to_biguint() {
        Some(bits) if bits.bits() <= width as u64 => Ok(Expr::literal(bits, width)),
        _ => Err(Reason::LiteralTooWide {
            value: value.to_string(),
            width,
        }),
    }
}

fn refuse_arithmetic(ast: &VerilogExpression) -> Result<(), Reason> {
    use VerilogOp::{Add, Mul, Shl, Sub};
    match ast {
        VerilogExpression::Paren(inner) => refuse_arithmetic(inner),
        VerilogExpression::Binary(_, Add | Sub | Mul | Shl, _) => unsupported(
            "arithmetic in an index or a match: rust-hdl does not tell whether it wraps; go through a Local",
        ),
        _ => Ok(()),
    }
}
