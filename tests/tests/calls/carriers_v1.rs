//! Calls over carriers that are made through `/v1`: their documents are the ones that route.

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Tenant};

fn sid(body: &Value) -> String {
    body["sid"].as_str().expect("what was made has a sid").to_owned()
}

/// A carrier with a gateway at 127.0.0.1, both made through `/v1`. Answers their ids.
async fn made(tenant: &Tenant, port: u16) -> (String, String) {
    let carrier = json!({"name": "Acme", "tech_prefix": "99"});
    let carrier = sid(&tenant.v1(Method::POST, "/VoipCarriers", carrier).await.with_status(201).body);
    let gateway = json!({"voip_carrier_sid": carrier, "ipv4": "127.0.0.1", "port": port, "inbound": 0, "outbound": 1});
    let (server, key) = (&tenant.server, &tenant.account.key);
    let gateway = server.send(Method::POST, "/v1/SipGateways", Some(key), Some(&gateway)).await.with_status(201);
    (carrier, sid(&gateway.body))
}

#[tokio::test]
async fn a_carrier_of_v1_takes_an_applications_call_until_its_gateway_is_off() {
    let carrier = PracticeCarrier::start(486, &[]);
    let tenant = Tenant::new(json!([])).await;
    let (acme, gateway) = made(&tenant, carrier.port).await;
    let hook = json!({"url": tenant.app.url("/call")});
    let application = json!({"name": "app", "call_hook": hook, "call_status_hook": hook});
    let application = sid(&tenant.v1(Method::POST, "/Applications", application).await.with_status(201).body);

    let placed = tenant.call_with(json!({"application_sid": application, "call_hook": null, "call_status_hook": null}));
    let record = placed.await.ended().await;
    let attempt = &record["attempts"][0];
    assert_eq!(
        (&attempt["resource_id"], &attempt["sip_status"]),
        (&json!(acme.replace('-', "")), &json!(486)),
        "{record}"
    );
    let dialled = attempt["route"].as_str().unwrap_or_default();
    assert!(dialled.contains("9915125550177@127.0.0.1"), "with the prefix and without the plus: {record}");

    let path = format!("/v1/SipGateways/{gateway}");
    let (server, key) = (&tenant.server, &tenant.account.key);
    let _ = server.send(Method::PUT, &path, Some(key), Some(&json!({"is_active": 0}))).await.with_status(204);
    let document = tenant.v2(Method::GET, &format!("/resources/{}", acme.replace('-', "")), Value::Null).await;
    assert_eq!(document.data()["gateways"][0]["enabled"], json!(false));
}

#[tokio::test]
async fn a_carrier_of_v2_is_listed_in_v1_and_renamed_there() {
    let carrier = PracticeCarrier::start(486, &[]);
    let tenant = Tenant::new(json!([])).await;
    tenant.carrier("trunk", carrier.port).await;
    let listed = tenant.v1(Method::GET, "/VoipCarriers", Value::Null).await.with_status(200).body;
    let sid = listed[0]["voip_carrier_sid"].as_str().expect("it is listed").to_owned();
    let _ = tenant.v1(Method::PUT, &format!("/VoipCarriers/{sid}"), json!({"name": "Renamed"})).await.with_status(204);
    let record = tenant.call_with(json!({"to": {"type": "phone", "number": "+15125550177", "trunk": "Renamed"}}));
    let record = record.await.ended().await;
    assert_eq!(record["attempts"][0]["resource_id"], json!("trunk"), "{record}");
}
