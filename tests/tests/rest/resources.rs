//! Carriers come, change and go.

use serde_json::{Value, json};
use strowger_tests::Method;

use crate::{carrier, routed, tenant};

#[tokio::test]
async fn a_carrier_gets_the_id_that_its_client_gives_it() {
    let tenant = tenant().await;
    let created = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("my-carrier.1")})).await.with_status(201);
    assert_eq!(created.data()["id"], "my-carrier.1");
    let read = tenant.v2(Method::GET, "/resources/my-carrier.1", Value::Null).await.with_status(200);
    assert_eq!(read.data(), created.data());
    let again = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("my-carrier.1")})).await.with_status(409);
    assert_eq!(again.body["message"], "datastore_conflict");
    for id in ["a/b", "", "..", "jobs"] {
        let _ = tenant.v2(Method::PUT, "/resources", json!({"data": carrier(id)})).await.with_status(400);
    }
}

#[tokio::test]
async fn without_one_it_gets_32_hex_digits() {
    let tenant = tenant().await;
    let mut data = carrier("x");
    data["id"] = Value::Null;
    let created = tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await.with_status(201);
    let id = created.data()["id"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
}

#[tokio::test]
async fn defaults_are_filled_in_and_unknown_fields_kept() {
    let tenant = tenant().await;
    let mut data = carrier("a");
    data["x_note"] = json!({"kept": true});
    let created = tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await.with_status(201);
    let document = created.data();
    assert_eq!(
        (&document["weight_cost"], &document["grace_period"], &document["enabled"]),
        (&json!(50), &json!(5), &json!(true))
    );
    assert_eq!(document["gateways"][0]["port"], 5060);
    assert_eq!(document["x_note"], json!({"kept": true}));
}

#[tokio::test]
async fn patch_merges_deeply_and_null_removes() {
    let tenant = tenant().await;
    let mut data = carrier("a");
    data["x"] = json!({"keep": 1, "drop": 2, "list": [1, 2]});
    let _ = tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await.with_status(201);
    let patch = json!({"data": {"x": {"drop": null, "list": [3], "new": {"deep": 1}}, "weight_cost": 9}});
    let patched = tenant.v2(Method::PATCH, "/resources/a", patch).await.with_status(200);
    assert_eq!(patched.data()["x"], json!({"keep": 1, "list": [3], "new": {"deep": 1}}));
    assert_eq!((&patched.data()["weight_cost"], &patched.data()["name"]), (&json!(9), &json!("a")));
}

#[tokio::test]
async fn a_patch_that_breaks_the_document_changes_nothing() {
    let tenant = tenant().await;
    let created = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("a")})).await.with_status(201);
    let refused = tenant.v2(Method::PATCH, "/resources/a", json!({"data": {"gateways": [{}]}})).await.with_status(400);
    assert!(refused.data()["gateways.0.server"]["required"].is_object(), "{}", refused.text);
    let read = tenant.v2(Method::GET, "/resources/a", Value::Null).await;
    assert_eq!((read.data(), read.header("etag")), (created.data(), created.header("etag")));
}

#[tokio::test]
async fn post_replaces_the_whole_document() {
    let tenant = tenant().await;
    let mut data = carrier("a");
    data["flags"] = json!(["gold"]);
    let _ = tenant.v2(Method::PUT, "/resources", json!({ "data": data })).await.with_status(201);
    let replaced = tenant.v2(Method::POST, "/resources/a", json!({"data": carrier("b")})).await.with_status(200);
    assert_eq!((&replaced.data()["id"], &replaced.data()["flags"]), (&json!("a"), &json!([])));
}

#[tokio::test]
async fn a_deleted_carrier_is_shown_once_more_routed_never_and_its_id_is_free_again() {
    let tenant = tenant().await;
    let _ = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("a")})).await.with_status(201);
    let _ = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("b")})).await.with_status(201);
    let deleted = tenant.v2(Method::DELETE, "/resources/a", Value::Null).await.with_status(200);
    assert_eq!((&deleted.data()["id"], &deleted.data()["_read_only"]), (&json!("a"), &json!({"deleted": true})));
    for (method, body) in
        [(Method::GET, Value::Null), (Method::PATCH, json!({"data": {}})), (Method::DELETE, Value::Null)]
    {
        let _ = tenant.v2(method, "/resources/a", body).await.with_status(404);
    }
    let list = tenant.v2(Method::GET, "/resources", Value::Null).await;
    assert_eq!(list.data().as_array().map(Vec::len), Some(1));
    assert_eq!(routed(&tenant).await, json!(["b"]));
    let _ = tenant.v2(Method::PUT, "/resources", json!({"data": carrier("a")})).await.with_status(201);
}

#[tokio::test]
async fn the_older_names_of_the_paths_work_and_say_that_they_are_old() {
    let tenant = tenant().await;
    let created = tenant.v2(Method::PUT, "/local_resources", json!({"data": carrier("a")})).await.with_status(201);
    assert_eq!(created.header("deprecation"), "true");
    let read = tenant.v2(Method::GET, "/resources/a", Value::Null).await.with_status(200);
    assert_eq!((read.data(), read.header("deprecation")), (created.data(), ""));
}
