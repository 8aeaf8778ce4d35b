//! What a server does for a plugin's author.

#![expect(clippy::print_stdout, reason = "this is what the commands are for")]

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strowger_plugin_kit::{Judged, Project};

use super::args::{ActivateArgs, Named, PushArgs};
use super::server::Server;
use crate::Failure;

/// Time for a verdict.
const PATIENCE: Duration = Duration::from_secs(600);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(250);

/// Uploads the component and waits for the verdict.
pub async fn push(args: &PushArgs) -> Result<(), Failure> {
    let project = Project::open(&args.folder)?;
    let server = Server::of(&args.server)?;
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

/// Makes a version active.
pub async fn activate(args: &ActivateArgs) -> Result<(), Failure> {
    let name = named(&args.named)?;
    let changed = Server::of(&args.named.server)?.post(&format!("/{name}"), &json!({"active": args.version})).await?;
    println!("{name}@{} is active", text(&changed, "active"));
    Ok(())
}

/// Makes the version before active.
pub async fn roll_back(args: &Named) -> Result<(), Failure> {
    let name = named(args)?;
    let changed = Server::of(&args.server)?.post(&format!("/{name}/rollback"), &json!({})).await?;
    println!("{name}@{} is active", text(&changed, "active"));
    Ok(())
}

pub(super) fn named(args: &Named) -> Result<String, Failure> {
    match &args.name {
        Some(name) => Ok(name.clone()),
        None => Ok(Project::open(Path::new("."))?.name),
    }
}

pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
