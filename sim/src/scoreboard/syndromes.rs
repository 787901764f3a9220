//! The fault registers of the context banks: `FSR` gathers the kinds of faults that a context has had, `FAR`,
//! `FSYNR0` and `FSYNR1` are of the first one.
//!
//! Each bit of `FSR` that is set has a fault of its kind, recorded since the bit was last certain to be 0; each
//! fault that is certain has its bit, until software clears it. What `FAR` and `FSYNR` say is of one burst that may
//! have been the first, and of which `FSR` has the kind. Faults are recorded here whether or not the queue is full.
//!
//! A burst that may have stalled may have been recorded for each time that it was looked up, or not at all: it
//! explains, but nothing is demanded of it.

use vcm_regs::context::{self, Fsr, Fsynr0, Fsynr1};
use vcm_regs::fault;

use super::interrupts::Level;
use super::matching::Request;
use super::mirror::bank;
use super::mismatch::{BurstName, Faulted, Mismatch, MismatchKind, Report};
use super::predict::Golden;
use super::records::{RECORDING, statuses};
use super::registers::{Event, Write};
use super::stalls::{Tag, may_stall};

/// Faults that are kept of a context although nobody clears its `FSR`.
const KEPT: usize = 1024;

/// Bits of `FSR` that name a kind of fault.
const KINDS: u32 = Fsr::TF.mask()
    | Fsr::AFF.mask()
    | Fsr::PF.mask()
    | Fsr::EF.mask()
    | Fsr::DF.mask()
    | Fsr::BF.mask()
    | Fsr::TO.mask();
/// All bits that stay until they are cleared.
const FLAGS: u32 = KINDS | Fsr::MULTI.mask();

/// The bit of `FSR` that a fault sets.
const fn kind(status: u32) -> u32 {
    match status {
        fault::TRANSLATION_L1 | fault::TRANSLATION_L2 | fault::CONTEXT_DISABLED => Fsr::TF.mask(),
        fault::ACCESS_FLAG_L1 | fault::ACCESS_FLAG_L2 => Fsr::AFF.mask(),
        fault::PERMISSION_L1 | fault::PERMISSION_L2 => Fsr::PF.mask(),
        fault::WALK_ABORT_L1 | fault::WALK_ABORT_L2 | fault::EXTERNAL_ABORT => Fsr::EF.mask(),
        fault::DOMAIN_L1 | fault::DOMAIN_L2 => Fsr::DF.mask(),
        fault::ILLEGAL_BURST => Fsr::BF.mask(),
        fault::STALL_TIMEOUT => Fsr::TO.mask(),
        _ => 0,
    }
}

/// A fault that the bank may have recorded at some time from `from` to `to`.
#[derive(Clone, Debug)]
struct Candidate {
    request: Request,
    status: Vec<u32>,
    from: u64,
    to: u64,
    /// It was recorded, in this context.
    certain: bool,
    /// It may be more than one.
    many: bool,
    may_stall: bool,
}

impl Candidate {
    fn kinds(&self) -> u32 {
        self.status
            .iter()
            .fold(0, |kinds, status| kinds | kind(*status))
    }
}

/// A bit of `FSR`.
#[derive(Clone, Copy, Debug)]
struct Flag {
    mask: u32,
    /// It was 0 in this cycle, or later.
    zero: u64,
    /// It may have been cleared until this cycle.
    clearing: u64,
    /// It was read as 1 in this cycle, and nobody has cleared it.
    set: Option<u64>,
}

/// What has been read of the first fault, while nothing was cleared.
#[derive(Clone, Copy, Debug, Default)]
struct First {
    far: Option<u32>,
    what: Option<u32>,
    who: Option<u32>,
}

/// The fault registers of a context.
#[derive(Debug)]
struct FaultBank {
    flags: Vec<Flag>,
    faults: Vec<Candidate>,
    /// Faults that were recorded until this cycle are not known.
    lost: Option<u64>,
    /// There was no fault in it in this cycle or later, but certainly not after the second one.
    empty: (u64, u64),
    /// Some kinds have been cleared since.
    partial: bool,
    /// `FSR` was read, and had a fault: these are of the first one.
    first: Option<First>,
}

