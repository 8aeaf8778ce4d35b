//! `/plugins/{plugin}/usage` and `/plugins/usage`: what plugins have used, on all nodes together.

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, Owner};
use strowger_plugins::{Plugins, PluginsError};
use strowger_sandbox::PluginUsage;

use super::cluster::{self, Asked, InUse};
use super::used::{self, Used, VersionUsed};
use crate::v2::error::Error;
use crate::v2::reply::Reply;
use crate::v2::request::Request;

/// Accounts that are told one by one.
const ACCOUNTS: usize = 100;

/// Whose plugin is asked about, and by whom it is used.
struct Subject {
    owner: Owner,
    /// An account that uses one of the installation's.
    by: Option<AccountId>,
    stored_bytes: u64,
}

impl Subject {
    /// The owner's own plugin, or else the installation's, of which an account is shown its own use.
    async fn of(plugins: &Plugins, owner: Owner, name: &str) -> Result<Self, PluginsError> {
        let unknown = match plugins.summary(owner, name).await {
            Ok(summary) => {
                let stored_bytes = summary.versions.iter().map(|version| version.size).sum();
                return Ok(Self { owner, by: None, stored_bytes });
            }
            Err(unknown @ PluginsError::UnknownPlugin(_)) => unknown,
            Err(error) => return Err(error),
        };
        let is_there = plugins.sandbox().module(name).is_some() || plugins.summary(Owner::System, name).await.is_ok();
        if is_there { Ok(Self { owner: Owner::System, by: owner.account(), stored_bytes: 0 }) } else { Err(unknown) }
    }
}

pub(in crate::v2) async fn usage(request: Request) -> Result<Reply, Error> {
    let (plugins, name) = (request.state.plugins(), request.segment("plugin"));
    let subject = Subject::of(plugins, request.owner, name).await?;
    let asked = Asked::Usage { owner: subject.owner.account(), plugin: name.to_owned(), by: subject.by };
    let told = cluster::ask::<Used>(&request.state, &asked).await;
    let kept = plugins.kept(request.owner, subject.owner, name).await?;
    let nodes = told.nodes();
    let mut used = Used::default();
    told.answers.into_iter().for_each(|(_, answer)| used.add(answer));
    let versions: Vec<Value> = used.versions.iter().map(|(number, used)| version(number, used)).collect();
    let accounts = used::most(used.accounts);
    let mut shown = json!({
        "versions": versions,
        "stored_bytes": subject.stored_bytes,
        "kv": {"bytes": kept.bytes, "entries": kept.entries},
        "log_lines_dropped": used.dropped,
        "nodes": nodes,
    });
    if let (Owner::System, Some(fields)) = (request.owner, shown.as_object_mut()) {
        fields.insert("accounts".into(), accounts.iter().take(ACCOUNTS).map(account).collect());
        fields.insert("accounts_left_out".into(), accounts.len().saturating_sub(ACCOUNTS).into());
    }
    Ok(Reply::ok(shown))
}

/// What all plugins together use for the account.
pub(in crate::v2) async fn account_usage(request: Request) -> Result<Reply, Error> {
    let plugins = request.state.plugins();
    let told = cluster::ask::<InUse>(&request.state, &Asked::Account { owner: request.owner.account() }).await;
    let nodes = told.nodes();
    let mut used = InUse::default();
    told.answers.into_iter().for_each(|(_, answer)| used.add(answer));
    let limits = plugins.sandbox().account_limits();
    let own = plugins.list(request.owner).await?;
    let stored: u64 = own.iter().flat_map(|plugin| &plugin.versions).map(|version| version.size).sum();
    Ok(Reply::ok(json!({
        "instances": used.instances,
        "memory_bytes": used.memory_bytes,
        "fuel": used.fuel,
        "rejected": used.rejected,
        "plugins": own.len(),
        "stored_bytes": stored,
        "uploads_today": plugins.uploads_today(request.owner).await?,
        "nodes": nodes,
        "limits": {
            "instances": limits.instances,
            "memory_bytes": limits.memory_bytes,
            "fuel_per_second": limits.fuel_per_second,
            "plugins": plugins.limits().plugins,
            "versions": plugins.limits().versions,
            "stored_bytes": plugins.limits().bytes,
            "uploads_per_day": plugins.limits().uploads_per_day,
        },
    })))
}

fn version(number: &str, used: &VersionUsed) -> Value {
    let windows: Map<String, Value> = used.windows.iter().map(|(name, used)| (name.clone(), counts(used))).collect();
    json!({
        "version": number,
        "live_instances": used.total.live,
        "memory_bytes": used.total.memory,
        "memory_peak_bytes": used.total.memory_peak,
        "total": counts(&used.total),
        "windows": windows,
    })
}

fn account((account, used): &(AccountId, PluginUsage)) -> Value {
    let mut shown = counts(used);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("account_id".into(), account.hex().into());
    }
    shown
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
