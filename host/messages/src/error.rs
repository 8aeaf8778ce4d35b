//! Why a message is not sent, or not received.

use strowger_model::{Sid, Violations};
use strowger_plugins::FindError;
use strowger_store::StoreError;

/// Why a message is not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The account may send nothing.
    #[error("the account is not active")]
    Inactive,
    /// There is nobody to send it.
    #[error("the account has no active message provider")]
    NoProvider,
    /// It could be one or the other.
    #[error("missing provider property: the account has more than one message provider")]
    Ambiguous,
    /// There is none of that name.
    #[error("message provider not found {0}")]
    UnknownProvider(String),
    /// The account has no such application.
    #[error("application_sid not found {0}")]
    NoApplication(Sid),
    /// The provider did not take it.
    #[error("{reason}")]
    Refused {
        /// The message, whose record says more.
        sid: Sid,
        /// The provider's words.
        reason: String,
        /// Seconds after which another attempt may succeed.
        retry_after: Option<u32>,
    },
    /// The plugin failed.
    #[error("the message provider's plugin {reason}")]
    Plugin {
        /// The message, whose record says more.
        sid: Sid,
        /// What it did.
        reason: String,
    },
    /// The store failed; the message was not sent.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a provider's request is not read.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// There is no such provider, or the request is not its.
    #[error("no such provider")]
    NotFound,
    /// Too much waits to be told.
    #[error("too many messages wait for their hooks")]
    Busy,
    /// The plugin failed.
    #[error("the message provider's plugin {0}")]
    Plugin(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a message provider cannot be saved.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// Its plugin cannot be used.
    #[error("{0}")]
    Plugin(FindError),
    /// Its plugin is something else.
    #[error("{0} is no message provider")]
    OtherKind(String),
    /// Its parameters are not what the plugin wants.
    #[error(transparent)]
    Parameters(#[from] Violations),
    /// The account has no such application.
    #[error("application_sid not found {0}")]
    NoApplication(Sid),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FindError> for ProviderError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Store(error) => Self::Store(error),
            error => Self::Plugin(error),
        }
    }
}
