//! `tools/bitstream`: what it hands to the tools, and what it says when they are not there.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A folder of programs, which are all that can be found beside the shell's.
struct Machine {
    programs: TempDir,
}

impl Machine {
    fn new() -> Self {
        let machine = Self {
            programs: tempfile::tempdir().expect("a temporary folder can be made"),
        };
        for tool in ["bash", "env", "dirname", "mkdir", "grep", "tail", "cat"] {
            let found = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
            let found = found
                .iter()
                .find(|path| path.exists())
                .expect("a usual tool");
            std::os::unix::fs::symlink(found, machine.path(tool)).expect("can be linked");
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.programs.path().join(name)
    }

    /// A program of this text.
    fn program(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("can be written");
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.path(name), mode).expect("can be made a program");
    }

    fn run(&self, settings: &[(&str, &str)]) -> Output {
        Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/bitstream"))
            .env_clear()
            .env("PATH", self.programs.path())
            .envs(settings.iter().copied())
            .output()
            .expect("can be run")
    }
}

fn refused(output: &Output) -> String {
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    message
}

/// Property, port and value of each line of a board's constraints.
fn pins(board: &str) -> BTreeSet<[String; 3]> {
    let file = format!("{ROOT}/constraints/{board}/vcm_zynq.xdc");
    let text = fs::read_to_string(&file).expect("the constraints are there");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pins = lines.map(|line| {
        // The open flow reads no other form.
        let rest = line.strip_prefix("set_property ").expect("a property");
        let (assignment, port) = rest.split_once(" [get_ports {").expect("of a port");
        let (property, value) = assignment.split_once(' ').expect("with a value");
        let port = port.strip_suffix("}]").expect("and nothing after it");
        [property, port, value].map(str::to_owned)
    });
    pins.collect()
}

#[test]
fn every_port_of_the_board_s_top_has_a_pin_of_its_own_and_a_voltage() {
    let top = fs::read_to_string(format!("{ROOT}/rtl/zynq/vcm_zynq.v")).expect("it is there");
    assert!(top.contains("output wire [3:0] led\n);"), "all its ports");
    for board in ["pynq-z1", "pynq-z2"] {
        let pins = pins(board);
        assert_eq!(pins.len(), 8, "{pins:?}");
        let mut places = BTreeSet::new();
        for n in 0..4 {
            let of = |property: &str| {
                let mut found = pins
                    .iter()
                    .filter(|pin| pin[0] == property && pin[1] == format!("led[{n}]"));
                found.next().expect("it is set")[2].clone()
            };
            // Bank 35 and 34 of both boards have 3.3 V (their schematics).
            assert_eq!(of("IOSTANDARD"), "LVCMOS33");
            places.insert(of("PACKAGE_PIN"));
        }
        // LD0 to LD3 of both boards (their manufacturers' master constraints).
        assert!(places.iter().eq(["M14", "N16", "P14", "R14"]), "{places:?}");
    }
}

#[test]
fn a_board_has_to_be_named_and_known() {
    let machine = Machine::new();
    for board in ["", "zedboard", "../constraints"] {
        let message = refused(&machine.run(&[("BOARD", board)]));
        assert!(message.contains("pynq-z1 pynq-z2"), "{message}");
    }
}

#[test]
fn vivado_that_is_missing_is_named_with_where_to_get_it_and_the_way_without_it() {
    let message = refused(&Machine::new().run(&[("BOARD", "pynq-z2")]));
    assert!(message.contains("https://www.amd.com"), "{message}");
    assert!(message.contains("FLOW=open"), "{message}");
}

#[test]
fn each_tool_of_the_open_flow_that_is_missing_is_named_with_where_to_get_it() {
    let message = refused(&Machine::new().run(&[("BOARD", "pynq-z1"), ("FLOW", "open")]));
    for tool in [
        "yosys",
        "nextpnr",
        "fasm2frames",
        "xc7frames2bit",
        "CHIPDB",
        "PRJXRAY_DB",
    ] {
        let line = message.lines().find(|line| line.contains(tool));
        let line = line.unwrap_or_else(|| panic!("{tool} is not named:\n{message}"));
        assert!(
            line.contains("http") || line.contains("pip install"),
            "{line}"
        );
    }
}

/// Programs of the open flow that write down how they were called.
fn open_machine(nextpnr_help: &str) -> Machine {
    let machine = Machine::new();
    let called = machine.path("called");
    let note = format!(
        "#!/usr/bin/env bash\necho \"${{0##*/}} $*\" >>{}\n",
        called.display()
    );
    for tool in ["yosys", "fasm2frames", "xc7frames2bit"] {
        machine.program(tool, &note);
    }
    let help = format!("[[ $1 != --help ]] || {{ echo '{nextpnr_help}'; exit; }}\n");
    let nextpnr = note.replacen('\n', &format!("\n{help}"), 1);
    machine.program("nextpnr-xilinx", &nextpnr);
    fs::write(machine.path("part.bin"), "").expect("can be written");
    let part = machine.path("zynq7/xc7z020clg400-1");
    fs::create_dir_all(&part).expect("can be made");
    fs::write(part.join("part.yaml"), "").expect("can be written");
    machine
}

