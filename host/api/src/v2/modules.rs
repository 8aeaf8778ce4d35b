//! `/resource_selectors/modules`: the plugins that a chain may name, with the schemas of their parameters.

use serde_json::{Value, json};
use strowger_plugins::Summary;
use strowger_sandbox::Capability;

use super::error::Error;
use super::reply::Reply;
use super::request::Request;

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let rows = request.state.plugins().usable(request.owner).await?;
    Ok(Reply::ok(rows.iter().map(row).collect::<Vec<Value>>()))
}

fn row(plugin: &Summary) -> Value {
    json!({
        "name": plugin.name,
        "version": plugin.active.as_ref().map(|active| &active.version),
        "kind": plugin.kind,
        "summary": plugin.summary,
        "capabilities": plugin.capabilities.iter().copied().map(Capability::name).collect::<Vec<_>>(),
        "parameters": plugin.parameters,
        "digest": plugin.active.as_ref().map(|active| &active.digest),
    })
}
