//! DMA through translated addresses: every page size, every boundary, every alignment, every channel.

use anyhow::Result;
use vcm::addr::Iova;
use vcm::dma::{DmaError, End, Response};
use vcm::iommu::FaultKind;
use vcm::{AllocFlags, Binding, ResFlags};
use vcm_sim::golden::PageSize;
use vcm_tests::soc::{PATIENCE, Soc, SocChannel, Space, noise};

const KIB: u32 = 1 << 10;
const MIB: u32 = 1 << 20;
const SIZES: [PageSize; 4] = [
    PageSize::Supersection,
    PageSize::Section,
    PageSize::Large,
    PageSize::Small,
];

/// Memory by pages of at most this size.
fn by_pages(space: &Space, size: u32, max_page: u32) -> Result<Binding> {
    let flags = AllocFlags {
        max_page,
        ..AllocFlags::default()
    };
    Ok(space.vcm.make_binding(size, flags, ResFlags::default())?)
}

fn offset(binding: &Binding, offset: u32) -> Iova {
    Iova::new(binding.start().get() + offset)
}

/// Copies out of a binding and into it, `around` an offset in it, and looks at what stands beside.
fn copy_across(soc: &Soc, big: &Binding, other: &Binding, around: u32, seed: u64) -> Result<()> {
    const BEFORE: u32 = 300;
    const LENGTH: u32 = 777;
    const MARGIN: u32 = 16;
    let first = around - BEFORE;
    let data = noise(seed, LENGTH);
    soc.write(big.phys(), first, &data)?;
    soc.copy(0, offset(big, first), offset(other, 5), LENGTH)?;
    assert!(soc.read(other.phys(), 5, LENGTH)? == data, "out of it");

    let data = noise(!seed, LENGTH);
    let beside = noise(seed ^ 0xff, LENGTH + 2 * MARGIN);
    soc.write(other.phys(), 5, &data)?;
    soc.write(big.phys(), first - MARGIN, &beside)?;
    soc.copy(0, offset(other, 5), offset(big, first), LENGTH)?;
    let seen = soc.read(big.phys(), first - MARGIN, LENGTH + 2 * MARGIN)?;
    let (margin, length) = (MARGIN as usize, LENGTH as usize);
    assert!(seen[margin..margin + length] == data, "into it");
    assert!(seen[..margin] == beside[..margin], "before it");
    assert!(
        seen[margin + length..] == beside[margin + length..],
        "after"
    );
    Ok(())
}

#[test]
fn pages_of_every_size_and_the_boundaries_between_two_of_a_size() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.scattered_space(&[0], 3)?;
    let other = soc.bind(&space, 4 * KIB)?;
    let active = space.vcm.activate()?;
    for (size, seed) in SIZES.into_iter().zip(1..) {
        let page = size.bytes();
        let pages = if size == PageSize::Supersection { 2 } else { 5 };
        let big = by_pages(&space, pages * page, page)?;
        let tables = soc.tables(&space)?;
        for n in 0..pages {
            let at = big.start().get() + n * page;
            assert_eq!(tables.read(at).map(|page| page.size), Ok(size));
        }
        for n in 1..pages {
            copy_across(&soc, &big, &other, n * page, seed * 100 + u64::from(n))?;
        }
        big.destroy()?;
    }
    drop((active, other));
    soc.finish([space])
}

#[test]
fn boundaries_between_pages_of_different_sizes() -> Result<()> {
    let soc = Soc::new()?;
    let space = soc.scattered_space(&[0], 4)?;
    let other = soc.bind(&space, 4 * KIB)?;
    let active = space.vcm.activate()?;
    let parts = [2 * MIB, 2 * 64 * KIB, 2 * 4 * KIB];
    let big = soc.bind(&space, 16 * MIB + parts.iter().sum::<u32>())?;
    let tables = soc.tables(&space)?;
    let at = |offset: u32| {
        tables
            .read(big.start().get() + offset)
            .map(|page| page.size)
    };
    let mut boundary = 16 * MIB;
    for ((part, size), seed) in parts.into_iter().zip(SIZES.windows(2)).zip(1..) {
        assert_eq!(at(boundary - 1), Ok(size[0]));
        assert_eq!(at(boundary), Ok(size[1]));
        copy_across(&soc, &big, &other, boundary, seed)?;
        boundary += part;
    }
    drop((active, big, other));
    soc.finish([space])
}

