//! A carrier that asks for a password gets proof of it, and nobody sees the password itself.

use std::collections::HashMap;

use md5::{Digest, Md5};
use serde_json::json;
use strowger_tests::{Method, Sipp, Tenant};

use crate::tried;

const PASSWORD: &str = "s3cret";

fn hash(text: &str) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The parameters of a digest header (RFC 7616, section 3.4).
fn parameters(header: &str) -> HashMap<&str, &str> {
    let pairs = header.trim_start_matches("Digest ").split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim(), value.trim().trim_matches('"'))).collect()
}

async fn tenant_of(carrier: &Sipp) -> Tenant {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    tenant.carrier_with("a", carrier.port, json!({}), json!({"username": "joe", "password": PASSWORD})).await;
    tenant
}

#[tokio::test]
async fn a_407_is_answered_with_md5() {
    let carrier = Sipp::answer("challenge-407");
    let record = tenant_of(&carrier).await.call().await.ended().await;
    assert_eq!((&record["call_status"], tried(&record)), (&json!("completed"), vec![("a", Some(200))]));

    let received = carrier.finished().await;
    let invites: Vec<_> = received.iter().filter(|message| message.method() == "INVITE").collect();
    assert_eq!((invites[0].header("CSeq"), invites[1].header("CSeq")), ("1 INVITE", "2 INVITE"));
    assert_eq!(invites[0].header("Proxy-Authorization"), "", "nothing is proven before it is asked for");
    let given = parameters(invites[1].header("Proxy-Authorization"));
    let secret = hash(&format!("joe:carrier.example:{PASSWORD}"));
    let request = hash(&format!("INVITE:{}", given["uri"]));
    let proof = format!("{secret}:{}:{}:{}:{}:{request}", given["nonce"], given["nc"], given["cnonce"], given["qop"]);
    assert_eq!((given["username"], given["qop"], given["response"]), ("joe", "auth", hash(&proof).as_str()));
    assert_eq!(given["uri"], invites[1].request_uri());
}

#[tokio::test]
async fn a_401_is_answered_as_sipp_wants_it() {
    let carrier = Sipp::answer("challenge-401");
    let record = tenant_of(&carrier).await.call().await.ended().await;
    assert_eq!(record["call_status"], "completed", "{record}");
    carrier.finished().await;
}

#[tokio::test]
async fn without_a_password_the_challenge_is_the_carriers_answer() {
    let carrier = Sipp::answer("challenge-407");
    let tenant = Tenant::new(json!([])).await;
    tenant.carrier("a", carrier.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!((&record["call_status"], tried(&record)), (&json!("failed"), vec![("a", Some(407))]));
}

#[tokio::test]
async fn the_password_is_in_the_document_and_nowhere_else() {
    let carrier = Sipp::answer("challenge-407");
    let tenant = tenant_of(&carrier).await;
    let call = tenant.call().await;
    let record = call.ended().await;
    let document = tenant.v2(Method::GET, "/resources/a", json!(null)).await.with_status(200);
    assert_eq!(document.data()["gateways"][0]["password"], PASSWORD);
    let list = tenant.v2(Method::GET, "/resources", json!(null)).await.with_status(200);
    let asked = json!({"data": {"To-DID": "+15125550177"}});
    let route = tenant.v2(Method::POST, "/resource_selectors/route", asked).await.with_status(200);
    let events = tenant.app.events(&call.sid).await;
    for (place, text) in [
        ("the list of carriers", list.text),
        ("a route", route.text),
        ("the call's record", record.to_string()),
        ("status events", json!(events).to_string()),
        ("the log", tenant.server.log()),
    ] {
        assert!(!text.contains(PASSWORD), "{place} shows the password: {text}");
    }
}
