//! Sending a message.

use strowger_model::{AccountId, Message, MessageProvider, MessageRequest, MessageStatus, time};
use strowger_sandbox::message::{Accepted, Outbound, Outcome, Refusal, Status};
use strowger_store::{Expect, StoreError, StoreExt, Write};

use crate::error::SendError;
use crate::records::{entry, put};
use crate::service::Messages;

impl Messages {
    /// Sends a message through the provider that it names, or the account's only one. What has begun is finished, also where nobody waits
    /// for it any more.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, account: AccountId, request: MessageRequest) -> Result<Message, SendError> {
        let messages = self.clone();
        let sending = tokio::spawn(async move { messages.sent(account, request).await });
        sending.await.unwrap_or_else(|error| Err(StoreError::Fault(error.to_string()).into()))
    }

    async fn sent(&self, account: AccountId, request: MessageRequest) -> Result<Message, SendError> {
        if !self.account(account).await?.is_some_and(|account| account.is_active) {
            return Err(SendError::Inactive);
        }
        let provider = self.provider(account, request.provider.as_deref()).await?;
        if let Some(sid) = request.application_sid {
            self.application(account, sid).await?.ok_or(SendError::NoApplication(sid))?;
        }
        let mut message = Message::outbound(account, provider.name.clone(), request);
        message.application_sid = message.application_sid.or(provider.application_sid);
        // The record goes first: what was sent is never without one.
        self.commit(vec![put(&message, Expect::Absent)?]).await?;
        let outcome = self.submitted(&provider, &mut message).await;
        if let Err(error) = self.conclude(&provider, &mut message).await {
            tracing::warn!(%error, %account, message_sid = %message.message_sid, "what became of a message was not written");
        }
        outcome.map(|()| message)
    }

    /// Writes what became of the message, and what the provider told of it before it had answered.
    async fn conclude(&self, provider: &MessageProvider, message: &mut Message) -> Result<(), StoreError> {
        let account = message.account_sid;
        self.commit(vec![put(message, Expect::Anything)?]).await?;
        let id = message.provider_id.as_deref();
        let Some(entry) = id.and_then(|id| entry(account, provider.message_provider_sid, id)) else { return Ok(()) };
        let Some(news) = self.make_known(&entry, message.message_sid).await? else { return Ok(()) };
        if let Some(changed) = self.learn(account, message.message_sid, &news).await? {
            message.clone_from(&changed);
            self.tell_beside(changed, provider.clone());
        }
        Ok(())
    }

    pub(crate) async fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let writes = writes.into_iter().map(|write| write.expires_in(self.0.config.retention)).collect();
        self.0.store.commit(writes).await.map(drop)
    }

    /// Hands the message to the plugin, and notes what became of it.
    async fn submitted(&self, provider: &MessageProvider, message: &mut Message) -> Result<(), SendError> {
        let sid = message.message_sid;
        match self.handed(provider, message).await {
            Ok(Outcome::Accepted(Accepted { provider_id, status, response })) => {
                message.status = standing(status);
                message.provider_id = provider_id;
                message.response = serde_json::from_str(&response).ok();
                Ok(())
            }
            Ok(Outcome::Refused(Refusal { reason, code, retry_after, response, .. })) => {
                message.status = MessageStatus::Failed;
                message.code = code;
                message.reason = Some(reason.clone());
                message.response = response.and_then(|response| serde_json::from_str(&response).ok());
                Err(SendError::Refused { sid, reason, retry_after })
            }
            Err(reason) => {
                message.status = MessageStatus::Failed;
                message.reason = Some(reason.clone());
                Err(SendError::Plugin { sid, reason })
            }
        }
    }

    async fn handed(&self, provider: &MessageProvider, message: &Message) -> Result<Outcome, String> {
        let module = self.module(provider).await.map_err(|error| format!("cannot be used: {error}"))?;
        let parameters = serde_json::Value::Object(provider.parameters.clone()).to_string();
        let outbound = self.outbound(provider, message);
        let sent = module.send(provider.account_sid.into(), &outbound, &parameters).await;
        sent.map(|(outcome, _)| outcome).map_err(|fault| fault.kind.to_string())
    }

    fn outbound(&self, provider: &MessageProvider, message: &Message) -> Outbound {
        let base = self.0.config.base_url.as_ref();
        let account = message.account_sid.hyphenated();
        Outbound {
            message_sid: message.message_sid.to_string(),
            application_sid: message.application_sid.map(|sid| sid.to_string()),
            from: message.from.clone(),
            to: message.to.clone(),
            text: message.text.clone(),
            media: message.media.clone(),
            status_url: base.map(|base| format!("{base}/v1/accounts/{account}/messaging/{}", provider.name)),
            account_sid: account,
            time: u64::try_from(time::unix_now()).unwrap_or_default(),
        }
    }
}

pub(crate) fn standing(status: Status) -> MessageStatus {
    match status {
        Status::Queued => MessageStatus::Queued,
        Status::Sent => MessageStatus::Sent,
        Status::Delivered => MessageStatus::Delivered,
        Status::Undelivered => MessageStatus::Undelivered,
        Status::Failed => MessageStatus::Failed,
    }
}
