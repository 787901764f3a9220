//! The text of a component. The order of the elements is the schema's.

use std::fmt::Write as _;

use super::interface::{Interface, Kind};
use super::ports::Port;
use super::{Description, LIBRARY, VENDOR, VERSION};

/// Bytes of the register window.
const WINDOW: u64 = 0x1_0000;
/// Bytes that a 32-bit address reaches.
const REACH: u64 = 1 << 32;

/// Elements, opened and closed.
#[derive(Default)]
struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    fn indent(&mut self) {
        let depth = self.open.len();
        self.text.extend(std::iter::repeat_n("  ", depth));
    }

    fn open(&mut self, name: &'static str) {
        self.indent();
        let _ = writeln!(self.text, "<spirit:{name}>");
        self.open.push(name);
    }

    fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            let _ = writeln!(self.text, "</spirit:{name}>");
        }
    }

    /// An element with text in it.
    fn leaf(&mut self, name: &str, text: impl std::fmt::Display) {
        let text = text.to_string();
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.indent();
        let _ = writeln!(self.text, "<spirit:{name}>{text}</spirit:{name}>");
    }

    /// An element with attributes.
    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        let _ = write!(self.text, "<spirit:{name}");
        for (key, value) in attributes {
            let _ = write!(self.text, " spirit:{key}=\"{value}\"");
        }
        self.text.push_str("/>\n");
    }

    fn parameter(&mut self, name: &str, value: impl std::fmt::Display) {
        self.open("parameter");
        self.leaf("name", name);
        self.leaf("value", value);
        self.close();
    }
}

pub(super) fn render(about: Description, ports: &[Port], interfaces: &[Interface]) -> String {
    let mut xml = Xml::default();
    xml.text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!-- Generated from the Rust-HDL sources in hdl-gen/src by `make rtl`. Do not edit. -->\n\
         <spirit:component xmlns:spirit=\"http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n",
    );
    xml.open.push("component");
    xml.leaf("vendor", VENDOR);
    xml.leaf("library", LIBRARY);
    xml.leaf("name", about.name);
    xml.leaf("version", VERSION);
    xml.open("busInterfaces");
    for interface in interfaces {
        bus_interface(&mut xml, interface, interfaces);
    }
    xml.close();
    address_spaces(&mut xml, interfaces);
    memory_maps(&mut xml, interfaces);
    model(&mut xml, about, ports);
    file_sets(&mut xml, about);
    xml.leaf("description", about.text);
    xml.open("parameters");
    xml.parameter("Component_Name", about.name);
    xml.close();
    xml.close();
    xml.text
}

/// Bus and abstraction definitions, which are Vivado's own.
fn types(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Axi { .. } => ("interface", "aximm", "aximm_rtl"),
        Kind::Clock => ("signal", "clock", "clock_rtl"),
        Kind::Reset => ("signal", "reset", "reset_rtl"),
        Kind::Interrupt => ("signal", "interrupt", "interrupt_rtl"),
    }
}

fn bus_interface(xml: &mut Xml, interface: &Interface, all: &[Interface]) {
    let (library, bus, abstraction) = types(interface.kind);
    xml.open("busInterface");
    xml.leaf("name", &interface.name);
    for (element, name) in [("busType", bus), ("abstractionType", abstraction)] {
        let reference = [
            ("vendor", "xilinx.com"),
            ("library", library),
            ("name", name),
            ("version", "1.0"),
        ];
        xml.empty(element, &reference);
    }
    let name = interface.name.as_str();
    match interface.kind {
        Kind::Axi { master: true, .. } => {
            xml.open("master");
            xml.empty("addressSpaceRef", &[("addressSpaceRef", name)]);
            xml.close();
        }
        Kind::Axi { .. } => {
            xml.open("slave");
            xml.empty("memoryMapRef", &[("memoryMapRef", name)]);
            xml.close();
        }
        Kind::Interrupt => xml.empty("master", &[]),
        Kind::Clock | Kind::Reset => xml.empty("slave", &[]),
    }
    xml.open("portMaps");
    for (logical, port) in &interface.signals {
        xml.open("portMap");
        xml.open("logicalPort");
        xml.leaf("name", logical);
        xml.close();
        xml.open("physicalPort");
        xml.leaf("name", &port.name);
        xml.close();
        xml.close();
    }
    xml.close();
    xml.open("parameters");
    parameters(xml, interface, all);
    xml.close();
    xml.close();
}

