//! What an installation tells of itself, and asks of passwords.

use http::StatusCode;
use serde_json::{Value, json};

use super::harness::{ADMIN, Api};

#[tokio::test]
async fn administrators_say_what_the_installation_tells_of_itself() {
    let api = Api::new().await;
    let told = api.get("/v1/SystemInformation", api.own.account_token).await.json();
    assert!(told.as_object().unwrap().values().all(Value::is_null), "{told}");
    let domains = json!({"domain_name": "voice.example", "sip_domain_name": "sip.voice.example"});
    let refused = api.body("POST", "/v1/SystemInformation", api.own.provider_token, domains.clone()).await;
    assert_eq!((refused.status, &refused.json()["msg"]), (StatusCode::FORBIDDEN, &json!("insufficient privileges")));
    assert_eq!(api.body("POST", "/v1/SystemInformation", ADMIN, domains).await.status, StatusCode::CREATED);
    let changed = api.body("POST", "/v1/SystemInformation", ADMIN, json!({"log_level": "info"})).await.json();
    assert_eq!((&changed["domain_name"], &changed["log_level"]), (&json!("voice.example"), &json!("info")));
    assert_eq!(api.get("/v1/SystemInformation", api.own.account_token).await.json(), changed);
}

#[tokio::test]
async fn a_new_password_is_as_the_installation_wants_it() {
    let api = Api::new().await;
    let user = async |name: &str, password: &str| {
        let user = json!({"data": {"username": name, "password": password}});
        api.body("PUT", &api.v2("/users"), api.own.account_token, user).await
    };
    assert_eq!(user("ada", "longenough").await.status, StatusCode::CREATED);
    let usual = api.get("/v1/PasswordSettings", api.own.account_token).await.json();
    assert_eq!(usual, json!({"min_password_length": 8, "require_digit": 0, "require_special_character": 0}));
    let rules = json!({"min_password_length": 10, "require_digit": 1});
    let set = api.body("POST", "/v1/PasswordSettings", ADMIN, rules).await;
    assert_eq!((set.status, set.json()), (StatusCode::CREATED, json!({})));
    let refused = user("bob", "longenough").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    assert_eq!(refused.data()["password"]["require_digit"]["message"], "String must contain a digit");
    assert_eq!(user("bob", "longenough7").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn addresses_are_those_of_the_service_provider_or_of_all() {
    let api = Api::new().await;
    let add = async |body: Value| api.body("POST", "/v1/Sbcs", ADMIN, body).await;
    let seen = async |token: &str, query: &str| -> Vec<String> {
        let listed = api.get(&format!("/v1/Sbcs{query}"), token).await.json();
        listed.as_array().unwrap().iter().map(|sbc| sbc["ipv4"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(add(json!({"ipv4": "192.0.2.1"})).await.status, StatusCode::CREATED);
    let own = add(json!({"ipv4": "192.0.2.2", "service_provider_sid": api.own.provider})).await;
    for token in [api.own.provider_token, api.own.account_token] {
        assert_eq!(seen(token, "").await, ["192.0.2.2"]);
    }
    assert_eq!(seen(api.other.account_token, "").await, ["192.0.2.1"]);
    assert_eq!(seen(ADMIN, &format!("?service_provider_sid={}", api.own.provider)).await, ["192.0.2.2"]);
    let path = format!("/v1/Sbcs/{}", own.json()["sid"].as_str().unwrap());
    assert_eq!(api.send("DELETE", &path, ADMIN, b"").await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.send("DELETE", &path, ADMIN, b"").await.status, StatusCode::NOT_FOUND);
    assert_eq!(seen(api.own.account_token, "").await, ["192.0.2.1"]);
    let nobody =
        add(json!({"ipv4": "192.0.2.3", "service_provider_sid": "0e0681b0-d49f-4fb8-b973-b5a3c6758de1"})).await;
    assert_eq!(nobody.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_webhook_is_read_by_whose_it_is() {
    let api = Api::new().await;
    let hook = json!({"url": "https://app.example/call", "method": "get", "username": "u", "password": "p"});
    let made = api.body("POST", "/v1/Webhooks", api.own.account_token, hook).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let path = format!("/v1/Webhooks/{}", made.json()["sid"].as_str().unwrap());
    for token in [ADMIN, api.own.provider_token, api.own.account_token] {
        let read = api.get(&path, token).await.json();
        assert_eq!((&read["url"], &read["method"]), (&json!("https://app.example/call"), &json!("GET")));
        assert_eq!(read["webhook_sid"], made.json()["sid"]);
    }
    assert_eq!(api.get(&path, api.other.account_token).await.status, StatusCode::NOT_FOUND);
    let bad = api.body("POST", "/v1/Webhooks", api.own.account_token, json!({"url": "/relative"})).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}
