//! The DMA engine's driver on the hardware: what it refuses, and what it reports.

use std::time::Duration;

use anyhow::Result;
use vcm::addr::Iova;
use vcm::dma::{Dma, DmaError, End, Response};
use vcm::iommu::FaultKind;
use vcm::mmu::Attributes;
use vcm::seam::{Bus, Clock, Irq};
use vcm::{AllocFlags, Binding, ResFlags};
use vcm_regs::dma::{BLOCK, CHANNEL, DMA_IDR0, LEN};
use vcm_sim::ddr::{InjectedError, Port};
use vcm_sim::signals::Resp;
use vcm_tests::soc::{Failure, FlakyBus, PATIENCE, Soc, SocChannel, Space, noise};

const SIZE: u32 = 0x8000;

struct Bench {
    soc: Soc,
    space: Space,
    from: Binding,
    to: Binding,
}

impl Bench {
    fn new() -> Result<Self> {
        let soc = Soc::new()?;
        let space = soc.scattered_space(&[0, 1], 2)?;
        // Apart, so that nothing is mapped behind either.
        let bind = |start| {
            let at = Some(Iova::new(start));
            let flags = ResFlags {
                at,
                ..ResFlags::default()
            };
            space.vcm.make_binding(SIZE, AllocFlags::default(), flags)
        };
        let (from, to) = (bind(0x4000_0000)?, bind(0x4800_0000)?);
        soc.write(from.phys(), 0, &noise(1, SIZE))?;
        soc.write(to.phys(), 0, &noise(2, SIZE))?;
        Ok(Self {
            soc,
            space,
            from,
            to,
        })
    }

    /// The channel copies as if nothing had happened.
    #[track_caller]
    fn works(&self, channel: &mut SocChannel) {
        const SOME: u32 = 0x1100;
        self.soc.write(self.to.phys(), 0, &noise(3, SOME)).unwrap();
        channel
            .copy(self.from.start(), self.to.start(), SOME)
            .unwrap();
        assert_eq!(channel.wait(PATIENCE), Ok(SOME));
        let seen = self.soc.read(self.to.phys(), 0, SOME).unwrap();
        assert!(seen == noise(1, SIZE)[..SOME as usize]);
    }

    fn finish(self) -> Result<()> {
        drop((self.from, self.to));
        self.soc.faults()?;
        self.soc.finish([self.space])
    }
}

#[test]
fn impossible_copies_are_refused_by_name_and_nothing_is_started() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let mut channel = bench.soc.dma.channel(0)?;
    let (from, to) = (bench.from.start(), bench.to.start());
    let top = Iova::new(0xFFFF_FFF0);
    let refused = [
        (channel.copy(from, to, 0), DmaError::Empty),
        (
            channel.copy(top, to, 17),
            DmaError::OutOfRange {
                end: End::Source,
                at: top,
                length: 17,
            },
        ),
        (
            channel.copy(from, top, 17),
            DmaError::OutOfRange {
                end: End::Destination,
                at: top,
                length: 17,
            },
        ),
        (
            channel.copy(Iova::new(1), to, u32::MAX),
            DmaError::OutOfRange {
                end: End::Destination,
                at: to,
                length: u32::MAX,
            },
        ),
    ];
    for (result, expected) in refused {
        assert_eq!(result, Err(expected));
    }
    assert_eq!(channel.poll(), Err(DmaError::Idle { channel: 0 }));
    let length = CHANNEL.at(0) + LEN.offset;
    assert_eq!(bench.soc.bus.read32(length)?, 0, "no register was written");
    bench.works(&mut channel);
    drop((channel, active));
    bench.finish()
}

#[test]
fn a_copy_may_end_with_the_last_byte_of_the_address_space() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    // Nothing is mapped there: the hardware says so, not the driver.
    let top = Iova::new(0xFFFF_FFF0);
    let error = bench.soc.copy(0, top, bench.to.start(), 16).unwrap_err();
    let expected = DmaError::Transfer {
        end: End::Source,
        at: top,
        response: Response::SlaveError,
        copied: 0,
    };
    assert_eq!(error, expected);
    drop(active);
    bench.finish()
}

#[test]
fn channels_are_those_that_there_are_and_have_one_owner_each() -> Result<()> {
    let bench = Bench::new()?;
    let dma = &bench.soc.dma;
    assert_eq!(dma.channels(), 4);
    for number in [4, 5, 200] {
        let channels = 4;
        let error = dma.channel(number).err();
        let expected = DmaError::NoChannel {
            channel: number,
            channels,
        };
        assert_eq!(error, Some(expected));
    }
    for number in 0..4 {
        let channel = dma.channel(number)?;
        assert_eq!(channel.number(), number);
        assert_eq!(channel.stream().get(), u16::from(number));
        let taken = dma.channel(number).err();
        assert_eq!(taken, Some(DmaError::ChannelTaken { channel: number }));
        drop(channel);
        dma.channel(number)?;
    }
    bench.finish()
}

