//! Several nodes on one Redis: real processes, a real Redis.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod away;
mod calls;
mod cluster;
mod death;
mod load;
mod plugins;
mod routing;

use serde_json::{Value, json};
use strowger_tests::{Method, Server, ServerOptions, Tenant};

/// A node on that Redis, with a data folder of its own.
pub(crate) async fn node(redis: &str) -> Server {
    Server::start_with(ServerOptions { redis: Some(redis.to_owned()), ..ServerOptions::default() }).await
}

/// Two nodes on one Redis.
pub(crate) async fn nodes(redis: &str) -> (Server, Server) {
    (node(redis).await, node(redis).await)
}

/// Ids of the carriers that a usual call of the account would try.
pub(crate) async fn routed(tenant: &Tenant) -> Value {
    let question =
        json!({"data": {"To-DID": strowger_tests::CALLED, "Outbound-Caller-ID-Number": strowger_tests::CALLER}});
    let route = tenant.v2(Method::POST, "/resource_selectors/route", question).await.with_status(200);
    route.data()["resources"].clone()
}
