//! What is installed and what is refused, with the rule that it breaks.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

use strowger_sandbox::{Grants, InstallError, ModuleKind, Sandbox, SandboxConfig};

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
    assert_eq!(sandbox.module("order").unwrap().version, "2");
    assert_eq!(sandbox.module("order@1").unwrap().version, "1");
    assert_eq!(sandbox.modules().len(), 1);
}

#[tokio::test]
async fn a_core_module_is_told_how_to_become_a_component() {
    let refused = refused(b"\0asm\x01\0\0\0").await;
    assert_eq!(refused, InstallError::CoreModule);
    assert!(refused.to_string().contains("wit-component"));
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
async fn http_is_linked_by_grant_only() {
    let refused = sandbox().install("hook", "1", component("http-webhook"), Grants::default()).await.err().unwrap();
    assert!(matches!(&refused, InstallError::Link(text) if text.contains("wasi:")), "{refused}");
    assert!(sandbox().install("hook", "1", component("http-webhook"), Grants { http: true }).await.is_ok());
}