impl Default for FaultBank {
    fn default() -> Self {
        let bits = (0..u32::BITS)
            .map(|bit| 1 << bit)
            .filter(|bit| FLAGS & bit != 0);
        let flag = |mask| Flag {
            mask,
            zero: 0,
            clearing: 0,
            set: None,
        };
        Self {
            flags: bits.map(flag).collect(),
            faults: Vec::new(),
            lost: None,
            empty: (0, 0),
            partial: false,
            first: None,
        }
    }
}

/// What has not been answered.
pub(super) struct Open {
    pub(super) requests: Vec<Request>,
    /// Where some of them certainly stand stalled.
    pub(super) held: Vec<Tag>,
}

/// What may have been recorded when registers are read: faults, and bursts that have not been answered.
struct Seen<'a> {
    faults: &'a [Candidate],
    open: &'a [Candidate],
    begun: u64,
    now: u64,
}

impl<'a> Seen<'a> {
    fn all(&self) -> impl Iterator<Item = &'a Candidate> {
        let now = self.now;
        let all = self.faults.iter().chain(self.open);
        all.filter(move |fault| fault.from <= now)
    }

    /// Those that had certainly been recorded, and not before a cycle.
    fn certain(&self, since: u64) -> impl Iterator<Item = &'a Candidate> {
        let begun = self.begun;
        let certain = self.faults.iter().filter(|fault| fault.certain);
        certain.filter(move |fault| fault.from > since && fault.to < begun)
    }
}

impl FaultBank {
    fn add(&mut self, fault: Candidate) {
        if self.faults.len() == KEPT {
            let dropped = self.faults.drain(..).map(|fault| fault.to);
            self.lost = self.lost.max(dropped.max());
        }
        self.faults.push(fault);
    }

    /// Since when what the registers say may stem from: all bits have been 0 since at some time, and that at once.
    fn horizon(&self) -> u64 {
        let zeros = self.flags.iter().map(|flag| flag.zero);
        zeros.min().unwrap_or(0).min(self.empty.0)
    }

    /// All that is needed is known.
    fn is_known(&self) -> bool {
        self.lost.is_none_or(|lost| lost < self.horizon())
    }

    fn clear_begun(&mut self, mask: u32) {
        for flag in self.flags.iter_mut().filter(|flag| mask & flag.mask != 0) {
            flag.clearing = u64::MAX;
            flag.set = None;
        }
        if mask & KINDS != 0 {
            self.first = None;
        }
    }

    fn clear_done(&mut self, mask: u32, okay: bool, begun: u64, done: u64) {
        for flag in self.flags.iter_mut().filter(|flag| mask & flag.mask != 0) {
            flag.clearing = done;
            if okay {
                flag.zero = flag.zero.max(begun);
            }
        }
        if okay && mask & KINDS == KINDS {
            (self.empty, self.partial) = ((begun, done), false);
        } else if mask & KINDS != 0 {
            self.partial = true;
        }
        self.forget();
    }

    /// Faults that nothing can stem from any more are of no use.
    fn forget(&mut self) {
        let horizon = self.horizon();
        self.faults.retain(|fault| fault.to >= horizon);
    }

    /// `FSR` was read.
    fn status(&mut self, value: u32, open: &[Candidate], (begun, now): (u64, u64)) -> Vec<String> {
        let mut wrong = Vec::new();
        let seen = Seen {
            faults: &self.faults,
            open,
            begun,
            now,
        };
        if self.is_known() {
            wrong.extend(
                self.flags
                    .iter()
                    .filter_map(|flag| told(flag, value, &seen)),
            );
            wrong.extend(self.count(value, &seen));
            wrong.extend(self.missed(value, &seen));
            let stalls = |fault: &Candidate| fault.may_stall && fault.to >= begun;
            if value & Fsr::SS.mask() != 0 && !seen.all().any(stalls) {
                wrong.push("SS 0, as nothing may stand stalled".to_owned());
            }
        }
        for flag in &mut self.flags {
            if value & flag.mask == 0 {
                flag.zero = flag.zero.max(begun);
                flag.set = None;
            } else if flag.clearing >= begun {
                flag.set = None;
            } else {
                flag.set.get_or_insert(now);
            }
        }
        if value & KINDS == 0 {
            (self.empty, self.partial, self.first) = ((begun, now), false, None);
        } else if self.flags.iter().all(|flag| flag.clearing < begun) {
            self.first.get_or_insert_default();
        }
        self.forget();
        wrong
    }

