//! `/tasks`: what is done with the selector rows of a file that is uploaded.

mod asked;
mod download;
mod help;
mod records;
mod refusal;
mod shape;

use strowger_jobs::tasks::{Authors, Intake, TaskError, TaskId};
use strowger_model::Owner;
use strowger_store::Kind;

pub(super) use refusal::TaskRefusal;

use super::error::Error;
use super::paging;
use super::reply::Reply;
use super::request::Request;
use crate::transport::body::Incoming;

/// The tasks, or what tasks there can be where the request asks about one.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    if request.parameter("category").is_some() || request.parameter("action").is_some() {
        return help::describe(&request);
    }
    paging::list(&request, Kind::Task, shape::row).await
}

/// A task of the rows in the request.
pub(super) async fn create(mut request: Request) -> Result<Reply, Error> {
    let asked = asked::read(&request)?;
    let columns = asked.action.columns();
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let file = tokio::task::spawn_blocking(move || records::file(data, columns)).await;
    let file = file.map_err(|_| Error::Unavailable("the request was interrupted".into()))??;
    let mut intake = request.state.tasks().take(request.owner, asked);
    match intake.write(&file).await {
        Ok(()) => made(&request, intake).await,
        Err(error) => {
            intake.abandon().await;
            Err(error.into())
        }
    }
}

/// A task of a file, which is stored as it comes.
pub(super) async fn upload(request: Request, body: &mut Incoming) -> Result<Reply, Error> {
    let asked = asked::read(&request)?;
    let uploads = request.state.uploads();
    let busy = || Error::Unavailable("as many files are being uploaded as can be at once".into());
    let _place = uploads.try_acquire().map_err(|_| busy())?;
    let mut intake = request.state.tasks().take(request.owner, asked);
    match fill(&mut intake, body).await {
        Ok(()) => made(&request, intake).await,
        Err(error) => {
            intake.abandon().await;
            Err(error)
        }
    }
}

async fn fill(intake: &mut Intake, body: &mut Incoming) -> Result<(), Error> {
    while let Some(bytes) = body.next().await? {
        intake.write(&bytes).await?;
    }
    Ok(())
}

async fn made(request: &Request, intake: Intake) -> Result<Reply, Error> {
    let (task, revision) = intake.finish(Some(request.origin.author(request.owner, None))).await?;
    Ok(Reply::created(shape::shown(request.owner, &task), task.id.to_string()).revision(revision))
}

/// A task, or one of its files.
pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let (task, revision) = request.state.tasks().find(request.owner, &id(&request)?).await.map_err(named(&request))?;
    match download::wanted(&request, &task)? {
        Some(file) => Ok(download::file(&request, &task, file)),
        None => Ok(Reply::ok(shape::shown(request.owner, &task)).revision(revision)),
    }
}

/// Starts a task.
pub(super) async fn start(request: Request) -> Result<Reply, Error> {
    let started = request.state.tasks().start(request.owner, &id(&request)?, authors(&request)).await;
    let (task, revision) = started.map_err(named(&request))?;
    Ok(Reply::ok(shape::shown(request.owner, &task)).revision(revision))
}

/// Stops a task.
pub(super) async fn stop(request: Request) -> Result<Reply, Error> {
    let stopped = request.state.tasks().stop(request.owner, &id(&request)?, authors(&request)).await;
    let (task, revision) = stopped.map_err(named(&request))?;
    Ok(Reply::ok(shape::shown(request.owner, &task)).revision(revision))
}

/// Removes a task that does not run.
pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let author = Some(request.origin.author(request.owner, None));
    let removed = request.state.tasks().remove(request.owner, &id(&request)?, author).await;
    let mut shown = shape::shown(request.owner, &removed.map_err(named(&request))?);
    shape::mark_deleted(&mut shown);
    Ok(Reply::ok(shown))
}

fn id(request: &Request) -> Result<TaskId, Error> {
    let text = request.segment("task");
    text.parse().map_err(|_| Error::BadIdentifier(text.chars().take(64).collect()))
}

/// A task that is not there is named as the request names it.
fn named(request: &Request) -> impl Fn(TaskError) -> Error {
    move |error| match error {
        TaskError::Unknown => Error::BadIdentifier(request.segment("task").to_owned()),
        error => error.into(),
    }
}

fn authors(request: &Request) -> Authors {
    let job = request.origin.author(Owner::System, request.owner.account());
    Authors { own: Some(request.origin.author(request.owner, None)), job: Some(job) }
}
