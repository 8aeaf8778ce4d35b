//! Calls over REST to real SIP peers: sipp, bare sockets, practice carriers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod carriers_v1;
mod control;
mod credentials;
mod ending;
mod failover;
mod gateways;
mod invite;
mod many;
mod status_events;
mod verbs;
mod voice;
mod wire;

use serde_json::Value;

/// The carriers that a record says were tried, with their final SIP status.
pub(crate) fn tried(record: &Value) -> Vec<(&str, Option<u64>)> {
    let attempts = record["attempts"].as_array().expect("a record has attempts");
    attempts.iter().map(|attempt| (attempt["resource_id"].as_str().unwrap(), attempt["sip_status"].as_u64())).collect()
}
