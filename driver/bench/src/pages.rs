//! Mapping and unmapping, in a context that is active.

use vcm::addr::{Iova, PhysAddr};
use vcm::mmu::{Attributes, Mmu, PhysPart};
use vcm::table::PageSize;

use crate::platform::{Context, Platform};
use crate::rival::{PAGING_MAP, Paging};
use crate::sample::Samples;
use crate::{Measurement, human, param};

const SAMPLES: usize = 401;
/// Ranges mapped in a sample, so that the clock is precise enough, if the space has room.
const MOST_RANGES: u64 = 16;
const SPACE: u64 = 1 << 32;
/// Buffers lie from here on.
const BUFFERS: u32 = 0x4000_0000;

/// How the physical memory lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// In one part.
    Contiguous,
    /// A part a page, none beside another.
    Scattered,
}

impl Layout {
    const fn name(self) -> &'static str {
        match self {
            Self::Contiguous => "contiguous",
            Self::Scattered => "scattered",
        }
    }

    /// `pages` pages that cannot be mapped by larger ones.
    fn parts(self, page: PageSize, pages: u32) -> Vec<PhysPart> {
        let size = page.bytes();
        // Not aligned for the next larger page, if there is one.
        let start = match page {
            PageSize::Supersection => 0,
            _ => BUFFERS + size,
        };
        match self {
            Self::Contiguous => vec![PhysPart {
                start: PhysAddr::new(start),
                size: size * pages,
            }],
            Self::Scattered => (0..pages)
                .map(|n| PhysPart {
                    start: PhysAddr::new(start + 2 * n * size),
                    size,
                })
                .collect(),
        }
    }
}

pub(crate) fn run(progress: &mut impl FnMut(&str), measured: &mut Vec<Measurement>) {
    for page in PageSize::ALL.into_iter().rev() {
        // 256 of the largest would be all of the space, whose size has no 32-bit number.
        let many = if page == PageSize::Supersection {
            255
        } else {
            256
        };
        for pages in [1, many] {
            measure(page, pages, Layout::Contiguous, progress, measured);
        }
    }
    measure(
        PageSize::SmallPage,
        256,
        Layout::Scattered,
        progress,
        measured,
    );
}

fn measure(
    page: PageSize,
    pages: u32,
    layout: Layout,
    progress: &mut impl FnMut(&str),
    measured: &mut Vec<Measurement>,
) {
    let what = human(page.bytes());
    progress(&format!(
        "map and unmap: {pages} x {what}, {}",
        layout.name()
    ));
    let scene = Scene::new(page, pages, layout);
    let context = Platform::new().context();
    let mut paging = (page == PageSize::SmallPage).then(Paging::new);
    let (mut map, mut unmap, mut beside) =
        (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..SAMPLES {
        map.time(scene.ops(), || scene.map(&context));
        unmap.time(scene.ops(), || scene.unmap(&context));
        if let Some(paging) = &mut paging {
            beside.time(scene.ops(), || scene.map_beside(paging));
            scene.unmap_beside(paging);
        }
    }
    let (mapping, unmapping) = scene.counts();
    let baseline = paging.map(|_| (PAGING_MAP.to_owned(), beside.median()));
    for (scenario, samples, counts) in [("map", map, mapping), ("unmap", unmap, unmapping)] {
        measured.push(Measurement {
            scenario: scenario.to_owned(),
            params: vec![
                param("pages", pages),
                param("page", &what),
                param("memory", layout.name()),
            ],
            ns_per_op: samples.median(),
            table_writes: counts[0],
            cache_syncs: counts[1],
            tlb_commands: counts[2],
            baseline: baseline.clone(),
        });
    }
}

/// What is mapped where.
struct Scene {
    ranges: Vec<Iova>,
    parts: Vec<PhysPart>,
    size: u32,
}

impl Scene {
    fn new(page: PageSize, pages: u32, layout: Layout) -> Self {
        let size = page.bytes() * pages;
        let ranges = (SPACE / u64::from(size)).min(MOST_RANGES) as u32;
        Self {
            ranges: (0..ranges).map(|n| Iova::new(n * size)).collect(),
            parts: layout.parts(page, pages),
            size,
        }
    }

    fn ops(&self) -> usize {
        self.ranges.len()
    }

    fn map(&self, context: &Context) {
        for at in &self.ranges {
            let mapped = context.map(*at, &self.parts, Attributes::default());
            mapped.expect("the range is free");
        }
    }

    fn unmap(&self, context: &Context) {
        for at in &self.ranges {
            let _quiet = context.unmap(*at, self.size).expect("the range is mapped");
        }
    }

    fn map_beside(&self, paging: &mut Paging) {
        for at in &self.ranges {
            paging.map(*at, &self.parts);
        }
    }

    fn unmap_beside(&self, paging: &mut Paging) {
        for at in &self.ranges {
            paging.unmap(*at, self.size);
        }
    }

    /// What mapping and unmapping asks of the hardware, when it has been done before.
    fn counts(&self) -> ([f64; 3], [f64; 3]) {
        let platform = Platform::new();
        let context = platform.context();
        self.map(&context);
        self.unmap(&context);
        let before = platform.counts();
        self.map(&context);
        let between = platform.counts();
        self.unmap(&context);
        let after = platform.counts();
        let ops = self.ops();
        (between.since(before, ops), after.since(between, ops))
    }
}
