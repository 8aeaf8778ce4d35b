//! Lists of `/v2`: pages, order, and keys that cannot be made up.

use http::StatusCode;
use serde_json::json;

use super::harness::{Answer, Api, carrier};

async fn with_carriers(count: usize) -> Api {
    let api = Api::new().await;
    for n in 0..count {
        let mut document = carrier("Carrier");
        document["id"] = json!(format!("c{n:03}"));
        assert_eq!(api.data("PUT", &api.v2("/resources"), document).await.status, StatusCode::CREATED);
    }
    api
}

async fn listed(api: &Api, query: &str) -> Answer {
    api.get(&api.v2(&format!("/resources?{query}")), api.own.account_token).await
}

fn ids(answer: &Answer) -> Vec<String> {
    let rows = answer.data();
    rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn rows_are_summaries_by_descending_id() {
    let api = with_carriers(3).await;
    let answer = listed(&api, "").await;
    assert_eq!(ids(&answer), ["c002", "c001", "c000"]);
    let row = json!({"id": "c002", "name": "Carrier", "enabled": true, "weight_cost": 50, "weight": "50"});
    assert_eq!(answer.data()[0], row);
    assert_eq!((&answer.json()["page_size"], answer.json().get("next_start_key")), (&json!(3), None));
    assert_eq!(ids(&listed(&api, "ascending=true").await), ["c000", "c001", "c002"]);
}

#[tokio::test]
async fn a_lists_revision_changes_with_its_rows_only() {
    let api = with_carriers(2).await;
    let (first, again) = (listed(&api, "").await, listed(&api, "").await);
    assert_eq!(first.json()["revision"], again.json()["revision"]);
    api.data("PATCH", &api.v2("/resources/c001"), json!({"name": "Renamed"})).await;
    assert_ne!(listed(&api, "").await.header("etag"), first.header("etag"));
}

#[tokio::test]
async fn pages_follow_each_other_to_the_end() {
    let api = with_carriers(5).await;
    api.delete(&api.v2("/resources/c003"), api.own.account_token).await;
    let first = listed(&api, "page_size=2").await;
    assert_eq!(ids(&first), ["c004", "c002"]);
    let key = first.json()["next_start_key"].as_str().unwrap().to_owned();
    let second = listed(&api, &format!("page_size=2&start_key={key}")).await;
    assert_eq!(ids(&second), ["c001", "c000"]);
    assert_eq!((&second.json()["start_key"], second.json().get("next_start_key")), (&json!(key), None));
}

#[tokio::test]
async fn without_pages_all_rows_come_at_once() {
    let api = with_carriers(60).await;
    let paged = listed(&api, "").await;
    assert_eq!((ids(&paged).len(), paged.json()["next_start_key"].is_string()), (50, true));
    let all = listed(&api, "paginate=false").await;
    assert_eq!((ids(&all).len(), all.json().get("page_size")), (60, None));
}

#[tokio::test]
async fn a_page_size_is_a_positive_number() {
    let api = Api::new().await;
    for (size, message) in
        [("0", "page size must be at least 1"), ("-3", "page size must be at least 1"), ("x", "invalid page size")]
    {
        let answer = listed(&api, &format!("page_size={size}")).await;
        assert_eq!((answer.status, &answer.json()["message"]), (StatusCode::NOT_FOUND, &json!("faulty_request")));
        assert_eq!(answer.data(), json!({"message": message}));
    }
    assert_eq!(listed(&api, "page_size=999999999999").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_page_key_is_good_for_its_own_list_only() {
    let api = with_carriers(2).await;
    let first = listed(&api, "page_size=1").await;
    let key = first.json()["next_start_key"].as_str().unwrap().to_owned();
    let theirs = format!("/v2/accounts/{}/resources?start_key={key}", api.other.account);
    for answer in [
        api.get(&theirs, api.other.account_token).await,
        listed(&api, &format!("start_key={key}&ascending=true")).await,
        listed(&api, "start_key=c001").await,
    ] {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.data()["start_key"]["invalid"].is_object(), "{}", answer.text);
    }
}
