//! `include/vcm.h` says what the library has: compared by the C compiler.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::mem::offset_of;
use std::path::PathBuf;
use std::process::Command;

use vcm_capi::flags;
use vcm_capi::types::{
    Vcm, VcmBus, VcmDriver, VcmFault, VcmFaultKind, VcmPhys, VcmPhysPart, VcmPlatform, VcmReport,
    VcmRes,
};

/// Types of the library by their names in C.
const NAMES: [(&str, &str); 13] = [
    ("Vcm", "vcm"),
    ("VcmSystem", "vcm_system"),
    ("VcmIommu", "vcm_iommu"),
    ("VcmRes", "vcm_res"),
    ("VcmPhys", "vcm_phys"),
    ("VcmPhysPart", "vcm_phys_part"),
    ("VcmDriver", "vcm_driver"),
    ("VcmPlatform", "vcm_platform"),
    ("VcmReport", "vcm_report"),
    ("VcmBus", "vcm_bus"),
    ("VcmFault", "vcm_fault"),
    ("VcmFaultKind", "vcm_fault_kind"),
    ("VcmErrno", "vcm_errno"),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compiles C against the header. The errors, if there are any.
fn compile(source: &str, arguments: &[&str]) -> Result<(), String> {
    let scratch = tempfile::tempdir().expect("a folder");
    let file = scratch.path().join("test.c");
    fs::write(&file, source).expect("can be written");
    let output = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"])
        .args(arguments)
        .arg("-I")
        .arg(folder().join("include"))
        .arg(&file)
        .output()
        .expect("there is a C compiler");
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// The prototypes as cbindgen sees them in the library.
fn prototypes() -> String {
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        style: cbindgen::Style::Tag,
        no_includes: true,
        usize_is_size_t: true,
        ..cbindgen::Config::default()
    };
    config.export.item_types = vec![cbindgen::ItemType::Functions];
    for (ours, theirs) in NAMES {
        config.export.rename.insert(ours.into(), theirs.into());
    }
    // It follows the modules from there by itself.
    let builder = cbindgen::Builder::new()
        .with_config(config)
        .with_src(folder().join("src/lib.rs"));
    let mut text = vec![];
    builder.generate().expect("can be read").write(&mut text);
    String::from_utf8(text).expect("is UTF-8")
}

/// The names of functions that are declared in C.
fn declared(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices("(") {
        let before = &text[..at];
        let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_');
        let name = &before[start.map_or(0, |at| at + 1)..];
        let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        let is_declared = line.starts_with(|c: char| c.is_alphabetic())
            && !line.contains("static")
            && line.contains(' ');
        if is_declared && name.starts_with("vcm_") {
            names.insert(name);
        }
    }
    names
}

#[test]
fn every_function_has_the_same_prototype_in_the_header() {
    let prototypes = prototypes();
    assert!(prototypes.contains("vcm_make_binding"), "{prototypes}");
    let source = format!("#include <stdbool.h>\n#include \"vcm.h\"\n{prototypes}");
    if let Err(errors) = compile(&source, &["-DVCM_BARE_METAL"]) {
        panic!("{errors}");
    }
}

#[test]
fn a_wrong_prototype_would_be_found() {
    let source = "#include \"vcm.h\"\nint vcm_activate(struct vcm_res *vcm);\n";
    assert!(compile(source, &[]).is_err());
}

#[test]
fn header_and_library_have_the_same_functions() {
    let header = fs::read_to_string(folder().join("include/vcm.h")).expect("there is a header");
    let prototypes = prototypes();
    assert_eq!(declared(&header), declared(&prototypes));
    assert!(declared(&header).len() > 25);
}

/// Assertions of C that size and offsets of a structure are ours.
macro_rules! layout {
    ($text:ident, $Type:ident as $name:literal { $($field:ident),* }) => {
        let size = size_of::<$Type>();
        writeln!($text, "_Static_assert(sizeof(struct {}) == {size}, \"\");", $name).unwrap();
        $(
            let field = stringify!($field);
            let at = offset_of!($Type, $field);
            writeln!($text, "_Static_assert(offsetof(struct {}, {field}) == {at}, \"\");", $name)
                .unwrap();
        )*
    };
}

#[test]
fn structures_lie_in_memory_as_the_header_says() {
    let mut c = String::from("#include \"vcm.h\"\n");
    layout!(c, Vcm as "vcm" { start, size, activations, driver, system });
    layout!(c, VcmRes as "vcm_res" { start, bound_size, res_size, poisoned, vcm, phys });
    layout!(c, VcmPhysPart as "vcm_phys_part" { start, size });
    layout!(c, VcmPhys as "vcm_phys" { count, size, free, bindings, poisoned, parts });
    layout!(c, VcmDriver as "vcm_driver" {
        cleanup, alloc, res, phys, unreserve, map, bind, unbind, activate, deactivate, aliases
    });
    layout!(c, VcmPlatform as "vcm_platform" {
        context, alloc, free, read, write, sync_for_device, sync_for_cpu, now, report
    });
    layout!(c, VcmBus as "vcm_bus" { context, read32, write32 });
    layout!(c, VcmFault as "vcm_fault" {
        address, stream, kind, write, privileged, fetch, lost, stalled, offset, vcm, res
    });
    if let Err(errors) = compile(&c, &[]) {
        panic!("{errors}");
    }
}

#[test]
fn numbers_are_those_of_the_header() {
    use vcm::Errno::*;
    use vcm::mmu::MemoryType;
    let mut c = String::from("#include \"vcm.h\"\n");
    let mut same = |name: &str, value: u32| {
        writeln!(c, "_Static_assert({name} == {value}, \"{name}\");").unwrap();
    };
    for errno in [
        EIO, ENOMEM, EBUSY, EINVAL, ENOSPC, EOPNOTSUPP, EADDRINUSE, ETIMEDOUT, EALREADY,
    ] {
        same(&format!("VCM_{errno:?}"), errno.code() as u32);
    }
    same("VCM_CONTIGUOUS", flags::CONTIGUOUS);
    same("VCM_ALIGN(1)", 1 << flags::ALIGN_SHIFT);
    same("VCM_MAX_PAGE(1)", 1 << flags::MAX_PAGE_SHIFT);
    same("VCM_READ_ONLY", flags::READ_ONLY);
    same("VCM_SECURE", flags::SECURE);
    same("VCM_NO_ACCESS", flags::NO_ACCESS);
    same("VCM_EXECUTE", flags::EXECUTE);
    same("VCM_PRIVILEGED", flags::PRIVILEGED);
    for (name, memory) in [
        ("VCM_NON_CACHEABLE", MemoryType::NonCacheable),
        ("VCM_STRONGLY_ORDERED", MemoryType::StronglyOrdered),
        ("VCM_DEVICE", MemoryType::Device),
        ("VCM_WRITE_THROUGH", MemoryType::WriteThrough),
        ("VCM_WRITE_BACK", MemoryType::WriteBack),
    ] {
        same(name, flags::memory_bits(memory));
    }
    same("VCM_REPORT_MISUSE", VcmReport::Misuse as u32);
    for (name, kind) in [
        ("TRANSLATION", VcmFaultKind::Translation),
        ("ACCESS_FLAG", VcmFaultKind::AccessFlag),
        ("DOMAIN", VcmFaultKind::Domain),
        ("PERMISSION", VcmFaultKind::Permission),
        ("WALK_ABORT", VcmFaultKind::WalkAbort),
        ("EXTERNAL_ABORT", VcmFaultKind::ExternalAbort),
        ("UNMAPPED_STREAM", VcmFaultKind::UnmappedStream),
        ("CONTEXT_DISABLED", VcmFaultKind::ContextDisabled),
        ("ILLEGAL_BURST", VcmFaultKind::IllegalBurst),
        ("STALL_TIMEOUT", VcmFaultKind::StallTimeout),
        ("OTHER", VcmFaultKind::Other),
    ] {
        same(&format!("VCM_FAULT_{name}"), kind as u32);
    }
    if let Err(errors) = compile(&c, &[]) {
        panic!("{errors}");
    }
}

#[test]
fn the_header_stands_alone_with_and_without_its_options() {
    let source = "#include \"vcm.h\"\n#include \"vcm.h\"\n";
    for options in [
        &[][..],
        &["-DVCM_RFC_NAMES", "-DVCM_BARE_METAL"],
        &["-pedantic"],
    ] {
        if let Err(errors) = compile(source, options) {
            panic!("{options:?}: {errors}");
        }
    }
}

#[test]
fn the_code_of_the_documents_compiles() {
    let file = folder().join("../../docs/writing-a-driver.md");
    let text = fs::read_to_string(file).expect("there is a document");
    let blocks: Vec<_> = text.split("\n```c\n").skip(1).collect();
    assert!(blocks.len() >= 2);
    for block in blocks {
        let (code, _) = block.split_once("\n```").expect("its end");
        if let Err(errors) = compile(&format!("{code}\n"), &[]) {
            panic!("{errors}");
        }
    }
}
