//! `/plugins/{plugin}/usage` and `/plugins/usage`: what plugins have used on the node that answers.

use serde_json::{Map, Value, json};
use strowger_plugins::VersionUsage;
use strowger_sandbox::PluginUsage;

use crate::v2::error::Error;
use crate::v2::reply::Reply;
use crate::v2::request::Request;

pub(in crate::v2) async fn usage(request: Request) -> Result<Reply, Error> {
    let (plugins, name) = (request.state.plugins(), request.segment("plugin"));
    let summary = plugins.summary(request.owner, name).await?;
    let versions: Vec<Value> = plugins.usage(request.owner, name).iter().map(version).collect();
    Ok(Reply::ok(json!({
        "versions": versions,
        "stored_bytes": summary.versions.iter().map(|version| version.size).sum::<u64>(),
        "log_lines_dropped": plugins.logs().dropped(request.owner, name),
    })))
}

/// What all plugins together use for the account.
pub(in crate::v2) async fn account_usage(request: Request) -> Result<Reply, Error> {
    let plugins = request.state.plugins();
    let (used, limits) = (plugins.sandbox().account_usage(request.owner), plugins.sandbox().account_limits());
    let own = plugins.list(request.owner).await?;
    let stored: u64 = own.iter().flat_map(|plugin| &plugin.versions).map(|version| version.size).sum();
    Ok(Reply::ok(json!({
        "instances": used.instances,
        "memory_bytes": used.memory_bytes,
        "fuel": used.fuel,
        "rejected": used.rejected,
        "plugins": own.len(),
        "stored_bytes": stored,
        "limits": {
            "instances": limits.instances,
            "memory_bytes": limits.memory_bytes,
            "fuel_per_second": limits.fuel_per_second,
            "plugins": plugins.limits().plugins,
            "versions": plugins.limits().versions,
            "stored_bytes": plugins.limits().bytes,
        },
    })))
}

fn version(usage: &VersionUsage) -> Value {
    let windows: Map<String, Value> =
        usage.windows.iter().map(|(name, used)| ((*name).to_owned(), counts(used))).collect();
    json!({
        "version": usage.version,
        "live_instances": usage.total.live,
        "memory_peak_bytes": usage.total.memory_peak,
        "total": counts(&usage.total),
        "windows": windows,
    })
}

fn counts(used: &PluginUsage) -> Value {
    json!({
        "calls": used.calls,
        "faults": used.faults,
        "fuel": used.fuel,
        "mean_us": used.mean_micros(),
        "p99_us": used.p99_micros(),
    })
}
