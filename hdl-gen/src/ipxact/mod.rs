//! IP-XACT: what lets a block design use a top by its bus interfaces (IEEE 1685-2009, with the bus
//! definitions of Vivado: UG1118).
//!
//! | file | package of |
//! |---|---|
//! | `rtl/component.xml` | `vcm_iommu` |
//! | `rtl/zynq/component.xml` | `vcm_zynq_core` |

mod interface;
mod ports;
mod xml;

use anyhow::Result;
use rust_hdl::prelude::Block;

pub use interface::{interfaces, Interface, Kind};
pub use ports::{ports, Port};

/// Who made the package: the first parts of its name.
pub const VENDOR: &str = "vcm-iommu";
/// The second part.
pub const LIBRARY: &str = "vcm";
/// The last.
pub const VERSION: &str = "0.1";

/// What the package says of a top beside its ports.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// The module, which the file `NAME.v` beside the package has.
    pub name: &'static str,
    /// In one line.
    pub text: &'static str,
}

/// The text of `component.xml`.
///
/// # Errors
/// Names a port that belongs to no bus interface, or has the wrong direction there.
pub fn component(top: &impl Block, description: Description) -> Result<String> {
    let ports = ports(top);
    let interfaces = interfaces(&ports)?;
    Ok(xml::render(description, &ports, &interfaces))
}
