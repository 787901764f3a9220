//! The protocol checker on the bus models: they keep every rule, whatever the back-pressure.

use fastrand::Rng;
use vcm_sim::axi::{Master, MasterConfig, Request, WriteBeat};
use vcm_sim::check::{AxiChecker, AxiPort};
use vcm_sim::ddr::{Ddr, DdrConfig, Order, Port, PortConfig};
use vcm_sim::pressure::{PortPressure, Pressure};
use vcm_sim::signals::{AxiCycle, Burst};

const BASE: u32 = 0x1000_0000;

fn request(rng: &mut Rng) -> Request {
    let size = rng.u8(0..=3);
    let (burst, beats) = match rng.u8(0..3) {
        0 => (Burst::Fixed, rng.u16(1..=16)),
        1 => (Burst::Wrap, 1 << rng.u16(1..=4)),
        _ => (Burst::Incr, rng.u16(1..=64)),
    };
    let addr = BASE + 0x1000 * rng.u32(0..16) + (rng.u32(0..0xE00) >> size << size);
    let read = Request::read(addr, beats).burst(burst, size);
    let request = if rng.bool() {
        read
    } else {
        let beats = (0..read.shape().beats()).map(|index| WriteBeat {
            data: rng.u64(..),
            strb: read.shape().beat(index).lanes,
        });
        Request::write_beats(addr, beats.collect()).burst(burst, size)
    };
    request.id(rng.u8(0..4))
}

#[test]
fn master_and_memory_keep_every_rule() {
    for (seed, order) in [
        (1, Order::InOrder),
        (2, Order::Shuffled),
        (3, Order::Interleaved),
    ] {
        let pressure = PortPressure::all(Pressure::Mixed);
        let mut rng = Rng::with_seed(seed);
        let mut master = Master::new(
            "master",
            MasterConfig {
                pressure,
                seed,
                ..MasterConfig::default()
            },
        );
        let mut memory = Ddr::new(&DdrConfig {
            base: BASE,
            size: 0x10_0000,
            data: PortConfig {
                pressure,
                order,
                seed,
                ..PortConfig::default()
            },
            ..DdrConfig::default()
        });
        let mut checker = AxiChecker::new(AxiPort::s_axi().with_max_wait(Some(10_000)));
        for _ in 0..400 {
            master.submit(request(&mut rng));
        }
        let mut wires = AxiCycle::default();
        for now in 0..200_000 {
            master.drive(&mut wires, now);
            memory.drive(Port::Data, &mut wires, now);
            checker.cycle(now, false, &wires);
            master.clock(&wires, now);
            memory.clock(Port::Data, &wires, now);
            memory.serve(now);
            if master.is_idle() {
                break;
            }
        }
        assert!(master.is_idle());
        assert_eq!(checker.violations(), []);
        assert_eq!(checker.outstanding(), 0);
    }
}
