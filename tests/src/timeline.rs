//! When bursts came and left.

use std::sync::{Arc, Mutex, PoisonError};

use vcm_sim::signals::{AxiAddr, Cycle, Observer, Violation};

use crate::bench::Bench;

/// A handshake of an address channel.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Cycle in which VALID met READY.
    pub cycle: u64,
    /// What was handed over.
    pub addr: AxiAddr,
}

/// All handshakes since the recording began, each channel in order.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// AR of `s_axi`.
    pub reads_in: Vec<Event>,
    /// AW of `s_axi`.
    pub writes_in: Vec<Event>,
    /// AR of `m_axi`.
    pub reads_out: Vec<Event>,
    /// AW of `m_axi`.
    pub writes_out: Vec<Event>,
    /// AR of `m_axi_ptw`.
    pub walks: Vec<Event>,
    /// Most reads that were outstanding on `m_axi` at a time.
    pub most_reads: usize,
    /// The same of writes.
    pub most_writes: usize,
    /// The same of `m_axi_ptw`.
    pub most_walks: usize,
    reads: usize,
    writes: usize,
    walking: usize,
}

impl Timeline {
    /// Watches a bench from now on.
    pub fn of(bench: &Bench) -> Arc<Mutex<Self>> {
        let timeline = Arc::<Mutex<Self>>::default();
        bench.platform.observe(timeline.clone());
        timeline
    }

    /// What was recorded, and begins again. What is outstanding stays so.
    pub fn take(shared: &Mutex<Self>) -> Self {
        let mut own = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = Self {
            reads: own.reads,
            writes: own.writes,
            walking: own.walking,
            ..Self::default()
        };
        std::mem::replace(&mut own, kept)
    }
}

impl Observer for Timeline {
    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Violation> {
        let Cycle {
            number,
            s_axi,
            m_axi,
            m_axi_ptw,
            ..
        } = cycle;
        let channels = [
            (&mut self.reads_in, s_axi.ar),
            (&mut self.writes_in, s_axi.aw),
            (&mut self.reads_out, m_axi.ar),
            (&mut self.writes_out, m_axi.aw),
            (&mut self.walks, m_axi_ptw.ar),
        ];
        for (events, addr) in channels {
            if addr.fires() {
                events.push(Event {
                    cycle: *number,
                    addr,
                });
            }
        }
        let begins = |fires: bool| usize::from(fires);
        self.reads += begins(m_axi.ar.fires());
        self.writes += begins(m_axi.aw.fires());
        self.walking += begins(m_axi_ptw.ar.fires());
        self.most_reads = self.most_reads.max(self.reads);
        self.most_writes = self.most_writes.max(self.writes);
        self.most_walks = self.most_walks.max(self.walking);
        self.reads -= begins(m_axi.r.fires() && m_axi.r.last);
        self.writes -= begins(m_axi.b.fires());
        self.walking -= begins(m_axi_ptw.r.fires() && m_axi_ptw.r.last);
        Ok(())
    }
}
