//! Stage A of a path: takes bursts from the master, and finds out where their stream goes.

use rust_hdl::prelude::*;

use super::burst_check::{BurstCheck, PageCheck};
use super::config::*;
use super::types::*;
use crate::prim::Reg;

/// Two-entry skid buffer of bursts, each with its route and whether it is legal.
///
/// ```text
///            cycle   0        1
/// in_valid/ready   ‾‾\__
/// stream → route   ‾‾\__                (combinational)
/// out_valid             ‾‾‾‾\__
/// ```
///
/// `in_ready` and everything but `stream` come from registers. After a `flush` the routes of the
/// bursts that wait are looked up anew before they may go on.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Intake {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_ready: Signal<Out, Bit>,
    pub in_burst: Signal<In, Burst>,
    pub stream: Signal<Out, Bits<STREAM_BITS>>,
    pub route: Signal<In, Route>,
    pub flush: Signal<In, Bit>,
    pub out_valid: Signal<Out, Bit>,
    /// Only while `out_valid`.
    pub out_taken: Signal<In, Bit>,
    pub burst: Signal<Out, Burst>,
    pub illegal: Signal<Out, Bit>,
    pub routed: Signal<Out, Route>,
    /// Only while not `out_taken`: to give the page of `burst` anew.
    pub again: Signal<In, Bit>,
    /// `burst` is another in the next cycle, or `again`: then these are its page, context and access.
    pub loads: Signal<Out, Bit>,
    pub next_vpn: Signal<Out, Bits<20>>,
    /// {instruction, privileged}.
    pub next_access: Signal<Out, Bits<2>>,
    pub next_context: Signal<Out, Bits<CONTEXT_BITS>>,
    check: BurstCheck,
    page_check: PageCheck,
    head_valid: Reg<Bit>,
    head: Reg<Burst>,
    head_illegal: Reg<Bit>,
    head_crosses: Reg<Bit>,
    head_route: Reg<Route>,
    /// The route is from before a flush.
    head_stale: Reg<Bit>,
    spare_valid: Reg<Bit>,
    spare: Reg<Burst>,
    spare_illegal: Reg<Bit>,
    spare_crosses: Reg<Bit>,
    spare_route: Reg<Route>,
    spare_stale: Reg<Bit>,
    accept: Signal<Local, Bit>,
    head_free: Signal<Local, Bit>,
    head_next: Signal<Local, Bit>,
    spare_next: Signal<Local, Bit>,
    /// Route of the spare burst, or of the one that comes; of the head, if that is stale.
    spare_routed: Signal<Local, Route>,
    coming: Signal<Local, Burst>,
    addr: Signal<Local, Bits<32>>,
    prot: Signal<Local, Bits<3>>,
    stays: Signal<Local, Bit>,
}

impl Logic for Intake {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            head_valid,
            head,
            head_illegal,
            head_crosses,
            head_route,
            head_stale,
            spare_valid,
            spare,
            spare_illegal,
            spare_crosses,
            spare_route,
            spare_stale
        );
        self.head_valid.reset.next = self.reset.val();
        self.head.reset.next = self.reset.val();
        self.head_illegal.reset.next = self.reset.val();
        self.head_crosses.reset.next = self.reset.val();
        self.head_route.reset.next = self.reset.val();
        self.head_stale.reset.next = self.reset.val();
        self.spare_valid.reset.next = self.reset.val();
        self.spare.reset.next = self.reset.val();
        self.spare_illegal.reset.next = self.reset.val();
        self.spare_crosses.reset.next = self.reset.val();
        self.spare_route.reset.next = self.reset.val();
        self.spare_stale.reset.next = self.reset.val();

        self.in_ready.next = !self.spare_valid.q.val();
        self.out_valid.next = self.head_valid.q.val() & !self.head_stale.q.val();
        self.burst.next = self.head.q.val();
        self.page_check.burst.next = self.in_burst.val();
        self.illegal.next = self.head_illegal.q.val() | self.head_crosses.q.val();
        self.routed.next = self.head_route.q.val();
        self.check.burst.next = self.in_burst.val();
        self.accept.next = self.in_valid.val() & !self.spare_valid.q.val();
        self.head_free.next = !self.head_valid.q.val() | self.out_taken.val();

        // The stream map has one port: what is stale comes first.
        self.stream.next = self.in_burst.val().stream;
        if self.head_stale.q.val() {
            self.stream.next = self.head.q.val().stream;
        } else if self.spare_stale.q.val() {
            self.stream.next = self.spare.q.val().stream;
        }

        if !self.spare_valid.q.val() {
            self.spare.d.next = self.in_burst.val();
            self.spare_illegal.d.next = self.check.illegal.val();
            self.spare_crosses.d.next = self.page_check.crosses.val();
        }
        self.coming.next = self.in_burst.val();
        if self.spare_valid.q.val() {
            self.coming.next = self.spare.q.val();
        }
        self.spare_routed.next = self.route.val();
        if self.spare_valid.q.val() & !self.spare_stale.q.val() & !self.head_stale.q.val() {
            self.spare_routed.next = self.spare_route.q.val();
        }
        if !self.head_stale.q.val() {
            self.spare_route.d.next = self.spare_routed.val();
        }
        // `out_taken` comes late in the cycle: what goes into the head does not depend on it.
        self.stays.next = self.head_stale.q.val() | (self.head_valid.q.val() & self.again.val());
        self.addr.next = self.coming.val().addr;
        self.prot.next = self.coming.val().prot;
        self.next_context.next = self.spare_routed.val().context;
        if self.stays.val() {
            self.addr.next = self.head.q.val().addr;
            self.prot.next = self.head.q.val().prot;
            self.next_context.next = self.head_route.q.val().context;
        }
        if self.head_stale.q.val() {
            self.next_context.next = self.route.val().context;
        }
        self.loads.next = self.head_free.val() | self.stays.val();
        if self.head_free.val() | self.head_stale.q.val() {
            self.head_route.d.next = self.spare_routed.val();
        }
        self.spare_next.next = self.spare_valid.q.val();
        self.head_next.next = true;
        self.head_stale.d.next = false;
        self.spare_stale.d.next = self.spare_stale.q.val() & self.head_stale.q.val();
        if self.head_free.val() {
            self.head_next.next = self.spare_valid.q.val() | self.accept.val();
            self.spare_next.next = false;
            self.head.d.next = self.coming.val();
            self.head_illegal.d.next = self.check.illegal.val();
            self.head_crosses.d.next = self.page_check.crosses.val();
            if self.spare_valid.q.val() {
                self.head_illegal.d.next = self.spare_illegal.q.val();
                self.head_crosses.d.next = self.spare_crosses.q.val();
            }
        } else if self.accept.val() {
            self.spare_next.next = true;
            self.spare_stale.d.next = self.head_stale.q.val();
        }
        if self.flush.val() {
            self.head_stale.d.next = self.head_next.val();
            self.spare_stale.d.next = self.spare_next.val();
        }
        self.next_vpn.next = self.addr.val().get_bits::<20>(12);
        self.next_access.next = (bit_cast::<2, 1>(self.prot.val().get_bits::<1>(2)) << 1)
            | bit_cast::<2, 1>(self.prot.val().get_bits::<1>(0));
        self.head_valid.d.next = self.head_next.val();
        self.spare_valid.d.next = self.spare_next.val();
    }
}
