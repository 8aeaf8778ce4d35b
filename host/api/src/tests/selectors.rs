//! `/v2/…/resource_selectors`: chains, rows and dry runs; formatting; classifying.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::harness::{ADMIN, Api};

const RULES: &str = "/resource_selectors/rules";
const ROWS: &str = "/resource_selectors/rows";
const ROUTE: &str = "/resource_selectors/route";

#[tokio::test]
async fn a_chain_is_404_until_it_is_saved() {
    let api = Api::new().await;
    let missing = api.get(&api.v2(RULES), api.own.account_token).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.data()["cause"], "resource_selector_rules");
    let rules = json!([{"get_resources": {}}]);
    let saved = api.data("POST", &api.v2(RULES), json!({"rules": rules})).await;
    assert_eq!(
        (saved.status, saved.data()),
        (StatusCode::OK, json!({"rules": rules, "id": "resource_selector_rules"}))
    );
    let read = api.get(&api.v2(RULES), api.own.account_token).await;
    assert_eq!((read.data(), read.header("etag")), (saved.data(), saved.header("etag")));
    assert_eq!(api.get("/v2/resource_selectors/rules", ADMIN).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_chain_is_taken_away_at_the_revision_that_is_named() {
    let api = Api::new().await;
    let rules = json!({"rules": [{"get_resources": {}}]});
    let saved = api.data("POST", &api.v2(RULES), rules.clone()).await;
    let request = |etag: &str| {
        let request = Request::delete(api.v2(RULES)).header("x-auth-token", api.own.account_token);
        request.header("if-match", etag).body(Body::empty()).unwrap()
    };
    assert_eq!(api.request(request("\"1-stale\"")).await.status, StatusCode::PRECONDITION_FAILED);
    let removed = api.request(request(saved.header("etag"))).await;
    let expected = json!({"rules": rules["rules"], "_read_only": {"deleted": true}, "id": "resource_selector_rules"});
    assert_eq!((removed.status, removed.data()), (StatusCode::OK, expected));
    assert_eq!(api.delete(&api.v2(RULES), api.own.account_token).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_chain_that_cannot_run_is_not_saved() {
    let api = Api::new().await;
    for (data, path, constraint) in [
        (json!({}), "rules", "required"),
        (json!({"rules": {}}), "rules", "type"),
        (json!({"rules": [{"no_such_module": {}}]}), "rules.0.no_such_module", "enum"),
        (json!({"rules": [{"get_resources": {"a": 1}}]}), "rules.0.get_resources", "maxProperties"),
    ] {
        let answer = api.data("POST", &api.v2(RULES), data.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{data}");
        assert!(answer.data()[path][constraint].is_object(), "{data}: {}", answer.text);
    }
    assert_eq!(api.get(&api.v2(RULES), api.own.account_token).await.status, StatusCode::NOT_FOUND);
}

fn row(selector: &str, value: &str) -> Value {
    json!({"name": "lcr", "resource": "RES-4", "selector": selector, "value": value})
}

async fn stored(api: &Api) -> Vec<Value> {
    let listed = api.get(&api.v2("/resource_selectors?paginate=false"), api.own.account_token).await;
    listed.data().as_array().unwrap().clone()
}

#[tokio::test]
async fn loading_twice_changes_values_and_doubles_nothing() {
    let api = Api::new().await;
    let loaded = api.data("PUT", &api.v2(ROWS), json!([row("7495", "0.40"), row("7499", "0.40")])).await;
    assert_eq!((loaded.status, loaded.data()), (StatusCode::CREATED, json!({"count": 2})));
    api.data("PUT", &api.v2(ROWS), json!([row("7495", "0.37")])).await;
    let rows = stored(&api).await;
    let values: Vec<&str> =
        rows.iter().filter(|row| row["selector"] == "7495").filter_map(|row| row["value"].as_str()).collect();
    assert_eq!((rows.len(), values), (2, vec!["0.37"]));
}

#[tokio::test]
async fn one_bad_row_keeps_all_out_and_is_named_by_its_place() {
    let api = Api::new().await;
    let answer = api.data("PUT", &api.v2(ROWS), json!([row("7495", "0.40"), {"name": "lcr"}, 3])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.data()["1.resource"]["required"].is_object(), "{}", answer.text);
    assert!(answer.data()["2"]["type"].is_object(), "{}", answer.text);
    assert_eq!(stored(&api).await.len(), 0);
    for data in [json!([]), json!({"name": "lcr"})] {
        assert_eq!(api.data("PUT", &api.v2(ROWS), data).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_hundred_thousand_rows_are_one_request_and_one_more_is_refused() {
    let api = Api::new().await;
    let rows = |count: usize| -> Value {
        (0..count).map(|n| json!({"name": "l", "resource": "R", "selector": n.to_string()})).collect()
    };
    let loaded = api.data("PUT", &api.v2(ROWS), rows(100_000)).await;
    assert_eq!((loaded.status, loaded.data()), (StatusCode::CREATED, json!({"count": 100_000})));
    let refused = api.data("PUT", &api.v2(ROWS), rows(100_001)).await;
    assert_eq!(
        (refused.status, &refused.data()["data"]["maxItems"]["target"]),
        (StatusCode::BAD_REQUEST, &json!(100_000))
    );
}

#[tokio::test]
async fn a_dry_run_routes_for_the_owner_of_the_path() {
    let api = Api::new().await;
    let asked = json!({"To-DID": "+14158867900", "Flags": ["gold"], "route_by": "resources", "rules": [{"get_resources": {"bad": 1}}]});
    let routed = api.data("POST", &api.v2(ROUTE), asked).await;
    assert_eq!((routed.status, &routed.data()["resources"]), (StatusCode::OK, &json!([api.own.account.hex()])));
    let global = json!({"data": {"To-DID": "+14158867900"}});
    let routed = api.body("POST", "/v2/resource_selectors/route", ADMIN, global).await;
    assert_eq!(routed.data()["resources"], json!(["system"]));
}

#[tokio::test]
async fn a_dry_run_says_what_is_wrong_with_the_question() {
    let api = Api::new().await;
    for (data, path, constraint) in [
        (json!({}), "To-DID", "required"),
        (json!({"To-DID": ""}), "To-DID", "minLength"),
        (json!({"To-DID": 5}), "To-DID", "type"),
        (json!({"To-DID": "1", "route_by": "magic"}), "route_by", "enum"),
        (json!({"To-DID": "1", "route_by": 1}), "route_by", "enum"),
        (json!({"To-DID": "1", "rules": 1}), "rules", "type"),
        (json!({"To-DID": "1", "rules": [{"nope": {}}]}), "rules.0.nope", "enum"),
    ] {
        let answer = api.data("POST", &api.v2(ROUTE), data.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{data}");
        assert!(answer.data()[path][constraint].is_object(), "{data}: {}", answer.text);
    }
}

#[tokio::test]
async fn formatters_are_tried_on_a_request() {
    let api = Api::new().await;
    let path = api.v2("/resources/format");
    let asked = json!({"direction": "inbound", "request": {"From": "1"}, "formatters": {"from": {"prefix": "+"}}});
    let formatted = api.data("POST", &path, asked).await;
    assert_eq!((formatted.status, formatted.data()), (StatusCode::OK, json!({"From": "1", "inbound": true})));
    let broken = api.data("POST", &path, json!({"direction": "sideways", "request": 1})).await;
    let data = broken.data();
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(data["direction"]["enum"].is_object() && data["request"]["type"].is_object(), "{data}");
    assert!(data["formatters"]["required"].is_object(), "{data}");
}

#[tokio::test]
async fn modules_are_listed_with_their_schemas() {
    let api = Api::new().await;
    for path in ["/v2/resource_selectors/modules".to_owned(), api.v2("/resource_selectors/modules")] {
        let modules = api.get(&path, api.own.account_token).await.data();
        let shown = (&modules[0]["name"], &modules[0]["kind"], &modules[0]["parameters"]["type"]);
        assert_eq!(shown, (&json!("get_resources"), &json!("selector"), &json!("object")), "{path}");
    }
}

#[tokio::test]
async fn a_number_is_classified() {
    let api = Api::new().await;
    let answer = api.get("/v2/phone_numbers/classifiers/%2B14158867900", api.own.account_token).await;
    assert_eq!((&answer.data()["classifier"], &answer.data()["npan"]), (&json!("did_us"), &json!("4158867900")));
    let endless = format!("/v2/phone_numbers/classifiers/{}", "1".repeat(129));
    let answer = api.get(&endless, api.own.account_token).await;
    assert!(answer.data()["number"]["maxLength"].is_object(), "{}", answer.text);
}
