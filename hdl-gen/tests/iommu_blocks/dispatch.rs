//! The front half of a path between a master, memory, a terminator, a walker and a fault collector.

use std::collections::{BTreeMap, VecDeque};

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::OUTSTANDING;
use hdl_gen::iommu::dispatch::Dispatch;
use hdl_gen::iommu::types::*;

use crate::iommu::{self, n, Sim};
use crate::lookup::{bank, fate, Fate};
use crate::mapping::{walk, Tables};

/// A transaction that memory has.
struct Sent {
    burst: Burst,
    route: Route,
    error: bool,
    done: bool,
    malformed: bool,
}

struct Bench {
    b: Sim<Dispatch>,
    rng: Rng,
    write: bool,
    tables: Tables,
    routes: [Route; 4],
    banks: [ContextState; 2],
    /// Chance in tenths of READY of memory and of both fault ports.
    m_ready: u32,
    fault_ready: u32,
    /// Chance in tenths that memory answers in a cycle.
    answers: u32,
    offered: Option<Burst>,
    /// Accepted from the master, not yet decided.
    waiting: VecDeque<Burst>,
    /// What the oldest of them would become in the last cycle.
    due: Option<(Fate, Route)>,
    outstanding: Vec<Sent>,
    /// ID that the terminator is answering.
    terminating: Option<u64>,
    terminating_before: Option<u64>,
    held: Option<Burst>,
    asked: bool,
    late: VecDeque<Fault>,
    accepted: u32,
    passed: u32,
    terminated: BTreeMap<u64, u32>,
    late_faults: u32,
}

impl Bench {
    fn new(seed: u64, write: bool) -> Self {
        let mut rng = Rng::new(seed);
        let route = |kind: u64, context: u64| Route {
            bypass: kind == 1,
            translate: kind == 0,
            context: context.into(),
        };
        let banks = [bank(&mut rng, 0), bank(&mut rng, 1)];
        let mut b = Sim::new(Dispatch::default(), |b| &mut b.clock);
        b.write.next = write;
        Self {
            b,
            rng,
            write,
            tables: Tables::default(),
            routes: [route(0, 0), route(0, 1), route(1, 1), route(2, 0)],
            banks,
            m_ready: 8,
            fault_ready: 7,
            answers: 4,
            offered: None,
            waiting: VecDeque::new(),
            due: None,
            outstanding: vec![],
            terminating: None,
            terminating_before: None,
            held: None,
            asked: false,
            late: VecDeque::new(),
            accepted: 0,
            passed: 0,
            terminated: BTreeMap::new(),
            late_faults: 0,
        }
    }

    fn fault(&self, burst: &Burst, route: &Route, status: u64) -> Fault {
        let prot = n(burst.prot);
        Fault {
            iova: burst.addr,
            status: status.into(),
            write: self.write,
            privileged: prot & 1 == 1,
            instruction: prot & 4 == 4,
            in_context: route.translate,
            context: route.context,
            stream: burst.stream,
            id: burst.id,
        }
    }

    fn cycle(&mut self, command: TlbCommand) {
        self.drive(command);
        self.upstream();
        self.downstream();
        self.terminator();
        self.responses();
        self.b.edge();
    }

    fn drive(&mut self, command: TlbCommand) {
        let (b, rng) = (&mut self.b, &mut self.rng);
        b.command.next = command;
        b.s_valid.next = self.offered.is_some();
        b.s_burst.next = self.offered.unwrap_or_else(|| iommu::burst(rng));
        b.m_ready.next = rng.chance(self.m_ready, 10);
        b.fault_ready.next = rng.chance(self.fault_ready, 10);
        b.late_ready.next = rng.chance(self.fault_ready, 10);
        b.terminator_busy.next = self.terminating.is_some();
        b.terminator_id.next = self.terminating.unwrap_or_else(|| rng.below(4)).into();
        (b.walk_fill.next, b.walk_fault.next) = (false, false);
        (b.response.next, b.data_done.next) = (false, false);
        // The stream map and the context banks answer in the same cycle.
        b.settle();
        let route = self.routes[n(b.stream.val()) as usize % 4];
        b.route.next = route;
        b.bank.next = self.banks[n(route.context) as usize];
        b.settle();
        let asked = std::mem::replace(&mut self.asked, b.walk.val());
        if asked && b.walk.val() && rng.chance(5, 10) {
            self.asked = false;
            let request = b.walk_request.val();
            let walk = walk(&self.tables, request).result;
            b.walk_fill.next = walk.is_ok();
            b.walk_fault.next = walk.is_err();
            b.walk_status.next = walk.err().unwrap_or(0).into();
            b.walk_translation.next = walk.unwrap_or(Translation {
                context: request.context,
                asid: request.asid,
                vpn: request.vpn,
                ..Translation::default()
            });
        }
        // An answer of memory's.
        let late = b.late_valid.val();
        let ids: Vec<u64> = self
            .outstanding
            .iter()
            .map(|sent| n(sent.burst.id))
            .collect();
        let id = rng.pick(&ids).unwrap_or(0);
        if let Some(at) = ids.iter().position(|&of| of == id) {
            b.response.next = !late && self.outstanding[at].done && rng.chance(self.answers, 10);
        }
        b.response_id.next = id.into();
        b.response_resp.next = rng.pick(&[0, 0, 0, 0, 1, 2, 3]).unwrap_or(0).into();
        b.response_last.next = self.write || rng.chance(2, 3);
        b.data_done.next = self.outstanding.iter().any(|sent| !sent.done) && rng.bit();
        b.data_malformed.next = rng.chance(1, 6);
        b.settle();
    }

