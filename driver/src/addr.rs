//! Addresses as types: what the device sends is never mistaken for what the memory sees.

use core::fmt;

macro_rules! address {
    ($(#[$doc:meta])* $Name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Name(u32);

        impl $Name {
            /// From a number of bytes.
            pub const fn new(bytes: u32) -> Self {
                Self(bytes)
            }
            /// As a number of bytes.
            pub const fn get(self) -> u32 {
                self.0
            }
            /// `bytes` further up; `None` when that is beyond the 32-bit space.
            pub const fn checked_add(self, bytes: u32) -> Option<Self> {
                match self.0.checked_add(bytes) {
                    Some(sum) => Some(Self(sum)),
                    None => None,
                }
            }
            /// Whether this is a multiple of `align`, a power of two.
            pub const fn is_aligned(self, align: u32) -> bool {
                self.0 & (align - 1) == 0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:#010x}", self.0)
            }
        }

        impl fmt::Debug for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($Name), "({:#010x})"), self.0)
            }
        }
    };
}

address! {
    /// A physical address: what `m_axi` and the CPU put on the memory bus, in bytes.
    PhysAddr
}

address! {
    /// An I/O virtual address: what a master puts on `s_axi`, in bytes.
    Iova
}
