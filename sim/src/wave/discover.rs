//! Finding AXI ports by the names of their signals, in any scope and with any prefix, and among them
//! those of the IOMMU.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::header::{Declared, Header};
use super::names;

/// A channel of an AXI port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Channel {
    /// Write address.
    Aw,
    /// Write data.
    W,
    /// Write response.
    B,
    /// Read address.
    Ar,
    /// Read data.
    R,
}

impl Channel {
    /// All of them, in the order of their discriminants.
    pub const ALL: [Self; 5] = [Self::Aw, Self::W, Self::B, Self::Ar, Self::R];

    /// Its name, as the specification writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aw => "AW",
            Self::W => "W",
            Self::B => "B",
            Self::Ar => "AR",
            Self::R => "R",
        }
    }
}

macro_rules! fields {
    ($( $Name:ident $text:literal, )*) => {
        /// A signal of a channel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)] // the names are those of the specification
        pub enum Field { $($Name),* }

        impl Field {
            /// All of them, in the order of their discriminants.
            pub const ALL: &[Self] = &[$(Self::$Name),*];

            /// Its name, as it stands in names of signals.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Name => $text,)* }
            }
        }
    };
}

fields! {
    Valid "valid", Ready "ready", Id "id", Addr "addr", Len "len", Size "size", Burst "burst",
    Lock "lock", Cache "cache", Prot "prot", Qos "qos", Region "region", User "user", Data "data",
    Strb "strb", Last "last", Resp "resp",
}

impl Field {
    /// Whether a channel has it.
    const fn is_of(self, channel: Channel) -> bool {
        match self {
            Self::Valid | Self::Ready | Self::Id | Self::User => true,
            Self::Addr
            | Self::Len
            | Self::Size
            | Self::Burst
            | Self::Lock
            | Self::Cache
            | Self::Prot
            | Self::Qos
            | Self::Region => matches!(channel, Channel::Aw | Channel::Ar),
            Self::Data | Self::Last => matches!(channel, Channel::W | Channel::R),
            Self::Strb => matches!(channel, Channel::W),
            Self::Resp => matches!(channel, Channel::B | Channel::R),
        }
    }
}

/// What of a name says which signal of which channel it is: the prefix that is left, lower-case,
/// without the `_` at its end.
pub(super) fn parse_name(name: &str) -> Option<(String, Channel, Field)> {
    let lower = name.to_ascii_lowercase();
    let mut forms = vec![lower.as_str()];
    forms.extend(
        names::DIRECTIONS
            .iter()
            .filter_map(|end| lower.strip_suffix(end)),
    );
    forms.into_iter().find_map(parse_plain)
}

fn parse_plain(name: &str) -> Option<(String, Channel, Field)> {
    for &field in Field::ALL {
        let Some(rest) = name.strip_suffix(field.name()) else {
            continue;
        };
        let rest = rest.strip_suffix('_').unwrap_or(rest);
        for (text, channel) in [
            ("aw", Channel::Aw),
            ("ar", Channel::Ar),
            ("w", Channel::W),
            ("b", Channel::B),
            ("r", Channel::R),
        ] {
            let Some(prefix) = rest.strip_suffix(text) else {
                continue;
            };
            let ends = prefix.is_empty() || prefix.ends_with(['_', '.', '$', '/']);
            if ends && field.is_of(channel) {
                let prefix = prefix.trim_end_matches(['_', '.', '$', '/']);
                return Some((prefix.to_owned(), channel, field));
            }
        }
    }
    None
}

/// A kind of port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// AXI4 (or AXI3).
    Axi,
    /// AXI4-Lite.
    Lite,
}

/// An AXI port that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Its name: scope and prefix, such as `TOP.vcm_iommu.s_axi`.
    pub name: String,
    /// Full path of its scope.
    pub scope: String,
    /// Its prefix, lower-case and without the last `_`.
    pub prefix: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// Whether it has AR and R.
    pub reads: bool,
    /// Whether it has AW and B.
    pub writes: bool,
    /// Width of the data bus in bytes.
    pub data_bytes: u32,
    /// Width of IDs in bits.
    pub id_bits: u32,
    /// Width of addresses in bits.
    pub addr_bits: u32,
    /// Signals that it should have and has not, such as `wvalid`.
    pub missing: Vec<String>,
    /// Which IOMMU it is a port of: an index of [`Layout::devices`].
    pub device: Option<usize>,
    /// Which clock it is sampled with: an index of [`Layout::clocks`].
    pub clock: usize,
    /// Its signals: channel, field, index in [`Header::signals`].
    #[serde(skip)]
    pub(super) signals: Vec<(Channel, Field, usize)>,
}

impl Port {
    pub(super) fn has(&self, channel: Channel, field: Field) -> bool {
        let mut signals = self.signals.iter();
        signals.any(|&(c, f, _)| (c, f) == (channel, field))
    }
}

