//! An IOMMU as it is seen from its ports: ties the bursts of `s_axi` to their lookups, walks, bursts on
//! `m_axi` and answers.

use std::collections::{HashMap, VecDeque};

use vcm_regs::{context, fault};

use super::account::{Account, Doing};
use super::burst::{Burst, BurstEvent, BurstTracker};
use super::discover::{Channel, DevicePorts, Field, Layout};
use super::judge::{self, Happened, Setting, Verdict};
use super::names::{FaultLayout, HIT_LATENCY, OUTSTANDING, path};
use super::player::Tick;
use super::register_port::{RegisterPort, Seen};
use super::registers::{Registers, bank};
use super::tables::{Tables, Waiting, WalkEvent};
use super::transaction::{
    End, FaultEvent, Lookup, Purpose, RegisterAccess, Route, Source, Transaction, Walk,
};
use super::wires::{PathWires, Wires};

/// Transactions that are told late at most, to tell them in order.
const MOST_WAITING: usize = 4096;

/// Prefetched pages of which account is kept.
const PREFETCHED: usize = 256;
/// Settings kept of a transaction under way: the first and the last ones.
const SETTINGS: usize = 8;

/// What became known of an IOMMU.
#[derive(Clone, Debug)]
pub(super) enum Told {
    Transaction(Box<Transaction>),
    Walk(Walk),
    Fault(FaultEvent),
    Register(RegisterAccess),
}

/// A transaction that is under way.
#[derive(Debug)]
struct Open {
    transaction: Transaction,
    /// What registers said when it was taken, and have said since.
    settings: Vec<Setting>,
    /// Whether its first lookup hit the micro-TLB, as far as signals from within tell.
    hit: Option<bool>,
    /// It has been looked up, or refused, before.
    looked_up: bool,
    terminated: bool,
    /// Why it was refused, as the registers and descriptors of that time have it.
    refused: Option<Verdict>,
    /// It has been told, or waits to be.
    over: bool,
}

/// An IOMMU.
#[derive(Debug)]
pub(super) struct Device {
    index: usize,
    ports: [Option<usize>; 4],
    /// By path: which signals from within are there.
    sees_lookups: bool,
    sees_asks: bool,
    sees_faults: bool,
    registers: Registers,
    /// The same with the writes that have not been answered.
    begun: Registers,
    register_port: RegisterPort,
    upstream: Option<BurstTracker>,
    downstream: Option<BurstTracker>,
    tables: Tables,
    /// All that is not told, in order.
    open: VecDeque<Open>,
    transactions: u64,
    faults: u64,
    /// Commands of software to look an address up: until when, and the address.
    probes: Vec<(u64, u32)>,
    /// Pages that were looked up ahead, by the address of their descriptor.
    prefetched: VecDeque<u32>,
    /// Pages that transactions have used lately.
    used: VecDeque<u32>,
    /// By stream: its first-level table, as told from walks.
    bases: HashMap<u8, u32>,
    waiting: Vec<Waiting>,
    pub(super) account: Account,
    pub(super) strays: u64,
    in_reset: bool,
}

/// Cycles for which a command to look up an address may still cause walks.
const PROBE_LASTS: u64 = 4096;

impl Device {
    pub(super) fn new(index: usize, ports: &DevicePorts, layout: &Layout) -> Self {
        let tracker = |port: Option<usize>| port.map(|port| BurstTracker::new(&layout.ports[port]));
        let sees = |names: &[&str]| {
            (0..2).all(|path| {
                let has = |name: &&str| ports.inside.iter().any(|i| i.0 == path && i.1 == *name);
                names.iter().all(has)
            })
        };
        Self {
            index,
            ports: ports.ports,
            sees_lookups: sees(&[path::HIT, path::MISS]),
            sees_asks: sees(&[path::ASK, path::TAKEN]),
            sees_faults: sees(&[path::FAULT_VALID, path::FAULT_READY, path::FAULT]),
            registers: Registers::default(),
            begun: Registers::default(),
            register_port: RegisterPort::new(index),
            upstream: tracker(ports.ports[1]),
            downstream: tracker(ports.ports[2]),
            tables: Tables::new(index),
            open: VecDeque::new(),
            transactions: 0,
            faults: 0,
            probes: Vec::new(),
            prefetched: VecDeque::new(),
            used: VecDeque::new(),
            bases: HashMap::new(),
            waiting: Vec::new(),
            account: Account::default(),
            strays: 0,
            in_reset: false,
        }
    }

