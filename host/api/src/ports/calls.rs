//! Placing calls and controlling them.

use async_trait::async_trait;
use serde_json::Value;
use strowger_model::{AccountId, CallRecord, Sid};
use strowger_store::StoreError;

/// The call manager, as the API sees it.
#[async_trait]
pub trait Calls: Send + Sync + 'static {
    /// Places a call as the request body says; answers when its first INVITE is on the wire.
    ///
    /// # Errors
    /// The first rule that the body breaks, or why there is no call.
    async fn create(&self, account: AccountId, body: &Value) -> Result<Placed, CallError>;

    /// The account's calls: those that live and those that have not been over for long.
    ///
    /// # Errors
    /// Those of the store.
    async fn list(&self, account: AccountId) -> Result<Vec<CallRecord>, CallError>;

    /// One call of the account.
    ///
    /// # Errors
    /// Where there is none.
    async fn get(&self, account: AccountId, call: Sid) -> Result<CallRecord, CallError>;

    /// Changes a live call as the request body says.
    ///
    /// # Errors
    /// The first rule that the body breaks, or why the call cannot do that.
    async fn update(&self, account: AccountId, call: Sid, body: &Value) -> Result<Outcome, CallError>;

    /// Hangs a live call up, and removes its record.
    ///
    /// # Errors
    /// Where there is no such call.
    async fn delete(&self, account: AccountId, call: Sid) -> Result<(), CallError>;
}

/// A call that has been placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its id.
    pub sid: Sid,
    /// SIP Call-ID of its leg.
    pub call_id: String,
}

/// How far a change of a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has taken effect.
    Done,
    /// It is still under way.
    UnderWay,
}

/// Why call control does not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// The body breaks a rule.
    #[error("{0}")]
    Invalid(String),
    /// The account has no such call.
    #[error("no such call")]
    NotFound,
    /// The call's state does not allow it, or the far end did not.
    #[error("{0}")]
    Refused(String),
    /// As many calls as the host takes.
    #[error("no more calls are taken now")]
    Overloaded,
    /// The store cannot answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault within the host.
    #[error("{0}")]
    Fault(String),
}
