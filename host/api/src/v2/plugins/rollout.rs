//! `/plugins/{plugin}/rollout`: a version that is tried before it becomes the active one.

use serde_json::{Map, Value, json};
use strowger_plugins::{Figures, Plugin, PluginsError, Rollout, Used, WantedRollout};
use strowger_store::Revision;

use crate::v2::error::Error;
use crate::v2::reply::Reply;
use crate::v2::request::Request;

/// The rollout, with what the node that answers has seen of it. Its revision is that of the plugin: figures do not change it.
pub(in crate::v2) async fn read_rollout(request: Request) -> Result<Reply, Error> {
    let read = request.state.plugins().rollout(request.owner, request.segment("plugin")).await;
    let (plugin, rollout, figures, revision) = read.map_err(refused)?;
    Ok(Reply::ok(shown(&plugin, &rollout, &figures)).revision(revision))
}

/// Begins a rollout, or changes the one that runs.
pub(in crate::v2) async fn roll_out(mut request: Request) -> Result<Reply, Error> {
    let wanted = WantedRollout::read(&std::mem::take(&mut request.envelope).into_object()?)?;
    let (plugins, name) = (request.state.plugins(), request.segment("plugin"));
    let admits = |revision: &Revision| request.conditions.allow(&revision.0);
    let author = request.origin.author(request.owner, None);
    plugins.roll_out(request.owner, name, &wanted, admits, Some(author)).await.map_err(refused)?;
    let (plugin, rollout, figures, revision) = plugins.rollout(request.owner, name).await.map_err(refused)?;
    Ok(Reply::ok(shown(&plugin, &rollout, &figures)).revision(revision))
}

/// Takes the rollout away: all calls go by the active version.
pub(in crate::v2) async fn end_rollout(request: Request) -> Result<Reply, Error> {
    let (plugins, name) = (request.state.plugins(), request.segment("plugin"));
    let admits = |revision: &Revision| request.conditions.allow(&revision.0);
    let author = request.origin.author(request.owner, None);
    let ended = plugins.end_rollout(request.owner, name, admits, Some(author)).await;
    let (plugin, rollout, figures) = ended.map_err(refused)?;
    Ok(Reply::ok(super::shape::deleted(shown(&plugin, &rollout, &figures))))
}

fn refused(error: PluginsError) -> Error {
    match error {
        PluginsError::NoRollout(_) => Error::BadIdentifier("rollout".into()),
        PluginsError::Invalid(violations) => violations.into(),
        PluginsError::Precondition => Error::PreconditionFailed,
        error => error.into(),
    }
}

fn shown(plugin: &Plugin, rollout: &Rollout, figures: &Figures) -> Value {
    let mut shown = Map::new();
    let fields = [
        ("plugin", json!(plugin.name)),
        ("active", json!(plugin.active)),
        ("version", json!(rollout.version)),
        ("mode", json!(rollout.mode)),
        ("percent", json!(rollout.percent)),
        ("abort", json!(rollout.abort)),
        ("state", json!(rollout.state)),
        ("reason", json!(rollout.reason)),
        ("figures", told(figures)),
        ("_read_only", json!({"id": rollout.id, "started": rollout.started, "ended": rollout.ended})),
    ];
    shown.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(shown)
}

fn told(figures: &Figures) -> Value {
    json!({
        "candidate": used(&figures.candidate),
        "active": used(&figures.active),
        "errors": figures.errors,
        "last_error": figures.last_error,
        "rejected": figures.rejected,
        "compared": figures.compared,
        "different": figures.different,
        "dropped": figures.dropped,
        "differences": figures.differences,
    })
}

fn used(used: &Used) -> Value {
    let (fuel, micros) = used.means();
    json!({"calls": used.calls, "errors": used.errors, "fuel": used.fuel, "mean_fuel": fuel, "mean_us": micros})
}
