//! The gateways of one carrier, and those that the host cannot dial as their documents demand.

use std::collections::HashSet;

use serde_json::{Value, json};
use strowger_tests::{BareSocket, Server, ServerOptions, Sipp, Tenant};

use crate::tried;

fn gateway(port: u16) -> Value {
    json!({"server": "127.0.0.1", "port": port})
}

/// The port that a call's INVITE goes to first; it is refused there, as busy.
async fn first_asked(tenant: &Tenant, gateways: [&BareSocket; 2]) -> u16 {
    let call = tenant.call().await;
    let port = tokio::select! {
        (invite, host) = gateways[0].request("INVITE") => {
            gateways[0].refuse(&invite, 486, host).await;
            gateways[0].port
        }
        (invite, host) = gateways[1].request("INVITE") => {
            gateways[1].refuse(&invite, 486, host).await;
            gateways[1].port
        }
    };
    call.ended().await;
    port
}

#[tokio::test]
async fn gateways_are_tried_in_listed_order_without_those_that_are_not_enabled() {
    let tenant = Tenant::new(json!([])).await;
    let (first, second) = (Sipp::answer("refuse-503"), Sipp::answer("refuse-486"));
    let switched_off = json!({"server": "127.0.0.1", "port": 9, "enabled": false});
    let gateways = json!([switched_off, gateway(first.port), gateway(second.port)]);
    tenant.carrier_with("a", 9, json!({ "gateways": gateways }), json!({})).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(tried(&record), [("a", Some(503)), ("a", Some(486))]);
    first.finished().await;
    second.finished().await;
}

#[tokio::test]
async fn a_random_strategy_begins_with_every_gateway_at_some_time() {
    let tenant = Tenant::new(json!([])).await;
    let (one, other) = (BareSocket::bind().await, BareSocket::bind().await);
    let gateways = json!([gateway(one.port), gateway(other.port)]);
    let resource = json!({"gateway_strategy": "random", "gateways": gateways});
    tenant.carrier_with("a", 9, resource, json!({})).await;
    let mut asked = HashSet::new();
    // By chance alone all of them begin with the same gateway once in a trillion times.
    for _ in 0..40 {
        asked.insert(first_asked(&tenant, [&one, &other]).await);
        if asked.len() == 2 {
            return;
        }
    }
    panic!("always {asked:?}");
}

#[tokio::test]
async fn a_carrier_that_enforces_security_is_passed_over_and_the_record_says_why() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let (secure, plain) = (BareSocket::bind().await, Sipp::answer("answer"));
    let encryption = json!({"media": {"encryption": {"enforce_security": true, "methods": ["srtp"]}}});
    tenant.carrier_with("a", secure.port, encryption, json!({})).await;
    tenant.carrier("b", plain.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(tried(&record), [("a", None), ("b", Some(200))]);
    let attempt = &record["attempts"][0];
    assert_eq!(attempt["gateway"], "127.0.0.1");
    assert!(attempt["reason"].as_str().unwrap().starts_with("not dialled: media.encryption.enforce_security"));
    plain.finished().await;
    assert!(secure.waiting().is_empty(), "a carrier that enforces security was called in the clear");
}

#[tokio::test]
async fn a_carrier_that_says_100_and_no_more_has_its_progress_timeout() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let (slow, next) = (BareSocket::bind().await, Sipp::answer("answer"));
    tenant.carrier_with("a", slow.port, json!({"grace_period": 1}), json!({"progress_timeout": 2})).await;
    tenant.carrier("b", next.port).await;
    let call = tenant.call().await;
    let (invite, host) = slow.request("INVITE").await;
    slow.send(&invite.answered(100).replace(";tag=tested", ""), host).await;
    let record = call.ended().await;
    assert_eq!(tried(&record), [("a", None), ("b", Some(200))]);
    assert_eq!(record["attempts"][0]["reason"], "no ringing within the progress timeout");
    assert_eq!(slow.request("CANCEL").await.0.header("Call-ID"), invite.header("Call-ID"));
    next.finished().await;
}

#[tokio::test]
async fn what_documents_leave_open_is_for_the_configuration_to_say() {
    let args = ["--zone", "west", "--carriers-format-from-uri", "--carriers-progress-timeout-s", "1"];
    let args = args.map(str::to_owned).into();
    let server = Server::start_with(ServerOptions { args, ..ServerOptions::default() }).await;
    let tenant = Tenant::on(server, json!([])).await;
    let realm = json!({"sip_realm": "west.example"});
    let path = format!("/v1/Accounts/{}", tenant.account.sid);
    let _ = tenant.server.admin(strowger_tests::Method::PUT, &path, Some(&realm)).await.with_status(204);
    let carrier = BareSocket::bind().await;
    let zone = json!({"invite_parameters": {"dynamic": [{"key": "zone", "tag": "zone"}]}});
    tenant.carrier_with("a", carrier.port, json!({"grace_period": 20}), zone).await;
    let call = tenant.call().await;
    let (invite, _) = carrier.request("INVITE").await;
    assert!(invite.request_uri().ends_with(";zone=west"), "{}", invite.start_line());
    assert!(invite.header("From").starts_with("<sip:+12025550100@west.example>"), "{}", invite.header("From"));
    let record = call.ended().await;
    assert_eq!(record["attempts"][0]["reason"], "no ringing within the progress timeout");
}
