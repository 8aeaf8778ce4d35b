//! How a request about a plugin fails.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use strowger_model::Violation;
use strowger_plugins::PluginsError;
use strowger_sandbox::{InstallError, VerdictFault};

use crate::transport::body::BodyError;
use crate::v2::error::Error;

/// What is wrong with a component, or with where a plugin stands.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PluginRefusal {
    /// The bytes.
    #[error(transparent)]
    Component(InstallError),
    /// Where it stands.
    #[error("{0}")]
    State(String),
    /// Too much of it at once.
    #[error("{0}")]
    Busy(String),
    /// Too much of it today.
    #[error("{0}")]
    Later(String, Duration),
}

impl PluginRefusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Component(_) => StatusCode::BAD_REQUEST,
            Self::State(_) => StatusCode::CONFLICT,
            Self::Busy(_) | Self::Later(..) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Component(_) => "validation error",
            Self::State(_) => "conflict",
            Self::Busy(_) | Self::Later(..) => "too_many_requests",
        }
    }

    /// Seconds after which it may be tried again, where that is known.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Later(_, wait) => Some(wait.as_secs().saturating_add(1)),
            _ => None,
        }
    }

    pub(crate) fn data(&self) -> Value {
        match self {
            Self::Component(error) => {
                let VerdictFault { rule, message, mend } = error.into();
                json!({"component": {rule: {"message": message, "mend": mend}}})
            }
            Self::State(message) | Self::Busy(message) | Self::Later(message, _) => json!({"message": message}),
        }
    }
}

impl From<PluginsError> for Error {
    fn from(error: PluginsError) -> Self {
        match error {
            PluginsError::Name(invalid) => Violation::new(invalid.what, "wrong_format", invalid.to_string()).into(),
            PluginsError::Reserved(name) => {
                Violation::new("name", "reserved", PluginsError::Reserved(name.clone()).to_string()).value(name).into()
            }
            PluginsError::UnknownPlugin(name) => Self::BadIdentifier(name),
            PluginsError::UnknownVersion(_, version) => Self::BadIdentifier(version),
            PluginsError::Empty => PluginRefusal::Component(InstallError::Invalid("the body is empty".into())).into(),
            PluginsError::Component(InstallError::TooLarge(_)) => {
                BodyError::TooLarge(strowger_sandbox::MAX_COMPONENT).into()
            }
            PluginsError::Component(error) => PluginRefusal::Component(error).into(),
            PluginsError::Busy(_) => PluginRefusal::Busy(error.to_string()).into(),
            PluginsError::Uploads { wait, .. } => PluginRefusal::Later(error.to_string(), wait).into(),
            PluginsError::Limits(violations) => violations.into(),
            PluginsError::Store(error) => error.into(),
            PluginsError::Contended => Self::Conflict,
            PluginsError::Blob(_) => {
                tracing::warn!(%error, "a component cannot be reached");
                Self::Unavailable("the component cannot be reached now".into())
            }
            error => PluginRefusal::State(error.to_string()).into(),
        }
    }
}
