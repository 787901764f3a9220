//! The DMA engine, in rust-hdl's own simulation.

mod dma_bench;

use dma_bench::axil_host::{Rng, OKAY, SLVERR};
use dma_bench::{Bench, Copy, Fault, Pace, BASE};
use vcm_regs::dma::{
    Ctrl, DmaIdr1, Status, BLOCK, CHANNEL, COUNT, CTRL, DMA_IDR0, DMA_IDR1, DMA_IRQ_STATUS, DST,
    ERR_ADDR, IDR0_MAGIC, LEN, SRC, STATUS, STREAM,
};

/// Two places apart, with room around.
const FROM: u32 = BASE + 0x4000;
const TO: u32 = BASE + 0xC000;

/// Four copies at places of their own.
fn four(copy: impl Fn(u32) -> Copy) -> [Copy; 4] {
    [0, 1, 2, 3].map(|i| {
        let copy = copy(i);
        Copy {
            src: FROM + 0x2000 * i + copy.src,
            dst: TO + 0x2000 * i + copy.dst,
            len: copy.len,
        }
    })
}

#[test]
fn every_alignment_of_source_and_destination() {
    let mut b = Bench::new(1, Pace::rough());
    let mut rng = Rng(99);
    for src in 0..8 {
        for dst in [0, 4] {
            let len = 1 + rng.below(40) as u32;
            b.run(&four(|i| Copy {
                src,
                dst: dst + i,
                len: len + i,
            }));
        }
    }
}

#[test]
fn every_alignment_over_several_chunks() {
    let mut b = Bench::new(2, Pace::rough());
    for src in 0..8 {
        for dst in [0, 4] {
            b.run(&four(|i| Copy {
                src,
                dst: dst + i,
                len: 509 + (i + src) % 8,
            }));
        }
    }
}

#[test]
fn lengths_around_words_and_chunks() {
    let mut b = Bench::new(3, Pace::rough());
    let mut rng = Rng(5);
    let lengths = (0..20)
        .chain(250..266)
        .chain(506..518)
        .chain([600, 777, 1024]);
    for group in lengths.collect::<Vec<_>>().chunks(4) {
        let (src, dst) = (rng.below(8) as u32, rng.below(8) as u32);
        let copies = four(|i| Copy {
            src,
            dst,
            len: group.get(i as usize).copied().unwrap_or(0),
        });
        b.run(&copies);
    }
}

#[test]
fn boundaries_of_4_kib_on_either_side() {
    let mut b = Bench::new(4, Pace::rough());
    let mut rng = Rng(17);
    for _ in 0..12 {
        let offsets: Vec<_> = (0..12).map(|_| rng.below(300) as u32).collect();
        b.run(&four(|i| {
            let i = i as usize;
            // Source, destination or both reach over a boundary.
            Copy {
                src: 0x1000 - offsets[i] * u32::from(i != 1),
                dst: 0x1000 - offsets[4 + i] * u32::from(i != 2),
                len: offsets[i].max(offsets[4 + i]) + offsets[8 + i],
            }
        }));
    }
}

#[test]
fn a_copy_to_the_byte_next_to_a_boundary() {
    let mut b = Bench::new(5, Pace::rough());
    b.run(&four(|i| Copy {
        src: 0x1000 - 8 - i,
        dst: 0x1000 - i,
        len: i + 1,
    }));
}

#[test]
fn four_channels_share_the_bus_fairly() {
    let mut b = Bench::new(6, Pace::ideal(20));
    let copies = four(|i| Copy {
        src: i,
        dst: 0,
        len: 0x1800,
    });
    for (channel, &copy) in copies.iter().enumerate() {
        b.start(channel as u32, copy);
    }
    for _ in 0..1500 {
        b.cycle();
    }
    let counts = [0, 1, 2, 3].map(|channel| b.count(channel));
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert!(*least > 0 && most - least <= 1024, "{counts:?}");
    for channel in 0..4 {
        assert_eq!(b.wait(channel), Status::default().with(Status::DONE, 1));
    }
}

