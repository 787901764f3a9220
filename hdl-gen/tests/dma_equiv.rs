//! Emitted Verilog of the DMA engine and its parts against rust-hdl's own simulation.

mod dma_bench;

use dma_bench::axil_host::AxilHost;
use dma_bench::{Copy, Fault, Memory, Pace, BASE};
use hdl_gen::dma::{BeatStream, ChunkPlanner, DmaChannel, DmaEngine, RoundRobin, WriteScheduler};
use hdl_gen::equiv::Check;
use vcm_regs::dma::{Ctrl, CHANNEL, CTRL, DST, LEN, SRC, STATUS};

#[test]
fn round_robin() {
    Check::new("round_robin")
        .run(RoundRobin::default(), |b, rng, _| {
            b.want.next = rng.bits();
            b.last.next = rng.bits();
        })
        .unwrap();
}

#[test]
fn chunk_planner() {
    Check::new("chunk_planner")
        .clock(|b: &mut ChunkPlanner| &mut b.clock)
        .run(ChunkPlanner::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 200);
            b.want.next = rng.bits();
            b.src.next = rng.bits();
            b.dst.next = rng.bits();
            b.offset.next = rng.bits();
            b.len.next = b.offset.val() + rng.below(300);
            b.ar_ready.next = rng.bit();
        })
        .unwrap();
}

#[test]
fn write_scheduler() {
    Check::new("write_scheduler")
        .clock(|b: &mut WriteScheduler| &mut b.clock)
        .run(WriteScheduler::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 200);
            b.want.next = rng.bits();
            b.src.next = rng.bits();
            b.dst.next = rng.bits();
            b.len.next = rng.bits();
            b.slot.next = rng.bits();
            b.resp.next = rng.below(4).saturating_sub(1).into();
            b.aw_ready.next = rng.bit();
            b.job_ready.next = rng.bit();
        })
        .unwrap();
}

#[test]
fn beat_stream() {
    Check::new("beat_stream")
        .clock(|b: &mut BeatStream| &mut b.clock)
        .run(BeatStream::default(), |b, rng, cycle| {
            b.reset.next = cycle < 2 || rng.chance(1, 200);
            b.job_valid.next = rng.bit();
            b.job_channel.next = rng.bits();
            b.job_slot.next = rng.bits();
            b.job_turn.next = rng.bits();
            b.job_keep.next = rng.bits();
            b.job_lag.next = rng.bit();
            b.job_len.next = rng.below(5).into();
            b.job_head.next = rng.bits();
            b.job_tail.next = rng.bits();
            b.read_data.next = rng.bits();
            b.w_ready.next = rng.chance(3, 4);
        })
        .unwrap();
}

#[test]
fn dma_channel() {
    let offsets = [CTRL, STATUS, SRC, DST, LEN].map(|register| register.offset);
    Check::new("dma_channel")
        .clock(|b: &mut DmaChannel| &mut b.clock)
        .cycles(4000)
        .run(DmaChannel::default(), move |b, rng, cycle| {
            let any = |rng: &mut hdl_gen::equiv::Rng| {
                u64::from(rng.pick(&offsets).unwrap_or(0)) + 4 * rng.below(2)
            };
            b.reset.next = cycle < 2 || rng.chance(1, 300);
            b.number.next = 2.into();
            b.wr.next = rng.chance(1, 4);
            b.wr_addr.next = any(rng).into();
            b.wr_data.next = if rng.bit() { 3.into() } else { rng.bits() };
            b.wr_mask.next = rng.bits();
            b.rd_addr.next = any(rng).into();
            b.issue_hold.next = rng.chance(1, 4);
            b.issue.next = rng.chance(1, 4);
            b.issue_end.next = if rng.bit() { b.len.val() } else { rng.bits() };
            b.fill.next = rng.bit();
            b.fill_last.next = rng.bit();
            b.fill_resp.next = rng.below(16).saturating_sub(12).into();
            b.take_hold.next = rng.chance(1, 4);
            b.take.next = rng.chance(1, 4);
            b.launch.next = rng.chance(1, 4);
            b.fail.next = rng.chance(1, 100);
            b.fail_resp.next = rng.bits();
            b.fail_addr.next = rng.bits();
            b.ack.next = rng.chance(1, 4);
            b.ack_resp.next = rng.below(40).saturating_sub(36).into();
            b.ack_addr.next = rng.bits();
            b.ack_len.next = rng.bits();
        })
        .unwrap();
}

/// Queues the register writes of a copy.
fn start(host: &mut AxilHost, memory: &mut Memory, channel: u32, copy: Copy) {
    memory.allow(channel, copy);
    let go = Ctrl::START.mask() | Ctrl::IE.mask();
    for (register, value) in [
        (STATUS, u32::MAX),
        (SRC, copy.src),
        (DST, copy.dst),
        (LEN, copy.len),
        (CTRL, go),
    ] {
        host.write((CHANNEL.at(channel) + register.offset) as u16, value, 15);
    }
    host.read((CHANNEL.at(channel) + STATUS.offset) as u16);
}

#[test]
fn dma_engine_in_traffic() {
    let mut host = AxilHost::new(21, 80);
    let mut memory = Memory::new(22, Pace::rough());
    for (at, write) in [(0x0800, false), (0x6800, true)] {
        let range = BASE + at..BASE + at + 0x100;
        let fault = Fault {
            range,
            write,
            resp: 2,
        };
        memory.faults.push(fault);
    }
    Check::new("dma_engine")
        .clock(|b: &mut DmaEngine| &mut b.clock)
        .cycles(6000)
        .run(DmaEngine::default(), move |b, rng, cycle| {
            let reset = cycle < 2 || cycle == 4000;
            b.reset.next = reset;
            if reset {
                host.reset();
                memory.reset();
            }
            // Every output of the engine comes from a register: what is seen here, after the last
            // edge, is what holds at the next.
            host.drive(&mut b.s_axil);
            memory.drive(&mut b.m_axi);
            if !reset {
                host.sample(&b.s_axil);
                memory.sample(&b.m_axi);
            }
            while host.take().is_some() {}
            if cycle % 750 == 10 {
                for channel in 0..4 {
                    let copy = Copy {
                        src: BASE + 0x4000 * channel + rng.below(0x1000) as u32,
                        dst: BASE + 0x4000 * channel + 0x2000 + rng.below(0x1000) as u32,
                        len: rng.below(700) as u32,
                    };
                    start(&mut host, &mut memory, channel, copy);
                }
            }
        })
        .unwrap();
}
