//! The processor's register accesses, from a general-purpose port of the processing system.

use rust_hdl::prelude::*;

use super::axi3::*;
use super::step::Step;
use super::types::*;
use crate::axi::AxilMaster;
use crate::prim::Reg;

/// What becomes of the read burst.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum WordRead {
    /// There is none.
    Idle,
    /// The address of a beat is offered.
    Ask,
    /// Its data is awaited.
    Wait,
    /// It is offered to the processor.
    Give,
}

/// What becomes of the write burst.
#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
pub enum WordWrite {
    /// There is none.
    Idle,
    /// A beat is awaited.
    Take,
    /// The beat is offered and its answer awaited.
    Wait,
    /// The burst is answered.
    Give,
}

/// AXI3 to AXI4-Lite: every beat becomes an access of its own.
///
/// One read burst and one write burst are under way at a time; they do not wait for each other. INCR, WRAP
/// and FIXED bursts of up to 16 beats, and beats of 8, 16 and 32 bits: strobes pass, and lanes are the
/// bus's. R has its own response in each beat; B has the worst of its burst. IDs come back with the answer.
///
/// W beats are taken in the order of AW, and after their AW: the processing system does not interleave them,
/// so there is no `wid`. Exclusive and locked accesses are normal ones here.
///
/// The port stands in the first 64 KiB from `0x4000_0000`; elsewhere in the gigabyte of `M_AXI_GP0`
/// (UG585, table 4-1) nobody is, and the answer is DECERR. All outputs come from registers.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct RegisterPort {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub s_axi: Axi3WordSlave<GP_ID_BITS>,
    pub m_axil: AxilMaster<16>,

    read: Reg<WordRead>,
    read_id: Reg<Bits<GP_ID_BITS>>,
    read_page: Reg<Bits<4>>,
    read_addr: Reg<Bits<12>>,
    read_len: Reg<Bits<4>>,
    read_left: Reg<Bits<4>>,
    read_size: Reg<Bits<3>>,
    read_burst: Reg<Bits<2>>,
    read_prot: Reg<Bits<3>>,
    /// Somebody is at the address.
    read_hit: Reg<Bit>,
    read_data: Reg<Bits<32>>,
    read_resp: Reg<Bits<2>>,
    read_step: Step,
    read_here: Signal<Local, Bit>,

    write: Reg<WordWrite>,
    write_id: Reg<Bits<GP_ID_BITS>>,
    write_page: Reg<Bits<4>>,
    write_addr: Reg<Bits<12>>,
    write_len: Reg<Bits<4>>,
    write_left: Reg<Bits<4>>,
    write_size: Reg<Bits<3>>,
    write_burst: Reg<Bits<2>>,
    write_prot: Reg<Bits<3>>,
    write_hit: Reg<Bit>,
    write_data: Reg<Bits<32>>,
    write_strb: Reg<Bits<4>>,
    write_resp: Reg<Bits<2>>,
    /// AW has not been taken.
    aw_offered: Reg<Bit>,
    /// W has not been taken.
    w_offered: Reg<Bit>,
    write_step: Step,
    write_here: Signal<Local, Bit>,
    /// The present beat is over.
    written: Signal<Local, Bit>,

    window: Constant<Bits<16>>,
    decerr: Constant<Bits<2>>,
}

impl Default for RegisterPort {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            s_axi: Default::default(),
            m_axil: Default::default(),
            read: Default::default(),
            read_id: Default::default(),
            read_page: Default::default(),
            read_addr: Default::default(),
            read_len: Default::default(),
            read_left: Default::default(),
            read_size: Default::default(),
            read_burst: Default::default(),
            read_prot: Default::default(),
            read_hit: Default::default(),
            read_data: Default::default(),
            read_resp: Default::default(),
            read_step: Default::default(),
            read_here: Default::default(),
            write: Default::default(),
            write_id: Default::default(),
            write_page: Default::default(),
            write_addr: Default::default(),
            write_len: Default::default(),
            write_left: Default::default(),
            write_size: Default::default(),
            write_burst: Default::default(),
            write_prot: Default::default(),
            write_hit: Default::default(),
            write_data: Default::default(),
            write_strb: Default::default(),
            write_resp: Default::default(),
            aw_offered: Default::default(),
            w_offered: Default::default(),
            write_step: Default::default(),
            write_here: Default::default(),
            written: Default::default(),
            window: Constant::new(u64::from(super::WINDOW >> 16).into()),
            decerr: Constant::new(3.into()),
        }
    }
}

