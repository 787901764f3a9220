//! All registers of the IOMMU, from AXI4-Lite to what the other blocks see of them.

use rust_hdl::prelude::*;

use super::banks::Banks;
use super::config::*;
use super::fault_arbiter::FaultArbiter;
use super::global_regs::GlobalRegs;
use super::reg_bus::*;
use super::streams::Streams;
use super::tlb_commands::TlbCommands;
use super::types::*;
use crate::axi::AxilSlave;
use crate::axil::AxilRegs;
use crate::prim::Reg;

/// The register window, and the records of faults.
///
/// After reset the memories are swept: 64 cycles, and as many more as `hold` lasts, in which all streams
/// are terminated, no fault is taken and no access is carried out. An access also waits while counters are copied, and for
/// a fault that is there to be recorded; between two faults there is always place for one access.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Registers {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub s_axil: AxilSlave<16>,
    /// The TLB memories are being swept: after reset, that is waited for too.
    pub hold: Signal<In, Bit>,
    /// The memories are being swept.
    pub initialising: Signal<Out, Bit>,

    // Streams and contexts.
    pub read_stream: Signal<In, Bits<STREAM_BITS>>,
    pub read_route: Signal<Out, Route>,
    pub write_stream: Signal<In, Bits<STREAM_BITS>>,
    pub write_route: Signal<Out, Route>,
    pub lookup_stream: Signal<In, Bits<STREAM_BITS>>,
    pub lookup_route: Signal<Out, Route>,
    pub bank_index: Signal<In, Bits<CONTEXT_BITS>>,
    pub bank: Signal<Out, Bank>,
    pub respond_index: Signal<In, Bits<CONTEXT_BITS>>,
    pub respond_bank: Signal<Out, Bank>,
    /// One cycle, the one after a write to a register that lookups see, and the last one in which they
    /// see the old word.
    pub configured: Signal<Out, Flush>,

    // Commands, in the cycle after their write.
    pub command: Signal<Out, TlbCommand>,
    pub resume: Signal<Out, Resume>,
    pub probe: Signal<Out, ProbeRequest>,
    pub probed: Signal<In, ProbeAnswer>,

    // Status.
    /// Contexts whose V2P or preload is under way.
    pub probing: Signal<In, Bits<CONTEXTS>>,
    /// Contexts whose synchronisation goes on.
    pub sync_active: Signal<In, Bits<CONTEXTS>>,
    /// Some synchronisation goes on.
    pub sync_any: Signal<In, Bit>,
    /// Contexts of which a transaction stands stalled.
    pub stalled: Signal<In, Bits<CONTEXTS>>,
    /// Locked TLB entries.
    pub locks: Signal<In, Bits<3>>,
    pub events: Signal<In, Events>,

    // Faults.
    pub read_fault_valid: Signal<In, Bit>,
    pub read_fault_ready: Signal<Out, Bit>,
    pub read_fault: Signal<In, Fault>,
    pub write_fault_valid: Signal<In, Bit>,
    pub write_fault_ready: Signal<Out, Bit>,
    pub write_fault: Signal<In, Fault>,
    pub late_read_valid: Signal<In, Bit>,
    pub late_read_ready: Signal<Out, Bit>,
    pub late_read: Signal<In, Fault>,
    pub late_write_valid: Signal<In, Bit>,
    pub late_write_ready: Signal<Out, Bit>,
    pub late_write: Signal<In, Fault>,
    /// Level, from a register.
    pub irq: Signal<Out, Bit>,

    // Settings.
    pub limits: Signal<Out, StallLimits>,
    pub tick: Signal<Out, Bit>,
    pub now: Signal<Out, Bits<16>>,
    pub walk_cache: Signal<Out, Bits<4>>,
    pub walk_user: Signal<Out, Bits<WALK_USER_BITS>>,

    axil: AxilRegs,
    banks: Banks,
    streams: Streams,
    commands: TlbCommands,
    globals: GlobalRegs,
    faults: FaultArbiter,
    irq_held: Reg<Bit>,
    swept: Reg<Bit>,
    step: Reg<Bits<6>>,
    /// The cycle after a record.
    recorded: Reg<Bit>,
    sweep: Signal<Local, Sweep>,
    waiting: Signal<Local, Bit>,
    access: Signal<Local, Access>,
    reply: Signal<Local, Reply>,
}

