//! Many calls at once: none is lost.

use std::time::Duration;

use serde_json::json;
use strowger_tests::{PracticeCarrier, Tenant, eventually};

const CALLS: usize = 200;

/// Twenty a second.
const PAUSE: Duration = Duration::from_millis(50);

#[tokio::test]
async fn two_hundred_calls_at_twenty_a_second_are_all_completed() {
    let tenant = Tenant::new(json!([{"verb": "pause", "length": 1}, {"verb": "hangup"}])).await;
    let carrier = PracticeCarrier::start(200, &["--ring"]);
    tenant.carrier("a", carrier.port).await;
    let mut ticks = tokio::time::interval(PAUSE);
    let mut calls = Vec::new();
    for _ in 0..CALLS {
        ticks.tick().await;
        calls.push(tenant.call().await);
    }
    for call in &calls {
        let record = call.ended().await;
        assert_eq!(record["call_status"], "completed", "{record}");
        assert!(record["duration"].as_u64().is_some_and(|seconds| seconds >= 1), "{record}");
        assert_eq!(record["attempts"].as_array().map(Vec::len), Some(1), "{record}");
    }
    let reports = eventually("every call to end at the carrier", async || {
        Some(carrier.calls()).filter(|reports| reports.len() >= CALLS)
    })
    .await;
    assert!(reports.iter().all(|report| report.contains(" 200 hung up ")), "{reports:#?}");
    let mut ids: Vec<&str> = calls.iter().map(|call| call.call_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), reports.len()), (CALLS, CALLS));
}
