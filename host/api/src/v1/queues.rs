//! `/Accounts/{sid}/Queues`, and the calls that wait in them.

use std::borrow::Cow;

use serde_json::{Value, json};
use strowger_calls::{QueueEvent, Update};
use strowger_model::{AccountId, Queue, QueuedCall};
use strowger_rooms::{Queues, RoomError};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::{listing, objects};

/// Times that a change is made anew where somebody else was faster: another caller, or the call itself, whose record changes with its state.
const ATTEMPTS: usize = 16;

const CHANGED: Error = Error::Conflict(Cow::Borrowed("the queue was changed meanwhile"));

fn queues(request: &Request) -> Result<Queues<'_>, Error> {
    Ok(Queues { store: request.state.store(), account: request.id("account")? })
}

fn name(request: &Request) -> Result<String, Error> {
    request.id("queue")
}

/// As it always was: names and lengths, and nothing else.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let found = queues(&request)?.list(request.query.get("search")).await?;
    let rows = found.into_iter().map(|(queue, length)| json!({"name": queue.name, "length": length})).collect();
    listing::reply(&request.query, rows)
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let account: AccountId = request.id("account")?;
    let queue = Queue::from_request(&request.body, account)?;
    let write = queues(&request)?.making(&queue).await?;
    objects::commit(&request, None, vec![write]).await?;
    Ok(Reply::created(queue.queue_sid))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let (queues, name) = (queues(&request)?, name(&request)?);
    let mut shown = objects::json(&queues.get(&name).await?)?;
    if let Value::Object(fields) = &mut shown {
        fields.insert("length".into(), json!(queues.calls(&name).await?.len()));
    }
    Ok(Reply::Ok(shown))
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let writes = queues(&request)?.removing(&name(&request)?).await?;
    objects::commit(&request, None, writes).await?;
    Ok(Reply::NoContent)
}

/// The next one first, each with its place in the queue.
pub(super) async fn members(request: Request) -> Result<Reply, Error> {
    let calls = queues(&request)?.calls(&name(&request)?).await?;
    let rows: Result<Vec<Value>, Error> = calls.iter().enumerate().map(|(place, call)| shown(call, place)).collect();
    listing::reply(&request.query, rows?)
}

fn shown(call: &QueuedCall, place: usize) -> Result<Value, Error> {
    let mut shown = objects::json(call)?;
    if let Value::Object(fields) = &mut shown {
        fields.shift_remove("joined_ms");
        fields.insert("position".into(), json!(place));
    }
    Ok(shown)
}

pub(super) async fn join(request: Request) -> Result<Reply, Error> {
    let (call, priority) = QueuedCall::requested(&request.body)?;
    for _ in 0..ATTEMPTS {
        let writes = queues(&request)?.joining(&name(&request)?, call, priority).await?;
        if is_written(objects::commit(&request, None, writes).await)? {
            if let Ok(queued) = queues(&request)?.call(&name(&request)?, call).await {
                request.state.calls().queue_event(queued, QueueEvent::Joined).await;
            }
            return Ok(Reply::created(call));
        }
    }
    Err(CHANGED)
}

pub(super) async fn member(request: Request) -> Result<Reply, Error> {
    let (queues, name, call) = (queues(&request)?, name(&request)?, request.id("call")?);
    let queued = queues.call(&name, call).await?;
    let place = queues.calls(&name).await?.iter().position(|other| other.call_sid == call);
    Ok(Reply::Ok(shown(&queued, place.unwrap_or_default())?))
}

pub(super) async fn move_member(request: Request) -> Result<Reply, Error> {
    let priority = QueuedCall::requested_priority(&request.body)?;
    let write = queues(&request)?.moving(&name(&request)?, request.id("call")?, priority).await?;
    objects::commit(&request, None, vec![write]).await?;
    Ok(Reply::NoContent)
}

pub(super) async fn leave(request: Request) -> Result<Reply, Error> {
    let (queues, name, call) = (queues(&request)?, name(&request)?, request.id("call")?);
    let queued = queues.call(&name, call).await?;
    let write = queues.leaving(&name, call).await?;
    objects::commit(&request, None, vec![write]).await?;
    request.state.calls().queue_event(queued, QueueEvent::Dequeued).await;
    Ok(Reply::NoContent)
}

/// Takes the next call out, and hands it to another hook where the body names one. Where that cannot be, it waits on where it waited.
pub(super) async fn front(request: Request) -> Result<Reply, Error> {
    let update = match request.body.get("call_hook") {
        Some(hook) => Some(Update::parse(&json!({ "call_hook": hook }))?),
        None => None,
    };
    let taken = take(&request).await?;
    if let Some(update) = update
        && let Err(error) = request.state.calls().update(taken.account_sid, taken.call_sid, update).await
    {
        put_back(&request, &taken).await?;
        return Err(error.into());
    }
    let shown = shown(&taken, 0)?;
    request.state.calls().queue_event(taken, QueueEvent::Dequeued).await;
    Ok(Reply::Ok(shown))
}

async fn put_back(request: &Request, taken: &QueuedCall) -> Result<(), Error> {
    for _ in 0..ATTEMPTS {
        let writes = queues(request)?.returning(taken).await?;
        if writes.is_empty() || is_written(objects::commit(request, None, writes).await)? {
            return Ok(());
        }
    }
    Err(CHANGED)
}

/// Nobody else gets the same call.
async fn take(request: &Request) -> Result<QueuedCall, Error> {
    for _ in 0..ATTEMPTS {
        let (next, leaving) = queues(request)?.next(&name(request)?).await?;
        if is_written(objects::commit(request, None, vec![leaving]).await)? {
            return Ok(next);
        }
    }
    Err(CHANGED)
}

/// Whether nobody else was faster.
fn is_written(outcome: Result<(), Error>) -> Result<bool, Error> {
    match outcome {
        Ok(()) => Ok(true),
        Err(Error::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

impl From<RoomError> for Error {
    fn from(error: RoomError) -> Self {
        match error {
            RoomError::Missing => Self::NotFound,
            RoomError::NotLive(_) => Self::bad_request(error.to_string()),
            RoomError::Store(error) => error.into(),
            error => Self::unprocessable(error.to_string()),
        }
    }
}
