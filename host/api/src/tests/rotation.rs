//! Keys that get another token.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_store::{Kind, StoreExt};

use super::harness::{ADMIN, Api};
use super::sessions::{issued, open};

async fn made(api: &Api) -> (String, String) {
    let key = api.data("PUT", &api.v2("/api_keys"), json!({})).await.data();
    let text = |name: &str| key[name].as_str().unwrap().to_owned();
    (text("id"), text("api_key"))
}

async fn rotated(api: &Api, id: &str, data: Value) -> String {
    let answer = api.data("POST", &api.v2(&format!("/api_keys/{id}/rotate")), data).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.data()["api_key"].as_str().unwrap().to_owned()
}

async fn opens(api: &Api, token: &str) -> bool {
    api.get(&api.v2("/resources"), token).await.status == StatusCode::OK
}

#[tokio::test]
async fn a_key_of_v2_has_64_characters_and_one_of_v1_is_a_uuid() {
    let api = Api::new().await;
    let (_, token) = made(&api).await;
    assert_eq!((token.len(), opens(&api, &token).await), (64, true));
    let v1 = api.body("POST", "/v1/ApiKeys", ADMIN, json!({"account_sid": api.own.account})).await.json();
    assert_eq!(v1["token"].as_str().unwrap().len(), 36);
    issued(&open(&api, "/v2/api_auth", json!({"api_key": v1["token"]})).await);
}

#[tokio::test]
async fn a_rotated_key_opens_with_its_next_token_only() {
    let api = Api::new().await;
    let (id, first) = made(&api).await;
    let session = issued(&open(&api, "/v2/api_auth", json!({"api_key": first})).await);
    let second = rotated(&api, &id, json!({})).await;
    assert!(!opens(&api, &first).await && opens(&api, &second).await);
    assert!(!opens(&api, &session).await, "what the old token was traded for ends with it");
    let by_v1 = api.body("POST", &format!("/v1/ApiKeys/{id}/rotate"), &second, json!({})).await;
    assert_eq!(by_v1.status, StatusCode::CREATED, "{}", by_v1.text);
    assert!(!opens(&api, &second).await && opens(&api, by_v1.json()["token"].as_str().unwrap()).await);
}

#[tokio::test]
async fn a_token_goes_on_for_its_grace() {
    let api = Api::new().await;
    let (id, first) = made(&api).await;
    let session = issued(&open(&api, "/v2/api_auth", json!({"api_key": first})).await);
    let second = rotated(&api, &id, json!({"grace_s": 60})).await;
    assert!(opens(&api, &first).await && opens(&api, &second).await && opens(&api, &session).await);
    let listed = api.get(&api.v2("/api_keys"), ADMIN).await.data();
    assert_eq!(listed.as_array().unwrap().len(), 2, "it is one key: {listed}");
    let third = rotated(&api, &id, json!({"grace_s": 60})).await;
    assert!(!opens(&api, &first).await && !opens(&api, &session).await, "only one token before goes on");
    assert!(opens(&api, &second).await && opens(&api, &third).await);
    assert_eq!(api.delete(&api.v2(&format!("/api_keys/{id}")), ADMIN).await.status, StatusCode::OK);
    assert!(!opens(&api, &second).await && !opens(&api, &third).await, "a deleted key has no grace");
}

#[tokio::test]
async fn a_grace_has_bounds() {
    let api = Api::new().await;
    let (id, _) = made(&api).await;
    for grace in [json!(604_801), json!(-1), json!("soon"), json!(1.5)] {
        let v2 = api.data("POST", &api.v2(&format!("/api_keys/{id}/rotate")), json!({"grace_s": grace})).await;
        assert_eq!(v2.status, StatusCode::BAD_REQUEST, "{grace}: {}", v2.text);
        let v1 = api.body("POST", &format!("/v1/ApiKeys/{id}/rotate"), ADMIN, json!({"grace_s": grace})).await;
        assert_eq!(v1.status, StatusCode::BAD_REQUEST, "{grace}: {}", v1.text);
    }
}

#[tokio::test]
async fn a_foreign_key_is_not_rotated() {
    let api = Api::new().await;
    let body = json!({"account_sid": api.other.account});
    let theirs = api.body("POST", "/v1/ApiKeys", ADMIN, body).await.json()["sid"].as_str().unwrap().to_owned();
    let nobodys = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1";
    let mut answers = Vec::new();
    for sid in [theirs.as_str(), nobodys] {
        let v1 = api.body("POST", &format!("/v1/ApiKeys/{sid}/rotate"), api.own.account_token, json!({})).await;
        let v2 = api.data("POST", &api.v2(&format!("/api_keys/{sid}/rotate")), json!({})).await;
        answers.push((v1.status, v1.json(), v2.status));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!((answers[0].0, answers[0].2), (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn the_key_without_an_id_is_made_replaced_and_removed() {
    let api = Api::new().await;
    let path = api.v2("/api_key");
    assert_eq!(api.get(&path, ADMIN).await.status, StatusCode::NOT_FOUND);
    let replace =
        async |verb: &str| api.data(verb, &path, json!({})).await.data()["api_key"].as_str().unwrap().to_owned();
    let first = replace("PUT").await;
    assert!(opens(&api, &first).await);
    let second = replace("POST").await;
    assert!(!opens(&api, &first).await && opens(&api, &second).await);
    let shown = api.get(&path, api.own.account_token).await;
    assert_eq!((shown.status, shown.text.contains(&second)), (StatusCode::OK, false));
    assert_eq!(api.delete(&path, api.own.account_token).await.status, StatusCode::OK);
    assert!(!opens(&api, &second).await);
    assert!(opens(&api, &replace("PUT").await).await);
}

#[tokio::test]
async fn keys_are_listed_by_whose_they_are() {
    let api = Api::new().await;
    made(&api).await;
    let count = |answer: super::harness::Answer| answer.json().as_array().map(Vec::len);
    assert_eq!(count(api.get(&api.v1("/ApiKeys"), ADMIN).await), Some(2));
    let path = format!("/v1/ServiceProviders/{}/ApiKeys", api.own.provider);
    assert_eq!(count(api.get(&path, api.own.provider_token).await), Some(1));
    for token in [api.own.account_token, api.other.provider_token] {
        assert_eq!(api.get(&path, token).await.status, StatusCode::FORBIDDEN);
    }
    let accounts = format!("/v1/ServiceProviders/{}/Accounts", api.own.provider);
    assert_eq!(count(api.get(&accounts, api.own.provider_token).await), Some(1));
}

#[tokio::test]
async fn an_accounts_end_is_the_end_of_its_keys_and_of_what_lies_below_it() {
    let api = Api::new().await;
    let (id, first) = made(&api).await;
    let second = rotated(&api, &id, json!({"grace_s": 60})).await;
    let main = api.data("PUT", &api.v2("/api_key"), json!({})).await.data()["api_key"].as_str().unwrap().to_owned();
    assert_eq!(api.delete(&api.v2(""), api.own.account_token).await.status, StatusCode::OK);
    for token in [&first, &second, &main] {
        assert_eq!(api.get(&api.v2("/resources"), token).await.status, StatusCode::UNAUTHORIZED);
    }
    let jobs = api.store.all(Owner::System, Kind::Job).await.unwrap();
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].body["account"], api.own.account.hex());
    let left = api.store.all(Owner::System, Kind::Index).await.unwrap();
    assert!(
        left.iter().all(|entry| !entry.key.id.contains(&id) && !entry.key.id.starts_with("main_api_key")),
        "{left:?}"
    );
}
