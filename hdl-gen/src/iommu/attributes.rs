//! AxCACHE from the memory type of a translation.

use rust_hdl::prelude::*;

/// Combinational: {TEX, C, B} without TEX remap (ARM ARM table B3-10) to AxCACHE (AXI4, table A4-5).
/// Of a cacheable type the outer attributes count; reserved encodings become strongly ordered.
#[derive(LogicBlock, Default)]
#[allow(missing_docs)]
pub struct Attributes {
    pub memory: Signal<In, Bits<5>>,
    pub write: Signal<In, Bit>,
    pub cache: Signal<Out, Bits<4>>,
    /// Outer policy. 0: not cacheable, 1: write-back write-allocate, 2: write-through, 3: write-back.
    policy: Signal<Local, Bits<2>>,
    cacheable: Signal<Local, Bit>,
}

impl Logic for Attributes {
    #[hdl_gen]
    fn update(&mut self) {
        self.policy.next = self.memory.val().get_bits::<2>(2);
        self.cacheable.next = self.memory.val().get_bit(4);
        // TEX=000 C=1: write-through or write-back; TEX=001 C=1 B=1: write-back write-allocate.
        if self.memory.val() == 2 {
            self.policy.next = 2.into();
            self.cacheable.next = true;
        }
        if self.memory.val() == 3 {
            self.policy.next = 3.into();
            self.cacheable.next = true;
        }
        if self.memory.val() == 7 {
            self.policy.next = 1.into();
            self.cacheable.next = true;
        }
        self.cache.next = 0.into();
        if self.cacheable.val() {
            if self.policy.val() == 0 {
                self.cache.next = 3.into(); // normal, non-cacheable, bufferable
            } else if self.policy.val() == 1 {
                self.cache.next = 15.into(); // write-back, read- and write-allocate
            } else if self.policy.val() == 2 {
                self.cache.next = 14.into(); // write-through, read-allocate
                if self.write.val() {
                    self.cache.next = 6.into();
                }
            } else {
                self.cache.next = 15.into(); // write-back, read-allocate
                if self.write.val() {
                    self.cache.next = 7.into();
                }
            }
        } else if self.memory.val() == 4 {
            self.cache.next = 3.into(); // TEX=001 C=0 B=0: normal, non-cacheable
        } else if (self.memory.val() == 1) | (self.memory.val() == 8) {
            self.cache.next = 1.into(); // device
        }
    }
}
