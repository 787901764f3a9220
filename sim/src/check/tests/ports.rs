use super::trace::{addr, ar, aw, brief, r, run};
use crate::check::{AxiPort, PortChecks, Rule, Side};
use crate::signals::{AxiAddr, Cycle, Observer};

#[test]
fn each_port_is_held_to_its_own_rules() {
    let mut checks = PortChecks::default();
    let cycle = Cycle {
        number: 7,
        m_axi_ptw: aw(addr(0, 0)),
        m_axi: r(0, true),
        ..Cycle::default()
    };
    let told = checks.cycle(&cycle).expect_err("two rules are broken");
    assert_eq!((told.cycle, told.place), (7, "m_axi"));
    let rules: Vec<Rule> = checks.violations().iter().map(|v| v.rule).collect();
    assert_eq!(rules, [Rule::UnexpectedReadData, Rule::NoWrites]);
    assert_eq!(
        checks.cycle(&Cycle {
            number: 8,
            ..Cycle::default()
        }),
        Ok(())
    );
}

#[test]
fn unruly_masters_are_let_be() {
    let illegal = AxiAddr {
        size: 7,
        ..addr(0, 0)
    };
    let cycle = Cycle {
        s_axi: ar(illegal),
        ..Cycle::default()
    };
    let mut checks = PortChecks::default().with_unruly_masters();
    assert_eq!(checks.cycle(&cycle), Ok(()));
    assert_eq!(checks.outstanding(), 1);
    checks.assert_clean();
}

#[test]
fn walks_of_all_ids_may_be_under_way_and_be_answered_in_any_order() {
    let begin = (0..4).map(|id| ar(addr(id, 0)));
    let end = [2, 0, 3, 1].map(|id| r(id, true));
    let trace: Vec<_> = begin.chain(end).collect();
    let checker = run(AxiPort::m_axi_ptw(), &trace);
    assert_eq!(checker.violations(), []);
    assert_eq!(checker.outstanding(), 0);
    let checker = run(AxiPort::m_axi_ptw(), &[ar(addr(4, 0))]);
    let too_wide = [(0, Side::Master, Rule::IdWidth)];
    assert_eq!(brief(checker.violations()), too_wide);
}
