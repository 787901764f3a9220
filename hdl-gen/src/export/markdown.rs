//! The register manual, `docs/registers.md`.

use vcm_regs::{descriptor, Block, FieldInfo, FormatInfo, RegisterInfo, MAP};

use super::text;
use super::values::{self, ValueSet};

const INTRODUCTION: &str = "\
Everything that software sees of VCM-IOMMU: the registers of the window behind `s_axil`, and the
page-table descriptors that the walker reads. How to use them: [programming.md](programming.md).
What the hardware does with them: [theory.md](theory.md).

- All registers are 32 bits wide, little-endian, at multiples of 4. Offsets count from the start of
  the window.
- A read or write at an offset where no register is, is answered with SLVERR; the read gives 0.
- Bits that no field names read 0 and ignore what is written.
- Byte strobes are honoured: only the bytes written change.
";

const ACCESSES: &str = "
| access | read | write |
|---|---|---|
| RO | the value the hardware gives | ignored |
| RW | what was written | takes the value |
| WO | 0 | a command: acts |
| W1C | set by the hardware | 1 clears the bit, 0 leaves it as it is |
";

/// The whole file.
pub fn render() -> String {
    let mut out = format!("<!-- {} -->\n\n# Registers\n\n", text::NOTICE);
    out.push_str(INTRODUCTION);
    out.push_str(ACCESSES);
    map(&mut out);
    for block in MAP {
        registers(&mut out, block);
    }
    descriptors(&mut out);
    out.push_str("\n## Values\n");
    for set in values::SETS {
        value_set(&mut out, set);
    }
    out
}

fn map(out: &mut String) {
    out.push_str(&format!(
        "\n## The window\n\n{} KiB; on the Zynq-7000 it begins at `{}`.\n\n",
        vcm_regs::WINDOW_SIZE / 1024,
        text::word(vcm_regs::ZYNQ_BASE)
    ));
    let rows = MAP.iter().map(|block| {
        let end = block.at(block.count - 1) + block.stride - 1;
        vec![
            format!("`{}` to `{}`", text::offset(block.base), text::offset(end)),
            link(block.name, block.name),
            array(block.count, block.stride),
            cell(&text::one_line(block.doc)),
        ]
    });
    table(out, &["offsets", "block", "how many", "what"], rows);
}

fn registers(out: &mut String, block: &Block) {
    out.push_str(&format!("\n## {}\n\n", block.name));
    prose(out, block.doc);
    out.push('\n');
    let rows = block.registers.iter().map(|register| {
        vec![
            offset_formula(block, register),
            link(register.name, &heading(block, register)),
            text::accesses(register),
            reset(register),
            cell(&text::first_sentence(register.doc)),
        ]
    });
    table(
        out,
        &["offset", "register", "access", "reset", "what"],
        rows,
    );
    for info in block.registers {
        register(out, block, info);
    }
}

fn register(out: &mut String, block: &Block, info: &RegisterInfo) {
    out.push_str(&format!("\n### {}\n\n", heading(block, info)));
    prose(out, info.doc);
    let offsets: Vec<String> = text::offsets(block, info)
        .iter()
        .map(|offset| format!("`{}`", text::offset(*offset)))
        .collect();
    out.push_str(&format!("\n- Offset: {}", offset_formula(block, info)));
    if offsets.len() > 1 {
        out.push_str(&format!(": {}", offsets.join(", ")));
    }
    out.push_str(&format!("\n- Access: {}\n", text::accesses(info)));
    if text::readable(info) {
        out.push_str(&format!("- Reset: {}\n", reset(info)));
    }
    out.push('\n');
    let rows = info.fields.iter().map(|field| {
        vec![
            text::bits(field),
            format!("`{}`", field.name),
            field.access.short().to_owned(),
            text::hex(field.reset),
            meaning(field),
        ]
    });
    table(out, &["bits", "field", "access", "reset", "what"], rows);
}

fn descriptors(out: &mut String) {
    out.push_str("\n## Page-table descriptors\n\n");
    out.push_str(
        "The ARMv7-A short-descriptor format (ARM ARM DDI 0406C, B3.5.1): little-endian words. \
         In the diagrams, `-` marks bits that the IOMMU does not look at.\n\n",
    );
    let rows = values::SIZES.iter().map(|constant| {
        vec![
            format!("`{}`", constant.name),
            text::hex(constant.value),
            cell(constant.doc),
        ]
    });
    table(out, &["size", "value", "what"], rows);
    for format in descriptor::FORMATS {
        descriptor_format(out, format);
    }
}

