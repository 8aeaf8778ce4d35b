//! Calls that live on other nodes.

use std::sync::Weak;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strowger_model::{AccountId, Sid};
use strowger_nodes::{AskError, Membership, NodeId, Service, Watch};
use strowger_store::StoreError;

use crate::command::Update;
use crate::error::UpdateError;
use crate::manager::{CallManager, Updated};

/// The name that nodes ask one another by.
pub(crate) const SERVICE: &str = "calls";

/// What an answer may take beyond the time that the other node waits for the call itself.
const ON_THE_WAY: Duration = Duration::from_secs(2);

/// What is asked of the node that has a call.
#[derive(Serialize, Deserialize)]
struct Request {
    account: AccountId,
    call: Sid,
    asked: Asked,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    /// In the form of the API.
    Update(Value),
    Delete,
}

/// What became of it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "outcome", content = "reason", rename_all = "snake_case")]
enum Answer {
    Done,
    Answered((u16, String)),
    UnderWay,
    NotHere,
    Invalid(String),
    Incompatible,
    NotSent(String),
    HookFailed(String),
    Superseded,
    Busy,
}

/// The other nodes, from the point of view of one that looks for a call.
pub(crate) struct Remote<'a> {
    pub(crate) nodes: &'a Membership,
    pub(crate) node: NodeId,
    pub(crate) account: AccountId,
    pub(crate) call: Sid,
    /// How long the other node waits for the call.
    pub(crate) wait: Duration,
}

impl Remote<'_> {
    /// As [`CallManager::update`] there.
    pub(crate) async fn update(&self, update: &Update) -> Result<Updated, UpdateError> {
        match (self.ask(Asked::Update(update.to_json())).await, update) {
            (Err(UpdateError::Incompatible(call)), Update::Stateless { action, needs, .. }) => {
                Err(UpdateError::NoState { action, needs, call })
            }
            (outcome, _) => outcome,
        }
    }

    /// As [`CallManager::delete`] there. [`UpdateError::Gone`] where the call is over.
    pub(crate) async fn delete(&self) -> Result<Updated, UpdateError> {
        self.ask(Asked::Delete).await
    }

    async fn ask(&self, asked: Asked) -> Result<Updated, UpdateError> {
        let request = json!(Request { account: self.account, call: self.call, asked });
        let answer = self.nodes.ask(self.node, SERVICE, request, self.wait + ON_THE_WAY).await;
        let answer = answer.map_err(|error| match error {
            AskError::Gone => UpdateError::Gone(self.call),
            AskError::NoAnswer => UpdateError::Unanswered,
            AskError::Busy => UpdateError::Busy,
            AskError::TooLarge => UpdateError::Invalid("the update is too large".into()),
            AskError::Store(error) => error.into(),
        })?;
        match serde_json::from_value(answer).map_err(|_| UpdateError::Unanswered)? {
            Answer::Done => Ok(Updated::Done),
            Answer::Answered((status, reason)) => Ok(Updated::Answered(strowger_sip::Answer { status, reason })),
            Answer::UnderWay => Ok(Updated::UnderWay),
            Answer::NotHere => Err(UpdateError::Gone(self.call)),
            Answer::Invalid(reason) => Err(UpdateError::Invalid(reason)),
            Answer::Incompatible => Err(UpdateError::Incompatible(self.call)),
            Answer::NotSent(reason) => Err(UpdateError::NotSent(reason)),
            Answer::HookFailed(reason) => Err(UpdateError::HookFailed(reason)),
            Answer::Superseded => Err(UpdateError::Superseded),
            Answer::Busy => Err(UpdateError::Busy),
        }
    }
}

impl From<Result<Updated, UpdateError>> for Answer {
    fn from(outcome: Result<Updated, UpdateError>) -> Self {
        match outcome {
            Ok(Updated::Done) => Self::Done,
            Ok(Updated::Answered(answer)) => Self::Answered((answer.status, answer.reason)),
            Ok(Updated::UnderWay) => Self::UnderWay,
            Err(UpdateError::NotFound | UpdateError::Gone(_)) => Self::NotHere,
            Err(UpdateError::Incompatible(_) | UpdateError::NoState { .. }) => Self::Incompatible,
            Err(UpdateError::NotSent(reason)) => Self::NotSent(reason),
            Err(UpdateError::HookFailed(reason)) => Self::HookFailed(reason),
            Err(UpdateError::Superseded) => Self::Superseded,
            Err(UpdateError::Busy | UpdateError::Unanswered | UpdateError::Store(_)) => Self::Busy,
            Err(UpdateError::Invalid(reason)) => Self::Invalid(reason),
        }
    }
}

/// The call manager as the other nodes see it.
pub(crate) struct Here(pub(crate) Weak<CallManager>);

#[async_trait]
impl Service for Here {
    async fn answer(&self, request: Value) -> Value {
        let (Some(calls), Ok(request)) = (self.0.upgrade(), Request::deserialize(request)) else {
            return json!(Answer::Busy);
        };
        let Request { account, call, asked } = request;
        let outcome = match asked {
            Asked::Update(update) => match Update::parse(&update) {
                Ok(update) => calls.update_here(account, call, update).await,
                Err(error) => Err(error),
            },
            Asked::Delete => calls.delete_here(account, call).await,
        };
        json!(Answer::from(outcome))
    }
}

#[async_trait]
impl Watch for Here {
    async fn node_died(&self, _: NodeId) -> Result<(), StoreError> {
        match self.0.upgrade() {
            Some(calls) => calls.end_lost().await,
            None => Ok(()),
        }
    }

    /// Others may have marked the calls of this node as ended, and they were not: their records say so again.
    async fn rejoined(&self) {
        if let Some(calls) = self.0.upgrade() {
            let live = calls.rewrite();
            tracing::warn!(
                live,
                "the records of this node's calls are written anew: the others may have taken them for ended"
            );
        }
    }
}
