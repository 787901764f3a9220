//! Bytes, taken as numbers and choices. When none is left, all is 0.

use arbitrary::Unstructured;

/// What a target is fed with.
pub struct Input<'a>(Unstructured<'a>);

/// Numbers where sums wrap, pages end, and signs change.
const EDGES: [u32; 14] = [
    0,
    1,
    0xFFF,
    0x1000,
    0x1001,
    0x1_0000,
    0x10_0000,
    0x100_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFF00_0000,
    0xFFFF_F000,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
];

impl<'a> Input<'a> {
    /// Of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(Unstructured::new(bytes))
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or_default()
    }

    /// Any number of 32 bits.
    pub fn word(&mut self) -> u32 {
        self.0.arbitrary().unwrap_or_default()
    }

    /// Any number of 64 bits.
    pub fn long(&mut self) -> u64 {
        self.0.arbitrary().unwrap_or_default()
    }

    /// Yes or no.
    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// Yes, once in `times` times.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == times - 1
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u32) -> u32 {
        self.0.int_in_range(0..=end - 1).unwrap_or_default()
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u32) as usize]
    }

    /// A number that is often at an edge.
    pub fn edge(&mut self) -> u32 {
        match self.below(4) {
            0 => self.one_of(&EDGES),
            1 => self.one_of(&EDGES).wrapping_sub(self.byte().into()),
            2 => 1 << self.below(32),
            _ => self.word(),
        }
    }

    /// Up to `most` of the bytes that are left.
    pub fn bytes(&mut self, most: u32) -> &'a [u8] {
        let most = (most as usize).min(self.0.len());
        let length = self.0.int_in_range(0..=most).unwrap_or_default();
        self.0.bytes(length).unwrap_or_default()
    }

    /// What is left.
    pub fn rest(self) -> &'a [u8] {
        self.0.take_rest()
    }
}