#[test]
fn a_busy_channel_refuses_a_copy_and_finishes_its_own() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let mut channel = bench.soc.dma.channel(0)?;
    channel.copy(bench.from.start(), bench.to.start(), SIZE)?;
    let second = channel.copy(bench.to.start(), bench.from.start(), 16);
    assert_eq!(second, Err(DmaError::Busy { channel: 0 }));
    assert_eq!(channel.wait(PATIENCE)?, SIZE);
    assert!(bench.soc.read(bench.to.phys(), 0, SIZE)? == noise(1, SIZE));
    assert!(bench.soc.read(bench.from.phys(), 0, SIZE)? == noise(1, SIZE));
    bench.works(&mut channel);
    drop((channel, active));
    bench.finish()
}

#[test]
fn an_aborted_copy_has_copied_what_it_says_and_no_more() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let mut channel = bench.soc.dma.channel(0)?;
    assert_eq!(channel.abort(PATIENCE), Err(DmaError::Idle { channel: 0 }));
    channel.copy(bench.from.start(), bench.to.start(), SIZE)?;
    bench.soc.platform.step(1_000);
    let copied = channel.abort(PATIENCE)?;
    assert!(0 < copied && copied < SIZE, "{copied}");
    let seen = bench.soc.read(bench.to.phys(), 0, SIZE)?;
    let (from, to) = (noise(1, SIZE), noise(2, SIZE));
    let count = copied as usize;
    assert!(seen[..count] == from[..count]);
    assert!(seen[count..] == to[count..]);
    // Nothing of it comes later.
    bench.soc.platform.step(5_000);
    assert!(bench.soc.read(bench.to.phys(), 0, SIZE)? == seen);
    bench.works(&mut channel);
    drop((channel, active));
    bench.finish()
}

#[test]
fn a_channel_dropped_while_it_copies_stops_and_can_be_taken_again() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let mut channel = bench.soc.dma.channel(0)?;
    channel.copy(bench.from.start(), bench.to.start(), SIZE)?;
    bench.soc.platform.step(500);
    drop(channel);
    bench.soc.platform.step(2_000);
    let seen = bench.soc.read(bench.to.phys(), 0, SIZE)?;
    assert!(seen != noise(1, SIZE), "it was stopped");
    let mut channel = bench.soc.dma.channel(0)?;
    bench.works(&mut channel);
    drop((channel, active));
    bench.finish()
}

#[test]
fn a_wait_that_is_too_short_leaves_the_copy_running() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let mut channel = bench.soc.dma.channel(0)?;
    channel.copy(bench.from.start(), bench.to.start(), SIZE)?;
    let short = channel.wait(Duration::from_micros(3));
    assert!(
        matches!(short, Err(DmaError::Timeout { channel: 0, copied }) if copied < SIZE),
        "{short:?}"
    );
    assert_eq!(channel.wait(PATIENCE)?, SIZE);
    // However long: the deadline is beyond what a clock can count to.
    assert_eq!(
        channel.wait(Duration::MAX),
        Err(DmaError::Idle { channel: 0 })
    );
    assert_eq!(channel.copied()?, SIZE);
    drop((channel, active));
    bench.finish()
}

#[test]
fn a_fault_in_the_middle_is_reported_with_address_direction_and_response() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let mut channel = bench.soc.dma.channel(1)?;
    // The last bytes of each buffer, and on into nothing.
    for end in [End::Source, End::Destination] {
        let (mut from, mut to) = (bench.from.start().get(), bench.to.start().get());
        let short = match end {
            End::Source => &mut from,
            End::Destination => &mut to,
        };
        let hole = *short + SIZE;
        *short = hole - 0x300;
        channel.copy(Iova::new(from), Iova::new(to), 0x400)?;
        let error = channel.wait(PATIENCE).unwrap_err();
        let DmaError::Transfer {
            end: which,
            at,
            response,
            copied,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((which, at), (end, Iova::new(hole)));
        assert_eq!(response, Response::SlaveError);
        assert!(copied <= 0x300, "{copied:#x}");
        let faults = bench.soc.faults()?;
        assert_eq!(faults[0].iova, Iova::new(hole));
        assert_eq!(faults[0].write, end == End::Destination);
        bench.works(&mut channel);
    }
    drop((channel, active));
    bench.finish()
}

#[test]
fn a_terminated_stream_is_a_decode_error() -> Result<()> {
    let bench = Bench::new()?;
    let error = bench
        .soc
        .copy(0, bench.from.start(), bench.to.start(), 64)
        .unwrap_err();
    let expected = DmaError::Transfer {
        end: End::Source,
        at: bench.from.start(),
        response: Response::DecodeError,
        copied: 0,
    };
    assert_eq!(error, expected);
    let text = error.to_string();
    assert!(text.contains("DECERR") && text.contains("source"), "{text}");
    bench.finish()
}

