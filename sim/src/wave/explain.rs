//! The story of a transaction in plain sentences.

use vcm_regs::context::Sctlr;
use vcm_regs::fault;
use vcm_regs::global::S2cr;

use super::judge;
use super::names::HIT_LATENCY;
use super::player::Timebase;
use super::registers::fault_name;
use super::transaction::{
    Descriptor, End, Evidence, FaultEvent, Lookup, Phase, Route, Source, Transaction,
};
use crate::golden::{
    DomainAccess, FirstLevel, Leaf, PageSize, SecondLevel, domain_access, first_level, second_level,
};

/// Tells what became of a transaction, and why: one sentence, or a few, an item.
pub fn explain(transaction: &Transaction, base: &Timebase) -> Vec<String> {
    let mut story = Story {
        transaction,
        base,
        text: Vec::new(),
    };
    story.beginning();
    story.routing();
    story.lookup();
    story.tables();
    story.outcome();
    story.time();
    story.text
}

/// A time as it is shown: in the unit that fits.
pub fn shown_time(picoseconds: u128) -> String {
    let value = picoseconds as f64;
    let (divisor, unit) = match picoseconds {
        0..1_000_000 => (1e3, "ns"),
        1_000_000..1_000_000_000 => (1e6, "us"),
        1_000_000_000..1_000_000_000_000 => (1e9, "ms"),
        _ => (1e12, "s"),
    };
    format!("{:.3} {unit}", value / divisor)
}

struct Story<'a> {
    transaction: &'a Transaction,
    base: &'a Timebase,
    text: Vec<String>,
}

