//! `/v1/Applications`, also below an account.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use strowger_model::Sid;

use super::harness::{ADMIN, Answer, Api};

fn application(name: &str) -> Value {
    let hook = json!({"url": "http://a.example/hook", "method": "post", "username": "u", "password": "secret"});
    json!({"name": name, "call_hook": hook, "call_status_hook": hook})
}

fn sid(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["sid"].as_str().unwrap().to_owned()
}

async fn created(api: &Api, name: &str) -> String {
    sid(&api.body("POST", "/v1/Applications", api.own.account_token, application(name)).await)
}

#[tokio::test]
async fn an_application_comes_changes_and_goes() {
    let api = Api::new().await;
    let path = format!("/v1/Applications/{}", created(&api, "forward to mobile").await);
    let read = api.get(&path, api.own.account_token).await.json();
    assert_eq!(read["account_sid"], api.own.account.hyphenated());
    assert_eq!((&read["call_hook"]["method"], &read["call_hook"]["password"]), (&json!("POST"), &json!("secret")));
    assert_eq!(read["speech_synthesis_vendor"], "google");
    assert_eq!(read["service_provider_sid"], api.own.provider.to_string());
    assert_eq!(read.get("fallback_speech_synthesis_label"), Some(&Value::Null));
    let changed =
        api.body("PUT", &path, api.own.account_token, json!({"name": "renamed", "record_all_calls": true})).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT);
    let read = api.get(&path, ADMIN).await.json();
    assert_eq!((&read["name"], &read["record_all_calls"]), (&json!("renamed"), &json!(1)));
    created(&api, "forward to mobile").await;
    assert_eq!(api.delete(&path, api.own.provider_token).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path, ADMIN).await.status, StatusCode::NOT_FOUND);
    created(&api, "renamed").await;
}

