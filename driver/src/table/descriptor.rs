//! Page sizes and the words of the tables: attributes to descriptor bits, and back.

use vcm_regs::descriptor::{
    self as format, LargePageDescriptor, SectionDescriptor, SmallPageDescriptor,
    SupersectionDescriptor, TableDescriptor, ap, first, second,
};

use crate::addr::PhysAddr;
use crate::mmu::{Attributes, MemoryType};

/// The four page sizes of the short-descriptor format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageSize {
    /// 4 KiB.
    SmallPage,
    /// 64 KiB.
    LargePage,
    /// 1 MiB.
    Section,
    /// 16 MiB.
    Supersection,
}

impl PageSize {
    /// All sizes, the largest first.
    pub const ALL: [Self; 4] = [
        Self::Supersection,
        Self::Section,
        Self::LargePage,
        Self::SmallPage,
    ];

    /// Size in bytes.
    pub const fn bytes(self) -> u32 {
        match self {
            Self::SmallPage => format::SMALL_PAGE_SIZE,
            Self::LargePage => format::LARGE_PAGE_SIZE,
            Self::Section => format::SECTION_SIZE,
            Self::Supersection => format::SUPERSECTION_SIZE,
        }
    }

    /// The next larger size.
    pub const fn larger(self) -> Option<Self> {
        match self {
            Self::SmallPage => Some(Self::LargePage),
            Self::LargePage => Some(Self::Section),
            Self::Section => Some(Self::Supersection),
            Self::Supersection => None,
        }
    }

    /// Whether the page stands in the first-level table.
    pub(super) const fn is_first_level(self) -> bool {
        matches!(self, Self::Section | Self::Supersection)
    }
}

/// The page sizes in bytes, the largest first.
pub const PAGE_SIZES: [u32; 4] = [
    PageSize::Supersection.bytes(),
    PageSize::Section.bytes(),
    PageSize::LargePage.bytes(),
    PageSize::SmallPage.bytes(),
];

/// What a first-level word says.
pub(super) enum First {
    Fault,
    Table(PhysAddr),
    Page(PageSize, PhysAddr),
}

impl First {
    /// Decodes a word. A supersection above 4 GiB and the reserved type are faults, as for hardware.
    pub(super) fn decode(word: u32) -> Self {
        match word & SectionDescriptor::TYPE.mask() {
            first::TABLE => Self::Table(PhysAddr::new(word & TableDescriptor::BASE.mask())),
            first::SECTION if word & SectionDescriptor::SUPER.mask() == 0 => Self::Page(
                PageSize::Section,
                PhysAddr::new(word & SectionDescriptor::BASE.mask()),
            ),
            first::SECTION => {
                let page = SupersectionDescriptor::from_bits(word);
                if page.has(SupersectionDescriptor::EXTBASE_LO)
                    || page.has(SupersectionDescriptor::EXTBASE_HI)
                {
                    return Self::Fault;
                }
                Self::Page(
                    PageSize::Supersection,
                    PhysAddr::new(word & SupersectionDescriptor::BASE.mask()),
                )
            }
            _ => Self::Fault,
        }
    }
}

/// What a second-level word says: a page, or nothing.
pub(super) fn decode_second(word: u32) -> Option<(PageSize, PhysAddr)> {
    match word & LargePageDescriptor::TYPE.mask() {
        second::LARGE => Some((
            PageSize::LargePage,
            PhysAddr::new(word & LargePageDescriptor::BASE.mask()),
        )),
        second::SMALL | second::SMALL_XN => Some((
            PageSize::SmallPage,
            PhysAddr::new(word & SmallPageDescriptor::BASE.mask()),
        )),
        _ => None,
    }
}

/// The first-level word that points to a second-level table. Its domain is 0, as that of a
/// supersection has to be. `ns` is that of all pages of the table.
pub(super) fn table_word(at: PhysAddr, ns: u32) -> u32 {
    TableDescriptor::default()
        .with(TableDescriptor::TYPE, first::TABLE)
        .with(TableDescriptor::NS, ns)
        .with(TableDescriptor::BASE, at.get() >> TableDescriptor::BASE.lsb)
        .bits()
}

/// The bits that every page descriptor has, wherever its format puts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageBits {
    tex: u32,
    c: u32,
    b: u32,
    ap: u32,
    xn: u32,
    s: u32,
    ng: u32,
    ns: u32,
}

/// NS of all pages behind a first-level word, which is not a fault.
pub(super) fn ns_of(word: u32) -> u32 {
    match word & SectionDescriptor::TYPE.mask() {
        first::TABLE => TableDescriptor::from_bits(word).get(TableDescriptor::NS),
        // A supersection has it in the same place.
        _ => SectionDescriptor::from_bits(word).get(SectionDescriptor::NS),
    }
}