/// Beats of W for 100 cycles, from the first to the last, of a copy by one channel.
fn pace_of(pace: Pace, copy: Copy) -> u64 {
    let mut b = Bench::new(7, pace);
    b.run(&[copy]);
    100 * b.memory.w_beats / (b.memory.w_last - b.memory.w_first + 1)
}

#[test]
fn a_long_aligned_copy_streams_a_beat_a_cycle_under_latency() {
    let copy = Copy {
        src: FROM,
        dst: TO + 0x100,
        len: 0x4000,
    };
    for latency in [0, 20, 40] {
        let percent = pace_of(Pace::ideal(latency), copy);
        assert!(percent >= 98, "{percent} % at a latency of {latency}");
    }
}

#[test]
fn a_long_misaligned_copy_loses_little() {
    for (src, dst) in [(1, 0), (0, 1), (5, 3)] {
        let copy = Copy {
            src: FROM + src,
            dst: TO + dst,
            len: 0x4000,
        };
        let percent = pace_of(Pace::ideal(40), copy);
        assert!(percent >= 90, "{percent} % from +{src} to +{dst}");
    }
}

#[test]
fn slow_memory_of_every_kind() {
    for (seed, ready) in [(1, [20, 90, 90]), (2, [90, 20, 90]), (3, [90, 90, 20])] {
        let pace = Pace {
            ready,
            answer: 50,
            latency: (0, 100),
            interleave: true,
        };
        let mut b = Bench::new(seed, pace);
        b.run(&four(|i| Copy {
            src: 3 * i,
            dst: i,
            len: 1000,
        }));
    }
}

#[test]
fn reads_do_not_overrun_the_buffer_while_writes_crawl() {
    for ready in [[100, 100, 10], [100, 3, 100]] {
        let pace = Pace {
            ready,
            ..Pace::ideal(0)
        };
        let mut b = Bench::new(11, pace);
        b.run(&[Copy {
            src: FROM + 3,
            dst: TO + 1,
            len: 2600,
        }]);
    }
}

#[test]
fn identification_and_stream_ids() {
    let mut b = Bench::new(8, Pace::ideal(0));
    assert_eq!(b.read_at(BLOCK.base + DMA_IDR0.offset), (OKAY, IDR0_MAGIC));
    let idr1 = DmaIdr1::from_bits(b.read_at(BLOCK.base + DMA_IDR1.offset).1);
    assert_eq!(idr1.get(DmaIdr1::CHANNELS), CHANNEL.count);
    assert_eq!(idr1.get(DmaIdr1::MAXBURST), 256);
    for channel in 0..4 {
        assert_eq!(b.read(channel, STREAM.offset), channel);
    }
}

#[test]
fn addresses_without_a_register_answer_slverr() {
    let mut b = Bench::new(8, Pace::ideal(0));
    for address in [
        BLOCK.base + 0xC,
        BLOCK.base + 0xFC,
        CHANNEL.at(0) + 0x20,
        CHANNEL.at(3) + 0x3C,
        CHANNEL.at(4),
        0x0000,
        0x8000,
    ] {
        assert_eq!(b.write_at(address, 0xFFFF_FFFF), SLVERR, "{address:#x}");
        assert_eq!(b.read_at(address), (SLVERR, 0), "{address:#x}");
    }
}

#[test]
fn registers_hold_what_is_written_and_are_locked_while_busy() {
    let mut b = Bench::new(9, Pace::ideal(200));
    for channel in 0..4 {
        for register in [SRC, DST, LEN] {
            b.write(
                channel,
                register.offset,
                0xA5A5_0000 + channel + register.offset,
            );
        }
    }
    for channel in 0..4 {
        for register in [SRC, DST, LEN] {
            let value = 0xA5A5_0000 + channel + register.offset;
            assert_eq!(b.read(channel, register.offset), value);
        }
    }
    let copy = Copy {
        src: FROM,
        dst: TO,
        len: 64,
    };
    b.start(2, copy);
    for register in [SRC, DST, LEN, COUNT, ERR_ADDR, STREAM] {
        b.write(2, register.offset, 0xFFFF_FFFF);
    }
    // A second start is ignored as well.
    b.write(2, CTRL.offset, Ctrl::START.mask());
    assert_eq!(b.status(2), Status::default().with(Status::BUSY, 1));
    assert_eq!(b.read(2, SRC.offset), copy.src);
    assert_eq!(b.read(2, DST.offset), copy.dst);
    assert_eq!(b.read(2, LEN.offset), copy.len);
    b.write(2, CTRL.offset, Ctrl::IE.mask());
    assert_eq!(b.wait(2), Status::default().with(Status::DONE, 1));
    assert_eq!(b.count(2), copy.len);
}

