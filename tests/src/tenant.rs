//! An account with a web server of its own: the customer whose calls are tested.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::eventually;
use crate::server::{Account, Server};
use crate::web_app::WebApp;

/// The number that tests dial.
pub const CALLED: &str = "+15125550177";

/// The number that tests dial from.
pub const CALLER: &str = "+12025550100";

/// A customer.
pub struct Tenant {
    /// The server.
    pub server: Server,
    /// The account.
    pub account: Account,
    /// The web server that answers the account's calls.
    pub app: Arc<WebApp>,
}

/// A call that was placed.
pub struct PlacedCall<'a> {
    tenant: &'a Tenant,
    /// Its id.
    pub sid: String,
    /// Its SIP Call-ID.
    pub call_id: String,
}

impl Tenant {
    /// A new account on the shared server; its calls run these verbs when they are answered.
    pub async fn new(verbs: Value) -> Self {
        Self::on(Server::shared().await, verbs).await
    }

    /// A new account on a server of the test's own.
    pub async fn on(server: Server, verbs: Value) -> Self {
        let (account, app) = (server.account("Tenant").await, WebApp::start(verbs).await);
        Self { server, account, app: Arc::new(app) }
    }

    /// The same customer, asking another server of the installation.
    #[must_use]
    pub fn at(&self, server: &Server) -> Self {
        Self { server: server.clone(), account: self.account.clone(), app: Arc::clone(&self.app) }
    }

    /// A request to `/v2/accounts/{id}` and what follows.
    pub async fn v2(&self, method: Method, path: &str, body: Value) -> Answer {
        let path = format!("/v2/accounts/{}{path}", self.account.id);
        self.server.send(method, &path, Some(&self.account.key), Some(&body).filter(|body| !body.is_null())).await
    }

    /// A request to `/v1/Accounts/{sid}` and what follows.
    pub async fn v1(&self, method: Method, path: &str, body: Value) -> Answer {
        let path = format!("/v1/Accounts/{}{path}", self.account.sid);
        self.server.send(method, &path, Some(&self.account.key), Some(&body).filter(|body| !body.is_null())).await
    }

    /// Adds a carrier at 127.0.0.1 that takes North American numbers. Carriers are tried in the order in which they are added
    /// here if their ids ascend.
    pub async fn carrier(&self, id: &str, port: u16) {
        self.carrier_with(id, port, json!({}), json!({})).await;
    }

    /// As [`Self::carrier`], with more fields of the resource and of its gateway.
    pub async fn carrier_with(&self, id: &str, port: u16, resource: Value, gateway: Value) {
        let gateway = merged(json!({"server": "127.0.0.1", "port": port}), gateway);
        let carrier = json!({"id": id, "name": id, "rules": ["^\\+1(\\d{10})$"], "gateways": [gateway]});
        let body = json!({ "data": merged(carrier, resource) });
        let _ = self.v2(Method::PUT, "/resources", body).await.with_status(201);
    }

    /// The body that places a call, with these fields over the usual ones.
    #[must_use]
    pub fn call_body(&self, fields: Value) -> Value {
        let usual = json!({
            "from": CALLER,
            "to": {"type": "phone", "number": CALLED},
            "call_hook": self.app.url("/call"),
            "call_status_hook": self.app.url("/status"),
        });
        merged(usual, fields)
    }

    /// Places a call.
    pub async fn call(&self) -> PlacedCall<'_> {
        self.call_with(json!({})).await
    }

    /// Places a call with more fields.
    pub async fn call_with(&self, fields: Value) -> PlacedCall<'_> {
        let placed = self.v1(Method::POST, "/Calls", self.call_body(fields)).await.with_status(201).body;
        let text = |name: &str| placed.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        PlacedCall { tenant: self, sid: text("sid"), call_id: text("callId") }
    }
}

impl PlacedCall<'_> {
    /// The same call, asked for at another server.
    #[must_use]
    pub fn at<'b>(&self, tenant: &'b Tenant) -> PlacedCall<'b> {
        PlacedCall { tenant, sid: self.sid.clone(), call_id: self.call_id.clone() }
    }

    /// Its path below the account's.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/Calls/{}", self.sid)
    }

    /// Its record.
    pub async fn record(&self) -> Value {
        self.tenant.v1(Method::GET, &self.path(), Value::Null).await.with_status(200).body
    }

    /// Its record as soon as it has that status.
    pub async fn reaches(&self, status: &str) -> Value {
        let what = format!("the call to be {status}");
        eventually(&what, async || {
            let record = self.record().await;
            (record.get("call_status").is_some_and(|found| found == status)).then_some(record)
        })
        .await
    }

    /// Its record as soon as it is over.
    pub async fn ended(&self) -> Value {
        eventually("the call to end", async || {
            let record = self.record().await;
            record.get("terminated_at").is_some().then_some(record)
        })
        .await
    }

    /// Changes it.
    pub async fn update(&self, body: Value) -> Answer {
        self.tenant.v1(Method::PUT, &self.path(), body).await
    }
}

fn merged(base: Value, over: Value) -> Value {
    let fields = |value: Value| match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let mut merged = fields(base);
    merged.extend(fields(over));
    Value::Object(merged)
}
