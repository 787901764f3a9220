//! The platform around the Verilated hardware.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use vcd::{Command, Parser};
use vcm::addr::PhysAddr;
use vcm::seam::{Bus, Clock, Irq, PhysMem};
use vcm_regs::global::{IDR0, IDR0_MAGIC, IRQ_ENABLE, IrqEnable, S2CR, S2cr, stream_type};
use vcm_sim::axi::Request;
use vcm_sim::axil::Access;
use vcm_sim::ddr::{InjectedError, Port};
use vcm_sim::model::Top;
use vcm_sim::platform::{Config, Platform, PlatformError};
use vcm_sim::signals::{Cycle, Observer, Resp, Violation};

/// An offset at which no register stands, in either top.
const NO_REGISTER: u32 = 0x7ffc;
/// Memory outside the pool.
const BUFFER: u32 = 0x1000_0000;

fn platform() -> Result<Platform> {
    Ok(Platform::new(Config::default())?)
}

/// Lets the accesses of stream `stream` pass as they are.
fn bypass(platform: &Platform, stream: u32) -> Result<()> {
    let route = S2cr::default().with(S2cr::TYPE, stream_type::BYPASS);
    platform
        .bus()
        .write32(S2CR.offset + 4 * stream, route.bits())?;
    Ok(())
}

#[test]
fn registers_answer_on_both_tops() -> Result<()> {
    for top in [Top::Iommu, Top::Soc] {
        for config in [Config::with_top(top), Config::with_top(top).stressed(4)] {
            let platform = Platform::new(config)?;
            let bus = platform.bus();
            let enable = IrqEnable::default().with(IrqEnable::FAULT, 1);
            assert_eq!(bus.read32(IDR0.offset)?, IDR0_MAGIC);
            assert_eq!(bus.read32(IRQ_ENABLE.offset)?, 0);
            bus.write32(IRQ_ENABLE.offset, enable.bits())?;
            assert_eq!(bus.read32(IRQ_ENABLE.offset)?, enable.bits());
            platform.reset();
            assert_eq!(bus.read32(IRQ_ENABLE.offset)?, 0);
            platform.check()?;
        }
    }
    Ok(())
}

#[test]
fn strobes_reach_the_register() -> Result<()> {
    let platform = platform()?;
    let bus = platform.bus();
    let addr = IRQ_ENABLE.offset as u16;
    bus.access(Access::write_bytes(addr, u32::MAX, 0b1110))?;
    assert_eq!(bus.read32(IRQ_ENABLE.offset)?, 0);
    bus.access(Access::write_bytes(addr, 1, 0b0001))?;
    assert_eq!(bus.read32(IRQ_ENABLE.offset)?, 1);
    Ok(())
}

#[test]
fn an_offset_without_a_register_is_a_bus_error() -> Result<()> {
    let platform = platform()?;
    let bus = platform.bus();
    let read = bus.read32(NO_REGISTER).unwrap_err();
    assert_eq!((read.offset, read.write), (NO_REGISTER, false));
    let write = bus.write32(NO_REGISTER, 1).unwrap_err();
    assert_eq!((write.offset, write.write), (NO_REGISTER, true));
    assert!(bus.read32(0x1_0000).is_err(), "outside the window");
    // The bus goes on working.
    assert_eq!(bus.read32(IDR0.offset)?, IDR0_MAGIC);
    platform.check()?;
    Ok(())
}

#[test]
fn a_bus_that_does_not_answer_is_an_error_after_the_deadline() -> Result<()> {
    // Registers may be late after a reset, but not as late as that.
    const DEADLINE: u64 = 2_000;
    let platform = Platform::new(Config {
        deadline: DEADLINE,
        ..Config::default()
    })?;
    // More requests than can be answered in time.
    (0..DEADLINE).for_each(|_| {
        platform.lock().registers_mut().submit(Access::read(0));
    });
    let before = platform.now();
    assert!(platform.bus().read32(IDR0.offset).is_err());
    assert_eq!(platform.now() - before, DEADLINE);
    let error = platform.check().unwrap_err().to_string();
    assert!(error.contains("not answered within 2000 cycles"), "{error}");
    platform.reset();
    assert_eq!(platform.bus().read32(IDR0.offset)?, IDR0_MAGIC);
    Ok(())
}

