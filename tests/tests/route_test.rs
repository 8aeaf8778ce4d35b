//! `strowger route test`, as a tenant's CI runs it, and `strowger route whois`, as an operator asks it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a helper that fails fails its test"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use strowger_tests::{ADMIN_KEY, Method, Server, ServerOptions, strowger};
use tempfile::TempDir;

/// Runs `strowger route test` in a folder without a server, a store or a configuration.
fn tried(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(strowger());
    command.args(["route", "test"]).args(arguments).current_dir(folder).stdin(Stdio::null());
    command.output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Two carriers of which the default chain tries the lighter one first, and one case.
fn document(request: Value, expect: Value) -> Value {
    let carrier = |id: &str, weight: u32, rule: &str| json!({"id": id, "name": id, "weight_cost": weight, "rules": [rule], "gateways": [{"server": id}]});
    json!({
        "carriers": [carrier("light", 10, "^\\+1"), carrier("heavy", 90, "^\\+1"), carrier("foreign", 50, "^\\+44")],
        "cases": [{"name": "the lighter one first", "request": request, "expect": expect}],
    })
}

fn national() -> Value {
    json!({"To-DID": "+15125550177", "Outbound-Caller-ID-Number": "+12025550100"})
}

fn written(folder: &TempDir, name: &str, document: &Value) {
    std::fs::write(folder.path().join(name), document.to_string()).unwrap();
}

#[test]
fn the_examples_and_the_conformance_vectors_pass() {
    let files = ["examples/routing/least-cost.toml", "examples/routing/hunting.json", "tests/vectors/routing.json"];
    let output = tried(&workspace(), &files);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.ends_with("\n106 passed, 0 failed\n") && !said.contains("FAIL"), "{said}");
    assert!(
        said.contains("ok    examples/routing/hunting.json: a local number is completed by the caller's own\n"),
        "{said}"
    );
}

#[test]
fn what_comes_out_otherwise_is_shown_as_a_patch_with_the_reason_of_each_dropped_carrier() {
    let folder = TempDir::new().unwrap();
    let expect = json!({
        "carriers": ["heavy", "light", "foreign"],
        "dropped": {"foreign": "caller id"},
        "number": "+1",
    });
    written(&folder, "wrong.json", &document(national(), expect));
    written(&folder, "right.json", &document(national(), json!({"carriers": ["light", "heavy"]})));
    let output = tried(folder.path(), &["wrong.json", "right.json"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "FAIL  wrong.json: the lighter one first");
    for line in [
        "    - heavy",
        "      light",
        "    + heavy",
        "  reason for dropping foreign:",
        "    - caller id",
        "  corrected number:",
    ] {
        assert!(lines.contains(&line), "{line}: {said}");
    }
    assert!(said.contains("    - foreign  dropped by step 2, filter_regex: "), "{said}");
    assert!(said.contains("ok    right.json: the lighter one first\n"), "{said}");
    assert!(said.ends_with("1 passed, 1 failed\n"), "{said}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 passed, 1 failed"));
}

#[test]
fn a_machine_is_told_in_json() {
    let folder = TempDir::new().unwrap();
    written(&folder, "a.json", &document(national(), json!({"carriers": ["light"]})));
    std::fs::write(folder.path().join("b.toml"), "cases = 7").unwrap();
    let output = tried(folder.path(), &["--json", "a.json", "b.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["passed"], &report["failed"], &report["broken"]), (&json!(0), &json!(1), &json!(1)));
    let case = &report["files"][0]["cases"][0];
    let difference = json!({"what": "carriers", "expected": ["light"], "got": ["light", "heavy"]});
    assert_eq!((&case["case"], &case["differences"]), (&json!("the lighter one first"), &json!([difference])));
    assert_eq!((&case["dropped"][0]["carrier"], &case["dropped"][0]["step"]), (&json!("foreign"), &json!(2)));
    let error = report["files"][1]["error"].as_str().unwrap();
    assert!(error.starts_with("cases: invalid type"), "{error}");
}

#[test]
fn a_mistake_is_told_by_file_case_and_field_and_the_other_files_are_tried() {
    let folder = TempDir::new().unwrap();
    let mut broken = document(json!({"To-DID": ""}), json!({"carriers": []}));
    broken["carriers"][0]["gateways"] = json!([{"server": ""}]);
    broken["cases"][0]["chain"] = json!([{"get_resources": {}}]);
    written(&folder, "broken.json", &broken);
    let mut chains = document(national(), json!({"carriers": []}));
    chains["chain"] = json!([{"get_resource": {}}]);
    chains["cases"][0]["chain"] = json!([{"get_resources": {}}, {"order": {"value": "weight"}}, {"order": {}}]);
    written(&folder, "chains.json", &chains);
    written(&folder, "right.json", &document(national(), json!({"carriers": ["light", "heavy"]})));
    let output = tried(folder.path(), &["broken.json", "chains.json", "missing.json", "right.json"]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1));
    for line in [
        "ERROR broken.json: carriers[0] \"light\": gateways.0.server: ",
        "ERROR broken.json: cases[0] \"the lighter one first\": request.To-DID: ",
        "ERROR chains.json: chain: rules.0.get_resource: ",
        "ERROR chains.json: cases[0] \"the lighter one first\": chain: rules.1.order.value: ",
        "ERROR chains.json: cases[0] \"the lighter one first\": chain: rules.2.order.value: ",
        "ERROR missing.json: No such file",
        "ok    right.json: the lighter one first\n",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(said.ends_with("1 passed, 0 failed, 3 files cannot be run\n"), "{said}");
}

#[test]
fn a_chain_may_name_components_of_a_folder() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("plugins")).unwrap();
    std::fs::write(folder.path().join("plugins/misbehave@1.0.0.wasm"), strowger_hostile::SELECTOR).unwrap();
    let mut cases = document(national(), json!({"error": "trap", "carriers": []}));
    cases["chain"] = json!([{"get_resources": {}}, {"misbehave@1.0.0": {"misdeed": "trap", "when": "select"}}]);
    written(&folder, "cases.json", &cases);
    let without = tried(folder.path(), &["cases.json"]);
    assert!(said(&without).contains("no selector named 'misbehave@1.0.0' is installed"), "{}", said(&without));
    let with = tried(folder.path(), &["--plugins", "plugins", "cases.json"]);
    assert!(with.status.success(), "{}", said(&with));
}

