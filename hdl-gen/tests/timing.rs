//! The estimate of the clock, on netlists small enough to add up by hand.

use std::fs;
use std::process::Command;

use hdl_gen::timing::{longest, Netlist, Path};
use serde_json::{json, Value};

/// A netlist in the form of Yosys, of these cells; nets are numbers, named after the letters.
fn netlist(cells: Value) -> String {
    let names: serde_json::Map<_, _> = ('a'..='z')
        .enumerate()
        .map(|(n, name)| (name.to_string(), json!({ "hide_name": 0, "bits": [n + 2] })))
        .collect();
    json!({ "modules": { "small": {
        "attributes": { "top": "1" },
        "ports": {},
        "cells": cells,
        "netnames": names,
    }}})
    .to_string()
}

fn register(d: u64, q: u64) -> Value {
    json!({
        "type": "FDRE",
        "port_directions": { "C": "input", "CE": "input", "D": "input", "Q": "output", "R": "input" },
        "connections": { "C": ["x"], "CE": ["1"], "D": [d], "Q": [q], "R": ["0"] },
    })
}

fn lut(inputs: [u64; 2], output: u64) -> Value {
    json!({
        "type": "LUT2",
        "port_directions": { "I0": "input", "I1": "input", "O": "output" },
        "connections": { "I0": [inputs[0]], "I1": [inputs[1]], "O": [output] },
    })
}

fn worst(netlist: &str) -> Path {
    let netlist = Netlist::parse(netlist.as_bytes()).expect("is a netlist");
    let timing = longest(&netlist).expect("has paths");
    timing.paths.into_iter().next().expect("has one")
}

fn refusal(netlist: &str) -> String {
    let refused = Netlist::parse(netlist.as_bytes()).and_then(|netlist| longest(&netlist));
    match refused {
        Ok(_) => panic!("was taken: {netlist}"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn cells_and_nets_of_the_longest_path_add_up() {
    // a → LUT → c → LUT → d, where b comes in; c has two loads.
    let cells = json!({
        "first": register(5, 2),
        "second": register(4, 3),
        "near": lut([2, 2], 4),
        "far": lut([4, 3], 5),
    });
    let path = worst(&netlist(cells));
    let nets: Vec<_> = path.nets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(nets, ["a", "c", "d"]);
    assert_eq!(path.to, "a.D");
    assert_eq!(path.levels(), 2);
    // Clock to output, two LUTs, set-up; nets of two loads, two loads and one.
    let expected = 0.456 + 2.0 * 0.124 + 0.05 + 2.0 * (0.5 + 0.12) + 0.5;
    assert!(
        (path.delay - expected).abs() < 1e-9,
        "{} not {expected}",
        path.delay
    );
}

#[test]
fn between_carry_chains_there_is_no_routing() {
    let chain = |ci: Value, s: u64, co: Value| {
        json!({
            "type": "CARRY4",
            "port_directions": {
                "CI": "input", "CYINIT": "input", "S": "input", "DI": "input", "O": "output", "CO": "output",
            },
            "connections": {
                "CI": [ci], "CYINIT": ["0"], "S": [s, "0", "0", "0"], "DI": ["0", "0", "0", "0"],
                "O": ["x", "x", "x", "x"], "CO": ["x", "x", "x", co],
            },
        })
    };
    let cells = json!({
        "first": register(6, 2),
        "low": chain(json!("0"), 2, json!(4)),
        "high": chain(json!(4), 3, json!(6)),
    });
    let path = worst(&netlist(cells));
    // Clock to output, routed to the first chain, through both, routed to the register, set-up.
    let expected = 0.456 + 0.5 + 0.5 + 0.117 + 0.5 + 0.05;
    assert!(
        (path.delay - expected).abs() < 1e-9,
        "{} not {expected}",
        path.delay
    );
}

#[test]
fn a_memory_is_read_through_its_own_address_only() {
    let memory = json!({
        "type": "RAM32M",
        "port_directions": {
            "ADDRA": "input", "ADDRB": "input", "ADDRD": "input", "DIA": "input", "WCLK": "input", "WE": "input",
            "DOA": "output", "DOB": "output",
        },
        "connections": {
            "ADDRA": [2], "ADDRB": [3], "ADDRD": [3], "DIA": [3], "WCLK": [3], "WE": ["1"], "DOA": [4], "DOB": [5],
        },
    });
    let cells = json!({ "memory": memory, "first": register(4, 2), "second": register(5, 6) });
    let netlist = Netlist::parse(netlist(cells).as_bytes()).expect("is a netlist");
    let timing = longest(&netlist).expect("has paths");
    let to = |name: &str| {
        let path = timing.paths.iter().find(|path| path.to == name);
        path.unwrap_or_else(|| panic!("no path to {name}")).clone()
    };
    // From the clock it takes longer than from a register through the address.
    let (from, clocked) = (to("a.D").from, 1.32 + 0.5 + 0.05);
    assert_eq!(from, "c");
    assert!((to("a.D").delay - clocked).abs() < 1e-9);
    assert!(to("memory of c.DIA").delay > 0.0);
    let ends = |what| timing.paths.iter().any(|path| path.to.contains(what));
    assert!(!ends("ADDRA") && !ends("WCLK"));
}

#[test]
fn what_is_not_a_flat_netlist_of_known_cells_is_refused_by_name() {
    assert!(refusal("no").contains("not a netlist in JSON"));
    assert!(refusal(r#"{"modules":{}}"#).contains("no module is marked as the top"));
    let cells = json!({ "odd": { "type": "$add", "connections": {} } });
    assert!(refusal(&netlist(cells)).contains("$add"));
    let cells = json!({ "one": lut([3, 3], 2), "two": lut([2, 2], 3), "out": register(2, 4) });
    assert!(refusal(&netlist(cells)).contains("a combinational loop through"));
}

#[test]
fn a_clock_below_the_least_is_a_failure() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("small.json");
    let cells = json!({ "one": register(3, 2), "two": lut([2, 2], 3) });
    fs::write(&file, netlist(cells)).expect("can be written");
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_hdl-gen"))
            .arg("timing")
            .args(arguments)
            .arg(&file)
            .output()
            .expect("can be run")
    };
    let output = run(&["--paths", "3", "--nets", "--least", "125"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(
        text.contains("small: ") && text.contains("a -> a.D"),
        "{text}"
    );
    let output = run(&["--least", "900"]);
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("below 900 MHz: small"), "{text}");
}
