//! An installation in which every path of the tables leads to something, the caller's and somebody else's.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::phone_number::{E164, NumberModule, NumberState, PhoneNumber};
use strowger_model::{AccountId, Owner, Participant, Secret, voip_carrier};
use strowger_store::numbers::{Holder, document};
use strowger_store::{Expect, Key, Kind, Store, StoreExt, Upload};
use tokio::net::TcpListener;

use super::super::harness::{ADMIN, Answer, Api, Tenant, carrier};
use super::super::recent_calls;
use crate::auth::Method;

/// What only the other tenant's documents say.
pub(super) const MARK: &str = "theirs-f81d4fae";

/// Parts of a path that are the same in every world.
const FIXED: &[(&str, &str)] = &[
    ("id", "carrier-1"),
    ("row", "bGNyADEAY2Fycmllci0xAAAA"),
    ("name", "lcr"),
    ("resource", "carrier-1"),
    ("number", "+14158867900"),
    ("global_number", "+14158867901"),
    ("plugin", "mine"),
    ("version", "1"),
    ("idle", "0"),
    ("messaging", "texts"),
    ("queue", "Sales"),
    ("conference", "Standup"),
    ("sip_realm", "sip.own.example"),
    ("sip_user", "Ours"),
    ("phone_number", "00e16400-0000-8000-8000-014158867900"),
];

pub(super) struct World {
    pub(super) api: Api,
    /// What stands for the parts of a path.
    parts: Vec<(&'static str, String)>,
}

impl World {
    pub(super) async fn new() -> Self {
        let api = Api::new().await;
        let global = json!({"data": named("carrier-1", "Global")});
        created(api.body("PUT", "/v2/resources", ADMIN, global).await);
        let chain = json!({"data": {"rules": [{"get_resources": {}}]}});
        done(api.body("POST", "/v2/resource_selectors/rules", ADMIN, chain).await);
        let row = json!({"data": [{"name": "lcr", "resource": "carrier-1", "selector": "1", "value": "Global"}]});
        created(api.body("PUT", "/v2/resource_selectors/rows", ADMIN, row).await);
        let childless = created(api.body("POST", "/v1/ServiceProviders", ADMIN, json!({"name": "Childless"})).await);
        let [application, key, call, user, token] = furnish(&api, &api.own, "Ours").await;
        created(api.body("PUT", &api.v2("/api_key"), ADMIN, json!({})).await);
        let account = format!("/v2/accounts/{}", api.own.account);
        let [task, running] = tasks(&api, &account, api.own.account_token, "Ours").await;
        let [global_task, global_running] = tasks(&api, "/v2", ADMIN, "Global").await;
        let job = number_job(&api, &account, api.own.account_token, "Ours").await;
        let global_job = number_job(&api, "/v2", ADMIN, "Global").await;
        number(&api, api.own.account.into(), "+14158867900", "carrier-1").await;
        number(&api, Owner::System, "+14158867901", "carrier-1").await;
        plugin(&api, api.own.account.into(), "Ours").await;
        plugin(&api, Owner::System, "Global").await;
        let path = format!("/v1/Accounts/{}/SipRealms/sip.first.example", api.own.account);
        assert_eq!(api.body("POST", &path, ADMIN, json!({})).await.status, StatusCode::NO_CONTENT);
        let [message_provider, message] = messages(&api, &api.own, "Ours").await;
        let client = client(&api, &api.own, "Ours").await;
        let sbc = made(&api, "/v1/Sbcs", ADMIN, json!({"ipv4": "192.0.2.8"})).await;
        let webhook = made(&api, "/v1/Webhooks", api.own.account_token, json!({"url": "http://ours.example/"})).await;
        let free_call = rooms(&api, &api.own, &call, "Ours").await;
        let [voip_carrier, idle_carrier, sip_gateway] = carriers(&api).await;
        let mut parts = vec![
            ("voip_carrier", voip_carrier),
            ("idle_carrier", idle_carrier),
            ("sip_gateway", sip_gateway),
            ("message_provider", message_provider),
            ("message", message),
            ("client", client),
            ("sbc", sbc),
            ("webhook", webhook),
            ("free_call", free_call),
            ("job", job),
            ("global_job", global_job),
            ("task", task),
            ("running", running),
            ("global_task", global_task),
            ("global_running", global_running),
            ("account", api.own.account.hex()),
            ("provider", api.own.provider.to_string()),
            ("childless", childless["sid"].as_str().unwrap().to_owned()),
            ("application", application),
            ("key", key),
            ("call", call),
            ("user", user),
            ("token", token),
            ("credentials", credentials("Ours")),
        ];
        parts.extend(FIXED.iter().map(|(part, value)| (*part, (*value).to_owned())));
        Self { api, parts }
    }

