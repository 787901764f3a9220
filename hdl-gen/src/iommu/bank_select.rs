//! Addresses of the context banks.

use rust_hdl::prelude::*;
use vcm_regs::context;

use super::config::*;

/// Which bank, and which register in it, an address of the window is.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct BankSelect {
    pub addr: Signal<In, Bits<16>>,
    pub hit: Signal<Out, Bit>,
    pub index: Signal<Out, Bits<CONTEXT_BITS>>,
    pub offset: Signal<Out, Bits<16>>,
    base: Constant<Bits<4>>,
    banks: Constant<Bits<4>>,
    bank: Signal<Local, Bits<4>>,
}

impl Default for BankSelect {
    fn default() -> Self {
        // A bank is one 4 KiB page, so address bits [15:12] number it.
        assert_eq!(context::BLOCK.stride, 0x1000, "the stride of context banks");
        Self {
            addr: Default::default(),
            hit: Default::default(),
            index: Default::default(),
            offset: Default::default(),
            base: Constant::new(u64::from(context::BLOCK.base >> 12).into()),
            banks: Constant::new((CONTEXTS as u64).into()),
            bank: Default::default(),
        }
    }
}

impl Logic for BankSelect {
    #[hdl_gen]
    fn update(&mut self) {
        self.bank.next = self.addr.val().get_bits::<4>(12) - self.base.val();
        self.hit.next = self.bank.val() < self.banks.val();
        self.index.next = self.bank.val().get_bits::<CONTEXT_BITS>(0);
        self.offset.next = bit_cast::<16, 12>(self.addr.val().get_bits::<12>(0));
    }
}
