//! The AXI4 master and the memory's ports, wired to each other without any hardware between.

use fastrand::Rng;
use vcm_sim::axi::{Completion, Lead, Master, MasterConfig, Request, WriteBeat, write_beats};
use vcm_sim::ddr::{Ddr, DdrConfig, InjectedError, Order, Port, PortConfig, Timing};
use vcm_sim::pressure::{PortPressure, Pressure};
use vcm_sim::signals::{AxiCycle, Burst, Resp};

const BASE: u32 = 0x1000_0000;
const SIZE: u32 = 0x0100_0000;
/// More cycles than any of these tests needs.
const DEADLINE: u64 = 200_000;

/// A master and the memory's data port.
struct Loop {
    master: Master,
    ddr: Ddr,
    wires: AxiCycle,
    now: u64,
}

impl Loop {
    fn new(master: MasterConfig, config: DdrConfig) -> Self {
        Self {
            master: Master::new("loop", master),
            ddr: Ddr::new(&config),
            wires: AxiCycle::default(),
            now: 0,
        }
    }

    fn plain() -> Self {
        Self::new(MasterConfig::default(), ddr_config(PortConfig::default()))
    }

    fn stressed(seed: u64, order: Order) -> Self {
        let pressure = PortPressure::all(Pressure::Mixed);
        let master = MasterConfig {
            pressure,
            seed,
            ..MasterConfig::default()
        };
        let port = PortConfig {
            pressure,
            order,
            seed: seed + 1,
            ..PortConfig::default()
        };
        Self::new(master, ddr_config(port))
    }

    /// One cycle; checks that what was offered and not taken stays.
    fn step(&mut self) {
        let before = self.wires;
        self.master.drive(&mut self.wires, self.now);
        self.ddr.drive(Port::Data, &mut self.wires, self.now);
        assert_offers_stay(&before, &self.wires);
        self.master.clock(&self.wires, self.now);
        self.ddr.clock(Port::Data, &self.wires, self.now);
        self.ddr.serve(self.now);
        self.now += 1;
    }

    /// Sends all of it, and gives the answers in the order of submission.
    fn run(&mut self, requests: impl IntoIterator<Item = Request>) -> Vec<Completion> {
        for request in requests {
            self.master.submit(request);
        }
        let end = self.now + DEADLINE;
        while !self.master.is_idle() {
            self.step();
            assert!(self.now < end, "no answer");
        }
        assert_eq!(self.master.take_violations(), []);
        assert!(self.ddr.is_idle());
        self.master.drain()
    }
}

fn ddr_config(port: PortConfig) -> DdrConfig {
    DdrConfig {
        base: BASE,
        size: SIZE,
        data: port,
        ..DdrConfig::default()
    }
}

/// IHI 0022E A3.2.1: once VALID is high, it and the payload stay until READY.
fn assert_offers_stay(before: &AxiCycle, after: &AxiCycle) {
    macro_rules! stays {
        ($($channel:ident),*) => {$(
            let mut expected = before.$channel;
            expected.ready = after.$channel.ready;
            if before.$channel.valid && !before.$channel.ready {
                assert_eq!(after.$channel, expected);
            }
        )*};
    }
    stays!(aw, w, b, ar, r);
}

/// A legal burst shape within the 4 KiB at `page`.
fn random_shape(rng: &mut Rng, page: u32) -> Request {
    let size = rng.u8(0..=3);
    let bytes = 1u32 << size;
    let (burst, beats) = match rng.u8(0..3) {
        0 => (Burst::Fixed, rng.u32(1..=16)),
        1 => (Burst::Wrap, 1 << rng.u32(1..=4)),
        _ => (Burst::Incr, rng.u32(1..=64)),
    };
    let mut offset = rng.u32(0..0x1000 - beats * bytes + 1);
    if burst == Burst::Wrap {
        offset &= !(bytes - 1);
    }
    Request::read(page + offset, beats as u16)
        .burst(burst, size)
        .id(rng.u8(..))
}

