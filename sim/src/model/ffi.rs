//! The seam to the C++ models: the only unsafe code of the simulator.

// The port structs are generated, without documentation.
#![allow(missing_docs)]

use std::ffi::c_void;
use std::ptr::NonNull;

use verilated::vcd::Vcd;

use super::native::Native;
use crate::signals::{
    AxiAddr, AxiCycle, AxiRead, AxiResp, AxiWrite, AxilAddr, AxilCycle, AxilRead, AxilResp,
    AxilWrite, Burst, Cycle, Resp,
};

mod ports {
    include!(concat!(env!("OUT_DIR"), "/ports.rs"));
}
use ports::*;

/// `Model` of csrc/model.cpp.
#[repr(C)]
struct Raw {
    opaque: [u8; 0],
}

/// The functions of csrc/model.cpp for one top.
pub(super) struct Functions {
    new: unsafe extern "C" fn() -> *mut Raw,
    delete: unsafe extern "C" fn(*mut Raw),
    ports: unsafe extern "C" fn(*mut Raw, *mut Ports),
    enter: unsafe extern "C" fn(*mut Raw),
    eval: unsafe extern "C" fn(*mut Raw),
    trace: unsafe extern "C" fn(*mut Raw, *mut c_void),
    native: unsafe extern "C" fn(*mut Raw, *mut Ports, *mut Native, u64),
}

macro_rules! functions {
    ($NAME:ident: $new:ident, $delete:ident, $ports:ident, $enter:ident, $eval:ident, $trace:ident, $native:ident) => {
        unsafe extern "C" {
            fn $new() -> *mut Raw;
            fn $delete(model: *mut Raw);
            fn $ports(model: *mut Raw, ports: *mut Ports);
            fn $enter(model: *mut Raw);
            fn $eval(model: *mut Raw);
            fn $trace(model: *mut Raw, vcd: *mut c_void);
            fn $native(model: *mut Raw, ports: *mut Ports, native: *mut Native, cycles: u64);
        }
        pub(super) static $NAME: Functions = Functions {
            new: $new,
            delete: $delete,
            ports: $ports,
            enter: $enter,
            eval: $eval,
            trace: $trace,
            native: $native,
        };
    };
}
functions! {
    IOMMU: vcm_iommu_new, vcm_iommu_delete, vcm_iommu_ports, vcm_iommu_enter, vcm_iommu_eval,
        vcm_iommu_trace, vcm_iommu_native
}
functions! {
    SOC: vcm_soc_new, vcm_soc_delete, vcm_soc_ports, vcm_soc_enter, vcm_soc_eval, vcm_soc_trace,
        vcm_soc_native
}

functions! {
    BOARD: vcm_board_new, vcm_board_delete, vcm_board_ports, vcm_board_enter, vcm_board_eval,
        vcm_board_trace, vcm_board_native
}

/// A C++ model, owned.
pub(super) struct Handle {
    raw: NonNull<Raw>,
    ports: Ports,
    functions: &'static Functions,
}

// SAFETY: A C++ model has its own context and refers to nothing else; which thread it is used in
// is settled by `enter` before each use. The pointers in `ports` point into it, and are only used
// through `&mut self`.
unsafe impl Send for Handle {}

impl Handle {
    /// `None` when there is no memory for it.
    pub(super) fn new(functions: &'static Functions) -> Option<Self> {
        let mut ports = std::mem::MaybeUninit::uninit();
        // SAFETY: `new` has no preconditions. `ports` gets the model just made, and writes every
        // field of a `Ports`, whose layout is generated together with the C++ struct of that name.
        let (raw, ports) = unsafe {
            let raw = NonNull::new((functions.new)())?;
            (functions.ports)(raw.as_ptr(), ports.as_mut_ptr());
            (raw, ports.assume_init())
        };
        Some(Self {
            raw,
            ports,
            functions,
        })
    }

    /// Lets the model settle after its inputs changed.
    pub(super) fn eval(&mut self) {
        // SAFETY: `raw` is a live model of these functions, used by nobody else.
        unsafe { (self.functions.eval)(self.raw.as_ptr()) }
    }

    /// Runs the loop of csrc/model.cpp for so many cycles.
    pub(super) fn native(&mut self, state: &mut Native, cycles: u64) {
        // SAFETY: As in `eval`; `ports` are those of this model, and `Native` is the struct of that name
        // in C++.
        unsafe { (self.functions.native)(self.raw.as_ptr(), &mut self.ports, state, cycles) }
    }

    /// A tracer of this model, not yet open. It must be dropped before the model.
    pub(super) fn tracer(&mut self) -> Tracer {
        // SAFETY: As in `eval`; `vcd` is a live tracer that is not open. A tracer takes its time unit
        // from the thread's context, so that is set first.
        unsafe {
            (self.functions.enter)(self.raw.as_ptr());
            let vcd = Vcd::default();
            (self.functions.trace)(self.raw.as_ptr(), vcd.0.cast());
            Tracer(vcd)
        }
    }

