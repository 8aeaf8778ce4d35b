//! The example plugins, most of them the same in four languages: built, judged, tried with the conformance kit and with their cases.

use crate::{well, workspace};

/// Builds an example and has everything done to it that an author would do before an upload.
fn example(name: &str, cases: usize) -> String {
    granted(name, cases, "nothing")
}

/// As [`example`], of one that must be granted something.
fn granted(name: &str, cases: usize, grants: &str) -> String {
    let folder = workspace().join("examples/plugins").join(name);
    let built = well(&folder, &["build"]);
    assert!(built.starts_with(&format!("built build/{name}@0.1.0.wasm (")), "{built}");
    let checked = well(&folder, &["check", "--kit"]);
    assert!(checked.contains("verdict      accepted\n"), "{checked}");
    assert!(checked.contains(&format!("to grant     {grants}\n")), "{checked}");
    assert!(checked.lines().filter(|line| line.starts_with("ok ")).count() >= 7, "{checked}");
    let tested = well(&folder, &["test"]);
    assert!(tested.ends_with(&format!("{cases} passed, 0 failed\n")), "{tested}");
    assert!(tested.contains("[fuel "), "{tested}");
    checked
}

#[test]
fn the_selector_in_rust_keeps_to_the_contract() {
    let checked = example("prefer-name", 4);
    assert!(checked.contains("it refused parameter name: missing field `name`"), "{checked}");
}

#[test]
fn the_message_provider_in_c_keeps_to_the_contract() {
    let checked = example("echo-messages-c", 6);
    assert!(!checked.contains("wasi:"), "nothing of WASI is imported: {checked}");
}

#[test]
fn the_message_provider_in_rust_keeps_to_the_contract() {
    granted("echo-messages", 6, "kv");
}

#[test]
fn the_message_provider_in_javascript_keeps_to_the_contract() {
    example("echo-messages-js", 6);
}

#[test]
fn the_message_provider_in_python_keeps_to_the_contract() {
    example("echo-messages-python", 6);
}

#[test]
fn the_call_hook_that_asks_the_web_in_javascript_keeps_to_the_contract() {
    granted("directory-js", 3, "http");
}

#[test]
fn the_call_hook_that_asks_the_web_in_python_keeps_to_the_contract() {
    granted("directory-python", 3, "http");
}

#[test]
fn the_selector_in_c_keeps_to_the_contract() {
    example("prefer-name-c", 4);
}

#[test]
fn the_selector_in_javascript_keeps_to_the_contract() {
    example("prefer-name-js", 4);
}

#[test]
fn the_selector_in_python_keeps_to_the_contract() {
    let checked = example("prefer-name-python", 4);
    assert!(checked.contains("it failed: KeyError: 'name' at plugin.py:17\n"), "{checked}");
}

#[test]
fn the_call_hook_in_rust_keeps_to_the_contract() {
    example("greeter", 2);
}

#[test]
fn what_a_plugin_costs_is_measured() {
    let folder = workspace().join("examples/plugins/prefer-name-c");
    well(&folder, &["build"]);
    let measured = well(&folder, &["bench"]);
    for pool in ["10", "100", "1,000", "10,000"] {
        assert!(measured.contains(&format!("select, {pool} carriers ")), "{measured}");
    }
}
