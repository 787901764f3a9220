//! A table walk as the ARM Architecture Reference Manual (DDI 0406C, B3.5) describes it, written from
//! there: it shares nothing with the driver.

/// What a walk found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) phys: u32,
    /// log2 of the page size.
    pub(crate) bits: u32,
    /// AP[2:0].
    pub(crate) ap: u32,
    pub(crate) xn: bool,
    /// TEX[2:0], C, B.
    pub(crate) texcb: u32,
    pub(crate) s: bool,
    pub(crate) ng: bool,
    pub(crate) domain: u32,
    pub(crate) ns: bool,
    /// The second-level table.
    pub(crate) table: Option<u32>,
}

fn leaf(va: u32, base: u32, bits: u32) -> Leaf {
    let offset = (1 << bits) - 1;
    assert_eq!(base & offset, 0, "a page of 2^{bits} at {base:#x}");
    Leaf {
        phys: base | (va & offset),
        bits,
        ap: 0,
        xn: false,
        texcb: 0,
        s: false,
        ng: false,
        domain: 0,
        ns: false,
        table: None,
    }
}

/// All sixteen words of a repeated entry must be the same.
fn check_repeats(read: &dyn Fn(u32) -> u32, word_at: u32, word: u32) {
    let first = word_at & !0x3F;
    for n in 0..16 {
        let other = read(first + 4 * n);
        assert_eq!(other, word, "repeated entries at {first:#x} differ");
    }
}

/// Walks; `Err`: the level at which there is no valid descriptor.
pub(crate) fn walk(read: &dyn Fn(u32) -> u32, root: u32, va: u32) -> Result<Leaf, u32> {
    let at = (root & 0xFFFF_C000) | ((va >> 20) << 2);
    let l1 = read(at);
    match l1 & 3 {
        1 => {
            let table = l1 & 0xFFFF_FC00;
            let domain = (l1 >> 5) & 0xF;
            let leaf = walk_second(read, table, domain, va)?;
            Ok(Leaf {
                ns: (l1 >> 3) & 1 == 1,
                ..leaf
            })
        }
        2 => {
            let supersection = (l1 >> 18) & 1 == 1;
            let (base, bits) = if supersection {
                check_repeats(read, at, l1);
                assert_eq!(l1 & 0x00F0_01E0, 0, "supersection above 4 GiB");
                (l1 & 0xFF00_0000, 24)
            } else {
                (l1 & 0xFFF0_0000, 20)
            };
            Ok(Leaf {
                ap: ((l1 >> 13) & 4) | ((l1 >> 10) & 3),
                xn: (l1 >> 4) & 1 == 1,
                texcb: ((l1 >> 10) & 0x1C) | ((l1 >> 2) & 3),
                s: (l1 >> 16) & 1 == 1,
                ng: (l1 >> 17) & 1 == 1,
                ns: (l1 >> 19) & 1 == 1,
                domain: if supersection { 0 } else { (l1 >> 5) & 0xF },
                ..leaf(va, base, bits)
            })
        }
        _ => Err(1),
    }
}

fn walk_second(read: &dyn Fn(u32) -> u32, table: u32, domain: u32, va: u32) -> Result<Leaf, u32> {
    let at = table | ((va >> 10) & 0x3FC);
    let l2 = read(at);
    let ap = ((l2 >> 7) & 4) | ((l2 >> 4) & 3);
    let cb = (l2 >> 2) & 3;
    let (s, ng) = ((l2 >> 10) & 1 == 1, (l2 >> 11) & 1 == 1);
    let page = match l2 & 3 {
        0 => return Err(2),
        1 => {
            check_repeats(read, at, l2);
            Leaf {
                xn: (l2 >> 15) & 1 == 1,
                texcb: ((l2 >> 10) & 0x1C) | cb,
                ..leaf(va, l2 & 0xFFFF_0000, 16)
            }
        }
        _ => Leaf {
            xn: l2 & 1 == 1,
            texcb: ((l2 >> 4) & 0x1C) | cb,
            ..leaf(va, l2 & 0xFFFF_F000, 12)
        },
    };
    Ok(Leaf {
        ap,
        s,
        ng,
        domain,
        table: Some(table),
        ..page
    })
}