    /// Takes in one cycle.
    pub(super) fn step(&mut self, tick: Tick, reset: bool, wires: &Wires, told: &mut Vec<Told>) {
        if tick.gap > 0 {
            // What was written meanwhile is not known.
            self.registers = Registers::default();
            self.begun = Registers::default();
            self.forget(End::Gap, told);
        }
        if reset {
            if !self.in_reset {
                self.forget(End::Reset, told);
                self.tables = Tables::new(self.index);
            }
            self.in_reset = true;
            self.registers.reset();
            self.begun = self.registers.clone();
            self.account.reset();
            return;
        }
        self.in_reset = false;
        let cycle = tick.cycle;
        self.registers(cycle, wires, told);
        let mut events = Vec::new();
        if let (Some(port), Some(tracker)) = (self.ports[1], &mut self.upstream) {
            tracker.step(cycle, &wires.ports[port], &mut events);
        }
        for event in &events {
            if let BurstEvent::Taken(burst) = event {
                self.taken(tick, burst);
            }
        }
        self.refused(wires);
        self.walks(cycle, wires, told);
        self.inside(cycle, &wires.inside[self.index], told);
        let mut below = Vec::new();
        if let (Some(port), Some(tracker)) = (self.ports[2], &mut self.downstream) {
            tracker.step(cycle, &wires.ports[port], &mut below);
        }
        self.below(cycle, below);
        self.held_up(wires);
        for event in events {
            match event {
                BurstEvent::Done(burst) => self.done(cycle, burst, told),
                BurstEvent::Stray(..) => self.strays += 1,
                BurstEvent::Shown(_) | BurstEvent::Taken(_) => {}
            }
        }
        self.tell(told);
        for write in [false, true] {
            let doing = self.doing(cycle, write, wires);
            let open = self
                .upstream
                .as_ref()
                .map_or(0, |port| port.open(write).len());
            self.account.count(write, doing, open);
        }
    }

    /// The recording is over, or nothing that is under way can be followed.
    pub(super) fn forget(&mut self, end: End, told: &mut Vec<Told>) {
        // How far they have come.
        for burst in forgotten(&mut self.upstream) {
            let is_it = |own: &&mut Burst| own.write == burst.write && own.number == burst.number;
            let mut open = self.open.iter_mut().map(|open| &mut open.transaction.burst);
            if let Some(own) = open.find(is_it) {
                *own = burst;
            }
        }
        for burst in forgotten(&mut self.downstream) {
            self.update(&burst, |own| *own = burst.clone());
        }
        self.register_port.forget();
        let mut walks = Vec::new();
        self.tables.forget(&mut walks);
        told.extend(walks.into_iter().filter_map(|event| match event {
            WalkEvent::Over(walk) => Some(Told::Walk(walk)),
            WalkEvent::Read(..) => None,
        }));
        for mut open in std::mem::take(&mut self.open) {
            if !open.over {
                open.transaction.end = end;
            }
            told.push(Told::Transaction(Box::new(open.transaction)));
        }
        self.waiting.clear();
        self.prefetched.clear();
        self.used.clear();
        self.probes.clear();
    }

    fn registers(&mut self, cycle: u64, wires: &Wires, told: &mut Vec<Told>) {
        let Some(port) = self.ports[0] else {
            return;
        };
        let version = (self.registers.version, self.begun.version);
        for seen in self.register_port.step(cycle, &wires.ports[port]) {
            let (access, strobes) = match seen {
                Seen::Begun {
                    offset,
                    value,
                    strobes,
                } => {
                    self.begun.write(offset, value, strobes);
                    continue;
                }
                Seen::Answered(access, strobes) => (access, strobes),
            };
            if access.error {
                if access.write {
                    self.begun = self.registers.clone();
                }
            } else if access.write {
                for registers in [&mut self.registers, &mut self.begun] {
                    registers.write(access.offset, access.value, strobes);
                }
                self.probe(cycle, &access);
            } else {
                self.registers.read(access.offset, access.value);
                self.begun.read(access.offset, access.value);
            }
            told.push(Told::Register(access));
        }
        if (self.registers.version, self.begun.version) != version {
            self.note_settings();
            self.note_waiting();
        }
    }

