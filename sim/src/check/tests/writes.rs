use super::trace::{addr, aw, b, brief, broken, run, w};
use crate::check::{AxiPort, Rule, Side};
use crate::signals::{AxiAddr, AxiCycle, Resp};

#[test]
fn a_write_in_good_order_passes() {
    let trace = [aw(addr(1, 1)), w(false), w(true), b(1, Resp::SlvErr)];
    let checker = run(AxiPort::m_axi(), &trace);
    assert_eq!(checker.violations(), []);
    assert_eq!(checker.outstanding(), 0);
}

#[test]
fn data_ahead_of_its_address_is_told_where_the_port_forbids_it() {
    let together = AxiCycle {
        aw: addr(1, 0),
        ..w(true)
    };
    assert_eq!(run(AxiPort::m_axi(), &[together]).violations(), []);
    assert_eq!(
        broken(&[w(true), aw(addr(1, 0))]),
        [(0, Side::Master, Rule::DataAfterAddress)]
    );
    let mut waiting = addr(1, 0);
    waiting.ready = false;
    let first = AxiCycle {
        aw: waiting,
        ..w(true)
    };
    assert_eq!(
        broken(&[first, first]),
        [(1, Side::Master, Rule::DataAfterAddress)],
        "the second burst's data while the first one's address is offered"
    );
    let ahead = [w(false), w(true), aw(addr(1, 1)), b(1, Resp::Okay)];
    assert_eq!(run(AxiPort::s_axi(), &ahead).violations(), []);
    assert_eq!(run(AxiPort::s_axi(), &[together]).violations(), []);
}

#[test]
fn wlast_before_and_after_its_beat_is_told() {
    assert_eq!(
        broken(&[aw(addr(1, 1)), w(true)]),
        [(1, Side::Master, Rule::WlastEarly)]
    );
    assert_eq!(
        broken(&[aw(addr(1, 0)), w(false), w(true)]),
        [(1, Side::Master, Rule::WlastLate)]
    );
}

#[test]
fn data_ahead_of_its_address_is_judged_when_that_comes() {
    let told = |trace: &[AxiCycle]| brief(run(AxiPort::s_axi(), trace).violations());
    assert_eq!(
        told(&[w(true), aw(addr(1, 1))]),
        [(1, Side::Master, Rule::WlastEarly)]
    );
    assert_eq!(
        told(&[w(false), aw(addr(1, 0))]),
        [(1, Side::Master, Rule::WlastLate)]
    );
}

#[test]
fn strobes_stay_in_the_lanes_of_a_narrow_or_unaligned_beat() {
    let narrow = AxiAddr {
        addr: 0x1006,
        size: 1,
        ..addr(1, 0)
    };
    let mut beat = w(true);
    beat.w.strb = 0b1100_0000;
    assert_eq!(broken(&[aw(narrow), beat]), []);
    beat.w.strb = 0b0100_0001;
    assert_eq!(
        broken(&[aw(narrow), beat]),
        [(1, Side::Master, Rule::StrobeLanes)]
    );
}

#[test]
fn an_answer_before_the_last_beat_is_told() {
    assert_eq!(
        broken(&[aw(addr(1, 1)), w(false), b(1, Resp::Okay)]),
        [(2, Side::Slave, Rule::ResponseAfterData)]
    );
    // In the very cycle of the last beat it is too early as well.
    let with_last = AxiCycle {
        b: b(1, Resp::Okay).b,
        ..w(true)
    };
    assert_eq!(
        broken(&[aw(addr(1, 0)), with_last]),
        [(1, Side::Slave, Rule::ResponseAfterData)]
    );
}

#[test]
fn an_answer_to_no_write_is_told() {
    assert_eq!(
        broken(&[aw(addr(1, 0)), w(true), b(2, Resp::Okay)]),
        [(2, Side::Slave, Rule::UnexpectedWriteResponse)]
    );
}

#[test]
fn exokay_answers_exclusive_writes_only() {
    assert_eq!(
        broken(&[aw(addr(1, 0)), w(true), b(1, Resp::ExOkay)]),
        [(2, Side::Slave, Rule::ExclusiveOkay)]
    );
}

#[test]
fn a_read_only_port_has_no_writes() {
    assert_eq!(
        brief(run(AxiPort::m_axi_ptw(), &[aw(addr(1, 0))]).violations()),
        [(0, Side::Master, Rule::NoWrites)]
    );
}
