//! Bytes that others may change at any time: devices, other processes, other threads.
//!
//! The program's accesses are relaxed atomic ones. So a race with another thread is none in the sense
//! of the language, and every aligned word is read and written by one access. (The language leaves open
//! what it is to access bytes and words of the same place at once; the memory is not of its making, and
//! to the CPU they are loads and stores like any.)

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// Bytes of a word.
const WORD: usize = 4;

/// A range of mapped memory that is readable for as long as `'a`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'a> {
    start: NonNull<u8>,
    size: usize,
    memory: PhantomData<&'a [AtomicU8]>,
}

// SAFETY: it is a shared reference to atomics, which may go to other threads.
unsafe impl Send for Span<'_> {}
// SAFETY: as above.
unsafe impl Sync for Span<'_> {}

impl<'a> Span<'a> {
    /// From its first byte and its size.
    ///
    /// # Safety
    /// All of it is mapped readable for as long as `'a`, and nobody in this program has an exclusive or
    /// a plain shared reference into it meanwhile, unless by a contract of the same kind.
    pub(crate) const unsafe fn new(start: NonNull<u8>, size: usize) -> Self {
        Self {
            start,
            size,
            memory: PhantomData,
        }
    }

    pub(crate) const fn start(self) -> NonNull<u8> {
        self.start
    }

    pub(crate) const fn size(self) -> usize {
        self.size
    }

    /// `size` bytes from `offset` on, if there are as many.
    pub(crate) fn part(self, offset: usize, size: usize) -> Option<Self> {
        let end = offset.checked_add(size)?;
        // SAFETY: it is part of the span, so what holds for the span holds for it; `offset` is within.
        (end <= self.size).then(|| unsafe { Self::new(self.start.add(offset), size) })
    }

    /// Its bytes.
    pub(crate) const fn bytes(self) -> &'a [AtomicU8] {
        // SAFETY: mapped readable for 'a, and an `AtomicU8` is as large and aligned as a `u8`.
        // Writing through it is for those that know the mapping to be writable.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().cast(), self.size) }
    }

    /// Its aligned words, with the bytes before and after them.
    fn split(self) -> (&'a [AtomicU8], &'a [AtomicU32], &'a [AtomicU8]) {
        // SAFETY: an aligned word of atomic bytes may be accessed as an atomic word: both are plain
        // memory to the CPU, and others see whole words.
        unsafe { self.bytes().align_to() }
    }

    /// Its words, if it begins and ends at multiples of 4 bytes.
    pub(crate) fn words(self) -> Option<&'a [AtomicU32]> {
        match self.split() {
            ([], words, []) => Some(words),
            _ => None,
        }
    }

    /// Reads all of it; both have the same length.
    pub(crate) fn read(self, into: &mut [u8]) {
        debug_assert_eq!(into.len(), self.size);
        let (first, words, last) = self.split();
        let (head, rest) = into.split_at_mut(first.len());
        let (middle, tail) = rest.split_at_mut(words.len() * WORD);
        for (to, from) in head.iter_mut().zip(first) {
            *to = from.load(Ordering::Relaxed);
        }
        for (to, from) in middle.chunks_exact_mut(WORD).zip(words) {
            to.copy_from_slice(&from.load(Ordering::Relaxed).to_ne_bytes());
        }
        for (to, from) in tail.iter_mut().zip(last) {
            *to = from.load(Ordering::Relaxed);
        }
    }

    /// Writes all of it; both have the same length.
    ///
    /// # Safety
    /// It is mapped writable.
    pub(crate) unsafe fn write(self, from: &[u8]) {
        debug_assert_eq!(from.len(), self.size);
        let (first, words, last) = self.split();
        let (head, rest) = from.split_at(first.len());
        let (middle, tail) = rest.split_at(words.len() * WORD);
        for (to, from) in first.iter().zip(head) {
            to.store(*from, Ordering::Relaxed);
        }
        for (to, from) in words.iter().zip(middle.chunks_exact(WORD)) {
            let mut word = [0; WORD];
            word.copy_from_slice(from);
            to.store(u32::from_ne_bytes(word), Ordering::Relaxed);
        }
        for (to, from) in last.iter().zip(tail) {
            to.store(*from, Ordering::Relaxed);
        }
    }
}
