//! A router over an in-memory store and the built-in plugins.
#![allow(dead_code, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot set itself up must stop")]

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_routing::Router;
use strowger_sandbox::{Grants, Sandbox, SandboxConfig};
use strowger_store::{Expect, Key, Kind, MemoryStore, Store, StoreExt, SwitchedStore};
use tokio::sync::OnceCell;

pub struct Fixture {
    pub store: Arc<MemoryStore>,
    /// The router's way to the store.
    pub way: Arc<SwitchedStore>,
    pub router: Router,
}

/// One sandbox serves all tests of a file: compiling the built-in plugins takes longer than any of them.
pub async fn sandbox() -> Arc<Sandbox> {
    static SANDBOX: OnceCell<Arc<Sandbox>> = OnceCell::const_new();
    let sandbox = SANDBOX.get_or_init(|| async {
        let sandbox = Sandbox::new(SandboxConfig { instances: 500, ..SandboxConfig::default() }).unwrap();
        for plugin in strowger_bundle::plugins() {
            let grants = Grants::any_host();
            sandbox.install(plugin.name, plugin.version, plugin.component, grants).await.unwrap();
        }
        Arc::new(sandbox)
    });
    Arc::clone(sandbox.await)
}

impl Fixture {
    /// A router whose global carriers are these; `_id` is their id.
    pub async fn with_resources(resources: &Value) -> Self {
        let store = MemoryStore::new();
        let way = SwitchedStore::new(store.clone());
        let router = Router::new(Arc::clone(&way) as Arc<dyn Store>, sandbox().await);
        let fixture = Self { store, way, router };
        for resource in resources.as_array().unwrap() {
            fixture.save_resource(Owner::System, resource).await;
        }
        fixture
    }

    pub async fn save_resource(&self, owner: Owner, resource: &Value) {
        let key = Key::new(owner, Kind::Resource, resource["_id"].as_str().unwrap());
        self.store.put(key, resource.clone(), Expect::Anything).await.unwrap();
    }

    /// Rows in the shape of the vectors: the document is under `value`.
    pub async fn save_rows(&self, rows: &Value) {
        for row in rows.as_array().unwrap() {
            let key = Key::new(Owner::System, Kind::SelectorRow, row["id"].as_str().unwrap());
            self.store.put(key, row["value"].clone(), Expect::Anything).await.unwrap();
        }
    }

    pub async fn save_chain(&self, owner: Owner, rules: Value) {
        let key = Key::new(owner, Kind::SelectorRules, "resource_selector_rules");
        self.store.put(key, json!({ "rules": rules }), Expect::Anything).await.unwrap();
    }
}

pub fn vectors(group: &str) -> Vec<Value> {
    static VECTORS: OnceLock<Value> = OnceLock::new();
    let all =
        VECTORS.get_or_init(|| serde_json::from_str(include_str!("../../../../tests/vectors/routing.json")).unwrap());
    let group = all["groups"][group].as_array().unwrap().clone();
    assert!(!group.is_empty());
    group
}