    /// Sets the clock.
    pub(super) fn set_clock(&mut self, high: bool) {
        // SAFETY: See `put`.
        unsafe { put(self.ports.aclk, u8::from(high)) }
    }

    /// Sets all inputs but the clock from `cycle`.
    #[inline]
    pub(super) fn drive(&mut self, cycle: &Cycle) {
        let ports = &self.ports;
        // SAFETY: See `put`.
        unsafe {
            put(ports.aresetn, u8::from(!cycle.reset));
            drive_axil_slave(&ports.s_axil, &cycle.s_axil);
            drive_axi_slave(&ports.s_axi, &cycle.s_axi);
            drive_axi_master(&ports.m_axi, &cycle.m_axi);
            drive_axi_reader(&ports.m_axi_ptw, &cycle.m_axi_ptw);
        }
    }

    /// Copies all outputs to `cycle`.
    #[inline]
    pub(super) fn sample(&mut self, cycle: &mut Cycle) {
        let ports = &self.ports;
        // SAFETY: See `get`.
        unsafe {
            cycle.irq = flag(ports.irq);
            sample_axil_slave(&ports.s_axil, &mut cycle.s_axil);
            sample_axi_slave(&ports.s_axi, &mut cycle.s_axi);
            sample_axi_master(&ports.m_axi, &mut cycle.m_axi);
            sample_axi_reader(&ports.m_axi_ptw, &mut cycle.m_axi_ptw);
        }
    }
}

/// A VCD writer of one model.
pub(super) struct Tracer(pub(super) Vcd);

// SAFETY: A tracer is owned by one `Model`, whose methods take `&mut self`, and refers to nothing
// but that model. Verilator's list of open tracers, for flushing at exit, has a lock.
unsafe impl Send for Tracer {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: `raw` is a live model, and this is its only owner, so it is not used again.
        unsafe { (self.functions.delete)(self.raw.as_ptr()) }
    }
}

/// Writes a port.
///
/// # Safety
/// `port` comes from the `Ports` of a live model to which the caller has `&mut` access: it points
/// to an aligned integer of that type in it. So do all pointers that the functions below take.
#[inline(always)]
unsafe fn put<T>(port: *mut T, value: T) {
    // SAFETY: The caller's promise.
    unsafe { port.write(value) }
}

/// Reads a port.
///
/// # Safety
/// As for [`put`].
#[inline(always)]
unsafe fn get<T: Copy>(port: *mut T) -> T {
    // SAFETY: The caller's promise.
    unsafe { port.read() }
}

/// Reads a port of one bit.
///
/// # Safety
/// As for [`put`].
#[inline(always)]
unsafe fn flag(port: *mut u8) -> bool {
    // SAFETY: The caller's promise.
    unsafe { get(port) != 0 }
}

/// Makes, for a bundle whose channels have these types, the functions that drive and sample it, on
/// a top that is the slave and on a top that is the master.
macro_rules! bundle {
    ($Ports:ident, $Cycle:ident: $drive_slave:ident, $sample_slave:ident $(, $drive_master:ident, $sample_master:ident)?) => {
        #[doc = "Sets the inputs of a top that is the slave.\n\n# Safety\nAs for [`put`]."]
        #[inline(always)]
        unsafe fn $drive_slave(ports: &$Ports, wires: &$Cycle) {
            // SAFETY: The caller's promise.
            unsafe {
                wires.aw.put_payload(&ports.aw);
                wires.w.put_payload(&ports.w);
                wires.b.put_ready(&ports.b);
                wires.ar.put_payload(&ports.ar);
                wires.r.put_ready(&ports.r);
            }
        }
        #[doc = "Samples the outputs of a top that is the slave.\n\n# Safety\nAs for [`put`]."]
        #[inline(always)]
        unsafe fn $sample_slave(ports: &$Ports, wires: &mut $Cycle) {
            // SAFETY: The caller's promise.
            unsafe {
                wires.aw.get_ready(&ports.aw);
                wires.w.get_ready(&ports.w);
                wires.b.get_payload(&ports.b);
                wires.ar.get_ready(&ports.ar);
                wires.r.get_payload(&ports.r);
            }
        }
        $(
            #[doc = "Sets the inputs of a top that is the master.\n\n# Safety\nAs for [`put`]."]
            #[inline(always)]
            unsafe fn $drive_master(ports: &$Ports, wires: &$Cycle) {
                // SAFETY: The caller's promise.
                unsafe {
                    wires.aw.put_ready(&ports.aw);
                    wires.w.put_ready(&ports.w);
                    wires.b.put_payload(&ports.b);
                    wires.ar.put_ready(&ports.ar);
                    wires.r.put_payload(&ports.r);
                }
            }
            #[doc = "Samples the outputs of a top that is the master.\n\n# Safety\nAs for [`put`]."]
            #[inline(always)]
            unsafe fn $sample_master(ports: &$Ports, wires: &mut $Cycle) {
                // SAFETY: The caller's promise.
                unsafe {
                    wires.aw.get_payload(&ports.aw);
                    wires.w.get_payload(&ports.w);
                    wires.b.get_ready(&ports.b);
                    wires.ar.get_payload(&ports.ar);
                    wires.r.get_ready(&ports.r);
                }
            }
        )?
    };
}
bundle!(AxilPorts, AxilCycle: drive_axil_slave, sample_axil_slave);
bundle!(AxiPorts, AxiCycle: drive_axi_slave, sample_axi_slave, drive_axi_master, sample_axi_master);

