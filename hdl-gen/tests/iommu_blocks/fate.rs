//! What becomes of a burst, from stream map, page tables and the rules above them.

use hdl_gen::iommu::types::*;
use vcm_regs::fault as code;

use crate::attributes;
use crate::iommu::n;
use crate::mapping::{physical, walk, Tables};
use crate::resolve::{expected, Access};

/// What is to become of a burst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    Pass { addr: u64, cache: u64 },
    Fault { status: u64, decode_error: bool },
}

/// What the tables, and the rules above them, say of a burst.
pub fn fate(tables: &Tables, burst: &Burst, write: bool, route: &Route, bank: &Bank) -> Fate {
    let fault = |status| Fate::Fault {
        status,
        decode_error: false,
    };
    if !route.bypass && !route.translate {
        return Fate::Fault {
            status: code::UNMAPPED_STREAM.into(),
            decode_error: true,
        };
    }
    let (addr, cache) = (n(burst.addr), n(burst.cache));
    if !crate::burst_check::legal(addr, n(burst.len), n(burst.size), n(burst.burst)) {
        return fault(code::ILLEGAL_BURST.into());
    }
    if route.bypass {
        return Fate::Pass { addr, cache };
    }
    if !bank.enabled {
        return fault(code::CONTEXT_DISABLED.into());
    }
    let page = match walk(tables, route.context, (addr >> 12).into(), bank) {
        Ok(page) => page,
        Err(status) => return fault(status),
    };
    let prot = n(burst.prot);
    let access = Access {
        write,
        privileged: prot & 1 == 1,
        instruction: prot & 4 == 4,
    };
    match expected(&page, bank.afe, n(bank.dacr) as u32, access) {
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
