//! Variables of applications, and `/v1/AppEnv`, which asks their web servers which there are.

use axum::Router;
use axum::http::Method;
use axum::routing::any;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::harness::{Answer, Api};

/// A web server that answers OPTIONS, and nothing else, with that status and body; its address.
async fn server(status: StatusCode, body: impl ToString) -> String {
    let body = body.to_string();
    let answer = move |method: Method| async move {
        if method == Method::OPTIONS { (status, body) } else { (StatusCode::METHOD_NOT_ALLOWED, String::new()) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(any(answer));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address.to_string()
}

fn schema() -> Value {
    json!({
        "NAME": {"description": "Who calls", "type": "string", "required": true},
        "RETRIES": {"description": "How often", "type": "number", "default": 3},
    })
}

fn application(call_hook: &str, env_vars: &Value) -> Value {
    json!({
        "name": "app",
        "call_hook": {"url": call_hook},
        "call_status_hook": {"url": "http://a.example/status"},
        "env_vars": env_vars,
    })
}

async fn create(api: &Api, call_hook: &str, env_vars: &Value) -> Answer {
    api.body("POST", "/v1/Applications", api.own.account_token, application(call_hook, env_vars)).await
}

fn msg(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
    answer.json()["msg"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn variables_are_checked_by_the_schema_of_the_call_hook() {
    let api = Api::new().await;
    let address = server(StatusCode::OK, schema()).await;
    for url in [format!("http://{address}/call#rc=1"), format!("ws://{address}/call")] {
        assert_eq!(msg(&create(&api, &url, &json!({})).await), "Missing required value env_vars.NAME");
        let wrong = json!({"NAME": "Bob", "RETRIES": "3"});
        assert_eq!(msg(&create(&api, &url, &wrong).await), "Invalid value/type for env_vars.RETRIES");
    }
    let url = format!("http://{address}/call");
    let made = create(&api, &url, &json!({"NAME": "Bob", "RETRIES": 5})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let path = format!("/v1/Applications/{}", made.json()["sid"].as_str().unwrap());
    let update = async |body: Value| api.body("PUT", &path, api.own.account_token, body).await;
    assert_eq!(msg(&update(json!({"env_vars": {"NAME": 1}})).await), "Invalid value/type for env_vars.NAME");
    assert_eq!(update(json!({"env_vars": {"NAME": "Eve"}})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path, api.own.account_token).await.json()["env_vars"], json!({"NAME": "Eve"}));
    let list = api.get(&api.v1("/Applications"), api.own.account_token).await.json();
    assert_eq!(list[0]["env_vars"], json!({"NAME": "Eve"}));
    assert_eq!(update(json!({"env_vars": null})).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path, api.own.account_token).await.json()["env_vars"], Value::Null);
}

#[tokio::test]
async fn where_no_server_tells_a_schema_any_variables_will_do() {
    let api = Api::new().await;
    let hooks = [
        format!("http://{}/call", server(StatusCode::NOT_FOUND, schema()).await),
        format!("http://{}/call", server(StatusCode::OK, "OK").await),
        format!("http://{}/call", server(StatusCode::OK, json!({"NAME": {"type": "date"}})).await),
        "http://127.0.0.1:1/call".to_owned(),
        "plugin:greeter".to_owned(),
    ];
    for (number, hook) in hooks.iter().enumerate() {
        let mut body = application(hook, &json!({"ANY": [1]}));
        body["name"] = json!(number.to_string());
        let made = api.body("POST", "/v1/Applications", api.own.account_token, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{hook}: {}", made.text);
    }
}

#[tokio::test]
async fn the_schema_at_a_url_is_told() {
    let api = Api::new().await;
    let ask = async |url: &str| api.get(&format!("/v1/AppEnv?url={url}"), api.own.account_token).await;
    let told = ask(&format!("http://{}/call", server(StatusCode::OK, schema()).await)).await;
    assert_eq!((told.status, told.json()), (StatusCode::OK, schema()));
    for nothing in [
        format!("http://{}/", server(StatusCode::NO_CONTENT, "").await),
        format!("http://{}/", server(StatusCode::OK, "{}").await),
        format!("http://{}/", server(StatusCode::OK, "x".repeat(70_000)).await),
        "http://127.0.0.1:1/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "plugin:greeter".to_owned(),
    ] {
        let answer = ask(&nothing).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NO_CONTENT, ""), "{nothing}");
    }
    let broken = ask(&format!("http://{}/", server(StatusCode::OK, json!({"A": {"type": "date"}})).await)).await;
    assert!(msg(&broken).starts_with("the schema at the url is not valid: A: "), "{}", broken.text);
    assert_eq!(msg(&ask("ftp://a.example/").await), "url URL has missing or invalid protocol ftp");
    assert_eq!(msg(&api.get("/v1/AppEnv", api.own.account_token).await), "missing query arg url");
}
