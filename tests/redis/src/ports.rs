//! Free ports that stay free while a server is away: not those that the system gives to outgoing connections.

use std::net::{Ipv4Addr, TcpListener};

use rand::RngExt;

const RANGE: std::ops::Range<u16> = 12_000..32_000;

/// A port that nobody listens on.
pub(crate) fn free() -> u16 {
    let mut random = rand::rng();
    (0..1_000)
        .map(|_| random.random_range(RANGE))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("a free port")
}
