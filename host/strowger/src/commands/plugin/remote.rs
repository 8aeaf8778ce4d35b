//! What a server does for a plugin's author.

#![expect(clippy::print_stdout, reason = "this is what the commands are for")]

use std::path::Path;
use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use serde_json::{Value, json};
use strowger_plugin_kit::{Judged, Project};

use super::args::{ActivateArgs, LogArgs, Named, PushArgs};
use super::server::Server;
use crate::Failure;

/// Time for a verdict.
const PATIENCE: Duration = Duration::from_secs(600);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(250);
/// Bytes of one line of a log.
const LONGEST_LINE: usize = 1 << 20;

/// Uploads the component and waits for the verdict.
pub async fn push(args: &PushArgs) -> Result<(), Failure> {
    let project = Project::open(&args.folder)?;
    let server = Server::of(&args.server);
    let (name, version) = (&project.name, &project.version);
    let activate = args.activate.map_or(String::new(), |yes| format!("&activate={yes}"));
    server.upload(&format!("?name={name}&version={version}{activate}"), project.built()?).await?;
    eprintln!("strowger: uploaded, waiting for the verdict");
    let judged = verdict(&server, name, version).await?;
    if let Some(verdict) = judged.get("verdict").cloned().and_then(|told| serde_json::from_value(told).ok()) {
        print!("{}", Judged(verdict));
    }
    let status = text(&judged, "status");
    println!("{name}@{version} is {status}");
    let missing = judged.get("missing_grants").and_then(Value::as_array).into_iter().flatten();
    let missing: Vec<&str> = missing.filter_map(Value::as_str).collect();
    if !missing.is_empty() {
        println!("it waits for an administrator to grant: {}", missing.join(", "));
    }
    let accepted = judged.pointer("/verdict/accepted").and_then(Value::as_bool).unwrap_or_default();
    if accepted { Ok(()) } else { Err(format!("{name}@{version} is not accepted").into()) }
}

async fn verdict(server: &Server, name: &str, version: &str) -> Result<Value, Failure> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let told = server.get(&format!("/{name}/versions/{version}")).await?;
        if text(&told, "status") != "compiling" {
            return Ok(told);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(format!("no verdict within {PATIENCE:?}; it may come later").into())
}

/// Shows the log, line by line as it comes.
pub async fn log(args: &LogArgs) -> Result<(), Failure> {
    let name = named(&args.named)?;
    let server = Server::of(&args.named.server);
    if !args.follow {
        let lines = server.get(&format!("/{name}/log")).await?;
        lines.as_array().into_iter().flatten().for_each(show);
        return Ok(());
    }
    let mut body = server.stream(&format!("/{name}/log?follow=true")).await?;
    let mut pending = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame?.into_data() else { continue };
        pending.extend_from_slice(&bytes);
        while let Some(end) = pending.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = pending.drain(..=end).collect();
            event(&String::from_utf8_lossy(&line));
        }
        if pending.len() > LONGEST_LINE {
            return Err("the server sends a line without end".into());
        }
    }
    Ok(())
}

/// A line of an event stream: what follows `data:` is a line of the log; the others are for whoever reconnects.
fn event(line: &str) {
    let told = line.trim_end().strip_prefix("data:").and_then(|data| serde_json::from_str(data).ok());
    if let Some(told) = told {
        show(&told);
    }
}

fn show(line: &Value) {
    let time = line.get("time").map(|time| time.as_str().map_or_else(|| time.to_string(), ToOwned::to_owned));
    let (version, level, message) = (text(line, "version"), text(line, "level"), text(line, "message"));
    println!("{} {version} {level:<5} {message}", time.unwrap_or_default());
}

/// Makes a version active.
pub async fn activate(args: &ActivateArgs) -> Result<(), Failure> {
    let name = named(&args.named)?;
    let changed = Server::of(&args.named.server).post(&format!("/{name}"), &json!({"active": args.version})).await?;
    println!("{name}@{} is active", text(&changed, "active"));
    Ok(())
}

/// Makes the version before active.
pub async fn roll_back(args: &Named) -> Result<(), Failure> {
    let name = named(args)?;
    let changed = Server::of(&args.server).post(&format!("/{name}/rollback"), &json!({})).await?;
    println!("{name}@{} is active", text(&changed, "active"));
    Ok(())
}

fn named(args: &Named) -> Result<String, Failure> {
    match &args.name {
        Some(name) => Ok(name.clone()),
        None => Ok(Project::open(Path::new("."))?.name),
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
