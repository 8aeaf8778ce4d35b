//! `/v2/…/resource_selectors`: rows and their lists, in the shapes of the documents.

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::harness::{ADMIN, Answer, Api};

const SELECTORS: &str = "/resource_selectors";

fn row(name: &str, resource: &str, selector: &str, value: Option<&str>) -> Value {
    let mut row = json!({"name": name, "resource": resource, "selector": selector});
    if let Some(value) = value {
        row["value"] = json!(value);
    }
    row
}

/// Rows of two names and three carriers.
async fn with_rows() -> Api {
    let api = Api::new().await;
    let rows = json!([
        row("lcr", "RES-4", "7495", Some("0.40")),
        row("lcr", "RES-4", "74956785833", Some("0.20")),
        row("lcr", "RES-4", "74991234", None),
        row("lcr2", "RES-2", "44", Some("0.10")),
        row("lcr2", "RES-2", "4420", None),
        row("lcr2", "RES-3", "44", None),
        row("lcr2", "RES-4", "44", Some("0.30")),
    ]);
    let loaded = api.data("PUT", &api.v2("/resource_selectors/rows"), rows).await;
    assert_eq!((loaded.status, loaded.data()), (StatusCode::CREATED, json!({"count": 7})), "{}", loaded.text);
    api
}

async fn listed(api: &Api, path: &str) -> Answer {
    let answer = api.get(&api.v2(&format!("{SELECTORS}{path}")), api.own.account_token).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer
}

#[tokio::test]
async fn names_and_carriers_are_counted_the_last_one_first() {
    let api = with_rows().await;
    for (path, expected) in [
        ("/name", json!([{"lcr2": 4}, {"lcr": 3}])),
        ("/name/lcr2", json!([{"RES-4": 1}, {"RES-3": 1}, {"RES-2": 2}])),
        ("/name/lcr", json!([{"RES-4": 3}])),
        ("/name/unknown", json!([])),
        ("/resource", json!([{"RES-4": 4}, {"RES-3": 1}, {"RES-2": 2}])),
        ("/resource/RES-4", json!([{"lcr2": 1}, {"lcr": 3}])),
        ("/resource/unknown", json!([])),
    ] {
        let answer = listed(&api, path).await;
        assert_eq!(answer.data(), expected, "{path}");
        assert_eq!(answer.json()["status"], "success");
        assert_eq!(answer.json()["revision"], json!(answer.header("etag").trim_matches('"')), "{path}");
    }
    let ascending = listed(&api, "/resource?ascending=true").await;
    assert_eq!(ascending.data(), json!([{"RES-2": 2}, {"RES-3": 1}, {"RES-4": 4}]));
}

#[tokio::test]
async fn the_rows_of_a_carrier_and_a_name_are_texts_and_objects_in_both_orders_of_the_path() {
    let api = with_rows().await;
    let expected = json!(["74991234", {"74956785833": "0.20"}, {"7495": "0.40"}]);
    for path in ["/resource/RES-4/name/lcr", "/name/lcr/resource/RES-4", "/name/lcr/resource/RES-4?format=short"] {
        assert_eq!(listed(&api, path).await.data(), expected, "{path}");
    }
    assert_eq!(listed(&api, "/name/lcr/resource/RES-2").await.data(), json!([]));
}

#[tokio::test]
async fn rows_are_shown_in_full_where_that_is_asked_for() {
    let api = with_rows().await;
    let mut rows = listed(&api, "/name/lcr2/resource/RES-2?format=full").await.data();
    for row in rows.as_array_mut().unwrap() {
        let id = row.as_object_mut().unwrap().remove("id").unwrap();
        let read = listed(&api, &format!("/{}", id.as_str().unwrap())).await.data();
        assert_eq!((&read["selector"], &read["id"]), (&row["selector"], &id));
    }
    assert_eq!(rows, json!([row("lcr2", "RES-2", "4420", None), row("lcr2", "RES-2", "44", Some("0.10"))]));
    let refused = api.get(&api.v2("/resource_selectors/name/lcr/resource/RES-4?format=csv"), ADMIN).await;
    assert_eq!(
        (refused.status, &refused.data()["format"]["enum"]["target"]),
        (StatusCode::BAD_REQUEST, &json!(["short", "full"]))
    );
}

