//! Page tables in memory, and what they say.

use std::collections::BTreeMap;

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::types::Bank;
use vcm_regs::fault;

use crate::iommu::n;

/// A page, as its descriptor says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Page {
    pub large: u64,
    pub ppn: u64,
    pub ap: u64,
    pub xn: bool,
    pub domain: u64,
    pub memory: u64,
    pub not_global: bool,
}

impl Page {
    /// Pages of 4 KiB in it.
    pub fn span(&self) -> u64 {
        match self.large {
            0 => 1,
            1 => 16,
            3 => 256,
            _ => 4096,
        }
    }

    /// Where `vpn` is in memory.
    pub fn place(&self, vpn: u64) -> u64 {
        let low = self.span() - 1;
        self.ppn & !low | vpn & low
    }

    fn code(&self, level1: u32, level2: u32) -> u32 {
        if self.large > 1 {
            level1
        } else {
            level2
        }
    }

    /// 0, or why this access is refused.
    pub fn refuses(&self, bank: &Bank, write: bool, privileged: bool, instruction: bool) -> u32 {
        if bank.afe && self.ap & 1 == 0 {
            return self.code(fault::ACCESS_FLAG_L1, fault::ACCESS_FLAG_L2);
        }
        let ap = self.ap | u64::from(bank.afe);
        let allowed = match n(bank.dacr) >> (2 * self.domain) & 3 {
            0 | 2 => return self.code(fault::DOMAIN_L1, fault::DOMAIN_L2),
            3 => true,
            _ => {
                let by_ap = match (ap, write) {
                    (3, _) | (6 | 7, false) => true,
                    (2, false) => true,
                    (1 | 2, _) => privileged,
                    (5, false) => privileged,
                    _ => false,
                };
                by_ap && !(instruction && self.xn)
            }
        };
        if allowed {
            0
        } else {
            self.code(fault::PERMISSION_L1, fault::PERMISSION_L2)
        }
    }
}

/// What a first-level word says.
pub enum First {
    Fault,
    Table { table: u32, domain: u64 },
    Page(Page),
}

fn bits(word: u32, lsb: u32, width: u32) -> u64 {
    u64::from(word >> lsb & ((1 << width) - 1))
}

pub fn first(word: u32) -> First {
    let page = Page {
        large: 3,
        ppn: bits(word, 20, 12) << 8,
        ap: bits(word, 15, 1) << 2 | bits(word, 10, 2),
        xn: bits(word, 4, 1) == 1,
        domain: bits(word, 5, 4),
        memory: bits(word, 12, 3) << 2 | bits(word, 2, 2).reverse_pair(),
        not_global: bits(word, 17, 1) == 1,
    };
    match word & 3 {
        1 => First::Table {
            table: word & !0x3FF,
            domain: bits(word, 5, 4),
        },
        2 if bits(word, 18, 1) == 0 => First::Page(page),
        2 if bits(word, 20, 4) | bits(word, 5, 4) != 0 => First::Fault,
        2 => First::Page(Page {
            large: 7,
            ppn: bits(word, 24, 8) << 12,
            domain: 0,
            ..page
        }),
        _ => First::Fault,
    }
}

pub fn second(word: u32, domain: u64) -> Option<Page> {
    let page = Page {
        large: 0,
        ppn: bits(word, 12, 20),
        ap: bits(word, 9, 1) << 2 | bits(word, 4, 2),
        xn: bits(word, 0, 1) == 1,
        domain,
        memory: bits(word, 6, 3) << 2 | bits(word, 2, 2).reverse_pair(),
        not_global: bits(word, 11, 1) == 1,
    };
    match word & 3 {
        0 => None,
        1 => Some(Page {
            large: 1,
            ppn: bits(word, 16, 16) << 4,
            xn: bits(word, 15, 1) == 1,
            memory: bits(word, 12, 3) << 2 | bits(word, 2, 2).reverse_pair(),
            ..page
        }),
        _ => Some(page),
    }
}

trait Pair {
    fn reverse_pair(self) -> u64;
}

impl Pair for u64 {
    /// {C, B} of a word's bits 3 and 2 stand as in the memory type.
    fn reverse_pair(self) -> u64 {
        self & 3
    }
}

/// Memory with tables.
#[derive(Clone, Default)]
pub struct Tables {
    words: BTreeMap<u32, u32>,
}

impl Tables {
    /// Bits [31:14] of the first level of a context's address space.
    pub fn base(context: u64, asid: u64) -> u64 {
        1 + context * 2 + asid
    }

    pub fn first_addr(base: u64, vpn: u64) -> u32 {
        (base << 14 | vpn >> 8 << 2) as u32
    }

    pub fn word(&self, addr: u32) -> u32 {
        self.words.get(&addr).copied().unwrap_or(0)
    }