    /// Notes by what transactions under way may be decided from now on.
    fn note_settings(&mut self) {
        for at in 0..self.open.len() {
            let stream = self.open[at].transaction.stream;
            let setting = setting(&self.begun, stream);
            let settings = &mut self.open[at].settings;
            if settings.last() != Some(&setting) {
                if settings.len() == SETTINGS {
                    settings.remove(1);
                }
                settings.push(setting);
            }
        }
    }

    fn probe(&mut self, cycle: u64, access: &RegisterAccess) {
        self.probes.retain(|&(until, _)| until > cycle);
        let Some((_, local)) = bank(&context::BLOCK, access.offset) else {
            return;
        };
        let commands = [
            context::V2PPR.offset,
            context::V2PPW.offset,
            context::V2PUR.offset,
            context::V2PUW.offset,
            context::TLBPRELOAD.offset,
        ];
        if commands.contains(&local) {
            let page = access.value & !0xFFF;
            self.probes.push((cycle + PROBE_LASTS, page));
        }
    }

    fn taken(&mut self, tick: Tick, burst: &Burst) {
        let stream = burst.user as u8;
        let setting = setting(&self.registers, stream);
        let transaction = Transaction {
            number: self.transactions,
            device: self.index,
            time: tick.time,
            burst: burst.clone(),
            stream,
            context: setting.context(),
            route: setting.route(),
            ..Transaction::default()
        };
        self.transactions += 1;
        self.open.push_back(Open {
            transaction,
            settings: vec![setting],
            hit: None,
            looked_up: false,
            terminated: false,
            refused: None,
            over: false,
        });
        self.note_settings();
        self.note_waiting();
    }

    /// A read that is being answered and has not been sent to memory waits for nothing any more.
    fn refused(&mut self, wires: &Wires) {
        let Some(port) = self.ports[1] else {
            return;
        };
        let r = wires.ports[port].channel(Channel::R);
        if !r.valid() {
            return;
        }
        let id = r.get(Field::Id);
        let is_it = |open: &Open| {
            let burst = &open.transaction.burst;
            !burst.write && burst.id == id && !open.over
        };
        let decerr = r.get(Field::Resp) == 3;
        let Some(at) = self.open.iter().position(is_it) else {
            return;
        };
        let open = &mut self.open[at];
        if open.transaction.forwarded.is_none() && !open.terminated {
            open.terminated = true;
            self.explain_refusal(at, decerr);
            self.note_waiting();
        }
    }

    /// Finds what explains that a transaction is refused, when that is decided: what is read or written later
    /// has nothing to do with it.
    fn explain_refusal(&mut self, at: usize, decerr: bool) {
        let open = &mut self.open[at];
        let transaction = &mut open.transaction;
        let mut faults = transaction.fault.iter().chain(&transaction.more_faults);
        let recorded = faults.rfind(|fault| fault.status != [fault::STALL_TIMEOUT]);
        let status = recorded.and_then(|fault| fault.status.first().copied());
        let happened = Happened::Refused { decerr, status };
        let settings = &open.settings;
        let (setting, evidence, verdict) =
            judge::explain(transaction, settings, &self.tables, happened);
        transaction.route = setting.route();
        transaction.context = transaction.context.or(setting.context());
        transaction.evidence = evidence;
        open.refused = Some(verdict);
    }

    /// Notes which transactions may wait for walks.
    fn note_waiting(&mut self) {
        self.waiting.clear();
        for open in &self.open {
            let transaction = &open.transaction;
            let decided = open.over || transaction.forwarded.is_some() || open.terminated;
            let direct = matches!(
                transaction.route,
                Route::Bypass | Route::Terminate | Route::OneToOne
            );
            if decided || direct {
                continue;
            }
            let known = open.settings.first().and_then(|setting| setting.bank.ttbr0);
            let ttbr0 = known.or_else(|| self.bases.get(&transaction.stream).copied());
            self.waiting.push(Waiting {
                number: transaction.number,
                iova: transaction.burst.addr as u32,
                ttbr0,
            });
        }
    }

    fn of(&mut self, number: u64) -> Option<&mut Open> {
        let first = self.open.front()?.transaction.number;
        self.open.get_mut(number.checked_sub(first)? as usize)
    }

