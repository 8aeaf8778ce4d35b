//! The verb `message` of calls.

use async_trait::async_trait;
use strowger_calls::{NotSent, Texts};
use strowger_model::{AccountId, Message, MessageRequest};

use crate::error::SendError;
use crate::service::Messages;

#[async_trait]
impl Texts for Messages {
    async fn send(&self, account: AccountId, request: MessageRequest) -> Result<Message, NotSent> {
        Self::send(self, account, request).await.map_err(|error| {
            let reason = error.to_string();
            match error {
                SendError::NoProvider | SendError::Ambiguous | SendError::UnknownProvider(_) => {
                    NotSent::NoProvider(reason)
                }
                SendError::Inactive | SendError::NoApplication(_) | SendError::Refused { .. } => {
                    NotSent::Refused(reason)
                }
                SendError::Plugin { .. } | SendError::Store(_) => NotSent::Fault(reason),
            }
        })
    }
}
