//! What the driver needs of the machine that it runs on, whichever that is.

use std::sync::Arc;

use vcm_linux::{AnyBus, AnyClock, AnyIrq, Memory};

/// A machine with the hardware in it.
pub(crate) struct Machine {
    pub(crate) bus: AnyBus,
    /// Memory for page tables and buffers.
    pub(crate) memory: Arc<Memory>,
    pub(crate) clock: AnyClock,
    pub(crate) irq: AnyIrq,
    /// Says which rule was broken since the last time, if one was.
    pub(crate) broken: Box<dyn Fn() -> Option<String> + Send + Sync>,
}
