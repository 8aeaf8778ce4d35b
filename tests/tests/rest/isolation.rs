//! Nobody sees or touches what is somebody else's, and nobody learns whether it exists.

use serde_json::{Value, json};
use strowger_tests::{Answer, Method, Tenant};

use crate::{carrier, routed, tenant};

const NOBODY: &str = "11111111222243338444555555555555";

/// What is told, without what differs from request to request.
fn told(answer: Answer) -> (u16, Value) {
    let mut body = answer.body;
    if let Value::Object(fields) = &mut body {
        fields.remove("request_id");
    }
    (answer.status.as_u16(), body)
}

async fn with_carrier() -> Tenant {
    let tenant = tenant().await;
    let _ = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("a")})).await.with_status(201);
    tenant
}

#[tokio::test]
async fn anothers_account_and_one_that_does_not_exist_are_refused_alike() {
    let (mine, others) = (tenant().await, with_carrier().await);
    let key = Some(mine.account.key.as_str());
    let body = json!({"data": carrier("b")});
    for (method, path, body) in [
        (Method::GET, "/resources", None),
        (Method::PUT, "/resources", Some(&body)),
        (Method::GET, "/resources/a", None),
        (Method::PATCH, "/resources/a", Some(&body)),
        (Method::DELETE, "/resources/a", None),
        (Method::GET, "/resource_selectors/rules", None),
        (Method::POST, "/resource_selectors/route", Some(&body)),
    ] {
        let theirs = format!("/v2/accounts/{}{path}", others.account.id);
        let nobodys = format!("/v2/accounts/{NOBODY}{path}");
        let refused = told(mine.server.send(method.clone(), &theirs, key, body).await);
        assert_eq!((refused.0, &refused.1["message"]), (403, &json!("forbidden")), "{method} {path}");
        assert_eq!(refused, told(mine.server.send(method, &nobodys, key, body).await));
    }
    let list = others.v2(Method::GET, "/resources", Value::Null).await.with_status(200);
    assert_eq!(list.data().as_array().map(Vec::len), Some(1), "nothing has changed there");
}

#[tokio::test]
async fn anothers_calls_are_out_of_reach() {
    let (mine, others) = (tenant().await, tenant().await);
    let key = Some(mine.account.key.as_str());
    let body = mine.call_body(json!({}));
    let sid = format!("{}-{}", &NOBODY[..8], "2222-4333-8444-555555555555");
    for (method, path) in [
        (Method::GET, "/Calls".to_owned()),
        (Method::POST, "/Calls".to_owned()),
        (Method::GET, format!("/Calls/{sid}")),
        (Method::PUT, format!("/Calls/{sid}")),
        (Method::DELETE, format!("/Calls/{sid}")),
        (Method::GET, String::new()),
        (Method::DELETE, String::new()),
    ] {
        let theirs = format!("/v1/Accounts/{}{path}", others.account.sid);
        let nobodys = format!("/v1/Accounts/{sid}{path}");
        let refused = told(mine.server.send(method.clone(), &theirs, key, Some(&body)).await);
        assert_eq!(refused, (403, json!({"msg": "insufficient permissions"})), "{method} {path}");
        assert_eq!(refused, told(mine.server.send(method, &nobodys, key, Some(&body)).await));
    }
}

#[tokio::test]
async fn one_id_means_a_different_carrier_in_each_account() {
    let (one, other) = (with_carrier().await, with_carrier().await);
    let _ = one.v2(Method::PATCH, "/resources/a", json!({"data": {"weight_cost": 1}})).await.with_status(200);
    let read = other.v2(Method::GET, "/resources/a", Value::Null).await.with_status(200);
    assert_eq!(read.data()["weight_cost"], 50);
}

#[tokio::test]
async fn rows_and_chains_of_one_account_do_not_route_another() {
    let (one, other) = (with_carrier().await, with_carrier().await);
    let no_expressions =
        json!({"value_a": "number", "value_b": "resource:cid_rules", "action": "keep", "mode": "empty_fail"});
    let nobody = json!({"data": {"rules": [{"get_resources": {}}, {"filter_regex": no_expressions}]}});
    let _ = one.v2(Method::POST, "/resource_selectors/rules", nobody).await.with_status(200);
    assert_eq!((routed(&one).await, routed(&other).await), (json!([]), json!(["a"])));
}

#[tokio::test]
async fn an_account_may_not_touch_the_installation() {
    let tenant = tenant().await;
    let key = Some(tenant.account.key.as_str());
    let body = json!({"data": carrier("b")});
    for (method, path) in [
        (Method::GET, "/v2/resources"),
        (Method::PUT, "/v2/resources"),
        (Method::POST, "/v2/resource_selectors/rules"),
        (Method::PUT, "/v2/resource_selectors/rows"),
        (Method::POST, "/v2/resource_selectors/route"),
    ] {
        let _ = tenant.server.send(method, path, key, Some(&body)).await.with_status(403);
    }
    for (method, path) in [(Method::POST, "/v1/Accounts"), (Method::POST, "/v1/ServiceProviders")] {
        let _ = tenant.server.send(method, path, key, Some(&json!({"name": "x"}))).await.with_status(403);
    }
    let accounts = tenant.server.send(Method::GET, "/v1/Accounts", key, None).await.with_status(200).body;
    assert_eq!(accounts.as_array().map(Vec::len), Some(1), "an account sees itself only");
    let admin_key = tenant.server.send(Method::POST, "/v1/ApiKeys", key, Some(&json!({}))).await;
    assert!(admin_key.status.is_client_error(), "{}", admin_key.text);
}

#[tokio::test]
async fn a_deleted_account_takes_its_key_and_its_documents_with_it() {
    let tenant = with_carrier().await;
    let path = format!("/v1/Accounts/{}", tenant.account.sid);
    let _ = tenant.server.admin(Method::DELETE, &path, None).await.with_status(204);
    let _ = tenant.v2(Method::GET, "/resources", Value::Null).await.with_status(401);
    let documents = format!("/v2/accounts/{}/resources", tenant.account.id);
    let _ = tenant.server.admin(Method::GET, &documents, None).await.with_status(404);
}
