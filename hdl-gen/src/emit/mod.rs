//! Verilog-2001 from a Rust-HDL design.

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
mod scope;
mod text;

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
