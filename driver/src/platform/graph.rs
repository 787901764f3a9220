//! A description together with what the system has at one moment.

use alloc::string::String;
use alloc::vec::Vec;

use super::description::{ContextNode, Description, MemoryNode, Through};
use super::dot::Dot;
use crate::mmu::PhysPart;
use crate::vcm::VcmId;
use crate::vcm::raw::{ContextState, MemoryState, Snapshot};

/// The mapping graph of a platform at one moment. [`Display`](core::fmt::Display) draws it as a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    pub(super) name: String,
    pub(super) memories: Vec<MemoryNode>,
    pub(super) groups: Vec<Group>,
    pub(super) allocations: Vec<MemoryState>,
}

/// The contexts behind one MMU, or behind none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) contexts: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Through(Through),
    /// The system has them, the description does not.
    Unknown,
}

/// A context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// Its name, if it is described.
    pub(super) described: Option<ContextNode>,
    pub(super) masters: Vec<String>,
    /// What it is, if it was created.
    pub(super) state: Option<ContextState>,
}

impl Graph {
    pub(super) fn new(
        description: &Description,
        created: &[Option<VcmId>],
        snapshot: Snapshot,
    ) -> Self {
        let mut states = snapshot.contexts;
        let nodes: Vec<Node> = description
            .contexts
            .iter()
            .zip(created)
            .map(|(context, &id)| {
                let masters = description.masters.iter();
                let masters = masters.filter(|master| master.context == context.name);
                let place = states.iter().position(|state| Some(state.id) == id);
                Node {
                    described: Some(context.clone()),
                    masters: masters.map(|master| master.name.clone()).collect(),
                    state: place.map(|place| states.remove(place)),
                }
            })
            .collect();

        let mmus = description.mmus.iter().cloned().map(Through::Mmu);
        let mut groups: Vec<Group> = mmus
            .chain([Through::Direct, Through::Cpu])
            .map(|through| {
                let is_of = |node: &&Node| {
                    let described = node.described.as_ref();
                    described.is_some_and(|described| described.through == through)
                };
                Group {
                    contexts: nodes.iter().filter(is_of).cloned().collect(),
                    kind: Kind::Through(through),
                }
            })
            .collect();
        let unknown = states.into_iter().map(|state| Node {
            described: None,
            masters: Vec::new(),
            state: Some(state),
        });
        groups.push(Group {
            kind: Kind::Unknown,
            contexts: unknown.collect(),
        });
        // An MMU is there also without contexts.
        groups.retain(|group| {
            let is_mmu = matches!(group.kind, Kind::Through(Through::Mmu(_)));
            is_mmu || !group.contexts.is_empty()
        });
        Self {
            name: description.name.clone(),
            memories: description.memories.clone(),
            groups,
            allocations: snapshot.memories,
        }
    }

    /// The same for Graphviz.
    pub const fn dot(&self) -> Dot<'_> {
        Dot(self)
    }

    /// In which memory a part lies, if as a whole in one.
    pub(super) fn memory_of(&self, part: &PhysPart) -> Option<usize> {
        let end = |part: &PhysPart| u64::from(part.start.get()) + u64::from(part.size);
        self.memories
            .iter()
            .position(|memory| memory.range.start <= part.start && end(part) <= end(&memory.range))
    }

    /// Bytes of a memory that are allocated.
    pub(super) fn allocated(&self, memory: usize) -> u64 {
        let allocations = self.allocations.iter();
        let parts = allocations.flat_map(|allocation| allocation.info.parts.iter());
        parts
            .filter(|part| self.memory_of(part) == Some(memory))
            .map(|part| u64::from(part.size))
            .sum()
    }
}
