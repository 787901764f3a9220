//! Numbers, as people write them.

/// A number: decimal, or hexadecimal after 0x, with k, m or g for powers of 1024, and `_` anywhere.
///
/// # Errors
/// In words: what is wrong, and examples.
pub fn parse(text: &str) -> Result<u32, String> {
    let wrong =
        || format!("{text:?} is no number of 32 bits: write 4096, 0x1000 or 4k, for example");
    let plain = text.replace('_', "").to_ascii_lowercase();
    let units = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("k", 1 << 10),
        ("m", 1 << 20),
        ("g", 1 << 30),
        ("", 1_u32),
    ];
    let read = units.into_iter().find_map(|(name, unit)| {
        let digits = plain.strip_suffix(name)?;
        let (digits, radix) = match digits.strip_prefix("0x") {
            Some(digits) => (digits, 16),
            None => (digits, 10),
        };
        // Those of the standard library would take a sign too.
        let is_plain = digits.chars().all(|digit| digit.is_digit(radix));
        let number = u32::from_str_radix(digits, radix).ok();
        number.filter(|_| is_plain)?.checked_mul(unit)
    });
    read.ok_or_else(wrong)
}

/// A size, with the largest unit that it is a multiple of.
pub fn size(bytes: u64) -> String {
    match bytes {
        0 => "0".to_owned(),
        _ if bytes % (1 << 20) == 0 => format!("{} MiB", bytes >> 20),
        _ if bytes % (1 << 10) == 0 => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_be_hexadecimal_and_have_units() {
        let all = ["4096", "0x1000", "4k", "4KiB", "0x8000_0000", "16M", "1g"].map(parse);
        let numbers = [4096, 4096, 4096, 4096, 0x8000_0000, 16 << 20, 1 << 30].map(Ok);
        assert_eq!(all, numbers);
        for wrong in [
            "",
            "k",
            "0x",
            "4g",
            "-1",
            "+1",
            "0x+1",
            "4x",
            "4ib",
            "é",
            "4\u{212A}",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_shown_in_the_largest_unit_that_fits() {
        assert_eq!(
            [0, 1, 4096, 3 << 20].map(size),
            ["0", "1 bytes", "4 KiB", "3 MiB"]
        );
    }
}
