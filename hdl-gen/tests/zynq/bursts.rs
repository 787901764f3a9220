//! Bursts: what is on an address channel, and where the beats are.

use std::fmt::Debug;

use hdl_gen::equiv::Rng;

pub const FIXED: u64 = 0;
pub const INCR: u64 = 1;
pub const WRAP: u64 = 2;

/// AxCACHE, without the reserved ones (IHI 0022E A4.4).
pub const CACHES: [u64; 10] = [0, 1, 2, 3, 6, 7, 10, 11, 14, 15];

/// The payload of an address channel, of AXI3 or AXI4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ax {
    pub id: u64,
    pub addr: u64,
    pub len: u64,
    pub size: u64,
    pub burst: u64,
    pub lock: u64,
    pub cache: u64,
    pub prot: u64,
    pub qos: u64,
}

impl Ax {
    /// The address of each beat (IHI 0022E A3.4.1).
    pub fn beats(&self) -> Vec<u64> {
        let bytes = 1 << self.size;
        let aligned = self.addr / bytes * bytes;
        let total = bytes * (self.len + 1);
        let bottom = self.addr / total * total;
        let address = |beat| match (self.burst, beat) {
            (FIXED, _) | (_, 0) => self.addr,
            (WRAP, _) => bottom + (self.addr - bottom + beat * bytes) % total,
            _ => aligned + beat * bytes,
        };
        (0..=self.len).map(address).collect()
    }

    /// The byte lanes of its beat at `addr` (IHI 0022E A3.4.3), on a bus of `widest` (log2) bytes.
    pub fn lanes(&self, addr: u64, widest: u64) -> u64 {
        let bytes = 1 << self.size;
        let bus = (1 << widest) - 1;
        let end = ((addr / bytes * bytes) & bus) + bytes;
        (1 << end) - (1 << (addr & bus))
    }

    /// What must be the same in all parts of a burst.
    pub fn attributes(&self) -> [u64; 6] {
        [
            self.size, self.burst, self.lock, self.cache, self.prot, self.qos,
        ]
    }

    /// A legal burst of up to `longest` beats, no wider than `widest` (log2).
    pub fn random(rng: &mut Rng, longest: u64, widest: u64) -> Self {
        let narrow = rng.below(widest + 1);
        let size = rng.pick(&[widest, widest, narrow]).unwrap_or(widest);
        let burst = rng.pick(&[INCR, INCR, INCR, FIXED, WRAP]).unwrap_or(INCR);
        let len = match burst {
            WRAP => rng.pick(&[1, 3, 7, 15]).unwrap_or(1),
            FIXED => rng.below(16),
            _ => {
                let few = rng.below(4);
                let edges = [14, 15, 16, 17, 31, 32, 47, 255];
                let edge = rng.pick(&edges).unwrap_or(0);
                let any = rng.below(longest);
                rng.pick(&[few, few, edge, any])
                    .unwrap_or(0)
                    .min(longest - 1)
            }
        };
        let bytes = 1 << size;
        let page = rng.below(1 << 20) << 12;
        let room = 4096 - bytes * (len + 1);
        let mut offset = rng.below(room / bytes + 1) * bytes;
        if burst != WRAP {
            offset += rng.below(bytes); // the beats after the first are aligned
        }
        let rare = rng.below(256);
        let ax = Self {
            id: rng.pick(&[1, 2, 3, rare]).unwrap_or(0),
            addr: page | offset,
            len,
            size,
            burst,
            lock: 0,
            cache: rng.pick(&CACHES).unwrap_or(0),
            prot: rng.below(8),
            qos: rng.below(16),
        };
        let bytes = bytes * (len + 1);
        if bytes.is_power_of_two() && bytes <= 128 && len < 16 && rng.chance(1, 8) {
            let addr = ax.addr / bytes * bytes;
            return Self {
                addr,
                lock: 1,
                ..ax
            };
        }
        ax
    }
}

/// A channel's payload must stand until it is taken (IHI 0022E A3.2.1).
pub struct Stable<T>(Option<T>);

impl<T> Default for Stable<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Copy + PartialEq + Debug> Stable<T> {
    /// Returns whether the payload is new, and it if it is taken.
    pub fn sample(
        &mut self,
        name: &str,
        valid: bool,
        ready: bool,
        payload: T,
    ) -> (bool, Option<T>) {
        let seen = valid.then_some(payload);
        let new = self.0.is_none() && valid;
        if self.0.is_some() {
            assert_eq!(seen, self.0, "{name} changed while it waited");
        }
        self.0 = seen.filter(|_| !ready);
        (new, seen.filter(|_| ready))
    }
}
