use serde_json::json;
use strowger_model::CallRecord;
use strowger_model::call_record::CallDirection;
use strowger_sandbox::hook::EventKind;
use strowger_store::MemoryStore;

use super::*;
use crate::payload;

const RETENTION: Duration = Duration::from_secs(60);

struct Bench {
    store: Arc<MemoryStore>,
    account: AccountId,
    alerts: Alerts,
    writing: tokio::task::JoinHandle<()>,
}

impl Bench {
    fn new() -> Self {
        let store = MemoryStore::new();
        let (alerts, writing) = Alerts::new(store.clone(), RETENTION, CancellationToken::new());
        Self { store, account: AccountId::random(), alerts, writing: tokio::spawn(writing) }
    }

    fn fail(&self, reason: &str) {
        let hook = Hook::parse("call_hook", &json!("https://app.example/call?token=secret#rc=1")).unwrap();
        let (from, to) = ("a".into(), "b".into());
        let record = CallRecord::trying(self.account, CallDirection::Outbound, from, to, "c".into());
        let event = payload::event(EventKind::SessionNew, &record, payload::base(&record), String::new());
        self.alerts.hook_failed(self.account, &hook, &event, reason);
    }

    /// What is kept once all is written.
    async fn kept(self, about: Option<AlertType>) -> HistoryPage<Alert> {
        drop(self.alerts);
        self.writing.await.unwrap();
        let accounts = [self.account];
        let past = Past { accounts: &accounts, since: None, before: None, skip: 0, limit: 10 };
        KeptAlerts { past, about }.read(&*self.store).await.unwrap()
    }
}

#[tokio::test]
async fn an_alert_tells_what_failed_and_keeps_what_is_secret_in_the_url() {
    let bench = Bench::new();
    bench.fail("webhook answered 503");
    let alert = bench.kept(None).await.entries.remove(0);
    assert_eq!((alert.alert_type, alert.status), (AlertType::WebhookFailure, Some(503)));
    assert_eq!(
        (alert.message.as_str(), alert.url.as_deref()),
        ("webhook answered 503", Some("https://app.example/call"))
    );
    assert!(alert.call_sid.is_some() && alert.application_sid.is_none());
}

#[tokio::test]
async fn alerts_are_found_by_what_they_are_about() {
    let bench = Bench::new();
    bench.fail("webhook answered 503");
    bench.fail("webhook refused the connection");
    let found = bench.kept(Some(AlertType::WebhookConnectionFailure)).await;
    assert_eq!((found.total, found.entries[0].message.as_str()), (1, "webhook refused the connection"));
}

#[tokio::test]
async fn an_account_has_no_more_than_its_share() {
    let bench = Bench::new();
    for _ in 0..=PER_HOUR {
        bench.fail("webhook answered 503");
    }
    assert_eq!(bench.kept(None).await.total, usize::try_from(PER_HOUR).unwrap());
}

#[tokio::test]
async fn a_call_that_is_refused_is_told_where_somebody_can_do_something_about_it() {
    let bench = Bench::new();
    let sid = Sid::random();
    for error in [
        CreateError::NoCarrier { sid, number: "+1617".into() },
        CreateError::Inactive,
        CreateError::Limit(LimitReached::OfProvider),
        CreateError::Invalid("missing from parameter".into()),
    ] {
        bench.alerts.call_refused(bench.account, &error);
    }
    let kept = bench.kept(None).await.entries;
    let mut told: Vec<String> = kept.iter().map(|alert| json!(alert.alert_type).as_str().unwrap().to_owned()).collect();
    told.sort();
    assert_eq!(told, ["account is inactive or suspended", "no-carrier", "service-provider-call-limit"]);
    let unrouted = kept.iter().find(|alert| alert.alert_type == AlertType::NoCarrier).unwrap();
    assert_eq!((unrouted.call_sid, unrouted.message.as_str()), (Some(sid), "no carrier takes +1617"));
}
