//! What `/v1` answers when all is well.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// A success.
pub(crate) enum Reply {
    /// 200 with a body.
    Ok(Value),
    /// 201 with a body.
    Created(Value),
    /// 202: under way.
    Accepted,
    /// 204: done.
    NoContent,
}

impl Reply {
    /// 201 `{"sid": …}`.
    pub(super) fn created(sid: impl ToString) -> Self {
        Self::Created(json!({"sid": sid.to_string()}))
    }

    pub(super) fn into_response(self) -> Response {
        match self {
            Self::Ok(body) => json(StatusCode::OK, &body),
            Self::Created(body) => json(StatusCode::CREATED, &body),
            Self::Accepted => empty(StatusCode::ACCEPTED),
            Self::NoContent => empty(StatusCode::NO_CONTENT),
        }
    }
}

pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
