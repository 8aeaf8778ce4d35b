//! Who changed what: written with each change, read page by page, by those whom it is about.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::harness::{ADMIN, Answer, Api, carrier};
use crate::transport::peer::Peer;

async fn audit(api: &Api, query: &str) -> Answer {
    api.get(&api.v2(&format!("/audit?{query}")), api.own.account_token).await
}

fn rows(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.data().as_array().unwrap().clone()
}

/// Kind and document of each row.
fn told(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows(answer).iter().map(|row| (text(&row["kind"]), text(&row["document_id"]))).collect()
}

async fn with_carriers(names: &[&str]) -> Api {
    let api = Api::new().await;
    for name in names {
        let mut document = carrier(name);
        document["id"] = json!(name);
        assert_eq!(api.data("PUT", &api.v2("/resources"), document).await.status, StatusCode::CREATED);
    }
    api
}

#[tokio::test]
async fn a_change_tells_who_made_it_from_where_and_both_revisions() {
    let api = with_carriers(&["a"]).await;
    let before = api.get(&api.v2("/resources/a"), api.own.account_token).await.json()["revision"].clone();
    let mut request = Request::patch(api.v2("/resources/a"))
        .header("x-auth-token", api.own.account_token)
        .header("x-request-id", "order-42")
        .body(Body::from(r#"{"data": {"name": "b"}}"#))
        .unwrap();
    request.extensions_mut().insert(Peer("192.0.2.7".parse().unwrap()));
    let after = api.request(request).await.json()["revision"].clone();
    let row = rows(&audit(&api, "").await).remove(0);
    assert_eq!((&row["kind"], &row["document_id"]), (&json!("resource"), &json!("a")));
    assert_eq!((&row["old"], &row["new"]), (&before, &after));
    let by = &row["by"];
    assert_eq!((&by["scope"], &by["account"]), (&json!("account"), &json!(api.own.account.hex())));
    assert_eq!((&by["address"], &by["request_id"]), (&json!("192.0.2.7"), &json!("order-42")));
    assert_eq!((&by["method"], &by["path"]), (&json!("PATCH"), &json!(api.v2("/resources/a"))));
    assert!(by["key"].is_string(), "{row}");
    assert!(row["at"].as_i64().unwrap() > 63_000_000_000, "{row}");
}

#[tokio::test]
async fn the_address_is_that_of_the_connection() {
    let api = Api::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let server = tokio::spawn(crate::serve(listener, api.router.clone(), std::future::pending()));
    let body = json!({"data": carrier("Carrier")}).to_string();
    let (path, token, length) = (api.v2("/resources"), api.own.account_token, body.len());
    let head = format!("PUT {path} HTTP/1.1\r\nHost: a\r\nX-Auth-Token: {token}\r\nX-Forwarded-For: 192.0.2.7");
    let rest = format!("Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    client.write_all(format!("{head}\r\n{rest}").as_bytes()).await.unwrap();
    let mut said = String::new();
    client.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 201"), "{said}");
    assert_eq!(rows(&audit(&api, "").await)[0]["by"]["address"], "127.0.0.1");
    server.abort();
}

#[tokio::test]
async fn creation_and_removal_have_one_revision() {
    let api = with_carriers(&["a"]).await;
    api.delete(&api.v2("/resources/a?should_soft_delete=false"), api.own.account_token).await;
    let rows = rows(&audit(&api, "").await);
    assert!(rows[0]["old"].is_string() && rows[0]["new"].is_null(), "{}", rows[0]);
    assert!(rows[1]["old"].is_null() && rows[1]["new"].is_string(), "{}", rows[1]);
}

#[tokio::test]
async fn the_latest_comes_first_unless_it_is_asked_for_otherwise() {
    let api = with_carriers(&["a", "b", "c"]).await;
    let ids = |answer: &Answer| -> Vec<String> { told(answer).into_iter().map(|(_, id)| id).collect() };
    assert_eq!(ids(&audit(&api, "").await), ["c", "b", "a"]);
    assert_eq!(ids(&audit(&api, "ascending=true").await), ["a", "b", "c"]);
}

#[tokio::test]
async fn an_account_sees_what_others_did_to_it_too() {
    let api = with_carriers(&["a"]).await;
    api.body("PUT", &api.v1(""), ADMIN, json!({"name": "Renamed"})).await;
    api.body("POST", "/v1/ApiKeys", api.own.provider_token, json!({"account_sid": api.own.account})).await;
    let answer = audit(&api, "").await;
    let kinds: Vec<String> = told(&answer).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["api_key", "account", "resource"]);
    let scopes: Vec<Value> = rows(&answer).iter().map(|row| row["by"]["scope"].clone()).collect();
    assert_eq!(scopes, ["service_provider", "admin", "account"]);
}

#[tokio::test]
async fn pages_go_through_both_streams_without_gap_or_repetition() {
    let api = Api::new().await;
    for n in 0..7 {
        api.body("PUT", &api.v1(""), ADMIN, json!({"name": format!("N{n}")})).await;
        let mut document = carrier("Carrier");
        document["id"] = json!(format!("c{n}"));
        api.data("PUT", &api.v2("/resources"), document).await;
    }
    for order in ["", "&ascending=true"] {
        let whole = rows(&audit(&api, &format!("page_size=100{order}")).await);
        assert_eq!(whole.len(), 14);
        let mut paged = Vec::new();
        let mut key = String::new();
        loop {
            let answer = audit(&api, &format!("page_size=3{order}{key}")).await;
            paged.extend(rows(&answer));
            let Some(next) = answer.json()["next_start_key"].as_str().map(str::to_owned) else { break };
            key = format!("&start_key={next}");
        }
        assert_eq!(paged, whole, "{order}");
    }
}

#[tokio::test]
async fn rows_are_chosen_by_kind_document_and_time() {
    let api = with_carriers(&["a", "b"]).await;
    api.body("PUT", &api.v1(""), ADMIN, json!({"name": "Renamed"})).await;
    let count = async |query: &str| rows(&audit(&api, query).await).len();
    assert_eq!(count("").await, 3);
    assert_eq!(count("kind=resource").await, 2);
    assert_eq!(count("id=a").await, 1);
    assert_eq!(count("kind=account&id=a").await, 0);
    let at = rows(&audit(&api, "").await)[0]["at"].as_i64().unwrap();
    for order in ["", "&ascending=true"] {
        assert_eq!(count(&format!("created_from={}{order}", at - 60)).await, 3);
        assert_eq!(count(&format!("created_from={}{order}", at + 60)).await, 0);
        assert_eq!(count(&format!("created_to={}{order}", at + 60)).await, 3);
        assert_eq!(count(&format!("created_to={}{order}", at - 60)).await, 0);
    }
    assert_eq!(audit(&api, "created_from=yesterday").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_refused_change_is_no_change() {
    let api = with_carriers(&["a"]).await;
    let mut twice = carrier("Again");
    twice["id"] = json!("a");
    assert_eq!(api.data("PUT", &api.v2("/resources"), twice).await.status, StatusCode::CONFLICT);
    assert_eq!(rows(&audit(&api, "").await).len(), 1);
}

#[tokio::test]
async fn secrets_and_hashes_of_tokens_are_not_told() {
    let api = with_carriers(&["a"]).await;
    let made = api.body("POST", "/v1/ApiKeys", api.own.account_token, json!({"account_sid": api.own.account})).await;
    let (token, sid) = (made.json()["token"].as_str().unwrap().to_owned(), made.json()["sid"].clone());
    api.delete(&format!("/v1/ApiKeys/{}", sid.as_str().unwrap()), api.own.account_token).await;
    let answer = audit(&api, "").await;
    let hash = strowger_model::api_key::stored_id(&token);
    for secret in [token.as_str(), hash.as_str(), api.own.account_token, "DrWoody", "wh_secret_"] {
        // The envelope repeats the caller's token as documented; the rows do not.
        assert!(!answer.data().to_string().contains(secret), "{secret}");
    }
    let keys: Vec<Value> = rows(&answer)
        .into_iter()
        .filter(|row| row["kind"] == "api_key")
        .map(|row| row["document_id"].clone())
        .collect();
    assert_eq!(keys, [sid.clone(), sid]);
}

#[tokio::test]
async fn many_rows_at_once_are_one_change_of_their_table() {
    let api = Api::new().await;
    let row = |n: u32| json!({"name": "lcr", "resource": "R", "selector": n.to_string(), "value": "1"});
    let loaded: Vec<Value> = (0..5_000).map(row).collect();
    assert_eq!(api.data("PUT", &api.v2("/resource_selectors/rows"), json!(loaded)).await.status, StatusCode::CREATED);
    let rows = rows(&audit(&api, "").await);
    assert_eq!((rows.len(), &rows[0]["kind"], &rows[0]["old"]), (1, &json!("selector_table"), &Value::Null));
}

#[tokio::test]
async fn the_installations_audit_tells_of_its_own_documents_and_of_accounts_that_are_gone() {
    let api = Api::new().await;
    let carrier = json!({"data": carrier("Global")}).to_string();
    api.send("PUT", "/v2/resources", ADMIN, carrier.as_bytes()).await;
    let own = api.get("/v2/audit", ADMIN).await;
    assert_eq!(rows(&own).len(), 1);
    assert_eq!(rows(&own)[0]["by"]["scope"], "admin");
    assert_eq!(api.delete(&api.v1(""), api.own.account_token).await.status, StatusCode::NO_CONTENT);
    let gone = api.get(&format!("/v2/audit?account_id={}&kind=account", api.own.account), ADMIN).await;
    assert_eq!((rows(&gone).len(), &rows(&gone)[0]["new"]), (1, &Value::Null));
    assert_eq!(api.get("/v2/audit?account_id=x", ADMIN).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_key_of_one_account_is_none_of_anothers() {
    let api = with_carriers(&["a", "b"]).await;
    let key = audit(&api, "page_size=1").await.json()["next_start_key"].as_str().unwrap().to_owned();
    let theirs = format!("/v2/accounts/{}/audit?start_key={key}", api.other.account);
    assert_eq!(api.get(&theirs, api.other.account_token).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(audit(&api, "start_key=1-0/0").await.status, StatusCode::BAD_REQUEST);
}
