//! `/resources/jobs`, as both documents show it.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use strowger_jobs::numbers::AddNumbers;
use strowger_jobs::{JobRunner, JobsConfig};
use strowger_model::{AccountId, Owner, time};
use strowger_nodes::{Membership, NodeInfo};
use strowger_store::{Expect, Key, Kind, Store, StoreExt};

use super::harness::{ADMIN, Answer, Api, carrier};

/// An installation whose own account and whose pool have a carrier each.
async fn installation() -> Api {
    let api = Api::new().await;
    for (path, token, id) in
        [(api.v2("/resources"), api.own.account_token, "own"), ("/v2/resources".to_owned(), ADMIN, "pool")]
    {
        let mut data = carrier("Carrier");
        data["id"] = json!(id);
        let made = api.body("PUT", &path, token, json!({ "data": data })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    }
    api
}

/// Somebody who does jobs; ends when it is dropped.
pub(super) async fn worker(api: &Api) -> (Arc<JobRunner>, Arc<Membership>) {
    let store: Arc<dyn Store> = api.store.clone();
    let info = NodeInfo { name: "n".into(), http: "http://n:3000".into(), sip: "n:5060".into() };
    let nodes = Membership::start(Arc::clone(&store), info).await.unwrap();
    (JobRunner::start(store, &nodes, vec![Arc::new(AddNumbers)], JobsConfig::default()), nodes)
}

pub(super) async fn complete(api: &Api, path: &str, token: &str) -> Value {
    loop {
        let data = api.get(path, token).await.data();
        if data["status"] == "complete" {
            return data;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn made(api: &Api, numbers: Value, resource: &str) -> Answer {
    let data = json!({"numbers": numbers, "resource_id": resource});
    let answer = api.data("PUT", &api.v2("/resources/jobs"), data).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn a_job_is_made_as_documented() {
    let api = installation().await;
    let answer = made(&api, json!(["+12223334444", "+23334445555"]), "own").await;
    let (data, id) = (answer.data(), answer.data()["id"].as_str().unwrap().to_owned());
    let month = time::now();
    assert!(id.starts_with(&format!("{}{:02}-", month.year(), u8::from(month.month()))), "{id}");
    assert_eq!(keys(&data), ["errors", "id", "numbers", "resource_id", "successes"]);
    assert_eq!(data["numbers"], json!(["+12223334444", "+23334445555"]));
    assert_eq!((&data["errors"], &data["successes"]), (&json!({}), &json!({})));
    assert_eq!(answer.header("location"), api.v2(&format!("/resources/jobs/{id}")));
    assert_eq!(answer.json()["status"], "success");
    assert!(!answer.header("etag").is_empty());
}

#[tokio::test]
async fn a_job_is_read_as_documented_before_and_after() {
    let api = installation().await;
    let id = made(&api, json!(["3148096310", "nonsense"]), "own").await.data()["id"].as_str().unwrap().to_owned();
    let path = api.v2(&format!("/resources/jobs/{id}"));
    let before = api.get(&path, api.own.account_token).await;
    let data = before.data();
    let documented = ["errors", "id", "numbers", "progress", "resource_id", "status", "successes", "timestamp"];
    assert_eq!(keys(&data), documented);
    assert_eq!((&data["status"], &data["progress"]), (&json!("pending"), &json!({"done": 0, "total": 2})));
    assert!((time::gregorian_now() - data["timestamp"].as_i64().unwrap()).abs() < 60);
    let _worker = worker(&api).await;
    let data = complete(&api, &path, api.own.account_token).await;
    assert_eq!(data["numbers"], json!(["3148096310", "nonsense"]));
    assert_eq!(keys(&data["successes"]), ["+13148096310"]);
    let number = &data["successes"]["+13148096310"];
    assert_eq!(
        (&number["id"], &number["resource_id"], &number["state"], &number["module_name"]),
        (&json!("+13148096310"), &json!("own"), &json!("reserved"), &json!("local"))
    );
    assert_eq!(data["errors"]["nonsense"]["reason"], "not_reconcilable");
    assert!(data.get("progress").is_none());
    let after = api.get(&path, api.own.account_token).await;
    assert_ne!(after.header("etag"), before.header("etag"));
    let pretty = api.get(&format!("{path}?pretty_print=true"), api.own.account_token).await;
    assert_eq!(pretty.data(), data);
    let read = api.get(&api.v2("/phone_numbers/+13148096310"), api.own.account_token).await.data();
    assert_eq!(&read, number, "it is what the number itself says");
}

#[tokio::test]
async fn jobs_are_listed_as_documented_and_the_latest_is_first() {
    let api = installation().await;
    let mut ids = Vec::new();
    for (count, created) in [(1, 63_575_878_379_i64), (2, 63_575_950_041)] {
        let numbers: Vec<String> = (0..count).map(|n| format!("+1415886{created:.0}{n}")).collect();
        let id = made(&api, json!(numbers), "own").await.data()["id"].as_str().unwrap().to_owned();
        // As if it had been made then.
        let key = Key::new(Owner::Account(api.own.account), Kind::NumberJob, &id);
        let mut body = api.store.get(&key).await.unwrap().unwrap().body;
        (body["pvt_created"], body["pvt_modified"], body["pvt_successes"]) =
            (json!(created), json!(created), json!(count));
        api.store.put(key, body, Expect::Present).await.unwrap();
        ids.push(id);
    }
    let list = |query: &str| {
        let (api, path) = (&api, api.v2(&format!("/resources/jobs?{query}")));
        async move { api.get(&path, api.own.account_token).await }
    };
    assert_eq!(list("").await.data(), json!([]), "the last 31 days");
    let answer = list("created_from=63573276761&created_to=63575950041").await;
    let rows = answer.data();
    assert_eq!(keys(&rows[0]), ["failures", "id", "progress", "resource_id", "status", "successes", "timestamp"]);
    let told: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| (&row["id"], &row["timestamp"], &row["successes"])).collect();
    let (first, second) = (json!(ids[1]), json!(ids[0]));
    let expected = [(&first, &json!(63_575_950_041_i64), &json!(2)), (&second, &json!(63_575_878_379_i64), &json!(1))];
    assert_eq!(told, expected);
    assert_eq!(
        (&answer.json()["page_size"], &rows[0]["failures"], &rows[0]["status"]),
        (&json!(2), &json!(0), &json!("pending"))
    );

    let page = list("created_to=63575950041&page_size=1").await;
    assert_eq!(page.data()[0]["id"], first);
    let next = page.json()["next_start_key"].as_str().unwrap().to_owned();
    let page = list(&format!("created_to=63575950041&page_size=1&start_key={next}")).await;
    assert_eq!((&page.data()[0]["id"], page.json().get("next_start_key")), (&second, None));
    assert_eq!(list("created_to=63575950041&ascending=true").await.data()[0]["id"], second);
    assert_eq!(list("created_to=63575950041&filter_resource_id=else").await.data(), json!([]));
    assert_eq!(list("created_to=63575878379").await.data().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_period_that_is_reversed_or_too_long_is_refused() {
    let api = installation().await;
    for query in ["created_from=6&created_to=5", "created_from=0&created_to=2682001", "created_from=0"] {
        let answer = api.get(&api.v2(&format!("/resources/jobs?{query}")), api.own.account_token).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.data()["created_from"]["date_range"]["message"].is_string(), "{}", answer.text);
    }
    let answer = api.get(&api.v2("/resources/jobs?created_from=yesterday"), api.own.account_token).await;
    assert!(answer.data()["created_from"]["type"].is_object(), "{}", answer.text);
}

#[tokio::test]
async fn an_id_is_read_in_both_spellings_and_what_is_none_is_told_as_documented() {
    let api = installation().await;
    let made = made(&api, json!(["+13148096310"]), "own").await.data()["id"].as_str().unwrap().to_owned();
    let (owner, old) = (Owner::Account(api.own.account), "201408-39512771f9d2d499");
    let mut body = api.store.get(&Key::new(owner, Kind::NumberJob, &made)).await.unwrap().unwrap().body;
    body["id"] = json!(old);
    api.store.put(Key::new(owner, Kind::NumberJob, old), body, Expect::Absent).await.unwrap();
    for id in [old, "20148-39512771f9d2d499"] {
        let answer = api.get(&api.v2(&format!("/resources/jobs/{id}")), api.own.account_token).await;
        assert_eq!((answer.status, &answer.data()["id"]), (StatusCode::OK, &json!(old)), "{}", answer.text);
    }
    for verb in ["GET", "DELETE"] {
        let answer = api.send(verb, &api.v2("/resources/jobs/not-an-id"), api.own.account_token, b"").await;
        assert_eq!((answer.status, answer.data()), (StatusCode::NOT_FOUND, json!(["not-an-id"])));
        assert_eq!((&answer.json()["message"], &answer.json()["error"]), (&json!("bad identifier"), &json!("404")));
        let answer = api.send(verb, &api.v2("/resources/jobs/201408-ab"), api.own.account_token, b"").await;
        assert_eq!((answer.status, &answer.data()["cause"]), (StatusCode::NOT_FOUND, &json!("201408-ab")));
    }
}

#[tokio::test]
async fn a_carrier_that_exists_nowhere_is_refused_and_one_of_the_pool_is_told_apart() {
    let api = installation().await;
    let path = api.v2("/resources/jobs");
    for resource in ["nowhere", "../own", ""] {
        let answer = api.data("PUT", &path, json!({"numbers": ["+13148096310"], "resource_id": resource})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.data()["resource_id"].is_object(), "{}", answer.text);
    }
    for kind in [Kind::NumberJob, Kind::NumberJobPart] {
        assert!(api.store.all(api.own.account.into(), kind).await.unwrap().is_empty());
    }
    let _ = api.send("DELETE", &api.v2("/resources/own"), api.own.account_token, b"").await;
    let answer = api.data("PUT", &path, json!({"numbers": ["+13148096310"], "resource_id": "own"})).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "it was deleted");
    let _worker = worker(&api).await;
    let id = made(&api, json!(["+13148096310"]), "pool").await.data()["id"].as_str().unwrap().to_owned();
    let data = complete(&api, &api.v2(&format!("/resources/jobs/{id}")), api.own.account_token).await;
    assert_eq!(data["successes"]["+13148096310"]["module_name"], "other");
}

#[tokio::test]
async fn jobs_without_an_account_are_the_pools() {
    let api = installation().await;
    let body = |resource: &str| json!({"data": {"numbers": ["+13148096310"], "resource_id": resource}});
    let refused = api.body("PUT", "/v2/resources/jobs", ADMIN, body("own")).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "it is an account's");
    let _worker = worker(&api).await;
    let made = api.body("PUT", "/v2/resources/jobs", ADMIN, body("pool")).await;
    let location = made.header("location").to_owned();
    assert!(complete(&api, &location, ADMIN).await["successes"]["+13148096310"].is_object());
    assert_eq!(api.get("/v2/resources/jobs", ADMIN).await.data().as_array().unwrap().len(), 1);
    assert_eq!(api.get(&api.v2("/resources/jobs"), api.own.account_token).await.data(), json!([]));
    let whose = api.get("/v2/phone_numbers/+13148096310", ADMIN).await.data();
    assert_eq!((&whose["account_id"], &whose["module_name"]), (&Value::Null, &json!("other")));
    let id = location.rsplit('/').next().unwrap();
    let theirs = api.get(&api.v2(&format!("/resources/jobs/{id}")), api.own.account_token).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_job_that_is_called_off_says_so_and_one_that_is_over_stays() {
    let api = installation().await;
    let id = made(&api, json!(["+13148096310"]), "own").await.data()["id"].as_str().unwrap().to_owned();
    let path = api.v2(&format!("/resources/jobs/{id}"));
    let stale = http::Request::builder().method("DELETE").uri(&path).header("x-auth-token", api.own.account_token);
    let stale = api.request(stale.header("if-match", "\"1-stale\"").body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    for _ in 0..2 {
        let answer = api.delete(&path, api.own.account_token).await;
        assert_eq!((answer.status, &answer.data()["status"]), (StatusCode::OK, &json!("cancelled")));
    }
    let _worker = worker(&api).await;
    let other = made(&api, json!(["+13148096311"]), "own").await.data()["id"].as_str().unwrap().to_owned();
    let other = api.v2(&format!("/resources/jobs/{other}"));
    complete(&api, &other, api.own.account_token).await;
    assert_eq!(api.delete(&other, api.own.account_token).await.data()["status"], "complete");
    assert_eq!(api.get(&path, api.own.account_token).await.data()["successes"], json!({}));
}

#[tokio::test]
async fn names_and_unknown_keys_are_kept() {
    let api = installation().await;
    let data = json!({"numbers": ["+13148096310"], "resource_id": "own", "name": "First", "mark": {"a": [1]}});
    let made = api.data("PUT", &api.v2("/resources/jobs"), data).await.data();
    let path = api.v2(&format!("/resources/jobs/{}", made["id"].as_str().unwrap()));
    for shown in [made, api.get(&path, api.own.account_token).await.data()] {
        assert_eq!((&shown["name"], &shown["mark"]), (&json!("First"), &json!({"a": [1]})));
        assert!(shown.as_object().unwrap().keys().all(|key| !key.starts_with("pvt_")));
    }
    assert_eq!(api.get(&api.v2("/resources/jobs"), api.own.account_token).await.data()[0]["name"], "First");
}

#[tokio::test]
async fn a_job_is_never_another_accounts() {
    let api = installation().await;
    let id = made(&api, json!(["+13148096310"]), "own").await.data()["id"].as_str().unwrap().to_owned();
    let theirs = |account: AccountId| format!("/v2/accounts/{account}/resources/jobs/{id}");
    assert_eq!(api.get(&theirs(api.other.account), api.other.account_token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.delete(&theirs(api.own.account), api.other.account_token).await.status, StatusCode::FORBIDDEN);
}
