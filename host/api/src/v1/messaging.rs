//! What a message provider asks by itself: it brings messages, and tells what became of others. It has no token of the host; the provider's
//! plugin says whether the request is the provider's.

use axum::body::Body;
use axum::extract::{RawPathParams, Request as HttpRequest, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use strowger_messages::ReceiveError;
use strowger_model::{AccountId, time};
use strowger_sandbox::message;

use super::error::Error;
use super::request::segment;
use crate::admission;
use crate::state::ApiState;
use crate::table::Verb;
use crate::transport::body;
use crate::transport::observe::MatchedRoute;

/// The account's address for the provider of that name.
pub(super) const PATH: &str = "/accounts/{account}/messaging/{messaging}";

/// Longest body of a client that is not known.
const LONGEST: usize = 256 * 1024;

pub(super) async fn answer(State(state): State<ApiState>, segments: RawPathParams, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let segments: Vec<(String, String)> =
        segments.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let handled = handled(&state, &segments, &parts, body);
    let outcome = admission::guarded(&state, &parts, handled, |error| matches!(error, Error::NotFound)).await;
    let mut response = outcome.unwrap_or_else(Error::into_response);
    response.extensions_mut().insert(MatchedRoute { api: super::dispatch::BASE, path: PATH });
    response
}

async fn handled(
    state: &ApiState,
    segments: &[(String, String)],
    parts: &Parts,
    body: Body,
) -> Result<Response, Error> {
    if parts.method != Method::POST {
        return Err(Error::MethodNotAllowed { allow: Verb::Post.name().to_owned() });
    }
    // What is no account's id is nobody's.
    let account: AccountId = segment(segments, "account").map_err(|_| Error::NotFound)?;
    let name: String = segment(segments, "messaging")?;
    let limits = state.limits();
    let body = body::read(&parts.headers, body, limits.body_bytes.min(LONGEST), limits.body_timeout).await?;
    let request = message::Request {
        method: parts.method.to_string(),
        url: state.messages().url(&format!("{}{}", super::dispatch::BASE, parts.uri)),
        headers: readable(&parts.headers),
        body: body.to_vec(),
        time: u64::try_from(time::unix_now()).unwrap_or_default(),
    };
    Ok(response(state.messages().receive(account, &name, &request).await?))
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let readable = headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    readable.collect()
}

fn response(reply: message::Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::NO_CONTENT);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

impl From<ReceiveError> for Error {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::NotFound => Self::NotFound,
            ReceiveError::Store(error) => error.into(),
            error => {
                tracing::warn!(%error, "a message provider's request was not read");
                Self::Call { status: StatusCode::SERVICE_UNAVAILABLE, message: "try again later".into(), call: None }
            }
        }
    }
}
