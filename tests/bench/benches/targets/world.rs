//! An installation in memory: a router over the built-in plugins and over those that accounts upload.

use std::error::Error;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_plugins::{Plugins, PluginsLimits, Status};
use strowger_routing::{RouteRequest, Router};
use strowger_rows::SelectorRows;
use strowger_sandbox::hook::{Call, CallDirection, CallStatus, Event, EventKind};
use strowger_sandbox::{AddressPolicy, CodeConfig, Grants, Network, Sandbox, SandboxConfig};
use strowger_store::{Expect, Key, Kind, MemoryStore, Store, StoreExt, Write};

pub(crate) struct World {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) plugins: Plugins,
    pub(crate) router: Arc<Router>,
    store: Arc<dyn Store>,
}

impl World {
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        Self::over(MemoryStore::new(), None).await
    }

    /// Over a store, with compiled code kept in that folder.
    pub(crate) async fn over(store: Arc<dyn Store>, folder: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let code = folder.map(|folder| CodeConfig {
            folder: Some(folder.join("code")),
            key: Some(folder.join("code.key")),
            worker: None,
        });
        let loopback: Network = format!("{}/8", Ipv4Addr::LOCALHOST).parse()?;
        let addresses = AddressPolicy { allowed: vec![loopback] };
        let config = SandboxConfig { addresses, code: code.unwrap_or_default(), ..SandboxConfig::default() };
        let sandbox = Arc::new(Sandbox::new(config)?);
        for plugin in strowger_bundle::plugins() {
            sandbox.install(plugin.name, plugin.version, plugin.component, Grants::any_host()).await?;
        }
        let plugins = Plugins::new(Arc::clone(&store), Arc::clone(&sandbox), PluginsLimits::default());
        let rows = SelectorRows::new(Arc::clone(&store));
        let router = Arc::new(Router::with_plugins(Arc::clone(&store), plugins.clone(), rows));
        Ok(Self { sandbox, plugins, router, store })
    }

    /// An account with that many carriers, whose calls are routed by these steps.
    pub(crate) async fn account(&self, carriers: u32, rules: Value) -> Result<Owner, Box<dyn Error>> {
        let owner = Owner::from(AccountId::random());
        let carrier = |n: u32| {
            let body =
                json!({"name": n.to_string(), "rules": ["."], "gateways": [{"server": "h"}], "weight_cost": n % 100});
            Write::put(Key::new(owner, Kind::Resource, format!("{n:032x}")), body, Expect::Anything)
        };
        self.store.commit((0..carriers).map(carrier).collect()).await?;
        let chain = json!({ "rules": rules });
        self.store
            .put(Key::new(owner, Kind::SelectorRules, "resource_selector_rules"), chain, Expect::Anything)
            .await?;
        Ok(owner)
    }

    /// Uploads a version and has it judged; an error where it is refused.
    pub(crate) async fn upload(
        &self,
        owner: Owner,
        name: &str,
        version: &str,
        component: &[u8],
    ) -> Result<(), Box<dyn Error>> {
        let mut intake = self.plugins.take(owner, name, version, None).await?;
        intake.write(component).await?;
        intake.finish(None).await?;
        match self.plugins.judge(owner, name, version).await? {
            Some(Status::Accepted) => Ok(()),
            other => Err(format!("{name}@{version}: {other:?}").into()),
        }
    }
}

/// A call of that account.
pub(crate) fn request(owner: Owner) -> RouteRequest {
    let fields = json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100"});
    RouteRequest::call(owner, fields.as_object().cloned().unwrap_or_default())
}

/// An answered call, with that hook.
pub(crate) fn event(hook: &Value) -> Event {
    let call = Call {
        call_sid: "0e0681b0-d49f-4fb8-b973-b5a3c6758de1".into(),
        account_sid: "fef61e75-cec3-496c-a7bc-8368e4d02a04".into(),
        application_sid: None,
        call_id: "c-1@127.0.0.1".into(),
        direction: CallDirection::Outbound,
        from: "+12025550100".into(),
        to: "+15125550177".into(),
        status: CallStatus::InProgress,
        sip_status: 200,
        sip_reason: "OK".into(),
        duration: None,
        tag: None,
    };
    Event { kind: EventKind::SessionNew, call, time: 0, payload: "{}".into(), hook: hook.to_string() }
}