#[test]
fn the_interrupt_is_a_level_of_done_and_enable() {
    let mut b = Bench::new(10, Pace::ideal(0));
    let ended = BLOCK.base + DMA_IRQ_STATUS.offset;
    b.write(1, CTRL.offset, Ctrl::START.mask());
    b.write(3, CTRL.offset, Ctrl::START.mask() | Ctrl::IE.mask());
    for _ in 0..5 {
        b.cycle();
    }
    // Length 0: done at once.
    assert_eq!(b.status(1), Status::default().with(Status::DONE, 1));
    assert!(b.uut.irq.val());
    assert_eq!(b.read_at(ended), (OKAY, 0b1000));
    b.write(3, CTRL.offset, 0);
    assert!(!b.uut.irq.val());
    b.write(1, CTRL.offset, Ctrl::IE.mask());
    assert_eq!(b.read(1, CTRL.offset), Ctrl::IE.mask());
    assert!(b.uut.irq.val());
    assert_eq!(b.read_at(ended), (OKAY, 0b0010));
    b.write(1, STATUS.offset, !Status::DONE.mask());
    assert!(b.uut.irq.val());
    b.write(1, STATUS.offset, Status::DONE.mask());
    assert!(!b.uut.irq.val());
    assert_eq!(b.status(1), Status::default());
}

#[test]
fn a_read_error_stops_its_channel_and_no_other() {
    for (seed, pace) in [(1, Pace::ideal(10)), (2, Pace::rough()), (3, Pace::rough())] {
        let mut b = Bench::new(seed, pace);
        let copies = four(|i| Copy {
            src: i,
            dst: 5,
            len: 3000,
        });
        // In the sixth chunk of channel 1, which has 249 to 256 bytes each.
        let bad = copies[1].src + 1400;
        b.memory.faults.push(Fault {
            range: bad..bad + 1,
            write: false,
            resp: 3,
        });
        let before = b.memory.bytes.clone();
        for (channel, &copy) in copies.iter().enumerate() {
            b.start(channel as u32, copy);
        }
        for channel in [0, 2, 3] {
            assert_eq!(b.wait(channel), Status::default().with(Status::DONE, 1));
        }
        let status = b.wait(1);
        let error = Status::default()
            .with(Status::DONE, 1)
            .with(Status::ERROR, 1);
        assert_eq!(status, error.with(Status::ERRRESP, 3));
        let count = b.count(1);
        assert!(count <= 1400 && count + 256 > 1400, "{count}");
        assert_eq!(b.error_addr(1), copies[1].src + count);
        // All before the failed chunk is written, nothing of it and nothing after it.
        let mut expect = before.clone();
        for (channel, copy) in copies.iter().enumerate() {
            let len = if channel == 1 { count } else { copy.len };
            let (from, to) = ((copy.src - BASE) as usize, (copy.dst - BASE) as usize);
            let len = len as usize;
            expect[to..to + len].copy_from_slice(&before[from..from + len]);
        }
        b.same(&expect);
        // The channel is as good as new.
        b.memory.faults.clear();
        b.run(&copies);
    }
}