impl Story<'_> {
    fn say(&mut self, sentence: impl Into<String>) {
        self.text.push(sentence.into());
    }

    fn at(&self, cycle: u64) -> String {
        let time = shown_time(self.base.picoseconds(cycle));
        format!("cycle {cycle} ({time})")
    }

    fn beginning(&mut self) {
        let t = self.transaction;
        let burst = &t.burst;
        let beats = u32::from(burst.len) + 1;
        let prot = match (burst.prot & 1 != 0, burst.prot & 4 != 0) {
            (true, true) => "a privileged instruction",
            (true, false) => "a privileged",
            (false, true) => "an unprivileged instruction",
            (false, false) => "an unprivileged",
        };
        let kind = if burst.write { "write" } else { "read" };
        let plural = if beats == 1 { "" } else { "s" };
        self.say(format!(
            "Transaction {}: stream {} asks in {} for {prot} {kind} of {beats} beat{plural} of {} bytes \
             at {:#010x}, ID {:#x}.",
            t.number,
            t.stream,
            self.at(burst.valid),
            1u32 << burst.size.min(7),
            burst.addr,
            burst.id,
        ));
        let waited = burst.taken - burst.valid;
        if waited > 0 {
            self.say(format!(
                "The IOMMU takes the address {waited} cycle{} later.",
                if waited == 1 { "" } else { "s" }
            ));
        }
        if burst.unknown {
            self.say("Part of its address or answer is X or Z in the recording.");
        }
    }

    fn routing(&mut self) {
        let t = self.transaction;
        let e = &t.evidence;
        let s2cr = e.s2cr.map(|s2cr| format!("S2CR{} is {s2cr:#x}", t.stream));
        let context = t
            .context
            .map_or("a context".to_owned(), |n| format!("context {n}"));
        match (t.route, s2cr) {
            (Route::Unknown, _) => self.say(format!(
                "Where stream {} goes was set before the recording begins.",
                t.stream
            )),
            (Route::Terminate, Some(s2cr)) => self.say(format!(
                "{s2cr}: TYPE = {} terminates the stream, so it is answered with DECERR.",
                S2cr::from_bits(e.s2cr.unwrap_or(0)).get(S2cr::TYPE)
            )),
            (Route::Bypass, Some(s2cr)) => self.say(format!(
                "{s2cr}: TYPE = BYPASS, so its address passes unchanged and no permission is checked."
            )),
            (Route::OneToOne, Some(s2cr)) => self.say(format!(
                "{s2cr}: TYPE = TRANSLATE by {context}, and SCTLR.ONE2ONE of it is 1, so the address \
                 passes unchanged and unchecked."
            )),
            (Route::Translate, Some(s2cr)) => {
                self.say(format!("{s2cr}: TYPE = TRANSLATE, CBNDX = {context}."));
            }
            (Route::Translate, None) => self.say(format!(
                "It is translated by {context}; S2CR{} was written before the recording begins.",
                t.stream
            )),
            (_, None) => {}
        }
        if let Some(sctlr) = e.sctlr.map(Sctlr::from_bits) {
            if t.route == Route::Translate && !sctlr.has(Sctlr::M) {
                self.say(format!(
                    "SCTLR of {context} is {:#x}: M is 0, so the context lets nothing through.",
                    sctlr.bits()
                ));
            }
        }
        if let Err(illegal) = judge::shape(t).check(judge::BUS_BYTES) {
            self.say(format!("The burst is not legal AXI4: {illegal}."));
        }
        if t.burst.is_misplaced_last() {
            let (last, beats) = (t.burst.beats, u32::from(t.burst.len) + 1);
            self.say(format!(
                "WLAST comes with beat {last} of {beats}: the IOMMU gives memory {beats} beats all the same, \
                 and refuses the burst."
            ));
        }
    }

    fn lookup(&mut self) {
        let t = self.transaction;
        let delay = t.translation();
        match t.lookup {
            Lookup::None => {}
            Lookup::Micro => self.say(match delay {
                Some(delay) if delay <= HIT_LATENCY => {
                    format!("Its page was in the micro-TLB: it leaves {delay} cycles after it came.")
                }
                Some(delay) => format!(
                    "Its page was in the micro-TLB, but it leaves only {delay} cycles after it came, as \
                     others went first or memory did not take them."
                ),
                None => "Its page was in the micro-TLB.".to_owned(),
            }),
            Lookup::Main => self.say(format!(
                "The micro-TLB did not have it; the translator answered without a walk, from the main \
                 TLB, the side TLB or the first-level cache{}.",
                delay.map_or(String::new(), |delay| format!(": it leaves after {delay} cycles"))
            )),
            Lookup::Prefetch => self.say(format!(
                "The micro-TLB did not have it, but its page had been looked up ahead: it was prefetched{}.",
                delay.map_or(String::new(), |delay| format!(", and it leaves after {delay} cycles"))
            )),
            Lookup::Walk => {
                let walks: Vec<String> = t.walks.iter().map(|walk| format!("#{walk}")).collect();
                let reads = t.walking.len();
                self.say(format!(
                    "No TLB had its page: it waited for walk {}, {reads} read{} of tables.",
                    walks.join(" and "),
                    if reads == 1 { "" } else { "s" }
                ));
            }
        }
    }

    fn tables(&mut self) {
        let t = self.transaction;
        let e = &t.evidence;
        let Some(first) = e.first else {
            let looked_up = t.fault.as_ref().is_some_and(|fault| {
                let kinds = [
                    fault::PERMISSION_L1,
                    fault::PERMISSION_L2,
                    fault::DOMAIN_L1,
                    fault::DOMAIN_L2,
                ];
                fault.status.iter().any(|status| kinds.contains(status))
            });
            if (t.route == Route::Translate && t.forwarded.is_some()) || looked_up {
                self.say("The descriptors of its page are not among those read in this recording.");
            }
            return;
        };
        let inferred = match e.ttbr0_inferred {
            true => " (taken from where the walks read)",
            false => "",
        };
        self.say(format!(
            "TTBR0 is {:#010x}{inferred}, so the first-level descriptor {} is at {:#010x}: {}.",
            e.ttbr0.unwrap_or(0),
            (first.address & 0x3FFF) >> 2,
            first.address,
            self.read(first, first_level_says(first))
        ));
        if let Some(second) = e.second {
            let domain = match first.word.map(first_level) {
                Some(FirstLevel::Table { domain, .. }) => domain,
                _ => 0,
            };
            self.say(format!(
                "The second-level descriptor {} is at {:#010x}: {}.",
                (second.address & 0x3FF) >> 2,
                second.address,
                self.read(second, second_level_says(second, domain))
            ));
        }
        if let Some(leaf) = judge::leaf(e.first, e.second) {
            self.permission(&leaf, e);
        }
    }

    fn read(&self, descriptor: Descriptor, says: String) -> String {
        let word = match descriptor.word {
            Some(word) => format!("{word:#010x}"),
            None => "an error".to_owned(),
        };
        let own = if self.transaction.walks.contains(&descriptor.walk) {
            ""
        } else {
            "earlier, "
        };
        let walk = descriptor.walk;
        format!(
            "{word}, read {own}in cycle {} by walk #{walk}, {says}",
            descriptor.read
        )
    }

    fn permission(&mut self, leaf: &Leaf, e: &Evidence) {
        let t = self.transaction;
        let access = judge::access(t);
        let afe = e
            .sctlr
            .is_some_and(|sctlr| Sctlr::from_bits(sctlr).has(Sctlr::AFE));
        if afe && leaf.ap & 1 == 0 {
            return self
                .say("SCTLR.AFE is 1 and AP[0], the access flag, is 0: an access flag fault.");
        }
        let domain = leaf.domain;
        let Some(dacr) = e.dacr else {
            return self.say(format!(
                "DACR was written before the recording begins: what domain {domain} may is not known."
            ));
        };
        let field = (dacr >> (2 * domain)) & 3;
        let dacr = format!("DACR is {dacr:#010x}: domain {domain} has {field:#04b}");
        match domain_access(e.dacr.unwrap_or(0), domain) {
            DomainAccess::Denied => self.say(format!("{dacr}, no access: a domain fault.")),
            DomainAccess::Manager => {
                self.say(format!("{dacr}, manager: permissions are not checked."));
            }
            DomainAccess::Client => {
                let allowed = crate::golden::permits(leaf, access, afe);
                let who = if access.privileged {
                    "privileged"
                } else {
                    "unprivileged"
                };
                let what = match (access.write, access.instruction) {
                    (true, _) => "writes",
                    (false, true) => "instruction reads",
                    (false, false) => "reads",
                };
                let why = if allowed {
                    "allows".to_owned()
                } else if access.instruction && leaf.xn {
                    "with XN = 1 does not allow".to_owned()
                } else {
                    "does not allow".to_owned()
                };
                let end = if allowed { "" } else { ": a permission fault" };
                self.say(format!(
                    "{dacr}, client, so AP counts: AP = {:#05b} {why} {who} {what}{end}.",
                    leaf.ap
                ));
            }
        }
    }

    fn outcome(&mut self) {
        let t = self.transaction;
        if let Some(below) = &t.forwarded {
            let page = judge::leaf(t.evidence.first, t.evidence.second);
            let how = match (t.route, page) {
                (Route::Bypass | Route::OneToOne, _) => "unchanged".to_owned(),
                (_, Some(leaf)) if t.evidence.agrees => {
                    format!(
                        "base {:#010x} of its {} and the rest of the address",
                        leaf.base,
                        size(leaf.size)
                    )
                }
                _ => "by its translation".to_owned(),
            };
            self.say(format!(
                "It goes to memory in {} at {:#010x}: {how}.",
                self.at(below.valid),
                below.addr
            ));
            if t.route == Route::Translate && t.evidence.first.is_some() && !t.evidence.agrees {
                self.say(
                    "That is not what the descriptors last read say: a TLB held an older translation, or \
                     a register changed meanwhile.",
                );
            }
            if below.resp >= 2 {
                let answer = below.response();
                let reaches = match t.burst.resp == below.resp {
                    true => ", which reaches the master",
                    false => "",
                };
                self.say(format!("Memory answers with {answer}{reaches}."));
            }
        }
        let faults: Vec<&FaultEvent> = t.fault.iter().chain(&t.more_faults).collect();
        for fault in faults {
            self.fault(fault);
        }
        match (t.end, t.burst.done) {
            (End::Answered, Some(done)) => {
                let beats = match (t.burst.write, t.burst.beats) {
                    (true, _) => String::new(),
                    (false, 1) => " on its beat".to_owned(),
                    (false, beats) => format!(" on {beats} beats"),
                };
                let answer = t.burst.response();
                self.say(format!(
                    "The master has its answer, {answer}{beats}, in {}.",
                    self.at(done)
                ));
            }
            (End::Gap, _) => self.say("There is a gap in the recording before its answer."),
            (End::Reset, _) => self.say("Reset ends it before it is answered."),
            _ => self.say("The recording ends before it is answered."),
        }
    }

    fn fault(&mut self, fault: &FaultEvent) {
        let kind = match fault.status[..] {
            [] => "a fault whose kind cannot be told from the recording".to_owned(),
            [status] => format!("{} ({status:#04x})", fault_name(status)),
            ref several => {
                let names: Vec<String> = several.iter().map(|status| fault_name(*status)).collect();
                format!("{} (not told apart by what was seen)", names.join(" or "))
            }
        };
        let told = match fault.source {
            Source::Inside => "the IOMMU records",
            Source::Model => "by registers and descriptors it is",
            Source::Response => "by its answer it is",
        };
        let then = match fault.stalled {
            Some(slot) => {
                format!("; SCTLR.CFCFG is 1, so it stands stalled in slot {slot} until RESUME")
            }
            None => String::new(),
        };
        let number = fault.number;
        self.say(format!(
            "Fault #{number}: {told} {kind} in {}{then}.",
            self.at(fault.cycle)
        ));
        if let [status] = fault.status[..] {
            if let Some(reason) = reason(status) {
                self.say(reason);
            }
        }
    }

    fn time(&mut self) {
        let t = self.transaction;
        let Some(latency) = t.latency() else { return };
        let mut by_phase: Vec<(Phase, u64)> = Vec::new();
        for stretch in t.phases() {
            let cycles = stretch.to - stretch.from;
            match by_phase
                .iter_mut()
                .find(|(phase, _)| *phase == stretch.phase)
            {
                Some((_, sum)) => *sum += cycles,
                None => by_phase.push((stretch.phase, cycles)),
            }
        }
        let parts: Vec<String> = (by_phase.iter())
            .map(|(phase, cycles)| format!("{} {cycles}", phase.name()))
            .collect();
        self.say(format!("It took {latency} cycles: {}.", parts.join(", ")));
    }
}

