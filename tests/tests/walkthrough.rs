//! What newcomers are told to try works as it is written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Server, ServerOptions, eventually, strowger};
use tokio::process::Command;

/// The demonstration as a visitor sees it: its server, its key, its commands.
struct Demo {
    server: Server,
    key: String,
    account: String,
    commands: Vec<String>,
}

async fn demo() -> Demo {
    let options = ServerOptions { args: vec!["--demo".into()], own_admin_key: true, ..ServerOptions::default() };
    let server = Server::start_with(options).await;
    let printed = eventually("the demonstration to be explained", async || {
        Some(server.printed()).filter(|lines| lines.iter().any(|line| line.ends_with("/Calls")))
    });
    let lines = printed.await;
    let key = lines.iter().find_map(|line| line.strip_prefix("admin key: ")).expect("the key is shown").to_owned();
    let named = lines.iter().find_map(|line| line.split_once('(')).expect("the account is named").1;
    let account = named.split(')').next().unwrap().to_owned();
    let commands = lines.iter().map(|line| line.trim()).filter(|line| line.starts_with("curl ")).map(str::to_owned);
    Demo { commands: commands.collect(), server, key, account }
}

/// The JSON that a pasted command prints.
async fn paste(command: &str) -> Value {
    let output = Command::new("bash").args(["-c", command]).stdin(Stdio::null()).output().await.expect("bash runs");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the command prints JSON")
}

#[tokio::test]
async fn the_demonstrations_commands_place_a_call_that_the_greeter_answers() {
    let demo = demo().await;
    let [route, call, records] = &demo.commands[..] else { panic!("{:#?}", demo.commands) };
    let routed = paste(route).await;
    assert_eq!(routed["data"]["resources"], json!(["practice-a", "practice-b"]));

    // The carriers of the demonstration have fixed ports, which somebody else on this machine may use.
    let (refusing, answering) =
        (PracticeCarrier::start(503, &[]), PracticeCarrier::start(200, &["--after", "300", "--ring"]));
    for (id, port) in [("practice-a", refusing.port), ("practice-b", answering.port)] {
        let patch = json!({"data": {"gateways": [{"server": "127.0.0.1", "port": port, "prefix": "+1"}]}});
        let path = format!("/v2/accounts/{}/resources/{id}", demo.account);
        let _ = demo.server.send(Method::PATCH, &path, Some(&demo.key), Some(&patch)).await.with_status(200);
    }
    let placed = paste(call).await;
    assert!(placed["sid"].is_string(), "{placed}");
    let record = eventually("the call to be over", async || {
        let listed = paste(records).await;
        Some(listed[0].clone()).filter(|record| record.get("terminated_at").is_some())
    })
    .await;
    assert_eq!((&record["call_sid"], &record["call_status"]), (&placed["sid"], &json!("completed")));
    assert_eq!(record["customerData"], json!({"greeted": "+15125550177"}));
    let tried: Vec<&Value> =
        record["attempts"].as_array().unwrap().iter().map(|attempt| &attempt["resource_id"]).collect();
    assert_eq!(tried, ["practice-a", "practice-b"]);
    refusing.reports(" 503 refused ").await;
    let heard = answering.reports(" 200 hung up ").await;
    assert!(!heard.contains(" 0 RTP packets"), "{heard}");
}

#[tokio::test]
async fn the_script_of_the_first_call_runs_to_its_end() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/first-call/run.sh");
    let output = Command::new("bash").arg(script).arg(strowger()).stdin(Stdio::null()).kill_on_drop(true).output();
    let output =
        tokio::time::timeout(std::time::Duration::from_secs(120), output).await.expect("it ends").expect("bash runs");
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim_end().ends_with("== done"), "{said}\n{errors}");
}
