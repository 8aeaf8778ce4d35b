//! `/plugins`: the logic that an account, or the installation, brings along.

mod asked;
mod cluster;
mod follow;
mod limits;
mod lines;
mod log;
mod refusal;
mod rollout;
mod shape;
mod usage;
mod used;

use axum::body::Body;
use futures::stream;
use serde_json::Value;
use strowger_jobs::finish_upload;
use strowger_model::{Owner, Violation};
use strowger_plugins::{Intake, PluginsError, Version};

pub(crate) use cluster::offer;
pub(super) use limits::{read_limits, set_limits};
pub(super) use log::log;
pub(super) use refusal::PluginRefusal;
pub(super) use rollout::{end_rollout, read_rollout, roll_out};
pub(super) use usage::{account_usage, usage};

use super::error::Error;
use super::reply::{File, Reply};
use super::request::Request;
use crate::transport::body::Incoming;

/// The media type of a component.
pub(super) const WASM: &str = "application/wasm";

/// The owner's plugins; with `usable=true` all that it may name.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let plugins = request.state.plugins();
    let listed = if request.says_yes("usable") {
        plugins.usable(request.owner).await?
    } else {
        plugins.list(request.owner).await?
    };
    Ok(Reply::ok(listed.iter().map(shape::row).collect::<Vec<Value>>()))
}

/// A request that brings something else than a component.
pub(super) async fn create(_request: Request) -> Result<Reply, Error> {
    let message = format!("The body must be a component, sent as {WASM}");
    Err(Violation::new("content-type", "enum", message).target(vec![WASM]).into())
}

/// A component, which is stored as it comes and judged in the background.
pub(super) async fn upload(request: Request, body: &mut Incoming) -> Result<Reply, Error> {
    let asked = asked::upload(&request)?;
    let uploads = request.state.uploads();
    let busy = || Error::Unavailable("as many files are being uploaded as can be at once".into());
    let _place = uploads.try_acquire().map_err(|_| busy())?;
    let mut intake = request.state.plugins().take(request.owner, &asked.name, &asked.version, asked.activate).await?;
    while let Some(bytes) = body.next().await? {
        intake.write(&bytes).await?;
    }
    let version = finish(&request, intake).await?;
    let location = format!("{}/versions/{}", version.name, version.version);
    Ok(Reply::accepted(shape::version(request.owner, &version, &[]), location))
}

async fn finish(request: &Request, intake: Intake) -> Result<Version, PluginsError> {
    let own = request.origin.author(request.owner, None);
    let of_job = request.origin.author(Owner::System, request.owner.account());
    finish_upload(request.state.store(), intake, Some(own), Some(of_job)).await
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let summary = request.state.plugins().summary(request.owner, request.segment("plugin")).await?;
    Ok(Reply::ok(shape::plugin(&summary)))
}

/// Makes a version active, or changes what is granted.
pub(super) async fn change(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let plugins = request.state.plugins();
    let before = plugins.summary(request.owner, request.segment("plugin")).await?;
    let change = asked::change(data, &before)?;
    if change.grants.is_some() && !request.caller.is_privileged() {
        return Err(Error::Forbidden);
    }
    let author = request.origin.author(request.owner, None);
    let after = plugins.change(request.owner, request.segment("plugin"), &change, Some(author)).await?;
    Ok(Reply::ok(shape::plugin(&after)))
}

pub(super) async fn roll_back(request: Request) -> Result<Reply, Error> {
    let author = request.origin.author(request.owner, None);
    let after = request.state.plugins().roll_back(request.owner, request.segment("plugin"), Some(author)).await?;
    Ok(Reply::ok(shape::plugin(&after)))
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let (plugins, name) = (request.state.plugins(), request.segment("plugin"));
    let gone = plugins.summary(request.owner, name).await?;
    plugins.remove(request.owner, name, Some(request.origin.author(request.owner, None))).await?;
    Ok(Reply::ok(shape::deleted(shape::plugin(&gone))))
}

pub(super) async fn read_version(request: Request) -> Result<Reply, Error> {
    let plugins = request.state.plugins();
    let (name, number) = (request.segment("plugin"), request.segment("version"));
    let version = plugins.version(request.owner, name, number).await?;
    let summary = plugins.summary(request.owner, name).await?;
    let standing = summary.versions.iter().find(|standing| standing.version == number);
    let missing = standing.map_or(&[][..], |standing| &standing.missing);
    Ok(Reply::ok(shape::version(request.owner, &version, missing)))
}

/// The component of a version, as it was uploaded.
pub(super) async fn download(request: Request) -> Result<Reply, Error> {
    let (name, number) = (request.segment("plugin"), request.segment("version"));
    let reader = request.state.plugins().component(request.owner, name, number).await?;
    let file =
        File { media_type: WASM, name: format!("{name}@{number}.wasm"), size: reader.blob().size, body: Body::empty() };
    let chunks = stream::try_unfold(reader, async |mut reader| {
        let chunk = reader.next().await?;
        Ok::<_, strowger_store::BlobError>(chunk.map(|chunk| (chunk, reader)))
    });
    Ok(Reply::file(File { body: Body::from_stream(chunks), ..file }))
}

pub(super) async fn remove_version(request: Request) -> Result<Reply, Error> {
    let (plugins, name, number) = (request.state.plugins(), request.segment("plugin"), request.segment("version"));
    let gone = plugins.version(request.owner, name, number).await?;
    let author = request.origin.author(request.owner, None);
    plugins.remove_version(request.owner, name, number, Some(author)).await?;
    Ok(Reply::ok(shape::deleted(shape::version(request.owner, &gone, &[]))))
}
