//! `/v2/accounts/{A}/users`, and how they log in.

use http::StatusCode;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_store::{Kind, StoreExt};

use super::harness::{ADMIN, Answer, Api};
use super::sessions::{issued, open};
use crate::hex;

const PASSWORD: &str = "correct horse";

/// What a client sends to log in.
pub(super) fn credentials(username: &str, password: &str) -> String {
    hex::encode(Md5::digest(format!("{username}:{password}")))
}

/// Makes a user called Ada in the own account, and answers its id.
pub(super) async fn ada(api: &Api, more: Value) -> String {
    let mut data = json!({"username": "Ada", "password": PASSWORD});
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = api.data("PUT", &api.v2("/users"), data).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.data()["id"].as_str().unwrap().to_owned()
}

async fn log_in(api: &Api, username: &str, password: &str) -> Answer {
    let data = json!({"credentials": credentials(username, password), "account_name": "Own"});
    open(api, "/v2/user_auth", data).await
}

pub(super) async fn logged_in(api: &Api) -> String {
    issued(&log_in(api, "ada", PASSWORD).await)
}

#[tokio::test]
async fn a_user_comes_changes_and_goes() {
    let api = Api::new().await;
    let more = json!({"first_name": "Ada", "email": "ada@example.com", "colour": "red"});
    let path = api.v2(&format!("/users/{}", ada(&api, more).await));
    let read = api.get(&path, api.own.account_token).await;
    let data = read.data();
    assert_eq!(
        (&data["username"], &data["priv_level"], &data["enabled"]),
        (&json!("Ada"), &json!("user"), &json!(true))
    );
    assert_eq!((&data["colour"], data.get("password")), (&json!("red"), None));
    let etag = read.header("etag").to_owned();
    let patched = api.data("PATCH", &path, json!({"first_name": null, "last_name": "Lovelace"})).await;
    assert_eq!((patched.status, patched.data().get("first_name")), (StatusCode::OK, None));
    assert_ne!(patched.header("etag"), etag);
    let replaced = api.data("POST", &path, json!({"username": "Ada"})).await.data();
    assert_eq!((replaced.get("last_name"), replaced.get("colour")), (None, None));
    let deleted = api.delete(&path, api.own.account_token).await;
    assert_eq!(deleted.data()["_read_only"]["deleted"], true);
    assert_eq!(api.get(&path, api.own.account_token).await.status, StatusCode::NOT_FOUND);
    ada(&api, json!({})).await;
}

#[tokio::test]
async fn nothing_shows_a_password_or_what_is_stored_of_it() {
    let api = Api::new().await;
    let id = ada(&api, json!({})).await;
    let stored = api.store.all(api.own.account.into(), Kind::User).await.unwrap().remove(0).body;
    let hash = stored["pvt_credentials"]["md5"].as_str().unwrap();
    assert!(!stored.to_string().contains(PASSWORD) && !stored.to_string().contains(&credentials("ada", PASSWORD)));
    for path in [api.v2("/users"), api.v2(&format!("/users/{id}"))] {
        let answer = api.get(&path, ADMIN).await;
        assert!(!answer.text.contains(PASSWORD) && !answer.text.contains(hash), "{}", answer.text);
    }
    let short = api.data("PUT", &api.v2("/users"), json!({"username": "eve", "password": "s3cr3t"})).await;
    assert_eq!((short.status, &short.data()["password"]["minLength"]["target"]), (StatusCode::BAD_REQUEST, &json!(8)));
    assert!(!short.text.contains("s3cr3t"));
}

