//! [`WalkPort`]: table walks to the accelerator coherency port.

use std::collections::VecDeque;

use hdl_gen::equiv::Rng;
use hdl_gen::zynq::WalkPort;

use crate::bursts::{Ax, Stable, CACHES};
use crate::iommu::{n, Sim};
use crate::rules::{Channel, Cycle, Port, ReadBeat, Rules};

/// What is at the port.
fn at_port(b: &Sim<WalkPort>) -> Cycle {
    let port = &b.m_axi;
    let ar = Ax {
        id: n(port.arid.val()),
        addr: n(port.araddr.val()),
        len: n(port.arlen.val()),
        size: n(port.arsize.val()),
        burst: n(port.arburst.val()),
        lock: n(port.arlock.val()),
        cache: n(port.arcache.val()),
        prot: n(port.arprot.val()),
        qos: n(port.arqos.val()),
    };
    let r = ReadBeat {
        id: n(port.rid.val()),
        data: n(port.rdata.val()),
        resp: n(port.rresp.val()),
        last: port.rlast.val(),
    };
    Cycle {
        reset: b.reset.val(),
        ar: Channel::new(port.arvalid.val(), port.arready.val(), ar),
        r: Channel::new(port.rvalid.val(), port.rready.val(), r),
        ..Cycle::default()
    }
}

#[test]
fn walks_pass_with_what_makes_them_coherent_and_their_answers_come_back() {
    let mut b = Sim::new(WalkPort::default(), |b| &mut b.clock);
    b.reset.next = true;
    b.cycle();
    b.reset.next = false;
    let mut rng = Rng::new(1);
    let mut asked = VecDeque::new();
    let (mut request, mut answer, mut given) = (None, None, VecDeque::new());
    let mut r = Stable::default();
    let mut rules = Rules::new(Port::ACP);
    let mut passed = 0;
    for _ in 0..4000 {
        if request.is_none() && rng.chance(2, 3) {
            request = Some([
                rng.below(4),
                rng.below(1 << 29) << 3,
                rng.pick(&CACHES).unwrap_or(0),
                rng.below(32),
            ]);
        }
        let [id, addr, cache, user] = request.unwrap_or_default();
        b.s_axi.arvalid.next = request.is_some();
        (b.s_axi.arid.next, b.s_axi.araddr.next) = (id.into(), addr.into());
        (b.s_axi.arcache.next, b.s_axi.aruser.next) = (cache.into(), user.into());
        (b.s_axi.arsize.next, b.s_axi.arburst.next) = (3.into(), 1.into());
        b.m_axi.arready.next = rng.bit();
        if answer.is_none() && rng.bit() {
            let ids: Option<u64> = asked.pop_front();
            let resp = rng.pick(&[0, 0, 2, 3]).unwrap_or(0);
            answer = ids.map(|id| [id, n(rng.bits::<64>()), resp, 1]);
        }
        let [rid, data, resp, last] = answer.unwrap_or_default();
        b.m_axi.rvalid.next = answer.is_some();
        (b.m_axi.rid.next, b.m_axi.rdata.next) = (rid.into(), data.into());
        (b.m_axi.rresp.next, b.m_axi.rlast.next) = (resp.into(), last == 1);
        b.s_axi.rready.next = rng.bit();
        b.settle();
        if let Err(broken) = rules.cycle(&at_port(&b)) {
            panic!("{broken:?}");
        }
        assert_eq!(b.m_axi.arvalid.val(), request.is_some());
        if request.is_some() {
            let seen = [
                n(b.m_axi.arid.val()),
                n(b.m_axi.araddr.val()),
                n(b.m_axi.arcache.val()),
                n(b.m_axi.aruser.val()),
            ];
            assert_eq!(seen, [id, addr, cache, user]);
            assert_eq!((n(b.m_axi.arlen.val()), n(b.m_axi.arsize.val())), (0, 3));
            assert_eq!(b.s_axi.arready.val(), b.m_axi.arready.val());
            if b.m_axi.arready.val() {
                asked.push_back(id);
                request = None;
            }
        }
        let port = &b.s_axi;
        let beat = [
            n(port.rid.val()),
            n(port.rdata.val()),
            n(port.rresp.val()),
            port.rlast.val().into(),
        ];
        let (_, taken) = r.sample("R", port.rvalid.val(), port.rready.val(), beat);
        if let Some(beat) = taken {
            assert_eq!(Some(beat), given.pop_front());
            passed += 1;
        }
        if b.m_axi.rvalid.val() && b.m_axi.rready.val() {
            given.extend(answer.take());
        }
        b.edge();
    }
    assert!(passed > 500, "{passed}");
}
