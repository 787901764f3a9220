//! Who may do what: AP, XN, access flag, domains.

use anyhow::Result;
use vcm_regs::context::{Dacr, Sctlr};
use vcm_regs::descriptor::ap;
use vcm_regs::fault;
use vcm_sim::axi::Request;
use vcm_tests::bench::{Bench, cosimulate, quick};
use vcm_tests::tables::{Page, Size};

const IOVA: u32 = 0x7000_0000;
const PA: u32 = 0x0A00_0000;

/// AxPROT bits.
const PRIVILEGED: u8 = 0b001;
const NON_SECURE: u8 = 0b010;
const INSTRUCTION: u8 = 0b100;

/// Values of a domain in DACR (ARM ARM B4.1.43).
const NO_ACCESS: u32 = 0;
const CLIENT: u32 = 1;
const RESERVED: u32 = 2;
const MANAGER: u32 = 3;

fn access(iova: u32, write: bool, prot: u8) -> Request {
    let request = match write {
        false => Request::read(iova, 1),
        true => Request::write(iova, &[0; 8]),
    };
    request.prot(prot)
}

/// Holds that an access passes, or is refused with this status.
fn expect(bench: &Bench, request: Request, status: Option<u32>, what: &str) -> Result<()> {
    let (iova, shown) = (request.addr, format!("{what}: {request:x?}"));
    match status {
        None => {
            let offset = iova & 0xFFF;
            assert_eq!(bench.passes(request)? & 0xFFF, offset, "{shown}");
            assert_eq!(bench.faults()?, [], "{shown}");
        }
        Some(status) => {
            bench.refused(request)?;
            let faults = bench.faults()?;
            let seen: Vec<u32> = faults.iter().map(|fault| fault.status).collect();
            assert_eq!(seen, [status], "{shown}");
        }
    }
    Ok(())
}

/// For each AP: privileged read, privileged write, user read, user write (ARM ARM table B3-8).
const PERMITTED: [(u32, [bool; 4]); 8] = [
    (ap::NONE, [false, false, false, false]),
    (ap::PRIV_RW, [true, true, false, false]),
    (ap::PRIV_RW_USER_RO, [true, true, true, false]),
    (ap::RW, [true, true, true, true]),
    (ap::RESERVED, [false, false, false, false]),
    (ap::PRIV_RO, [true, false, false, false]),
    (ap::RO_OLD, [true, false, true, false]),
    (ap::RO, [true, false, true, false]),
];

/// For each AP[2:1] with access flags (ARM ARM table B3-9).
const PERMITTED_AFE: [[bool; 4]; 4] = [
    [true, true, false, false],
    [true, true, true, true],
    [true, false, false, false],
    [true, false, true, false],
];

/// Write and AxPROT of the four columns.
const COLUMNS: [(bool, u8); 4] = [
    (false, PRIVILEGED),
    (true, PRIVILEGED),
    (false, 0),
    (true, 0),
];

