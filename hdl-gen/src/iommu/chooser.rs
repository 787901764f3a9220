//! Who is next, of the slots of a path.

use rust_hdl::prelude::*;

use super::config::*;

/// The first slot that wants, counted down from the one below `last`. Combinational.
#[derive(LogicBlock)]
pub struct Chooser {
    /// Bit n: n wants.
    pub want: Signal<In, Bits<SLOTS>>,
    /// Who was served last.
    pub last: Signal<In, Bits<SLOT_BITS>>,
    /// Somebody wants.
    pub any: Signal<Out, Bit>,
    /// Who is next, if `any`.
    pub pick: Signal<Out, Bits<SLOT_BITS>>,
    from: Signal<Local, Bits<SLOTS>>,
    low: Signal<Local, Bits<SLOTS>>,
    chosen: Signal<Local, Bits<SLOT_BITS>>,
    all: Constant<Bits<SLOTS>>,
}

impl Default for Chooser {
    fn default() -> Self {
        Self {
            want: Default::default(),
            last: Default::default(),
            any: Default::default(),
            pick: Default::default(),
            from: Default::default(),
            low: Default::default(),
            chosen: Default::default(),
            all: Constant::new(((1_u64 << SLOTS) - 1).into()),
        }
    }
}

impl Logic for Chooser {
    #[hdl_gen]
    fn update(&mut self) {
        self.from.next = self.all.val() << self.last.val();
        self.low.next = self.want.val() & !self.from.val();
        if !self.low.val().any() {
            self.low.next = self.want.val();
        }
        self.chosen.next = 0.into();
        for i in 0..SLOTS {
            if self.low.val().get_bit(i) {
                self.chosen.next = i.to_bits();
            }
        }
        self.any.next = self.want.val().any();
        self.pick.next = self.chosen.val();
    }
}
