//! `/v2`: what is around the data.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;

use super::harness::{ADMIN, Api, carrier};

#[tokio::test]
async fn a_success_has_the_documented_frame() {
    let api = Api::new().await;
    let created = api.data("PUT", &api.v2("/resources"), carrier("Carrier 3")).await;
    let body = created.json();
    assert_eq!(created.status, StatusCode::CREATED);
    assert_eq!(body["status"], "success");
    assert_eq!(body["auth_token"], api.own.account_token);
    assert_eq!((&body["node"], &body["version"]), (&json!("node-1"), &json!(env!("CARGO_PKG_VERSION"))));
    assert!(strowger_model::time::parse_date(body["timestamp"].as_str().unwrap()).is_some(), "{body}");
    assert_eq!(body["request_id"], created.header("x-request-id"));
    assert_eq!(created.header("etag"), format!("{}", body["revision"]));
    assert_eq!(created.header("cache-control"), "no-store");
    assert_eq!(created.header("content-type"), "application/json");
    assert_eq!(created.header("location"), api.v2(&format!("/resources/{}", body["data"]["id"].as_str().unwrap())));
}

#[tokio::test]
async fn an_error_has_the_documented_frame() {
    let api = Api::new().await;
    let answer = api.get(&api.v2("/resources/nobody"), api.own.account_token).await;
    let body = answer.json();
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(
        (&body["status"], &body["error"], &body["message"]),
        (&json!("error"), &json!("404"), &json!("bad_identifier"))
    );
    assert_eq!(body["data"], json!({"message": "bad identifier", "cause": "nobody"}));
    assert_eq!(body["request_id"], answer.header("x-request-id"));
}

#[tokio::test]
async fn the_clients_request_id_comes_back() {
    let api = Api::new().await;
    let request = Request::get("/v2/nowhere").header("x-request-id", "order-42").body(Body::empty()).unwrap();
    let answer = api.request(request).await;
    assert_eq!(answer.header("x-request-id"), "order-42");
    assert_eq!(answer.json()["request_id"], "order-42");
    assert_eq!((answer.status, &answer.json()["message"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    assert!(answer.json().get("node").is_none() && answer.json().get("version").is_none(), "to whom is not known");
}

#[tokio::test]
async fn a_verb_that_a_path_does_not_answer_is_405() {
    let api = Api::new().await;
    let answer = api.send("PATCH", &api.v2("/resources"), api.own.account_token, b"").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), "GET, PUT");
    assert_eq!(answer.json()["error"], "405");
}

#[tokio::test]
async fn a_post_may_carry_another_verb() {
    let api = Api::new().await;
    let path = api.v2("/resources");
    let body = json!({"Verb": "put", "data": {"id": "c1", "name": "Carrier", "gateways": []}});
    let created = api.body("POST", &path, api.own.account_token, body).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let removed = api.send("POST", &format!("{path}/c1?verb=DELETE"), api.own.account_token, b"").await;
    assert_eq!((removed.status, &removed.data()["_read_only"]), (StatusCode::OK, &json!({"deleted": true})));
    let unknown = api.send("POST", &format!("{path}?verb=purge"), api.own.account_token, b"").await;
    assert_eq!(unknown.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn replies_are_pretty_on_request() {
    let api = Api::new().await;
    let path = api.v2("/resources");
    assert!(!api.get(&path, api.own.account_token).await.text.contains('\n'));
    assert!(api.get(&format!("{path}?pretty_print=true"), api.own.account_token).await.text.contains('\n'));
    let request = Request::get(&path).header("x-auth-token", ADMIN).header("x-pretty-print", "true");
    assert!(api.request(request.body(Body::empty()).unwrap()).await.text.contains('\n'));
}

#[tokio::test]
async fn an_account_id_that_is_none_is_named() {
    let api = Api::new().await;
    let answer = api.get("/v2/accounts/xyz/resources", ADMIN).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json()["message"], "bad identifier");
    assert_eq!(answer.data(), json!({"message": "invalid account_id 'xyz'"}));
}

#[tokio::test]
async fn older_names_answer_with_a_deprecation() {
    let api = Api::new().await;
    let answer = api.get(&api.v2("/local_resources"), api.own.account_token).await;
    assert_eq!((answer.status, answer.header("deprecation")), (StatusCode::OK, "true"));
    let answer = api.get("/v2/global_resources", ADMIN).await;
    assert_eq!((answer.status, answer.header("deprecation")), (StatusCode::OK, "true"));
    assert_eq!(api.get("/v2/resources", ADMIN).await.header("deprecation"), "");
}

#[tokio::test]
async fn health_and_metrics_take_no_token() {
    let api = Api::new().await;
    let health = api.get("/health", "").await;
    assert_eq!((health.status, health.text.as_str()), (StatusCode::OK, "OK"));
    assert_eq!(api.get("/metrics", "").await.status, StatusCode::OK);
    let nowhere = api.get("/nowhere", "").await;
    assert_eq!((nowhere.status, nowhere.json()), (StatusCode::NOT_FOUND, json!({"msg": "Not Found"})));
}

#[tokio::test]
async fn a_head_is_answered_as_a_get() {
    let api = Api::new().await;
    let answer = api.send("HEAD", &api.v2("/resources"), api.own.account_token, b"").await;
    assert_eq!(answer.status, StatusCode::OK);
}
