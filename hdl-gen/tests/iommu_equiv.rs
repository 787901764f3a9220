//! Emitted Verilog of each block of the IOMMU against rust-hdl's own simulation.

mod iommu;

use hdl_gen::equiv::{Check, Rng};
use hdl_gen::iommu::attributes::Attributes;
use hdl_gen::iommu::burst_check::BurstCheck;
use hdl_gen::iommu::commands::Commands;
use hdl_gen::iommu::context_bank::ContextBanks;
use hdl_gen::iommu::counters::Counter;
use hdl_gen::iommu::dispatch::Dispatch;
use hdl_gen::iommu::fault_queue::{FaultCollector, FaultQueue};
use hdl_gen::iommu::fifo::Fifo;
use hdl_gen::iommu::globals::Globals;
use hdl_gen::iommu::lookup::Lookup;
use hdl_gen::iommu::permission::PermissionCheck;
use hdl_gen::iommu::read_path::{ReadMerge, ReadTerminator};
use hdl_gen::iommu::skid::Skid;
use hdl_gen::iommu::stream_map::StreamMap;
use hdl_gen::iommu::tlb::Tlb;
use hdl_gen::iommu::tracker::Tracker;
use hdl_gen::iommu::types::*;
use hdl_gen::iommu::walker::{Decode, Walker};
use hdl_gen::iommu::write_path::{WriteMerge, WriteRouter, WriteTerminator};
use rust_hdl::prelude::*;
use vcm_regs::{context, global, Block as Registers};

/// Two cycles at the start, and now and then in the midst of things.
fn reset(rng: &mut Rng, cycle: usize) -> bool {
    cycle < 2 || rng.chance(1, 200)
}

#[test]
fn skid() {
    Check::new("skid")
        .clock(|b: &mut Skid| &mut b.clock)
        .run(Skid::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.in_valid.next = rng.bit();
            b.in_data.next = iommu::burst(rng);
            b.out_ready.next = rng.bit();
        })
        .unwrap();
}

#[test]
fn fifo() {
    Check::new("fifo")
        .clock(|b: &mut Fifo<Bits<9>, 5>| &mut b.clock)
        .run(Fifo::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            // Full for a while, empty for a while.
            let filling = cycle % 60 < 30;
            b.push.next = rng.chance(if filling { 3 } else { 1 }, 4);
            b.pop.next = rng.chance(if filling { 1 } else { 3 }, 4);
            b.data.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn burst_check() {
    Check::new("burst_check")
        .cycles(6000)
        .run(BurstCheck::default(), |b, rng, _| {
            let wild = iommu::burst(rng);
            b.burst.next = Burst {
                len: if rng.bit() {
                    rng.bits()
                } else {
                    rng.below(17).into()
                },
                size: rng.below(5).into(),
                burst: rng.bits(),
                ..wild
            };
        })
        .unwrap();
}

#[test]
fn attributes() {
    Check::new("attributes")
        .cycles(64)
        .run(Attributes::default(), |b, _, cycle| {
            b.memory.next = (cycle as u64 & 31).into();
            b.write.next = cycle > 31;
        })
        .unwrap();
}

#[test]
fn permission() {
    Check::new("permission")
        .cycles(10_000)
        .run(PermissionCheck::default(), |b, rng, _| {
            b.translation.next = iommu::translation(rng);
            b.afe.next = rng.bit();
            b.dacr.next = iommu::bank(rng).dacr;
            b.write.next = rng.bit();
            b.privileged.next = rng.bit();
            b.instruction.next = rng.chance(1, 4);
        })
        .unwrap();
}

#[test]
fn tlb() {
    Check::new("tlb")
        .clock(|b: &mut Tlb| &mut b.clock)
        .cycles(6000)
        .run(Tlb::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.key.next = iommu::key(rng);
            b.command.next = iommu::command(rng, 1, 12);
            b.fill.next = rng.chance(1, 4) && !b.command.next.invalidate;
            b.translation.next = iommu::translation(rng);
        })
        .unwrap();
}

#[test]
fn tracker() {
    Check::new("tracker")
        .clock(|b: &mut Tracker| &mut b.clock)
        .cycles(4000)
        .run(Tracker::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            let filling = cycle % 80 < 40;
            b.push.next = rng.chance(if filling { 3 } else { 1 }, 4) && !b.full.val();
            b.incoming.next = iommu::outstanding(rng);
            b.response.next = rng.chance(if filling { 1 } else { 3 }, 4);
            b.response_id.next = rng.below(4).into();
            b.response_error.next = rng.chance(1, 4);
            b.response_last.next = rng.chance(2, 3);
            b.data_done.next = rng.bit();
            b.data_malformed.next = rng.chance(1, 3);
            b.query_id.next = rng.below(5).into();
            b.command.next = iommu::command(rng, 1, 10);
        })
        .unwrap();
}

