//! `/Accounts/{sid}/Calls`.

use serde_json::{Value, json};
use strowger_model::{AccountId, CallRecord, Sid};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::{listing, objects};
use crate::http::query::Query;
use crate::ports::{CallError, Outcome};

/// Query parameters that a call is compared with, and its fields.
const FILTERS: [(&str, &str); 4] =
    [("direction", "direction"), ("from", "from"), ("to", "to"), ("callStatus", "call_status")];

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let placed = request.state.calls().create(request.id("account")?, &request.body).await?;
    Ok(Reply::Created(json!({"sid": placed.sid, "callId": placed.call_id})))
}

/// The latest call first.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let mut calls = request.state.calls().list(request.id("account")?).await?;
    calls.sort_by(|a, b| b.attempted_at.cmp(&a.attempted_at).then_with(|| a.call_sid.cmp(&b.call_sid)));
    let rows: Result<Vec<Value>, Error> = calls.iter().map(objects::json).collect();
    let mut rows = rows?;
    rows.retain(|call| FILTERS.iter().all(|(parameter, field)| matches(&request.query, parameter, call.get(field))));
    listing::reply(&request.query, rows)
}

fn matches(query: &Query, parameter: &str, field: Option<&Value>) -> bool {
    query.get(parameter).is_none_or(|wanted| field.and_then(Value::as_str) == Some(wanted))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let (account, call) = ids(&request)?;
    let record: CallRecord = request.state.calls().get(account, call).await?;
    Ok(Reply::Ok(objects::json(&record)?))
}

pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let (account, call) = ids(&request)?;
    match request.state.calls().update(account, call, &request.body).await? {
        Outcome::Done => Ok(Reply::NoContent),
        Outcome::UnderWay => Ok(Reply::Accepted),
    }
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let (account, call) = ids(&request)?;
    request.state.calls().delete(account, call).await?;
    Ok(Reply::NoContent)
}

fn ids(request: &Request) -> Result<(AccountId, Sid), Error> {
    Ok((request.id("account")?, request.id("call")?))
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Invalid(message) => Self::BadRequest(message.into()),
            CallError::NotFound => Self::NotFound,
            CallError::Refused(message) => Self::Unprocessable(message.into()),
            CallError::Overloaded => Self::Overloaded,
            CallError::Store(error) => error.into(),
            CallError::Fault(cause) => Self::Internal(cause),
        }
    }
}
