//! A violation of every rule: a rule without one does not compile.

use super::trace::{addr, ar, aw, b, idle, r, w};
use crate::check::{AxiChecker, AxiPort, AxilChecker, AxilPort, Rule, Rules, Violation};
use crate::signals::{AxiAddr, AxiCycle, AxilAddr, AxilCycle, AxilRead, Burst, Resp};

/// Cycles after which the ports of this table call a wait too long.
const MAX_WAIT: u32 = 3;

/// What breaks a rule.
enum Trace {
    /// On an AXI4 port; the first cycles are in reset.
    Axi(AxiPort, usize, Vec<AxiCycle>),
    /// On the AXI4-Lite port.
    Lite(Vec<AxilCycle>),
}

fn unready(payload: AxiAddr) -> AxiCycle {
    ar(AxiAddr {
        ready: false,
        ..payload
    })
}

fn exokay() -> AxiCycle {
    let mut beat = r(1, true);
    beat.r.resp = Resp::ExOkay;
    beat
}

/// A trace that breaks a rule.
fn violation(rule: Rule) -> Trace {
    let port = AxiPort::m_axi().with_max_wait(Some(MAX_WAIT));
    let legal = addr(1, 0);
    let on = |trace: Vec<AxiCycle>| Trace::Axi(port, 0, trace);
    let address = |ax: AxiAddr| on(vec![ar(ax)]);
    let waits = |first: Vec<AxiCycle>| {
        let rest = std::iter::repeat_n(idle(), 2 * MAX_WAIT as usize);
        on(first.into_iter().chain(rest).collect())
    };
    match rule {
        Rule::ValidInReset => Trace::Axi(port, 2, vec![idle(), unready(legal), idle()]),
        Rule::ValidAfterReset => Trace::Axi(port, 2, vec![idle(), idle(), unready(legal)]),
        Rule::ValidStable => on(vec![unready(legal), idle()]),
        Rule::PayloadStable => on(vec![unready(legal), ar(addr(2, 0))]),
        Rule::BurstWidth => address(AxiAddr { size: 4, ..legal }),
        Rule::BurstType => address(AxiAddr {
            burst: Burst::Reserved,
            ..legal
        }),
        Rule::BurstLength => address(AxiAddr {
            burst: Burst::Fixed,
            len: 16,
            ..legal
        }),
        Rule::WrapAlignment => address(AxiAddr {
            burst: Burst::Wrap,
            addr: 0x1004,
            len: 3,
            ..legal
        }),
        Rule::Boundary4K => address(AxiAddr {
            addr: 0x1FF8,
            len: 1,
            ..legal
        }),
        Rule::CacheEncoding => address(AxiAddr {
            cache: 0b1000,
            ..legal
        }),
        Rule::ExclusiveShape => address(AxiAddr {
            lock: true,
            len: 2,
            ..legal
        }),
        Rule::IdWidth => Trace::Axi(AxiPort::m_axi_ptw(), 0, vec![ar(addr(4, 0))]),
        Rule::WlastEarly => on(vec![aw(addr(1, 1)), w(true)]),
        Rule::WlastLate => on(vec![aw(legal), w(false)]),
        Rule::StrobeLanes => on(vec![aw(AxiAddr { size: 0, ..legal }), w(true)]),
        Rule::DataAfterAddress => on(vec![w(true), aw(legal)]),
        Rule::ResponseAfterData => on(vec![aw(addr(1, 1)), w(false), b(1, Resp::Okay)]),
        Rule::UnexpectedWriteResponse => on(vec![aw(legal), w(true), b(2, Resp::Okay)]),
        Rule::UnexpectedReadData => on(vec![ar(legal), r(2, true)]),
        Rule::RlastEarly => on(vec![ar(addr(1, 1)), r(1, true)]),
        Rule::RlastLate => on(vec![ar(legal), r(1, false)]),
        Rule::SameIdOrder => on(vec![ar(addr(1, 3)), ar(legal), r(1, true)]),
        Rule::ExclusiveOkay => on(vec![ar(legal), exokay()]),
        Rule::LiteExclusiveOkay => Trace::Lite(vec![
            AxilCycle {
                ar: AxilAddr {
                    valid: true,
                    ready: true,
                    ..AxilAddr::default()
                },
                ..AxilCycle::default()
            },
            AxilCycle {
                r: AxilRead {
                    valid: true,
                    ready: true,
                    resp: Resp::ExOkay,
                    ..AxilRead::default()
                },
                ..AxilCycle::default()
            },
        ]),
        Rule::NoWrites => Trace::Axi(AxiPort::m_axi_ptw(), 0, vec![aw(legal)]),
        Rule::ReadyTimeout => on(vec![unready(legal); 2 * MAX_WAIT as usize]),
        Rule::ResponseTimeout => waits(vec![ar(legal)]),
        Rule::WriteDataTimeout => waits(vec![aw(legal)]),
    }
}

/// What a port is told that is held to these rules less some.
fn told(trace: &Trace, less: Option<Rule>) -> Vec<Violation> {
    let rules = |rules: Rules| less.map_or(rules, |rule| rules.without(rule));
    match trace {
        Trace::Axi(port, reset, cycles) => {
            let mut checker = AxiChecker::new(port.with_rules(rules(port.rules)));
            for (n, cycle) in cycles.iter().enumerate() {
                checker.cycle(n as u64, n < *reset, cycle);
            }
            checker.violations().to_vec()
        }
        Trace::Lite(cycles) => {
            let port = AxilPort::s_axil();
            let mut checker = AxilChecker::new(port.with_rules(rules(port.rules)));
            for (n, cycle) in cycles.iter().enumerate() {
                checker.cycle(n as u64, false, cycle);
            }
            checker.violations().to_vec()
        }
    }
}

#[test]
fn every_rule_is_told_when_it_is_broken_and_not_when_it_is_switched_off() {
    for &rule in Rule::ALL {
        let trace = violation(rule);
        let is_it = |violation: &Violation| violation.rule == rule;
        assert!(told(&trace, None).iter().any(is_it), "{rule}");
        assert!(!told(&trace, Some(rule)).iter().any(is_it), "{rule}");
    }
}

#[test]
fn every_rule_names_where_it_stands() {
    for rule in Rule::ALL {
        let source = rule.source();
        let section = source.starts_with(['A', 'B']) && source.contains(|c: char| c.is_numeric());
        let ours = source.contains("contract") || source.contains("bound");
        assert!(section || ours, "{rule}");
    }
}
