//! Bytes as text.

/// Two lower-case hex digits a byte.
pub(crate) fn encode(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_byte_is_two_digits() {
        assert_eq!(super::encode([0, 10, 255]), "000aff");
    }
}
