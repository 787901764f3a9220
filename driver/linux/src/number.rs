//! Numbers, as people write them.

/// A number: decimal, or hexadecimal after 0x, with k, m or g for powers of 1024, and `_` anywhere.
pub fn parse(text: &str) -> Result<u32, String> {
    let wrong =
        || format!("{text:?} is no number of 32 bits: write 4096, 0x1000 or 4k, for example");
    let plain = text.replace('_', "").to_lowercase();
    let plain = plain.strip_suffix("ib").unwrap_or(&plain);
    let (digits, unit) = match plain.char_indices().next_back() {
        Some((at, 'k')) => (&plain[..at], 1 << 10),
        Some((at, 'm')) => (&plain[..at], 1 << 20),
        Some((at, 'g')) => (&plain[..at], 1 << 30),
        _ => (plain, 1_u32),
    };
    let number = match digits.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let number = number.ok().and_then(|number| number.checked_mul(unit));
    number.ok_or_else(wrong)
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
        for wrong in ["", "k", "0x", "4g", "-1", "4x", "é"] {
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
