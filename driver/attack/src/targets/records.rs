//! What stands in registers: fault records, ID registers, and every field of every register and
//! descriptor.

use std::sync::Mutex;

use vcm::iommu::{self, Config, FaultKind, Iommu, ProbeError};
use vcm::seam::{Bus, BusError};
use vcm_regs::{FieldInfo, Register, context, descriptor, dma, global};

use crate::input::Input;
use crate::memory::Memory;
use crate::registers::{Manner, Window};

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    while !input.is_empty() {
        match input.below(3) {
            0 => ids(&mut input),
            1 => record(&mut input),
            _ => fields(input.word()),
        }
    }
}

/// Answers these words for these offsets, and as honest hardware for the others.
struct Words<'a> {
    honest: Window,
    words: &'a [(u32, u32)],
    /// The fault record is there so often.
    left: Mutex<u32>,
}

impl Bus for Words<'_> {
    fn read32(&self, offset: u32) -> Result<u32, BusError> {
        let found = self.words.iter().find(|(at, _)| *at == offset);
        let is_there = *self.left.lock().unwrap_or_else(|e| e.into_inner()) > 0;
        match found {
            Some((_, word)) if offset < 0x40 || is_there => Ok(*word),
            _ => self.honest.read32(offset),
        }
    }

    fn write32(&self, offset: u32, value: u32) -> Result<(), BusError> {
        if offset == 0x50 {
            let mut left = self.left.lock().unwrap_or_else(|e| e.into_inner());
            *left = left.saturating_sub(1);
        }
        self.honest.write32(offset, value)
    }
}

/// Identification, by the offsets and bits of `docs/registers.md`.
fn ids(input: &mut Input<'_>) {
    let mut id = |honest: u32| match input.once_in(3) {
        true => input.word(),
        false => honest,
    };
    let words = [
        (0x00, id(0x5643_4D31)),
        (0x04, id(0x0001_0001)),
        (0x08, id(0x0008_0408)),
        (0x0C, id(0x0010_0808)),
        (0x10, id(0x0448_4949)),
    ];
    let bus = Words {
        honest: Window::new(Manner::Honest),
        words: &words,
        left: Mutex::new(0),
    };
    let [magic, version, built, sizes, shared] = words.map(|(_, word)| word);
    let (contexts, stream_bits) = (built & 0xFF, built >> 8 & 0xFF);
    let queue = sizes >> 16 & 0xFF;
    match iommu::identify(&bus) {
        Ok(features) => {
            assert_eq!((magic, version >> 16), (0x5643_4D31, 1));
            assert!((1..=8).contains(&contexts) && stream_bits <= 4 && queue > 0);
            assert_eq!(features.contexts, contexts);
            assert_eq!(features.streams, 1 << stream_bits);
            assert_eq!(features.id_bits, built >> 16 & 0xFF);
            assert_eq!(features.tlb_entries, sizes & 0xFF);
            assert_eq!(features.outstanding, sizes >> 8 & 0xFF);
            assert_eq!(features.fault_queue, queue);
            let shared = if version & 0xFFFF == 0 { 0 } else { shared };
            let log2 = |n: u32| if n == 0 { 0 } else { 1 << n };
            assert_eq!(features.main_sets, log2(shared & 0xF));
            assert_eq!(features.main_ways, shared >> 4 & 0xF);
            assert_eq!(features.first_level, log2(shared >> 8 & 0xF));
            assert_eq!(features.walks, shared >> 12 & 0xF);
            assert_eq!(features.slots, shared >> 16 & 0xF);
            assert_eq!(features.locks, shared >> 20 & 0xF);
            assert_eq!(features.prefetches, shared >> 24 & 0xF);
        }
        Err(ProbeError::WrongId { read }) => assert!(read == magic && magic != 0x5643_4D31),
        Err(ProbeError::WrongVersion { major, minor }) => {
            assert_eq!((major, minor), (version >> 16, version & 0xFFFF));
            assert_ne!(major, 1);
        }
        Err(error @ ProbeError::Unsupported { .. }) => {
            assert!(!(1..=8).contains(&contexts) || stream_bits > 4 || queue == 0);
            assert!(!error.to_string().is_empty());
        }
        Err(other) => panic!("{other}"),
    }
}

