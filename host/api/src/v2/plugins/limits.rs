//! `/plugins/{plugin}/limits`.

use serde_json::{Value, json};
use strowger_model::api_key::Scope;
use strowger_plugins::{Plugin, limits_by_name};

use crate::v2::error::Error;
use crate::v2::reply::Reply;
use crate::v2::request::Request;

pub(in crate::v2) async fn read_limits(request: Request) -> Result<Reply, Error> {
    let plugin = request.state.plugins().document(request.owner, request.segment("plugin")).await?;
    Ok(Reply::ok(shown(&request, &plugin)))
}

/// Sets limits in place of those that were set before. Only the installation may go beyond its own.
pub(in crate::v2) async fn set_limits(mut request: Request) -> Result<Reply, Error> {
    let given = std::mem::take(&mut request.envelope).into_object()?;
    let raises = request.caller.scope() == Scope::Admin && request.caller.is_privileged();
    let author = request.origin.author(request.owner, None);
    let plugins = request.state.plugins();
    let set = plugins.set_limits(request.owner, request.segment("plugin"), &given, raises, Some(author)).await?;
    Ok(Reply::ok(shown(&request, &set)))
}

fn shown(request: &Request, plugin: &Plugin) -> Value {
    let usual = request.state.plugins().sandbox().limits();
    json!({
        "set": plugin.limits,
        "limits": limits_by_name(&plugin.limits.over(usual)),
        "defaults": limits_by_name(usual),
    })
}
