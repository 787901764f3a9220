//! The files generated from the register table: up to date, and understood by those they are for.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use hdl_gen::export::{self, Artifact};
use svd_parser::svd::{self, Device, MaybeArray, ModifiedWriteValues};
use svd_parser::ValidateLevel;
use vcm_regs::{Access, Block, FieldInfo, RegisterInfo, MAP};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn generated(extension: &str) -> Artifact {
    let has =
        |artifact: &Artifact| Path::new(artifact.path).extension() == Some(OsStr::new(extension));
    let artifacts = export::artifacts().expect("the table can be expressed in every format");
    artifacts
        .into_iter()
        .find(has)
        .expect("there is such a file")
}

fn registers() -> impl Iterator<Item = (&'static Block, &'static RegisterInfo)> {
    MAP.iter()
        .flat_map(|block| block.registers.iter().map(move |info| (*block, *info)))
}

/// Every register of the window by its offset; of an array, each.
fn by_offset() -> BTreeMap<u32, &'static RegisterInfo> {
    let mut found = BTreeMap::new();
    for (block, info) in registers() {
        for n in 0..block.count {
            for i in 0..info.count {
                found.insert(block.at(n) + info.offset + 4 * i, info);
            }
        }
    }
    found
}

#[test]
fn generated_files_are_up_to_date() {
    let stale = export::stale(root()).expect("the files can be read");
    let paths: Vec<_> = stale.iter().map(|artifact| artifact.path).collect();
    assert!(
        paths.is_empty(),
        "not what the register table says: {paths:?}; run `make regs` and check the files in"
    );
}

#[test]
fn generating_twice_gives_the_same_files() {
    let first = export::artifacts().expect("can be generated");
    let second = export::artifacts().expect("can be generated");
    assert!(first == second);
}

#[test]
fn writing_makes_folders_and_touches_only_what_differs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let all = export::write(folder.path()).expect("can be written");
    assert_eq!(all.len(), export::artifacts().expect("generated").len());
    assert!(export::stale(folder.path()).expect("read").is_empty());

    fs::write(folder.path().join(all[1]), "changed by hand").expect("can be written");
    let stale = export::stale(folder.path()).expect("read");
    assert_eq!(stale.len(), 1);
    assert_eq!(export::write(folder.path()).expect("written"), [all[1]]);
}

fn parse_svd() -> Device {
    let config = svd_parser::Config::default()
        .validate_level(ValidateLevel::Strict)
        .expand(true)
        .expand_properties(true);
    let device = svd_parser::parse_with_config(&generated("svd").text, &config)
        .expect("the SVD passes strict validation");
    device
        .validate_all(ValidateLevel::Strict)
        .expect("the expanded SVD passes strict validation");
    device
}

#[test]
fn the_svd_has_every_register_of_every_bank_at_its_address() {
    let mut expected = by_offset();
    for peripheral in &parse_svd().peripherals {
        for register in peripheral.all_registers() {
            let address = peripheral.base_address + u64::from(register.address_offset);
            let offset = u32::try_from(address).expect("32 bits") - vcm_regs::ZYNQ_BASE;
            let place = format!("{}.{} at {offset:#06x}", peripheral.name, register.name);
            let info = expected
                .remove(&offset)
                .unwrap_or_else(|| panic!("{place} is not in the table"));
            assert_svd_register(register, info, &place);
        }
    }
    assert!(expected.is_empty(), "not in the SVD: {expected:?}");
}

fn assert_svd_register(register: &MaybeArray<svd::RegisterInfo>, info: &RegisterInfo, at: &str) {
    assert_eq!(register.properties.size, Some(32), "{at}");
    let reset = register.properties.reset_value.expect("has a reset value");
    assert_eq!(reset, u64::from(info.reset()), "{at}");
    assert_eq!(register.fields().count(), info.fields.len(), "{at}");
    for (field, expected) in register.fields().zip(info.fields) {
        assert_svd_field(field, expected, &format!("{at}, field {}", expected.name));
    }
}

fn assert_svd_field(field: &svd::FieldInfo, expected: &FieldInfo, at: &str) {
    assert_eq!(field.name, expected.name, "{at}");
    assert_eq!(field.bitmask(), u64::from(expected.mask()), "{at}");
    let clears = field.modified_write_values == Some(ModifiedWriteValues::OneToClear);
    let access = match field.access {
        Some(svd::Access::ReadOnly) => Access::ReadOnly,
        Some(svd::Access::WriteOnly) => Access::WriteOnly,
        Some(svd::Access::ReadWrite) if clears => Access::WriteOneToClear,
        Some(svd::Access::ReadWrite) => Access::ReadWrite,
        other => panic!("{at}: access {other:?}"),
    };
    assert_eq!(access, expected.access, "{at}");
    let named = field.enumerated_values.iter().flat_map(|set| &set.values);
    let values: Vec<_> = named.map(|v| (v.name.as_str(), v.value)).collect();
    let expected_values = expected.values.iter();
    let expected_values: Vec<_> = expected_values
        .map(|v| (v.name, Some(u64::from(v.value))))
        .collect();
    assert_eq!(values, expected_values, "{at}");
}

