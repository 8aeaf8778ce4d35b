//! Messages between the processes that share a store.

use bytes::Bytes;
use tokio::sync::mpsc;

/// Largest message.
pub const MAX_MESSAGE: usize = 256 << 10;

/// Messages that may wait to be read; further ones are dropped, as if they had been lost on the way.
pub(crate) const CAPACITY: usize = 1_024;

/// A place to receive messages. Delivery is at most once, in order from each sender: whoever needs an answer asks for one.
#[derive(Debug)]
pub struct Mailbox(mpsc::Receiver<Bytes>);

impl Mailbox {
    pub(crate) fn new(receiver: mpsc::Receiver<Bytes>) -> Self {
        Self(receiver)
    }

    /// The next message; none when the store is gone.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.0.recv().await
    }
}
