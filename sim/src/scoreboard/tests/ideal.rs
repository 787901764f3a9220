//! An IOMMU and a memory that do everything right, in their own time: the scoreboard and the
//! checkers must have nothing to say about it, whatever the delays.

use std::collections::{HashMap, VecDeque};

use vcm_regs::{context, global};

use super::bench::{context_0, s2cr};
use crate::golden::{Access, BurstShape, BusFault, Context, Fault, translate};
use crate::signals::{
    AxiAddr, AxiCycle, AxiRead, AxiResp, AxiWrite, AxilAddr, AxilCycle, AxilRead, AxilResp,
    AxilWrite, Cycle, Resp,
};

/// Transactions under way in each direction.
const OUTSTANDING: usize = 8;

/// A small generator (xorshift) of repeatable choices.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Lookup,
    Forward(u32),
    OnBus,
    Terminate(Resp),
}

#[derive(Debug)]
struct Burst {
    ax: AxiAddr,
    state: State,
    /// Reads: beats from memory. Writes: beats from the master.
    r: VecDeque<AxiRead>,
    w: VecDeque<AxiWrite>,
    w_complete: bool,
    answer: Option<Resp>,
    beats: u32,
    /// A synchronisation waits for it.
    held: bool,
}

/// Walks under way at the same time.
const WALKS: usize = 4;

/// Cycles for which what a walk has found waits for a burst.
const KEPT: u32 = 20;

/// What is under way for a walk.
#[derive(Debug)]
struct Walk {
    iova: u32,
    /// No burst has asked for it.
    ahead: bool,
    values: Vec<u32>,
    asked: bool,
    /// Tables changed meanwhile.
    discard: bool,
    /// Cycles since it was complete.
    age: u32,
}

impl Walk {
    fn is_complete(&self) -> bool {
        match self.values[..] {
            [] => false,
            [first] => !is_pointer(first),
            _ => true,
        }
    }

    /// Where the descriptor stands that it reads next.
    fn next_read(&self, context: &Context) -> u32 {
        match self.values.first() {
            None => context.first_level_address(self.iova),
            Some(first) => crate::golden::second_level_address(*first, self.iova),
        }
    }
}

const fn is_pointer(word: u32) -> bool {
    word & 3 == 1
}

const fn is_small_page(word: u32) -> bool {
    word & 2 != 0
}

/// The registers, tables and everything under way. One context. Descriptors of the first level are
/// cached, and pages; those beside what a walk was for, too, and those behind it.
pub(super) struct Ideal {
    pub(super) random: Random,
    pub(super) tables: HashMap<u32, u32>,
    streams: [u32; 16],
    context: Context,
    /// Descriptors by page, and those of the first level by MiB.
    tlb: HashMap<u32, Vec<u32>>,
    first_level: HashMap<u32, u32>,
    walks: [Option<Walk>; WALKS],
    /// Reads of descriptors: ID and address.
    walk_reads: Vec<(u8, u32)>,
    /// Reads and writes in the order of acceptance.
    bursts: [VecDeque<Burst>; 2],
    memory_reads: VecDeque<(AxiAddr, u32)>,
    memory_writes: VecDeque<(AxiAddr, u32)>,
    memory_answers: VecDeque<u8>,
    /// A flaw: TLBIVAA leaves the entry where it is.
    pub(super) keeps_entries: bool,
    /// A flaw: TLBIVAA leaves the descriptor of the first level where it is.
    pub(super) keeps_first_level: bool,
    /// A flaw: the oldest response of an ID is not the first to go.
    pub(super) disorders_ids: bool,
    register: Option<(u32, Option<u32>)>,
    registers: VecDeque<(u32, Option<u32>)>,
    /// What the master has still to send.
    pub(super) requests: [VecDeque<AxiAddr>; 2],
    pub(super) data: VecDeque<AxiWrite>,
    /// What stands on the ports.
    now: Cycle,
}

