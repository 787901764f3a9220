//! Each rule against a trace that breaks it, and all of them against traces that break none.

mod addresses;
mod axil;
mod handshake;
mod ports;
mod reads;
mod rules;
mod table;
mod trace;
mod writes;
