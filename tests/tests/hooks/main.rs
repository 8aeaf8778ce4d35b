//! Webhooks against web servers of every temper, and against the published software of those who write them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod alerts;
mod away;
mod bad_servers;
mod published;
mod raw;
mod requests;
mod retries;
mod sockets;

use serde_json::{Value, json};
use strowger_tests::{PracticeCarrier, Server, Tenant};

/// A customer whose calls are answered by a carrier, which goes with the test.
pub(crate) async fn customer(verbs: Value) -> (Tenant, PracticeCarrier) {
    customer_on(Server::shared().await, verbs).await
}

/// The same on another server than the shared one.
pub(crate) async fn customer_on(server: Server, verbs: Value) -> (Tenant, PracticeCarrier) {
    let tenant = Tenant::on(server, verbs).await;
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    (tenant, carrier)
}

/// A script that shows that it ran.
pub(crate) fn proof() -> Value {
    json!([{"verb": "tag", "data": {"ran": true}}])
}