    /// The page, or the fault.
    pub fn translate(&self, base: u64, vpn: u64) -> Result<Page, u32> {
        match first(self.word(Self::first_addr(base, vpn))) {
            First::Fault => Err(fault::TRANSLATION_L1),
            First::Page(page) => Ok(page),
            First::Table { table, domain } => {
                second(self.word(table | (vpn as u32 & 255) << 2), domain)
                    .ok_or(fault::TRANSLATION_L2)
            }
        }
    }

    fn table(base: u64, vpn: u64) -> u32 {
        0x8000_0000 | ((base << 6 | vpn >> 8 & 63) << 10) as u32
    }

    /// Maps `page` over `vpn`, whatever was there before.
    pub fn map(&mut self, base: u64, vpn: u64, page: &Page) {
        let ap = (page.ap & 3) as u32;
        let apx = (page.ap >> 2) as u32;
        let (tex, cb) = ((page.memory >> 2) as u32, (page.memory & 3) as u32);
        let (ng, xn) = (u32::from(page.not_global), u32::from(page.xn));
        let at = Self::first_addr(base, vpn);
        if page.large > 1 {
            // Nothing of what it covers comes back when it goes.
            let first = vpn & !(page.span() - 1);
            for mib in 0..page.span() >> 8 {
                let table = Self::table(base, first + (mib << 8));
                self.words
                    .retain(|addr, _| !(table..table + 0x400).contains(addr));
            }
            let word = 2 | cb << 2 | xn << 4 | ap << 10 | tex << 12 | apx << 15 | ng << 17;
            if page.large == 3 {
                let place = (page.ppn >> 8 << 20) as u32;
                self.words
                    .insert(at, word | (page.domain as u32) << 5 | place);
            } else {
                let place = (page.ppn >> 12 << 24) as u32;
                for i in 0..16 {
                    self.words
                        .insert((at & !63) + 4 * i, word | 1 << 18 | place);
                }
            }
            return;
        }
        self.break_up(base, vpn);
        let table = Self::table(base, vpn);
        // The same for all pages of a table, or they would all have to be invalidated.
        let domain = [0, 0, 3, 0, 12][((base ^ vpn >> 8) % 5) as usize];
        self.words.insert(at, table | domain << 5 | 1);
        let word = cb << 2 | ap << 4 | apx << 9 | ng << 11;
        let index = vpn as u32 & 255;
        if page.large == 0 {
            let word = word | 2 | xn | tex << 6 | (page.ppn << 12) as u32;
            self.words.insert(table | index << 2, word);
        } else {
            let word = word | 1 | tex << 12 | xn << 15 | (page.ppn >> 4 << 16) as u32;
            for i in 0..16 {
                self.words.insert(table | (index & !15 | i) << 2, word);
            }
        }
    }

    /// Takes away the page over `vpn`.
    pub fn unmap(&mut self, base: u64, vpn: u64) {
        let at = Self::first_addr(base, vpn);
        match self.translate(base, vpn).map(|page| page.large) {
            Ok(7) => self.break_up(base, vpn),
            Ok(3) => {
                self.words.insert(at, 0);
            }
            Ok(large) => {
                let table = Self::table(base, vpn);
                let (first, count) = if large == 1 {
                    (vpn as u32 & 240, 16)
                } else {
                    (vpn as u32 & 255, 1)
                };
                for i in first..first + count {
                    self.words.insert(table | i << 2, 0);
                }
            }
            Err(_) => {}
        }
    }

    /// Takes away what is over `vpn` and larger than a small page.
    fn break_up(&mut self, base: u64, vpn: u64) {
        let at = Self::first_addr(base, vpn);
        if let First::Page(page) = first(self.word(at)) {
            let (from, count) = if page.large == 7 {
                (at & !63, 16)
            } else {
                (at, 1)
            };
            for i in 0..count {
                self.words.insert(from + 4 * i, 0);
            }
        } else if let Ok(Page { large: 1, .. }) = self.translate(base, vpn) {
            let table = Self::table(base, vpn);
            for i in 0..16 {
                self.words.insert(table | (vpn as u32 & 240 | i) << 2, 0);
            }
        }
    }
}

/// Mostly one that allows everything.
pub fn page(rng: &mut Rng, not_global: bool) -> Page {
    Page {
        large: match rng.below(20) {
            0..12 => 0,
            12..18 => 1,
            18 => 3,
            _ => 7,
        },
        ppn: rng.below(1 << 20),
        ap: if rng.chance(3, 4) { 3 } else { rng.below(8) },
        xn: rng.chance(1, 4),
        domain: if rng.chance(3, 4) { 0 } else { rng.below(16) },
        memory: rng.below(32),
        not_global,
    }
}
