//! Rates: of a key, of an account, of failures from an address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;
use strowger_model::Rate;

use super::harness::{ADMIN, Answer, Api};
use crate::RequestRates;
use crate::transport::peer::Peer;

const UNLIMITED: RequestRates = RequestRates { per_key: None, per_account: None, failures: None };

async fn limited(rates: RequestRates) -> Api {
    Api::with(|parts| parts.rates = rates).await
}

/// Slow enough that nothing is let through again while a test runs.
fn slow(burst: u32) -> Option<Rate> {
    Rate::new(1, burst)
}

async fn ask(api: &Api, token: &str) -> Answer {
    api.get(&api.v2("/resources"), token).await
}

fn left(answer: &Answer) -> (&str, &str) {
    (answer.header("ratelimit-limit"), answer.header("ratelimit-remaining"))
}

#[tokio::test]
async fn every_answer_to_a_known_caller_tells_what_is_left() {
    let api = limited(RequestRates { per_key: slow(10), ..UNLIMITED }).await;
    let token = api.own.account_token;
    assert_eq!(left(&ask(&api, token).await), ("10", "9"));
    assert_eq!(left(&api.get(&api.v1("/Calls"), token).await), ("10", "8"));
    let refused = api.get(&format!("/v2/accounts/{}/resources", api.other.account), token).await;
    assert_eq!((refused.status, left(&refused)), (StatusCode::FORBIDDEN, ("10", "7")));
    assert_eq!(refused.header("ratelimit-reset"), "3");
    assert_eq!(left(&ask(&api, "nobodys-token").await), ("", ""));
}