fn into_write(request: Request, rng: &mut Rng) -> Request {
    let beats = (0..request.shape().beats()).map(|index| WriteBeat {
        data: rng.u64(..),
        strb: rng.u8(..) & request.shape().beat(index).lanes,
    });
    let write = Request::write_beats(request.addr, beats.collect());
    let lead = match rng.u8(0..3) {
        0 => Lead::Either,
        1 => Lead::Address(rng.u32(0..10)),
        _ => Lead::Data(rng.u32(0..10)),
    };
    write
        .burst(request.burst, request.size)
        .id(request.id)
        .lead(lead)
}

/// Does to `shadow`, the memory from `BASE` on, byte by byte what the write asks for.
fn apply(shadow: &mut [u8], write: &Request) {
    let vcm_sim::axi::Direction::Write { beats, .. } = &write.direction else {
        return;
    };
    for (index, beat) in (0..).zip(beats) {
        for (addr, lane) in write.shape().beat(index).bytes() {
            if beat.strb & (1 << lane) != 0 {
                shadow[(addr - BASE) as usize] = (beat.data >> (8 * lane)) as u8;
            }
        }
    }
}

fn expected_bytes(shadow: &[u8], read: &Request) -> Vec<u8> {
    let beats = (0..read.shape().beats()).map(|index| read.shape().beat(index));
    let addresses = beats.flat_map(|beat| beat.bytes().map(|(addr, _)| addr));
    addresses
        .map(|addr| shadow[(addr - BASE) as usize])
        .collect()
}

#[test]
fn every_kind_of_burst_arrives_under_random_back_pressure() {
    for (seed, order) in [
        (1, Order::InOrder),
        (2, Order::Shuffled),
        (3, Order::Interleaved),
    ] {
        let mut rng = Rng::with_seed(seed);
        let mut bus = Loop::stressed(seed, order);
        let mut shadow = vec![0xa5; 0x4_0000];
        let page = |rng: &mut Rng| BASE + 0x1000 * rng.u32(0..64);
        // Writes are done in the order of their addresses on AW, whatever their IDs.
        let writes: Vec<Request> = (0..200)
            .map(|_| {
                let page = page(&mut rng);
                let shape = random_shape(&mut rng, page);
                into_write(shape, &mut rng)
            })
            .collect();
        writes.iter().for_each(|write| apply(&mut shadow, write));
        for written in bus.run(writes) {
            assert_eq!(written.resp, Resp::Okay);
        }
        let reads: Vec<Request> = (0..300)
            .map(|_| {
                let page = page(&mut rng);
                random_shape(&mut rng, page)
            })
            .collect();
        for read in bus.run(reads) {
            assert_eq!(read.resp, Resp::Okay);
            assert_eq!(read.bytes(), expected_bytes(&shadow, &read.request));
            assert!(read.issued <= read.accepted && read.accepted < read.first);
        }
    }
}

#[test]
fn reads_and_writes_go_on_at_the_same_time() {
    let mut bus = Loop::plain();
    let bytes = [0x5a; 2048];
    let writes = (0..16).map(|n| Request::write(BASE + 0x800 * n, &bytes));
    let reads = (0..16).map(|n| Request::read(BASE + 0x8_0000 + 0x800 * n, 256));
    bus.run(writes.chain(reads));
    // 4 096 beats each way, plus what the first and the last wait for.
    assert!(bus.now < 4_096 + 100, "{} cycles", bus.now);
}

#[test]
fn same_id_reads_finish_in_order_and_others_overtake() {
    for order in [Order::Shuffled, Order::Interleaved] {
        let mut bus = Loop::stressed(11, order);
        let reads = (0..400u32).map(|n| Request::read(BASE + 64 * n, 8).id((n % 5) as u8));
        let done = bus.run(reads);
        let finished: Vec<u64> = done.iter().map(|read| read.finished).collect();
        for id in 0..5 {
            assert!(finished.iter().skip(id).step_by(5).is_sorted());
        }
        assert!(!finished.is_sorted(), "nothing was overtaken");
    }
}

#[test]
fn same_id_writes_are_answered_in_order_and_others_overtake() {
    let mut bus = Loop::stressed(12, Order::Shuffled);
    let writes = (0..400u32).map(|n| Request::write(BASE + 8 * n, &[1; 8]).id((n % 5) as u8));
    let done = bus.run(writes);
    let finished: Vec<u64> = done.iter().map(|write| write.finished).collect();
    for id in 0..5 {
        assert!(finished.iter().skip(id).step_by(5).is_sorted());
    }
    assert!(!finished.is_sorted(), "nothing was overtaken");
}

