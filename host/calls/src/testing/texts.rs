//! A message provider that takes what is for telephone numbers.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use strowger_model::{AccountId, Message, MessageRequest};

use crate::ports::{NotSent, Texts};

/// Keeps what it was given.
#[derive(Default)]
pub(crate) struct FakeTexts(Mutex<Vec<MessageRequest>>);

impl FakeTexts {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn taken(&self) -> Vec<MessageRequest> {
        self.0.lock().clone()
    }
}

#[async_trait]
impl Texts for FakeTexts {
    async fn send(&self, account: AccountId, request: MessageRequest) -> Result<Message, NotSent> {
        if request.provider.as_deref() == Some("nobody") {
            return Err(NotSent::NoProvider("message provider not found nobody".into()));
        }
        if !request.to.starts_with('+') {
            return Err(NotSent::Refused("not a number".into()));
        }
        self.0.lock().push(request.clone());
        let mut message = Message::outbound(account, "peerless".into(), request);
        message.provider_id = Some("p-1".into());
        Ok(message)
    }
}
