//! The IOMMU and the SoC as a whole, in traffic: what masters and memory see is right, and the
//! emitted Verilog does the same in every cycle.

use hdl_gen::equiv::Check;
use hdl_gen::iommu::config::OUTSTANDING;
use hdl_gen::iommu::types::{Bank, Burst, Route};
use hdl_gen::iommu::Iommu;
use hdl_gen::soc::Soc;
use vcm_regs::context::{self, Sctlr};
use vcm_regs::global::{self, stream_type, S2cr};
use vcm_regs::{dma, RegisterInfo};

use crate::axil_host::{AxilHost, Done, OKAY};
use crate::fate::fate;
use crate::iommu::{n, settle, Sim};
use crate::mapping::Tables;
use crate::traffic::{Master, Memory, TableMemory};

fn global_at(info: &RegisterInfo) -> u32 {
    global::BLOCK.at(0) + info.offset
}

fn bank_at(index: u32, info: &RegisterInfo) -> u32 {
    context::BLOCK.at(index) + info.offset
}

fn set(host: &mut AxilHost, addr: u32, value: u32) {
    host.write(addr as u16, value, 0xF);
}

/// Where the streams go: three contexts, bypass, and nowhere.
fn route(stream: u64) -> Route {
    Route {
        translate: stream < 3,
        bypass: stream == 3,
        context: (stream & 7).into(),
    }
}

/// The banks; the third is off.
fn bank(context: u64) -> Bank {
    Bank {
        enabled: context < 2,
        afe: context == 1,
        mtcfg: context == 0,
        asid: (7 * context).into(),
        base: Tables::base(context, 3).into(),
        dacr: (if context == 0 {
            0xFFFF_FFFFu64
        } else {
            0x5555_7555
        })
        .into(),
        ..Bank::default()
    }
}

fn program(host: &mut AxilHost) {
    for stream in 0..5 {
        let route = route(stream);
        let kind = match (route.translate, route.bypass) {
            (true, _) => stream_type::TRANSLATE,
            (_, true) => stream_type::BYPASS,
            _ => stream_type::TERMINATE,
        };
        let word = S2cr::from_bits(0)
            .with(S2cr::TYPE, kind)
            .with(S2cr::CBNDX, n(route.context) as u32);
        set(
            host,
            global_at(&global::S2CR) + 4 * stream as u32,
            word.bits(),
        );
    }
    for index in 0..3 {
        let bank = bank(u64::from(index));
        let sctlr = Sctlr::from_bits(0)
            .with(Sctlr::M, bank.enabled.into())
            .with(Sctlr::AFE, bank.afe.into())
            .with(Sctlr::MTCFG, bank.mtcfg.into())
            .with(Sctlr::CFIE, 1);
        let at = |info| bank_at(index, info);
        set(host, at(&context::TTBR0), (n(bank.base) << 14) as u32);
        set(host, at(&context::CONTEXTIDR), n(bank.asid) as u32);
        set(host, at(&context::DACR), n(bank.dacr) as u32);
        set(host, at(&context::SCTLR), sctlr.bits());
    }
    set(host, global_at(&global::IRQ_ENABLE), 3);
}

/// What software does meanwhile: invalidations and synchronisations of unchanged tables, and looks
/// at faults and counters.
fn meddle(host: &mut AxilHost, choice: u64) {
    let invalidations = [
        global_at(&global::TLBIALL),
        bank_at(0, &context::TLBIALL),
        bank_at(1, &context::TLBIASID),
        bank_at(0, &context::TLBIVAA),
        bank_at(1, &context::TLBIVA),
    ];
    match choice {
        0..=4 => {
            set(host, invalidations[choice as usize], 7);
            set(host, bank_at(choice as u32 & 1, &context::TLBSYNC), 0);
            host.read(bank_at(choice as u32 & 1, &context::TLBSTATUS) as u16);
            host.read(global_at(&global::TLBSTATUS) as u16);
        }
        5 => {
            set(host, global_at(&global::TLBSYNC), 0);
            set(host, global_at(&global::CNT_CTRL), 1);
            host.read(global_at(&global::CNT_MISS_R) as u16);
            host.read(global_at(&global::CNT_WALK_CYCLES) as u16);
        }
        6 => {
            set(host, bank_at(1, &context::FSR), u32::MAX);
            host.read(bank_at(0, &context::FAR) as u16);
            host.read(bank_at(1, &context::FSYNR0) as u16);
        }
        _ => {
            host.read(global_at(&global::FQ_IOVA) as u16);
            host.read(global_at(&global::FQ_SYND1) as u16);
            set(host, global_at(&global::FQ_POP), 1);
            set(host, global_at(&global::FQ_STATUS), 0x100);
        }
    }
}

