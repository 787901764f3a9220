//! Traces by hand, good and bad.

mod bench;
mod ideal;
mod invalidation;
mod random;
mod reads;
mod reduced;
mod registers;
mod stalls;
mod walks;
mod writes;