#[test]
fn any_length_from_and_to_any_byte() -> Result<()> {
    const SIZE: u32 = 8 * 4 * KIB;
    let soc = Soc::new()?;
    let space = soc.scattered_space(&[0], 5)?;
    let (from, to) = (
        by_pages(&space, SIZE, 4 * KIB)?,
        by_pages(&space, SIZE, 4 * KIB)?,
    );
    let active = space.vcm.activate()?;
    let data = noise(1, SIZE);
    let mut expected = noise(2, SIZE);
    soc.write(from.phys(), 0, &data)?;
    soc.write(to.phys(), 0, &expected)?;
    let mut channel = soc.dma.channel(0)?;
    let mut rng = fastrand::Rng::with_seed(6);
    let mut copy = |source: u32, target: u32, length: u32| -> Result<()> {
        channel.copy(offset(&from, source), offset(&to, target), length)?;
        assert_eq!(channel.wait(PATIENCE)?, length);
        let source = source as usize..(source + length) as usize;
        let target = target as usize..(target + length) as usize;
        expected[target].copy_from_slice(&data[source]);
        Ok(())
    };
    // Every alignment against every other, within a beat and beyond.
    for source in 0..8 {
        for target in 0..8 {
            let length = rng.u32(1..24);
            copy(0x1000 - 8 + source, 0x2000 - 8 + target, length)?;
        }
    }
    // Lengths around those of bursts and pages.
    for length in [1, 7, 8, 9, 255, 256, 257, 4095, 4096, 4097, SIZE - 7] {
        let source = rng.u32(0..=(SIZE - length).min(4096));
        let target = rng.u32(0..=(SIZE - length).min(4096));
        copy(source, target, length)?;
    }
    copy(0, 0, SIZE)?;
    drop(channel);
    assert!(soc.read(to.phys(), 0, SIZE)? == expected);
    drop((active, from, to));
    soc.finish([space])
}

#[test]
fn nothing_is_written_beside_the_destination() -> Result<()> {
    const SIZE: u32 = 3 * 4 * KIB;
    let soc = Soc::stressed(7)?;
    let space = soc.scattered_space(&[0], 6)?;
    let (from, to) = (soc.bind(&space, SIZE)?, soc.bind(&space, SIZE)?);
    let active = space.vcm.activate()?;
    let data = noise(3, SIZE);
    soc.write(from.phys(), 0, &data)?;
    for (seed, (at, length)) in [(4095, 2), (4091, 5), (1, 4095), (4093, 4099), (8191, 1)]
        .into_iter()
        .enumerate()
    {
        let mut expected = noise(seed as u64, SIZE);
        soc.write(to.phys(), 0, &expected)?;
        soc.copy(0, offset(&from, 3), offset(&to, at), length)?;
        expected[at as usize..(at + length) as usize]
            .copy_from_slice(&data[3..3 + length as usize]);
        assert!(
            soc.read(to.phys(), 0, SIZE)? == expected,
            "{length} at {at}"
        );
    }
    drop((active, from, to));
    soc.finish([space])
}

/// Four channels, each with a context of its own; all contexts have the same addresses.
struct Four {
    soc: Soc,
    spaces: Vec<Space>,
    /// Source and target of each.
    buffers: Vec<(Binding, Binding)>,
}

impl Four {
    fn new(soc: Soc, size: u32) -> Result<Self> {
        let (mut spaces, mut buffers) = (Vec::new(), Vec::new());
        for n in 0..4 {
            let space = soc.scattered_space(&[n], n.into())?;
            let (from, to) = (soc.bind(&space, size)?, soc.bind(&space, size)?);
            soc.write(from.phys(), 0, &noise(n.into(), size))?;
            soc.write(to.phys(), 0, &noise(100, size))?;
            spaces.push(space);
            buffers.push((from, to));
        }
        Ok(Self {
            soc,
            spaces,
            buffers,
        })
    }

    fn finish(self) -> Result<()> {
        drop(self.buffers);
        self.soc.finish(self.spaces)
    }
}

