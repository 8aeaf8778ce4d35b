//! What a provider brings: messages, and what became of those that were sent.

use serde_json::{Value, json};
use strowger_model::phone_number::E164;
use strowger_model::{AccountId, Message, MessageProvider, Sid};
use strowger_sandbox::FaultKind;
use strowger_sandbox::message::{Delivery, Inbound, Incident, Received, Reply, Request};
use strowger_store::{Expect, StoreError, StoreExt, Write, numbers};

use crate::early::News;
use crate::error::ReceiveError;
use crate::records::{entry, key, put};
use crate::service::Messages;

/// Times that a delivery is noted anew on what somebody else wrote meanwhile.
const ATTEMPTS: usize = 8;

impl Messages {
    /// Reads a request of the account's provider of that name, keeps what it brings, and has the applications told. A request that is not
    /// the provider's is answered as one to a provider that does not exist.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn receive(&self, account: AccountId, name: &str, request: &Request) -> Result<Reply, ReceiveError> {
        let provider = self.providers(account, Some(name)).await?.pop().ok_or(ReceiveError::NotFound)?;
        if !self.account(account).await?.is_some_and(|account| account.is_active) {
            return Err(ReceiveError::NotFound);
        }
        let Received { incidents, reply } = self.read(&provider, request).await?;
        let place = self.0.places.clone().try_acquire_owned().map_err(|_| ReceiveError::Busy)?;
        let mut told = Vec::new();
        for incident in incidents {
            told.extend(match incident {
                Incident::Message(inbound) => self.take(&provider, inbound).await?,
                Incident::Delivery(delivery) => self.note(&provider, delivery).await?,
            });
        }
        if !told.is_empty() {
            let messages = self.clone();
            tokio::spawn(async move {
                for message in told {
                    messages.tell(&message, &provider).await;
                }
                drop(place);
            });
        }
        Ok(reply)
    }

    async fn read(&self, provider: &MessageProvider, request: &Request) -> Result<Received, ReceiveError> {
        let module = self.module(provider).await.map_err(|error| ReceiveError::Plugin(error.to_string()))?;
        let parameters = Value::Object(provider.parameters.clone()).to_string();
        let received = module.receive(provider.account_sid.into(), request, &parameters).await;
        received.map(|(received, _)| received).map_err(|fault| match fault.kind {
            FaultKind::Refused(reason) => {
                tracing::info!(account = %provider.account_sid, provider = provider.name, reason, "a request was refused");
                ReceiveError::NotFound
            }
            FaultKind::Overloaded(_) => ReceiveError::Busy,
            kind => ReceiveError::Plugin(kind.to_string()),
        })
    }

    /// Keeps a message that came in; none where it came before.
    async fn take(&self, provider: &MessageProvider, inbound: Inbound) -> Result<Option<Message>, StoreError> {
        let account = provider.account_sid;
        let Inbound { provider_id, from, to, text, media, .. } = inbound;
        let application = self.application_of(account, &to).await?.or(provider.application_sid);
        let received = Message::received(account, provider.name.clone(), from, to);
        let message = Message { application_sid: application, text, media, provider_id, ..received };
        let mut writes = vec![put(&message, Expect::Absent)?];
        let known = message.provider_id.as_deref().and_then(|id| entry(account, provider.message_provider_sid, id));
        let to = json!({"to": message.message_sid});
        writes.extend(known.map(|entry| Write::put(entry, to, Expect::Absent)));
        match self.commit(writes).await {
            Ok(()) => Ok(Some(message)),
            Err(StoreError::Conflict(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The application of a number that is the account's own.
    async fn application_of(&self, account: AccountId, number: &str) -> Result<Option<Sid>, StoreError> {
        let Ok(number) = number.parse::<E164>() else { return Ok(None) };
        let found = self.0.store.get(&numbers::document(account, &number)).await?;
        let named = found.as_ref().and_then(|document| document.body.get("application_sid")?.as_str());
        Ok(named.and_then(|sid| sid.parse().ok()))
    }

    /// Notes what became of a message; none where it is not known yet, or was over already.
    async fn note(&self, provider: &MessageProvider, delivery: Delivery) -> Result<Option<Message>, StoreError> {
        let account = provider.account_sid;
        let Some(known) = entry(account, provider.message_provider_sid, &delivery.provider_id) else { return Ok(None) };
        let news = News::from(delivery);
        match self.known(&known, &news).await? {
            Some(sid) => self.learn(account, sid, &news).await,
            None => Ok(None),
        }
    }

    /// Writes the news down; none where the message was over already.
    pub(crate) async fn learn(
        &self,
        account: AccountId,
        message: Sid,
        news: &News,
    ) -> Result<Option<Message>, StoreError> {
        for _ in 0..ATTEMPTS {
            let Some(document) = self.0.store.get(&key(account, message)).await? else { return Ok(None) };
            let mut message: Message = document.decode()?;
            if message.status.is_final() {
                return Ok(None);
            }
            news.write_to(&mut message);
            let write = put(&message, Expect::Revision(document.revision))?;
            match self.0.store.commit(vec![Write { expires: document.expires, ..write }]).await {
                Ok(_) => return Ok(Some(message)),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Fault("the message is being changed by others".into()))
    }
}
