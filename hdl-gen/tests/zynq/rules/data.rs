//! Data and answers, against the bursts that they belong to.

use std::collections::VecDeque;

use super::{Answer, Broken, Port, ReadBeat, Rule, WriteBeat};
use crate::bursts::Ax;

const EXOKAY: u64 = 1;

/// A burst, and how many beats of it have been taken.
#[derive(Debug)]
struct Burst {
    ax: Ax,
    beats: u64,
    /// Its address has been taken.
    accepted: bool,
}

impl Burst {
    fn new(ax: Ax, accepted: bool) -> Self {
        Self {
            ax,
            beats: 0,
            accepted,
        }
    }

    fn complete(&self) -> bool {
        self.beats > self.ax.len
    }

    fn at_last(&self) -> bool {
        self.beats == self.ax.len
    }
}

/// Write bursts, in the order of their addresses.
#[derive(Default)]
pub(super) struct Writes(VecDeque<Burst>);

impl Writes {
    pub fn outstanding(&self) -> usize {
        self.0.len()
    }

    pub fn offer(&mut self, ax: Ax) {
        self.0.push_back(Burst::new(ax, false));
    }

    pub fn accepted(&mut self) {
        if let Some(burst) = self.0.iter_mut().find(|burst| !burst.accepted) {
            burst.accepted = true;
        }
    }

    /// A beat is offered.
    pub fn beat(&self, port: &Port, beat: &WriteBeat) -> Result<(), Broken> {
        let Some(burst) = self.0.iter().find(|burst| !burst.complete()) else {
            let how = format!("{beat:x?} belongs to no address");
            return Err(port.broken(Rule::DataAfterAddress, how));
        };
        let addresses = burst.ax.beats();
        let addr = addresses[burst.beats as usize];
        let rules = [
            (
                Rule::Interleaving,
                !port.without_wid && beat.id != burst.ax.id,
            ),
            (Rule::WriteLast, beat.last != burst.at_last()),
            (
                Rule::Strobes,
                beat.strb & !burst.ax.lanes(addr, port.widest) != 0,
            ),
        ];
        match rules.into_iter().find(|(_, broken)| *broken) {
            None => Ok(()),
            Some((rule, _)) => Err(port.broken(rule, format!("{beat:x?} of {burst:x?}"))),
        }
    }

    /// A beat has been taken.
    pub fn received(&mut self) {
        if let Some(burst) = self.0.iter_mut().find(|burst| !burst.complete()) {
            burst.beats += 1;
        }
    }

    /// An answer is offered.
    pub fn answer(&self, port: &Port, answer: &Answer) -> Result<(), Broken> {
        let burst = self.0.iter().find(|burst| burst.ax.id == answer.id);
        let Some(burst) = burst.filter(|burst| burst.accepted && burst.complete()) else {
            let how = format!("{answer:x?} answers no write, of {:x?}", self.0);
            return Err(port.broken(Rule::WriteAnswer, how));
        };
        exclusive_okay(port, answer.resp, &burst.ax)
    }

    /// An answer has been taken.
    pub fn answered(&mut self, id: u64) {
        if let Some(at) = self.0.iter().position(|burst| burst.ax.id == id) {
            self.0.remove(at);
        }
    }
}

/// Read bursts, in the order of their addresses.
#[derive(Default)]
pub(super) struct Reads(VecDeque<Burst>);

impl Reads {
    pub fn outstanding(&self) -> usize {
        self.0.len()
    }

    pub fn ask(&mut self, ax: Ax) {
        self.0.push_back(Burst::new(ax, true));
    }

    /// A beat is offered.
    pub fn beat(&self, port: &Port, beat: &ReadBeat) -> Result<(), Broken> {
        let Some(burst) = self.0.iter().find(|burst| burst.ax.id == beat.id) else {
            let how = format!("{beat:x?} answers no read, of {:x?}", self.0);
            return Err(port.broken(Rule::ReadAnswer, how));
        };
        if beat.last != burst.at_last() {
            return Err(port.broken(Rule::ReadLast, format!("{beat:x?} of {burst:x?}")));
        }
        exclusive_okay(port, beat.resp, &burst.ax)
    }

    /// A beat has been taken.
    pub fn received(&mut self, beat: &ReadBeat) {
        let Some(at) = self.0.iter().position(|burst| burst.ax.id == beat.id) else {
            return;
        };
        self.0[at].beats += 1;
        if self.0[at].complete() {
            self.0.remove(at);
        }
    }
}

fn exclusive_okay(port: &Port, resp: u64, ax: &Ax) -> Result<(), Broken> {
    if resp == EXOKAY && ax.lock != 1 {
        return Err(port.broken(Rule::ExclusiveOkay, format!("{ax:x?}")));
    }
    Ok(())
}
