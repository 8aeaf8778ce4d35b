//! Which addresses a plugin's HTTP requests may reach.
//!
//! The decision is made on resolved addresses, after name resolution and before a socket opens, so that a public name with a private
//! address behind it (DNS rebinding) reaches nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: u128,
    prefix: u32,
}

/// Text that is no network in CIDR notation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a network: expected ADDRESS or ADDRESS/PREFIX")]
pub struct InvalidNetwork(String);

impl Network {
    /// Whether the address lies in it; an IPv4 address and its IPv4-mapped form are one.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
        bits(address) & mask == self.address & mask
    }
}

/// IPv4 in its IPv4-mapped place, so that both families compare alike.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let invalid = || InvalidNetwork(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), |p| p.parse::<u32>().map_err(|_| invalid()))?;
        if prefix > width {
            return Err(invalid());
        }
        Ok(Self { address: bits(address), prefix: 128 - width + prefix })
    }
}

/// Public addresses, and the networks that the operator lists.
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    /// Networks that may be reached although they are not public.
    pub allowed: Vec<Network>,
}

impl AddressPolicy {
    /// Whether a connection to this address may be opened.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allowed.iter().any(|network| network.contains(address))
    }
}

/// Globally routable unicast, by the IANA special-purpose address registries (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global_unicast = first & 0xe000 == 0x2000;
    // Teredo among them, which has an IPv4 address inside.
    let protocol_assignment = first == 0x2001 && second < 0x0200;
    let documentation = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    global_unicast && !protocol_assignment && !documentation
}

/// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address: what the packet would reach in the end.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let high_low = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => Some(high_low(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(high_low(high, low)),
        [0x2002, high, low, ..] => Some(high_low(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(policy: &AddressPolicy, address: &str) -> bool {
        policy.permits(address.parse().unwrap())
    }

    #[test]
    fn public_addresses_are_reached() {
        let policy = AddressPolicy::default();
        for address in ["8.8.8.8", "1.1.1.1", "2606:4700::1111"] {
            assert!(permits(&policy, address), "{address}");
        }
    }

    #[test]
    fn nothing_inside_is_reached_however_it_is_spelled() {
        let policy = AddressPolicy::default();
        let inside = [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001:0:7f00:1::1",
            "3fff::1",
            "192.88.99.1",
            "::127.0.0.1",
        ];
        for address in inside {
            assert!(!permits(&policy, address), "{address}");
        }
    }

    #[test]
    fn a_listed_network_is_reached() {
        let policy = AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()] };
        assert!(permits(&policy, "127.0.0.9"));
        assert!(permits(&policy, "::ffff:127.0.0.9"));
        assert!(permits(&policy, "::1"));
        assert!(!permits(&policy, "10.0.0.1"));
    }

    #[test]
    fn a_network_must_be_one() {
        for text in ["", "localhost", "10.0.0.0/33", "10.0.0.0/x", "::1/129"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
