//! What is at a port in a cycle.

use std::fmt::Debug;

use super::{Broken, Port, Rule};
use crate::bursts::Ax;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Channel<T> {
    pub valid: bool,
    pub ready: bool,
    pub payload: T,
}

impl<T> Channel<T> {
    pub fn new(valid: bool, ready: bool, payload: T) -> Self {
        Self {
            valid,
            ready,
            payload,
        }
    }

    pub fn fires(&self) -> bool {
        self.valid && self.ready
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteBeat {
    pub id: u64,
    pub data: u64,
    pub strb: u64,
    pub last: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadBeat {
    pub id: u64,
    pub data: u64,
    pub resp: u64,
    pub last: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub id: u64,
    pub resp: u64,
}

/// A port without writes leaves those channels at their default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cycle {
    pub reset: bool,
    pub aw: Channel<Ax>,
    pub w: Channel<WriteBeat>,
    pub b: Channel<Answer>,
    pub ar: Channel<Ax>,
    pub r: Channel<ReadBeat>,
}

impl Cycle {
    /// A channel whose VALID is high.
    pub fn valid(&self) -> Option<&'static str> {
        let channels = [
            ("AW", self.aw.valid),
            ("W", self.w.valid),
            ("B", self.b.valid),
            ("AR", self.ar.valid),
            ("R", self.r.valid),
        ];
        let high = channels.into_iter().find(|(_, valid)| *valid);
        high.map(|(name, _)| name)
    }
}

/// What a channel offered and was not taken.
pub(super) struct Waiting<T> {
    channel: &'static str,
    payload: Option<T>,
}

impl<T: Copy + PartialEq + Debug> Waiting<T> {
    pub fn new(channel: &'static str) -> Self {
        Self {
            channel,
            payload: None,
        }
    }

    /// The payload, in the first cycle in which it is offered.
    pub fn offered(&mut self, port: &Port, now: &Channel<T>) -> Result<Option<T>, Broken> {
        let seen = now.valid.then_some(now.payload);
        let before = std::mem::replace(&mut self.payload, seen.filter(|_| !now.ready));
        match before {
            None => Ok(seen),
            Some(_) if before == seen => Ok(None),
            Some(before) => {
                let how = format!("{} was {before:x?} and became {seen:x?}", self.channel);
                Err(port.broken(Rule::Stable, how))
            }
        }
    }
}
