//! Traces by hand, good and bad.

mod bench;
mod invalidation;
mod reads;
mod reduced;
mod registers;
mod walks;
mod writes;
