//! The AXI4-Lite front end of a register file.

use crate::axi::AxilSlave;
use crate::prim::Reg;
use rust_hdl::prelude::*;

/// Turns AXI4-Lite accesses into register requests, one at a time.
///
/// AW and W may come in any order. Reads and writes alternate when both wait, so that neither
/// starves the other. A response that the master does not take holds up its own channel only.
///
/// | port | meaning |
/// |---|---|
/// | `wr` | one-cycle pulse: write `wr_data` under `wr_mask` to `wr_addr` |
/// | `wr_addr` | byte address, bits 1:0 are 0; it stands from the cycle before the pulse on |
/// | `wr_strb`, `wr_mask` | the byte strobes, and the same with one bit for each data bit |
/// | `wr_ok` | answer in the cycle of `wr`: somebody decodes `wr_addr`; otherwise SLVERR |
/// | `rd` | one-cycle pulse: read `rd_addr` |
/// | `rd_ok`, `rd_data` | answer in the cycle after `rd`: somebody decodes `rd_addr`, and the data; otherwise SLVERR, and the data have to be 0 |
///
/// `wr` and `rd` never pulse in the same cycle, and at most in every third one. `wr_addr` and `rd_addr` are
/// one register: it stands from the cycle before a pulse to the one after it, so that parents can decode it
/// into registers. `wr_data` and the strobes stay in the cycle after a pulse, too. While `hold` is high
/// W is not accepted, and no pulse comes in the next cycle: so `wr_data` is 0 if `hold` is high from
/// the reset on.
///
/// VALID, READY and payload of every AXI channel come
/// from registers (and WREADY from `hold`): nothing combinational leads from an AXI input to an AXI
/// output.
///
/// ```text
/// clock    _/-\_/-\_/-\_/-\_/-\_/-\_
/// awvalid  _/---\___________________
/// wvalid   _/---\___________________
/// wr_addr  _________X===========X___
/// wr       _____________/---\_______
/// wr_ok    _____________/---\_______
/// bvalid   _________________/---\___
///
/// arvalid  _/---\_______________________
/// rd_addr  _________X===========X_______
/// rd       _____________/---\___________
/// rd_data  _________________X===X_______
/// rvalid   _____________________/---\___
/// ```
#[derive(LogicBlock)]
pub struct AxilRegs {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous, active high.
    pub reset: Signal<In, Bit>,
    /// The bus.
    pub s_axil: AxilSlave<16>,
    /// No pulse in the next cycle.
    pub hold: Signal<In, Bit>,
    /// Write pulse.
    pub wr: Signal<Out, Bit>,
    /// Byte address of the word written.
    pub wr_addr: Signal<Out, Bits<16>>,
    /// Data written.
    pub wr_data: Signal<Out, Bits<32>>,
    /// Byte strobes of the write.
    pub wr_strb: Signal<Out, Bits<4>>,
    /// Bits of the word that are written.
    pub wr_mask: Signal<Out, Bits<32>>,
    /// The address written is decoded.
    pub wr_ok: Signal<In, Bit>,
    /// Read pulse.
    pub rd: Signal<Out, Bit>,
    /// Byte address of the word read.
    pub rd_addr: Signal<Out, Bits<16>>,
    /// The cycle after: the address read is decoded.
    pub rd_ok: Signal<In, Bit>,
    /// The cycle after: data read, 0 if the address is not decoded.
    pub rd_data: Signal<In, Bits<32>>,
    aw_full: Reg<Bit>,
    aw_addr: Reg<Bits<16>>,
    w_full: Reg<Bit>,
    w_data: Reg<Bits<32>>,
    w_strb: Reg<Bits<4>>,
    b_full: Reg<Bit>,
    b_resp: Reg<Bits<2>>,
    ar_full: Reg<Bit>,
    ar_addr: Reg<Bits<16>>,
    r_full: Reg<Bit>,
    r_resp: Reg<Bits<2>>,
    r_data: Reg<Bits<32>>,
    /// The last access was a write: a waiting read goes first.
    read_first: Reg<Bit>,
    /// The address of an access stands.
    stands: Reg<Bit>,
    /// An access runs.
    runs: Reg<Bit>,
    /// It is a write.
    writes: Reg<Bit>,
    /// The data of a read come.
    reads: Reg<Bit>,
    addr: Reg<Bits<16>>,
    can_write: Signal<Local, Bit>,
    can_read: Signal<Local, Bit>,
    do_write: Signal<Local, Bit>,
    do_read: Signal<Local, Bit>,
    mask: Signal<Local, Bits<32>>,
    okay: Constant<Bits<2>>,
    slverr: Constant<Bits<2>>,
}

impl Default for AxilRegs {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            s_axil: Default::default(),
            hold: Default::default(),
            wr: Default::default(),
            wr_addr: Default::default(),
            wr_data: Default::default(),
            wr_strb: Default::default(),
            wr_mask: Default::default(),
            wr_ok: Default::default(),
            rd: Default::default(),
            rd_addr: Default::default(),
            rd_ok: Default::default(),
            rd_data: Default::default(),
            aw_full: Default::default(),
            aw_addr: Default::default(),
            w_full: Default::default(),
            w_data: Default::default(),
            w_strb: Default::default(),
            b_full: Default::default(),
            b_resp: Default::default(),
            ar_full: Default::default(),
            ar_addr: Default::default(),
            r_full: Default::default(),
            r_resp: Default::default(),
            r_data: Default::default(),
            read_first: Default::default(),
            stands: Default::default(),
            runs: Default::default(),
            writes: Default::default(),
            reads: Default::default(),
            addr: Default::default(),
            can_write: Default::default(),
            can_read: Default::default(),
            do_write: Default::default(),
            do_read: Default::default(),
            mask: Default::default(),
            okay: Constant::new(0.into()),
            slverr: Constant::new(2.into()),
        }
    }
}

