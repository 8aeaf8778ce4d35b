//! `/Accounts/{sid}/Messages`.

use http::StatusCode;
use serde_json::{Value, json};
use strowger_messages::{SendError, key, page_of};
use strowger_model::{Message, MessageRequest, Sid};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::{listing, objects};

/// Messages of a list that asks for no page.
const LONGEST_LIST: usize = 10_000;

pub(super) async fn create(request: Request) -> Result<Reply, Error> {
    let message = MessageRequest::from_request(&request.body)?;
    let sent = request.state.messages().send(request.id("account")?, message).await?;
    let response = sent.response.unwrap_or_else(|| json!({}));
    Ok(Reply::Created(json!({"sid": sent.message_sid, "providerResponse": response})))
}

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let page = listing::wanted(&request.query)?;
    let (skip, limit) = page.as_ref().map_or((0, LONGEST_LIST), |page| (page.skip(), page.size));
    let (messages, more) = page_of(request.state.store(), request.id("account")?, skip, limit).await?;
    let rows: Result<Vec<Value>, Error> = messages.iter().map(objects::json).collect();
    Ok(Reply::Ok(match page {
        Some(page) => page.answer(rows?, more),
        None => Value::Array(rows?),
    }))
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let message: Sid = request.id("message")?;
    let found: Option<Message> = objects::find(&request.state, &key(request.id("account")?, message)).await?;
    Ok(Reply::Ok(objects::json(&found.ok_or(Error::NotFound)?)?))
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        let (status, call) = match &error {
            SendError::Inactive => (StatusCode::FORBIDDEN, None),
            SendError::Ambiguous | SendError::UnknownProvider(_) | SendError::NoApplication(_) => {
                (StatusCode::BAD_REQUEST, None)
            }
            SendError::NoProvider | SendError::Store(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
            SendError::Refused { sid, retry_after: Some(_), .. } | SendError::Plugin { sid, .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, Some(*sid))
            }
            SendError::Refused { sid, retry_after: None, .. } => (StatusCode::UNPROCESSABLE_ENTITY, Some(*sid)),
        };
        match error {
            SendError::Store(error) => error.into(),
            error => Self::Call { status, message: error.to_string(), call },
        }
    }
}
