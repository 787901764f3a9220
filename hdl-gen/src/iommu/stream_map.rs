//! Stream map: one register a stream says where its transactions go.

use rust_hdl::prelude::*;
use vcm_regs::global;

use super::config::*;
use super::reg_bus::*;
use super::types::*;
use crate::axil::CfgReg;
use crate::words::{constants, unpack};

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

/// One register of the map, decoded.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct StreamEntry {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub request: Signal<In, RegRequest>,
    pub answer: Signal<Out, RegAnswer>,
    pub route: Signal<Out, Route>,
    register: CfgReg,
    fields: S2crFields,
    kinds: StreamTypes,
}

impl StreamEntry {
    /// The register of `stream`.
    pub fn new(stream: u32) -> Self {
        let info = &global::S2CR;
        let address = global::BLOCK.at(0) + info.offset + 4 * stream;
        Self {
            clock: Default::default(),
            reset: Default::default(),
            request: Default::default(),
            answer: Default::default(),
            route: Default::default(),
            register: CfgReg::new(info, address),
            fields: Default::default(),
            kinds: Default::default(),
        }
    }
}

impl Logic for StreamEntry {
    #[hdl_gen]
    fn update(&mut self) {
        self.register.clock.next = self.clock.val();
        self.register.reset.next = self.reset.val();
        self.register.wr.next = self.request.val().wr;
        self.register.wr_addr.next = self.request.val().wr_addr;
        self.register.wr_data.next = self.request.val().wr_data;
        self.register.wr_mask.next = self.request.val().wr_mask;
        self.register.rd_addr.next = self.request.val().rd_addr;
        self.register.set.next = 0.into();
        self.answer.next.wr_hit = self.register.wr_hit.val();
        self.answer.next.rd_hit = self.register.rd_hit.val();
        self.answer.next.rd_data = self.register.rd_data.val();
        self.fields.word.next = self.register.q.val();
        self.route.next.bypass = self.fields.kind.val() == self.kinds.bypass.val();
        self.route.next.translate = self.fields.kind.val() == self.kinds.translate.val();
        self.route.next.context = self.fields.index.val();
    }
}

/// The map, with a question a path.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct StreamMap {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub request: Signal<In, RegRequest>,
    pub answer: Signal<Out, RegAnswer>,
    pub read_stream: Signal<In, Bits<STREAM_BITS>>,
    pub read_route: Signal<Out, Route>,
    pub write_stream: Signal<In, Bits<STREAM_BITS>>,
    pub write_route: Signal<Out, Route>,
    entry: [StreamEntry; STREAMS],
    merged: Signal<Local, RegAnswer>,
    for_read: Signal<Local, Route>,
    for_write: Signal<Local, Route>,
}

impl Default for StreamMap {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            request: Default::default(),
            answer: Default::default(),
            read_stream: Default::default(),
            read_route: Default::default(),
            write_stream: Default::default(),
            write_route: Default::default(),
            entry: array_init::array_init(|i| StreamEntry::new(i as u32)),
            merged: Default::default(),
            for_read: Default::default(),
            for_write: Default::default(),
        }
    }
}

impl Logic for StreamMap {
    #[hdl_gen]
    fn update(&mut self) {
        self.merged.next = 0.into();
        self.for_read.next = 0.into();
        self.for_write.next = 0.into();
        for i in 0..STREAMS {
            self.entry[i].clock.next = self.clock.val();
            self.entry[i].reset.next = self.reset.val();
            self.entry[i].request.next = self.request.val();
            self.merged.next = self.merged.val() | self.entry[i].answer.val();
            if self.read_stream.val() == i.to_bits() {
                self.for_read.next = self.entry[i].route.val();
            }
            if self.write_stream.val() == i.to_bits() {
                self.for_write.next = self.entry[i].route.val();
            }
        }
        self.answer.next = self.merged.val();
        self.read_route.next = self.for_read.val();
        self.write_route.next = self.for_write.val();
    }
}
