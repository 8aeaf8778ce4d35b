//! The life of a plugin over a store in memory, with real components.

mod rollouts;

use std::sync::Arc;

use serde_json::json;
use strowger_model::{AccountId, Owner};
use strowger_sandbox::{Capability, Grants, InstallError, ModuleKind, Sandbox, SandboxConfig};
use strowger_store::{Expect, Key, Kind, MemoryStore, Store, StoreExt};

use super::*;

struct Fixture {
    store: Arc<dyn Store>,
    plugins: Plugins,
    account: Owner,
}

impl Fixture {
    async fn new() -> Self {
        Self::within(PluginsLimits::default()).await
    }

    async fn within(limits: PluginsLimits) -> Self {
        let sandbox = Sandbox::new(SandboxConfig { instances: 50, ..SandboxConfig::default() }).unwrap();
        sandbox.install("order", "1.0.0", component("order"), Grants::default()).await.unwrap();
        let store: Arc<dyn Store> = MemoryStore::new();
        let plugins = Plugins::new(Arc::clone(&store), Arc::new(sandbox), limits);
        Self { store, plugins, account: AccountId::random().into() }
    }

    async fn sent(&self, owner: Owner, name: &str, version: &str, bytes: &[u8]) -> Result<Version, PluginsError> {
        let mut intake = self.plugins.take(owner, name, version, None).await?;
        for piece in bytes.chunks(1_000) {
            intake.write(piece).await?;
        }
        intake.finish(None).await
    }

    /// Sends a built-in component under a name of its own, and has it judged.
    async fn upload(&self, name: &str, version: &str, built_in: &str) -> Status {
        self.sent(self.account, name, version, component(built_in)).await.unwrap();
        self.plugins.judge(self.account, name, version).await.unwrap().unwrap()
    }

    async fn active(&self, name: &str) -> Option<String> {
        self.plugins.summary(self.account, name).await.unwrap().active.map(|active| active.version)
    }

    async fn found(&self, reference: &str) -> Result<String, String> {
        let module = self.plugins.module(self.account, reference).await;
        module.map(|module| module.id().to_owned()).map_err(|error| error.to_string())
    }
}

fn component(name: &str) -> &'static [u8] {
    strowger_bundle::plugins().iter().find(|plugin| plugin.name == name).unwrap().component
}

fn activated(version: &str) -> Change {
    Change { active: Some(Some(version.to_owned())), grants: None }
}

#[tokio::test]
async fn the_first_version_becomes_active_and_later_ones_wait_to_be_made_so() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.upload("mine", "1", "order").await, Status::Accepted);
    assert_eq!(fixture.found("mine").await.unwrap(), "mine@1");
    fixture.upload("mine", "2", "order").await;
    assert_eq!(fixture.found("mine").await.unwrap(), "mine@1");
    assert_eq!(fixture.found("mine@2").await.unwrap(), "mine@2");
    fixture.plugins.change(fixture.account, "mine", &activated("2"), None).await.unwrap();
    assert_eq!(fixture.found("mine").await.unwrap(), "mine@2");
}

#[tokio::test]
async fn a_roll_back_goes_back_once_for_each_activation() {
    let fixture = Fixture::new().await;
    for version in ["1", "2", "3"] {
        fixture.upload("mine", version, "order").await;
        fixture.plugins.change(fixture.account, "mine", &activated(version), None).await.unwrap();
    }
    for expected in ["2", "1"] {
        fixture.plugins.roll_back(fixture.account, "mine", None).await.unwrap();
        assert_eq!(fixture.active("mine").await.as_deref(), Some(expected));
    }
    let refused = fixture.plugins.roll_back(fixture.account, "mine", None).await.unwrap_err();
    assert!(matches!(refused, PluginsError::NoHistory(_)), "{refused}");
}

#[tokio::test]
async fn a_version_never_changes() {
    let fixture = Fixture::new().await;
    fixture.upload("mine", "1", "order").await;
    let refused = fixture.sent(fixture.account, "mine", "1", component("null")).await.unwrap_err();
    assert!(matches!(refused, PluginsError::Exists(_)), "{refused}");
}

