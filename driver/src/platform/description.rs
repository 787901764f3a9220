//! What a board has, by name.

use alloc::string::String;
use alloc::vec::Vec;

use super::error::PlatformError;
use crate::addr::PhysAddr;
use crate::mmu::PhysPart;
use crate::vcm::Region;

/// A memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryNode {
    /// Its name.
    pub name: String,
    /// Its physical addresses.
    pub range: PhysPart,
}

/// How the masters of a context get to memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Through {
    /// Through the MMU of this name.
    Mmu(String),
    /// They are wired to it.
    Direct,
    /// It is the processor that accesses it.
    Cpu,
}

/// A context, to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextNode {
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub space: Region,
    /// How its masters get to memory.
    pub through: Through,
}

/// A master: a device, a channel of one, or a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterNode {
    /// Its name.
    pub name: String,
    /// The context whose addresses it uses.
    pub context: String,
}

/// What a board has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub(super) name: String,
    pub(super) memories: Vec<MemoryNode>,
    pub(super) mmus: Vec<String>,
    pub(super) contexts: Vec<ContextNode>,
    pub(super) masters: Vec<MasterNode>,
}

impl Description {
    /// A board with nothing.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            memories: Vec::new(),
            mmus: Vec::new(),
            contexts: Vec::new(),
            masters: Vec::new(),
        }
    }

    /// With a memory of `size` bytes from `start` on.
    #[must_use]
    pub fn memory(mut self, name: impl Into<String>, start: PhysAddr, size: u32) -> Self {
        self.memories.push(MemoryNode {
            name: name.into(),
            range: PhysPart { start, size },
        });
        self
    }

    /// With an MMU.
    #[must_use]
    pub fn mmu(mut self, name: impl Into<String>) -> Self {
        self.mmus.push(name.into());
        self
    }

    /// With a context.
    #[must_use]
    pub fn context(mut self, name: impl Into<String>, space: Region, through: Through) -> Self {
        self.contexts.push(ContextNode {
            name: name.into(),
            space,
            through,
        });
        self
    }

    /// With a master of a context.
    #[must_use]
    pub fn master(mut self, name: impl Into<String>, context: impl Into<String>) -> Self {
        self.masters.push(MasterNode {
            name: name.into(),
            context: context.into(),
        });
        self
    }

    /// The board's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its memories.
    pub fn memories(&self) -> &[MemoryNode] {
        &self.memories
    }

    /// The names of its MMUs.
    pub fn mmus(&self) -> &[String] {
        &self.mmus
    }

    /// Its contexts.
    pub fn contexts(&self) -> &[ContextNode] {
        &self.contexts
    }

    /// Its masters.
    pub fn masters(&self) -> &[MasterNode] {
        &self.masters
    }

    pub(super) fn check(&self) -> Result<(), PlatformError> {
        let memories = || self.memories.iter().map(|memory| &memory.name);
        let contexts = || self.contexts.iter().map(|context| &context.name);
        unique(memories())?;
        unique(self.mmus.iter())?;
        unique(contexts())?;
        unique(self.masters.iter().map(|master| &master.name))?;
        for MemoryNode { name, range } in &self.memories {
            let end = u64::from(range.start.get()) + u64::from(range.size);
            if range.size == 0 || end > 1 << 32 {
                return Err(PlatformError::BadMemory(name.clone()));
            }
        }
        for context in &self.contexts {
            match &context.through {
                Through::Mmu(mmu) if !self.mmus.contains(mmu) => {
                    return Err(PlatformError::NoMmu {
                        context: context.name.clone(),
                        mmu: mmu.clone(),
                    });
                }
                _ => {}
            }
        }
        for master in &self.masters {
            if !contexts().any(|name| *name == master.context) {
                return Err(PlatformError::NoContext(master.context.clone()));
            }
        }
        Ok(())
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), PlatformError> {
    let mut sorted: Vec<&String> = names.collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(PlatformError::TwiceNamed(pair[0].clone())),
        None => Ok(()),
    }
}
