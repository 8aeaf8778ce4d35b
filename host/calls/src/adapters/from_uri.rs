//! The caller as a SIP URI.

use std::fmt::Write as _;

/// `sip:NUMBER@HOST`; what is a URI already stays as it is.
pub(super) fn from_uri(number: &str, host: &str) -> String {
    let scheme = number.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("sip" | "tel")) {
        return number.to_owned();
    }
    let mut uri = String::from("sip:");
    for byte in number.bytes() {
        // `unreserved` and `user-unreserved` of RFC 3261 section 25.1.
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    format!("{uri}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_becomes_the_user_and_a_uri_stays() {
        assert_eq!(from_uri("+15083728299", "192.0.2.1"), "sip:+15083728299@192.0.2.1");
        assert_eq!(from_uri("sip:alice@example.com", "192.0.2.1"), "sip:alice@example.com");
    }

    #[test]
    fn what_no_user_may_hold_is_escaped() {
        assert_eq!(from_uri("Zoë <x>@y", "h"), "sip:Zo%C3%AB%20%3Cx%3E%40y@h");
    }
}
