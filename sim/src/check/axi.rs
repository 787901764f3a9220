//! The checker of an AXI4 port.

use super::handshake::{Handshake, Valids, Watchdog};
use super::log::{Log, Violation};
use super::port::AxiPort;
use super::reads::Reads;
use super::reset::ResetWatch;
use super::rule::{Rule, Side};
use super::writes::Writes;
use crate::golden::{BurstShape, IllegalBurst};
use crate::signals::{AxiAddr, AxiCycle, AxiRead, AxiResp, AxiWrite};

/// Watches one AXI4 port.
#[derive(Debug)]
pub struct AxiChecker {
    port: AxiPort,
    log: Log,
    reset: ResetWatch,
    aw: Handshake<AxiAddr>,
    w: Handshake<AxiWrite>,
    b: Handshake<AxiResp>,
    ar: Handshake<AxiAddr>,
    r: Handshake<AxiRead>,
    writes: Writes,
    reads: Reads,
    read_watchdog: Watchdog,
    data_watchdog: Watchdog,
    response_watchdog: Watchdog,
}

impl AxiChecker {
    /// The port that it was made for.
    pub(super) const fn port(&self) -> AxiPort {
        self.port
    }

    /// A checker of a port.
    pub fn new(port: AxiPort) -> Self {
        Self {
            port,
            log: Log::new(port.name, port.rules),
            reset: ResetWatch::default(),
            aw: Handshake::new("AW", Side::Master),
            w: Handshake::new("W", Side::Master),
            b: Handshake::new("B", Side::Slave),
            ar: Handshake::new("AR", Side::Master),
            r: Handshake::new("R", Side::Slave),
            writes: Writes::new(port.bus_bytes),
            reads: Reads::default(),
            read_watchdog: Watchdog::default(),
            data_watchdog: Watchdog::default(),
            response_watchdog: Watchdog::default(),
        }
    }

    /// Takes in one cycle.
    pub fn cycle(&mut self, number: u64, reset: bool, now: &AxiCycle) {
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
        // Responses first: they must not rest on what is handed over in this very cycle
        // (IHI 0022E A3.3.1).
        self.read_channels(now);
        if self.port.writes {
            self.write_channels(now);
        } else if now.aw.valid || now.w.valid || now.b.valid {
            let side = if now.b.valid {
                Side::Slave
            } else {
                Side::Master
            };
            self.log.report(side, Rule::NoWrites, || {
                "VALID is high on a write channel".to_owned()
            });
        }
    }

    /// Replaces the rules from the next cycle on.
    pub const fn set_rules(&mut self, rules: super::Rules) {
        self.log.rules = rules;
    }

    /// Transactions whose address was accepted and that have not been answered in full.
    pub fn outstanding(&self) -> usize {
        self.reads.outstanding() + self.writes.outstanding()
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
        self.writes.clear();
        self.reads.clear();
    }

    fn read_channels(&mut self, now: &AxiCycle) {
        let (log, max_wait) = (&mut self.log, self.port.max_wait);
        let step = self.r.step(log, max_wait, &now.r);
        if step.begins {
            self.reads.judge(log, &now.r);
        }
        if step.fires {
            self.reads.beat(&now.r);
        }
        let waiting = self.reads.outstanding() != 0 && !now.r.valid;
        if let Some(waited) = self.read_watchdog.step(waiting, max_wait) {
            log.report(Side::Slave, Rule::ResponseTimeout, || {
                format!("reads are outstanding, and no R for {waited} cycles")
            });
        }
        let step = self.ar.step(log, max_wait, &now.ar);
        if step.begins {
            judge_address(log, &self.port, "AR", &now.ar);
        }
        if step.fires {
            self.reads.address(&now.ar);
        }
    }

    fn write_channels(&mut self, now: &AxiCycle) {
        let (log, max_wait) = (&mut self.log, self.port.max_wait);
        let step = self.b.step(log, max_wait, &now.b);
        if step.begins {
            self.writes.judge_response(log, &now.b);
        }
        if step.fires {
            self.writes.response(&now.b);
        }
        let data = self.w.step(log, max_wait, &now.w);
        if data.begins {
            self.writes.judge_data(log, now.aw.valid);
        }
        let step = self.aw.step(log, max_wait, &now.aw);
        if step.begins {
            judge_address(log, &self.port, "AW", &now.aw);
        }
        if step.fires {
            self.writes.address(log, &now.aw);
        }
        if data.fires {
            self.writes.beat(log, &now.w);
        }
        self.write_watchdogs(now);
    }

    fn write_watchdogs(&mut self, now: &AxiCycle) {
        let (log, max_wait) = (&mut self.log, self.port.max_wait);
        let waiting = self.writes.data_due() && !now.w.valid;
        if let Some(waited) = self.data_watchdog.step(waiting, max_wait) {
            log.report(Side::Master, Rule::WriteDataTimeout, || {
                format!("AW was accepted, and no W for {waited} cycles")
            });
        }
        let waiting = self.writes.response_due() && !now.b.valid;
        if let Some(waited) = self.response_watchdog.step(waiting, max_wait) {
            log.report(Side::Slave, Rule::ResponseTimeout, || {
                format!("writes are complete, and no B for {waited} cycles")
            });
        }
    }
}

/// The rules of an address on its own.
fn judge_address(log: &mut Log, port: &AxiPort, channel: &str, ax: &AxiAddr) {
    let mut report = |rule, what: &dyn std::fmt::Display| {
        log.report(Side::Master, rule, || format!("{what}: {channel} {ax:x?}"));
    };
    let shape = BurstShape::from(ax);
    if let Err(illegal) = shape.check(port.bus_bytes) {
        let rule = match illegal {
            IllegalBurst::TooWide => Rule::BurstWidth,
            IllegalBurst::ReservedType => Rule::BurstType,
            IllegalBurst::FixedLength | IllegalBurst::WrapLength => Rule::BurstLength,
            IllegalBurst::WrapAlignment => Rule::WrapAlignment,
            IllegalBurst::Crosses4K => Rule::Boundary4K,
        };
        report(rule, &illegal);
    }
    if ax.cache & 0b0010 == 0 && ax.cache & 0b1100 != 0 {
        report(Rule::CacheEncoding, &"allocate without modifiable");
    }
    if ax.lock && !exclusive_shape_is_legal(&shape) {
        report(Rule::ExclusiveShape, &"exclusive burst");
    }
    if u32::from(ax.id) >> port.id_bits.min(31) != 0 {
        report(Rule::IdWidth, &"ID too wide");
    }
}

/// IHI 0022E A7.2.4.
fn exclusive_shape_is_legal(shape: &BurstShape) -> bool {
    let bytes = shape.beats() * shape.beat_bytes();
    shape.beats() <= 16 && bytes <= 128 && bytes.is_power_of_two() && shape.addr % bytes == 0
}