#[test]
fn a_write_error_stops_its_channel_and_no_other() {
    for (seed, pace) in [(1, Pace::ideal(10)), (2, Pace::rough()), (3, Pace::rough())] {
        let mut b = Bench::new(seed, pace);
        let copies = four(|i| Copy {
            src: 2 * i,
            dst: i,
            len: 3000,
        });
        let bad = copies[2].dst + 1400;
        b.memory.faults.push(Fault {
            range: bad..bad + 0x2000,
            write: true,
            resp: 2,
        });
        for (channel, &copy) in copies.iter().enumerate() {
            // Channel 3 writes where channel 2 may not.
            if channel != 3 {
                b.start(channel as u32, copy);
            }
        }
        for channel in [0, 1] {
            assert_eq!(b.wait(channel), Status::default().with(Status::DONE, 1));
        }
        let status = b.wait(2);
        let error = Status::default()
            .with(Status::DONE, 1)
            .with(Status::ERROR, 1);
        assert_eq!(
            status,
            error.with(Status::ERRWNR, 1).with(Status::ERRRESP, 2)
        );
        let count = b.count(2);
        assert!(count <= 1400 && count + 256 > 1400, "{count}");
        assert_eq!(b.error_addr(2), copies[2].dst + count);
        assert_eq!(b.memory.outstanding(), 0);
        b.memory.faults.clear();
        b.run(&copies);
    }
}

#[test]
fn abort_ends_what_is_under_way_and_leaves_a_prefix() {
    let mut rng = Rng(4);
    for seed in 1..7 {
        let mut b = Bench::new(seed, Pace::rough());
        let copies = four(|i| Copy {
            src: i,
            dst: 2 * i,
            len: 4000,
        });
        let before = b.memory.bytes.clone();
        b.start(0, copies[0]);
        b.start(1, copies[1]);
        for _ in 0..rng.below(700) {
            b.cycle();
        }
        b.write(0, CTRL.offset, Ctrl::ABORT.mask() | Ctrl::IE.mask());
        let status = b.wait(0);
        let aborted = Status::default().with(Status::DONE, 1);
        assert_eq!(status, aborted.with(Status::ABORTED, 1));
        let count = b.count(0) as usize;
        assert!(count < 4000);
        let outstanding = b.memory.outstanding();
        assert_eq!(b.wait(1), Status::default().with(Status::DONE, 1));
        let mut expect = before.clone();
        for (copy, len) in [(copies[0], count), (copies[1], 4000)] {
            let (from, to) = ((copy.src - BASE) as usize, (copy.dst - BASE) as usize);
            expect[to..to + len].copy_from_slice(&before[from..from + len]);
        }
        b.same(&expect);
        assert!(outstanding <= 11, "{outstanding} of channel 1 at most");
        b.run(&copies);
    }
}

#[test]
fn abort_of_an_idle_channel_does_nothing() {
    let mut b = Bench::new(3, Pace::ideal(0));
    b.write(0, CTRL.offset, Ctrl::ABORT.mask());
    assert_eq!(b.status(0), Status::default());
    b.run(&four(|_| Copy {
        src: 0,
        dst: 0,
        len: 8,
    }));
}

#[test]
fn start_and_abort_in_one_write_copies_nothing() {
    let mut b = Bench::new(3, Pace::ideal(0));
    b.write(0, SRC.offset, FROM);
    b.write(0, DST.offset, TO);
    b.write(0, LEN.offset, 100);
    b.write(0, CTRL.offset, Ctrl::START.mask() | Ctrl::ABORT.mask());
    for _ in 0..5 {
        b.cycle();
    }
    let aborted = Status::default().with(Status::DONE, 1);
    assert_eq!(b.status(0), aborted.with(Status::ABORTED, 1));
    assert_eq!(b.count(0), 0);
}

#[test]
fn reset_amid_traffic_leaves_an_engine_as_new() {
    let mut rng = Rng(8);
    for seed in 1..8 {
        let mut b = Bench::new(seed, Pace::rough());
        let copies = four(|i| Copy {
            src: i,
            dst: 3,
            len: 3000,
        });
        for (channel, &copy) in copies.iter().enumerate() {
            b.start(channel as u32, copy);
        }
        for _ in 0..rng.below(500) {
            b.cycle();
        }
        b.reset(3);
        for channel in 0..4 {
            assert_eq!(b.status(channel), Status::default());
            for register in [CTRL, SRC, DST, LEN, COUNT, ERR_ADDR] {
                assert_eq!(b.read(channel, register.offset), 0);
            }
        }
        b.run(&copies);
    }
}
