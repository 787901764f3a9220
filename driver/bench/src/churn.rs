//! I/O virtual addresses: one range is freed and one is reserved, again and again.

use core::ops::RangeInclusive;

use vcm::addr::Iova;
use vcm::iova::{IovaSpace, Request};

use crate::rival::{BUDDY, Buddy};
use crate::sample::{Random, Samples};
use crate::{Measurement, param};

const SAMPLES: usize = 201;
/// Pages of an address space.
const SPACE: usize = 1 << 20;
/// Operations of a sample.
const OPS: usize = 1000;
const PAGE: u32 = 4096;

/// How large the ranges are: so many pages, all equally often.
type Sizes = RangeInclusive<usize>;
const SMALL: Sizes = 1..=32;
/// The buddy allocator rounds all of them up to one size, and never splits or merges.
const LARGE: Sizes = 65..=128;

/// How the ranges are aligned.
#[derive(Clone, Copy)]
enum Align {
    /// To the largest page that the size allows.
    Page,
    /// To the next power of two: as the buddy allocator cannot but do.
    PowerOfTwo,
}

impl Align {
    const fn name(self) -> &'static str {
        match self {
            Self::Page => "to pages",
            Self::PowerOfTwo => "to powers of two",
        }
    }

    fn request(self, pages: usize) -> Request {
        let size = pages as u32 * PAGE;
        match self {
            Self::Page => Request::new(size),
            Self::PowerOfTwo => Request::new(size).aligned(size.next_power_of_two()),
        }
    }
}

pub(crate) fn run(progress: &mut impl FnMut(&str), measured: &mut Vec<Measurement>) {
    for (align, sizes) in [
        (Align::Page, SMALL),
        (Align::PowerOfTwo, SMALL),
        (Align::Page, LARGE),
    ] {
        for live in [64, 256, 1024, 4096, 16384] {
            // There must be room for all, rounded up to powers of two.
            if live * sizes.end().next_power_of_two() > SPACE {
                continue;
            }
            let align_name = align.name();
            progress(&format!("addresses: {live} live, aligned {align_name}"));
            measured.push(measure(live, align, &sizes));
        }
    }
}

fn size(sizes: &Sizes, random: &mut Random) -> usize {
    sizes.start() + random.below(sizes.end() - sizes.start() + 1)
}

fn measure(live: usize, align: Align, sizes: &Sizes) -> Measurement {
    let mut random = Random::new();
    let mut ours = Ours::new(live, align, sizes, &mut random);
    let mut theirs = Theirs::new(live, sizes, &mut random);
    let (mut samples, mut beside) = (Samples::default(), Samples::default());
    for _ in 0..SAMPLES {
        let steps: Vec<(usize, usize)> = (0..OPS)
            .map(|_| (random.below(live), size(sizes, &mut random)))
            .collect();
        samples.time(OPS, || ours.churn(&steps));
        beside.time(OPS, || theirs.churn(&steps));
    }
    Measurement {
        scenario: "iova churn".to_owned(),
        params: vec![
            param("live", live),
            param("pages", format!("{} to {}", sizes.start(), sizes.end())),
            param("aligned", align.name()),
        ],
        ns_per_op: samples.median(),
        table_writes: 0.0,
        cache_syncs: 0.0,
        tlb_commands: 0.0,
        baseline: Some((BUDDY.to_owned(), beside.median())),
    }
}

struct Ours {
    space: IovaSpace,
    align: Align,
    live: Vec<Iova>,
}

impl Ours {
    fn new(live: usize, align: Align, sizes: &Sizes, random: &mut Random) -> Self {
        let space = IovaSpace::new(Iova::new(0), 1 << 32).expect("the whole space");
        let mut ours = Self {
            space,
            align,
            live: Vec::with_capacity(live),
        };
        for _ in 0..live {
            let at = ours.reserve(size(sizes, random));
            ours.live.push(at);
        }
        ours
    }

    fn reserve(&self, pages: usize) -> Iova {
        let range = self.space.reserve(&self.align.request(pages));
        range.expect("there is room").start
    }

    fn churn(&mut self, steps: &[(usize, usize)]) {
        for (victim, pages) in steps {
            self.space.free(self.live[*victim]).expect("it is reserved");
            self.live[*victim] = self.reserve(*pages);
        }
    }
}

struct Theirs {
    buddy: Buddy,
    /// First page and number of pages.
    live: Vec<(usize, usize)>,
}

impl Theirs {
    fn new(live: usize, sizes: &Sizes, random: &mut Random) -> Self {
        let mut buddy = Buddy::new();
        let live = (0..live)
            .map(|_| {
                let pages = size(sizes, random);
                (buddy.take(pages), pages)
            })
            .collect();
        Self { buddy, live }
    }

    fn churn(&mut self, steps: &[(usize, usize)]) {
        for (victim, pages) in steps {
            let (at, had) = self.live[*victim];
            self.buddy.give(at, had);
            self.live[*victim] = (self.buddy.take(*pages), *pages);
        }
    }
}
