//! Authors are told what went wrong and what to do about it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use strowger_tests::{Server, strowger};
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

#[test]
fn a_server_that_is_not_there_and_a_key_that_is_missing_are_told() {
    let folder = TempDir::new().unwrap();
    let ask = |arguments: &[&str]| badly(folder.path(), &[&["log", "mine"], arguments].concat()).1;
    let said = ask(&["--key", "k", "--url", "http://127.0.0.1:1"]);
    assert!(said.contains("http://127.0.0.1:1/v2/plugins cannot be reached: Connection refused"), "{said}");
    assert!(said.contains("`strowger serve` starts one"), "{said}");
    let said = ask(&["--key", "k", "--url", "127.0.0.1:8080"]);
    assert!(
        said.contains("'127.0.0.1:8080' is not a server's URL: --url or STROWGER_URL is to be http://HOST:PORT"),
        "{said}"
    );
    let said = ask(&[]);
    assert!(said.contains("an API key is missing: say `--key KEY`, or set STROWGER_KEY"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refuses_is_told_in_its_words() {
    let folder = TempDir::new().unwrap();
    let own = selector(&folder);
    well(&own, &["build"]);
    let server = Server::shared().await;
    let account = server.account("mistakes").await;
    let url = format!("http://{}", server.http);
    let ask = |command: &[&str], key: &str| {
        badly(&own, &[command, &["--url", &url, "--account", &account.id, "--key", key]].concat()).1
    };
    assert!(ask(&["push"], "unknown").contains("401 Unauthorized: it does not know the key of --key"), "the key");
    assert!(ask(&["rollback"], &account.key).contains("it has no 'mine'"), "no plugin");
    well(&own, &["push", "--url", &url, "--account", &account.id, "--key", &account.key]);
    let said = ask(&["push"], &account.key);
    assert!(said.contains("409 Conflict: ") && said.contains("mine@0.1.0"), "the version is there: {said}");
    assert!(ask(&["activate", "9"], &account.key).contains("it has no '9'"), "no version");
    assert!(ask(&["rollback"], &account.key).contains("has no version to go back to"), "nothing before it");
}

#[test]
fn a_plugin_in_python_that_cannot_be_loaded_is_told_by_file_and_line() {
    let folder = TempDir::new().unwrap();
    well(folder.path(), &["new", "--lang", "python", "--kind", "message-provider", "gate"]);
    let own = folder.path().join("gate");
    let wrong = |source: &str| {
        fs::write(own.join("src/plugin.py"), source).unwrap();
        badly(&own, &["build"]).1
    };
    let said = wrong("class X(:\n");
    assert!(said.contains("File \"src/plugin.py\", line 1") && said.contains("SyntaxError"), "{said}");
    let said = wrong("x = 5\n");
    assert!(said.contains("it declares nothing: a class with @message_provider(…) is missing"), "{said}");
    let class = "from strowger import message_provider\n@message_provider(summary='x', parameters={})\nclass X:\n";
    let said = wrong(&format!("{class}    def send(self, message, parameters):\n        pass\n"));
    assert!(said.contains("the class with @message_provider(…) has no method `receive`"), "{said}");
}

#[test]
fn a_plugin_in_javascript_that_cannot_be_loaded_is_told_in_words() {
    let folder = TempDir::new().unwrap();
    well(folder.path(), &["new", "--lang", "js", "--kind", "message-provider", "gate"]);
    let own = folder.path().join("gate");
    let wrong = |source: &str| {
        fs::write(own.join("src/plugin.js"), source).unwrap();
        badly(&own, &["build"]).1
    };
    let said = wrong("export default {");
    assert!(said.contains("src/plugin.js:1:"), "{said}");
    let said = wrong("const x = 1;\nthrow new Error(\"boom\");\nexport default x;");
    assert!(said.contains("the plugin cannot be loaded: Error: boom at src/plugin.js:2"), "{said}");
    let said = wrong("export default 5;");
    assert!(said.contains("what it exports as its default is not made by messageProvider({…})"), "{said}");
    let said = wrong("import { selector } from \"strowger\"; export default selector({});");
    assert!(said.contains("\"strowger\" has messageProvider({…}) for it"), "{said}");
    let plugin = "import { messageProvider } from \"strowger\"; export default messageProvider(";
    let said = wrong(&format!("{plugin}{{ summary: \"x\", parameters: {{}}, send() {{}} }});"));
    assert!(said.contains("a message-provider has a function `receive`"), "{said}");
}
