//! What WASI shows plugins of the machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod support;

use std::os::unix::fs::symlink;
use std::sync::Arc;

use serde_json::{Map, json};
use strowger_model::{AccountId, Owner};
use strowger_sandbox::{
    Decision, FaultKind, Grants, NoRows, PluginFault, RequestFields, RoutedCall, Sandbox, SandboxConfig, Selected,
};
use support::{Kept, ask};

/// One decision of the hostile selector about a call to `number` at second 1,700,000,000.
async fn decided(misdeed: &str, number: &str) -> (Result<Selected, PluginFault>, Kept) {
    let log = Kept::default();
    let sandbox = Sandbox::new(SandboxConfig { log: Some(Arc::new(log.clone())), ..support::config() }).unwrap();
    let module = sandbox.install("hostile", "1", strowger_hostile::SELECTOR, Grants::default()).await.unwrap();
    let parameters = json!({"misdeed": misdeed}).to_string();
    let mut step = module.prepare_step(Owner::System, &parameters, &[]).unwrap();
    let request = Arc::new(RequestFields::new(Map::new()));
    let call = RoutedCall { number: number.into(), cid_number: None, time: 1_700_000_000 };
    let decision = Decision::new(request, Arc::new(NoRows), 1_700_000_000, false).about(call);
    let (_, selected) = step.select(Box::new(decision), &[]);
    (selected, log)
}

#[tokio::test]
async fn a_decision_made_again_sees_the_same_time_and_the_same_chance() {
    let (selected, log) = decided("speak", "+15125550177").await;
    selected.unwrap();
    let lines = log.lines();
    assert_eq!(lines.get(..3).unwrap(), ["time 1700000000.0", "still true", "step true"]);
    assert_eq!(log.warnings(), ["bad", "worse"]);
    assert_eq!(decided("speak", "+15125550177").await.1.lines(), lines);
    assert_ne!(decided("speak", "+15125550178").await.1.lines(), lines);
}

#[tokio::test]
async fn a_selector_that_sleeps_is_ended() {
    let fault = decided("sleep", "+1").await.0.unwrap_err();
    assert!(matches!(&fault.kind, FaultKind::Trap(text) if text.contains("waits")), "{fault}");
}

#[tokio::test]
async fn a_selector_that_exits_is_told_so() {
    let fault = decided("exit", "+1").await.0.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Exit(1));
}

#[tokio::test]
async fn there_are_no_sockets_no_files_and_no_environment() {
    let (selected, log) = decided("look_around", "+1").await;
    selected.unwrap();
    let lines = log.lines();
    let told = lines.first().unwrap();
    assert_eq!(told.matches("access-denied").count(), 3, "{told}");
    assert!(told.ends_with(" 0 0"), "{told}");
}

#[tokio::test]
async fn chance_is_bounded() {
    let fault = decided("much_chance", "+1").await.0.unwrap_err();
    assert!(matches!(&fault.kind, FaultKind::Trap(text) if text.contains("random bytes")), "{fault}");
}

#[tokio::test]
async fn a_hook_has_real_time_and_may_wait() {
    let asked = ask(support::config(), Grants::default(), &json!({"do": "sleep", "ms": 20})).await;
    assert_eq!(asked.told(), json!(true));
}

/// A sandbox whose accounts have files, and the account whose they are.
fn files() -> (tempfile::TempDir, AccountId, SandboxConfig) {
    let folder = tempfile::tempdir().unwrap();
    let account = AccountId::random();
    let own = folder.path().join("files").join(account.hex());
    std::fs::create_dir_all(own.join("deep")).unwrap();
    std::fs::write(own.join("deep/list.txt"), "ours").unwrap();
    std::fs::write(folder.path().join("files/other.txt"), "theirs").unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    symlink("../other.txt", own.join("beside")).unwrap();
    symlink(folder.path().join("secret"), own.join("absolute")).unwrap();
    symlink("../..", own.join("deep/up")).unwrap();
    symlink("deep/list.txt", own.join("inside")).unwrap();
    let config = SandboxConfig { files: Some(folder.path().join("files")), ..support::config() };
    (folder, account, config)
}

#[tokio::test]
async fn an_accounts_own_files_are_read_and_nothing_else() {
    let (folder, account, config) = files();
    let absolute = folder.path().join("secret").display().to_string();
    let paths = [
        "deep/list.txt",
        "inside",
        "../other.txt",
        "deep/../../other.txt",
        "beside",
        "absolute",
        "deep/up/secret",
        absolute.as_str(),
        "/etc/passwd",
        "nothing",
    ];
    let grants = Grants { folder: true, ..Grants::default() };
    let asked = support::ask_of(account, config.clone(), grants.clone(), &json!({"do": "read", "paths": paths})).await;
    let told = asked.told();
    let told = told.as_array().unwrap();
    assert_eq!(told.get(..2).unwrap(), [json!("ours"), json!("ours")]);
    let errors: Vec<&str> = told.iter().skip(2).map(|one| one["error"].as_str().unwrap_or("READ")).collect();
    assert_eq!(errors.iter().filter(|error| **error == "not-permitted").count(), 7, "{told:?}");
    assert_eq!(errors.last(), Some(&"no-entry"));
    let other = support::ask_of(AccountId::random(), config, grants, &json!({"do": "read", "paths": ["inside"]})).await;
    assert_eq!(other.told(), json!(["no folder"]));
}

#[tokio::test]
async fn nothing_is_written() {
    let (folder, account, config) = files();
    let grants = Grants { folder: true, ..Grants::default() };
    let hook = json!({"do": "write", "path": "deep/list.txt"});
    let told = support::ask_of(account, config, grants, &hook).await.told();
    assert!(told.as_array().unwrap().iter().all(|one| one["error"].is_string()), "{told}");
    let kept = folder.path().join("files").join(account.hex()).join("deep/list.txt");
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "ours");
}

#[tokio::test]
async fn without_a_grant_there_are_no_files() {
    let (_folder, account, config) = files();
    let hook = json!({"do": "read", "paths": ["inside"]});
    assert_eq!(support::ask_of(account, config, Grants::default(), &hook).await.told(), json!(["no folder"]));
}
