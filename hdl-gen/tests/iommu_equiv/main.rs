//! Emitted Verilog of each block of the IOMMU against rust-hdl's own simulation.

#[path = "../iommu/mod.rs"]
mod iommu;

mod parts;
mod path;
mod registers;
mod stores;
mod translator;
mod walks;

use hdl_gen::equiv::Rng;

/// Two cycles at the start, and one time in `of` in the midst of things.
fn reset(rng: &mut Rng, cycle: usize, of: u32) -> bool {
    cycle < 2 || rng.chance(1, of)
}

/// Counts what happens, so that a test can tell that its vectors reach it.
fn count<const N: usize>(seen: &mut [u32; N], happens: [bool; N]) {
    for (times, happens) in seen.iter_mut().zip(happens) {
        *times += u32::from(happens);
    }
}
