//! Why a design is refused.

/// A design that has no faithful Verilog: which block, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("block `{path}`: {reason}")]
pub struct EmitError {
    /// Instance path from the top, as in `vcm_iommu.read.tlb`.
    pub path: String,
    /// What cannot be translated.
    pub reason: Reason,
}

/// What cannot be translated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Some path through the kernel leaves the signal as it was.
    #[error("`{signal}` would be a latch: not every path through the kernel assigns all its bits")]
    Latch {
        /// The signal.
        signal: String,
    },
    /// The kernel reads what it writes only later.
    #[error("`{signal}` is read before the kernel has assigned it")]
    ReadBeforeAssigned {
        /// The signal.
        signal: String,
    },
    /// A sub-block's input is read, then written again. rust-hdl would give the final value there.
    #[error("`{signal}`, an input of a sub-block, is read before its last assignment; go through a Local")]
    ReadBeforeLastWrite {
        /// The signal.
        signal: String,
    },
    /// Nothing drives the signal.
    #[error("`{signal}` is not driven")]
    Undriven {
        /// The signal.
        signal: String,
    },
    /// A `link` or `join` would overwrite an earlier driver.
    #[error("`{signal}` is driven twice: by a link or join, and by a statement before it")]
    DrivenTwice {
        /// The signal.
        signal: String,
    },
    /// The kernel writes one of its own inputs, an output of a sub-block, or a constant.
    #[error("`{signal}` cannot be written here: {what}")]
    NotWritable {
        /// The signal.
        signal: String,
        /// What it is.
        what: &'static str,
    },
    /// A Verilog or SystemVerilog keyword.
    #[error("`{name}` is a keyword of Verilog or SystemVerilog; rename it")]
    Keyword {
        /// The name.
        name: String,
    },
    /// Two things would get the same Verilog name.
    #[error("two things would both be called `{name}` in Verilog; rename one")]
    NameClash {
        /// The name.
        name: String,
    },
    /// Not an identifier.
    #[error("`{name}` is not a Verilog identifier")]
    NotAnIdentifier {
        /// The name.
        name: String,
    },
    /// A name in the kernel that is nothing of this block.
    #[error(
        "`{name}` is not a signal, constant or enum of this block \
         (values of consts and const generics go through a `Constant<Bits<W>>`)"
    )]
    UnknownName {
        /// The name.
        name: String,
    },
    /// A loop variable has the name of a field, and rust-hdl's macro does not tell them apart.
    #[error("loop variable `{name}` has the name of a field; rename one")]
    AmbiguousName {
        /// The name.
        name: String,
    },
    /// An array index that is no number.
    #[error("array index `{index}` is not a number made of literals and loop variables")]
    Index {
        /// Its text.
        index: String,
    },
    /// A constant slice that leaves its signal.
    #[error("bits {high}:{low} of a value of {width} bits are out of range")]
    SliceOutOfRange {
        /// Highest bit of the slice.
        high: usize,
        /// Lowest bit of the slice.
        low: usize,
        /// Width of the value.
        width: usize,
    },
    /// A literal that does not fit where it is used; rust-hdl would panic there.
    #[error("{value} does not fit in {width} bits")]
    LiteralTooWide {
        /// The literal.
        value: String,
        /// Where it is used.
        width: usize,
    },
    /// Operands whose widths differ.
    #[error("widths differ in {what}: {left} and {right} bits")]
    WidthMismatch {
        /// Where.
        what: String,
        /// One width.
        left: usize,
        /// The other.
        right: usize,
    },
    /// A signal of no bits.
    #[error("`{signal}` has no bits")]
    NoBits {
        /// The signal.
        signal: String,
    },
    /// Enums are known to the kernel by their bare name only.
    #[error("two enums are called `{name}` but differ; rename one")]
    EnumsDiffer {
        /// The name.
        name: String,
    },
    /// A clock that is not just passed on.
    #[error("clock `{signal}` is used as data, or driven by something other than a clock")]
    ClockAsData {
        /// The clock.
        signal: String,
    },
    /// Something this emitter does not translate.
    #[error("{0}")]
    Unsupported(String),
}

impl Reason {
    /// Adds where it happened.
    pub(super) fn at(self, path: &str) -> EmitError {
        EmitError {
            path: path.into(),
            reason: self,
        }
    }
}

/// A [`Reason::Unsupported`].
pub(super) fn unsupported<T>(what: impl Into<String>) -> Result<T, Reason> {
    Err(Reason::Unsupported(what.into()))
}
