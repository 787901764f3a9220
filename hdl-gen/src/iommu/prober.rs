//! Prober: translations that software asks for, by V2P registers and by preloads.
//!
//! One request a context is kept; one after the other is looked up. `ask` is high until `taken`; then
//! the translator says, in one cycle each: `again` (look it up again), `wait` (when some walk is over),
//! or `done`.

use rust_hdl::prelude::*;

use super::config::*;
use super::types::*;
use crate::prim::{LutRam, Reg};

/// State of the prober.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum ProberState {
    /// Looks for a context with a request.
    Scan,
    /// Asks for a lookup.
    Ask,
    /// Is looked up, or walked for.
    Asked,
    /// Waits for a walk of another.
    Waiting,
}

/// The prober.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Prober {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub probe: Signal<In, ProbeRequest>,
    pub ask: Signal<Out, Bit>,
    /// What is asked; it stays until `done`.
    pub request: Signal<Out, ProbeRequest>,
    pub taken: Signal<In, Bit>,
    pub again: Signal<In, Bit>,
    pub waits: Signal<In, Bit>,
    /// A walk is over.
    pub woken: Signal<In, Bit>,
    pub done: Signal<In, Bit>,
    /// It has no answer.
    pub open: Signal<Out, Bit>,
    /// Contexts with requests that are not done.
    pub probing: Signal<Out, Bits<CONTEXTS>>,
    requests: LutRam<ProbeRequest, CONTEXT_BITS>,
    pending: Reg<Bits<CONTEXTS>>,
    current: Reg<Bits<CONTEXT_BITS>>,
    state: Reg<ProberState>,
    one: Signal<Local, Bits<CONTEXTS>>,
    kept: Signal<Local, Bits<CONTEXTS>>,
}

impl Logic for Prober {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, pending, current, state);
        self.pending.reset.next = self.reset.val();
        self.current.reset.next = self.reset.val();
        self.state.reset.next = self.reset.val();
        self.requests.clock.next = self.clock.val();
        self.requests.write.next = self.probe.val().valid;
        self.requests.write_address.next = self.probe.val().context;
        self.requests.write_data.next = self.probe.val();
        self.requests.read_address.next = self.current.q.val();
        self.request.next = self.requests.read_data.val();
        self.request.next.context = self.current.q.val();
        self.ask.next = self.state.q.val() == ProberState::Ask;
        self.open.next = self.state.q.val() != ProberState::Scan;
        self.probing.next = self.pending.q.val();

        self.one.next = 1.into();
        self.kept.next = self.pending.q.val();
        match self.state.q.val() {
            ProberState::Scan => {
                if self.pending.q.val().get_bit(self.current.q.val().index()) {
                    self.state.d.next = ProberState::Ask;
                } else {
                    self.current.d.next = self.current.q.val() + 1;
                }
            }
            ProberState::Ask => {
                if self.taken.val() {
                    self.state.d.next = ProberState::Asked;
                }
            }
            ProberState::Asked => {
                if self.again.val() {
                    self.state.d.next = ProberState::Ask;
                }
                if self.waits.val() {
                    self.state.d.next = ProberState::Waiting;
                    if self.woken.val() {
                        self.state.d.next = ProberState::Ask;
                    }
                }
                if self.done.val() {
                    self.kept.next =
                        self.pending.q.val() & !(self.one.val() << self.current.q.val());
                    self.current.d.next = self.current.q.val() + 1;
                    self.state.d.next = ProberState::Scan;
                }
            }
            ProberState::Waiting => {
                if self.woken.val() {
                    self.state.d.next = ProberState::Ask;
                }
            }
            _ => {
                self.state.d.next = ProberState::Scan;
            }
        }
        self.pending.d.next = self.kept.val();
        if self.probe.val().valid {
            self.pending.d.next = self.kept.val() | (self.one.val() << self.probe.val().context);
        }
    }
}
