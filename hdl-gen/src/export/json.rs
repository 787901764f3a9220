//! The register table as JSON, for tools.

use anyhow::Result;
use serde::Serialize;
use vcm_regs::{descriptor, Block, FieldInfo, FormatInfo, RegisterInfo, Value};

use super::text;
use super::values;

#[derive(Serialize)]
struct Map {
    name: &'static str,
    notice: &'static str,
    window_size: u32,
    blocks: Vec<JsonBlock>,
    descriptors: Vec<JsonFormat>,
    value_sets: Vec<JsonValueSet>,
    constants: Vec<JsonConstant>,
}

#[derive(Serialize)]
struct JsonBlock {
    name: &'static str,
    description: String,
    base: u32,
    count: u32,
    stride: u32,
    registers: Vec<JsonRegister>,
}

#[derive(Serialize)]
struct JsonRegister {
    name: &'static str,
    description: String,
    offset: u32,
    count: u32,
    stride: u32,
    reset: u32,
    fields: Vec<JsonField>,
}

#[derive(Serialize)]
struct JsonField {
    name: &'static str,
    description: String,
    lsb: u32,
    width: u32,
    mask: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<&'static str>,
}

#[derive(Serialize)]
struct JsonFormat {
    name: &'static str,
    description: String,
    fields: Vec<JsonField>,
}

#[derive(Serialize)]
struct JsonValueSet {
    name: &'static str,
    description: &'static str,
    values: Vec<JsonValue>,
}

#[derive(Serialize)]
struct JsonValue {
    name: &'static str,
    value: u32,
    description: String,
}

#[derive(Serialize)]
struct JsonConstant {
    name: &'static str,
    value: u32,
    description: &'static str,
}

/// The whole file.
pub fn render() -> Result<String> {
    let map = Map {
        name: "VCM-IOMMU",
        notice: text::NOTICE,
        window_size: vcm_regs::WINDOW_SIZE,
        blocks: vcm_regs::MAP.iter().map(|b| block(b)).collect(),
        descriptors: descriptor::FORMATS.iter().map(format).collect(),
        value_sets: values::SETS.iter().map(value_set).collect(),
        constants: values::SIZES.iter().map(constant).collect(),
    };
    Ok(serde_json::to_string_pretty(&map)? + "\n")
}

fn block(block: &Block) -> JsonBlock {
    JsonBlock {
        name: block.name,
        description: text::one_line(block.doc),
        base: block.base,
        count: block.count,
        stride: block.stride,
        registers: block.registers.iter().map(|r| register(r)).collect(),
    }
}

fn register(register: &RegisterInfo) -> JsonRegister {
    JsonRegister {
        name: register.name,
        description: text::one_line(register.doc),
        offset: register.offset,
        count: register.count,
        stride: text::REGISTER_SIZE,
        reset: register.reset(),
        fields: register.fields.iter().map(register_field).collect(),
    }
}

fn register_field(info: &FieldInfo) -> JsonField {
    JsonField {
        access: Some(info.access.short()),
        reset: Some(info.reset),
        ..field(info)
    }
}

/// A field without what only registers have.
fn field(info: &FieldInfo) -> JsonField {
    JsonField {
        name: info.name,
        description: text::one_line(info.doc),
        lsb: info.lsb,
        width: info.width,
        mask: info.mask(),
        access: None,
        reset: None,
        values: values::set_of(info).map(|set| set.name),
    }
}

fn format(format: &FormatInfo) -> JsonFormat {
    JsonFormat {
        name: format.name,
        description: text::one_line(format.doc),
        fields: format.fields.iter().map(field).collect(),
    }
}

fn value_set(set: &values::ValueSet) -> JsonValueSet {
    JsonValueSet {
        name: set.name,
        description: set.title,
        values: set.values.iter().map(value).collect(),
    }
}

fn value(value: &Value) -> JsonValue {
    JsonValue {
        name: value.name,
        value: value.value,
        description: text::one_line(value.doc),
    }
}

fn constant(constant: &values::Constant) -> JsonConstant {
    JsonConstant {
        name: constant.name,
        value: constant.value,
        description: constant.doc,
    }
}