/// What to do about a fault, as far as that is always the same.
fn reason(status: u32) -> Option<&'static str> {
    Some(match status {
        fault::TRANSLATION_L1 => {
            "Nothing is mapped in that MiB: bits [1:0] of the first-level descriptor do not make it valid."
        }
        fault::TRANSLATION_L2 => {
            "Nothing is mapped at that page: bits [1:0] of the second-level descriptor are 0."
        }
        fault::WALK_ABORT_L1 | fault::WALK_ABORT_L2 => {
            "Memory answered the read of the descriptor with an error."
        }
        fault::CONTEXT_DISABLED => "The context's SCTLR.M is 0.",
        fault::UNMAPPED_STREAM => "The stream is terminated by its S2CR, as it is after reset.",
        fault::EXTERNAL_ABORT => "The translation was right; it is memory that refused the access.",
        fault::STALL_TIMEOUT => "Nobody wrote RESUME within STALL_CTRL.TIMEOUT.",
        fault::ILLEGAL_BURST => "The master broke a rule of AXI4.",
        _ => return None,
    })
}

const fn size(size: PageSize) -> &'static str {
    match size {
        PageSize::Small => "small page (4 KiB)",
        PageSize::Large => "large page (64 KiB)",
        PageSize::Section => "section (1 MiB)",
        PageSize::Supersection => "supersection (16 MiB)",
    }
}

