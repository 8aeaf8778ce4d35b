//! Ways by which tenants of comparable platforms have reached into each other. Each is closed here: I1 to I11 of the list of known faults.

use std::time::Duration;

use serde_json::{Value, json};
use strowger_tests::{Answer, Method, PracticeCarrier, Server, Tenant, eventually};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::tenant;

/// Two tenants of two service providers.
async fn strangers() -> (Tenant, Tenant) {
    (tenant().await, tenant().await)
}

/// A request by a tenant to a path that is not below its account.
async fn sent(by: &Tenant, method: Method, path: &str, body: Value) -> Answer {
    by.server.send(method, path, Some(&by.account.key), Some(&body).filter(|body| !body.is_null())).await
}

async fn created(by: &Tenant, path: &str, body: Value) -> String {
    sid(&sent(by, Method::POST, path, body).await.with_status(201))
}

fn sid(answer: &Answer) -> String {
    answer.body["sid"].as_str().expect("a sid").to_owned()
}

/// What was refused: not a fault of the server's, and nothing of the other's told.
fn refused(answer: &Answer, secret: &str) {
    assert!((400..500).contains(&answer.status.as_u16()), "{} {}", answer.status, answer.text);
    assert!(!answer.text.contains(secret), "{}", answer.text);
}

async fn application(of: &Tenant, url: &str) -> String {
    let body = json!({"name": "mine", "call_hook": {"url": url}, "call_status_hook": {"url": of.app.url("/status")}});
    sid(&of.v1(Method::POST, "/Applications", body).await.with_status(201))
}

