//! The graph for Graphviz: masters on the left, then contexts with their reservations, the physical
//! memory bound to them, and the memories it lies in.

use alloc::format;
use core::fmt::{self, Write};

use super::description::Through;
use super::graph::{Graph, Kind, Node};
use super::words::{Allocation, Bytes, Fullness, Place, Unusual};
use crate::vcm::raw::{ContextState, MemoryState, Occupancy};

/// So many reservations of a context, and so many allocations, are drawn; the rest is counted.
const MOST: usize = 40;
/// So many parts of an allocation are written into it.
const MOST_PARTS: usize = 4;
/// Width of the bar that shows how full a context is, in points.
const BAR: u64 = 240;

const BOUND: &str = "#3b6ea5";
const RESERVED: &str = "#a9c4e0";
const FREE: &str = "#eef2f6";
const POISONED: &str = "#b3261e";
const QUIET: &str = "#6b7280";

/// A [`Graph`] in the DOT language: feed it to `dot -Tsvg`.
#[derive(Clone, Copy, Debug)]
pub struct Dot<'a>(pub(super) &'a Graph);

/// Text between tags, or between quotes.
struct Text<T>(T);

impl<T: fmt::Display> fmt::Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Escape<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl Write for Escape<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                for character in text.chars() {
                    match character {
                        '&' => self.0.write_str("&amp;")?,
                        '<' => self.0.write_str("&lt;")?,
                        '>' => self.0.write_str("&gt;")?,
                        '"' => self.0.write_str("&quot;")?,
                        '\\' => self.0.write_str("&#92;")?,
                        _ if character.is_control() => self.0.write_char(' ')?,
                        _ => self.0.write_char(character)?,
                    }
                }
                Ok(())
            }
        }
        write!(Escape(f), "{}", self.0)
    }
}

impl fmt::Display for Dot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = self.0;
        writeln!(f, "digraph \"{}\" {{", Text(&graph.name))?;
        writeln!(
            f,
            "  label=\"{}\"; labelloc=t; fontsize=18;",
            Text(&graph.name)
        )?;
        writeln!(f, "  rankdir=LR; ranksep=1.1; nodesep=0.25;")?;
        writeln!(f, "  graph [fontname=\"Helvetica\"];")?;
        writeln!(
            f,
            "  node [fontname=\"Helvetica\", fontsize=11, shape=plain];"
        )?;
        writeln!(f, "  edge [color=\"{QUIET}\", arrowsize=0.7];")?;
        let mut first = 0;
        for (index, group) in graph.groups.iter().enumerate() {
            let colour = match group.kind {
                Kind::Through(Through::Mmu(_)) => "#f3f7fb",
                Kind::Through(Through::Direct) => "#f6f8f2",
                Kind::Through(Through::Cpu) => "#fbf6ee",
                Kind::Unknown => "#f4f4f4",
            };
            writeln!(f, "  subgraph \"cluster {index}\" {{")?;
            writeln!(
                f,
                "    label=\"{}\"; labeljust=l; fontsize=13;",
                Text(group)
            )?;
            writeln!(
                f,
                "    style=\"rounded,filled\"; color=\"#c7ccd4\"; fillcolor=\"{colour}\";"
            )?;
            if group.contexts.is_empty() {
                writeln!(f, "    \"empty {index}\" [label=\"no context\"];")?;
            }
            for (number, node) in (first..).zip(&group.contexts) {
                draw_context(f, number, node)?;
            }
            writeln!(f, "  }}")?;
            for (number, node) in (first..).zip(&group.contexts) {
                draw_masters(f, number, node)?;
            }
            first += group.contexts.len();
        }
        self.draw_allocations(f)?;
        self.draw_memories(f)?;
        self.draw_bindings(f)?;
        writeln!(f, "}}")
    }
}

/// A table row.
fn row(f: &mut fmt::Formatter<'_>, cell: &str, text: impl fmt::Display) -> fmt::Result {
    writeln!(f, "      <tr><td align=\"left\"{cell}>{text}</td></tr>")
}

fn draw_context(f: &mut fmt::Formatter<'_>, number: usize, node: &Node) -> fmt::Result {
    writeln!(f, "    \"context {number}\" [label=<")?;
    table(f)?;
    row(f, "", format_args!("<b>{}</b>", Text(node)))?;
    match (&node.state, &node.described) {
        (Some(state), _) => draw_state(f, state)?,
        (None, Some(described)) => {
            row(f, "", Place::from(described.space))?;
            row(f, "", format_args!("<i>not created</i>"))?;
        }
        (None, None) => {}
    }
    writeln!(f, "    </table>>];")
}

fn table(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(
        f,
        "    <table border=\"1\" color=\"#9aa3af\" bgcolor=\"white\" cellborder=\"0\" \
         cellspacing=\"0\" cellpadding=\"3\" style=\"rounded\">"
    )
}

