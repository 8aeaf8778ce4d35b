//! `/v1/Accounts/{sid}/Alerts`: what went wrong with hooks, found again.

use http::StatusCode;
use serde_json::json;
use strowger_calls::KeptAlerts;
use strowger_model::alert::{Alert, AlertType};
use strowger_model::{AccountId, Sid};
use strowger_store::{Expect, StoreExt};

use super::harness::{ADMIN, Answer, Api};

async fn alert(api: &Api, account: AccountId, alert_type: AlertType, message: &str) {
    let alert = Alert {
        time: strowger_model::time::now(),
        account_sid: account,
        alert_type,
        message: message.into(),
        url: Some("https://app.example.com/call".into()),
        status: None,
        application_sid: None,
        call_sid: Some(Sid::random()),
    };
    api.store.put(KeptAlerts::key(account, Sid::random()), json!(alert), Expect::Absent).await.unwrap();
}

async fn asked(api: &Api, query: &str) -> Answer {
    api.get(&api.v1(&format!("/Alerts?{query}")), api.own.account_token).await
}

#[tokio::test]
async fn alerts_are_paged_and_found_by_type_and_time() {
    let api = Api::new().await;
    alert(&api, api.own.account, AlertType::WebhookFailure, "webhook answered 503").await;
    alert(&api, api.own.account, AlertType::InvalidAppPayload, "invalid instruction: paws").await;
    let page = asked(&api, "page=1&count=1").await.json();
    assert_eq!((&page["total"], &page["page"], &page["page_size"]), (&json!(2), &json!(1), &json!(1)));
    for (query, count) in [
        ("days=1", 2),
        ("alert_type=webhook-failure", 1),
        ("alert_type=webhook-auth-failure", 0),
        ("start=2999-01-01", 0),
        ("end=2020-01-01", 0),
    ] {
        let page = asked(&api, &format!("page=1&count=9&{query}")).await;
        assert_eq!(page.data().as_array().unwrap().len(), count, "{query}");
    }
    let shown = asked(&api, "page=1&count=9&alert_type=webhook-failure").await.data()[0].clone();
    assert_eq!((&shown["message"], &shown["alert_type"]), (&json!("webhook answered 503"), &json!("webhook-failure")));
    assert!(shown.get("status").is_none(), "what an alert does not have is absent");
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let api = Api::new().await;
    for (query, message) in [
        ("count=5", "missing or invalid \"page\" query arg"),
        ("page=1&count=501", "missing or invalid \"count\" query arg"),
        ("page=1&count=5&alert_type=no-tea", "invalid alert_type"),
    ] {
        let answer = asked(&api, query).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::BAD_REQUEST, json!({"msg": message})), "{query}");
    }
}

#[tokio::test]
async fn a_service_provider_sees_the_alerts_of_its_accounts_and_of_no_other() {
    let api = Api::new().await;
    alert(&api, api.own.account, AlertType::WebhookFailure, "own").await;
    alert(&api, api.other.account, AlertType::WebhookFailure, "other").await;
    let path = format!("/v1/ServiceProviders/{}/Alerts?page=1&count=5", api.own.provider);
    for token in [api.own.provider_token, ADMIN] {
        let rows = api.get(&path, token).await.data();
        assert_eq!((rows.as_array().unwrap().len(), &rows[0]["message"]), (1, &json!("own")));
    }
}
