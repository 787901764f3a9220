//! Page tables, written word by word past all ports; apart from the driver's.

use std::ops::Range;

use anyhow::{Context, Result, ensure};
use vcm::addr::PhysAddr;
use vcm_regs::descriptor::{
    FIRST_TABLE_SIZE, LARGE_PAGE_SIZE, LargePageDescriptor, REPEAT, SECOND_TABLE_SIZE,
    SECTION_SIZE, SMALL_PAGE_SIZE, SUPERSECTION_SIZE, SectionDescriptor, SmallPageDescriptor,
    SupersectionDescriptor, TableDescriptor, ap, first, second,
};
use vcm_sim::platform::BackDoor;

/// The four page sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 4 KiB.
    Small,
    /// 64 KiB.
    Large,
    /// 1 MiB.
    Section,
    /// 16 MiB.
    Supersection,
}

impl Size {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Small, Self::Large, Self::Section, Self::Supersection];

    /// In bytes.
    pub const fn bytes(self) -> u32 {
        match self {
            Self::Small => SMALL_PAGE_SIZE,
            Self::Large => LARGE_PAGE_SIZE,
            Self::Section => SECTION_SIZE,
            Self::Supersection => SUPERSECTION_SIZE,
        }
    }

    /// How many equal words map it.
    pub const fn words(self) -> u32 {
        match self {
            Self::Small | Self::Section => 1,
            Self::Large | Self::Supersection => REPEAT,
        }
    }

    /// Whether it stands in the first-level table.
    pub const fn is_first_level(self) -> bool {
        matches!(self, Self::Section | Self::Supersection)
    }

    /// Of two status codes that of the level which this size stands in.
    pub const fn level(self, first: u32, second: u32) -> u32 {
        if self.is_first_level() { first } else { second }
    }
}

/// A page and what its descriptor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How much it maps.
    pub size: Size,
    /// First address that the masters use.
    pub iova: u32,
    /// First address in memory.
    pub pa: u32,
    /// AP[2:0].
    pub ap: u32,
    /// Execute never.
    pub xn: bool,
    /// Not global.
    pub ng: bool,
    /// Domain; that of a small or large page is shared by its MiB. A supersection has none.
    pub domain: u32,
    /// TEX, C and B as five bits.
    pub memory: u32,
    /// The bits that say nothing here are 1: S, NS, and those without a meaning.
    pub others: bool,
}

impl Page {
    /// A global page of domain 0 that anybody may read and write.
    pub const fn new(size: Size, iova: u32, pa: u32) -> Self {
        Self {
            size,
            iova,
            pa,
            ap: ap::RW,
            xn: false,
            ng: false,
            domain: 0,
            memory: 0,
            others: false,
        }
    }

    /// A small page, as [`new`](Self::new).
    pub const fn small(iova: u32, pa: u32) -> Self {
        Self::new(Size::Small, iova, pa)
    }

    /// The bits of its descriptor that say nothing here.
    const fn says_nothing(&self) -> u32 {
        match self.size {
            Size::Small => 1 << 10,
            Size::Large => 1 << 10 | 0b111 << 6,
            Size::Section | Size::Supersection => 1 << 19 | 1 << 16 | 1 << 9,
        }
    }

    /// The descriptor.
    pub fn word(&self) -> u32 {
        self.meaning() | if self.others { self.says_nothing() } else { 0 }
    }

    fn meaning(&self) -> u32 {
        let Self { ap, memory, .. } = *self;
        let (xn, ng) = (u32::from(self.xn), u32::from(self.ng));
        let (tex, c, b) = (memory >> 2, memory >> 1 & 1, memory & 1);
        match self.size {
            Size::Small => SmallPageDescriptor::from_bits(self.pa)
                .with(SmallPageDescriptor::SMALL, 1)
                .with(SmallPageDescriptor::XN, xn)
                .with(SmallPageDescriptor::B, b)
                .with(SmallPageDescriptor::C, c)
                .with(SmallPageDescriptor::AP, ap)
                .with(SmallPageDescriptor::TEX, tex)
                .with(SmallPageDescriptor::APX, ap >> 2)
                .with(SmallPageDescriptor::NG, ng)
                .bits(),
            Size::Large => LargePageDescriptor::from_bits(self.pa)
                .with(LargePageDescriptor::TYPE, second::LARGE)
                .with(LargePageDescriptor::B, b)
                .with(LargePageDescriptor::C, c)
                .with(LargePageDescriptor::AP, ap)
                .with(LargePageDescriptor::APX, ap >> 2)
                .with(LargePageDescriptor::NG, ng)
                .with(LargePageDescriptor::TEX, tex)
                .with(LargePageDescriptor::XN, xn)
                .bits(),
            Size::Section => SectionDescriptor::from_bits(self.pa)
                .with(SectionDescriptor::TYPE, first::SECTION)
                .with(SectionDescriptor::B, b)
                .with(SectionDescriptor::C, c)
                .with(SectionDescriptor::XN, xn)
                .with(SectionDescriptor::DOMAIN, self.domain)
                .with(SectionDescriptor::AP, ap)
                .with(SectionDescriptor::TEX, tex)
                .with(SectionDescriptor::APX, ap >> 2)
                .with(SectionDescriptor::NG, ng)
                .bits(),
            Size::Supersection => SupersectionDescriptor::from_bits(self.pa)
                .with(SupersectionDescriptor::TYPE, first::SECTION)
                .with(SupersectionDescriptor::B, b)
                .with(SupersectionDescriptor::C, c)
                .with(SupersectionDescriptor::XN, xn)
                .with(SupersectionDescriptor::AP, ap)
                .with(SupersectionDescriptor::TEX, tex)
                .with(SupersectionDescriptor::APX, ap >> 2)
                .with(SupersectionDescriptor::NG, ng)
                .with(SupersectionDescriptor::SUPER, 1)
                .bits(),
        }
    }
}

