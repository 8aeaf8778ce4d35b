//! What a carrier's document and the call's request put on the wire.

use serde_json::{Value, json};
use strowger_tests::{Server, ServerOptions, SipMessage, Sipp, Tenant};

/// The INVITE that a carrier gets which is described so, for a call that is placed so.
async fn invite(resource: Value, gateway: Value, call: Value) -> SipMessage {
    let tenant = Tenant::new(json!([])).await;
    let carrier = Sipp::answer("refuse-486");
    tenant.carrier_with("a", carrier.port, resource, gateway).await;
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
    let invite = invite(json!({}), json!({}), json!({})).await;
    assert_eq!(user(&invite), "5125550177");
    assert_eq!(invite.header("Max-Forwards"), "70");
    assert_eq!(invite.header("Content-Type"), "application/sdp");
}

#[tokio::test]
async fn prefix_and_suffix_go_around_them() {
    let invite = invite(json!({}), json!({"prefix": "+1", "suffix": "00"}), json!({})).await;
    assert_eq!(user(&invite), "+1512555017700");
}

#[tokio::test]
async fn the_invite_format_converts_the_number_before_prefix_and_suffix_are_added() {
    let invite = invite(json!({}), json!({"invite_format": "e164", "suffix": "9"}), json!({})).await;
    assert_eq!(user(&invite), "+151255501779");
}

#[tokio::test]
async fn invite_parameters_follow_the_request_uri() {
    let parameters = json!({"static": ["npid"], "dynamic": [{"key": "zone", "tag": "zone"}]});
    let invite = invite(json!({}), json!({"invite_parameters": parameters}), json!({})).await;
    assert!(invite.request_uri().ends_with(";npid;zone=local"), "{}", invite.start_line());
}

#[tokio::test]
async fn custom_headers_of_the_gateway_and_of_the_call_are_sent() {
    let gateway = json!({"custom_sip_headers": {"out": {"X-Reseller": "a1b2"}, "in": {"X-Never": "sent"}}});
    let to = json!({"type": "phone", "number": "+15125550177", "headers": {"X-Target": "9"}});
    let invite = invite(json!({}), gateway, json!({"to": to, "headers": {"X-Order": "7"}})).await;
    assert_eq!(invite.header("X-Reseller"), "a1b2");
    assert_eq!(invite.header("X-Order"), "7");
    assert_eq!(invite.header("X-Target"), "9");
    assert_eq!(invite.header("X-Never"), "");
}

#[tokio::test]
async fn the_caller_id_is_in_from() {
    let invite = invite(json!({}), json!({}), json!({"callerName": "Alice"})).await;
    let from = invite.header("From");
    assert!(from.starts_with("\"Alice\" <sip:+12025550100@127.0.0.1"), "{from}");
}

#[tokio::test]
async fn a_carrier_may_want_the_caller_id_at_its_own_realm() {
    let gateway = json!({"format_from_uri": true, "from_uri_realm": "carrier.example"});
    let invite = invite(json!({}), gateway, json!({})).await;
    let from = invite.header("From");
    assert!(from.contains("<sip:+12025550100@carrier.example>"), "{from}");
}

#[tokio::test]
async fn a_formatter_changes_the_caller_id_of_its_carrier() {
    let formatters = json!({"outbound_caller_id_number": [{"regex": "^\\+1(\\d{10})$", "prefix": "1"}]});
    let invite = invite(json!({ "formatters": formatters }), json!({}), json!({})).await;
    let from = invite.header("From");
    assert!(from.contains("<sip:12025550100@"), "{from}");
}

#[tokio::test]
async fn codecs_order_the_offer() {
    let _shared = Server::shared().await;
    for (codecs, payloads) in [(json!(["PCMA", "PCMU"]), "8 0"), (json!(["PCMU", "PCMA"]), "0 8")] {
        let invite = invite(json!({}), json!({ "codecs": codecs }), json!({})).await;
        let audio = invite.body().lines().find(|line| line.starts_with("m=audio ")).expect("an offer of audio");
        let offered = audio.split(" RTP/AVP ").nth(1).unwrap_or_default();
        assert!(offered.starts_with(payloads), "{audio}");
    }
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
