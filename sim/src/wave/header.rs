//! The declarations of a VCD file, read with the crate `vcd`.
//!
//! Simulators declare more kinds of scopes and variables than IEEE 1364 has (`logic`, `interface`,
//! `struct`, several indices): these are given the nearest standard form first.

use std::fmt::Write as _;

use vcd::{ScopeItem, ScopeType, TimescaleUnit, VarType};

/// A declared signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Index of its scope in [`Header::scopes`].
    pub scope: usize,
    /// Its own name, without index.
    pub name: String,
    /// Its width in bits.
    pub width: u32,
    /// Its identifier in the file.
    pub code: String,
}

/// What a VCD file declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Full paths of the scopes, their parts joined by `.`; the first is the empty root.
    pub scopes: Vec<String>,
    /// The signals, in the order of the file.
    pub signals: Vec<Declared>,
    /// Femtoseconds of a unit of time.
    pub unit_fs: u128,
}

/// Why declarations cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeaderError {
    pub(super) line: u64,
    pub(super) what: String,
}

/// The first bytes of a file: all declarations, and where they end.
pub(super) fn end_of_header(text: &[u8]) -> Option<usize> {
    let at = memchr::memmem::find(text, b"$enddefinitions")?;
    let end = memchr::memmem::find(&text[at..], b"$end")?;
    // The first `$end` is the one in the keyword itself.
    let rest = at + end + b"$enddefinitions".len();
    let close = memchr::memmem::find(&text[rest..], b"$end")?;
    Some(rest + close + b"$end".len())
}

impl Header {
    /// Reads declarations.
    pub(super) fn parse(text: &[u8]) -> Result<Self, HeaderError> {
        let plain = standard_form(text)?;
        let mut parser = vcd::Parser::new(plain.as_bytes());
        let header = parser.parse_header().map_err(|error| HeaderError {
            line: 0,
            what: error.to_string(),
        })?;
        let (quantity, unit) = header.timescale.unwrap_or((1, TimescaleUnit::NS));
        let mut own = Self {
            scopes: vec![String::new()],
            signals: Vec::new(),
            unit_fs: u128::from(quantity.max(1)) * femtoseconds(unit),
        };
        own.take(&header.items, 0);
        Ok(own)
    }

    fn take(&mut self, items: &[ScopeItem], scope: usize) {
        for item in items {
            match item {
                ScopeItem::Var(var) => self.signals.push(Declared {
                    scope,
                    name: var.reference.trim_start_matches('\\').to_owned(),
                    width: var.size,
                    code: var.code.to_string(),
                }),
                ScopeItem::Scope(inner) => {
                    let outer = &self.scopes[scope];
                    let dot = if outer.is_empty() { "" } else { "." };
                    let path = format!("{outer}{dot}{}", inner.identifier);
                    let index = match self.scopes.iter().position(|known| *known == path) {
                        Some(index) => index,
                        None => {
                            self.scopes.push(path);
                            self.scopes.len() - 1
                        }
                    };
                    self.take(&inner.items, index);
                }
                _ => {}
            }
        }
    }

    /// Full path of a signal.
    pub fn path(&self, signal: &Declared) -> String {
        let scope = &self.scopes[signal.scope];
        let dot = if scope.is_empty() { "" } else { "." };
        format!("{scope}{dot}{}", signal.name)
    }
}

const fn femtoseconds(unit: TimescaleUnit) -> u128 {
    match unit {
        TimescaleUnit::S => 1_000_000_000_000_000,
        TimescaleUnit::MS => 1_000_000_000_000,
        TimescaleUnit::US => 1_000_000_000,
        TimescaleUnit::NS => 1_000_000,
        TimescaleUnit::PS => 1_000,
        _ => 1,
    }
}

