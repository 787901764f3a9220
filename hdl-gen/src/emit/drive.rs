//! Splits a kernel into what drives each net: plain `assign`s, and processes as small as the order
//! of the kernel allows. Small processes keep Verilator from seeing loops that are none.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigUint;
use num_traits::Zero;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;

use super::fold::evaluate;
use super::ir::{mask, Expr, Kind, NetId, Stmt};
use super::scope::{Role, Scope};

pub(super) struct Drivers {
    pub assigns: BTreeMap<NetId, Expr>,
    pub processes: Vec<Process>,
}

/// One `always @*`.
pub(super) struct Process {
    pub code: Vec<Stmt>,
    /// The nets it drives.
    pub nets: BTreeSet<NetId>,
    /// Those of them that go through an intermediate value, committed once at the end. Otherwise
    /// an event-driven simulator would see a default and then its override, and two processes that
    /// wake each other could do so forever.
    pub staged: BTreeSet<NetId>,
}

/// Splits `kernel`, which has passed [`super::check::check`]. `is_register` tells which sub-blocks
/// read their inputs at a clock edge only.
pub(super) fn drivers(
    kernel: &[Stmt],
    scope: &Scope,
    is_register: impl Fn(usize) -> bool,
) -> Drivers {
    let code = without_dead_stores(kernel);
    let mut drivers = Drivers {
        assigns: BTreeMap::new(),
        processes: Vec::new(),
    };
    let groups = groups(&code);
    for group in &groups {
        let mut nets = BTreeSet::new();
        group
            .iter()
            .for_each(|s| s.writes(&mut |net| _ = nets.insert(net)));
        let plain = plain(group)
            .or_else(|| joined(group, scope))
            .or_else(|| constants(group, &nets));
        match plain {
            Some(assigns) => drivers.assigns.extend(assigns),
            None if nets.is_empty() => {} // nothing but comments
            None => {
                let staged = staged(group, &nets, &groups, scope, &is_register);
                drivers.processes.push(Process {
                    code: group.clone(),
                    nets,
                    staged,
                });
            }
        }
    }
    drivers
}

/// Leaves out top-level assignments that a later one overrides before anything reads them, as in
/// `dff_setup!` followed by an unconditional `d`.
fn without_dead_stores(kernel: &[Stmt]) -> Vec<Stmt> {
    let mut dead = BTreeSet::new();
    for (at, statement) in kernel.iter().enumerate() {
        let Stmt::Assign { net, low, value } = statement else {
            continue;
        };
        for (later, next) in kernel.iter().enumerate().skip(at + 1) {
            let mut read = false;
            next.reads(&mut |n| read |= n == *net);
            if read {
                break;
            }
            if let Stmt::Assign {
                net: n,
                low: l,
                value: v,
            } = next
            {
                if n == net && l <= low && low + value.width <= l + v.width {
                    dead.insert(at);
                    break;
                }
            }
            debug_assert!(later > at);
        }
    }
    let live = kernel
        .iter()
        .enumerate()
        .filter(|(at, _)| !dead.contains(at));
    live.map(|(_, statement)| statement.clone()).collect()
}

/// Groups of statements that must stay together, each in the order of the kernel.
fn groups(code: &[Stmt]) -> Vec<Vec<Stmt>> {
    let mut writers: BTreeMap<NetId, Vec<usize>> = BTreeMap::new();
    for (at, statement) in code.iter().enumerate() {
        statement.writes(&mut |net| writers.entry(net).or_default().push(at));
    }
    let mut together = UnionFind::new(code.len());
    for at in writers.values() {
        at.windows(2)
            .for_each(|pair| _ = together.union(pair[0], pair[1]));
    }
    // a comment belongs to what follows it
    for (at, pair) in code.windows(2).enumerate() {
        if matches!(pair[0], Stmt::Comment(_)) {
            together.union(at, at + 1);
        }
    }
    // who reads a value that is not yet final must run inside the process that makes it
    for (at, statement) in code.iter().enumerate() {
        statement.reads(&mut |net| {
            if let Some([first, .., last]) = writers.get(&net).map(Vec::as_slice) {
                if *last > at {
                    together.union(*first, at);
                }
            }
        });
    }
    merge_loops(code, &writers, &mut together);
    let mut groups: BTreeMap<usize, Vec<Stmt>> = BTreeMap::new();
    let mut order = Vec::new();
    for (at, statement) in code.iter().enumerate() {
        let group = together.find(at);
        if !groups.contains_key(&group) {
            order.push(group);
        }
        groups.entry(group).or_default().push(statement.clone());
    }
    order
        .into_iter()
        .filter_map(|group| groups.remove(&group))
        .collect()
}

