//! What the records of stalls are worth: when those stalls are over, their slots may be others'.

use alloc::vec;
use alloc::vec::Vec;

use vcm_regs::global::FqStatus;

use super::{FaultRecord, Resume, Shared, StallTag};
use crate::seam::{Bus, BusError, Clock};

/// What is known of the records of each bank.
pub(super) struct Records(Vec<OfBank>);

/// Of so many of the oldest records in the fault queue:
#[derive(Clone, Copy, Default)]
struct OfBank {
    /// those of stalls are of none that was a fault: they were tried again;
    retried: u32,
    /// those of stalls are of none that stands stalled: they were terminated.
    ended: u32,
    /// How often all of the bank were tried again or terminated: tags from before name nothing.
    times: u32,
}

impl Records {
    pub(super) fn new(banks: u32) -> Self {
        Self(vec![OfBank::default(); banks as usize])
    }

    /// What the oldest record says now. `None`: nothing.
    pub(super) fn current(&self, record: FaultRecord) -> Option<FaultRecord> {
        let (Some(tag), Some(bank)) = (record.stalled, record.context) else {
            return Some(record);
        };
        // Of what is over twice, what came first counts: it has fewer records.
        let OfBank { retried, ended, .. } = self.of(bank);
        if retried > 0 && (ended == 0 || retried < ended) {
            return None;
        }
        let stalled = (ended == 0).then(|| self.named(bank, tag));
        Some(FaultRecord { stalled, ..record })
    }

    /// The tag of what stands stalled now.
    pub(super) fn named(&self, bank: u8, tag: StallTag) -> StallTag {
        let times = self.of(bank).times;
        StallTag { times, ..tag }
    }

    /// Whether what it names may stand stalled still.
    pub(super) fn knows(&self, bank: u8, tag: StallTag) -> bool {
        tag == self.named(bank, tag)
    }

    fn of(&self, bank: u8) -> OfBank {
        self.0.get(usize::from(bank)).copied().unwrap_or_default()
    }

    fn all_over(&mut self, bank: u8, note: impl FnOnce(&mut OfBank)) {
        if let Some(of_bank) = self.0.get_mut(usize::from(bank)) {
            of_bank.times = of_bank.times.wrapping_add(1);
            note(of_bank);
        }
    }

    /// The oldest record was taken from the queue.
    pub(super) fn dropped(&mut self) {
        for bank in &mut self.0 {
            bank.retried = bank.retried.saturating_sub(1);
            bank.ended = bank.ended.saturating_sub(1);
        }
    }

    /// The IOMMU was reset: the queue is empty, and nothing stands stalled.
    pub(super) fn reset(&mut self) {
        for bank in &mut self.0 {
            *bank = OfBank {
                times: bank.times.wrapping_add(1),
                ..OfBank::default()
            };
        }
    }
}

impl<B: Bus, M, C: Clock> Shared<B, M, C> {
    /// Has all that stands stalled in a bank tried again. What the fault queue says of it is of no use
    /// any more, and is removed as far as nothing else is before it: a record that is taken from the queue
    /// raises no interrupt any more.
    pub(super) fn retry_all(&self, records: &mut Records, bank: u8) -> Result<(), BusError> {
        // What stalls again has a new record, behind these.
        let waiting = self.waiting_records()?;
        self.resume(bank, None, Resume::Retry)?;
        records.all_over(bank, |of_bank| of_bank.retried = waiting);
        // What fails here is left for whoever drains the queue.
        let _removed = self.remove_oldest(records, waiting);
        Ok(())
    }

    fn remove_oldest(&self, records: &mut Records, most: u32) -> Result<(), BusError> {
        for _ in 0..most {
            match self.peek_fault()? {
                Some(oldest) if records.current(oldest).is_none() => {
                    self.drop_fault()?;
                    records.dropped();
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// Notes that all that stood stalled in a bank has been terminated.
    pub(super) fn note_end(&self, records: &mut Records, bank: u8) -> Result<(), BusError> {
        let waiting = self.waiting_records()?;
        // If all of them were tried again, none has stalled since.
        let ended = |of_bank: &OfBank| {
            if of_bank.retried < waiting {
                waiting
            } else {
                0
            }
        };
        records.all_over(bank, |of_bank| of_bank.ended = ended(of_bank));
        Ok(())
    }

    fn waiting_records(&self) -> Result<u32, BusError> {
        Ok(self.global().read::<FqStatus>()?.get(FqStatus::COUNT))
    }
}