/// The declarations as IEEE 1364 has them.
fn standard_form(text: &[u8]) -> Result<String, HeaderError> {
    let mut tokens = Tokens { text, at: 0 };
    let mut plain = String::with_capacity(text.len());
    // Writing to a String does not fail.
    while let Some(keyword) = tokens.next()? {
        match keyword {
            "$scope" => {
                let (kind, name) = match tokens.command()?[..] {
                    [kind, name, ..] => (kind, name.to_owned()),
                    [name] => ("module", name.to_owned()),
                    [] => return Err(tokens.error("a scope without a name")),
                };
                let kind = kind.parse().unwrap_or(ScopeType::Module);
                let _ = writeln!(plain, "$scope {kind} {name} $end");
            }
            "$upscope" => {
                tokens.command()?;
                plain.push_str("$upscope $end\n");
            }
            "$var" => {
                let parts = tokens.command()?;
                let [kind, size, code, name, ..] = parts[..] else {
                    return Err(tokens.error("a variable with too few parts"));
                };
                let kind = kind.parse().unwrap_or(VarType::Wire);
                // "[7:0]" may stand apart, or at the name, and several of them.
                let name = name.split_once('[').map_or(name, |(name, _)| name);
                let name = if name.is_empty() { parts[3] } else { name };
                let number: Result<u32, _> = size.parse();
                if number.is_err() {
                    return Err(tokens.error(&format!("{size:?} is not a width")));
                }
                let _ = writeln!(plain, "$var {kind} {size} {code} {name} $end");
            }
            "$timescale" => {
                let parts = tokens.command()?.concat();
                let _ = writeln!(plain, "$timescale {parts} $end");
            }
            "$enddefinitions" => {
                plain.push_str("$enddefinitions $end\n");
                return Ok(plain);
            }
            other if other.starts_with('$') => {
                tokens.command()?;
            }
            other => {
                let shown: String = other.chars().take(20).collect();
                return Err(tokens.error(&format!("{shown:?} where a declaration should begin")));
            }
        }
    }
    Err(tokens.error("the declarations have no end"))
}

/// The words of a text.
struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Result<Option<&'a str>, HeaderError> {
        let text = self.text;
        let is_space = |byte: &u8| byte.is_ascii_whitespace();
        while text.get(self.at).is_some_and(is_space) {
            self.at += 1;
        }
        let begin = self.at;
        while text.get(self.at).is_some_and(|byte| !is_space(byte)) {
            self.at += 1;
        }
        let word = std::str::from_utf8(&text[begin..self.at]);
        match word {
            Ok("") => Ok(None),
            Ok(word) => Ok(Some(word)),
            Err(_) => Err(self.error("what is not text")),
        }
    }

    /// The words up to `$end`.
    fn command(&mut self) -> Result<Vec<&'a str>, HeaderError> {
        let mut words = Vec::new();
        loop {
            match self.next()? {
                Some("$end") => return Ok(words),
                Some(word) => words.push(word),
                None => return Err(self.error("a declaration without $end")),
            }
        }
    }

    fn error(&self, what: &str) -> HeaderError {
        let read = &self.text[..self.at];
        HeaderError {
            line: memchr::memchr_iter(b'\n', read).count() as u64 + 1,
            what: what.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Header, HeaderError> {
        Header::parse(text.as_bytes())
    }

    #[test]
    fn what_other_simulators_declare_is_understood() {
        let header = parse(
            "$date a $end $version b $end $timescale 10 ps $end\n\
             $scope interface bus $end\n$var logic 32 ! data [31:0] $end\n\
             $scope struct s $end $var int 32 \" count $end $upscope $end\n\
             $var wire 8 # mem[3] [7:0] $end $upscope $end\n\
             $attrbegin misc 0 x $end $enddefinitions $end\n",
        )
        .expect("is understood");
        assert_eq!(header.unit_fs, 10_000);
        let paths: Vec<String> = header.signals.iter().map(|s| header.path(s)).collect();
        assert_eq!(paths, ["bus.data", "bus.s.count", "bus.mem"]);
        assert_eq!(header.signals[0].width, 32);
        assert_eq!(header.signals[1].code, "\"");
    }

    #[test]
    fn what_is_not_a_vcd_file_is_told_with_its_line() {
        let error = parse("$version x $end\nhello\n").expect_err("is none");
        assert_eq!(error.line, 2);
        assert!(error.what.contains("hello"), "{}", error.what);
        assert!(parse("").is_err());
        assert!(parse("$scope module").is_err());
        assert!(parse("$var wire x ! a $end $enddefinitions $end").is_err());
    }

    #[test]
    fn the_end_of_the_declarations_is_found() {
        let text = b"$enddefinitions $end\n#0\n";
        assert_eq!(end_of_header(text), Some(20));
        assert_eq!(end_of_header(b"$enddefinitions $en"), None);
    }
}
