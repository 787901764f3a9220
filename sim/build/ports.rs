//! The ports that a top may have, as structs of pointers in Rust and C++.
//!
//! The structs are the same for all tops. A port that a top lacks points to a place of its own that
//! nobody else uses, so that driving and sampling need no case distinction.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};

/// Width of a signal, as the smallest integer it fits in: how Verilator stores it.
type Bits = u32;

/// A channel: its struct, and its signals besides `valid` and `ready`.
struct Channel {
    name: &'static str,
    payload: &'static [(&'static str, Bits)],
}

const AXI_ADDR: Channel = Channel {
    name: "AxiAddrPorts",
    payload: &[
        ("id", 8),
        ("addr", 32),
        ("len", 8),
        ("size", 8),
        ("burst", 8),
        ("lock", 8),
        ("cache", 8),
        ("prot", 8),
        ("qos", 8),
        ("user", 8),
    ],
};
const AXI_WRITE: Channel = Channel {
    name: "AxiWritePorts",
    payload: &[("data", 64), ("strb", 8), ("last", 8)],
};
const AXI_RESP: Channel = Channel {
    name: "AxiRespPorts",
    payload: &[("id", 8), ("resp", 8)],
};
const AXI_READ: Channel = Channel {
    name: "AxiReadPorts",
    payload: &[("id", 8), ("data", 64), ("resp", 8), ("last", 8)],
};
const AXIL_ADDR: Channel = Channel {
    name: "AxilAddrPorts",
    payload: &[("addr", 16), ("prot", 8)],
};
const AXIL_WRITE: Channel = Channel {
    name: "AxilWritePorts",
    payload: &[("data", 32), ("strb", 8)],
};
const AXIL_RESP: Channel = Channel {
    name: "AxilRespPorts",
    payload: &[("resp", 8)],
};
const AXIL_READ: Channel = Channel {
    name: "AxilReadPorts",
    payload: &[("data", 32), ("resp", 8)],
};

/// Signals that a port may lack although it has the channel.
const OPTIONAL: [&str; 1] = ["user"];

/// A bundle: its struct, and its channels by their prefix.
struct Bundle {
    name: &'static str,
    channels: [(&'static str, &'static Channel); 5],
}

const AXI: Bundle = Bundle {
    name: "AxiPorts",
    channels: [
        ("aw", &AXI_ADDR),
        ("w", &AXI_WRITE),
        ("b", &AXI_RESP),
        ("ar", &AXI_ADDR),
        ("r", &AXI_READ),
    ],
};
const AXIL: Bundle = Bundle {
    name: "AxilPorts",
    channels: [
        ("aw", &AXIL_ADDR),
        ("w", &AXIL_WRITE),
        ("b", &AXIL_RESP),
        ("ar", &AXIL_ADDR),
        ("r", &AXIL_READ),
    ],
};

/// Ports outside bundles, and whether the top drives them.
const SINGLE: [(&str, bool); 3] = [("aclk", false), ("aresetn", false), ("irq", true)];

/// Bundles by their prefix, and whether the top is the master there.
const BUNDLES: [(&str, &Bundle, bool); 4] = [
    ("s_axil", &AXIL, false),
    ("s_axi", &AXI, false),
    ("m_axi", &AXI, true),
    ("m_axi_ptw", &AXI, true),
];

/// Signals of a channel: payload, then the handshake.
fn signals(channel: &Channel) -> impl Iterator<Item = (&'static str, Bits)> {
    let handshake = [("valid", 8), ("ready", 8)];
    channel.payload.iter().copied().chain(handshake)
}

/// Every struct with the names and types of its fields; a type is a width or another struct.
fn structs() -> Vec<(&'static str, Vec<(&'static str, Field)>)> {
    let mut structs = Vec::new();
    for bundle in [&AXI, &AXIL] {
        for (prefix, channel) in bundle.channels {
            if prefix != "ar" {
                let fields = signals(channel).map(|(name, bits)| (name, Field::Pointer(bits)));
                structs.push((channel.name, fields.collect()));
            }
        }
        let fields = bundle.channels.iter();
        let fields = fields.map(|(prefix, channel)| (*prefix, Field::Struct(channel.name)));
        structs.push((bundle.name, fields.collect()));
    }
    let single = SINGLE.iter().map(|(name, _)| (*name, Field::Pointer(8)));
    let bundles = BUNDLES.iter();
    let bundles = bundles.map(|(prefix, bundle, _)| (*prefix, Field::Struct(bundle.name)));
    structs.push(("Ports", single.chain(bundles).collect()));
    structs
}