/// Bits 1 to 0 and bit 2 of AP stand apart in every format.
const AP_LOW: u32 = 0b11;
const AP_HIGH_LSB: u32 = 2;

impl PageBits {
    pub(super) fn new(attributes: Attributes, global: bool) -> Self {
        let ap = match (attributes.read, attributes.write, attributes.user) {
            (false, ..) => ap::NONE,
            (true, true, true) => ap::RW,
            (true, true, false) => ap::PRIV_RW,
            (true, false, true) => ap::RO,
            (true, false, false) => ap::PRIV_RO,
        };
        // ARM ARM table B3-10.
        let (tex, c, b) = match attributes.memory {
            MemoryType::StronglyOrdered => (0, 0, 0),
            MemoryType::Device => (0, 0, 1),
            MemoryType::WriteThrough => (0, 1, 0),
            MemoryType::NonCacheable => (1, 0, 0),
            MemoryType::WriteBack => (1, 1, 1),
        };
        Self {
            tex,
            c,
            b,
            ap,
            xn: u32::from(!attributes.execute),
            s: 0,
            ng: u32::from(!global),
            ns: u32::from(!attributes.secure),
        }
    }

    /// NS, which pages of a second-level table have from the word that points to it.
    pub(super) const fn ns(self) -> u32 {
        self.ns
    }

    /// The attributes, if they are such that this driver writes. Where nobody has access, `user` is
    /// what the default is.
    pub(super) fn attributes(self) -> Option<Attributes> {
        let (read, write, user) = match self.ap {
            ap::NONE => (false, false, true),
            ap::RW => (true, true, true),
            ap::PRIV_RW => (true, true, false),
            ap::RO | ap::RO_OLD => (true, false, true),
            ap::PRIV_RO => (true, false, false),
            _ => return None,
        };
        let memory = match (self.tex, self.c, self.b) {
            (0, 0, 0) => MemoryType::StronglyOrdered,
            (0, 0, 1) => MemoryType::Device,
            (0, 1, 0) => MemoryType::WriteThrough,
            (1, 0, 0) => MemoryType::NonCacheable,
            (1, 1, 1) => MemoryType::WriteBack,
            _ => return None,
        };
        Some(Attributes {
            read,
            write,
            execute: self.xn == 0,
            user,
            memory,
            secure: self.ns == 0,
        })
    }

    /// The bits of a page descriptor, behind this first-level word: the descriptor itself, or that
    /// which points to its table.
    pub(super) fn decode(page: PageSize, word: u32, first: u32) -> Self {
        macro_rules! decode {
            ($Format:ident) => {{
                let word = $Format::from_bits(word);
                Self {
                    tex: word.get($Format::TEX),
                    c: word.get($Format::C),
                    b: word.get($Format::B),
                    ap: word.get($Format::APX) << AP_HIGH_LSB | word.get($Format::AP),
                    xn: word.get($Format::XN),
                    s: word.get($Format::S),
                    ng: word.get($Format::NG),
                    ns: ns_of(first),
                }
            }};
        }
        match page {
            PageSize::Supersection => decode!(SupersectionDescriptor),
            PageSize::Section => decode!(SectionDescriptor),
            PageSize::LargePage => decode!(LargePageDescriptor),
            PageSize::SmallPage => decode!(SmallPageDescriptor),
        }
    }

    /// The descriptor of a page at `phys`, which is aligned to the page size. In each of the formats
    /// the address stands where it is in the address itself, so that the word of the next page is
    /// this one plus the page size.
    pub(super) fn encode(self, page: PageSize, phys: u32) -> u32 {
        macro_rules! encode {
            ($Format:ident) => {
                $Format::default()
                    .with($Format::TEX, self.tex)
                    .with($Format::C, self.c)
                    .with($Format::B, self.b)
                    .with($Format::AP, self.ap & AP_LOW)
                    .with($Format::APX, self.ap >> AP_HIGH_LSB)
                    .with($Format::XN, self.xn)
                    .with($Format::S, self.s)
                    .with($Format::NG, self.ng)
                    .with($Format::BASE, phys >> $Format::BASE.lsb)
            };
        }
        match page {
            PageSize::Supersection => encode!(SupersectionDescriptor)
                .with(SupersectionDescriptor::TYPE, first::SECTION)
                .with(SupersectionDescriptor::SUPER, 1)
                .with(SupersectionDescriptor::NS, self.ns)
                .bits(),
            PageSize::Section => encode!(SectionDescriptor)
                .with(SectionDescriptor::TYPE, first::SECTION)
                .with(SectionDescriptor::NS, self.ns)
                .bits(),
            PageSize::LargePage => encode!(LargePageDescriptor)
                .with(LargePageDescriptor::TYPE, second::LARGE)
                .bits(),
            PageSize::SmallPage => encode!(SmallPageDescriptor)
                .with(SmallPageDescriptor::SMALL, 1)
                .bits(),
        }
    }
}
