//! The longest paths of a netlist.

use std::collections::{HashMap, HashSet};

use anyhow::{bail, Result};

use super::delays;
use super::netlist::{Cell, Net, Netlist};

/// A path from a register, memory or port to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Nanoseconds, from the clock's edge to the next one at the earliest.
    pub delay: f64,
    /// What it begins at.
    pub from: String,
    /// What it ends at.
    pub to: String,
    /// The nets on its way, and when they settle.
    pub nets: Vec<(String, f64)>,
}

impl Path {
    /// Cells between its ends.
    pub fn levels(&self) -> usize {
        self.nets.len().saturating_sub(1)
    }
}

/// What [`longest`] has found.
pub struct Timing {
    /// The longest path to each end point, the longest first.
    pub paths: Vec<Path>,
}

/// Whether a port of a memory, or of a larger cell, is a clock. The clock is the same everywhere.
fn is_clock(port: &str) -> bool {
    port.contains("CLK") || port == "C"
}

/// A way through a cell.
struct Arc {
    from: Net,
    delay: f64,
    /// The net before it is routed; else it is a wire to the neighbour.
    routed: bool,
}

/// Where a path ends.
struct End {
    net: Net,
    setup: f64,
    name: String,
}

#[derive(Default)]
struct Graph {
    loads: HashMap<Net, usize>,
    /// The ways to a net.
    arcs: HashMap<Net, Vec<Arc>>,
    /// When a net settles by itself: an output of a register, a memory or a neighbour.
    starts: HashMap<Net, f64>,
    ends: Vec<End>,
}

/// Finds the longest path to each end point.
///
/// # Errors
/// A cell of an unknown kind; a combinational loop.
pub fn longest(netlist: &Netlist) -> Result<Timing> {
    let graph = Graph::of(netlist)?;
    let settled = graph.settle(netlist)?;
    let mut ends: Vec<_> = graph
        .ends
        .iter()
        .map(|end| {
            let (at, _) = settled.get(&end.net).copied().unwrap_or_default();
            (at + delays::net(graph.loads(end.net)) + end.setup, end)
        })
        .collect();
    ends.sort_by(|a, b| b.0.total_cmp(&a.0));
    let paths = ends.into_iter().map(|(delay, end)| {
        let mut nets = Vec::new();
        let mut next = Some(end.net);
        while let Some(net) = next {
            let (at, before) = settled.get(&net).copied().unwrap_or_default();
            nets.push((netlist.name(net), at));
            next = before;
        }
        nets.reverse();
        let from = nets
            .first()
            .map(|(name, _)| name.clone())
            .unwrap_or_default();
        Path {
            delay,
            from,
            to: end.name.clone(),
            nets,
        }
    });
    Ok(Timing {
        paths: paths.collect(),
    })
}

impl Graph {
    fn of(netlist: &Netlist) -> Result<Self> {
        let mut graph = Self::default();
        for (name, cell) in &netlist.cells {
            graph.add(netlist, name, cell)?;
        }
        for (name, port) in &netlist.ports {
            for net in port.nets() {
                if port.direction == "input" {
                    graph.starts.insert(net, delays::PORT);
                } else {
                    graph.end(net, delays::PORT, name.clone());
                }
            }
        }
        Ok(graph)
    }

    fn loads(&self, net: Net) -> usize {
        self.loads.get(&net).copied().unwrap_or_default()
    }

    fn end(&mut self, net: Net, setup: f64, name: String) {
        self.ends.push(End { net, setup, name });
    }

    fn arc(&mut self, from: Option<Net>, to: Net, delay: f64) {
        self.arc_after(true, from, to, delay);
    }

    fn arc_after(&mut self, routed: bool, from: Option<Net>, to: Net, delay: f64) {
        if let Some(from) = from {
            self.arcs.entry(to).or_default().push(Arc {
                from,
                delay,
                routed,
            });
        }
    }

    fn add(&mut self, netlist: &Netlist, name: &str, cell: &Cell) -> Result<()> {
        for (_, net) in cell.pins(false) {
            *self.loads.entry(net).or_default() += 1;
        }
        match cell.kind.as_str() {
            "$scopeinfo" | "VCC" | "GND" => {}
            // Pads are the neighbours' affair.
            "BUFG" | "IBUF" | "OBUF" | "IOBUF" => self.through(cell, 0.0),
            "INV" => self.through(cell, delays::LUT),
            "MUXF7" | "MUXF8" => self.through(cell, delays::WIDE_MUX),
            "CARRY4" => self.carry(cell),
            kind if kind.starts_with("LUT") => self.through(cell, delays::LUT),
            "FDRE" | "FDSE" | "FDCE" | "FDPE" => self.flip_flop(netlist, cell),
            kind if kind.starts_with("RAMB") || kind == "DSP48E1" => {
                self.clocked(name, cell, delays::BLOCK_RAM);
            }
            kind if kind.starts_with("RAM") || kind.starts_with("SRL") => {
                self.lut_ram(netlist, cell);
            }
            // The processing system: its ports are registers.
            "PS7" => self.clocked(name, cell, delays::PORT),
            kind => bail!("the delays of {kind} are not known ({name})"),
        }
        Ok(())
    }

