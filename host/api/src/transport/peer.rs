//! Where a request comes from.

use std::net::IpAddr;

use http::HeaderMap;
use http::request::Parts;
use strowger_sandbox::Network;

/// The other end of the connection; the server gives it to each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Proxies between the client and this host that are followed; a longer chain is somebody's invention.
const MOST_HOPS: usize = 16;

/// The client's address: the peer's or, where the peer is a trusted proxy, the one that it names in `X-Forwarded-For`. None for a
/// request that came over no connection.
pub(crate) fn address(parts: &Parts, trusted: &[Network]) -> Option<IpAddr> {
    let Peer(peer) = *parts.extensions.get::<Peer>()?;
    Some(behind(peer, &parts.headers, trusted).to_canonical())
}

/// Each proxy appends whom it heard: the list is read from its end, as far as its writers are trusted. What stands before that a
/// client may have written itself.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let lines = headers.get_all("x-forwarded-for").iter().rev().filter_map(|line| line.to_str().ok());
    let mut hops = lines.flat_map(|line| line.rsplit(',')).map(|hop| hop.trim().parse::<IpAddr>());
    let mut client = peer;
    for _ in 0..MOST_HOPS {
        match hops.next() {
            Some(Ok(next)) if is_trusted(client) => client = next,
            _ => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        behind(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_trusted_proxy_names_the_client() {
        assert_eq!(client("10.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("fd00::1", &["2001:db8::7, 10.0.0.2"]), "2001:db8::7");
        assert_eq!(client("10.0.0.1", &["192.0.2.7", "10.0.0.2"]), "192.0.2.7");
    }

    #[test]
    fn what_a_client_says_of_itself_is_not_believed() {
        assert_eq!(client("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(client("10.0.0.1", &["198.51.100.1, 192.0.2.7"]), "192.0.2.7");
    }

    #[test]
    fn what_is_no_address_ends_the_chain() {
        assert_eq!(client("10.0.0.1", &["192.0.2.7, unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }
}
