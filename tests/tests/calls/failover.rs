//! A call moves from carrier to carrier until one answers or the called party's own word ends the hunt.

use serde_json::{Value, json};
use strowger_tests::{BareSocket, PracticeCarrier, Sipp, Tenant, free_udp_port};

use crate::tried;

/// The second of an attempt's start. Dates of records have whole seconds.
fn started(record: &Value, attempt: usize) -> i64 {
    let date = record["attempts"][attempt]["started_at"].as_str().expect("a date");
    let clock = date.split(' ').find(|word| word.matches(':').count() == 2).expect("a time of day");
    clock.split(':').fold(0, |seconds, part| seconds * 60 + part.parse::<i64>().expect("digits"))
}

fn seconds_between_starts(record: &Value) -> i64 {
    (started(record, 1) - started(record, 0)).rem_euclid(24 * 3_600)
}

#[tokio::test]
async fn a_carrier_that_refuses_with_503_is_followed_by_the_next() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let (refusing, answering) = (Sipp::answer("refuse-503"), Sipp::answer("answer"));
    tenant.carrier("a", refusing.port).await;
    tenant.carrier("b", answering.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(tried(&record), [("a", Some(503)), ("b", Some(200))]);
    assert_eq!((&record["call_status"], &record["sip_status"]), (&json!("completed"), &json!(200)));
    refusing.finished().await;
    answering.finished().await;
}

#[tokio::test]
async fn a_silent_carrier_is_left_after_its_grace_period() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let (silent, answering) = (BareSocket::bind().await, Sipp::answer("answer"));
    tenant.carrier_with("a", silent.port, json!({"grace_period": 1}), json!({})).await;
    tenant.carrier("b", answering.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(tried(&record), [("a", None), ("b", Some(200))]);
    assert_eq!(record["attempts"][0]["reason"], "no SIP answer within the grace period");
    assert!(seconds_between_starts(&record) >= 1, "{record}");
    assert!(!silent.waiting().is_empty(), "the silent carrier was never asked");
    answering.finished().await;
}

#[tokio::test]
async fn a_carrier_whose_port_is_closed_is_left_without_waiting_for_its_grace_period() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let answering = Sipp::answer("answer");
    let grace = 20;
    // Nobody else binds this address, so that the port stays closed.
    let closed = json!({"server": "127.0.0.37"});
    tenant.carrier_with("a", free_udp_port(), json!({"grace_period": grace}), closed).await;
    tenant.carrier("b", answering.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(tried(&record), [("a", None), ("b", Some(200))]);
    let reason = record["attempts"][0]["reason"].as_str().expect("a reason");
    assert!(reason.to_lowercase().contains("refused"), "{reason}");
    assert!(seconds_between_starts(&record) < grace, "{record}");
    answering.finished().await;
}

#[tokio::test]
async fn a_carrier_that_does_not_ring_in_time_is_left_and_cancelled() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let trying = PracticeCarrier::start(200, &["--after", "60000"]);
    let answering = Sipp::answer("answer");
    tenant.carrier_with("a", trying.port, json!({"grace_period": 1}), json!({"progress_timeout": 1})).await;
    tenant.carrier("b", answering.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(tried(&record), [("a", None), ("b", Some(200))]);
    trying.reports(" 487 cancelled ").await;
    answering.finished().await;
}

#[tokio::test]
async fn a_busy_line_ends_the_hunt() {
    let tenant = Tenant::new(json!([])).await;
    let (busy, unused) = (Sipp::answer("refuse-486"), BareSocket::bind().await);
    tenant.carrier("a", busy.port).await;
    tenant.carrier("b", unused.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(tried(&record), [("a", Some(486))]);
    assert_eq!((&record["call_status"], &record["sip_status"]), (&json!("busy"), &json!(486)));
    assert!(record.get("duration").is_none());
    busy.finished().await;
    assert!(unused.waiting().is_empty(), "the second carrier was asked although the line is busy");
}

#[tokio::test]
async fn a_call_that_no_carrier_takes_fails_with_what_tells_most() {
    let tenant = Tenant::new(json!([])).await;
    let (first, second) = (PracticeCarrier::start(404, &[]), PracticeCarrier::start(503, &[]));
    tenant.carrier("a", first.port).await;
    tenant.carrier("b", second.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(tried(&record), [("a", Some(404)), ("b", Some(503))]);
    assert_eq!((&record["call_status"], &record["sip_status"]), (&json!("failed"), &json!(404)));
}

#[tokio::test]
async fn the_cheaper_carrier_is_tried_first() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let (dear, cheap) = (BareSocket::bind().await, Sipp::answer("answer"));
    tenant.carrier_with("a", dear.port, json!({"weight_cost": 60}), json!({})).await;
    tenant.carrier_with("b", cheap.port, json!({"weight_cost": 40}), json!({})).await;
    assert_eq!(tried(&tenant.call().await.ended().await), [("b", Some(200))]);
    cheap.finished().await;
    assert!(dear.waiting().is_empty());
}

#[tokio::test]
async fn a_number_that_no_carrier_takes_is_refused_at_once_and_recorded() {
    let tenant = Tenant::new(json!([])).await;
    let refused = tenant.v1(strowger_tests::Method::POST, "/Calls", tenant.call_body(json!({}))).await.with_status(422);
    assert_eq!(refused.body["msg"], "no carrier takes +15125550177");
    let sid = refused.body["sid"].as_str().expect("the record's sid");
    let record =
        tenant.v1(strowger_tests::Method::GET, &format!("/Calls/{sid}"), Value::Null).await.with_status(200).body;
    assert_eq!((&record["call_status"], &record["sip_status"]), (&json!("failed"), &json!(404)));
}
