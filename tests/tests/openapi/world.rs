//! An installation in which the paths of the document lead somewhere.

use serde_json::{Value, json};
use strowger_tests::{Account, Method, Server, ServerOptions};

/// A server and what lies in it, by the names of the paths' parameters.
pub struct World {
    pub server: Server,
    pub parts: Vec<(&'static str, String)>,
}

impl World {
    pub async fn new() -> Self {
        // Nothing shall be refused for coming too often: 429 is tested elsewhere.
        let limits = ["--limits-key-rate", "--limits-account-rate", "--limits-failure-rate"];
        let args = limits.iter().flat_map(|limit| [(*limit).to_owned(), "0".to_owned()]).collect();
        let server = Server::start_with(ServerOptions { args, ..ServerOptions::default() }).await;
        let account = server.account("Fuzzed").await;
        let mut parts = furnish(&server, &account).await;
        for part in ["closed", "doomed"] {
            parts.push((part, server.account(part).await.id));
        }
        parts.push(("account", account.id));
        Self { server, parts }
    }
}

async fn furnish(server: &Server, account: &Account) -> Vec<(&'static str, String)> {
    let v2 = |path: &str| format!("/v2/accounts/{}{path}", account.id);
    let put = async |path: &str, data: Value| {
        let body = json!({ "data": data });
        server.admin(Method::PUT, path, Some(&body)).await.with_status(201).data().clone()
    };
    let carrier = json!({"id": "carrier-1", "name": "Carrier", "rules": ["^\\+1(\\d{10})$"], "gateways": [{"server": "127.0.0.1"}]});
    put(&v2("/resources"), carrier.clone()).await;
    put("/v2/resources", carrier).await;
    let row = json!({"name": "lcr", "selector": "1", "resource": "carrier-1", "value": "0.1"});
    let task = "/tasks?category=resource_selectors&action=import";
    let task = text(&put(&v2(task), json!({ "records": [row] })).await, "id");
    let row = text(&put(&v2("/resource_selectors"), row).await, "id");
    let job = json!({"numbers": ["+14158867900"], "resource_id": "carrier-1"});
    let job = text(&put(&v2("/resources/jobs"), job).await, "id");
    let user =
        json!({"username": "ann", "password": "correct horse battery", "first_name": "Ann", "last_name": "Example"});
    let user = text(&put(&v2("/users"), user).await, "id");
    let key = text(&put(&v2("/api_keys"), json!({})).await, "id");
    let provider =
        server.admin(Method::GET, &format!("/v1/Accounts/{}", account.sid), None).await.with_status(200).body;
    let application =
        json!({"name": "Application", "call_hook": {"url": "plugin:none"}, "call_status_hook": {"url": "plugin:none"}});
    let applications = format!("/v1/Accounts/{}/Applications", account.sid);
    let application = server.admin(Method::POST, &applications, Some(&application)).await.with_status(201).body;
    vec![
        ("user", user),
        ("other_key", key),
        ("row", row),
        ("task", task),
        ("job", job),
        ("application", text(&application, "sid")),
        ("provider", text(&provider, "service_provider_sid")),
        ("token", account.key.clone()),
    ]
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_else(|| panic!("no {name} in {object}")).to_owned()
}
