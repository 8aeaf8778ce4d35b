//! What every INVITE has, and what the call's request puts on the wire. What carriers' documents do is in `invite.rs`.

use serde_json::{Value, json};
use strowger_tests::{Server, ServerOptions, SipMessage, Sipp, Tenant};

/// The INVITE that a carrier gets which is described so, for a call that is placed so.
async fn invite(gateway: Value, call: Value) -> SipMessage {
    let tenant = Tenant::new(json!([])).await;
    let carrier = Sipp::answer("refuse-486");
    tenant.carrier_with("a", carrier.port, json!({}), gateway).await;
    tenant.call_with(call).await.ended().await;
    let mut received = carrier.finished().await.into_iter();
    received.find(|message| message.method() == "INVITE").expect("an INVITE")
}

/// The user part of the request URI.
fn user(invite: &SipMessage) -> &str {
    let address = invite.request_uri().trim_start_matches("sip:");
    address.split('@').next().expect("an address has a user")
}

#[tokio::test]
async fn the_captured_digits_are_dialled() {
    let invite = invite(json!({}), json!({})).await;
    assert_eq!(user(&invite), "5125550177");
    assert_eq!(invite.header("Max-Forwards"), "70");
    assert_eq!(invite.header("Content-Type"), "application/sdp");
}

#[tokio::test]
async fn custom_headers_of_the_gateway_and_of_the_call_are_sent() {
    let gateway = json!({"custom_sip_headers": {"out": {"X-Reseller": "a1b2"}, "in": {"X-Never": "sent"}}});
    let to = json!({"type": "phone", "number": "+15125550177", "headers": {"X-Target": "9"}});
    let invite = invite(gateway, json!({"to": to, "headers": {"X-Order": "7"}})).await;
    assert_eq!(invite.header("X-Reseller"), "a1b2");
    assert_eq!(invite.header("X-Order"), "7");
    assert_eq!(invite.header("X-Target"), "9");
    assert_eq!(invite.header("X-Never"), "");
}

#[tokio::test]
async fn a_sip_uri_is_called_without_routing() {
    let tenant = Tenant::new(json!([])).await;
    let far_end = Sipp::answer("refuse-486");
    let uri = format!("sip:bob@127.0.0.1:{}", far_end.port);
    let record = tenant.call_with(json!({"to": {"type": "sip", "sipUri": uri}})).await.ended().await;
    assert_eq!((&record["call_status"], &record["to"]), (&json!("busy"), &json!(uri)));
    assert_eq!(far_end.finished().await[0].request_uri(), uri);
}

#[tokio::test]
async fn the_call_id_of_the_record_is_the_one_on_the_wire() {
    let tenant = Tenant::new(json!([])).await;
    let carrier = Sipp::answer("refuse-486");
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    let record = call.ended().await;
    let received = carrier.finished().await;
    assert_eq!(received[0].header("Call-ID"), call.call_id);
    assert_eq!(record["call_id"], call.call_id);
}

#[tokio::test]
async fn carriers_are_told_the_advertised_addresses() {
    let advertised = ["--sip-advertised", "192.0.2.1:5070", "--rtp-advertised", "192.0.2.2"];
    let args = advertised.map(str::to_owned).into();
    let server = Server::start_with(ServerOptions { args, ..ServerOptions::default() }).await;
    let tenant = Tenant::on(server, json!([])).await;
    let carrier = Sipp::answer("refuse-486");
    tenant.carrier("a", carrier.port).await;
    tenant.call().await.ended().await;
    let received = carrier.finished().await;
    let invite = received.iter().find(|message| message.method() == "INVITE").expect("an INVITE");
    assert!(invite.header("Via").contains(" 192.0.2.1:5070;"), "{}", invite.header("Via"));
    assert!(invite.header("Contact").contains("192.0.2.1:5070"), "{}", invite.header("Contact"));
    assert!(invite.body().contains("c=IN IP4 192.0.2.2"), "{}", invite.body());
}