enum Field {
    Pointer(Bits),
    Struct(&'static str),
}

/// The structs, for `include!` in Rust.
pub fn rust_structs() -> String {
    let mut text = String::new();
    for (name, fields) in structs() {
        let _ = writeln!(text, "#[repr(C)]\npub(super) struct {name} {{");
        for (field, ty) in fields {
            let _ = match ty {
                Field::Pointer(bits) => writeln!(text, "    pub {field}: *mut u{bits},"),
                Field::Struct(ty) => writeln!(text, "    pub {field}: {ty},"),
            };
        }
        text.push_str("}\n");
    }
    text
}

/// The structs, as a C++ header.
pub fn cpp_structs() -> String {
    let mut text = String::from("#pragma once\n#include <cstdint>\n");
    for (name, fields) in structs() {
        let _ = writeln!(text, "struct {name} {{");
        for (field, ty) in fields {
            let _ = match ty {
                Field::Pointer(bits) => writeln!(text, "    uint{bits}_t* {field};"),
                Field::Struct(ty) => writeln!(text, "    {ty} {field};"),
            };
        }
        text.push_str("};\n");
    }
    text
}

/// A port of the Verilated class.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Port {
    output: bool,
    bits: Bits,
}

/// C++ that fills a `Ports`, given the header of a top's Verilated class.
pub fn cpp_bindings(top: &str, header: &str) -> Result<String> {
    let mut present = parse(header)?;
    let mut text = format!(
        "static void bind_ports(V{top}* top, Ports* ports, uint64_t* sink, uint64_t* zero) {{\n"
    );
    let mut bind = |field: &str, name: &str, expected: Port| -> Result<bool> {
        let found = present.remove(name);
        if let Some(found) = found {
            ensure!(
                found.output == expected.output && storage(found.bits)? == expected.bits,
                "port {name} of {top} has another direction or width than the simulator expects"
            );
        }
        let place = match (found, expected.output) {
            (Some(_), _) => format!("&top->{name}"),
            (None, true) => format!("reinterpret_cast<uint{}_t*>(zero)", expected.bits),
            (None, false) => format!("reinterpret_cast<uint{}_t*>(sink)", expected.bits),
        };
        let _ = writeln!(text, "    ports->{field} = {place};");
        Ok(found.is_some())
    };
    for (name, output) in SINGLE {
        let found = bind(name, name, Port { output, bits: 8 })?;
        ensure!(found, "{top} has no port {name}");
    }
    for (prefix, bundle, master) in BUNDLES {
        for (short, channel) in bundle.channels {
            let forward = matches!(short, "aw" | "w" | "ar") == master;
            let (mut has, mut lacks) = (None, None);
            for (signal, bits) in signals(channel) {
                let output = forward != (signal == "ready");
                let name = format!("{prefix}_{short}{signal}");
                let field = format!("{prefix}.{short}.{signal}");
                if bind(&field, &name, Port { output, bits })? {
                    has = Some(name);
                } else if !OPTIONAL.contains(&signal) {
                    lacks = Some(name);
                }
            }
            if let (Some(has), Some(lacks)) = (has, lacks) {
                bail!("{top} has a port {has}, but no port {lacks}");
            }
        }
    }
    // What chooses a break in hardware that is broken on purpose is set by csrc/model.cpp.
    present.remove("mutant");
    if let Some(name) = present.keys().next() {
        bail!("port {name} of {top} is not known to sim/build/ports.rs");
    }
    text.push_str("}\n");
    Ok(text)
}

/// Reads lines such as `VL_IN8(&aclk,0,0);` or `VL_OUT64(&s_axi_rdata,63,0);`.
fn parse(header: &str) -> Result<BTreeMap<String, Port>> {
    let mut ports = BTreeMap::new();
    for line in header.lines().map(str::trim) {
        let output = line.starts_with("VL_OUT");
        if !output && !line.starts_with("VL_IN") {
            continue;
        }
        let port = || {
            let (_, arguments) = line.split_once("(&")?;
            let mut arguments = arguments.strip_suffix(");")?.split(',');
            let name = arguments.next()?.to_string();
            let high: Bits = arguments.next()?.parse().ok()?;
            let low: Bits = arguments.next()?.parse().ok()?;
            let bits = high.checked_sub(low)? + 1;
            Some((name, Port { output, bits }))
        };
        let (name, port) = port().with_context(|| format!("cannot read the port in `{line}`"))?;
        ports.insert(name, port);
    }
    Ok(ports)
}

/// The width Verilator stores a signal in.
fn storage(bits: Bits) -> Result<Bits> {
    match bits {
        0..=8 => Ok(8),
        9..=16 => Ok(16),
        17..=32 => Ok(32),
        33..=64 => Ok(64),
        _ => bail!("ports wider than 64 bits are not supported"),
    }
}
