//! Constant evaluation.

use num_bigint::BigUint;
use num_traits::{One, ToPrimitive, Zero};

use super::ir::{mask, Expr, Kind, NetId, Op, Reduce};

/// The value of `expr`, if all nets it reads have a value in `nets`.
pub(super) fn evaluate(expr: &Expr, nets: &impl Fn(NetId) -> Option<BigUint>) -> Option<BigUint> {
    let value = match &expr.kind {
        Kind::Literal(value) | Kind::Variant(_, value) | Kind::Constant(_, value) => value.clone(),
        Kind::Net(net) => nets(*net)?,
        Kind::Slice(inner, low) => evaluate(inner, nets)? >> *low,
        Kind::Select(net, at) => nets(*net)? >> evaluate(at, nets)?.to_usize()?,
        Kind::Extend(inner) => evaluate(inner, nets)?,
        Kind::Concat(parts) => {
            let mut value = BigUint::zero();
            for part in parts {
                value = (value << part.width) | evaluate(part, nets)?;
            }
            value
        }
        Kind::Not(inner) => evaluate(inner, nets)? ^ mask(expr.width),
        Kind::Reduce(by, inner) => {
            let value = evaluate(inner, nets)?;
            BigUint::from(match by {
                Reduce::And => value == mask(inner.width),
                Reduce::Or => !value.is_zero(),
                Reduce::Xor => value.count_ones() % 2 == 1,
            })
        }
        Kind::Binary(op, l, r) => binary(*op, evaluate(l, nets)?, evaluate(r, nets)?, expr.width),
    };
    Some(value & mask(expr.width))
}

/// The value of an expression that reads no net.
pub(super) fn constant(expr: &Expr) -> Option<BigUint> {
    evaluate(expr, &|_| None)
}

fn binary(op: Op, l: BigUint, r: BigUint, width: usize) -> BigUint {
    let shift = r.to_usize().unwrap_or(width).min(width);
    match op {
        Op::Add => l + r,
        Op::Sub => l + (BigUint::one() << width) - r,
        Op::Mul => l * r,
        Op::And | Op::BothTrue => l & r,
        Op::Or | Op::EitherTrue => l | r,
        Op::Xor => l ^ r,
        Op::Shl => l << shift,
        Op::Shr => l >> shift,
        Op::Eq => BigUint::from(l == r),
        Op::Ne => BigUint::from(l != r),
        Op::Lt => BigUint::from(l < r),
        Op::Le => BigUint::from(l <= r),
        Op::Gt => BigUint::from(l > r),
        Op::Ge => BigUint::from(l >= r),
    }
}
