//! What a bus master is asked to do, and what came of it.

use crate::axi::burst::BurstShape;
use crate::signals::{Burst, Resp};

/// Names a request until its completion is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(crate) u64);

/// A beat of write data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteBeat {
    /// WDATA.
    pub data: u64,
    /// WSTRB.
    pub strb: u8,
}

/// A beat of read data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadBeat {
    /// RDATA.
    pub data: u64,
    /// RRESP.
    pub resp: Resp,
}

/// Which way the data goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From memory.
    Read,
    /// To memory.
    Write {
        /// The beats that are sent, WLAST with the last of them. As many as `len` + 1, unless the
        /// master is to misbehave.
        beats: Vec<WriteBeat>,
        /// Which channel goes first.
        lead: Lead,
    },
}

/// Which of AW and W shows its VALID first. Neither ever waits for a READY of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lead {
    /// Whichever the pressure on the channels lets through.
    #[default]
    Either,
    /// AWVALID, so many cycles before the first WVALID.
    Address(u32),
    /// The first WVALID, so many cycles before AWVALID.
    Data(u32),
}

/// A burst for a bus master to send. It is sent as it is, legal or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// AxID.
    pub id: u8,
    /// AxUSER: the stream ID.
    pub stream: u8,
    /// AxADDR.
    pub addr: u32,
    /// AxLEN: beats less one.
    pub len: u8,
    /// AxSIZE.
    pub size: u8,
    /// AxBURST.
    pub burst: Burst,
    /// AxLOCK.
    pub lock: bool,
    /// AxCACHE.
    pub cache: u8,
    /// AxPROT.
    pub prot: u8,
    /// AxQOS.
    pub qos: u8,
    /// Read, or write and what.
    pub direction: Direction,
}

impl Request {
    /// Reads `beats` (1 to 256) full-width beats with INCR from `addr`: stream 0, ID 0,
    /// unprivileged, secure, data, non-cacheable.
    pub fn read(addr: u32, beats: u16) -> Self {
        Self {
            id: 0,
            stream: 0,
            addr,
            len: (beats.clamp(1, 256) - 1) as u8,
            size: 3,
            burst: Burst::Incr,
            lock: false,
            cache: 0b0010, // normal, non-cacheable, non-bufferable (IHI 0022E table A4-5)
            prot: 0,
            qos: 0,
            direction: Direction::Read,
        }
    }

    /// Writes `bytes` (1 to 2 048) with full-width INCR beats from `addr`, attributes as for
    /// [`read`](Self::read). The first and last beat have strobes for what they carry.
    pub fn write(addr: u32, bytes: &[u8]) -> Self {
        let end = u64::from(addr % 8) + bytes.len() as u64;
        let beats = u16::try_from(end.div_ceil(8)).unwrap_or(u16::MAX);
        let mut request = Self::read(addr, beats);
        request.direction = Direction::Write {
            beats: write_beats(request.shape(), bytes),
            lead: Lead::Either,
        };
        request
    }

    /// Writes these beats, otherwise as [`write`](Self::write).
    pub fn write_beats(addr: u32, beats: Vec<WriteBeat>) -> Self {
        let count = u16::try_from(beats.len()).unwrap_or(u16::MAX);
        let mut request = Self::read(addr, count);
        request.direction = Direction::Write {
            beats,
            lead: Lead::Either,
        };
        request
    }

    /// From this stream.
    #[must_use]
    pub fn stream(mut self, stream: u8) -> Self {
        self.stream = stream;
        self
    }

    /// With this ID.
    #[must_use]
    pub fn id(mut self, id: u8) -> Self {
        self.id = id;
        self
    }

    /// With this AxPROT.
    #[must_use]
    pub fn prot(mut self, prot: u8) -> Self {
        self.prot = prot;
        self
    }

    /// With this burst type and beat size (log2 of the bytes); `len` and data stay as they are.
    #[must_use]
    pub fn burst(mut self, burst: Burst, size: u8) -> Self {
        self.burst = burst;
        self.size = size;
        self
    }

    /// With this order of AW and W; nothing changes for a read.
    #[must_use]
    pub fn lead(mut self, with: Lead) -> Self {
        if let Direction::Write { lead, .. } = &mut self.direction {
            *lead = with;
        }
        self
    }

    /// Whether it is a write.
    pub fn is_write(&self) -> bool {
        matches!(self.direction, Direction::Write { .. })
    }

    /// What determines its addresses.
    pub fn shape(&self) -> BurstShape {
        BurstShape {
            addr: self.addr,
            len: self.len,
            size: self.size,
            burst: self.burst,
        }
    }
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The request's ticket.
    pub ticket: Ticket,
    /// The request.
    pub request: Request,
    /// The worst response: BRESP, or the worst RRESP.
    pub resp: Resp,
    /// What was read, beat by beat; empty for a write.
    pub beats: Vec<ReadBeat>,
    /// Cycle in which AxVALID rose.
    pub issued: u64,
    /// Cycle of the AxVALID/AxREADY handshake.
    pub accepted: u64,
    /// Cycle of the first response beat.
    pub first: u64,
    /// Cycle of the last response beat.
    pub finished: u64,
}

impl Completion {
    /// The bytes that were read, in the order of the beats.
    pub fn bytes(&self) -> Vec<u8> {
        read_bytes(self.request.shape(), &self.beats)
    }
}

/// Bytes of the lanes that each beat of the burst is about.
pub fn read_bytes(shape: BurstShape, beats: &[ReadBeat]) -> Vec<u8> {
    let beats = (0..).zip(beats);
    beats
        .flat_map(|(index, beat)| {
            let lanes = shape.beat(index).bytes();
            lanes.map(|(_, lane)| beat.data.to_le_bytes()[lane as usize])
        })
        .collect()
}

/// Write beats of the burst that carry `bytes`; once they are used up, no strobes.
pub fn write_beats(shape: BurstShape, bytes: &[u8]) -> Vec<WriteBeat> {
    let mut bytes = bytes.iter();
    (0..shape.beats())
        .map(|index| {
            let mut beat = WriteBeat::default();
            for ((_, lane), byte) in shape.beat(index).bytes().zip(bytes.by_ref()) {
                beat.data |= u64::from(*byte) << (8 * lane);
                beat.strb |= 1 << lane;
            }
            beat
        })
        .collect()
}