#[test]
fn every_ap_permits_what_its_table_says() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let denied = size.level(fault::PERMISSION_L1, fault::PERMISSION_L2);
            for (ap, permitted) in PERMITTED {
                tables.map(Page {
                    ap,
                    ..Page::new(size, IOVA, PA)
                })?;
                bench.invalidate(0)?;
                // Twice: with a walk, and from the TLB.
                for _ in 0..2 {
                    for ((write, prot), permitted) in COLUMNS.into_iter().zip(permitted) {
                        let status = (!permitted).then_some(denied);
                        // Non-secure makes no difference.
                        for prot in [prot, prot | NON_SECURE] {
                            let request = access(IOVA, write, prot);
                            expect(bench, request, status, &format!("{size:?}, AP {ap:03b}"))?;
                        }
                    }
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn execute_never_refuses_instruction_accesses_only() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let denied = size.level(fault::PERMISSION_L1, fault::PERMISSION_L2);
            for xn in [false, true] {
                for (ap, permitted) in PERMITTED {
                    tables.map(Page {
                        ap,
                        xn,
                        ..Page::new(size, IOVA, PA)
                    })?;
                    bench.invalidate(0)?;
                    for ((write, prot), permitted) in COLUMNS.into_iter().zip(permitted) {
                        if write {
                            continue;
                        }
                        for instruction in [0, INSTRUCTION] {
                            let never = xn && instruction != 0;
                            let status = (!permitted || never).then_some(denied);
                            let request = access(IOVA, write, prot | instruction);
                            let what = format!("{size:?}, AP {ap:03b}, XN {xn}");
                            expect(bench, request, status, &what)?;
                        }
                    }
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn with_access_flags_ap_0_is_the_flag_and_permissions_are_ap_2_and_1() -> Result<()> {
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            bench.set_bank(0, Sctlr::default().with(Sctlr::M, 1).with(Sctlr::AFE, 1))?;
            let denied = size.level(fault::PERMISSION_L1, fault::PERMISSION_L2);
            let no_flag = size.level(fault::ACCESS_FLAG_L1, fault::ACCESS_FLAG_L2);
            for ap in 0..8 {
                tables.map(Page {
                    ap,
                    ..Page::new(size, IOVA, PA)
                })?;
                bench.invalidate(0)?;
                let permitted = PERMITTED_AFE[ap as usize >> 1];
                for _ in 0..2 {
                    for ((write, prot), permitted) in COLUMNS.into_iter().zip(permitted) {
                        let status = match (ap & 1, permitted) {
                            (0, _) => Some(no_flag),
                            (_, false) => Some(denied),
                            _ => None,
                        };
                        let what = format!("{size:?}, AP {ap:03b}");
                        expect(bench, access(IOVA, write, prot), status, &what)?;
                    }
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn an_access_flag_that_software_sets_needs_no_invalidation() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        bench.set_bank(0, Sctlr::default().with(Sctlr::M, 1).with(Sctlr::AFE, 1))?;
        for size in Size::ALL {
            let page = |ap| Page {
                ap,
                ..Page::new(size, IOVA, PA)
            };
            tables.set_first(IOVA, 0)?;
            tables.map(page(ap::PRIV_RW_USER_RO))?;
            bench.invalidate(0)?;
            let status = size.level(fault::ACCESS_FLAG_L1, fault::ACCESS_FLAG_L2);
            expect(bench, access(IOVA, true, 0), Some(status), "flag is 0")?;
            tables.map(page(ap::RW))?;
            expect(bench, access(IOVA, true, 0), None, "flag is 1")?;
        }
        Ok(())
    })
}

#[test]
fn access_flags_count_for_what_was_cached_without_them() -> Result<()> {
    for (size, domain) in Size::ALL
        .into_iter()
        .flat_map(|s| [(s, CLIENT), (s, MANAGER)])
    {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            bench.set_bank(0, Dacr::from_bits(domain))?;
            let on = Sctlr::default().with(Sctlr::M, 1);
            tables.map(Page {
                ap: ap::PRIV_RW_USER_RO,
                ..Page::new(size, IOVA, PA)
            })?;
            let status = size.level(fault::ACCESS_FLAG_L1, fault::ACCESS_FLAG_L2);
            for flags in [0, 1, 0] {
                bench.set_bank(0, on.with(Sctlr::AFE, flags))?;
                let status = (flags == 1).then_some(status);
                let what = format!("{size:?}, domain is {domain}, AFE is {flags}");
                for _ in 0..2 {
                    expect(bench, access(IOVA, false, 0), status, &what)?;
                    bench.settle()?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn dacr_decides_for_each_of_the_16_domains() -> Result<()> {
    for size in [Size::Small, Size::Large, Size::Section] {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let no_domain = size.level(fault::DOMAIN_L1, fault::DOMAIN_L2);
            let denied = size.level(fault::PERMISSION_L1, fault::PERMISSION_L2);
            // Domain n at MiB n; nobody may write.
            let iova = |domain| IOVA + domain * 0x0010_0000;
            for domain in 0..16 {
                tables.map(Page {
                    domain,
                    ap: ap::RO,
                    xn: true,
                    ..Page::new(size, iova(domain), PA + domain * 0x0010_0000)
                })?;
            }
            for value in [NO_ACCESS, CLIENT, RESERVED, MANAGER] {
                for domain in 0..16 {
                    // All others have another value.
                    let others = (0..16).map(|n| (value ^ 1 ^ (n & 2)) << (2 * n));
                    let others: u32 = others.sum();
                    let dacr = others & !(3 << (2 * domain)) | value << (2 * domain);
                    // In effect at once, whatever the TLB holds.
                    bench.set_bank(0, Dacr::from_bits(dacr))?;
                    let [read, write] = match value {
                        CLIENT => [None, Some(denied)],
                        MANAGER => [None, None],
                        _ => [Some(no_domain); 2],
                    };
                    let what = format!("{size:?}, domain {domain} is {value}");
                    let at = iova(domain) + 8 * value;
                    expect(bench, access(at, false, 0), read, &what)?;
                    expect(bench, access(at, true, 0), write, &what)?;
                    // A manager may even execute what is execute-never.
                    let fetch = if value == CLIENT { Some(denied) } else { read };
                    expect(bench, access(at, false, INSTRUCTION), fetch, &what)?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_supersection_is_of_domain_0() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        tables.map(Page {
            ap: ap::NONE,
            ..Page::new(Size::Supersection, IOVA, PA)
        })?;
        for (value, status) in [
            (NO_ACCESS, Some(fault::DOMAIN_L1)),
            (CLIENT, Some(fault::PERMISSION_L1)),
            (RESERVED, Some(fault::DOMAIN_L1)),
            (MANAGER, None),
        ] {
            bench.set_bank(0, Dacr::from_bits(0x5555_5554 | value))?;
            expect(bench, access(IOVA, true, 0), status, "others are clients")?;
            bench.set_bank(0, Dacr::from_bits(value))?;
            expect(
                bench,
                access(IOVA, false, 0),
                status,
                "others have no access",
            )?;
        }
        Ok(())
    })
}

#[test]
fn faults_have_the_precedence_of_the_architecture() -> Result<()> {
    // Access flag before domain before permission (ARM ARM B3.19); a manager takes the first, too.
    for size in Size::ALL {
        cosimulate(quick(), |bench| {
            let mut tables = bench.context(0)?;
            let level = |first, second| Some(size.level(first, second));
            let flag = level(fault::ACCESS_FLAG_L1, fault::ACCESS_FLAG_L2);
            let domain = level(fault::DOMAIN_L1, fault::DOMAIN_L2);
            let permission = level(fault::PERMISSION_L1, fault::PERMISSION_L2);
            tables.map(Page {
                ap: ap::NONE,
                ..Page::new(size, IOVA, PA)
            })?;
            for (afe, dacr, status) in [
                (1, NO_ACCESS, flag),
                (1, CLIENT, flag),
                (1, MANAGER, flag),
                (0, NO_ACCESS, domain),
                (0, CLIENT, permission),
                (0, MANAGER, None),
            ] {
                bench.set_bank(0, Sctlr::default().with(Sctlr::M, 1).with(Sctlr::AFE, afe))?;
                bench.set_bank(0, Dacr::from_bits(dacr))?;
                bench.invalidate(0)?;
                let what = format!("{size:?}, AFE {afe}, DACR {dacr}");
                expect(bench, access(IOVA, true, 0), status, &what)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn neighbouring_pages_have_permissions_of_their_own() -> Result<()> {
    cosimulate(quick(), |bench| {
        let mut tables = bench.context(0)?;
        for (n, (ap, _)) in (0..).zip(PERMITTED) {
            tables.map(Page {
                ap,
                ..Page::small(IOVA + n * 0x1000, PA + n * 0x1000)
            })?;
        }
        for _ in 0..2 {
            for (n, (ap, permitted)) in (0..).zip(PERMITTED) {
                for ((write, prot), permitted) in COLUMNS.into_iter().zip(permitted) {
                    let status = (!permitted).then_some(fault::PERMISSION_L2);
                    let request = access(IOVA + n * 0x1000 + 0xFF8, write, prot);
                    expect(bench, request, status, &format!("AP {ap:03b}"))?;
                }
            }
        }
        Ok(())
    })
}