#[test]
fn front_door_and_back_door_agree() -> Result<()> {
    for config in [Config::default(), Config::default().stressed(8)] {
        let platform = Platform::new(config)?;
        let (front, back) = (platform.memory(), platform.back_door());
        let mut rng = fastrand::Rng::with_seed(21);
        for _ in 0..40 {
            let at = PhysAddr::new(BUFFER + rng.u32(0..0x1_0000));
            let bytes: Vec<u8> = (0..rng.usize(1..6_000)).map(|_| rng.u8(..)).collect();
            let mut seen = vec![0; bytes.len()];
            if rng.bool() {
                front.write(at, &bytes)?;
                back.read(at, &mut seen)?;
            } else {
                back.write(at, &bytes)?;
                front.read(at, &mut seen)?;
            }
            assert!(seen == bytes, "{} bytes at {at}", bytes.len());
        }
        let word = PhysAddr::new(BUFFER + 4);
        front.write32(word, 0x1234_5678)?;
        assert_eq!(back.read32(word)?, 0x1234_5678);
        back.write32(word, 0x9abc_def0)?;
        assert_eq!(front.read32(word)?, 0x9abc_def0);
        platform.check()?;
    }
    Ok(())
}

#[test]
fn an_access_past_the_end_of_memory_is_an_error_at_both_doors() -> Result<()> {
    let platform = platform()?;
    let end = PhysAddr::new(0x2000_0000);
    let last = PhysAddr::new(0x1fff_fffc);
    platform.memory().write32(last, 7)?;
    assert_eq!(platform.memory().read32(last)?, 7);
    for at in [end, PhysAddr::new(0), PhysAddr::new(u32::MAX - 1)] {
        assert_eq!(platform.memory().write32(at, 7).unwrap_err().at, at);
        assert!(platform.memory().read32(at).is_err());
        assert!(platform.back_door().read32(at).is_err());
    }
    Ok(())
}

#[test]
fn the_front_door_takes_time_and_the_back_door_none() -> Result<()> {
    let platform = platform()?;
    let before = platform.now();
    platform
        .back_door()
        .write(PhysAddr::new(BUFFER), &[1; 4096])?;
    assert_eq!(platform.now(), before);
    platform.memory().write(PhysAddr::new(BUFFER), &[1; 4096])?;
    assert!(platform.now() - before > 512, "8 bytes a cycle at most");
    Ok(())
}

#[test]
fn memory_comes_from_the_pool_and_wrong_frees_are_reported() -> Result<()> {
    let platform = Platform::new(Config {
        pool: BUFFER..BUFFER + 0x4000,
        ..Config::default()
    })?;
    let memory = platform.memory();
    let at = memory.allocate(0x4000, 0x4000).context("memory")?;
    assert_eq!(at.get(), BUFFER);
    assert_eq!(memory.allocate(4, 4), None);
    memory.free(at, 0x2000);
    assert!(platform.check().is_err());
    assert_eq!(memory.live(), [(at, 0x4000)]);
    memory.free(at, 0x4000);
    platform.check()?;
    assert_eq!(memory.live(), []);
    Ok(())
}

#[test]
fn an_injected_error_stops_the_processor() -> Result<()> {
    let platform = platform()?;
    platform.lock().ddr_mut().inject(InjectedError {
        range: BUFFER..=BUFFER + 3,
        port: Some(Port::Cpu),
        write: None,
        resp: Resp::SlvErr,
    });
    let memory = platform.memory();
    assert!(memory.write32(PhysAddr::new(BUFFER), 1).is_err());
    assert!(memory.read32(PhysAddr::new(BUFFER)).is_err());
    memory.write32(PhysAddr::new(BUFFER + 4), 1)?;
    Ok(())
}

#[test]
fn a_bus_master_reads_back_what_it_wrote_through_the_hardware() -> Result<()> {
    for config in [Config::default(), Config::default().stressed(15)] {
        let platform = Platform::new(config)?;
        bypass(&platform, 3)?;
        let bytes: Vec<u8> = (0..=255).collect();
        let write = Request::write(BUFFER + 3, &bytes).stream(3).id(0x91);
        assert_eq!(platform.transfer(write)?.resp, Resp::Okay);
        let mut seen = [0; 256];
        platform
            .back_door()
            .read(PhysAddr::new(BUFFER + 3), &mut seen)?;
        assert_eq!(seen[..], bytes);
        for n in 0..32 {
            let read = Request::read(BUFFER + 8 * n, 4).stream(3).id(n as u8);
            platform.submit(read);
        }
        for (n, read) in platform.finish()?.iter().enumerate() {
            // The buffer begins three bytes into the first word.
            let expected = (8 * n..8 * n + 32).map(|at| (at as u8).wrapping_sub(3));
            let within = |at: &usize| (3..259).contains(at);
            for (at, (seen, expected)) in read.bytes().into_iter().zip(expected).enumerate() {
                if within(&(8 * n + at)) {
                    assert_eq!(seen, expected, "byte {at} of read {n}");
                }
            }
        }
        platform.check()?;
    }
    Ok(())
}

