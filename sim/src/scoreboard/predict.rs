//! What may become of a burst.

use std::fmt;

use vcm_regs::context::Sctlr;
use vcm_regs::global::{S2cr, stream_type};
use vcm_regs::{context, fault};

use super::Settings;
use super::mirror::{ContextMirror, Entry, Mirror};
use super::walks::{DescriptorRead, WalkLog};
use crate::coverage::{Origin, Passage};
use crate::golden::{
    Access, BurstShape, BusFault, Context, Fault, FirstLevel, Leaf, MemoryAttributes, PageSize,
    SecondLevel, first_level, second_level, second_level_address, translate,
};
use crate::signals::{AxiAddr, Resp};

/// Bytes of the data bus of `s_axi`.
const BUS_BYTES: u32 = 8;

/// Bytes of a second-level table.
const SECOND_TABLE_SIZE: u32 = 0x400;

/// Something that may become of a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It goes to memory.
    Forward {
        /// Its address there.
        pa: u32,
        /// Where AxCACHE comes from; `None`: from the master.
        cache: Option<MemoryAttributes>,
    },
    /// It is answered with an error.
    Terminate {
        /// Fault status code.
        status: u32,
        /// The response.
        resp: Resp,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forward { pa, cache: None } => write!(f, "physical address {pa:#010x}"),
            Self::Forward {
                pa,
                cache: Some(cache),
            } => write!(f, "physical address {pa:#010x} with {cache:?}"),
            Self::Terminate { status, resp } => {
                let name = fault::ALL.iter().find(|value| value.value == *status);
                let name = name.map_or("unknown fault", |value| value.name);
                write!(f, "{resp:?} for {name}")
            }
        }
    }
}

/// Lists outcomes for a message.
pub(super) fn list(outcomes: &[Outcome]) -> String {
    if outcomes.is_empty() {
        return "nothing yet: no descriptor for it has been read".to_owned();
    }
    let list: Vec<String> = outcomes.iter().map(ToString::to_string).collect();
    list.join(" or ")
}

/// When a burst may have been looked up, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// It stood on `s_axi` first.
    pub(super) from: u64,
    /// What became of it was seen.
    pub(super) to: u64,
}

/// Whether a burst was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looked {
    Certainly,
    Perhaps,
}

/// The golden model with what the scoreboard has learnt so far.
#[derive(Clone, Copy)]
pub(super) struct Golden<'a> {
    pub(super) mirror: &'a Mirror,
    pub(super) walks: &'a WalkLog,
    pub(super) settings: &'a Settings,
}

/// A descriptor that ended a walk, and the older and the younger read behind it.
struct Found<'a> {
    first: &'a DescriptorRead,
    second: Option<&'a DescriptorRead>,
    leaf: Option<Leaf>,
}

impl Found<'_> {
    fn oldest(&self) -> u64 {
        self.second.map_or(self.first.asked, |second| {
            second.asked.min(self.first.asked)
        })
    }

    fn last(&self) -> &DescriptorRead {
        self.second.unwrap_or(self.first)
    }
}

