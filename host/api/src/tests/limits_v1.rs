//! `Limits` of accounts and service providers.

use http::StatusCode;
use serde_json::{Value, json};

use super::harness::{ADMIN, Answer, Api};

fn told(answer: &Answer) -> (StatusCode, Value) {
    (answer.status, answer.json()["msg"].clone())
}

#[tokio::test]
async fn a_limit_is_set_by_who_is_above_and_read_by_who_is_limited() {
    let api = Api::new().await;
    let path = format!("/v1/Accounts/{}/Limits", api.own.account);
    let limit = |quantity: u32| json!({"category": "voice_call_session", "quantity": quantity});
    let first = api.body("POST", &path, api.own.provider_token, limit(5)).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let second = api.body("POST", &path, ADMIN, limit(7)).await;
    assert_eq!(first.json()["sid"], second.json()["sid"], "a category has one limit");
    let _ = api.body("POST", &path, ADMIN, json!({"category": "device", "quantity": 1})).await;
    let listed = api.get(&format!("{path}?category=voice_call_session"), api.own.account_token).await.json();
    let row = json!([{
        "account_limits_sid": first.json()["sid"], "account_sid": api.own.account.hyphenated(),
        "category": "voice_call_session", "quantity": 7,
    }]);
    assert_eq!(listed, row);
    let own = api.body("POST", &path, api.own.account_token, limit(1_000)).await;
    assert_eq!(told(&own), (StatusCode::FORBIDDEN, json!("insufficient permissions")));
    let removed = api.send("DELETE", &format!("{path}?category=voice_call_session"), ADMIN, b"").await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let rest = api.get(&path, ADMIN).await.json();
    assert_eq!((rest.as_array().map(Vec::len), &rest[0]["category"]), (Some(1), &json!("device")));
}

#[tokio::test]
async fn administrators_limit_service_providers() {
    let api = Api::new().await;
    let path = format!("/v1/ServiceProviders/{}/Limits", api.own.provider);
    let limit = json!({"category": "voice_call_session", "quantity": 5});
    let own = api.body("POST", &path, api.own.provider_token, limit.clone()).await;
    assert_eq!(told(&own), (StatusCode::FORBIDDEN, json!("only admin users can limit a service provider")));
    assert_eq!(api.body("POST", &path, ADMIN, limit.clone()).await.status, StatusCode::CREATED);
    let listed = api.get(&path, api.own.provider_token).await.json();
    assert_eq!(listed[0]["service_provider_sid"], api.own.provider.to_string());
    let nobody = "/v1/ServiceProviders/0e0681b0-d49f-4fb8-b973-b5a3c6758de1/Limits";
    assert_eq!(api.body("POST", nobody, ADMIN, limit).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_a_limit_is_named() {
    let api = Api::new().await;
    let path = format!("/v1/Accounts/{}/Limits", api.own.account);
    let refused = api.body("POST", &path, ADMIN, json!({"category": "device", "quantity": -1})).await;
    assert_eq!(
        told(&refused),
        (StatusCode::BAD_REQUEST, json!("quantity must be a whole number of at most 1000000000"))
    );
    let unknown = api.get(&format!("{path}?category=cows"), ADMIN).await;
    assert_eq!(told(&unknown), (StatusCode::BAD_REQUEST, json!("invalid category")));
}
