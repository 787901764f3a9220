use super::trace::{addr, ar, aw, brief, broken, run};
use crate::check::{AxiPort, Rule, Side};
use crate::signals::{AxiAddr, Burst};

/// Every address rule, and an address that breaks it alone.
fn cases() -> Vec<(Rule, AxiAddr)> {
    let legal = addr(0, 0);
    let wrap = AxiAddr {
        burst: Burst::Wrap,
        len: 3,
        ..legal
    };
    vec![
        (Rule::BurstWidth, AxiAddr { size: 4, ..legal }),
        (
            Rule::BurstType,
            AxiAddr {
                burst: Burst::Reserved,
                ..legal
            },
        ),
        (
            Rule::BurstLength,
            AxiAddr {
                burst: Burst::Fixed,
                len: 16,
                ..legal
            },
        ),
        (Rule::BurstLength, AxiAddr { len: 2, ..wrap }),
        (
            Rule::WrapAlignment,
            AxiAddr {
                addr: 0x1004,
                ..wrap
            },
        ),
        (
            Rule::Boundary4K,
            AxiAddr {
                addr: 0x1FF8,
                len: 1,
                ..legal
            },
        ),
        (
            Rule::CacheEncoding,
            AxiAddr {
                cache: 0b0100,
                ..legal
            },
        ),
        (
            Rule::ExclusiveShape,
            AxiAddr {
                lock: true,
                addr: 0x1008,
                len: 1,
                ..legal
            },
        ),
    ]
}

#[test]
fn each_address_rule_is_told_on_both_address_channels() {
    for (rule, address) in cases() {
        let expected = [(0, Side::Master, rule)];
        assert_eq!(broken(&[ar(address)]), expected, "{rule}");
        assert_eq!(broken(&[aw(address)]), expected, "{rule}");
    }
}

#[test]
fn an_address_is_judged_once_however_long_it_waits() {
    let (rule, address) = cases()[0];
    let waiting = AxiAddr {
        ready: false,
        ..address
    };
    assert_eq!(
        broken(&[ar(waiting), ar(waiting), ar(address)]),
        [(0, Side::Master, rule)]
    );
}

#[test]
fn ids_are_held_to_the_width_of_the_port() {
    let port = AxiPort::m_axi_ptw();
    assert_eq!(run(port, &[ar(addr(3, 0))]).violations(), []);
    assert_eq!(
        brief(run(port, &[ar(addr(4, 0))]).violations()),
        [(0, Side::Master, Rule::IdWidth)]
    );
}

#[test]
fn legal_addresses_of_all_kinds_pass() {
    let wrap = AxiAddr {
        burst: Burst::Wrap,
        addr: 0x1FF8,
        len: 15,
        ..addr(0, 0)
    };
    let fixed = AxiAddr {
        burst: Burst::Fixed,
        addr: 0x1FFF,
        len: 15,
        ..addr(0, 0)
    };
    let exclusive = AxiAddr {
        lock: true,
        addr: 0x1080,
        len: 15,
        ..addr(0, 0)
    };
    let longest = AxiAddr {
        addr: 0x1800,
        len: 255,
        ..addr(0, 0)
    };
    assert_eq!(
        broken(&[ar(wrap), ar(fixed), ar(exclusive), ar(longest)]),
        []
    );
}
