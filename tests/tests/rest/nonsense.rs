//! Every endpoint that takes a body is told nonsense, and answers each time in its API's own words.

use serde_json::{Value, json};
use strowger_tests::{ADMIN_KEY, Answer, Method, Server, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::tenant;

const V2: [(&str, &str); 24] = [
    ("PUT", "/resources"),
    ("POST", "/resources/r"),
    ("PATCH", "/resources/r"),
    ("POST", "/resources/format"),
    ("PUT", "/resources/collection"),
    ("POST", "/resources/collection"),
    ("PUT", "/resources/jobs"),
    ("POST", "/resource_selectors/rules"),
    ("PUT", "/resource_selectors/rows"),
    ("POST", "/resource_selectors/route"),
    ("POST", "/plugins"),
    ("PUT", "{A}/resources"),
    ("POST", "{A}/resources/r"),
    ("PATCH", "{A}/resources/r"),
    ("POST", "{A}/resources/format"),
    ("PUT", "{A}/resources/collection"),
    ("PUT", "{A}/resources/jobs"),
    ("PUT", "{A}/local_resources"),
    ("POST", "{A}/resource_selectors/rules"),
    ("PUT", "{A}/resource_selectors/rows"),
    ("POST", "{A}/resource_selectors/route"),
    ("PUT", "{A}/tasks"),
    ("PATCH", "{A}/tasks/1"),
    ("POST", "{A}/plugins"),
];

const V1: [(&str, &str); 12] = [
    ("POST", "/ServiceProviders"),
    ("PUT", "/ServiceProviders/{S}"),
    ("POST", "/Accounts"),
    ("PUT", "/Accounts/{A}"),
    ("POST", "/ApiKeys"),
    ("POST", "/Applications"),
    ("PUT", "/Applications/{S}"),
    ("POST", "/Accounts/{A}/Applications"),
    ("PUT", "/Accounts/{A}/Applications/{S}"),
    ("POST", "/Accounts/{A}/Calls"),
    ("PUT", "/Accounts/{A}/Calls/{S}"),
    ("POST", "/Accounts/{A}/Calls/{S}"),
];

const NO_JSON: [&[u8]; 5] = [b"{", b"nil", b"{\"data\": {}} x", b"{\"data\": {\"name\": \"\xff\xfe\"}}", b"\0"];

fn method(name: &str) -> Method {
    name.parse().expect("a method")
}

fn is_v2_refusal(answer: &Answer) -> bool {
    let body = &answer.body;
    body["status"] == "error" && body["error"] == answer.status.as_str() && body["request_id"].is_string()
}

#[tokio::test]
async fn what_is_no_json_is_told_so_at_every_v2_endpoint() {
    let tenant = tenant().await;
    for (verb, path) in V2 {
        let path = format!("/v2{}", path.replace("{A}", &format!("/accounts/{}", tenant.account.id)));
        for body in NO_JSON {
            let answer = tenant.server.send_raw(method(verb), &path, ADMIN_KEY, body.to_vec()).await.with_status(400);
            assert!(is_v2_refusal(&answer), "{verb} {path}: {}", answer.text);
            assert_eq!(answer.data()["json"]["invalid"]["message"], "All JSON must be valid", "{verb} {path}");
        }
    }
}

#[tokio::test]
async fn what_is_no_json_is_told_so_at_every_v1_endpoint() {
    let tenant = tenant().await;
    for (verb, path) in V1 {
        let path = format!("/v1{}", path.replace("{A}", &tenant.account.sid).replace("{S}", &tenant.account.sid));
        for body in NO_JSON {
            let answer = tenant.server.send_raw(method(verb), &path, ADMIN_KEY, body.to_vec()).await.with_status(400);
            let told = answer.body["msg"].as_str().unwrap_or_default();
            assert!(told.starts_with("the body is not valid JSON"), "{verb} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn json_of_the_wrong_shape_is_a_clients_mistake_everywhere() {
    let shapes = [
        json!([1, 2]),
        json!(7),
        json!({"data": 7}),
        json!({"data": null}),
        json!({"data": {"name": [[{}]], "gateways": 1, "rules": 7, "To-DID": [], "direction": {}, "request": 1}}),
        json!({"name": {}, "service_provider_sid": 7, "account_sid": [], "call_hook": 7, "to": 1, "from": {}, "call_status": 1}),
    ];
    let tenant = tenant().await;
    let v2 = V2
        .map(|(verb, path)| (verb, format!("/v2{}", path.replace("{A}", &format!("/accounts/{}", tenant.account.id)))));
    let v1 = V1.map(|(verb, path)| {
        (verb, format!("/v1{}", path.replace("{A}", &tenant.account.sid).replace("{S}", &tenant.account.sid)))
    });
    for (verb, path) in v2.into_iter().chain(v1) {
        for shape in &shapes {
            let answer = tenant.server.admin(method(verb), &path, Some(shape)).await;
            let is_refused = answer.status.is_client_error() || answer.status == StatusCode::NOT_IMPLEMENTED;
            let told = if path.starts_with("/v2") { is_v2_refusal(&answer) } else { answer.body["msg"].is_string() };
            assert!(is_refused && told, "{verb} {path} {shape}: {} {}", answer.status, answer.text);
        }
    }
}

/// The answer to a request whose headers announce a body, before a byte of it is sent.
async fn answer_to_announced(server: &Server, request_line: &str, length: usize) -> String {
    let mut stream = TcpStream::connect(server.http).await.expect("the server listens");
    let headers = format!(
        "{request_line} HTTP/1.1\r\nHost: strowger\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(headers.as_bytes()).await.expect("the server takes the headers");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers");
    answer
}

#[tokio::test]
async fn a_body_over_8_000_000_bytes_is_413_before_it_is_sent() {
    let tenant = tenant().await;
    let mine = format!("PUT /v2/accounts/{}/resources", tenant.account.id);
    for request_line in [mine.as_str(), "PUT /v2/resources", "PUT /v2/resource_selectors/rows"] {
        let answer = answer_to_announced(&tenant.server, request_line, 8_000_001).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("\"message\":\"request_entity_too_large\""), "{answer}");
    }
    let answer = answer_to_announced(&tenant.server, "POST /v1/Accounts", 8_000_001).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("{\"msg\":\"the body is larger than 8000000 bytes\"}"), "{answer}");
}

#[tokio::test]
async fn a_client_that_sends_its_whole_body_first_reads_the_413_too() {
    let tenant = tenant().await;
    let path = format!("/v2/accounts/{}/resources", tenant.account.id);
    let body = vec![b' '; 9_000_000];
    let _ = tenant.server.send_raw(Method::PUT, &path, &tenant.account.key, body).await.with_status(413);
}

#[tokio::test]
async fn a_body_of_8_000_000_bytes_is_read() {
    let tenant = tenant().await;
    let mut body = json!({"data": {"To-DID": 5}}).to_string().into_bytes();
    body.resize(8_000_000, b' ');
    let path = format!("/v2/accounts/{}/resource_selectors/route", tenant.account.id);
    let answer = tenant.server.send_raw(Method::POST, &path, &tenant.account.key, body).await.with_status(400);
    assert!(answer.data()["To-DID"]["type"].is_object(), "{}", answer.text);
}

#[tokio::test]
async fn the_server_lives_on() {
    let tenant = tenant().await;
    let list: Value = tenant.v2(Method::GET, "/resources", Value::Null).await.with_status(200).body;
    assert_eq!(list["data"], json!([]));
    let _ = tenant.server.send_raw(Method::PUT, "/v2/resources", ADMIN_KEY, b"{".to_vec()).await.with_status(400);
    assert_eq!(tenant.v2(Method::GET, "/resources", Value::Null).await.with_status(200).body["data"], json!([]));
}