#[tokio::test]
async fn a_name_is_taken_once_in_an_account() {
    let api = Api::new().await;
    created(&api, "app").await;
    let again = api.body("POST", "/v1/Applications", api.own.account_token, application("app")).await;
    assert_eq!(
        (again.status, &again.json()["msg"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("Duplicate entry 'app' for key 'application_name'"))
    );
    sid(&api.body("POST", "/v1/Applications", api.other.account_token, application("app")).await);
    let second = created(&api, "second").await;
    let path = format!("/v1/Applications/{second}");
    let renamed = api.body("PUT", &path, ADMIN, json!({"name": "app"})).await;
    assert_eq!(renamed.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn whose_it_is_depends_on_who_asks() {
    let api = Api::new().await;
    let for_account = |account: &str| {
        let mut body = application("app");
        body["account_sid"] = json!(account);
        body
    };
    let (own, other) = (api.own.account.hyphenated(), api.other.account.hyphenated());
    let forced = sid(&api.body("POST", "/v1/Applications", api.own.account_token, for_account(&other)).await);
    let read = api.get(&format!("/v1/Applications/{forced}"), api.own.account_token).await.json();
    assert_eq!(read["account_sid"], own);
    for token in [ADMIN, api.own.provider_token] {
        let missing = api.body("POST", "/v1/Applications", token, application("x")).await;
        assert_eq!(missing.json()["msg"], "missing required field: 'account_sid'");
    }
    let foreign = api.body("POST", "/v1/Applications", api.own.provider_token, for_account(&other)).await;
    assert_eq!((foreign.status, &foreign.json()["msg"]), (StatusCode::FORBIDDEN, &json!("insufficient privileges")));
    sid(&api.body("POST", "/v1/Applications", ADMIN, for_account(&other)).await);
}

#[tokio::test]
async fn somebody_elses_answers_like_one_that_does_not_exist() {
    let api = Api::new().await;
    let theirs = sid(&api.body("POST", "/v1/Applications", api.other.account_token, application("app")).await);
    let nobodys = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1";
    for (token, put, delete) in [
        (api.own.account_token, StatusCode::FORBIDDEN, StatusCode::UNPROCESSABLE_ENTITY),
        (api.own.provider_token, StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
    ] {
        for (method, expected) in [("GET", StatusCode::NOT_FOUND), ("PUT", put), ("DELETE", delete)] {
            let ask = async |path: String| api.body(method, &path, token, json!({"name": "x"})).await;
            let foreign = ask(format!("/v1/Applications/{theirs}")).await;
            let missing = ask(format!("/v1/Applications/{nobodys}")).await;
            assert_eq!(foreign.status, expected, "{method} {token}");
            assert_eq!((foreign.status, foreign.text), (missing.status, missing.text), "{method} {token}");
            let nested = ask(api.v1(&format!("/Applications/{theirs}"))).await;
            assert_eq!(nested.status, StatusCode::NOT_FOUND, "{method} {token}");
        }
    }
    assert_eq!(api.get(&format!("/v1/Applications/{theirs}"), ADMIN).await.status, StatusCode::OK);
}

#[tokio::test]
async fn applications_live_below_their_account_too() {
    let api = Api::new().await;
    let list = api.v1("/Applications/");
    let sid = sid(&api.body("POST", &list, api.own.provider_token, application("app")).await);
    let path = api.v1(&format!("/Applications/{sid}"));
    assert_eq!(api.get(&path, api.own.account_token).await.json()["name"], "app");
    assert_eq!(api.get(&list, api.own.account_token).await.json().as_array().map(Vec::len), Some(1));
    assert_eq!(api.body("PUT", &path, ADMIN, json!({"name": "b"})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.delete(&path, ADMIN).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn lists_are_filtered_paged_and_without_passwords() {
    let api = Api::new().await;
    for name in ["beta", "Alpha", "alphabet"] {
        created(&api, name).await;
    }
    let get = async |query: &str| api.get(&format!("/v1/Applications?{query}"), api.own.account_token).await;
    assert!(!get("").await.text.contains("secret"));
    assert_eq!(get("name=alpha").await.json().as_array().map(Vec::len), Some(2));
    let page = get("page=1&page_size=2").await.json();
    assert_eq!(
        (&page["total"], &page["data"][0]["name"], &page["data"][1]["name"]),
        (&json!(3), &json!("Alpha"), &json!("alphabet"))
    );
    assert_eq!(get("page=-1").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(api.get("/v1/Applications", api.other.account_token).await.json(), json!([]));
    assert_eq!(api.get("/v1/Applications", api.own.provider_token).await.json().as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_form_is_as_good_as_json() {
    let api = Api::new().await;
    let form = "name=app&call_hook[url]=http%3A%2F%2Fa.example&call_status_hook[url]=http%3A%2F%2Fa.example";
    let request = Request::post("/v1/Applications")
        .header("authorization", format!("Bearer {}", api.own.account_token))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    sid(&api.request(request).await);
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    let api = Api::new().await;
    for (field, value, message) in [
        ("name", Value::Null, "missing field name"),
        ("call_hook", Value::Null, "missing field call_hook"),
        ("call_hook", json!("http://a"), "'call_hook' must be an object when adding an application"),
        ("call_hook", json!({"url": "ftp://a.example"}), "call_hook URL has missing or invalid protocol ftp"),
        ("app_json", json!("{"), "app_json must be the JSON text of an array of verbs"),
        ("app_json", json!("[{\"verb\": \"play\"}]"), "Error: play: missing value for url"),
        ("service_provider_sid", json!(Sid::random()), "service_provider_sid is not that of the account"),
        ("use_for_fallback_speech", json!("often"), "use_for_fallback_speech must be 0, 1, true or false"),
        ("env_vars", json!("A=1"), "env_vars must be an object"),
        ("record_all_calls", json!("often"), "record_all_calls must be 0, 1, true or false"),
    ] {
        let mut body = application("app");
        body[field] = value;
        let answer = api.body("POST", "/v1/Applications", api.own.account_token, body).await;
        assert_eq!((answer.status, &answer.json()["msg"]), (StatusCode::BAD_REQUEST, &json!(message)));
    }
}
