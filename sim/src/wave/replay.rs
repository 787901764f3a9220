//! The protocol checkers, run over a recorded waveform.

use super::discover::{Channel, Field, Port, Protocol};
use super::error::WaveError;
use super::player::{Ending, Tick, Visitor, Wave};
use super::wires::{ChannelWires, PortWires, Wires};
use crate::check::{
    AxiChecker, AxiPort, AxilChecker, AxilPort, DEFAULT_MAX_WAIT, Rule, Rules, Violation,
};
use crate::signals::{
    AxiAddr, AxiCycle, AxiRead, AxiResp, AxiWrite, AxilAddr, AxilCycle, AxilRead, AxilResp,
    AxilWrite, Burst, Resp,
};

/// Violations that are kept of a port.
const KEPT: usize = 256;

/// Cycles without anything on a port after which nothing of before the recording is under way.
const QUIET: u64 = 256;

/// What the checkers found at a port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Index of [`Layout::ports`](super::Layout::ports).
    pub port: usize,
    /// Rules that were broken, the first ones if there are very many.
    pub violations: Vec<Violation>,
    /// How many there were.
    pub total: u64,
    /// Answers to what may have been asked before the recording began, or in a gap.
    pub of_before: u64,
    /// Channels whose VALID, READY or payload was X or Z when it counted: channel, field, cycle, how
    /// often.
    pub unknown: Vec<(Channel, Field, u64, u64)>,
    /// Cycles that were checked.
    pub cycles: u64,
}

enum Checker {
    Axi(Box<AxiChecker>),
    Lite(Box<AxilChecker>),
}

struct Checked {
    clock: usize,
    port: Port,
    checker: Checker,
    findings: Findings,
    /// The beginning was not seen: answers may be to what came before. Cycles without anything since.
    unsure: bool,
    quiet: u64,
    /// Identifiers that are wider than the checker's, by order of appearance.
    ids: Vec<u64>,
}

impl Checked {
    fn new(index: usize, port: &Port) -> Self {
        Self {
            clock: port.clock,
            checker: checker(port),
            port: port.clone(),
            findings: Findings {
                port: index,
                ..Findings::default()
            },
            unsure: true,
            quiet: 0,
            ids: Vec::new(),
        }
    }

    fn step(&mut self, tick: Tick, reset: bool, wires: &PortWires) {
        if tick.gap > 0 {
            self.checker = checker(&self.port);
            self.unsure = true;
            self.quiet = 0;
        }
        self.findings.cycles += 1;
        if !reset {
            self.unknown(tick.cycle, wires);
        }
        let found = match &mut self.checker {
            Checker::Axi(checker) => {
                let now = axi(wires, self.port.id_bits, &mut self.ids);
                checker.cycle(tick.cycle, reset, &now);
                checker.take()
            }
            Checker::Lite(checker) => {
                checker.cycle(tick.cycle, reset, &lite(wires));
                checker.take()
            }
        };
        self.settle(reset, wires);
        for violation in found {
            let of_before = matches!(
                violation.rule,
                Rule::UnexpectedReadData
                    | Rule::UnexpectedWriteResponse
                    | Rule::ResponseAfterData
                    | Rule::SameIdOrder
                    | Rule::RlastEarly
                    | Rule::RlastLate
                    | Rule::WlastEarly
                    | Rule::WlastLate
                    | Rule::DataAfterAddress
                    | Rule::StrobeLanes
                    | Rule::ExclusiveOkay
            );
            if self.unsure && of_before {
                self.findings.of_before += 1;
                continue;
            }
            self.findings.total += 1;
            if self.findings.violations.len() < KEPT {
                self.findings.violations.push(violation);
            }
        }
    }

    /// Whether it is certain by now what is under way.
    fn settle(&mut self, reset: bool, wires: &PortWires) {
        if !self.unsure {
            return;
        }
        let outstanding = match &self.checker {
            Checker::Axi(checker) => checker.outstanding(),
            Checker::Lite(checker) => checker.outstanding(),
        };
        let busy = Channel::ALL
            .iter()
            .any(|channel| wires.channel(*channel).valid());
        self.quiet = if busy || outstanding > 0 {
            0
        } else {
            self.quiet + 1
        };
        self.unsure = !reset && self.quiet < QUIET;
    }

    fn unknown(&mut self, cycle: u64, wires: &PortWires) {
        for channel in Channel::ALL {
            let of = wires.channel(channel);
            let mut fields: Vec<Field> = Vec::new();
            if of.is_unknown(Field::Valid) {
                fields.push(Field::Valid);
            } else if of.valid() {
                let counts = |field: &&Field| of.is_unknown(**field) && **field != Field::User;
                let harmless = |field: &&Field| **field != Field::Data;
                fields.extend(Field::ALL.iter().filter(counts).filter(harmless));
            }
            for field in fields {
                let known = &mut self.findings.unknown;
                match known.iter_mut().find(|u| (u.0, u.1) == (channel, field)) {
                    Some(known) => known.3 += 1,
                    None => known.push((channel, field, cycle, 1)),
                }
            }
        }
    }
}

