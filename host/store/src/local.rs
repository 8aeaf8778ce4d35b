//! Who in this process is told of changes and messages.

use std::collections::HashMap;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{broadcast, mpsc};

use crate::mailbox::CAPACITY;
use crate::{Changes, FEED_CAPACITY, Mailbox, Notice};

/// The receivers of the feed, and the open mailboxes.
#[derive(Debug)]
pub struct Local {
    feed: broadcast::Sender<Notice>,
    mailboxes: Mutex<HashMap<String, Vec<mpsc::Sender<Bytes>>>>,
}

impl Local {
    pub(crate) fn new() -> Self {
        Self { feed: broadcast::channel(FEED_CAPACITY).0, mailboxes: Mutex::default() }
    }

    pub(crate) fn changes(&self) -> Changes {
        Changes::new(self.feed.subscribe())
    }

    pub(crate) fn tell(&self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            // Nobody may be listening.
            let _ = self.feed.send(notice);
        }
    }

    pub(crate) fn open(&self, name: &str) -> Mailbox {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        let mut mailboxes = self.mailboxes.lock();
        mailboxes.retain(|_, open| {
            open.retain(|sender| !sender.is_closed());
            !open.is_empty()
        });
        mailboxes.entry(name.to_owned()).or_default().push(sender);
        Mailbox::new(receiver)
    }

    /// Whether somebody has that mailbox open.
    pub(crate) fn is_open(&self, name: &str) -> bool {
        self.mailboxes.lock().get(name).is_some_and(|open| open.iter().any(|sender| !sender.is_closed()))
    }

    pub(crate) fn deliver(&self, name: &str, message: &Bytes) {
        for sender in self.mailboxes.lock().get(name).into_iter().flatten() {
            // A full mailbox loses it, as the contract says.
            let _ = sender.try_send(message.clone());
        }
    }

    pub(crate) fn close(&self) {
        self.mailboxes.lock().clear();
    }
}
