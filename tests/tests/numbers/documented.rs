//! Every request that the documents show for jobs, below each of the paths that they have.

use serde_json::{Value, json};
use strowger_tests::{ADMIN_KEY, Method, Server, eventually};

/// The documented request; the numbers are those of the document.
fn request() -> Value {
    json!({"data": {"numbers": ["+12223334444", "+23334445555"], "resource_id": "carrier"}})
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Whether all documented keys of an envelope are there.
fn is_documented(envelope: &Value, more: &[&str]) -> bool {
    let documented = ["auth_token", "data", "request_id", "revision", "status"];
    let has = |key: &&str| envelope.get(*key).is_some();
    documented.iter().chain(more).all(has) && envelope["status"] == "success"
}

async fn holds_below(server: &Server, base: &str, key: &str) {
    let send = async |method, path: &str, body: Option<&Value>| {
        let path = format!("{base}{path}");
        let answer = server.send(method, &path, Some(key), body).await;
        assert_eq!(
            answer.header("deprecation") == "true",
            base.contains("local_") || base.contains("global_"),
            "{path}"
        );
        answer
    };
    let carrier = json!({"data": {"id": "carrier", "name": "Carrier", "gateways": [{"server": "127.0.0.1"}]}});
    // Two paths to the same carriers.
    let made = send(Method::PUT, "", Some(&carrier)).await;
    assert!([201, 409].contains(&made.status.as_u16()), "{}", made.text);

    let made = send(Method::PUT, "/jobs", Some(&request())).await.with_status(201);
    assert!(is_documented(&made.body, &[]), "{}", made.text);
    assert_eq!(keys(made.data()), ["errors", "id", "numbers", "resource_id", "successes"]);
    let id = made.data()["id"].as_str().expect("an id").to_owned();
    let expected = json!({"errors": {}, "id": id, "resource_id": "carrier", "numbers": request()["data"]["numbers"], "successes": {}});
    assert_eq!(made.data(), &expected);
    assert_eq!(made.header("location"), format!("{base}/jobs/{id}"));

    let read = eventually("the job to be complete", async || {
        let read = send(Method::GET, &format!("/jobs/{id}"), None).await.with_status(200);
        (read.data()["status"] == "complete").then_some(read)
    })
    .await;
    assert!(is_documented(&read.body, &[]), "{}", read.text);
    let documented = ["errors", "id", "numbers", "resource_id", "status", "successes", "timestamp"];
    assert_eq!(keys(read.data()), documented);
    assert!(read.data()["timestamp"].as_i64() > Some(63_900_000_000), "Gregorian seconds: {}", read.text);
    let told = keys(&read.data()["successes"]).len() + keys(&read.data()["errors"]).len();
    assert_eq!(told, 2, "{}", read.text);

    let list = send(Method::GET, "/jobs", None).await.with_status(200);
    assert!(is_documented(&list.body, &["page_size"]), "{}", list.text);
    // Those of the same second are in no order.
    let row =
        list.data().as_array().expect("a list").iter().find(|row| row["id"] == id.as_str()).expect("the job's row");
    assert_eq!(keys(row), ["failures", "id", "resource_id", "status", "successes", "timestamp"]);
    assert_eq!(row["resource_id"], "carrier");
    assert_eq!(row["failures"].as_u64().unwrap() + row["successes"].as_u64().unwrap(), 2);
    let period =
        send(Method::GET, "/jobs?created_from=63573276761&created_to=63575950041", None).await.with_status(200);
    assert_eq!(period.data(), &json!([]));
}

#[tokio::test]
async fn every_documented_request_is_answered_as_documented() {
    let server = Server::start().await;
    let account = server.account("Documented").await;
    for path in ["resources", "local_resources"] {
        holds_below(&server, &format!("/v2/accounts/{}/{path}", account.id), &account.key).await;
    }
    for base in ["/v2/resources", "/v2/global_resources"] {
        holds_below(&server, base, ADMIN_KEY).await;
    }
    holds_below(&server, &format!("/v2/accounts/{}/global_resources", account.id), ADMIN_KEY).await;
}
