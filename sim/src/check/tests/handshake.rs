use super::trace::{addr, ar, b, brief, broken, idle, r, run, w};
use crate::check::{AxiChecker, AxiPort, Rule, Side};
use crate::signals::{AxiAddr, AxiCycle, Resp};

fn waiting(payload: AxiAddr) -> AxiCycle {
    ar(AxiAddr {
        ready: false,
        ..payload
    })
}

#[test]
fn valid_may_wait_for_ready_as_long_as_it_is_stable() {
    let trace = [waiting(addr(1, 0)), waiting(addr(1, 0)), ar(addr(1, 0))];
    assert_eq!(broken(&trace), []);
}

#[test]
fn valid_that_falls_before_ready_is_told() {
    let trace = [waiting(addr(1, 0)), idle()];
    assert_eq!(broken(&trace), [(1, Side::Master, Rule::ValidStable)]);
}

#[test]
fn a_payload_that_changes_while_it_waits_is_told() {
    let trace = [waiting(addr(1, 0)), ar(addr(2, 0))];
    assert_eq!(broken(&trace), [(1, Side::Master, Rule::PayloadStable)]);
}

#[test]
fn slaves_are_held_to_stability_too() {
    let mut held = r(1, true);
    held.r.ready = false;
    let mut changed = held;
    changed.r.data = 1;
    let trace = [ar(addr(1, 0)), held, changed, idle()];
    assert_eq!(
        broken(&trace),
        [
            (2, Side::Slave, Rule::PayloadStable),
            (3, Side::Slave, Rule::ValidStable)
        ]
    );
}

/// Runs cycles of which the first `reset` are in reset.
fn with_reset(reset: usize, trace: &[AxiCycle]) -> Vec<(u64, Side, Rule)> {
    let mut checker = AxiChecker::new(AxiPort::m_axi());
    for (n, now) in trace.iter().enumerate() {
        checker.cycle(n as u64, n < reset, now);
    }
    brief(checker.violations())
}

#[test]
fn valid_is_low_in_reset_and_in_the_cycle_after_it() {
    let request = waiting(addr(1, 0));
    let clean = [request, idle(), idle(), request];
    assert_eq!(with_reset(2, &clean), []);
    let in_reset = [idle(), request, idle()];
    assert_eq!(
        with_reset(2, &in_reset),
        [(1, Side::Master, Rule::ValidInReset)]
    );
    let after = [idle(), idle(), b(0, Resp::Okay)];
    let told = with_reset(2, &after);
    assert_eq!(told[0], (2, Side::Slave, Rule::ValidAfterReset));
}

#[test]
fn reset_forgets_what_was_outstanding() {
    let mut checker = AxiChecker::new(AxiPort::m_axi());
    checker.cycle(0, false, &ar(addr(1, 0)));
    assert_eq!(checker.outstanding(), 1);
    checker.cycle(1, true, &idle());
    assert_eq!(checker.outstanding(), 0);
    checker.cycle(2, false, &idle());
    checker.cycle(3, false, &r(1, true));
    assert_eq!(
        brief(checker.violations()),
        [(3, Side::Slave, Rule::UnexpectedReadData)]
    );
}

#[test]
fn waits_beyond_the_bound_are_told_once_and_with_who_is_late() {
    let port = AxiPort::m_axi().with_max_wait(Some(3));
    let mut trace = vec![waiting(addr(1, 0)); 6];
    assert_eq!(
        brief(run(port, &trace).violations()),
        [(3, Side::Slave, Rule::ReadyTimeout)]
    );
    trace = vec![ar(addr(1, 0)), idle(), idle(), idle(), idle(), idle()];
    assert_eq!(
        brief(run(port, &trace).violations()),
        [(4, Side::Slave, Rule::ResponseTimeout)]
    );
    let mut held = r(1, true);
    held.r.ready = false;
    trace = vec![ar(addr(1, 0)), held, held, held, held, held];
    assert_eq!(
        brief(run(port, &trace).violations()),
        [(4, Side::Master, Rule::ReadyTimeout)]
    );
    trace = vec![super::trace::aw(addr(1, 0)); 1];
    trace.extend([idle(); 6]);
    assert_eq!(
        brief(run(port, &trace).violations()),
        [(3, Side::Master, Rule::WriteDataTimeout)]
    );
    trace = vec![super::trace::aw(addr(1, 0)), w(true)];
    trace.extend([idle(); 6]);
    assert_eq!(
        brief(run(port, &trace).violations()),
        [(4, Side::Slave, Rule::ResponseTimeout)]
    );
    let patient = port.with_max_wait(None);
    assert_eq!(run(patient, &trace).violations(), []);
}
