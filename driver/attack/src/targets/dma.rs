//! A DMA engine that answers whatever it likes: every call ends within a bound, and when the device
//! behaves again it can be used.

use std::time::Duration;

use vcm::addr::Iova;
use vcm::dma::{Channel, Dma, DmaError};

use crate::input::Input;
use crate::registers::{Manner, TICK, Window};

const MOST_CALLS: usize = 24;
const TIMEOUT: Duration = Duration::from_micros(100);
/// Looks of one wait; each takes a read, and the last one the count, the address of an error, and a
/// write.
const POLLS: u64 = TIMEOUT.as_micros() as u64 / TICK.as_micros() as u64 + 2;
const END: u64 = 3;

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let window = Window::new(manner(&mut input));
    let dma = match Dma::probe(window.clone(), window.clone()) {
        Ok(dma) => dma,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            window.behave(Manner::Honest);
            let Ok(dma) = Dma::probe(window.clone(), window.clone()) else {
                panic!("an honest engine is refused");
            };
            dma
        }
    };
    assert!(dma.channels() <= 4);
    let mut channels: Vec<Channel<Window, Window>> = (0..=4)
        .filter_map(|number| dma.channel(number).ok())
        .collect();
    for _ in 0..MOST_CALLS {
        if input.is_empty() || channels.is_empty() {
            break;
        }
        if input.once_in(4) {
            window.behave(manner(&mut input));
        }
        let which = input.below(channels.len() as u32) as usize;
        call(&window, &mut channels[which], &mut input);
        if input.once_in(12) {
            drop(channels.swap_remove(which));
        }
    }
    window.behave(Manner::Honest);
    for channel in &mut channels {
        // A copy that the device has forgotten.
        let _forgotten = channel.abort(TIMEOUT);
        let copied = channel.copy(Iova::new(0x1000), Iova::new(0x2000), 64);
        assert_eq!(copied, Ok(()));
    }
}

fn manner(input: &mut Input<'_>) -> Manner {
    match input.below(7) {
        0 => Manner::Noise(input.long()),
        1 => Manner::Flaky(input.long()),
        2 => Manner::Absurd(input.long()),
        3 => Manner::Ones,
        4 => Manner::Zeros,
        5 => Manner::Refused,
        _ => Manner::Honest,
    }
}

fn call(window: &Window, channel: &mut Channel<Window, Window>, input: &mut Input<'_>) {
    window.take_accesses();
    let (result, most): (Result<u32, DmaError>, u64) = match input.below(6) {
        0 | 1 => {
            let (from, to) = (Iova::new(input.edge()), Iova::new(input.edge()));
            let length = input.edge();
            let result = channel.copy(from, to, length);
            let end = |at: Iova| u64::from(at.get()) + u64::from(length);
            let fits = length > 0 && end(from) <= 1 << 32 && end(to) <= 1 << 32;
            assert!(fits || result.is_err());
            (result.map(|()| 0), 5)
        }
        2 => (channel.poll().map(Option::unwrap_or_default), 1 + END),
        3 => (channel.wait(TIMEOUT), POLLS + END),
        // An interrupt that is always there, whatever its cause.
        4 => (channel.wait_irq(window, TIMEOUT), POLLS + END),
        _ => (channel.abort(TIMEOUT), 1 + POLLS + END),
    };
    if let Err(error) = result {
        assert!(!error.to_string().is_empty());
    }
    let accesses = window.take_accesses();
    assert!(accesses <= most, "{accesses} accesses, not up to {most}");
}