/// Puts groups that read each other's results into one.
fn merge_loops(
    code: &[Stmt],
    writers: &BTreeMap<NetId, Vec<usize>>,
    together: &mut UnionFind<usize>,
) {
    let mut graph = DiGraph::<(), ()>::new();
    code.iter().for_each(|_| _ = graph.add_node(()));
    for (at, statement) in code.iter().enumerate() {
        let reader = NodeIndex::new(together.find(at));
        statement.reads(&mut |net| {
            if let Some(writer) = writers.get(&net).and_then(|w| w.first()) {
                graph.update_edge(NodeIndex::new(together.find(*writer)), reader, ());
            }
        });
    }
    for component in tarjan_scc(&graph) {
        component
            .windows(2)
            .for_each(|pair| _ = together.union(pair[0].index(), pair[1].index()));
    }
}

type Assigns = Vec<(NetId, Expr)>;

/// One unconditional assignment of a whole net.
fn plain(group: &[Stmt]) -> Option<Assigns> {
    match group {
        [Stmt::Comment(_), rest @ ..] if !rest.is_empty() => plain(rest),
        [Stmt::Assign { net, low: 0, value }] => {
            let mut own = false;
            value.reads(&mut |n| own |= n == *net);
            (!own).then(|| vec![(*net, value.clone())])
        }
        _ => None,
    }
}

/// Unconditional assignments of every field of one net, each once.
fn joined(group: &[Stmt], scope: &Scope) -> Option<Assigns> {
    let mut fields = BTreeMap::new();
    let mut target = None;
    for statement in group {
        let Stmt::Assign { net, low, value } = statement else {
            return None;
        };
        let mut own = false;
        value.reads(&mut |n| own |= n == *net);
        let same = *target.get_or_insert(*net) == *net;
        if own || !same || fields.insert(*low, value.clone()).is_some() {
            return None;
        }
    }
    let net = target?;
    let mut at = 0;
    for (low, value) in &fields {
        if *low != at {
            return None;
        }
        at += value.width;
    }
    let parts: Vec<Expr> = fields.into_values().rev().collect();
    let width = scope.nets[net].width;
    (at == width).then(|| vec![(net, Expr::new(width, Kind::Concat(parts)))])
}

/// A group that reads nothing but itself computes constants. `always @*` would never run.
fn constants(group: &[Stmt], nets: &BTreeSet<NetId>) -> Option<Assigns> {
    let mut outside = false;
    group
        .iter()
        .for_each(|s| s.reads(&mut |net| outside |= !nets.contains(&net)));
    if outside {
        return None;
    }
    let mut values = BTreeMap::new();
    let mut widths = BTreeMap::new();
    run(group, &mut values, &mut widths)?;
    let known = values.into_iter();
    Some(
        known
            .map(|(net, value)| (net, Expr::literal(value, widths[&net])))
            .collect(),
    )
}

fn run(
    code: &[Stmt],
    values: &mut BTreeMap<NetId, BigUint>,
    widths: &mut BTreeMap<NetId, usize>,
) -> Option<()> {
    for statement in code {
        match statement {
            Stmt::Comment(_) => {}
            Stmt::Assign { net, low, value } => {
                let bits = evaluate(value, &|net| values.get(&net).cloned())?;
                let old = values.entry(*net).or_default();
                let hole = mask(value.width) << *low;
                *old = (old.clone() | &hole) ^ &hole ^ (bits << *low);
                let width = widths.entry(*net).or_default();
                *width = (*width).max(low + value.width);
            }
            Stmt::If {
                test,
                then,
                otherwise,
            } => {
                let test = evaluate(test, &|net| values.get(&net).cloned())?;
                run(
                    if test.is_zero() { otherwise } else { then },
                    values,
                    widths,
                )?;
            }
            Stmt::Case {
                test,
                arms,
                default,
            } => {
                let test = evaluate(test, &|net| values.get(&net).cloned())?;
                let taken = arms.iter().find(|arm| arm.label.value() == Some(&test));
                run(taken.map_or(default, |arm| &arm.body), values, widths)?;
            }
        }
    }
    Some(())
}

/// Nets that are assigned more than once in `group` and read outside it.
fn staged(
    group: &[Stmt],
    nets: &BTreeSet<NetId>,
    groups: &[Vec<Stmt>],
    scope: &Scope,
    is_register: &impl Fn(usize) -> bool,
) -> BTreeSet<NetId> {
    let leaves = |net: &NetId| match scope.nets[*net].role {
        Role::ChildInput(child) if !is_register(child) => true,
        Role::Local | Role::ChildInput(_) => {
            let others = groups.iter().filter(|other| other.as_slice() != group);
            let mut read = false;
            others
                .flatten()
                .for_each(|s| s.reads(&mut |n| read |= n == *net));
            read
        }
        _ => true,
    };
    let assigned_once = |net: &NetId| {
        let mut times = 0;
        group
            .iter()
            .for_each(|s| s.writes(&mut |n| times += usize::from(n == *net)));
        let whole = group.iter().any(|s| {
            matches!(s, Stmt::Assign { net: n, value, .. }
            if n == net && value.width == scope.nets[*net].width)
        });
        times == 1 && whole
    };
    nets.iter()
        .copied()
        .filter(|net| leaves(net) && !assigned_once(net))
        .collect()
}
