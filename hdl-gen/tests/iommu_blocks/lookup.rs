//! The lookup stage with a walker at hand, against what the tables say.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::lookup::Lookup;
use hdl_gen::iommu::types::*;

use crate::attributes;
use crate::iommu::{self, n, Sim};
use crate::mapping::{physical, walk, Tables};
use crate::permission::{self, Access};

/// What is to become of a burst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    Pass { addr: u64, cache: u64 },
    Fault { status: u64, decode_error: bool },
}

/// What the tables, and the rules above them, say of a burst.
pub fn fate(
    tables: &Tables,
    burst: &Burst,
    write: bool,
    route: &Route,
    bank: &ContextState,
) -> Fate {
    let fault = |status| Fate::Fault {
        status,
        decode_error: false,
    };
    if !route.bypass && !route.translate {
        return Fate::Fault {
            status: 0x10,
            decode_error: true,
        };
    }
    let (addr, cache) = (n(burst.addr), n(burst.cache));
    if !crate::burst_check::legal(addr, n(burst.len), n(burst.size), n(burst.burst)) {
        return fault(0x12);
    }
    if route.bypass {
        return Fate::Pass { addr, cache };
    }
    if !bank.enabled {
        return fault(0x11);
    }
    let request = WalkRequest {
        context: route.context,
        asid: bank.asid,
        vpn: (addr >> 12).into(),
        base: bank.base,
        afe: bank.afe,
    };
    let page = match walk(tables, request).result {
        Ok(page) => page,
        Err(status) => return fault(status),
    };
    let prot = n(burst.prot);
    let access = Access {
        write,
        privileged: prot & 1 == 1,
        instruction: prot & 4 == 4,
    };
    match permission::expected(&page, bank.afe, n(bank.dacr) as u32, access) {
        0 => {
            let (read_cache, write_cache) = attributes::of(n(page.memory));
            let own = if write { write_cache } else { read_cache };
            Fate::Pass {
                addr: physical(&page, addr),
                cache: if bank.mtcfg { own } else { cache },
            }
        }
        status => fault(status),
    }
}

/// A bank of `context` that is mostly on, over its own tables.
pub fn bank(rng: &mut Rng, context: u64) -> ContextState {
    ContextState {
        base: Tables::base(context, 3).into(),
        ..iommu::bank(rng)
    }
}

/// Of the pages of both contexts.
pub fn burst(rng: &mut Rng) -> Burst {
    iommu::burst(rng)
}

struct Bench {
    b: Sim<Lookup>,
    rng: Rng,
    tables: Tables,
    hits: u32,
    misses: u32,
    walks: u32,
    /// The walk is asked for since an earlier cycle.
    asked: bool,
}

impl Bench {
    fn new(seed: u64, write: bool) -> Self {
        let mut b = Sim::new(Lookup::default(), |b| &mut b.clock);
        b.write.next = write;
        Self {
            b,
            rng: Rng::new(seed),
            tables: Tables::default(),
            hits: 0,
            misses: 0,
            walks: 0,
            asked: false,
        }
    }

    /// A cycle in which the walker answers with `chance` in ten; what is decided in it.
    fn cycle(&mut self, chance: u32, command: TlbCommand) -> Option<Fate> {
        let b = &mut self.b;
        b.command.next = command;
        (b.walk_fill.next, b.walk_fault.next) = (false, false);
        b.settle();
        let asked = std::mem::replace(&mut self.asked, b.walk.val());
        if asked && b.walk.val() && self.rng.chance(chance, 10) {
            self.asked = false;
            self.walks += 1;
            match walk(&self.tables, b.walk_request.val()).result {
                Ok(page) => {
                    b.walk_fill.next = true;
                    b.walk_translation.next = page;
                }
                Err(status) => {
                    let asked = b.walk_request.val();
                    b.walk_fault.next = true;
                    b.walk_status.next = status.into();
                    b.walk_translation.next = Translation {
                        context: asked.context,
                        asid: asked.asid,
                        vpn: asked.vpn,
                        ..iommu::translation(&mut self.rng)
                    };
                }
            }
            b.settle();
        }
        self.hits += u32::from(b.count_hit.val());
        self.misses += u32::from(b.count_miss.val());
        let fate = b.ready.val().then(|| match b.pass.val() {
            true => Fate::Pass {
                addr: n(b.address.val()),
                cache: n(b.cache.val()),
            },
            false => Fate::Fault {
                status: n(b.status.val()),
                decode_error: b.decode_error.val(),
            },
        });
        b.edge();
        fate
    }

    fn expected(&self) -> Fate {
        let b = &self.b;
        let (burst, route, bank) = (b.burst.val(), b.route.val(), b.bank.val());
        fate(&self.tables, &burst, b.write.val(), &route, &bank)
    }

    fn decided(&mut self) -> Fate {
        for _ in 0..200 {
            if let Some(fate) = self.cycle(5, TlbCommand::default()) {
                return fate;
            }
        }
        panic!("no decision");
    }