impl Logic for Registers {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, irq_held, swept, step, recorded);
        self.recorded.reset.next = self.reset.val();
        self.irq_held.reset.next = self.reset.val();
        self.swept.reset.next = self.reset.val();
        self.step.reset.next = self.reset.val();
        self.axil.clock.next = self.clock.val();
        self.axil.reset.next = self.reset.val();
        self.banks.clock.next = self.clock.val();
        self.banks.reset.next = self.reset.val();
        self.streams.clock.next = self.clock.val();
        self.streams.reset.next = self.reset.val();
        self.commands.clock.next = self.clock.val();
        self.commands.reset.next = self.reset.val();
        self.globals.clock.next = self.clock.val();
        self.globals.reset.next = self.reset.val();
        self.faults.clock.next = self.clock.val();
        self.faults.reset.next = self.reset.val();

        // The sweep after reset.
        self.step.d.next = self.step.q.val() + 1;
        if self.step.q.val().all() & !self.hold.val() {
            self.swept.d.next = true;
        }
        self.sweep.next.active = !self.swept.q.val();
        self.sweep.next.index = self.step.q.val();
        self.banks.sweep.next = self.sweep.val();
        self.streams.sweep.next = self.sweep.val();
        self.faults.hold.next = !self.swept.q.val() | self.banks.busy.val();
        self.initialising.next = !self.swept.q.val();

        // The bus.
        AxilSlave::<16>::link(&mut self.s_axil, &mut self.axil.s_axil);
        self.recorded.d.next = self.faults.record.val() | self.banks.busy.val();
        self.waiting.next = self.read_fault_valid.val()
            | self.write_fault_valid.val()
            | self.late_read_valid.val()
            | self.late_write_valid.val();
        self.axil.hold.next = !self.swept.q.val()
            | self.globals.busy.val()
            | self.faults.due.val()
            | self.banks.busy.val()
            | (self.waiting.val() & !self.recorded.q.val());
        self.access.next.wr = self.axil.wr.val();
        self.access.next.rd = self.axil.rd.val();
        self.access.next.addr = self.axil.wr_addr.val();
        self.access.next.data = self.axil.wr_data.val();
        self.access.next.strobes = self.axil.wr_strb.val();
        self.banks.access.next = self.access.val();
        self.streams.access.next = self.access.val();
        self.commands.access.next = self.access.val();
        self.globals.access.next = self.access.val();
        self.reply.next = self.banks.reply.val()
            | self.streams.reply.val()
            | self.commands.reply.val()
            | self.globals.reply.val();
        self.axil.wr_ok.next = self.reply.val().hit;
        self.axil.rd_ok.next = self.reply.val().hit;
        self.axil.rd_data.next = self.reply.val().data;

        // Streams and contexts.
        self.streams.read_stream.next = self.read_stream.val();
        self.read_route.next = self.streams.read_route.val();
        self.streams.write_stream.next = self.write_stream.val();
        self.write_route.next = self.streams.write_route.val();
        self.streams.lookup_stream.next = self.lookup_stream.val();
        self.lookup_route.next = self.streams.lookup_route.val();
        self.banks.bank_index.next = self.bank_index.val();
        self.bank.next = self.banks.bank.val();
        self.banks.respond_index.next = self.respond_index.val();
        self.respond_bank.next = self.banks.respond_bank.val();
        self.configured.next.valid =
            self.banks.configured.val().valid | self.streams.configured.val();
        self.configured.next.by_context = self.banks.configured.val().by_context;
        self.configured.next.context = self.banks.configured.val().context;

        // Commands and status.
        self.command.next = self.commands.command.val();
        self.resume.next = self.commands.resume.val();
        self.probe.next = self.commands.probe.val();
        self.banks.probed.next = self.probed.val();
        self.banks.probing.next = self.probing.val();
        self.banks.sync_active.next = self.sync_active.val();
        self.banks.stalled.next = self.stalled.val();
        self.globals.sync_active.next = self.sync_any.val();
        self.globals.locks.next = self.locks.val();
        self.globals.events.next = self.events.val();

        // Faults.
        self.faults.read_valid.next = self.read_fault_valid.val();
        self.faults.read.next = self.read_fault.val();
        self.read_fault_ready.next = self.faults.read_ready.val();
        self.faults.write_valid.next = self.write_fault_valid.val();
        self.faults.write.next = self.write_fault.val();
        self.write_fault_ready.next = self.faults.write_ready.val();
        self.faults.late_read_valid.next = self.late_read_valid.val();
        self.faults.late_read.next = self.late_read.val();
        self.late_read_ready.next = self.faults.late_read_ready.val();
        self.faults.late_write_valid.next = self.late_write_valid.val();
        self.faults.late_write.next = self.late_write.val();
        self.late_write_ready.next = self.faults.late_write_ready.val();
        self.banks.record.next = self.faults.record.val();
        self.banks.fault.next = self.faults.fault.val();
        self.globals.record.next = self.faults.record.val();
        self.globals.fault.next = self.faults.fault.val();
        self.globals.interrupts.next = self.banks.interrupts.val();
        self.irq_held.d.next = self.globals.irq.val();
        self.irq.next = self.irq_held.q.val();

        // Settings.
        self.limits.next = self.globals.limits.val();
        self.tick.next = self.globals.tick.val();
        self.now.next = self.globals.now.val();
        self.walk_cache.next = self.globals.walk_cache.val();
        self.walk_user.next = self.globals.walk_user.val();
    }
}