#[test]
fn in_order_memory_answers_all_ids_in_order() {
    let mut bus = Loop::stressed(13, Order::InOrder);
    let reads = (0..200u32).map(|n| Request::read(BASE + 64 * n, 4).id(n as u8));
    assert!(bus.run(reads).is_sorted_by_key(|read| read.finished));
}

#[test]
fn data_may_lead_its_address_and_follow_it() {
    let mut bus = Loop::plain();
    for lead in [Lead::Data(5), Lead::Address(5), Lead::Either] {
        let done = bus.run([Request::write(BASE, &[7; 64]).lead(lead)]);
        assert_eq!(done[0].resp, Resp::Okay, "{lead:?}");
    }
    bus.master
        .submit(Request::write(BASE, &[7; 64]).lead(Lead::Data(5)));
    bus.step();
    assert!(bus.wires.w.valid && !bus.wires.aw.valid);
}

#[test]
fn latency_is_what_was_asked_for() {
    for latency in [1, 7, 40] {
        let mut bus = Loop::plain();
        bus.ddr.set_timing(Timing {
            read_latency: latency,
            ..Timing::default()
        });
        let done = bus.run([Request::read(BASE, 4)]);
        assert_eq!(done[0].first - done[0].accepted, u64::from(latency));
        assert_eq!(done[0].finished - done[0].first, 3);
    }
}

#[test]
fn the_latencies_of_bursts_under_way_overlap() {
    const LATENCY: u32 = 40;
    const BURSTS: u32 = 24;
    for order in [Order::InOrder, Order::Shuffled] {
        let config = PortConfig {
            order,
            ..PortConfig::default()
        };
        let mut bus = Loop::new(MasterConfig::default(), ddr_config(config));
        bus.ddr.set_timing(Timing {
            read_latency: LATENCY,
            write_latency: LATENCY,
            ..Timing::default()
        });
        let read = |n| Request::read(BASE + 64 * n, 1).id(n as u8);
        let write = |n| Request::write(BASE + 64 * n, &[0; 8]).id(n as u8);
        let requests: [fn(u32) -> Request; 2] = [read, write];
        for request in requests {
            let done = bus.run((0..BURSTS).map(request));
            let began = done.iter().map(|done| done.accepted).min().unwrap();
            let ended = done.iter().map(|done| done.finished).max().unwrap();
            let took = ended - began;
            // One latency for all of them, and a beat a cycle.
            let expected = u64::from(LATENCY + BURSTS);
            assert!((expected - 2..expected + 8).contains(&took), "{took}");
        }
        // With only one at a time each has all of it.
        let alone = bus.run([read(0)]);
        let alone = alone[0].finished - alone[0].accepted;
        assert!(alone >= u64::from(LATENCY));
        let config = PortConfig {
            outstanding: 1,
            ..config
        };
        bus.ddr.configure(Port::Data, config);
        let done = bus.run((0..BURSTS).map(read));
        let took = done[BURSTS as usize - 1].finished - done[0].accepted;
        assert!(took >= u64::from(BURSTS) * alone, "{took}");
    }
}

/// Beats that each of two reading ports gets in so many cycles of a memory of `bandwidth`.
fn beats_of_data_and_walks(bandwidth: u32, shares_bandwidth: bool, cycles: u64) -> [u32; 2] {
    let timing = Timing {
        bandwidth,
        ..Timing::default()
    };
    let mut ddr = Ddr::new(&DdrConfig {
        timing,
        walk: PortConfig {
            shares_bandwidth,
            ..PortConfig::default()
        },
        ..ddr_config(PortConfig::default())
    });
    let ports = [Port::Data, Port::Walk];
    let mut masters = ports.map(|_| Master::new("port", MasterConfig::default()));
    let mut wires = [AxiCycle::default(); 2];
    for master in &mut masters {
        (0..64).for_each(|n| {
            master.submit(Request::read(BASE + 0x800 * n, 256));
        });
    }
    let mut beats = [0; 2];
    for now in 0..cycles {
        for (index, port) in ports.iter().enumerate() {
            masters[index].drive(&mut wires[index], now);
            ddr.drive(*port, &mut wires[index], now);
        }
        for (index, port) in ports.iter().enumerate() {
            masters[index].clock(&wires[index], now);
            ddr.clock(*port, &wires[index], now);
            beats[index] += u32::from(wires[index].r.fires());
        }
        ddr.serve(now);
    }
    beats
}