#[test]
fn decode() {
    Check::new("decode")
        .cycles(8000)
        .run(Decode::default(), |b, rng, _| {
            b.word.next = descriptor(rng);
            b.bus_error.next = rng.chance(1, 16);
            b.level2.next = rng.bit();
            b.request.next = iommu::walk_request(rng);
            b.table_domain.next = rng.bits();
        })
        .unwrap();
}

/// Any word; of supersections, half have no extended base.
fn descriptor(rng: &mut Rng) -> Bits<32> {
    let word = rng.bits::<32>();
    if rng.bit() {
        word & 0xFF0F_FE1F_u64
    } else {
        word
    }
}

#[test]
fn walker() {
    Check::new("walker")
        .clock(|b: &mut Walker| &mut b.clock)
        .cycles(8000)
        .run(Walker::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.read_walk.next = rng.chance(2, 3);
            b.write_walk.next = rng.chance(2, 3);
            b.read_request.next = iommu::walk_request(rng);
            b.write_request.next = iommu::walk_request(rng);
            b.command.next = iommu::command(rng, 1, 8);
            b.m_axi_ptw.arready.next = rng.bit();
            b.m_axi_ptw.rvalid.next = rng.bit();
            b.m_axi_ptw.rid.next = rng.bits();
            b.m_axi_ptw.rdata.next =
                bit_cast::<64, 32>(descriptor(rng)) << 32 | bit_cast::<64, 32>(descriptor(rng));
            b.m_axi_ptw.rresp.next = rng.below(12).saturating_sub(8).into();
            b.m_axi_ptw.rlast.next = rng.bit();
        })
        .unwrap();
}

/// A translation for what is asked, mostly.
fn answer(rng: &mut Rng, asked: WalkRequest) -> Translation {
    let any = iommu::translation(rng);
    if rng.chance(1, 8) {
        return any;
    }
    Translation {
        context: asked.context,
        asid: asked.asid,
        vpn: asked.vpn,
        ap: if rng.bit() { 3.into() } else { any.ap },
        ..any
    }
}

#[test]
fn lookup() {
    let (mut burst, mut route, mut bank) = Default::default();
    Check::new("lookup")
        .clock(|b: &mut Lookup| &mut b.clock)
        .cycles(6000)
        .run(Lookup::default(), move |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.write.next = cycle % 1000 > 500;
            // A burst stays for some cycles, and now and then its route or bank changes.
            if rng.chance(1, 4) {
                burst = iommu::burst(rng);
            }
            if cycle == 0 || rng.chance(1, 10) {
                (route, bank) = (iommu::route(rng), iommu::bank(rng));
            }
            b.valid.next = rng.chance(7, 8);
            (b.burst.next, b.route.next, b.bank.next) = (burst, route, bank);
            b.advance.next = b.ready.val() && rng.bit();
            b.command.next = iommu::command(rng, 1, 40);
            let answered = b.walk.val() && !b.command.next.invalidate && rng.chance(1, 3);
            let faulty = rng.chance(1, 4);
            b.walk_fill.next = answered && !faulty;
            b.walk_fault.next = answered && faulty;
            b.walk_status.next = rng.bits();
            b.walk_translation.next = answer(rng, b.walk_request.val());
        })
        .unwrap();
}

