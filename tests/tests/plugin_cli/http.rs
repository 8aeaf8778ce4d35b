//! Plugins in JavaScript and Python that ask a web service: where it is granted, and where it is not.

use std::path::Path;

use serde_json::{Value, json};
use strowger_tests::{CALLED, Method, PracticeCarrier, Tenant};

use crate::{plugin, text, well, workspace};

/// Builds an example and pushes it; it waits for its grant.
fn push(tenant: &Tenant, folder: &Path, name: &str) {
    well(folder, &["build"]);
    let url = format!("http://{}", tenant.server.http);
    let options = ["push", "--url", &url, "--account", &tenant.account.id, "--key", &tenant.account.key];
    let output = plugin(folder, &options);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}{}", text(&output.stderr));
    assert!(printed.contains("to grant     http\n"), "{printed}");
    assert!(
        printed.contains(&format!("{name}@0.1.0 is accepted\nit waits for an administrator to grant: http\n")),
        "{printed}"
    );
}

async fn grant(tenant: &Tenant, name: &str, hosts: Value) {
    let data = json!({"active": "0.1.0", "grants": {"http": {"hosts": hosts}}});
    let path = format!("/plugins/{name}");
    let _ = tenant.v2(Method::PATCH, &path, json!({ "data": data })).await.with_status(200);
}

/// Places a call that the plugin answers for, and waits until it is over.
async fn call(tenant: &Tenant, name: &str) {
    let hook = json!({"url": format!("plugin:{name}"), "directory": tenant.app.url("/greetings")});
    let call = tenant.call_with(json!({"call_hook": hook})).await;
    let _ = tenant.app.events(&call.sid).await;
}

async fn asks_by_grant(name: &str) {
    let folder = workspace().join("examples/plugins").join(name);
    let tenant = Tenant::new(json!([])).await;
    let carrier = PracticeCarrier::start(200, &[]);
    tenant.carrier("answers", carrier.port).await;
    tenant.app.answers("/greetings", json!({"greeting": "file:none.wav"}));
    push(&tenant, &folder, name);
    grant(&tenant, name, json!(["directory.example"])).await;
    call(&tenant, name).await;
    assert_eq!(tenant.app.requests("/greetings").len(), 0, "a host that is not granted");
    let log = tenant.v2(Method::GET, &format!("/plugins/{name}/log"), Value::Null).await.with_status(200);
    assert!(log.text.contains("it is not on the list of hosts that the plugin is granted"), "{}", log.text);
    grant(&tenant, name, json!(["127.0.0.1"])).await;
    call(&tenant, name).await;
    let asked = tenant.app.requests("/greetings");
    let bodies: Vec<&Value> = asked.iter().map(|request| &request.body).collect();
    assert_eq!(bodies, [&json!({ "number": CALLED })]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_hook_in_javascript_asks_what_it_is_granted() {
    asks_by_grant("directory-js").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_hook_in_python_asks_what_it_is_granted() {
    asks_by_grant("directory-python").await;
}
