//! What a page table maps, as ranges: pages that go on where the one before ends are shown as one.

use vcm::addr::{Iova, PhysAddr};
use vcm::mmu::Attributes;
use vcm::seam::PhysMem;
use vcm::table::{PageSize, WalkFault, walk};
use vcm_demo_core::number::thousands;
use vcm_regs::descriptor::{SECTION_SIZE, SMALL_PAGE_SIZE};

use vcm_linux::number::size;

/// Pages of one size that follow one another, in both kinds of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: Iova,
    pub(super) phys: PhysAddr,
    pub(super) page: PageSize,
    pub(super) pages: u32,
    pub(super) attributes: Attributes,
}

impl Range {
    fn bytes(&self) -> u64 {
        u64::from(self.pages) * u64::from(self.page.bytes())
    }

    /// Whether this page is its next one.
    fn goes_on(&self, next: &Self) -> bool {
        let end = |start: u32| u64::from(start) + self.bytes();
        self.page == next.page
            && self.attributes == next.attributes
            && end(self.start.get()) == next.start.get().into()
            && end(self.phys.get()) == next.phys.get().into()
    }

    pub(super) fn describe(&self) -> String {
        let page = size(self.page.bytes().into());
        format!(
            "{} → {}  {:>9}: {:>6} × {page:<7} {}",
            self.start,
            self.phys,
            size(self.bytes()),
            thousands(self.pages),
            access(&self.attributes),
        )
    }
}

/// Who may do what, in words.
pub(super) fn access(attributes: &Attributes) -> String {
    let mut words = Vec::new();
    words.push(match (attributes.read, attributes.write) {
        (true, true) => "read, write",
        (true, false) => "read-only",
        _ => "no access",
    });
    if attributes.execute {
        words.push("execute");
    }
    if !attributes.user {
        words.push("privileged");
    }
    words.join(", ")
}

/// All ranges of the tables that begin at `root`, and descriptors that are not understood.
pub(super) fn of(memory: &impl PhysMem, root: PhysAddr) -> Result<Vec<Range>, WalkFault> {
    let mut ranges: Vec<Range> = Vec::new();
    let mut next = Some(Iova::new(0));
    while let Some(at) = next {
        let step = match walk(memory, root, at) {
            Ok(found) => {
                let page = Range {
                    start: at,
                    phys: found.phys,
                    page: found.page,
                    pages: 1,
                    attributes: found.attributes,
                };
                match ranges.last_mut() {
                    Some(last) if last.goes_on(&page) => last.pages += 1,
                    _ => ranges.push(page),
                }
                found.page.bytes()
            }
            Err(WalkFault::TranslationL1) => SECTION_SIZE,
            Err(WalkFault::TranslationL2) => SMALL_PAGE_SIZE,
            Err(other) => return Err(other),
        };
        next = at.checked_add(step);
    }
    Ok(ranges)
}