    fn walks(&mut self, cycle: u64, wires: &Wires, told: &mut Vec<Told>) {
        let Some(port) = self.ports[3] else {
            return;
        };
        let mut events = Vec::new();
        let probed: Vec<u32> = self.probes.iter().map(|&(_, page)| page).collect();
        let bases: Vec<u32> = (self.registers.banks.iter())
            .filter_map(|bank| bank.ttbr0)
            .filter(|base| *base != 0)
            .collect();
        self.tables.step(
            cycle,
            &wires.ports[port],
            &self.waiting,
            &probed,
            |base| bases.contains(&base),
            &mut events,
        );
        for event in events {
            match event {
                WalkEvent::Read(walk, span, served) => {
                    for number in served {
                        let Some(open) = self.of(number) else {
                            continue;
                        };
                        let transaction = &mut open.transaction;
                        if !transaction.walks.contains(&walk) {
                            transaction.walks.push(walk);
                        }
                        let from = span.0.max(transaction.burst.taken);
                        transaction.walking.push((from, span.1));
                    }
                }
                WalkEvent::Over(walk) => {
                    if walk.purpose == Purpose::Prefetch {
                        self.note_prefetch(&walk);
                    }
                    told.push(Told::Walk(walk));
                }
            }
        }
    }

    /// Which pages a walk that nobody waited for has brought: its own, and the neighbour that comes along,
    /// unless somebody has used it before.
    fn note_prefetch(&mut self, walk: &Walk) {
        let Some(read) = walk.reads.last().filter(|read| read.level == 2) else {
            return;
        };
        for n in 0..read.words.len() as u32 {
            let word = read.address + 4 * n;
            if self.used.contains(&word) || self.prefetched.contains(&word) {
                continue;
            }
            if self.prefetched.len() == PREFETCHED {
                self.prefetched.pop_front();
            }
            self.prefetched.push_back(word);
        }
    }

    /// Notes that a transaction has used a page.
    fn use_page(&mut self, word: u32) {
        if !self.used.contains(&word) {
            if self.used.len() == PREFETCHED {
                self.used.pop_front();
            }
            self.used.push_back(word);
        }
        self.prefetched.retain(|page| *page != word);
    }

    fn inside(&mut self, cycle: u64, paths: &[PathWires; 2], told: &mut Vec<Told>) {
        for (write, wires) in [(false, &paths[0]), (true, &paths[1])] {
            if self.sees_lookups && (wires.hit || wires.miss) {
                self.first_lookup(write, wires.hit);
            }
            if self.sees_asks && wires.ask && wires.taken {
                self.asked(cycle, write);
            }
            if self.sees_faults && wires.fault_valid && wires.fault_ready {
                self.fault_inside(cycle, wires.fault, told);
            }
        }
    }

    /// Bursts are looked up first in the order in which they came; those of other streams than translated
    /// ones without a sign.
    fn first_lookup(&mut self, write: bool, hit: bool) {
        for open in &mut self.open {
            let transaction = &open.transaction;
            if transaction.burst.write != write || open.looked_up {
                continue;
            }
            open.looked_up = true;
            let illegal = judge::shape(transaction).check(judge::BUS_BYTES).is_err();
            // Routes of contexts are all alike here.
            let silent = matches!(transaction.route, Route::Bypass | Route::Terminate) || illegal;
            if silent || transaction.forwarded.is_some() {
                continue;
            }
            open.hit = Some(hit);
            return;
        }
    }

    /// Somebody asks the translator. Who is not told; of a path that is the oldest which has waited least.
    fn asked(&mut self, cycle: u64, write: bool) {
        let waits = |open: &&mut Open| {
            let transaction = &open.transaction;
            transaction.burst.write == write
                && !open.over
                && transaction.forwarded.is_none()
                && transaction.burst.taken + 1 < cycle
                && open.hit != Some(true)
        };
        let open = (self.open.iter_mut())
            .filter(waits)
            .min_by_key(|open| open.transaction.asked.len());
        if let Some(open) = open {
            open.transaction.asked.push(cycle);
        }
    }

