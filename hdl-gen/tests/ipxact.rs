//! The IP-XACT packages: what Vivado's IP catalogue has to find in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use roxmltree::{Document, Node};

const SPIRIT: &str = "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009";

fn elements<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants()
        .filter(move |child| child.has_tag_name((SPIRIT, name)))
}

/// The text of a child element.
fn text<'a>(node: Node<'a, 'a>, name: &'static str) -> &'a str {
    node.children()
        .find(|child| child.has_tag_name((SPIRIT, name)))
        .and_then(|child| child.text())
        .unwrap_or_else(|| panic!("{} without {name}", node.tag_name().name()))
}

/// Name, direction and width of each port in the header of a module.
fn verilog_ports(verilog: &str, module: &str) -> BTreeMap<String, (String, usize)> {
    let start = verilog
        .find(&format!("module {module}"))
        .expect("the module is there");
    let header = &verilog[start..];
    let header = &header[..header.find(");").expect("the port list ends")];
    let lines = header.lines().map(|line| line.trim().trim_end_matches(','));
    let ports = lines.filter_map(|line| {
        let (direction, rest) = line.split_once(' ')?;
        let direction = direction.strip_suffix("put")?;
        let width = rest.split_once('[').map_or(1, |(_, range)| {
            let (high, _) = range.split_once(':').expect("a range");
            high.parse::<usize>().expect("a number") + 1
        });
        let name = rest.rsplit_once(' ').map_or(rest, |(_, name)| name);
        Some((name.to_owned(), (direction.to_owned(), width)))
    });
    ports.collect()
}

/// Name of each bus interface: whether it is a master, and its parameters.
type Interfaces = BTreeMap<String, (bool, BTreeMap<String, String>)>;

/// Checks a package against its Verilog, and returns its bus interfaces.
fn check(folder: &str, module: &str) -> Interfaces {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../rtl")
        .join(folder);
    let package = fs::read_to_string(folder.join("component.xml")).expect("the package is there");
    let document = Document::parse(&package).expect("it is XML");
    let component = document.root_element();
    assert!(component.has_tag_name((SPIRIT, "component")));
    assert_eq!(text(component, "name"), module);

    // The order of the elements is the schema's.
    let order = [
        "vendor",
        "library",
        "name",
        "version",
        "busInterfaces",
        "addressSpaces",
        "memoryMaps",
        "model",
        "fileSets",
        "description",
        "parameters",
    ];
    let children = component.children().filter(Node::is_element);
    let children: Vec<&str> = children.map(|child| child.tag_name().name()).collect();
    assert_eq!(children, order);

    let file = elements(component, "file").next().expect("a file");
    let verilog = fs::read_to_string(folder.join(text(file, "name"))).expect("the file is there");
    let mut ports = BTreeMap::new();
    for port in elements(component, "port") {
        let wire = elements(port, "wire").next().expect("a wire");
        let left = elements(wire, "left").next().and_then(|left| left.text());
        let width = left.map_or(1, |left| left.parse::<usize>().expect("a number") + 1);
        let direction = text(wire, "direction").to_owned();
        ports.insert(text(port, "name").to_owned(), (direction, width));
    }
    assert_eq!(ports, verilog_ports(&verilog, module));

    let mut mapped = BTreeSet::new();
    for physical in elements(component, "physicalPort") {
        let name = text(physical, "name").to_owned();
        assert!(mapped.insert(name.clone()), "{name} is mapped twice");
    }
    assert!(mapped.iter().eq(ports.keys()), "every port is mapped");

    let names = |element| -> BTreeSet<&str> {
        elements(component, element)
            .map(|node| text(node, "name"))
            .collect()
    };
    let (spaces, maps) = (names("addressSpace"), names("memoryMap"));
    let mut interfaces = Interfaces::new();
    for interface in elements(component, "busInterface") {
        let name = text(interface, "name");
        let bus = elements(interface, "busType").next().expect("a bus type");
        if bus.attribute((SPIRIT, "name")) != Some("aximm") {
            continue;
        }
        let master = elements(interface, "addressSpaceRef").next();
        let slave = elements(interface, "memoryMapRef").next();
        let has = |node: Option<Node>, attribute, known: &BTreeSet<&str>| {
            let name = node.and_then(|node| node.attribute((SPIRIT, attribute)));
            name.is_some_and(|name| known.contains(name))
        };
        assert!(
            has(master, "addressSpaceRef", &spaces) != has(slave, "memoryMapRef", &maps),
            "{name} is either a master or a slave"
        );
        let parameters = elements(interface, "parameter");
        let parameters = parameters
            .map(|one| (text(one, "name").to_owned(), text(one, "value").to_owned()))
            .collect();
        interfaces.insert(name.into(), (master.is_some(), parameters));
    }
    check_ranges(component, &interfaces);
    check_wires(component);
    for parameter in elements(component, "parameter") {
        if text(parameter, "name") == "ASSOCIATED_BUSIF" {
            let clocked: BTreeSet<&str> = text(parameter, "value").split(':').collect();
            assert!(
                clocked.into_iter().eq(interfaces.keys()),
                "all have a clock"
            );
        }
    }
    interfaces
}

