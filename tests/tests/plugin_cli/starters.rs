//! New plugins, of every kind. Those in C are built at once; what differs between kinds is the same in every language.

use tempfile::TempDir;

use crate::{badly, well};

fn started(kind: &str) {
    let folder = TempDir::new().unwrap();
    let said = well(folder.path(), &["new", "--lang", "c", "--kind", kind, "my-plugin"]);
    assert!(said.starts_with(&format!("my-plugin is a {kind} in c\n")), "{said}");
    let own = folder.path().join("my-plugin");
    well(&own, &["build"]);
    let checked = well(&own, &["check", "--kit"]);
    assert!(checked.contains(&format!("world        strowger:plugin/{kind}-plugin@0.1.0\n")), "{checked}");
    let tested = well(&own, &["test"]);
    assert!(tested.ends_with(" passed, 0 failed\n"), "{tested}");
    well(&own, &["bench"]);
    let (_, said) = badly(folder.path(), &["new", "--lang", "c", "--kind", kind, "my-plugin"]);
    assert!(said.contains("my-plugin is there already"), "{said}");
}

#[test]
fn a_selector_is_started_built_and_tried() {
    started("selector");
}

#[test]
fn a_formatter_is_started_built_and_tried() {
    started("formatter");
}

#[test]
fn a_message_provider_is_started_built_and_tried() {
    started("message-provider");
}

#[test]
fn a_call_hook_is_started_built_and_tried() {
    started("call-hook");
}