#[test]
fn the_interrupt_is_waited_for_and_a_wait_ends_in_time() -> Result<()> {
    let platform = platform()?;
    let irq = platform.irq();
    let before = platform.clock().now();
    assert!(!irq.wait(Duration::from_micros(2)));
    let waited = platform.clock().now() - before;
    assert!((2_000..2_030).contains(&waited.as_nanos()), "{waited:?}");
    // Out of reset every stream is terminated: a read is a fault.
    platform.bus().write32(
        IRQ_ENABLE.offset,
        IrqEnable::default().with(IrqEnable::FAULT, 1).bits(),
    )?;
    platform.submit(Request::read(BUFFER, 1));
    assert!(irq.wait(Duration::from_micros(100)));
    irq.ack();
    assert!(irq.wait(Duration::ZERO), "it is a level");
    Ok(())
}

#[test]
fn every_question_for_the_time_lets_a_cycle_pass() -> Result<()> {
    let clock = platform()?.clock();
    let first = clock.now();
    (0..149).for_each(|_| assert!(clock.now() > first));
    assert_eq!(clock.now() - first, Duration::from_micros(1));
    Ok(())
}

/// Counts cycles, and objects to every one in which a register is read.
#[derive(Default)]
struct Count {
    cycles: u64,
    resets: u64,
    last: Option<u64>,
}

impl Observer for Count {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        self.cycles += 1;
        self.resets += u64::from(cycle.reset);
        let before = self.last.replace(cycle.number);
        assert!(before.is_none_or(|before| before + 1 == cycle.number));
        match cycle.s_axil.ar.fires() {
            true => Err(Violation {
                cycle: cycle.number,
                place: "s_axil",
                what: format!("read at {:#x}", cycle.s_axil.ar.addr),
            }),
            false => Ok(()),
        }
    }
}

#[test]
fn observers_see_every_cycle_and_their_objections_are_kept() -> Result<()> {
    let platform = platform()?;
    let count = Arc::new(Mutex::new(Count::default()));
    platform.observe(count.clone());
    platform.step(100);
    platform.reset();
    platform.check()?;
    for _ in 0..30 {
        platform.bus().read32(IDR0.offset)?;
    }
    let start = platform.now() - count.lock().unwrap().cycles;
    assert_eq!(start, 16, "cycles of the first reset");
    assert_eq!(count.lock().unwrap().resets, 16);
    let Err(PlatformError::Violations { first, count }) = platform.check() else {
        panic!("no violation");
    };
    assert_eq!((first.len(), count), (20, 30));
    assert!(first[0].to_string().ends_with("s_axil: read at 0x0"));
    platform.check()?;
    Ok(())
}

/// What a trace holds: names in the scope of the top, the rising edges of the clock, the last time.
struct Trace {
    names: BTreeSet<String>,
    rises: Vec<u64>,
}

fn read_trace(file: &Path, top: &str) -> Result<Trace> {
    let mut parser = Parser::new(BufReader::new(File::open(file)?));
    let header = parser.parse_header()?;
    assert_eq!(header.timescale, Some((1, vcd::TimescaleUnit::PS)));
    let scope = header.find_scope(&["TOP", top]).context("no such scope")?;
    let names = scope.items.iter().filter_map(|item| match item {
        vcd::ScopeItem::Var(var) => Some(var.reference.clone()),
        _ => None,
    });
    let names = names.collect();
    let aclk = header.find_var(&["TOP", "aclk"]).context("no clock")?.code;
    let (mut now, mut rises) = (0, Vec::new());
    for command in parser {
        match command? {
            Command::Timestamp(time) => now = time,
            Command::ChangeScalar(code, vcd::Value::V1) if code == aclk => rises.push(now),
            _ => {}
        }
    }
    Ok(Trace { names, rises })
}

