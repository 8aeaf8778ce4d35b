//! Who may do what: every endpoint of both tables, asked by everybody.

mod isolation;
mod matrix;
mod world;
mod written;

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::AccountId;

use super::harness::{ADMIN, Answer, Api};
use crate::{v1, v2};

/// Every endpoint that needs a token: where its table lies, its path, its verb.
pub(super) fn routes() -> Vec<(&'static str, &'static str, &'static str)> {
    let v2 = v2::ROUTES
        .iter()
        .flat_map(|route| route.endpoints.0.iter().map(|endpoint| ("/v2", route.path, endpoint.verb.name())));
    let v1 = v1::ROUTES
        .iter()
        .flat_map(|route| route.endpoints.0.iter().map(|endpoint| ("/v1", route.path, endpoint.verb.name())));
    v2.chain(v1).collect()
}

/// A path of a table with its parts filled in.
pub(super) fn filled(api: &Api, prefix: &str, pattern: &str, account: AccountId) -> String {
    let mut path = format!("{prefix}{pattern}");
    let some_sid = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1";
    for (part, value) in [
        ("{account}", account.hex()),
        ("{provider}", api.own.provider.to_string()),
        ("{application}", some_sid.into()),
        ("{call}", some_sid.into()),
        ("{key}", some_sid.into()),
        ("{message}", some_sid.into()),
        ("{client}", some_sid.into()),
        ("{sbc}", some_sid.into()),
        ("{webhook}", some_sid.into()),
        ("{phone_number}", some_sid.into()),
        ("{voip_carrier}", some_sid.into()),
        ("{sip_gateway}", some_sid.into()),
        ("{queue}", "Sales".into()),
        ("{conference}", "Standup".into()),
        ("{sip_realm}", "sip.own.example".into()),
        ("{sip_user}", "desk".into()),
        ("{message_provider}", some_sid.into()),
        ("{user}", some_sid.into()),
        ("{token}", "nobodys-jwt".into()),
        ("{id}", "carrier-1".into()),
        ("{job}", "201408-39512771f9d2d499".into()),
        ("{task}", "1".into()),
        ("{row}", "bGNyADEAY2Fycmllci0xAAAA".into()),
        ("{name}", "lcr".into()),
        ("{resource}", "RES-4".into()),
        ("{number}", "+14158867900".into()),
        ("{plugin}", "mine".into()),
        ("{version}", "1".into()),
    ] {
        path = path.replace(part, &value);
    }
    assert!(!path.contains('{'), "no value for a part of {path}");
    path
}

async fn asked(api: &Api, verb: &str, path: &str, token: &str) -> Answer {
    api.send(verb, path, token, br#"{"data": {}}"#).await
}

#[tokio::test]
async fn a_refused_token_is_not_shown() {
    let api = Api::new().await;
    for (prefix, pattern, verb) in routes() {
        let path = filled(&api, prefix, pattern, api.own.account);
        for token in ["nobodys-token", api.expired_token] {
            let answer = asked(&api, verb, &path, token).await;
            assert!(answer.json().is_object() && !answer.text.contains(token), "{verb} {path}: {}", answer.text);
        }
    }
}

/// The reply without what differs from request to request.
fn told(answer: &Answer) -> (StatusCode, Value) {
    let mut body = answer.json();
    if let Value::Object(fields) = &mut body {
        fields.remove("request_id");
    }
    (answer.status, body)
}

#[tokio::test]
async fn somebody_elses_account_answers_like_one_that_does_not_exist() {
    let api = Api::new().await;
    let paths =
        v2::ROUTES.iter().map(|route| ("/v2", route.path)).chain(v1::ROUTES.iter().map(|route| ("/v1", route.path)));
    for (prefix, pattern) in paths.filter(|(_, pattern)| pattern.contains("{account}")) {
        for verb in ["GET", "PUT", "POST", "PATCH", "DELETE"] {
            for token in [api.own.account_token, api.own.provider_token] {
                let theirs = asked(&api, verb, &filled(&api, prefix, pattern, api.other.account), token).await;
                let nobodys = asked(&api, verb, &filled(&api, prefix, pattern, AccountId::random()), token).await;
                assert_eq!(told(&theirs), told(&nobodys), "{verb} {prefix}{pattern}");
                assert!(theirs.status.is_client_error(), "{verb} {prefix}{pattern}: {}", theirs.status);
            }
        }
    }
}

#[tokio::test]
async fn an_administrator_is_told_that_an_account_does_not_exist() {
    let api = Api::new().await;
    let nobody = AccountId::random();
    let answer = api.get(&format!("/v2/accounts/{nobody}/resources"), ADMIN).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.data(), json!({"message": "bad identifier", "cause": nobody.hex()}));
    assert_eq!(api.get(&format!("/v1/accounts/{nobody}"), ADMIN).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_key_that_outlives_its_account_opens_nothing_of_it() {
    let api = Api::new().await;
    api.forget_own_account().await;
    for path in [api.v2("/resources"), api.v1("/Calls")] {
        for token in [api.own.account_token, api.own.provider_token] {
            assert_eq!(api.get(&path, token).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}

#[tokio::test]
async fn a_token_in_the_url_opens_nothing() {
    let api = Api::new().await;
    let token = api.own.account_token;
    for query in [format!("auth_token={token}"), format!("access_token={token}"), format!("authorization={token}")] {
        let answer = api.get(&format!("{}?{query}", api.v2("/resources")), "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{query}");
    }
}

#[tokio::test]
async fn both_spellings_of_an_account_mean_it() {
    let api = Api::new().await;
    let (hex, hyphenated) = (api.own.account.hex(), api.own.account.hyphenated());
    for path in [
        format!("/v2/accounts/{hex}/resources"),
        format!("/v2/accounts/{hyphenated}/resources"),
        format!("/v1/Accounts/{hex}"),
        format!("/v1/Accounts/{}", hyphenated.to_uppercase()),
    ] {
        assert_eq!(api.get(&path, api.own.account_token).await.status, StatusCode::OK, "{path}");
    }
}
