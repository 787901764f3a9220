//! Stream map in distributed RAM: one register a stream says where its transactions go.

#![allow(missing_docs)] // the derive makes methods that cannot be documented

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;
use super::reg_bus::*;
use super::stream_select::StreamSelect;
use super::types::*;
use crate::prim::{LutRam, Reg};
use crate::words::{constants, pack, unpack};

unpack! {
    /// S2CR.
    S2crFields of global::S2cr {
        index: Bits<CONTEXT_BITS> = CBNDX;
        kind: Bits<2> = TYPE;
    }
}

constants! {
    /// Values of `S2CR.TYPE`.
    StreamTypes {
        translate: 2 = global::stream_type::TRANSLATE;
        bypass: 2 = global::stream_type::BYPASS;
    }
}
pack! {
    /// S2CR.
    S2crWord of global::S2cr {
        index: Bits<CONTEXT_BITS> = CBNDX;
        kind: Bits<2> = TYPE;
    }
}

/// What is kept of an S2CR; `kind` XOR its reset value, so that all of it is 0 after reset.
#[derive(Clone, Copy, Debug, PartialEq, Default, LogicStruct)]
pub struct StreamWord {
    pub index: Bits<CONTEXT_BITS>,
    pub kind: Bits<2>,
}

/// The map as one questioner sees it.
#[derive(LogicBlock)]
pub struct StreamPort {
    pub clock: Signal<In, Clock>,
    pub write: Signal<In, Bit>,
    pub write_address: Signal<In, Bits<STREAM_BITS>>,
    pub write_data: Signal<In, StreamWord>,
    pub stream: Signal<In, Bits<STREAM_BITS>>,
    /// Terminate all.
    pub closed: Signal<In, Bit>,
    pub route: Signal<Out, Route>,
    held: LutRam<StreamWord, STREAM_BITS>,
    kinds: StreamTypes,
    kind_reset: Constant<Bits<2>>,
    kind: Signal<Local, Bits<2>>,
}

impl Default for StreamPort {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            write: Default::default(),
            write_address: Default::default(),
            write_data: Default::default(),
            stream: Default::default(),
            closed: Default::default(),
            route: Default::default(),
            held: Default::default(),
            kinds: Default::default(),
            kind_reset: kind_reset(),
            kind: Default::default(),
        }
    }
}

impl Logic for StreamPort {
    #[hdl_gen]
    fn update(&mut self) {
        self.held.clock.next = self.clock.val();
        self.held.write.next = self.write.val();
        self.held.write_address.next = self.write_address.val();
        self.held.write_data.next = self.write_data.val();
        self.held.read_address.next = self.stream.val();
        self.kind.next = self.held.read_data.val().kind ^ self.kind_reset.val();
        self.route.next.bypass = !self.closed.val() & (self.kind.val() == self.kinds.bypass.val());
        self.route.next.translate =
            !self.closed.val() & (self.kind.val() == self.kinds.translate.val());
        self.route.next.context = self.held.read_data.val().index;
    }
}

/// The map, with a question each for the read path, the write path and the translator.
#[derive(LogicBlock)]
pub struct Streams {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub sweep: Signal<In, Sweep>,
    pub access: Signal<In, Access>,
    pub reply: Signal<Out, Reply>,
    pub read_stream: Signal<In, Bits<STREAM_BITS>>,
    pub read_route: Signal<Out, Route>,
    pub write_stream: Signal<In, Bits<STREAM_BITS>>,
    pub write_route: Signal<Out, Route>,
    pub lookup_stream: Signal<In, Bits<STREAM_BITS>>,
    pub lookup_route: Signal<Out, Route>,
    /// One cycle, the one after a write, and the last one with the old word.
    pub configured: Signal<Out, Bit>,
    select: StreamSelect,
    bus: LutRam<StreamWord, STREAM_BITS>,
    reads: StreamPort,
    writes: StreamPort,
    lookups: StreamPort,
    fields: S2crFields,
    s2cr_word: S2crWord,
    /// The address is a stream's.
    here: Reg<Bit>,
    changed: Reg<Bit>,
    word: Reg<Bits<32>>,
    kind_reset: Constant<Bits<2>>,
    strobes: Signal<Local, Bits<4>>,
    write: Signal<Local, Bit>,
    place: Signal<Local, Bits<STREAM_BITS>>,
    merged: Signal<Local, StreamWord>,
}