impl Golden<'_> {
    /// All that may become of a burst that was looked up within a window.
    pub(super) fn predict(&self, ax: &AxiAddr, write: bool, window: Window) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let mut add = |outcome| {
            if !outcomes.contains(&outcome) {
                outcomes.push(outcome);
            }
        };
        if let Some(stream) = self.mirror.stream(ax.user) {
            for s2cr in stream.during(window.from, window.to) {
                self.route(S2cr::from_bits(s2cr), ax, write, window, &mut add);
            }
        }
        if BurstShape::from(ax).check(BUS_BYTES).is_err() {
            outcomes.retain(|outcome| matches!(outcome, Outcome::Terminate { .. }));
            outcomes.push(Outcome::Terminate {
                status: fault::ILLEGAL_BURST,
                resp: Resp::SlvErr,
            });
        }
        outcomes
    }

    /// The contexts that a stream may have been bound to at some time from `from` to `to`; `None`: to none.
    pub(super) fn bindings(&self, stream: u8, from: u64, to: u64) -> Vec<Option<u32>> {
        let Some(stream) = self.mirror.stream(stream) else {
            return Vec::new();
        };
        let bound = |s2cr| {
            let s2cr = S2cr::from_bits(s2cr);
            let translates = s2cr.get(S2cr::TYPE) == stream_type::TRANSLATE;
            translates.then(|| s2cr.get(S2cr::CBNDX))
        };
        stream.during(from, to).into_iter().map(bound).collect()
    }

    /// Whether a burst was looked up in a TLB: certainly, perhaps, or (`None`) certainly not. Perhaps are those
    /// that are refused, or pass, without what a lookup would find.
    pub(super) fn looked_up(&self, ax: &AxiAddr, window: Window) -> Option<Looked> {
        let bound = self.bindings(ax.user, window.from, window.to);
        if bound.iter().all(Option::is_none) {
            return None;
        }
        let translates = |index: &Option<u32>| {
            let Some(bank) = index.and_then(|index| self.mirror.context(index)) else {
                return false;
            };
            let values = bank.sctlr.during(window.from, window.to);
            values.into_iter().all(|sctlr| {
                let sctlr = Sctlr::from_bits(sctlr);
                sctlr.has(Sctlr::M) && !sctlr.has(Sctlr::ONE2ONE)
            })
        };
        let legal = BurstShape::from(ax).check(BUS_BYTES).is_ok();
        Some(match legal && bound.iter().all(translates) {
            true => Looked::Certainly,
            false => Looked::Perhaps,
        })
    }

    /// How a burst came to an address on `m_axi`, for the coverage.
    pub(super) fn passage(
        &self,
        ax: &AxiAddr,
        write: bool,
        window: Window,
        pa: u32,
    ) -> Option<Passage> {
        let to = |outcome: &Result<Outcome, Fault>| matches!(outcome, Ok(Outcome::Forward { pa: there, .. }) if *there == pa);
        if let Some((found, leaf)) = self.found(ax, write, window, to) {
            let fresh = |read: &DescriptorRead| read.answered >= window.from;
            let origin = match (fresh(found.first), found.second.map(fresh)) {
                (true, Some(true) | None) => Origin::Walked,
                (false, Some(true)) => Origin::Second,
                _ => Origin::Held,
            };
            return leaf.map(|leaf| Passage::Translated(leaf.size, origin));
        }
        let bound = self.bindings(ax.user, window.from, window.to);
        Some(match bound.contains(&None) {
            true => Passage::Bypass,
            false => Passage::OneToOne,
        })
    }

    /// The page that a burst was about: where it faulted with this status, or (`None`) passed.
    pub(super) fn page_of(
        &self,
        ax: &AxiAddr,
        write: bool,
        window: Window,
        status: Option<u32>,
    ) -> Option<PageSize> {
        let fits = |outcome: &Result<Outcome, Fault>| match outcome {
            Ok(_) => status.is_none(),
            Err(fault) => status == Some(fault.status()),
        };
        let (_, leaf) = self.found(ax, write, window, fits)?;
        leaf.map(|leaf| leaf.size)
    }

    /// The walk of a burst with such an outcome, if a context looked it up.
    fn found(
        &self,
        ax: &AxiAddr,
        write: bool,
        window: Window,
        fits: impl Fn(&Result<Outcome, Fault>) -> bool,
    ) -> Option<(Found<'_>, Option<Leaf>)> {
        let access = access(ax, write);
        for index in self.bindings(ax.user, window.from, window.to) {
            let Some(bank) = index.and_then(|index| self.mirror.context(index)) else {
                continue;
            };
            for sctlr in bank.sctlr.during(window.from, window.to) {
                let sctlr = Sctlr::from_bits(sctlr);
                if !sctlr.has(Sctlr::M) || sctlr.has(Sctlr::ONE2ONE) {
                    continue;
                }
                for context in contexts(bank, window) {
                    for found in self.walks_of(&context, access.iova) {
                        let outcome = translated(&context, access, sctlr, &found);
                        if fits(&outcome)
                            && self.is_possible(bank, &context, access, window, &found, &outcome)
                        {
                            let leaf = found.leaf;
                            return Some((found, leaf));
                        }
                    }
                }
            }
        }
        None
    }

    fn route(
        &self,
        s2cr: S2cr,
        ax: &AxiAddr,
        write: bool,
        window: Window,
        add: &mut impl FnMut(Outcome),
    ) {
        match s2cr.get(S2cr::TYPE) {
            stream_type::BYPASS => add(Outcome::Forward {
                pa: ax.addr,
                cache: None,
            }),
            stream_type::TRANSLATE => {
                if let Some(bank) = self.mirror.context(s2cr.get(S2cr::CBNDX)) {
                    if bank.may_stall(window.from, window.to)
                        && self.mirror.may_have_timed_out(window.from, window.to)
                    {
                        add(Outcome::Terminate {
                            status: fault::STALL_TIMEOUT,
                            resp: Resp::SlvErr,
                        });
                    }
                    self.translations(bank, access(ax, write), window, add);
                }
            }
            _ => add(Outcome::Terminate {
                status: fault::UNMAPPED_STREAM,
                resp: Resp::DecErr,
            }),
        }
    }

    /// All translations and faults that a context may come to.
    fn translations(
        &self,
        bank: &ContextMirror,
        access: Access,
        window: Window,
        add: &mut impl FnMut(Outcome),
    ) {
        for sctlr in bank.sctlr.during(window.from, window.to) {
            let sctlr = Sctlr::from_bits(sctlr);
            if !sctlr.has(Sctlr::M) {
                add(terminate(Fault::ContextDisabled));
                continue;
            }
            if sctlr.has(Sctlr::ONE2ONE) {
                add(Outcome::Forward {
                    pa: access.iova,
                    cache: None,
                });
                continue;
            }
            for context in contexts(bank, window) {
                for found in self.walks_of(&context, access.iova) {
                    let outcome = translated(&context, access, sctlr, &found);
                    if self.is_possible(bank, &context, access, window, &found, &outcome) {
                        add(match outcome {
                            Ok(outcome) => outcome,
                            Err(fault) => terminate(fault),
                        });
                    }
                }
            }
        }
    }

    /// The walks for an address that the hardware's reads make up.
    fn walks_of(&self, context: &Context, iova: u32) -> Vec<Found<'_>> {
        let mut all = Vec::new();
        for first in self.walks.first_level(context.first_level_address(iova)) {
            let mut found = |second, leaf| {
                all.push(Found {
                    first,
                    second,
                    leaf,
                });
            };
            match first.value.map(first_level) {
                Err(_) | Ok(FirstLevel::Invalid) => found(None, None),
                Ok(FirstLevel::Leaf(leaf)) => found(None, Some(leaf)),
                Ok(FirstLevel::Table { base, domain }) => {
                    for second in self.walks.second_level(second_level_address(base, iova)) {
                        let leaf = match second.value.map(|word| second_level(word, domain)) {
                            Ok(SecondLevel::Leaf(leaf)) => Some(leaf),
                            Ok(SecondLevel::Invalid) | Err(_) => None,
                        };
                        found(Some(second), leaf);
                    }
                }
            }
        }
        all
    }

    /// Whether the hardware may have used what it read for an outcome of a burst.
    fn is_possible(
        &self,
        bank: &ContextMirror,
        context: &Context,
        access: Access,
        window: Window,
        found: &Found<'_>,
        outcome: &Result<Outcome, Fault>,
    ) -> bool {
        let last = found.last();
        let not_cached = outcome.is_err_and(|fault| !fault.may_be_cached());
        // What was cached while there were no access flags may have none when there are.
        let flags = |sctlr| Sctlr::from_bits(sctlr).has(Sctlr::AFE);
        let may_be_older = matches!(outcome, Err(Fault::AccessFlag(_)))
            && !bank
                .sctlr
                .during(last.asked, window.to)
                .into_iter()
                .all(flags);
        if not_cached && !may_be_older && last.answered + self.settings.walk_slack < window.from {
            return false;
        }
        let not_global = found.leaf.is_some_and(|leaf| leaf.not_global);
        let entry = Entry {
            iova: access.iova,
            size: found.leaf.map_or(PageSize::Small, |leaf| leaf.size),
            asid: not_global.then_some(context.asid),
        };
        // A synchronisation waits for what went to memory, so what appears there after it is new. A
        // termination may have been decided before, and wait for its turn.
        let judged = if outcome.is_ok() {
            window.to
        } else {
            window.from
        };
        if bank.is_invalidated(&entry, found.oldest(), judged) {
            return false;
        }
        // A non-global entry answers only for the ASID that was current when it was read.
        !not_global || {
            let until = last.answered + self.settings.walk_slack;
            let then = bank.contextidr.during(last.asked, until);
            then.contains(&u32::from(context.asid))
        }
    }

    /// Whether an address lies in a table of a context that was enabled lately, as far as tables are
    /// known.
    pub(super) fn is_table_address(&self, address: u32, now: u64) -> bool {
        let from = now.saturating_sub(self.settings.lookback);
        let mut tables = Vec::new();
        for bank in self.mirror.contexts() {
            let mut sctlr = bank.sctlr.during(from, now).into_iter();
            if sctlr.any(|sctlr| Sctlr::from_bits(sctlr).has(Sctlr::M)) {
                tables.extend(bank.ttbr0.during(from, now).into_iter().map(first_table));
            }
        }
        let in_first = |pa: u32| tables.contains(&first_table(pa));
        let table = address & !(SECOND_TABLE_SIZE - 1);
        in_first(address) || self.walks.pointers(table).any(in_first)
    }

    /// The addresses that a context may translate to a physical address, by what the hardware has
    /// read.
    pub(super) fn reverse(&self, bank: &ContextMirror, pa: u32, window: Window) -> Vec<u32> {
        let mut iovas = Vec::new();
        let bases = bank.ttbr0.during(bank.horizon(window.to), window.to);
        let is_first = |at: u32| {
            bases
                .iter()
                .any(|&base| first_table(base) == first_table(at))
        };
        for size in [
            PageSize::Small,
            PageSize::Large,
            PageSize::Section,
            PageSize::Supersection,
        ] {
            let offset = pa & (size.bytes() - 1);
            let place = |iova: u32| iova & !(size.bytes() - 1) | offset;
            for at in self.walks.leaves(size, pa) {
                if size >= PageSize::Section {
                    if is_first(at) {
                        iovas.push(place((at & 0x3FFC) << 18));
                    }
                    continue;
                }
                let pointers = self.walks.pointers(at & !(SECOND_TABLE_SIZE - 1));
                for pointer in pointers.filter(|&pointer| is_first(pointer)) {
                    iovas.push(place((pointer & 0x3FFC) << 18 | (at & 0x3FC) << 10));
                }
            }
        }
        iovas
    }
}