    fn fault_inside(&mut self, cycle: u64, bits: u64, told: &mut Vec<Told>) {
        let field = |(lsb, width): (u32, u32)| bits >> lsb & ((1 << width) - 1);
        let flag = |at| field(at) != 0;
        let mut event = FaultEvent {
            number: self.faults,
            device: self.index,
            cycle,
            status: vec![field(FaultLayout::STATUS) as u32],
            source: Source::Inside,
            iova: field(FaultLayout::IOVA) as u32,
            write: flag(FaultLayout::WRITE),
            privileged: flag(FaultLayout::PRIVILEGED),
            instruction: flag(FaultLayout::INSTRUCTION),
            context: flag(FaultLayout::IN_CONTEXT).then(|| field(FaultLayout::CONTEXT) as u8),
            stream: field(FaultLayout::STREAM) as u8,
            id: field(FaultLayout::ID) as u8,
            stalled: flag(FaultLayout::STALLED).then(|| field(FaultLayout::SLOT) as u8),
            transaction: None,
        };
        let is_it = |open: &Open| {
            let transaction = &open.transaction;
            let burst = &transaction.burst;
            burst.write == event.write
                && burst.addr == u64::from(event.iova)
                && burst.id == u64::from(event.id)
                && transaction.forwarded.is_none()
                && !open.over
                && !open.terminated
        };
        let at = self.open.iter().position(is_it);
        if let Some(open) = at.and_then(|at| self.open.get_mut(at)) {
            event.transaction = Some(open.transaction.number);
            open.terminated = event.stalled.is_none();
            let transaction = &mut open.transaction;
            transaction.context = event.context.or(transaction.context);
            match transaction.fault {
                None => transaction.fault = Some(event.clone()),
                Some(_) => transaction.more_faults.push(event.clone()),
            }
        }
        if let Some(at) = at {
            self.explain_refusal(at, event.status == [fault::UNMAPPED_STREAM]);
        }
        self.faults += 1;
        told.push(Told::Fault(event));
        self.note_waiting();
    }

    /// What happens on `m_axi`.
    fn below(&mut self, cycle: u64, events: Vec<BurstEvent>) {
        for event in events {
            match event {
                BurstEvent::Shown(burst) => self.forwarded(cycle, burst),
                BurstEvent::Taken(burst) => self.update(&burst, |own| {
                    own.valid = burst.valid;
                    own.taken = burst.taken;
                    own.first_data = burst.first_data;
                    own.last_data = burst.last_data;
                }),
                BurstEvent::Done(burst) => self.update(&burst, |own| *own = burst.clone()),
                BurstEvent::Stray(..) => self.strays += 1,
            }
        }
        // Reads are matched by their first beat, too.
        let Some(tracker) = &self.downstream else {
            return;
        };
        for open in &mut self.open {
            let Some(own) = &mut open.transaction.forwarded else {
                continue;
            };
            if own.done.is_none() && own.first_data.is_none() && !own.write {
                let mut below = tracker.open(false).iter();
                if let Some(burst) = below.find(|burst| burst.number == own.number) {
                    own.first_data = burst.first_data;
                }
            }
        }
    }

    fn update(&mut self, burst: &Burst, change: impl FnOnce(&mut Burst)) {
        let own = (self.open.iter_mut())
            .filter_map(|open| open.transaction.forwarded.as_mut())
            .find(|own| own.write == burst.write && own.number == burst.number);
        if let Some(own) = own {
            change(own);
        }
    }

    /// A burst appears on `m_axi`.
    fn forwarded(&mut self, cycle: u64, burst: Burst) {
        let may_be = |open: &Open, exact: bool| {
            let from = &open.transaction.burst;
            let same = from.write == burst.write && from.id == burst.id;
            let alike = from.len == burst.len
                && from.size == burst.size
                && from.burst == burst.burst
                && (from.addr ^ burst.addr) & 0xFFF == 0;
            let decided = open.over || open.transaction.forwarded.is_some() || open.terminated;
            same && !decided && (alike || !exact)
        };
        let at = (self.open.iter().position(|open| may_be(open, true)))
            .or_else(|| self.open.iter().position(|open| may_be(open, false)));
        let Some(at) = at else {
            self.strays += 1;
            return;
        };
        let Some(open) = self.open.get_mut(at) else {
            return;
        };
        open.transaction.forwarded = Some(burst.clone());
        let happened = Happened::Passed(burst.addr as u32);
        let (transaction, settings) = (&mut open.transaction, &open.settings);
        let (setting, evidence, _) = judge::explain(transaction, settings, &self.tables, happened);
        transaction.route = match setting.route() {
            Route::Unknown if evidence.agrees => Route::Translate,
            route => route,
        };
        transaction.context = setting.context().or(transaction.context);
        if let (true, true, Some(base)) = (evidence.agrees, evidence.ttbr0_inferred, evidence.ttbr0)
        {
            self.bases.insert(transaction.stream, base);
        }
        transaction.evidence = evidence;
        let second = transaction.evidence.second.map(|second| second.address);
        let prefetched = second.is_some_and(|word| self.prefetched.contains(&word));
        let delay = cycle - transaction.burst.taken;
        let untouched = delay <= HIT_LATENCY + u64::from(transaction.held_up);
        transaction.lookup = match (transaction.route, open.hit) {
            (Route::Bypass, _) => Lookup::None,
            (_, Some(true)) => Lookup::Micro,
            _ if !transaction.walks.is_empty() => Lookup::Walk,
            (_, None) if untouched && transaction.asked.is_empty() => Lookup::Micro,
            _ if prefetched => Lookup::Prefetch,
            _ => Lookup::Main,
        };
        if transaction.route == Route::OneToOne && transaction.lookup != Lookup::Micro {
            transaction.lookup = Lookup::None;
        }
        if let Some(word) = second {
            self.use_page(word);
        }
        self.note_waiting();
    }

