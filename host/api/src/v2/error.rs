//! How a `/v2` request fails, and the documented words for it.

use http::StatusCode;
use serde_json::{Map, Value, json};
use strowger_model::{Violation, Violations};
use strowger_store::{Key, StoreError};

use super::plugins::PluginRefusal;
use super::tasks::TaskRefusal;
use crate::admission::Refusal;
use crate::auth::{AuthError, HashError, LogInError};
use crate::limits::Exceeded;
use crate::tenants::TenantError;
use crate::transport::body::BodyError;

/// A refusal. What the client sees is [`Error::status`], [`Error::message`] and [`Error::data`]; never a cause within the host.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no valid token")]
    Unauthenticated,
    #[error("the token may not do that")]
    Forbidden,
    #[error("no such path")]
    NotFound,
    #[error("no such document: {0}")]
    BadIdentifier(String),
    #[error("'{0}' is no id of a job")]
    MalformedId(String),
    #[error("'{0}' is no account id")]
    InvalidAccountId(String),
    #[error("the path answers {allow} only")]
    MethodNotAllowed { allow: String },
    #[error(transparent)]
    Invalid(#[from] Violations),
    #[error("items of a collection are refused, and nothing is written")]
    Collection(Map<String, Value>),
    #[error("{0}")]
    FaultyRequest(&'static str),
    #[error("more rows than one reply may hold")]
    TooManyRows,
    #[error("the document was changed meanwhile, or exists already")]
    Conflict,
    #[error("the document is not at the revision that If-Match names")]
    PreconditionFailed,
    #[error(transparent)]
    TooMany(#[from] Exceeded),
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Task(#[from] TaskRefusal),
    #[error(transparent)]
    Plugin(#[from] PluginRefusal),
    #[error("{0}")]
    Unavailable(String),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Conflict,
            error => Self::Store(error),
        }
    }
}

impl From<TenantError> for Error {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::Missing => Self::NotFound,
            TenantError::NoSuchProvider => not_there("service_provider_id").into(),
            TenantError::HasAccounts => Self::Conflict,
            TenantError::Taken(key) => taken(&key).into(),
            TenantError::Conflict => Self::Conflict,
            TenantError::Invalid(broken) => broken.into(),
            TenantError::Store(error) => error.into(),
        }
    }
}

fn not_there(field: &str) -> Violation {
    Violation::new(field, "not_found", "There is no such object")
}

/// A name that has to be unique, and is somebody else's.
fn taken(entry: &Key) -> Violation {
    let field = match entry.id.split(':').next() {
        Some("sip_realm" | "root_domain") => "realm",
        Some("username" | "credentials") => "username",
        _ => "name",
    };
    Violation::new(field, "unique", "The value is in use already")
}

impl From<LogInError> for Error {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Refused => Self::Unauthenticated,
            LogInError::TooMany(exceeded) => exceeded.into(),
            LogInError::Busy => Self::Unavailable(LogInError::Busy.to_string()),
            LogInError::Store(error) => error.into(),
        }
    }
}

impl From<HashError> for Error {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Unavailable(error.to_string()),
            HashError::Store(error) => error.into(),
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

impl From<Violation> for Error {
    fn from(violation: Violation) -> Self {
        Self::Invalid(violation.into())
    }
}

impl Error {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound
            | Self::BadIdentifier(_)
            | Self::MalformedId(_)
            | Self::InvalidAccountId(_)
            | Self::FaultyRequest(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Invalid(_) | Self::Collection(_) | Self::Body(BodyError::CutOff) => StatusCode::BAD_REQUEST,
            Self::TooManyRows => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::Body(BodyError::TooLarge(_)) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyError::TimedOut) => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Task(refusal) => refusal.status(),
            Self::Plugin(refusal) => refusal.status(),
            Self::Unavailable(_) | Self::Store(_) | Self::Body(BodyError::Interrupted) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "invalid_credentials",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::BadIdentifier(_) => "bad_identifier",
            Self::InvalidAccountId(_) | Self::MalformedId(_) => "bad identifier",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::Invalid(_) | Self::Collection(_) => "validation error",
            Self::FaultyRequest(_) => "faulty_request",
            Self::TooManyRows => "range not satisfiable",
            Self::Conflict => "datastore_conflict",
            Self::PreconditionFailed => "precondition_failed",
            Self::Body(BodyError::TooLarge(_)) => "request_entity_too_large",
            Self::Body(BodyError::TimedOut) => "request_timeout",
            Self::Body(BodyError::CutOff) => "bad_request",
            Self::TooMany(_) => "too_many_requests",
            Self::Task(refusal) => refusal.message(),
            Self::Plugin(refusal) => refusal.message(),
            Self::Unavailable(_) | Self::Body(BodyError::Interrupted) => "unavailable",
            Self::Store(StoreError::Unreachable(_) | StoreError::Overloaded) => "datastore_unreachable",
            Self::Store(_) => "datastore_fault",
        }
    }

    /// The detail object.
    pub(crate) fn data(&self) -> Value {
        match self {
            Self::Invalid(violations) => violations.to_data(),
            Self::Task(refusal) => refusal.data(),
            Self::Plugin(refusal) => refusal.data(),
            Self::Collection(errors) => json!({"errors": errors, "successes": {}}),
            Self::BadIdentifier(id) => json!({"message": "bad identifier", "cause": id}),
            Self::InvalidAccountId(id) => json!({"message": format!("invalid account_id '{id}'")}),
            Self::MalformedId(id) => json!([id]),
            Self::Unauthenticated => json!({"message": "invalid credentials"}),
            Self::Forbidden => json!({"message": "forbidden"}),
            Self::NotFound => json!({"message": "not found"}),
            Self::Conflict => json!({"message": "conflicting documents"}),
            // What went wrong inside the store is for the log: it may name files and hosts.
            Self::Store(_) => json!({"message": "the datastore cannot answer now"}),
            other => json!({"message": other.to_string()}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_fault_keeps_its_details_to_itself() {
        let error = Error::from(StoreError::Fault("/var/lib/strowger/state.redb is damaged".into()));
        assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!error.data().to_string().contains("redb"));
    }

    #[test]
    fn an_unknown_id_is_named_as_documented() {
        let error = Error::BadIdentifier("abc".into());
        assert_eq!(error.data(), json!({"message": "bad identifier", "cause": "abc"}));
        assert_eq!(error.message(), "bad_identifier");
    }
}