#[tokio::test]
async fn no_limit_is_nothing_to_tell() {
    let api = limited(UNLIMITED).await;
    assert_eq!(left(&ask(&api, api.own.account_token).await), ("", ""));
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_when_to_come_back() {
    let api = limited(RequestRates { per_key: slow(1), ..UNLIMITED }).await;
    let token = api.own.account_token;
    assert_eq!(ask(&api, token).await.status, StatusCode::OK);
    let v2 = ask(&api, token).await;
    assert_eq!((v2.status, left(&v2), v2.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, ("1", "0"), "1"));
    assert_eq!(v2.header("ratelimit-reset"), v2.header("retry-after"));
    let told = v2.json();
    assert_eq!((&told["status"], &told["error"]), (&json!("error"), &json!("429")));
    assert_eq!(told["message"], "too_many_requests");
    let v1 = api.get(&api.v1(""), token).await;
    assert_eq!((v1.status, v1.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert_eq!(v1.json(), json!({"msg": "too many requests"}));
    assert_eq!(ask(&api, api.own.provider_token).await.status, StatusCode::OK, "another key");
}

#[tokio::test]
async fn the_body_of_one_request_too_many_is_not_read() {
    let api = limited(RequestRates { per_key: slow(1), ..UNLIMITED }).await;
    ask(&api, api.own.account_token).await;
    let endless = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
    let request =
        Request::put(api.v2("/resources")).header("x-auth-token", api.own.account_token).body(endless).unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(5), api.request(request)).await.unwrap();
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_keys_of_an_account_share_its_rate() {
    let api = limited(RequestRates { per_account: slow(2), ..UNLIMITED }).await;
    let body = json!({"account_sid": api.own.account});
    let second = api.body("POST", "/v1/ApiKeys", ADMIN, body).await.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(left(&ask(&api, api.own.account_token).await), ("2", "1"));
    assert_eq!(left(&ask(&api, &second).await), ("2", "0"));
    assert_eq!(ask(&api, api.own.account_token).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask(&api, &second).await.status, StatusCode::TOO_MANY_REQUESTS);
    let other = format!("/v2/accounts/{}/resources", api.other.account);
    assert_eq!(api.get(&other, api.other.account_token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_over_its_rate_leaves_its_account_alone() {
    let api = limited(RequestRates { per_key: slow(1), per_account: slow(3), ..UNLIMITED }).await;
    for _ in 0..5 {
        ask(&api, api.own.account_token).await;
    }
    let body = json!({"account_sid": api.own.account});
    let second = api.body("POST", "/v1/ApiKeys", ADMIN, body).await.json()["token"].as_str().unwrap().to_owned();
    let answer = ask(&api, &second).await;
    assert_eq!((answer.status, left(&answer)), (StatusCode::OK, ("1", "0")));
}

#[tokio::test]
async fn an_administrator_sets_the_rate_of_an_account_and_nobody_else_does() {
    let api = limited(RequestRates { per_account: slow(2), ..UNLIMITED }).await;
    let rate = json!({"rate_limit": {"requests_per_second": 1, "burst": 50}});
    for token in [api.own.account_token, api.own.provider_token] {
        let refused = api.body("PUT", &api.v1(""), token, rate.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{token}: {}", refused.text);
    }
    assert_eq!(api.body("PUT", &api.v1(""), ADMIN, rate).await.status, StatusCode::NO_CONTENT);
    assert_eq!(left(&ask(&api, api.own.account_token).await), ("50", "49"));
    assert_eq!(api.body("PUT", &api.v1(""), ADMIN, json!({"rate_limit": null})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(left(&ask(&api, api.own.account_token).await).0, "2");
}

#[tokio::test]
async fn a_key_may_have_a_rate_of_its_own_that_is_not_above_the_installations() {
    let api = limited(RequestRates { per_key: slow(10), ..UNLIMITED }).await;
    let made = async |token: &str, burst: u32| {
        let rate = json!({"requests_per_second": 1, "burst": burst});
        api.body("POST", "/v1/ApiKeys", token, json!({"account_sid": api.own.account, "rate_limit": rate})).await
    };
    let lower = made(api.own.account_token, 5).await.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(left(&ask(&api, &lower).await), ("5", "4"));
    assert_eq!(made(api.own.account_token, 11).await.status, StatusCode::BAD_REQUEST);
    let higher = made(ADMIN, 11).await.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(left(&ask(&api, &higher).await), ("11", "10"));
}

#[tokio::test]
async fn each_node_lets_its_share_through() {
    let rates = RequestRates { per_key: slow(8), ..UNLIMITED };
    let api = Api::with(|parts| {
        parts.rates = rates;
        parts.live_nodes = Arc::new(|| 4);
    })
    .await;
    assert_eq!(left(&ask(&api, api.own.account_token).await), ("2", "1"));
}

async fn from(api: &Api, address: &str, token: &str, forwarded: &str) -> StatusCode {
    let mut request = Request::get(api.v2("/resources"))
        .header("x-auth-token", token)
        .header("x-forwarded-for", forwarded)
        .body(Body::empty())
        .unwrap();
    request.extensions_mut().insert(Peer(address.parse::<IpAddr>().unwrap()));
    api.request(request).await.status
}

#[tokio::test]
async fn an_address_that_keeps_guessing_is_not_heard() {
    let api = limited(RequestRates { failures: slow(3), ..UNLIMITED }).await;
    let (guesser, neighbour) = ("192.0.2.7", "192.0.2.8");
    for _ in 0..3 {
        assert_eq!(from(&api, guesser, "guess", "").await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(from(&api, guesser, "guess", "").await, StatusCode::TOO_MANY_REQUESTS);
    let right = from(&api, guesser, api.own.account_token, "").await;
    assert_eq!(right, StatusCode::TOO_MANY_REQUESTS, "a right guess looks like a wrong one");
    assert_eq!(from(&api, guesser, "guess", "198.51.100.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(from(&api, neighbour, api.own.account_token, "").await, StatusCode::OK);
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_told_apart() {
    let api = Api::with(|parts| {
        parts.rates = RequestRates { failures: slow(1), ..UNLIMITED };
        parts.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    })
    .await;
    assert_eq!(from(&api, "10.0.0.1", "guess", "192.0.2.7").await, StatusCode::UNAUTHORIZED);
    assert_eq!(from(&api, "10.0.0.1", "guess", "192.0.2.7").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(from(&api, "10.0.0.1", api.own.account_token, "192.0.2.8").await, StatusCode::OK);
}

#[tokio::test]
async fn who_sends_no_token_guesses_none() {
    let api = limited(RequestRates { failures: slow(1), ..UNLIMITED }).await;
    for _ in 0..20 {
        let mut request = Request::get(api.v2("/resources")).body(Body::empty()).unwrap();
        request.extensions_mut().insert(Peer("192.0.2.7".parse::<IpAddr>().unwrap()));
        assert_eq!(api.request(request).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn log_ins_are_counted_with_guesses_of_keys() {
    let api = limited(RequestRates { failures: slow(2), ..UNLIMITED }).await;
    let log_in = async || {
        let body = r#"{"data": {"credentials": "00000000000000000000000000000000", "account_name": "Own"}}"#;
        let mut request = Request::put("/v2/user_auth").body(Body::from(body)).unwrap();
        request.extensions_mut().insert(Peer("192.0.2.7".parse::<IpAddr>().unwrap()));
        api.request(request).await.status
    };
    assert_eq!(log_in().await, StatusCode::UNAUTHORIZED);
    assert_eq!(from(&api, "192.0.2.7", "guess", "").await, StatusCode::UNAUTHORIZED);
    assert_eq!(log_in().await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn who_has_a_good_token_never_fails() {
    let api = limited(RequestRates { failures: slow(1), ..UNLIMITED }).await;
    for _ in 0..20 {
        assert_eq!(from(&api, "192.0.2.7", api.own.account_token, "").await, StatusCode::OK);
    }
}
