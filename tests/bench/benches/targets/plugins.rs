//! What a plugin costs: to be instantiated, prepared and asked, and an event in an instance of its own beside a webhook.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::json;
use strowger_bench::{NativeChain, SandboxedChain, carriers};
use strowger_model::AccountId;
use strowger_tests::clients;
use tokio::runtime::Runtime;

use crate::report::{best_of, line};
use crate::world::{World, event};

const POOLS: [u32; 3] = [100, 1_000, 10_000];

pub(crate) fn print(runtime: &Runtime) {
    let Ok(world) = runtime.block_on(World::start()) else { return println!("the plugins could not be installed") };
    let order = r#"{"value":"resource:weight_cost","direction":"ascend"}"#;
    let sandbox = &world.sandbox;
    line(
        "an instance, with a pool of no carriers",
        best_of(|| sandbox.prepare_step("order", order, &[]).is_ok()),
        None,
        "",
    );
    for size in POOLS {
        let pool = carriers(size);
        let native = best_of(|| NativeChain::prepare(&pool));
        let prepared = best_of(|| SandboxedChain::prepare(sandbox, &pool));
        line(&format!("default chain prepared, {size} carriers"), prepared, Some(native), "");
    }
    hooks(runtime, &world);
}

fn hooks(runtime: &Runtime, world: &World) {
    let account = AccountId::random();
    let asked = |plugin: &str, event| runtime.block_on(world.sandbox.call_hook(plugin, account, event)).is_ok();
    let greeting = event(&json!({}));
    let inside = best_of(|| asked("greeter", &greeting));
    line("an event of a call, in a fresh instance", inside, None, "≤ 50 µs");
    let Ok(port) = web_server() else { return println!("no web server could be started") };
    let posted = event(&json!({"url": format!("http://127.0.0.1:{port}/"), "method": "POST"}));
    if !asked("http-webhook", &posted) {
        return println!("the webhook is not answered");
    }
    line(
        "the same by a webhook on loopback that does nothing",
        best_of(|| asked("http-webhook", &posted)),
        Some(inside),
        "",
    );
    let Some(server) = Published::start() else { return println!("the server of the published SDK does not run") };
    let posted = event(&json!({"url": format!("http://127.0.0.1:{}/", server.port), "method": "POST"}));
    if !asked("http-webhook", &posted) {
        return println!("the server of the published SDK does not answer");
    }
    line(
        "the same by a webhook of the published SDK",
        best_of(|| asked("http-webhook", &posted)),
        Some(inside),
        "≥ 20 ×",
    );
}

/// A web server in Node.js as the peer's users write it; ended when dropped.
struct Published {
    server: Child,
    port: u16,
}

impl Published {
    fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/webhook.cjs");
        let mut server = clients::node(&script).stdout(Stdio::piped()).spawn().ok()?;
        let mut port = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut port).ok()?;
        Some(Self { server, port: port.trim().parse().ok()? })
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Answers every request with no verbs.
fn web_server() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer_all(stream));
        }
    });
    Ok(port)
}

fn answer_all(stream: TcpStream) -> std::io::Result<()> {
    let _ = stream.set_nodelay(true);
    let mut requests = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut body = 0;
        loop {
            let mut line = String::new();
            if requests.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(length) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                body = length.trim().parse().unwrap_or(0);
            }
            if line == "\r\n" {
                break;
            }
        }
        std::io::copy(&mut std::io::Read::take(&mut requests, body), &mut std::io::sink())?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]")?;
    }
}
