//! The designs that are shipped as Verilog.

use crate::rtl::Top;

/// Every file of `rtl/` that is generated.
#[must_use]
pub fn tops() -> Vec<Top> {
    vec![]
}