/// A register window is 64 KiB of registers; everything else is as much as an address reaches.
fn check_ranges(component: Node, interfaces: &Interfaces) {
    let range = |node| text(node, "range").parse::<u64>().expect("a number");
    for space in elements(component, "addressSpace") {
        assert_eq!(range(space), 1 << 32, "{}", text(space, "name"));
        assert!(interfaces[text(space, "name")].0, "a space is a master's");
    }
    for map in elements(component, "memoryMap") {
        let (master, parameters) = &interfaces[text(map, "name")];
        assert!(!master, "a map is a slave's");
        let blocks: Vec<Node> = elements(map, "addressBlock").collect();
        let [block] = blocks[..] else {
            panic!("{} blocks", blocks.len());
        };
        let registers = parameters["DATA_WIDTH"] == "32";
        let expected = if registers {
            ("registers", "register", 0x1_0000)
        } else {
            ("memory", "memory", 1 << 32)
        };
        let is = (text(block, "name"), text(block, "usage"), range(block));
        assert_eq!(is, expected, "{}", text(map, "name"));
        assert_eq!(text(block, "baseAddress"), "0");
        assert_eq!(text(block, "width"), parameters["DATA_WIDTH"]);
    }
}

/// Clock, reset and interrupt say what they are.
fn check_wires(component: Node) {
    let mut said = BTreeMap::new();
    for interface in elements(component, "busInterface") {
        let bus = elements(interface, "busType").next().expect("a bus type");
        if bus.attribute((SPIRIT, "library")) == Some("signal") {
            for parameter in elements(interface, "parameter") {
                let key = (text(interface, "name"), text(parameter, "name"));
                said.insert(key, text(parameter, "value"));
            }
        }
    }
    assert_eq!(said[&("aclk", "ASSOCIATED_RESET")], "aresetn");
    assert_eq!(said[&("aresetn", "POLARITY")], "ACTIVE_LOW");
    assert_eq!(said[&("irq", "SENSITIVITY")], "LEVEL_HIGH");
}

/// Protocol, width of data and of IDs, and direction.
fn shape<'a>(interfaces: &'a Interfaces, name: &str) -> [&'a str; 4] {
    let (_, parameters) = &interfaces[name];
    ["PROTOCOL", "DATA_WIDTH", "ID_WIDTH", "READ_WRITE_MODE"].map(|key| parameters[key].as_str())
}

#[test]
fn vcm_iommu_has_its_four_buses_and_every_port_is_mapped() {
    let buses = check("", "vcm_iommu");
    assert_eq!(buses.len(), 4);
    assert_eq!(
        shape(&buses, "s_axil"),
        ["AXI4LITE", "32", "0", "READ_WRITE"]
    );
    assert_eq!(shape(&buses, "s_axi"), ["AXI4", "64", "8", "READ_WRITE"]);
    assert_eq!(shape(&buses, "m_axi"), ["AXI4", "64", "8", "READ_WRITE"]);
    assert_eq!(shape(&buses, "m_axi_ptw"), ["AXI4", "64", "2", "READ_ONLY"]);
    assert!(buses["m_axi"].0 && !buses["s_axi"].0);
    assert_eq!(buses["s_axi"].1["ARUSER_WIDTH"], "4");
}

#[test]
fn vcm_zynq_core_has_the_ports_of_the_processing_system() {
    let buses = check("zynq", "vcm_zynq_core");
    assert_eq!(
        shape(&buses, "s_axi_gp"),
        ["AXI3", "32", "12", "READ_WRITE"]
    );
    assert_eq!(shape(&buses, "m_axi_hp"), ["AXI3", "64", "6", "READ_WRITE"]);
    assert_eq!(shape(&buses, "m_axi_ptw"), ["AXI3", "64", "3", "READ_ONLY"]);
}
