//! Writes under way at a port: which W beats and B responses are due.

use std::collections::{BTreeMap, VecDeque};

use super::log::Log;
use super::rule::{Rule, Side};
use crate::golden::BurstShape;
use crate::signals::{AxiAddr, AxiResp, AxiWrite, Resp};

/// A write whose address was accepted.
#[derive(Clone, Copy, Debug)]
struct Write {
    id: u8,
    shape: BurstShape,
    lock: bool,
}

/// Strobes and WLAST of a beat.
#[derive(Clone, Copy, Debug)]
struct Beat {
    strb: u8,
    last: bool,
}

/// Outstanding writes. AXI4 has no write interleaving: data bursts come in the order of their
/// addresses (IHI 0022E A5.4), and end with WLAST.
#[derive(Debug)]
pub(super) struct Writes {
    bus_bytes: u32,
    /// Addresses whose data is not complete.
    addresses: VecDeque<Write>,
    /// Complete data bursts whose address has not come.
    ahead: VecDeque<Vec<Beat>>,
    /// The data burst that is being transferred.
    current: Vec<Beat>,
    /// Complete writes that wait for B, by ID; whether each is exclusive.
    complete: BTreeMap<u8, VecDeque<bool>>,
}

impl Writes {
    pub(super) const fn new(bus_bytes: u32) -> Self {
        Self {
            bus_bytes,
            addresses: VecDeque::new(),
            ahead: VecDeque::new(),
            current: Vec::new(),
            complete: BTreeMap::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.bus_bytes);
    }

    pub(super) fn outstanding(&self) -> usize {
        self.addresses.len() + self.complete.values().map(VecDeque::len).sum::<usize>()
    }

    /// Whether data of an accepted address is missing.
    pub(super) fn data_due(&self) -> bool {
        !self.addresses.is_empty()
    }

    /// Whether a write waits for its response only.
    pub(super) fn response_due(&self) -> bool {
        !self.complete.is_empty()
    }

    /// A beat stands on W for the first time; `address_offered` says that AWVALID is high.
    pub(super) fn judge_data(&self, log: &mut Log, address_offered: bool) {
        // Data bursts that are complete already belong to the address that is offered.
        let with_its_address = address_offered && self.ahead.is_empty();
        if self.addresses.is_empty() && !with_its_address {
            log.report(Side::Master, Rule::DataAfterAddress, || {
                "WVALID while no AW, accepted or offered, waits for data".to_owned()
            });
        }
    }

    /// A response stands on B for the first time.
    pub(super) fn judge_response(&self, log: &mut Log, b: &AxiResp) {
        let Some(&lock) = self.complete.get(&b.id).and_then(VecDeque::front) else {
            let data_missing = self.addresses.iter().any(|write| write.id == b.id);
            let (rule, why) = if data_missing {
                (Rule::ResponseAfterData, "before its last beat was accepted")
            } else {
                (
                    Rule::UnexpectedWriteResponse,
                    "without an outstanding write",
                )
            };
            return log.report(Side::Slave, rule, || {
                format!("BVALID with BID {:#x} {why}", b.id)
            });
        };
        if b.resp == Resp::ExOkay && !lock {
            log.report(Side::Slave, Rule::ExclusiveOkay, || {
                format!("EXOKAY to a normal write, BID {:#x}", b.id)
            });
        }
    }

    /// An address is handed over.
    pub(super) fn address(&mut self, log: &mut Log, aw: &AxiAddr) {
        let write = Write {
            id: aw.id,
            shape: aw.into(),
            lock: aw.lock,
        };
        if let Some(data) = self.ahead.pop_front() {
            self.judge_beats(log, &write, &data, 0);
            return self.complete(write);
        }
        if self.addresses.is_empty() {
            self.judge_beats(log, &write, &self.current, 0);
        }
        self.addresses.push_back(write);
    }

    /// A beat is handed over. WLAST ends the data burst, rightly or not.
    pub(super) fn beat(&mut self, log: &mut Log, w: &AxiWrite) {
        self.current.push(Beat {
            strb: w.strb,
            last: w.last,
        });
        if let Some(write) = self.addresses.front() {
            self.judge_beats(log, write, &self.current, self.current.len() - 1);
        }
        if !w.last {
            return;
        }
        let data = std::mem::take(&mut self.current);
        match self.addresses.pop_front() {
            Some(write) => self.complete(write),
            None => self.ahead.push_back(data),
        }
    }

    /// A response is handed over.
    pub(super) fn response(&mut self, b: &AxiResp) {
        if let Some(queue) = self.complete.get_mut(&b.id) {
            queue.pop_front();
            if queue.is_empty() {
                self.complete.remove(&b.id);
            }
        }
    }

    fn complete(&mut self, write: Write) {
        self.complete
            .entry(write.id)
            .or_default()
            .push_back(write.lock);
    }

    /// Compares the beats of a data burst, from number `from` on, with the address they belong to.
    fn judge_beats(&self, log: &mut Log, write: &Write, beats: &[Beat], from: usize) {
        let last = usize::from(write.shape.len);
        for (n, beat) in beats.iter().enumerate().skip(from) {
            let rule = match (n < last, beat.last) {
                (true, true) => Some(Rule::WlastEarly),
                (false, false) if n == last => Some(Rule::WlastLate),
                _ => None,
            };
            let place = || {
                format!(
                    "beat {} of {} of the write of {:#010x}, AWID {:#x}",
                    n + 1,
                    last + 1,
                    write.shape.addr,
                    write.id
                )
            };
            if let Some(rule) = rule {
                log.report(Side::Master, rule, || {
                    format!("WLAST is {} on {}", u8::from(beat.last), place())
                });
            }
            let lanes = write.shape.lanes(n as u32, self.bus_bytes);
            if n <= last && beat.strb & !lanes != 0 {
                log.report(Side::Master, Rule::StrobeLanes, || {
                    let strb = beat.strb;
                    format!("WSTRB {strb:#010b} of lanes {lanes:#010b} on {}", place())
                });
            }
        }
    }
}
