//! A table walk as the ARM Architecture Reference Manual (DDI 0406C, B3.5.1) describes it, written from
//! there: it shares nothing with the driver.

/// What stands at the end of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The physical address.
    pub phys: u32,
    /// log2 of the page size.
    pub bits: u32,
    /// AP\[2:0\].
    pub ap: u32,
    /// XN.
    pub xn: bool,
    /// TEX\[2:0\], C, B.
    pub texcb: u32,
    /// nG.
    pub ng: bool,
    /// NS.
    pub ns: bool,
    /// The descriptor.
    pub word: u32,
    /// Where it stands.
    pub at: u32,
}

/// Why a walk ended without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault<E> {
    /// Translation fault, of this level.
    Level(u32),
    /// A descriptor could not be read.
    Read(E),
}

/// Walks from `root` (TTBR0, of which bits 31 to 14 count, as TTBCR.N is 0).
///
/// # Errors
/// [`Fault`].
pub fn walk<E>(read: impl Fn(u32) -> Result<u32, E>, root: u32, va: u32) -> Result<Leaf, Fault<E>> {
    let at = (root & 0xFFFF_C000) | (va >> 20 << 2);
    let l1 = read(at).map_err(Fault::Read)?;
    let leaf = |word: u32, at: u32, bits: u32| Leaf {
        phys: (word >> bits << bits) | (va & ((1 << bits) - 1)),
        bits,
        word,
        at,
        ap: 0,
        xn: false,
        texcb: 0,
        ng: false,
        ns: false,
    };
    match (l1 & 3, l1 >> 18 & 1) {
        (1, _) => {
            let at = (l1 & 0xFFFF_FC00) | (va >> 10 & 0x3FC);
            let l2 = read(at).map_err(Fault::Read)?;
            let (bits, xn, tex) = match l2 & 3 {
                0 => return Err(Fault::Level(2)),
                1 => (16, l2 >> 15 & 1 == 1, l2 >> 12 & 7),
                _ => (12, l2 & 1 == 1, l2 >> 6 & 7),
            };
            Ok(Leaf {
                ap: (l2 >> 9 & 1) << 2 | (l2 >> 4 & 3),
                xn,
                texcb: tex << 2 | (l2 >> 2 & 3),
                ng: l2 >> 11 & 1 == 1,
                ns: l1 >> 3 & 1 == 1,
                ..leaf(l2, at, bits)
            })
        }
        // A supersection above 4 GiB is not reachable.
        (2, 1) if l1 & 0x00F0_01E0 != 0 => Err(Fault::Level(1)),
        (2, supersection) => Ok(Leaf {
            ap: (l1 >> 15 & 1) << 2 | (l1 >> 10 & 3),
            xn: l1 >> 4 & 1 == 1,
            texcb: (l1 >> 12 & 7) << 2 | (l1 >> 2 & 3),
            ng: l1 >> 17 & 1 == 1,
            ns: l1 >> 19 & 1 == 1,
            ..leaf(l1, at, if supersection == 1 { 24 } else { 20 })
        }),
        _ => Err(Fault::Level(1)),
    }
}

/// Who may access memory by AP\[2:0\] with SCTLR.AFE 0 (table B3-8): read, write, unprivileged too.
/// `None` where it depends: reserved, or a write by the privileged only.
pub const fn access(ap: u32) -> Option<(bool, bool, bool)> {
    match ap {
        0 => Some((false, false, true)),
        1 => Some((true, true, false)),
        3 => Some((true, true, true)),
        5 => Some((true, false, false)),
        6 | 7 => Some((true, false, true)),
        _ => None,
    }
}
