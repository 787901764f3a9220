//! The DMA driver against registers.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::format;
use std::string::ToString;
use std::sync::Arc;

use vcm_regs::dma::{COUNT, CTRL, DMA_IDR0, DMA_IDR1, DST, ERR_ADDR, LEN, SRC, STATUS, STREAM};

use super::{Dma, DmaError, End, Response};
use crate::addr::Iova;
use crate::iommu::StreamId;
use crate::mock::{FailIn, Platform, channel};
use crate::seam::Irq;

const TIMEOUT: Duration = Duration::from_millis(1);

fn setup() -> (Arc<Platform>, Dma<Arc<Platform>, Arc<Platform>>) {
    let platform = Arc::new(Platform::new(0));
    let dma = Dma::probe(Arc::clone(&platform), Arc::clone(&platform)).unwrap();
    (platform, dma)
}

fn set(platform: &Platform, register: u32, value: u32) {
    platform.world().device.registers.insert(register, value);
}

#[test]
fn a_failure_is_told_with_its_end_and_the_answer_of_the_bus() {
    for (end, response, text) in [
        (
            End::Source,
            Response::SlaveError,
            "source of a DMA copy failed at 0x00001000 with SLVERR after 7",
        ),
        (
            End::Destination,
            Response::DecodeError,
            "destination of a DMA copy failed at 0x00001000 with DECERR after 7",
        ),
    ] {
        let error = DmaError::Transfer {
            end,
            at: Iova::new(0x1000),
            response,
            copied: 7,
        };
        assert_eq!(error.to_string(), format!("the {text} bytes"));
    }
}

#[test]
fn another_device_is_refused_with_what_it_reads() {
    let (platform, _) = setup();
    set(
        &platform,
        vcm_regs::dma::BLOCK.at(0) + DMA_IDR0.offset,
        0x1234,
    );
    let error = Dma::probe(&*platform, &*platform).err().unwrap();
    assert_eq!(error, DmaError::WrongId { read: 0x1234 });
    assert!(error.to_string().contains("0x00001234"));
}

#[test]
fn a_channel_is_had_by_one_at_a_time() {
    let (platform, dma) = setup();
    set(&platform, channel(2, &STREAM), 2);
    let taken = dma.channel(2).unwrap();
    assert_eq!(taken.stream(), StreamId::new(2));
    let again = dma.channel(2).err();
    assert_eq!(again, Some(DmaError::ChannelTaken { channel: 2 }));
    let other = dma.channel(1).unwrap();
    drop(taken);
    assert!(dma.channel(2).is_ok());
    let again = dma.channel(1).err();
    assert_eq!(again, Some(DmaError::ChannelTaken { channel: 1 }));
    drop(other);
    // Nothing was copied, so nothing is to be stopped.
    assert!(platform.world().device.log.is_empty());
    let none = dma.channel(4).err();
    let expected = DmaError::NoChannel {
        channel: 4,
        channels: 4,
    };
    assert_eq!(none, Some(expected));
}

#[test]
fn there_are_as_many_channels_as_were_built_and_as_there_are_registers_for() {
    let (platform, dma) = setup();
    assert_eq!(dma.channels(), 4);
    let built = vcm_regs::dma::BLOCK.at(0) + DMA_IDR1.offset;
    let room = vcm_regs::dma::CHANNEL.count;
    for (read, channels) in [(2, 2), (room, room), (0xFF, room)] {
        set(&platform, built, read);
        let dma = Dma::probe(&*platform, &*platform).unwrap();
        assert_eq!(u32::from(dma.channels()), channels);
        let last = dma.channels() - 1;
        assert!(dma.channel(last).is_ok());
        assert!(dma.channel(last + 1).is_err());
    }
}

#[test]
fn a_copy_programs_the_channel_and_returns_what_was_copied() {
    let (platform, dma) = setup();
    let mut one = dma.channel(1).unwrap();
    one.copy(Iova::new(0x1003), Iova::new(0xFFFF_FF01), 0xFF)
        .unwrap();
    for (register, value) in [
        (&SRC, 0x1003),
        (&DST, 0xFFFF_FF01),
        (&LEN, 0xFF),
        (&CTRL, 1),
    ] {
        let last = platform.world().device.get(channel(1, register));
        assert_eq!(last, value, "{}", register.name);
    }
    set(&platform, channel(1, &STATUS), 0b01);
    assert_eq!(one.poll(), Ok(None));
    set(&platform, channel(1, &STATUS), 0b10);
    set(&platform, channel(1, &COUNT), 0xFF);
    assert_eq!(one.wait(TIMEOUT), Ok(0xFF));
    assert_eq!(one.poll(), Err(DmaError::Idle { channel: 1 }));
    // DONE is cleared, or the interrupt would stay.
    let log = platform.world().device.log.clone();
    assert_eq!(log.last(), Some(&(channel(1, &STATUS), 0b10)));
}