#[test]
fn walks_share_the_bandwidth_or_not() {
    const CYCLES: u64 = 2_000;
    let near = |beats: u32, expected: u32| beats.abs_diff(expected) < 64;
    let all = CYCLES as u32;
    let [data, walks] = beats_of_data_and_walks(8, true, CYCLES);
    assert!(
        near(data, all / 2) && near(walks, all / 2),
        "{data}, {walks}"
    );
    let [data, walks] = beats_of_data_and_walks(8, false, CYCLES);
    assert!(near(data, all) && near(walks, all), "{data}, {walks}");
    let [data, walks] = beats_of_data_and_walks(4, false, CYCLES);
    assert!(near(data, all / 2) && near(walks, all), "{data}, {walks}");
}

#[test]
fn bandwidth_is_shared_fairly_by_the_ports() {
    let timing = Timing {
        bandwidth: 6,
        ..Timing::default()
    };
    let mut ddr = Ddr::new(&DdrConfig {
        timing,
        ..ddr_config(PortConfig::default())
    });
    let ports = [Port::Data, Port::Walk, Port::Cpu];
    let mut masters = ports.map(|_| Master::new("port", MasterConfig::default()));
    let mut wires = [AxiCycle::default(); 3];
    for master in &mut masters {
        (0..64).for_each(|n| {
            master.submit(Request::read(BASE + 0x800 * n, 256));
        });
    }
    let mut beats = [0u32; 3];
    let cycles = 3_000;
    for now in 0..cycles {
        for ((port, master), wires) in ports.iter().zip(&mut masters).zip(&mut wires) {
            master.drive(wires, now);
            ddr.drive(*port, wires, now);
        }
        for (index, port) in ports.iter().enumerate() {
            masters[index].clock(&wires[index], now);
            ddr.clock(*port, &wires[index], now);
            beats[index] += u32::from(wires[index].r.fires());
        }
        ddr.serve(now);
    }
    let total: u32 = beats.iter().sum();
    let share = 6 * (cycles as u32 - 40) / 8;
    assert!((share - 20..=share + 20).contains(&total), "{beats:?}");
    assert!(
        beats.iter().all(|&port| port.abs_diff(total / 3) < 5),
        "{beats:?}"
    );
}

#[test]
fn the_walk_port_has_no_write_channels() {
    let mut ddr = Ddr::new(&ddr_config(PortConfig::default()));
    let mut wires = AxiCycle::default();
    ddr.drive(Port::Walk, &mut wires, 0);
    assert!(wires.ar.ready);
    assert!(!wires.aw.ready && !wires.w.ready && !wires.b.valid);
}

#[test]
fn outside_the_memory_is_decerr() {
    let mut bus = Loop::plain();
    let done = bus.run([
        Request::read(BASE - 8, 1),
        Request::write(BASE + SIZE, &[1; 8]),
        Request::read(BASE + SIZE - 8, 1),
    ]);
    let resps: Vec<Resp> = done.iter().map(|done| done.resp).collect();
    assert_eq!(resps, [Resp::DecErr, Resp::DecErr, Resp::Okay]);
}

#[test]
fn injected_errors_hit_their_beats_only() {
    let mut bus = Loop::plain();
    let error = InjectedError {
        range: BASE + 16..=BASE + 16,
        port: Some(Port::Data),
        write: Some(false),
        resp: Resp::SlvErr,
    };
    bus.ddr.inject(error.clone());
    bus.ddr.inject(InjectedError {
        range: BASE + 24..=BASE + 24,
        port: Some(Port::Walk),
        ..error
    });
    let written = bus.run([Request::write(BASE, &[9; 32])]);
    assert_eq!(written[0].resp, Resp::Okay);
    let read = bus.run([Request::read(BASE, 4)]).remove(0);
    let resps: Vec<Resp> = read.beats.iter().map(|beat| beat.resp).collect();
    assert_eq!(resps, [Resp::Okay, Resp::Okay, Resp::SlvErr, Resp::Okay]);
    assert_eq!((read.resp, read.beats[2].data), (Resp::SlvErr, 0));
    bus.ddr.clear_injected();
    assert_eq!(bus.run([Request::read(BASE, 4)])[0].resp, Resp::Okay);
}

