//! Delays in nanoseconds, of speed grade -1.
//!
//! Cells: DS187 (XC7Z010, XC7Z020), tables for CLB, block RAM and DSP switching characteristics, rounded.
//! Nets: what routing usually takes; fitted to placed designs, not promised by anyone.

/// Through a LUT.
pub const LUT: f64 = 0.124;
/// Through the multiplexers behind LUTs, MUXF7 and MUXF8.
pub const WIDE_MUX: f64 = 0.25;
/// From a carry chain's data to its outputs.
pub const CARRY: f64 = 0.5;
/// From a carry chain's input to its output, to the next chain.
pub const CARRY_CHAIN: f64 = 0.117;
/// From a carry chain's input to a sum.
pub const CARRY_SUM: f64 = 0.3;
/// From the clock to a flip-flop's output.
pub const FLIP_FLOP: f64 = 0.456;
/// From the clock to a LUT-RAM's output.
pub const LUT_RAM: f64 = 1.32;
/// From the clock to a block RAM's output, without its output register.
pub const BLOCK_RAM: f64 = 2.46;
/// Before a port, and after it: the rest is the neighbour's.
pub const PORT: f64 = 1.0;

/// Set-up of a data input of a flip-flop.
pub const SETUP: f64 = 0.05;
/// Set-up of a clock enable.
pub const SETUP_ENABLE: f64 = 0.205;
/// Set-up of a synchronous set or reset.
pub const SETUP_RESET: f64 = 0.43;
/// Set-up of a LUT-RAM's or block RAM's inputs.
pub const SETUP_RAM: f64 = 0.55;

/// A net with so many loads.
pub fn net(loads: usize) -> f64 {
    0.5 + 0.12 * (loads.max(1) as f64).log2()
}
