//! From the names of rust-hdl's AST to Verilog identifiers.

use super::error::Reason;
use super::keyword::is_keyword;

/// The values of the loop variables in force, innermost last.
pub(super) type Loops = Vec<(String, i64)>;

/// The name of the AST (`way[i + 1]$q`, `State::Idle`, `.awaddr`) as the `Probe` spells it
/// (`way$3$q`, `State$Idle`, `awaddr`).
pub(super) fn canonical(text: &str, loops: &Loops) -> Result<String, Reason> {
    let text = text
        .trim_start_matches('.')
        .replace("::", "$")
        .replace('.', "$");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(open) = rest.find('[') {
        let close =
            closing(rest, open).ok_or_else(|| Reason::NotAnIdentifier { name: text.clone() })?;
        let index = &rest[open + 1..close];
        let value = Index {
            text: index,
            rest: index,
            loops,
        }
        .value()?;
        out += &format!("{}${value}", &rest[..open]);
        rest = &rest[close + 1..];
    }
    Ok(out + rest)
}

/// The Verilog identifier of a canonical name.
pub(super) fn identifier(name: &str) -> Result<String, Reason> {
    let id = name.replace('$', "_");
    let mut chars = id.chars();
    let starts = chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !starts || !chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(Reason::NotAnIdentifier { name: id });
    }
    if is_keyword(&id) {
        return Err(Reason::Keyword { name: id });
    }
    Ok(id)
}

fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// An array index in force: literals, loop variables, `+ - * / %` and parentheses.
struct Index<'a> {
    text: &'a str,
    rest: &'a str,
    loops: &'a Loops,
}

impl Index<'_> {
    fn value(mut self) -> Result<i64, Reason> {
        let value = self.sum()?;
        if self.rest.is_empty() && value >= 0 {
            Ok(value)
        } else {
            self.refuse()
        }
    }

    fn refuse<T>(&self) -> Result<T, Reason> {
        Err(Reason::Index {
            index: self.text.into(),
        })
    }

    fn sum(&mut self) -> Result<i64, Reason> {
        let mut value = self.product()?;
        while let Some(op) = self.take(&['+', '-']) {
            let right = self.product()?;
            let next = if op == '+' {
                value.checked_add(right)
            } else {
                value.checked_sub(right)
            };
            value = next.map_or_else(|| self.refuse(), Ok)?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<i64, Reason> {
        let mut value = self.atom()?;
        while let Some(op) = self.take(&['*', '/', '%']) {
            let right = self.atom()?;
            let next = match op {
                '*' => value.checked_mul(right),
                '/' => value.checked_div(right),
                _ => value.checked_rem(right),
            };
            value = next.map_or_else(|| self.refuse(), Ok)?;
        }
        Ok(value)
    }

    fn atom(&mut self) -> Result<i64, Reason> {
        if self.take(&['(']).is_some() {
            let value = self.sum()?;
            return if self.take(&[')']).is_some() {
                Ok(value)
            } else {
                self.refuse()
            };
        }
        let end = self
            .rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match self.loops.iter().rev().find(|(name, _)| name == word) {
            Some((_, value)) => Ok(*value),
            None => integer(word)
                .and_then(|v| i64::try_from(v).ok())
                .map_or_else(|| self.refuse(), Ok),
        }
    }

    fn take(&mut self, any: &[char]) -> Option<char> {
        let c = self.rest.chars().next().filter(|c| any.contains(c))?;
        self.rest = &self.rest[1..];
        Some(c)
    }
}

/// A Rust integer literal: `12`, `0x1F_u8`, `0b10`.
pub(super) fn integer(text: &str) -> Option<u64> {
    const SUFFIXES: [&str; 12] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    ];
    let text = text.replace('_', "");
    let text = SUFFIXES
        .iter()
        .find_map(|s| text.strip_suffix(s))
        .unwrap_or(&text);
    let (digits, radix) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (text, 10),
    };
    u64::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_indices_follow_the_usual_precedence() {
        let loops = vec![("i".to_string(), 5)];
        assert_eq!(canonical("a[10-3-2].q", &loops), Ok("a$5$q".into()));
        assert_eq!(
            canonical("a[(i+1)*2][i%2]$q", &loops),
            Ok("a$12$1$q".into())
        );
        assert!(matches!(
            canonical("a[n]", &loops),
            Err(Reason::Index { .. })
        ));
        assert!(matches!(
            canonical("a[i-6]", &loops),
            Err(Reason::Index { .. })
        ));
    }

    #[test]
    fn keywords_and_odd_names_are_no_identifiers() {
        assert!(matches!(identifier("do"), Err(Reason::Keyword { .. })));
        assert!(matches!(
            identifier("r#type"),
            Err(Reason::NotAnIdentifier { .. })
        ));
        assert_eq!(identifier("s_axil$awaddr"), Ok("s_axil_awaddr".into()));
    }

    #[test]
    fn integer_literals_are_read_as_rust_reads_them() {
        assert_eq!(integer("0x1F_u8"), Some(31));
        assert_eq!(integer("0b1_0"), Some(2));
        assert_eq!(integer("12usize"), Some(12));
        assert_eq!(integer("x"), None);
    }
}