/// A fault record, by the offsets and bits of `docs/registers.md`.
fn record(input: &mut Input<'_>) {
    let (iova, what, who) = (input.word(), input.word(), input.word());
    let words = [(0x44, iova), (0x48, what), (0x4C, who)];
    let bus = Words {
        honest: Window::new(Manner::Honest),
        words: &words,
        left: Mutex::new(0),
    };
    let memory = Memory::new(0);
    let iommu = Iommu::probe(&bus, memory, Window::new(Manner::Honest), Config::default());
    let Ok(iommu) = iommu else {
        panic!("an honest device was not taken");
    };
    let times = 1 + input.below(3);
    *bus.left.lock().unwrap_or_else(|e| e.into_inner()) = times;
    let mut records = Vec::new();
    let drained = iommu.drain_faults(&mut records).map(|d| d.records);
    let there = if what >> 31 == 1 { times } else { 0 };
    assert_eq!(
        (drained, records.len()),
        (Ok(there as usize), there as usize)
    );
    for record in records {
        assert_eq!(record.iova.get(), iova);
        assert_eq!(record.kind, FaultKind::from_code(what & 0x1F));
        assert_eq!(record.write, what >> 8 & 1 == 1);
        assert_eq!(record.privileged, what >> 9 & 1 == 1);
        assert_eq!(record.instruction, what >> 10 & 1 == 1);
        assert_eq!(record.stalled.is_some(), what >> 11 & 1 == 1);
        let context = (what >> 15 & 1 == 1).then_some((what >> 16) as u8);
        assert_eq!(record.context, context);
        assert_eq!(u32::from(record.stream.get()), who & 0xFFFF);
        assert_eq!(u32::from(record.id), who >> 16);
        if let Some(tag) = record.stalled {
            let direction = if record.write { "write" } else { "read" };
            assert_eq!(
                tag.to_string(),
                format!("{direction} slot {}", what >> 12 & 7)
            );
        }
        assert!(record.to_string().contains(&record.iova.to_string()));
    }
    assert!(!FaultKind::from_code(what).to_string().is_empty());
}

/// Every type says of each of its fields the bits that stand there.
fn fields(word: u32) {
    macro_rules! check {
        ($($module:ident: $($Word:ident)*;)*) => { $($(
            let text = format!("{:?}", $module::$Word::from_bits(word));
            check_fields(&text, stringify!($Word), $module::$Word::FIELDS, word);
        )*)* };
    }
    check! {
        global: Idr0 Idr1 Idr2 Idr3 Idr4 IrqEnable IrqStatus WalkAttr StallCtrl FqStatus FqIova
            FqSynd0 FqSynd1 FqPop Tlbiall Tlbsync Tlbstatus TlbLocks CntCtrl CntReads S2cr;
        context: Sctlr Resume Ttbr0 Contextidr Par Fsr Far Fsynr0 Fsynr1 Dacr Tlbiva Tlbivaa
            Tlbiasid Tlbiall Tlbrange Tlbpreload Tlbsync Tlbstatus V2ppr V2ppw V2pur V2puw Atsr;
        dma: DmaIdr0 DmaIdr1 DmaIrqStatus Ctrl Status Src Dst Len Count ErrAddr Stream;
        descriptor: TableDescriptor SectionDescriptor SupersectionDescriptor LargePageDescriptor
            SmallPageDescriptor;
    }
    assert_eq!(
        context::Fsr::from_bits(word).bits(),
        Register::bits(context::Fsr::from_bits(word))
    );
}

fn check_fields(text: &str, name: &str, fields: &[FieldInfo], word: u32) {
    let values = fields.iter().map(|field| {
        let value = (word & field.mask()) >> field.lsb;
        format!("{}: {value}", field.name)
    });
    let values: Vec<String> = values.collect();
    assert_eq!(text, format!("{name} {{ {} }}", values.join(", ")));
    let masks = fields.iter().fold(0, |all, field| {
        assert_eq!(
            all & field.mask(),
            0,
            "{name}.{} overlaps another",
            field.name
        );
        all | field.mask()
    });
    assert!(masks != 0);
}
