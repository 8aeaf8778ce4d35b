//! Redis for tests: real servers on free loopback ports, each in a folder of its own, ended when dropped.
//!
//! A server can be killed and started again on the same port and folder: it keeps an append-only file.

#![expect(clippy::expect_used, reason = "a test that has no server has failed")]

mod certificates;
mod cluster;
mod ports;
mod sentinels;
mod server;

pub use certificates::Certificates;
pub use cluster::Cluster;
pub use sentinels::{MASTER, Sentinels};
pub use server::{Redis, RedisOptions};
