//! While the store is away: what is in memory goes on, everything else says 503 and when to come back.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;
use strowger_store::SwitchedStore;

use super::access::{filled, routes};
use super::harness::{Answer, Api, carrier};

struct Installation {
    api: Api,
    store: Arc<SwitchedStore>,
}

impl Installation {
    /// One whose caller has asked before.
    async fn new() -> Self {
        let mut switched = None;
        let api = Api::with(|parts| {
            let store = SwitchedStore::new(Arc::clone(&parts.store));
            parts.store = Arc::clone(&store) as _;
            switched = Some(store);
        })
        .await;
        assert_eq!(api.get(&api.v2("/resources"), api.own.account_token).await.status, StatusCode::OK);
        Self { api, store: switched.unwrap() }
    }

    fn loses_its_store(&self) {
        self.store.set_away(true);
    }

    fn finds_it_again(&self) {
        self.store.set_away(false);
    }
}

fn says_when_to_come_back(answer: &Answer) {
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert!(!answer.text.contains("switched off"), "the store's own words are for the log: {}", answer.text);
    assert!(answer.json().is_object(), "{}", answer.text);
}

#[tokio::test]
async fn writes_say_when_to_come_back_and_are_done_then() {
    let installation = Installation::new().await;
    let api = &installation.api;
    installation.loses_its_store();
    let v2 = api.data("PUT", &api.v2("/resources"), carrier("Carrier")).await;
    says_when_to_come_back(&v2);
    assert_eq!(v2.json()["message"], "datastore_unreachable");
    let v1 = api.body("PUT", &api.v1(""), api.own.account_token, json!({"name": "Renamed"})).await;
    says_when_to_come_back(&v1);
    assert_eq!(v1.json(), json!({"msg": "the datastore cannot answer now"}));
    installation.finds_it_again();
    assert_eq!(api.data("PUT", &api.v2("/resources"), carrier("Carrier")).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_is_in_memory_goes_on() {
    let installation = Installation::new().await;
    let api = &installation.api;
    let token = api.own.account_token;
    let call = api.calls.add(api.own.account, "+1");
    installation.loses_its_store();
    assert_eq!(api.get(&api.v1("/Calls"), token).await.status, StatusCode::OK);
    assert_eq!(api.get(&api.v1(&format!("/Calls/{call}")), token).await.status, StatusCode::OK);
    let hang_up = api.body("PUT", &api.v1(&format!("/Calls/{call}")), token, json!({"call_status": "completed"})).await;
    assert_eq!(hang_up.status, StatusCode::NO_CONTENT, "{}", hang_up.text);
    let route = api.data("POST", &api.v2("/resource_selectors/route"), json!({"To-DID": "+14158867900"})).await;
    assert_eq!(route.status, StatusCode::OK, "{}", route.text);
    for path in ["/v2/resource_selectors/modules", "/v2/phone_numbers/classifiers/+14158867900"] {
        assert_eq!(api.get(path, token).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(api.get("/health", "").await.status, StatusCode::OK);
    assert_eq!(api.get("/metrics", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_that_was_not_asked_for_before_is_not_refused_as_a_wrong_one() {
    let installation = Installation::new().await;
    installation.loses_its_store();
    let api = &installation.api;
    for token in [api.other.account_token, "nobodys-token"] {
        says_when_to_come_back(&api.get("/v1/Accounts", token).await);
        says_when_to_come_back(&api.get("/v2/resource_selectors/modules", token).await);
    }
}

#[tokio::test]
async fn no_route_answers_worse_than_503() {
    for (prefix, path, verb) in routes() {
        let installation = Installation::new().await;
        let api = &installation.api;
        installation.loses_its_store();
        let path = filled(api, prefix, path, api.own.account);
        let answer = api.send(verb, &path, api.own.account_token, br#"{"data": {}}"#).await;
        match answer.status {
            StatusCode::SERVICE_UNAVAILABLE => says_when_to_come_back(&answer),
            StatusCode::NOT_IMPLEMENTED => {}
            status => assert!(!status.is_server_error(), "{verb} {path}: {status} {}", answer.text),
        }
        assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{verb} {path}");
    }
}
