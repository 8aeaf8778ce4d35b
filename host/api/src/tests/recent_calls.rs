//! `/v1/Accounts/{sid}/RecentCalls`: calls that are over, found again.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_calls::RecentCalls;
use strowger_model::call_record::CallStatus;
use strowger_model::{AccountId, RecentCall, Sid};
use strowger_store::{Expect, StoreExt};

use super::harness::{ADMIN, Answer, Api};

/// A call of the account that was refused just now, and its id.
pub(super) async fn over(api: &Api, account: AccountId, from: &str) -> Sid {
    let call = api.calls.add(account, from);
    let mut record = api.calls.records.lock().iter().find(|record| record.call_sid == call).unwrap().clone();
    record.refused(CallStatus::Busy, 486, "Busy Here", record.attempted_at);
    let body = serde_json::to_value(RecentCall::of(&record)).unwrap();
    api.store.put(RecentCalls::key(account, call), body, Expect::Absent).await.unwrap();
    call
}

async fn asked(api: &Api, query: &str) -> Answer {
    api.get(&api.v1(&format!("/RecentCalls?{query}")), api.own.account_token).await
}

async fn found(api: &Api, query: &str) -> usize {
    let answer = asked(api, &format!("page=1&count=500&{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
    answer.data().as_array().unwrap().len()
}

#[tokio::test]
async fn a_page_tells_where_it_is_and_how_many_there_are() {
    let api = Api::new().await;
    for from in ["+1", "+2", "+3"] {
        over(&api, api.own.account, from).await;
    }
    let mut page = asked(&api, "page=2&count=2").await.json();
    let rows = page["data"].take();
    assert_eq!(page, json!({"total": 3, "page": 2, "page_size": 2, "more": false, "data": null}));
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let first = asked(&api, "page=1&count=2").await.json();
    assert_eq!((&first["total"], &first["more"]), (&json!(3), &json!(true)));
}

#[tokio::test]
async fn page_and_count_are_required() {
    let api = Api::new().await;
    for (query, name) in [
        ("", "page"),
        ("count=5", "page"),
        ("page=0&count=5", "page"),
        ("page=x&count=5", "page"),
        ("page=1", "count"),
        ("page=1&count=0", "count"),
        ("page=1&count=501", "count"),
    ] {
        let answer = asked(&api, query).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.json(), json!({"msg": format!("missing or invalid \"{name}\" query arg")}));
    }
}

#[tokio::test]
async fn what_a_list_cannot_be_filtered_by_is_refused_by_its_name() {
    let api = Api::new().await;
    for (query, name) in [
        ("days=0", "\"days\""),
        ("days=3651", "\"days\""),
        ("start=yesterday", "\"start\""),
        ("start=2026-01-02&end=2026-01-01", "\"end\""),
        ("answered=maybe", "\"answered\""),
        ("direction=sideways", "direction"),
    ] {
        let answer = asked(&api, &format!("page=1&count=5&{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(answer.json()["msg"].as_str().unwrap().starts_with(&format!("invalid {name}")), "{}", answer.text);
    }
}

#[tokio::test]
async fn filters_leave_calls_out() {
    let api = Api::new().await;
    let call = over(&api, api.own.account, "+15083728299").await;
    for query in [
        "days=1",
        "start=2020-01-01",
        "end=2999-01-01T00:00:00Z",
        // `days` wins.
        "days=1&start=2998-01-01&end=2999-01-01",
        "answered=false",
        "direction=outbound",
        "filter=083728",
        "filter=617237",
        &format!("filter={call}"),
        "trunk=&filter=",
    ] {
        assert_eq!(found(&api, query).await, 1, "{query}");
    }
    for query in ["start=2999-01-01", "end=2020-01-01", "answered=true", "direction=inbound", "trunk=carrier-1"] {
        assert_eq!(found(&api, query).await, 0, "{query}");
    }
}

/// The filter is text, whatever an expression or a query language would make of it.
#[tokio::test]
async fn a_filter_means_nothing_but_itself() {
    let api = Api::new().await;
    over(&api, api.own.account, "+15083728299").await;
    over(&api, api.other.account, "+15083728299").await;
    for filter in [".*", "%2E", "%", "1508_728", "%5E%5C%2B1", "%2F%20OR%20true", "'%20OR%20''%3D'", "%7C", "%5B0-9%5D"]
    {
        assert_eq!(found(&api, &format!("filter={filter}")).await, 0, "{filter}");
    }
    assert_eq!(found(&api, "filter=%2B1508").await, 1);
}

#[tokio::test]
async fn one_call_tells_its_attempts_and_whose_it_was() {
    let api = Api::new().await;
    let call = over(&api, api.own.account, "+1").await;
    let shown = api.get(&api.v1(&format!("/RecentCalls/{call}")), api.own.account_token).await.json();
    assert_eq!((&shown["call_sid"], &shown["attempts"]), (&json!(call), &json!([])));
    assert_eq!((&shown["sip_status"], &shown["termination_reason"]), (&json!(486), &json!("Busy Here")));
    assert_eq!(shown["service_provider_sid"], json!(api.own.provider));
    assert_eq!((&shown["answered_at"], &shown["recording_url"]), (&Value::Null, &Value::Null));
    let unknown = api.get(&api.v1(&format!("/RecentCalls/{}", Sid::random())), api.own.account_token).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_service_provider_sees_the_calls_of_all_its_accounts_and_of_no_other() {
    let api = Api::new().await;
    let (own, other) = (over(&api, api.own.account, "+1").await, over(&api, api.other.account, "+2").await);
    let base = format!("/v1/ServiceProviders/{}/RecentCalls", api.own.provider);
    for token in [api.own.provider_token, ADMIN] {
        let rows = api.get(&format!("{base}?page=1&count=5"), token).await.data();
        assert_eq!((rows.as_array().unwrap().len(), &rows[0]["call_sid"]), (1, &json!(own)));
        assert_eq!(api.get(&format!("{base}/{own}"), token).await.status, StatusCode::OK);
        assert_eq!(api.get(&format!("{base}/{other}"), token).await.status, StatusCode::NOT_FOUND);
    }
    let unknown = format!("/v1/ServiceProviders/{}/RecentCalls?page=1&count=5", Sid::random());
    assert_eq!(api.get(&unknown, ADMIN).await.status, StatusCode::NOT_FOUND);
}