    fn advance(&mut self) {
        self.b.advance.next = true;
        self.cycle(0, TlbCommand::default());
        self.b.advance.next = false;
    }
}

fn bursts_fare_as_the_tables_say(seed: u64, write: bool) {
    let mut t = Bench::new(seed, write);
    let mut statuses = std::collections::BTreeMap::new();
    let mut translated = 0;
    for round in 0..3000 {
        // Tables change only with an invalidation of their context, or of all.
        if t.rng.chance(1, 40) {
            let all = t.rng.bit();
            let context = t.rng.below(2);
            for of in (0..2).filter(|&of| all || of == context) {
                t.tables.version[of as usize] += 1;
            }
            t.b.valid.next = false;
            t.cycle(
                0,
                TlbCommand {
                    invalidate: true,
                    by_context: !all,
                    context: context.into(),
                    ..TlbCommand::default()
                },
            );
        }
        let route = iommu::route(&mut t.rng);
        t.b.route.next = route;
        t.b.bank.next = bank(&mut t.rng, n(route.context));
        t.b.burst.next = burst(&mut t.rng);
        t.b.valid.next = true;
        let counted = (t.hits, t.misses, t.walks);
        t.b.settle();
        let expected = t.expected();
        assert_eq!(
            t.decided(),
            expected,
            "round {round}: {:?}",
            t.b.burst.val()
        );
        // The decision stands as long as nobody takes it.
        for _ in 0..t.rng.below(4) {
            assert_eq!(t.cycle(5, TlbCommand::default()), Some(expected));
        }
        t.advance();
        let looked_up = route.translate
            && t.b.bank.val().enabled
            && !matches!(expected, Fate::Fault { status: 0x12, .. });
        let (hit, missed) = (t.hits - counted.0, t.misses - counted.1);
        assert_eq!(hit + missed, u32::from(looked_up), "round {round}");
        assert_eq!(t.walks - counted.2, missed, "a walk a miss");
        translated += u32::from(looked_up);
        let status = match expected {
            Fate::Pass { .. } => 0,
            Fate::Fault { status, .. } => status,
        };
        *statuses.entry(status).or_insert(0) += 1;
    }
    assert!(t.hits > 300 && t.misses > 300 && translated > 1500);
    assert_eq!(statuses.len(), 14, "{statuses:?}");
}

#[test]
fn reads_fare_as_the_tables_say() {
    bursts_fare_as_the_tables_say(1, false);
}

#[test]
fn writes_fare_as_the_tables_say() {
    bursts_fare_as_the_tables_say(2, true);
}

/// A legal burst to a page of context 0 that faults in its walk with version 0 of the tables, and
/// has another fate with version 1.
fn faulting(t: &mut Bench) -> (Fate, Fate) {
    t.b.route.next = Route {
        translate: true,
        ..Route::default()
    };
    t.b.bank.next = ContextState {
        enabled: true,
        base: Tables::base(0, 3).into(),
        dacr: u64::from(u32::MAX).into(),
        ..ContextState::default()
    };
    t.b.valid.next = true;
    loop {
        t.b.burst.next = Burst {
            addr: (n(t.rng.bits::<20>()) << 12).into(),
            size: 3.into(),
            burst: 1.into(),
            ..Burst::default()
        };
        t.tables.version[0] = 1;
        t.b.settle();
        let after = t.expected();
        t.tables.version[0] = 0;
        let before = t.expected();
        if matches!(before, Fate::Fault { .. }) && before != after {
            return (before, after);
        }
    }
}

#[test]
fn a_waiting_fault_is_looked_at_anew_after_an_invalidation_or_synchronisation() {
    for invalidate in [false, true] {
        let mut t = Bench::new(3, false);
        let (before, after) = faulting(&mut t);
        assert_eq!(t.decided(), before);
        t.tables.version[0] = 1;
        t.cycle(
            0,
            TlbCommand {
                invalidate,
                sync: !invalidate,
                ..TlbCommand::default()
            },
        );
        assert_eq!(t.decided(), after);
    }
}

#[test]
fn a_walk_for_a_burst_whose_route_changed_is_no_fault_of_it() {
    let mut t = Bench::new(4, false);
    faulting(&mut t);
    t.cycle(0, TlbCommand::default());
    // Stream bound elsewhere while the walk for the old context is under way.
    let wanted = t.b.walk_request.val();
    t.b.route.next = Route {
        translate: true,
        context: 1.into(),
        ..Route::default()
    };
    t.b.walk_fault.next = true;
    t.b.walk_status.next = 5.into();
    t.b.walk_translation.next = Translation {
        context: wanted.context,
        vpn: wanted.vpn,
        ..Translation::default()
    };
    t.b.cycle();
    t.b.walk_fault.next = false;
    t.b.settle();
    assert!(t.b.walk.val() && !t.b.ready.val());
    assert_eq!(n(t.b.walk_request.val().context), 1);
}
