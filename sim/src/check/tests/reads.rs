use super::trace::{addr, ar, broken, r};
use crate::check::{Rule, Side};
use crate::signals::{AxiAddr, Resp};

#[test]
fn reads_of_different_ids_may_interleave() {
    let trace = [
        ar(addr(1, 1)),
        ar(addr(2, 1)),
        r(2, false),
        r(1, false),
        r(2, true),
        r(1, true),
    ];
    assert_eq!(broken(&trace), []);
}

#[test]
fn data_that_nobody_asked_for_is_told() {
    let unasked = [(1, Side::Slave, Rule::UnexpectedReadData)];
    assert_eq!(broken(&[ar(addr(1, 0)), r(2, true)]), unasked);
    // Nor may it come in the cycle in which the address is accepted.
    let mut at_once = ar(addr(1, 0));
    at_once.r = r(1, true).r;
    assert_eq!(broken(&[at_once])[0].2, Rule::UnexpectedReadData);
    // Nor once the read has been answered.
    assert_eq!(
        broken(&[ar(addr(1, 0)), r(1, true), r(1, true)]),
        [(2, Side::Slave, Rule::UnexpectedReadData)]
    );
}

#[test]
fn rlast_before_and_after_its_beat_is_told() {
    assert_eq!(
        broken(&[ar(addr(1, 2)), r(1, false), r(1, true)]),
        [(2, Side::Slave, Rule::RlastEarly)]
    );
    assert_eq!(
        broken(&[ar(addr(1, 0)), r(1, false), r(1, true)])[0],
        (1, Side::Slave, Rule::RlastLate)
    );
}

#[test]
fn an_answer_that_fits_a_later_read_of_the_id_is_out_of_order() {
    let trace = [ar(addr(1, 3)), ar(addr(1, 0)), r(1, true)];
    assert_eq!(broken(&trace), [(2, Side::Slave, Rule::SameIdOrder)]);
    let trace = [ar(addr(1, 0)), ar(addr(1, 3)), r(1, false)];
    assert_eq!(broken(&trace), [(2, Side::Slave, Rule::SameIdOrder)]);
}

#[test]
fn exokay_answers_exclusive_reads_only() {
    let mut exokay = r(1, true);
    exokay.r.resp = Resp::ExOkay;
    assert_eq!(
        broken(&[ar(addr(1, 0)), exokay]),
        [(1, Side::Slave, Rule::ExclusiveOkay)]
    );
    let exclusive = AxiAddr {
        lock: true,
        ..addr(1, 0)
    };
    assert_eq!(broken(&[ar(exclusive), exokay]), []);
}
