//! The rules of VALID and READY, the same for every channel (IHI 0022E A3.2.1).

use std::fmt::Debug;

use super::log::Log;
use super::rule::{Rule, Side};
use crate::signals::{
    AxiAddr, AxiRead, AxiResp, AxiWrite, AxilAddr, AxilRead, AxilResp, AxilWrite,
};

/// Name, driver and VALID of each channel of a port.
pub(super) type Valids = [(&'static str, Side, bool); 5];

/// What the five channels have in common.
pub(super) trait Channel: Copy + PartialEq + Debug {
    /// VALID.
    fn valid(&self) -> bool;
    /// READY.
    fn ready(&self) -> bool;
    /// The payload alone: VALID and READY low.
    fn payload(self) -> Self;
}

macro_rules! channels {
    ($($Channel:ident)*) => { $(
        impl Channel for $Channel {
            fn valid(&self) -> bool {
                self.valid
            }
            fn ready(&self) -> bool {
                self.ready
            }
            fn payload(self) -> Self {
                Self { valid: false, ready: false, ..self }
            }
        }
    )* };
}
channels!(AxiAddr AxiWrite AxiResp AxiRead AxilAddr AxilWrite AxilResp AxilRead);

/// What a channel does in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// A payload stands here for the first time.
    pub(super) begins: bool,
    /// The payload is handed over.
    pub(super) fires: bool,
}

/// Follows the handshakes of one channel.
#[derive(Debug)]
pub(super) struct Handshake<C> {
    name: &'static str,
    driver: Side,
    /// The payload that waited for READY in the cycle before.
    held: Option<C>,
    waited: u32,
}

impl<C: Channel> Handshake<C> {
    pub(super) const fn new(name: &'static str, driver: Side) -> Self {
        Self {
            name,
            driver,
            held: None,
            waited: 0,
        }
    }

    /// Forgets what was under way.
    pub(super) fn reset(&mut self) {
        self.held = None;
        self.waited = 0;
    }

    /// Takes in one cycle.
    pub(super) fn step(&mut self, log: &mut Log, max_wait: Option<u32>, channel: &C) -> Step {
        let (name, payload) = (self.name, channel.payload());
        match &self.held {
            Some(held) if !channel.valid() => log.report(self.driver, Rule::ValidStable, || {
                format!("{name}VALID fell without {name}READY on {held:?}")
            }),
            Some(held) if *held != payload => log.report(self.driver, Rule::PayloadStable, || {
                format!("{name} was {held:?} and became {payload:?}")
            }),
            _ => {}
        }
        let step = Step {
            begins: channel.valid() && self.held.is_none(),
            fires: channel.valid() && channel.ready(),
        };
        self.held = (channel.valid() && !channel.ready()).then_some(payload);
        self.watch(log, max_wait);
        step
    }

    fn watch(&mut self, log: &mut Log, max_wait: Option<u32>) {
        self.waited = if self.held.is_some() {
            self.waited.saturating_add(1)
        } else {
            0
        };
        if max_wait.is_some_and(|max| self.waited == max.saturating_add(1)) {
            let other = match self.driver {
                Side::Master => Side::Slave,
                Side::Slave => Side::Master,
            };
            let (name, waited) = (self.name, self.waited);
            log.report(other, Rule::ReadyTimeout, || {
                format!("no {name}READY for {waited} cycles")
            });
        }
    }
}

/// Counts the cycles in which something is due and does not come.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    waited: u32,
}

impl Watchdog {
    /// Takes in one cycle; returns the cycles waited when they have just become too many.
    pub(super) fn step(&mut self, waiting: bool, max_wait: Option<u32>) -> Option<u32> {
        self.waited = if waiting {
            self.waited.saturating_add(1)
        } else {
            0
        };
        max_wait
            .is_some_and(|max| self.waited == max.saturating_add(1))
            .then_some(self.waited)
    }
}
