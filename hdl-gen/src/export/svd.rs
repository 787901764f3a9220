//! The register table as CMSIS-SVD, for svd2rust, debuggers and register views.

use anyhow::Result;
use svd_rs::{
    AddressBlock, AddressBlockUsage, BitRange, Device, DimElement, EnumeratedValue,
    EnumeratedValues, Field, ModifiedWriteValues, Peripheral, PeripheralInfo, Register,
    RegisterCluster, RegisterProperties, Usage, ValidateLevel,
};
use vcm_regs::{Access, Block, FieldInfo, RegisterInfo, Value};

use super::text;
use super::values;

const STRICT: ValidateLevel = ValidateLevel::Strict;

/// The whole file.
pub fn render() -> Result<String> {
    let mut peripherals = Vec::new();
    for block in vcm_regs::MAP {
        peripherals.push(peripheral(block)?);
    }
    let word = RegisterProperties::new()
        .size(Some(32))
        .access(Some(svd_rs::Access::ReadWrite))
        .reset_value(Some(0))
        .reset_mask(Some(u64::from(u32::MAX)));
    let device = Device::builder()
        .name("VCM_IOMMU".to_owned())
        .version(interface_version())
        .description(format!(
            "VCM-IOMMU with its DMA engine, at its address on the Zynq-7000. {}",
            text::NOTICE
        ))
        .address_unit_bits(8)
        .width(32)
        .default_register_properties(word)
        // Arrays of peripherals came with version 1.3 of the format.
        .schema_version("1.3".to_owned())
        .no_namespace_schema_location("CMSIS-SVD.xsd".to_owned())
        .peripherals(peripherals)
        .build(STRICT)?;
    let mut text = svd_encoder::encode(&device)?;
    text.push('\n');
    Ok(text)
}

/// Version of the register interface, as `IDR1` reports it.
fn interface_version() -> String {
    use vcm_regs::global::Idr1;
    let idr1 = Idr1::default();
    format!("{}.{}", idr1.get(Idr1::MAJOR), idr1.get(Idr1::MINOR))
}

fn peripheral(block: &Block) -> Result<Peripheral> {
    let mut registers = Vec::new();
    for info in block.registers {
        registers.push(RegisterCluster::Register(register(info)?));
    }
    let size = AddressBlock::builder()
        .offset(0)
        .size(block.stride)
        .usage(AddressBlockUsage::Registers)
        .build(STRICT)?;
    let info = PeripheralInfo::builder()
        .name(array_name(block.name, block.count))
        .description(Some(text::one_line(block.doc)))
        .base_address(u64::from(vcm_regs::ZYNQ_BASE + block.base))
        .address_block(Some(vec![size]))
        .registers(Some(registers))
        .build(STRICT)?;
    Ok(info.maybe_array(array(block.count, block.stride)?))
}

fn register(info: &RegisterInfo) -> Result<Register> {
    let mut fields = Vec::new();
    for field_info in info.fields {
        fields.push(field(field_info)?);
    }
    let register = svd_rs::RegisterInfo::builder()
        .name(array_name(info.name, info.count))
        .description(Some(text::one_line(info.doc)))
        .address_offset(info.offset)
        .access(Some(register_access(info)))
        .reset_value(Some(u64::from(info.reset())))
        .fields(Some(fields))
        .build(STRICT)?;
    Ok(register.maybe_array(array(info.count, text::REGISTER_SIZE)?))
}

fn field(info: &FieldInfo) -> Result<Field> {
    let clears = info.access == Access::WriteOneToClear;
    let mut sets = Vec::new();
    if !info.values.is_empty() {
        sets.push(enumerated_values(info)?);
    }
    let field = svd_rs::FieldInfo::builder()
        .name(info.name.to_owned())
        .description(Some(text::one_line(info.doc)))
        .bit_range(BitRange::from_offset_width(info.lsb, info.width))
        .access(Some(access(info.access)))
        .modified_write_values(clears.then_some(ModifiedWriteValues::OneToClear))
        .enumerated_values(sets)
        .build(STRICT)?;
    Ok(field.maybe_array(None))
}

fn enumerated_values(info: &FieldInfo) -> Result<EnumeratedValues> {
    let read_only = info.access == Access::ReadOnly;
    let mut entries = Vec::new();
    for entry in info.values {
        entries.push(enumerated_value(entry)?);
    }
    Ok(EnumeratedValues::builder()
        .name(values::set_of(info).map(|set| set.name.to_owned()))
        .usage(read_only.then_some(Usage::Read))
        .values(entries)
        .build(STRICT)?)
}

fn enumerated_value(value: &Value) -> Result<EnumeratedValue> {
    Ok(EnumeratedValue::builder()
        .name(value.name.to_owned())
        .description(Some(text::one_line(value.doc)))
        .value(Some(u64::from(value.value)))
        .build(STRICT)?)
}

/// What software may do with a register: all that it may do with any of its fields.
fn register_access(info: &RegisterInfo) -> svd_rs::Access {
    let mut of_fields = info.fields.iter().map(|field| access(field.access));
    let first = of_fields.next().unwrap_or(svd_rs::Access::ReadOnly);
    if of_fields.all(|other| other == first) {
        first
    } else {
        svd_rs::Access::ReadWrite
    }
}

fn access(access: Access) -> svd_rs::Access {
    match access {
        Access::ReadOnly => svd_rs::Access::ReadOnly,
        Access::ReadWrite | Access::WriteOneToClear => svd_rs::Access::ReadWrite,
        Access::WriteOnly => svd_rs::Access::WriteOnly,
    }
}

/// SVD's name for one thing, or for an array of them: `%s` stands for the index.
fn array_name(name: &str, count: u32) -> String {
    if count == 1 {
        name.to_owned()
    } else {
        format!("{name}%s")
    }
}

fn array(count: u32, stride: u32) -> Result<Option<DimElement>> {
    if count == 1 {
        return Ok(None);
    }
    let dim = DimElement::builder()
        .dim(count)
        .dim_increment(stride)
        .build(STRICT)?;
    Ok(Some(dim))
}
