//! A kernel with every name resolved, every width known and every loop unrolled.
//!
//! Each [`Expr`] has exactly its width: zero extension and truncation are explicit, so no Verilog
//! context can widen an operation.

use num_bigint::BigUint;

/// Index into [`super::scope::Scope::nets`].
pub(super) type NetId = usize;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr {
    pub width: usize,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Literal(BigUint),
    /// A variant of an enum: a localparam.
    Variant(String, BigUint),
    /// A `Constant` field: a localparam, or a parameter if instances differ in it.
    Constant(String, BigUint),
    Net(NetId),
    /// `width` bits from this bit on; always in range.
    Slice(Box<Expr>, usize),
    /// `width` bits of a net from a variable bit on; always in range.
    Select(NetId, Box<Expr>),
    /// Zero extension.
    Extend(Box<Expr>),
    /// Most significant first.
    Concat(Vec<Expr>),
    Not(Box<Expr>),
    Reduce(Reduce, Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reduce {
    And,
    Or,
    Xor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    BothTrue,
    EitherTrue,
    Shl,
    Shr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stmt {
    /// `width` bits of `net` from `low` on (`width` is the value's).
    Assign {
        net: NetId,
        low: usize,
        value: Expr,
    },
    If {
        test: Expr,
        then: Vec<Stmt>,
        otherwise: Vec<Stmt>,
    },
    Case {
        test: Expr,
        arms: Vec<Arm>,
        default: Vec<Stmt>,
    },
    Comment(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Arm {
    pub label: Expr,
    pub body: Vec<Stmt>,
    /// Set when the labels cover all values, so that this arm can stand as the default.
    pub stands_for_rest: bool,
}

impl Expr {
    pub(super) fn new(width: usize, kind: Kind) -> Self {
        Self { width, kind }
    }

    pub(super) fn literal(value: impl Into<BigUint>, width: usize) -> Self {
        Self::new(width, Kind::Literal(value.into()))
    }

    pub(super) fn binary(op: Op, left: Expr, right: Expr) -> Self {
        let width = match op {
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => 1,
            Op::Mul => left.width + right.width,
            _ => left.width,
        };
        Self::new(width, Kind::Binary(op, left.into(), right.into()))
    }

    pub(super) fn negate(self) -> Self {
        Self::new(self.width, Kind::Not(self.into()))
    }

    /// Zero-extends; `width` must not be smaller.
    pub(super) fn extend(self, width: usize) -> Self {
        match self.kind {
            _ if width == self.width => self,
            Kind::Literal(value) => Self::literal(value, width),
            Kind::Extend(inner) => Self::new(width, Kind::Extend(inner)),
            _ => Self::new(width, Kind::Extend(self.into())),
        }
    }

    /// The constant, if it is one by itself.
    pub(super) fn value(&self) -> Option<&BigUint> {
        match &self.kind {
            Kind::Literal(value) | Kind::Variant(_, value) | Kind::Constant(_, value) => {
                Some(value)
            }
            _ => None,
        }
    }

    /// `width` bits from `low` on; the caller has checked the range. Verilog slices only names, so
    /// the slice is moved inwards as far as it goes.
    pub(super) fn slice(self, low: usize, width: usize) -> Self {
        if low == 0 && width == self.width {
            return self;
        }
        match self.kind {
            Kind::Literal(value) | Kind::Variant(_, value) => {
                Self::literal((value >> low) & mask(width), width)
            }
            Kind::Slice(inner, at) => inner.slice(at + low, width),
            Kind::Extend(inner) => slice_zero_filled(*inner, low, width),
            Kind::Concat(parts) => slice_concat(parts, low, width),
            Kind::Not(inner) => inner.slice(low, width).negate(),
            Kind::Binary(op @ (Op::And | Op::Or | Op::Xor), l, r) => {
                Self::binary(op, l.slice(low, width), r.slice(low, width))
            }
            Kind::Binary(op @ (Op::Add | Op::Sub), l, r) if low == 0 => {
                Self::binary(op, l.slice(0, width), r.slice(0, width))
            }
            Kind::Binary(Op::Shl, l, by) if low == 0 => {
                Self::binary(Op::Shl, l.slice(0, width), *by)
            }
            Kind::Binary(Op::Shr, l, by) => {
                match by.value().and_then(|v| usize::try_from(v).ok()) {
                    Some(by) => slice_zero_filled(*l, low.saturating_add(by), width),
                    None => {
                        let shifted = Self::new(l.width, Kind::Binary(Op::Shr, l, by));
                        Self::new(width, Kind::Slice(shifted.into(), low))
                    }
                }
            }
            kind => {
                let whole = Self {
                    width: self.width,
                    kind,
                };
                Self::new(width, Kind::Slice(whole.into(), low))
            }
        }
    }

    /// `width` bits from the variable bit `at` on. rust-hdl gives zeros past the end, where a
    /// Verilog part-select would give X: then it becomes a shift.
    pub(super) fn select(self, at: Expr, width: usize) -> Self {
        let in_range = at.width < 32 && (1_usize << at.width) - 1 + width <= self.width;
        match self.kind {
            Kind::Net(net) if in_range => Self::new(width, Kind::Select(net, at.into())),
            _ => Self::binary(Op::Shr, self, at).slice(0, width),
        }
    }

    /// Calls `f` with every net read.
    pub(super) fn reads(&self, f: &mut impl FnMut(NetId)) {
        self.read_slices(&mut |net, _| f(net));
    }

    /// Calls `f` with every net read, and which bits of it (`None`: all).
    pub(super) fn read_slices(&self, f: &mut impl FnMut(NetId, Option<(usize, usize)>)) {
        match &self.kind {
            Kind::Literal(_) | Kind::Variant(..) | Kind::Constant(..) => {}
            Kind::Net(net) => f(*net, None),
            Kind::Slice(inner, low) => match inner.kind {
                Kind::Net(net) => f(net, Some((*low, self.width))),
                _ => inner.read_slices(f),
            },
            Kind::Select(net, at) => {
                f(*net, None);
                at.read_slices(f);
            }
            Kind::Extend(e) | Kind::Not(e) | Kind::Reduce(_, e) => e.read_slices(f),
            Kind::Concat(parts) => parts.iter().for_each(|e| e.read_slices(f)),
            Kind::Binary(_, l, r) => {
                l.read_slices(f);
                r.read_slices(f);
            }
        }
    }
}

impl Stmt {
    /// Calls `f` with every net written in this statement.
    pub(super) fn writes(&self, f: &mut impl FnMut(NetId)) {
        match self {
            Stmt::Assign { net, .. } => f(*net),
            Stmt::Comment(_) => {}
            _ => self.bodies().flatten().for_each(|s| s.writes(f)),
        }
    }

    /// Calls `f` with every net read in this statement.
    pub(super) fn reads(&self, f: &mut impl FnMut(NetId)) {
        match self {
            Stmt::Assign { value, .. } => value.reads(f),
            Stmt::If { test, .. } | Stmt::Case { test, .. } => {
                test.reads(f);
                self.bodies().flatten().for_each(|s| s.reads(f));
            }
            Stmt::Comment(_) => {}
        }
    }

    /// The statement lists inside this statement.
    pub(super) fn bodies(&self) -> impl Iterator<Item = &Vec<Stmt>> {
        let bodies: Vec<&Vec<Stmt>> = match self {
            Stmt::If {
                then, otherwise, ..
            } => vec![then, otherwise],
            Stmt::Case { arms, default, .. } => {
                arms.iter().map(|arm| &arm.body).chain([default]).collect()
            }
            Stmt::Assign { .. } | Stmt::Comment(_) => vec![],
        };
        bodies.into_iter()
    }
}

/// `width` ones.
pub(super) fn mask(width: usize) -> BigUint {
    (BigUint::from(1_u8) << width) - 1_u8
}

/// Bits of `inner`, with zeros past its end.
fn slice_zero_filled(inner: Expr, low: usize, width: usize) -> Expr {
    if low >= inner.width {
        return Expr::literal(0_u8, width);
    }
    let kept = width.min(inner.width - low);
    inner.slice(low, kept).extend(width)
}

fn slice_concat(parts: Vec<Expr>, low: usize, width: usize) -> Expr {
    let mut kept = Vec::new();
    let mut at = 0; // the part's lowest bit
    for part in parts.into_iter().rev() {
        let (from, to) = (low.max(at), (low + width).min(at + part.width));
        let start = at;
        at += part.width;
        if from < to {
            kept.push(part.slice(from - start, to - from));
        }
    }
    kept.reverse();
    if kept.len() == 1 {
        kept.remove(0)
    } else {
        Expr::new(width, Kind::Concat(kept))
    }
}
