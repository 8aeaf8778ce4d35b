//! What goes wrong with a hook is an alert of its account.

use serde_json::{Value, json};
use strowger_tests::{Method, Tenant, eventually};

use super::customer;

/// The alerts of the customer, once there are so many.
async fn alerts(tenant: &Tenant, count: usize) -> Vec<Value> {
    eventually("the alerts", async || {
        let page = tenant.v1(Method::GET, "/Alerts?page=1&count=25", Value::Null).await.with_status(200).body;
        page["data"].as_array().filter(|alerts| alerts.len() == count).cloned()
    })
    .await
}

#[tokio::test]
async fn hooks_that_fail_are_alerts_and_status_hooks_are_one_for_each_event() {
    let (tenant, _carrier) = customer(json!([{"verb": "redirect", "actionHook": "/paws"}])).await;
    tenant.app.answers("/paws", json!([{"verb": "paws"}]));
    tenant.app.answers_with("/status", 404, json!({}));
    let call = tenant.call_with(json!({"call_hook": tenant.app.url("/call?token=secret")})).await;
    call.ended().await;
    // Three states and the fault of the redirection.
    let alerts = alerts(&tenant, 5).await;
    let (invalid, missing): (Vec<&Value>, Vec<&Value>) =
        alerts.iter().partition(|alert| alert["alert_type"] == "invalid-app-payload");
    assert_eq!((invalid.len(), missing.len()), (1, 4), "{alerts:?}");
    assert_eq!(invalid[0]["message"], "invalid instruction: paws");
    for alert in &missing {
        assert_eq!((&alert["alert_type"], &alert["status"]), (&json!("webhook-url-notfound"), &json!(404)));
        assert_eq!((&alert["url"], &alert["call_sid"]), (&json!(tenant.app.url("/status")), &json!(call.sid)));
    }
}

#[tokio::test]
async fn an_alert_does_not_show_the_query_of_a_hook() {
    let (tenant, _carrier) = customer(json!([])).await;
    tenant.app.answers_with("/call", 401, json!({}));
    tenant.call_with(json!({"call_hook": tenant.app.url("/call?token=secret#rc=0")})).await.ended().await;
    let alert = alerts(&tenant, 1).await.remove(0);
    assert_eq!(
        (&alert["alert_type"], &alert["url"]),
        (&json!("webhook-auth-failure"), &json!(tenant.app.url("/call")))
    );
}