/// An IOMMU that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicePorts {
    /// Full path of its scope.
    pub scope: String,
    /// Its ports, indices of [`Layout::ports`]: `s_axil`, `s_axi`, `m_axi`, `m_axi_ptw`.
    pub ports: [Option<usize>; 4],
    /// Signals from within: path (0 reads, 1 writes), name, index in [`Header::signals`].
    #[serde(skip)]
    pub(super) inside: Vec<(usize, &'static str, usize)>,
}

/// A clock, and the reset beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockPair {
    /// Full path of the clock; `None`: each time stamp is a cycle.
    pub clock: Option<String>,
    /// Full path of the reset, and whether it is active when low.
    pub reset: Option<(String, bool)>,
    #[serde(skip)]
    pub(super) signals: (Option<usize>, Option<usize>),
}

/// What was found in a waveform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The ports; one that shows in several scopes is there once.
    pub ports: Vec<Port>,
    /// The IOMMUs.
    pub devices: Vec<DevicePorts>,
    /// The clocks.
    pub clocks: Vec<ClockPair>,
    /// What came near to a port and is none, with what it lacks.
    pub nearly: Vec<String>,
}

/// How the clock is to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClockChoice {
    /// By its name, near each port.
    #[default]
    Search,
    /// There is none: each time stamp is a cycle, as in what a logic analyser in the FPGA records.
    None,
    /// This one, by its full path or the end of it.
    Named(String),
}

impl Layout {
    /// Finds the ports.
    ///
    /// # Errors
    /// What clock was not found.
    pub(super) fn find(header: &Header, choice: &ClockChoice) -> Result<Self, String> {
        let mut layout = Self::default();
        let mut seen: HashSet<Vec<&str>> = HashSet::new();
        let groups = group(header);
        let order = scopes_by_worth(header, &groups);
        for scope in order {
            for (prefix, signals) in &groups[&scope] {
                match port(header, scope, prefix, signals) {
                    Ok(port) => {
                        if seen.insert(identity(header, &port)) {
                            layout.ports.push(port);
                        }
                    }
                    Err(Some(lacks)) => layout.nearly.push(lacks),
                    Err(None) => {}
                }
            }
        }
        layout.find_devices(header);
        layout.find_clocks(header, choice)?;
        Ok(layout)
    }

    /// Puts the ports of IOMMUs together: those in one scope with the right names.
    fn find_devices(&mut self, header: &Header) {
        let mut scopes: Vec<String> = Vec::new();
        for port in &self.ports {
            if !scopes.contains(&port.scope) {
                scopes.push(port.scope.clone());
            }
        }
        for scope in scopes {
            let of = |prefix: &str| {
                let mut ports = self.ports.iter();
                ports.position(|port| port.scope == scope && port.prefix == prefix)
            };
            let ports = names::IOMMU.map(of);
            let [_, upstream, downstream, walks] = ports;
            if walks.is_none() || (upstream.is_none() && downstream.is_none()) {
                continue;
            }
            let index = self.devices.len();
            for port in ports.into_iter().flatten() {
                self.ports[port].device = Some(index);
            }
            self.devices.push(DevicePorts {
                inside: inside(header, &scope),
                scope,
                ports,
            });
        }
    }

    fn find_clocks(&mut self, header: &Header, choice: &ClockChoice) -> Result<(), String> {
        for at in 0..self.ports.len() {
            let pair = match choice {
                ClockChoice::None => ClockPair {
                    clock: None,
                    ..reset_near(header, &self.ports[at])
                },
                ClockChoice::Named(name) => {
                    let clock = header.signals.iter().position(|signal| {
                        let path = header.path(signal);
                        let end = path.strip_suffix(name.as_str());
                        end.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                    });
                    let clock = clock.ok_or_else(|| format!("there is no signal {name:?}"))?;
                    let near = reset_near(header, &self.ports[at]);
                    ClockPair {
                        clock: Some(header.path(&header.signals[clock])),
                        signals: (Some(clock), near.signals.1),
                        ..near
                    }
                }
                ClockChoice::Search => {
                    let clock = clock_near(header, &self.ports[at])
                        .ok_or_else(|| format!("no clock is seen near {}", self.ports[at].name))?;
                    let near = reset_near(header, &self.ports[at]);
                    ClockPair {
                        clock: Some(header.path(&header.signals[clock])),
                        signals: (Some(clock), near.signals.1),
                        ..near
                    }
                }
            };
            let code = |index: Option<usize>| index.map(|index| &header.signals[index].code);
            let same = self.clocks.iter().position(|known| {
                code(known.signals.0) == code(pair.signals.0)
                    && code(known.signals.1) == code(pair.signals.1)
            });
            self.ports[at].clock = same.unwrap_or_else(|| {
                self.clocks.push(pair);
                self.clocks.len() - 1
            });
        }
        Ok(())
    }
}

