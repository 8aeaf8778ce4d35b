//! As many calls at once as an account may have.

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Tenant, eventually};

#[tokio::test]
async fn a_call_beyond_the_limit_is_refused_and_the_account_told() {
    let tenant = Tenant::new(json!([{"verb": "pause", "length": 600}])).await;
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    let path = format!("/v1/Accounts/{}/Limits", tenant.account.sid);
    let limit = json!({"category": "voice_call_session", "quantity": 2});
    let _ = tenant.server.admin(Method::POST, &path, Some(&limit)).await.with_status(201);
    let (first, _second) = (tenant.call().await, tenant.call().await);
    let refused = tenant.v1(Method::POST, "/Calls", tenant.call_body(json!({}))).await.with_status(429);
    assert_eq!(refused.body["msg"], "the account has as many calls as its limit voice_call_session allows");
    let _ = tenant.v1(Method::DELETE, &first.path(), Value::Null).await.with_status(204);
    let _ = tenant.call().await;
    let alert = eventually("an alert", async || {
        let alerts = tenant.v1(Method::GET, "/Alerts?page=1&count=9", Value::Null).await.with_status(200).body;
        alerts["data"][0]["alert_type"].as_str().map(str::to_owned)
    });
    assert_eq!(alert.await, "account-call-limit");
}
