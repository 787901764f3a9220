//! Verilog-2001 from a Rust-HDL design.
//!
//! rust-hdl's own Verilog changes the meaning of kernels in silence (precedence, literals of 32
//! bits, widening casts …). This emitter reads the same public `Probe` and AST, gives every
//! expression the width it has in Rust, and refuses what it cannot translate faithfully.
//!
//! From the AST to text:
//!
//! | module | from | to |
//! |---|---|---|
//! | `collect` | blocks | a tree of nodes: signals, sub-blocks, AST |
//! | `scope` | a node | the names its kernel can use |
//! | `lower`, `expr` | AST | `ir`: names resolved, widths settled, loops unrolled |
//! | `check` | a kernel | refusals: latches, open signals, clocks as data … |
//! | `drive` | a kernel | `assign`s, and processes as small as their order allows |
//! | `module`, `wiring`, `process`, `text` | drivers | the text of a module |
//! | `design` | modules | the file; blocks that differ in constants only share a module |
//!
//! # What a kernel may be
//!
//! - Assignments to `x.next` and `x.next.field` of outputs, Locals and inputs of sub-blocks; several
//!   to one signal take effect in their order, as in Rust. Every path must assign every bit.
//! - `if`, `else if`, `else`; `match` on an enum or on `x.val().index()`, with a `_` arm unless all
//!   values are listed; patterns are enum variants, numbers, `true` and `false`.
//! - `for i in 0..N`, with `i` in array indices (`way[i + 1]`, `cell[y][x]`), bit indices and
//!   conditions (`if i > 0 { … way[i - 1] … }`). No field may have the variable's name.
//! - Operators of `Bits` and `bool`, `&&` and `||`, shifts by constants and by signals, numbers of
//!   up to 128 bits, `bit_cast`, `bits::<W>(1)`, `get_bit`, `get_bits`, `replace_bit`, `any`, `all`,
//!   `xor`, and any chain of them: `(a + b).get_bits::<4>(4).get_bit(i)`, `x.val().field.get_bit(2)`.
//! - A variable bit index is a whole `x.val().index()`: arithmetic goes through a `Local`.
//! - `Type::link` and `Type::join` of bundles, once for each signal; statements after them override.
//! - `Constant` fields for numbers that depend on const generics or consts. A condition that is
//!   constant is decided here, and the branch not taken left out; other uses become a parameter where
//!   instances differ.
//! - Clocks are passed on whole to clocks: `clock!`, `dff_setup!`, `x.clock.next = self.clock.val()`.
//! - An input of a sub-block may be read only after its last assignment.
//!
//! The kernel macro drops or misreads some things before any emitter sees them (match guards, `..=`,
//! arithmetic on `index()`, functions named like casts): `hdl-gen/tests/source.rs` refuses those.
//!
//! # Names
//!
//! A field `awaddr` of a bundle `s_axil` is `s_axil_awaddr`, element 2 of an array `way` is `way_2`, a
//! `Constant` is in capitals. A module has the name of the top, then the path of fields to the first
//! block it stands for, or the name that the block gives itself in `Logic::timing`. Nets of a
//! register `r` are `r_d` and `r_q`.

mod check;
mod collect;
mod design;
mod drive;
mod error;
mod expr;
mod fold;
mod ir;
mod keyword;
mod lower;
mod module;
mod name;
mod process;
mod scope;
mod text;
mod wiring;

use rust_hdl::prelude::Block;

pub use error::{EmitError, Reason};

/// The Verilog of `top`, whose module is called `name`; the other modules' names start with it.
///
/// # Errors
/// [`EmitError`] names the block and the reason if the design has no faithful Verilog.
pub fn verilog<U: Block>(top: &U, name: &str) -> Result<String, EmitError> {
    let node = collect::collect(top, name)
        .ok_or_else(|| Reason::Unsupported("the top is not a single block".into()).at(name))?;
    let modules = design::Design::print(&node, name)?;
    Ok(format!(
        "// {name}, generated from the Rust-HDL sources in hdl-gen/src by `make rtl`. Do not edit.\n\
         // A name ending in `_v` is a value under way; its process commits it once, at its end.\n\n{modules}"
    ))
}
