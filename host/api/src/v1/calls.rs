//! `/Accounts/{sid}/Calls`.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_calls::{CallFilter, CreateCall, CreateError, Update, UpdateError, Updated};
use strowger_model::call_record::CallDirection;
use strowger_model::{AccountId, Sid};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::{listing, objects};
use crate::transport::query::Query;

/// Calls of a list that asks for no page.
const LONGEST_LIST: usize = 10_000;

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let call = CreateCall::parse(&request.body)?;
    let placed = request.state.calls().create(request.id("account")?, call).await?;
    Ok(Reply::Created(json!({"sid": placed.sid, "callId": placed.call_id})))
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let filter = filter(&request.query)?;
    let page = listing::wanted(&request.query)?;
    let (skip, limit) = page.as_ref().map_or((0, LONGEST_LIST), |page| (page.skip(), page.size));
    let found = request.state.calls().page(request.id("account")?, &filter, skip, limit).await?;
    let rows: Result<Vec<Value>, Error> = found.calls.iter().map(objects::json).collect();
    Ok(Reply::Ok(match page {
        Some(page) => page.answer(rows?, found.more),
        None => Value::Array(rows?),
    }))
}

fn filter(query: &Query) -> Result<CallFilter, Error> {
    Ok(CallFilter {
        direction: listing::one_of(query, "direction")?,
        from: query.get("from").map(str::to_owned),
        to: query.get("to").map(str::to_owned),
        status: listing::one_of(query, "callStatus")?,
        live: false,
    })
}

/// How many calls the account has, each way.
pub(super) async fn count(request: Request) -> Result<Reply, Error> {
    let live = CallFilter { live: true, ..CallFilter::default() };
    let found = request.state.calls().page(request.id("account")?, &live, 0, LONGEST_LIST).await?;
    let inbound = found.calls.iter().filter(|call| call.direction == CallDirection::Inbound).count();
    Ok(Reply::Ok(json!({"inbound": inbound, "outbound": found.calls.len() - inbound})))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let (account, call) = ids(&request)?;
    let record = request.state.calls().get(account, call).await?.ok_or(Error::NotFound)?;
    Ok(Reply::Ok(objects::json(&record)?))
}

/// How its routing was decided.
pub(super) async fn routing(request: Request) -> Result<Reply, Error> {
    let (account, call) = ids(&request)?;
    let told = request.state.routing().routing_of(account.into(), &call.to_string()).await?;
    Ok(Reply::Ok(told.ok_or(Error::NotFound)?))
}

/// The body is checked before the call is looked for, as it always was.
pub(super) async fn update(request: Request) -> Result<Reply, Error> {
    let (account, call) = ids(&request)?;
    let update = Update::parse(&request.body)?;
    Ok(reply(request.state.calls().update(account, call, update).await?))
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let (account, call) = ids(&request)?;
    Ok(reply(request.state.calls().delete(account, call).await?))
}

fn reply(updated: Updated) -> Reply {
    match updated {
        Updated::Done => Reply::NoContent,
        Updated::Answered(answer) => Reply::Ok(json!({"status": answer.status, "reason": answer.reason})),
        Updated::UnderWay => Reply::Accepted,
    }
}

fn ids(request: &Request) -> Result<(AccountId, Sid), Error> {
    Ok((request.id("account")?, request.id("call")?))
}

impl From<CreateError> for Error {
    fn from(error: CreateError) -> Self {
        let call = match &error {
            CreateError::NoCarrier { sid, .. }
            | CreateError::NoneDiallable { sid, .. }
            | CreateError::NotRouted { sid, .. }
            | CreateError::NotSent { sid, .. } => Some(*sid),
            _ => None,
        };
        match error {
            CreateError::Store(error) => error.into(),
            error => Self::Call { status: status(error.status()), message: error.to_string(), call },
        }
    }
}

impl From<UpdateError> for Error {
    fn from(error: UpdateError) -> Self {
        match error {
            UpdateError::Store(error) => error.into(),
            UpdateError::NotFound => Self::NotFound,
            error => Self::Call { status: status(error.status()), message: error.to_string(), call: None },
        }
    }
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
