//! Random traffic of many masters, while software maps, unmaps, invalidates and reroutes; with
//! back-pressure on every channel.
//!
//! Each burst is judged by the scoreboard. Here each fault record is held against the bursts that the
//! scoreboard saw terminated, and the counters against what was sent.

use std::collections::VecDeque;

use anyhow::{Context, Result};
use fastrand::Rng;
use vcm_regs::context::{self, Contextidr, Dacr, Sctlr, Tlbiasid, Tlbiva, Tlbivaa};
use vcm_regs::descriptor::ap;
use vcm_regs::fault;
use vcm_regs::global::{self, FqStatus};
use vcm_sim::axi::Ticket;
use vcm_sim::platform::Config;
use vcm_sim::scoreboard::{BurstName, Termination};
use vcm_sim::signals::Resp;
use vcm_tests::bench::{Bench, DATA, cosimulate, quick};
use vcm_tests::registers::{FaultRecord, Route};
use vcm_tests::tables::{Page, Size, Tables};
use vcm_tests::traffic;

/// Contexts in use; the stream of the same number is bound to each.
const CONTEXTS: u32 = 4;
/// A stream that is bypassed, one that is rerouted again and again, and one that is terminated.
const BYPASSED: u8 = 4;
const WANDERING: u8 = 5;
const TERMINATED: u8 = 6;

/// Places that a context may have a page at, 16 MiB apart.
const PLACES: u32 = 8;
const IOVA: u32 = 0x2000_0000;
/// Where there is no memory.
const NOWHERE: u32 = 0xF000_0000;

/// Bursts of a run.
const BURSTS: usize = 3_000;
/// Bursts that software lets be under way while it works.
const AHEAD: usize = 12;

/// The masters, the software, and what they know.
struct Campaign<'a> {
    bench: &'a Bench,
    rng: Rng,
    tables: Vec<Tables>,
    /// Page at each place of each context.
    pages: Vec<Vec<Option<Page>>>,
    tickets: VecDeque<Ticket>,
    sent: [u32; 2],
    /// Direction, stream, ID and address of the bursts that were answered with an error.
    refused: Vec<(bool, u32, u32, u32)>,
    terminations: Vec<Termination>,
    records: Vec<FaultRecord>,
    lost: bool,
}

impl<'a> Campaign<'a> {
    fn new(bench: &'a Bench, seed: u64) -> Result<Self> {
        let tables = (0..CONTEXTS).map(|index| bench.context(index));
        let tables = tables.collect::<Result<_>>()?;
        bench.set_bank(2, Sctlr::default().with(Sctlr::M, 1).with(Sctlr::MTCFG, 1))?;
        bench.set_bank(3, Sctlr::default().with(Sctlr::M, 1).with(Sctlr::AFE, 1))?;
        bench.route(BYPASSED, Route::Bypass)?;
        Ok(Self {
            bench,
            rng: Rng::with_seed(seed),
            tables,
            pages: vec![vec![None; PLACES as usize]; CONTEXTS as usize],
            tickets: VecDeque::new(),
            sent: [0; 2],
            refused: Vec::new(),
            terminations: Vec::new(),
            records: Vec::new(),
            lost: false,
        })
    }

    fn run(&mut self) -> Result<()> {
        for index in 0..CONTEXTS {
            for place in 0..PLACES {
                self.map(index, place)?;
            }
        }
        while self.sent[0] + self.sent[1] < BURSTS as u32 {
            for _ in 0..self.rng.usize(0..20) {
                self.send();
            }
            while self.tickets.len() > AHEAD {
                self.receive()?;
            }
            self.collect()?;
            self.software()?;
        }
        while !self.tickets.is_empty() {
            self.receive()?;
        }
        self.collect()?;
        self.judge()
    }

