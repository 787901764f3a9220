//! What a user types: numbers and places.

use std::str;

use vcm_linux::{MemoryPlace, Place, number};

pub(super) fn run(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let read = number::parse(text);
    assert_eq!(read.clone().ok(), value(text), "{text:?}");
    if let Err(error) = &read {
        assert!(error.contains("number"), "{error}");
    }
    let shown = number::size(read.unwrap_or_default().into());
    assert!(!shown.is_empty());
    // What is shown of a place is read again as the same one.
    match text.parse::<Place>() {
        Ok(place) => assert_eq!(place.to_string().parse(), Ok(place)),
        Err(error) => assert!(!error.is_empty()),
    }
    match text.parse::<MemoryPlace>() {
        Ok(MemoryPlace::UDmaBuf(name)) => assert_eq!(text, format!("udmabuf:{name}")),
        Ok(MemoryPlace::Reserved { base, size }) => {
            let (first, second) = text
                .strip_prefix("reserved:")
                .and_then(|range| range.split_once(','))
                .unwrap_or_default();
            assert_eq!((value(first), value(second)), (Some(base), Some(size)));
        }
        Err(error) => assert!(!error.is_empty()),
    }
}

/// What a number means, from its grammar: digits, in hexadecimal after `0x`, then perhaps `k`, `m` or
/// `g`, and then perhaps `ib`; in any case, with `_` anywhere.
fn value(text: &str) -> Option<u32> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let plain = plain.to_ascii_lowercase();
    let short = plain.strip_suffix("ib").unwrap_or(&plain);
    let units = [('k', 10), ('m', 20), ('g', 30)];
    let unit = units.into_iter().find(|(name, _)| short.ends_with(*name));
    let (digits, shift) = match unit {
        Some((name, shift)) => (short.strip_suffix(name)?, shift),
        // `ib` alone is no unit.
        None if short.len() < plain.len() => return None,
        None => (short, 0),
    };
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    if digits.is_empty() {
        return None;
    }
    let number = digits.chars().try_fold(0_u64, |number, digit| {
        let sum = number * u64::from(radix) + u64::from(digit.to_digit(radix)?);
        (sum <= u32::MAX.into()).then_some(sum)
    })?;
    u32::try_from(number << shift).ok()
}
