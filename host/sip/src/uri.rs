//! SIP URIs as this crate needs them (RFC 3261 §19.1). The library's parser takes a `;` in the user part, which number
//! portability data has, for the end of the host.

use std::net::IpAddr;

use rsipstack::sip::{Auth, Domain, Host, HostWithPort, Param, Scheme, Transport, Uri};

use crate::error::UriFault;

const MAX_LENGTH: usize = 512;

/// The transports that a leg can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Udp,
    Tcp,
}

/// A parsed `sip:` URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SipUri {
    /// The user part with its escapes undone.
    user: Option<String>,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    params: Vec<(String, Option<String>)>,
    pub(crate) wire: Wire,
}

impl SipUri {
    /// Parses `text`; header fields after `?` are left out, as no request of ours may carry them.
    pub(crate) fn parse(text: &str) -> Result<Self, UriFault> {
        check_characters(text)?;
        let rest = strip_scheme(text, "sip:").ok_or(UriFault::Scheme)?;
        let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
        let (user, rest) = rest.rsplit_once('@').map_or((None, rest), |(user, rest)| (Some(unescape(user)), rest));
        let mut parts = rest.split(';');
        let (host, port) = split_port(parts.next().unwrap_or_default())?;
        let params: Vec<(String, Option<String>)> = parts.filter(|part| !part.is_empty()).map(param).collect();
        let wire = match params.iter().find(|(name, _)| name.eq_ignore_ascii_case("transport")) {
            None => Wire::Udp,
            Some((_, Some(value))) if value.eq_ignore_ascii_case("udp") => Wire::Udp,
            Some((_, Some(value))) if value.eq_ignore_ascii_case("tcp") => Wire::Tcp,
            Some(_) => return Err(UriFault::Transport),
        };
        Ok(Self { user, host, port, params, wire })
    }

    /// The library's form of it.
    pub(crate) fn to_library(&self) -> Uri {
        let host = match self.host.parse::<IpAddr>() {
            Ok(address) => Host::IpAddr(address),
            Err(_) => Host::Domain(Domain(self.host.clone())),
        };
        Uri {
            scheme: Some(Scheme::Sip),
            auth: self.user.clone().map(|user| Auth { user, password: None }),
            host_with_port: HostWithPort { host, port: self.port.map(Into::into) },
            params: self.params.iter().map(library_param).collect(),
            headers: Vec::new(),
        }
    }

    /// The address-of-record in it: no port, no parameters (RFC 3261 §20.39 for To).
    pub(crate) fn address_of_record(&self) -> String {
        let mut uri = self.to_library();
        uri.params.clear();
        uri.host_with_port.port = None;
        uri.to_string()
    }
}

/// Checks a URI that is only written, never routed on: From and To may also be `tel:` (RFC 3966).
pub(crate) fn check_name_addr(text: &str) -> Result<(), UriFault> {
    check_characters(text)?;
    if strip_scheme(text, "tel:").is_some_and(|number| !number.is_empty()) {
        return Ok(());
    }
    SipUri::parse(text).map(|_| ())
}

fn check_characters(text: &str) -> Result<(), UriFault> {
    if text.len() > MAX_LENGTH {
        return Err(UriFault::TooLong);
    }
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"\\".contains(&byte)) {
        return Ok(());
    }
    Err(UriFault::Character)
}

fn strip_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let head = text.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| text.get(scheme.len()..)).flatten()
}

fn split_port(text: &str) -> Result<(String, Option<u16>), UriFault> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(UriFault::Host)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| UriFault::Host)?;
            (host, port.strip_prefix(':').or(if port.is_empty() { None } else { Some("") }))
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if host.is_empty() || host.len() > 253 || !host.bytes().all(is_host) {
        return Err(UriFault::Host);
    }
    let port = match port {
        None => None,
        Some(digits) => Some(digits.parse().ok().filter(|port| *port > 0).ok_or(UriFault::Port)?),
    };
    Ok((host.to_owned(), port))
}

fn param(text: &str) -> (String, Option<String>) {
    match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.to_owned(), None),
    }
}

fn library_param((name, value): &(String, Option<String>)) -> Param {
    match value {
        Some(value) if name.eq_ignore_ascii_case("transport") && value.eq_ignore_ascii_case("tcp") => {
            Param::Transport(Transport::Tcp)
        }
        _ => Param::Other(name.clone().into(), value.clone().map(Into::into)),
    }
}

/// Undoes `%XX`, as the library escapes the user part again when it writes it.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> String {
        SipUri::parse(text).unwrap().to_library().to_string()
    }

    #[test]
    fn what_is_read_is_written() {
        for text in [
            "sip:+15551234567@192.0.2.1",
            "sip:100@carrier.example:5080;transport=TCP;user=phone",
            "sip:+1555;npdi;rn=+1666@192.0.2.1:5062;lr",
            "sip:[2001:db8::1]:5060",
            "sip:a%23b@example.com",
        ] {
            assert_eq!(round_trip(text), text);
        }
    }

    #[test]
    fn the_host_is_found_behind_a_user_part_with_parameters() {
        let uri = SipUri::parse("sip:+1555;npdi@192.0.2.1:5062").unwrap();
        assert_eq!((uri.host.as_str(), uri.port, uri.wire), ("192.0.2.1", Some(5062), Wire::Udp));
    }

    #[test]
    fn to_has_neither_port_nor_parameters() {
        let uri = SipUri::parse("sip:100@carrier.example:5080;transport=tcp").unwrap();
        assert_eq!(uri.address_of_record(), "sip:100@carrier.example");
    }

    #[test]
    fn each_rule_has_its_fault() {
        let long = format!("sip:{}@h", "1".repeat(600));
        for (text, fault) in [
            ("http://x", UriFault::Scheme),
            ("sips:a@b", UriFault::Scheme),
            ("sip:a b@c", UriFault::Character),
            ("sip:a@b\r\nX: y", UriFault::Character),
            ("sip:a@b>;tag=1", UriFault::Character),
            ("sip:a@", UriFault::Host),
            ("sip:a@[::1", UriFault::Host),
            ("sip:a@b:0", UriFault::Port),
            ("sip:a@b:99999", UriFault::Port),
            ("sip:a@[::1]5060", UriFault::Port),
            ("sip:a@b;transport=tls", UriFault::Transport),
            (long.as_str(), UriFault::TooLong),
        ] {
            assert_eq!(SipUri::parse(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn from_and_to_may_be_telephone_numbers() {
        assert_eq!(check_name_addr("tel:+15551234567"), Ok(()));
        assert_eq!(check_name_addr("tel:"), Err(UriFault::Scheme));
        assert_eq!(check_name_addr("sip:a@b;tag=\"x"), Err(UriFault::Character));
    }
}