    /// Counts the cycles in which a burst that is ready could not leave: the output is taken, or as many
    /// as may be are outstanding.
    fn held_up(&mut self, wires: &Wires) {
        let Some(port) = self.ports[2] else {
            return;
        };
        for write in [false, true] {
            let ax = wires.ports[port].address(write);
            let below = self.downstream.as_ref();
            let full = below.is_some_and(|below| below.open(write).len() >= OUTSTANDING);
            if !ax.valid() && !full {
                continue;
            }
            for open in &mut self.open {
                let transaction = &mut open.transaction;
                let waits = transaction.forwarded.is_none() && !open.over && !open.terminated;
                if waits && transaction.burst.write == write {
                    transaction.held_up += 1;
                }
            }
        }
    }

    /// A burst of `s_axi` is answered.
    fn done(&mut self, cycle: u64, burst: Burst, told: &mut Vec<Told>) {
        let is_it = |open: &Open| {
            let own = &open.transaction.burst;
            own.write == burst.write && own.number == burst.number && !open.over
        };
        let Some(at) = self.open.iter().position(is_it) else {
            return;
        };
        let open = &self.open[at];
        let is_refused = open.transaction.forwarded.is_none() && burst.resp >= 2;
        if is_refused && open.refused.is_none() {
            self.explain_refusal(at, burst.resp == 3);
        }
        let number = self.faults;
        let open = &mut self.open[at];
        open.over = true;
        let transaction = &mut open.transaction;
        transaction.burst = burst;
        let status = match &transaction.forwarded {
            // Whatever memory answers, that is what is recorded.
            Some(_) if transaction.burst.is_misplaced_last() => {
                Some((vec![fault::ILLEGAL_BURST], Source::Response))
            }
            Some(below) if below.resp >= 2 => Some((vec![fault::EXTERNAL_ABORT], Source::Response)),
            // Memory took it well, and still: its WLAST was not seen.
            Some(below) if below.done.is_some() && transaction.burst.resp >= 2 => {
                Some((vec![fault::ILLEGAL_BURST], Source::Response))
            }
            Some(_) => None,
            None if transaction.burst.resp >= 2 => {
                let agrees = transaction.evidence.agrees;
                if open.hit == Some(true) {
                    transaction.lookup = Lookup::Micro;
                } else if !transaction.walks.is_empty() {
                    transaction.lookup = Lookup::Walk;
                } else if agrees && transaction.evidence.first.is_some() {
                    transaction.lookup = Lookup::Main;
                }
                match &open.refused {
                    _ if transaction.fault.is_some() => None,
                    Some(Verdict::Refused(status)) if agrees => {
                        Some((status.clone(), Source::Model))
                    }
                    _ if transaction.burst.resp == 3 => {
                        Some((vec![fault::UNMAPPED_STREAM], Source::Response))
                    }
                    _ => Some((Vec::new(), Source::Response)),
                }
            }
            None => None,
        };
        if let Some((status, source)) = status {
            let burst = &transaction.burst;
            let event = FaultEvent {
                number,
                device: self.index,
                cycle,
                status,
                source,
                iova: burst.addr as u32,
                write: burst.write,
                privileged: burst.prot & 1 != 0,
                instruction: burst.prot & 4 != 0,
                context: transaction.context,
                stream: transaction.stream,
                id: burst.id as u8,
                stalled: None,
                transaction: Some(transaction.number),
            };
            self.faults += 1;
            match transaction.fault {
                None => transaction.fault = Some(event.clone()),
                Some(_) => transaction.more_faults.push(event.clone()),
            }
            told.push(Told::Fault(event));
        }
        self.note_waiting();
    }

