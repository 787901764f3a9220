//! How a register is described, and the macro that makes a table and a type out of one description.

use core::fmt;
use core::marker::PhantomData;

/// What software may do with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads the value the hardware gives; writes are ignored.
    ReadOnly,
    /// Reads back what was written.
    ReadWrite,
    /// A command: writing acts, reading gives 0.
    WriteOnly,
    /// Set by hardware; writing 1 clears, writing 0 leaves as it is.
    WriteOneToClear,
}

impl Access {
    /// The usual short name: `RO`, `RW`, `WO`, `W1C`.
    pub const fn short(self) -> &'static str {
        match self {
            Self::ReadOnly => "RO",
            Self::ReadWrite => "RW",
            Self::WriteOnly => "WO",
            Self::WriteOneToClear => "W1C",
        }
    }
}

/// A named value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// Name, in capitals.
    pub name: &'static str,
    /// The number in the field.
    pub value: u32,
    /// What it means.
    pub doc: &'static str,
}

/// A field of a register or descriptor, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Name, in capitals.
    pub name: &'static str,
    /// Lowest bit.
    pub lsb: u32,
    /// Width in bits.
    pub width: u32,
    /// What software may do with it.
    pub access: Access,
    /// Value after reset.
    pub reset: u32,
    /// Its named values, if it has any.
    pub values: &'static [Value],
    /// What it means.
    pub doc: &'static str,
}

impl FieldInfo {
    /// The bits of the field within its word.
    pub const fn mask(&self) -> u32 {
        (u32::MAX >> (32 - self.width)) << self.lsb
    }
}

/// A 32-bit register (or an array of them), as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterInfo {
    /// Name, in capitals.
    pub name: &'static str,
    /// Byte offset from the base of its block.
    pub offset: u32,
    /// How many of them stand in a row, 4 bytes apart.
    pub count: u32,
    /// Fields, from the lowest bit up.
    pub fields: &'static [FieldInfo],
    /// What it is for, and what reading or writing it does.
    pub doc: &'static str,
}

impl RegisterInfo {
    /// The bits of all fields with this access.
    pub const fn mask(&self, access: Access) -> u32 {
        let (mut mask, mut i) = (0, 0);
        while i < self.fields.len() {
            if self.fields[i].access as u8 == access as u8 {
                mask |= self.fields[i].mask();
            }
            i += 1;
        }
        mask
    }

    /// The register's value after reset.
    pub const fn reset(&self) -> u32 {
        reset_of(self.fields)
    }
}

/// The word in which each field has its reset value.
pub(crate) const fn reset_of(fields: &[FieldInfo]) -> u32 {
    let (mut value, mut i) = (0, 0);
    while i < fields.len() {
        value |= fields[i].reset << fields[i].lsb;
        i += 1;
    }
    value
}

/// A block of registers (or an array of such blocks) in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Name, in capitals.
    pub name: &'static str,
    /// Byte offset of the first block from the base of the window.
    pub base: u32,
    /// How many blocks there are.
    pub count: u32,
    /// Distance of two blocks in bytes.
    pub stride: u32,
    /// Registers, in the order of their offsets.
    pub registers: &'static [&'static RegisterInfo],
    /// What the block is for.
    pub doc: &'static str,
}

impl Block {
    /// Offset in the window of block `index`.
    pub const fn at(&self, index: u32) -> u32 {
        self.base + index * self.stride
    }
}

/// A word with fields that is not a register: a page-table descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatInfo {
    /// Name.
    pub name: &'static str,
    /// Fields, from the lowest bit up.
    pub fields: &'static [FieldInfo],
    /// What it is.
    pub doc: &'static str,
}

/// A register as a type.
pub trait Register: Copy + Default {
    /// The register as data.
    const INFO: &'static RegisterInfo;
    /// From the word on the bus.
    fn from_bits(bits: u32) -> Self;
    /// The word on the bus.
    fn bits(self) -> u32;
}

/// A field of the word type `W`.
pub struct Field<W> {
    /// Lowest bit.
    pub lsb: u32,
    /// Width in bits.
    pub width: u32,
    word: PhantomData<fn(W)>,
}

impl<W> Clone for Field<W> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<W> Copy for Field<W> {}
impl<W> fmt::Debug for Field<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}:{}]", self.lsb + self.width - 1, self.lsb)
    }
}