    /// Whether a bit may have been 1 at some time of a window, and whether one was all the time.
    fn pending(&self, open: &[Candidate], (from, to): (u64, u64)) -> Level {
        let seen = Seen {
            faults: &self.faults,
            open,
            begun: from,
            now: to,
        };
        if !self.is_known() {
            return Level::Unknown;
        }
        let is_set = |flag: &Flag| flag.set.is_some_and(|since| since < from);
        if self.flags.iter().any(is_set) || seen.certain(0).any(|fault| self.stays(fault)) {
            return Level::High;
        }
        let explained = |flag: &Flag| match flag.mask {
            mask if mask == Fsr::MULTI.mask() => self.may_be_further(flag.zero, &seen),
            mask => (seen.all()).any(|fault| fault.kinds() & mask != 0 && fault.to >= flag.zero),
        };
        let may_be = |flag: &Flag| flag.set.is_some() || flag.clearing >= from || explained(flag);
        match self.flags.iter().any(may_be) {
            true => Level::Unknown,
            false => Level::Low,
        }
    }

    /// Nobody has cleared what a fault may have set, since before it came.
    fn stays(&self, fault: &Candidate) -> bool {
        let kinds = fault.kinds();
        let of_it = self.flags.iter().filter(|flag| kinds & flag.mask != 0);
        let stable = of_it.map(|flag| flag.clearing).max().unwrap_or(u64::MAX);
        fault.from > stable
    }

    /// `MULTI`: a further fault came while there was one, which may have been cleared since.
    fn count(&self, value: u32, seen: &Seen<'_>) -> Option<String> {
        let multi = self
            .flags
            .iter()
            .find(|flag| flag.mask == Fsr::MULTI.mask())?;
        let stable = self.flags.iter().map(|flag| flag.clearing).max();
        let certain = seen.certain(stable.unwrap_or(u64::MAX)).count();
        let explained = multi.set.is_some() || self.may_be_further(multi.zero, seen);
        match value & multi.mask != 0 {
            true if !explained => Some("MULTI 0, as there was no further fault".to_owned()),
            false if certain > 1 => Some("MULTI 1, after two faults".to_owned()),
            _ => None,
        }
    }

    /// Whether a further fault may have come since `MULTI` was 0.
    fn may_be_further(&self, zero: u64, seen: &Seen<'_>) -> bool {
        let possible = |since: u64| -> usize {
            let all = seen.all();
            let all = all.filter(|fault| fault.kinds() != 0 && fault.to >= since);
            all.map(|fault| if fault.many { 2 } else { 1 }).sum()
        };
        possible(self.empty.0) > 1 && possible(zero) > 0
    }

    /// A fault that is certain, and has no bit.
    fn missed(&self, value: u32, seen: &Seen<'_>) -> Option<String> {
        let has_no_bit = |fault: &&Candidate| self.stays(fault) && value & fault.kinds() == 0;
        let fault = seen.certain(0).find(has_no_bit)?;
        let (name, kinds) = (fault.request.name(), fault.kinds());
        Some(format!("one of the bits {kinds:#x} for the {name}"))
    }

