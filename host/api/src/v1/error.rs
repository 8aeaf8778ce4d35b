//! How a `/v1` request fails: a status and `{"msg": …}`.

use std::borrow::Cow;

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use strowger_model::{Sid, V1Error};
use strowger_store::StoreError;

use super::reply;
use crate::admission::Refusal;
use crate::auth::AuthError;
use crate::limits::Exceeded;
use crate::tenants::TenantError;
use crate::transport::body::BodyError;

/// What the client is told.
type Message = Cow<'static, str>;

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    BadRequest(Message),
    #[error("Unauthorized")]
    Unauthenticated,
    #[error("{0}")]
    Forbidden(&'static str),
    #[error("Not Found")]
    NotFound,
    /// The documents have it, this host has not.
    #[error("{name} is not built: it needs {needs}")]
    NotBuilt { name: &'static str, needs: &'static str },
    #[error("method not allowed; this path answers {allow}")]
    MethodNotAllowed { allow: String },
    #[error("{0}")]
    Conflict(Message),
    #[error("{0}")]
    Unprocessable(Message),
    /// Call control does not do it.
    #[error("{message}")]
    Call {
        status: StatusCode,
        message: String,
        /// The call whose record says more.
        call: Option<Sid>,
    },
    #[error(transparent)]
    TooMany(#[from] Exceeded),
    #[error("{0}")]
    Body(#[from] BodyError),
    #[error("the datastore cannot answer now")]
    Store(#[source] StoreError),
    #[error("internal error")]
    Internal(String),
}

/// The answer to a path sid that is no UUID.
pub(super) const BAD_SID: Error = Error::BadRequest(Cow::Borrowed("Bad request"));

/// The answer to a caller whose scope does not reach.
pub(super) const INSUFFICIENT: Error = Error::Forbidden("insufficient permissions");

impl Error {
    pub(super) fn bad_request(message: impl Into<Message>) -> Self {
        Self::BadRequest(message.into())
    }

    pub(super) fn unprocessable(message: impl Into<Message>) -> Self {
        Self::Unprocessable(message.into())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::Body(BodyError::CutOff) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotBuilt { .. } => StatusCode::NOT_IMPLEMENTED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Body(BodyError::TooLarge(_)) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyError::TimedOut) => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Call { status, .. } => *status,
            Self::Store(_) | Self::Body(BodyError::Interrupted) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) fn into_response(self) -> Response {
        let status = self.status();
        match &self {
            Self::Store(cause) => tracing::warn!(%cause, "request failed"),
            Self::Internal(cause) => tracing::error!(%cause, "request failed"),
            _ => {}
        }
        let body = match &self {
            Self::Call { message, call: Some(call), .. } => json!({"msg": message, "sid": call}),
            error => json!({"msg": error.to_string()}),
        };
        let mut response = reply::json(status, &body);
        let extra = match &self {
            Self::MethodNotAllowed { allow } => HeaderValue::from_str(allow).ok().map(|allow| (header::ALLOW, allow)),
            Self::Unauthenticated => {
                Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Users\"")))
            }
            Self::TooMany(exceeded) => Some(exceeded.retry_after()),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("1")))
            }
            _ => None,
        };
        response.headers_mut().extend(extra);
        response
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Conflict("the object was changed meanwhile".into()),
            error => Self::Store(error),
        }
    }
}

impl From<AuthError> for Error {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unauthenticated => Self::Unauthenticated,
            AuthError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Auth(error) => error.into(),
            Refusal::TooMany(exceeded) => exceeded.into(),
        }
    }
}

impl From<TenantError> for Error {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::Missing => Self::NotFound,
            TenantError::NoSuchProvider => Self::bad_request("service_provider not found"),
            TenantError::HasAccounts => Self::Forbidden("insufficient privileges"),
            TenantError::Taken(key) => super::objects::taken(&key),
            TenantError::Invalid(broken) => Self::bad_request(broken.to_string()),
            TenantError::Conflict => Self::Conflict("the object was changed meanwhile".into()),
            TenantError::Store(error) => error.into(),
        }
    }
}

impl From<V1Error> for Error {
    fn from(error: V1Error) -> Self {
        Self::BadRequest(error.0.into())
    }
}