fn draw_state(f: &mut fmt::Formatter<'_>, state: &ContextState) -> fmt::Result {
    let active = match state.info.activations {
        0 => "inactive",
        _ => "active",
    };
    row(
        f,
        "",
        format_args!("{}, {active}", Place::from(state.info.space)),
    )?;
    draw_bar(f, state.occupancy)?;
    row(f, "", Fullness(state.occupancy))?;
    match state.faults.total() {
        0 => {}
        faults => row(
            f,
            "",
            format_args!("<font color=\"{POISONED}\">faults reported: {faults}</font>"),
        )?,
    }
    for reservation in state.reservations.iter().take(MOST) {
        let info = &reservation.info;
        let place = Place::from(info.region);
        let (colour, bound) = match (info.poisoned, info.phys) {
            (true, _) => (POISONED, ""),
            (_, Some(_)) => ("black", ""),
            (_, None) => (QUIET, ", nothing bound"),
        };
        // Graphviz takes the words of an identifier apart in a port, so it is a number.
        let cell = format!(
            " port=\"{}\" border=\"1\" sides=\"t\"",
            Port(&reservation.id)
        );
        row(
            f,
            &cell,
            format_args!(
                "<font color=\"{colour}\">{place}{}{bound}</font>",
                Unusual(info)
            ),
        )?;
    }
    match state.reservations.len().checked_sub(MOST) {
        None | Some(0) => Ok(()),
        Some(more) => row(f, "", format_args!("<i>and {more} more reservations</i>")),
    }
}

/// An identifier as the name of a port: its digits.
struct Port<T>(T);

impl<T: fmt::Display> fmt::Display for Port<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Digits<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl Write for Digits<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                for character in text.chars() {
                    match character {
                        '0'..='9' => self.0.write_char(character)?,
                        '.' => self.0.write_char('_')?,
                        _ => {}
                    }
                }
                Ok(())
            }
        }
        f.write_char('r')?;
        write!(Digits(f), "{}", self.0)
    }
}

/// Bound, reserved and free, side by side in proportion; what is there is seen.
fn draw_bar(f: &mut fmt::Formatter<'_>, occupancy: Occupancy) -> fmt::Result {
    let size = u64::from(occupancy.size).max(1);
    let width = |bytes: u32| match bytes {
        0 => 0,
        _ => (u64::from(bytes) * BAR / size).max(3),
    };
    let bound = width(occupancy.bound);
    let reserved = width(occupancy.reserved.saturating_sub(occupancy.bound));
    let free = BAR.saturating_sub(bound + reserved);
    write!(
        f,
        "      <tr><td align=\"left\"><table align=\"left\" border=\"0\" cellborder=\"0\" \
         cellspacing=\"0\" cellpadding=\"0\" fixedsize=\"true\" width=\"{BAR}\" height=\"8\"><tr>"
    )?;
    for (width, colour) in [(bound, BOUND), (reserved, RESERVED), (free, FREE)] {
        if width > 0 {
            write!(
                f,
                "<td bgcolor=\"{colour}\" width=\"{width}\" height=\"8\" fixedsize=\"true\"></td>"
            )?;
        }
    }
    writeln!(f, "</tr></table></td></tr>")
}

fn draw_masters(f: &mut fmt::Formatter<'_>, number: usize, node: &Node) -> fmt::Result {
    for master in &node.masters {
        let name = Text(master);
        writeln!(
            f,
            "  \"master {name}\" [label=\"{name}\", shape=ellipse, margin=\"0.1,0.04\"];"
        )?;
        writeln!(f, "  \"master {name}\" -> \"context {number}\":w;")?;
    }
    Ok(())
}

impl Dot<'_> {
    fn shown(&self) -> &[MemoryState] {
        let all = &self.0.allocations;
        &all[..all.len().min(MOST)]
    }

    fn draw_allocations(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for state in self.shown() {
            writeln!(f, "  \"{}\" [label=<", state.id)?;
            table(f)?;
            row(f, " port=\"in\"", format_args!("<b>{}</b>", state.id))?;
            row(f, "", Allocation(state))?;
            let parts = &state.info.parts;
            for part in parts.iter().take(MOST_PARTS) {
                row(f, "", Place(part.start.get(), part.size))?;
            }
            if let Some(more @ 1..) = parts.len().checked_sub(MOST_PARTS) {
                row(f, "", format_args!("<i>and {more} more parts</i>"))?;
            }
            writeln!(f, "  </table>>];")?;
        }
        match self.0.allocations.len().checked_sub(MOST) {
            None | Some(0) => Ok(()),
            Some(more) => writeln!(f, "  more [label=\"and {more} more allocations\"];"),
        }
    }

    fn draw_memories(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = self.0;
        for (index, memory) in graph.memories.iter().enumerate() {
            let place = Place(memory.range.start.get(), memory.range.size);
            let allocated = Bytes(graph.allocated(index));
            writeln!(
                f,
                "  \"memory {index}\" [label=\"{}\\n{place}\\n{allocated} allocated\", shape=box3d, \
                 style=filled, fillcolor=\"#f7f3e8\", margin=\"0.15,0.1\"];",
                Text(&memory.name)
            )?;
        }
        for state in self.shown() {
            let parts = || state.info.parts.iter();
            for index in 0..graph.memories.len() {
                if parts().any(|part| graph.memory_of(part) == Some(index)) {
                    writeln!(
                        f,
                        "  \"{}\" -> \"memory {index}\" [style=dotted, arrowhead=none];",
                        state.id
                    )?;
                }
            }
        }
        Ok(())
    }

    fn draw_bindings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.0.groups.iter().flat_map(|group| &group.contexts);
        for (number, node) in nodes.enumerate() {
            let reservations = node.state.iter().flat_map(|state| &state.reservations);
            for reservation in reservations.take(MOST) {
                let Some(phys) = reservation.info.phys else {
                    continue;
                };
                if self.shown().iter().any(|state| state.id == phys) {
                    writeln!(
                        f,
                        "  \"context {number}\":{}:e -> \"{phys}\":in:w [color=\"{BOUND}\"];",
                        Port(&reservation.id)
                    )?;
                }
            }
        }
        Ok(())
    }
}
