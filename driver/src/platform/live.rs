//! Contexts by name.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::sync::Mutex;

use super::description::Description;
use super::error::PlatformError;
use super::graph::Graph;
use crate::vcm::driver::Driver;
use crate::vcm::{System, Vcm, VcmId};

/// A described board, and the system with its contexts.
pub struct Platform<D: Driver + ?Sized = dyn Driver + Send> {
    description: Description,
    system: System<D>,
    /// Beside the contexts of the description; those that are gone included.
    created: Mutex<Vec<Option<VcmId>>>,
}

impl<D: Driver + ?Sized> Platform<D> {
    /// From a description; no context is there yet.
    ///
    /// # Errors
    /// [`TwiceNamed`](PlatformError::TwiceNamed), [`BadMemory`](PlatformError::BadMemory),
    /// [`NoMmu`](PlatformError::NoMmu), [`NoContext`](PlatformError::NoContext).
    pub fn new(description: Description, system: System<D>) -> Result<Self, PlatformError> {
        description.check()?;
        Ok(Self {
            created: Mutex::new(vec![None; description.contexts.len()]),
            description,
            system,
        })
    }

    /// What it is made from.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The system.
    pub fn system(&self) -> &System<D> {
        &self.system
    }

    /// Creates a context of the description, with its addresses. One that was destroyed can be created
    /// again.
    ///
    /// # Errors
    /// [`NoContext`](PlatformError::NoContext); [`Exists`](PlatformError::Exists); and those of
    /// [`System::create`].
    pub fn create(&self, name: &str, driver: Box<D>) -> Result<Vcm<D>, PlatformError> {
        if self.context(name)?.is_some() {
            return Err(PlatformError::Exists(name.into()));
        }
        let index = self.index(name)?;
        let space = self.description.contexts[index].space;
        let vcm = self.system.create(space.start, space.size, driver)?;
        let is_there = {
            let mut created = self.created.lock();
            let is_there = created[index].is_some_and(|id| self.is_live(id));
            if !is_there {
                created[index] = Some(vcm.id());
            }
            is_there
        };
        match is_there {
            // Somebody else was faster. What was just created goes as it came.
            true => Err(PlatformError::Exists(name.into())),
            false => Ok(vcm),
        }
    }

    /// The context of this name, while it is there.
    ///
    /// # Errors
    /// [`NoContext`](PlatformError::NoContext).
    pub fn context(&self, name: &str) -> Result<Option<VcmId>, PlatformError> {
        let id = self.created.lock()[self.index(name)?];
        Ok(id.filter(|id| self.is_live(*id)))
    }

    /// What is bound where at the moment.
    ///
    /// # Errors
    /// As [`raw::System::snapshot`](crate::vcm::raw::System::snapshot).
    pub fn graph(&self) -> Result<Graph, PlatformError> {
        let created = self.created.lock().clone();
        let snapshot = self.system.raw().snapshot()?;
        Ok(Graph::new(&self.description, &created, snapshot))
    }

    fn index(&self, name: &str) -> Result<usize, PlatformError> {
        let mut contexts = self.description.contexts.iter();
        let index = contexts.position(|context| context.name == name);
        index.ok_or_else(|| PlatformError::NoContext(name.into()))
    }

    fn is_live(&self, id: VcmId) -> bool {
        self.system.raw().context(id).is_ok()
    }
}
