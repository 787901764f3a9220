//! Traces by hand, good and bad.

mod bench;
mod counters;
mod ideal;
mod interrupts;
mod invalidation;
mod random;
mod reads;
mod records;
mod reduced;
mod registers;
mod stalls;
mod syndromes;
mod walks;
mod writes;
