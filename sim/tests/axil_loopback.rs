//! The AXI4-Lite master against a small slave, without any hardware between.

use std::collections::VecDeque;

use fastrand::Rng;
use vcm_sim::axi::{Lead, MasterConfig};
use vcm_sim::axil::{Access, Answer, Master};
use vcm_sim::pressure::{PortPressure, Pressure};
use vcm_sim::signals::{AxilCycle, Resp};

/// Sixteen words; everything above is SLVERR. Holds up every channel at random.
struct Slave {
    words: [u32; 16],
    rng: Rng,
    stall: u8,
    addresses: VecDeque<u16>,
    data: VecDeque<(u32, u8)>,
    b: VecDeque<Resp>,
    r: VecDeque<(u32, Resp)>,
}

impl Slave {
    fn new(stall: u8) -> Self {
        Self {
            words: [0; 16],
            rng: Rng::with_seed(5),
            stall,
            addresses: VecDeque::new(),
            data: VecDeque::new(),
            b: VecDeque::new(),
            r: VecDeque::new(),
        }
    }

    fn goes(&mut self) -> bool {
        self.rng.u8(0..100) >= self.stall
    }

    fn drive(&mut self, wires: &mut AxilCycle) {
        wires.aw.ready = self.goes();
        wires.w.ready = self.goes();
        wires.ar.ready = self.goes();
        wires.b.valid = (wires.b.valid || self.goes()) && !self.b.is_empty();
        wires.b.resp = self.b.front().copied().unwrap_or_default();
        wires.r.valid = (wires.r.valid || self.goes()) && !self.r.is_empty();
        (wires.r.data, wires.r.resp) = self.r.front().copied().unwrap_or_default();
    }

    fn clock(&mut self, wires: &mut AxilCycle) {
        if wires.b.fires() {
            wires.b.valid = false;
            self.b.pop_front();
        }
        if wires.r.fires() {
            wires.r.valid = false;
            self.r.pop_front();
        }
        if wires.ar.fires() {
            let word = self.words.get(usize::from(wires.ar.addr / 4));
            let answer = word.map(|word| (*word, Resp::Okay));
            self.r.push_back(answer.unwrap_or((0, Resp::SlvErr)));
        }
        if wires.aw.fires() {
            self.addresses.push_back(wires.aw.addr);
        }
        if wires.w.fires() {
            self.data.push_back((wires.w.data, wires.w.strb));
        }
        if !self.addresses.is_empty() && !self.data.is_empty() {
            self.write();
        }
    }

    fn write(&mut self) {
        let (Some(addr), Some((data, strb))) = (self.addresses.pop_front(), self.data.pop_front())
        else {
            return;
        };
        let resp = match self.words.get_mut(usize::from(addr / 4)) {
            Some(word) => {
                *word = merge(*word, data, strb);
                Resp::Okay
            }
            None => Resp::SlvErr,
        };
        self.b.push_back(resp);
    }
}

fn merge(old: u32, new: u32, strb: u8) -> u32 {
    let (mut bytes, new) = (old.to_le_bytes(), new.to_le_bytes());
    for lane in (0..4).filter(|lane| strb & (1 << lane) != 0) {
        bytes[lane] = new[lane];
    }
    u32::from_le_bytes(bytes)
}

struct Loop {
    master: Master,
    slave: Slave,
    wires: AxilCycle,
    now: u64,
}

impl Loop {
    fn new(pressure: Pressure, stall: u8) -> Self {
        let config = MasterConfig {
            pressure: PortPressure::all(pressure),
            ..MasterConfig::default()
        };
        Self {
            master: Master::new("loop", config),
            slave: Slave::new(stall),
            wires: AxilCycle::default(),
            now: 0,
        }
    }

