//! Tasks over REST; who does them is tested where they are done.

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use strowger_jobs::tasks::{TaskLimits, Tasks};
use strowger_model::Owner;
use strowger_rows::SelectorRows;
use strowger_store::{Kind, StoreExt};

use super::harness::{ADMIN, Answer, Api};

const FILE: &str = "name,selector,resource,value\nlcr,7495,RES-4,0.4\nlcr,7499,RES-4,0.5\n";
const IMPORT: &str = "/tasks?category=resource_selectors&action=import&file_name=rates.csv";

async fn put_body(api: &Api, path: &str, body: Body) -> Answer {
    let request = Request::builder().method("PUT").uri(api.v2(path)).header("x-auth-token", api.own.account_token);
    api.request(request.header("content-type", "text/csv; charset=utf-8").body(body).unwrap()).await
}

async fn put(api: &Api, path: &str, file: &str) -> Answer {
    put_body(api, path, Body::from(file.to_owned())).await
}

/// A task of that file, and its path.
async fn task(api: &Api, file: &str) -> String {
    let made = put(api, IMPORT, file).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    format!("/tasks/{}", made.data()["id"].as_str().unwrap())
}

async fn get(api: &Api, path: &str) -> Answer {
    api.get(&api.v2(path), api.own.account_token).await
}

async fn patch(api: &Api, path: &str) -> Answer {
    api.send("PATCH", &api.v2(path), api.own.account_token, b"").await
}

/// Documents of tasks and of their bytes.
async fn stored(api: &Api) -> usize {
    let owner = Owner::Account(api.own.account);
    let mut count = 0;
    for kind in [Kind::Task, Kind::Blob] {
        count += api.store.all(owner, kind).await.unwrap().len();
    }
    count
}

#[tokio::test]
async fn a_file_becomes_a_task_that_waits() {
    let api = Api::new().await;
    let made = put(&api, IMPORT, FILE).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let task = made.data()["_read_only"].clone();
    let id = task["id"].as_str().unwrap();
    assert_eq!(id.len(), 30);
    assert_eq!(made.header("location"), api.v2(&format!("/tasks/{id}")));
    let expected = [
        ("account_id", json!(api.own.account.hex())),
        ("auth_account_id", json!(api.own.account.hex())),
        ("category", json!("resource_selectors")),
        ("action", json!("import")),
        ("mode", json!("upsert")),
        ("file_name", json!("rates.csv")),
        ("status", json!("pending")),
        ("total_count", json!(2)),
        ("csvs", json!(["input.csv"])),
    ];
    for (field, value) in expected {
        assert_eq!(task[field], value, "{field}");
    }
    assert_eq!(task["created"], task["submit_timestamp"]);
    let read = get(&api, &format!("/tasks/{id}")).await;
    assert_eq!(read.data()["_read_only"], task);
    let listed = get(&api, "/tasks").await.data();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!((&listed[0]["id"], &listed[0]["status"]), (&json!(id), &json!("pending")));
}

#[tokio::test]
async fn records_in_json_are_a_file_too() {
    let api = Api::new().await;
    let records = json!([{"name": "lcr", "selector": 7495, "resource": "RES-4"}, {"name": "lcr", "selector": "7", "resource": "r", "value": 0.4}]);
    let data = json!({"records": records, "file_name": "a.csv", "category": "resource_selectors", "action": "import"});
    let made = api.data("PUT", &api.v2("/tasks"), data).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let task = &made.data()["_read_only"];
    assert_eq!((&task["total_count"], &task["file_name"]), (&json!(2), &json!("a.csv")));
    let id = task["id"].as_str().unwrap();
    let file = get(&api, &format!("/tasks/{id}?csv_name=input.csv")).await;
    assert_eq!(file.text, "name,selector,resource,value\nlcr,7495,RES-4,\nlcr,7,r,0.4\n");
}

