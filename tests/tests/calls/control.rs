//! Live calls are changed over REST, and the answer tells the outcome.

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Sipp, Tenant, eventually};

/// A customer whose calls wait to be told what to do.
async fn waiting_tenant() -> (Tenant, Sipp) {
    let tenant = Tenant::new(json!([{"verb": "pause", "length": 60}])).await;
    let carrier = Sipp::answer("answer");
    tenant.carrier("a", carrier.port).await;
    (tenant, carrier)
}

#[tokio::test]
async fn completing_a_call_hangs_it_up_before_it_is_answered_204() {
    let (tenant, carrier) = waiting_tenant().await;
    let call = tenant.call().await;
    call.reaches("in-progress").await;
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(204);
    let record = call.record().await;
    assert_eq!((&record["call_status"], &record["call_termination_by"]), (&json!("completed"), &json!("jambonz")));
    carrier.finished().await;
    let gone = call.update(json!({"call_status": "completed"})).await.with_status(422);
    assert_eq!(gone.body["msg"], format!("call session is gone for call_sid {}", call.sid));
}

#[tokio::test]
async fn another_call_hook_takes_over() {
    let (tenant, carrier) = waiting_tenant().await;
    let verbs = json!([{"verb": "tag", "data": {"redirected": true}}, {"verb": "hangup"}]);
    tenant.app.answers("/other", verbs);
    let call = tenant.call().await;
    call.reaches("in-progress").await;
    let _ = call.update(json!({"call_hook": tenant.app.url("/other")})).await.with_status(204);
    let record = call.ended().await;
    assert_eq!(record["customerData"], json!({"redirected": true}));
    let asked = tenant.app.requests("/other");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].body["call_sid"], call.sid);
    carrier.finished().await;
}

#[tokio::test]
async fn a_call_hook_that_fails_leaves_the_call_as_it_is() {
    let (tenant, carrier) = waiting_tenant().await;
    tenant.app.answers_with("/broken", 500, json!({"error": "no"}));
    let call = tenant.call().await;
    call.reaches("in-progress").await;
    let refused = call.update(json!({"call_hook": tenant.app.url("/broken")})).await.with_status(422);
    assert!(refused.body["msg"].as_str().unwrap().starts_with("call_hook failed: "), "{}", refused.text);
    assert_eq!(call.record().await["call_status"], "in-progress");
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(204);
    carrier.finished().await;
}

#[tokio::test]
async fn a_tag_is_replaced() {
    let (tenant, carrier) = waiting_tenant().await;
    let call = tenant.call_with(json!({"tag": {"account": 7}})).await;
    let before = call.reaches("in-progress").await;
    assert_eq!(before["customerData"], json!({"account": 7}));
    let _ = call.update(json!({"tag": {"account": 8}})).await.with_status(204);
    assert_eq!(call.record().await["customerData"], json!({"account": 8}));
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(204);
    carrier.finished().await;
}

#[tokio::test]
async fn deleting_a_live_call_hangs_it_up_and_removes_its_record() {
    let (tenant, carrier) = waiting_tenant().await;
    let call = tenant.call().await;
    call.reaches("in-progress").await;
    let _ = tenant.v1(Method::DELETE, &call.path(), Value::Null).await.with_status(204);
    carrier.finished().await;
    let _ = tenant.v1(Method::GET, &call.path(), Value::Null).await.with_status(404);
    let _ = tenant.v1(Method::DELETE, &call.path(), Value::Null).await.with_status(404);
}

#[tokio::test]
async fn a_call_that_still_rings_is_given_up_as_no_answer() {
    let tenant = Tenant::new(json!([])).await;
    let carrier = Sipp::answer("cancelled");
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    call.reaches("ringing").await;
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(422);
    let _ = call.update(json!({"call_status": "no-answer"})).await.with_status(204);
    let record = call.ended().await;
    assert_eq!((&record["call_status"], &record["call_termination_by"]), (&json!("no-answer"), &json!("jambonz")));
    carrier.finished().await;
}

#[tokio::test]
async fn an_update_asks_for_exactly_one_known_thing() {
    let (tenant, carrier) = waiting_tenant().await;
    let call = tenant.call().await;
    call.reaches("in-progress").await;
    for (body, status, message) in [
        (json!({}), 400, "no valid options supplied to updateCall"),
        (json!({"call_status": "completed", "tag": {"a": 1}}), 400, "multiple options are not allowed in updateCall"),
        (json!({"call_status": "ringing"}), 400, "invalid call_status"),
        (json!({"mute_status": "quiet"}), 400, "invalid mute_status"),
    ] {
        let refused = call.update(body.clone()).await.with_status(status);
        assert_eq!(refused.body["msg"], message, "{body}");
    }
    assert_eq!(call.record().await["call_status"], "in-progress");
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(204);
    carrier.finished().await;
}

#[tokio::test]
async fn digits_and_requests_reach_the_carrier_and_its_answer_comes_back() {
    let carrier = PracticeCarrier::start(200, &[]);
    let tenant = Tenant::new(json!([{"verb": "pause", "length": 60}])).await;
    tenant.carrier("a", carrier.port).await;
    let call = tenant.call().await;
    call.reaches("in-progress").await;
    for digit in ["4", "*"] {
        let _ = call.update(json!({"dtmf": {"digit": digit, "duration": 60}})).await.with_status(204);
    }
    let request = |method: &str, content: &str| json!({"sip_request": {"method": method, "content_type": "application/dtmf-relay", "content": content}});
    let answered = call.update(request("info", "Signal=9\r\n")).await.with_status(200).body;
    assert_eq!(answered, json!({"status": 200, "reason": "OK"}));
    let refused = call.update(request("MESSAGE", "hello")).await.with_status(200).body;
    assert_eq!(refused["status"], 405, "the practice carrier takes no messages");
    let muted = call.update(json!({"mute_status": "mute"})).await.with_status(422).body;
    let text = format!("mute_status needs a dial or a conference, and call_sid {} has none", call.sid);
    assert_eq!(muted["msg"], text);
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(204);
    carrier.reports("digits 4*9").await;
}

#[tokio::test]
async fn calls_are_listed_while_they_live_and_after() {
    let (tenant, carrier) = waiting_tenant().await;
    let call = tenant.call().await;
    call.reaches("in-progress").await;
    let listed = async |query: &str| {
        let calls = tenant.v1(Method::GET, &format!("/Calls{query}"), Value::Null).await.with_status(200).body;
        let sids: Vec<String> = calls.as_array().unwrap().iter().map(|call| call["call_sid"].to_string()).collect();
        sids
    };
    let sid = json!(call.sid).to_string();
    assert_eq!(listed("").await, [sid.as_str()]);
    assert_eq!(listed("?callStatus=in-progress").await, [sid.as_str()]);
    assert_eq!(listed("?callStatus=completed").await, Vec::<String>::new());
    let _ = call.update(json!({"call_status": "completed"})).await.with_status(204);
    let found = eventually("the call to be listed as completed", async || {
        Some(listed("?callStatus=completed").await).filter(|sids| !sids.is_empty())
    });
    assert_eq!(found.await, [sid]);
    carrier.finished().await;
}
