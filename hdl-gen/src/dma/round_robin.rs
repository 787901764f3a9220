//! Who is next.

use rust_hdl::prelude::*;

/// The first of four who wants, counted from the one after `last`. Combinational.
#[derive(LogicBlock)]
pub struct RoundRobin {
    /// Bit n: n wants.
    pub want: Signal<In, Bits<4>>,
    /// Who was served last.
    pub last: Signal<In, Bits<2>>,
    /// Somebody wants.
    pub any: Signal<Out, Bit>,
    /// Who is next, if `any`.
    pub pick: Signal<Out, Bits<2>>,
    first: Signal<Local, Bits<2>>,
    second: Signal<Local, Bits<2>>,
    third: Signal<Local, Bits<2>>,
    chosen: Signal<Local, Bits<2>>,
    one: Constant<Bits<2>>,
    two: Constant<Bits<2>>,
    three: Constant<Bits<2>>,
}

impl Default for RoundRobin {
    fn default() -> Self {
        Self {
            want: Default::default(),
            last: Default::default(),
            any: Default::default(),
            pick: Default::default(),
            first: Default::default(),
            second: Default::default(),
            third: Default::default(),
            chosen: Default::default(),
            one: Constant::new(1.into()),
            two: Constant::new(2.into()),
            three: Constant::new(3.into()),
        }
    }
}

impl Logic for RoundRobin {
    #[hdl_gen]
    fn update(&mut self) {
        self.first.next = self.last.val() + self.one.val();
        self.second.next = self.last.val() + self.two.val();
        self.third.next = self.last.val() + self.three.val();
        self.chosen.next = self.last.val();
        if self.want.val().get_bit(self.third.val().index()) {
            self.chosen.next = self.third.val();
        }
        if self.want.val().get_bit(self.second.val().index()) {
            self.chosen.next = self.second.val();
        }
        if self.want.val().get_bit(self.first.val().index()) {
            self.chosen.next = self.first.val();
        }
        self.any.next = self.want.val().any();
        self.pick.next = self.chosen.val();
    }
}
