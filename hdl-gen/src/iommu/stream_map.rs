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

/// One register of the map, decoded. Its own address is 0: the map selects.
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

impl Default for StreamEntry {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            request: Default::default(),
            answer: Default::default(),
            route: Default::default(),
            register: CfgReg::new(&global::S2CR, 0),
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

/// Which register of the map an address of the window is.
#[derive(LogicBlock)]
#[allow(missing_docs)]
pub struct StreamSelect {
    pub addr: Signal<In, Bits<16>>,
    pub hit: Signal<Out, Bit>,
    pub index: Signal<Out, Bits<STREAM_BITS>>,
    base: Constant<Bits<14>>,
    streams: Constant<Bits<14>>,
    word: Signal<Local, Bits<14>>,
}

impl Default for StreamSelect {
    fn default() -> Self {
        let first = global::BLOCK.at(0) + global::S2CR.offset;
        Self {
            addr: Default::default(),
            hit: Default::default(),
            index: Default::default(),
            base: Constant::new(u64::from(first / 4).into()),
            streams: Constant::new((STREAMS as u64).into()),
            word: Default::default(),
        }
    }
}

impl Logic for StreamSelect {
    #[hdl_gen]
    fn update(&mut self) {
        self.word.next = self.addr.val().get_bits::<14>(2) - self.base.val();
        self.hit.next = self.word.val() < self.streams.val();
        self.index.next = self.word.val().get_bits::<STREAM_BITS>(0);
    }
}

/// The map, with a question a path.
#[derive(LogicBlock, Default)]
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
    wr_select: StreamSelect,
    rd_select: StreamSelect,
    inner: Signal<Local, RegRequest>,
    current: Signal<Local, RegAnswer>,
    read_data: Signal<Local, Bits<32>>,
    for_read: Signal<Local, Route>,
    for_write: Signal<Local, Route>,
}

impl Logic for StreamMap {
    #[hdl_gen]
    fn update(&mut self) {
        self.wr_select.addr.next = self.request.val().wr_addr;
        self.rd_select.addr.next = self.request.val().rd_addr;
        self.inner.next.wr_addr = 0.into();
        self.inner.next.wr_data = self.request.val().wr_data;
        self.inner.next.wr_mask = self.request.val().wr_mask;
        self.inner.next.rd_addr = 0.into();
        self.read_data.next = 0.into();
        self.for_read.next = 0.into();
        self.for_write.next = 0.into();
        for i in 0..STREAMS {
            self.entry[i].clock.next = self.clock.val();
            self.entry[i].reset.next = self.reset.val();
            self.inner.next.wr = self.request.val().wr
                & self.wr_select.hit.val()
                & (self.wr_select.index.val() == i.to_bits());
            self.entry[i].request.next = self.inner.val();
            self.current.next = self.entry[i].answer.val();
            if self.rd_select.index.val() == i.to_bits() {
                self.read_data.next = self.current.val().rd_data;
            }
            if self.read_stream.val() == i.to_bits() {
                self.for_read.next = self.entry[i].route.val();
            }
            if self.write_stream.val() == i.to_bits() {
                self.for_write.next = self.entry[i].route.val();
            }
        }
        self.answer.next.wr_hit = self.wr_select.hit.val();
        self.answer.next.rd_hit = self.rd_select.hit.val();
        self.answer.next.rd_data = 0.into();
        if self.rd_select.hit.val() {
            self.answer.next.rd_data = self.read_data.val();
        }
        self.read_route.next = self.for_read.val();
        self.write_route.next = self.for_write.val();
    }
}
