//! The Redis store.

mod config;

pub use config::{RedisConfig, RedisConfigError, Tls, Topology};
