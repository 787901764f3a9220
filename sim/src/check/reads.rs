//! Reads under way at a port: which R beats are due.

use std::collections::{BTreeMap, VecDeque};

use super::log::Log;
use super::rule::{Rule, Side};
use crate::signals::{AxiAddr, AxiRead, Resp};

/// A read whose address was accepted.
#[derive(Debug)]
struct Read {
    addr: u32,
    len: u8,
    lock: bool,
    /// Beats handed over.
    beats: u32,
}

/// Outstanding reads, a queue for each ID: beats of different IDs may interleave (IHI 0022E A5.3).
#[derive(Debug, Default)]
pub(super) struct Reads {
    by_id: BTreeMap<u8, VecDeque<Read>>,
}

impl Reads {
    pub(super) fn clear(&mut self) {
        self.by_id.clear();
    }

    pub(super) fn outstanding(&self) -> usize {
        self.by_id.values().map(VecDeque::len).sum()
    }

    /// An address is handed over.
    pub(super) fn address(&mut self, ar: &AxiAddr) {
        self.by_id.entry(ar.id).or_default().push_back(Read {
            addr: ar.addr,
            len: ar.len,
            lock: ar.lock,
            beats: 0,
        });
    }

    /// A beat stands on R for the first time.
    pub(super) fn judge(&self, log: &mut Log, r: &AxiRead) {
        let Some((read, later)) = self.due(r.id) else {
            return log.report(Side::Slave, Rule::UnexpectedReadData, || {
                format!(
                    "RVALID with RID {:#x}, of which no read is outstanding",
                    r.id
                )
            });
        };
        if r.resp == Resp::ExOkay && !read.lock {
            log.report(Side::Slave, Rule::ExclusiveOkay, || {
                format!("EXOKAY to the normal read of {:#010x}", read.addr)
            });
        }
        let (beat, last) = (read.beats, read.beats == u32::from(read.len));
        if r.last == last {
            return;
        }
        // The beats so far and this one make a later read of the same ID, or can still become one?
        let fits_later = later.iter().any(|other| match r.last {
            true => u32::from(other.len) == beat,
            false => u32::from(other.len) > beat,
        });
        let rule = match (fits_later, r.last) {
            (true, _) => Rule::SameIdOrder,
            (false, true) => Rule::RlastEarly,
            (false, false) => Rule::RlastLate,
        };
        log.report(Side::Slave, rule, || {
            format!(
                "RLAST is {} on beat {} of {} of the read of {:#010x}, RID {:#x}",
                u8::from(r.last),
                beat + 1,
                u32::from(read.len) + 1,
                read.addr,
                r.id
            )
        });
    }

    /// A beat is handed over. RLAST ends the read, rightly or not.
    pub(super) fn beat(&mut self, r: &AxiRead) {
        let Some(queue) = self.by_id.get_mut(&r.id) else {
            return;
        };
        if r.last {
            queue.pop_front();
        } else if let Some(read) = queue.front_mut() {
            read.beats += 1;
        }
        if queue.is_empty() {
            self.by_id.remove(&r.id);
        }
    }

    /// The read of an ID whose turn it is, and those after it.
    fn due(&self, id: u8) -> Option<(&Read, Vec<&Read>)> {
        let mut queue = self.by_id.get(&id)?.iter();
        Some((queue.next()?, queue.collect()))
    }
}
