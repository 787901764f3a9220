//! `explain`: the story of one transaction, or a few.

use std::collections::VecDeque;

use vcm_sim::wave::filter::{Moment, number, touches};
use vcm_sim::wave::{
    Burst, FaultEvent, Listener, Purpose, RegisterAccess, Transaction, Walk, Wave, explain,
};

use crate::arguments::Explain;
use crate::output::{self, line, moment};
use crate::progress::Bar;

/// Which transactions are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    When(Moment),
    Address(u64),
    Fault(u64),
    Number(u64),
}

fn what(text: &str) -> Result<What, String> {
    let wrong = |error: String| format!("{error}; give a time, a cycle, an address, fault#N or #N");
    if let Some(text) = text.strip_prefix("fault#") {
        return number(text).map(What::Fault).map_err(wrong);
    }
    if let Some(text) = text.strip_prefix('#') {
        return number(text).map(What::Number).map_err(wrong);
    }
    if text.starts_with("0x") || text.starts_with("0X") {
        return number(text).map(What::Address).map_err(wrong);
    }
    text.parse().map(What::When).map_err(wrong)
}

/// Walks that may belong to a transaction that is told later.
const WALKS: usize = 4096;

/// Finds them, and tells their stories.
struct Stories<'a> {
    wave: &'a Wave,
    what: What,
    left: u64,
    told: u64,
    walks: VecDeque<Walk>,
    /// A fault that is asked for and belongs to no transaction that was seen.
    fault: Option<FaultEvent>,
    found: Vec<Transaction>,
    past: bool,
}

impl Listener for Stories<'_> {
    fn transaction(&mut self, t: Transaction) {
        let layout = self.wave.layout();
        let port = layout.devices[t.device].ports[1];
        let base = self
            .wave
            .timebase(port.map_or(0, |port| layout.ports[port].clock));
        let mut faults = t.fault.iter().chain(&t.more_faults);
        let wanted = match self.what {
            What::When(when) => {
                let cycle = when.cycle(&base);
                self.past |= t.burst.valid > cycle;
                t.burst.valid <= cycle && t.burst.done.is_none_or(|done| cycle <= done)
            }
            What::Address(at) => {
                let bursts = std::iter::once(&t.burst).chain(&t.forwarded);
                bursts.into_iter().any(|burst| touches(burst, &(at..=at)))
            }
            What::Fault(number) => faults.any(|fault| fault.number == number),
            What::Number(number) => t.number == number,
        };
        if !wanted || self.left == 0 {
            return;
        }
        self.left -= 1;
        if self.told > 0 {
            line("");
        }
        self.told += 1;
        for sentence in explain(&t, &base) {
            line(&sentence);
        }
        for walk in self
            .walks
            .iter()
            .filter(|walk| t.walks.contains(&walk.number))
        {
            tell_walk(walk, &t);
        }
        let single = matches!(self.what, What::Fault(_) | What::Number(_));
        self.past |= single;
        self.found.push(t);
    }

    fn walk(&mut self, walk: Walk) {
        if self.walks.len() == WALKS {
            self.walks.pop_front();
        }
        self.walks.push_back(walk);
    }

    fn fault(&mut self, fault: FaultEvent) {
        if self.what == What::Fault(fault.number) && fault.transaction.is_none() {
            self.fault = Some(fault);
        }
    }

    fn register(&mut self, _access: RegisterAccess) {}

    fn burst(&mut self, port: usize, burst: Burst) {
        let base = self.wave.timebase(self.wave.layout().ports[port].clock);
        let wanted = match self.what {
            What::When(when) => {
                let cycle = when.cycle(&base);
                burst.valid <= cycle && burst.done.is_none_or(|done| cycle <= done)
            }
            What::Address(at) => touches(&burst, &(at..=at)),
            What::Fault(_) | What::Number(_) => false,
        };
        let alone = self.wave.layout().devices.is_empty();
        if !wanted || !alone || self.left == 0 {
            return;
        }
        self.left -= 1;
        self.told += 1;
        let kind = if burst.write { "write" } else { "read" };
        let ended = match burst.done {
            Some(done) => format!(
                "answered with {} in {}",
                burst.response(),
                moment(&base, done)
            ),
            None => "not answered in the recording".to_owned(),
        };
        line(&format!(
            "{}: {kind} {} of {} beats at {:#010x}, ID {:#x}, shown in {}, taken in cycle {}, {ended}.",
            self.wave.layout().ports[port].name,
            burst.number,
            u32::from(burst.len) + 1,
            burst.addr,
            burst.id,
            moment(&base, burst.valid),
            burst.taken,
        ));
    }

    fn goes_on(&self) -> bool {
        self.left > 0 && !self.past
    }
}

fn tell_walk(walk: &Walk, t: &Transaction) {
    let why = match walk.purpose {
        Purpose::Demand => "for what waited",
        Purpose::Prefetch => "ahead of need",
        Purpose::Probe => "for a command of software",
    };
    let others: Vec<String> = (walk.transactions.iter())
        .filter(|number| **number != t.number)
        .map(|number| format!("#{number}"))
        .collect();
    let shared = match others[..] {
        [] => String::new(),
        _ => format!("; transactions {} waited for it, too", others.join(", ")),
    };
    line(&format!(
        "Walk #{}, ID {}, {why}{shared}:",
        walk.number, walk.id
    ));
    for read in &walk.reads {
        let words: Vec<String> = read
            .words
            .iter()
            .map(|word| format!("{word:#010x}"))
            .collect();
        let end = match read.answered {
            Some(answered) if read.error => format!("in cycle {answered} with an error"),
            Some(answered) => format!("in cycle {answered} with {}", words.join(", ")),
            None => "not at all in the recording".to_owned(),
        };
        let level = match read.level {
            0 => String::new(),
            level => format!("level {level}, "),
        };
        line(&format!(
            "  {level}{:#010x}: asked in cycle {}, answered {end}",
            read.address, read.asked
        ));
    }
}

pub(crate) fn run(arguments: &Explain) -> Result<bool, String> {
    let what = what(&arguments.what)?;
    let wave = arguments.file.open()?;
    output::found(&wave);
    let mut stories = Stories {
        wave: &wave,
        what,
        left: arguments.limit,
        told: 0,
        walks: VecDeque::new(),
        fault: None,
        found: Vec::new(),
        past: false,
    };
    let bar = Bar::of(&wave);
    let summary = wave
        .read(&mut stories)
        .map_err(|error| output::chain(&error));
    drop(bar);
    let well = output::summed_up(&wave, &summary?);
    if let Some(fault) = &stories.fault {
        line(&format!("{fault:x?}: its transaction was not seen."));
        return Ok(well);
    }
    if stories.told == 0 {
        eprintln!("vcm-wave: no transaction is {}", arguments.what);
        return Ok(false);
    }
    Ok(well)
}
