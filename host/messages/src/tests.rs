use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use parking_lot::Mutex;
use serde_json::{Value, json};
use strowger_calls::Hooks;
use strowger_model::{
    Account, AccountId, Application, Message, MessageProvider, MessageRequest, MessageStatus, Owner, Sid,
};
use strowger_plugins::{Plugins, PluginsLimits};
use strowger_sandbox::hook::{Event, OtherVerb, Verb};
use strowger_sandbox::message::Request;
use strowger_sandbox::{AddressPolicy, Grants, Sandbox, SandboxConfig};
use strowger_store::{Expect, Key, Kind, MemoryStore, StoreExt};
use tokio::net::TcpListener;
use tokio::sync::OnceCell;

use super::*;

const TOKEN: &str = "0123456789abcdef";

async fn sandbox() -> Arc<Sandbox> {
    static SANDBOX: OnceCell<Arc<Sandbox>> = OnceCell::const_new();
    let start = async || {
        let addresses = AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap()] };
        let sandbox = Sandbox::new(SandboxConfig { instances: 20, addresses, ..SandboxConfig::default() }).unwrap();
        for plugin in
            strowger_bundle::plugins().iter().filter(|plugin| ["http-messages", "order"].contains(&plugin.name))
        {
            sandbox.install(plugin.name, plugin.version, plugin.component, Grants::any_host()).await.unwrap();
        }
        Arc::new(sandbox)
    };
    Arc::clone(SANDBOX.get_or_init(start).await)
}

/// What a web server got, and what it answers by the `to` of a message.
#[derive(Default)]
struct Server {
    got: Mutex<Vec<Value>>,
    told: Mutex<bool>,
}

