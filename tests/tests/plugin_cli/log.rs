//! What a plugin says: in its cases, and on a server, once and as it goes on.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::json;
use strowger_tests::{Account, Method, Server, strowger};
use tempfile::TempDir;

use crate::{badly, plugin, text, well};

/// `strowger plugin log --follow`, ended when dropped.
struct Followed {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Followed {
    fn start(server: &[(&str, String)]) -> Self {
        let mut command = Command::new(strowger());
        command.args(["plugin", "log", "talker", "--follow"]).envs(server.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next line; the server sends none but those of the plugin.
    fn next(&mut self) -> String {
        self.lines.next().expect("the stream goes on").unwrap()
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A selector in C that says so when it is asked.
fn talker(folder: &TempDir) -> std::path::PathBuf {
    well(folder.path(), &["new", "--lang", "c", "--kind", "selector", "talker"]);
    let own = folder.path().join("talker");
    let path = own.join("src/plugin.c");
    let source = std::fs::read_to_string(&path).unwrap();
    let says = "text_t said = text(\"asked about a call\");\n    log_log(LOG_LEVEL_WARN, &said);\n    rows_prefer";
    std::fs::write(&path, source.replace("rows_prefer", says)).unwrap();
    well(&own, &["build"]);
    own
}

#[test]
fn what_is_said_in_a_case_is_shown_where_it_comes_out_otherwise_or_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let own = talker(&folder);
    let quiet = well(&own, &["test"]);
    assert!(!quiet.contains("asked about a call"), "{quiet}");
    let loud = well(&own, &["test", "--log"]);
    assert_eq!(loud.matches("  log warn  asked about a call\n").count(), 3, "{loud}");
    let case =
        r#"{"cases": [{"name": "x", "parameters": {"name": "a"}, "carriers": [], "expect": {"carriers": ["a"]}}]}"#;
    std::fs::write(own.join("cases/wrong.json"), case).unwrap();
    let (printed, _) = badly(&own, &["test", "cases/wrong.json"]);
    assert!(printed.contains("    - a\n") && printed.contains("  log warn  asked about a call\n"), "{printed}");
}

async fn route(server: &Server, account: &Account) {
    let path = format!("/v2/accounts/{}/resource_selectors/route", account.id);
    let rules = json!([{"get_resources": {}}, {"talker": {"name": "x"}}]);
    let question = json!({"data": {"To-DID": "+15125550177", "rules": rules}});
    let _ = server.send(Method::POST, &path, Some(&account.key), Some(&question)).await.with_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_on_a_server_is_shown_and_followed() {
    let folder = TempDir::new().unwrap();
    let own = talker(&folder);
    let server = Server::start().await;
    let account = server.account("talk").await;
    let carriers = format!("/v2/accounts/{}/resources", account.id);
    let carrier = json!({"data": {"name": "x", "rules": ["^\\+1"], "gateways": [{"server": "192.0.2.1"}]}});
    let _ = server.send(Method::PUT, &carriers, Some(&account.key), Some(&carrier)).await.with_status(201);
    let variables = [
        ("STROWGER_URL", format!("http://{}", server.http)),
        ("STROWGER_ACCOUNT", account.id.clone()),
        ("STROWGER_KEY", account.key.clone()),
    ];
    let told: Vec<String> = variables.iter().map(|(_, value)| value.clone()).collect();
    let options = ["--url", &told[0], "--account", &told[1], "--key", &told[2]];
    let with = |command: &[&'static str]| command.iter().copied().chain(options).map(str::to_owned).collect::<Vec<_>>();
    let run = |command: &[&'static str]| {
        let arguments = with(command);
        well(&own, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    run(&["push"]);
    route(&server, &account).await;
    let once = run(&["log"]);
    assert!(once.trim_end().ends_with(" 0.1.0 warn  asked about a call"), "{once}");
    assert_eq!(run(&["log", "--level", "error"]), "");
    let mut followed = Followed::start(&variables);
    assert!(followed.next().ends_with(" 0.1.0 warn  asked about a call"), "what was said before comes first");
    route(&server, &account).await;
    assert!(followed.next().ends_with(" 0.1.0 warn  asked about a call"), "and then what is said");
    server.kill();
    assert_eq!(followed.child.wait().unwrap().code(), Some(1), "it tells that the server is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_nobody_and_a_level_that_is_none_are_told() {
    let folder = TempDir::new().unwrap();
    let server = Server::shared().await;
    let account = server.account("quiet").await;
    let url = format!("http://{}", server.http);
    let options = ["--url", &url, "--account", &account.id, "--key", &account.key];
    let ask = |command: &[&'static str]| {
        let arguments: Vec<&str> = command.iter().copied().chain(options).collect();
        let output = plugin(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    };
    let said = ask(&["log", "nobody", "--follow"]);
    assert!(said.contains("404 Not Found: it has no 'nobody' that this key may see"), "{said}");
    let said = ask(&["log", "nobody", "--level", "loud"]);
    assert!(said.contains("level: ") && said.contains("enum"), "{said}");
}