    /// One in which the other tenant has as much as the caller, all of it marked.
    pub(super) async fn with_neighbour() -> Self {
        let world = Self::new().await;
        let (api, other) = (&world.api, &world.api.other);
        let [_, _, call, ..] = furnish(api, other, MARK).await;
        rooms(api, other, &call, MARK).await;
        tasks(api, &format!("/v2/accounts/{}", other.account), other.account_token, MARK).await;
        number_job(api, &format!("/v2/accounts/{}", other.account), other.account_token, MARK).await;
        messages(api, other, MARK).await;
        client(api, other, MARK).await;
        made(api, "/v1/Webhooks", other.account_token, json!({"url": format!("http://{MARK}.example/")})).await;
        number(api, other.account.into(), "+14158867902", MARK).await;
        plugin(api, other.account.into(), MARK).await;
        world
    }

    pub(super) fn reader_token(&self) -> &str {
        self.part("token")
    }

    fn part(&self, name: &str) -> &str {
        let found = self.parts.iter().find(|(part, _)| *part == name);
        found.map_or_else(|| panic!("there is no {name}"), |(_, value)| value)
    }

    /// A body with its parts filled in: `$part`.
    pub(super) fn body(&self, text: &str) -> String {
        self.parts.iter().fold(text.to_owned(), |text, (part, value)| text.replace(&format!("${part}"), value))
    }

    /// The same paths, of the other tenant.
    pub(super) fn of_neighbour(&self, pattern: &str) -> String {
        let (account, provider) = (self.api.other.account.hex(), self.api.other.provider.to_string());
        self.path(&pattern.replace("{account}", &account).replace("{provider}", &provider))
    }

    /// A path with its parts filled in: `{part}`, or `{part:other}` where another object is meant than usual.
    pub(super) fn path(&self, pattern: &str) -> String {
        let mut path = pattern.to_owned();
        while let Some((before, rest)) = path.split_once("{").filter(|(_, rest)| rest.contains('}')) {
            let (part, after) = rest.split_once('}').unwrap();
            let value = self.part(part.rsplit(':').next().unwrap());
            path = format!("{before}{value}{after}");
        }
        path
    }

