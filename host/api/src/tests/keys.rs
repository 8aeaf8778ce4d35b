//! `/v1/ApiKeys`, and what a key is worth when it is gone.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_model::api_key::stored_id;
use strowger_store::{Expect, Key, Kind, StoreExt};

use super::harness::{ADMIN, Api};
use crate::{bootstrap_admin_key, needs_admin_key};

async fn issued(api: &Api, token: &str, body: Value) -> (String, String) {
    let answer = api.body("POST", "/v1/ApiKeys", token, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
    (text("sid"), text("token"))
}

#[tokio::test]
async fn a_key_opens_until_it_is_deleted() {
    let api = Api::new().await;
    let (sid, token) = issued(&api, api.own.account_token, json!({"account_sid": api.own.account})).await;
    assert_eq!(api.get(&api.v1(""), &token).await.status, StatusCode::OK);
    assert_eq!(api.delete(&format!("/v1/ApiKeys/{sid}"), &token).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&api.v1(""), &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_that_another_node_deletes_opens_nothing_soon() {
    let api = Api::new().await;
    assert_eq!(api.get(&api.v1(""), api.own.account_token).await.status, StatusCode::OK);
    let key = Key::new(Owner::System, Kind::ApiKey, stored_id(api.own.account_token));
    api.store.delete(key, Expect::Present).await.unwrap();
    // The feed is followed by a task of its own; it runs when this one waits.
    tokio::task::yield_now().await;
    assert_eq!(api.get(&api.v1(""), api.own.account_token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_account_that_moves_is_its_old_providers_no_more() {
    let api = Api::new().await;
    assert_eq!(api.get(&api.v1(""), api.own.provider_token).await.status, StatusCode::OK);
    let key = Key::new(Owner::System, Kind::Account, api.own.account.hex());
    let mut account = api.store.all(Owner::System, Kind::Account).await.unwrap();
    account.retain(|document| document.key == key);
    let mut body = account.remove(0).body;
    body["service_provider_sid"] = json!(api.other.provider);
    api.store.put(key, body, Expect::Present).await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(api.get(&api.v1(""), api.own.provider_token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(api.get(&api.v1(""), api.other.provider_token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_list_never_shows_a_token() {
    let api = Api::new().await;
    let (sid, token) = issued(&api, ADMIN, json!({"account_sid": api.own.account})).await;
    let answer = api.get(&api.v1("/ApiKeys"), api.own.account_token).await;
    assert!(!answer.text.contains(&token) && !answer.text.contains(&stored_id(&token)), "{}", answer.text);
    let list = answer.json();
    let row = list.as_array().unwrap().iter().find(|row| row["api_key_sid"] == sid.as_str()).unwrap();
    assert_eq!((&row["token"], &row["account_sid"]), (&json!("********"), &json!(api.own.account.hyphenated())));
    assert_eq!(list.as_array().unwrap().len(), 2, "the account's own keys only");
}

#[tokio::test]
async fn nobody_makes_a_key_that_opens_more_than_their_own() {
    let api = Api::new().await;
    let admin = json!({});
    let own_account = json!({"account_sid": api.own.account});
    let own_provider = json!({"service_provider_sid": api.own.provider});
    let other_account = json!({"account_sid": api.other.account});
    let other_provider = json!({"service_provider_sid": api.other.provider});
    let to_admin = "service provider token may not be used to create admin token";
    let to_provider = "a service provider token can only be used to create tokens for the same service provider";
    let to_account = "an account level token can only be used to create account level tokens for the same account";
    for (token, body, refusal) in [
        (ADMIN, &admin, None),
        (ADMIN, &own_provider, None),
        (ADMIN, &other_account, None),
        (api.own.provider_token, &own_account, None),
        (api.own.provider_token, &own_provider, None),
        (api.own.account_token, &own_account, None),
        (api.own.provider_token, &admin, Some(to_admin)),
        (api.own.provider_token, &other_provider, Some(to_provider)),
        (api.own.provider_token, &other_account, Some(to_provider)),
        (api.own.account_token, &admin, Some(to_account)),
        (api.own.account_token, &own_provider, Some(to_account)),
        (api.own.account_token, &other_account, Some(to_account)),
    ] {
        let answer = api.body("POST", "/v1/ApiKeys", token, body.clone()).await;
        assert_eq!(answer.json()["msg"].as_str(), refusal, "{token} {body}");
        let expected = if refusal.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::CREATED };
        assert_eq!(answer.status, expected, "{token} {body}");
    }
}

#[tokio::test]
async fn a_foreign_key_answers_like_one_that_does_not_exist() {
    let api = Api::new().await;
    let (theirs, _) = issued(&api, ADMIN, json!({"account_sid": api.other.account})).await;
    let (admins, _) = issued(&api, ADMIN, json!({})).await;
    let nobodys = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1";
    for token in [api.own.account_token, api.own.provider_token] {
        let mut answers = Vec::new();
        for sid in [theirs.as_str(), admins.as_str(), nobodys] {
            let answer = api.delete(&format!("/v1/ApiKeys/{sid}"), token).await;
            answers.push((answer.status, answer.json()));
        }
        assert_eq!(answers[0].0, StatusCode::BAD_REQUEST);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
    assert_eq!(api.delete(&format!("/v1/ApiKeys/{nobodys}"), ADMIN).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.delete(&format!("/v1/ApiKeys/{theirs}"), ADMIN).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_end_that_is_no_date_is_refused() {
    let api = Api::new().await;
    let answer = api.body("POST", "/v1/ApiKeys", ADMIN, json!({"expires_at": "tomorrow"})).await;
    assert_eq!(
        (answer.status, &answer.json()["msg"]),
        (StatusCode::BAD_REQUEST, &json!("expires_at must be an RFC 2822 date"))
    );
}

#[tokio::test]
async fn the_first_admin_key_is_made_once() {
    let store = strowger_store::MemoryStore::new();
    assert!(needs_admin_key(&*store).await.unwrap());
    assert!(bootstrap_admin_key(&*store, "a-long-admin-key").await.unwrap());
    assert!(!bootstrap_admin_key(&*store, "a-long-admin-key").await.unwrap());
    assert!(!needs_admin_key(&*store).await.unwrap());
    assert!(bootstrap_admin_key(&*store, "one").await.is_err());
    assert!(bootstrap_admin_key(&*store, "with a space in it").await.is_err());
}

#[tokio::test]
async fn the_bootstrapped_key_opens_everything() {
    let api = Api::new().await;
    bootstrap_admin_key(&*api.store, "the-operators-own-key").await.unwrap();
    assert_eq!(api.get("/v2/resources", "the-operators-own-key").await.status, StatusCode::OK);
}
