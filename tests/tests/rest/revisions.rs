//! Revisions: no write is lost, and what has not changed is not sent again.

use serde_json::{Value, json};
use strowger_tests::{Answer, Method, Tenant};

use crate::{carrier, tenant};

async fn with_header(tenant: &Tenant, method: Method, header: (&str, &str), data: Value) -> Answer {
    let path = format!("/v2/accounts/{}/resources/a", tenant.account.id);
    let request = tenant.server.request(method, &path).bearer_auth(&tenant.account.key).header(header.0, header.1);
    Answer::to(request.json(&json!({ "data": data }))).await
}

async fn with_carrier() -> (Tenant, String) {
    let tenant = tenant().await;
    let created = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("a")})).await.with_status(201);
    let etag = created.header("etag").to_owned();
    (tenant, etag)
}

#[tokio::test]
async fn if_match_writes_over_the_revision_that_it_names_and_no_other() {
    let (tenant, etag) = with_carrier().await;
    let change = |weight: u32| json!({ "weight_cost": weight });
    let written = with_header(&tenant, Method::PATCH, ("if-match", &etag), change(1)).await.with_status(200);
    assert_ne!(written.header("etag"), etag);
    let refused = with_header(&tenant, Method::PATCH, ("if-match", &etag), change(2)).await.with_status(412);
    assert_eq!(refused.body["message"], "precondition_failed");
    let _ = with_header(&tenant, Method::DELETE, ("if-match", &etag), json!({})).await.with_status(412);
    let read = tenant.v2(Method::GET, "/resources/a", Value::Null).await.with_status(200);
    assert_eq!((&read.data()["weight_cost"], read.header("etag")), (&json!(1), written.header("etag")));
}

#[tokio::test]
async fn if_none_match_is_answered_304_until_something_changes() {
    let (tenant, etag) = with_carrier().await;
    let same = with_header(&tenant, Method::GET, ("if-none-match", &etag), json!({})).await.with_status(304);
    assert_eq!((same.text.as_str(), same.header("etag")), ("", etag.as_str()));
    let _ = tenant.v2(Method::PATCH, "/resources/a", json!({"data": {"weight_cost": 1}})).await.with_status(200);
    let _ = with_header(&tenant, Method::GET, ("if-none-match", &etag), json!({})).await.with_status(200);
}

#[tokio::test]
async fn a_list_changes_its_revision_with_its_rows() {
    let (tenant, _) = with_carrier().await;
    let before = tenant.v2(Method::GET, "/resources", Value::Null).await.header("etag").to_owned();
    assert_eq!(tenant.v2(Method::GET, "/resources", Value::Null).await.header("etag"), before);
    let _ = tenant.v2(Method::PATCH, "/resources/a", json!({"data": {"weight_cost": 1}})).await.with_status(200);
    assert_ne!(tenant.v2(Method::GET, "/resources", Value::Null).await.header("etag"), before);
}

#[tokio::test]
async fn concurrent_patches_of_different_fields_all_survive() {
    let (tenant, _) = with_carrier().await;
    let patch = async |n: u32| {
        let field = format!("field_{n}");
        tenant.v2(Method::PATCH, "/resources/a", json!({"data": { field: n }})).await.with_status(200)
    };
    let _ = tokio::join!(patch(0), patch(1), patch(2), patch(3), patch(4), patch(5));
    let read = tenant.v2(Method::GET, "/resources/a", Value::Null).await;
    for n in 0..6 {
        assert_eq!(read.data()[format!("field_{n}")], n, "{}", read.text);
    }
}