    /// `FAR`, `FSYNR0` and `FSYNR1` are known.
    fn judge(&self, first: (u32, Fsynr0, Fsynr1), value: u32, seen: &Seen<'_>) -> Option<String> {
        let (iova, what, who) = first;
        let name = BurstName {
            write: what.has(Fsynr0::WNR),
            stream: who.get(Fsynr1::SID) as u8,
            id: who.get(Fsynr1::AXID) as u8,
            iova,
        };
        let status = what.get(Fsynr0::FS);
        if !self.partial && value & kind(status) == 0 {
            return Some(format!("FS of a kind that FSR has, {value:#x}"));
        }
        let is_it = |fault: &&Candidate| {
            let prot = fault.request.ax.prot;
            fault.request.name() == name
                && what.has(Fsynr0::PNU) == (prot & 0b001 != 0)
                && what.has(Fsynr0::IND) == (prot & 0b100 != 0)
                && fault.status.contains(&status)
                && ((fault.may_stall && may_stall(status)) || !what.has(Fsynr0::STALLED))
                && fault.to >= self.empty.0
        };
        // Some fault was recorded by then, if nothing else has been cleared.
        let by = match self.partial {
            true => u64::MAX,
            false => seen
                .certain(self.empty.1)
                .map(|fault| fault.to)
                .min()
                .unwrap_or(u64::MAX),
        };
        match seen.all().filter(is_it).map(|fault| fault.from).min() {
            None => Some(format!(
                "no fault 0x{status:x} of the {name}, as there was none"
            )),
            Some(from) if from > by => Some(format!("not the {name}: another fault came before")),
            Some(_) => None,
        }
    }
}

/// What is wrong with a bit.
fn told(flag: &Flag, value: u32, seen: &Seen<'_>) -> Option<String> {
    let Flag {
        mask, zero, set, ..
    } = *flag;
    let explains = |fault: &Candidate| fault.kinds() & mask != 0 && fault.to >= zero;
    match value & mask != 0 {
        false if set.is_some() => Some(format!("bit {mask:#x} 1, as before")),
        true if set.is_none() && mask & KINDS != 0 && !seen.all().any(explains) => {
            Some(format!("bit {mask:#x} 0, as there was no such fault"))
        }
        _ => None,
    }
}

/// Follows the fault registers of all contexts.
#[derive(Debug)]
pub(super) struct SyndromeWatch {
    banks: Vec<FaultBank>,
}

impl Default for SyndromeWatch {
    fn default() -> Self {
        let banks = (0..context::BLOCK.count).map(|_| FaultBank::default());
        Self {
            banks: banks.collect(),
        }
    }
}

impl SyndromeWatch {
    /// Takes in a fault that has shown.
    pub(super) fn fault(&mut self, fault: &Faulted, may_stall: bool, golden: &Golden<'_>, at: u64) {
        let status = fault.status.clone();
        self.add(&fault.request, status, !may_stall, may_stall, golden, at);
    }

    /// A burst was answered that may have stood stalled.
    pub(super) fn answered(&mut self, request: &Request, golden: &Golden<'_>, at: u64) {
        let status = statuses(request, golden, at);
        self.add(request, status, false, true, golden, at);
    }

    fn add(
        &mut self,
        request: &Request,
        status: Vec<u32>,
        certain: bool,
        may_stall: bool,
        golden: &Golden<'_>,
        at: u64,
    ) {
        let bound = golden.bindings(request.ax.user, request.since, at);
        for index in bound.iter().copied().flatten() {
            if let Some(bank) = self.banks.get_mut(index as usize) {
                bank.add(Candidate {
                    request: *request,
                    status: status.clone(),
                    from: request.since,
                    to: at + RECORDING,
                    certain: certain && bound.len() == 1,
                    // A misplaced WLAST and an abort are two.
                    many: may_stall || status.len() > 1,
                    may_stall,
                });
            }
        }
    }

    /// Takes in a register access. `open`: bursts that have not been answered.
    pub(super) fn register(
        &mut self,
        event: &Event,
        open: impl FnOnce() -> Open,
        golden: &Golden<'_>,
        report: &mut Report,
        now: u64,
    ) {
        match event {
            Event::WriteBegun(write) => {
                if let Some((bank, mask)) = self.cleared(write) {
                    bank.clear_begun(mask);
                }
            }
            Event::WriteDone { write, okay } => {
                let done = now + golden.settings.register_slack;
                if let Some((bank, mask)) = self.cleared(write) {
                    bank.clear_done(mask, *okay, write.begun, done);
                }
            }
            Event::Read {
                offset,
                begun,
                value,
            } => {
                let Some((index, local)) = bank(&context::BLOCK, *offset) else {
                    return;
                };
                let times = (*begun, now);
                for expected in self.read(index, local, *value, times, open, golden) {
                    report.mismatch(Mismatch {
                        expected,
                        got: format!("{value:#010x} of register {local:#05x}"),
                        ..Mismatch::new(MismatchKind::Record, "context bank")
                    });
                }
            }
        }
    }

