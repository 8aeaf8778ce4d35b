//! Applications: what their owner keeps with them reaches their hooks.

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Tenant};

fn application(tenant: &Tenant, hook: &str, env_vars: &Value) -> Value {
    let hook = json!({"url": tenant.app.url(hook)});
    json!({"name": "app", "call_hook": hook, "call_status_hook": {"url": tenant.app.url("/status")}, "env_vars": env_vars})
}

#[tokio::test]
async fn variables_are_checked_by_the_servers_schema_and_told_to_the_call_hook_alone() {
    let tenant = Tenant::new(json!([])).await;
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("a", carrier.port).await;
    let schema = json!({"LANGUAGE": {"type": "string", "description": "What is spoken", "required": true}});
    tenant.app.answers("/env", schema.clone());
    let create =
        async |vars: Value| tenant.v1(Method::POST, "/Applications", application(&tenant, "/env", &vars)).await;
    let refused = create(json!({})).await.with_status(400).body;
    assert_eq!(refused["msg"], "Missing required value env_vars.LANGUAGE");
    let refused = create(json!({"LANGUAGE": 7})).await.with_status(400).body;
    assert_eq!(refused["msg"], "Invalid value/type for env_vars.LANGUAGE");
    let vars = json!({"LANGUAGE": "nl", "camelCase": {"Kept": true}});
    let sid = create(vars.clone()).await.with_status(201).body["sid"].clone();
    let read = tenant.v1(Method::GET, &format!("/Applications/{}", sid.as_str().unwrap()), Value::Null).await;
    assert_eq!(read.with_status(200).body["env_vars"], vars);
    assert!(tenant.app.requests("/env").iter().all(|asked| asked.method == Method::OPTIONS && asked.bytes.is_empty()));

    tenant.app.answers("/env", json!([{"verb": "hangup"}]));
    let fields = json!({"application_sid": sid, "call_hook": null, "call_status_hook": null});
    let call = tenant.call_with(fields).await;
    call.ended().await;
    let told = tenant.app.requests("/env").pop().unwrap();
    assert_eq!((&told.method, &told.body["env_vars"]), (&Method::POST, &vars));
    let events = tenant.app.events(&call.sid).await;
    assert!(events.iter().all(|event| event.get("env_vars").is_none()), "they are told once");
}

#[tokio::test]
async fn the_schema_of_a_server_is_told() {
    let tenant = Tenant::new(json!([])).await;
    let ask = async |path: &str| {
        let path = format!("/v1/AppEnv?url={}", tenant.app.url(path));
        tenant.server.send(Method::GET, &path, Some(&tenant.account.key), None).await
    };
    let schema = json!({"LANGUAGE": {"type": "string", "description": "What is spoken", "enum": ["en", "nl"]}});
    tenant.app.answers("/env", schema.clone());
    assert_eq!(ask("/env").await.with_status(200).body, schema);
    tenant.app.answers_with("/none", 405, json!({}));
    let _ = ask("/none").await.with_status(204);
    tenant.app.answers("/broken", json!([1]));
    let broken = ask("/broken").await.with_status(400).body;
    assert_eq!(broken["msg"], "the schema at the url is not valid: it is not a JSON object");
}
