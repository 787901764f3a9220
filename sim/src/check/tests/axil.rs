use super::trace::brief;
use crate::check::{AxilChecker, AxilPort, Rule, Side};
use crate::signals::{AxilAddr, AxilCycle, AxilRead, AxilResp, AxilWrite, Resp};

const ADDR: AxilAddr = AxilAddr {
    valid: true,
    ready: true,
    addr: 0x20,
    prot: 0,
};
const DATA: AxilWrite = AxilWrite {
    valid: true,
    ready: true,
    data: 1,
    strb: 0xF,
};

fn idle() -> AxilCycle {
    AxilCycle::default()
}

fn b(resp: Resp) -> AxilCycle {
    AxilCycle {
        b: AxilResp {
            valid: true,
            ready: true,
            resp,
        },
        ..idle()
    }
}

fn r(resp: Resp) -> AxilCycle {
    AxilCycle {
        r: AxilRead {
            valid: true,
            ready: true,
            data: 0,
            resp,
        },
        ..idle()
    }
}

fn aw() -> AxilCycle {
    AxilCycle { aw: ADDR, ..idle() }
}

fn w() -> AxilCycle {
    AxilCycle { w: DATA, ..idle() }
}

fn ar() -> AxilCycle {
    AxilCycle { ar: ADDR, ..idle() }
}

fn broken(trace: &[AxilCycle]) -> Vec<(u64, Side, Rule)> {
    let mut checker = AxilChecker::new(AxilPort::s_axil().with_max_wait(Some(4)));
    for (n, now) in trace.iter().enumerate() {
        checker.cycle(n as u64, false, now);
    }
    brief(checker.violations())
}

#[test]
fn reads_and_writes_in_good_order_pass() {
    let both = AxilCycle {
        aw: ADDR,
        w: DATA,
        ..idle()
    };
    let trace = [
        both,
        b(Resp::Okay),
        w(),
        aw(),
        b(Resp::SlvErr),
        ar(),
        ar(),
        r(Resp::Okay),
        r(Resp::DecErr),
    ];
    assert_eq!(broken(&trace), []);
}

#[test]
fn valid_and_payload_are_stable_until_ready() {
    let waiting = AxilCycle {
        ar: AxilAddr {
            ready: false,
            ..ADDR
        },
        ..idle()
    };
    let mut changed = waiting;
    changed.ar.addr = 0x24;
    assert_eq!(
        broken(&[waiting, changed, idle()]),
        [
            (1, Side::Master, Rule::PayloadStable),
            (2, Side::Master, Rule::ValidStable)
        ]
    );
}

#[test]
fn answers_without_a_request_are_told() {
    assert_eq!(
        broken(&[r(Resp::Okay)]),
        [(0, Side::Slave, Rule::UnexpectedReadData)]
    );
    assert_eq!(
        broken(&[w(), b(Resp::Okay)]),
        [(1, Side::Slave, Rule::UnexpectedWriteResponse)]
    );
    assert_eq!(
        broken(&[aw(), b(Resp::Okay)]),
        [(1, Side::Slave, Rule::ResponseAfterData)]
    );
}

#[test]
fn there_is_no_exokay() {
    assert_eq!(
        broken(&[ar(), r(Resp::ExOkay)]),
        [(1, Side::Slave, Rule::LiteExclusiveOkay)]
    );
}

#[test]
fn waits_beyond_the_bound_are_told() {
    let after = |first| {
        let mut trace = vec![first];
        trace.extend([idle(); 6]);
        broken(&trace)
    };
    assert_eq!(after(ar()), [(5, Side::Slave, Rule::ResponseTimeout)]);
    assert_eq!(after(aw()), [(4, Side::Master, Rule::WriteDataTimeout)]);
    let both = AxilCycle { w: DATA, ..aw() };
    assert_eq!(after(both), [(4, Side::Slave, Rule::ResponseTimeout)]);
}
