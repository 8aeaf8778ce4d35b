//! The shapes of answers.

use serde_json::{Value, json};
use strowger_tests::{Answer, Method};

use crate::{carrier, tenant};

#[tokio::test]
async fn a_v2_success_has_its_envelope() {
    let tenant = tenant().await;
    let created = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("a")})).await.with_status(201);
    assert_eq!(created.body["status"], "success");
    assert_eq!(created.body["auth_token"], tenant.account.key);
    assert!(created.body["request_id"].as_str().is_some_and(|id| !id.is_empty()));
    assert_eq!(created.header("etag").trim_matches('"'), created.body["revision"].as_str().unwrap());
    assert_eq!(created.header("location"), format!("/v2/accounts/{}/resources/a", tenant.account.id));
    assert_eq!(created.header("content-type"), "application/json");
}

#[tokio::test]
async fn a_v2_failure_has_its_envelope() {
    let tenant = tenant().await;
    let missing = tenant.v2(Method::GET, "/resources/nowhere", Value::Null).await.with_status(404);
    assert_eq!((&missing.body["status"], &missing.body["error"]), (&json!("error"), &json!("404")));
    assert_eq!(missing.body["message"], "bad_identifier");
    assert_eq!(missing.data(), &json!({"message": "bad identifier", "cause": "nowhere"}));
    let unknown = tenant.v2(Method::GET, "/no/such/path", Value::Null).await.with_status(404);
    assert_eq!(unknown.body["message"], "not_found");
    let method = tenant.v2(Method::DELETE, "/resources", Value::Null).await.with_status(405);
    assert_eq!((method.header("allow"), &method.body["message"]), ("GET, PUT", &json!("method_not_allowed")));
}

#[tokio::test]
async fn the_clients_request_id_comes_back() {
    let tenant = tenant().await;
    let path = format!("/v2/accounts/{}/resources", tenant.account.id);
    let request = tenant.server.request(Method::GET, &path).bearer_auth(&tenant.account.key);
    let answer = Answer::to(request.header("x-request-id", "my-own-id-7")).await.with_status(200);
    assert_eq!(answer.body["request_id"], "my-own-id-7");
}

#[tokio::test]
async fn lists_show_summaries_without_secrets_and_are_paged() {
    let tenant = tenant().await;
    for id in ["a", "b", "c"] {
        let mut data = carrier(id);
        data["gateways"][0]["password"] = json!("s3cret");
        let _ = tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await.with_status(201);
    }
    let first = tenant.v2(Method::GET, "/resources?page_size=2&ascending=true", Value::Null).await.with_status(200);
    assert!(!first.text.contains("s3cret"));
    assert_eq!((&first.data()[0]["id"], &first.data()[1]["id"]), (&json!("a"), &json!("b")));
    assert_eq!((&first.data()[0]["weight_cost"], &first.data()[0]["weight"]), (&json!(50), &json!("50")));
    let key = first.body["next_start_key"].as_str().expect("there is more");
    let path = format!("/resources?page_size=2&ascending=true&start_key={key}");
    let second = tenant.v2(Method::GET, &path, Value::Null).await.with_status(200);
    assert_eq!((second.data().as_array().map(Vec::len), &second.data()[0]["id"]), (Some(1), &json!("c")));
    assert!(second.body.get("next_start_key").is_none());
}

#[tokio::test]
async fn a_verb_may_be_tunnelled_through_post() {
    let tenant = tenant().await;
    let _ = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("a")})).await.with_status(201);
    let body = json!({"verb": "PATCH", "data": {"weight_cost": 3}});
    let patched = tenant.v2(Method::POST, "/resources/a", body).await.with_status(200);
    assert_eq!((&patched.data()["weight_cost"], &patched.data()["name"]), (&json!(3), &json!("a")));
}

#[tokio::test]
async fn v1_answers_errors_as_msg_with_and_without_a_trailing_slash() {
    let tenant = tenant().await;
    for slash in ["", "/"] {
        let missing = tenant
            .v1(Method::GET, &format!("/Calls/{}{slash}", tenant.account.sid), Value::Null)
            .await
            .with_status(404);
        assert_eq!(missing.body, json!({"msg": "Not Found"}));
        let listed = tenant.v1(Method::GET, &format!("/Calls{slash}"), Value::Null).await.with_status(200);
        assert_eq!(listed.body, json!([]));
    }
    let bad = tenant.v1(Method::GET, "/Calls/no-uuid", Value::Null).await.with_status(400);
    assert_eq!(bad.body, json!({"msg": "Bad request"}));
    let unknown = tenant.server.admin(Method::GET, "/v1/Nowhere", None).await.with_status(404);
    assert_eq!(unknown.body, json!({"msg": "Not Found"}));
}

#[tokio::test]
async fn without_a_token_both_apis_answer_401() {
    let tenant = tenant().await;
    for key in [None, Some("nobodys-key")] {
        let v2 = format!("/v2/accounts/{}/resources", tenant.account.id);
        let refused = tenant.server.send(Method::GET, &v2, key, None).await.with_status(401);
        assert_eq!(refused.body["message"], "invalid_credentials");
        let v1 = format!("/v1/Accounts/{}/Calls", tenant.account.sid);
        let refused = tenant.server.send(Method::GET, &v1, key, None).await.with_status(401);
        assert_eq!(refused.body, json!({"msg": "Unauthorized"}));
    }
    let query = format!("/v2/accounts/{}/resources?auth_token={}", tenant.account.id, tenant.account.key);
    let _ = tenant.server.send(Method::GET, &query, None, None).await.with_status(401);
}
