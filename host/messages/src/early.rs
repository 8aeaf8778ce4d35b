//! What a provider tells of a message before it has answered that it took it: kept until the message is known by the provider's id.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use strowger_model::{Message, MessageStatus, Sid};
use strowger_sandbox::message::Delivery;
use strowger_store::{Expect, Key, StoreError, StoreExt, Write};

use crate::send::standing;
use crate::service::Messages;

/// Times that an entry is written anew on what somebody else wrote meanwhile.
const ATTEMPTS: usize = 8;

/// Longer than a provider may take to answer.
const KEPT: Duration = Duration::from_secs(120);

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct News {
    status: MessageStatus,
    code: Option<String>,
    reason: Option<String>,
}

/// To which message a provider's id leads, or what is known of one that nobody knows yet.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    #[serde(default)]
    to: Option<Sid>,
    #[serde(default)]
    early: Option<News>,
}

impl From<Delivery> for News {
    fn from(delivery: Delivery) -> Self {
        Self { status: standing(delivery.status), code: delivery.code, reason: delivery.reason }
    }
}

impl News {
    pub(crate) fn write_to(&self, message: &mut Message) {
        message.status = self.status;
        message.code.clone_from(&self.code);
        message.reason.clone_from(&self.reason);
    }
}

impl Messages {
    /// The message that a provider's id leads to. Where nobody knows it yet, the news are kept for it.
    pub(crate) async fn known(&self, entry: &Key, news: &News) -> Result<Option<Sid>, StoreError> {
        for _ in 0..ATTEMPTS {
            let found = self.0.store.get(entry).await?;
            let expect = match &found {
                None => Expect::Absent,
                Some(document) => match document.decode::<Entry>()?.to {
                    Some(sid) => return Ok(Some(sid)),
                    None => Expect::Revision(document.revision.clone()),
                },
            };
            let kept = Write::put(entry.clone(), json!({"early": news}), expect).expires_in(KEPT);
            match self.0.store.commit(vec![kept]).await {
                Ok(_) => return Ok(None),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Fault("the message is being changed by others".into()))
    }

    /// Has the provider's id lead to the message. Answers what was told of it already.
    pub(crate) async fn make_known(&self, entry: &Key, message: Sid) -> Result<Option<News>, StoreError> {
        for _ in 0..ATTEMPTS {
            let found = self.0.store.get(entry).await?;
            let (early, expect) = match found {
                None => (None, Expect::Absent),
                Some(document) => (document.decode::<Entry>()?.early, Expect::Revision(document.revision)),
            };
            match self.commit(vec![Write::put(entry.clone(), json!({"to": message}), expect)]).await {
                Ok(()) => return Ok(early),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Fault("the message is being changed by others".into()))
    }
}