/// The states in which a context may have looked up a burst. The table base and the use of access flags
/// may be those of when the entry was made.
fn contexts(bank: &ContextMirror, window: Window) -> Vec<Context> {
    let horizon = bank.horizon(window.from).min(window.from);
    let mut all = Vec::with_capacity(1);
    for dacr in bank.dacr.during(window.from, window.to) {
        for contextidr in bank.contextidr.during(window.from, window.to) {
            let contextidr = context::Contextidr::from_bits(contextidr);
            for ttbr0 in bank.ttbr0.during(horizon, window.to) {
                for sctlr in bank.sctlr.during(horizon, window.to) {
                    let context = Context {
                        enabled: true,
                        access_flag: Sctlr::from_bits(sctlr).has(Sctlr::AFE),
                        ttbr0,
                        dacr,
                        asid: contextidr.get(context::Contextidr::ASID) as u8,
                    };
                    if !all.contains(&context) {
                        all.push(context);
                    }
                }
            }
        }
    }
    all
}

/// What the golden model makes of an access and the descriptors of a walk.
fn translated(
    context: &Context,
    access: Access,
    sctlr: Sctlr,
    found: &Found<'_>,
) -> Result<Outcome, Fault> {
    let mut values = [Some(found.first), found.second].into_iter().flatten();
    let mut memory = |_pa: u32| match values.next() {
        Some(read) => read.value,
        None => Err(BusFault),
    };
    let translation = translate(context, access, &mut memory)?;
    Ok(Outcome::Forward {
        pa: translation.pa,
        cache: sctlr.has(Sctlr::MTCFG).then_some(translation.attributes),
    })
}

/// What a burst asks for.
const fn access(ax: &AxiAddr, write: bool) -> Access {
    Access {
        iova: ax.addr,
        write,
        privileged: ax.prot & 0b001 != 0,
        instruction: ax.prot & 0b100 != 0,
    }
}

fn terminate(fault: Fault) -> Outcome {
    Outcome::Terminate {
        status: fault.status(),
        resp: Resp::SlvErr,
    }
}

/// The 16 KiB that a first-level table fills.
const fn first_table(address: u32) -> u32 {
    address >> 14
}
