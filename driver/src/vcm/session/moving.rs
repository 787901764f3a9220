//! Moving memory, as far as one context is concerned.

use super::Session;
use crate::error::{Error, Operation};
use crate::mmu::{PhysPart, Quiet};
use crate::vcm::driver::{Driver, Mapping};
use crate::vcm::graph::Place;

impl Place {
    fn mapping<'a>(&self, parts: &'a [PhysPart], size: u32) -> Mapping<'a> {
        Mapping {
            reservation: self.region,
            parts,
            size,
            attributes: self.attributes,
        }
    }
}

impl<D: Driver + ?Sized> Session<'_, D> {
    /// Whether memory bound here can be moved.
    pub(in crate::vcm) fn check_movable(&mut self) -> Result<(), Error> {
        let op = self.driver.move_op();
        op.map(drop).ok_or(Error::Unsupported(Operation::Move))
    }

    pub(in crate::vcm) fn suspend(
        &mut self,
        place: &Place,
        parts: &[PhysPart],
        size: u32,
    ) -> Result<Quiet, Error> {
        match self.driver.move_op() {
            Some(op) => op.suspend(&place.mapping(parts, size)),
            None => Err(Error::Unsupported(Operation::Move)),
        }
    }

    pub(in crate::vcm) fn resume(
        &mut self,
        place: &Place,
        parts: &[PhysPart],
        size: u32,
    ) -> Result<(), Error> {
        match self.driver.move_op() {
            Some(op) => op.resume(&place.mapping(parts, size)),
            None => Err(Error::Unsupported(Operation::Move)),
        }
    }

    pub(in crate::vcm) fn abandon(&mut self, place: &Place, parts: &[PhysPart], size: u32) {
        if let Some(op) = self.driver.move_op() {
            op.abandon(&place.mapping(parts, size));
        }
    }
}
