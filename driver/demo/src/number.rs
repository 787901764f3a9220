//! Numbers, as people read them.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::string::ToString;

/// A number with its digits in groups of three.
pub fn thousands(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of bytes, with the word.
pub fn bytes(number: impl Into<u64>) -> String {
    match number.into() {
        1 => "1 byte".to_owned(),
        many => format!("{} bytes", thousands(many)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        let numbers = [0_u32, 999, 1_000, 67_108_864].map(thousands);
        assert_eq!(numbers, ["0", "999", "1,000", "67,108,864"]);
        assert_eq!([1_u32, 2].map(bytes), ["1 byte", "2 bytes"]);
    }
}