#[test]
fn what_cannot_be_copied_is_refused_before_anything_is_written() {
    let (platform, dma) = setup();
    let mut channel_0 = dma.channel(0).unwrap();
    let (low, high) = (Iova::new(0x1000), Iova::new(0xFFFF_FFF0));
    assert_eq!(channel_0.copy(low, low, 0), Err(DmaError::Empty));
    for (from, to, end) in [(high, low, End::Source), (low, high, End::Destination)] {
        let error = channel_0.copy(from, to, 17).unwrap_err();
        let expected = DmaError::OutOfRange {
            end,
            at: high,
            length: 17,
        };
        assert_eq!(error, expected);
        assert!(error.to_string().contains(&format!("{end}")));
    }
    set(&platform, channel(0, &STATUS), 1);
    let busy = channel_0.copy(low, high, 16);
    assert_eq!(busy, Err(DmaError::Busy { channel: 0 }));
    assert!(platform.world().device.log.is_empty());
}

#[test]
fn a_failed_transaction_is_told_with_end_address_and_response() {
    // DONE and ERROR, with ERRWNR and ERRRESP.
    for (status, end, response) in [
        (0b10_0110, End::Source, Response::SlaveError),
        (0b11_0110, End::Source, Response::DecodeError),
        (0b10_1110, End::Destination, Response::SlaveError),
        (0b11_1110, End::Destination, Response::DecodeError),
    ] {
        let (platform, dma) = setup();
        let mut three = dma.channel(3).unwrap();
        three.copy(Iova::new(0), Iova::new(0x8000), 4096).unwrap();
        set(&platform, channel(3, &STATUS), status);
        set(&platform, channel(3, &ERR_ADDR), 0x0000_0100);
        set(&platform, channel(3, &COUNT), 0x80);
        let expected = DmaError::Transfer {
            end,
            at: Iova::new(0x100),
            response,
            copied: 0x80,
        };
        assert_eq!(three.wait(TIMEOUT), Err(expected));
    }
}

#[test]
fn a_copy_that_does_not_end_times_out_and_can_be_aborted() {
    let (platform, dma) = setup();
    let mut zero = dma.channel(0).unwrap();
    zero.copy(Iova::new(0), Iova::new(0x8000), 64).unwrap();
    set(&platform, channel(0, &STATUS), 1);
    set(&platform, channel(0, &COUNT), 8);
    let timeout = DmaError::Timeout {
        channel: 0,
        copied: 8,
    };
    assert_eq!(zero.wait(TIMEOUT), Err(timeout));
    assert_eq!(zero.abort(TIMEOUT), Err(timeout));
    assert_eq!(platform.world().device.get(channel(0, &CTRL)), 0b100);
    // DONE and ABORTED.
    set(&platform, channel(0, &STATUS), 0b100_0010);
    assert_eq!(zero.abort(TIMEOUT), Ok(8));
}

#[test]
fn a_channel_that_is_dropped_while_it_copies_is_told_to_stop() {
    let (platform, dma) = setup();
    let mut two = dma.channel(2).unwrap();
    two.copy(Iova::new(0), Iova::new(0x8000), 64).unwrap();
    drop(two);
    assert_eq!(platform.world().device.get(channel(2, &CTRL)), 0b100);
    // Who takes it next finds it busy until it has stopped.
    set(&platform, channel(2, &STATUS), 1);
    let mut again = dma.channel(2).unwrap();
    let busy = again.copy(Iova::new(0), Iova::new(0x8000), 64);
    assert_eq!(busy, Err(DmaError::Busy { channel: 2 }));
}

/// The copy ends when the interrupt comes, if it does, with this status.
struct EndsCopy {
    platform: Arc<Platform>,
    status: u32,
    acknowledged: AtomicU32,
}

impl Irq for EndsCopy {
    fn wait(&self, _: Duration) -> bool {
        set(&self.platform, channel(0, &STATUS), self.status);
        set(&self.platform, channel(0, &COUNT), 64);
        true
    }
    fn ack(&self) {
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn the_end_of_a_copy_is_awaited_by_interrupt_which_is_acknowledged_whatever_the_end() {
    let (platform, dma) = setup();
    let mut zero = dma.channel(0).unwrap();
    zero.set_interrupt(true);
    // Done; failed; aborted; still busy.
    for (status, copied) in [
        (0b10, Some(64)),
        (0b110, None),
        (0b100_0010, None),
        (1, None),
    ] {
        set(&platform, channel(0, &STATUS), 0);
        zero.copy(Iova::new(0), Iova::new(0x8000), 64).unwrap();
        // For every copy.
        assert_eq!(platform.world().device.get(channel(0, &CTRL)), 0b11);
        let irq = EndsCopy {
            platform: Arc::clone(&platform),
            status,
            acknowledged: AtomicU32::new(0),
        };
        assert_eq!(zero.wait_irq(&irq, TIMEOUT).ok(), copied);
        assert_eq!(irq.acknowledged.load(Ordering::Relaxed), 1, "{status:#b}");
    }
    // The end of what is aborted is awaited by interrupt too.
    let _late = zero.abort(Duration::ZERO);
    assert_eq!(platform.world().device.get(channel(0, &CTRL)), 0b110);
}

#[test]
fn a_register_error_is_passed_on() {
    for k in 0..5 {
        let (platform, dma) = setup();
        let mut zero = dma.channel(0).unwrap();
        platform.world().bus = FailIn::after(k);
        let result = zero.copy(Iova::new(0), Iova::new(0x8000), 64);
        assert!(matches!(result, Err(DmaError::Bus(_))), "{k}");
    }
}
