//! Where something is in the network.

use std::net::{IpAddr, SocketAddr};

use super::{Kind, Shape};

/// An IP address and a port.
pub struct Address;

impl Kind for Address {
    type Value = SocketAddr;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "ADDR";

    fn rule() -> String {
        "an IP address and a port, as in 127.0.0.1:8080 or [::1]:8080".to_owned()
    }

    fn read(text: &str) -> Option<SocketAddr> {
        text.parse().ok()
    }
}

/// An IP address.
pub struct Ip;

impl Kind for Ip {
    type Value = IpAddr;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "IP";

    fn rule() -> String {
        "an IP address".to_owned()
    }

    fn read(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }
}

/// The part of URLs before their path.
pub struct BaseUrl;

impl Kind for BaseUrl {
    type Value = String;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "URL";

    fn rule() -> String {
        "http:// or https:// with a host and perhaps a port".to_owned()
    }

    fn read(text: &str) -> Option<String> {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?.trim_end_matches('/');
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        let is_host = (1..=255).contains(&host.len()) && host.bytes().all(fits);
        is_host.then(|| text.trim_end_matches('/').to_owned())
    }
}
