//! `/v2/…/resources`: carriers come, change and go.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use strowger_store::{Expect, Key, Kind, Store, StoreExt};

use super::harness::{ADMIN, Answer, Api, carrier};

async fn created(api: &Api, id: &str) -> Answer {
    let mut document = carrier("Carrier 3");
    document["id"] = json!(id);
    let answer = api.data("PUT", &api.v2("/resources"), document).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer
}

async fn with_header(api: &Api, method: &str, path: &str, header: (&str, &str), body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(path).header("x-auth-token", api.own.account_token);
    let request = request.header(header.0, header.1).body(Body::from(body.to_string())).unwrap();
    api.request(request).await
}

#[tokio::test]
async fn a_carrier_is_created_with_its_defaults_and_read_back() {
    let api = Api::new().await;
    let created = created(&api, "c1").await;
    let read = api.get(&api.v2("/resources/c1"), api.own.account_token).await;
    assert_eq!(read.data(), created.data());
    assert_eq!((&read.data()["weight_cost"], &read.data()["enabled"]), (&json!(50), &json!(true)));
    assert_eq!(read.json()["revision"], created.json()["revision"]);
    assert_eq!(read.data()["gateways"][0]["password"], "DrWoody");
}

#[tokio::test]
async fn private_fields_are_kept_and_neither_taken_nor_shown() {
    let api = Api::new().await;
    let mut document = carrier("Carrier");
    document["id"] = json!("c1");
    document["pvt_type"] = json!("account");
    document["_rev"] = json!("9-x");
    let shown = api.data("PUT", &api.v2("/resources"), document).await.data();
    assert!(shown.as_object().unwrap().keys().all(|key| !key.starts_with("pvt_") && !key.starts_with('_')), "{shown}");
    let key = Key::new(api.own.account, Kind::Resource, "c1");
    let first = api.store.get(&key).await.unwrap().unwrap().body;
    assert_eq!((&first["pvt_type"], first.get("_rev")), (&json!("resource"), None));
    assert_eq!(first["pvt_account_id"], api.own.account.hex());
    api.data("POST", &api.v2("/resources/c1"), carrier("Renamed")).await;
    let second = api.store.get(&key).await.unwrap().unwrap().body;
    assert_eq!(second["pvt_created"], first["pvt_created"]);
    assert_ne!(second["pvt_request_id"], first["pvt_request_id"]);
}

#[tokio::test]
async fn an_id_is_taken_once() {
    let api = Api::new().await;
    created(&api, "c1").await;
    let mut document = carrier("Another");
    document["id"] = json!("c1");
    let again = api.data("PUT", &api.v2("/resources"), document).await;
    assert_eq!((again.status, &again.json()["message"]), (StatusCode::CONFLICT, &json!("datastore_conflict")));
    assert_eq!(api.get(&api.v2("/resources/c1"), api.own.account_token).await.data()["name"], "Carrier 3");
}

#[tokio::test]
async fn an_id_that_no_path_could_name_is_refused() {
    let api = Api::new().await;
    for (id, constraint) in [
        (json!("a/b"), "wrong_format"),
        (json!(""), "wrong_format"),
        (json!(".."), "wrong_format"),
        (json!("x".repeat(129)), "wrong_format"),
        (json!(7), "type"),
        (json!("jobs"), "forbidden"),
    ] {
        let mut document = carrier("Carrier");
        document["id"] = id.clone();
        let answer = api.data("PUT", &api.v2("/resources"), document).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{id}");
        assert!(answer.data()["id"][constraint].is_object(), "{id}: {}", answer.text);
    }
}

#[tokio::test]
async fn every_broken_rule_is_told_at_once() {
    let api = Api::new().await;
    let document = json!({"weight_cost": 101, "gateways": [{"server": ""}]});
    let answer = api.data("PUT", &api.v2("/resources"), document).await;
    assert_eq!((answer.status, &answer.json()["message"]), (StatusCode::BAD_REQUEST, &json!("validation error")));
    let data = answer.data();
    assert!(data["name"]["required"].is_object(), "{data}");
    assert_eq!(data["weight_cost"]["maximum"]["target"], 100);
    assert_eq!(data["gateways.0.server"]["minLength"]["target"], 1);
}

#[tokio::test]
async fn replacing_drops_what_is_not_sent_and_patching_keeps_it() {
    let api = Api::new().await;
    created(&api, "c1").await;
    let path = api.v2("/resources/c1");
    let patched = api.data("PATCH", &path, json!({"note": "x", "media": {"fax_option": true}})).await;
    assert_eq!((&patched.data()["note"], &patched.data()["name"]), (&json!("x"), &json!("Carrier 3")));
    let patched = api.data("PATCH", &path, json!({"media": {"fax_option": null}, "id": "other"})).await;
    assert_eq!((patched.data()["media"].get("fax_option"), &patched.data()["id"]), (None, &json!("c1")));
    let replaced = api.data("POST", &path, carrier("New")).await;
    assert_eq!((replaced.data().get("note"), &replaced.data()["name"]), (None, &json!("New")));
    let broken = api.data("PATCH", &path, json!({"name": null})).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(broken.data()["name"]["required"].is_object());
}