/// A key of that tenant's service provider, and the provider.
async fn provider(of: &Tenant) -> (String, String) {
    let account = of.v1(Method::GET, "", Value::Null).await.with_status(200).body;
    let provider = account["service_provider_sid"].as_str().unwrap().to_owned();
    let key = of.server.admin(Method::POST, "/v1/ApiKeys", Some(&json!({"service_provider_sid": provider}))).await;
    (provider, key.with_status(201).body["token"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn i1_a_key_that_has_expired_opens_nothing() {
    let tenant = tenant().await;
    let soon = OffsetDateTime::now_utc() + Duration::from_millis(1_500);
    let body = json!({"account_sid": tenant.account.sid, "expires_at": soon.format(&Rfc3339).unwrap()});
    let key = sent(&tenant, Method::POST, "/v1/ApiKeys", body).await.with_status(201).body["token"].clone();
    let path = format!("/v1/Accounts/{}", tenant.account.sid);
    eventually("the key to expire", async || {
        let answer = tenant.server.send(Method::GET, &path, key.as_str(), None).await;
        (answer.status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn i2_nobody_writes_to_a_webhook_by_naming_its_sid() {
    let (mine, theirs) = strangers().await;
    let application_of_theirs = application(&theirs, &theirs.app.url("/call")).await;
    let read =
        theirs.v1(Method::GET, &format!("/Applications/{application_of_theirs}"), Value::Null).await.with_status(200);
    let webhook = read.body["call_hook"]["webhook_sid"].clone();
    let application_of_mine = application(&mine, &mine.app.url("/call")).await;
    let hook = json!({"webhook_sid": webhook, "url": "http://diverted.example/", "method": "POST"});
    let path = format!("/Applications/{application_of_mine}");
    let _ = mine.v1(Method::PUT, &path, json!({"call_hook": hook})).await;
    let after =
        theirs.v1(Method::GET, &format!("/Applications/{application_of_theirs}"), Value::Null).await.with_status(200);
    assert_eq!(after.body["call_hook"], read.body["call_hook"]);
}

#[tokio::test]
async fn i3_a_service_provider_lists_its_own_applications_only() {
    let (mine, theirs) = strangers().await;
    let (own, foreign) =
        (application(&mine, "http://mine.example/").await, application(&theirs, "http://theirs.example/").await);
    let (provider, key) = provider(&mine).await;
    let path = format!("/v1/ServiceProviders/{provider}/Applications");
    let list = mine.server.send(Method::GET, &path, Some(&key), None).await.with_status(200);
    assert!(list.text.contains(&own) && !list.text.contains(&foreign), "{}", list.text);
}

#[tokio::test]
async fn i4_no_call_runs_the_application_of_another_account() {
    let (mine, theirs) = strangers().await;
    let foreign = application(&theirs, &theirs.app.url("/call")).await;
    let carrier = PracticeCarrier::start(200, &[]);
    mine.carrier("a", carrier.port).await;
    let body =
        json!({"application_sid": foreign, "from": "+12025550100", "to": {"type": "phone", "number": "+15125550177"}});
    refused(&mine.v1(Method::POST, "/Calls", body).await, &theirs.app.url(""));
    assert!(theirs.app.requests("/call").is_empty());
}

#[tokio::test]
async fn i5_an_application_stays_in_its_account() {
    let (mine, theirs) = strangers().await;
    let application = application(&mine, "http://mine.example/").await;
    let path = format!("/v1/Applications/{application}");
    refused(&sent(&mine, Method::PUT, &path, json!({"account_sid": theirs.account.sid})).await, &theirs.account.key);
    let _ = theirs.v1(Method::GET, &format!("/Applications/{application}"), Value::Null).await.with_status(404);
}

#[tokio::test]
async fn i6_gateways_are_read_by_their_owner_only() {
    let (mine, theirs) = strangers().await;
    let carrier = json!({"name": "theirs", "account_sid": theirs.account.sid});
    let carrier = created(&theirs, "/v1/VoipCarriers", carrier).await;
    let gateway =
        json!({"voip_carrier_sid": carrier, "ipv4": "198.51.100.7", "port": 5060, "inbound": 0, "outbound": 1});
    let gateway = created(&theirs, "/v1/SipGateways", gateway).await;
    let path = format!("/v1/SipGateways/{gateway}");
    let _ = sent(&theirs, Method::GET, &path, Value::Null).await.with_status(200);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        refused(&sent(&mine, method, &path, json!({"port": 5070})).await, "198.51.100.7");
    }
    assert_eq!(sent(&theirs, Method::GET, &path, Value::Null).await.with_status(200).body["port"], 5060);
}

#[tokio::test]
async fn i7_clients_are_deleted_by_their_owner_only() {
    let (mine, theirs) = strangers().await;
    let client =
        json!({"username": "desk", "password": "a-long-password", "account_sid": theirs.account.sid, "is_active": 1});
    let client = created(&theirs, "/v1/Clients", client).await;
    let path = format!("/v1/Clients/{client}");
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        refused(&sent(&mine, method, &path, json!({"username": "taken"})).await, "desk");
    }
    let read = sent(&theirs, Method::GET, &path, Value::Null).await.with_status(200);
    assert_eq!(read.body["username"], "desk");
    assert!(!read.text.contains("a-long-password"));
}

#[tokio::test]
async fn i8_what_is_not_built_asks_for_a_key_as_well() {
    let server = Server::shared().await;
    for path in ["/v1/MicrosoftTeamsTenants", "/v1/AccountTest/whatever", "/v1/PredefinedCarriers", "/v1/Sbcs"] {
        let _ = Answer::to(server.request(Method::GET, path)).await.with_status(401);
    }
}

#[tokio::test]
async fn i9_an_account_cannot_raise_its_own_limits() {
    let tenant = tenant().await;
    let limit = json!({"category": "voice_call_session", "quantity": 1});
    let path = format!("/v1/Accounts/{}/Limits", tenant.account.sid);
    let _ = tenant.server.admin(Method::POST, &path, Some(&limit)).await.with_status(201);
    let raised = json!({"category": "voice_call_session", "quantity": 1_000});
    let _ = tenant.v1(Method::POST, "/Limits", raised).await.with_status(403);
    let _ = tenant.v1(Method::DELETE, "/Limits", Value::Null).await.with_status(403);
    let limits = tenant.v1(Method::GET, "/Limits", Value::Null).await.with_status(200);
    assert_eq!(limits.body[0]["quantity"], 1, "{}", limits.text);
}

#[tokio::test]
async fn i10_a_service_provider_reaches_nothing_of_another() {
    let (mine, theirs) = strangers().await;
    let number = json!({"number": "15125550142", "account_sid": theirs.account.sid});
    let number = created(&theirs, "/v1/PhoneNumbers", number).await;
    let keys = theirs.v1(Method::GET, "/ApiKeys", Value::Null).await.with_status(200);
    assert!(!keys.text.contains(&theirs.account.key), "keys are not shown again: {}", keys.text);
    let key_of_theirs = keys.body[0]["api_key_sid"].as_str().unwrap().to_owned();
    let (_, key) = provider(&mine).await;
    for path in [format!("/v1/PhoneNumbers/{number}"), format!("/v1/ApiKeys/{key_of_theirs}")] {
        refused(&mine.server.send(Method::DELETE, &path, Some(&key), None).await, &theirs.account.sid);
    }
    let _ = sent(&theirs, Method::GET, &format!("/v1/PhoneNumbers/{number}"), Value::Null).await.with_status(200);
}

#[tokio::test]
async fn i10_a_token_counts_in_the_header_only() {
    let tenant = tenant().await;
    let path = format!("/v1/Accounts/{}?access_token={}", tenant.account.sid, tenant.account.key);
    let _ = Answer::to(tenant.server.request(Method::GET, &path)).await.with_status(401);
    // {"alg":"none"} and HS256 with a secret that anybody may guess, for an administrator.
    for token in [
        "eyJhbGciOiJub25lIn0.eyJzY29wZSI6ImFkbWluIn0.",
        "eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6ImFkbWluIn0.bm90LXRoZS1zaWduYXR1cmUtb2YtdGhpcy10b2tlbg",
    ] {
        let _ = tenant.server.send(Method::GET, "/v1/Accounts", Some(token), None).await.with_status(401);
    }
}

#[tokio::test]
async fn i11_the_filter_of_recent_calls_is_plain_text() {
    let tenant = tenant().await;
    let carrier = PracticeCarrier::start(486, &[]);
    tenant.carrier("a", carrier.port).await;
    tenant.call().await.ended().await;
    let found = async |filter: &str| {
        let path = format!("/RecentCalls?page=1&count=10&days=1&filter={filter}");
        tenant.v1(Method::GET, &path, Value::Null).await.with_status(200).body["data"].as_array().unwrap().len()
    };
    assert_eq!(found("512").await, 1);
    for filter in [".*", "%2E*", "5.2", "/%20OR%20true%20--", "'%20or%20'1'='1", "(512)"] {
        assert_eq!(found(filter).await, 0, "{filter}");
    }
}
