//! The second-level tables of a first-level table, by section.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use vcm_regs::descriptor::FIRST_TABLE_WORDS;

use super::Second;

const SECTIONS: usize = FIRST_TABLE_WORDS as usize;
/// The section has none.
const NONE: u16 = u16::MAX;

/// Second-level tables: found by one look-up, as ranges of many sections are common.
pub(super) struct Seconds {
    /// Where in `tables` that of a section is.
    places: Box<[u16]>,
    tables: Vec<(usize, Second)>,
}

impl Seconds {
    pub(super) fn new() -> Self {
        Self {
            places: vec![NONE; SECTIONS].into_boxed_slice(),
            tables: Vec::new(),
        }
    }

    pub(super) fn get(&self, section: usize) -> Option<&Second> {
        let place = usize::from(*self.places.get(section)?);
        self.tables.get(place).map(|(_, table)| table)
    }

    pub(super) fn get_mut(&mut self, section: usize) -> Option<&mut Second> {
        let place = usize::from(*self.places.get(section)?);
        self.tables.get_mut(place).map(|(_, table)| table)
    }

    /// Gives a section, which has none, a table.
    pub(super) fn insert(&mut self, section: usize, table: Second) {
        debug_assert_eq!(self.places[section], NONE);
        self.places[section] = self.tables.len() as u16;
        self.tables.push((section, table));
    }

    /// Takes the table of a section.
    pub(super) fn remove(&mut self, section: usize) -> Option<Second> {
        let place = core::mem::replace(self.places.get_mut(section)?, NONE);
        if usize::from(place) >= self.tables.len() {
            return None;
        }
        let (_, table) = self.tables.swap_remove(usize::from(place));
        if let Some((moved, _)) = self.tables.get(usize::from(place)) {
            self.places[*moved] = place;
        }
        Some(table)
    }
}
