//! The AXI bundles, named so that a field `s_axi: AxiSlave` becomes ports `s_axi_awaddr` and so on.
//! Signal names, widths and meaning: AMBA AXI and ACE Protocol Specification, IHI 0022E.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;

/// Makes both sides of a bundle. `=>` marks what the master drives, `<=` what the slave drives.
macro_rules! bundle {
    ($(#[$doc:meta])* $Master:ident, $Slave:ident, $m:literal, $s:literal, < $($G:ident),* > {
        $( $name:ident $dir:tt $ty:ty; )*
    }) => {
        bundle!(@side $(#[$doc])* #[join = $s] $Master < $($G),* > [master] $( $name $dir $ty; )*);
        bundle!(@side $(#[$doc])* #[join = $m] $Slave < $($G),* > [slave] $( $name $dir $ty; )*);
    };
    (@side $(#[$attr:meta])* $Name:ident < $($G:ident),* > [$side:ident] $( $name:ident $dir:tt $ty:ty; )*) => {
        bundle!(@build [$(#[$attr])*] $Name [$($G),*] [$side] [] $( $name $dir $ty; )*);
    };
    (@build $attrs:tt $Name:ident $G:tt [master] [$($done:tt)*] $name:ident => $ty:ty; $($rest:tt)*) => {
        bundle!(@build $attrs $Name $G [master] [$($done)* $name: Signal<Out, $ty>,] $($rest)*);
    };
    (@build $attrs:tt $Name:ident $G:tt [master] [$($done:tt)*] $name:ident <= $ty:ty; $($rest:tt)*) => {
        bundle!(@build $attrs $Name $G [master] [$($done)* $name: Signal<In, $ty>,] $($rest)*);
    };
    (@build $attrs:tt $Name:ident $G:tt [slave] [$($done:tt)*] $name:ident => $ty:ty; $($rest:tt)*) => {
        bundle!(@build $attrs $Name $G [slave] [$($done)* $name: Signal<In, $ty>,] $($rest)*);
    };
    (@build $attrs:tt $Name:ident $G:tt [slave] [$($done:tt)*] $name:ident <= $ty:ty; $($rest:tt)*) => {
        bundle!(@build $attrs $Name $G [slave] [$($done)* $name: Signal<Out, $ty>,] $($rest)*);
    };
    (@build [$($attr:tt)*] $Name:ident [$($G:ident),*] [$side:ident] [$($name:ident : Signal<$d:ident, $ty:ty>,)*]) => {
        #[derive(LogicInterface, Clone, Debug, Default)]
        $($attr)*
        #[allow(missing_docs)]
        pub struct $Name<$(const $G: usize),*> {
            $( pub $name: Signal<$d, $ty>, )*
        }
    };
}

bundle! {
    /// AXI4-Lite, 32-bit data, `A` address bits.
    AxilMaster, AxilSlave, "AxilMaster", "AxilSlave", <A> {
        awaddr => Bits<A>;
        awprot => Bits<3>;
        awvalid => Bit;
        awready <= Bit;
        wdata => Bits<32>;
        wstrb => Bits<4>;
        wvalid => Bit;
        wready <= Bit;
        bresp <= Bits<2>;
        bvalid <= Bit;
        bready => Bit;
        araddr => Bits<A>;
        arprot => Bits<3>;
        arvalid => Bit;
        arready <= Bit;
        rdata <= Bits<32>;
        rresp <= Bits<2>;
        rvalid <= Bit;
        rready => Bit;
    }
}

/// Makes both sides of an AXI4 bundle, with the given signals beside the usual ones.
macro_rules! axi4 {
    ($(#[$doc:meta])* $Master:ident, $Slave:ident, $m:literal, $s:literal, < $($G:ident),* > { $($more:tt)* }) => {
        bundle! {
            $(#[$doc])*
            $Master, $Slave, $m, $s, < $($G),* > {
                awid => Bits<I>;
                awaddr => Bits<32>;
                awlen => Bits<8>;
                awsize => Bits<3>;
                awburst => Bits<2>;
                awlock => Bit;
                awcache => Bits<4>;
                awprot => Bits<3>;
                awqos => Bits<4>;
                awvalid => Bit;
                awready <= Bit;
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
                arlen => Bits<8>;
                arsize => Bits<3>;
                arburst => Bits<2>;
                arlock => Bit;
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
                $($more)*
            }
        }
    };
}

axi4! {
    /// AXI4: `I` ID bits.
    AxiMaster, AxiSlave, "AxiMaster", "AxiSlave", <I> {}
}

axi4! {
    /// AXI4 with user bits on the address channels (the stream ID): `I` ID bits, `U` user bits.
    AxiUserMaster, AxiUserSlave, "AxiUserMaster", "AxiUserSlave", <I, U> {
        awuser => Bits<U>;
        aruser => Bits<U>;
    }
}

bundle! {
    /// AXI4, read channels only, with the five user bits of Zynq's ACP: `I` ID bits.
    AxiReadMaster, AxiReadSlave, "AxiReadMaster", "AxiReadSlave", <I> {
        arid => Bits<I>;
        araddr => Bits<32>;
        arlen => Bits<8>;
        arsize => Bits<3>;
        arburst => Bits<2>;
        arlock => Bit;
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

pub(crate) use bundle;
