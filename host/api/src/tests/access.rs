//! Who may do what: every endpoint of both tables, asked by everybody.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::AccountId;

use super::harness::{ADMIN, Answer, Api};
use crate::{v1, v2};

/// A path of a table with its parts filled in.
fn filled(api: &Api, prefix: &str, pattern: &str, account: AccountId) -> String {
    let mut path = format!("{prefix}{pattern}");
    let some_sid = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1";
    for (part, value) in [
        ("{account}", account.hex()),
        ("{provider}", api.own.provider.to_string()),
        ("{application}", some_sid.into()),
        ("{call}", some_sid.into()),
        ("{key}", some_sid.into()),
        ("{id}", "carrier-1".into()),
        ("{job}", "201408-39512771f9d2d499".into()),
        ("{task}", "1".into()),
        ("{name}", "lcr".into()),
        ("{resource}", "RES-4".into()),
        ("{number}", "+14158867900".into()),
    ] {
        path = path.replace(part, &value);
    }
    assert!(!path.contains('{'), "no value for a part of {path}");
    path
}

/// Whether the answer keeps the caller out.
fn is_refused(answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED || answer.status == StatusCode::FORBIDDEN
}

async fn asked(api: &Api, verb: &str, path: &str, token: &str) -> Answer {
    api.send(verb, path, token, br#"{"data": {}}"#).await
}

async fn needs_a_token(verb: &str, prefix: &str, pattern: &str) {
    let api = Api::new().await;
    let path = filled(&api, prefix, pattern, api.own.account);
    for token in ["", "nobodys-token", api.expired_token] {
        let answer = asked(&api, verb, &path, token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{verb} {path} with '{token}'");
        assert!(answer.json().is_object(), "{verb} {path}: {}", answer.text);
        let shown = answer.text.contains("nobodys-token") || answer.text.contains(api.expired_token);
        assert!(!shown, "a refused token is shown: {}", answer.text);
    }
}

/// Everybody with a valid token, and whether the endpoint is open to them.
async fn is_open_to(verb: &str, prefix: &str, pattern: &str, expected: [(&str, bool); 5]) {
    for (token, open) in expected {
        // A fresh installation for each: some of the endpoints delete it.
        let api = Api::new().await;
        if pattern.contains("{provider}") {
            // A service provider that still has accounts is kept from everybody.
            api.forget_own_account().await;
        }
        let path = filled(&api, prefix, pattern, api.own.account);
        let answer = asked(&api, verb, &path, token).await;
        assert_eq!(!is_refused(&answer), open, "{verb} {path} with {token}: {} {}", answer.status, answer.text);
        assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{verb} {path}");
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{verb} {path}: {}", answer.text);
    }
}

/// In the order administrator, own provider, own account, other provider, other account.
fn callers(open: [bool; 5]) -> [(&'static str, bool); 5] {
    let tokens = [ADMIN, "own-provider-token", "own-account-token", "other-provider-token", "other-account-token"];
    let mut index = 0;
    tokens.map(|token| {
        index += 1;
        (token, open[index - 1])
    })
}

#[tokio::test]
async fn every_v2_endpoint_admits_whom_its_table_says() {
    for route in v2::ROUTES {
        let open = match route.access {
            v2::Access::Any => [true; 5],
            v2::Access::Admin => [true, false, false, false, false],
            v2::Access::Account => [true, true, true, false, false],
        };
        for endpoint in route.endpoints.0 {
            needs_a_token(endpoint.verb.name(), "/v2", route.path).await;
            is_open_to(endpoint.verb.name(), "/v2", route.path, callers(open)).await;
        }
    }
}

#[tokio::test]
async fn every_v1_endpoint_admits_whom_its_table_says() {
    for route in v1::ROUTES {
        for endpoint in route.endpoints.0 {
            let verb = endpoint.verb.name();
            needs_a_token(verb, "/v1", route.path).await;
            let open = match endpoint.work.0 {
                // The handler answers with what is the caller's own; its tests say what that is.
                v1::Access::Any => continue,
                v1::Access::Admin(_) => [true, false, false, false, false],
                v1::Access::Provider => [true, true, false, true, false],
                v1::Access::OwnProvider => [true, true, false, false, false],
                v1::Access::Account => [true, true, true, false, false],
            };
            is_open_to(verb, "/v1", route.path, callers(open)).await;
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
