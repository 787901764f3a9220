//! The value changes of a VCD file: a scanner on a byte buffer that passes on the signals of interest and
//! looks at nothing else.
//!
//! It reads an order of magnitude more than a parser that makes a value of every change, as of a
//! waveform with all of a design's signals only a few in a hundred are wanted.

use std::collections::HashMap;
use std::io;

use super::error::{Damage, Place};
use super::source::Source;

/// Bytes asked of the file at a time.
const PIECE: usize = 1 << 20;

/// The longest token: a vector of a million bits.
const LONGEST_TOKEN: usize = 1 << 21;

/// Largest identifier that is looked up in a table, which has four bytes for each.
const TABLE: u64 = 1 << 22;

/// A value of up to 64 bits. Wider ones are folded: equal ones stay equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits {
    /// The bits, 0 where unknown.
    pub(super) value: u64,
    /// Whether a bit is X or Z.
    pub(super) unknown: bool,
}

/// Takes in what the scanner finds.
pub(super) trait Sink {
    /// A time stamp, larger than the last. Returns whether to go on.
    fn time(&mut self, time: u64) -> bool;
    /// A signal of interest, by its number, has a new value.
    fn change(&mut self, signal: u32, bits: Bits);
    /// Recording was switched off, or on again.
    fn recording(&mut self, _on: bool) {}
}

/// Which identifiers are of interest.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// By identifier: the signal's number and 1, or 0.
    table: Vec<u32>,
    others: HashMap<Vec<u8>, u32>,
}

/// Length of the longest identifier that is a number in 64 bits.
const SHORT: usize = 9;

/// An identifier of at most [`SHORT`] characters as a number; `None`: it has characters that it may not.
#[inline]
fn key(code: &[u8]) -> Option<u64> {
    let mut key = 0u64;
    for &byte in code {
        if !(b'!'..=b'~').contains(&byte) {
            return None;
        }
        key = key * 95 + u64::from(byte - b' ');
    }
    Some(key)
}

impl Wanted {
    /// Adds an identifier; `signal` is the number it is told by.
    pub(super) fn add(&mut self, code: &str, signal: u32) {
        let code = code.as_bytes();
        let short = Some(code).filter(|code| code.len() <= SHORT);
        match short.and_then(key).filter(|key| *key < TABLE) {
            Some(key) => {
                let at = key as usize;
                if self.table.len() <= at {
                    self.table.resize(at + 1, 0);
                }
                self.table[at] = signal + 1;
            }
            None => {
                self.others.insert(code.to_vec(), signal + 1);
            }
        }
    }

    /// The signal of an identifier and 1, or 0; `None`: it is none.
    #[inline]
    fn get(&self, code: &[u8]) -> Option<u32> {
        if code.len() <= SHORT {
            let key = key(code)?;
            if let Some(&signal) = self.table.get(key as usize) {
                return Some(signal);
            }
        }
        if self.others.is_empty() {
            return Some(0);
        }
        Some(self.others.get(code).copied().unwrap_or(0))
    }
}

/// Why scanning stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file is read.
    End,
    /// The sink has seen enough.
    Enough,
    /// The file goes wrong here.
    Damage(Damage),
}

/// What `step` wants.
enum Step {
    /// More text: what has been read ends in the middle of a token.
    More,
    /// The sink has seen enough.
    Enough,
    /// The text is wrong.
    Wrong(String),
}

/// The scanner.
pub(super) struct Scanner<'a> {
    source: &'a mut Source,
    wanted: &'a Wanted,
    buffer: Vec<u8>,
    /// Where in the buffer scanning goes on.
    at: usize,
    /// Bytes and lines before the buffer.
    byte: u64,
    line: u64,
    time: u64,
    /// Within a comment.
    comment: bool,
    /// Bytes scanned at most.
    limit: u64,
}

impl<'a> Scanner<'a> {
    /// A scanner that goes on where `rest` begins, a part of the file that has been read; `byte` and
    /// `line` say where that is.
    pub(super) fn new(
        source: &'a mut Source,
        wanted: &'a Wanted,
        rest: Vec<u8>,
        byte: u64,
        line: u64,
    ) -> Self {
        Self {
            source,
            wanted,
            buffer: rest,
            at: 0,
            byte,
            line,
            time: 0,
            comment: false,
            limit: u64::MAX,
        }
    }

