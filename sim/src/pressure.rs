//! Seeded irregularity: when a channel's READY is high, and when a VALID may rise.

use fastrand::Rng;

/// How often one side of a channel holds it up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pressure {
    /// Never: READY always, VALID as soon as there is something.
    #[default]
    None,
    /// In so many cycles of a hundred, each decided by itself.
    Percent(u8),
    /// In runs: between 1 and `stall` cycles closed, then between 1 and `go` cycles open.
    Bursts {
        /// The longest stall, in cycles.
        stall: u16,
        /// The longest time without one, in cycles.
        go: u16,
    },
    /// Drawn anew from the others from time to time.
    Mixed,
}

/// Pressure on each of the five channels of a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortPressure {
    /// Write address.
    pub aw: Pressure,
    /// Write data.
    pub w: Pressure,
    /// Write response.
    pub b: Pressure,
    /// Read address.
    pub ar: Pressure,
    /// Read data.
    pub r: Pressure,
}

impl PortPressure {
    /// No pressure on any channel.
    pub const NONE: Self = Self::all(Pressure::None);

    /// The same on all channels.
    pub const fn all(pressure: Pressure) -> Self {
        Self {
            aw: pressure,
            w: pressure,
            b: pressure,
            ar: pressure,
            r: pressure,
        }
    }
}

/// Decides, cycle by cycle, whether one side of a channel is open.
///
/// It knows nothing of the other side, so nothing here can make a VALID wait for a READY.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pressure: Pressure,
    /// What `Mixed` has drawn.
    drawn: Pressure,
    /// Cycles until it is drawn again.
    drawn_for: u16,
    open: bool,
    /// Cycles until `open` flips, in runs.
    run: u16,
    rng: Rng,
}

/// The longest time that `Pressure::Mixed` stays with what it has drawn, in cycles.
const MIXED_FOR: u16 = 200;

impl Gate {
    pub(crate) fn new(pressure: Pressure, rng: &mut Rng) -> Self {
        Self {
            pressure,
            drawn: Pressure::None,
            drawn_for: 0,
            open: false,
            run: 0,
            rng: rng.fork(),
        }
    }

    /// The decision for the next cycle.
    pub(crate) fn next(&mut self) -> bool {
        match self.pressure {
            Pressure::Mixed => {
                if self.drawn_for == 0 {
                    self.drawn = self.draw();
                    self.drawn_for = self.rng.u16(1..=MIXED_FOR);
                }
                self.drawn_for -= 1;
                self.decide(self.drawn)
            }
            pressure => self.decide(pressure),
        }
    }

    fn draw(&mut self) -> Pressure {
        match self.rng.u8(0..4) {
            0 => Pressure::None,
            1 => Pressure::Percent(self.rng.u8(5..90)),
            2 => Pressure::Bursts { stall: 4, go: 4 },
            _ => Pressure::Bursts { stall: 32, go: 8 },
        }
    }

    fn decide(&mut self, pressure: Pressure) -> bool {
        match pressure {
            Pressure::None | Pressure::Mixed => true,
            // At least one cycle in a hundred is open: everything comes to an end.
            Pressure::Percent(stalled) => self.rng.u8(0..100) >= stalled.min(99),
            Pressure::Bursts { stall, go } => {
                if self.run == 0 {
                    self.open = !self.open;
                    let longest = if self.open { go } else { stall };
                    self.run = self.rng.u16(1..=longest.max(1));
                }
                self.run -= 1;
                self.open
            }
        }
    }
}

/// The gates of the five channels of a port.
#[derive(Clone, Debug)]
pub(crate) struct Gates {
    pub(crate) aw: Gate,
    pub(crate) w: Gate,
    pub(crate) b: Gate,
    pub(crate) ar: Gate,
    pub(crate) r: Gate,
}

impl Gates {
    pub(crate) fn new(pressure: PortPressure, rng: &mut Rng) -> Self {
        Self {
            aw: Gate::new(pressure.aw, rng),
            w: Gate::new(pressure.w, rng),
            b: Gate::new(pressure.b, rng),
            ar: Gate::new(pressure.ar, rng),
            r: Gate::new(pressure.r, rng),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_cycles(pressure: Pressure) -> usize {
        let mut gate = Gate::new(pressure, &mut Rng::with_seed(7));
        (0..10_000).filter(|_| gate.next()).count()
    }

    #[test]
    fn stalls_are_as_frequent_as_asked_for() {
        assert_eq!(open_cycles(Pressure::None), 10_000);
        assert!((2_800..3_200).contains(&open_cycles(Pressure::Percent(70))));
        let bursts = open_cycles(Pressure::Bursts { stall: 10, go: 10 });
        assert!((4_500..5_500).contains(&bursts));
    }

    #[test]
    fn every_pattern_lets_something_through() {
        let endless = Pressure::Bursts { stall: 500, go: 0 };
        for pressure in [Pressure::Percent(100), endless, Pressure::Mixed] {
            assert!(open_cycles(pressure) > 10, "{pressure:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_pattern() {
        let draw = |seed| {
            let mut gate = Gate::new(Pressure::Mixed, &mut Rng::with_seed(seed));
            (0..1_000).map(|_| gate.next()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
