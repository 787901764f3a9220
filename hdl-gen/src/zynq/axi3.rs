//! The AXI3 bundles of the processing system's ports (IHI 0022E; widths: UG585, chapter 5).
//!
//! Beside AXI4: at most 16 beats a burst (AxLEN has 4 bits), AxLOCK has 2 bits, and W has an ID.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

use crate::axi::bundle;

bundle! {
    /// AXI3, 64-bit data: `S_AXI_HP0`. `I` ID bits.
    Axi3Master, Axi3Slave, "Axi3Master", "Axi3Slave", <I> {
        awid => Bits<I>;
        awaddr => Bits<32>;
        awlen => Bits<4>;
        awsize => Bits<3>;
        awburst => Bits<2>;
        awlock => Bits<2>;
        awcache => Bits<4>;
        awprot => Bits<3>;
        awqos => Bits<4>;
        awvalid => Bit;
        awready <= Bit;
        wid => Bits<I>;
        wdata => Bits<64>;
        wstrb => Bits<8>;
        wlast => Bit;
        wvalid => Bit;
        wready <= Bit;
        bid <= Bits<I>;
        bresp <= Bits<2>;
        bvalid <= Bit;
        bready => Bit;
        arid => Bits<I>;
        araddr => Bits<32>;
        arlen => Bits<4>;
        arsize => Bits<3>;
        arburst => Bits<2>;
        arlock => Bits<2>;
        arcache => Bits<4>;
        arprot => Bits<3>;
        arqos => Bits<4>;
        arvalid => Bit;
        arready <= Bit;
        rid <= Bits<I>;
        rdata <= Bits<64>;
        rresp <= Bits<2>;
        rlast <= Bit;
        rvalid <= Bit;
        rready => Bit;
    }
}

bundle! {
    /// AXI3, 32-bit data: `M_AXI_GP0`. `I` ID bits.
    Axi3WordMaster, Axi3WordSlave, "Axi3WordMaster", "Axi3WordSlave", <I> {
        awid => Bits<I>;
        awaddr => Bits<32>;
        awlen => Bits<4>;
        awsize => Bits<3>;
        awburst => Bits<2>;
        awprot => Bits<3>;
        awvalid => Bit;
        awready <= Bit;
        wdata => Bits<32>;
        wstrb => Bits<4>;
        wvalid => Bit;
        wready <= Bit;
        bid <= Bits<I>;
        bresp <= Bits<2>;
        bvalid <= Bit;
        bready => Bit;
        arid => Bits<I>;
        araddr => Bits<32>;
        arlen => Bits<4>;
        arsize => Bits<3>;
        arburst => Bits<2>;
        arprot => Bits<3>;
        arvalid => Bit;
        arready <= Bit;
        rid <= Bits<I>;
        rdata <= Bits<32>;
        rresp <= Bits<2>;
        rlast <= Bit;
        rvalid <= Bit;
        rready => Bit;
    }
}

bundle! {
    /// AXI3, read channels only, with the user bits of `S_AXI_ACP`. `I` ID bits.
    Axi3ReadMaster, Axi3ReadSlave, "Axi3ReadMaster", "Axi3ReadSlave", <I> {
        arid => Bits<I>;
        araddr => Bits<32>;
        arlen => Bits<4>;
        arsize => Bits<3>;
        arburst => Bits<2>;
        arlock => Bits<2>;
        arcache => Bits<4>;
        arprot => Bits<3>;
        arqos => Bits<4>;
        aruser => Bits<5>;
        arvalid => Bit;
        arready <= Bit;
        rid <= Bits<I>;
        rdata <= Bits<64>;
        rresp <= Bits<2>;
        rlast <= Bit;
        rvalid <= Bit;
        rready => Bit;
    }
}
