//! Table walker: up to two reads over `m_axi_ptw` a walk, one walk at a time.
//!
//! Serves the read path and the write path in turn. An invalidation or synchronisation that could
//! concern the walk makes it *stale*: its result is thrown away, and the requester, who still
//! wants it, gets a new walk.

use rust_hdl::prelude::*;
use vcm_regs::descriptor::*;

use super::codes::{DescriptorTypes, FaultCodes};
use super::config::*;
use super::types::*;
use crate::axi::AxiReadMaster;
use crate::prim::Reg;
use crate::words::unpack;

unpack! {
    /// First-level descriptor that points to a second-level table.
    TableFields of TableDescriptor {
        kind: Bits<2> = TYPE;
        domain: Bits<4> = DOMAIN;
        base: Bits<22> = BASE;
    }
}

unpack! {
    /// Section descriptor.
    SectionFields of SectionDescriptor {
        b: Bit = B;
        c: Bit = C;
        xn: Bit = XN;
        domain: Bits<4> = DOMAIN;
        ap: Bits<2> = AP;
        tex: Bits<3> = TEX;
        apx: Bit = APX;
        not_global: Bit = NG;
        is_super: Bit = SUPER;
        base: Bits<12> = BASE;
    }
}

unpack! {
    /// What a supersection has in other places than a section.
    SupersectionFields of SupersectionDescriptor {
        extbase_hi: Bits<4> = EXTBASE_HI;
        extbase_lo: Bits<4> = EXTBASE_LO;
        base: Bits<8> = BASE;
    }
}

unpack! {
    /// Large page descriptor.
    LargeFields of LargePageDescriptor {
        kind: Bits<2> = TYPE;
        b: Bit = B;
        c: Bit = C;
        ap: Bits<2> = AP;
        apx: Bit = APX;
        not_global: Bit = NG;
        tex: Bits<3> = TEX;
        xn: Bit = XN;
        base: Bits<16> = BASE;
    }
}

unpack! {
    /// Small page descriptor: what differs from a large page.
    SmallFields of SmallPageDescriptor {
        xn: Bit = XN;
        tex: Bits<3> = TEX;
        base: Bits<20> = BASE;
    }
}

/// Combinational decoding of a descriptor word of either level.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Decode {
    pub word: Signal<In, Bits<32>>,
    /// The read was answered with an error.
    pub bus_error: Signal<In, Bit>,
    pub level2: Signal<In, Bit>,
    pub request: Signal<In, WalkRequest>,
    /// Domain from the first level, for pages.
    pub table_domain: Signal<In, Bits<4>>,
    pub decoded: Signal<Out, Decoded>,
    pub translation: Signal<Out, Translation>,
    /// Address of the second-level descriptor if `decoded.table`.
    pub next_address: Signal<Out, Bits<32>>,
    pub domain: Signal<Out, Bits<4>>,
    kinds: DescriptorTypes,
    code: FaultCodes,
    pointer: TableFields,
    section: SectionFields,
    supersection: SupersectionFields,
    page64k: LargeFields,
    page4k: SmallFields,
    vpn: Signal<Local, Bits<20>>,
    ap: Signal<Local, Bits<3>>,
    tex: Signal<Local, Bits<3>>,
    c: Signal<Local, Bit>,
    b: Signal<Local, Bit>,
}