    fn send(&mut self) {
        let rng = &mut self.rng;
        let stream = [0, 1, 2, 3, 0, 1, 2, 3, BYPASSED, WANDERING, TERMINATED][rng.usize(0..11)];
        let page = match stream {
            BYPASSED => DATA,
            // Rerouted: the addresses mean something both translated and not.
            WANDERING => IOVA + rng.u32(0..PLACES) * 0x0100_0000,
            _ => {
                let place = rng.u32(0..PLACES);
                let pages = self.pages.get(usize::from(stream));
                let page = pages.and_then(|pages| pages[place as usize]);
                // Within the page mostly, or somewhere in the 16 MiB.
                let room = match page.filter(|_| rng.u8(0..8) != 0) {
                    Some(page) => page.size.bytes() / 0x1000,
                    None => 0x1000,
                };
                IOVA + place * 0x0100_0000 + rng.u32(0..room) * 0x1000
            }
        };
        let mut request = traffic::burst(rng, page).stream(stream);
        request.id %= 8;
        request.prot = if rng.u8(0..4) == 0 { rng.u8(0..8) } else { 0 };
        self.sent[usize::from(request.is_write())] += 1;
        self.tickets.push_back(self.bench.platform.submit(request));
    }

    fn receive(&mut self) -> Result<()> {
        let ticket = self.tickets.pop_front().context("nothing was sent")?;
        let done = self.bench.platform.wait(ticket)?;
        if done.resp != Resp::Okay {
            let request = &done.request;
            let (stream, id) = (u32::from(request.stream), u32::from(request.id));
            let burst = (request.is_write(), stream, id, request.addr);
            self.refused.push(burst);
        }
        Ok(())
    }

    /// Writes a page into the tables: another place in memory, another size, other permissions.
    fn map(&mut self, index: u32, place: u32) -> Result<()> {
        let rng = &mut self.rng;
        let size = Size::ALL[rng.usize(0..4)];
        let iova = IOVA + place * 0x0100_0000;
        let slots = 0x1000_0000 / size.bytes().max(0x0010_0000);
        let pa = match rng.u8(0..12) {
            0 => NOWHERE,
            _ => DATA + rng.u32(0..slots) * size.bytes(),
        };
        let page = Page {
            ap: if rng.u8(0..4) != 0 {
                ap::RW
            } else {
                rng.u32(0..8)
            },
            xn: rng.u8(0..4) == 0,
            ng: rng.bool(),
            domain: if size == Size::Supersection {
                0
            } else {
                rng.u32(0..3)
            },
            memory: rng.u32(0..32),
            others: rng.bool(),
            ..Page::new(size, iova, pa)
        };
        let tables = &mut self.tables[index as usize];
        for n in 0..16 {
            tables.set_first(iova + n * 0x0010_0000, 0)?;
        }
        tables.map(page)?;
        self.pages[index as usize][place as usize] = Some(page);
        Ok(())
    }

    /// One thing that software does.
    fn software(&mut self) -> Result<()> {
        let index = self.rng.u32(0..CONTEXTS);
        let place = self.rng.u32(0..PLACES);
        match self.rng.u8(0..12) {
            0..=3 => {
                self.map(index, place)?;
                self.invalidate(index, place)
            }
            4 => {
                if let Some(page) = self.pages[index as usize][place as usize].take() {
                    self.tables[index as usize].unmap(page.size, page.iova)?;
                }
                self.invalidate(index, place)
            }
            5 => {
                let route = match self.rng.u8(0..6) {
                    0 => Route::Bypass,
                    1 => Route::Terminate,
                    _ => Route::Context(self.rng.u32(0..CONTEXTS)),
                };
                self.bench.route(WANDERING, route)
            }
            6 => {
                let dacr = self
                    .rng
                    .choice([0x5555_5555, 0x5555_5575, 0x5555_5551, 0x5555_5554]);
                self.bench
                    .set_bank(index, Dacr::from_bits(dacr.unwrap_or(0)))
            }
            7 => self.bench.sync(index),
            8 => self.bench.sync_all(),
            9 => self.switch(index),
            _ => Ok(()),
        }
    }

