//! The BYE of this side.

use rsipstack::sip::{Method, Request, Response, SipMessage};
use rsipstack::transaction::transaction::Transaction;

use super::dialog::Dialog;
use super::exchange::exchange;
use crate::digest::Authenticator;
use crate::engine::{Engine, Target};
use crate::invite::Credentials;
use crate::message;

/// A BYE with the owner's headers, and the answer to whoever wants to know who says it.
pub(super) struct Farewell {
    headers: Vec<(String, String)>,
    authenticator: Authenticator,
}

impl Farewell {
    /// A BYE that has not been said.
    pub(super) fn new(headers: Vec<(String, String)>, credentials: Option<Credentials>) -> Self {
        Self { headers, authenticator: Authenticator::new(credentials) }
    }

    /// Hands the BYE to the socket; `None` where there is no way to the far end.
    pub(super) async fn send(&self, engine: &Engine, dialog: &mut Dialog) -> Option<Transaction> {
        let (bye, target) = self.request(engine, dialog).await;
        let mut transaction = match engine.client(bye, target).await {
            Ok(transaction) => transaction,
            Err(error) => {
                tracing::debug!(%error, "the BYE could not be sent");
                return None;
            }
        };
        transaction.send().await.ok().map(|()| transaction)
    }

    /// Waits for the far end's answer, and answers its challenge.
    pub(super) async fn finish(mut self, engine: &Engine, dialog: &mut Dialog, sent: Option<Transaction>) {
        let Some(mut transaction) = sent else { return };
        let Some(response) = final_response(&mut transaction).await else { return };
        let (status, _) = message::status(&response);
        if self.authenticator.learn(status, &response.headers) {
            let (bye, target) = self.request(engine, dialog).await;
            if let Err(error) = exchange(engine, bye, target).await {
                tracing::debug!(%error, "the BYE was not answered");
            }
        }
    }

    async fn request(&self, engine: &Engine, dialog: &mut Dialog) -> (Request, Target) {
        let (mut bye, target) = dialog.request(engine, Method::Bye).await;
        for (name, value) in &self.headers {
            bye.headers.push(message::make(name, value.as_str()));
        }
        self.authenticator.sign(&mut bye);
        (bye, target)
    }
}

async fn final_response(transaction: &mut Transaction) -> Option<Response> {
    while let Some(message) = transaction.receive().await {
        match message {
            SipMessage::Response(response) if response.status_code.code() >= 200 => return Some(response),
            _ => {}
        }
    }
    None
}
