//! Calls that are over, found again.

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Tenant};

async fn found(tenant: &Tenant, query: &str) -> Value {
    let path = format!("/RecentCalls?page=1&count=25{query}");
    tenant.v1(Method::GET, &path, Value::Null).await.with_status(200).body
}

#[tokio::test]
async fn a_call_is_found_with_every_attempt_also_once_its_record_is_gone() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let (refusing, answering) = (PracticeCarrier::start(503, &[]), PracticeCarrier::start(200, &[]));
    tenant.carrier("a", refusing.port).await;
    tenant.carrier("b", answering.port).await;
    let call = tenant.call().await;
    call.ended().await;
    let _ = tenant.v1(Method::DELETE, &call.path(), Value::Null).await.with_status(204);
    let page = found(&tenant, "&days=1&answered=true&trunk=b").await;
    assert_eq!((&page["total"], &page["page"], &page["page_size"]), (&json!(1), &json!(1), &json!(25)));
    let recent = &page["data"][0];
    assert_eq!(
        (&recent["call_sid"], &recent["trunk"], &recent["answered"]),
        (&json!(call.sid), &json!("b"), &json!(true))
    );
    let tried: Vec<_> =
        recent["attempts"].as_array().unwrap().iter().map(|one| (&one["resource_id"], &one["sip_status"])).collect();
    assert_eq!(tried, [(&json!("a"), &json!(503)), (&json!("b"), &json!(200))]);
    let one = tenant.v1(Method::GET, &format!("/RecentCalls/{}", call.sid), Value::Null).await.with_status(200).body;
    assert_eq!(&one, recent);
    for query in ["&answered=false", "&trunk=a", "&direction=inbound", "&filter=.*", "&start=2999-01-01"] {
        assert_eq!(found(&tenant, query).await["total"], 0, "{query}");
    }
}

#[tokio::test]
async fn nothing_is_found_of_the_calls_of_an_account_that_wants_nothing_kept() {
    let tenant = Tenant::new(json!([{"verb": "hangup"}])).await;
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    let keep = async |disable_cdrs: u8| {
        let body = json!({ "disable_cdrs": disable_cdrs });
        let _ = tenant.v1(Method::PUT, "", body).await.with_status(204);
        let call = tenant.call().await;
        call.ended().await;
        call.sid
    };
    let (unkept, kept) = (keep(1).await, keep(0).await);
    let page = found(&tenant, "").await;
    assert_eq!((&page["total"], &page["data"][0]["call_sid"]), (&json!(1), &json!(kept)));
    let _ = tenant.v1(Method::GET, &format!("/RecentCalls/{unkept}"), Value::Null).await.with_status(404);
}
