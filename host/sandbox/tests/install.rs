//! What is installed and what is refused, with the rule that it breaks.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

use strowger_sandbox::{
    Capability, CodeConfig, Grants, InstallError, LoadError, ModuleKind, PluginId, Sandbox, SandboxConfig, Terms,
};

fn sandbox() -> Sandbox {
    Sandbox::new(SandboxConfig { instances: 50, ..SandboxConfig::default() }).unwrap()
}

fn component(name: &str) -> &'static [u8] {
    strowger_bundle::plugins().iter().find(|plugin| plugin.name == name).unwrap().component
}

async fn refused(bytes: &[u8]) -> InstallError {
    sandbox().install("x", "1", bytes, Grants::default()).await.err().unwrap()
}

#[tokio::test]
async fn a_selector_is_installed_under_its_name_and_its_version() {
    let sandbox = sandbox();
    let module = sandbox.install("order", "1.2.3", component("order"), Grants::default()).await.unwrap();
    assert_eq!(module.kind, ModuleKind::Selector);
    assert!(module.parameters.is_object() && !module.summary.is_empty() && module.digest.len() == 64);
    assert!(sandbox.module("order").is_some() && sandbox.module("order@1.2.3").is_some());
    assert!(sandbox.module("order@1.2.4").is_none());
}

#[tokio::test]
async fn a_later_version_takes_the_name_and_leaves_the_earlier_one_reachable() {
    let sandbox = sandbox();
    for version in ["1", "2"] {
        sandbox.install("order", version, component("order"), Grants::default()).await.unwrap();
    }
    assert_eq!(sandbox.module("order").unwrap().plugin.version, "2");
    assert_eq!(sandbox.module("order@1").unwrap().plugin.version, "1");
    assert_eq!(sandbox.modules().len(), 1);
}

#[tokio::test]
async fn a_core_module_is_told_how_to_become_a_component() {
    let refused = refused(b"\0asm\x01\0\0\0").await;
    assert_eq!(refused, InstallError::CoreModule);
    assert!(refused.mend().contains("wasm-tools component new"));
}

#[tokio::test]
async fn garbage_is_no_component() {
    for bytes in [&b""[..], b"hello", b"\0asm\x0d\0\x01\0garbage"] {
        assert!(matches!(refused(bytes).await, InstallError::Invalid(_)), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_component_without_our_exports_belongs_to_another_world() {
    assert_eq!(refused(b"\0asm\x0d\0\x01\0").await, InstallError::UnknownWorld);
}

#[tokio::test]
async fn the_verdict_says_what_it_is_and_what_it_asks_for() {
    let plugin = PluginId::system("hook", "1");
    let examined = sandbox().examine(&plugin, component("http-webhook").into(), Terms::default()).await;
    let verdict = examined.verdict;
    assert!(verdict.accepted && verdict.faults.is_empty(), "{verdict:?}");
    assert_eq!(verdict.capabilities, [Capability::Http]);
    assert_eq!(verdict.world.as_deref(), Some("strowger:plugin/call-hook-plugin@0.1.0"));
    assert!(verdict.trial.is_some_and(|trial| trial.fuel > 0) && verdict.initial_memory > 0 && verdict.code_bytes > 0);
}

#[tokio::test]
async fn what_was_accepted_is_loaded_again_from_kept_code_without_its_component() {
    let folder = tempfile::tempdir().unwrap();
    let code = CodeConfig {
        folder: Some(folder.path().join("code")),
        key: Some(folder.path().join("code.key")),
        worker: None,
    };
    let config = SandboxConfig { instances: 50, code, ..SandboxConfig::default() };
    let plugin = PluginId::system("order", "1");
    let first = Sandbox::new(config.clone()).unwrap();
    let verdict = first.examine(&plugin, component("order").into(), Terms::default()).await.verdict;
    let again = Sandbox::new(config).unwrap();
    let nobody_asks = async || Err("the code was not kept");
    let module = again.load(&plugin, &verdict, Terms::default(), nobody_asks).await.map_err(|error| error.to_string());
    assert_eq!(module.unwrap().digest, verdict.digest);
    again.sweep_code(|_| false).await;
    let other = async || Ok::<_, String>(component("null").into());
    let changed = again.load(&plugin, &verdict, Terms::default(), other).await.err().unwrap();
    assert!(matches!(changed, LoadError::Changed), "{changed}");
}
