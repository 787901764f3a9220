//! The JSON that Yosys writes of a flat netlist.

use std::collections::{BTreeMap, HashMap};

use anyhow::{ensure, Context, Result};
use serde::Deserialize;
use serde_json::Value;

/// A net; constants have none.
pub type Net = u64;

/// One module, without modules in it.
pub struct Netlist {
    /// Its name.
    pub top: String,
    pub(super) ports: BTreeMap<String, Port>,
    pub(super) cells: BTreeMap<String, Cell>,
    /// The shortest name that the description gave a net.
    pub(super) names: HashMap<Net, String>,
}

#[derive(Deserialize)]
struct Design {
    modules: BTreeMap<String, Module>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
    #[serde(default)]
    ports: BTreeMap<String, Port>,
    #[serde(default)]
    cells: BTreeMap<String, Cell>,
    #[serde(default)]
    netnames: BTreeMap<String, Name>,
}

#[derive(Deserialize)]
pub(super) struct Port {
    pub(super) direction: String,
    #[serde(rename = "bits")]
    bits: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Cell {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    port_directions: BTreeMap<String, String>,
    connections: BTreeMap<String, Vec<Value>>,
}

#[derive(Deserialize)]
struct Name {
    #[serde(default)]
    hide_name: u8,
    bits: Vec<Value>,
}

fn nets(bits: &[Value]) -> impl Iterator<Item = Net> + '_ {
    bits.iter().filter_map(Value::as_u64)
}

impl Port {
    pub(super) fn nets(&self) -> impl Iterator<Item = Net> + '_ {
        nets(&self.bits)
    }
}

impl Cell {
    /// What is connected to a port of it; constants are left out.
    pub(super) fn at<'a>(&'a self, port: &str) -> impl Iterator<Item = Net> + 'a {
        nets(self.connections.get(port).map_or(&[], Vec::as_slice))
    }

    /// What is connected to one bit of a port; `None` for a constant.
    pub(super) fn bit(&self, port: &str, bit: usize) -> Option<Net> {
        self.connections.get(port)?.get(bit)?.as_u64()
    }

    /// Its inputs (outputs), each with the name of the port.
    pub(super) fn pins(&self, outputs: bool) -> impl Iterator<Item = (&str, Net)> {
        let wanted = if outputs { "output" } else { "input" };
        self.connections
            .iter()
            .filter(move |(port, _)| self.port_directions.get(*port).is_some_and(|d| d == wanted))
            .flat_map(|(port, bits)| nets(bits).map(move |net| (port.as_str(), net)))
    }
}

impl Netlist {
    /// From what `write_json` of Yosys has written.
    ///
    /// # Errors
    /// It is not that, or has no single top.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let design: Design = serde_json::from_slice(text).context("not a netlist in JSON")?;
        let is_top = |module: &Module| module.attributes.contains_key("top");
        let mut tops = design
            .modules
            .into_iter()
            .filter(|(_, module)| is_top(module));
        let (top, module) = tops.next().context("no module is marked as the top")?;
        ensure!(
            tops.next().is_none(),
            "more than one module is marked as the top"
        );
        let mut names = HashMap::<Net, String>::new();
        for (name, what) in &module.netnames {
            if what.hide_name != 0 {
                continue;
            }
            for (index, net) in what.bits.iter().enumerate() {
                let Some(net) = net.as_u64() else { continue };
                let full = match what.bits.len() {
                    1 => name.clone(),
                    _ => format!("{name}[{index}]"),
                };
                let known = names.entry(net).or_insert_with(|| full.clone());
                if full.len() < known.len() {
                    *known = full;
                }
            }
        }
        Ok(Self {
            top,
            ports: module.ports,
            cells: module.cells,
            names,
        })
    }

    /// The name of a net: its own, or else its number.
    pub(super) fn name(&self, net: Net) -> String {
        self.names
            .get(&net)
            .cloned()
            .unwrap_or_else(|| format!("net {net}"))
    }
}