#[test]
fn dispatch() {
    let (mut route, mut bank) = Default::default();
    Check::new("dispatch")
        .clock(|b: &mut Dispatch| &mut b.clock)
        .cycles(6000)
        .run(Dispatch::default(), move |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.write.next = cycle % 1000 > 500;
            b.s_valid.next = rng.chance(3, 4);
            b.s_burst.next = iommu::burst(rng);
            b.m_ready.next = rng.chance(3, 4);
            b.terminator_busy.next = rng.chance(1, 3);
            b.terminator_id.next = rng.below(4).into();
            if cycle == 0 || rng.chance(1, 10) {
                (route, bank) = (iommu::route(rng), iommu::bank(rng));
            }
            (b.route.next, b.bank.next) = (route, bank);
            b.command.next = iommu::command(rng, 1, 40);
            let answered = b.walk.val() && !b.command.next.invalidate && rng.chance(2, 3);
            let faulty = rng.chance(1, 4);
            b.walk_fill.next = answered && !faulty;
            b.walk_fault.next = answered && faulty;
            b.walk_status.next = rng.bits();
            b.walk_translation.next = answer(rng, b.walk_request.val());
            b.response.next = rng.bit();
            b.response_id.next = rng.below(4).into();
            b.response_resp.next = rng.below(8).saturating_sub(4).into();
            b.response_last.next = rng.chance(2, 3);
            b.data_done.next = rng.bit();
            b.data_malformed.next = rng.chance(1, 4);
            b.fault_ready.next = rng.bit();
            b.late_ready.next = rng.bit();
        })
        .unwrap();
}

#[test]
fn read_terminator() {
    Check::new("read_terminator")
        .clock(|b: &mut ReadTerminator| &mut b.clock)
        .run(ReadTerminator::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.start.next = rng.chance(1, 4) && !b.busy.val();
            b.id.next = rng.bits();
            b.len.next = if rng.chance(1, 20) {
                rng.bits()
            } else {
                rng.below(5).into()
            };
            b.resp.next = rng.bits();
            b.taken.next = b.busy.val() && rng.chance(3, 4);
        })
        .unwrap();
}

#[test]
fn read_merge() {
    Check::new("read_merge")
        .clock(|b: &mut ReadMerge| &mut b.clock)
        .cycles(4000)
        .run(ReadMerge::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.memory_valid.next = rng.bit();
            b.memory.next = iommu::read_beat(rng);
            b.terminator_valid.next = rng.bit();
            b.terminator.next = iommu::read_beat(rng);
            b.s_ready.next = rng.chance(2, 3);
        })
        .unwrap();
}

#[test]
fn write_router() {
    Check::new("write_router")
        .clock(|b: &mut WriteRouter| &mut b.clock)
        .cycles(6000)
        .run(WriteRouter::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.push.next = rng.chance(1, if cycle % 100 < 50 { 2 } else { 6 });
            b.route.next = WriteRoute {
                terminated: rng.chance(1, 4),
                len: rng.below(5).into(),
            };
            b.s_valid.next = rng.chance(3, 4);
            b.s_beat.next = iommu::write_beat(rng);
            b.m_ready.next = rng.chance(3, 4);
        })
        .unwrap();
}

#[test]
fn write_terminator() {
    Check::new("write_terminator")
        .clock(|b: &mut WriteTerminator| &mut b.clock)
        .run(WriteTerminator::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.start.next = rng.bit() && !b.busy.val();
            b.id.next = rng.bits();
            b.resp.next = rng.bits();
            b.drained.next = b.busy.val() && !b.valid.val() && rng.bit();
            b.taken.next = b.valid.val() && rng.bit();
        })
        .unwrap();
}

#[test]
fn write_merge() {
    Check::new("write_merge")
        .clock(|b: &mut WriteMerge| &mut b.clock)
        .cycles(4000)
        .run(WriteMerge::default(), |b, rng, cycle| {
            let answer = |rng: &mut Rng| WriteAnswer {
                id: rng.bits(),
                resp: rng.bits(),
            };
            b.reset.next = reset(rng, cycle);
            b.memory_valid.next = rng.bit();
            b.memory.next = answer(rng);
            b.blocked.next = rng.chance(1, 4);
            b.malformed.next = rng.chance(1, 4);
            b.terminator_valid.next = rng.bit();
            b.terminator.next = answer(rng);
            b.s_ready.next = rng.chance(2, 3);
        })
        .unwrap();
}