#[test]
fn illegal_bursts_are_refused_without_harm() {
    let mut bus = Loop::plain();
    let illegal = [
        Request::read(BASE + 0xff8, 2),
        Request::read(BASE, 3).burst(Burst::Wrap, 3),
        Request::read(BASE, 2).burst(Burst::Reserved, 3),
        Request::read(BASE, 17).burst(Burst::Fixed, 2),
        Request::read(BASE, 1).burst(Burst::Incr, 6),
    ];
    for done in bus.run(illegal) {
        assert_eq!(done.resp, Resp::SlvErr);
        assert_eq!(done.beats.len(), usize::from(done.request.len) + 1);
    }
}

#[test]
fn wlast_follows_the_beats_given_even_when_they_are_too_few() {
    let mut bus = Loop::plain();
    let mut early = Request::write(BASE, &[3; 64]);
    early.len = 15;
    bus.master.submit(early);
    let lasts: Vec<bool> = (0..100)
        .filter_map(|_| {
            bus.step();
            bus.wires.w.fires().then_some(bus.wires.w.last)
        })
        .collect();
    assert_eq!(
        lasts,
        [false, false, false, false, false, false, false, true]
    );
    assert!(
        !bus.master.is_idle(),
        "the memory waits for eight more beats"
    );
    bus.master.reset();
    bus.ddr.reset();
    assert!(bus.master.is_idle() && bus.ddr.is_idle());
}

#[test]
fn wlast_comes_late_when_there_are_too_many_beats() {
    let mut bus = Loop::plain();
    let mut late = Request::write(BASE, &[3; 64]);
    late.len = 3;
    bus.master.submit(late);
    let mut sent = 0;
    while bus.master.drain().is_empty() {
        bus.step();
        sent += u32::from(bus.wires.w.fires());
        assert!(bus.now < DEADLINE);
    }
    assert_eq!(sent, 8);
}

#[test]
fn outstanding_bursts_stay_within_the_limit() {
    let config = MasterConfig {
        outstanding: 3,
        ..MasterConfig::default()
    };
    let mut bus = Loop::new(config, ddr_config(PortConfig::default()));
    (0..20).for_each(|n| {
        bus.master.submit(Request::read(BASE + 64 * n, 1));
    });
    let (mut open, mut most) = (0, 0);
    while !bus.master.is_idle() {
        bus.step();
        open += i32::from(bus.wires.ar.fires()) - i32::from(bus.wires.r.fires());
        most = most.max(open);
        assert!(bus.now < DEADLINE);
    }
    assert_eq!(most, 3);
}

#[test]
fn a_response_nobody_waits_for_is_a_violation() {
    let mut master = Master::new("m", MasterConfig::default());
    let mut wires = AxiCycle::default();
    master.drive(&mut wires, 0);
    wires.b.valid = true;
    wires.r.valid = true;
    master.clock(&wires, 0);
    assert_eq!(master.take_violations().len(), 2);
}

#[test]
fn missing_and_early_rlast_are_violations_and_do_not_hang() {
    for (last, beats) in [(true, 1), (false, 2)] {
        let mut master = Master::new("m", MasterConfig::default());
        let ticket = master.submit(Request::read(BASE, 2));
        let mut wires = AxiCycle::default();
        for now in 0..4 {
            master.drive(&mut wires, now);
            wires.ar.ready = now == 0;
            wires.r.valid = now > 0 && now <= beats;
            wires.r.last = last;
            master.clock(&wires, now);
        }
        assert_eq!(master.take_violations().len(), 1);
        assert_eq!(master.take(ticket).unwrap().beats.len() as u64, beats);
        assert!(master.is_idle());
    }
}

#[test]
fn bytes_survive_being_cut_into_beats() {
    let shape = Request::read(BASE + 3, 4).shape();
    let bytes: Vec<u8> = (1..=20).collect();
    let beats = write_beats(shape, &bytes);
    assert_eq!(beats[0].strb, 0xf8);
    assert_eq!(beats[2].strb, 0x7f);
    assert_eq!(beats[3].strb, 0);
}
