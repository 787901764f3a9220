//! Equivalence of a block's emitted Verilog with rust-hdl's own simulation.
//!
//! A [`Check`] drives a block with random vectors in rust-hdl, and records every port in every
//! cycle. Then it emits the Verilog, and plays the same vectors to it in Verilator and in Icarus:
//! every output has to agree in every cycle. Verilator is run with all warnings on, and with the
//! waivers of `rtl/vcm.vlt` only, so a block that passes is also clean in `make lint`; Yosys has to
//! read the Verilog too.
//!
//! ```no_run
//! use hdl_gen::equiv::Check;
//! use hdl_gen::prim::Reg;
//! use rust_hdl::prelude::*;
//!
//! Check::new("reg")
//!     .clock(|b: &mut Reg<Bits<8>>| &mut b.clock)
//!     .cycles(1000)
//!     .seed(7)
//!     .run(Reg::default(), |b, rng, cycle| {
//!         b.reset.next = cycle < 2 || rng.chance(1, 50);
//!         b.d.next = rng.bits();
//!     })
//!     .unwrap();
//! ```

mod bench;
mod check;
mod error;
mod icarus;
mod record;
mod rng;
mod tool;
mod verilator;
mod yosys;

pub use check::Check;
pub use error::{Error, Simulator};
pub use rng::Rng;
