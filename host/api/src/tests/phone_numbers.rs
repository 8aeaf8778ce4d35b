//! `/phone_numbers`, and logging in by a number.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::Secret;

use super::harness::{ADMIN, Api, carrier};
use super::number_jobs::{complete, worker};
use crate::auth::Method;

/// An installation whose own account has these numbers.
async fn with_numbers(numbers: &[&str]) -> Api {
    let api = Api::new().await;
    let mut data = carrier("Carrier");
    data["id"] = json!("own");
    let _ = api.data("PUT", &api.v2("/resources"), data).await;
    let _worker = worker(&api).await;
    let made = api.data("PUT", &api.v2("/resources/jobs"), json!({"numbers": numbers, "resource_id": "own"})).await;
    complete(&api, made.header("location"), api.own.account_token).await;
    api
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_number_is_read_in_every_spelling() {
    let api = with_numbers(&["+14158867900", "+442079460000"]).await;
    for spelled in ["+14158867900", "%2B14158867900", "14158867900", "4158867900"] {
        let answer = api.get(&api.v2(&format!("/phone_numbers/{spelled}")), api.own.account_token).await;
        assert_eq!((answer.status, &answer.data()["id"]), (StatusCode::OK, &json!("+14158867900")), "{spelled}");
        assert_eq!((&answer.data()["state"], &answer.data()["resource_id"]), (&json!("reserved"), &json!("own")));
        assert!(answer.data().get("account_id").is_none() && !answer.header("etag").is_empty());
    }
    for spelled in ["+14158867901", "nonsense", "911", "classifiers"] {
        let answer = api.get(&api.v2(&format!("/phone_numbers/{spelled}")), api.own.account_token).await;
        assert_eq!((answer.status, &answer.data()["cause"]), (StatusCode::NOT_FOUND, &json!(spelled)));
    }
}

#[tokio::test]
async fn numbers_are_listed_page_by_page_and_filtered() {
    let api = with_numbers(&["+14158867900", "+14158867901", "+442079460000"]).await;
    let list = async |query: &str| api.get(&api.v2(&format!("/phone_numbers{query}")), api.own.account_token).await;
    assert_eq!(ids(&list("?ascending=true").await.data()), ["+14158867900", "+14158867901", "+442079460000"]);
    let page = list("?page_size=2").await;
    assert_eq!(ids(&page.data()), ["+442079460000", "+14158867901"]);
    let next = page.json()["next_start_key"].as_str().unwrap().to_owned();
    assert_eq!(ids(&list(&format!("?start_key={next}")).await.data()), ["+14158867900"]);
    assert_eq!(ids(&list("?filter_resource_id=own").await.data()).len(), 3);
    assert_eq!(list("?filter_resource_id=else").await.data(), json!([]));
    assert_eq!(api.get("/v2/phone_numbers", ADMIN).await.data(), json!([]), "those of the pool");
}

#[tokio::test]
async fn an_administrator_is_told_whose_a_number_is() {
    let api = with_numbers(&["+14158867900"]).await;
    let answer = api.get("/v2/phone_numbers/14158867900", ADMIN).await;
    assert_eq!(answer.data()["account_id"], json!(api.own.account.hex()));
    assert_eq!(api.get("/v2/phone_numbers/14158867900", api.own.account_token).await.status, StatusCode::FORBIDDEN);
    let theirs = format!("/v2/accounts/{}/phone_numbers/14158867900", api.other.account);
    assert_eq!(api.get(&theirs, api.other.account_token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.delete(&theirs, api.other.account_token).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_number_is_given_back() {
    let api = with_numbers(&["+14158867900"]).await;
    let path = api.v2("/phone_numbers/14158867900");
    let answer = api.delete(&path, api.own.account_token).await;
    assert_eq!((answer.status, &answer.data()["_read_only"]["deleted"]), (StatusCode::OK, &json!(true)));
    for (path, token) in [(path.as_str(), api.own.account_token), ("/v2/phone_numbers/14158867900", ADMIN)] {
        assert_eq!(api.get(path, token).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(api.delete(&path, api.own.account_token).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_user_logs_in_by_a_number_of_the_account() {
    let api = with_numbers(&["+14158867900"]).await;
    let user = json!({"username": "ada", "password": "correct horse", "first_name": "A", "last_name": "B"});
    let made = api.data("PUT", &api.v2("/users"), user).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let digest = Method::Md5.digest("ada", &Secret::new("correct horse")).expose().to_owned();
    let log_in = async |number: &str| {
        let data = json!({"credentials": digest, "phone_number": number});
        api.body("PUT", "/v2/user_auth", "", json!({ "data": data })).await
    };
    for number in ["+14158867900", "4158867900"] {
        let answer = log_in(number).await;
        assert_eq!((answer.status, &answer.data()["account_id"]), (StatusCode::CREATED, &json!(api.own.account.hex())));
    }
    assert_eq!(log_in("+14158867901").await.status, StatusCode::UNAUTHORIZED);
}
