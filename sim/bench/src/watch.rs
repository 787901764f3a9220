//! A burst at a time, watched at the ports.

use anyhow::{Context as _, Result, ensure};

use crate::rig::Rig;
use vcm_sim::axi::{Master, MasterConfig, Request};
use vcm_sim::ddr::{Ddr, DdrConfig, Port, Timing};
use vcm_sim::signals::{AxiCycle, Resp};

/// Cycles after which a burst is given up.
const PATIENCE: u64 = 100_000;

/// When a burst was where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passage {
    /// From AxVALID to the last response, in cycles.
    pub(super) round_trip: u64,
    /// From the address handshake at `s_axi` to VALID at `m_axi`, in cycles.
    pub(super) to_memory: u64,
    /// Reads at `m_axi_ptw` meanwhile.
    pub(super) table_reads: u32,
}

impl Rig {
    /// Sends a burst when nothing else is under way, and watches it.
    pub(super) fn watch(&self, burst: Request) -> Result<Passage> {
        let (write, mut simulation) = (burst.is_write(), self.platform.lock());
        let ticket = simulation.master_mut().submit(burst);
        let (mut accepted, mut passage) = (None, Passage::default());
        let mut passed = false;
        for _ in 0..PATIENCE {
            simulation.step();
            let wires = simulation.wires();
            let (from, to) = if write {
                (wires.s_axi.aw, wires.m_axi.aw)
            } else {
                (wires.s_axi.ar, wires.m_axi.ar)
            };
            let number = wires.number;
            passage.table_reads += u32::from(wires.m_axi_ptw.ar.fires());
            if from.fires() {
                accepted = Some(number);
            }
            if let Some(accepted) = accepted.filter(|_| to.valid && !passed) {
                passed = true;
                passage.to_memory = number - accepted;
            }
            if let Some(done) = simulation.master_mut().take(ticket) {
                ensure!(
                    done.resp == Resp::Okay,
                    "{:?} for {:x?}",
                    done.resp,
                    done.request
                );
                passage.round_trip = done.finished + 1 - done.issued;
                return Ok(passage);
            }
        }
        anyhow::bail!("a burst was not answered")
    }

    /// Sends bursts at the same time. From the first AxVALID to the last response, and the table
    /// reads.
    pub(super) fn watch_all(&self, bursts: Vec<Request>) -> Result<Passage> {
        let mut simulation = self.platform.lock();
        let mut left = bursts.len();
        for burst in bursts {
            simulation.master_mut().submit(burst);
        }
        let (mut first, mut passage) = (None::<u64>, Passage::default());
        for _ in 0..PATIENCE {
            simulation.step();
            passage.table_reads += u32::from(simulation.wires().m_axi_ptw.ar.fires());
            for done in simulation.master_mut().drain() {
                ensure!(
                    done.resp == Resp::Okay,
                    "{:?} for {:x?}",
                    done.resp,
                    done.request
                );
                let begin = first.map_or(done.issued, |first| first.min(done.issued));
                first = Some(begin);
                passage.round_trip = passage.round_trip.max(done.finished + 1 - begin);
                left -= 1;
            }
            if left == 0 {
                return Ok(passage);
            }
        }
        anyhow::bail!("{left} bursts were not answered")
    }
}

/// The round trip of a burst without any IOMMU: the master at the memory itself.
pub(super) fn direct(burst: Request, latency: u32) -> Result<u64> {
    let mut master = Master::new("direct", MasterConfig::default());
    let mut ddr = Ddr::new(&DdrConfig {
        timing: Timing {
            read_latency: latency,
            write_latency: latency.div_ceil(2),
            ..Timing::default()
        },
        ..DdrConfig::default()
    });
    let (ticket, mut wires) = (master.submit(burst), AxiCycle::default());
    for now in 0..PATIENCE {
        master.drive(&mut wires, now);
        ddr.drive(Port::Data, &mut wires, now);
        master.clock(&wires, now);
        ddr.clock(Port::Data, &wires, now);
        ddr.serve(now);
        if let Some(done) = master.take(ticket) {
            return Ok(done.finished + 1 - done.issued);
        }
    }
    None.context("a burst was not answered")
}
