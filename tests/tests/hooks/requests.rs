//! What a web server is sent, and which of its answers count as consent.

use serde_json::{Value, json};
use strowger_tests::{Method, Server};

use super::{customer, proof};

#[tokio::test]
async fn a_get_hook_carries_the_scalar_fields_as_query_and_nothing_else() {
    let (tenant, _carrier) = customer(proof()).await;
    let hook = json!({"url": tenant.app.url("/call?own=1"), "method": "GET"});
    let status = json!({"url": tenant.app.url("/status-get"), "method": "get"});
    let fields = json!({"call_hook": hook, "call_status_hook": status, "tag": {"secret": "of the application"}});
    let record = tenant.call_with(fields).await.ended().await;
    assert_eq!(record["customerData"], json!({"ran": true}));
    let asked = tenant.app.requests("/call");
    assert_eq!((asked.len(), &asked[0].method), (1, &Method::GET));
    assert!(asked[0].bytes.is_empty() && !asked[0].headers.contains_key("content-type"));
    let query = query(&asked[0].query);
    for (name, value) in
        [("own", "1"), ("call_status", "in-progress"), ("sip_status", "200"), ("direction", "outbound")]
    {
        assert_eq!(field(&query, name), value);
    }
    for name in ["call_sid", "account_sid", "call_id", "from", "to", "trace_id"] {
        assert_eq!(field(&query, name), record[name].as_str().unwrap());
    }
    for name in ["customerData", "defaults", "sip"] {
        assert!(query.iter().all(|(known, _)| known != name), "{name} belongs into no URL");
    }
    let told = strowger_tests::eventually("the last event", async || {
        Some(tenant.app.requests("/status-get")).filter(|told| told.len() == 3)
    });
    let states: Vec<String> =
        told.await.iter().map(|request| field(&self::query(&request.query), "sequence").to_owned()).collect();
    assert_eq!(states, ["1", "2", "3"]);
}

#[tokio::test]
async fn the_length_of_a_body_is_told_before_it() {
    let (tenant, _carrier) = customer(proof()).await;
    tenant.call().await.ended().await;
    let asked = &tenant.app.requests("/call")[0];
    assert_eq!(asked.headers["content-length"].to_str().unwrap(), asked.bytes.len().to_string());
    assert!(!asked.headers.contains_key("transfer-encoding"));
}

#[tokio::test]
async fn credentials_are_sent_where_both_are_set_and_to_relative_hooks_too() {
    let _shared = Server::shared().await;
    for (username, password, expected) in
        [(json!("ann"), json!("s3cret"), Some("Basic YW5uOnMzY3JldA==")), (json!("ann"), Value::Null, None)]
    {
        let script = json!([
            {"verb": "redirect", "actionHook": "/next"},
        ]);
        let (tenant, _carrier) = customer(script).await;
        tenant.app.answers("/next", proof());
        let hook = json!({"url": tenant.app.url("/call"), "username": username, "password": password});
        let record = tenant.call_with(json!({"call_hook": hook})).await.ended().await;
        assert_eq!(record["customerData"], json!({"ran": true}));
        for path in ["/call", "/next"] {
            let asked = tenant.app.requests(path);
            let sent = asked[0].headers.get("authorization").map(|value| value.to_str().unwrap());
            assert_eq!((asked.len(), sent), (1, expected), "{path}");
        }
    }
}

#[tokio::test]
async fn another_server_is_not_shown_the_credentials() {
    let (other, _none) = customer(proof()).await;
    let (tenant, _carrier) = customer(json!([{"verb": "redirect", "actionHook": other.app.url("/call")}])).await;
    let hook = json!({"url": tenant.app.url("/call"), "username": "ann", "password": "s3cret"});
    let record = tenant.call_with(json!({"call_hook": hook})).await.ended().await;
    assert_eq!(record["customerData"], json!({"ran": true}));
    assert!(!other.app.requests("/call")[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn the_documented_statuses_are_consent_and_others_are_not() {
    let _shared = Server::shared().await;
    for (status, runs) in [(200, true), (202, true), (204, true), (201, false), (301, false), (400, false)] {
        let (tenant, _carrier) = customer(json!([])).await;
        let body = if status == 204 { Value::Null } else { proof() };
        tenant.app.answers_with("/call", status, body);
        let record = tenant.call().await.ended().await;
        let reason = record["termination_reason"].as_str();
        match runs {
            true => assert_eq!(reason, None, "{status}"),
            false => assert_eq!(reason, Some(format!("call_hook failed: webhook answered {status}").as_str())),
        }
        assert_eq!(record.get("customerData").is_some(), runs && status != 204, "{status}");
    }
}

fn query(text: &str) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://host/?{text}")).unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn field<'q>(query: &'q [(String, String)], name: &str) -> &'q str {
    let mut named = query.iter().filter(|(known, _)| known == name);
    let value = named.next().unwrap_or_else(|| panic!("no {name} in {query:?}"));
    assert_eq!(named.next(), None, "{name} is there once");
    &value.1
}