fn four_at_once(soc: Soc) -> Result<()> {
    const SIZE: u32 = 5 * 4 * KIB;
    let four = Four::new(soc, SIZE)?;
    let active: Vec<_> = four
        .spaces
        .iter()
        .map(|space| space.vcm.activate())
        .collect::<Result<_, _>>()?;
    // The same device addresses in all of them.
    let start = four.buffers[0].0.start();
    assert!(four.buffers.iter().all(|(from, _)| from.start() == start));
    let mut channels: Vec<SocChannel> = (0..4)
        .map(|n| four.soc.dma.channel(n))
        .collect::<Result<_, _>>()?;
    for (channel, (from, to)) in channels.iter_mut().zip(&four.buffers) {
        channel.copy(from.start(), to.start(), SIZE)?;
    }
    for channel in &mut channels {
        assert_eq!(channel.wait(PATIENCE)?, SIZE);
    }
    for (n, (_, to)) in (0..).zip(&four.buffers) {
        assert!(
            four.soc.read(to.phys(), 0, SIZE)? == noise(n, SIZE),
            "channel {n}"
        );
    }
    assert_eq!(four.soc.faults()?, []);
    drop((channels, active));
    four.finish()
}

#[test]
fn four_channels_at_once_each_in_its_own_context() -> Result<()> {
    four_at_once(Soc::new()?)
}

#[test]
fn four_channels_at_once_under_back_pressure_and_out_of_order() -> Result<()> {
    four_at_once(Soc::stressed(8)?)
}

#[test]
fn a_channel_cannot_reach_what_another_context_has() -> Result<()> {
    const SIZE: u32 = 4 * KIB;
    let four = Four::new(Soc::new()?, SIZE)?;
    let active: Vec<_> = four
        .spaces
        .iter()
        .map(|space| space.vcm.activate())
        .collect::<Result<_, _>>()?;
    let soc = &four.soc;
    // Memory that only context 0 has, at addresses that only context 0 has.
    let own = ResFlags {
        at: Some(Iova::new(0x4F00_0000)),
        ..ResFlags::default()
    };
    let secret = four.spaces[0]
        .vcm
        .make_binding(SIZE, AllocFlags::default(), own)?;
    soc.write(secret.phys(), 0, &noise(50, SIZE))?;
    for (n, (from, to)) in (0_u8..).zip(&four.buffers).skip(1) {
        for (source, target, end) in [
            (secret.start(), to.start(), End::Source),
            (from.start(), secret.start(), End::Destination),
        ] {
            let error = soc.copy(n, source, target, 64).unwrap_err();
            let expected = DmaError::Transfer {
                end,
                at: secret.start(),
                response: Response::SlaveError,
                copied: 0,
            };
            assert_eq!(error, expected, "channel {n}");
            let faults = soc.faults()?;
            let [fault] = faults[..] else {
                panic!("{faults:?}");
            };
            assert_eq!(fault.kind, FaultKind::TranslationL1);
            assert_eq!(fault.stream.get(), u16::from(n));
            assert_eq!(fault.context, Some(four.spaces[usize::from(n)].mmu.bank()));
            assert_eq!(
                (fault.iova, fault.write),
                (secret.start(), end == End::Destination)
            );
        }
        assert!(soc.read(to.phys(), 0, SIZE)? == noise(100, SIZE));
    }
    assert!(soc.read(secret.phys(), 0, SIZE)? == noise(50, SIZE));
    // Its owner can, of course; and the TLB does not mix them up: the same address in both.
    soc.copy(0, secret.start(), four.buffers[0].1.start(), SIZE)?;
    assert!(
        soc.copy(1, secret.start(), four.buffers[1].1.start(), SIZE)
            .is_err()
    );
    soc.faults()?;
    drop((secret, active));
    four.finish()
}

#[test]
fn deactivating_one_context_leaves_the_others_running() -> Result<()> {
    const SIZE: u32 = 16 * 4 * KIB;
    let four = Four::new(Soc::new()?, SIZE)?;
    let mut active: Vec<_> = four
        .spaces
        .iter()
        .map(|space| space.vcm.activate())
        .collect::<Result<_, _>>()?;
    let mut channels: Vec<SocChannel> = (0..4)
        .map(|n| four.soc.dma.channel(n))
        .collect::<Result<_, _>>()?;
    for (channel, (from, to)) in channels.iter_mut().zip(&four.buffers) {
        channel.copy(from.start(), to.start(), SIZE)?;
    }
    active.remove(1).deactivate()?;
    for (n, channel) in channels.iter_mut().enumerate() {
        let result = channel.wait(PATIENCE);
        match n {
            1 => assert!(matches!(result, Err(DmaError::Transfer { copied, .. }) if copied < SIZE)),
            _ => assert_eq!(result, Ok(SIZE), "channel {n}"),
        }
    }
    for n in [0, 2, 3] {
        let (_, to) = &four.buffers[n];
        assert!(four.soc.read(to.phys(), 0, SIZE)? == noise(n as u64, SIZE));
    }
    four.soc.faults()?;
    drop((channels, active));
    four.finish()
}