impl Ideal {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random(seed),
            tables: HashMap::new(),
            streams: [global::S2CR.reset(); 16],
            context: Context::default(),
            tlb: HashMap::new(),
            first_level: HashMap::new(),
            walks: Default::default(),
            walk_reads: Vec::new(),
            bursts: Default::default(),
            memory_reads: VecDeque::new(),
            memory_writes: VecDeque::new(),
            memory_answers: VecDeque::new(),
            keeps_entries: false,
            keeps_first_level: false,
            disorders_ids: false,
            register: None,
            registers: VecDeque::new(),
            requests: Default::default(),
            data: VecDeque::new(),
            now: Cycle::default(),
        }
    }

    /// Queues a register write.
    pub(super) fn write(&mut self, offset: u32, value: u32) {
        self.registers.push_back((offset, Some(value)));
    }

    /// Queues a synchronisation.
    pub(super) fn sync(&mut self) {
        self.write(context_0(&context::TLBSYNC), 0);
        self.registers
            .push_back((context_0(&context::TLBSTATUS), None));
    }

    pub(super) fn is_idle(&self) -> bool {
        self.bursts.iter().all(VecDeque::is_empty)
            && self.requests.iter().all(VecDeque::is_empty)
            && self.software_is_idle()
    }

    pub(super) fn software_is_idle(&self) -> bool {
        self.registers.is_empty() && self.register.is_none()
    }

    /// Makes a cycle: chooses every READY, and then lets all that fires take effect.
    pub(super) fn cycle(&mut self, number: u64) -> Cycle {
        self.now.number = number;
        self.choose_ready();
        let seen = self.now;
        self.registers_step(&seen.s_axil);
        self.master_step(&seen.s_axi);
        self.memory_step(&seen.m_axi);
        self.walk_step(&seen.m_axi_ptw);
        self.lookup();
        self.forward(&seen);
        self.respond(&seen.s_axi);
        seen
    }

    fn choose_ready(&mut self) {
        let mut ready = || self.random.chance(60);
        let Cycle {
            s_axil,
            s_axi,
            m_axi,
            m_axi_ptw,
            ..
        } = &mut self.now;
        s_axil.aw.ready = ready();
        s_axil.w.ready = s_axil.aw.ready;
        s_axil.b.ready = ready();
        s_axil.ar.ready = ready();
        s_axil.r.ready = ready();
        s_axi.ar.ready = ready() && self.bursts[0].len() < OUTSTANDING;
        s_axi.aw.ready = ready() && self.bursts[1].len() < OUTSTANDING;
        s_axi.w.ready = ready() && self.bursts[1].iter().any(|write| !write.w_complete);
        s_axi.r.ready = ready();
        s_axi.b.ready = ready();
        m_axi.ar.ready = ready();
        m_axi.aw.ready = ready();
        m_axi.w.ready = ready();
        m_axi.r.ready = ready();
        m_axi.b.ready = ready();
        m_axi_ptw.ar.ready = ready();
        m_axi_ptw.r.ready = ready();
    }

    fn registers_step(&mut self, seen: &AxilCycle) {
        let port = &mut self.now.s_axil;
        let held = self.bursts.iter().flatten().any(|burst| burst.held);
        let mut command = None;
        if seen.aw.fires() {
            (port.aw, port.w) = (AxilAddr::default(), AxilWrite::default());
            command = Some((u32::from(seen.aw.addr), seen.w.data));
            port.b.valid = true;
        }
        if seen.b.fires() {
            port.b = AxilResp::default();
            self.register = None;
        }
        if seen.ar.fires() {
            port.ar = AxilAddr::default();
            port.r = AxilRead {
                valid: true,
                data: u32::from(held),
                ..AxilRead::default()
            };
        }
        if seen.r.fires() {
            port.r = AxilRead::default();
            self.register = None;
            if seen.r.data != 0 {
                self.registers
                    .push_front((context_0(&context::TLBSTATUS), None));
            }
        }
        if self.register.is_none() && self.random.chance(20) {
            self.register = self.registers.pop_front();
            if let Some((offset, value)) = self.register {
                let addr = AxilAddr {
                    valid: true,
                    addr: offset as u16,
                    ..AxilAddr::default()
                };
                match value {
                    Some(data) => {
                        port.aw = addr;
                        port.w = AxilWrite {
                            valid: true,
                            data,
                            strb: 0xF,
                            ..AxilWrite::default()
                        };
                    }
                    None => port.ar = addr,
                }
            }
        }
        if let Some((offset, value)) = command {
            self.command(offset, value);
        }
    }

    fn command(&mut self, offset: u32, value: u32) {
        let at = |register| context_0(register) == offset;
        if at(&context::SCTLR) {
            self.context.enabled = value & 1 != 0;
        } else if at(&context::TTBR0) {
            self.context.ttbr0 = value;
        } else if at(&context::DACR) {
            self.context.dacr = value;
        } else if at(&context::TLBIVAA) {
            if !self.keeps_entries {
                self.tlb.remove(&(value >> 12));
            }
            if !self.keeps_first_level {
                self.first_level.remove(&(value >> 20));
            }
            self.discard();
        } else if at(&context::TLBIALL) {
            self.tlb.clear();
            self.first_level.clear();
            self.discard();
        } else if at(&context::TLBSYNC) {
            for burst in self.bursts.iter_mut().flatten() {
                burst.held = matches!(burst.state, State::Forward(_) | State::OnBus);
            }
        } else if (s2cr(0)..s2cr(16)).contains(&offset) {
            self.streams[(offset - s2cr(0)) as usize / 4] = value;
            self.look_up_again();
        }
    }

    /// What has not left follows the stream map as it is now.
    fn look_up_again(&mut self) {
        for burst in self.bursts.iter_mut().flatten() {
            if matches!(burst.state, State::Forward(_)) {
                burst.state = State::Lookup;
            }
        }
    }

    fn discard(&mut self) {
        for walk in self.walks.iter_mut().flatten() {
            walk.discard = true;
        }
    }

    fn master_step(&mut self, seen: &AxiCycle) {
        let port = &mut self.now.s_axi;
        for (write, ax) in [seen.ar, seen.aw].into_iter().enumerate() {
            if ax.fires() {
                self.bursts[write].push_back(Burst {
                    ax,
                    state: State::Lookup,
                    r: VecDeque::new(),
                    w: VecDeque::new(),
                    w_complete: false,
                    answer: None,
                    beats: 0,
                    held: false,
                });
            }
        }
        if seen.w.fires() {
            let write = self.bursts[1].iter_mut().find(|write| !write.w_complete);
            let write = write.expect("ready only when there is one");
            write.w.push_back(seen.w);
            write.w_complete = seen.w.last;
        }
        let [reads, writes] = &mut self.requests;
        let random = &mut self.random;
        if !port.ar.valid || seen.ar.fires() {
            port.ar = next(random, reads).unwrap_or_default();
        }
        if !port.aw.valid || seen.aw.fires() {
            port.aw = next(random, writes).unwrap_or_default();
        }
        if !port.w.valid || seen.w.fires() {
            port.w = next(random, &mut self.data).unwrap_or_default();
        }
    }

    fn memory_step(&mut self, seen: &AxiCycle) {
        let port = &mut self.now.m_axi;
        if seen.r.fires() {
            let mut reads = self.bursts[0].iter_mut();
            let read = reads.find(|read| {
                read.ax.id == seen.r.id
                    && read.state == State::OnBus
                    && !read.r.back().is_some_and(|beat| beat.last)
                    && read.answer.is_none()
            });
            let read = read.expect("memory answers what it was asked");
            read.r.push_back(seen.r);
            read.answer = seen.r.last.then_some(Resp::Okay);
        }
        if seen.b.fires() {
            let mut writes = self.bursts[1].iter_mut();
            let write = writes.find(|write| {
                write.ax.id == seen.b.id && write.state == State::OnBus && write.answer.is_none()
            });
            write.expect("memory answers what it was asked").answer = Some(seen.b.resp);
        }
        if !port.r.valid || seen.r.fires() {
            port.r = AxiRead::default();
            if !self.memory_reads.is_empty() && self.random.chance(70) {
                // Any read whose ID no older one has.
                let pick = self.random.below(self.memory_reads.len() as u64) as usize;
                let id = self.memory_reads[pick].0.id;
                let oldest = self.memory_reads.iter().position(|(ar, _)| ar.id == id);
                let oldest = oldest.expect("it is there");
                let (ar, beat) = &mut self.memory_reads[oldest];
                port.r = AxiRead {
                    valid: true,
                    ready: false,
                    id,
                    data: self.random.below(u64::MAX),
                    resp: if self.random.chance(5) {
                        Resp::SlvErr
                    } else {
                        Resp::Okay
                    },
                    last: *beat == u32::from(ar.len),
                };
                *beat += 1;
                if port.r.last {
                    self.memory_reads.remove(oldest);
                }
            }
        }
        if !port.b.valid || seen.b.fires() {
            port.b = AxiResp::default();
            if self.random.chance(30) {
                if let Some(id) = self.memory_answers.pop_front() {
                    port.b = AxiResp {
                        valid: true,
                        ready: false,
                        id,
                        resp: Resp::Okay,
                    };
                }
            }
        }
        if seen.ar.fires() {
            self.memory_reads.push_back((seen.ar, 0));
        }
        if seen.w.fires() {
            let (aw, beats) = self.memory_writes.front_mut().expect("data follows AW");
            *beats += 1;
            if *beats == u32::from(aw.len) + 1 {
                self.memory_answers.push_back(aw.id);
                self.memory_writes.pop_front();
            }
        }
        if seen.aw.fires() {
            self.memory_writes.push_back((seen.aw, 0));
        }
    }

    fn walk_step(&mut self, seen: &AxiCycle) {
        if seen.ar.fires() {
            self.now.m_axi_ptw.ar = AxiAddr::default();
            self.walk_reads.push((seen.ar.id, seen.ar.addr));
        }
        if seen.r.fires() {
            self.now.m_axi_ptw.r = AxiRead::default();
            self.walk_answer(&seen.r);
        }
        if !self.now.m_axi_ptw.r.valid && !self.walk_reads.is_empty() && self.random.chance(40) {
            // Of any ID.
            let pick = self.random.below(self.walk_reads.len() as u64) as usize;
            let (id, at) = self.walk_reads.swap_remove(pick);
            let word = |at| u64::from(self.tables.get(&at).copied().unwrap_or(0));
            self.now.m_axi_ptw.r = AxiRead {
                valid: true,
                id,
                data: word(at + 4) << 32 | word(at),
                last: true,
                ..AxiRead::default()
            };
        }
        for walk in &mut self.walks {
            walk.take_if(|walk| {
                walk.age += u32::from(walk.is_complete());
                let unused = walk.age > KEPT || walk.ahead && walk.is_complete();
                !walk.asked && (walk.discard || unused)
            });
        }
        if self.random.chance(5) && self.context.enabled {
            let iova = (self.random.below(8) as u32) << 12;
            self.begin_walk(iova, true);
        }
        let pick = self.random.below(WALKS as u64) as usize;
        let Some(walk) = &mut self.walks[pick] else {
            return;
        };
        if walk.is_complete() || walk.asked || self.now.m_axi_ptw.ar.valid {
            return;
        }
        walk.asked = true;
        self.now.m_axi_ptw.ar = AxiAddr {
            valid: true,
            id: pick as u8,
            addr: walk.next_read(&self.context) & !7,
            size: 3,
            burst: crate::signals::Burst::Incr,
            cache: 0b0011,
            prot: 0b001,
            ..AxiAddr::default()
        };
    }

    /// Takes in a descriptor and its neighbour.
    fn walk_answer(&mut self, r: &AxiRead) {
        let walk = self.walks[usize::from(r.id)].as_mut();
        let walk = walk.expect("only walks read");
        walk.asked = false;
        if walk.discard {
            return;
        }
        let at = walk.next_read(&self.context);
        let [low, high] = [r.data as u32, (r.data >> 32) as u32];
        let (word, neighbour) = if at & 4 == 0 {
            (low, high)
        } else {
            (high, low)
        };
        if let Some(&first) = walk.values.first() {
            if is_small_page(neighbour) {
                let page = walk.iova >> 12 ^ 1;
                self.tlb.insert(page, vec![first, neighbour]);
            }
            if walk.ahead && is_small_page(word) {
                self.tlb.insert(walk.iova >> 12, vec![first, word]);
            }
        } else {
            let mib = walk.iova >> 20;
            for (mib, word) in [(mib, word), (mib ^ 1, neighbour)] {
                if word & 3 != 0 {
                    self.first_level.insert(mib, word);
                }
            }
        }
        walk.values.push(word);
    }

    /// Begins a walk if one more can be under way.
    fn begin_walk(&mut self, iova: u32, ahead: bool) {
        let known = self.first_level.get(&(iova >> 20)).copied();
        if let Some(free) = self.walks.iter_mut().find(|walk| walk.is_none()) {
            *free = Some(Walk {
                iova,
                ahead,
                values: known.into_iter().collect(),
                asked: false,
                discard: false,
                age: 0,
            });
        }
    }

    /// Looks up any burst that has not been, by what the registers say now.
    fn lookup(&mut self) {
        let path = self.random.below(2) as usize;
        let lookup = |burst: &&Burst| burst.state == State::Lookup;
        let waiting = self.bursts[path].iter().filter(lookup).count();
        if waiting == 0 {
            return;
        }
        let pick = self.random.below(waiting as u64) as usize;
        let of_path = self.bursts[path].iter().enumerate();
        let mut of_path = of_path.filter(|(_, burst)| lookup(burst));
        let index = of_path.nth(pick).expect("there are as many").0;
        let ax = self.bursts[path][index].ax;
        let routing = self.streams[usize::from(ax.user)];
        let state = if BurstShape::from(&ax).check(8).is_err() {
            State::Terminate(Resp::SlvErr)
        } else {
            match routing >> 16 {
                0 if !self.context.enabled => State::Terminate(Resp::SlvErr),
                0 => match self.translated(&ax, path == 1) {
                    Some(Ok(pa)) => State::Forward(pa),
                    Some(Err(_)) => State::Terminate(Resp::SlvErr),
                    None => return,
                },
                1 => State::Forward(ax.addr),
                _ => State::Terminate(Resp::DecErr),
            }
        };
        self.bursts[path][index].state = state;
    }

    /// The physical address or the fault of a burst; `None` while it is walked for.
    fn translated(&mut self, ax: &AxiAddr, write: bool) -> Option<Result<u32, Fault>> {
        let page = ax.addr >> 12;
        let found = |walk: &&mut Option<Walk>| {
            let walk = walk.as_ref();
            walk.is_some_and(|walk| walk.iova >> 12 == page && !walk.discard && !walk.ahead)
        };
        let values = match (self.tlb.get(&page), self.walks.iter_mut().find(found)) {
            (Some(values), _) => values.clone(),
            (None, Some(walk)) => walk.take_if(|walk| walk.is_complete())?.values,
            (None, None) => {
                self.begin_walk(ax.addr, false);
                return None;
            }
        };
        let access = Access {
            iova: ax.addr,
            write,
            privileged: ax.prot & 1 != 0,
            instruction: ax.prot & 4 != 0,
        };
        let mut words = values.iter();
        let mut memory = |_| words.next().copied().ok_or(BusFault);
        let result = translate(&self.context, access, &mut memory).map(|t| t.pa);
        if !result.is_err_and(|fault| !fault.may_be_cached()) && self.random.chance(80) {
            self.tlb.insert(page, values);
        }
        Some(result)
    }

    /// Puts what is to be forwarded on `m_axi`, per path in order.
    fn forward(&mut self, seen: &Cycle) {
        let port = &mut self.now.m_axi;
        for (path, (now, before)) in [
            (&mut port.ar, &seen.m_axi.ar),
            (&mut port.aw, &seen.m_axi.aw),
        ]
        .into_iter()
        .enumerate()
        {
            if before.valid && !before.ready {
                continue;
            }
            *now = AxiAddr::default();
            let bursts = &self.bursts[path];
            let waits = |burst: &Burst| matches!(burst.state, State::Forward(_) | State::Lookup);
            // Reads keep the order of their ID, and writes that of all.
            let is_next = |index: &usize| {
                let burst = &bursts[*index];
                let mut before = bursts.iter().take(*index);
                matches!(burst.state, State::Forward(_))
                    && !before
                        .any(|other| waits(other) && (path == 1 || other.ax.id == burst.ax.id))
            };
            let next: Vec<usize> = (0..bursts.len()).filter(is_next).collect();
            if next.is_empty() {
                continue;
            }
            let pick = next[self.random.below(next.len() as u64) as usize];
            let burst = &mut self.bursts[path][pick];
            if let State::Forward(addr) = burst.state {
                burst.state = State::OnBus;
                *now = AxiAddr {
                    addr,
                    user: 0,
                    lock: false,
                    ready: false,
                    ..burst.ax
                };
            }
        }
        if port.w.valid && !seen.m_axi.w.ready {
            return;
        }
        port.w = AxiWrite::default();
        // Data follows an address that was accepted, and goes on in the order of addresses.
        let due = usize::from(!self.memory_writes.is_empty());
        let mut on_bus = self.bursts[1]
            .iter_mut()
            .filter(|write| write.state == State::OnBus && write.beats <= u32::from(write.ax.len));
        if let Some(write) = on_bus.next().filter(|_| due != 0) {
            if let Some(w) = write.w.pop_front() {
                write.beats += 1;
                port.w = AxiWrite { ready: false, ..w };
            }
        }
    }

    fn respond(&mut self, seen: &AxiCycle) {
        let port = &mut self.now.s_axi;
        if !port.r.valid || seen.r.fires() {
            port.r = AxiRead::default();
            let candidates = match self.disorders_ids {
                true => (0..self.bursts[0].len()).collect(),
                false => oldest_of_each_id(&self.bursts[0]),
            };
            let ready = candidates
                .into_iter()
                .filter(|&index| {
                    let read = &self.bursts[0][index];
                    matches!(read.state, State::Terminate(_)) || !read.r.is_empty()
                })
                .collect::<Vec<_>>();
            if !ready.is_empty() && self.random.chance(80) {
                let index = ready[self.random.below(ready.len() as u64) as usize];
                let read = &mut self.bursts[0][index];
                port.r = match read.state {
                    State::Terminate(resp) => AxiRead {
                        valid: true,
                        id: read.ax.id,
                        resp,
                        last: read.beats == u32::from(read.ax.len),
                        ..AxiRead::default()
                    },
                    _ => AxiRead {
                        ready: false,
                        ..read.r.pop_front().expect("a beat is there")
                    },
                };
                read.beats += 1;
                if port.r.last {
                    self.bursts[0].remove(index);
                }
            }
        }
        if !port.b.valid || seen.b.fires() {
            port.b = AxiResp::default();
            let answered = oldest_of_each_id(&self.bursts[1])
                .into_iter()
                .find_map(|index| {
                    let write = &self.bursts[1][index];
                    let resp = match write.state {
                        State::Terminate(resp) => write.w_complete.then_some(resp),
                        _ => write.answer,
                    };
                    resp.map(|resp| (index, write.ax.id, resp))
                });
            if let Some((index, id, resp)) = answered {
                self.bursts[1].remove(index);
                port.b = AxiResp {
                    valid: true,
                    ready: false,
                    id,
                    resp,
                };
            }
        }
    }
}

fn next<T>(random: &mut Random, queue: &mut VecDeque<T>) -> Option<T> {
    random.chance(70).then(|| queue.pop_front()).flatten()
}

fn oldest_of_each_id(bursts: &VecDeque<Burst>) -> Vec<usize> {
    let mut seen = [false; 256];
    let mut oldest = Vec::new();
    for (index, burst) in bursts.iter().enumerate() {
        if !std::mem::replace(&mut seen[usize::from(burst.ax.id)], true) {
            oldest.push(index);
        }
    }
    oldest
}
