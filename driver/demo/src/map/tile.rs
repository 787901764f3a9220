//! How 1 MiB is drawn: 16 rows of 64 KiB, each of 16 cells of 4 KiB.

use alloc::vec::Vec;

use vcm_regs::descriptor::{LARGE_PAGE_SIZE, SECTION_SIZE};

use super::svg::Rect;

/// A MiB in the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tile {
    pub(super) at: Rect,
}

impl Tile {
    /// What `size` bytes from byte `offset` on look like: part of a row, whole rows, part of a row.
    pub(super) fn area(&self, offset: u32, size: u32) -> Vec<Rect> {
        let row_bytes = LARGE_PAGE_SIZE;
        let end = offset.saturating_add(size).min(SECTION_SIZE);
        let mut areas = Vec::new();
        let mut from = offset;
        while from < end {
            let within = from % row_bytes;
            let rows = (end - from) / row_bytes;
            let (to, height) = if within == 0 && rows > 0 {
                (from + rows * row_bytes, f64::from(rows))
            } else {
                (end.min(from - within + row_bytes), 1.0)
            };
            let width = if height > 1.0 { row_bytes } else { to - from };
            areas.push(Rect::new(
                self.at.x + self.at.width * share(within, row_bytes),
                self.at.y + self.row() * f64::from(from / row_bytes),
                self.at.width * share(width, row_bytes),
                self.row() * height,
            ));
            from = to;
        }
        areas
    }

    /// From where to where a ribbon to `size` bytes from byte `offset` on reaches.
    pub(super) fn span(&self, offset: u32, size: u32) -> (f64, f64) {
        let top = self.at.y + self.at.height * share(offset, SECTION_SIZE);
        (top, top + self.at.height * share(size, SECTION_SIZE))
    }

    fn row(&self) -> f64 {
        self.at.height * share(LARGE_PAGE_SIZE, SECTION_SIZE)
    }
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TILE: Tile = Tile {
        at: Rect::new(100.0, 50.0, 160.0, 32.0),
    };

    #[test]
    fn a_page_of_each_size_is_one_rectangle() {
        let cell = Rect::new(110.0, 52.0, 10.0, 2.0);
        assert_eq!(TILE.area(0x1_1000, 0x1000), [cell]);
        let row = Rect::new(100.0, 54.0, 160.0, 2.0);
        assert_eq!(TILE.area(0x2_0000, 0x1_0000), [row]);
        assert_eq!(TILE.area(0, 0x10_0000), [TILE.at]);
    }

    #[test]
    fn what_begins_and_ends_within_rows_is_three_rectangles() {
        let areas = TILE.area(0x8000, 0x4_0000);
        assert_eq!(
            areas,
            [
                Rect::new(180.0, 50.0, 80.0, 2.0),
                Rect::new(100.0, 52.0, 160.0, 6.0),
                Rect::new(100.0, 58.0, 80.0, 2.0),
            ]
        );
        assert_eq!(TILE.area(0, 0), []);
    }
}