#[test]
fn an_error_of_the_memory_is_reported_and_recorded_as_an_external_abort() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let mut channel = bench.soc.dma.channel(0)?;
    let page = |binding: &Binding| binding.phys().parts()[2].start.get();
    for (end, phys, iova, resp, response) in [
        (
            End::Source,
            page(&bench.from),
            bench.from.start(),
            Resp::SlvErr,
            Response::SlaveError,
        ),
        (
            End::Destination,
            page(&bench.to),
            bench.to.start(),
            Resp::DecErr,
            Response::DecodeError,
        ),
    ] {
        bench.soc.platform.lock().ddr_mut().inject(InjectedError {
            range: phys..=phys + 0xFFF,
            port: Some(Port::Data),
            write: Some(end == End::Destination),
            resp,
        });
        channel.copy(bench.from.start(), bench.to.start(), SIZE)?;
        let error = channel.wait(PATIENCE).unwrap_err();
        assert!(
            matches!(error, DmaError::Transfer { end: e, at, response: r, copied }
                if e == end && at.get() == iova.get() + 0x2000 && r == response && copied <= 0x2000),
            "{error}"
        );
        let faults = bench.soc.faults()?;
        assert_eq!(faults[0].kind, FaultKind::ExternalAbort);
        assert_eq!(faults[0].iova.get(), iova.get() + 0x2000);
        bench.soc.platform.lock().ddr_mut().clear_injected();
        bench.works(&mut channel);
    }
    drop((channel, active));
    bench.finish()
}

#[test]
fn a_write_to_a_read_only_page_is_a_permission_fault_and_leaves_the_memory_alone() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let flags = ResFlags {
        attributes: Attributes {
            write: false,
            ..Attributes::default()
        },
        ..ResFlags::default()
    };
    let read_only = bench
        .space
        .vcm
        .make_binding(0x1000, AllocFlags::default(), flags)?;
    let text = noise(9, 0x1000);
    bench.soc.write(read_only.phys(), 0, &text)?;
    let (from, start) = (bench.from.start(), read_only.start());
    let error = bench.soc.copy(0, from, start, 0x1000).unwrap_err();
    assert!(
        matches!(error, DmaError::Transfer { end: End::Destination, at, copied: 0, .. } if at == start)
    );
    assert_eq!(bench.soc.faults()?[0].kind, FaultKind::PermissionL2);
    assert!(bench.soc.read(read_only.phys(), 0, 0x1000)? == text);
    bench.soc.copy(0, start, bench.to.start(), 0x1000)?;
    assert!(bench.soc.read(bench.to.phys(), 0, 0x1000)? == text);
    drop((read_only, active));
    bench.finish()
}

#[test]
fn the_end_of_a_copy_raises_the_interrupt_when_it_is_asked_for() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let irq = bench.soc.platform.irq();
    let mut channel = bench.soc.dma.channel(0)?;
    channel.copy(bench.from.start(), bench.to.start(), 64)?;
    assert!(!irq.wait(Duration::from_micros(10)), "not asked for");
    assert_eq!(channel.wait(PATIENCE)?, 64);
    channel.set_interrupt(true);
    channel.copy(bench.from.start(), bench.to.start(), SIZE)?;
    assert_eq!(channel.wait_irq(&irq, PATIENCE)?, SIZE);
    assert!(!irq.wait(Duration::from_micros(1)), "it was acknowledged");
    drop((channel, active));
    bench.finish()
}

#[test]
fn another_device_is_not_taken_for_the_engine() -> Result<()> {
    let bench = Bench::new()?;
    let idr0 = BLOCK.base + DMA_IDR0.offset;
    let bus = FlakyBus::new(bench.soc.platform.bus());
    bus.lie(idr0, 0x1234_5678);
    let error = Dma::probe(bus.clone(), bench.soc.platform.clock()).err();
    assert_eq!(error, Some(DmaError::WrongId { read: 0x1234_5678 }));
    bus.trip.at(0);
    let error = Dma::probe(bus, bench.soc.platform.clock()).err();
    assert!(matches!(error, Some(DmaError::Bus(e)) if e.offset == idr0 && !e.write));
    bench.finish()
}

#[test]
fn a_bus_error_at_any_access_of_a_copy_is_returned_and_the_next_copy_works() -> Result<()> {
    let bench = Bench::new()?;
    let active = bench.space.vcm.activate()?;
    let mut channel = bench.soc.dma.channel(0)?;
    for failure in [Failure::Lost, Failure::Done] {
        bench.soc.bus.fail_by(failure);
        for access in 0.. {
            bench.soc.bus.trip.at(access);
            let result = channel
                .copy(bench.from.start(), bench.to.start(), 256)
                .and_then(|()| channel.wait(PATIENCE));
            let (_, failed) = bench.soc.bus.trip.disarm();
            if failed == 0 {
                assert_eq!(result, Ok(256));
                assert!(access > 5, "no access failed");
                break;
            }
            assert!(matches!(result, Err(DmaError::Bus(_))), "{result:?}");
            // What may have been started ends by itself.
            let clock = bench.soc.platform.clock();
            let deadline = clock.now() + PATIENCE;
            let (from, to) = (bench.from.start(), bench.to.start());
            while let Err(DmaError::Busy { .. }) = channel.copy(from, to, 8) {
                assert!(clock.now() < deadline, "busy for ever");
            }
            assert_eq!(channel.wait(PATIENCE), Ok(8));
            bench.works(&mut channel);
        }
    }
    drop((channel, active));
    bench.finish()
}