    /// Whether `FSR` of a context had a bit in a window. `open`: bursts that have not been answered.
    pub(super) fn pending(
        &self,
        index: usize,
        open: &[Request],
        golden: &Golden<'_>,
        window: (u64, u64),
    ) -> Level {
        let open = candidates(index, open, golden, window.1);
        let bank = self.banks.get(index);
        bank.map_or(Level::Low, |bank| bank.pending(&open, window))
    }

    /// The bank whose `FSR` is written, and the bits that are cleared.
    fn cleared(&mut self, write: &Write) -> Option<(&mut FaultBank, u32)> {
        let (index, local) = bank(&context::BLOCK, write.offset)?;
        let mask = write.selected() & FLAGS;
        let found = self.banks.get_mut(index)?;
        (local == context::FSR.offset && mask != 0).then_some((found, mask))
    }

    fn read(
        &mut self,
        index: usize,
        local: u32,
        value: u32,
        times: (u64, u64),
        open: impl FnOnce() -> Open,
        golden: &Golden<'_>,
    ) -> Vec<String> {
        let registers = [
            &context::FSR,
            &context::FAR,
            &context::FSYNR0,
            &context::FSYNR1,
        ];
        let is_one = registers.iter().any(|register| register.offset == local);
        let Some(bank) = self.banks.get_mut(index).filter(|_| is_one) else {
            return Vec::new();
        };
        let Open { requests, held } = open();
        let stalled = held.iter().any(|tag| tag.context() == index as u32);
        let open = candidates(index, &requests, golden, times.1);
        if local == context::FSR.offset {
            let mut wrong = bank.status(value, &open, times);
            if stalled && value & Fsr::SS.mask() == 0 {
                wrong.push("SS 1, as a record says that one stalls".to_owned());
            }
            return wrong;
        }
        let (begun, now) = times;
        let Some(first) = &mut bank.first else {
            return Vec::new();
        };
        let place = match local {
            at if at == context::FAR.offset => &mut first.far,
            at if at == context::FSYNR0.offset => &mut first.what,
            _ => &mut first.who,
        };
        match *place {
            Some(before) if before != value => return vec![format!("{before:#010x}, as before")],
            Some(_) => return Vec::new(),
            None => *place = Some(value),
        }
        let (Some(far), Some(what), Some(who)) = (first.far, first.what, first.who) else {
            return Vec::new();
        };
        if !bank.is_known() {
            return Vec::new();
        }
        let set = bank.flags.iter().filter(|flag| flag.set.is_some());
        let set = set.fold(0, |set, flag| set | flag.mask);
        let first = (far, Fsynr0::from_bits(what), Fsynr1::from_bits(who));
        let seen = Seen {
            faults: &bank.faults,
            open: &open,
            begun,
            now,
        };
        bank.judge(first, set, &seen).into_iter().collect()
    }
}

/// What a context may have recorded of bursts that have not been answered.
fn candidates(index: usize, open: &[Request], golden: &Golden<'_>, now: u64) -> Vec<Candidate> {
    let is_bound = |request: &&Request| {
        let bound = golden.bindings(request.ax.user, request.since, now);
        bound.contains(&Some(index as u32))
    };
    let of_it = open.iter().filter(is_bound);
    of_it
        .map(|request| open_candidate(request, golden, now))
        .collect()
}

/// A burst that has not been answered: it may have been refused, or memory may have.
fn open_candidate(request: &Request, golden: &Golden<'_>, now: u64) -> Candidate {
    let mut status = statuses(request, golden, now);
    status.push(fault::EXTERNAL_ABORT);
    if request.write {
        status.push(fault::ILLEGAL_BURST);
    }
    Candidate {
        request: *request,
        status,
        from: request.since,
        to: u64::MAX,
        certain: false,
        many: true,
        may_stall: golden.mirror.may_stall(request.since, now),
    }
}
