//! `/Accounts/{sid}/Conferences`, and the calls that take part in them.

use serde_json::Value;
use strowger_model::{AccountId, Conference, ParticipantAction};
use strowger_rooms::Conferences;

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::{listing, objects};

fn conferences(request: &Request) -> Result<Conferences<'_>, Error> {
    Ok(Conferences { store: request.state.store(), account: request.id("account")? })
}

fn name(request: &Request) -> Result<String, Error> {
    request.id("conference")
}

/// As it always was: names, and nothing else.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let names = conferences(&request)?.names().await?;
    listing::reply(&request.query, names.into_iter().map(Value::from).collect())
}

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let account: AccountId = request.id("account")?;
    let conference = Conference::from_request(&request.body, account)?;
    let write = conferences(&request)?.making(&conference).await?;
    objects::commit(&request, None, vec![write]).await?;
    Ok(Reply::created(conference.conference_sid))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let (conferences, name) = (conferences(&request)?, name(&request)?);
    let mut shown = objects::json(&conferences.get(&name).await?)?;
    let members = conferences.participants(&name).await?.len();
    if let Value::Object(fields) = &mut shown {
        fields.insert("members".into(), members.into());
    }
    Ok(Reply::Ok(shown))
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let writes = conferences(&request)?.removing(&name(&request)?).await?;
    objects::commit(&request, None, writes).await?;
    Ok(Reply::NoContent)
}

pub(super) async fn participants(request: Request) -> Result<Reply, Error> {
    let found = conferences(&request)?.participants(&name(&request)?).await?;
    let rows: Result<Vec<Value>, Error> = found.iter().map(objects::json).collect();
    listing::reply(&request.query, rows?)
}

pub(super) async fn participant(request: Request) -> Result<Reply, Error> {
    let found = conferences(&request)?.participant(&name(&request)?, request.id("call")?).await?;
    Ok(Reply::Ok(objects::json(&found)?))
}

/// The body is checked before the participant is looked for, as with calls.
pub(super) async fn change(request: Request) -> Result<Reply, Error> {
    let action = ParticipantAction::from_request(&request.body)?;
    let write = conferences(&request)?.changing(&name(&request)?, request.id("call")?, &action).await?;
    objects::commit(&request, None, vec![write]).await?;
    Ok(Reply::NoContent)
}

/// Kicks it out.
pub(super) async fn leave(request: Request) -> Result<Reply, Error> {
    let write = conferences(&request)?.leaving(&name(&request)?, request.id("call")?).await?;
    objects::commit(&request, None, vec![write]).await?;
    Ok(Reply::NoContent)
}
