//! Memory attributes of a page, and what AxCACHE may say of them.

/// TEX, C, B and S of a descriptor (ARM ARM B3.8.2, without TEX remap).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MemoryAttributes {
    /// `TEX[2:0]`.
    pub tex: u8,
    /// C.
    pub c: bool,
    /// B.
    pub b: bool,
    /// S: shareable.
    pub shareable: bool,
}

/// A memory type as it matters outside the master (ARM ARM table B3-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OuterCache {
    /// Strongly-ordered.
    StronglyOrdered,
    /// Device, shareable or not.
    Device,
    /// Normal, non-cacheable.
    NonCacheable,
    /// Normal, write-through, no write-allocate.
    WriteThrough,
    /// Normal, write-back, no write-allocate.
    WriteBack,
    /// Normal, write-back, write-allocate.
    WriteBackAllocate,
    /// An encoding that the table leaves reserved or implementation defined.
    Unspecified,
}

impl MemoryAttributes {
    /// The inner and the outer memory type; they differ only for TEX = 0b1xx.
    pub fn types(self) -> [OuterCache; 2] {
        let cb = (u8::from(self.c) << 1) | u8::from(self.b);
        if self.tex & 0b100 != 0 {
            // Table B3-11: AA (C and B) is the inner, BB (TEX[1:0]) the outer attribute.
            return [cacheability(cb), cacheability(self.tex & 0b011)];
        }
        let both = match (self.tex, cb) {
            (0b000, 0b00) => OuterCache::StronglyOrdered,
            (0b000, 0b01) | (0b010, 0b00) => OuterCache::Device,
            (0b000, 0b10) => OuterCache::WriteThrough,
            (0b000, 0b11) => OuterCache::WriteBack,
            (0b001, 0b00) => OuterCache::NonCacheable,
            (0b001, 0b11) => OuterCache::WriteBackAllocate,
            _ => OuterCache::Unspecified,
        };
        [both, both]
    }

    /// Whether an AxCACHE value describes this memory type (IHI 0022E table A4-5).
    ///
    /// One memory type has several encodings, by direction and by which legacy form is used, so this
    /// is a question and not a function to AxCACHE. Where inner and outer type differ either will do,
    /// as AxCACHE does not say whose caches it means.
    pub fn allows_axcache(self, write: bool, axcache: u8) -> bool {
        self.types()
            .into_iter()
            .any(|memory_type| describes(memory_type, write, axcache))
    }
}

/// Table B3-11: the cacheability behind AA or BB.
fn cacheability(bits: u8) -> OuterCache {
    match bits {
        0b00 => OuterCache::NonCacheable,
        0b01 => OuterCache::WriteBackAllocate,
        0b10 => OuterCache::WriteThrough,
        _ => OuterCache::WriteBack,
    }
}

/// IHI 0022E table A4-5. A page that is not write-allocate is read-allocate.
fn describes(memory_type: OuterCache, write: bool, axcache: u8) -> bool {
    match memory_type {
        OuterCache::StronglyOrdered => axcache == 0b0000,
        OuterCache::Device => axcache == 0b0001,
        OuterCache::NonCacheable => matches!(axcache, 0b0010 | 0b0011),
        OuterCache::WriteThrough => axcache == 0b0110 || (!write && axcache == 0b1110),
        OuterCache::WriteBack => axcache == 0b0111 || (!write && axcache == 0b1111),
        OuterCache::WriteBackAllocate => axcache == 0b1111,
        OuterCache::Unspecified => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(tex: u8, c: bool, b: bool) -> MemoryAttributes {
        MemoryAttributes {
            tex,
            c,
            b,
            shareable: false,
        }
    }

    #[test]
    fn strongly_ordered_and_device_are_told_apart() {
        assert!(attributes(0, false, false).allows_axcache(true, 0b0000));
        assert!(!attributes(0, false, false).allows_axcache(true, 0b0001));
        assert!(attributes(0, false, true).allows_axcache(false, 0b0001));
        assert!(attributes(2, false, false).allows_axcache(false, 0b0001));
    }

    #[test]
    fn write_allocate_shows_in_axcache_bit_3_of_a_write() {
        assert!(attributes(1, true, true).allows_axcache(true, 0b1111));
        assert!(!attributes(1, true, true).allows_axcache(true, 0b0111));
        assert!(!attributes(0, true, true).allows_axcache(true, 0b1111));
    }

    #[test]
    fn with_tex_1xx_inner_or_outer_type_will_do() {
        let mixed = attributes(0b100, true, false);
        assert_eq!(
            mixed.types(),
            [OuterCache::WriteThrough, OuterCache::NonCacheable]
        );
        assert!(mixed.allows_axcache(true, 0b0110) && mixed.allows_axcache(true, 0b0011));
        assert!(!mixed.allows_axcache(true, 0b1111));
    }
}