impl<W> Field<W> {
    /// A field of `width` bits from bit `lsb` up.
    pub const fn new(lsb: u32, width: u32) -> Self {
        Self {
            lsb,
            width,
            word: PhantomData,
        }
    }
    /// The bits of the field within its word.
    pub const fn mask(self) -> u32 {
        self.max() << self.lsb
    }
    /// The largest value that fits.
    pub const fn max(self) -> u32 {
        u32::MAX >> (32 - self.width)
    }
}

/// Makes a word type with typed fields, and its fields as data.
macro_rules! word {
    ($(#[doc = $doc:literal])+ $Word:ident {
        $( $(#[doc = $fdoc:literal])+ $FIELD:ident [$lsb:literal; $width:literal] $access:ident $(= $reset:literal)? $(in $values:path)?; )*
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $Word(u32);

        impl $Word {
            $( $(#[doc = $fdoc])+ pub const $FIELD: $crate::Field<$Word> = $crate::Field::new($lsb, $width); )*
            /// The fields as data, from the lowest bit up.
            pub const FIELDS: &'static [$crate::FieldInfo] = &[ $( $crate::FieldInfo {
                name: stringify!($FIELD),
                lsb: $lsb,
                width: $width,
                access: $crate::Access::$access,
                reset: 0 $(+ $reset)?,
                values: $crate::table::word!(@values $($values)?),
                doc: concat!($($fdoc, "\n"),+),
            }, )* ];
            /// From the whole word.
            pub const fn from_bits(bits: u32) -> Self {
                Self(bits)
            }
            /// The whole word.
            pub const fn bits(self) -> u32 {
                self.0
            }
            /// The value of a field.
            pub const fn get(self, field: $crate::Field<Self>) -> u32 {
                (self.0 >> field.lsb) & field.max()
            }
            /// Whether any bit of a field is set.
            pub const fn has(self, field: $crate::Field<Self>) -> bool {
                self.0 & field.mask() != 0
            }
            /// The word with a field replaced; bits of `value` beyond the field are dropped.
            #[must_use]
            pub const fn with(self, field: $crate::Field<Self>, value: u32) -> Self {
                Self((self.0 & !field.mask()) | ((value & field.max()) << field.lsb))
            }
        }

        impl Default for $Word {
            /// The value after reset.
            fn default() -> Self {
                Self($crate::table::reset_of(Self::FIELDS))
            }
        }

        impl core::fmt::Debug for $Word {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let mut s = f.debug_struct(stringify!($Word));
                $( s.field(stringify!($FIELD), &self.get(Self::$FIELD)); )*
                s.finish()
            }
        }
    };
    (@values) => { &[] };
    (@values $values:path) => { $values };
}

/// Makes the registers of a block: a type for each, its data, and the block's table.
macro_rules! registers {
    ($(#[doc = $bdoc:literal])+ $BLOCK:ident = $bname:literal at $base:literal, $bcount:literal x $stride:literal {
        $( $(#[doc = $doc:literal])+ $NAME:ident $Word:ident @ $offset:literal $(x $count:literal)? { $($fields:tt)* } )*
    }) => {
        $(
            $crate::table::word! { $(#[doc = $doc])+ $Word { $($fields)* } }
            impl $crate::Register for $Word {
                const INFO: &'static $crate::RegisterInfo = &$NAME;
                fn from_bits(bits: u32) -> Self {
                    Self(bits)
                }
                fn bits(self) -> u32 {
                    self.0
                }
            }
            $(#[doc = $doc])+
            pub const $NAME: $crate::RegisterInfo = $crate::RegisterInfo {
                name: stringify!($NAME),
                offset: $offset,
                count: 1 $(* $count)?,
                fields: $Word::FIELDS,
                doc: concat!($($doc, "\n"),+),
            };
        )*
        $(#[doc = $bdoc])+
        pub const $BLOCK: $crate::Block = $crate::Block {
            name: $bname,
            base: $base,
            count: $bcount,
            stride: $stride,
            registers: &[$(&$NAME),*],
            doc: concat!($($bdoc, "\n"),+),
        };
    };
}

/// Makes named values: a constant for each, and `ALL` of them as data.
macro_rules! values {
    ($( $(#[doc = $doc:literal])+ $NAME:ident = $value:literal; )*) => {
        $( $(#[doc = $doc])+ pub const $NAME: u32 = $value; )*
        /// All of these values as data.
        pub const ALL: &[$crate::Value] = &[ $( $crate::Value {
            name: stringify!($NAME),
            value: $value,
            doc: concat!($($doc, "\n"),+),
        } ),* ];
    };
}

pub(crate) use {registers, values, word};