/// Runs `strowger route whois` on a data folder.
fn whois(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(strowger());
    command.args(["route", "whois"]).args(arguments).arg("--data").arg(data);
    command.env_remove("STROWGER_CONFIG").current_dir(data).stdin(Stdio::null()).output().expect("the binary runs")
}

/// A trunk of the installation, a carrier of an account with a realm, and its peer.
async fn installation(server: &Server) -> String {
    let account = server.account("whois").await;
    let realm = json!({"sip_realm": "tenant.example"});
    let _ = server.admin(Method::PUT, &format!("/v1/Accounts/{}", account.sid), Some(&realm)).await.with_status(204);
    let path = format!("/v2/accounts/{}/resources", account.id);
    let carrier =
        |id: &str, server: &str| json!({"id": id, "name": id, "gateways": [{"server": server, "password": "s3cret"}]});
    let mut peer = carrier("peer", "192.0.2.3");
    peer["peer"] = json!(true);
    for (path, carrier) in [
        ("/v2/resources", carrier("trunk", "192.0.2.1")),
        (path.as_str(), carrier("own", "192.0.2.2")),
        (path.as_str(), peer),
    ] {
        let _ = server.admin(Method::PUT, path, Some(&json!({ "data": carrier }))).await.with_status(201);
    }
    account.id
}

fn check_whois(data: &Path, account: &str, more: &[&str]) {
    let asked = |arguments: &[&str]| whois(data, &[arguments, more].concat());
    for (arguments, id, owner) in [
        (&["192.0.2.1:5060"][..], "trunk", Value::Null),
        (&["192.0.2.2", "--realm", "tenant.example"], "own", json!(account)),
        (&["192.0.2.3"], "peer", json!(account)),
    ] {
        let output = asked(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&told["resource_id"], &told["account_id"]), (&json!(id), &owner), "{arguments:?}");
        assert!(!told.to_string().contains("s3cret"));
    }
    for (arguments, hint) in [(&["192.0.2.2"][..], true), (&["192.0.2.2", "--realm", "other.example"], false)] {
        let output = asked(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("192.0.2.2 is nobody's gateway"), "{said}");
        assert_eq!(said.contains("--realm"), hint, "{said}");
    }
}

#[tokio::test]
async fn whois_asks_the_server_that_has_the_store_open_and_else_the_store() {
    let home = TempDir::new().unwrap();
    let data = home.path().join("data");
    let args = vec!["--carriers-allow-peers=true".to_owned()];
    let server = Server::start_with(ServerOptions { data: Some(data.clone()), args, ..ServerOptions::default() }).await;
    let account = installation(&server).await;
    let unreachable = whois(&data, &["192.0.2.1", "--http", "127.0.0.1:0", "--admin-key", ADMIN_KEY]);
    assert!(String::from_utf8_lossy(&unreachable.stderr).contains("does not say on which port"));
    check_whois(&data, &account, &["--http", &server.http.to_string(), "--admin-key", ADMIN_KEY]);
    let keyless = whois(&data, &["192.0.2.1", "--http", &server.http.to_string()]);
    assert!(String::from_utf8_lossy(&keyless.stderr).contains("admin key"), "{keyless:?}");
    server.kill();
    check_whois(&data, &account, &[]);
}