#[test]
fn fault_collector() {
    Check::new("fault_collector")
        .clock(|b: &mut FaultCollector| &mut b.clock)
        .cycles(4000)
        .run(FaultCollector::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.read_valid.next = rng.bit();
            b.write_valid.next = rng.bit();
            b.late_read_valid.next = rng.bit();
            b.late_write_valid.next = rng.bit();
            b.read.next = iommu::fault(rng);
            b.write.next = iommu::fault(rng);
            b.late_read.next = iommu::fault(rng);
            b.late_write.next = iommu::fault(rng);
        })
        .unwrap();
}

#[test]
fn fault_queue() {
    Check::new("fault_queue")
        .clock(|b: &mut FaultQueue| &mut b.clock)
        .cycles(4000)
        .run(FaultQueue::default(), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            let filling = cycle % 120 < 60;
            b.valid.next = rng.chance(if filling { 3 } else { 1 }, 4);
            b.pop.next = rng.chance(if filling { 1 } else { 3 }, 4);
            b.fault.next = iommu::fault(rng);
        })
        .unwrap();
}

/// All registers of a block's instances `from`, and what is next to them.
fn addresses(block: &Registers, instances: u32) -> Vec<u32> {
    let mut addresses = Vec::new();
    for register in block.registers {
        for instance in 0..instances {
            let first = block.at(instance) + register.offset;
            addresses.extend([
                first,
                first + 4 * (register.count - 1),
                first + 4 * register.count,
            ]);
        }
    }
    addresses
}

#[test]
fn commands() {
    let globals = addresses(&global::BLOCK, 1);
    let banks = addresses(&context::BLOCK, context::BLOCK.count);
    Check::new("commands")
        .clock(|b: &mut Commands| &mut b.clock)
        .cycles(6000)
        .run(Commands::default(), move |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            let block = if rng.chance(1, 4) { &globals } else { &banks };
            b.request.next = iommu::register_access(rng, block);
        })
        .unwrap();
}

#[test]
fn stream_map() {
    let map: Vec<u32> = (0x1F8..0x250).step_by(4).collect();
    Check::new("stream_map")
        .clock(|b: &mut StreamMap| &mut b.clock)
        .cycles(3000)
        .run(StreamMap::default(), move |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.request.next = iommu::register_access(rng, &map);
            b.read_stream.next = rng.bits();
            b.write_stream.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn context_banks() {
    let banks = addresses(&context::BLOCK, context::BLOCK.count);
    Check::new("context_banks")
        .clock(|b: &mut ContextBanks| &mut b.clock)
        .cycles(6000)
        .run(ContextBanks::default(), move |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.request.next = iommu::register_access(rng, &banks);
            b.read_index.next = rng.bits();
            b.write_index.next = rng.bits();
            b.fault_valid.next = rng.chance(1, 3);
            b.fault.next = iommu::fault(rng);
            b.sync_active.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn counter() {
    Check::new("counter")
        .clock(|b: &mut Counter| &mut b.clock)
        .run(Counter::new(0x104), |b, rng, cycle| {
            b.reset.next = reset(rng, cycle);
            b.happens.next = rng.bit();
            b.snapshot.next = rng.chance(1, 20);
            b.request.next = iommu::register_access(rng, &[0x100, 0x104, 0x108]);
        })
        .unwrap();
}

#[test]
fn globals() {
    let registers = addresses(&global::BLOCK, 1);
    Check::new("globals")
        .clock(|b: &mut Globals| &mut b.clock)
        .cycles(6000)
        .run(Globals::default(), move |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 1000);
            b.request.next = iommu::register_access(rng, &registers);
            b.fault_valid.next = rng.chance(1, 10);
            b.fault.next = iommu::fault(rng);
            b.interrupts.next = if rng.chance(1, 4) {
                rng.bits()
            } else {
                0.into()
            };
            b.sync_active.next = rng.bit();
            b.events.next = Events {
                read: rng.bit(),
                write: rng.bit(),
                miss_r: rng.bit(),
                miss_w: rng.bit(),
                hit_r: rng.bit(),
                hit_w: rng.bit(),
                walk: rng.bit(),
                walking: rng.bit(),
            };
        })
        .unwrap();
}
