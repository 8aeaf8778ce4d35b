//! The demonstration: an account with two carriers, an application whose calls a plugin answers, and the sound it plays. Loaded over the
//! REST API itself, once, where the data folder is new.

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use strowger_model::Secret;
use tower::ServiceExt;

use crate::wiring::StartError;

/// What the demonstration's hook plugin plays.
const HELLO: &[u8] = include_bytes!("../../../examples/first-call/media/hello.wav");
/// Where the two carriers of the demonstration are expected: start them with `strowger practice-carrier`.
const CARRIERS: [(&str, &str, u16, u16); 2] =
    [("practice-a", "Practice A", 5091, 10), ("practice-b", "Practice B", 5092, 20)];
const ACCOUNT: &str = "Demo";

/// What a visitor needs to try it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// Id of the account, as `/v2` spells it.
    pub account: String,
    /// Id of the application.
    pub application: String,
}

/// The API, driven from inside.
struct Client<'a> {
    api: &'a Router,
    key: &'a Secret,
}

impl Client<'_> {
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, StartError> {
        let failed = |text: String| StartError::Demo(format!("{method} {path}: {text}"));
        let request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key.expose()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .map_err(|error| failed(error.to_string()))?;
        let response = self.api.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
        let status = response.status();
        let bytes =
            axum::body::to_bytes(response.into_body(), 1 << 20).await.map_err(|error| failed(error.to_string()))?;
        if !status.is_success() {
            return Err(failed(format!("{status} {}", String::from_utf8_lossy(&bytes))));
        }
        serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
    }

    async fn create(&self, path: &str, body: Value) -> Result<String, StartError> {
        let created = self.send(Method::POST, path, Some(body)).await?;
        let sid = created.get("sid").and_then(Value::as_str);
        sid.map(ToOwned::to_owned).ok_or_else(|| StartError::Demo(format!("POST {path} answered no sid")))
    }
}

/// Loads the account and writes the sound.
pub async fn load(api: &Router, key: &Secret, media: &Path) -> Result<Demo, StartError> {
    let failed = |source| StartError::Data { path: media.display().to_string(), source };
    std::fs::create_dir_all(media).map_err(failed)?;
    std::fs::write(media.join("hello.wav"), HELLO).map_err(failed)?;
    let client = Client { api, key };
    let provider = client.create("/v1/ServiceProviders", json!({ "name": ACCOUNT })).await?;
    let account = json!({ "name": ACCOUNT, "service_provider_sid": provider });
    let account = client.create("/v1/Accounts", account).await?.replace('-', "");
    for (id, name, port, weight) in CARRIERS {
        let carrier = json!({"data": {
            "id": id, "name": name, "weight_cost": weight, "rules": ["^\\+?1?([2-9]\\d{9})$"],
            "gateways": [{"server": "127.0.0.1", "port": port, "prefix": "+1"}],
        }});
        client.send(Method::PUT, &format!("/v2/accounts/{account}/resources"), Some(carrier)).await?;
    }
    let application = json!({
        "name": "Greeter", "account_sid": account,
        "call_hook": {"url": "plugin:greeter"}, "call_status_hook": {"url": "plugin:greeter"},
    });
    let application = client.create("/v1/Applications", application).await?;
    Ok(Demo { account, application })
}

/// Finds what an earlier start has loaded; a visitor may have removed it since.
pub async fn find(api: &Router, key: &Secret) -> Result<Option<Demo>, StartError> {
    let client = Client { api, key };
    let accounts = client.send(Method::GET, "/v1/Accounts", None).await?;
    let Some(account) = named(&accounts, ACCOUNT, "account_sid") else { return Ok(None) };
    let applications = client.send(Method::GET, &format!("/v1/Accounts/{account}/Applications"), None).await?;
    let application = named(&applications, "Greeter", "application_sid");
    Ok(application.map(|application| Demo { account: account.replace('-', ""), application }))
}

fn named(list: &Value, name: &str, sid: &str) -> Option<String> {
    let item = list.as_array()?.iter().find(|item| item.get("name").is_some_and(|found| found == name))?;
    item.get(sid)?.as_str().map(ToOwned::to_owned)
}

/// What to try, as commands that work when they are pasted.
#[must_use]
pub fn next_steps(demo: &Demo, http: SocketAddr, key: &Secret) -> String {
    let Demo { account, application } = demo;
    let key = key.expose();
    let [(_, _, refusing, _), (_, _, answering, _)] = CARRIERS;
    format!(
        r#"
The account "{ACCOUNT}" ({account}) has two carriers and an application. Try, in another terminal:

1. Ask how a call would be routed; nothing is dialled:
   curl -s -H 'Authorization: Bearer {key}' -H 'X-Pretty-Print: true' http://{http}/v2/accounts/{account}/resource_selectors/route -d '{{"data":{{"To-DID":"+15125550177","Outbound-Caller-ID-Number":"+12025550100"}}}}'

2. Start the two carriers: the cheaper one is out of service, the other one answers:
   target/debug/strowger practice-carrier --listen 127.0.0.1:{refusing} --answer 503 & target/debug/strowger practice-carrier --listen 127.0.0.1:{answering} --answer 200 --after 300 --ring &

3. Place a call; the second carrier gets it, and the plugin "greeter" answers its events:
   curl -s -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' http://{http}/v1/Accounts/{account}/Calls -d '{{"application_sid":"{application}","from":"+12025550100","to":{{"type":"phone","number":"+15125550177"}}}}'
   and read its record:
   curl -s -H 'Authorization: Bearer {key}' http://{http}/v1/Accounts/{account}/Calls
"#
    )
}