#[test]
fn the_iommu_in_traffic() {
    const CYCLES: usize = 6000;
    let mut host = AxilHost::new(1, 70);
    let mut master = Master::new(2);
    let mut memory = Memory::new(3);
    let mut tables = TableMemory::new(4);
    let (mut ready, mut interrupts) = (false, 0);
    Check::new("iommu_in_traffic")
        .clock(|b: &mut Iommu| &mut b.aclk)
        .cycles(CYCLES)
        .run(Iommu::default(), |b, rng, cycle| {
            let in_reset = cycle < 2 || (1000..1003).contains(&cycle);
            b.aresetn.next = !in_reset;
            if in_reset {
                host.reset();
                master.reset();
                memory.reset();
                tables.reset();
                ready = false;
            }
            if cycle == 2 || cycle == 1003 {
                program(&mut host);
            }
            ready |= !in_reset && cycle > 4 && host.idle();
            // Some pages for each stream, so that TLBs hit; at the end all is answered.
            let wants = master.wants();
            for write in [false, true] {
                let quiet = CYCLES - cycle < 800;
                if !ready || quiet || !wants[usize::from(write)] || !rng.chance(1, 3) {
                    continue;
                }
                let any = crate::iommu::burst(rng);
                let odd = rng.chance(1, 12);
                let burst = Burst {
                    id: rng.below(5).into(),
                    stream: rng
                        .pick(&[0, 0, 0, 0, 1, 1, 3, 3, 3, 2, 4])
                        .unwrap_or(0)
                        .into(),
                    len: (n(any.len) & 7).into(),
                    size: if odd { any.size } else { 3.into() },
                    burst: if odd { any.burst } else { 1.into() },
                    ..any
                };
                let route = route(n(burst.stream));
                let fate = fate(
                    &tables.tables,
                    &burst,
                    write,
                    &route,
                    &bank(n(route.context)),
                );
                if write {
                    master.write(burst, fate);
                } else {
                    master.read(burst, fate);
                }
            }
            if ready && host.idle() && rng.chance(1, 20) {
                meddle(&mut host, rng.below(10));
            }
            host.drive(&mut b.s_axil);
            master.drive(&mut b.s_axi);
            memory.drive(&mut b.m_axi);
            tables.drive(&mut b.m_axi_ptw);
            settle(b);
            if !in_reset {
                host.sample(&b.s_axil);
                let (ar, aw, w) = memory.sample(&b.m_axi);
                // Reads pass those of other IDs that wait for their translation.
                if let Some(ar) = ar {
                    let of_id = |due: &Burst| due.id == ar.id;
                    let at = master.to_ar.iter().position(of_id);
                    let due = at.and_then(|at| master.to_ar.remove(at));
                    assert_eq!(Some(ar), due, "cycle {cycle}");
                }
                if let Some(aw) = aw {
                    assert_eq!(Some(aw), master.to_aw.pop_front(), "cycle {cycle}");
                }
                if let Some(w) = w {
                    assert_eq!(Some(w), master.to_w.pop_front(), "cycle {cycle}");
                }
                master.sample(&b.s_axi);
                tables.sample(&b.m_axi_ptw);
            }
            while let Some(done) = host.take() {
                let (Done::Write { resp } | Done::Read { resp, .. }) = done;
                assert_eq!(resp, OKAY);
            }
            interrupts += u32::from(b.irq.val());
        })
        .unwrap();
    assert!(master.idle(), "{}", master.left());
    let [passed, terminated, malformed] = master.seen;
    let seen = (passed, terminated, malformed, tables.reads);
    assert!(
        passed > 100 && terminated > 100 && malformed > 10,
        "{seen:?}"
    );
    assert!(tables.reads > 150 && interrupts > 100, "{seen:?}");
    assert!(tables.most > 1, "{}", tables.most);
}

