//! Macros that bring `vcm-regs` into kernels: fields of a word, and constants.

/// Makes a block that takes a 32-bit word apart by the fields of `vcm-regs`: input `word`, an
/// output for each field.
macro_rules! unpack {
    ($(#[$doc:meta])* $Block:ident of $Word:ty { $($out:ident : $ty:ty = $FIELD:ident;)* }) => {
        $(#[$doc])*
        #[derive(rust_hdl::prelude::LogicBlock, Default)]
        #[allow(missing_docs)]
        pub struct $Block {
            pub word: rust_hdl::prelude::Signal<rust_hdl::prelude::In, rust_hdl::prelude::Bits<32>>,
            $( pub $out: rust_hdl::prelude::Signal<rust_hdl::prelude::Out, $ty>, )*
        }
        impl rust_hdl::prelude::Logic for $Block {
            fn update(&mut self) {
                let word = <$Word>::from_bits(self.word.val().to_u64() as u32);
                $( self.$out.next = $crate::words::Plain::from_plain(word.get(<$Word>::$FIELD)); )*
            }
            fn connect(&mut self) {
                $( self.$out.connect(); )*
            }
            fn hdl(&self) -> rust_hdl::prelude::Verilog {
                use rust_hdl::core::ast::{VerilogExpression as E, VerilogStatement as S};
                rust_hdl::prelude::Verilog::Combinatorial(vec![$(
                    S::Assignment(
                        E::Signal(stringify!($out).into()),
                        E::Slice(
                            Box::new(E::Signal("word".into())),
                            <$Word>::$FIELD.width as usize,
                            Box::new(E::Literal((<$Word>::$FIELD.lsb as usize).into())),
                        ),
                    ),
                )*])
            }
        }
    };
}

/// Makes a block that puts a 32-bit word together by the fields of `vcm-regs`: an input for each
/// field, output `word`; all other bits are 0.
macro_rules! pack {
    ($(#[$doc:meta])* $Block:ident of $Word:ty { $($input:ident : $ty:ty = $FIELD:ident;)* }) => {
        $(#[$doc])*
        #[derive(rust_hdl::prelude::LogicBlock, Default)]
        #[allow(missing_docs)]
        pub struct $Block {
            $( pub $input: rust_hdl::prelude::Signal<rust_hdl::prelude::In, $ty>, )*
            pub word: rust_hdl::prelude::Signal<rust_hdl::prelude::Out, rust_hdl::prelude::Bits<32>>,
        }
        impl rust_hdl::prelude::Logic for $Block {
            fn update(&mut self) {
                let word = <$Word>::from_bits(0)
                    $( .with(<$Word>::$FIELD, $crate::words::Plain::to_plain(self.$input.val())) )*;
                self.word.next = u64::from(word.bits()).into();
            }
            fn connect(&mut self) {
                self.word.connect();
            }
            fn hdl(&self) -> rust_hdl::prelude::Verilog {
                use rust_hdl::core::ast::{VerilogExpression as E, VerilogStatement as S};
                rust_hdl::prelude::Verilog::Combinatorial(vec![
                    S::Assignment(E::Signal("word".into()), E::Literal(0u32.into())),
                    $( S::SliceAssignment {
                        base: E::Signal("word".into()),
                        width: <$Word>::$FIELD.width as usize,
                        offset: E::Literal((<$Word>::$FIELD.lsb as usize).into()),
                        replacement: E::Signal(stringify!($input).into()),
                    }, )*
                ])
            }
        }
    };
}

/// Makes a bundle of constants, for kernels cannot name Rust constants.
macro_rules! constants {
    ($(#[$doc:meta])* $Bundle:ident { $($name:ident : $width:literal = $value:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[allow(missing_docs)]
        pub struct $Bundle {
            $( pub $name: rust_hdl::prelude::Constant<rust_hdl::prelude::Bits<$width>>, )*
        }
        impl Default for $Bundle {
            fn default() -> Self {
                Self { $( $name: rust_hdl::prelude::Constant::new(u64::from($value).into()), )* }
            }
        }
        impl rust_hdl::prelude::Logic for $Bundle {
            fn update(&mut self) {}
        }
        impl rust_hdl::prelude::Block for $Bundle {
            fn connect_all(&mut self) {}
            fn update_all(&mut self) {}
            fn has_changed(&self) -> bool {
                false
            }
            fn accept(&self, name: &str, probe: &mut dyn rust_hdl::prelude::Probe) {
                probe.visit_start_namespace(name, self);
                $( self.$name.accept(stringify!($name), probe); )*
                probe.visit_end_namespace(name, self);
            }
        }
    };
}

/// Conversion of a signal's value from and to a plain number.
pub trait Plain {
    /// From the low bits of a number.
    fn from_plain(value: u32) -> Self;
    /// As a number.
    fn to_plain(self) -> u32;
}

impl Plain for bool {
    fn from_plain(value: u32) -> Self {
        value & 1 != 0
    }
    fn to_plain(self) -> u32 {
        self.into()
    }
}

impl<const N: usize> Plain for rust_hdl::prelude::Bits<N> {
    fn from_plain(value: u32) -> Self {
        u64::from(value).into()
    }
    fn to_plain(self) -> u32 {
        self.to_u64() as u32
    }
}

pub(crate) use {constants, pack, unpack};