fn kind_reset() -> Constant<Bits<2>> {
    let kind = global::S2cr::default().get(global::S2cr::TYPE);
    Constant::new(u64::from(kind).into())
}

impl Default for Streams {
    fn default() -> Self {
        // The kernel writes a field by the strobe of its byte.
        assert_eq!(global::S2cr::CBNDX.mask() & !0x0000_00FF, 0);
        assert_eq!(global::S2cr::TYPE.mask() & !0x00FF_0000, 0);
        Self {
            clock: Default::default(),
            reset: Default::default(),
            sweep: Default::default(),
            access: Default::default(),
            reply: Default::default(),
            read_stream: Default::default(),
            read_route: Default::default(),
            write_stream: Default::default(),
            write_route: Default::default(),
            lookup_stream: Default::default(),
            lookup_route: Default::default(),
            configured: Default::default(),
            select: Default::default(),
            bus: Default::default(),
            reads: Default::default(),
            writes: Default::default(),
            lookups: Default::default(),
            fields: Default::default(),
            s2cr_word: Default::default(),
            here: Default::default(),
            changed: Default::default(),
            word: Default::default(),
            kind_reset: kind_reset(),
            strobes: Default::default(),
            write: Default::default(),
            place: Default::default(),
            merged: Default::default(),
        }
    }
}

impl Logic for Streams {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, here, changed, word);
        self.here.reset.next = self.reset.val();
        self.word.reset.next = self.reset.val();
        self.changed.reset.next = self.reset.val();
        self.select.addr.next = self.access.val().addr;
        self.here.d.next = self.select.hit.val();
        self.strobes.next = self.access.val().strobes;
        self.fields.word.next = self.access.val().data;

        // What is written: by bytes, or the sweep's 0.
        self.merged.next = self.bus.read_data.val();
        if self.strobes.val().get_bit(0) {
            self.merged.next.index = self.fields.index.val();
        }
        if self.strobes.val().get_bit(2) {
            self.merged.next.kind = self.fields.kind.val() ^ self.kind_reset.val();
        }
        self.place.next = self.select.index.val();
        if self.sweep.val().active {
            self.merged.next.index = 0.into();
            self.merged.next.kind = 0.into();
            self.place.next = bit_cast::<STREAM_BITS, 6>(self.sweep.val().index);
        }
        self.write.next = self.changed.q.val() | self.sweep.val().active;
        self.changed.d.next = self.access.val().wr & self.here.q.val();
        self.configured.next = self.changed.q.val();
        self.bus.clock.next = self.clock.val();
        self.bus.write.next = self.write.val();
        self.bus.write_address.next = self.place.val();
        self.bus.write_data.next = self.merged.val();
        self.bus.read_address.next = self.select.index.val();
        self.reads.clock.next = self.clock.val();
        self.reads.write.next = self.write.val();
        self.reads.write_address.next = self.place.val();
        self.reads.write_data.next = self.merged.val();
        self.writes.clock.next = self.clock.val();
        self.writes.write.next = self.write.val();
        self.writes.write_address.next = self.place.val();
        self.writes.write_data.next = self.merged.val();
        self.lookups.clock.next = self.clock.val();
        self.lookups.write.next = self.write.val();
        self.lookups.write_address.next = self.place.val();
        self.lookups.write_data.next = self.merged.val();

        // What is read.
        self.s2cr_word.index.next = self.bus.read_data.val().index;
        self.s2cr_word.kind.next = self.bus.read_data.val().kind ^ self.kind_reset.val();
        self.reply.next.hit = self.here.q.val();
        self.word.d.next = 0.into();
        if self.here.q.val() {
            self.word.d.next = self.s2cr_word.word.val();
        }
        self.reply.next.data = self.word.q.val();

        // Questions.
        self.reads.closed.next = self.sweep.val().active;
        self.reads.stream.next = self.read_stream.val();
        self.read_route.next = self.reads.route.val();
        self.writes.closed.next = self.sweep.val().active;
        self.writes.stream.next = self.write_stream.val();
        self.write_route.next = self.writes.route.val();
        self.lookups.closed.next = self.sweep.val().active;
        self.lookups.stream.next = self.lookup_stream.val();
        self.lookup_route.next = self.lookups.route.val();
    }
}
