//! Why a request about calls is refused, and which HTTP status says so.

use strowger_model::Sid;
use strowger_store::StoreError;

use crate::limits::LimitReached;

/// Why a call is not placed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CreateError {
    /// The request breaks a rule.
    #[error("{0}")]
    Invalid(String),
    /// The request asks for what is documented but not built.
    #[error("{0} is not built")]
    NotBuilt(String),
    /// No application of that id belongs to the account.
    #[error("application_sid not found {0}")]
    NoApplication(Sid),
    /// The account may not call.
    #[error("account is inactive or suspended")]
    Inactive,
    /// No carrier takes the number.
    #[error("no carrier takes {number}")]
    NoCarrier {
        /// The record of the call.
        sid: Sid,
        /// The number.
        number: String,
    },
    /// The number could not be routed.
    #[error("{reason}")]
    NotRouted {
        /// The record of the call.
        sid: Sid,
        /// Why.
        reason: String,
    },
    /// Every carrier that takes the number demands what the host cannot do.
    #[error("no carrier of {number} can be dialled: {reason}")]
    NoneDiallable {
        /// The record of the call.
        sid: Sid,
        /// The number.
        number: String,
        /// Why the last one cannot.
        reason: String,
    },
    /// No INVITE could be sent.
    #[error("no INVITE could be sent: {reason}")]
    NotSent {
        /// The record of the call.
        sid: Sid,
        /// What the last attempt failed with.
        reason: String,
    },
    /// The account, or its service provider, has as many calls as it may.
    #[error(transparent)]
    Limit(#[from] LimitReached),
    /// As many calls as configured are live.
    #[error("all calls that this installation may have are in use")]
    AtCapacity,
    /// The host is shutting down.
    #[error("the host is shutting down")]
    ShuttingDown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CreateError {
    /// The HTTP status that tells it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) | Self::NoApplication(_) => 400,
            Self::Inactive => 403,
            Self::Limit(_) => 429,
            Self::NotBuilt(_) | Self::NoCarrier { .. } | Self::NoneDiallable { .. } | Self::NotRouted { .. } => 422,
            Self::NotSent { .. } | Self::AtCapacity | Self::ShuttingDown | Self::Store(_) => 503,
        }
    }
}

/// Why a call is not changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum UpdateError {
    /// The request breaks a rule.
    #[error("{0}")]
    Invalid(String),
    /// The account has no such call.
    #[error("call not found")]
    NotFound,
    /// The call is over.
    #[error("call session is gone for call_sid {0}")]
    Gone(Sid),
    /// The call's state does not allow it.
    #[error("current call state is incompatible with requested action for call_sid {0}")]
    Incompatible(Sid),
    /// The action is about a verb that the call is not in.
    #[error("{action} needs {needs}, and call_sid {call} has none")]
    NoState {
        /// The property of the documents.
        action: &'static str,
        /// What it acts on.
        needs: &'static str,
        /// The call.
        call: Sid,
    },
    /// What was to be sent was not.
    #[error("{0}")]
    NotSent(String),
    /// The new application cannot be had.
    #[error("call_hook failed: {0}")]
    HookFailed(String),
    /// A later update took this one's place.
    #[error("a later update took the place of this one")]
    Superseded,
    /// More updates of one call than are kept waiting.
    #[error("too many updates of this call at once")]
    Busy,
    /// The node that has the call does not answer; whether the call was changed is not known.
    #[error("the node that has the call does not answer")]
    Unanswered,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UpdateError {
    /// The HTTP status that tells it.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) => 400,
            Self::NotFound => 404,
            Self::Gone(_)
            | Self::Incompatible(_)
            | Self::NoState { .. }
            | Self::NotSent(_)
            | Self::HookFailed(_)
            | Self::Superseded => 422,
            Self::Busy | Self::Unanswered | Self::Store(_) => 503,
        }
    }
}
