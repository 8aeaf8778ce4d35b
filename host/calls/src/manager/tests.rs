use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use strowger_model::call_record::{CallStatus, TerminatedBy};
use strowger_model::{AccountId, Application, CallRecord};
use strowger_nodes::NodeInfo;
use strowger_sandbox::hook::EventKind;
use strowger_store::{Expect, Key, Kind, MemoryStore, StoreExt};

use super::*;
use crate::UpdateError;
use crate::candidate::{Candidate, Turn};
use crate::command::Update;
use crate::create::CreateCall;
use crate::error::CreateError;
use crate::filter::CallFilter;
use crate::ports::{RouteFailure, Routed};
use crate::testing::{Done, FakeHooks, FakeLegs, FakeSockets, FakeTexts, Script, answer, at, progress, refuse};

mod conversations;
mod limits;
mod nodes;
mod outages;
mod placing;
mod updates;

const CALL_HOOK: &str = "http://app/call";
const STATUS_HOOK: &str = "http://app/status";

/// Carriers `c1`, `c2`, … for every number, or a failure.
struct FakeRoutes(Result<usize, RouteFailure>);

#[async_trait]
impl Routes for FakeRoutes {
    async fn route(&self, _: AccountId, fields: Map<String, Value>) -> Result<Routed, RouteFailure> {
        let number = fields["To-DID"].as_str().unwrap().to_owned();
        let carriers = self.0.clone()?;
        let candidate = |index| {
            let mut candidate = Candidate::direct(format!("sip:{number}@c{index}"), Vec::new(), None);
            candidate.name = format!("Carrier {index}");
            Turn::from(candidate)
        };
        Ok((1..=carriers).map(candidate).collect::<Vec<Turn>>().into())
    }
}

fn node(name: &str) -> NodeInfo {
    NodeInfo { name: name.into(), http: format!("http://{name}:3000"), sip: format!("{name}:5060") }
}

/// A manager among scripted worlds.
struct World {
    account: AccountId,
    legs: Arc<FakeLegs>,
    hooks: Arc<FakeHooks>,
    texts: Arc<FakeTexts>,
    store: Arc<MemoryStore>,
    nodes: Arc<Membership>,
    calls: Arc<CallManager>,
    media: tempfile::TempDir,
}

impl World {
    async fn new(scripts: Vec<Script>) -> Self {
        let carriers = scripts.len();
        Self::build(FakeLegs::new(scripts), FakeRoutes(Ok(carriers)), CallsConfig::default()).await
    }

    async fn build(legs: Arc<FakeLegs>, routes: FakeRoutes, config: CallsConfig) -> Self {
        let store = MemoryStore::new();
        Self::on(store.clone(), store, legs, routes, config).await
    }

    /// A process that has its own way to a store.
    async fn on(
        way: Arc<dyn Store>,
        store: Arc<MemoryStore>,
        legs: Arc<FakeLegs>,
        routes: FakeRoutes,
        config: CallsConfig,
    ) -> Self {
        let (hooks, texts, media) = (FakeHooks::new(), FakeTexts::new(), tempfile::tempdir().unwrap());
        let nodes = Membership::start(way.clone(), node("node")).await.unwrap();
        let library = Arc::new(AudioLibrary::new(Some(media.path().into())));
        let parts = Parts {
            legs: legs.clone(),
            routes: Arc::new(routes),
            hooks: hooks.clone(),
            sockets: FakeSockets::new().0,
            texts: texts.clone(),
            nodes: nodes.clone(),
            store: way,
            library,
            config,
        };
        let calls = CallManager::start(parts);
        Self { account: AccountId::random(), legs, hooks, texts, store, nodes, calls, media }
    }

    async fn create(&self, changes: Value) -> Result<CreatedCall, CreateError> {
        let mut body = json!({
            "from": "+15083728299",
            "to": {"type": "phone", "number": "+16172375089"},
            "call_hook": CALL_HOOK,
            "call_status_hook": STATUS_HOOK,
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.calls.create(self.account, CreateCall::parse(&body)?).await
    }

    async fn place(&self, changes: Value) -> Sid {
        self.create(changes).await.unwrap().sid
    }

    async fn record(&self, sid: Sid) -> CallRecord {
        self.calls.get(self.account, sid).await.unwrap().unwrap()
    }

    async fn until(&self, sid: Sid, status: CallStatus) -> CallRecord {
        for _ in 0..100_000 {
            let record = self.record(sid).await;
            if record.call_status == status {
                return record;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never {status:?}: {:?}", self.record(sid).await);
    }

    async fn update(&self, sid: Sid, body: Value) -> Result<Updated, UpdateError> {
        self.calls.update(self.account, sid, Update::parse(&body)?).await
    }

    /// The states that the status hook was told, once all is done.
    async fn told(&self) -> Vec<String> {
        self.calls.shutdown(Duration::from_secs(60)).await;
        let states = self.hooks.told(STATUS_HOOK, "call_status");
        states.iter().map(|state| state.as_str().unwrap().to_owned()).collect()
    }

    fn hung_up(&self, gateway: &str) -> bool {
        self.legs.done().iter().any(|done| matches!(done, Done::HungUp(name, _) if name == gateway))
    }
}
