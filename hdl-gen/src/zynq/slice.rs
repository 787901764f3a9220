//! A register slice: cuts all paths of a channel.

use rust_hdl::prelude::*;

use crate::prim::Reg;

/// Holds up to two payloads of a VALID/READY channel; passes one a cycle, a cycle later.
///
/// All outputs, `s_ready` too, come from registers.
///
/// ```text
/// clock    _/-\_/-\_/-\_/-\_
/// s_valid  _/---\___________
/// m_valid  _____/---\_______
/// ```
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Slice<T: Synth> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub s_valid: Signal<In, Bit>,
    pub s_ready: Signal<Out, Bit>,
    pub s_data: Signal<In, T>,
    pub m_valid: Signal<Out, Bit>,
    pub m_ready: Signal<In, Bit>,
    pub m_data: Signal<Out, T>,
    head_valid: Reg<Bit>,
    head: Reg<T>,
    spare_valid: Reg<Bit>,
    spare: Reg<T>,
}

impl<T: Synth> Logic for Slice<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, head_valid, head, spare_valid, spare);
        self.head_valid.reset.next = self.reset.val();
        self.head.reset.next = self.reset.val();
        self.spare_valid.reset.next = self.reset.val();
        self.spare.reset.next = self.reset.val();

        self.s_ready.next = !self.spare_valid.q.val();
        self.m_valid.next = self.head_valid.q.val();
        self.m_data.next = self.head.q.val();
        if !self.spare_valid.q.val() {
            self.spare.d.next = self.s_data.val();
        }
        if self.m_ready.val() | !self.head_valid.q.val() {
            self.head_valid.d.next = self.spare_valid.q.val() | self.s_valid.val();
            self.head.d.next = self.s_data.val();
            if self.spare_valid.q.val() {
                self.head.d.next = self.spare.q.val();
            }
            self.spare_valid.d.next = false;
        } else if self.s_valid.val() {
            self.spare_valid.d.next = true;
        }
    }
}
