//! What the golden model makes of a transaction, with the registers and descriptors that were seen.

use vcm_regs::context::Sctlr;
use vcm_regs::fault;
use vcm_regs::global::{S2cr, stream_type};

use super::registers::Bank;
use super::tables::Tables;
use super::transaction::{Descriptor, Evidence, Route, Transaction};
use crate::golden::{
    Access, BurstShape, BusFault, Context, Fault, FirstLevel, Leaf, Level, PageSize, SecondLevel,
    first_level, permits, second_level, second_level_address, translate,
};
use crate::signals::Burst as BurstType;

/// `DACR` under which every domain is a manager: what is not known denies nothing.
const ALL_MANAGERS: u32 = u32::MAX;

/// What the registers say of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) s2cr: Option<u32>,
    /// Of the context that `s2cr` names.
    pub(super) bank: Bank,
}

impl Setting {
    pub(super) fn route(&self) -> Route {
        let Some(s2cr) = self.s2cr.map(S2cr::from_bits) else {
            return Route::Unknown;
        };
        match s2cr.get(S2cr::TYPE) {
            stream_type::BYPASS => Route::Bypass,
            stream_type::TRANSLATE => {
                let sctlr = self.bank.sctlr.map(Sctlr::from_bits);
                match sctlr {
                    Some(sctlr) if sctlr.has(Sctlr::M) && sctlr.has(Sctlr::ONE2ONE) => {
                        Route::OneToOne
                    }
                    _ => Route::Translate,
                }
            }
            _ => Route::Terminate,
        }
    }

    pub(super) fn context(&self) -> Option<u8> {
        let s2cr = S2cr::from_bits(self.s2cr?);
        let translates = s2cr.get(S2cr::TYPE) == stream_type::TRANSLATE;
        translates.then(|| s2cr.get(S2cr::CBNDX) as u8)
    }
}

/// What may have come of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes to this physical address.
    Passes(u32),
    /// It is refused, with one of these fault status codes.
    Refused(Vec<u32>),
    /// Not enough was seen to tell.
    Unknown,
}

impl Verdict {
    /// Registers changed meanwhile: it may have been for another reason.
    fn or(&mut self, other: Self) {
        if let (Self::Refused(all), Self::Refused(more)) = (self, other) {
            all.extend(more);
            all.sort_unstable();
            all.dedup();
        }
    }
}

/// What happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// It came out with this physical address.
    Passed(u32),
    /// It was refused.
    Refused {
        /// The response was DECERR, not SLVERR.
        decerr: bool,
        /// Its fault status code, if that is known.
        status: Option<u32>,
    },
}

/// What a transaction asks for.
pub(super) fn access(transaction: &Transaction) -> Access {
    Access {
        iova: transaction.burst.addr as u32,
        write: transaction.burst.write,
        privileged: transaction.burst.prot & 1 != 0,
        instruction: transaction.burst.prot & 4 != 0,
    }
}

/// Its shape, as the IOMMU checks it.
pub(super) fn shape(transaction: &Transaction) -> BurstShape {
    let burst = &transaction.burst;
    BurstShape {
        addr: burst.addr as u32,
        len: burst.len as u8,
        size: burst.size,
        burst: BurstType::from_bits(burst.burst),
    }
}

/// Bytes of the data bus of `s_axi`.
pub(super) const BUS_BYTES: u32 = 8;

/// Finds what explains what happened to a transaction: the registers as they stood at one of several
/// times, and descriptors as they were read. The last setting is the likeliest.
pub(super) fn explain(
    transaction: &Transaction,
    settings: &[Setting],
    tables: &Tables,
    happened: Happened,
) -> (Setting, Evidence, Verdict) {
    let mut found = None;
    let mut first = None;
    for setting in settings.iter().rev() {
        for (mut evidence, verdict) in candidates(transaction, setting, tables) {
            if !agrees(&verdict, happened) {
                first.get_or_insert((*setting, evidence, verdict));
                continue;
            }
            match &mut found {
                None => {
                    evidence.agrees = true;
                    found = Some((*setting, evidence, verdict));
                }
                Some((_, _, known)) => known.or(verdict),
            }
            break;
        }
    }
    let found = found.or(first);
    found.unwrap_or_else(|| (Setting::default(), Evidence::default(), Verdict::Unknown))
}

fn agrees(verdict: &Verdict, happened: Happened) -> bool {
    match (verdict, happened) {
        (Verdict::Passes(pa), Happened::Passed(seen)) => *pa == seen,
        (
            Verdict::Refused(all),
            Happened::Refused {
                status: Some(status),
                ..
            },
        ) => all.contains(&status),
        (Verdict::Refused(all), Happened::Refused { decerr, .. }) => {
            all.contains(&fault::UNMAPPED_STREAM) == decerr
        }
        _ => false,
    }
}

