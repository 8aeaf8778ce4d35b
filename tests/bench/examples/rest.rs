//! Requests a second over HTTP, counted by `wrk`, beside those of the peer that is measured against: `rest [SECONDS]`, five for each
//! where it is left out. Run it in the build that is shipped, with `STROWGER_TEST_BINARY` naming the server.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement prints, and stops without its subject"
)]

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use strowger_tests::{Method, PracticeCarrier, Server, ServerOptions, Tenant};

/// Without limits of rate, which are what clients would run into.
const UNLIMITED: [&str; 4] = ["--limits-key-rate", "0", "--limits-account-rate", "0"];

/// Calls that are live while they are listed.
const LIVE: usize = 1_000;

/// A kind of request.
struct Measured<'a> {
    name: &'a str,
    method: &'a str,
    path: String,
    body: Option<Value>,
    connections: u32,
    /// What the peer answers a second.
    peer: Option<f64>,
    target: &'a str,
}

/// What `wrk` counted.
struct Counted {
    rate: f64,
    p99: String,
}

#[tokio::main]
async fn main() {
    let seconds = std::env::args().nth(1).map_or(5, |seconds| seconds.parse().expect("a number of seconds"));
    let args = UNLIMITED.iter().map(ToString::to_string).collect();
    let server = Server::start_with(ServerOptions { args, ..ServerOptions::default() }).await;
    let tenant = Tenant::on(server, json!([{"verb": "pause", "length": 600}])).await;
    println!("{:<44} {:>10} {:>10} {:>8}  target", "", "a second", "p99", "x peer");
    let sid = application(&tenant).await;
    one(&tenant, seconds, &read(&tenant, &sid)).await;
    one(&tenant, seconds, &created(&tenant)).await;
    let busy = PracticeCarrier::start(486, &[]);
    tenant.carrier("a", busy.port).await;
    one(&tenant, seconds, &called(&tenant)).await;
    let _ = tenant.v2(Method::DELETE, "/resources/a", Value::Null).await.with_status(200);
    // Each has places for half as many.
    let answering = ["b", "c"].map(|id| (id, PracticeCarrier::start(200, &[])));
    for (id, carrier) in &answering {
        tenant.carrier(id, carrier.port).await;
    }
    live(&tenant).await;
    one(&tenant, seconds, &listed(&tenant)).await;
    println!("resident at the end: {:.0} MB", tenant.server.resident_bytes() as f64 / 1e6);
}

fn application_body(tenant: &Tenant, name: &str) -> Value {
    json!({"name": name, "call_hook": {"url": tenant.app.url("/call")}, "call_status_hook": {"url": tenant.app.url("/status")}})
}

async fn application(tenant: &Tenant) -> String {
    let made = tenant.v1(Method::POST, "/Applications", application_body(tenant, "read")).await.with_status(201).body;
    made.get("sid").and_then(Value::as_str).expect("a sid").to_owned()
}

fn read<'a>(tenant: &Tenant, sid: &str) -> Measured<'a> {
    let path = format!("/v1/Accounts/{}/Applications/{sid}", tenant.account.sid);
    let name = "GET one application";
    Measured {
        name,
        method: "GET",
        path,
        body: None,
        connections: 16,
        peer: Some(1_342.0),
        target: "≥ 25 x, p99 ≤ 5 ms",
    }
}

fn created<'a>(tenant: &Tenant) -> Measured<'a> {
    let path = format!("/v1/Accounts/{}/Applications", tenant.account.sid);
    let body = Some(application_body(tenant, "made NUMBER"));
    let name = "POST an application, durable";
    Measured { name, method: "POST", path, body, connections: 16, peer: Some(367.0), target: "≥ 10 x" }
}

fn called<'a>(tenant: &Tenant) -> Measured<'a> {
    let path = format!("/v1/Accounts/{}/Calls", tenant.account.sid);
    let body = Some(tenant.call_body(json!({})));
    let name = "POST a call, routed, the carrier busy";
    Measured { name, method: "POST", path, body, connections: 8, peer: None, target: "" }
}

fn listed<'a>(tenant: &Tenant) -> Measured<'a> {
    let path = format!("/v1/Accounts/{}/Calls?callStatus=in-progress", tenant.account.sid);
    let name = "list 1,000 live calls";
    Measured { name, method: "GET", path, body: None, connections: 8, peer: Some(12.8), target: "≥ 100 x" }
}

/// Places calls until so many have been answered, some at a time.
async fn live(tenant: &Tenant) {
    for _ in 0..LIVE.div_ceil(50) {
        futures::future::join_all((0..50).map(|_| tenant.call())).await;
    }
    strowger_tests::eventually("the calls to be answered", async || {
        let path = "/Calls?callStatus=in-progress";
        let calls = tenant.v1(Method::GET, path, Value::Null).await.with_status(200).body;
        calls.as_array().is_some_and(|calls| calls.len() >= LIVE).then_some(())
    })
    .await;
}

async fn one(tenant: &Tenant, seconds: u32, measured: &Measured<'_>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("wrk/request.lua");
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", &format!("-c{}", measured.connections), &format!("-d{seconds}s"), "--latency", "-s"]);
    wrk.arg(script).arg(format!("http://{}{}", tenant.server.http, measured.path));
    wrk.env("METHOD", measured.method).env("KEY", &tenant.account.key);
    wrk.envs(measured.body.as_ref().map(|body| ("BODY", body.to_string())));
    let output = tokio::task::spawn_blocking(move || wrk.output()).await.expect("wrk runs").expect("wrk is installed");
    let told = String::from_utf8_lossy(&output.stdout);
    let counted = counted(&told).unwrap_or_else(|| panic!("{}: {told}", measured.name));
    let times = measured.peer.map_or_else(String::new, |peer| format!("{:.0}", counted.rate / peer));
    println!("{:<44} {:>10.0} {:>10} {times:>8}  {}", measured.name, counted.rate, counted.p99, measured.target);
}

/// None where a request failed.
fn counted(told: &str) -> Option<Counted> {
    let after = |label: &str| told.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim);
    let failed = ["Non-2xx or 3xx responses:", "Socket errors:"].into_iter().any(|label| after(label).is_some());
    let rate = after("Requests/sec:")?.parse().ok()?;
    (!failed).then_some(Counted { rate, p99: after("99%")?.to_owned() })
}
