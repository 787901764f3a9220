//! AXI4-Lite: the front end of a register file, the registers behind it, and a split of one port
//! into two.

mod field_reg;
mod slave;
mod split;

pub use field_reg::{CfgReg, CmdReg, RoReg};
pub use slave::AxilRegs;
pub use split::AxilSplit;
