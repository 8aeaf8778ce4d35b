//! The REST APIs of the running binary, as its clients see them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

mod bad_input;
mod chains;
mod documented;
mod envelopes;
mod hostile;
mod isolation;
mod least_cost;
mod nonsense;
mod resources;
mod restarts;
mod revisions;
mod routes;
mod tenant_faults;
mod vectors;

use serde_json::{Value, json};
use strowger_tests::{CALLED, CALLER, Method, Tenant};

/// Where the router is asked, below an account.
pub(crate) const ROUTE: &str = "/resource_selectors/route";

/// A customer whose calls nobody places.
pub(crate) async fn tenant() -> Tenant {
    Tenant::new(json!([])).await
}

/// The body of a question to the router: a usual call with these fields over it.
pub(crate) fn question(fields: Value) -> Value {
    let mut data = json!({"To-DID": CALLED, "Outbound-Caller-ID-Number": CALLER});
    data.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "data": data })
}

/// Ids of the carriers that a usual call of the account would try.
pub(crate) async fn routed(tenant: &Tenant) -> Value {
    let route = tenant.v2(Method::POST, ROUTE, question(json!({}))).await.with_status(200);
    route.data()["resources"].clone()
}

/// A carrier's document.
pub(crate) fn carrier(id: &str) -> Value {
    json!({"id": id, "name": id, "rules": ["^\\+1(\\d{10})$"], "gateways": [{"server": "carrier.example"}]})
}