    /// With an end after so many bytes.
    pub(super) fn with_limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Where it is.
    pub(super) fn place(&self) -> Place {
        let read = &self.buffer[..self.at];
        Place {
            byte: self.byte + self.at as u64,
            line: self.line + memchr::memchr_iter(b'\n', read).count() as u64,
            time: self.time,
        }
    }

    /// Scans the rest of the file.
    pub(super) fn run(&mut self, sink: &mut impl Sink) -> Stop {
        let mut ended = false;
        loop {
            match self.step(sink) {
                Step::Enough => return Stop::Enough,
                Step::Wrong(what) => return self.damage(what),
                Step::More if ended => return self.end(),
                Step::More => {}
            }
            if self.byte >= self.limit {
                return Stop::Enough;
            }
            if self.buffer.len() - self.at > LONGEST_TOKEN {
                return self.damage("a token without end".to_owned());
            }
            self.line += memchr::memchr_iter(b'\n', &self.buffer[..self.at]).count() as u64;
            self.byte += self.at as u64;
            self.buffer.drain(..self.at);
            self.at = 0;
            match self.source.fill(&mut self.buffer, PIECE) {
                Ok(0) => {
                    ended = true;
                    // What the last line lacks is its end.
                    if self.buffer.last().is_some_and(|byte| *byte > b' ') {
                        return self.damage("the file ends within a line".to_owned());
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let what = match error.kind() {
                        io::ErrorKind::UnexpectedEof => "the file ends too early".to_owned(),
                        _ => error.to_string(),
                    };
                    return self.damage(what);
                }
            }
        }
    }

    fn end(&self) -> Stop {
        if self.comment || self.at < self.buffer.len() {
            return self.damage("the file ends within a value change".to_owned());
        }
        Stop::End
    }

    fn damage(&self, what: String) -> Stop {
        let place = self.place();
        Stop::Damage(Damage { place, what })
    }

    /// Scans what is in the buffer.
    fn step(&mut self, sink: &mut impl Sink) -> Step {
        let text = &self.buffer[..];
        let mut at = self.at;
        loop {
            // `at` is where a token begins, or space before it; `self.at` never is within one.
            while at < text.len() && text[at] <= b' ' {
                at += 1;
            }
            self.at = at;
            let Some(&first) = text.get(at) else {
                return Step::More;
            };
            if self.comment {
                let Some(end) = memchr::memmem::find(&text[at..], b"$end") else {
                    // Keep what may be the beginning of `$end`.
                    self.at = text.len().saturating_sub(3).max(at);
                    return Step::More;
                };
                at += end + 4;
                self.comment = false;
                continue;
            }
            match first {
                b'0' | b'1' | b'x' | b'X' | b'z' | b'Z' | b'u' | b'U' | b'w' | b'W' | b'l'
                | b'L' | b'h' | b'H' | b'-' => {
                    let begin = at + 1;
                    let Some(end) = token_end(text, begin) else {
                        return Step::More;
                    };
                    match self.wanted.get(&text[begin..end]) {
                        Some(0) if end > begin => {}
                        Some(signal) if end > begin => {
                            sink.change(signal - 1, scalar(first));
                        }
                        _ => return Step::Wrong(bad(&text[at..end])),
                    }
                    at = end;
                }
                b'b' | b'B' => {
                    let Some(end) = token_end(text, at + 1) else {
                        return Step::More;
                    };
                    let mut begin = end;
                    while begin < text.len() && text[begin] <= b' ' {
                        begin += 1;
                    }
                    let Some(code_end) = token_end(text, begin) else {
                        return Step::More;
                    };
                    match self.wanted.get(&text[begin..code_end]) {
                        Some(0) => {}
                        Some(signal) => match vector(&text[at + 1..end]) {
                            Some(bits) => sink.change(signal - 1, bits),
                            None => return Step::Wrong(bad(&text[at..end])),
                        },
                        None => return Step::Wrong(bad(&text[at..code_end])),
                    }
                    at = code_end;
                }
                b'#' => {
                    let Some(end) = token_end(text, at + 1) else {
                        return Step::More;
                    };
                    let Some(time) = number(&text[at + 1..end]) else {
                        return Step::Wrong(bad(&text[at..end]));
                    };
                    if time < self.time {
                        let last = self.time;
                        return Step::Wrong(format!("time goes back from #{last} to #{time}"));
                    }
                    self.time = time;
                    at = end;
                    if !sink.time(time) {
                        self.at = at;
                        return Step::Enough;
                    }
                }
                b'r' | b'R' | b's' | b'S' => {
                    let Some(end) = token_end(text, at + 1) else {
                        return Step::More;
                    };
                    let mut begin = end;
                    while begin < text.len() && text[begin] <= b' ' {
                        begin += 1;
                    }
                    let Some(code_end) = token_end(text, begin) else {
                        return Step::More;
                    };
                    at = code_end;
                }
                b'$' => {
                    let Some(end) = token_end(text, at) else {
                        return Step::More;
                    };
                    match &text[at..end] {
                        b"$dumpvars" | b"$dumpall" | b"$end" => {}
                        b"$dumpon" => sink.recording(true),
                        b"$dumpoff" => sink.recording(false),
                        b"$comment" | b"$vcdclose" => self.comment = true,
                        other => return Step::Wrong(bad(other)),
                    }
                    at = end;
                }
                _ => {
                    let end = token_end(text, at).unwrap_or(text.len());
                    return Step::Wrong(bad(&text[at..end]));
                }
            }
        }
    }
}

/// What is said of a token that has no place there.
fn bad(token: &[u8]) -> String {
    let shown: String = String::from_utf8_lossy(token).chars().take(40).collect();
    format!("{shown:?} is not a value change")
}

/// Where the token ends that begins at or before `at`; `None`: not in this text.
#[inline]
fn token_end(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let length = rest.iter().position(|&byte| byte <= b' ')?;
    Some(at + length)
}

fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |number, &digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

const fn scalar(symbol: u8) -> Bits {
    Bits {
        value: matches!(symbol, b'1' | b'h' | b'H') as u64,
        unknown: !matches!(symbol, b'0' | b'1' | b'h' | b'H' | b'l' | b'L'),
    }
}

/// A vector; leading zeroes may be left out (IEEE 1364, 18.2.1), and what is unknown on the left goes
/// on.
fn vector(digits: &[u8]) -> Option<Bits> {
    if digits.is_empty() {
        return None;
    }
    let mut bits = Bits::default();
    let mut strange = 0u8;
    for &digit in digits {
        let bit = digit.wrapping_sub(b'0');
        // What leaves at the top is folded in.
        bits.value = bits.value.rotate_left(1) ^ u64::from(bit & 1);
        strange |= bit & 0xFE;
    }
    if strange != 0 {
        bits = Bits::default();
        for &digit in digits {
            let one = match digit.to_ascii_lowercase() {
                b'0' | b'l' => 0,
                b'1' | b'h' => 1,
                b'x' | b'z' | b'u' | b'w' | b'-' => {
                    bits.unknown = true;
                    0
                }
                _ => return None,
            };
            bits.value = bits.value.rotate_left(1) ^ one;
        }
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_any_length_are_told_apart() {
        let mut wanted = Wanted::default();
        let codes = [
            "!",
            "\"",
            "!!",
            "~~~",
            "~~~~",
            "abcdefghi",
            "abcdefghij",
            "~",
        ];
        for (n, code) in codes.iter().enumerate() {
            wanted.add(code, n as u32);
        }
        for (n, code) in codes.iter().enumerate() {
            assert_eq!(wanted.get(code.as_bytes()), Some(n as u32 + 1), "{code}");
        }
        assert_eq!(wanted.get(b"!\""), Some(0));
        assert_eq!(wanted.get(b"abcdefghik"), Some(0));
        assert_eq!(wanted.get(&[0x80]), None);
    }

    #[test]
    fn vectors_are_read_with_what_is_unknown_in_them() {
        let known = |value| Bits {
            value,
            unknown: false,
        };
        assert_eq!(vector(b"101"), Some(known(5)));
        assert_eq!(vector(b"0"), Some(known(0)));
        assert_eq!(vector(&[b'1'; 64]), Some(known(u64::MAX)));
        let partly = vector(b"1x1").expect("is a vector");
        assert_eq!((partly.value, partly.unknown), (5, true));
        assert!(vector(b"zzzz").expect("is a vector").unknown);
        assert_eq!(vector(b"12"), None);
        assert_eq!(vector(b""), None);
    }

    #[test]
    fn different_wide_vectors_stay_different() {
        let mut one = [b'0'; 128];
        let zero = one;
        one[0] = b'1';
        assert_ne!(vector(&one), vector(&zero));
    }
}