#[test]
fn the_soc_in_traffic() {
    const CYCLES: usize = 2500;
    let mut host = AxilHost::new(5, 70);
    let mut memory = Memory::new(6);
    let mut tables = TableMemory::new(7);
    let mut started = 0;
    let mut statuses = vec![];
    Check::new("soc_in_traffic")
        .clock(|b: &mut Soc| &mut b.aclk)
        .cycles(CYCLES)
        .run(Soc::default(), |b, rng, cycle| {
            let in_reset = cycle < 2 || (500..502).contains(&cycle);
            b.aresetn.next = !in_reset;
            if in_reset {
                host.reset();
                memory.reset();
                tables.reset();
            }
            if cycle == 2 || cycle == 502 {
                program(&mut host);
            } else if !in_reset && cycle > 4 && host.idle() && rng.chance(1, 30) {
                // Channel 3 is bypassed; the others are translated, or fault.
                let channel = rng.pick(&[0, 1, 2, 3, 3]).unwrap_or(0);
                let at = |info: &RegisterInfo| dma::CHANNEL.at(channel) + info.offset;
                let page = |rng: &mut _| (n(crate::iommu::address(rng)) & !7) as u32;
                set(&mut host, at(&dma::SRC), page(rng));
                set(&mut host, at(&dma::DST), page(rng));
                set(&mut host, at(&dma::LEN), 1 + rng.below(300) as u32);
                set(&mut host, at(&dma::CTRL), 3);
                host.read(at(&dma::STATUS) as u16);
                started += 1;
            }
            host.drive(&mut b.s_axil);
            memory.drive(&mut b.m_axi);
            tables.drive(&mut b.m_axi_ptw);
            settle(b);
            if !in_reset {
                host.sample(&b.s_axil);
                memory.sample(&b.m_axi);
                tables.sample(&b.m_axi_ptw);
            }
            while let Some(done) = host.take() {
                match done {
                    Done::Write { resp } => assert_eq!(resp, OKAY),
                    Done::Read { resp, data } => {
                        assert_eq!(resp, OKAY);
                        statuses.push(data);
                    }
                }
            }
        })
        .unwrap();
    let [reads, writes] = memory.seen;
    assert!(
        started > 8 && tables.reads > 4,
        "{started} {}",
        tables.reads
    );
    assert!(reads > 10 && writes > 5, "{reads} {writes}");
    let done = |data: &&u32| **data & dma::Status::DONE.mask() != 0;
    assert!(statuses.iter().filter(done).count() > 2, "{statuses:x?}");
}

/// Reads and writes are refused by memory one after the other, both in the same cycles.
#[test]
fn no_fault_is_lost_however_fast_they_come() {
    let mut b = Sim::new(Iommu::default(), |b| &mut b.aclk);
    let mut host = AxilHost::new(8, 100);
    let mut access = |b: &mut Sim<Iommu>, addr: u32, data: Option<u32>| {
        match data {
            Some(data) => set(&mut host, addr, data),
            None => host.read(addr as u16),
        }
        loop {
            host.drive(&mut b.s_axil);
            b.settle();
            host.sample(&b.s_axil);
            b.edge();
            match host.take() {
                Some(Done::Write { .. }) => return 0,
                Some(Done::Read { data, .. }) => return data,
                None => {}
            }
        }
    };
    b.cycle();
    b.aresetn.next = true;
    let bypass = S2cr::from_bits(0).with(S2cr::TYPE, stream_type::BYPASS);
    access(&mut b, global_at(&global::S2CR), Some(bypass.bits()));

    let each = OUTSTANDING as u64;
    (
        b.m_axi.arready.next,
        b.m_axi.awready.next,
        b.m_axi.wready.next,
    ) = (true, true, true);
    (b.s_axi.rready.next, b.s_axi.bready.next) = (true, true);
    (b.s_axi.arsize.next, b.s_axi.awsize.next) = (3.into(), 3.into());
    (b.s_axi.arburst.next, b.s_axi.awburst.next) = (1.into(), 1.into());
    b.s_axi.wlast.next = true;
    let (mut sent, mut refused) = ([0; 3], [0; 2]);
    // All that may be outstanding, then an answer a cycle if it is taken.
    for cycle in 0..90 {
        b.s_axi.arvalid.next = sent[0] < each;
        b.s_axi.awvalid.next = sent[1] < each;
        b.s_axi.wvalid.next = sent[2] < each;
        (b.s_axi.arid.next, b.s_axi.awid.next) = (sent[0].into(), sent[1].into());
        b.m_axi.rvalid.next = cycle > 20 && refused[0] < each;
        b.m_axi.bvalid.next = cycle > 20 && refused[1] < each;
        (b.m_axi.rid.next, b.m_axi.bid.next) = (refused[0].into(), refused[1].into());
        (b.m_axi.rresp.next, b.m_axi.bresp.next) = (2.into(), 3.into());
        b.m_axi.rlast.next = true;
        b.settle();
        sent[0] += u64::from(b.s_axi.arvalid.val() && b.s_axi.arready.val());
        sent[1] += u64::from(b.s_axi.awvalid.val() && b.s_axi.awready.val());
        sent[2] += u64::from(b.s_axi.wvalid.val() && b.s_axi.wready.val());
        refused[0] += u64::from(b.m_axi.rvalid.val() && b.m_axi.rready.val());
        refused[1] += u64::from(b.m_axi.bvalid.val() && b.m_axi.bready.val());
        b.edge();
    }
    for _ in 0..20 {
        b.cycle();
    }
    assert_eq!((sent, refused), ([each; 3], [each; 2]));
    access(&mut b, global_at(&global::CNT_CTRL), Some(1));
    let counted = access(&mut b, global_at(&global::CNT_FAULTS), None);
    assert_eq!(u64::from(counted), 2 * each);
    let status = access(&mut b, global_at(&global::FQ_STATUS), None);
    assert_eq!(u64::from(status), 2 * each, "all in the queue");
}
