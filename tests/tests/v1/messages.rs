//! Messages through the built-in provider, to a web server and from it.

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Tenant, eventually};

const TOKEN: &str = "0123456789abcdef";

/// An account whose messages go to its own web server, and are told to it.
async fn tenant() -> Tenant {
    let tenant = Tenant::new(json!([])).await;
    tenant.app.answers("/send", json!({"id": "out-1", "responseText": "OK. Message Submitted Successfully"}));
    let hook = |path: &str| json!({"url": tenant.app.url(path)});
    let application = json!({"name": "texts", "call_hook": hook("/call"), "call_status_hook": hook("/status"), "messaging_hook": hook("/text")});
    let application = tenant.v1(Method::POST, "/Applications", application).await.with_status(201).body;
    let parameters = json!({"url": tenant.app.url("/send"), "inbound_token": TOKEN});
    let provider = json!({"name": "peerless", "parameters": parameters, "application_sid": application["sid"]});
    let _ = tenant.v1(Method::POST, "/MessageProviders", provider).await.with_status(201);
    tenant
}

/// What the provider posts of its own accord, to the address that it was told.
async fn bring(tenant: &Tenant, body: Value, status: u16) {
    let path = format!("/v1/accounts/{}/messaging/peerless?token={TOKEN}", tenant.account.sid);
    let _ = tenant.server.send(Method::POST, &path, None, Some(&body)).await.with_status(status);
}

async fn told(tenant: &Tenant, count: usize) -> Vec<Value> {
    eventually("the messaging hook to be told", async || {
        let told = tenant.app.requests("/text");
        (told.len() >= count).then(|| told.into_iter().map(|request| request.body).collect())
    })
    .await
}

#[tokio::test]
async fn a_message_is_sent_and_its_delivery_told() {
    let tenant = tenant().await;
    let message = json!({"from": "13322060388", "to": "+15083084809", "provider": "peerless", "text": "please call"});
    let sent = tenant.v1(Method::POST, "/Messages", message).await.with_status(201).body;
    assert_eq!(sent["providerResponse"]["responseText"], "OK. Message Submitted Successfully");
    let posted = tenant.app.requests("/send").remove(0).body;
    assert_eq!((&posted["text"], &posted["message_sid"]), (&json!("please call"), &sent["sid"]));
    let address = posted["status_url"].as_str().unwrap();
    assert!(address.ends_with(&format!("/v1/accounts/{}/messaging/peerless", tenant.account.sid)), "{address}");
    bring(&tenant, json!({"id": "out-1", "status": "delivered"}), 204).await;
    let told = told(&tenant, 1).await;
    assert_eq!((&told[0]["message_sid"], &told[0]["message_status"]), (&sent["sid"], &json!("delivered")));
    let path = format!("/Messages/{}", sent["sid"].as_str().unwrap());
    assert_eq!(tenant.v1(Method::GET, &path, Value::Null).await.with_status(200).body["status"], "delivered");
}

#[tokio::test]
async fn a_message_that_comes_in_is_told_signed_and_may_be_answered() {
    let tenant = tenant().await;
    let answer = json!([{"verb": "message", "from": "13322060388", "to": "+15083084809", "text": "thanks"}]);
    tenant.app.answers("/text", answer);
    bring(&tenant, json!({"id": "in-1", "from": "+15083084809", "to": "13322060388", "text": "hi"}), 204).await;
    let told = told(&tenant, 1).await;
    assert_eq!((&told[0]["text"], &told[0]["direction"]), (&json!("hi"), &json!("inbound")));
    assert!(tenant.app.requests("/text")[0].headers.contains_key("jambonz-signature"));
    let posted =
        eventually("the answer to be sent", async || tenant.app.requests("/send").pop().map(|request| request.body))
            .await;
    assert_eq!(posted["text"], "thanks");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_in_the_documented_words() {
    let tenant = tenant().await;
    for (body, message) in [
        (json!({}), "missing from property"),
        (json!({"from": "1"}), "missing to property"),
        (json!({"from": "1", "to": "2"}), "either text or media required in outbound message"),
        (json!({"from": "1", "to": "2", "text": "x", "provider": "nobody"}), "message provider not found nobody"),
    ] {
        let refused = tenant.v1(Method::POST, "/Messages", body).await.with_status(400);
        assert_eq!(refused.body["msg"], message);
    }
    tenant.app.answers_with("/send", 403, json!({"error": "opted out"}));
    let refused =
        tenant.v1(Method::POST, "/Messages", json!({"from": "1", "to": "2", "text": "x"})).await.with_status(422);
    let path = format!("/Messages/{}", refused.body["sid"].as_str().unwrap());
    let kept = tenant.v1(Method::GET, &path, Value::Null).await.with_status(200).body;
    assert_eq!((&kept["status"], &kept["providerResponse"]), (&json!("failed"), &json!({"error": "opted out"})));
}

#[tokio::test]
async fn nobody_else_brings_messages() {
    let tenant = tenant().await;
    let body = json!({"from": "1", "to": "2", "text": "x"});
    for path in ["peerless", "peerless?token=guessed-guessed-1", "nobody?token=0123456789abcdef"] {
        let path = format!("/v1/accounts/{}/messaging/{path}", tenant.account.sid);
        let _ = tenant.server.send(Method::POST, &path, None, Some(&body)).await.with_status(404);
    }
    assert_eq!(tenant.v1(Method::GET, "/Messages", Value::Null).await.with_status(200).body, json!([]));
}

#[tokio::test]
async fn an_application_sends_a_message_beside_its_call() {
    let tenant = tenant().await;
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    let text = json!({"verb": "message", "from": "13322060388", "to": "+15083084809", "text": "see you", "actionHook": "/texted"});
    tenant.app.answers("/call", json!([text, {"verb": "hangup"}]));
    let call = tenant.call().await;
    let _ = call.reaches("completed").await;
    let posted = tenant.app.requests("/send").pop().expect("the provider has it").body;
    assert_eq!(posted["text"], "see you");
    let told = tenant.app.requests("/texted").pop().expect("the hook is told").body;
    assert_eq!((&told["message_status"], &told["carrier"]), (&json!("success"), &json!("peerless")));
    assert_eq!((&told["message_sid"], &told["call_sid"]), (&posted["message_sid"], &json!(call.sid)));
}