    /// What the master sees, and the fate of its oldest burst in this cycle.
    fn upstream(&mut self) {
        let b = &self.b;
        let accepted = b.s_valid.val() && b.s_ready.val();
        assert_eq!(b.count_burst.val(), accepted);
        self.accepted += u32::from(accepted);
        if accepted {
            self.waiting.extend(self.offered.take());
        }
    }

    /// What memory sees.
    fn downstream(&mut self) {
        let b = &self.b;
        let sent = b.m_valid.val().then(|| b.m_burst.val());
        if self.held.is_some() {
            assert_eq!(sent, self.held, "a waiting address changed");
        } else if let Some(sent) = sent {
            // It was decided in the last cycle.
            let burst = self.waiting.pop_front().expect("a burst out of nothing");
            let (fate, route) = self.due.expect("a decision");
            let Fate::Pass { addr, cache } = fate else {
                panic!("{burst:?} passed, {fate:?}");
            };
            let expected = Burst {
                addr: addr.into(),
                cache: cache.into(),
                ..burst
            };
            assert_eq!(sent, expected);
            assert_ne!(self.terminating_before, Some(n(burst.id)), "ID order");
            self.outstanding.push(Sent {
                burst,
                route,
                error: false,
                done: !self.write,
                malformed: false,
            });
            assert!(self.outstanding.len() <= OUTSTANDING);
            self.passed += 1;
        }
        self.held = sent.filter(|_| !b.m_ready.val());
        self.due = self.waiting.front().map(|burst| {
            let route = self.routes[n(burst.stream) as usize];
            let bank = &self.banks[n(route.context) as usize];
            let fate = fate(&self.tables, burst, self.write, &route, bank);
            (fate, route)
        });
    }

    fn terminator(&mut self) {
        let b = &self.b;
        self.terminating_before = self.terminating;
        assert_eq!(
            b.terminate.val(),
            b.fault_valid.val() && b.fault_ready.val()
        );
        if b.terminate.val() {
            let burst = self.waiting.pop_front().expect("a burst out of nothing");
            let (fate, route) = self.due.expect("a decision");
            let Fate::Fault {
                status,
                decode_error,
            } = fate
            else {
                panic!("{burst:?} terminated, {fate:?}");
            };
            assert_eq!(b.fault.val(), self.fault(&burst, &route, status));
            assert_eq!(b.terminate_id.val(), burst.id);
            assert_eq!(b.leaving_len.val(), burst.len);
            assert_eq!(n(b.terminate_resp.val()), if decode_error { 3 } else { 2 });
            assert_eq!(self.terminating, None, "the terminator is busy");
            let same_id = |sent: &Sent| sent.burst.id == burst.id;
            assert!(!self.outstanding.iter().any(same_id), "ID order");
            self.terminating = Some(n(burst.id));
            *self.terminated.entry(status).or_insert(0) += 1;
        } else if self.rng.chance(1, 4) {
            self.terminating = None;
        }
    }

    fn responses(&mut self) {
        let b = &self.b;
        if b.late_valid.val() {
            assert_eq!(Some(&b.late.val()), self.late.front());
            if b.late_ready.val() {
                self.late.pop_front();
                self.late_faults += 1;
            }
        } else {
            assert!(self.late.is_empty(), "a fault was lost");
        }
        let of = |sent: &Sent| sent.burst.id == b.response_id.val();
        if let Some(at) = self
            .outstanding
            .iter()
            .position(of)
            .filter(|_| b.response.val())
        {
            let sent = &mut self.outstanding[at];
            assert_eq!(b.answered_malformed.val(), sent.malformed);
            assert!(!self.write || !b.answered_open.val());
            sent.error |= n(b.response_resp.val()) > 1;
            if b.response_last.val() {
                let sent = self.outstanding.remove(at);
                let status = if sent.malformed { 0x12 } else { 0x08 };
                if sent.malformed || sent.error {
                    self.late
                        .push_back(self.fault(&sent.burst, &sent.route, status));
                }
            }
        }
        // Of several whose data is not done, the oldest.
        if b.data_done.val() {
            let mut undone = self.outstanding.iter_mut().filter(|sent| !sent.done);
            let sent = undone.next().expect("data for somebody");
            sent.done = true;
            sent.malformed = b.data_malformed.val();
        }
    }
}

