//! Which page sizes a buffer is made of.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use vcm_regs::descriptor::{LARGE_PAGE_SIZE, SECTION_SIZE, SMALL_PAGE_SIZE};

/// The page sizes that are shown, the smallest first.
pub const PAGES: [u32; 3] = [SMALL_PAGE_SIZE, LARGE_PAGE_SIZE, SECTION_SIZE];

/// No buffer of a file is smaller, so that it has pages of all sizes: 64 KiB in small pages and the
/// rest of 1 MiB in large ones, which the file fills first, and a section.
const LEAST: usize = 2 << 20;

/// Bytes of a buffer for a file: whole pages, and all page sizes.
pub(crate) fn buffer_size(file: usize) -> usize {
    file.next_multiple_of(SMALL_PAGE_SIZE as usize).max(LEAST)
}

/// The pages of a buffer of `size` bytes, a multiple of the small page, that begins at a multiple of
/// 1 MiB.
///
/// Every second MiB is a section, if it is whole. The others are large pages, and the first 64 KiB of
/// every fourth MiB are small ones. What is left at the end is made of as large pages as fit.
pub(crate) fn page_sizes(size: u32) -> Vec<u32> {
    let mut pages = Vec::new();
    for (mib, rest) in cut(size, SECTION_SIZE).enumerate() {
        if rest == SECTION_SIZE && mib % 2 == 1 {
            pages.push(SECTION_SIZE);
            continue;
        }
        for (slot, rest) in cut(rest, LARGE_PAGE_SIZE).enumerate() {
            let small = mib % 4 == 0 && slot == 0;
            if rest == LARGE_PAGE_SIZE && !small {
                pages.push(LARGE_PAGE_SIZE);
            } else {
                pages.extend(cut(rest, SMALL_PAGE_SIZE));
            }
        }
    }
    pages
}

/// How many pages of each of [`PAGES`] there are in `pages`.
pub(crate) fn count(pages: &[u32]) -> [usize; 3] {
    PAGES.map(|size| pages.iter().filter(|page| **page == size).count())
}

/// A size, as people write it.
pub(crate) fn size_name(bytes: u32) -> String {
    if bytes % (1 << 20) == 0 {
        format!("{} MiB", bytes >> 20)
    } else {
        format!("{} KiB", bytes >> 10)
    }
}

/// Pieces of `size` and one with the rest, which add up to `total`.
fn cut(total: u32, size: u32) -> impl Iterator<Item = u32> {
    let rest = Some(total % size).filter(|rest| *rest > 0);
    core::iter::repeat_n(size, (total / size) as usize).chain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_buffer_has_all_page_sizes_and_no_bytes_too_many() {
        for file in [
            1,
            4095,
            4096,
            4097,
            1 << 20,
            (2 << 20) + 1,
            5_000_000,
            64 << 20,
        ] {
            let size = buffer_size(file);
            let pages = page_sizes(size as u32);
            assert!(size >= file && size < file.max(LEAST) + 4096, "{file}");
            assert_eq!(pages.iter().sum::<u32>() as usize, size, "{file}");
            assert!(count(&pages).iter().all(|count| *count > 0), "{file}");
        }
    }

    #[test]
    fn every_page_is_aligned_to_its_size() {
        let mut at = 0;
        for page in page_sizes(buffer_size(5_000_000) as u32) {
            assert_eq!(at % page, 0);
            at += page;
        }
    }

    #[test]
    fn the_smallest_file_lies_on_the_smallest_pages() {
        assert_eq!(
            page_sizes(LEAST as u32)[..17],
            [&[4096; 16][..], &[65536]].concat()
        );
    }
}