impl Logic for AxilRegs {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self, clock, aw_full, aw_addr, w_full, w_data, w_strb, b_full, b_resp, ar_full,
            ar_addr, r_full, r_resp, r_data, read_first, stands, runs, writes, reads, addr
        );
        self.aw_full.reset.next = self.reset.val();
        self.aw_addr.reset.next = self.reset.val();
        self.w_full.reset.next = self.reset.val();
        self.w_data.reset.next = self.reset.val();
        self.w_strb.reset.next = self.reset.val();
        self.b_full.reset.next = self.reset.val();
        self.b_resp.reset.next = self.reset.val();
        self.ar_full.reset.next = self.reset.val();
        self.ar_addr.reset.next = self.reset.val();
        self.r_full.reset.next = self.reset.val();
        self.r_resp.reset.next = self.reset.val();
        self.r_data.reset.next = self.reset.val();
        self.read_first.reset.next = self.reset.val();
        self.stands.reset.next = self.reset.val();
        self.runs.reset.next = self.reset.val();
        self.writes.reset.next = self.reset.val();
        self.reads.reset.next = self.reset.val();
        self.addr.reset.next = self.reset.val();

        // Which access is next. (Its channels' registers are still full while it runs.)
        self.can_write.next = self.aw_full.q.val() & self.w_full.q.val() & !self.b_full.q.val();
        self.can_read.next = self.ar_full.q.val() & !self.r_full.q.val() & !self.reads.q.val();
        self.runs.d.next = self.stands.q.val() & !self.hold.val();
        if self.stands.q.val() & !self.hold.val() {
            self.stands.d.next = false;
        }
        if !self.stands.q.val() & !self.runs.q.val() & (self.can_write.val() | self.can_read.val())
        {
            self.stands.d.next = true;
            self.writes.d.next =
                self.can_write.val() & (!self.can_read.val() | !self.read_first.q.val());
            self.addr.d.next = self.ar_addr.q.val();
            if self.can_write.val() & (!self.can_read.val() | !self.read_first.q.val()) {
                self.addr.d.next = self.aw_addr.q.val();
            }
        }
        self.do_write.next = self.runs.q.val() & self.writes.q.val();
        self.do_read.next = self.runs.q.val() & !self.writes.q.val();

        // AW, W, AR into their registers.
        if self.s_axil.awvalid.val() & !self.aw_full.q.val() {
            self.aw_addr.d.next = self.s_axil.awaddr.val();
            self.aw_full.d.next = true;
        }
        if self.s_axil.wvalid.val() & !self.w_full.q.val() & !self.hold.val() {
            self.w_data.d.next = self.s_axil.wdata.val();
            self.w_strb.d.next = self.s_axil.wstrb.val();
            self.w_full.d.next = true;
        }
        if self.s_axil.arvalid.val() & !self.ar_full.q.val() {
            self.ar_addr.d.next = self.s_axil.araddr.val();
            self.ar_full.d.next = true;
        }

        // B and R out of theirs.
        if self.s_axil.bready.val() {
            self.b_full.d.next = false;
        }
        if self.s_axil.rready.val() {
            self.r_full.d.next = false;
        }

        // The access itself.
        if self.do_write.val() {
            self.aw_full.d.next = false;
            self.w_full.d.next = false;
            self.b_full.d.next = true;
            self.b_resp.d.next = self.slverr.val();
            if self.wr_ok.val() {
                self.b_resp.d.next = self.okay.val();
            }
            self.read_first.d.next = true;
        }
        if self.do_read.val() {
            self.ar_full.d.next = false;
            self.read_first.d.next = false;
        }
        self.reads.d.next = self.do_read.val();
        if self.reads.q.val() {
            self.r_full.d.next = true;
            self.r_data.d.next = self.rd_data.val();
            self.r_resp.d.next = self.slverr.val();
            if self.rd_ok.val() {
                self.r_resp.d.next = self.okay.val();
            }
        }

        // Strobes to bits.
        self.mask.next = 0.into();
        if self.w_strb.q.val().get_bit(0) {
            self.mask.next = self.mask.val() | 0x0000_00FF;
        }
        if self.w_strb.q.val().get_bit(1) {
            self.mask.next = self.mask.val() | 0x0000_FF00;
        }
        if self.w_strb.q.val().get_bit(2) {
            self.mask.next = self.mask.val() | 0x00FF_0000;
        }
        if self.w_strb.q.val().get_bit(3) {
            self.mask.next = self.mask.val() | 0xFF00_0000_u64;
        }

        self.wr.next = self.do_write.val();
        self.wr_addr.next = self.addr.q.val() & 0xFFFC;
        self.wr_data.next = self.w_data.q.val();
        self.wr_strb.next = self.w_strb.q.val();
        self.wr_mask.next = self.mask.val();
        self.rd.next = self.do_read.val();
        self.rd_addr.next = self.addr.q.val() & 0xFFFC;

        self.s_axil.awready.next = !self.aw_full.q.val();
        self.s_axil.wready.next = !self.w_full.q.val() & !self.hold.val();
        self.s_axil.bvalid.next = self.b_full.q.val();
        self.s_axil.bresp.next = self.b_resp.q.val();
        self.s_axil.arready.next = !self.ar_full.q.val();
        self.s_axil.rvalid.next = self.r_full.q.val();
        self.s_axil.rresp.next = self.r_resp.q.val();
        self.s_axil.rdata.next = self.r_data.q.val();
    }
}