/// How the programs were called.
fn calls(machine: &Machine, board: &str) -> String {
    let output = machine.run(&[
        ("BOARD", board),
        ("FLOW", "open"),
        ("WALKS", "ACP"),
        ("MHZ", "125"),
        ("CHIPDB", &machine.path("part.bin").display().to_string()),
        ("PRJXRAY_DB", &machine.path("zynq7").display().to_string()),
    ]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    fs::read_to_string(machine.path("called")).expect("they were called")
}

#[test]
fn the_open_flow_goes_from_verilog_to_bits_with_either_nextpnr() {
    let first = calls(&open_machine("  --xdc arg\n  --fasm arg"), "pynq-z1");
    let programs = first.lines().filter_map(|line| line.split(' ').next());
    let programs: Vec<&str> = programs
        .filter(|word| ["yosys", "nextpnr-xilinx", "fasm2frames", "xc7frames2bit"].contains(word))
        .collect();
    assert_eq!(
        programs,
        ["yosys", "nextpnr-xilinx", "fasm2frames", "xc7frames2bit"]
    );
    assert!(first.contains("-set WALKS \"ACP\" vcm_zynq"), "{first}");
    assert!(
        first.contains("--xdc constraints/pynq-z1/vcm_zynq.xdc"),
        "{first}"
    );
    assert!(first.contains("--freq 125"), "{first}");
    let second = calls(&open_machine("  --device arg\n  -o arg"), "pynq-z2");
    assert!(second.contains("--device xc7z020clg400-1"), "{second}");
    assert!(
        second.contains("-o xdc=constraints/pynq-z2/vcm_zynq.xdc"),
        "{second}"
    );
}

/// What Vivado does, so far that the script runs: names are told apart, files have to be there.
const VIVADO: &str = r#"
foreach name {create_project update_ip_catalog create_bd_design make_bd_intf_pins_external
    connect_bd_intf_net connect_bd_net assign_bd_address validate_bd_design save_bd_design generate_target
    synth_design opt_design place_design phys_opt_design route_design report_utilization
    report_timing_summary report_drc report_cdc write_checkpoint} {
    proc $name {args} "lappend ::calls \"$name \$args\""
}
proc set_property {args} {
    lappend ::calls "set_property $args"
    if {[lindex $args 0] eq "-dict"} {
        if {[llength [lindex $args 1]] % 2} { error "not pairs: [lindex $args 1]" }
        foreach {name value} [lindex $args 1] {
            if {![string match CONFIG.PCW_* $name]} { error "not a setting: $name" }
        }
    }
}
proc current_project {} { return project }
proc create_bd_cell {args} { lappend ::calls "create_bd_cell $args"; return [lindex $args end] }
foreach name {get_bd_pins get_bd_intf_pins get_bd_addr_spaces get_bd_addr_segs get_files} {
    proc $name {what} { return $what }
}
proc make_wrapper {args} { return wrapper.v }
proc read_verilog {file} {}
proc read_xdc {file} { if {![file exists $file]} { error "no $file" } }
proc get_timing_paths {args} { return path }
proc get_property {name what} { return $::env(SLACK) }
proc write_bitstream {args} {
    set folder [file join $::output vcm hw_handoff]
    file mkdir $folder
    close [open [file join $folder vcm.hwh] w]
    lappend ::calls "write_bitstream $args"
}
set calls {}
source $script
foreach call $calls { puts "CALL $call" }
"#;

/// Runs constraints/vivado.tcl with commands that only look like Vivado's; `None` without Tcl.
fn vivado(board: &str, walks: &str, slack: &str) -> Option<(bool, String)> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let script = folder.path().join("vivado.tcl");
    let head = format!(
        "set argv {{{board} {walks} 100 {}}}\nset script {ROOT}/constraints/vivado.tcl\n",
        folder.path().join("out").display()
    );
    fs::write(&script, head + VIVADO).expect("can be written");
    let output = Command::new("tclsh")
        .arg(&script)
        .env("SLACK", slack)
        .output();
    let Ok(output) = output else {
        eprintln!("SKIPPED: there is no tclsh, so constraints/vivado.tcl was not run");
        return None;
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    Some((output.status.success(), text))
}

#[test]
fn the_vivado_script_runs_to_its_end_for_each_board_and_port_of_walks() {
    for board in ["pynq-z1", "pynq-z2"] {
        for (walks, port) in [("HP1", "S_AXI_HP1"), ("ACP", "S_AXI_ACP")] {
            let Some((succeeded, text)) = vivado(board, walks, "0.5") else {
                return;
            };
            assert!(succeeded, "{text}");
            for call in [
                format!("connect_bd_intf_net core/m_axi_ptw ps7/{port}"),
                "connect_bd_intf_net ps7/M_AXI_GP0 core/s_axi_gp".into(),
                "write_bitstream -force -bin_file".into(),
                "-offset 0x40000000 -range 64K".into(),
            ] {
                assert!(text.contains(&call), "no {call} in\n{text}");
            }
        }
    }
}

#[test]
fn a_design_that_misses_its_clock_gives_no_bitstream() {
    let Some((succeeded, text)) = vivado("pynq-z2", "HP1", "-0.1") else {
        return;
    };
    assert!(!succeeded);
    assert!(text.contains("timing is not met at 100 MHz"), "{text}");
}