#[tokio::test]
async fn all_rows_are_listed_in_full_and_may_be_filtered() {
    let api = with_rows().await;
    let all = listed(&api, "").await.data();
    assert_eq!(all.as_array().unwrap().len(), 7);
    assert!(all.as_array().unwrap().iter().all(|row| row["id"].is_string() && row["name"].is_string()), "{all}");
    for (query, count) in [
        ("?filter_resource=RES-3", 1),
        ("?filter_name=lcr2&has_key=value", 2),
        ("?filter_not_name=lcr2&value_missing=value", 1),
        ("?filter_selector=0", 0),
    ] {
        assert_eq!(listed(&api, query).await.data().as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn lists_go_on_page_by_page_and_each_by_its_own_keys() {
    let api = with_rows().await;
    for (path, rows) in [("", 7), ("/name", 2), ("/resource", 3), ("/name/lcr2", 3), ("/resource/RES-4/name/lcr", 3)] {
        for order in ["", "&ascending=true"] {
            let whole = listed(&api, &format!("{path}?paginate=false{order}")).await;
            assert!(whole.json().get("page_size").is_none(), "{}", whole.text);
            let mut paged = Vec::new();
            let mut key = String::new();
            loop {
                let page = listed(&api, &format!("{path}?page_size=2{order}{key}")).await;
                paged.extend(page.data().as_array().unwrap().clone());
                assert_eq!(page.json()["page_size"], json!(page.data().as_array().unwrap().len()));
                match page.json()["next_start_key"].as_str() {
                    Some(next) => key = format!("&start_key={next}"),
                    None => break,
                }
            }
            assert_eq!((json!(paged), paged.len()), (whole.data(), rows), "{path}{order}");
        }
    }
    let next = listed(&api, "/name?page_size=1").await.json()["next_start_key"].clone();
    for path in ["/resource", "/name/lcr", ""] {
        let path = api.v2(&format!("{SELECTORS}{path}?start_key={}", next.as_str().unwrap()));
        let refused = api.get(&path, api.own.account_token).await;
        assert!(refused.data()["start_key"]["invalid"].is_object(), "{path}: {}", refused.text);
    }
}

#[tokio::test]
async fn rows_of_the_installation_are_its_own() {
    let api = with_rows().await;
    let global = json!({"data": [row("lcr", "trunk", "1", None)]});
    let loaded = api.body("PUT", "/v2/resource_selectors/rows", ADMIN, global).await;
    assert_eq!(loaded.status, StatusCode::CREATED, "{}", loaded.text);
    assert_eq!(api.get("/v2/resource_selectors/resource", ADMIN).await.data(), json!([{"trunk": 1}]));
    assert_eq!(listed(&api, "/resource/trunk").await.data(), json!([]));
}

/// A request with a precondition.
async fn conditional(api: &Api, verb: &str, path: &str, (header, etag): (&str, &str), data: Value) -> Answer {
    let request = Request::builder()
        .method(Method::from_bytes(verb.as_bytes()).unwrap())
        .uri(api.v2(path))
        .header("x-auth-token", api.own.account_token)
        .header("content-type", "application/json")
        .header(header, etag);
    let body = if data.is_null() { String::new() } else { json!({ "data": data }).to_string() };
    api.request(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_row_is_made_read_replaced_patched_and_removed() {
    let api = Api::new().await;
    let mut fields = row("lcr", "RES-4", "7495", Some("0.40"));
    fields["note"] = json!("kept");
    let made = api.data("PUT", &api.v2(SELECTORS), fields.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = made.data()["id"].as_str().unwrap().to_owned();
    let path = format!("{SELECTORS}/{id}");
    assert_eq!(made.header("location"), api.v2(&path));
    fields["id"] = json!(id);
    let read = api.get(&api.v2(&path), api.own.account_token).await;
    assert_eq!((read.data(), read.header("etag")), (fields.clone(), made.header("etag")));
    let unchanged = conditional(&api, "GET", &path, ("if-none-match", read.header("etag")), Value::Null).await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);

    let replaced = api.data("POST", &api.v2(&path), row("lcr", "RES-4", "7495", Some("0.37"))).await;
    assert_eq!((replaced.status, &replaced.data()["value"]), (StatusCode::OK, &json!("0.37")), "{}", replaced.text);
    assert_eq!((replaced.data()["id"].as_str(), replaced.data().get("note")), (Some(id.as_str()), None));
    assert_ne!(replaced.header("etag"), made.header("etag"));

    let patched = api.data("PATCH", &api.v2(&path), json!({"value": null, "start_time": "63000000000"})).await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.text);
    let moved = patched.data()["id"].as_str().unwrap().to_owned();
    assert_ne!(moved, id, "its times are part of what a row is identified by");
    assert_eq!((patched.data().get("value"), &patched.data()["start_time"]), (None, &json!(63_000_000_000_i64)));
    assert_eq!(api.get(&api.v2(&path), api.own.account_token).await.status, StatusCode::NOT_FOUND);

    let removed = api.delete(&api.v2(&format!("{SELECTORS}/{moved}")), api.own.account_token).await;
    assert_eq!((removed.status, &removed.data()["_read_only"]), (StatusCode::OK, &json!({"deleted": true})));
    assert_eq!(listed(&api, "").await.data(), json!([]));
    let again = api.delete(&api.v2(&format!("{SELECTORS}/{moved}")), api.own.account_token).await;
    assert_eq!((again.status, &again.data()["cause"]), (StatusCode::NOT_FOUND, &json!(moved)));
}

#[tokio::test]
async fn a_row_is_changed_at_the_revision_that_is_named_only() {
    let api = Api::new().await;
    let made = api.data("PUT", &api.v2(SELECTORS), row("lcr", "RES-4", "7495", Some("0.40"))).await;
    let path = format!("{SELECTORS}/{}", made.data()["id"].as_str().unwrap());
    let stale = made.header("etag").to_owned();
    let changed =
        conditional(&api, "POST", &path, ("if-match", &stale), row("lcr", "RES-4", "7495", Some("0.37"))).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    for (verb, data) in
        [("POST", row("lcr", "RES-4", "7495", None)), ("PATCH", json!({"value": "9"})), ("DELETE", Value::Null)]
    {
        let refused = conditional(&api, verb, &path, ("if-match", &stale), data).await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED, "{verb}: {}", refused.text);
    }
    assert_eq!(listed(&api, "").await.data()[0]["value"], "0.37");
}

#[tokio::test]
async fn two_rows_are_never_one() {
    let api = Api::new().await;
    let made = api.data("PUT", &api.v2(SELECTORS), row("lcr", "RES-4", "7495", Some("0.40"))).await;
    let other = api.data("PUT", &api.v2(SELECTORS), row("lcr", "RES-4", "7499", Some("0.40"))).await;
    assert_eq!((made.status, other.status), (StatusCode::CREATED, StatusCode::CREATED));
    let again = api.data("PUT", &api.v2(SELECTORS), row("lcr", "RES-4", "7495", Some("0.10"))).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text);
    let path = format!("{SELECTORS}/{}", other.data()["id"].as_str().unwrap());
    let onto = api.data("PATCH", &api.v2(&path), json!({"selector": "7495"})).await;
    assert_eq!(onto.status, StatusCode::CONFLICT, "{}", onto.text);
    let mut windowed = row("lcr", "RES-4", "7495", Some("0.10"));
    windowed["stop_time"] = json!(63_000_000_000_i64);
    assert_eq!(api.data("PUT", &api.v2(SELECTORS), windowed).await.status, StatusCode::CREATED);
    let values = listed(&api, "/name/lcr/resource/RES-4?ascending=true").await.data();
    assert_eq!(values, json!([{"7495": "0.40"}, {"7495": "0.10"}, {"7499": "0.40"}]));
}

#[tokio::test]
async fn a_row_that_breaks_rules_is_told_all_of_them_and_a_text_that_is_no_id_is_nobodys() {
    let api = Api::new().await;
    let broken = api.data("PUT", &api.v2(SELECTORS), json!({"name": "", "stop_time": "soon"})).await;
    let data = broken.data();
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    for field in ["name", "selector", "resource", "stop_time"] {
        assert!(data[field].is_object(), "{field}: {data}");
    }
    for id in ["unknown", "resource_selector_rules", "%00", &"x".repeat(5_000)] {
        let answer = api.get(&api.v2(&format!("{SELECTORS}/{id}")), api.own.account_token).await;
        assert_eq!(
            (answer.status, &answer.json()["message"]),
            (StatusCode::NOT_FOUND, &json!("bad_identifier")),
            "{id}"
        );
    }
    let theirs = format!("/v2/accounts/{}{SELECTORS}", api.other.account);
    let row = json!({"data": row("lcr", "RES-4", "1", None)});
    let made = api.body("PUT", &theirs, api.other.account_token, row).await;
    let id = made.data()["id"].as_str().unwrap().to_owned();
    assert_eq!(api.get(&api.v2(&format!("{SELECTORS}/{id}")), ADMIN).await.status, StatusCode::NOT_FOUND);
}