/// Sets the inputs of a top that is the master of a port without AW, W and B.
///
/// # Safety
/// As for [`put`].
#[inline(always)]
unsafe fn drive_axi_reader(ports: &AxiPorts, wires: &AxiCycle) {
    // SAFETY: The caller's promise.
    unsafe {
        wires.ar.put_ready(&ports.ar);
        wires.r.put_payload(&ports.r);
    }
}

/// Samples the outputs of a top that is the master of a port without AW, W and B.
///
/// # Safety
/// As for [`put`].
#[inline(always)]
unsafe fn sample_axi_reader(ports: &AxiPorts, wires: &mut AxiCycle) {
    // SAFETY: The caller's promise.
    unsafe {
        wires.ar.get_payload(&ports.ar);
        wires.r.get_ready(&ports.r);
    }
}

/// How a signal stands on the wires.
trait Wire<Bits> {
    fn to_wire(self) -> Bits;
    fn from_wire(bits: Bits) -> Self;
}

macro_rules! integer_wire {
    ($($Int:ty),*) => {$(
        impl Wire<$Int> for $Int {
            #[inline(always)]
            fn to_wire(self) -> $Int { self }
            #[inline(always)]
            fn from_wire(bits: $Int) -> Self { bits }
        }
    )*};
}
integer_wire!(u8, u16, u32, u64);

impl Wire<u8> for bool {
    #[inline(always)]
    fn to_wire(self) -> u8 {
        u8::from(self)
    }
    #[inline(always)]
    fn from_wire(bits: u8) -> Self {
        bits != 0
    }
}

impl Wire<u8> for Burst {
    #[inline(always)]
    fn to_wire(self) -> u8 {
        self.bits()
    }
    #[inline(always)]
    fn from_wire(bits: u8) -> Self {
        Self::from_bits(bits)
    }
}

impl Wire<u8> for Resp {
    #[inline(always)]
    fn to_wire(self) -> u8 {
        self.bits()
    }
    #[inline(always)]
    fn from_wire(bits: u8) -> Self {
        Self::from_bits(bits)
    }
}

/// Makes, for a channel, the methods that write and read either side of it.
macro_rules! channel {
    ($Channel:ident, $Ports:ident: $($field:ident),*) => {
        #[allow(dead_code)] // AXI4-Lite has no master among the tops
        impl $Channel {
            #[doc = "Writes VALID and the payload.\n\n# Safety\nAs for [`put`]."]
            #[inline(always)]
            unsafe fn put_payload(&self, ports: &$Ports) {
                // SAFETY: The caller's promise.
                unsafe {
                    put(ports.valid, self.valid.to_wire());
                    $(put(ports.$field, self.$field.to_wire());)*
                }
            }
            #[doc = "Reads VALID and the payload.\n\n# Safety\nAs for [`put`]."]
            #[inline(always)]
            unsafe fn get_payload(&mut self, ports: &$Ports) {
                // SAFETY: The caller's promise.
                unsafe {
                    self.valid = flag(ports.valid);
                    $(self.$field = Wire::from_wire(get(ports.$field));)*
                }
            }
            #[doc = "Writes READY.\n\n# Safety\nAs for [`put`]."]
            #[inline(always)]
            unsafe fn put_ready(&self, ports: &$Ports) {
                // SAFETY: The caller's promise.
                unsafe { put(ports.ready, self.ready.to_wire()) }
            }
            #[doc = "Reads READY.\n\n# Safety\nAs for [`put`]."]
            #[inline(always)]
            unsafe fn get_ready(&mut self, ports: &$Ports) {
                // SAFETY: The caller's promise.
                unsafe { self.ready = flag(ports.ready) }
            }
        }
    };
}
channel!(AxiAddr, AxiAddrPorts: id, addr, len, size, burst, lock, cache, prot, qos, user);
channel!(AxiWrite, AxiWritePorts: data, strb, last);
channel!(AxiResp, AxiRespPorts: id, resp);
channel!(AxiRead, AxiReadPorts: id, data, resp, last);
channel!(AxilAddr, AxilAddrPorts: addr, prot);
channel!(AxilWrite, AxilWritePorts: data, strb);
channel!(AxilResp, AxilRespPorts: resp);
channel!(AxilRead, AxilReadPorts: data, resp);
