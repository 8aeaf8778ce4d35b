//! From a URI to the addresses that are tried in turn (RFC 3263 §4.2, A and AAAA).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;
use rsipstack::sip::{Host, HostWithPort, Transport};
use rsipstack::transport::SipAddr;
use rsipstack::transport::transport_layer::DomainResolver;

use crate::uri::{SipUri, Wire};

const LOOKUP_LIMIT: Duration = Duration::from_secs(5);
const MAX_ADDRESSES: usize = 4;
const DEFAULT_PORT: u16 = 5060;

/// One address to send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) wire: Wire,
    pub(crate) address: SocketAddr,
}

impl Target {
    /// The library's form of it.
    pub(crate) fn to_library(self) -> SipAddr {
        let transport = match self.wire {
            Wire::Udp => Transport::Udp,
            Wire::Tcp => Transport::Tcp,
        };
        SipAddr::new(transport, HostWithPort::from(self.address))
    }
}

/// The addresses of `uri` in the family of `local`, at least one and at most four.
pub(crate) async fn resolve(uri: &SipUri, local: SocketAddr) -> Result<Vec<Target>, String> {
    let port = uri.port.unwrap_or(DEFAULT_PORT);
    let addresses = lookup(&uri.host, port).await?;
    let usable: Vec<Target> = addresses
        .into_iter()
        .filter(|address| address.is_ipv4() == local.is_ipv4())
        .take(MAX_ADDRESSES)
        .map(|address| Target { wire: uri.wire, address })
        .collect();
    if usable.is_empty() {
        let family = if local.is_ipv4() { "IPv4" } else { "IPv6" };
        return Err(format!("{}: no {family} address", uri.host));
    }
    Ok(usable)
}

async fn lookup(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    match tokio::time::timeout(LOOKUP_LIMIT, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(error)) => Err(format!("{host}: {error}")),
        Err(_) => Err(format!("{host}: no answer from the resolver within {} s", LOOKUP_LIMIT.as_secs())),
    }
}

/// The same lookup for what the library sends by itself, the ACK of a 2xx above all.
pub(crate) struct BoundedResolver;

#[async_trait]
impl DomainResolver for BoundedResolver {
    async fn resolve(&self, target: &SipAddr) -> rsipstack::Result<SipAddr> {
        let Host::Domain(domain) = &target.addr.host else { return Ok(target.clone()) };
        let port = target.addr.port.map_or(DEFAULT_PORT, |port| port.value());
        let addresses = lookup(&domain.0, port).await.map_err(rsipstack::Error::DnsResolutionError)?;
        match addresses.first() {
            Some(address) => Ok(SipAddr { r#type: target.r#type, addr: HostWithPort::from(*address) }),
            None => Err(rsipstack::Error::DnsResolutionError(format!("{domain}: no address"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_needs_no_lookup_and_has_the_default_port() {
        let uri = SipUri::parse("sip:a@127.0.0.1;transport=tcp").unwrap();
        let targets = resolve(&uri, "127.0.0.1:5060".parse().unwrap()).await.unwrap();
        assert_eq!(targets, [Target { wire: Wire::Tcp, address: "127.0.0.1:5060".parse().unwrap() }]);
    }

    #[tokio::test]
    async fn a_family_that_the_socket_cannot_send_to_is_no_address() {
        let uri = SipUri::parse("sip:a@[::1]").unwrap();
        let refusal = resolve(&uri, "127.0.0.1:5060".parse().unwrap()).await.unwrap_err();
        assert_eq!(refusal, "::1: no IPv4 address");
    }
}