/// What may have come of a transaction, with what it rests on.
fn candidates(
    transaction: &Transaction,
    setting: &Setting,
    tables: &Tables,
) -> Vec<(Evidence, Verdict)> {
    let evidence = Evidence {
        s2cr: setting.s2cr,
        sctlr: setting.bank.sctlr,
        ttbr0: setting.bank.ttbr0,
        dacr: setting.bank.dacr,
        contextidr: setting.bank.contextidr,
        ..Evidence::default()
    };
    let route = setting.route();
    let refused = |status| (evidence.clone(), Verdict::Refused(vec![status]));
    if route == Route::Terminate {
        return vec![refused(fault::UNMAPPED_STREAM)];
    }
    if shape(transaction).check(BUS_BYTES).is_err() {
        return vec![refused(fault::ILLEGAL_BURST)];
    }
    let same = transaction.burst.addr as u32;
    if matches!(route, Route::Bypass) {
        return vec![(evidence, Verdict::Passes(same))];
    }
    let sctlr = setting.bank.sctlr.map(Sctlr::from_bits);
    if route != Route::Unknown && sctlr.is_some_and(|sctlr| !sctlr.has(Sctlr::M)) {
        return vec![refused(fault::CONTEXT_DISABLED)];
    }
    if route == Route::OneToOne {
        return vec![(evidence, Verdict::Passes(same))];
    }
    let mut all = Vec::new();
    let bases: Vec<(u32, bool)> = match setting.bank.ttbr0 {
        Some(base) if route == Route::Translate => vec![(base, false)],
        _ => tables.bases().map(|base| (base, true)).collect(),
    };
    for (base, inferred) in bases {
        let evidence = Evidence {
            ttbr0: Some(base),
            ttbr0_inferred: inferred,
            ..evidence.clone()
        };
        walk(transaction, &evidence, tables, &mut all);
    }
    all.push((evidence, Verdict::Unknown));
    all
}

/// The walks of the descriptors that were read, the newest first.
fn walk(
    transaction: &Transaction,
    evidence: &Evidence,
    tables: &Tables,
    all: &mut Vec<(Evidence, Verdict)>,
) {
    let (access, since) = (access(transaction), transaction.burst.valid);
    let base = evidence.ttbr0.unwrap_or(0) & 0xFFFF_C000;
    for first in tables.read_alike(base | ((access.iova >> 20) << 2), is_supersection) {
        let with = |second| Evidence {
            first: Some(first),
            second,
            ..evidence.clone()
        };
        match first.word.map(first_level) {
            Some(FirstLevel::Table { base, .. }) => {
                let second = second_level_address(base, access.iova);
                for second in tables.read_alike(second, is_large_page) {
                    let evidence = with(Some(second));
                    for verdict in judge(access, &evidence, since) {
                        all.push((evidence.clone(), verdict));
                    }
                }
            }
            _ => {
                let evidence = with(None);
                for verdict in judge(access, &evidence, since) {
                    all.push((evidence.clone(), verdict));
                }
            }
        }
    }
}

fn is_supersection(word: u32) -> bool {
    matches!(first_level(word), FirstLevel::Leaf(leaf) if leaf.size == PageSize::Supersection)
}

fn is_large_page(word: u32) -> bool {
    matches!(second_level(word, 0), SecondLevel::Leaf(leaf) if leaf.size == PageSize::Large)
}

/// What the golden model says of an access and two descriptors. Without `DACR` there are several answers.
///
/// That there is no page no TLB holds: it must have been read since the access came.
fn judge(access: Access, evidence: &Evidence, since: u64) -> Vec<Verdict> {
    let context = Context {
        enabled: true,
        access_flag: evidence
            .sctlr
            .is_some_and(|sctlr| Sctlr::from_bits(sctlr).has(Sctlr::AFE)),
        ttbr0: evidence.ttbr0.unwrap_or(0),
        dacr: evidence.dacr.unwrap_or(ALL_MANAGERS),
        asid: 0,
    };
    let mut values = [evidence.first, evidence.second].into_iter().flatten();
    let mut memory = |_pa: u32| values.next().and_then(|read| read.word).ok_or(BusFault);
    let pa = match translate(&context, access, &mut memory) {
        Ok(translation) => translation.pa,
        Err(fault) => {
            let last = evidence.second.or(evidence.first);
            let is_old = last.is_some_and(|descriptor| descriptor.read < since);
            let missing = matches!(fault, Fault::Translation(_) | Fault::WalkAbort(_));
            return match is_old && missing {
                true => Vec::new(),
                false => vec![Verdict::Refused(vec![fault.status()])],
            };
        }
    };
    let page = leaf(evidence.first, evidence.second).filter(|_| evidence.dacr.is_none());
    let Some(page) = page else {
        return vec![Verdict::Passes(pa)];
    };
    let level = match evidence.second {
        Some(_) => Level::Second,
        None => Level::First,
    };
    let mut denials = vec![Fault::Domain(level).status()];
    if !permits(&page, access, context.access_flag) {
        denials.insert(0, Fault::Permission(level).status());
    }
    vec![Verdict::Passes(pa), Verdict::Refused(denials)]
}

/// The page that two descriptors map.
pub(super) fn leaf(first: Option<Descriptor>, second: Option<Descriptor>) -> Option<Leaf> {
    match first_level(first?.word?) {
        FirstLevel::Leaf(leaf) => Some(leaf),
        FirstLevel::Table { domain, .. } => match second_level(second?.word?, domain) {
            SecondLevel::Leaf(leaf) => Some(leaf),
            SecondLevel::Invalid => None,
        },
        FirstLevel::Invalid => None,
    }
}