    pub(super) async fn switch_off(&self, account: AccountId) {
        let answer = self.api.body("PUT", &format!("/v1/Accounts/{account}"), ADMIN, json!({"is_active": 0})).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }
}

fn named(id: &str, name: &str) -> Value {
    let mut document = carrier(name);
    document["id"] = json!(id);
    document
}

fn created(answer: Answer) -> Value {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

fn done(answer: Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

/// What a user of that name logs in with, as the documents say.
fn credentials(username: &str) -> String {
    Method::Md5.digest(username, &Secret::new(PASSWORD)).expose().to_owned()
}

const PASSWORD: &str = "correct horse battery";

/// Gives a tenant one of each. Answers the ids of its application, its second key, its call and its user, and a token of that user,
/// who may only look.
async fn furnish(api: &Api, tenant: &Tenant, name: &str) -> [String; 5] {
    let (account, token) = (tenant.account, tenant.account_token);
    let v2 = |path: &str| format!("/v2/accounts/{account}{path}");
    created(api.body("PUT", &v2("/resources"), token, json!({"data": named("carrier-1", name)})).await);
    let chain = json!({"data": {"rules": [{"get_resources": {}}], "note": name}});
    done(api.body("POST", &v2("/resource_selectors/rules"), token, chain).await);
    let row = json!({"name": "lcr", "resource": "carrier-1", "selector": "1", "value": name});
    created(api.body("PUT", &v2("/resource_selectors/rows"), token, json!({"data": [row]})).await);
    let hook = json!({"url": format!("http://{name}.example")});
    let application = json!({"name": name, "call_hook": hook, "call_status_hook": hook});
    let application = created(api.body("POST", "/v1/Applications", token, application).await);
    let key = created(api.body("POST", "/v1/ApiKeys", token, json!({"account_sid": account})).await);
    let user = json!({"username": name, "password": PASSWORD, "first_name": name, "last_name": "Reader", "priv_level": "user"});
    let user = created(api.body("PUT", &v2("/users"), token, json!({"data": user})).await);
    let sid = |object: Value| object["sid"].as_str().unwrap().to_owned();
    let user = user["data"]["id"].as_str().unwrap().to_owned();
    let call = recent_calls::over(api, account, name).await.to_string();
    [sid(application), sid(key), call, user, log_in(api, tenant, name).await]
}

/// A queue in which that call waits, and a conference in which it takes part. Answers another live call.
async fn rooms(api: &Api, tenant: &Tenant, call: &str, name: &str) -> String {
    let (account, token) = (tenant.account, tenant.account_token);
    let base = format!("/v1/Accounts/{account}");
    let mut record =
        api.calls.records.lock().iter().find(|record| record.call_sid.to_string() == call).unwrap().clone();
    let waiting = record.call_sid;
    let free = api.calls.add(account, name);
    for sid in [waiting, free] {
        record.call_sid = sid;
        let key = Key::new(account, Kind::Call, sid.to_string());
        api.store.put(key, json!(record), Expect::Absent).await.unwrap();
    }
    created(api.body("POST", &format!("{base}/Queues"), token, json!({"name": "Sales"})).await);
    let joining = json!({"call_sid": waiting});
    created(api.body("POST", &format!("{base}/Queues/Sales/Members"), token, joining).await);
    created(api.body("POST", &format!("{base}/Conferences"), token, json!({"name": "Standup"})).await);
    let mut participant = Participant::joining(account, "Standup", waiting);
    participant.tag = Some(name.to_owned());
    let key = Key::new(account, Kind::Participant, waiting.to_string());
    api.store.put(key, json!(participant), Expect::Absent).await.unwrap();
    free.to_string()
}

/// A second carrier of the account, which no number comes from. Answers the ids in `/v1` of the first, of the second, and of a gateway.
async fn carriers(api: &Api) -> [String; 3] {
    let second = json!({"data": named("carrier-2", "Ours")});
    created(api.body("PUT", &api.v2("/resources"), ADMIN, second).await);
    let sid = |id| voip_carrier::sid(api.own.account.into(), id);
    let first = sid("carrier-1");
    let gateway = voip_carrier::gateways(first, carrier("Ours").as_object().unwrap()).remove(0).0;
    [first, sid("carrier-2"), gateway].map(|sid| sid.to_string())
}

/// What a message provider's requests carry.
const INBOUND_TOKEN: &str = "provider-0123456789";

/// A message provider that takes everything, and a message that went through it.
async fn messages(api: &Api, tenant: &Tenant, name: &str) -> [String; 2] {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let taking = axum::Router::new().fallback(async || "taken");
    tokio::spawn(async move { axum::serve(listener, taking).await });
    let base = format!("/v1/Accounts/{}", tenant.account);
    let parameters = json!({"url": url, "inbound_token": INBOUND_TOKEN, "extra": {"name": name}});
    let provider = json!({"name": "texts", "parameters": parameters});
    let provider = created(api.body("POST", &format!("{base}/MessageProviders"), tenant.account_token, provider).await);
    let message = json!({"from": "1", "to": "2", "text": name});
    let message = created(api.body("POST", &format!("{base}/Messages"), tenant.account_token, message).await);
    [provider, message].map(|made| made["sid"].as_str().unwrap().to_owned())
}

/// A SIP user.
async fn client(api: &Api, tenant: &Tenant, name: &str) -> String {
    made(api, "/v1/Clients", tenant.account_token, json!({"username": name, "password": PASSWORD})).await
}

/// The id of what was made.
async fn made(api: &Api, path: &str, token: &str, body: Value) -> String {
    let made = created(api.body("POST", path, token, body).await);
    made["sid"].as_str().unwrap().to_owned()
}

/// A task that waits, and one that is started.
async fn tasks(api: &Api, base: &str, token: &str, name: &str) -> [String; 2] {
    let records = json!([{"name": name, "selector": "7", "resource": "carrier-1"}]);
    let data = json!({"category": "resource_selectors", "action": "import", "file_name": name, "records": records});
    let mut ids = Vec::new();
    for _ in 0..2 {
        let made = created(api.body("PUT", &format!("{base}/tasks"), token, json!({"data": data})).await);
        ids.push(made["data"]["id"].as_str().unwrap().to_owned());
    }
    done(api.send("PATCH", &format!("{base}/tasks/{}", ids[1]), token, b"").await);
    ids.try_into().unwrap()
}

/// A bulk job, which nobody does. Answers its id.
async fn number_job(api: &Api, base: &str, token: &str, name: &str) -> String {
    let data = json!({"numbers": ["+14158867900"], "resource_id": "carrier-1", "name": name});
    let made = created(api.body("PUT", &format!("{base}/resources/jobs"), token, json!({"data": data})).await);
    made["data"]["id"].as_str().unwrap().to_owned()
}

/// Gives somebody a number, as a bulk job would.
async fn number(api: &Api, owner: Owner, number: &str, resource: &str) {
    let id: E164 = number.parse().unwrap();
    let holder = Holder { owner, job: None };
    api.store.commit(vec![holder.take(&id, Expect::Absent)]).await.unwrap();
    let at = document(owner, &id);
    let (state, module_name) = (NumberState::Reserved, NumberModule::Local);
    let told = PhoneNumber {
        id,
        state,
        resource_id: Some(resource.into()),
        module_name,
        created: 1,
        modified: 1,
        job: None,
        application: None,
        provider: None,
    };
    api.store.put(at, told.to_body(owner), Expect::Absent).await.unwrap();
}

/// The SHA-256 of nothing.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A plugin with two accepted versions, of which the second one is active, as uploads and verdicts leave it.
async fn plugin(api: &Api, owner: Owner, summary: &str) {
    let rollout = json!({
        "id": "x", "version": "0", "mode": "canary", "percent": 1, "abort": {"after_calls": 1}, "state": "rolled_back", "started": 1, "ended": 1,
    });
    let plugin = json!({
        "name": "mine", "kind": "selector", "active": "1", "history": ["0"], "rollout": rollout, "pvt_created": 1, "pvt_modified": 1,
    });
    api.store.put(Key::new(owner, Kind::Plugin, "mine"), plugin, Expect::Absent).await.unwrap();
    for version in ["0", "1"] {
        let upload = Upload { owner, id: format!("mine-{version}") };
        api.store.put_chunk(&upload, 0, Bytes::new()).await.unwrap();
        let component = json!({"upload": upload.id, "size": 0, "digest": EMPTY});
        let verdict = json!({
            "accepted": true, "digest": EMPTY, "size": 0, "kind": "selector", "imports": [], "exports": [], "capabilities": [],
            "initial_memory": 0, "compile_ms": 0, "code_bytes": 0, "summary": summary, "parameters": {}, "faults": [],
        });
        let body = json!({
            "name": "mine", "version": version, "status": "accepted", "component": component, "verdict": verdict, "pvt_created": 1,
        });
        let id = format!("mine@{version}");
        api.store.put(Key::new(owner, Kind::PluginVersion, id), body, Expect::Absent).await.unwrap();
    }
}

async fn log_in(api: &Api, tenant: &Tenant, username: &str) -> String {
    let account = api.get(&format!("/v1/Accounts/{}", tenant.account), ADMIN).await.json();
    let body = json!({"data": {"credentials": credentials(username), "account_name": account["name"]}});
    created(api.body("PUT", "/v2/user_auth", "", body).await)["auth_token"].as_str().unwrap().to_owned()
}
