//! The decision over one burst: pass, with which address, or fault, with which status.

use rust_hdl::prelude::*;

use super::attributes::Attributes;
use super::burst_check::BurstCheck;
use super::codes::FaultCodes;
use super::config::*;
use super::permission::PermissionCheck;
use super::tlb::Tlb;
use super::types::*;
use crate::prim::Reg;

/// The lookup stage of one direction, around its TLB.
///
/// While `valid`, `burst` is stable. `ready` says that `pass`, `status` and the rest are the answer;
/// it stays so until `advance` takes the burst away, but for cycles in which the TLB is busy, and
/// unless a command makes it look anew. On a miss, `walk` asks for a table walk until `walk_fill` or
/// `walk_fault` answers.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Lookup {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub burst: Signal<In, Burst>,
    /// A write, wired.
    pub write: Signal<In, Bit>,
    pub route: Signal<In, Route>,
    pub bank: Signal<In, ContextState>,
    pub advance: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub pass: Signal<Out, Bit>,
    /// Translated address and attributes if `pass`.
    pub address: Signal<Out, Bits<32>>,
    pub cache: Signal<Out, Bits<4>>,
    /// Fault status if not `pass`.
    pub status: Signal<Out, Bits<5>>,
    /// The stream is not mapped: DECERR instead of SLVERR.
    pub decode_error: Signal<Out, Bit>,
    pub command: Signal<In, TlbCommand>,
    pub walk: Signal<Out, Bit>,
    pub walk_request: Signal<Out, WalkRequest>,
    pub walk_fill: Signal<In, Bit>,
    pub walk_fault: Signal<In, Bit>,
    pub walk_status: Signal<In, Bits<5>>,
    pub walk_translation: Signal<In, Translation>,
    /// The first lookup of a burst hit or missed: one cycle, for the counters.
    pub count_hit: Signal<Out, Bit>,
    pub count_miss: Signal<Out, Bit>,
    key_of: KeyOf,
    check: BurstCheck,
    tlb: Tlb,
    permission: PermissionCheck,
    attributes: Attributes,
    code: FaultCodes,
    /// The walk for this burst in `fault_context` ended in a fault. A stream that has been routed to
    /// another context since is looked up there.
    fault_valid: Reg<Bit>,
    fault_context: Reg<Bits<CONTEXT_BITS>>,
    fault_status: Reg<Bits<5>>,
    /// The first lookup of this burst has been counted.
    counted: Reg<Bit>,
    virtual_address: Signal<Local, Bits<32>>,
    ppn: Signal<Local, Bits<20>>,
    span: Signal<Local, Bits<3>>,
    page: Signal<Local, Bits<20>>,
    translates: Signal<Local, Bit>,
    walks: Signal<Local, Bit>,
    same_page: Signal<Local, Bit>,
}

