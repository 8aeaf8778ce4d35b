//! What has changed: told live, and kept for a while.

use strowger_model::Owner;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::{Key, Kind, Revision};

/// A committed change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Position in its owner's feed, ascending by one.
    pub sequence: u64,
    /// What changed.
    pub key: Key,
    /// The new revision; `None` where it was removed.
    pub revision: Option<Revision>,
}

/// News of changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// One document changed.
    Changed(Change),
    /// One batch changed more documents than are told one by one: what is known of this owner's documents of these kinds may be old.
    Many {
        /// Position in the owner's feed: all of them have one.
        sequence: u64,
        /// Whose documents.
        owner: Owner,
        /// Their kinds, ascending, each once.
        kinds: Vec<Kind>,
    },
    /// Changes were not told one by one: what is known of this owner's documents (of everybody's, where none is named) may be old.
    Missed(Option<Owner>),
}

/// The live feed, over all owners. Changes of one owner come in order, those of this process before they are acknowledged.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<Notice>);

impl Changes {
    pub(crate) fn new(receiver: broadcast::Receiver<Notice>) -> Self {
        Self(receiver)
    }

    /// The next news; none when the store is gone.
    pub async fn next(&mut self) -> Option<Notice> {
        match self.0.recv().await {
            Ok(notice) => Some(notice),
            Err(RecvError::Lagged(_)) => Some(Notice::Missed(None)),
            Err(RecvError::Closed) => None,
        }
    }

    /// The next news, if it is there already.
    pub fn try_next(&mut self) -> Option<Notice> {
        match self.0.try_recv() {
            Ok(notice) => Some(notice),
            Err(TryRecvError::Lagged(_)) => Some(Notice::Missed(None)),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}

/// A part of an owner's kept feed.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// What happened after the position that was asked for, oldest first. It begins with [`Notice::Missed`] where the feed is not kept
    /// that far back.
    pub notices: Vec<Notice>,
    /// Where to go on; equal to the position that was asked for where nothing happened.
    pub position: u64,
}