    /// Any of the commands that cover a page, and a synchronisation.
    fn invalidate(&mut self, index: u32, place: u32) -> Result<()> {
        let bench = self.bench;
        let at = (IOVA + place * 0x0100_0000) >> 12;
        match self.rng.u8(0..5) {
            0 => {
                bench.set_global(global::Tlbiall::default())?;
                return bench.sync_all();
            }
            1 => bench.set_bank(index, context::Tlbiall::default())?,
            2 => {
                // Of every ASID that was ever current, and global ones.
                for asid in 0..3 {
                    let value = Tlbiva::default().with(Tlbiva::ASID, asid);
                    bench.set_bank(index, value.with(Tlbiva::VA, at))?;
                }
            }
            _ => bench.set_bank(index, Tlbivaa::default().with(Tlbivaa::VA, at))?,
        }
        // The page was perhaps a small one at another place of the 16 MiB: there is none there.
        bench.sync(index)
    }

    /// Changes the ASID of a context while it has no traffic.
    fn switch(&mut self, index: u32) -> Result<()> {
        while !self.tickets.is_empty() {
            self.receive()?;
        }
        self.bench.settle()?;
        let asid = self.rng.u32(0..3);
        if self.rng.bool() {
            let value = Tlbiasid::default().with(Tlbiasid::ASID, asid);
            self.bench.set_bank(index, value)?;
            self.bench.sync(index)?;
        }
        self.bench
            .set_bank(index, Contextidr::default().with(Contextidr::ASID, asid))
    }

    /// Empties the fault queue.
    fn collect(&mut self) -> Result<()> {
        self.records.extend(self.bench.faults()?);
        self.lost |= self.bench.global::<FqStatus>()?.has(FqStatus::OVERFLOW);
        self.terminations.extend(self.bench.terminations());
        Ok(())
    }

    /// Holds records and counters against what happened.
    fn judge(&mut self) -> Result<()> {
        let refused = self.refused.len();
        let counters = self.bench.counters()?;
        assert_eq!([counters.reads, counters.writes], self.sent);
        assert_eq!(counters.faults as usize, refused);
        // What was refused and not terminated was refused by memory.
        let aborts = refused - self.terminations.len();
        assert!(self.records.len() == refused || self.lost);
        assert!(self.records.len() > refused / 2, "{}", self.records.len());
        for record in &self.records {
            let burst = (record.write, record.stream, record.id, record.iova);
            let place = self.refused.iter().position(|other| *other == burst);
            let place = place.with_context(|| format!("no burst for {record:x?}"))?;
            self.refused.swap_remove(place);
            if record.status == fault::EXTERNAL_ABORT {
                continue;
            }
            let explains = |termination: &Termination| {
                let BurstName {
                    write,
                    stream,
                    id,
                    iova,
                } = termination.burst;
                (write, u32::from(stream), u32::from(id), iova) == burst
                    && termination.status.contains(&record.status)
            };
            let place = self.terminations.iter().position(explains);
            let place = place.with_context(|| format!("nothing explains {record:x?}"))?;
            self.terminations.swap_remove(place);
        }
        // All ways were taken.
        let looked = counters.hit_r + counters.hit_w + counters.miss_r + counters.miss_w;
        assert!(looked as usize > BURSTS / 3 && aborts > 0);
        assert!(
            (BURSTS / 20..BURSTS * 4 / 5).contains(&refused),
            "{refused}"
        );
        Ok(())
    }
}

fn campaign(config: Config, seed: u64) -> Result<()> {
    cosimulate(config, |bench| Campaign::new(bench, seed)?.run())
}

#[test]
fn random_traffic_without_back_pressure() -> Result<()> {
    for seed in 201..204 {
        campaign(quick(), seed)?;
    }
    Ok(())
}

#[test]
fn random_traffic_with_back_pressure_on_every_channel() -> Result<()> {
    for seed in 211..217 {
        campaign(quick().stressed(seed), seed)?;
    }
    Ok(())
}

#[test]
fn random_traffic_with_slow_memory() -> Result<()> {
    for seed in 221..224 {
        let mut config = quick().stressed(seed);
        config.ddr.timing.read_latency = 60;
        config.ddr.timing.write_latency = 40;
        campaign(config, seed)?;
    }
    Ok(())
}