impl Logic for Decode {
    #[hdl_gen]
    fn update(&mut self) {
        self.pointer.word.next = self.word.val();
        self.section.word.next = self.word.val();
        self.supersection.word.next = self.word.val();
        self.page64k.word.next = self.word.val();
        self.page4k.word.next = self.word.val();
        self.vpn.next = self.request.val().vpn;
        self.next_address.next = (bit_cast::<32, 22>(self.pointer.base.val()) << 10)
            | (bit_cast::<32, 8>(self.vpn.val().get_bits::<8>(0)) << 2);
        self.domain.next = self.pointer.domain.val();

        self.translation.next.context = self.request.val().context;
        self.translation.next.asid = self.request.val().asid;
        self.translation.next.vpn = self.vpn.val();
        self.decoded.next.table = false;
        self.decoded.next.status = 0.into();
        if self.level2.val() {
            self.b.next = self.page64k.b.val();
            self.c.next = self.page64k.c.val();
            self.ap.next = bit_cast::<3, 2>(self.page64k.ap.val())
                | (bit_cast::<3, 1>(self.page64k.apx.val().into()) << 2);
            self.translation.next.not_global = self.page64k.not_global.val();
            self.translation.next.domain = self.table_domain.val();
            if self.page64k.kind.val() == self.kinds.large.val() {
                self.tex.next = self.page64k.tex.val();
                self.translation.next.xn = self.page64k.xn.val();
                self.translation.next.large = 1.into();
                self.translation.next.ppn = bit_cast::<20, 16>(self.page64k.base.val()) << 4;
            } else {
                self.tex.next = self.page4k.tex.val();
                self.translation.next.xn = self.page4k.xn.val();
                self.translation.next.large = 0.into();
                self.translation.next.ppn = self.page4k.base.val();
            }
            if self.bus_error.val() {
                self.decoded.next.status = self.code.walk_abort_l2.val();
            } else if self.page64k.kind.val() == self.kinds.fault.val() {
                self.decoded.next.status = self.code.translation_l2.val();
            } else if self.request.val().afe & !self.ap.val().get_bit(0) {
                self.decoded.next.status = self.code.access_flag_l2.val();
            }
        } else {
            self.b.next = self.section.b.val();
            self.c.next = self.section.c.val();
            self.ap.next = bit_cast::<3, 2>(self.section.ap.val())
                | (bit_cast::<3, 1>(self.section.apx.val().into()) << 2);
            self.tex.next = self.section.tex.val();
            self.translation.next.not_global = self.section.not_global.val();
            self.translation.next.xn = self.section.xn.val();
            if self.section.is_super.val() {
                self.translation.next.domain = 0.into();
                self.translation.next.large = 7.into();
                self.translation.next.ppn = bit_cast::<20, 8>(self.supersection.base.val()) << 12;
            } else {
                self.translation.next.domain = self.section.domain.val();
                self.translation.next.large = 3.into();
                self.translation.next.ppn = bit_cast::<20, 12>(self.section.base.val()) << 8;
            }
            if self.bus_error.val() {
                self.decoded.next.status = self.code.walk_abort_l1.val();
            } else if self.pointer.kind.val() == self.kinds.table.val() {
                self.decoded.next.table = true;
            } else if (self.pointer.kind.val() != self.kinds.section.val())
                | (self.section.is_super.val()
                    & (self.supersection.extbase_hi.val().any()
                        | self.supersection.extbase_lo.val().any()))
            {
                self.decoded.next.status = self.code.translation_l1.val();
            } else if self.request.val().afe & !self.ap.val().get_bit(0) {
                self.decoded.next.status = self.code.access_flag_l1.val();
            }
        }
        self.translation.next.ap = self.ap.val();
        self.translation.next.memory = (bit_cast::<5, 3>(self.tex.val()) << 2)
            | (bit_cast::<5, 1>(self.c.val().into()) << 1)
            | bit_cast::<5, 1>(self.b.val().into());
    }
}

/// State of the walker.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum WalkerState {
    /// Waits for a request.
    Idle,
    /// Drives ARVALID.
    Address,
    /// Waits for the descriptor.
    Data,
    /// Decodes it.
    Decode,
    /// Hands the result over.
    Done,
}

/// The walker.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Walker {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub read_walk: Signal<In, Bit>,
    pub read_request: Signal<In, WalkRequest>,
    pub write_walk: Signal<In, Bit>,
    pub write_request: Signal<In, WalkRequest>,
    /// One cycle: the result is a translation for the read (write) path.
    pub read_fill: Signal<Out, Bit>,
    pub write_fill: Signal<Out, Bit>,
    /// One cycle: the result is a fault.
    pub read_fault: Signal<Out, Bit>,
    pub write_fault: Signal<Out, Bit>,
    pub status: Signal<Out, Bits<5>>,
    pub translation: Signal<Out, Translation>,
    pub command: Signal<In, TlbCommand>,
    /// Context of a stale walk that is not over, one-hot.
    pub waits: Signal<Out, Bits<CONTEXTS>>,
    /// One cycle: a walk begins.
    pub count_walk: Signal<Out, Bit>,
    pub walking: Signal<Out, Bit>,
    pub m_axi_ptw: AxiReadMaster<2>,
    decode: Decode,
    state: Reg<WalkerState>,
    request: Reg<WalkRequest>,
    for_write: Reg<Bit>,
    level2: Reg<Bit>,
    stale: Reg<Bit>,
    address: Reg<Bits<32>>,
    word: Reg<Bits<32>>,
    bus_error: Reg<Bit>,
    domain: Reg<Bits<4>>,
    result: Reg<Translation>,
    result_status: Reg<Bits<5>>,
    take_write: Signal<Local, Bit>,
    chosen: Signal<Local, WalkRequest>,
    chosen_vpn: Signal<Local, Bits<20>>,
    concerned: Signal<Local, Bit>,
    one: Signal<Local, Bits<CONTEXTS>>,
    resp: Signal<Local, Bits<2>>,
}

