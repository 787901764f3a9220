//! The register table as a C99 header.

use vcm_regs::{descriptor, Block, FieldInfo, FormatInfo, RegisterInfo};

use super::text;
use super::values::{self, ValueSet};

const HEAD: &str = "\
#ifndef VCM_REGS_H
#define VCM_REGS_H

#include <stdint.h>

/* VCM_GET(word, NAME): the value of a field of a word.
 * VCM_PUT(NAME, value): the word that has a field at a value, and 0 elsewhere.
 * NAME is what comes before _SHIFT and _MASK, as in VCM_PUT(VCM_CONTEXT_SCTLR_M, 1). */
#define VCM_GET(word, NAME) (((uint32_t)(word) & NAME##_MASK) >> NAME##_SHIFT)
#define VCM_PUT(NAME, value) (((uint32_t)(value) << NAME##_SHIFT) & NAME##_MASK)
";

/// The whole file.
pub fn render() -> String {
    let mut out = Header(String::new());
    out.comment("Registers and page-table descriptors of VCM-IOMMU.");
    out.comment("Offsets count from the start of the register window.");
    out.comment(text::NOTICE);
    out.comment("SPDX-License-Identifier: MIT OR Apache-2.0");
    out.line(HEAD.trim_end());
    out.heading("Register window");
    out.comment("Bytes of the window.");
    out.define("VCM_WINDOW_SIZE", text::hex(vcm_regs::WINDOW_SIZE));
    out.comment("Its address on the Zynq-7000.");
    out.define("VCM_ZYNQ_BASE", text::word(vcm_regs::ZYNQ_BASE));
    for set in values::SETS {
        out.value_set(set);
    }
    for block in vcm_regs::MAP {
        out.block(block);
    }
    out.heading("Translation tables (ARMv7-A short descriptors)");
    for constant in values::SIZES {
        out.comment(constant.doc);
        out.define(&format!("VCM_{}", constant.name), text::hex(constant.value));
    }
    for format in descriptor::FORMATS {
        out.descriptor(format);
    }
    out.line("\n#endif /* VCM_REGS_H */");
    out.0
}

/// An array: how many, how far apart in bytes, and the name of its index.
struct Array(u32, u32, &'static str);

struct Header(String);

impl Header {
    fn value_set(&mut self, set: &ValueSet) {
        self.heading(set.title);
        self.line(&format!("enum vcm_{} {{", set.name.to_lowercase()));
        for (i, value) in set.values.iter().enumerate() {
            let comma = if i + 1 < set.values.len() { "," } else { "" };
            let (name, number) = (value.name, value.value);
            self.indented_comment("    ", value.doc);
            self.line(&format!(
                "    VCM_{}_{name} = 0x{number:02X}{comma}",
                set.name
            ));
        }
        self.line("};");
    }

    fn block(&mut self, block: &Block) {
        self.heading(block.name);
        self.comment(block.doc);
        let arrays = [Array(block.count, block.stride, "n")];
        self.place(&format!("VCM_BASE_{}", block.name), block.base, &arrays);
        self.number_of(block.name, block.count);
        for info in block.registers {
            self.register(block, info);
        }
    }

    fn register(&mut self, block: &Block, info: &RegisterInfo) {
        // DMA_IDR0 of block DMA is VCM_DMA_IDR0, not VCM_DMA_DMA_IDR0.
        let block_prefix = format!("{}_", block.name);
        let short = info.name.strip_prefix(&block_prefix).unwrap_or(info.name);
        let name = format!("{}_{short}", block.name);
        let arrays = [
            Array(block.count, block.stride, "n"),
            Array(info.count, text::REGISTER_SIZE, "i"),
        ];
        self.line("");
        let access = text::accesses(info);
        self.comment(&format!("{} ({access})", text::one_line(info.doc)));
        self.place(&format!("VCM_{name}"), block.base + info.offset, &arrays);
        self.number_of(&name, info.count);
        self.define(&format!("VCM_{name}_RESET"), text::word(info.reset()));
        for field in info.fields {
            let access = field.access.short();
            self.comment(&format!("{} ({access})", text::one_line(field.doc)));
            self.field(&name, field);
        }
    }

    fn descriptor(&mut self, format: &FormatInfo) {
        let name = format!("DESC_{}", text::descriptor_constant(format.name));
        self.line("");
        self.comment(format.doc);
        for field in format.fields {
            self.comment(field.doc);
            self.field(&name, field);
        }
    }

    fn field(&mut self, of: &str, field: &FieldInfo) {
        let name = format!("VCM_{of}_{}", field.name);
        self.define(&format!("{name}_SHIFT"), field.lsb.to_string());
        self.define(&format!("{name}_MASK"), text::word(field.mask()));
    }

    /// An offset: a macro with an index for each array that it stands in.
    fn place(&mut self, name: &str, base: u32, arrays: &[Array]) {
        let base = text::offset(base);
        let mut indices = Vec::new();
        let mut terms = format!("{base}u");
        for Array(_, stride, index) in arrays.iter().filter(|Array(count, ..)| *count > 1) {
            indices.push(*index);
            terms += &format!(" + {}u * (uint32_t)({index})", text::hex(*stride));
        }
        if indices.is_empty() {
            self.define(name, base);
        } else {
            let indices = indices.join(", ");
            self.line(&format!("#define {name}({indices}) ({terms})"));
        }
    }

    /// How many there are, if it is an array.
    fn number_of(&mut self, name: &str, count: u32) {
        if count > 1 {
            self.define(&format!("VCM_NUM_{name}"), count.to_string());
        }
    }

    fn define(&mut self, name: &str, digits: String) {
        self.line(&format!("#define {name} {digits}u"));
    }

    fn heading(&mut self, title: &str) {
        self.line(&format!("\n/* ---- {title} ---- */"));
    }

    fn comment(&mut self, doc: &str) {
        self.indented_comment("", doc);
    }

    fn indented_comment(&mut self, indent: &str, doc: &str) {
        const WIDTH: usize = 88;
        let prose = text::one_line(doc).replace("*/", "* /");
        let lines = text::wrap(&prose, WIDTH);
        let gap = format!("\n{indent} * ");
        self.line(&format!("{indent}/* {} */", lines.join(&gap)));
    }

    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }
}