#[tokio::test]
async fn a_refused_version_has_a_verdict_and_no_bytes_and_can_be_sent_again() {
    let fixture = Fixture::new().await;
    let garbage = [b"\0asm\x0d\0\x01\0".as_slice(), b"garbage"].concat();
    fixture.sent(fixture.account, "mine", "1", &garbage).await.unwrap();
    let status = fixture.plugins.judge(fixture.account, "mine", "1").await.unwrap();
    assert_eq!(status, Some(Status::Refused));
    let version = fixture.plugins.version(fixture.account, "mine", "1").await.unwrap();
    assert_eq!(version.verdict.as_ref().unwrap().faults[0].rule, "valid");
    assert!(fixture.store.all(fixture.account, Kind::Blob).await.unwrap().is_empty());
    assert_eq!(fixture.found("mine").await.unwrap_err(), "plugin 'mine' has no active version");
    assert_eq!(fixture.upload("mine", "1", "order").await, Status::Accepted);
}

#[tokio::test]
async fn what_is_no_component_is_refused_while_it_arrives() {
    let fixture = Fixture::new().await;
    let refused = fixture.sent(fixture.account, "mine", "1", b"\0asm\x01\0\0\0").await.unwrap_err();
    assert!(matches!(refused, PluginsError::Component(InstallError::CoreModule)), "{refused}");
    let refused = fixture.sent(fixture.account, "mine", "1", b"").await.unwrap_err();
    assert!(matches!(refused, PluginsError::Empty), "{refused}");
    let refused = fixture.sent(fixture.account, "mine", "1", b"\0a").await.unwrap_err();
    assert!(matches!(refused, PluginsError::Component(InstallError::Invalid(_))), "{refused}");
    assert!(fixture.plugins.list(fixture.account).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_version_that_asks_for_more_stays_inactive_until_it_is_granted() {
    let fixture = Fixture::new().await;
    fixture.upload("hook", "1", "greeter").await;
    assert_eq!(fixture.active("hook").await.as_deref(), Some("1"));
    let mut intake = fixture.plugins.take(fixture.account, "hook", "2", Some(true)).await.unwrap();
    intake.write(component("http-webhook")).await.unwrap();
    intake.finish(None).await.unwrap();
    fixture.plugins.judge(fixture.account, "hook", "2").await.unwrap();
    assert_eq!(fixture.active("hook").await.as_deref(), Some("1"));
    let refused = fixture.plugins.change(fixture.account, "hook", &activated("2"), None).await.unwrap_err();
    assert!(
        matches!(&refused, PluginsError::NotGranted { missing, .. } if *missing == [Capability::Http]),
        "{refused}"
    );
    let grants = Change { active: None, grants: Some(Grants::any_host()) };
    fixture.plugins.change(fixture.account, "hook", &grants, None).await.unwrap();
    assert_eq!(fixture.active("hook").await.as_deref(), Some("2"));
    let revoked = Change { active: None, grants: Some(Grants::default()) };
    fixture.plugins.change(fixture.account, "hook", &revoked, None).await.unwrap();
    assert_eq!(fixture.found("hook").await.unwrap_err(), "hook@2 asks for http, which the plugin is not granted");
}

#[tokio::test]
async fn a_plugin_stays_of_the_kind_that_it_is() {
    let fixture = Fixture::new().await;
    fixture.upload("mine", "1", "order").await;
    assert_eq!(fixture.upload("mine", "2", "greeter").await, Status::Refused);
    let verdict = fixture.plugins.version(fixture.account, "mine", "2").await.unwrap().verdict.clone().unwrap();
    assert_eq!((verdict.faults[0].rule.as_str(), verdict.kind), ("kind", Some(ModuleKind::CallHook)));
}

#[tokio::test]
async fn an_account_sees_its_own_plugins_and_the_installations_and_nobody_elses() {
    let fixture = Fixture::new().await;
    fixture.sent(Owner::System, "shared", "1", component("order")).await.unwrap();
    fixture.plugins.judge(Owner::System, "shared", "1").await.unwrap();
    fixture.upload("mine", "1", "order").await;
    assert_eq!(fixture.found("shared").await.unwrap(), "shared@1");
    assert_eq!(fixture.found("order").await.unwrap(), "order@1.0.0");
    let stranger = Owner::Account(AccountId::random());
    assert!(matches!(fixture.plugins.module(stranger, "mine").await, Err(FindError::Unknown(_))));
    assert!(fixture.plugins.module(stranger, "shared").await.is_ok());
    let names = |summaries: Vec<Summary>| summaries.into_iter().map(|summary| summary.name).collect::<Vec<_>>();
    assert_eq!(names(fixture.plugins.usable(fixture.account).await.unwrap()), ["mine", "order", "shared"]);
    assert_eq!(names(fixture.plugins.usable(stranger).await.unwrap()), ["order", "shared"]);
}

#[tokio::test]
async fn the_names_of_built_in_plugins_are_taken() {
    let fixture = Fixture::new().await;
    let refused = fixture.sent(fixture.account, "order", "9", component("order")).await.unwrap_err();
    assert!(matches!(refused, PluginsError::Reserved(_)), "{refused}");
}

#[tokio::test]
async fn what_a_chain_names_is_not_deleted() {
    let fixture = Fixture::new().await;
    for version in ["1", "2"] {
        fixture.upload("mine", version, "order").await;
    }
    let key = Key::new(fixture.account, Kind::SelectorRules, "resource_selector_rules");
    let chain = json!({"rules": [{"mine@2": {"value": "weight_cost"}}]});
    fixture.store.put(key.clone(), chain, Expect::Anything).await.unwrap();
    let remove = async |version| fixture.plugins.remove_version(fixture.account, "mine", version, None).await;
    for version in ["1", "2"] {
        assert!(matches!(remove(version).await, Err(PluginsError::Named(..))), "{version}");
    }
    let named = fixture.plugins.remove(fixture.account, "mine", None).await;
    assert!(matches!(named, Err(PluginsError::Named(..))));
    fixture.store.delete(key, Expect::Anything).await.unwrap();
    remove("2").await.unwrap();
    fixture.plugins.remove(fixture.account, "mine", None).await.unwrap();
    for kind in [Kind::Plugin, Kind::PluginVersion, Kind::Blob] {
        assert!(fixture.store.all(fixture.account, kind).await.unwrap().is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn what_a_hook_names_is_not_deleted() {
    let fixture = Fixture::new().await;
    fixture.upload("mine", "1", "greeter").await;
    let application = json!({"name": "a", "call_hook": {"url": "plugin:mine"}});
    fixture.store.put(Key::new(fixture.account, Kind::Application, "x"), application, Expect::Anything).await.unwrap();
    let refused = fixture.plugins.remove(fixture.account, "mine", None).await.unwrap_err();
    assert_eq!(refused.to_string(), "mine is still named by application x");
}

#[tokio::test]
async fn quotas_are_told_by_what_there_is_too_much_of() {
    let limits = PluginsLimits { plugins: 1, versions: 1, compiling: 1, ..PluginsLimits::default() };
    let fixture = Fixture::within(limits).await;
    fixture.sent(fixture.account, "mine", "1", component("order")).await.unwrap();
    let told = async |name, version| fixture.sent(fixture.account, name, version, component("null")).await.unwrap_err();
    assert!(told("other", "1").await.to_string().starts_with("plugins: at most 1"));
    assert!(told("mine", "2").await.to_string().starts_with("versions of a plugin: at most 1"));
}

#[tokio::test]
async fn an_account_uploads_so_often_a_day_and_is_told_when_it_may_again() {
    let fixture = Fixture::within(PluginsLimits { uploads_per_day: 1, ..PluginsLimits::default() }).await;
    fixture.sent(fixture.account, "mine", "1", component("order")).await.unwrap();
    assert_eq!(fixture.plugins.uploads_today(fixture.account).await.unwrap(), 1);
    let refused = fixture.sent(fixture.account, "mine", "2", component("order")).await.unwrap_err();
    assert!(refused.to_string().contains("1 times today"), "{refused}");
    for version in ["1", "2"] {
        fixture.sent(Owner::System, "theirs", version, component("order")).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_version_has_used_is_forgotten_with_it() {
    let fixture = Fixture::new().await;
    fixture.upload("mine", "1", "order").await;
    fixture.plugins.module(fixture.account, "mine").await.unwrap();
    fixture.plugins.forget_gone().await;
    assert_eq!(fixture.plugins.usage(fixture.account, "mine").len(), 1);
    fixture.plugins.remove(fixture.account, "mine", None).await.unwrap();
    fixture.plugins.forget_gone().await;
    assert!(fixture.plugins.usage(fixture.account, "mine").is_empty());
}