impl Logic for Walker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            state,
            request,
            for_write,
            level2,
            stale,
            address,
            word,
            bus_error,
            domain,
            result,
            result_status
        );
        self.state.reset.next = self.reset.val();
        self.request.reset.next = self.reset.val();
        self.for_write.reset.next = self.reset.val();
        self.level2.reset.next = self.reset.val();
        self.stale.reset.next = self.reset.val();
        self.address.reset.next = self.reset.val();
        self.word.reset.next = self.reset.val();
        self.bus_error.reset.next = self.reset.val();
        self.domain.reset.next = self.reset.val();
        self.result.reset.next = self.reset.val();
        self.result_status.reset.next = self.reset.val();

        self.m_axi_ptw.arid.next = 0.into();
        self.m_axi_ptw.araddr.next = self.address.q.val();
        self.m_axi_ptw.arlen.next = 0.into();
        self.m_axi_ptw.arsize.next = 2.into();
        self.m_axi_ptw.arburst.next = 1.into();
        self.m_axi_ptw.arlock.next = false;
        self.m_axi_ptw.arcache.next = 3.into(); // normal, non-cacheable, bufferable
        self.m_axi_ptw.arprot.next = 1.into(); // privileged, secure, data
        self.m_axi_ptw.arqos.next = 0.into();
        self.m_axi_ptw.aruser.next = 0.into();
        self.m_axi_ptw.arvalid.next = self.state.q.val() == WalkerState::Address;
        self.m_axi_ptw.rready.next = self.state.q.val() == WalkerState::Data;

        self.decode.word.next = self.word.q.val();
        self.decode.bus_error.next = self.bus_error.q.val();
        self.decode.level2.next = self.level2.q.val();
        self.decode.request.next = self.request.q.val();
        self.decode.table_domain.next = self.domain.q.val();

        self.concerned.next = (self.command.val().invalidate | self.command.val().sync)
            & (!self.command.val().by_context
                | (self.command.val().context == self.request.q.val().context));
        self.walking.next = self.state.q.val() != WalkerState::Idle;
        if self.walking.val() & self.concerned.val() {
            self.stale.d.next = true;
        }
        self.one.next = 1.into();
        self.waits.next = 0.into();
        if self.walking.val() & self.stale.q.val() {
            self.waits.next = self.one.val() << self.request.q.val().context;
        }

        // The path that was not served last goes first.
        self.take_write.next =
            self.write_walk.val() & (!self.read_walk.val() | !self.for_write.q.val());
        self.chosen.next = self.read_request.val();
        if self.take_write.val() {
            self.chosen.next = self.write_request.val();
        }
        self.chosen_vpn.next = self.chosen.val().vpn;

        self.count_walk.next = false;
        self.read_fill.next = false;
        self.write_fill.next = false;
        self.read_fault.next = false;
        self.write_fault.next = false;
        self.status.next = self.result_status.q.val();
        self.translation.next = self.result.q.val();
        self.resp.next = self.m_axi_ptw.rresp.val();
        match self.state.q.val() {
            WalkerState::Idle => {
                self.stale.d.next = false;
                self.level2.d.next = false;
                if self.read_walk.val() | self.write_walk.val() {
                    self.count_walk.next = true;
                    self.for_write.d.next = self.take_write.val();
                    self.request.d.next = self.chosen.val();
                    self.address.d.next = (bit_cast::<32, 18>(self.chosen.val().base) << 14)
                        | (bit_cast::<32, 12>(self.chosen_vpn.val().get_bits::<12>(8)) << 2);
                    self.state.d.next = WalkerState::Address;
                }
            }
            WalkerState::Address => {
                if self.m_axi_ptw.arready.val() {
                    self.state.d.next = WalkerState::Data;
                }
            }
            WalkerState::Data => {
                self.word.d.next = bit_cast::<32, 32>(self.m_axi_ptw.rdata.val().get_bits::<32>(0));
                if self.address.q.val().get_bit(2) {
                    self.word.d.next =
                        bit_cast::<32, 32>(self.m_axi_ptw.rdata.val().get_bits::<32>(32));
                }
                self.bus_error.d.next = self.resp.val().get_bit(1);
                if self.m_axi_ptw.rvalid.val() {
                    self.state.d.next = WalkerState::Decode;
                }
            }
            WalkerState::Decode => {
                self.result.d.next = self.decode.translation.val();
                self.result_status.d.next = self.decode.decoded.val().status;
                self.domain.d.next = self.decode.domain.val();
                self.address.d.next = self.decode.next_address.val();
                if self.stale.q.val() {
                    self.state.d.next = WalkerState::Idle;
                } else if self.decode.decoded.val().table {
                    self.level2.d.next = true;
                    self.state.d.next = WalkerState::Address;
                } else {
                    self.state.d.next = WalkerState::Done;
                }
            }
            WalkerState::Done => {
                if self.stale.q.val() | self.concerned.val() {
                    self.state.d.next = WalkerState::Idle;
                } else if !self.command.val().invalidate {
                    // The TLBs take no fill in the cycle of an invalidation.
                    if self.result_status.q.val().any() {
                        self.read_fault.next = !self.for_write.q.val();
                        self.write_fault.next = self.for_write.q.val();
                    } else {
                        self.read_fill.next = !self.for_write.q.val();
                        self.write_fill.next = self.for_write.q.val();
                    }
                    self.state.d.next = WalkerState::Idle;
                }
            }
            _ => {
                self.state.d.next = WalkerState::Idle;
            }
        }
    }
}
