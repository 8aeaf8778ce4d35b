//! Every endpoint that takes a body is told nonsense: the answer is a 4xx in its API's own words, never a fault.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;

use super::harness::{ADMIN, Answer, Api};
use crate::table::Verb;
use crate::{RequestLimits, v1, v2};

const NONSENSE: [&[u8]; 9] = [
    b"{",
    b"nil",
    b"[1, 2]",
    b"\"data\"",
    b"7",
    b"{\"data\": 7}",
    b"{\"data\": \"x\"}",
    b"{\"data\": {\"name\": \"\xff\xfe\"}}",
    b"{\"data\": {\"name\": [[{}]], \"numbers\": {}, \"rules\": 7, \"To-DID\": [], \"direction\": {}, \"account_sid\": 7}}",
];

fn takes_a_body(verb: Verb) -> bool {
    matches!(verb, Verb::Put | Verb::Post | Verb::Patch)
}

fn filled(api: &Api, prefix: &str, pattern: &str) -> String {
    let some_sid = "0e0681b0-d49f-4fb8-b973-b5a3c6758de1";
    let own = api.own.account.hex();
    let parts =
        [("{account}", own.as_str()), ("{provider}", &api.own.provider.to_string())].map(|(a, b)| (a, b.to_owned()));
    let path = parts.into_iter().fold(format!("{prefix}{pattern}"), |path, (part, value)| path.replace(part, &value));
    let mut path = path;
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        path.replace_range(from..=to, some_sid);
    }
    path
}

fn is_a_clear_refusal(api: &str, answer: &Answer) -> bool {
    let body = answer.json();
    let told = match api {
        "/v1" => body["msg"].is_string(),
        _ => body["status"] == "error" && body["data"].is_object() && body["error"] == answer.status.as_str(),
    };
    told && (answer.status.is_client_error() || answer.status == StatusCode::NOT_IMPLEMENTED)
}

#[tokio::test]
async fn nonsense_is_refused_at_every_endpoint() {
    let api = Api::new().await;
    let endpoints_v2 =
        v2::ROUTES.iter().flat_map(|route| route.endpoints.0.iter().map(|e| ("/v2", route.path, e.verb)));
    let endpoints_v1 =
        v1::ROUTES.iter().flat_map(|route| route.endpoints.0.iter().map(|e| ("/v1", route.path, e.verb)));
    for (prefix, pattern, verb) in endpoints_v2.chain(endpoints_v1).filter(|(_, _, verb)| takes_a_body(*verb)) {
        let path = filled(&api, prefix, pattern);
        for body in NONSENSE {
            let answer = api.send(verb.name(), &path, ADMIN, body).await;
            let shown = String::from_utf8_lossy(body);
            assert!(
                is_a_clear_refusal(prefix, &answer),
                "{} {path} {shown}: {} {}",
                verb.name(),
                answer.status,
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_in_both_apis() {
    let limits = RequestLimits { body_bytes: 100, ..RequestLimits::default() };
    let api = Api::within(limits).await;
    let body = json!({"data": {"name": "x".repeat(200)}}).to_string();
    let v2 = api.send("PUT", &api.v2("/resources"), ADMIN, body.as_bytes()).await;
    assert_eq!((v2.status, &v2.json()["error"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("413")));
    let v1 = api.send("POST", "/v1/Accounts", ADMIN, body.as_bytes()).await;
    assert_eq!(v1.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(v1.json()["msg"], "the body is larger than 100 bytes");
}

#[tokio::test]
async fn a_body_without_a_length_is_bounded_too() {
    let limits = RequestLimits { body_bytes: 100, ..RequestLimits::default() };
    let api = Api::within(limits).await;
    let chunks = (0..50).map(|_| Ok::<_, std::io::Error>("          "));
    let body = Body::from_stream(futures::stream::iter(chunks));
    let request = Request::put(api.v2("/resources")).header("x-auth-token", ADMIN).body(body).unwrap();
    assert_eq!(api.request(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn nobody_without_a_token_gets_a_body_read() {
    let api = Api::new().await;
    let never = Body::from_stream(futures::stream::pending::<Result<&'static str, std::io::Error>>());
    let request = Request::put(api.v2("/resources")).body(never).unwrap();
    assert_eq!(api.request(request).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_sid_that_is_no_uuid_is_a_bad_request() {
    let api = Api::new().await;
    for path in ["/v1/Accounts/7", "/v1/ServiceProviders/x", "/v1/Applications/x", &api.v1("/Calls/x")] {
        let answer = api.get(path, ADMIN).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, json!({"msg": "Bad request"})), "{path}");
    }
}

#[tokio::test]
async fn ids_of_any_length_are_just_not_there() {
    let api = Api::new().await;
    for id in ["x".repeat(600), "%00".into(), "%F0%9F%93%9E".into()] {
        let answer = api.get(&api.v2(&format!("/resources/{id}")), ADMIN).await;
        assert_eq!(
            (answer.status, &answer.json()["message"]),
            (StatusCode::NOT_FOUND, &json!("bad_identifier")),
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_path_that_is_no_text_is_refused() {
    let api = Api::new().await;
    let answer = api.get(&api.v2("/resources/%FF"), ADMIN).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
}

#[tokio::test]
async fn an_unknown_v1_path_and_method_are_json_too() {
    let api = Api::new().await;
    let unknown = api.get("/v1/Nowhere", ADMIN).await;
    assert_eq!((unknown.status, unknown.json()), (StatusCode::NOT_FOUND, json!({"msg": "Not Found"})));
    let answer = api.send("PATCH", "/v1/Accounts", ADMIN, b"").await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, POST"));
    assert!(answer.json()["msg"].is_string());
}