impl Logic for RegisterPort {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            read,
            read_id,
            read_page,
            read_addr,
            read_len,
            read_left,
            read_size,
            read_burst,
            read_prot,
            read_hit,
            read_data,
            read_resp,
            write,
            write_id,
            write_page,
            write_addr,
            write_len,
            write_left,
            write_size,
            write_burst,
            write_prot,
            write_hit,
            write_data,
            write_strb,
            write_resp,
            aw_offered,
            w_offered
        );
        self.read.reset.next = self.reset.val();
        self.read_id.reset.next = self.reset.val();
        self.read_page.reset.next = self.reset.val();
        self.read_addr.reset.next = self.reset.val();
        self.read_len.reset.next = self.reset.val();
        self.read_left.reset.next = self.reset.val();
        self.read_size.reset.next = self.reset.val();
        self.read_burst.reset.next = self.reset.val();
        self.read_prot.reset.next = self.reset.val();
        self.read_hit.reset.next = self.reset.val();
        self.read_data.reset.next = self.reset.val();
        self.read_resp.reset.next = self.reset.val();
        self.write.reset.next = self.reset.val();
        self.write_id.reset.next = self.reset.val();
        self.write_page.reset.next = self.reset.val();
        self.write_addr.reset.next = self.reset.val();
        self.write_len.reset.next = self.reset.val();
        self.write_left.reset.next = self.reset.val();
        self.write_size.reset.next = self.reset.val();
        self.write_burst.reset.next = self.reset.val();
        self.write_prot.reset.next = self.reset.val();
        self.write_hit.reset.next = self.reset.val();
        self.write_data.reset.next = self.reset.val();
        self.write_strb.reset.next = self.reset.val();
        self.write_resp.reset.next = self.reset.val();
        self.aw_offered.reset.next = self.reset.val();
        self.w_offered.reset.next = self.reset.val();

        // Reads.
        self.read_step.addr.next = self.read_addr.q.val();
        self.read_step.len.next = self.read_len.q.val();
        self.read_step.size.next = self.read_size.q.val();
        self.read_step.burst.next = self.read_burst.q.val();
        self.read_here.next = self.s_axi.araddr.val().get_bits::<16>(16) == self.window.val();
        self.s_axi.arready.next = false;
        self.m_axil.arvalid.next = false;
        self.m_axil.rready.next = false;
        self.s_axi.rvalid.next = false;
        match self.read.q.val() {
            WordRead::Idle => {
                self.s_axi.arready.next = true;
                self.read_id.d.next = self.s_axi.arid.val();
                self.read_page.d.next = self.s_axi.araddr.val().get_bits::<4>(12);
                self.read_addr.d.next = self.s_axi.araddr.val().get_bits::<12>(0);
                self.read_len.d.next = self.s_axi.arlen.val();
                self.read_left.d.next = self.s_axi.arlen.val();
                self.read_size.d.next = self.s_axi.arsize.val();
                self.read_burst.d.next = self.s_axi.arburst.val();
                self.read_prot.d.next = self.s_axi.arprot.val();
                self.read_hit.d.next = self.read_here.val();
                self.read_data.d.next = 0.into();
                self.read_resp.d.next = self.decerr.val();
                if self.s_axi.arvalid.val() {
                    self.read.d.next = WordRead::Give;
                    if self.read_here.val() {
                        self.read.d.next = WordRead::Ask;
                    }
                }
            }
            WordRead::Ask => {
                self.m_axil.arvalid.next = true;
                if self.m_axil.arready.val() {
                    self.read.d.next = WordRead::Wait;
                }
            }
            WordRead::Wait => {
                self.m_axil.rready.next = true;
                self.read_data.d.next = self.m_axil.rdata.val();
                self.read_resp.d.next = self.m_axil.rresp.val();
                if self.m_axil.rvalid.val() {
                    self.read.d.next = WordRead::Give;
                }
            }
            WordRead::Give => {
                self.s_axi.rvalid.next = true;
                if self.s_axi.rready.val() {
                    self.read_left.d.next = self.read_left.q.val() - 1;
                    self.read_addr.d.next = self.read_step.after.val();
                    if !self.read_left.q.val().any() {
                        self.read.d.next = WordRead::Idle;
                    } else if self.read_hit.q.val() {
                        self.read.d.next = WordRead::Ask;
                    }
                }
            }
            _ => {
                self.read.d.next = WordRead::Idle;
            }
        }
        self.m_axil.araddr.next = (bit_cast::<16, 4>(self.read_page.q.val()) << 12)
            | bit_cast::<16, 12>(self.read_addr.q.val());
        self.m_axil.arprot.next = self.read_prot.q.val();
        self.s_axi.rid.next = self.read_id.q.val();
        self.s_axi.rdata.next = self.read_data.q.val();
        self.s_axi.rresp.next = self.read_resp.q.val();
        self.s_axi.rlast.next = !self.read_left.q.val().any();

        // Writes.
        self.write_step.addr.next = self.write_addr.q.val();
        self.write_step.len.next = self.write_len.q.val();
        self.write_step.size.next = self.write_size.q.val();
        self.write_step.burst.next = self.write_burst.q.val();
        self.write_here.next = self.s_axi.awaddr.val().get_bits::<16>(16) == self.window.val();
        self.s_axi.awready.next = false;
        self.s_axi.wready.next = false;
        self.m_axil.bready.next = false;
        self.s_axi.bvalid.next = false;
        self.written.next = false;
        match self.write.q.val() {
            WordWrite::Idle => {
                self.s_axi.awready.next = true;
                self.write_id.d.next = self.s_axi.awid.val();
                self.write_page.d.next = self.s_axi.awaddr.val().get_bits::<4>(12);
                self.write_addr.d.next = self.s_axi.awaddr.val().get_bits::<12>(0);
                self.write_len.d.next = self.s_axi.awlen.val();
                self.write_left.d.next = self.s_axi.awlen.val();
                self.write_size.d.next = self.s_axi.awsize.val();
                self.write_burst.d.next = self.s_axi.awburst.val();
                self.write_prot.d.next = self.s_axi.awprot.val();
                self.write_hit.d.next = self.write_here.val();
                self.write_resp.d.next = self.decerr.val();
                if self.write_here.val() {
                    self.write_resp.d.next = 0.into();
                }
                if self.s_axi.awvalid.val() {
                    self.write.d.next = WordWrite::Take;
                }
            }
            WordWrite::Take => {
                self.s_axi.wready.next = true;
                self.write_data.d.next = self.s_axi.wdata.val();
                self.write_strb.d.next = self.s_axi.wstrb.val();
                if self.s_axi.wvalid.val() {
                    self.aw_offered.d.next = self.write_hit.q.val();
                    self.w_offered.d.next = self.write_hit.q.val();
                    if self.write_hit.q.val() {
                        self.write.d.next = WordWrite::Wait;
                    } else {
                        self.written.next = true;
                    }
                }
            }
            WordWrite::Wait => {
                self.m_axil.bready.next = true;
                if self.m_axil.bvalid.val() {
                    self.written.next = true;
                    if self.m_axil.bresp.val() > self.write_resp.q.val() {
                        self.write_resp.d.next = self.m_axil.bresp.val();
                    }
                }
            }
            WordWrite::Give => {
                self.s_axi.bvalid.next = true;
                if self.s_axi.bready.val() {
                    self.write.d.next = WordWrite::Idle;
                }
            }
            _ => {
                self.write.d.next = WordWrite::Idle;
            }
        }
        if self.written.val() {
            self.write_left.d.next = self.write_left.q.val() - 1;
            self.write_addr.d.next = self.write_step.after.val();
            self.write.d.next = WordWrite::Take;
            if !self.write_left.q.val().any() {
                self.write.d.next = WordWrite::Give;
            }
        }
        if self.aw_offered.q.val() & self.m_axil.awready.val() {
            self.aw_offered.d.next = false;
        }
        if self.w_offered.q.val() & self.m_axil.wready.val() {
            self.w_offered.d.next = false;
        }
        self.m_axil.awvalid.next = self.aw_offered.q.val();
        self.m_axil.awaddr.next = (bit_cast::<16, 4>(self.write_page.q.val()) << 12)
            | bit_cast::<16, 12>(self.write_addr.q.val());
        self.m_axil.awprot.next = self.write_prot.q.val();
        self.m_axil.wvalid.next = self.w_offered.q.val();
        self.m_axil.wdata.next = self.write_data.q.val();
        self.m_axil.wstrb.next = self.write_strb.q.val();
        self.s_axi.bid.next = self.write_id.q.val();
        self.s_axi.bresp.next = self.write_resp.q.val();
    }
}
