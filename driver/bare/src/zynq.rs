//! Where things are in a Zynq-7000 (UG585, chapter 4 and appendix B).

/// UART 0.
pub const UART0: usize = 0xE000_0000;
/// UART 1.
pub const UART1: usize = 0xE000_1000;
/// System-level control registers.
pub const SLCR: usize = 0xF800_0000;
/// The processor's interface to the interrupt controller.
pub const GIC_CPU: usize = 0xF8F0_0100;
/// The global timer.
pub const GLOBAL_TIMER: usize = 0xF8F0_0200;
/// The distributor of the interrupt controller.
pub const GIC_DISTRIBUTOR: usize = 0xF8F0_1000;
/// The second-level cache's controller.
pub const L2_CACHE: usize = 0xF8F0_2000;

/// Number of the interrupt `IRQ_F2P[0]` (UG585, table 7-4).
pub const IRQ_F2P_0: u32 = 61;