impl Logic for Lookup {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            fault_valid,
            fault_context,
            fault_status,
            counted
        );
        self.fault_valid.reset.next = self.reset.val();
        self.fault_context.reset.next = self.reset.val();
        self.fault_status.reset.next = self.reset.val();
        self.counted.reset.next = self.reset.val();
        self.tlb.clock.next = self.clock.val();
        self.tlb.reset.next = self.reset.val();

        self.check.burst.next = self.burst.val();
        self.tlb.key.next = self.key_of.key.val();
        self.key_of.burst.next = self.burst.val();
        self.key_of.route.next = self.route.val();
        self.key_of.bank.next = self.bank.val();
        self.tlb.command.next = self.command.val();
        self.tlb.fill.next = self.walk_fill.val();
        self.tlb.translation.next = self.walk_translation.val();
        self.permission.translation.next = self.tlb.result.val();
        self.permission.afe.next = self.bank.val().afe;
        self.permission.dacr.next = self.bank.val().dacr;
        self.permission.write.next = self.write.val();
        self.permission.privileged.next = self.key_of.privileged.val();
        self.permission.instruction.next = self.key_of.instruction.val();
        self.attributes.memory.next = self.tlb.result.val().memory;
        self.attributes.write.next = self.write.val();
        self.walk_request.next = self.key_of.request.val();

        self.ready.next = false;
        self.pass.next = false;
        self.status.next = 0.into();
        self.decode_error.next = false;
        self.walks.next = false;
        self.translates.next = false;
        if !self.route.val().bypass & !self.route.val().translate {
            self.ready.next = self.valid.val();
            self.status.next = self.code.unmapped_stream.val();
            self.decode_error.next = true;
        } else if self.check.illegal.val() {
            self.ready.next = self.valid.val();
            self.status.next = self.code.illegal_burst.val();
        } else if self.route.val().bypass {
            self.ready.next = self.valid.val();
            self.pass.next = true;
        } else if !self.bank.val().enabled {
            self.ready.next = self.valid.val();
            self.status.next = self.code.context_disabled.val();
        } else if self.fault_valid.q.val()
            & (self.fault_context.q.val() == self.route.val().context)
        {
            self.ready.next = self.valid.val();
            self.status.next = self.fault_status.q.val();
        } else if !self.tlb.busy.val() {
            self.translates.next = self.valid.val();
            if self.tlb.hit.val() {
                self.ready.next = self.valid.val();
                self.pass.next = !self.permission.fault.val();
                self.status.next = self.permission.status.val();
            } else {
                self.walks.next = self.valid.val();
            }
        }

        self.walk.next = self.walks.val();
        self.virtual_address.next = self.burst.val().addr;
        self.ppn.next = self.tlb.result.val().ppn;
        self.span.next = self.tlb.result.val().large;
        self.page.next = self.ppn.val();
        if self.span.val().get_bit(0) {
            self.page.next = (self.page.val() & 0xFFFF0)
                | bit_cast::<20, 4>(self.virtual_address.val().get_bits::<4>(12));
        }
        if self.span.val().get_bit(1) {
            self.page.next = (self.page.val() & 0xFFF0F)
                | (bit_cast::<20, 4>(self.virtual_address.val().get_bits::<4>(16)) << 4);
        }
        if self.span.val().get_bit(2) {
            self.page.next = (self.page.val() & 0xFF0FF)
                | (bit_cast::<20, 4>(self.virtual_address.val().get_bits::<4>(20)) << 8);
        }
        self.address.next = (bit_cast::<32, 20>(self.page.val()) << 12)
            | bit_cast::<32, 12>(self.virtual_address.val().get_bits::<12>(0));
        self.cache.next = self.burst.val().cache;
        if self.route.val().bypass {
            self.address.next = self.virtual_address.val();
        } else if self.bank.val().mtcfg {
            self.cache.next = self.attributes.cache.val();
        }

        // What was read before an invalidation or synchronisation is no longer to be trusted.
        if self.command.val().invalidate | self.command.val().sync {
            self.fault_valid.d.next = false;
        }
        // The burst that asked may have gone since, by a change of its stream's route.
        self.same_page.next = (self.walk_translation.val().vpn == self.key_of.key.val().vpn)
            & (self.walk_translation.val().context == self.key_of.key.val().context)
            & (self.walk_translation.val().asid == self.key_of.key.val().asid);
        if self.walk_fault.val() & self.walks.val() & self.same_page.val() {
            self.fault_valid.d.next = true;
            self.fault_context.d.next = self.route.val().context;
            self.fault_status.d.next = self.walk_status.val();
        }
        self.count_hit.next = self.translates.val() & self.tlb.hit.val() & !self.counted.q.val();
        self.count_miss.next = self.translates.val() & !self.tlb.hit.val() & !self.counted.q.val();
        if self.translates.val() {
            self.counted.d.next = true;
        }
        if self.advance.val() {
            self.counted.d.next = false;
            self.fault_valid.d.next = false;
        }
    }
}

/// The TLB key and the walk request of a burst.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct KeyOf {
    pub burst: Signal<In, Burst>,
    pub route: Signal<In, Route>,
    pub bank: Signal<In, ContextState>,
    pub key: Signal<Out, Key>,
    pub request: Signal<Out, WalkRequest>,
    /// AxPROT[0].
    pub privileged: Signal<Out, Bit>,
    /// AxPROT[2].
    pub instruction: Signal<Out, Bit>,
    addr: Signal<Local, Bits<32>>,
    prot: Signal<Local, Bits<3>>,
}

impl Logic for KeyOf {
    #[hdl_gen]
    fn update(&mut self) {
        self.addr.next = self.burst.val().addr;
        self.prot.next = self.burst.val().prot;
        self.key.next.context = self.route.val().context;
        self.key.next.asid = self.bank.val().asid;
        self.key.next.vpn = self.addr.val().get_bits::<20>(12);
        self.request.next.context = self.route.val().context;
        self.request.next.asid = self.bank.val().asid;
        self.request.next.vpn = self.addr.val().get_bits::<20>(12);
        self.request.next.base = self.bank.val().base;
        self.request.next.afe = self.bank.val().afe;
        self.privileged.next = self.prot.val().get_bit(0);
        self.instruction.next = self.prot.val().get_bit(2);
    }
}