#[test]
fn traces_start_and_stop_at_will() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (first, second) = (folder.path().join("1.vcd"), folder.path().join("2.vcd"));
    let platform = platform()?;
    platform.start_trace(&first)?;
    platform.step(30);
    platform.stop_trace();
    platform.step(1_000);
    let begin = platform.now();
    platform.start_trace(&second)?;
    platform.step(10);
    platform.stop_trace();
    let trace = read_trace(&first, "vcm_iommu")?;
    assert_eq!(trace.rises.len(), 30);
    assert!(trace.names.contains("s_axi_araddr"), "{:?}", trace.names);
    let trace = read_trace(&second, "vcm_iommu")?;
    let rises = (begin..begin + 10).map(|cycle| (2 * cycle + 1) * 10_000 / 3);
    assert_eq!(trace.rises, rises.collect::<Vec<_>>());
    Ok(())
}

#[test]
fn a_paused_trace_goes_on_in_the_same_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("trace.vcd");
    let platform = platform()?;
    platform.start_trace(&file)?;
    let begin = platform.now();
    platform.step(10);
    platform.pause_trace();
    platform.step(1_000);
    platform.resume_trace();
    platform.step(10);
    platform.stop_trace();
    let cycles = (begin..begin + 10).chain(begin + 1_010..begin + 1_020);
    let rises = cycles.map(|cycle| (2 * cycle + 1) * 10_000 / 3);
    let trace = read_trace(&file, "vcm_iommu")?;
    assert_eq!(trace.rises, rises.collect::<Vec<_>>());
    Ok(())
}

#[test]
fn eight_models_run_and_are_traced_in_eight_threads() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let run = |index: u64| -> Result<()> {
        let top = [Top::Iommu, Top::Soc][index as usize % 2];
        let platform = Platform::new(Config::with_top(top).stressed(index))?;
        let file = folder.path().join(format!("{index}.vcd"));
        platform.start_trace(&file)?;
        for _ in 0..20 {
            assert_eq!(platform.bus().read32(IDR0.offset)?, IDR0_MAGIC);
            platform
                .memory()
                .write32(PhysAddr::new(BUFFER), index as u32)?;
            assert_eq!(
                platform.memory().read32(PhysAddr::new(BUFFER))?,
                index as u32
            );
        }
        platform.stop_trace();
        platform.check()?;
        let name = ["vcm_iommu", "vcm_soc"][index as usize % 2];
        assert!(read_trace(&file, name)?.rises.len() > 100);
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|index| scope.spawn(move || run(index)))
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no panic"))
    })
}

#[test]
fn a_traced_model_may_change_threads() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("trace.vcd");
    let platform = platform()?;
    platform.start_trace(&file)?;
    platform.step(10);
    let moved = thread::spawn(move || {
        // Another model makes its own context the thread's.
        let other = Platform::new(Config::with_top(Top::Soc)).expect("a platform");
        platform.step(10);
        drop(other);
        platform.step(10);
        platform
    });
    let platform = moved.join().expect("no panic");
    platform.step(10);
    drop(platform);
    assert_eq!(read_trace(&file, "vcm_iommu")?.rises.len(), 40);
    Ok(())
}

#[test]
fn threads_take_turns_on_one_platform() -> Result<()> {
    let platform = platform()?;
    thread::scope(|scope| {
        for thread in 0..4 {
            let memory = platform.memory();
            scope.spawn(move || {
                let at = PhysAddr::new(BUFFER + 0x1000 * thread);
                for value in 0..20 {
                    memory.write32(at, value).expect("memory");
                    assert_eq!(memory.read32(at), Ok(value));
                }
            });
        }
    });
    platform.check()?;
    Ok(())
}

#[test]
fn the_same_seed_gives_the_same_simulation() -> Result<()> {
    let run = |seed| -> Result<u64> {
        let platform = Platform::new(Config::default().stressed(seed))?;
        bypass(&platform, 0)?;
        for n in 0..50 {
            platform.submit(Request::read(BUFFER + 64 * n, 8).id(n as u8));
        }
        platform.finish()?;
        Ok(platform.now())
    };
    assert_eq!(run(1)?, run(1)?);
    assert_ne!(run(1)?, run(2)?);
    Ok(())
}