    fn through(&mut self, cell: &Cell, delay: f64) {
        for (_, to) in cell.pins(true) {
            for (_, from) in cell.pins(false) {
                self.arc(Some(from), to, delay);
            }
        }
    }

    fn carry(&mut self, cell: &Cell) {
        for (port, chain) in [("O", delays::CARRY_SUM), ("CO", delays::CARRY_CHAIN)] {
            for bit in 0..4 {
                let Some(to) = cell.bit(port, bit) else {
                    continue;
                };
                // From the carry chain below, with which it stands in one column (UG474).
                self.arc_after(false, cell.bit("CI", 0), to, chain);
                self.arc(cell.bit("CYINIT", 0), to, chain);
                for below in 0..=bit {
                    self.arc(cell.bit("S", below), to, delays::CARRY);
                    self.arc(cell.bit("DI", below), to, delays::CARRY);
                }
            }
        }
    }

    fn flip_flop(&mut self, netlist: &Netlist, cell: &Cell) {
        let Some(q) = cell.bit("Q", 0) else { return };
        self.starts.insert(q, delays::FLIP_FLOP);
        let pins = [
            ("D", delays::SETUP),
            ("CE", delays::SETUP_ENABLE),
            ("R", delays::SETUP_RESET),
            ("S", delays::SETUP_RESET),
            ("CLR", delays::SETUP_RESET),
            ("PRE", delays::SETUP_RESET),
        ];
        for (pin, setup) in pins {
            for net in cell.at(pin) {
                self.end(net, setup, format!("{}.{pin}", netlist.name(q)));
            }
        }
    }

    /// A cell with registers at all its pins.
    fn clocked(&mut self, name: &str, cell: &Cell, delay: f64) {
        for (_, net) in cell.pins(true) {
            self.starts.insert(net, delay);
        }
        for (port, net) in cell.pins(false).filter(|(port, _)| !is_clock(port)) {
            self.end(net, delays::SETUP_RAM, format!("{name}.{port}"));
        }
    }

    /// Written at the clock's edge, read at any time.
    fn lut_ram(&mut self, netlist: &Netlist, cell: &Cell) {
        let mut pins = cell.pins(true).chain(cell.pins(false));
        let named = pins.find_map(|(_, net)| netlist.names.get(&net));
        let name = format!("memory of {}", named.map_or("?", String::as_str));
        for (output, net) in cell.pins(true) {
            self.starts.insert(net, delays::LUT_RAM);
            // Each output of a RAM32M has an address of its own, of the same letter; DPO has DPRA.
            let own = match output.strip_prefix("DO") {
                Some(letter) => format!("ADDR{letter}"),
                None if output == "DPO" => "DPRA".into(),
                None => "A".into(),
            };
            for (port, from) in cell.pins(false) {
                if port.trim_end_matches(|c: char| c.is_ascii_digit()) == own {
                    self.arc(Some(from), net, delays::LUT);
                }
            }
        }
        for (port, net) in cell.pins(false) {
            let reads = port.starts_with("ADDR") && port != "ADDRD" || port.starts_with("DPRA");
            if !reads && !is_clock(port) {
                self.end(net, delays::SETUP_RAM, format!("{name}.{port}"));
            }
        }
    }

    /// When each net settles, and by which net that was decided.
    fn settle(&self, netlist: &Netlist) -> Result<HashMap<Net, (f64, Option<Net>)>> {
        let mut settled = HashMap::new();
        let mut open = HashSet::new();
        let mut stack: Vec<Net> = self.ends.iter().map(|end| end.net).collect();
        while let Some(&net) = stack.last() {
            if settled.contains_key(&net) {
                stack.pop();
                continue;
            }
            let arcs = self.arcs.get(&net).map_or(&[][..], Vec::as_slice);
            let missing = arcs
                .iter()
                .map(|arc| arc.from)
                .filter(|from| !settled.contains_key(from));
            let missing: Vec<_> = missing.collect();
            if missing.is_empty() {
                let start = self.starts.get(&net).copied().unwrap_or_default();
                let worst = arcs.iter().fold((start, None), |worst, arc| {
                    let (at, _) = settled.get(&arc.from).copied().unwrap_or_default();
                    let net = if arc.routed {
                        delays::net(self.loads(arc.from))
                    } else {
                        0.0
                    };
                    let at = at + net + arc.delay;
                    if at > worst.0 {
                        (at, Some(arc.from))
                    } else {
                        worst
                    }
                });
                settled.insert(net, worst);
                open.remove(&net);
                stack.pop();
            } else if open.insert(net) {
                stack.extend(missing);
            } else {
                bail!("a combinational loop through {}", netlist.name(net));
            }
        }
        Ok(settled)
    }
}
