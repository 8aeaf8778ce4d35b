//! Bytes as text.

/// Two lower-case hex digits a byte.
pub(crate) fn encode(bytes: impl IntoIterator<Item = u8>) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes.into_iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_byte_is_two_digits() {
        assert_eq!(super::encode([0, 10, 255]), "000aff");
    }
}