    /// Tells transactions in their order.
    fn tell(&mut self, told: &mut Vec<Told>) {
        while let Some(first) = self.open.front() {
            if !first.over && self.open.len() <= MOST_WAITING {
                return;
            }
            if let Some(open) = self.open.pop_front() {
                told.push(Told::Transaction(Box::new(open.transaction)));
            }
        }
    }

    /// What a path does in this cycle.
    fn doing(&self, cycle: u64, write: bool, wires: &Wires) -> Doing {
        let Some(port) = self.ports[1] else {
            return Doing::Idle;
        };
        let above = &wires.ports[port];
        let (data, answer) = if write {
            (above.channel(Channel::W), above.channel(Channel::B))
        } else {
            (above.channel(Channel::R), above.channel(Channel::R))
        };
        if data.fires() {
            return Doing::Data;
        }
        let oldest =
            (self.open.iter()).find(|open| open.transaction.burst.write == write && !open.over);
        let Some(oldest) = oldest else {
            let ax = above.address(write);
            return match (ax.valid(), ax.ready()) {
                (true, false) => Doing::Accept,
                (true, true) => Doing::Pipeline,
                _ => Doing::Idle,
            };
        };
        if answer.valid() {
            return if answer.ready() {
                Doing::Answer
            } else {
                Doing::Master
            };
        }
        let transaction = &oldest.transaction;
        let below = self.ports[2].map(|port| &wires.ports[port]);
        if let Some(forwarded) = &transaction.forwarded {
            let ax = below.map(|below| below.address(write));
            if ax.is_some_and(|ax| ax.valid() && !ax.ready()) && forwarded.done.is_none() {
                let still = self
                    .downstream
                    .as_ref()
                    .and_then(|tracker| tracker.shown(write));
                if still.is_some_and(|since| since <= forwarded.valid) {
                    return Doing::BackPressure;
                }
            }
            let open = self.upstream.as_ref().map(|tracker| tracker.open(true));
            let own = open.and_then(|open| {
                let mut open = open.iter();
                open.find(|burst| burst.number == transaction.burst.number)
            });
            if write && own.is_some_and(|burst| burst.last_data.is_none()) {
                let w = below.map(|below| below.channel(Channel::W));
                let full = data.valid() || w.is_some_and(|w| w.valid() && !w.ready());
                return if full {
                    Doing::BackPressure
                } else {
                    Doing::Master
                };
            }
            return match forwarded.done {
                Some(_) => Doing::Answer,
                None => Doing::Memory,
            };
        }
        if oldest.terminated {
            return Doing::Order;
        }
        if transaction
            .fault
            .as_ref()
            .is_some_and(|fault| fault.stalled.is_some())
        {
            return Doing::Stalled;
        }
        let waiting = self.waiting.iter().find(|w| w.number == transaction.number);
        if waiting.is_some_and(|waiting| self.tables.serves(waiting)) {
            return Doing::Walk;
        }
        if below.is_some_and(|below| {
            let ax = below.address(write);
            ax.valid() && !ax.ready()
        }) {
            return Doing::BackPressure;
        }
        if cycle <= transaction.burst.taken + HIT_LATENCY {
            return Doing::Pipeline;
        }
        let ready = below.is_some_and(|below| below.address(write).has(Field::Valid));
        if ready { Doing::Order } else { Doing::Lookup }
    }
}

/// What a port gives up.
fn forgotten(tracker: &mut Option<BurstTracker>) -> Vec<Burst> {
    tracker
        .as_mut()
        .map_or_else(Vec::new, |tracker| tracker.forget().collect())
}

/// What registers say of a stream.
fn setting(registers: &Registers, stream: u8) -> Setting {
    let s2cr = registers.streams.get(usize::from(stream)).copied();
    let mut setting = Setting {
        s2cr: s2cr.flatten(),
        ..Setting::default()
    };
    if let Some(context) = setting.context() {
        let bank = registers.banks.get(usize::from(context));
        setting.bank = bank.copied().unwrap_or_default();
    }
    setting
}
