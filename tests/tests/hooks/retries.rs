//! `#rc=COUNT&rp=POLICY` in a hook's URL asks for further tries; without it there is one.

use serde_json::{Value, json};

use super::{customer, proof};

/// The record of a call whose hook fails twice with that status, and how often it was asked.
async fn failing_twice(status: u16, fragment: &str) -> (Value, usize) {
    let (tenant, _carrier) = customer(json!([])).await;
    tenant.app.answers_in_turn("/call", [(status, json!({})), (status, json!({})), (200, proof())]);
    let call = tenant.call_with(json!({"call_hook": tenant.app.url(&format!("/call{fragment}"))})).await;
    let record = call.ended().await;
    (record, tenant.app.requests("/call").len())
}

#[tokio::test]
async fn a_hook_that_fails_twice_and_then_answers_runs() {
    let (record, asked) = failing_twice(503, "#rc=2&rp=5xx").await;
    assert_eq!((&record["customerData"], asked), (&json!({"ran": true}), 3));
}

#[tokio::test]
async fn tries_are_counted() {
    let (record, asked) = failing_twice(503, "#rc=1&rp=all").await;
    assert_eq!((&record["termination_reason"], asked), (&json!("call_hook failed: webhook answered 503"), 2));
}

#[tokio::test]
async fn only_what_the_policy_names_is_tried_again() {
    for (status, fragment) in [(503, ""), (503, "#rc=2"), (503, "#rc=2&rp=4xx"), (404, "#rc=2&rp=5xx,ct,rt")] {
        let (record, asked) = failing_twice(status, fragment).await;
        assert_eq!(asked, 1, "{status} {fragment}: {record}");
    }
    let (_, asked) = failing_twice(404, "#rc=2&rp=4xx").await;
    assert_eq!(asked, 3);
}