fn descriptor_format(out: &mut String, format: &FormatInfo) {
    out.push_str(&format!("\n### {}\n\n", format.name));
    prose(out, format.doc);
    out.push_str(&format!("\n```text\n{}```\n\n", diagram(format.fields)));
    let rows = format.fields.iter().map(|field| {
        vec![
            text::bits(field),
            format!("`{}`", field.name),
            meaning(field),
        ]
    });
    table(out, &["bits", "field", "what"], rows);
}

fn value_set(out: &mut String, set: &ValueSet) {
    out.push_str(&format!("\n### {}\n\n", set.title));
    let rows = set.values.iter().map(|value| {
        vec![
            format!("0x{:02X}", value.value),
            format!("`{}`", value.name),
            cell(&text::one_line(value.doc)),
        ]
    });
    table(out, &["value", "name", "what"], rows);
}

/// A word as a box for each field, from bit 31 down.
fn diagram(fields: &[FieldInfo]) -> String {
    let (mut numbers, mut edge, mut names) = (String::new(), "+".to_owned(), "|".to_owned());
    for (name, msb, lsb) in boxes(fields) {
        let bits = if msb == lsb {
            format!("{msb}")
        } else {
            format!("{msb}:{lsb}")
        };
        let width = name.len().max(bits.len()) + 2;
        numbers.push_str(&format!(" {bits:^width$}"));
        edge.push_str(&format!("{}+", "-".repeat(width)));
        names.push_str(&format!("{name:^width$}|"));
    }
    let numbers = numbers.trim_end();
    format!("{numbers}\n{edge}\n{names}\n{edge}\n")
}

/// Name, highest and lowest bit of each field and of each gap, from bit 31 down.
fn boxes(fields: &[FieldInfo]) -> Vec<(&'static str, u32, u32)> {
    const GAP: &str = "-";
    let mut boxes = Vec::new();
    let mut above = 32;
    for field in fields.iter().rev() {
        let end = field.lsb + field.width;
        if end < above {
            boxes.push((GAP, above - 1, end));
        }
        boxes.push((field.name, end - 1, field.lsb));
        above = field.lsb;
    }
    if above > 0 {
        boxes.push((GAP, above - 1, 0));
    }
    boxes
}

fn meaning(field: &FieldInfo) -> String {
    let mut meaning = cell(&text::one_line(field.doc));
    if let Some(set) = values::set_of(field) {
        meaning.push_str(&format!(" Values: {}.", link(set.title, set.title)));
    }
    meaning
}

fn heading(block: &Block, register: &RegisterInfo) -> String {
    format!("{} {}", block.name, register.name)
}

fn reset(register: &RegisterInfo) -> String {
    if text::readable(register) {
        format!("`{}`", text::word(register.reset()))
    } else {
        "none".to_owned()
    }
}

fn offset_formula(block: &Block, register: &RegisterInfo) -> String {
    let mut formula = format!("`{}", text::offset(block.base + register.offset));
    if block.count > 1 {
        formula.push_str(&format!(" + n*{}", text::hex(block.stride)));
    }
    if register.count > 1 {
        formula.push_str(&format!(" + n*{}", text::hex(text::REGISTER_SIZE)));
    }
    formula.push('`');
    formula
}

fn array(count: u32, stride: u32) -> String {
    if count == 1 {
        "1".to_owned()
    } else {
        format!("{count}, {} apart", text::hex(stride))
    }
}

fn prose(out: &mut String, doc: &str) {
    out.push_str(&text::paragraphs(doc).join("\n\n"));
    out.push('\n');
}

fn table<const N: usize>(
    out: &mut String,
    head: &[&str; N],
    rows: impl Iterator<Item = Vec<String>>,
) {
    out.push_str(&format!(
        "| {} |\n|{}\n",
        head.join(" | "),
        "---|".repeat(N)
    ));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
}

/// Prose in a table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A link to a heading, by the anchor that Markdown renderers give it.
fn link(name: &str, heading: &str) -> String {
    let anchor: String = heading
        .to_lowercase()
        .chars()
        .map(|c| if c == ' ' { '-' } else { c })
        .collect();
    format!("[{name}](#{anchor})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagram_shows_every_bit_once_and_gaps_too() {
        let all: u32 = boxes(descriptor::TableDescriptor::FIELDS)
            .iter()
            .map(|(_, msb, lsb)| msb - lsb + 1)
            .sum();
        assert_eq!(all, 32);
        assert_eq!(
            diagram(descriptor::TableDescriptor::FIELDS),
            "  31:10   9    8:5     4   3    2   1:0\n\
             +-------+---+--------+---+----+---+------+\n\
             | BASE  | - | DOMAIN | - | NS | - | TYPE |\n\
             +-------+---+--------+---+----+---+------+\n"
        );
    }
}