fn checker(port: &Port) -> Checker {
    // Checkers keep the name for as long as the program runs; there is one for each port.
    let name: &'static str = String::leak(port.name.clone());
    if port.protocol == Protocol::Lite {
        return Checker::Lite(Box::new(AxilChecker::new(AxilPort {
            name,
            rules: Rules::ALL,
            max_wait: Some(DEFAULT_MAX_WAIT),
        })));
    }
    let mut rules = Rules::ALL;
    // Only the IOMMU promises that.
    if port.device.is_none() || port.prefix != "m_axi" {
        rules = rules.without(Rule::DataAfterAddress);
    }
    // The checker knows strobes of 8 lanes.
    if port.data_bytes > 8 || !port.has(Channel::W, Field::Strb) {
        rules = rules.without(Rule::StrobeLanes);
    }
    Checker::Axi(Box::new(AxiChecker::new(AxiPort {
        name,
        writes: port.writes,
        id_bits: port.id_bits.clamp(1, 8),
        bus_bytes: port.data_bytes,
        rules,
        max_wait: Some(DEFAULT_MAX_WAIT),
    })))
}

/// An identifier in the eight bits of the checker's.
fn short(id: u64, bits: u32, ids: &mut Vec<u64>) -> u8 {
    if bits <= 8 {
        return id as u8;
    }
    let at = ids
        .iter()
        .position(|known| *known == id)
        .unwrap_or_else(|| {
            ids.push(id);
            ids.len() - 1
        });
    // With more than 256 of them some look the same; they are kept in order all the more.
    at as u8
}

/// All of a value in eight bits: equal ones stay equal.
fn folded(value: u64) -> u8 {
    value.to_le_bytes().iter().fold(0, |all, byte| all ^ byte)
}

fn axi(wires: &PortWires, id_bits: u32, ids: &mut Vec<u64>) -> AxiCycle {
    let (aw, w, b) = (Channel::Aw, Channel::W, Channel::B);
    let [aw, w, b, ar, r] = [aw, w, b, Channel::Ar, Channel::R].map(|c| wires.channel(c));
    let mut address = |ax: &ChannelWires| AxiAddr {
        valid: ax.valid(),
        ready: ax.ready(),
        id: if ax.valid() {
            short(ax.get(Field::Id), id_bits, ids)
        } else {
            0
        },
        addr: ax.get(Field::Addr) as u32,
        len: ax.get(Field::Len) as u8,
        size: ax.get(Field::Size) as u8,
        burst: Burst::from_bits(ax.get(Field::Burst) as u8),
        lock: ax.has(Field::Lock),
        cache: ax.get(Field::Cache) as u8,
        prot: ax.get(Field::Prot) as u8,
        qos: ax.get(Field::Qos) as u8,
        user: folded(ax.get(Field::User)),
    };
    let (aw, ar) = (address(aw), address(ar));
    let strobes = w.get(Field::Strb);
    AxiCycle {
        aw,
        ar,
        w: AxiWrite {
            valid: w.valid(),
            ready: w.ready(),
            data: w.get(Field::Data),
            strb: if strobes > 0xFF {
                folded(strobes)
            } else {
                strobes as u8
            },
            last: w.has(Field::Last),
        },
        b: AxiResp {
            valid: b.valid(),
            ready: b.ready(),
            id: if b.valid() {
                short(b.get(Field::Id), id_bits, ids)
            } else {
                0
            },
            resp: Resp::from_bits(b.get(Field::Resp) as u8),
        },
        r: AxiRead {
            valid: r.valid(),
            ready: r.ready(),
            id: if r.valid() {
                short(r.get(Field::Id), id_bits, ids)
            } else {
                0
            },
            data: r.get(Field::Data),
            resp: Resp::from_bits(r.get(Field::Resp) as u8),
            last: r.has(Field::Last),
        },
    }
}

fn lite(wires: &PortWires) -> AxilCycle {
    let [aw, w, b, ar, r] = Channel::ALL.map(|channel| wires.channel(channel));
    let address = |ax: &ChannelWires| AxilAddr {
        valid: ax.valid(),
        ready: ax.ready(),
        addr: ax.get(Field::Addr) as u16,
        prot: ax.get(Field::Prot) as u8,
    };
    AxilCycle {
        aw: address(aw),
        ar: address(ar),
        w: AxilWrite {
            valid: w.valid(),
            ready: w.ready(),
            data: w.get(Field::Data) as u32,
            strb: w.get(Field::Strb) as u8,
        },
        b: AxilResp {
            valid: b.valid(),
            ready: b.ready(),
            resp: Resp::from_bits(b.get(Field::Resp) as u8),
        },
        r: AxilRead {
            valid: r.valid(),
            ready: r.ready(),
            data: r.get(Field::Data) as u32,
            resp: Resp::from_bits(r.get(Field::Resp) as u8),
        },
    }
}

/// All ports.
struct Replay {
    ports: Vec<Checked>,
}

impl Visitor for Replay {
    fn tick(&mut self, tick: Tick, wires: &Wires) -> bool {
        let reset = wires.resets[tick.clock];
        for (port, checked) in self.ports.iter_mut().enumerate() {
            if checked.clock == tick.clock {
                checked.step(tick, reset, &wires.ports[port]);
            }
        }
        true
    }
}

impl Wave {
    /// Runs the protocol checkers over all ports.
    ///
    /// # Errors
    /// [`WaveError::Read`].
    pub fn check(&self) -> Result<(Vec<Findings>, Ending), WaveError> {
        let ports = self.layout().ports.iter().enumerate();
        let mut replay = Replay {
            ports: ports
                .map(|(index, port)| Checked::new(index, port))
                .collect(),
        };
        let ending = self.play(&mut replay)?;
        let findings = replay.ports.into_iter().map(|checked| checked.findings);
        Ok((findings.collect(), ending))
    }
}