#[tokio::test]
async fn a_username_is_one_users_in_its_account_whatever_its_case() {
    let api = Api::new().await;
    ada(&api, json!({})).await;
    let again = api.data("PUT", &api.v2("/users"), json!({"username": "ADA"})).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.data()["username"]["unique"].is_object(), "{}", again.text);
    let elsewhere = format!("/v2/accounts/{}/users", api.other.account);
    let body = json!({"data": {"username": "ada", "password": PASSWORD}});
    assert_eq!(api.body("PUT", &elsewhere, ADMIN, body).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn users_log_in_by_every_name_of_their_account() {
    let api = Api::new().await;
    let id = ada(&api, json!({})).await;
    api.body("PUT", &api.v1(""), ADMIN, json!({"sip_realm": "sip.own.example"})).await;
    let number = crate::index::Index::PhoneNumber.claim(Owner::System, "+14158867900", &api.own.account.hex());
    api.store.commit(vec![number]).await.unwrap();
    let sha = hex::encode(sha1::Sha1::digest(format!("ada:{PASSWORD}")));
    let md5 = credentials("ada", PASSWORD);
    for data in [
        json!({"credentials": md5, "account_name": "OWN"}),
        json!({"credentials": md5.to_uppercase(), "method": "md5", "account_realm": "SIP.own.example"}),
        json!({"credentials": sha, "method": "sha", "account_name": "own"}),
        json!({"credentials": md5, "phone_number": "+14158867900"}),
        json!({"credentials": md5, "phone_number": "+1", "account_realm": "nobody.example", "account_name": "own"}),
    ] {
        let answer = open(&api, "/v2/user_auth", data).await;
        issued(&answer);
        assert_eq!(
            (&answer.data()["owner_id"], &answer.data()["account_id"]),
            (&json!(id), &json!(api.own.account.hex()))
        );
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_a_log_in_the_answer_is_the_same() {
    let api = Api::new().await;
    ada(&api, json!({})).await;
    let md5 = credentials("ada", PASSWORD);
    let mut answers = Vec::new();
    for data in [
        json!({"credentials": credentials("ada", "wrong"), "account_name": "own"}),
        json!({"credentials": credentials("eve", PASSWORD), "account_name": "own"}),
        json!({"credentials": md5, "account_name": "other"}),
        json!({"credentials": md5, "account_name": "nobody"}),
        json!({"credentials": md5, "account_realm": "own"}),
        json!({"credentials": md5, "method": "sha", "account_name": "own"}),
        json!({"credentials": "correct horse", "account_name": "own"}),
    ] {
        let answer = open(&api, "/v2/user_auth", data).await;
        answers.push((answer.status, answer.data()));
    }
    assert_eq!(answers[0], (StatusCode::UNAUTHORIZED, json!({"message": "invalid credentials"})));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn a_log_in_that_says_too_little_is_told_all_of_it() {
    let api = Api::new().await;
    let answer = open(&api, "/v2/user_auth", json!({"method": "rot13"})).await;
    let fields: Vec<String> = answer.data().as_object().unwrap().keys().cloned().collect();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for field in ["credentials", "method", "account_name"] {
        assert!(fields.iter().any(|told| told == field), "{field} of {fields:?}");
    }
    let long = open(&api, "/v2/user_auth", json!({"credentials": "f".repeat(65), "account_name": "own"})).await;
    assert!(long.data()["credentials"]["maxLength"].is_object() && !long.text.contains("ffff"), "{}", long.text);
}

#[tokio::test]
async fn another_password_ends_the_tokens_of_the_one_before() {
    let api = Api::new().await;
    let path = api.v2(&format!("/users/{}", ada(&api, json!({})).await));
    let token = logged_in(&api).await;
    assert_eq!(api.data("PATCH", &path, json!({"last_name": "L"})).await.status, StatusCode::OK);
    assert_eq!(api.get("/v2/token_auth", &token).await.status, StatusCode::OK, "another change does not");
    assert_eq!(api.data("PATCH", &path, json!({"password": "battery staple"})).await.status, StatusCode::OK);
    assert_eq!(api.get("/v2/token_auth", &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(log_in(&api, "ada", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    issued(&log_in(&api, "ada", "battery staple").await);
    assert_eq!(api.data("PATCH", &path, json!({"password": "battery staple"})).await.status, StatusCode::OK);
    issued(&log_in(&api, "ada", "battery staple").await);
}

#[tokio::test]
async fn a_disabled_or_deleted_user_is_nobody() {
    let api = Api::new().await;
    let path = api.v2(&format!("/users/{}", ada(&api, json!({})).await));
    let token = logged_in(&api).await;
    api.data("PATCH", &path, json!({"enabled": false})).await;
    assert_eq!(api.get("/v2/token_auth", &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(log_in(&api, "ada", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    api.data("PATCH", &path, json!({"enabled": true})).await;
    let token = logged_in(&api).await;
    api.delete(&path, api.own.account_token).await;
    assert_eq!(api.get("/v2/token_auth", &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(log_in(&api, "ada", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn another_username_needs_the_password_too() {
    let api = Api::new().await;
    let path = api.v2(&format!("/users/{}", ada(&api, json!({})).await));
    let refused = api.data("PATCH", &path, json!({"username": "countess"})).await;
    assert!(refused.data()["password"]["required"].is_object(), "{}", refused.text);
    assert_eq!(
        api.data("PATCH", &path, json!({"username": "ADA"})).await.status,
        StatusCode::OK,
        "the same in another case"
    );
    let renamed = json!({"username": "countess", "password": PASSWORD});
    assert_eq!(api.data("PATCH", &path, renamed).await.status, StatusCode::OK);
    issued(&log_in(&api, "countess", PASSWORD).await);
    assert_eq!(log_in(&api, "ada", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    ada(&api, json!({})).await;
}

#[tokio::test]
async fn a_change_at_another_revision_is_refused() {
    let api = Api::new().await;
    let path = api.v2(&format!("/users/{}", ada(&api, json!({})).await));
    let request = http::Request::builder().method("PATCH").uri(&path).header("x-auth-token", api.own.account_token);
    let request = request.header("if-match", "\"1-0000000000000000\"");
    let body = axum::body::Body::from(json!({"data": {"last_name": "L"}}).to_string());
    assert_eq!(api.request(request.body(body).unwrap()).await.status, StatusCode::PRECONDITION_FAILED);
}