fn bursts_go_in_order_to_memory_or_to_the_terminator(seed: u64, write: bool) {
    let mut t = Bench::new(seed, write);
    let mut full = 0;
    for cycle in 0..12_000 {
        // Now and then nothing but bursts that pass, and slow answers.
        let crowded = cycle % 2000 < 500;
        t.answers = if crowded { 1 } else { 4 };
        if cycle % 500 == 0 {
            let pace = t.rng.below(9) as u32;
            (t.m_ready, t.fault_ready) = (2 + pace, 10 - pace);
        }
        if t.offered.is_none() && t.rng.chance(8, 10) {
            let any = iommu::burst(&mut t.rng);
            t.offered = Some(if crowded {
                plain(2, n(any.id), n(any.addr) & !0xFFF)
            } else {
                any
            });
        }
        let changes = t.rng.chance(1, 100);
        t.cycle(TlbCommand {
            invalidate: changes,
            ..TlbCommand::default()
        });
        if changes {
            t.tables.version = t.tables.version.map(|version| version + 1);
            t.banks = [bank(&mut t.rng, 0), bank(&mut t.rng, 1)];
        }
        full += u32::from(t.outstanding.len() == OUTSTANDING);
    }
    t.offered = None;
    (t.m_ready, t.fault_ready, t.answers) = (10, 10, 5);
    for _ in 0..1000 {
        t.cycle(TlbCommand::default());
    }
    let terminated: u32 = t.terminated.values().sum();
    assert_eq!(t.accepted, t.passed + terminated);
    assert!(t.outstanding.is_empty() && t.late.is_empty());
    let seen = (t.passed, terminated, t.late_faults, full);
    assert!(
        seen.0 > 500 && seen.1 > 500 && seen.2 > 100 && seen.3 > 500,
        "{seen:?}"
    );
    assert!(t.terminated.len() > 10, "{:?}", t.terminated);
}

#[test]
fn reads_go_in_order_to_memory_or_to_the_terminator() {
    bursts_go_in_order_to_memory_or_to_the_terminator(1, false);
}

#[test]
fn writes_go_in_order_to_memory_or_to_the_terminator() {
    bursts_go_in_order_to_memory_or_to_the_terminator(2, true);
}

/// A bench for one burst a cycle: everybody is ready.
fn eager() -> Bench {
    let mut t = Bench::new(3, false);
    (t.m_ready, t.fault_ready) = (10, 10);
    t
}

fn plain(stream: u64, id: u64, addr: u64) -> Burst {
    Burst {
        id: id.into(),
        addr: addr.into(),
        size: 3.into(),
        burst: 1.into(),
        stream: stream.into(),
        ..Burst::default()
    }
}

#[test]
fn bursts_that_hit_pass_one_a_cycle_two_cycles_after_they_came() {
    let mut t = eager();
    t.banks[0] = ContextState {
        enabled: true,
        base: Tables::base(0, 3).into(),
        dacr: u64::from(u32::MAX).into(),
        ..ContextState::default()
    };
    // A page that is mapped, then fills the TLB.
    let mapped = |t: &Bench, addr| {
        let burst = plain(0, 0, addr);
        let fate = fate(&t.tables, &burst, false, &t.routes[0], &t.banks[0]);
        matches!(fate, Fate::Pass { .. })
    };
    let page = (0..)
        .map(|page| page << 12)
        .find(|&page| mapped(&t, page))
        .unwrap();
    for stream in [2, 0] {
        t.offered = Some(plain(stream, 0, page));
        while t.passed == 0 || !t.outstanding.is_empty() {
            t.cycle(TlbCommand::default());
        }
        // Up to the limit of transactions outstanding, with no answers.
        t.passed = 0;
        for cycle in 0..OUTSTANDING as u64 + 2 {
            let b = &mut t.b;
            b.s_valid.next = true;
            b.s_burst.next = plain(stream, cycle % 4, page + 8 * cycle);
            b.response.next = false;
            b.m_ready.next = true;
            b.settle();
            assert!(b.s_ready.val(), "cycle {cycle}");
            assert_eq!(b.m_valid.val(), cycle > 1, "cycle {cycle}");
            if cycle > 1 {
                assert_eq!(n(b.m_burst.val().addr) & 0xFFF, 8 * (cycle - 2));
            }
            b.edge();
        }
        t = {
            let (routes, banks) = (t.routes, t.banks);
            Bench {
                routes,
                banks,
                ..eager()
            }
        };
    }
}

#[test]
fn a_termination_waits_for_its_record() {
    let mut t = eager();
    t.fault_ready = 0;
    t.offered = Some(plain(3, 1, 0x1000));
    for _ in 0..20 {
        t.cycle(TlbCommand::default());
        assert!(t.terminated.is_empty());
    }
    assert!(t.b.fault_valid.val());
    t.fault_ready = 10;
    t.cycle(TlbCommand::default());
    assert_eq!(t.terminated.get(&0x10), Some(&1));
}