#[tokio::test]
async fn a_deleted_carrier_is_shown_once_more_and_then_gone() {
    let api = Api::new().await;
    created(&api, "c1").await;
    let path = api.v2("/resources/c1");
    let deleted = api.delete(&path, api.own.account_token).await;
    assert_eq!((deleted.status, &deleted.data()["name"]), (StatusCode::OK, &json!("Carrier 3")));
    assert_eq!(deleted.data()["_read_only"], json!({"deleted": true}));
    assert_eq!(deleted.data().get("pvt_deleted"), None);
    for method in ["GET", "DELETE"] {
        assert_eq!(api.send(method, &path, api.own.account_token, b"").await.status, StatusCode::NOT_FOUND, "{method}");
    }
    for method in ["POST", "PATCH"] {
        assert_eq!(api.data(method, &path, carrier("Back")).await.status, StatusCode::NOT_FOUND, "{method}");
    }
    assert_eq!(api.get(&api.v2("/resources"), api.own.account_token).await.data(), json!([]));
    let key = Key::new(api.own.account, Kind::Resource, "c1");
    assert_eq!(api.store.get(&key).await.unwrap().unwrap().body["pvt_deleted"], true);
    created(&api, "c1").await;
    assert_eq!(api.get(&path, api.own.account_token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_hard_delete_leaves_nothing() {
    let api = Api::new().await;
    created(&api, "c1").await;
    let deleted = api.delete(&api.v2("/resources/c1?should_soft_delete=false"), api.own.account_token).await;
    assert_eq!(deleted.data()["_read_only"], json!({"deleted": true}));
    let key = Key::new(api.own.account, Kind::Resource, "c1");
    assert_eq!(api.store.get(&key).await.unwrap(), None);
}

#[tokio::test]
async fn a_document_of_somebody_else_is_not_there() {
    let api = Api::new().await;
    created(&api, "c1").await;
    let theirs = format!("/v2/accounts/{}/resources/c1", api.other.account);
    assert_eq!(api.get(&theirs, api.other.account_token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.get("/v2/resources/c1", ADMIN).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn global_carriers_are_the_installations() {
    let api = Api::new().await;
    let body = json!({"data": {"id": "g1", "name": "Global", "gateways": []}});
    assert_eq!(api.body("PUT", "/v2/resources", ADMIN, body).await.status, StatusCode::CREATED);
    assert_eq!(api.get("/v2/resources/g1", ADMIN).await.data()["name"], "Global");
    assert_eq!(api.get(&api.v2("/resources"), api.own.account_token).await.data(), json!([]));
}

#[tokio::test]
async fn a_revision_guards_reads_and_writes() {
    let api = Api::new().await;
    let first = created(&api, "c1").await.header("etag").to_owned();
    let path = api.v2("/resources/c1");
    let cached = with_header(&api, "GET", &path, ("if-none-match", &first), &json!({})).await;
    assert_eq!(
        (cached.status, cached.text.as_str(), cached.header("etag")),
        (StatusCode::NOT_MODIFIED, "", first.as_str())
    );
    let body = json!({"data": {"note": 1}});
    let patched = with_header(&api, "PATCH", &path, ("if-match", &first), &body).await;
    assert_eq!(patched.status, StatusCode::OK);
    for method in ["PATCH", "POST", "DELETE", "GET"] {
        let stale = with_header(&api, method, &path, ("if-match", &first), &json!({"data": carrier("Stale")})).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{method}");
    }
    let fresh = with_header(&api, "GET", &path, ("if-none-match", &first), &json!({})).await;
    assert_eq!((fresh.status, &fresh.data()["note"]), (StatusCode::OK, &json!(1)));
}

#[tokio::test]
async fn concurrent_patches_lose_nothing() {
    let api = Api::new().await;
    created(&api, "c1").await;
    let path = api.v2("/resources/c1");
    let patches = (0..6).map(|n| {
        let (api, path) = (&api, &path);
        async move { api.data("PATCH", path, json!({ format!("note_{n}"): n })).await }
    });
    for answer in futures::future::join_all(patches).await {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
    let document = api.get(&path, api.own.account_token).await.data();
    assert!((0..6).all(|n| document[format!("note_{n}")] == n), "{document}");
}

#[tokio::test]
async fn what_the_store_holds_of_no_known_shape_is_still_shown() {
    let api = Api::new().await;
    let key = Key::new(api.own.account, Kind::Resource, "odd");
    api.store.put(key, json!([1]), Expect::Absent).await.unwrap();
    let answer = api.get(&api.v2("/resources/odd"), api.own.account_token).await;
    assert_eq!((answer.status, answer.data()), (StatusCode::OK, json!({"id": "odd"})));
}
