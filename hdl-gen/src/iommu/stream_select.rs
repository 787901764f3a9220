//! Addresses of the stream map.

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;

/// Which register of the map an address of the window is.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct StreamSelect {
    pub addr: Signal<In, Bits<16>>,
    pub hit: Signal<Out, Bit>,
    pub index: Signal<Out, Bits<STREAM_BITS>>,
    base: Constant<Bits<14>>,
    streams: Constant<Bits<14>>,
    word: Signal<Local, Bits<14>>,
}

impl Default for StreamSelect {
    fn default() -> Self {
        let first = global::BLOCK.at(0) + global::S2CR.offset;
        Self {
            addr: Default::default(),
            hit: Default::default(),
            index: Default::default(),
            base: Constant::new(u64::from(first / 4).into()),
            streams: Constant::new((STREAMS as u64).into()),
            word: Default::default(),
        }
    }
}

impl Logic for StreamSelect {
    #[hdl_gen]
    fn update(&mut self) {
        self.word.next = self.addr.val().get_bits::<14>(2) - self.base.val();
        self.hit.next = self.word.val() < self.streams.val();
        self.index.next = self.word.val().get_bits::<STREAM_BITS>(0);
    }
}
