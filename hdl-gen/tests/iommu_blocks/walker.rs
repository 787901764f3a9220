//! The walker between two paths and tables in memory.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::types::*;
use hdl_gen::iommu::walker::Walker;

use crate::iommu::{n, Sim};
use crate::mapping::{request, walk, Tables};

const READ: usize = 0;
const WRITE: usize = 1;

type Outcome = Result<Translation, u64>;

struct Bench {
    b: Sim<Walker>,
    rng: Rng,
    tables: Tables,
    /// What the paths want.
    asked: [Option<WalkRequest>; 2],
    /// Chance in tenths of ARREADY and of RVALID.
    eager: u32,
    /// ARADDR that stands and is not yet taken.
    held: Option<u32>,
    /// Address of the read under way.
    reading: Option<u32>,
    /// Addresses read since the last walk began.
    reads: Vec<u32>,
    walks: u32,
}

impl Bench {
    fn new(seed: u64, eager: u32) -> Self {
        Self {
            b: Sim::new(Walker::default(), |b| &mut b.clock),
            rng: Rng::new(seed),
            tables: Tables::default(),
            asked: [None; 2],
            eager,
            held: None,
            reading: None,
            reads: vec![],
            walks: 0,
        }
    }

    /// A cycle; which path gets a result, and what.
    fn cycle(&mut self, command: TlbCommand) -> Option<(usize, Outcome)> {
        let (b, rng) = (&mut self.b, &mut self.rng);
        // A path whose TLB is busy does not ask.
        b.read_walk.next = self.asked[READ].is_some() && !command.invalidate;
        b.write_walk.next = self.asked[WRITE].is_some() && !command.invalidate;
        b.read_request.next = self.asked[READ].unwrap_or_else(|| request(rng));
        b.write_request.next = self.asked[WRITE].unwrap_or_else(|| request(rng));
        b.command.next = command;
        let port = &mut b.m_axi_ptw;
        port.arready.next = rng.chance(self.eager, 10);
        let answer = self.reading.filter(|_| rng.chance(self.eager, 10));
        port.rvalid.next = answer.is_some();
        port.rid.next = 0.into();
        port.rlast.next = true;
        // The word is in its lane, and the other lane has something else.
        let word = answer.and_then(|addr| self.tables.read(addr));
        let (lane, other) = (answer.unwrap_or(0) & 4, n(rng.bits::<32>()));
        let word_or_any = word.map_or(other, u64::from);
        port.rdata.next = (word_or_any << (8 * lane) | other << (32 - 8 * lane)).into();
        let codes = if word.is_some() { [0, 1] } else { [2, 3] };
        port.rresp.next = rng.pick(&codes).unwrap_or(0).into();
        b.settle();

        let port = &b.m_axi_ptw;
        if port.arvalid.val() {
            let addr = n(port.araddr.val()) as u32;
            assert!(self.held.is_none_or(|held| held == addr), "ARADDR changed");
            let shape = (port.arlen.val(), port.arsize.val(), port.arburst.val());
            assert_eq!(shape, (0.into(), 2.into(), 1.into()));
            assert!(self.reading.is_none(), "two reads at once");
            self.held = Some(addr);
            if port.arready.val() {
                self.held = None;
                self.reading = Some(addr);
                self.reads.push(addr);
            }
        } else {
            assert!(self.held.is_none(), "ARVALID fell before ARREADY");
        }
        if port.rvalid.val() && port.rready.val() {
            self.reading = None;
        }
        if b.count_walk.val() {
            self.walks += 1;
            self.reads.clear();
        }
        let done = [
            (b.read_fill.val(), READ, true),
            (b.write_fill.val(), WRITE, true),
            (b.read_fault.val(), READ, false),
            (b.write_fault.val(), WRITE, false),
        ];
        let mut done = done.into_iter().filter(|&(pulse, ..)| pulse);
        let result = done.next().map(|(_, path, fill)| {
            assert!(
                !command.invalidate,
                "a result in the cycle of an invalidation"
            );
            let status = n(b.status.val());
            (
                path,
                if fill {
                    Ok(b.translation.val())
                } else {
                    Err(status)
                },
            )
        });
        assert_eq!(done.next(), None, "two results at once");
        b.edge();
        result
    }

    /// The result of the one walk that is wanted.
    fn result(&mut self) -> (usize, Outcome) {
        for _ in 0..1000 {
            if let Some(result) = self.cycle(TlbCommand::default()) {
                return result;
            }
        }
        panic!("a walk does not end");
    }
}

#[test]
fn each_walk_reads_and_ends_as_the_tables_say() {
    let mut t = Bench::new(1, 6);
    for _ in 0..4000 {
        let path = usize::from(t.rng.bit());
        let wanted = request(&mut t.rng);
        t.asked[path] = Some(wanted);
        let (served, result) = t.result();
        t.asked[path] = None;
        let expected = walk(&t.tables, wanted);
        assert_eq!((served, &result), (path, &expected.result), "{wanted:?}");
        assert_eq!(t.reads, expected.reads, "{wanted:?}");
    }
    assert_eq!(t.walks, 4000);
}

