//! The tutorial's commands, as they are written, in one shell with a server beside it.

use std::process::Stdio;

use serde_json::json;
use strowger_tests::{Method, Server, strowger};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{tools, workspace};

/// The blocks of a language, in order.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let parts = page.split(&fence).skip(1);
    parts.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_tutorial_works_as_it_is_written() {
    let page = std::fs::read_to_string(workspace().join("sdk/TUTORIAL.md")).unwrap();
    let commands = blocks(&page, "sh");
    assert!(commands.len() >= 10, "{commands:#?}");
    let server = Server::start().await;
    let account = server.account("tutorial").await;
    let folder = TempDir::new().unwrap();
    let programs = TempDir::new().unwrap();
    std::os::unix::fs::symlink(strowger(), programs.path().join("strowger")).unwrap();
    let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
    let script = format!("set -euo pipefail\n{}", commands.join("\n"));
    let mut shell = Command::new("bash");
    shell.args(["-x", "-c", &script]).current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    shell.env("PATH", path).env("STROWGER_TOOLS", tools());
    // What the tutorial's crate depends on is compiled once for all runs.
    shell.env("CARGO_TARGET_DIR", workspace().join("target/tutorial"));
    for variable in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "CARGO_MANIFEST_DIR"] {
        shell.env_remove(variable);
    }
    shell.env("STROWGER_URL", format!("http://{}", server.http));
    shell.env("STROWGER_ACCOUNT", &account.id).env("STROWGER_KEY", &account.key);
    let output = shell.output().await.unwrap();
    let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}\n{said}");
    for line in ["verdict      accepted", "prefer-carrier@0.2.0 is active", "prefer-carrier@0.1.0 is active"] {
        assert!(printed.contains(line), "{line}: {printed}\n{said}");
    }
    assert!(printed.contains("ok   cases/mine.toml: the north first [fuel "), "{printed}");
    is_what_a_chain_can_name(&server, &account).await;
}

async fn is_what_a_chain_can_name(server: &Server, account: &strowger_tests::Account) {
    for (id, name) in [("south", "South"), ("north", "North")] {
        let carrier =
            json!({"data": {"id": id, "name": name, "rules": ["^\\+1"], "gateways": [{"server": "192.0.2.1"}]}});
        let path = format!("/v2/accounts/{}/resources", account.id);
        let _ = server.send(Method::PUT, &path, Some(&account.key), Some(&carrier)).await.with_status(201);
    }
    let rules = json!([{"get_resources": {}}, {"prefer-carrier@0.1.0": {"name": "North"}}]);
    let question = json!({"data": {"To-DID": "+15125550177", "rules": rules}});
    let path = format!("/v2/accounts/{}/resource_selectors/route", account.id);
    let routed = server.send(Method::POST, &path, Some(&account.key), Some(&question)).await.with_status(200);
    assert_eq!(routed.data()["carriers"].as_array().map(Vec::len).unwrap_or(2), 2, "{}", routed.body);
    let names: Vec<&str> =
        routed.data()["endpoints"].as_array().unwrap().iter().filter_map(|e| e["name"].as_str()).collect();
    assert_eq!(names, ["North", "South"], "{}", routed.body);
}