/// The tables of a context.
#[derive(Debug)]
pub struct Tables {
    memory: BackDoor,
    base: u32,
    /// Where the next second-level table goes.
    free: Range<u32>,
}

impl Tables {
    /// Empty tables, the first level at the beginning of `region`.
    ///
    /// # Errors
    /// When there is no memory, or it is not aligned.
    pub fn new(memory: BackDoor, region: Range<u32>) -> Result<Self> {
        let base = region.start;
        ensure!(base % FIRST_TABLE_SIZE == 0, "{base:#x} is not aligned");
        memory.write(PhysAddr::new(base), &[0; FIRST_TABLE_SIZE as usize])?;
        let free = base + FIRST_TABLE_SIZE..region.end;
        Ok(Self { memory, base, free })
    }

    /// Address of the first-level table.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// Address of the first-level descriptor for an address.
    pub fn first_at(&self, iova: u32) -> u32 {
        self.base + 4 * (iova / SECTION_SIZE)
    }

    /// Address of the second-level descriptor for an address, if there is a table.
    ///
    /// # Errors
    /// When there is none.
    pub fn second_at(&self, iova: u32) -> Result<u32> {
        let word = self.memory.read32(PhysAddr::new(self.first_at(iova)))?;
        let table = TableDescriptor::from_bits(word);
        ensure!(
            table.get(TableDescriptor::TYPE) == first::TABLE,
            "no table for {iova:#x}"
        );
        let base = word & TableDescriptor::BASE.mask();
        Ok(base + 4 * (iova / SMALL_PAGE_SIZE % 256))
    }

    /// Address of the descriptor of a page.
    ///
    /// # Errors
    /// When there is no table for it.
    pub fn descriptor_at(&self, size: Size, iova: u32) -> Result<u32> {
        match size.is_first_level() {
            true => Ok(self.first_at(iova)),
            false => self.second_at(iova),
        }
    }

    /// Writes a first-level descriptor.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn set_first(&self, iova: u32, word: u32) -> Result<()> {
        Ok(self
            .memory
            .write32(PhysAddr::new(self.first_at(iova)), word)?)
    }

    /// Writes a second-level descriptor.
    ///
    /// # Errors
    /// When there is no table for it.
    pub fn set_second(&self, iova: u32, word: u32) -> Result<()> {
        Ok(self
            .memory
            .write32(PhysAddr::new(self.second_at(iova)?), word)?)
    }

    /// Makes an empty second-level table for the MiB of an address.
    ///
    /// # Errors
    /// When there is no room left.
    pub fn add_second(&mut self, iova: u32, domain: u32) -> Result<()> {
        let table = self.free.start;
        let next = table + SECOND_TABLE_SIZE;
        (next <= self.free.end)
            .then_some(())
            .context("no room for another table")?;
        self.free.start = next;
        self.memory
            .write(PhysAddr::new(table), &[0; SECOND_TABLE_SIZE as usize])?;
        let word = TableDescriptor::from_bits(table)
            .with(TableDescriptor::TYPE, first::TABLE)
            .with(TableDescriptor::DOMAIN, domain);
        self.set_first(iova, word.bits())
    }

    /// Maps a page, with all its words; over what was there.
    ///
    /// # Errors
    /// When it is not aligned, or there is no room for a second-level table.
    pub fn map(&mut self, page: Page) -> Result<()> {
        let mask = page.size.bytes() - 1;
        ensure!(
            (page.iova | page.pa) & mask == 0,
            "{page:x?} is not aligned"
        );
        if !page.size.is_first_level() && self.second_at(page.iova).is_err() {
            self.add_second(page.iova, page.domain)?;
        }
        self.fill(page.size, page.iova, page.word())
    }

    /// Unmaps a page.
    ///
    /// # Errors
    /// When it is not mapped.
    pub fn unmap(&self, size: Size, iova: u32) -> Result<()> {
        self.fill(size, iova & !(size.bytes() - 1), 0)
    }

    /// Writes all words of a page.
    fn fill(&self, size: Size, iova: u32, word: u32) -> Result<()> {
        let step = size.bytes() / size.words();
        for n in 0..size.words() {
            let at = self.descriptor_at(size, iova + n * step)?;
            self.memory.write32(PhysAddr::new(at), word)?;
        }
        Ok(())
    }
}
