//! Decoding of descriptors of the ARMv7-A short-descriptor format.

use rust_hdl::prelude::*;
use vcm_regs::descriptor::*;

use super::codes::{DescriptorTypes, FaultCodes};
use super::types::*;
use crate::words::unpack;

unpack! {
    /// First-level descriptor that points to a second-level table.
    TableFields of TableDescriptor {
        kind: Bits<2> = TYPE;
        domain: Bits<4> = DOMAIN;
        base: Bits<22> = BASE;
    }
}

unpack! {
    /// Section descriptor. Its B and C are at the same place in pages.
    SectionFields of SectionDescriptor {
        b: Bit = B;
        c: Bit = C;
        xn: Bit = XN;
        domain: Bits<4> = DOMAIN;
        ap: Bits<2> = AP;
        tex: Bits<3> = TEX;
        apx: Bit = APX;
        not_global: Bit = NG;
        is_super: Bit = SUPER;
        base: Bits<12> = BASE;
    }
}

unpack! {
    /// What a supersection has in other places than a section.
    SupersectionFields of SupersectionDescriptor {
        extbase_hi: Bits<4> = EXTBASE_HI;
        extbase_lo: Bits<4> = EXTBASE_LO;
        base: Bits<8> = BASE;
    }
}

unpack! {
    /// Large page descriptor.
    LargeFields of LargePageDescriptor {
        kind: Bits<2> = TYPE;
        ap: Bits<2> = AP;
        apx: Bit = APX;
        not_global: Bit = NG;
        tex: Bits<3> = TEX;
        xn: Bit = XN;
        base: Bits<16> = BASE;
    }
}

unpack! {
    /// Small page descriptor: what differs from a large page.
    SmallFields of SmallPageDescriptor {
        xn: Bit = XN;
        tex: Bits<3> = TEX;
        base: Bits<20> = BASE;
    }
}

/// Combinational decoding of a descriptor word of either level.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct DescriptorDecode {
    pub word: Signal<In, Bits<32>>,
    pub level2: Signal<In, Bit>,
    /// The read was answered with an error.
    pub bus_error: Signal<In, Bit>,
    /// What is looked for: passed on into `translation`.
    pub key: Signal<In, Key>,
    /// The access flag is checked.
    pub afe: Signal<In, Bit>,
    /// Domain from the first level, for pages.
    pub table_domain: Signal<In, Bits<4>>,
    pub decoded: Signal<Out, Decoded>,
    pub translation: Signal<Out, Translation>,
    /// Second-level table, address bits [31:10], if `decoded.table`.
    pub next_table: Signal<Out, Bits<22>>,
    /// Its domain.
    pub next_domain: Signal<Out, Bits<4>>,
    kinds: DescriptorTypes,
    code: FaultCodes,
    pointer: TableFields,
    section: SectionFields,
    supersection: SupersectionFields,
    page64k: LargeFields,
    page4k: SmallFields,
    ap: Signal<Local, Bits<3>>,
    tex: Signal<Local, Bits<3>>,
    c: Signal<Local, Bit>,
    b: Signal<Local, Bit>,
}

impl Logic for DescriptorDecode {
    #[hdl_gen]
    fn update(&mut self) {
        self.pointer.word.next = self.word.val();
        self.section.word.next = self.word.val();
        self.supersection.word.next = self.word.val();
        self.page64k.word.next = self.word.val();
        self.page4k.word.next = self.word.val();
        self.next_table.next = self.pointer.base.val();
        self.next_domain.next = self.pointer.domain.val();

        // C and B are at the same place in all formats.
        self.b.next = self.section.b.val();
        self.c.next = self.section.c.val();
        self.translation.next.context = self.key.val().context;
        self.translation.next.asid = self.key.val().asid;
        self.translation.next.vpn = self.key.val().vpn;
        self.decoded.next.table = false;
        self.decoded.next.status = 0.into();
        if self.level2.val() {
            self.ap.next = bit_cast::<3, 2>(self.page64k.ap.val())
                | (bit_cast::<3, 1>(self.page64k.apx.val().into()) << 2);
            self.translation.next.not_global = self.page64k.not_global.val();
            self.translation.next.domain = self.table_domain.val();
            if self.page64k.kind.val() == self.kinds.large.val() {
                self.tex.next = self.page64k.tex.val();
                self.translation.next.xn = self.page64k.xn.val();
                self.translation.next.large = 1.into();
                self.translation.next.ppn = bit_cast::<20, 16>(self.page64k.base.val()) << 4;
            } else {
                self.tex.next = self.page4k.tex.val();
                self.translation.next.xn = self.page4k.xn.val();
                self.translation.next.large = 0.into();
                self.translation.next.ppn = self.page4k.base.val();
            }
            if self.bus_error.val() {
                self.decoded.next.status = self.code.walk_abort_l2.val();
            } else if self.page64k.kind.val() == self.kinds.fault.val() {
                self.decoded.next.status = self.code.translation_l2.val();
            } else if self.afe.val() & !self.ap.val().get_bit(0) {
                self.decoded.next.status = self.code.access_flag_l2.val();
            }
        } else {
            self.ap.next = bit_cast::<3, 2>(self.section.ap.val())
                | (bit_cast::<3, 1>(self.section.apx.val().into()) << 2);
            self.tex.next = self.section.tex.val();
            self.translation.next.not_global = self.section.not_global.val();
            self.translation.next.xn = self.section.xn.val();
            if self.section.is_super.val() {
                self.translation.next.domain = 0.into();
                self.translation.next.large = 7.into();
                self.translation.next.ppn = bit_cast::<20, 8>(self.supersection.base.val()) << 12;
            } else {
                self.translation.next.domain = self.section.domain.val();
                self.translation.next.large = 3.into();
                self.translation.next.ppn = bit_cast::<20, 12>(self.section.base.val()) << 8;
            }
            if self.bus_error.val() {
                self.decoded.next.status = self.code.walk_abort_l1.val();
            } else if self.pointer.kind.val() == self.kinds.table.val() {
                self.decoded.next.table = true;
            } else if (self.pointer.kind.val() != self.kinds.section.val())
                | (self.section.is_super.val()
                    & (self.supersection.extbase_hi.val().any()
                        | self.supersection.extbase_lo.val().any()))
            {
                self.decoded.next.status = self.code.translation_l1.val();
            } else if self.afe.val() & !self.ap.val().get_bit(0) {
                self.decoded.next.status = self.code.access_flag_l1.val();
            }
        }
        self.translation.next.ap = self.ap.val();
        self.translation.next.memory = (bit_cast::<5, 3>(self.tex.val()) << 2)
            | (bit_cast::<5, 1>(self.c.val().into()) << 1)
            | bit_cast::<5, 1>(self.b.val().into());
    }
}