#[tokio::test]
async fn what_was_uploaded_can_be_read_again() {
    let api = Api::new().await;
    let file = format!("name,selector,resource\n{}", "lcr,7495,RES-4\n".repeat(40_000));
    let pieces: Vec<_> = file.as_bytes().chunks(1_000).map(Bytes::copy_from_slice).collect();
    let made = put_body(&api, IMPORT, Body::from_stream(stream::iter(pieces).map(Ok::<_, std::io::Error>))).await;
    assert_eq!(made.data()["_read_only"]["total_count"], 40_000);
    let path = format!("/tasks/{}", made.data()["id"].as_str().unwrap());
    let read = get(&api, &format!("{path}?csv_name=input.csv")).await;
    assert_eq!(read.header("content-type"), "text/csv");
    assert_eq!(read.header("content-disposition"), "attachment; filename=\"input.csv\"");
    assert!(read.text == file, "it is another file");
    let request = Request::builder().uri(api.v2(&path)).header("x-auth-token", api.own.account_token);
    let read = api.request(request.header("accept", "text/csv").body(Body::empty()).unwrap()).await;
    assert!(read.text == file, "nothing has failed, so that there is no other file");
    assert_eq!(get(&api, &format!("{path}?csv_name=error.csv")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_with_a_wrong_header_is_refused_in_the_documented_words() {
    let api = Api::new().await;
    let refused = put(&api, IMPORT, "name,carrier,selector\na,b,c\n").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let told = &refused.data()["attachment"]["type"];
    assert_eq!(told["unknown_fields"], json!(["carrier"]));
    assert_eq!(told["missing_mandatory_fields"], json!(["resource"]));
    let delete = put(&api, "/tasks?category=resource_selectors&action=delete", FILE).await;
    assert_eq!(delete.data()["attachment"]["type"]["unknown_fields"], json!(["value"]));
    for file in ["", "name,selector,resource\n", &format!("name,selector,resource\n\"{}", "x".repeat(70_000))] {
        let refused = put(&api, IMPORT, file).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.data()["csv"]["format"]["message"].is_string(), "{}", refused.text);
    }
    assert_eq!(stored(&api).await, 0);
}

#[tokio::test]
async fn what_is_no_task_is_refused() {
    let api = Api::new().await;
    for (query, status) in [
        ("category=accounts&action=import", StatusCode::NOT_FOUND),
        ("category=resource_selectors&action=shred", StatusCode::NOT_FOUND),
        ("category=resource_selectors", StatusCode::BAD_REQUEST),
        ("action=import", StatusCode::BAD_REQUEST),
        ("category=resource_selectors&action=import&mode=merge", StatusCode::BAD_REQUEST),
        ("category=resource_selectors&action=delete&mode=replace", StatusCode::BAD_REQUEST),
        ("category=resource_selectors&action=import&file_name=a%0Ab", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(put(&api, &format!("/tasks?{query}"), FILE).await.status, status, "{query}");
    }
    for id in ["1", "0123456789abcdef0123456789abcd"] {
        assert_eq!(get(&api, &format!("/tasks/{id}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(patch(&api, &format!("/tasks/{id}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_tasks_there_can_be_is_told() {
    let api = Api::new().await;
    let all = get(&api, "/tasks?category=resource_selectors").await.data();
    let actions = &all["tasks"]["resource_selectors"];
    assert_eq!(actions["import"]["mandatory"], json!(["name", "selector", "resource"]));
    assert_eq!(actions["import"]["optional"], json!(["value", "start_time", "stop_time"]));
    assert_eq!(actions["delete"]["optional"], json!([]));
    let one = get(&api, "/tasks?category=resource_selectors&action=delete").await.data();
    assert_eq!(one["tasks"]["resource_selectors"].as_object().unwrap().len(), 1);
    assert_eq!(get(&api, "/tasks?category=accounts").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_task_is_started_and_stopped_once() {
    let api = Api::new().await;
    let path = task(&api, FILE).await;
    let early = patch(&api, &format!("{path}/stop")).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text);
    let started = patch(&api, &path).await;
    assert_eq!(started.status, StatusCode::OK, "{}", started.text);
    assert_eq!(started.data()["_read_only"]["status"], "executing");
    assert_eq!(patch(&api, &path).await.status, StatusCode::CONFLICT);
    assert_eq!(api.delete(&api.v2(&path), api.own.account_token).await.status, StatusCode::CONFLICT);
    let stopped = patch(&api, &format!("{path}/stop")).await;
    assert_eq!(stopped.data()["_read_only"]["status"], "stopped", "{}", stopped.text);
    assert_eq!(patch(&api, &path).await.status, StatusCode::CONFLICT, "it cannot be started again");
    let jobs = api.store.all(Owner::System, Kind::Job).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.body["state"].clone()).collect::<Vec<_>>(), ["cancelled"]);
}

#[tokio::test]
async fn a_task_goes_with_its_files() {
    let api = Api::new().await;
    let path = task(&api, FILE).await;
    assert_eq!(stored(&api).await, 2);
    let removed = api.delete(&api.v2(&path), api.own.account_token).await;
    assert_eq!(removed.data()["_read_only"]["deleted"], true, "{}", removed.text);
    assert_eq!(stored(&api).await, 0);
    assert_eq!(get(&api, &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let api = Api::new().await;
    let whole = "name,selector,resource\n".to_owned() + &"lcr,7495,RES-4\n".repeat(30_000);
    let broken = stream::iter([Ok(Bytes::from(whole)), Err(std::io::Error::other("gone"))]);
    let refused = put_body(&api, IMPORT, Body::from_stream(broken)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(stored(&api).await, 0);
}

async fn small() -> Api {
    let limits = TaskLimits { max_file_bytes: 100, kept: 2, ..TaskLimits::default() };
    Api::with(|parts| {
        parts.tasks = Tasks::new(parts.store.clone(), SelectorRows::new(parts.store.clone()), limits);
    })
    .await
}

#[tokio::test]
async fn a_file_has_a_size() {
    let api = small().await;
    let large = FILE.repeat(3);
    assert_eq!(put(&api, IMPORT, &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let declared = Request::builder().method("PUT").uri(api.v2(IMPORT)).header("x-auth-token", api.own.account_token);
    let declared = declared.header("content-type", "text/csv").header("content-length", "101");
    let refused = api.request(declared.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(stored(&api).await, 0);
}

#[tokio::test]
async fn tasks_that_are_over_make_room_for_others() {
    let api = small().await;
    let first = task(&api, FILE).await;
    task(&api, FILE).await;
    let refused = put(&api, IMPORT, FILE).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "both wait: {}", refused.text);
    patch(&api, &first).await;
    patch(&api, &format!("{first}/stop")).await;
    let third = task(&api, FILE).await;
    assert_eq!(get(&api, &first).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&api, &third).await.status, StatusCode::OK);
    assert_eq!(stored(&api).await, 4);
}

#[tokio::test]
async fn an_administrator_has_tasks_for_the_installations_rows() {
    let api = Api::new().await;
    let request = |token| {
        let request = Request::builder().method("PUT").uri(format!("/v2{IMPORT}")).header("x-auth-token", token);
        request.header("content-type", "text/csv").body(Body::from(FILE)).unwrap()
    };
    assert_eq!(api.request(request(api.own.account_token)).await.status, StatusCode::FORBIDDEN);
    let made = api.request(request(ADMIN)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.data()["_read_only"]["account_id"], Value::Null);
    assert_eq!(get(&api, "/tasks").await.data(), json!([]));
}

#[tokio::test]
async fn a_reader_and_a_stranger_upload_nothing() {
    let api = Api::new().await;
    for (token, status) in [("", StatusCode::UNAUTHORIZED), (api.other.account_token, StatusCode::FORBIDDEN)] {
        let request = Request::builder().method("PUT").uri(api.v2(IMPORT)).header("x-auth-token", token);
        // Nothing of the body is asked for.
        let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let answer = api.request(request.header("content-type", "text/csv").body(never).unwrap()).await;
        assert_eq!(answer.status, status);
    }
}
