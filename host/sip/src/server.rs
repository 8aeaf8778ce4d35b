//! Answering requests.

use rsipstack::sip::{Header, SipMessage};
use rsipstack::transaction::transaction::Transaction;

use crate::engine::TRANSACTION_LIMIT;
use crate::message;

/// Answers a request other than INVITE with an empty body.
pub(crate) async fn reply(mut transaction: Transaction, status: u16, headers: &[(&str, &str)]) {
    let headers: Vec<Header> = headers.iter().map(|(name, value)| message::make(name, *value)).collect();
    if let Err(error) = transaction.reply_with(status.into(), headers, None).await {
        tracing::debug!(%error, status, "a request could not be answered");
    }
}

/// Answers an INVITE with a final status and repeats the answer until its ACK, or Timer H. Returns the ACK's session
/// description.
pub(crate) async fn reply_to_invite(
    mut transaction: Transaction,
    status: u16,
    headers: Vec<Header>,
    body: Option<Vec<u8>>,
) -> Option<String> {
    if let Err(error) = transaction.reply_with(status.into(), headers, body).await {
        tracing::debug!(%error, status, "an INVITE could not be answered");
        return None;
    }
    tokio::time::timeout(TRANSACTION_LIMIT, acknowledgement(&mut transaction)).await.ok().flatten()
}

async fn acknowledgement(transaction: &mut Transaction) -> Option<String> {
    while let Some(message) = transaction.receive().await {
        match message {
            SipMessage::Request(ack) if ack.method == rsipstack::sip::Method::Ack => {
                return message::sdp(&ack.headers, &ack.body);
            }
            _ => {}
        }
    }
    None
}
