//! The bus interfaces that a top's ports make up.

use anyhow::{bail, ensure, Result};

use super::ports::Port;

/// What the ports with a prefix are, and its parameters.
#[derive(Clone, Debug)]
pub struct Interface {
    /// The prefix of its ports, or the port itself.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Logical and physical names.
    pub signals: Vec<(String, Port)>,
}

/// What an interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// AXI, with the protocol's name in Vivado.
    Axi {
        /// Whether the top is the master.
        master: bool,
        /// `AXI4`, `AXI4LITE` or `AXI3`.
        protocol: &'static str,
    },
    /// `aclk`.
    Clock,
    /// `aresetn`.
    Reset,
    /// `irq`.
    Interrupt,
}

impl Interface {
    /// The port of a signal.
    pub fn signal(&self, logical: &str) -> Option<&Port> {
        let mut signals = self.signals.iter();
        signals.find_map(|(name, port)| (name == logical).then_some(port))
    }

    /// Whether it has write channels.
    pub fn writes(&self) -> bool {
        self.signal("AWADDR").is_some()
    }
}

/// Sorts all ports into interfaces.
///
/// # Errors
/// Names a port that belongs to none.
pub fn interfaces(ports: &[Port]) -> Result<Vec<Interface>> {
    let mut found: Vec<Interface> = Vec::new();
    for port in ports {
        let single = match port.name.as_str() {
            "aclk" => Some((Kind::Clock, "CLK")),
            "aresetn" => Some((Kind::Reset, "RST")),
            "irq" => Some((Kind::Interrupt, "INTERRUPT")),
            _ => None,
        };
        if let Some((kind, logical)) = single {
            found.push(Interface {
                name: port.name.clone(),
                kind,
                signals: vec![(logical.into(), port.clone())],
            });
            continue;
        }
        let Some((prefix, signal)) = port.name.rsplit_once('_') else {
            bail!("the port {} belongs to no bus interface", port.name);
        };
        let logical = signal.to_uppercase();
        match found.iter_mut().find(|interface| interface.name == prefix) {
            Some(interface) => interface.signals.push((logical, port.clone())),
            None => found.push(Interface {
                name: prefix.into(),
                kind: Kind::Axi {
                    master: prefix.starts_with("m_"),
                    protocol: "",
                },
                signals: vec![(logical, port.clone())],
            }),
        }
    }
    for interface in &mut found {
        settle(interface)?;
    }
    Ok(found)
}

/// The protocol follows from the signals: AXI4-Lite has no bursts, AXI3's are short.
fn settle(interface: &mut Interface) -> Result<()> {
    let len = interface.signal("ARLEN").map(|port| port.width);
    let Kind::Axi { master, protocol } = &mut interface.kind else {
        return Ok(());
    };
    *protocol = match len {
        None => "AXI4LITE",
        Some(4) => "AXI3",
        Some(_) => "AXI4",
    };
    let master = *master;
    for (logical, port) in &interface.signals {
        let known = SIGNALS.iter().find(|(name, _)| name == logical);
        let Some(&(_, forward)) = known else {
            bail!("{}: AXI has no signal {logical}", port.name);
        };
        ensure!(
            port.input != (forward == master),
            "{} has the wrong direction",
            port.name
        );
    }
    Ok(())
}

/// The signals of AXI (IHI 0022E, chapter A2), and whether the master drives them.
const SIGNALS: [(&str, bool); 42] = [
    ("AWID", true),
    ("AWADDR", true),
    ("AWLEN", true),
    ("AWSIZE", true),
    ("AWBURST", true),
    ("AWLOCK", true),
    ("AWCACHE", true),
    ("AWPROT", true),
    ("AWQOS", true),
    ("AWUSER", true),
    ("AWVALID", true),
    ("AWREADY", false),
    ("WID", true),
    ("WDATA", true),
    ("WSTRB", true),
    ("WLAST", true),
    ("WVALID", true),
    ("WREADY", false),
    ("BID", false),
    ("BRESP", false),
    ("BVALID", false),
    ("BREADY", true),
    ("ARID", true),
    ("ARADDR", true),
    ("ARLEN", true),
    ("ARSIZE", true),
    ("ARBURST", true),
    ("ARLOCK", true),
    ("ARCACHE", true),
    ("ARPROT", true),
    ("ARQOS", true),
    ("ARUSER", true),
    ("ARVALID", true),
    ("ARREADY", false),
    ("RID", false),
    ("RDATA", false),
    ("RRESP", false),
    ("RLAST", false),
    ("RVALID", false),
    ("RREADY", true),
    ("AWREGION", true),
    ("ARREGION", true),
];