#[test]
fn paths_that_both_want_walks_take_turns() {
    let mut t = Bench::new(2, 8);
    let mut last = None;
    for _ in 0..400 {
        for path in [READ, WRITE] {
            if t.asked[path].is_none() {
                t.asked[path] = Some(request(&mut t.rng));
            }
        }
        let (path, result) = t.result();
        let wanted = t.asked[path].take().unwrap();
        assert_eq!(result, walk(&t.tables, wanted).result);
        assert_ne!(last, Some(path), "one path twice running");
        last = Some(path);
    }
}

/// An invalidation or synchronisation of one context, or of all.
fn command(rng: &mut Rng, context: Option<u64>) -> TlbCommand {
    let sync = rng.bit();
    TlbCommand {
        sync,
        invalidate: !sync,
        by_context: context.is_some(),
        context: context.unwrap_or_else(|| rng.below(8)).into(),
        by_va: rng.bit(),
        by_asid: rng.bit(),
        ..TlbCommand::default()
    }
}

/// Tables change under the walker's hands, and it is told in the same cycle.
#[test]
fn a_walk_from_before_a_command_that_concerns_it_gives_no_result() {
    let mut t = Bench::new(3, 5);
    let mut results = 0;
    for _ in 0..30_000 {
        for path in [READ, WRITE] {
            if t.asked[path].is_none() && t.rng.chance(1, 3) {
                t.asked[path] = Some(request(&mut t.rng));
            }
        }
        let mut told = TlbCommand::default();
        if t.rng.chance(1, 12) {
            let context = t.rng.below(8);
            let any_asked = t.asked.iter().flatten().next().map(|r| n(r.context));
            let context = any_asked.filter(|_| t.rng.bit()).unwrap_or(context);
            if t.rng.chance(1, 4) {
                t.tables.version = t.tables.version.map(|version| version + 1);
                told = command(&mut t.rng, None);
            } else {
                t.tables.version[context as usize] += 1;
                told = command(&mut t.rng, Some(context));
            }
        }
        if let Some((path, result)) = t.cycle(told) {
            let wanted = t.asked[path].take().expect("a result that nobody wants");
            assert_eq!(result, walk(&t.tables, wanted).result, "{wanted:?}");
            results += 1;
        }
    }
    // Some walks were begun again, most were not.
    assert!(results > 1500, "{results}");
    assert!(
        t.walks > results + 300 && t.walks < 2 * results,
        "{} {results}",
        t.walks
    );
}

#[test]
fn a_command_for_another_context_disturbs_no_walk() {
    let mut t = Bench::new(4, 5);
    for _ in 0..300 {
        let wanted = request(&mut t.rng);
        t.asked[READ] = Some(wanted);
        let other = n(wanted.context) ^ (1 + t.rng.below(7));
        let mut result = None;
        while result.is_none() {
            let mut told = TlbCommand::default();
            if t.rng.chance(1, 3) {
                told = command(&mut t.rng, Some(other));
            }
            result = t.cycle(told);
            assert_eq!(n(t.b.waits.val()), 0);
        }
        t.asked[READ] = None;
        assert_eq!(result, Some((READ, walk(&t.tables, wanted).result)));
    }
    assert_eq!(t.walks, 300);
}

#[test]
fn a_synchronisation_waits_for_the_read_under_way() {
    let mut t = Bench::new(5, 3);
    let mut stopped = 0;
    for delay in 0..200 {
        let wanted = request(&mut t.rng);
        let context = n(wanted.context);
        t.asked[WRITE] = Some(wanted);
        let mut over = false;
        for _ in 0..1 + delay % 12 {
            over |= t.cycle(TlbCommand::default()).is_some();
            if over {
                t.asked[WRITE] = None;
            }
        }
        if over {
            continue;
        }
        let under_way = t.reading.is_some() || t.held.is_some();
        stopped += 1;
        t.cycle(TlbCommand {
            sync: true,
            by_context: delay % 2 == 0,
            context: context.into(),
            ..TlbCommand::default()
        });
        t.asked[WRITE] = None;
        t.b.settle();
        if under_way {
            assert_eq!(n(t.b.waits.val()), 1 << context, "after {delay}");
        }
        for _ in 0..100 {
            if t.reading.is_some() || t.held.is_some() {
                t.b.settle();
                assert_eq!(n(t.b.waits.val()), 1 << context, "after {delay}");
            }
            assert_eq!(t.cycle(TlbCommand::default()), None, "a stale result");
        }
        assert!(!t.b.waits.val().any() && !t.b.walking.val());
    }
    assert!(stopped > 50, "{stopped}");
}

#[test]
fn reset_ends_a_walk() {
    let mut t = Bench::new(6, 10);
    t.asked[READ] = Some(request(&mut t.rng));
    t.cycle(TlbCommand::default());
    t.cycle(TlbCommand::default());
    t.b.reset.next = true;
    t.asked[READ] = None;
    t.cycle(TlbCommand::default());
    t.b.reset.next = false;
    (t.held, t.reading) = (None, None);
    for _ in 0..10 {
        assert_eq!(t.cycle(TlbCommand::default()), None);
        assert!(!t.b.walking.val() && !t.b.m_axi_ptw.arvalid.val());
    }
}
