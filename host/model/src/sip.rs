//! What documents, routing and the SIP stack agree on about SIP messages (RFC 3261).

use std::fmt::Write as _;

/// Headers that identify a hop, a dialog, a body, a credential or a capability of the stack, compact forms included (section 7.3.3).
/// A second one would make the message mean something else.
const RESERVED_HEADERS: &[&str] = &[
    "via",
    "v",
    "route",
    "record-route",
    "call-id",
    "i",
    "cseq",
    "contact",
    "m",
    "from",
    "f",
    "to",
    "t",
    "max-forwards",
    "content-length",
    "l",
    "content-type",
    "c",
    "content-encoding",
    "e",
    "content-disposition",
    "authorization",
    "proxy-authorization",
    "www-authenticate",
    "proxy-authenticate",
    "require",
    "proxy-require",
    "supported",
    "k",
    "allow",
    "rack",
    "rseq",
    "session-expires",
    "x",
    "min-se",
];

/// Whether only the stack writes that header.
#[must_use]
pub fn is_reserved_header(name: &str) -> bool {
    RESERVED_HEADERS.iter().any(|reserved| name.eq_ignore_ascii_case(reserved))
}

/// `token` of section 25.1, which header names are.
#[must_use]
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte))
}

/// A number as the user part of a URI: what is neither `unreserved` nor `user-unreserved` (section 25.1) is escaped.
#[must_use]
pub fn escaped_user(number: &str) -> String {
    let mut user = String::with_capacity(number.len());
    for byte in number.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            user.push(char::from(byte));
        } else {
            let _ = write!(user, "%{byte:02X}");
        }
    }
    user
}

/// Whether a caller is named by a URI rather than by a number.
#[must_use]
pub fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("sip" | "tel"))
}

/// The user part of an address at that host: that of a URI, or a number escaped.
#[must_use]
pub fn address_at(number_or_uri: &str, host: &str) -> String {
    if !is_uri(number_or_uri) {
        return format!("sip:{}@{host}", escaped_user(number_or_uri));
    }
    let address = number_or_uri.split_once(':').map_or(number_or_uri, |(_, address)| address);
    let user = address.rsplit_once('@').map_or(address, |(user, _)| user);
    format!("sip:{user}@{host}")
}

/// Host and port of a SIP URI.
#[must_use]
pub fn host_and_port(uri: &str) -> &str {
    let address = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let host = address.rsplit_once('@').map_or(address, |(_, host)| host);
    host.split([';', '?']).next().unwrap_or(host)
}

/// Its host alone.
#[must_use]
pub fn host(uri: &str) -> &str {
    let host = host_and_port(uri);
    match host.find(']') {
        Some(end) => host.get(..=end).unwrap_or(host),
        None => host.split(':').next().unwrap_or(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stacks_own_headers_are_known_in_every_spelling() {
        for name in ["Via", "VIA", "v", "Call-ID", "CSeq", "contact", "Authorization"] {
            assert!(is_reserved_header(name), "{name}");
        }
        for name in ["X-Via", "P-Asserted-Identity", "Diversion", "User-Agent"] {
            assert!(!is_reserved_header(name), "{name}");
        }
    }

    #[test]
    fn what_no_user_may_hold_is_escaped() {
        assert_eq!(escaped_user("Zoë <x>@y"), "Zo%C3%AB%20%3Cx%3E%40y");
        assert_eq!(escaped_user("+1555#"), "+1555%23");
    }

    #[test]
    fn an_address_takes_the_user_of_a_uri() {
        for (from, address) in [
            ("+1555", "sip:+1555@h"),
            ("sip:alice@a.example:5070", "sip:alice@h"),
            ("tel:+1555", "sip:+1555@h"),
            ("a b", "sip:a%20b@h"),
        ] {
            assert_eq!(address_at(from, "h"), address);
        }
    }

    #[test]
    fn a_host_is_found_among_user_port_and_parameters() {
        for (uri, both, alone) in [
            ("sip:+15551234@192.0.2.1:5080;transport=tcp", "192.0.2.1:5080", "192.0.2.1"),
            ("sip:carrier.example", "carrier.example", "carrier.example"),
            ("sip:a%40b@[2001:db8::1]:5060?X=y", "[2001:db8::1]:5060", "[2001:db8::1]"),
        ] {
            assert_eq!((host_and_port(uri), host(uri)), (both, alone));
        }
    }
}
