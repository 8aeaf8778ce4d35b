//! Who ends a call, and what its record says of it.

use serde_json::json;
use strowger_tests::{Sipp, Tenant};

#[tokio::test]
async fn the_far_end_hangs_up() {
    let tenant = Tenant::new(json!([{"verb": "pause", "length": 60}])).await;
    let carrier = Sipp::answer("hang-up");
    tenant.carrier("a", carrier.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!(record["call_status"], "completed");
    assert_eq!(record["call_termination_by"], "caller");
    assert!(record["duration"].as_u64().expect("a duration") >= 1, "{record}");
    for date in ["attempted_at", "answered_at", "terminated_at"] {
        assert!(record[date].as_str().is_some_and(|date| date.ends_with("+0000")), "{date}: {record}");
    }
    carrier.finished().await;
}

#[tokio::test]
async fn a_hangup_verb_sends_a_bye_with_its_headers() {
    let tenant = Tenant::new(json!([{"verb": "hangup", "headers": {"X-Why": "enough"}}])).await;
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!((&record["call_status"], &record["call_termination_by"]), (&json!("completed"), &json!("jambonz")));
    let received = carrier.finished().await;
    let bye = received.iter().find(|message| message.method() == "BYE").expect("a BYE");
    assert_eq!(bye.header("X-Why"), "enough");
}

#[tokio::test]
async fn a_script_that_has_run_out_hangs_up() {
    let tenant = Tenant::new(json!([])).await;
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    let record = tenant.call().await.ended().await;
    assert_eq!((&record["call_status"], &record["call_termination_by"]), (&json!("completed"), &json!("jambonz")));
    carrier.finished().await;
}

#[tokio::test]
async fn a_call_that_nobody_answers_in_time_is_cancelled() {
    let tenant = Tenant::new(json!([])).await;
    let carrier = Sipp::answer("cancelled");
    tenant.carrier("a", carrier.port).await;
    let record = tenant.call_with(json!({"timeout": 1})).await.ended().await;
    assert_eq!((&record["call_status"], &record["sip_status"]), (&json!("no-answer"), &json!(487)));
    assert!(record.get("duration").is_none() && record.get("answered_at").is_none(), "{record}");
    let methods: Vec<String> = carrier.finished().await.iter().map(|message| message.method().to_owned()).collect();
    assert_eq!(methods, ["INVITE", "CANCEL", "ACK"]);
}

#[tokio::test]
async fn a_time_limit_hangs_up() {
    let tenant = Tenant::new(json!([{"verb": "pause", "length": 60}])).await;
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    let record = tenant.call_with(json!({"timeLimit": 1})).await.ended().await;
    assert_eq!(
        (&record["call_status"], &record["termination_reason"]),
        (&json!("completed"), &json!("timeLimit reached"))
    );
    carrier.finished().await;
}
