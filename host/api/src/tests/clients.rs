//! `/v1/Clients`.

use http::StatusCode;
use serde_json::json;

use super::harness::{ADMIN, Api};

#[tokio::test]
async fn a_sip_user_is_made_read_changed_and_removed() {
    let api = Api::new().await;
    let token = api.own.account_token;
    let made = api.body("POST", "/v1/Clients", token, json!({"username": "Desk", "password": "DrWoody"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let path = format!("/v1/Clients/{}", made.json()["sid"].as_str().unwrap());
    let change = json!({"username": "desk", "is_active": 0});
    assert_eq!(api.body("PUT", &path, token, change).await.status, StatusCode::NO_CONTENT);
    for read in [api.get(&path, ADMIN).await.json(), api.get("/v1/Clients", token).await.json()[0].clone()] {
        assert_eq!((&read["username"], &read["password"]), (&json!("desk"), &json!("DXXXXXXX")));
        assert_eq!((&read["is_active"], &read["allow_direct_app_calling"]), (&json!(0), &json!(1)));
        assert_eq!(read["account_sid"], api.own.account.hyphenated());
    }
    assert_eq!(api.send("DELETE", &path, token, b"").await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path, token).await.status, StatusCode::NOT_FOUND);
    let again = api.body("POST", "/v1/Clients", token, json!({"username": "desk"})).await;
    assert_eq!(again.status, StatusCode::CREATED, "its name is free again: {}", again.text);
}

#[tokio::test]
async fn a_name_is_that_of_one_user_of_an_account_whatever_its_case() {
    let api = Api::new().await;
    let make = async |token, name: &str| api.body("POST", "/v1/Clients", token, json!({"username": name})).await;
    assert_eq!(make(api.own.account_token, "desk").await.status, StatusCode::CREATED);
    assert_eq!(make(api.other.account_token, "desk").await.status, StatusCode::CREATED);
    let twice = make(api.own.account_token, "DESK").await;
    assert_eq!(
        (twice.status, &twice.json()["msg"]),
        (StatusCode::BAD_REQUEST, &json!("the client's username already exists"))
    );
    let other = make(api.own.account_token, "lobby").await.json();
    let path = format!("/v1/Clients/{}", other["sid"].as_str().unwrap());
    let taken = api.body("PUT", &path, api.own.account_token, json!({"username": "Desk"})).await;
    assert_eq!(
        (taken.status, &taken.json()["msg"]),
        (StatusCode::BAD_REQUEST, &json!("the client's username already exists"))
    );
}

#[tokio::test]
async fn who_is_above_accounts_names_one_of_its_own() {
    let api = Api::new().await;
    let make = async |token, body| api.body("POST", "/v1/Clients", token, body).await;
    let unnamed = make(ADMIN, json!({"username": "desk"})).await;
    assert_eq!(unnamed.json()["msg"], "missing required field: 'account_sid'");
    let foreign = make(api.own.provider_token, json!({"username": "desk", "account_sid": api.other.account})).await;
    assert_eq!((foreign.status, &foreign.json()["msg"]), (StatusCode::FORBIDDEN, &json!("insufficient privileges")));
    let own = make(api.own.provider_token, json!({"username": "desk", "account_sid": api.own.account})).await;
    assert_eq!(own.status, StatusCode::CREATED);
}