type Group = BTreeMap<String, Vec<(Channel, Field, usize)>>;

/// The signals with names of AXI, by scope and prefix.
fn group(header: &Header) -> HashMap<usize, Group> {
    let mut groups: HashMap<usize, Group> = HashMap::new();
    for (index, signal) in header.signals.iter().enumerate() {
        if let Some((prefix, channel, field)) = parse_name(&signal.name) {
            let group = groups.entry(signal.scope).or_default();
            group
                .entry(prefix)
                .or_default()
                .push((channel, field, index));
        }
    }
    groups
}

/// The scopes, those first in which a port is best seen: a whole IOMMU, and then the outermost.
fn scopes_by_worth(header: &Header, groups: &HashMap<usize, Group>) -> Vec<usize> {
    let mut scopes: Vec<usize> = groups.keys().copied().collect();
    scopes.sort_by_key(|&scope| {
        let prefixes = &groups[&scope];
        let of_iommu = names::IOMMU
            .iter()
            .filter(|prefix| prefixes.contains_key(**prefix));
        let iommu = match of_iommu.count() {
            count if count >= 3 && prefixes.contains_key("m_axi_ptw") => count,
            _ => 0,
        };
        let depth = header.scopes[scope].matches('.').count();
        // Of an IOMMU the innermost scope is the one with the blocks in it.
        let depth = if iommu > 0 { usize::MAX - depth } else { depth };
        (std::cmp::Reverse(iommu), depth, scope)
    });
    scopes
}

/// What makes two ports the same: the identifiers of the handshakes.
fn identity<'a>(header: &'a Header, port: &Port) -> Vec<&'a str> {
    let mut codes: Vec<&str> = port
        .signals
        .iter()
        .filter(|(_, field, _)| matches!(field, Field::Valid | Field::Ready))
        .map(|&(_, _, index)| header.signals[index].code.as_str())
        .collect();
    codes.sort_unstable();
    codes
}

/// Makes a port of signals with the same prefix. `Err`: what it lacks, if it is nearly one.
fn port(
    header: &Header,
    scope: usize,
    prefix: &str,
    signals: &[(Channel, Field, usize)],
) -> Result<Port, Option<String>> {
    let find = |channel, field| {
        let mut signals = signals.iter();
        signals.find(|&&(c, f, _)| (c, f) == (channel, field))
    };
    let width = |channel, field| find(channel, field).map(|&(_, _, at)| header.signals[at].width);
    let shake =
        |channel| find(channel, Field::Valid).is_some() || find(channel, Field::Ready).is_some();
    let address = |channel| find(channel, Field::Addr).is_some();
    let reads = address(Channel::Ar) && (shake(Channel::Ar) || shake(Channel::R));
    let writes = address(Channel::Aw) && (shake(Channel::Aw) || shake(Channel::W));
    let path = match (header.scopes[scope].as_str(), prefix) {
        (scope, "") => scope.to_owned(),
        ("", prefix) => prefix.to_owned(),
        (scope, prefix) => format!("{scope}.{prefix}"),
    };
    if !reads && !writes {
        let near = shake(Channel::Ar) as u8 + shake(Channel::Aw) as u8 + shake(Channel::R) as u8;
        return Err((near > 1).then(|| format!("{path} has no address that can be seen")));
    }
    let mut missing = Vec::new();
    let mut channels = Vec::new();
    if writes {
        channels.extend([Channel::Aw, Channel::W, Channel::B]);
    }
    if reads {
        channels.extend([Channel::Ar, Channel::R]);
    }
    for &channel in &channels {
        for field in [Field::Valid, Field::Ready] {
            if find(channel, field).is_none() {
                let channel = channel.name().to_ascii_lowercase();
                missing.push(format!("{channel}{}", field.name()));
            }
        }
    }
    let valid = |channel| find(channel, Field::Valid).is_some();
    let answered = valid(Channel::R) || valid(Channel::B);
    if !answered || (!valid(Channel::Ar) && !valid(Channel::Aw)) {
        return Err(Some(format!("{path} lacks {}", missing.join(", "))));
    }
    let is_axi = find(Channel::Aw, Field::Len).is_some()
        || find(Channel::Ar, Field::Len).is_some()
        || find(Channel::R, Field::Last).is_some();
    let wide = width(Channel::R, Field::Data).or(width(Channel::W, Field::Data));
    let id = width(Channel::Ar, Field::Id).max(width(Channel::Aw, Field::Id));
    let addr = width(Channel::Ar, Field::Addr).max(width(Channel::Aw, Field::Addr));
    Ok(Port {
        name: path,
        scope: header.scopes[scope].clone(),
        prefix: prefix.to_owned(),
        protocol: if is_axi {
            Protocol::Axi
        } else {
            Protocol::Lite
        },
        reads,
        writes,
        data_bytes: wide.unwrap_or(32).div_ceil(8).max(1),
        id_bits: id.unwrap_or(0),
        addr_bits: addr.unwrap_or(32),
        missing,
        device: None,
        clock: 0,
        signals: (signals.iter())
            .filter(|(channel, _, _)| channels.contains(channel))
            .copied()
            .collect(),
    })
}