fn first_level_says(descriptor: Descriptor) -> String {
    match descriptor.word.map(first_level) {
        None => "the read failed".to_owned(),
        Some(FirstLevel::Invalid) => format!(
            "bits [1:0] = {:#04b}: not valid, a translation fault",
            descriptor.word.unwrap_or(0) & 3
        ),
        Some(FirstLevel::Table { base, domain }) => {
            format!("bits [1:0] = 0b01: a table at {base:#010x}, domain {domain}")
        }
        Some(FirstLevel::Leaf(leaf)) => leaf_says(&leaf),
    }
}

fn second_level_says(descriptor: Descriptor, domain: u8) -> String {
    match descriptor.word.map(|word| second_level(word, domain)) {
        None => "the read failed".to_owned(),
        Some(SecondLevel::Invalid) => {
            "bits [1:0] = 0b00: not valid, a translation fault".to_owned()
        }
        Some(SecondLevel::Leaf(leaf)) => leaf_says(&leaf),
    }
}

fn leaf_says(leaf: &Leaf) -> String {
    format!(
        "a {} at {:#010x}, domain {}, AP = {:#05b}, XN = {}, nG = {}",
        size(leaf.size),
        leaf.base,
        leaf.domain,
        leaf.ap,
        u8::from(leaf.xn),
        u8::from(leaf.not_global)
    )
}
