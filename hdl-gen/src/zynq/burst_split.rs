//! Cuts AXI4 bursts into AXI3 bursts.

use rust_hdl::prelude::*;

use super::slice::Slice;
use super::types::*;
use crate::prim::Reg;

/// INCR bursts of more than 16 beats become several of at most 16; FIXED and WRAP bursts have no more
/// (IHI 0022E A3.4.1), and pass as they are.
///
/// Such a burst may be cut whatever its memory type (IHI 0022E A4.3.1, and A4.4 on AXI3). The first part
/// starts where the burst does, the others at the aligned addresses of their first beats.
///
/// A burst's ID is looked up while it waits (`id`, `found`), and when it is taken, its entry is known from
/// the next cycle on (`entry`), which is put into the parts. `m_valid` and the parts come from registers,
/// and so does `s_ready`.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct BurstSplit {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub s_valid: Signal<In, Bit>,
    pub s_ready: Signal<Out, Bit>,
    pub s_burst: Signal<In, LongBurst>,
    /// AXI4 ID of the burst that is cut next.
    pub id: Signal<Out, Bits<8>>,
    /// There is an AXI3 ID for it.
    pub found: Signal<In, Bit>,
    /// It is taken.
    pub take: Signal<Out, Bit>,
    /// AXI3 ID of the burst that has been taken.
    pub entry: Signal<In, Bits<ENTRY_BITS>>,
    /// A part of it may come.
    pub can: Signal<In, Bit>,
    /// It comes: it will be at `m_burst` in the next cycle.
    pub emit: Signal<Out, Bit>,
    /// It is the last of its burst.
    pub emit_final: Signal<Out, Bit>,
    /// Its AxLEN.
    pub emit_len: Signal<Out, Bits<4>>,
    pub m_valid: Signal<Out, Bit>,
    pub m_ready: Signal<In, Bit>,
    pub m_burst: Signal<Out, ShortBurst>,
    intake: Slice<LongBurst>,
    held: Reg<LongBurst>,
    holds: Reg<Bit>,
    /// Number of the part that comes next.
    part: Reg<Bits<4>>,
    full: Reg<Bit>,
    out: Reg<ShortBurst>,
    whole: Signal<Local, LongBurst>,
    is_final: Signal<Local, Bit>,
    go: Signal<Local, Bit>,
    takes: Signal<Local, Bit>,
    len: Signal<Local, Bits<4>>,
    aligned: Signal<Local, Bits<12>>,
    distance: Signal<Local, Bits<12>>,
    offset: Signal<Local, Bits<12>>,
}

impl Logic for BurstSplit {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held, holds, part, full, out);
        self.held.reset.next = self.reset.val();
        self.holds.reset.next = self.reset.val();
        self.part.reset.next = self.reset.val();
        self.full.reset.next = self.reset.val();
        self.out.reset.next = self.reset.val();
        self.intake.clock.next = self.clock.val();
        self.intake.reset.next = self.reset.val();
        self.intake.s_valid.next = self.s_valid.val();
        self.intake.s_data.next = self.s_burst.val();
        self.s_ready.next = self.intake.s_ready.val();
        self.id.next = self.intake.m_data.val().id;
        self.whole.next = self.held.q.val();

        self.is_final.next = self.part.q.val() == self.whole.val().len.get_bits::<4>(4);
        self.len.next = 15.into();
        if self.is_final.val() {
            self.len.next = self.whole.val().len.get_bits::<4>(0);
        }
        self.go.next =
            self.holds.q.val() & self.can.val() & (!self.full.q.val() | self.m_ready.val());
        self.takes.next = self.intake.m_valid.val()
            & self.found.val()
            & (!self.holds.q.val() | (self.go.val() & self.is_final.val()));
        self.intake.m_ready.next = self.takes.val();
        self.take.next = self.takes.val();
        if self.go.val() & self.is_final.val() {
            self.holds.d.next = false;
        }
        if self.takes.val() {
            self.holds.d.next = true;
            self.held.d.next = self.intake.m_data.val();
        }
        self.emit.next = self.go.val();
        self.emit_final.next = self.is_final.val();
        self.emit_len.next = self.len.val();

        // No burst crosses 4 KiB: only these bits of the address differ.
        self.offset.next = self.whole.val().addr.get_bits::<12>(0);
        self.aligned.next = self.offset.val() & 0xFF8;
        self.distance.next = bit_cast::<12, 4>(self.part.q.val()) << 7;
        match self.whole.val().size.get_bits::<2>(0).index() {
            0 => {
                self.aligned.next = self.offset.val();
                self.distance.next = bit_cast::<12, 4>(self.part.q.val()) << 4;
            }
            1 => {
                self.aligned.next = self.offset.val() & 0xFFE;
                self.distance.next = bit_cast::<12, 4>(self.part.q.val()) << 5;
            }
            2 => {
                self.aligned.next = self.offset.val() & 0xFFC;
                self.distance.next = bit_cast::<12, 4>(self.part.q.val()) << 6;
            }
            _ => {}
        }

        if self.m_ready.val() {
            self.full.d.next = false;
        }
        if self.go.val() {
            self.full.d.next = true;
            self.part.d.next = self.part.q.val() + 1;
            if self.is_final.val() {
                self.part.d.next = 0.into();
            }
            self.out.d.next.entry = self.entry.val();
            self.out.d.next.addr = self.whole.val().addr;
            if self.part.q.val().any() {
                self.out.d.next.addr = (self.whole.val().addr & 0xFFFF_F000_u64)
                    | bit_cast::<32, 12>(self.aligned.val() + self.distance.val());
            }
            self.out.d.next.len = self.len.val();
            self.out.d.next.size = self.whole.val().size;
            self.out.d.next.burst = self.whole.val().burst;
            self.out.d.next.lock = self.whole.val().lock;
            self.out.d.next.cache = self.whole.val().cache;
            self.out.d.next.prot = self.whole.val().prot;
            self.out.d.next.qos = self.whole.val().qos;
        }
        self.m_valid.next = self.full.q.val();
        self.m_burst.next = self.out.q.val();
    }
}