/// The signals within an IOMMU that help, in the blocks of its paths.
fn inside(header: &Header, scope: &str) -> Vec<(usize, &'static str, usize)> {
    use names::path;
    let mut found = Vec::new();
    for (n, block) in names::PATHS.into_iter().enumerate() {
        let place = format!("{scope}.{block}");
        let Some(place) = header.scopes.iter().position(|path| *path == place) else {
            continue;
        };
        for name in [
            path::HIT,
            path::MISS,
            path::ASK,
            path::TAKEN,
            path::ANSWER,
            path::FILL,
            path::TERMINATE,
            path::FAULT_VALID,
            path::FAULT_READY,
            path::FAULT,
        ] {
            let is_it = |signal: &Declared| signal.scope == place && signal.name == name;
            let at = header.signals.iter().position(is_it);
            let width = if name == path::FAULT {
                names::FaultLayout::WIDTH
            } else {
                1
            };
            if let Some(at) = at.filter(|&at| header.signals[at].width == width) {
                found.push((n, name, at));
            }
        }
    }
    found
}

/// A signal of one of these names in the scope of a port or around it, or else anywhere.
fn near(header: &Header, port: &Port, is_named: impl Fn(&str) -> Option<usize>) -> Option<usize> {
    let best = |scope: &str| {
        header
            .signals
            .iter()
            .enumerate()
            .filter(|(_, signal)| signal.width == 1 && header.scopes[signal.scope] == scope)
            .filter_map(|(at, signal)| {
                let name = signal.name.to_ascii_lowercase();
                let own = name.strip_prefix(&port.prefix);
                let own = own.map(|rest| rest.trim_start_matches('_'));
                let worth = own
                    .and_then(&is_named)
                    .or_else(|| is_named(&name).map(|worth| worth + 100));
                worth.map(|worth| (worth, at))
            })
            .min()
            .map(|(_, at)| at)
    };
    let mut scope = port.scope.as_str();
    loop {
        if let Some(found) = best(scope) {
            return Some(found);
        }
        if scope.is_empty() {
            break;
        }
        scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
    }
    (header.signals.iter()).position(|signal| {
        signal.width == 1 && is_named(&signal.name.to_ascii_lowercase()).is_some()
    })
}

fn clock_near(header: &Header, port: &Port) -> Option<usize> {
    near(header, port, |name| {
        names::CLOCKS.iter().position(|clock| *clock == name)
    })
}

fn reset_near(header: &Header, port: &Port) -> ClockPair {
    let which = |name: &str| names::RESETS.iter().position(|(reset, _)| *reset == name);
    let Some(at) = near(header, port, which) else {
        return ClockPair::default();
    };
    let signal = &header.signals[at];
    let name = signal.name.to_ascii_lowercase();
    let low = (names::RESETS.iter())
        .find(|(reset, _)| name.ends_with(reset))
        .is_some_and(|(_, low)| *low);
    ClockPair {
        reset: Some((header.path(signal), low)),
        signals: (None, Some(at)),
        ..ClockPair::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str) -> Option<(String, Channel, Field)> {
        parse_name(name)
    }

    #[test]
    fn names_of_many_styles_are_understood() {
        let cases = [
            ("s_axi_awvalid", "s_axi", Channel::Aw, Field::Valid),
            ("S_AXI_WVALID", "s_axi", Channel::W, Field::Valid),
            ("m_axi_ptw_araddr", "m_axi_ptw", Channel::Ar, Field::Addr),
            ("axi_aw_addr_i", "axi", Channel::Aw, Field::Addr),
            ("io_master_ar_ready", "io_master", Channel::Ar, Field::Ready),
            ("rdata", "", Channel::R, Field::Data),
            ("s_axil_bresp", "s_axil", Channel::B, Field::Resp),
            ("m00_axi_arlen", "m00_axi", Channel::Ar, Field::Len),
        ];
        for (name, prefix, channel, field) in cases {
            assert_eq!(
                parsed(name),
                Some((prefix.to_owned(), channel, field)),
                "{name}"
            );
        }
    }

    #[test]
    fn other_names_are_left_alone() {
        for name in [
            "valid",
            "drawvalid",
            "aclk",
            "s_axi_baddr",
            "count_burst",
            "answer",
        ] {
            assert_eq!(parsed(name), None, "{name}");
        }
    }
}
