//! Whose gateway a SIP request comes from: the carriers of the installation are asked first, then those of the account that owns the
//! realm. Nothing is resolved here: whoever asks says which addresses the names of gateways have.

mod pools;
mod resolve;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use serde::Serialize;
use strowger_model::resource::{Gateway, Resource};

pub use pools::{GatewayIdentity, Identity, MOST_NAMES, Pools};
pub use resolve::resolve;

/// The port of SIP, which a gateway without one has.
const SIP_PORT: u16 = 5060;

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its address.
    pub ip: IpAddr,
    /// Its port; where it is not known, no gateway that insists on a port matches.
    pub port: Option<u16>,
    /// The realm that it names: the host of its From, in most cases.
    pub realm: Option<String>,
}

/// What a gateway was known by, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Rule {
    /// It has `force_port`, and both its server and its port are the sender's.
    #[serde(rename = "server=ip,port=port")]
    ServerAndPort,
    /// Its server, or its `inbound_ip`, has the sender's address.
    #[serde(rename = "server=ip")]
    Server,
    /// Its realm is the sender's address.
    #[serde(rename = "realm=ip")]
    RealmIsAddress,
    /// Its realm is the one that is named.
    #[serde(rename = "realm=realm")]
    Realm,
    /// Its server is the realm that is named.
    #[serde(rename = "server=realm")]
    ServerIsRealm,
}

impl Rule {
    /// In the order in which they are tried.
    const ALL: [Self; 5] = [Self::ServerAndPort, Self::Server, Self::RealmIsAddress, Self::Realm, Self::ServerIsRealm];

    /// A gateway that insists on its port is known by nothing less.
    fn knows(self, gateway: &Gateway, source: &Source, addresses: &Addresses) -> bool {
        let realm = gateway.realm.as_deref().unwrap_or_default();
        let named = source.realm.as_deref().filter(|realm| !realm.is_empty());
        let is_named = |text: &str| named.is_some_and(|realm| realm.eq_ignore_ascii_case(text));
        let inbound = gateway.inbound_ip.as_deref().and_then(literal);
        let is_there = addresses.has(&gateway.server, source.ip) || inbound == Some(canonical(source.ip));
        match self {
            Self::ServerAndPort => {
                let has_port = source.port == Some(gateway.port.unwrap_or(SIP_PORT));
                gateway.force_port && has_port && is_there
            }
            _ if gateway.force_port => false,
            Self::Server => is_there,
            Self::RealmIsAddress => literal(realm) == Some(canonical(source.ip)),
            Self::Realm => is_named(realm),
            Self::ServerIsRealm => is_named(&gateway.server),
        }
    }
}

/// A gateway that was known, without its password.
#[derive(Debug, Clone, PartialEq)]
pub struct Known<'a> {
    /// Its carrier.
    pub resource: &'a Resource,
    /// Its index among the carrier's gateways.
    pub index: usize,
    /// The gateway.
    pub gateway: &'a Gateway,
    /// What it was known by.
    pub rule: Rule,
}

/// The gateway that a request comes from. The rules are tried in their order, and each of them on all the gateways, in theirs: what an
/// address says is believed before what a realm says, whichever carrier comes first. What is disabled knows nobody.
#[must_use]
pub fn identify<'a>(carriers: &'a [Resource], source: &Source, addresses: &Addresses) -> Option<Known<'a>> {
    let gateways = || {
        let enabled = carriers.iter().filter(|resource| resource.enabled);
        enabled.flat_map(|resource| resource.gateways.iter().enumerate().map(move |(index, it)| (resource, index, it)))
    };
    Rule::ALL.into_iter().find_map(|rule| {
        let known = gateways().find(|(_, _, gateway)| gateway.enabled && rule.knows(gateway, source, addresses));
        known.map(|(resource, index, gateway)| Known { resource, index, gateway, rule })
    })
}

/// The addresses of hosts that are named, as far as they are known.
#[derive(Debug, Clone, Default)]
pub struct Addresses(HashMap<String, Vec<IpAddr>>);

impl Addresses {
    /// Says what a name's addresses are.
    pub fn insert(&mut self, name: &str, addresses: impl IntoIterator<Item = IpAddr>) {
        self.0.insert(name.to_ascii_lowercase(), addresses.into_iter().map(canonical).collect());
    }

    /// Whether the host, which may be an address itself, has that address.
    fn has(&self, host: &str, ip: IpAddr) -> bool {
        let ip = canonical(ip);
        match literal(host) {
            Some(address) => address == ip,
            None => self.0.get(&host.to_ascii_lowercase()).is_some_and(|known| known.contains(&ip)),
        }
    }
}

/// A host that is an address: IPv6 with or without brackets.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().ok().map(|address| canonical(address.into())),
        None => host.parse().ok().map(canonical),
    }
}

/// An IPv4 address that came in over an IPv6 socket is the IPv4 address (RFC 4291, section 2.5.5.2).
fn canonical(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

#[cfg(test)]
mod tests;
