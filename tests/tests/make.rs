//! The Makefile, on a machine whose cargo is a fake.

mod fake_machine;

use std::fs;

use fake_machine::{Machine, stderr, stdout};

/// A cargo that notes the arguments after `--`, one a line, and ends with `status`.
fn add_cargo(machine: &Machine, status: i32) -> impl Fn() -> Vec<String> {
    let seen = machine.bin().join("seen");
    machine.fake(
        "cargo",
        &format!(
            "case $1 in\n\
             --version) echo 'cargo 1.85.0 (x)' ;;\n\
             run)\n\
             while [ \"$1\" != -- ]; do shift; done; shift\n\
             for argument; do printf '%s\\n' \"$argument\"; done >'{}'\n\
             exit {status} ;;\n\
             esac",
            seen.display()
        ),
    );
    move || {
        let text = fs::read_to_string(&seen).expect("cargo run was called");
        text.lines().map(str::to_owned).collect()
    }
}

fn make(machine: &Machine, arguments: &[&str]) -> std::process::Output {
    let makefile = machine.repository().join("Makefile");
    let makefile = makefile.to_str().expect("is UTF-8");
    machine.run("make", &[&["-f", makefile], arguments].concat())
}

#[test]
fn make_alone_lists_every_target() {
    let machine = Machine::complete();
    let list = stdout(&make(&machine, &[]));
    let text = fs::read_to_string(machine.repository().join("Makefile")).expect("is there");
    let phony = text.lines().find_map(|l| l.strip_prefix(".PHONY: "));
    for target in phony.expect("the Makefile names its targets").split(' ') {
        let line = format!("  make {target:<9} ");
        assert!(list.contains(&line), "{target} is not in\n{list}");
    }
    assert_eq!(list, stdout(&make(&machine, &["help"])));
}

#[test]
fn demo_passes_no_argument_without_a_file() {
    let machine = Machine::complete();
    let seen = add_cargo(&machine, 0);
    let output = make(&machine, &["demo"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(seen().is_empty());
}

#[test]
fn demo_passes_the_name_of_the_file_as_it_was_typed() {
    for name in [
        "a file.bin",
        "it's \"quoted\".bin",
        "$HOME.bin",
        "$(shell touch made-by-make).bin",
        "`touch made-by-shell`;x&y|z.bin",
        "*.bin",
        "back\\slash#hash%.bin",
    ] {
        let machine = Machine::complete();
        let seen = add_cargo(&machine, 0);
        let output = make(&machine, &["demo", &format!("FILE={name}")]);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert_eq!(seen(), [name]);
        let above = machine.repository().join("..");
        for made in ["made-by-make", "made-by-shell"] {
            assert!(!above.join(made).exists(), "{name} was run");
        }
    }
}

#[test]
fn demo_takes_a_name_with_a_dash_for_a_name() {
    let machine = Machine::complete();
    let seen = add_cargo(&machine, 0);
    assert!(make(&machine, &["demo", "FILE=--help"]).status.success());
    assert_eq!(seen(), ["./--help"]);
}

#[test]
fn demo_finds_the_file_from_where_make_was_typed() {
    let machine = Machine::complete();
    let seen = add_cargo(&machine, 0);
    let typed_in = machine.repository().join("rtl");
    fs::create_dir_all(&typed_in).expect("can be made");
    fs::write(typed_in.join("here.bin"), "x").expect("can be written");
    let output = machine
        .command("make")
        .current_dir(&typed_in)
        .env("PWD", &typed_in)
        .args(["-C", "..", "demo", "FILE=here.bin"])
        .output()
        .expect("make runs");
    assert!(output.status.success(), "{}", stderr(&output));
    let file = typed_in.join("here.bin");
    assert_eq!(seen(), [file.to_str().expect("is UTF-8")]);
}

#[test]
fn demo_fails_when_the_demonstration_fails() {
    let machine = Machine::complete();
    let _seen = add_cargo(&machine, 2);
    let output = make(&machine, &["demo", "FILE=missing"]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains("Error 2"), "{message}");
}

#[test]
fn demo_builds_nothing_on_a_machine_without_rust() {
    let machine = Machine::complete();
    machine.remove("cargo");
    let output = make(&machine, &["demo"]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("https://rustup.rs"));
}

#[test]
fn wave_puts_the_file_behind_the_command() {
    let machine = Machine::complete();
    let seen = add_cargo(&machine, 0);
    let demo = machine.repository().join("target/demo/demo.vcd");
    let demo = demo.to_str().expect("is UTF-8");
    for (arguments, expected) in [
        (
            &["CMD=explain fault#0"][..],
            &["explain", demo, "fault#0"][..],
        ),
        (
            &["FILE=$x y.vcd", "CMD=list --to 1us;x"],
            &["list", "$x y.vcd", "--to", "1us;x"],
        ),
        (&["FILE=-a.vcd", "CMD=stats"], &["stats", "./-a.vcd"]),
        (&[], &["--help"]),
    ] {
        let output = make(&machine, &[&["wave"], arguments].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(seen(), expected);
    }
}

#[test]
fn wave_ends_as_vcm_wave_does() {
    let machine = Machine::complete();
    let _seen = add_cargo(&machine, 1);
    let output = make(&machine, &["wave", "CMD=check"]);
    assert!(stderr(&output).contains("Error 1"), "{}", stderr(&output));
}

#[test]
fn test_uses_the_ci_profile_in_ci_only() {
    for (variable, profile) in [("CI=", "default"), ("CI=true", "ci")] {
        let machine = Machine::complete();
        assert!(make(&machine, &["test", variable]).status.success());
        let run = format!("cargo nextest run --workspace --profile {profile}");
        assert_eq!(machine.calls("cargo nextest"), [run]);
        assert_eq!(machine.calls("cargo test").len(), 1);
    }
}