impl Server {
    async fn start() -> (Arc<Self>, String) {
        let server = Arc::<Self>::default();
        let own = Arc::clone(&server);
        let answer = move |headers: HeaderMap, body: Bytes| {
            let message: Value = serde_json::from_slice(&body).unwrap();
            let to = message["to"].as_str().unwrap().to_owned();
            let authorization = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
            own.got.lock().push(json!({"message": message, "authorization": authorization}));
            let early = Arc::clone(&own);
            async move {
                // What the provider tells while the message is being handed to it.
                while to == "+early" && !*early.told.lock() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                match to.as_str() {
                    "+blocked" => (StatusCode::BAD_REQUEST, json!({"error": "opted out"}).to_string()),
                    "+later" => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
                    to => (StatusCode::OK, json!({"id": format!("id-{to}")}).to_string()),
                }
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/send", post(answer))).await });
        (server, url)
    }
}

/// Remembers what it is told, fails as often as it shall, and answers with verbs.
#[derive(Default)]
struct Told {
    failures: Mutex<usize>,
    verbs: Mutex<Vec<Value>>,
    told: Mutex<Vec<(Value, Value)>>,
}

#[async_trait::async_trait]
impl Hooks for Told {
    async fn ask(&self, _: &str, _: AccountId, event: &Event) -> Result<Option<Vec<Verb>>, String> {
        let mut failures = self.failures.lock();
        if *failures > 0 {
            *failures -= 1;
            return Err("refused the connection".into());
        }
        self.told.lock().push((event.hook.parse().unwrap(), event.payload.parse().unwrap()));
        let verb = |verb: &Value| {
            Verb::Other(OtherVerb { name: verb["verb"].as_str().unwrap().into(), properties: verb.to_string() })
        };
        Ok(Some(self.verbs.lock().drain(..).map(|given| verb(&given)).collect()))
    }
}

struct World {
    store: Arc<MemoryStore>,
    messages: Messages,
    hooks: Arc<Told>,
    server: Arc<Server>,
    account: AccountId,
    application: Sid,
    url: String,
}

impl World {
    async fn new() -> Self {
        let store = MemoryStore::new();
        let hooks = Arc::<Told>::default();
        let plugins = Plugins::new(store.clone(), sandbox().await, PluginsLimits::default());
        let config = MessagesConfig { base_url: Some("https://host.example".into()), ..MessagesConfig::default() };
        let messages = Messages::new(store.clone(), plugins, hooks.clone(), config);
        let (server, url) = Server::start().await;
        let account = Account::from_request(&json!({"name": "Acme"}), Sid::random()).unwrap();
        let (sid, body) = (account.account_sid, json!(account));
        store.put(Key::new(Owner::System, Kind::Account, sid.hex()), body, Expect::Absent).await.unwrap();
        let hook = |path: &str| json!({"url": format!("http://app.example/{path}")});
        let body = json!({"name": "app", "call_hook": hook("call"), "call_status_hook": hook("status"), "messaging_hook": hook("text")});
        let application = Application::from_request(&body, sid).unwrap();
        let key = Key::new(sid, Kind::Application, application.application_sid.to_string());
        store.put(key, json!(application), Expect::Absent).await.unwrap();
        let application = application.application_sid;
        let world = Self { store, messages, hooks, server, account: sid, application, url };
        world.add("texts", json!({})).await;
        world
    }

    async fn add(&self, name: &str, parameters: Value) {
        let mut all = json!({"url": self.url, "token": "t", "inbound_token": TOKEN});
        all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
        let body = json!({"name": name, "parameters": all, "application_sid": self.application});
        let provider = MessageProvider::from_request(&body, self.account).unwrap();
        self.messages.check(&provider).await.unwrap();
        let key = provider_key(self.account, provider.message_provider_sid);
        self.store.put(key, json!(provider), Expect::Absent).await.unwrap();
    }

    async fn send(&self, body: Value) -> Result<Message, SendError> {
        let request = MessageRequest::from_request(&body).unwrap();
        self.messages.send(self.account, request).await
    }

    async fn post(&self, token: &str, body: Value) -> Result<u16, ReceiveError> {
        let headers = vec![("authorization".into(), format!("Bearer {token}"))];
        let body = body.to_string().into_bytes();
        let request = Request { method: "POST".into(), url: "https://host.example/".into(), headers, body, time: 0 };
        self.messages.receive(self.account, "texts", &request).await.map(|reply| reply.status)
    }

    async fn all(&self) -> Vec<Message> {
        page_of(&*self.store, self.account, 0, 100).await.unwrap().0
    }

    /// What the hook was told, once it was told so often.
    async fn told(&self, count: usize) -> Vec<Value> {
        let until = async {
            while self.hooks.told.lock().len() < count {
                tokio::task::yield_now().await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), until).await.expect("the hook is told");
        self.hooks.told.lock().iter().map(|(_, payload)| payload.clone()).collect()
    }
}

fn text(to: &str) -> Value {
    json!({"from": "13322060388", "to": to, "text": "please call when you can"})
}

#[tokio::test]
async fn a_message_goes_to_the_provider_and_has_a_record() {
    let world = World::new().await;
    let sent = world.send(text("+1508")).await.unwrap();
    assert_eq!((sent.status, sent.provider_id.as_deref()), (MessageStatus::Sent, Some("id-+1508")));
    assert_eq!(sent.response, Some(json!({"id": "id-+1508"})));
    let got = world.server.got.lock().clone();
    assert_eq!((&got[0]["authorization"], &got[0]["message"]["text"]), (&json!("Bearer t"), &text("")["text"]));
    let status_url = format!("https://host.example/v1/accounts/{}/messaging/texts", world.account.hyphenated());
    assert_eq!(got[0]["message"]["status_url"], status_url);
    assert_eq!(world.all().await, [sent]);
}

#[tokio::test]
async fn a_refusal_is_told_and_kept() {
    let world = World::new().await;
    let Err(SendError::Refused { sid, retry_after: None, reason }) = world.send(text("+blocked")).await else {
        panic!("taken")
    };
    assert_eq!(reason, "the provider answered 400");
    let kept = world.all().await.remove(0);
    assert_eq!((kept.message_sid, kept.status), (sid, MessageStatus::Failed));
    assert_eq!(kept.response, Some(json!({"error": "opted out"})));
    let later = world.send(text("+later")).await;
    assert!(matches!(later, Err(SendError::Refused { retry_after: Some(1), .. })));
}

#[tokio::test]
async fn a_provider_is_named_where_there_are_several() {
    let world = World::new().await;
    world.add("other", json!({})).await;
    assert!(matches!(world.send(text("+1")).await, Err(SendError::Ambiguous)));
    let named = |name: &str| json!({"from": "1", "to": "+1", "text": "x", "provider": name});
    assert_eq!(world.send(named("other")).await.unwrap().provider, "other");
    let unknown = world.send(named("nobody")).await.unwrap_err();
    assert_eq!(unknown.to_string(), "message provider not found nobody");
    let elsewhere =
        MessageRequest { from: "1".into(), to: "2".into(), text: Some("x".into()), ..MessageRequest::default() };
    assert!(matches!(world.messages.send(AccountId::random(), elsewhere).await, Err(SendError::Inactive)));
}

#[tokio::test]
async fn nobody_uses_the_application_of_another_account() {
    let world = World::new().await;
    let theirs = Sid::random();
    world
        .store
        .put(Key::new(AccountId::random(), Kind::Application, theirs.to_string()), json!({}), Expect::Absent)
        .await
        .unwrap();
    let mut message = text("+1");
    message["application_sid"] = json!(theirs);
    assert!(matches!(world.send(message).await, Err(SendError::NoApplication(sid)) if sid == theirs));
    assert!(world.server.got.lock().is_empty());
}

#[tokio::test]
async fn a_message_that_comes_in_is_kept_once_told_and_answered() {
    let world = World::new().await;
    *world.hooks.failures.lock() = 1;
    *world.hooks.verbs.lock() = vec![
        json!({"verb": "say", "text": "no"}),
        json!({"verb": "message", "from": "1332", "to": "+1508", "text": "got it"}),
    ];
    let posted = json!({"id": "a1", "from": "+1508", "to": "1332", "text": "hi"});
    for _ in 0..2 {
        assert_eq!(world.post(TOKEN, posted.clone()).await.unwrap(), 204);
    }
    let told = world.told(1).await;
    assert_eq!(
        (&told[0]["from"], &told[0]["text"], &told[0]["provider"]),
        (&json!("+1508"), &json!("hi"), &json!("texts"))
    );
    assert_eq!(told[0]["application_sid"], json!(world.application));
    assert!(world.hooks.told.lock()[0].0["secret"].as_str().unwrap().starts_with("wh_secret_"));
    let until = async {
        while world.server.got.lock().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), until).await.expect("the answer is sent");
    let came_in = world.all().await.into_iter().filter(|message| message.status == MessageStatus::Received);
    assert_eq!(came_in.count(), 1, "the same one twice is the same message");
    assert_eq!(world.server.got.lock()[0]["message"]["text"], "got it");
}

#[tokio::test]
async fn what_became_of_a_message_is_noted_and_told_until_it_is_final() {
    let world = World::new().await;
    let sid = world.send(text("+1508")).await.unwrap().message_sid;
    for status in ["delivered", "failed"] {
        assert_eq!(world.post(TOKEN, json!({"id": "id-+1508", "status": status})).await.unwrap(), 204);
    }
    assert_eq!(world.post(TOKEN, json!({"id": "unknown", "status": "failed"})).await.unwrap(), 204);
    let told = world.told(1).await;
    assert_eq!((&told[0]["message_sid"], &told[0]["message_status"]), (&json!(sid), &json!("delivered")));
    assert_eq!(world.all().await[0].status, MessageStatus::Delivered);
    assert_eq!(world.told(1).await.len(), 1);
}

#[tokio::test]
async fn news_that_come_before_the_provider_has_answered_are_not_lost() {
    let world = World::new().await;
    let telling = async {
        for status in ["sent", "delivered"] {
            assert_eq!(world.post(TOKEN, json!({"id": "id-+early", "status": status})).await.unwrap(), 204);
        }
        *world.server.told.lock() = true;
    };
    let (sent, ()) = tokio::join!(world.send(text("+early")), telling);
    let sent = sent.unwrap();
    assert_eq!((sent.status, world.all().await[0].status), (MessageStatus::Delivered, MessageStatus::Delivered));
    let told = world.told(1).await;
    assert_eq!((&told[0]["message_sid"], &told[0]["message_status"]), (&json!(sent.message_sid), &json!("delivered")));
}

#[tokio::test]
async fn what_is_not_the_providers_is_as_to_nobody() {
    let world = World::new().await;
    let posted = json!({"from": "1", "to": "2"});
    assert!(matches!(world.post("guessed-0123456789", posted.clone()).await, Err(ReceiveError::NotFound)));
    let request = Request { method: "POST".into(), url: String::new(), headers: vec![], body: vec![], time: 0 };
    let elsewhere = world.messages.receive(world.account, "nobody", &request).await;
    assert!(matches!(elsewhere, Err(ReceiveError::NotFound)));
    assert!(world.all().await.is_empty());
}

#[tokio::test]
async fn a_provider_is_saved_only_where_its_plugin_takes_it() {
    let world = World::new().await;
    let refusal = async |body: Value| {
        let provider = MessageProvider::from_request(&body, world.account).unwrap();
        world.messages.check(&provider).await.unwrap_err().to_string()
    };
    assert_eq!(refusal(json!({"name": "a", "plugin": "nobodys"})).await, "no plugin named 'nobodys' is installed");
    assert!(refusal(json!({"name": "a", "plugin": "order"})).await.ends_with("is no message provider"));
    assert!(refusal(json!({"name": "a"})).await.contains("parameters.url"));
    let url = json!({"url": "http://a"});
    let other = Sid::random();
    let body = json!({"name": "a", "parameters": url, "application_sid": other});
    assert_eq!(refusal(body).await, format!("application_sid not found {other}"));
}
