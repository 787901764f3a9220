//! Statements of the AST to [`Stmt`]: loops unrolled, links made assignments, constant branches taken.

use std::collections::BTreeSet;

use num_traits::{ToPrimitive, Zero};
use rust_hdl::core::ast::{
    VerilogBlockOrConditional, VerilogConditional, VerilogExpression, VerilogLink, VerilogLoop,
    VerilogMatch, VerilogStatement,
};

use super::error::{unsupported, Reason};
use super::expr::Names;
use super::fold::constant;
use super::ir::{Arm, Expr, Kind, NetId, Stmt};
use super::name::{canonical, integer, Loops};
use super::scope::{literal_value, shown, Role, Scope};

/// The kernel of a block.
pub(super) fn lower(code: &[VerilogStatement], scope: &Scope) -> Result<Vec<Stmt>, Reason> {
    let mut lower = Lower {
        scope,
        loops: Vec::new(),
        driven: BTreeSet::new(),
    };
    let mut out = Vec::new();
    lower.block(code, &mut out)?;
    Ok(out)
}

struct Lower<'a> {
    scope: &'a Scope,
    loops: Loops,
    /// Nets some statement has written so far.
    driven: BTreeSet<NetId>,
}

impl Lower<'_> {
    fn names(&self) -> Names<'_> {
        Names {
            scope: self.scope,
            loops: &self.loops,
        }
    }

    fn block(&mut self, code: &[VerilogStatement], out: &mut Vec<Stmt>) -> Result<(), Reason> {
        code.iter()
            .try_for_each(|statement| self.statement(statement, out))
    }

    fn body(&mut self, code: &[VerilogStatement]) -> Result<Vec<Stmt>, Reason> {
        let mut out = Vec::new();
        self.block(code, &mut out)?;
        Ok(out)
    }

    fn statement(
        &mut self,
        statement: &VerilogStatement,
        out: &mut Vec<Stmt>,
    ) -> Result<(), Reason> {
        match statement {
            VerilogStatement::Assignment(target, value) => {
                let net = self.target(target)?;
                let value = self.names().expr(value, Some(self.scope.nets[net].width))?;
                self.assign(net, value, out)
            }
            VerilogStatement::SliceAssignment {
                base,
                width,
                offset,
                replacement,
            } => self.assign_slice(base, *width, offset, replacement, out),
            VerilogStatement::If(conditional) => self.conditional(conditional, out),
            VerilogStatement::Match(m) => self.match_(m, out),
            VerilogStatement::Loop(l) => self.unroll(l, out),
            VerilogStatement::Macro(body) => self.block(body, out),
            VerilogStatement::Link(links) => links.iter().try_for_each(|link| self.link(link, out)),
            VerilogStatement::Comment(text) => {
                out.push(Stmt::Comment(
                    text.split_whitespace().collect::<Vec<_>>().join(" "),
                ));
                Ok(())
            }
        }
    }

    fn target(&self, ast: &VerilogExpression) -> Result<NetId, Reason> {
        let VerilogExpression::Signal(text) = ast else {
            return unsupported("an assignment to something other than a signal");
        };
        let name = canonical(text, &self.loops)?;
        let name = name.strip_suffix("$next").unwrap_or(&name);
        self.writable(name)
    }

    fn writable(&self, name: &str) -> Result<NetId, Reason> {
        let Some(net) = self.scope.net(name) else {
            return Err(Reason::UnknownName { name: shown(name) });
        };
        let what = match self.scope.nets[net].role {
            Role::Input => "it is an input of this block",
            Role::ChildOutput(_) => "it is an output of a sub-block",
            Role::Output | Role::Local | Role::ChildInput(_) => return Ok(net),
        };
        Err(Reason::NotWritable {
            signal: self.scope.nets[net].shown.clone(),
            what,
        })
    }

    fn assign(&mut self, net: NetId, value: Expr, out: &mut Vec<Stmt>) -> Result<(), Reason> {
        let to = &self.scope.nets[net];
        if value.width > to.width {
            let what = format!("assignment to `{}`", to.shown);
            return Err(Reason::WidthMismatch {
                what,
                left: to.width,
                right: value.width,
            });
        }
        self.driven.insert(net);
        out.push(Stmt::Assign {
            net,
            low: 0,
            value: value.extend(to.width),
        });
        Ok(())
    }

    fn assign_slice(
        &mut self,
        base: &VerilogExpression,
        width: usize,
        offset: &VerilogExpression,
        value: &VerilogExpression,
        out: &mut Vec<Stmt>,
    ) -> Result<(), Reason> {
        let net = self.target(base)?;
        let offset = match offset {
            VerilogExpression::Literal(literal) => literal_value(literal)?.to_usize(),
            _ => None,
        };
        let Some(low) = offset else {
            return unsupported("an assignment to a field at a variable place");
        };
        let to = &self.scope.nets[net];
        if width == 0 || low.saturating_add(width) > to.width {
            let high = low.saturating_add(width).saturating_sub(1);
            return Err(Reason::SliceOutOfRange {
                high,
                low,
                width: to.width,
            });
        }
        let value = self.names().expr(value, Some(width))?;
        if value.width > width {
            let what = format!("assignment to a field of `{}`", to.shown);
            return Err(Reason::WidthMismatch {
                what,
                left: width,
                right: value.width,
            });
        }
        self.driven.insert(net);
        out.push(Stmt::Assign {
            net,
            low,
            value: value.extend(width),
        });
        Ok(())
    }

    fn link(&mut self, link: &VerilogLink, out: &mut Vec<Stmt>) -> Result<(), Reason> {
        let (details, forward) = match link {
            VerilogLink::Forward(details) => (details, true),
            VerilogLink::Backward(details) => (details, false),
            VerilogLink::Bidirectional(_) => return unsupported("a bidirectional link"),
        };
        let end = |owner: &str| canonical(&format!("{owner}{}", details.my_name), &self.loops);
        let (owner, other) = (end(&details.owner_name)?, end(&details.other_name)?);
        let (from, to) = if forward {
            (owner, other)
        } else {
            (other, owner)
        };
        let net = self.writable(&to)?;
        if self.driven.contains(&net) {
            return Err(Reason::DrivenTwice {
                signal: self.scope.nets[net].shown.clone(),
            });
        }
        let value = self.scope.value(&from)?;
        self.assign(net, value, out)
    }

    fn conditional(&mut self, c: &VerilogConditional, out: &mut Vec<Stmt>) -> Result<(), Reason> {
        let test = self.names().one_bit(&c.test, "a condition")?;
        // a branch that is never taken may well not make sense: `if i > 0 { … way[i - 1] … }`
        match constant(&test) {
            Some(value) if value.is_zero() => out.extend(self.otherwise(&c.otherwise)?),
            Some(_) => self.block(&c.then, out)?,
            None => {
                let then = self.body(&c.then)?;
                let otherwise = self.otherwise(&c.otherwise)?;
                out.push(Stmt::If {
                    test,
                    then,
                    otherwise,
                });
            }
        }
        Ok(())
    }

    fn otherwise(&mut self, otherwise: &VerilogBlockOrConditional) -> Result<Vec<Stmt>, Reason> {
        match otherwise {
            VerilogBlockOrConditional::Block(body) => self.body(body),
            VerilogBlockOrConditional::Conditional(s) => self.body(std::slice::from_ref(s)),
            VerilogBlockOrConditional::None => Ok(Vec::new()),
        }
    }

    fn match_(&mut self, m: &VerilogMatch, out: &mut Vec<Stmt>) -> Result<(), Reason> {
        let test = self.names().scrutinee(&m.test)?;
        let mut arms = Vec::new();
        let mut default = None;
        let mut all = test
            .width
            .try_into()
            .ok()
            .and_then(|w| 1_usize.checked_shl(w));
        for case in &m.cases {
            let body = self.body(&case.block)?;
            if case.condition == "default" {
                default = Some(body);
                break; // Rust never reaches what follows
            }
            let (label, siblings) = self.label(&case.condition, test.width)?;
            all = siblings.or(all);
            arms.push(Arm {
                label,
                body,
                stands_for_rest: false,
            });
        }
        if default.is_none() {
            // without `_` Rust has made sure that the labels cover every value of the type
            match arms.last_mut() {
                Some(last) if all == Some(m.cases.len()) => last.stands_for_rest = true,
                _ => {
                    return unsupported("a match without a `_` arm that does not list every value")
                }
            }
        }
        let default = default.unwrap_or_default();
        let Some(value) = constant(&test) else {
            if arms.is_empty() {
                out.extend(default);
            } else {
                out.push(Stmt::Case {
                    test,
                    arms,
                    default,
                });
            }
            return Ok(());
        };
        let taken = arms
            .into_iter()
            .find(|arm| arm.label.value() == Some(&value));
        out.extend(taken.map_or(default, |arm| arm.body));
        Ok(())
    }

    /// A pattern, and how many values its type has if it is an enum.
    fn label(&self, text: &str, width: usize) -> Result<(Expr, Option<usize>), Reason> {
        let number = match text {
            "true" => Some(1),
            "false" => Some(0),
            _ => integer(text),
        };
        if let Some(value) = number {
            if u64::BITS - value.leading_zeros() > width as u32 {
                return Err(Reason::LiteralTooWide {
                    value: text.into(),
                    width,
                });
            }
            return Ok((Expr::literal(value, width), None));
        }
        let name = canonical(text, &self.loops)?;
        let label = self.scope.value(&name)?;
        if !matches!(label.kind, Kind::Variant(..)) {
            return unsupported(format!("`{text}` as a pattern"));
        }
        if label.width != width {
            let what = format!("pattern `{text}`");
            return Err(Reason::WidthMismatch {
                what,
                left: width,
                right: label.width,
            });
        }
        let tail = name
            .rmatch_indices('$')
            .nth(1)
            .map_or(&name[..], |(at, _)| &name[at + 1..]);
        Ok((label, self.scope.variants_beside(tail)))
    }

    fn unroll(&mut self, l: &VerilogLoop, out: &mut Vec<Stmt>) -> Result<(), Reason> {
        if self.scope.has_field(&l.index) {
            return Err(Reason::AmbiguousName {
                name: l.index.clone(),
            });
        }
        let bound = |literal| literal_value(literal).map(|value| value.to_i64());
        let (Some(from), Some(to)) = (bound(&l.from)?, bound(&l.to)?) else {
            return unsupported("a loop bound beyond 64 bits");
        };
        for i in from..to {
            self.loops.push((l.index.clone(), i));
            let result = self.block(&l.block, out);
            self.loops.pop();
            result?;
        }
        Ok(())
    }
}
