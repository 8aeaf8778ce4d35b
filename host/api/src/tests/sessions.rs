//! Tokens that keys and log-ins are traded for.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_model::api_key::stored_id;
use strowger_store::{Expect, Key, Kind, StoreExt, SwitchedStore};

use super::harness::{ADMIN, Answer, Api};
use super::users::{ada, credentials, logged_in};

pub(super) async fn open(api: &Api, path: &str, data: Value) -> Answer {
    api.body("PUT", path, "", json!({"data": data})).await
}

pub(super) fn issued(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["auth_token"].as_str().unwrap().to_owned()
}

async fn traded(api: &Api, key: &str) -> String {
    issued(&open(api, "/v2/api_auth", json!({"api_key": key})).await)
}

async fn restricted(api: &Api, restrictions: Value) -> String {
    let data = json!({"api_key": api.own.account_token, "restrictions": restrictions});
    issued(&open(api, "/v2/api_auth", data).await)
}

#[tokio::test]
async fn a_key_is_traded_for_a_token_that_opens_as_much() {
    let api = Api::new().await;
    let answer = open(&api, "/v2/api_auth", json!({"api_key": api.own.account_token})).await;
    let token = issued(&answer);
    assert_eq!(token.split('.').count(), 3);
    let data = answer.data();
    assert_eq!((&data["account_id"], &data["account_name"]), (&json!(api.own.account.hex()), &json!("Own")));
    assert_eq!((&data["reseller_id"], &data["is_reseller"]), (&json!(api.own.provider.hex()), &json!(false)));
    for path in [api.v2("/resources"), api.v1("/Calls")] {
        assert_eq!(api.get(&path, &token).await.status, StatusCode::OK, "{path}");
    }
    let theirs = format!("/v2/accounts/{}/resources", api.other.account);
    assert_eq!(api.get(&theirs, &token).await.status, StatusCode::FORBIDDEN);
    let (of_provider, of_admin) = (traded(&api, api.own.provider_token).await, traded(&api, ADMIN).await);
    assert_eq!(api.get(&api.v2("/resources"), &of_provider).await.status, StatusCode::OK);
    assert_eq!(api.get("/v2/resources", &of_provider).await.status, StatusCode::FORBIDDEN);
    assert_eq!(api.get("/v2/resources", &of_admin).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_of_nobody_is_refused_and_not_repeated() {
    let api = Api::new().await;
    for key in ["nobodys-key", api.expired_token, &"f".repeat(64)] {
        let answer = open(&api, "/v2/api_auth", json!({"api_key": key})).await;
        assert_eq!(
            (answer.status, answer.json()["message"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("invalid_credentials"))
        );
        assert!(!answer.text.contains(key), "{}", answer.text);
    }
    for data in [json!({}), json!({"api_key": 1}), json!({"api_key": ""}), json!({"api_key": "f".repeat(513)})] {
        let answer = open(&api, "/v2/api_auth", data).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.data()["api_key"].is_object() && !answer.text.contains("ffff"), "{}", answer.text);
    }
    let broken = api.send("PUT", "/v2/api_auth", "", b"{").await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert_eq!(api.get("/v2/api_auth", ADMIN).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn who_logs_out_of_v1_is_logged_out_of_v2() {
    let api = Api::new().await;
    ada(&api, json!({"priv_level": "user"})).await;
    let (token, other) = (logged_in(&api).await, logged_in(&api).await);
    let answer = api.body("POST", "/v1/logout", &token, json!({})).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    assert_eq!(api.get("/v2/token_auth", &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(api.get("/v1/Accounts", &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(api.get("/v2/token_auth", &other).await.status, StatusCode::OK, "another token of the user stays");
    let key = api.own.account_token;
    assert_eq!(api.body("POST", "/v1/logout", key, json!({})).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(api.get("/v1/Accounts", key).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_not_traded_for_another_one() {
    let api = Api::new().await;
    let token = traded(&api, api.own.account_token).await;
    let again = open(&api, "/v2/api_auth", json!({"api_key": token})).await;
    assert!(again.status.is_client_error(), "{}", again.text);
}

#[tokio::test]
async fn a_token_that_is_given_back_opens_nothing() {
    let api = Api::new().await;
    let (token, other) = (traded(&api, api.own.account_token).await, traded(&api, api.own.account_token).await);
    let check = api.get("/v2/token_auth", &token).await;
    assert_eq!((check.status, &check.data()["account_id"]), (StatusCode::OK, &json!(api.own.account.hex())));
    assert_eq!(api.delete("/v2/token_auth", &token).await.status, StatusCode::OK);
    assert_eq!(api.get("/v2/token_auth", &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(api.get("/v2/token_auth", &other).await.status, StatusCode::OK);
    assert_eq!(api.delete("/v2/token_auth", api.own.account_token).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_token_that_another_node_ends_opens_nothing_soon() {
    let api = Api::new().await;
    let token = traded(&api, api.own.account_token).await;
    assert_eq!(api.get("/v2/token_auth", &token).await.status, StatusCode::OK);
    let payload = token.split('.').nth(1).unwrap();
    let payload = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, payload).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    let key = Key::new(Owner::System, Kind::RevokedToken, claims["jti"].as_str().unwrap());
    api.store.put(key, json!({}), Expect::Absent).await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(api.get("/v2/token_auth", &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_ends_with_its_key() {
    let api = Api::new().await;
    let made = api.data("PUT", &api.v2("/api_keys"), json!({})).await.data();
    let token = traded(&api, made["api_key"].as_str().unwrap()).await;
    assert_eq!(api.get(&api.v2("/resources"), &token).await.status, StatusCode::OK);
    let path = api.v2(&format!("/api_keys/{}", made["id"].as_str().unwrap()));
    assert_eq!(api.delete(&path, api.own.account_token).await.status, StatusCode::OK);
    assert_eq!(api.get(&api.v2("/resources"), &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_ends_with_its_account() {
    let api = Api::new().await;
    let token = traded(&api, api.own.account_token).await;
    assert_eq!(api.delete(&api.v1(""), ADMIN).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&api.v2("/resources"), &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn no_token_outlives_its_key() {
    let api = Api::new().await;
    let expires = strowger_model::time::gregorian_now() + 60;
    let made = api.data("PUT", &api.v2("/api_keys"), json!({"expires": expires})).await.data();
    let answer = open(&api, "/v2/api_auth", json!({"api_key": made["api_key"]})).await;
    let exp = answer.data()["exp"].as_i64().unwrap();
    assert_eq!(strowger_model::time::to_gregorian(exp), expires);
}

#[tokio::test]
async fn a_restricted_token_does_what_it_is_for_and_nothing_else() {
    let api = Api::new().await;
    let account = api.own.account;
    let token = restricted(&api, json!({"get": [format!("accounts/{account}/resources/#"), "accounts/*/calls"]})).await;
    assert_eq!(api.get(&api.v2("/resources"), &token).await.status, StatusCode::OK);
    assert_eq!(api.get(&api.v1("/Calls"), &token).await.status, StatusCode::OK, "both APIs know the path");
    assert_eq!(api.get(&api.v2("/users"), &token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(api.get(&api.v1(""), &token).await.status, StatusCode::FORBIDDEN);
    let write = json!({"data": {"name": "A", "gateways": []}});
    assert_eq!(api.body("PUT", &api.v2("/resources"), &token, write.clone()).await.status, StatusCode::FORBIDDEN);
    let tunnelled = json!({"verb": "put", "data": {"name": "A", "gateways": []}});
    assert_eq!(api.body("POST", &api.v2("/resources"), &token, tunnelled).await.status, StatusCode::FORBIDDEN);
    let told = api.get("/v2/token_auth", &token).await;
    assert!(told.data()["restrictions"]["GET"].is_array(), "{}", told.text);
    assert_eq!(api.delete("/v2/token_auth", &token).await.status, StatusCode::OK, "it may always be given back");
    let refused = json!({"api_key": api.own.account_token, "restrictions": {"fly": ["#"]}});
    assert_eq!(open(&api, "/v2/api_auth", refused).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_longest_restrictions_fit_into_a_token() {
    let api = Api::new().await;
    let mut patterns = vec!["x".repeat(190); 8];
    patterns.push("accounts/#".into());
    let token = restricted(&api, json!({"*": patterns})).await;
    assert_eq!(api.get(&api.v2("/resources"), &token).await.status, StatusCode::OK, "{}", token.len());
}

#[tokio::test]
async fn whose_a_token_is_is_told_to_whom_it_concerns() {
    let api = Api::new().await;
    let token = traded(&api, api.own.account_token).await;
    let path = format!("/v2/user_auth/{token}");
    for asker in [&token, ADMIN, api.own.account_token, api.own.provider_token] {
        let answer = api.get(&path, asker).await;
        assert_eq!((answer.status, &answer.data()["account_name"]), (StatusCode::OK, &json!("Own")), "{asker}");
    }
    let theirs = api.get(&path, api.other.account_token).await;
    let nobodys = api.get("/v2/user_auth/a.b.c", api.other.account_token).await;
    assert_eq!((theirs.status, theirs.data()), (StatusCode::NOT_FOUND, nobodys.data()));
    assert!(!theirs.text.contains(&token));
    assert_eq!(
        api.get(&format!("/v2/user_auth/{ADMIN}"), ADMIN).await.status,
        StatusCode::NOT_FOUND,
        "a key is no token"
    );
}

#[tokio::test]
async fn a_user_of_least_privilege_reads_and_sees_no_keys_and_no_users() {
    let api = Api::new().await;
    let id = ada(&api, json!({"priv_level": "user"})).await;
    let token = logged_in(&api).await;
    assert_eq!(api.get(&api.v2("/resources"), &token).await.status, StatusCode::OK);
    assert_eq!(api.get(&api.v2(&format!("/users/{id}")), &token).await.status, StatusCode::OK);
    for path in ["/users", "/api_keys", "/api_key", "/users/0e0681b0d49f4fb8b973b5a3c6758de1"] {
        assert_eq!(api.get(&api.v2(path), &token).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(api.get(&api.v1("/ApiKeys"), &token).await.status, StatusCode::FORBIDDEN);
    for (verb, path) in [("PUT", api.v2("/users")), ("PUT", api.v1("")), ("POST", "/v1/ApiKeys".into())] {
        let body = json!({"data": {"username": "eve"}});
        assert_eq!(api.body(verb, &path, &token, body).await.status, StatusCode::FORBIDDEN, "{verb} {path}");
    }
    assert_eq!(api.delete("/v2/token_auth", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_users_privilege_is_the_one_it_has_now() {
    let api = Api::new().await;
    let id = ada(&api, json!({"priv_level": "admin"})).await;
    let token = logged_in(&api).await;
    assert_eq!(api.get(&api.v2("/users"), &token).await.status, StatusCode::OK);
    let path = api.v2(&format!("/users/{id}"));
    assert_eq!(api.data("PATCH", &path, json!({"priv_level": "user"})).await.status, StatusCode::OK);
    assert_eq!(api.get(&api.v2("/users"), &token).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_inactive_account_sees_what_it_has_and_changes_nothing() {
    let api = Api::new().await;
    ada(&api, json!({"priv_level": "admin"})).await;
    let user = logged_in(&api).await;
    api.body("PUT", &api.v1(""), ADMIN, json!({"is_active": 0})).await;
    for token in [api.own.account_token, &user] {
        assert_eq!(api.get(&api.v2("/resources"), token).await.status, StatusCode::OK);
        let key = api.body("POST", "/v1/ApiKeys", token, json!({"account_sid": api.own.account})).await;
        assert_eq!(key.status, StatusCode::FORBIDDEN);
    }
    let by_provider = api.body("PUT", &api.v1(""), api.own.provider_token, json!({"is_active": 1})).await;
    assert_eq!(by_provider.status, StatusCode::NO_CONTENT);
    assert_eq!(api.data("PUT", &api.v2("/api_keys"), json!({})).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn guesses_at_one_account_are_limited_wherever_they_come_from() {
    let api = Api::with(|parts| parts.auth.failed_logins = 3).await;
    ada(&api, json!({})).await;
    let guess = async |account: &str, password: &str| {
        let data = json!({"credentials": credentials("ada", password), "account_name": account});
        open(&api, "/v2/user_auth", data).await.status
    };
    for _ in 0..3 {
        assert_eq!(guess("own", "wrong").await, StatusCode::UNAUTHORIZED);
        assert_eq!(guess("nowhere", "wrong").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(guess("own", "correct horse").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guess("nowhere", "wrong").await, StatusCode::TOO_MANY_REQUESTS, "it cannot be told apart");
    assert_eq!(guess("other", "wrong").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn log_ins_beyond_what_is_computed_at_once_are_told_to_come_back() {
    let api = Api::with(|parts| parts.auth.concurrent_hashes = 0).await;
    let data = json!({"credentials": credentials("ada", "x"), "account_name": "own"});
    let answer = open(&api, "/v2/user_auth", data).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
}

#[tokio::test]
async fn tokens_that_were_seen_go_on_while_the_store_is_away_and_others_are_not_refused_as_wrong() {
    let mut switched = None;
    let api = Api::with(|parts| {
        let store = SwitchedStore::new(Arc::clone(&parts.store));
        parts.store = Arc::clone(&store) as _;
        switched = Some(store);
    })
    .await;
    ada(&api, json!({})).await;
    let (seen, unseen) = (traded(&api, api.own.account_token).await, traded(&api, api.own.account_token).await);
    let user = logged_in(&api).await;
    let modules = "/v2/resource_selectors/modules";
    for token in [&seen, &user] {
        assert_eq!(api.get(modules, token).await.status, StatusCode::OK);
    }
    switched.unwrap().set_away(true);
    for token in [&seen, &user] {
        assert_eq!(api.get(modules, token).await.status, StatusCode::OK);
    }
    assert_eq!(api.get(modules, &unseen).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(api.get(modules, &format!("{seen}x")).await.status, StatusCode::UNAUTHORIZED, "that takes no store");
    let log_in = json!({"credentials": credentials("ada", "x"), "account_name": "own"});
    assert_eq!(open(&api, "/v2/user_auth", log_in).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(api.delete("/v2/token_auth", &seen).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(api.get(modules, &seen).await.status, StatusCode::OK, "what could not be written down has not happened");
}

#[tokio::test]
async fn a_key_that_is_used_says_when() {
    tokio::time::pause();
    let api = Api::new().await;
    api.get(&api.v1(""), api.own.account_token).await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    let key = Key::new(Owner::System, Kind::ApiKey, stored_id(api.own.account_token));
    let stored = strowger_store::Store::get(&*api.store, &key).await.unwrap().unwrap();
    assert!(stored.body["last_used"].is_string(), "{}", stored.body);
    assert_eq!(api.get(&api.v1(""), api.own.account_token).await.status, StatusCode::OK);
}
