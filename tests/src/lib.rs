//! What the cosimulation tests have in common.

pub mod soc;
