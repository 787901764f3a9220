//! Refusals that need the whole kernel: latches, reads before writes, open signals, clocks as data.

use std::collections::BTreeMap;

use num_bigint::BigUint;
use num_traits::Zero;

use super::error::Reason;
use super::ir::{mask, Expr, Kind, NetId, Stmt};
use super::scope::{Role, Scope};

/// Refuses a kernel that Verilog would not run as Rust does.
pub(super) fn check(kernel: &[Stmt], scope: &Scope) -> Result<(), Reason> {
    clocks(kernel, scope, true)?;
    let mut targets = BTreeMap::new();
    for (at, statement) in kernel.iter().enumerate() {
        statement.writes(&mut |net| {
            targets.insert(net, at);
        });
    }
    child_inputs_are_final_when_read(kernel, scope, &targets)?;
    let checker = Assigned {
        scope,
        targets: &targets,
    };
    let mut assigned = BTreeMap::new();
    checker.block(kernel, &mut assigned)?;
    for (id, net) in scope.nets.iter().enumerate() {
        if matches!(net.role, Role::Input | Role::ChildOutput(_)) {
            continue;
        }
        let signal = net.shown.clone();
        match assigned.get(&id) {
            _ if !targets.contains_key(&id) => return Err(Reason::Undriven { signal }),
            Some(bits) if *bits == mask(net.width) => {}
            _ => return Err(Reason::Latch { signal }),
        }
    }
    Ok(())
}

/// A sub-block's input, read in its parent, has its final value in rust-hdl, and not the value a
/// blocking assignment would give it so far.
fn child_inputs_are_final_when_read(
    kernel: &[Stmt],
    scope: &Scope,
    last_write: &BTreeMap<NetId, usize>,
) -> Result<(), Reason> {
    for (at, statement) in kernel.iter().enumerate() {
        let mut early = None;
        statement.reads(&mut |net| {
            let is_child_input = matches!(scope.nets[net].role, Role::ChildInput(_));
            if is_child_input && last_write.get(&net).is_some_and(|last| *last >= at) {
                early = Some(net);
            }
        });
        if let Some(net) = early {
            return Err(Reason::ReadBeforeLastWrite {
                signal: scope.nets[net].shown.clone(),
            });
        }
    }
    Ok(())
}

/// Clocks may only be passed on whole, unconditionally, to clocks.
fn clocks(code: &[Stmt], scope: &Scope, top: bool) -> Result<(), Reason> {
    let misused = |net: NetId| {
        Err(Reason::ClockAsData {
            signal: scope.nets[net].shown.clone(),
        })
    };
    for statement in code {
        if let Stmt::Assign { net, value, .. } = statement {
            if scope.nets[*net].clock {
                match value.kind {
                    Kind::Net(from) if scope.nets[from].clock && top => continue,
                    _ => return misused(*net),
                }
            }
        }
        let mut found = None;
        let mut look = |expr: &Expr| {
            expr.reads(&mut |net| {
                if scope.nets[net].clock {
                    found = Some(net);
                }
            });
        };
        match statement {
            Stmt::Assign { value, .. } => look(value),
            Stmt::If { test, .. } | Stmt::Case { test, .. } => look(test),
            Stmt::Comment(_) => {}
        }
        if let Some(net) = found {
            return misused(net);
        }
        statement
            .bodies()
            .try_for_each(|body| clocks(body, scope, false))?;
    }
    Ok(())
}

/// Which bits of each net have been assigned on every path so far.
type Bits = BTreeMap<NetId, BigUint>;

struct Assigned<'a> {
    scope: &'a Scope,
    targets: &'a BTreeMap<NetId, usize>,
}

impl Assigned<'_> {
    fn block(&self, code: &[Stmt], bits: &mut Bits) -> Result<(), Reason> {
        code.iter()
            .try_for_each(|statement| self.statement(statement, bits))
    }

    fn statement(&self, statement: &Stmt, bits: &mut Bits) -> Result<(), Reason> {
        match statement {
            Stmt::Comment(_) => Ok(()),
            Stmt::Assign { net, low, value } => {
                self.read(value, bits)?;
                *bits.entry(*net).or_default() |= mask(value.width) << *low;
                Ok(())
            }
            Stmt::If {
                test,
                then,
                otherwise,
            } => {
                self.read(test, bits)?;
                self.branches([then, otherwise].into_iter(), bits)
            }
            Stmt::Case {
                test,
                arms,
                default,
            } => {
                self.read(test, bits)?;
                let rest = arms
                    .iter()
                    .all(|arm| !arm.stands_for_rest)
                    .then_some(default);
                self.branches(arms.iter().map(|arm| &arm.body).chain(rest), bits)
            }
        }
    }

    fn branches<'s>(
        &self,
        branches: impl Iterator<Item = &'s Vec<Stmt>>,
        bits: &mut Bits,
    ) -> Result<(), Reason> {
        let mut common: Option<Bits> = None;
        for branch in branches {
            let mut after = bits.clone();
            self.block(branch, &mut after)?;
            common = Some(match common {
                None => after,
                Some(mut common) => {
                    for (net, bits) in &mut common {
                        *bits &= after.get(net).cloned().unwrap_or_default();
                    }
                    common
                }
            });
        }
        *bits = common.unwrap_or_default();
        Ok(())
    }

    fn read(&self, expr: &Expr, bits: &Bits) -> Result<(), Reason> {
        let mut missing = None;
        expr.read_slices(&mut |net, slice| {
            let (low, width) = slice.unwrap_or((0, self.scope.nets[net].width));
            let wanted = mask(width) << low;
            let has = bits
                .get(&net)
                .map_or_else(BigUint::zero, |bits| bits & &wanted);
            if self.targets.contains_key(&net) && has != wanted {
                missing = Some(net);
            }
        });
        match missing {
            None => Ok(()),
            Some(net) => Err(Reason::ReadBeforeAssigned {
                signal: self.scope.nets[net].shown.clone(),
            }),
        }
    }
}
