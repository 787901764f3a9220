//! The two levels of cache, by line, to the point where devices read memory.

use crate::barrier::device_barrier;
use crate::io::Io;

/// Bytes of a line, of both levels (UG585, chapter 3.2.3 and 3.4).
pub const LINE: u32 = 32;

/// The first level, by the address of a line.
pub trait Inner {
    /// Writes a line back.
    fn clean(&self, at: u32);
    /// Forgets a line.
    fn invalidate(&self, at: u32);
    /// Writes a line back and forgets it.
    fn clean_and_invalidate(&self, at: u32);
}

/// The first level, and the L2C-310 behind it.
///
/// What the high-performance ports and walks through them read is DDR, behind both; so a line is cleaned from
/// the inside out, and forgotten from the outside in, else it might come back from there (DDI 0246, chapter
/// 2.3). Virtual addresses have to be the physical ones.
#[derive(Clone, Copy, Debug)]
pub struct Cache<I, O> {
    inner: I,
    outer: O,
}

/// Registers of the L2C-310 (DDI 0246, table 3-2).
mod l2 {
    pub const CACHE_SYNC: usize = 0x730;
    pub const INVALIDATE_LINE: usize = 0x770;
    pub const CLEAN_LINE: usize = 0x7B0;
    pub const CLEAN_AND_INVALIDATE_LINE: usize = 0x7F0;
    /// Bit 0: the operation before is not complete.
    pub const BUSY: u32 = 1;
}

impl<I: Inner, O: Io> Cache<I, O> {
    /// The processor's cache, and the registers of the one behind it.
    pub const fn new(inner: I, outer: O) -> Self {
        Self { inner, outer }
    }

    /// Devices see what the processor has written to the range.
    pub fn clean(&self, at: u32, size: u32) {
        lines(at, size).for_each(|line| self.inner.clean(line));
        device_barrier();
        lines(at, size).for_each(|line| self.outer.write(l2::CLEAN_LINE, line));
        self.sync();
    }

    /// The processor sees what devices have written to the range. What shares a line with its ends is
    /// written back, not lost.
    pub fn invalidate(&self, at: u32, size: u32) {
        let whole =
            |line: u32| line >= at && u64::from(line) + 32 <= u64::from(at) + u64::from(size);
        for line in lines(at, size) {
            if whole(line) {
                self.outer.write(l2::INVALIDATE_LINE, line);
            } else {
                self.inner.clean(line);
                device_barrier();
                self.outer.write(l2::CLEAN_AND_INVALIDATE_LINE, line);
            }
        }
        self.sync();
        for line in lines(at, size) {
            if whole(line) {
                self.inner.invalidate(line);
            } else {
                self.inner.clean_and_invalidate(line);
            }
        }
        device_barrier();
    }

    /// Waits until the second level has done everything. It always ends: each line's operation does, whatever the
    /// software (DDI 0246, chapter 3.3.10).
    fn sync(&self) {
        self.outer.write(l2::CACHE_SYNC, 0);
        for _ in 0..SYNC_READS {
            if self.outer.read(l2::CACHE_SYNC) & l2::BUSY == 0 {
                break;
            }
        }
        device_barrier();
    }
}

/// Far more reads than an operation on all lines takes.
const SYNC_READS: u32 = 1 << 20;

/// The lines that a range touches.
fn lines(at: u32, size: u32) -> impl Iterator<Item = u32> {
    let end = u64::from(at) + u64::from(size);
    let first = u64::from(at / LINE * LINE);
    let last = if size == 0 { first } else { end };
    // An address is below 4 GiB.
    (first..last.min(1 << 32))
        .step_by(LINE as usize)
        .map(|line| line as u32)
}

#[cfg(test)]
mod tests {
    use core::cell::RefCell;
    use std::vec;
    use std::vec::Vec;

    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Did {
        Clean(u32),
        Invalidate(u32),
        CleanAndInvalidate(u32),
        Outer(usize, u32),
    }

    #[derive(Default)]
    struct Recorder(RefCell<Vec<Did>>);

    impl Inner for &Recorder {
        fn clean(&self, at: u32) {
            self.0.borrow_mut().push(Did::Clean(at));
        }
        fn invalidate(&self, at: u32) {
            self.0.borrow_mut().push(Did::Invalidate(at));
        }
        fn clean_and_invalidate(&self, at: u32) {
            self.0.borrow_mut().push(Did::CleanAndInvalidate(at));
        }
    }

    impl Io for Recorder {
        fn read(&self, _: usize) -> u32 {
            0
        }
        fn write(&self, offset: usize, value: u32) {
            self.0.borrow_mut().push(Did::Outer(offset, value));
        }
    }

    fn done(act: impl Fn(&Cache<&Recorder, &Recorder>)) -> Vec<Did> {
        let recorder = Recorder::default();
        act(&Cache::new(&recorder, &recorder));
        recorder.0.into_inner()
    }

    #[test]
    fn every_line_of_a_range_is_cleaned_from_the_inside_out() {
        use Did::{Clean, Outer};
        assert_eq!(
            done(|cache| cache.clean(0x101C, 8)),
            [
                Clean(0x1000),
                Clean(0x1020),
                Outer(0x7B0, 0x1000),
                Outer(0x7B0, 0x1020),
                Outer(0x730, 0),
            ]
        );
    }

    #[test]
    fn a_whole_line_is_forgotten_from_the_outside_in() {
        use Did::{Invalidate, Outer};
        assert_eq!(
            done(|cache| cache.invalidate(0x1000, 64)),
            [
                Outer(0x770, 0x1000),
                Outer(0x770, 0x1020),
                Outer(0x730, 0),
                Invalidate(0x1000),
                Invalidate(0x1020),
            ]
        );
    }

    #[test]
    fn what_shares_a_line_with_the_range_is_written_back() {
        use Did::{Clean, CleanAndInvalidate, Invalidate, Outer};
        assert_eq!(
            done(|cache| cache.invalidate(0x1004, 60)),
            [
                Clean(0x1000),
                Outer(0x7F0, 0x1000),
                Outer(0x770, 0x1020),
                Outer(0x730, 0),
                CleanAndInvalidate(0x1000),
                Invalidate(0x1020),
            ]
        );
    }

    #[test]
    fn a_range_may_be_empty_or_end_with_the_address_space() {
        assert_eq!(lines(0x1010, 0).collect::<Vec<_>>(), vec![]);
        assert_eq!(lines(0xFFFF_FFE0, 32).collect::<Vec<_>>(), [0xFFFF_FFE0]);
        assert_eq!(lines(0x1010, 1).collect::<Vec<_>>(), [0x1000]);
    }
}
