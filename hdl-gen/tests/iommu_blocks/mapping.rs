//! Translation tables full of everything, and a reader of them written from the architecture.

use hdl_gen::equiv::Rng;
use hdl_gen::iommu::config::CONTEXT_BITS;
use hdl_gen::iommu::types::*;
use rust_hdl::prelude::*;

use crate::iommu::n;

/// Tables of eight contexts. What a word holds is a function of its address and of its context's
/// version; bit 31 of an address tells second-level tables, bits 30:28 are the context.
#[derive(Clone, Copy, Default)]
pub struct Tables {
    pub version: [u64; 8],
}

fn hash(of: u64) -> u32 {
    let mut x = of.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (x ^ (x >> 32)) as u32
}

impl Tables {
    /// The word at an address; `None` is a bus error.
    pub fn read(&self, addr: u32) -> Option<u32> {
        let version = self.version[(addr >> 28 & 7) as usize] << 32;
        let own = hash(u64::from(addr) | version);
        // 16 words alike for supersections and large pages.
        let group = hash(u64::from(addr >> 6) | 1 << 31 | version);
        let alike = group % 3 == 0;
        // An error is one of both words of a beat.
        let beat = hash(u64::from(addr >> 3) | 1 << 30 | version);
        if if alike { group } else { beat } & 0x1F00_0000 == 0 {
            return None;
        }
        Some(match (addr >> 31 == 1, alike) {
            (false, true) if group & 0x30 == 0 => group & !3 | 2 | 1 << 18,
            (false, true) => group & !3 & !0x00F0_01E0 | 2 | 1 << 18,
            (false, false) => match own >> 4 & 7 {
                0 => own & !3,
                1 => own | 3,
                2 | 3 => own & !3 & !(1 << 18) | 2,
                _ => own & 0x0FFF_FFFC | 1 | 1 << 31 | addr & 0x7000_0000,
            },
            (true, true) => group & !3 | 1,
            (true, false) if own & 0x70 == 0 => own & !3,
            (true, false) => own | 2,
        })
    }

    /// TTBR0.BASE of a first-level table of `context`; there are several.
    pub fn base(context: u64, which: u64) -> u64 {
        (context << 28 | (which & 0x3FFF) << 14) >> 14
    }
}

/// A walk as ARM ARM DDI 0406C, B3.5 has it: a page or a fault status.
pub fn walk(
    tables: &Tables,
    context: Bits<CONTEXT_BITS>,
    vpn: Bits<20>,
    bank: &Bank,
) -> Result<Translation, u64> {
    let va = (n(vpn) << 12) as u32;
    let first = (n(bank.base) << 14) as u32 | va >> 20 << 2;
    let result = match tables.read(first) {
        None => Err(0b01100),
        Some(word) if word & 3 == 1 => {
            let second = word & !0x3FF | (va >> 12 & 0xFF) << 2;
            match tables.read(second) {
                None => Err(0b01110),
                Some(page_word) => page(page_word, word >> 5 & 0xF),
            }
        }
        Some(word) if word & 3 == 2 => section(word),
        Some(_) => Err(0b00101),
    };
    let page = Translation {
        context,
        asid: bank.asid,
        vpn,
        ..result?
    };
    match (bank.afe && n(page.ap) & 1 == 0, n(page.large)) {
        (true, 3 | 7) => Err(0b00011),
        (true, _) => Err(0b00110),
        _ => Ok(page),
    }
}

fn translation(
    large: u64,
    ppn: u32,
    domain: u32,
    ap: u32,
    xn: u32,
    ng: u32,
    tex_c_b: u32,
) -> Translation {
    Translation {
        large: large.into(),
        ppn: u64::from(ppn).into(),
        domain: u64::from(domain).into(),
        ap: u64::from(ap).into(),
        xn: xn & 1 == 1,
        not_global: ng & 1 == 1,
        memory: u64::from(tex_c_b).into(),
        ..Translation::default()
    }
}

fn section(word: u32) -> Result<Translation, u64> {
    let ap = word >> 10 & 3 | (word >> 15 & 1) << 2;
    let memory = (word >> 12 & 7) << 2 | word >> 2 & 3;
    let (xn, ng) = (word >> 4, word >> 17);
    if word >> 18 & 1 == 0 {
        let (base, domain) = (word >> 20 << 8, word >> 5 & 0xF);
        return Ok(translation(3, base, domain, ap, xn, ng, memory));
    }
    // A supersection; its extended base address must be within 32 bits.
    if word >> 20 & 0xF != 0 || word >> 5 & 0xF != 0 {
        return Err(0b00101);
    }
    Ok(translation(7, word >> 24 << 12, 0, ap, xn, ng, memory))
}

fn page(word: u32, domain: u32) -> Result<Translation, u64> {
    let ap = word >> 4 & 3 | (word >> 9 & 1) << 2;
    let (c_b, ng) = (word >> 2 & 3, word >> 11);
    match word & 3 {
        0 => Err(0b00111),
        1 => {
            let memory = (word >> 12 & 7) << 2 | c_b;
            Ok(translation(
                1,
                word >> 16 << 4,
                domain,
                ap,
                word >> 15,
                ng,
                memory,
            ))
        }
        _ => {
            let memory = (word >> 6 & 7) << 2 | c_b;
            Ok(translation(0, word >> 12, domain, ap, word, ng, memory))
        }
    }
}

/// Where an address of a page is in memory.
pub fn physical(page: &Translation, iova: u64) -> u64 {
    let size = match n(page.large) {
        0 => 1 << 12,
        1 => 1 << 16,
        3 => 1 << 20,
        _ => 1 << 24,
    };
    n(page.ppn) << 12 & !(size - 1) | iova & (size - 1)
}

#[test]
fn the_tables_hold_everything() {
    let mut rng = Rng::new(1);
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..5000 {
        let context = rng.below(8);
        let bank = Bank {
            base: Tables::base(context, rng.below(16)).into(),
            afe: rng.chance(1, 3),
            ..Bank::default()
        };
        let kind = walk(&Tables::default(), context.into(), rng.bits(), &bank)
            .map_or_else(|status| status, |page| 100 + n(page.large));
        *seen.entry(kind).or_insert(0) += 1;
    }
    let kinds = [3, 5, 6, 7, 12, 14, 100, 101, 103, 107];
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), kinds);
    assert!(seen.values().all(|&count| count > 20), "{seen:?}");
}
