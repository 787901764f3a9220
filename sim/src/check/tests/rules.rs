use super::trace::{addr, ar, r, run};
use crate::check::{AxiPort, Rule, RuleSet, Rules, Side};
use crate::signals::{AxiAddr, AxiCycle};

/// The master sends an illegal burst; the slave answers a beat too few.
fn both_wrong() -> [AxiCycle; 2] {
    let illegal = AxiAddr {
        size: 4,
        ..addr(1, 1)
    };
    [ar(illegal), r(1, true)]
}

#[test]
fn a_rule_can_be_switched_off_alone() {
    let port = AxiPort::s_axi();
    let lenient = port.with_rules(port.rules.without(Rule::BurstWidth));
    let rules: Vec<Rule> = run(lenient, &both_wrong())
        .violations()
        .iter()
        .map(|v| v.rule)
        .collect();
    assert_eq!(rules, [Rule::RlastEarly]);
}

#[test]
fn an_unruly_master_does_not_excuse_the_slave() {
    let port = AxiPort::s_axi();
    let checker = run(port.with_rules(port.rules.slave_only()), &both_wrong());
    assert_eq!(checker.violations().len(), 1);
    assert_eq!(checker.violations()[0].side, Side::Slave);
}

#[test]
fn every_rule_fits_in_a_set() {
    for &rule in Rule::ALL {
        assert!(RuleSet::NONE.with(rule).has(rule));
        assert!(!RuleSet::ALL.without(rule).has(rule));
        assert!(!Rules::ALL.without(rule).has(Side::Slave, rule));
    }
    assert!(Rule::ALL.len() < 64);
}

#[test]
fn a_violation_says_where_when_and_what() {
    let told = run(AxiPort::m_axi(), &both_wrong());
    let text = told.violations()[1].to_string();
    assert!(
        text.starts_with("cycle 1: m_axi: slave breaks RlastEarly (A3.2.2"),
        "{text}"
    );
    assert!(text.contains("beat 1 of 2"), "{text}");
}
