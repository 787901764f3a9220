//! The checker of an AXI4-Lite port (IHI 0022E chapter B1).

use super::handshake::{Handshake, Valids, Watchdog};
use super::log::{Log, Violation};
use super::port::AxilPort;
use super::reset::ResetWatch;
use super::rule::{Rule, Side};
use crate::signals::{AxilAddr, AxilCycle, AxilRead, AxilResp, AxilWrite, Resp};

/// Watches one AXI4-Lite port. There are no IDs: everything is answered in order.
#[derive(Debug)]
pub struct AxilChecker {
    port: AxilPort,
    log: Log,
    reset: ResetWatch,
    aw: Handshake<AxilAddr>,
    w: Handshake<AxilWrite>,
    b: Handshake<AxilResp>,
    ar: Handshake<AxilAddr>,
    r: Handshake<AxilRead>,
    /// Accepted AW and W that have not been answered, and AR.
    addresses: usize,
    data: usize,
    reads: usize,
    read_watchdog: Watchdog,
    data_watchdog: Watchdog,
    response_watchdog: Watchdog,
}

impl AxilChecker {
    /// A checker of a port.
    pub fn new(port: AxilPort) -> Self {
        Self {
            port,
            log: Log::new(port.name, port.rules),
            reset: ResetWatch::default(),
            aw: Handshake::new("AW", Side::Master),
            w: Handshake::new("W", Side::Master),
            b: Handshake::new("B", Side::Slave),
            ar: Handshake::new("AR", Side::Master),
            r: Handshake::new("R", Side::Slave),
            addresses: 0,
            data: 0,
            reads: 0,
            read_watchdog: Watchdog::default(),
            data_watchdog: Watchdog::default(),
            response_watchdog: Watchdog::default(),
        }
    }

    /// Takes in one cycle.
    pub fn cycle(&mut self, number: u64, reset: bool, now: &AxilCycle) {
        self.log.cycle = number;
        let valids: Valids = [
            ("AW", Side::Master, now.aw.valid),
            ("W", Side::Master, now.w.valid),
            ("B", Side::Slave, now.b.valid),
            ("AR", Side::Master, now.ar.valid),
            ("R", Side::Slave, now.r.valid),
        ];
        if self.reset.step(&mut self.log, reset, &valids) {
            return self.forget();
        }
        self.read_channels(now);
        self.write_channels(now);
    }

    /// Replaces the rules from the next cycle on.
    pub const fn set_rules(&mut self, rules: super::Rules) {
        self.log.rules = rules;
    }

    /// Transactions whose address was accepted and that have not been answered.
    pub const fn outstanding(&self) -> usize {
        self.reads + self.addresses
    }

    /// The violations so far, the first ones if there were very many.
    pub fn violations(&self) -> &[Violation] {
        self.log.kept()
    }

    /// How many violations there were.
    pub const fn total(&self) -> u64 {
        self.log.total()
    }

    /// Hands out the violations so far, and forgets them.
    pub fn take(&mut self) -> Vec<Violation> {
        self.log.take()
    }

    pub(super) fn now(&self) -> Option<&Violation> {
        self.log.now()
    }

    fn forget(&mut self) {
        self.aw.reset();
        self.w.reset();
        self.b.reset();
        self.ar.reset();
        self.r.reset();
        (self.addresses, self.data, self.reads) = (0, 0, 0);
    }

    fn read_channels(&mut self, now: &AxilCycle) {
        let (log, max_wait) = (&mut self.log, self.port.max_wait);
        let step = self.r.step(log, max_wait, &now.r);
        if step.begins {
            if self.reads == 0 {
                log.report(Side::Slave, Rule::UnexpectedReadData, || {
                    "RVALID while no read is outstanding".to_owned()
                });
            }
            judge_response(log, "R", now.r.resp);
        }
        if step.fires {
            self.reads = self.reads.saturating_sub(1);
        }
        let waiting = self.reads != 0 && !now.r.valid;
        if let Some(waited) = self.read_watchdog.step(waiting, max_wait) {
            log.report(Side::Slave, Rule::ResponseTimeout, || {
                format!("reads are outstanding, and no R for {waited} cycles")
            });
        }
        if self.ar.step(log, max_wait, &now.ar).fires {
            self.reads += 1;
        }
    }

    fn write_channels(&mut self, now: &AxilCycle) {
        let (log, max_wait) = (&mut self.log, self.port.max_wait);
        let step = self.b.step(log, max_wait, &now.b);
        if step.begins {
            match (self.addresses, self.data) {
                (0, _) => log.report(Side::Slave, Rule::UnexpectedWriteResponse, || {
                    "BVALID while no write is outstanding".to_owned()
                }),
                (_, 0) => log.report(Side::Slave, Rule::ResponseAfterData, || {
                    "BVALID before W was accepted".to_owned()
                }),
                _ => {}
            }
            judge_response(log, "B", now.b.resp);
        }
        if step.fires {
            self.addresses = self.addresses.saturating_sub(1);
            self.data = self.data.saturating_sub(1);
        }
        self.addresses += usize::from(self.aw.step(log, max_wait, &now.aw).fires);
        self.data += usize::from(self.w.step(log, max_wait, &now.w).fires);

        let waiting = self.addresses > self.data && !now.w.valid;
        if let Some(waited) = self.data_watchdog.step(waiting, max_wait) {
            log.report(Side::Master, Rule::WriteDataTimeout, || {
                format!("AW was accepted, and no W for {waited} cycles")
            });
        }
        let waiting = self.addresses.min(self.data) != 0 && !now.b.valid;
        if let Some(waited) = self.response_watchdog.step(waiting, max_wait) {
            log.report(Side::Slave, Rule::ResponseTimeout, || {
                format!("writes are complete, and no B for {waited} cycles")
            });
        }
    }
}

fn judge_response(log: &mut Log, channel: &str, resp: Resp) {
    if resp == Resp::ExOkay {
        log.report(Side::Slave, Rule::LiteExclusiveOkay, || {
            format!("EXOKAY on {channel}")
        });
    }
}
