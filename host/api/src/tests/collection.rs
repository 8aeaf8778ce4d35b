//! `/v2/…/resources/collection`: many carriers at once.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_store::{Expect, Key, Kind, Store, StoreExt};

use super::harness::{ADMIN, Answer, Api, carrier};

fn item(id: &str) -> Value {
    let mut item = carrier(id);
    item["id"] = json!(id);
    item
}

async fn put(api: &Api, query: &str, items: Value) -> Answer {
    api.data("PUT", &api.v2(&format!("/resources/collection{query}")), items).await
}

async fn post(api: &Api, query: &str, items: Value) -> Answer {
    api.data("POST", &api.v2(&format!("/resources/collection{query}")), items).await
}

async fn names(api: &Api) -> Value {
    let rows = api.get(&api.v2("/resources?ascending=true&paginate=false"), api.own.account_token).await.data();
    rows.as_array().unwrap().iter().map(|row| json!([row["id"], row["name"]])).collect()
}

fn keys(map: &Value) -> Vec<&str> {
    map.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn many_are_made_at_once_and_told_by_their_ids() {
    let api = Api::new().await;
    let answer = put(&api, "", json!([item("a"), item("b"), carrier("without an id")])).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let data = answer.data();
    assert_eq!((&data["errors"], keys(&data["successes"]).len()), (&json!({}), 3));
    let read = api.get(&api.v2("/resources/a"), api.own.account_token).await.data();
    assert_eq!(data["successes"]["a"], read, "what is told is what is stored");
    assert_eq!((&read["weight_cost"], &read["id"]), (&json!(50), &json!("a")));
    let made = keys(&data["successes"])[2];
    assert_eq!((made.len(), &data["successes"][made]["id"]), (32, &json!(made)));
    let body = answer.json();
    assert_eq!((&body["status"], &body["auth_token"]), (&json!("success"), &json!(api.own.account_token)));
    assert_eq!(answer.header("content-length"), answer.text.len().to_string());
}

#[tokio::test]
async fn one_bad_item_is_told_and_nothing_is_saved() {
    let api = Api::new().await;
    let answer = put(&api, "", json!([item("a"), {"id": "b", "gateways": [{}]}, 7])).await;
    assert_eq!((answer.status, &answer.json()["message"]), (StatusCode::BAD_REQUEST, &json!("validation error")));
    let data = answer.data();
    assert_eq!((keys(&data["errors"]).as_slice(), &data["successes"]), (["#2", "b"].as_slice(), &json!({})));
    let errors = &data["errors"]["b"];
    assert!(errors["name"]["required"].is_object() && errors["gateways.0.server"]["required"].is_object(), "{errors}");
    assert_eq!(names(&api).await, json!([]));
}

#[tokio::test]
async fn in_part_the_good_ones_are_saved() {
    let api = Api::new().await;
    let answer = put(&api, "?partial=true", json!([item("a"), {"id": "b"}, item("c")])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let data = answer.data();
    assert_eq!((keys(&data["errors"]), keys(&data["successes"])), (vec!["b"], vec!["a", "c"]));
    assert_eq!(names(&api).await, json!([["a", "a"], ["c", "c"]]));
    assert_eq!(put(&api, "?partial=true", json!([item("d")])).await.status, StatusCode::CREATED);
    let none = put(&api, "?partial=true", json!([item("a")])).await;
    assert_eq!((none.status, &none.data()["successes"]), (StatusCode::OK, &json!({})));
}

#[tokio::test]
async fn an_id_that_is_taken_is_refused_and_one_that_was_deleted_is_free() {
    let api = Api::new().await;
    put(&api, "", json!([item("a"), item("b")])).await;
    api.delete(&api.v2("/resources/b"), api.own.account_token).await;
    let answer = put(&api, "", json!([item("a"), item("b")])).await;
    assert_eq!(keys(&answer.data()["errors"]), ["a"]);
    assert!(answer.data()["errors"]["a"]["id"]["unique"].is_object(), "{}", answer.text);
    assert_eq!(put(&api, "", json!([item("b")])).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn changes_are_merged_deeply_into_what_is_there() {
    let api = Api::new().await;
    put(&api, "", json!([item("a"), item("b")])).await;
    let changes =
        json!([{"id": "a", "media": {"fax_option": true}, "gateways": null}, {"id": "b", "weight_cost": "7"}]);
    let refused = post(&api, "", changes).await;
    assert_eq!((refused.status, keys(&refused.data()["errors"])), (StatusCode::BAD_REQUEST, vec!["a"]));
    let changes = json!([{"id": "a", "media": {"fax_option": true}}, {"id": "b", "weight_cost": "7"}]);
    let changed = post(&api, "", changes).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    let written = &changed.data()["successes"];
    assert_eq!((&written["a"]["name"], &written["a"]["media"]["audio"]["codecs"]), (&json!("a"), &json!(["PCMU"])));
    assert_eq!((&written["a"]["media"]["fax_option"], &written["b"]["weight_cost"]), (&json!(true), &json!(7)));
    let key = Key::new(api.own.account, Kind::Resource, "a");
    let stored = api.store.get(&key).await.unwrap().unwrap();
    assert!(stored.revision.0.starts_with("2-") && stored.body["pvt_created"].is_i64(), "{stored:?}");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed() {
    let api = Api::new().await;
    put(&api, "", json!([item("a")])).await;
    let answer = post(&api, "", json!([{"id": "a", "name": "A"}, {"id": "x", "name": "X"}, {"name": "no id"}])).await;
    assert_eq!(answer.data()["errors"]["x"], "resource does not exist");
    assert!(answer.data()["errors"]["#2"]["id"]["required"].is_object(), "{}", answer.text);
    assert_eq!(names(&api).await, json!([["a", "a"]]));
    let partly = post(&api, "?partial=true", json!([{"id": "a", "name": "A"}, {"id": "x"}])).await;
    assert_eq!((partly.status, names(&api).await), (StatusCode::OK, json!([["a", "A"]])));
}

#[tokio::test]
async fn the_later_one_of_two_items_with_one_id_is_an_error() {
    let api = Api::new().await;
    let mut second = item("a");
    second["name"] = json!("second");
    let answer = put(&api, "?partial=true", json!([item("a"), second])).await;
    assert!(answer.data()["errors"]["a"]["id"]["unique"].is_object(), "{}", answer.text);
    assert_eq!(names(&api).await, json!([["a", "a"]]));
}

#[tokio::test]
async fn what_is_no_collection_is_refused() {
    let api = Api::new().await;
    for method in ["PUT", "POST"] {
        let path = api.v2("/resources/collection");
        for (data, constraint) in [
            (json!([]), "minItems"),
            (json!({"numbers": ["+12223334444"], "resource_id": "a"}), "type"),
            (json!(vec![0; 10_001]), "maxItems"),
        ] {
            let answer = api.data(method, &path, data).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert!(answer.data()["data"][constraint].is_object(), "{method} {constraint}: {}", answer.text);
        }
        let guarded = Request::builder().method(method).uri(&path).header("x-auth-token", api.own.account_token);
        let guarded = guarded.header("if-match", "\"1-a\"").body(Body::from(json!({"data": [item("a")]}).to_string()));
        assert_eq!(api.request(guarded.unwrap()).await.status, StatusCode::PRECONDITION_FAILED);
    }
}

#[tokio::test]
async fn the_installation_has_collections_too_under_all_of_its_names() {
    let api = Api::new().await;
    let below = format!("/v2/accounts/{}/global_resources/collection", api.own.account.hex());
    for (id, path, is_old) in
        [("a", "/v2/resources/collection", false), ("b", "/v2/global_resources/collection", true), ("c", &below, true)]
    {
        let made = api.body("PUT", path, ADMIN, json!({"data": [item(id)]})).await;
        assert_eq!((made.status, made.header("deprecation") == "true"), (StatusCode::CREATED, is_old), "{path}");
        assert_eq!(api.get(&format!("/v2/resources/{id}"), ADMIN).await.data(), made.data()["successes"][id]);
    }
    let local = api.data("PUT", &api.v2("/local_resources/collection"), json!([item("a")])).await;
    assert_eq!((local.status, local.header("deprecation")), (StatusCode::CREATED, "true"));
    assert_eq!(names(&api).await, json!([["a", "a"]]));
}

#[tokio::test]
async fn a_pretty_reply_is_laid_out() {
    let api = Api::new().await;
    let answer = put(&api, "?pretty_print=true", json!([item("a")])).await;
    assert!(answer.text.contains("\n      \"a\": {\n"), "{}", answer.text);
    assert_eq!(answer.data()["successes"]["a"]["name"], "a");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_loses_no_change_that_is_made_meanwhile() {
    let api = Arc::new(Api::new().await);
    let ids: Vec<String> = (0..300).map(|n| format!("c{n:03}")).collect();
    put(&api, "", ids.iter().map(|id| item(id)).collect()).await;
    let meanwhile = {
        let api = Arc::clone(&api);
        tokio::spawn(async move {
            for n in 0..5 {
                let path = api.v2("/resources/c299");
                let answer = api.data("PATCH", &path, json!({ format!("note_{n}"): n })).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            }
        })
    };
    let changes: Value = ids.iter().map(|id| json!({"id": id, "weight_cost": 7})).collect();
    let answer = post(&api, "", changes).await;
    meanwhile.await.unwrap();
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json()["message"]);
    let last = api.get(&api.v2("/resources/c299"), api.own.account_token).await.data();
    assert!((0..5).all(|n| last[format!("note_{n}")] == n) && last["weight_cost"] == 7, "{last}");
}

#[tokio::test]
async fn ten_thousand_items_are_one_request() {
    let api = Api::new().await;
    let items: Value = (0..10_000).map(|n| item(&format!("c{n:05}"))).collect();
    let answer = put(&api, "", items).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json()["message"]);
    assert_eq!(keys(&answer.data()["successes"]).len(), 10_000);
    let stored = api.store.all(Owner::Account(api.own.account), Kind::Resource).await.unwrap();
    assert_eq!(stored.len(), 10_000);
}

#[tokio::test]
async fn a_store_that_holds_what_is_no_object_is_no_obstacle() {
    let api = Api::new().await;
    let key = Key::new(api.own.account, Kind::Resource, "odd");
    api.store.put(key, json!([1]), Expect::Absent).await.unwrap();
    let answer = post(&api, "", json!([{"id": "odd", "name": "Odd", "gateways": []}])).await;
    assert_eq!((answer.status, &answer.data()["successes"]["odd"]["name"]), (StatusCode::OK, &json!("Odd")));
}

#[tokio::test]
async fn an_account_has_no_peers_however_they_are_sent() {
    let api = Api::new().await;
    put(&api, "", json!([item("a")])).await;
    let mut peer = item("b");
    peer["peer"] = json!("true");
    let told =
        |answer: Answer, place: &str| answer.data().pointer(place).is_some_and(|rule| rule["forbidden"].is_object());
    assert!(told(api.data("PUT", &api.v2("/resources"), peer.clone()).await, "/peer"));
    assert!(told(api.data("PATCH", &api.v2("/resources/a"), json!({"peer": true})).await, "/peer"));
    assert!(told(put(&api, "", json!([peer])).await, "/errors/b/peer"));
    let global = api.body("PUT", "/v2/resources", ADMIN, json!({"data": peer})).await;
    assert_eq!((global.status, &global.data()["peer"]), (StatusCode::CREATED, &json!(true)));
}