fn parameters(xml: &mut Xml, interface: &Interface, all: &[Interface]) {
    let width = |logical| interface.signal(logical).map_or(0, |port| port.width);
    match interface.kind {
        Kind::Axi { protocol, .. } => {
            xml.parameter("PROTOCOL", protocol);
            xml.parameter("DATA_WIDTH", width("RDATA"));
            xml.parameter("ADDR_WIDTH", width("ARADDR"));
            xml.parameter("ID_WIDTH", width("ARID"));
            xml.parameter("ARUSER_WIDTH", width("ARUSER"));
            xml.parameter("AWUSER_WIDTH", width("AWUSER"));
            let mode = if interface.writes() {
                "READ_WRITE"
            } else {
                "READ_ONLY"
            };
            xml.parameter("READ_WRITE_MODE", mode);
            xml.parameter("HAS_BURST", u8::from(width("ARLEN") > 0));
        }
        Kind::Clock => {
            let buses = all
                .iter()
                .filter(|one| matches!(one.kind, Kind::Axi { .. }))
                .map(|one| one.name.as_str());
            xml.parameter("ASSOCIATED_BUSIF", buses.collect::<Vec<_>>().join(":"));
            xml.parameter("ASSOCIATED_RESET", "aresetn");
        }
        Kind::Reset => xml.parameter("POLARITY", "ACTIVE_LOW"),
        Kind::Interrupt => xml.parameter("SENSITIVITY", "LEVEL_HIGH"),
    }
}

fn address_spaces(xml: &mut Xml, interfaces: &[Interface]) {
    xml.open("addressSpaces");
    for interface in interfaces {
        if matches!(interface.kind, Kind::Axi { master: true, .. }) {
            xml.open("addressSpace");
            xml.leaf("name", &interface.name);
            xml.leaf("range", REACH);
            xml.leaf("width", 64);
            xml.close();
        }
    }
    xml.close();
}

/// Slaves of 32 bits are register windows; the other one leads to memory.
fn memory_maps(xml: &mut Xml, interfaces: &[Interface]) {
    xml.open("memoryMaps");
    for interface in interfaces {
        if !matches!(interface.kind, Kind::Axi { master: false, .. }) {
            continue;
        }
        let width = interface.signal("RDATA").map_or(0, |port| port.width);
        let registers = width == 32;
        xml.open("memoryMap");
        xml.leaf("name", &interface.name);
        xml.open("addressBlock");
        xml.leaf("name", if registers { "registers" } else { "memory" });
        xml.leaf("baseAddress", 0);
        xml.leaf("range", if registers { WINDOW } else { REACH });
        xml.leaf("width", width);
        xml.leaf("usage", if registers { "register" } else { "memory" });
        xml.close();
        xml.close();
    }
    xml.close();
}

fn model(xml: &mut Xml, about: Description, ports: &[Port]) {
    xml.open("model");
    xml.open("views");
    for (name, environment) in [
        (
            "xilinx_anylanguagesynthesis",
            ":vivado.xilinx.com:synthesis",
        ),
        (
            "xilinx_anylanguagebehavioralsimulation",
            ":vivado.xilinx.com:simulation",
        ),
    ] {
        xml.open("view");
        xml.leaf("name", name);
        xml.leaf("envIdentifier", environment);
        xml.leaf("language", "Verilog");
        xml.leaf("modelName", about.name);
        xml.open("fileSetRef");
        xml.leaf("localName", "verilog");
        xml.close();
        xml.close();
    }
    xml.close();
    xml.open("ports");
    for port in ports {
        xml.open("port");
        xml.leaf("name", &port.name);
        xml.open("wire");
        xml.leaf("direction", if port.input { "in" } else { "out" });
        if port.width > 1 {
            xml.open("vector");
            xml.leaf("left", port.width - 1);
            xml.leaf("right", 0);
            xml.close();
        }
        xml.close();
        xml.close();
    }
    xml.close();
    xml.close();
}

fn file_sets(xml: &mut Xml, about: Description) {
    xml.open("fileSets");
    xml.open("fileSet");
    xml.leaf("name", "verilog");
    xml.open("file");
    xml.leaf("name", format_args!("{}.v", about.name));
    xml.leaf("fileType", "verilogSource");
    xml.close();
    xml.close();
    xml.close();
}