/// Compiles a program that includes the header with warnings as errors, and runs it.
fn compile_and_run(compiler: &str, standard: &str, source: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("vcm_regs.h"), generated("h").text).expect("can be written");
    fs::write(at("check.c"), source).expect("can be written");
    let output = Command::new(compiler)
        .args([standard, "-Wall", "-Wextra", "-pedantic", "-Werror", "-o"])
        .arg(at("check"))
        .arg(at("check.c"))
        .output()
        .unwrap_or_else(|e| panic!("cannot run {compiler}: {e}; `make setup` installs it"));
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{compiler} {standard}: {messages}");
    let run = Command::new(at("check")).output().expect("can be run");
    assert!(run.status.success());
    String::from_utf8(run.stdout).expect("is text")
}

#[test]
fn the_c_header_gives_the_numbers_of_the_table() {
    // The program prints what the header says; the expectation is made of the table.
    let mut body = String::new();
    let mut expected = String::new();
    let mut check = |expression: &str, value: u32| {
        let quoted =
            format!("printf(\"%s %lu\\n\", \"{expression}\", (unsigned long)({expression}));");
        writeln!(body, "    {quoted}").expect("a String can be written");
        writeln!(expected, "{expression} {value}").expect("a String can be written");
    };
    for (block, info) in registers() {
        let name = info.name.trim_start_matches(&format!("{}_", block.name));
        let name = format!("VCM_{}_{name}", block.name);
        for n in 0..block.count {
            for i in 0..info.count {
                let index = match (block.count > 1, info.count > 1) {
                    (false, false) => String::new(),
                    (true, false) => format!("({n})"),
                    (false, true) => format!("({i})"),
                    (true, true) => format!("({n}, {i})"),
                };
                let offset = block.at(n) + info.offset + 4 * i;
                check(&format!("{name}{index}"), offset);
            }
        }
        check(&format!("{name}_RESET"), info.reset());
        for field in info.fields {
            let field_name = format!("{name}_{}", field.name);
            check(&format!("{field_name}_MASK"), field.mask());
            check(&format!("VCM_PUT({field_name}, -1)"), field.mask());
            check(&format!("VCM_GET({name}_RESET, {field_name})"), field.reset);
        }
    }
    for value in vcm_regs::fault::ALL {
        check(&format!("VCM_FAULT_{}", value.name), value.value);
    }
    check("VCM_NUM_CONTEXT", vcm_regs::context::BLOCK.count);
    check("VCM_BASE_CONTEXT(7)", vcm_regs::context::BLOCK.at(7));
    check(
        "VCM_DESC_SMALL_PAGE_BASE_MASK",
        vcm_regs::descriptor::SmallPageDescriptor::BASE.mask(),
    );
    let source = format!(
        "#include \"vcm_regs.h\"\n#include \"vcm_regs.h\"\n#include <stdio.h>\n\n\
         int main(void)\n{{\n{body}    return 0;\n}}\n"
    );
    let printed = compile_and_run("cc", "-std=c99", &source);
    assert_eq!(printed, expected);
}

#[test]
fn the_json_has_every_register_and_every_value_set_that_it_names() {
    let json: serde_json::Value = serde_json::from_str(&generated("json").text).expect("is JSON");
    let list = |value: &serde_json::Value| value.as_array().expect("is a list").clone();
    let number = |value: &serde_json::Value| value.as_u64().expect("is a number") as u32;
    let sets: Vec<_> = list(&json["value_sets"])
        .iter()
        .map(|set| set["name"].clone())
        .collect();
    let mut expected = by_offset();
    for block in list(&json["blocks"]) {
        for register in list(&block["registers"]) {
            for field in list(&register["fields"]) {
                let values = &field["values"];
                assert!(values.is_null() || sets.contains(values), "{field}");
            }
            for n in 0..number(&block["count"]) {
                for i in 0..number(&register["count"]) {
                    let offset = number(&block["base"])
                        + n * number(&block["stride"])
                        + number(&register["offset"])
                        + i * number(&register["stride"]);
                    let info = expected.remove(&offset).expect("is in the table");
                    assert_eq!(register["name"], info.name);
                    assert_eq!(number(&register["reset"]), info.reset());
                }
            }
        }
    }
    assert!(expected.is_empty(), "not in the JSON: {expected:?}");
}

#[test]
fn links_within_the_manual_lead_to_headings() {
    let manual = generated("md").text;
    let headings: Vec<String> = manual
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().to_lowercase())
        .map(|heading| heading.replace(' ', "-"))
        .collect();
    for link in manual.split("](#").skip(1) {
        let anchor = link.split(')').next().expect("split gives at least one");
        let count = headings.iter().filter(|h| h.as_str() == anchor).count();
        assert_eq!(count, 1, "#{anchor}");
    }
    for (block, info) in registers() {
        let heading = format!("### {} {}\n", block.name, info.name);
        assert!(manual.contains(&heading), "{heading} is missing");
    }
}
