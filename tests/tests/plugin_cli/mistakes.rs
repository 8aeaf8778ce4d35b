//! Authors are told what went wrong and what to do about it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use strowger_tests::strowger;
use tempfile::TempDir;

use crate::{badly, text, well};

fn selector(folder: &TempDir) -> PathBuf {
    well(folder.path(), &["new", "--lang", "c", "--kind", "selector", "mine"]);
    folder.path().join("mine")
}

fn replace(path: PathBuf, from: &str, to: &str) {
    let source = fs::read_to_string(&path).unwrap();
    assert!(source.contains(from), "{source}");
    fs::write(path, source.replace(from, to)).unwrap();
}

#[test]
fn a_folder_without_a_plugin_is_told_how_to_get_one() {
    let folder = TempDir::new().unwrap();
    for command in ["build", "check", "test", "bench"] {
        let (_, said) = badly(folder.path(), &[command]);
        assert!(said.contains("has no plugin.toml: start a plugin with `strowger plugin new`"), "{said}");
    }
    let (_, said) = badly(folder.path(), &["new", "--lang", "c", "--kind", "selector", "No Name"]);
    assert!(said.contains("'No Name' is no name for a plugin"), "{said}");
}

#[test]
fn what_is_not_built_cannot_be_checked() {
    let folder = TempDir::new().unwrap();
    let (_, said) = badly(&selector(&folder), &["check"]);
    assert!(said.contains("is not built: run `strowger plugin build`"), "{said}");
}

#[test]
fn a_tool_that_is_missing_is_named_with_how_to_get_it() {
    let folder = TempDir::new().unwrap();
    let own = selector(&folder);
    let mut command = Command::new(strowger());
    command.args(["plugin", "build"]).current_dir(own).env("PATH", "/nonexistent").stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("`clang` is missing: install clang and lld (Debian: apt-get install clang lld)"), "{said}");
}

#[test]
fn a_mistake_in_the_source_is_told_by_the_compiler_and_leaves_no_component() {
    let folder = TempDir::new().unwrap();
    let own = selector(&folder);
    well(&own, &["build"]);
    replace(own.join("src/plugin.c"), "return true;", "return tru;");
    let (_, said) = badly(&own, &["build"]);
    assert!(said.contains("plugin.c") && said.contains("'tru'"), "{said}");
    let (_, said) = badly(&own, &["check"]);
    assert!(said.contains("is not built"), "{said}");
}

#[test]
fn a_plugin_that_breaks_the_contract_does_not_get_through_the_kit() {
    let folder = TempDir::new().unwrap();
    let own = selector(&folder);
    // The first carrier twice is no selection.
    let twice = "if (selection->rows.len > 1) { selection->rows.ptr[1] = selection->rows.ptr[0]; }\n    return true;";
    replace(own.join("src/plugin.c"), "return true;", twice);
    well(&own, &["build"]);
    well(&own, &["check"]);
    let (printed, said) = badly(&own, &["check", "--kit"]);
    assert!(printed.contains("     ! returned an invalid result: row 0 twice (select)\n"), "{printed}");
    assert!(printed.contains("\nok   one carrier ") && printed.contains("\nFAIL 1,000 carriers "), "{printed}");
    assert!(said.contains("mine does not keep to the contract"), "{said}");
}

#[test]
fn what_the_host_refuses_is_told_with_the_rule_and_how_to_mend_it() {
    let folder = TempDir::new().unwrap();
    let own = selector(&folder);
    replace(own.join("src/plugin.c"), r#""{\"type\": \"object\""#, r#""{\"type\": \"spoon\""#);
    well(&own, &["build"]);
    let (printed, said) = badly(&own, &["check"]);
    assert!(printed.contains("REFUSED      [describe] describes itself wrongly: "), "{printed}");
    assert!(printed.contains("verdict      refused\n"), "{printed}");
    assert!(said.contains("mine is refused"), "{said}");
}

#[test]
fn a_case_that_comes_out_otherwise_is_shown_as_a_difference() {
    let folder = TempDir::new().unwrap();
    let own = selector(&folder);
    well(&own, &["build"]);
    replace(
        own.join("cases/examples.toml"),
        r#"expect = { carriers = ["b", "c", "a"] }"#,
        r#"expect = { carriers = ["a", "b", "c"] }"#,
    );
    let (printed, said) = badly(&own, &["test"]);
    assert!(printed.starts_with("FAIL cases/examples.toml: preferred carriers move to the front [fuel "), "{printed}");
    assert!(printed.contains("  carriers:\n    - a\n      b\n      c\n    + a\n"), "{printed}");
    assert!(printed.ends_with("3 passed, 1 failed\n"), "{printed}");
    assert!(said.contains("1 cases came out otherwise"), "{said}");
    fs::write(own.join("cases/broken.json"), r#"{"cases": [{"name": "x", "expects": {}}]}"#).unwrap();
    let (_, said) = badly(&own, &["test", "cases/broken.json"]);
    assert!(said.contains("broken.json: cases[0].expects: unknown field `expects`"), "{said}");
}