    /// One cycle; checks that what the master offered and was not taken stays.
    fn step(&mut self) {
        let before = self.wires;
        self.master.drive(&mut self.wires, self.now);
        macro_rules! stays {
            ($($channel:ident),*) => {$(
                if before.$channel.valid && !before.$channel.ready {
                    assert_eq!(self.wires.$channel, before.$channel);
                }
            )*};
        }
        stays!(aw, w, ar);
        self.slave.drive(&mut self.wires);
        self.master.clock(&self.wires, self.now);
        let mut after = self.wires;
        self.slave.clock(&mut after);
        (self.wires.b.valid, self.wires.r.valid) = (after.b.valid, after.r.valid);
        self.now += 1;
    }

    fn run(&mut self, accesses: &[Access]) -> Vec<Answer> {
        let submit = |access: &Access| self.master.submit(*access);
        let tickets: Vec<_> = accesses.iter().map(submit).collect();
        let end = self.now + 100_000;
        while !self.master.is_idle() {
            self.step();
            assert!(self.now < end, "no answer");
        }
        assert_eq!(self.master.take_violations(), []);
        let take = |ticket| self.master.take(ticket).expect("an answer");
        tickets.into_iter().map(take).collect()
    }
}

#[test]
fn registers_hold_what_was_written_under_random_back_pressure() {
    let mut rng = Rng::with_seed(9);
    for (pressure, stall) in [(Pressure::None, 0), (Pressure::Mixed, 50)] {
        let mut bus = Loop::new(pressure, stall);
        let mut shadow = [0; 16];
        let writes: Vec<Access> = (0..200)
            .map(|_| {
                let (word, data, strb) = (rng.usize(0..16), rng.u32(..), rng.u8(0..16));
                shadow[word] = merge(shadow[word], data, strb);
                let lead = match rng.u8(0..3) {
                    0 => Lead::Either,
                    1 => Lead::Address(rng.u32(0..6)),
                    _ => Lead::Data(rng.u32(0..6)),
                };
                Access::write_bytes(4 * word as u16, data, strb).lead(lead)
            })
            .collect();
        bus.run(&writes);
        let reads: Vec<Access> = (0..16).map(|word| Access::read(4 * word)).collect();
        let data: Vec<u32> = bus.run(&reads).iter().map(|answer| answer.data).collect();
        assert_eq!(data, shadow);
    }
}

#[test]
fn address_and_data_come_in_the_order_asked_for() {
    for (lead, address_first) in [(Lead::Address(3), true), (Lead::Data(3), false)] {
        let mut bus = Loop::new(Pressure::None, 0);
        bus.master.submit(Access::write(0, 1).lead(lead));
        bus.step();
        assert_eq!(bus.wires.aw.valid, address_first);
        assert_eq!(bus.wires.w.valid, !address_first);
        bus.run(&[]);
    }
}

#[test]
fn an_error_response_reaches_the_answer() {
    let mut bus = Loop::new(Pressure::None, 0);
    let answers = bus.run(&[
        Access::read(0x40),
        Access::write(0x40, 1),
        Access::read(0x3c),
    ]);
    let resps: Vec<Resp> = answers.iter().map(|answer| answer.resp).collect();
    assert_eq!(resps, [Resp::SlvErr, Resp::SlvErr, Resp::Okay]);
}

#[test]
fn the_answer_to_an_abandoned_access_is_dropped() {
    let mut bus = Loop::new(Pressure::None, 0);
    let ticket = bus.master.submit(Access::read(0));
    bus.step();
    bus.master.abandon(ticket);
    bus.run(&[]);
    assert_eq!(bus.master.take(ticket), None);
}

#[test]
fn a_response_before_its_request_is_a_violation() {
    let mut master = Master::new("m", MasterConfig::default());
    master.submit(Access::write(0, 1));
    let mut wires = AxilCycle::default();
    master.drive(&mut wires, 0);
    // Accepted and answered in one cycle.
    (wires.aw.ready, wires.w.ready, wires.b.valid) = (true, true, true);
    master.clock(&wires, 0);
    assert_eq!(master.take_violations().len(), 1);
}
