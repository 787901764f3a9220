//! The graph as a text tree.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt;

use super::graph::{Graph, Node};
use super::words::{Allocation, Bytes, Fullness, Place, Unusual};
use crate::vcm::raw::{ContextState, MemoryState, ReservationState};

/// So many parts of an allocation are shown.
const MOST_PARTS: usize = 8;

/// A line, and what hangs on it.
struct Branch {
    text: String,
    twigs: Vec<Branch>,
}

impl Branch {
    fn leaf(text: String) -> Self {
        Self {
            text,
            twigs: Vec::new(),
        }
    }

    fn draw(&self, f: &mut fmt::Formatter<'_>, indent: &mut String) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        let last = self.twigs.len().saturating_sub(1);
        for (index, twig) in self.twigs.iter().enumerate() {
            let (fork, below) = match index == last {
                true => ("└── ", "    "),
                false => ("├── ", "│   "),
            };
            write!(f, "{indent}{fork}")?;
            let length = indent.len();
            indent.push_str(below);
            twig.draw(f, indent)?;
            indent.truncate(length);
        }
        Ok(())
    }
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let memories = self.memories.iter().enumerate().map(|(index, memory)| {
            let place = Place(memory.range.start.get(), memory.range.size);
            let allocated = Bytes(self.allocated(index));
            let name = &memory.name;
            Branch::leaf(format!("memory {name}, {place}: {allocated} allocated"))
        });
        let groups = self.groups.iter().map(|group| Branch {
            text: group.to_string(),
            twigs: group.contexts.iter().map(context).collect(),
        });
        let allocations = self.allocations.iter().map(|state| self.allocation(state));
        let root = Branch {
            text: self.name.clone(),
            twigs: memories.chain(groups).chain(allocations).collect(),
        };
        root.draw(f, &mut String::new())
    }
}

fn context(node: &Node) -> Branch {
    let masters = node.masters.iter();
    let mut twigs: Vec<_> = masters
        .map(|name| Branch::leaf(format!("master {name}")))
        .collect();
    let text = match (&node.state, &node.described) {
        (Some(state), _) => {
            twigs.extend(state.reservations.iter().map(reservation));
            format!("{node}, {}", standing(state))
        }
        (None, Some(described)) => format!("{node}, {}, not created", Place::from(described.space)),
        (None, None) => node.to_string(),
    };
    Branch { text, twigs }
}

fn standing(state: &ContextState) -> String {
    let place = Place::from(state.info.space);
    let active = match state.info.activations {
        0 => "inactive",
        _ => "active",
    };
    let faults = match state.faults.total() {
        0 => String::new(),
        1 => ", 1 fault".into(),
        n => format!(", {n} faults"),
    };
    format!("{place}, {active}: {}{faults}", Fullness(state.occupancy))
}

fn reservation(state: &ReservationState) -> Branch {
    let info = &state.info;
    let place = Place::from(info.region);
    let unusual = Unusual(info);
    Branch::leaf(match info.phys {
        Some(phys) if info.bound_size < info.region.size => {
            let bound = Bytes(info.bound_size.into());
            format!("{place}{unusual} → {phys}, {bound} bound")
        }
        Some(phys) => format!("{place}{unusual} → {phys}"),
        None => format!("{place}{unusual}, nothing bound"),
    })
}

impl Graph {
    fn allocation(&self, state: &MemoryState) -> Branch {
        let parts = &state.info.parts;
        let mut twigs = vec![];
        for part in parts.iter().take(MOST_PARTS) {
            let memory = self.memory_of(part);
            let memory = memory.map_or(String::new(), |memory| {
                format!(" in {}", self.memories[memory].name)
            });
            let place = Place(part.start.get(), part.size);
            twigs.push(Branch::leaf(format!("{place}{memory}")));
        }
        if parts.len() > MOST_PARTS {
            let more = parts.len() - MOST_PARTS;
            twigs.push(Branch::leaf(format!("and {more} more parts")));
        }
        Branch {
            text: format!("{}, {}", state.id, Allocation(state)),
            twigs,
        }
    }
}
