//! An installation with two service providers, an account below each, and a key of every scope.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use strowger_jobs::tasks::{TaskLimits, Tasks};
use strowger_messages::{Messages, MessagesConfig};
use strowger_model::api_key::{ApiKey, Scope, stored_id};
use strowger_model::{Account, AccountId, Owner, ServiceProvider, Sid, time};
use strowger_plugins::{Plugins, PluginsLimits};
use strowger_rows::SelectorRows;
use strowger_sandbox::{AddressPolicy, Grants, Sandbox, SandboxConfig};
use strowger_store::{Expect, Key, Kind, MemoryStore, Store, StoreExt};
use tokio::sync::OnceCell;
use tower::ServiceExt;

use super::fakes::{FakeCalls, FakeRouting};
use crate::index::Index;
use crate::{ApiState, AuthConfig, Parts, PasswordCost, RequestLimits, RequestRates};

pub(super) const ADMIN: &str = "admin-token-0123456789";

/// The tenants of an installation: the caller's, and somebody else's.
pub(super) struct Tenant {
    pub(super) provider: Sid,
    pub(super) provider_token: &'static str,
    pub(super) account: AccountId,
    pub(super) account_token: &'static str,
}

pub(super) struct Api {
    pub(super) router: Router,
    pub(super) store: Arc<MemoryStore>,
    pub(super) calls: Arc<FakeCalls>,
    pub(super) own: Tenant,
    pub(super) other: Tenant,
    pub(super) expired_token: &'static str,
}

/// A reply.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(super) fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// One for all tests, with two plugins: setting an engine up takes longer than most of them.
async fn sandbox() -> Arc<Sandbox> {
    static SANDBOX: OnceCell<Arc<Sandbox>> = OnceCell::const_new();
    let start = async || {
        let addresses = AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap()] };
        let config = SandboxConfig { instances: 10, addresses, ..SandboxConfig::default() };
        let sandbox = Sandbox::new(config).unwrap();
        for (name, grants) in [("get_resources", Grants::default()), ("http-messages", Grants::any_host())] {
            let plugin = strowger_bundle::plugins().iter().find(|plugin| plugin.name == name).unwrap();
            sandbox.install(plugin.name, plugin.version, plugin.component, grants).await.unwrap();
        }
        Arc::new(sandbox)
    };
    Arc::clone(SANDBOX.get_or_init(start).await)
}

impl Api {
    pub(super) async fn new() -> Self {
        Self::within(RequestLimits::default()).await
    }

    pub(super) async fn within(limits: RequestLimits) -> Self {
        Self::with(|parts| parts.limits = limits).await
    }

    /// An installation of other parts than usual.
    pub(super) async fn with(change: impl FnOnce(&mut Parts)) -> Self {
        let store = MemoryStore::new();
        let calls = Arc::new(FakeCalls::default());
        let own = tenant(&store, "Own", "own-provider-token", "own-account-token").await;
        let other = tenant(&store, "Other", "other-provider-token", "other-account-token").await;
        key(&store, ADMIN, ApiKey::with_scope(Scope::Admin, None)).await;
        let expired_token = "expired-token";
        key(&store, expired_token, ApiKey::with_scope(Scope::Admin, Some(time::now()))).await;
        let rows = SelectorRows::new(store.clone());
        let plugins = Plugins::new(store.clone(), sandbox().await, PluginsLimits::default());
        let hooks = Arc::new(plugins.clone());
        let messages = Messages::new(store.clone(), plugins.clone(), hooks, MessagesConfig::default());
        let mut parts = Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            routing: Arc::new(FakeRouting),
            calls: Arc::clone(&calls) as _,
            tasks: Tasks::new(store.clone(), rows.clone(), TaskLimits::default()),
            plugins,
            messages,
            rows,
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            cursor_secret: [1; 32],
            limits: RequestLimits::default(),
            rates: RequestRates::default(),
            auth: AuthConfig { password_cost: PasswordCost { memory_kib: 8, passes: 1 }, ..AuthConfig::default() },
            nodes: None,
            live_nodes: Arc::new(|| 1),
            node: "node-1".into(),
            trusted_proxies: Vec::new(),
            allow_peers: false,
        };
        change(&mut parts);
        let state = ApiState::new(parts);
        Self { router: crate::router(state), store, calls, own, other, expired_token }
    }

    /// Takes the own account's document away; its key stays.
    pub(super) async fn forget_own_account(&self) {
        let key = Key::new(Owner::System, Kind::Account, self.own.account.hex());
        self.store.delete(key, Expect::Present).await.unwrap();
    }

    pub(super) async fn request(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub(super) async fn send(&self, method: &str, path: &str, token: &str, body: &[u8]) -> Answer {
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        if !token.is_empty() {
            request = request.header("x-auth-token", token);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        self.request(request.body(Body::from(body.to_vec())).unwrap()).await
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> Answer {
        self.send("GET", path, token, b"").await
    }

    pub(super) async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send("DELETE", path, token, b"").await
    }

    /// Sends `{"data": …}`, as `/v2` wants it.
    pub(super) async fn data(&self, method: &str, path: &str, data: Value) -> Answer {
        self.send(method, path, self.own.account_token, json!({"data": data}).to_string().as_bytes()).await
    }

    /// Sends a plain JSON body, as `/v1` wants it.
    pub(super) async fn body(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        self.send(method, path, token, body.to_string().as_bytes()).await
    }

    /// A path below the own account in `/v2`.
    pub(super) fn v2(&self, path: &str) -> String {
        format!("/v2/accounts/{}{path}", self.own.account.hex())
    }

    /// A path below the own account in `/v1`.
    pub(super) fn v1(&self, path: &str) -> String {
        format!("/v1/Accounts/{}{path}", self.own.account.hyphenated())
    }
}

async fn tenant(store: &MemoryStore, name: &str, provider_token: &'static str, account_token: &'static str) -> Tenant {
    let provider = ServiceProvider::from_request(&json!({"name": name})).unwrap();
    let account = Account::from_request(&json!({"name": name}), provider.service_provider_sid).unwrap();
    let (provider_sid, account_sid) = (provider.service_provider_sid, account.account_sid);
    put(store, Kind::ServiceProvider, provider_sid.to_string(), json!(provider)).await;
    let sid = provider_sid.to_string();
    store.commit(vec![Index::ProviderOpen.claim(Owner::System, &sid, &sid)]).await.unwrap();
    put(store, Kind::Account, account_sid.hex(), json!(account)).await;
    key(store, provider_token, ApiKey::with_scope(Scope::ServiceProvider(provider_sid), None)).await;
    key(store, account_token, ApiKey::with_scope(Scope::Account(account_sid), None)).await;
    Tenant { provider: provider_sid, provider_token, account: account_sid, account_token }
}

async fn key(store: &MemoryStore, token: &str, key: ApiKey) {
    let index = crate::index::index_api_key(key.api_key_sid, &stored_id(token));
    store.commit(vec![index]).await.unwrap();
    put(store, Kind::ApiKey, stored_id(token), json!(key)).await;
}

async fn put(store: &MemoryStore, kind: Kind, id: String, body: Value) {
    store.put(Key::new(Owner::System, kind, id), body, Expect::Absent).await.unwrap();
}

/// A carrier resource with all that is required.
pub(super) fn carrier(name: &str) -> Value {
    json!({"name": name, "gateways": [{"server": "carrier.example", "password": "DrWoody"}]})
}
