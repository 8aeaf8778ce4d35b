//! What this process hears from all others, and from itself: notices of changes, messages for mailboxes.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use redis::{PushInfo, PushKind, Value};
use serde::Deserialize;
use strowger_model::Owner;
use tokio::sync::oneshot;

use super::keys::{Keys, parse_owner};
use super::watch::Watch;
use crate::local::Local;
use crate::{Change, Key, Kind, Mailbox, Notice, Revision};

/// What stands before a message, by which one that was sent twice is known.
pub(super) type Mark = [u8; 16];

/// Messages that are known by their marks.
const RECENT: usize = 256;

/// A notice as the scripts write it.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "o")]
    owner: String,
    #[serde(rename = "c")]
    commit: String,
    #[serde(rename = "f")]
    first: u64,
    /// None where there were very many.
    #[serde(rename = "k", default)]
    changes: Option<Vec<(Kind, String, Option<Revision>)>>,
    /// The kinds of those.
    #[serde(rename = "m", default)]
    kinds: BTreeSet<Kind>,
}

/// Commits of this process whose notices are still to come.
#[derive(Default)]
struct Expected {
    is_up: bool,
    commits: HashMap<String, oneshot::Sender<()>>,
}

/// What hears.
pub(super) struct Hearing {
    pub(super) local: Local,
    pub(super) watch: Watch,
    changes: String,
    mailboxes: String,
    expected: Mutex<Expected>,
    recent: Mutex<VecDeque<Mark>>,
    opening: Mutex<HashMap<Mark, Opening>>,
}

/// A mailbox that is about to be opened, once a message to it has come through.
struct Opening {
    name: String,
    opened: oneshot::Sender<Mailbox>,
}

impl Hearing {
    pub(super) fn new(keys: &Keys) -> Self {
        Self {
            local: Local::new(),
            watch: Watch::default(),
            changes: keys.changes(),
            mailboxes: keys.mailboxes(),
            expected: Mutex::default(),
            recent: Mutex::default(),
            opening: Mutex::default(),
        }
    }

    /// Notices come from now on; what came before, nobody has told.
    pub(super) fn up(&self) {
        self.expected.lock().is_up = true;
        self.watch.forget();
    }

    /// No notice comes until further notice.
    pub(super) fn down(&self) {
        let mut expected = self.expected.lock();
        expected.is_up = false;
        expected.commits.clear();
    }

    /// Expects the notice of a commit that is about to be made.
    pub(super) fn expect(self: &Arc<Self>, commit: &str) -> Expectation {
        let mut expected = self.expected.lock();
        let (sender, receiver) = oneshot::channel();
        if expected.is_up {
            expected.commits.insert(commit.to_owned(), sender);
        }
        Expectation { hearing: self.clone(), commit: commit.to_owned(), receiver }
    }

    pub(super) fn missed(&self, owner: Option<Owner>) {
        self.local.tell([Notice::Missed(owner)]);
    }

    /// Hears what the server pushes.
    pub(super) fn push(&self, push: &PushInfo) {
        let (PushKind::Message, [Value::BulkString(channel), Value::BulkString(message)]) = (&push.kind, &*push.data)
        else {
            return;
        };
        if channel == self.changes.as_bytes() {
            match serde_json::from_slice(message) {
                Ok(told) => self.tell(told),
                Err(error) => tracing::error!(%error, "a notice of a change cannot be read"),
            }
        } else if let Some(name) = channel.strip_prefix(self.mailboxes.as_bytes()) {
            self.deliver(name, message);
        }
    }

    fn tell(&self, told: Told) {
        let Some(owner) = parse_owner(&told.owner) else { return };
        let count = told.changes.as_ref().map_or(1, |changes| changes.len() as u64);
        if self.watch.hear(owner, told.first, told.first + count.saturating_sub(1)) {
            self.missed(Some(owner));
        }
        match told.changes {
            None if told.kinds.is_empty() => self.missed(Some(owner)),
            None => {
                let kinds = told.kinds.into_iter().collect();
                self.local.tell([Notice::Many { sequence: told.first, owner, kinds }]);
            }
            Some(changes) => self.local.tell((told.first..).zip(changes).map(|(sequence, (kind, id, revision))| {
                Notice::Changed(Change { sequence, key: Key::new(owner, kind, id), revision })
            })),
        }
        let waits = self.expected.lock().commits.remove(&told.commit);
        if let Some(waits) = waits {
            // The commit may have been given up in the meantime.
            let _ = waits.send(());
        }
    }

    /// Whether the messages of that mailbox are still to be heard.
    pub(super) fn is_wanted(&self, name: &str) -> bool {
        self.local.is_open(name) || self.opening.lock().values().any(|opening| opening.name == name)
    }

    /// Opens a mailbox once the message of that mark has been heard in it: then, whatever is sent to it later comes later.
    pub(super) fn open_at(&self, mark: Mark, name: &str) -> oneshot::Receiver<Mailbox> {
        let (opened, receiver) = oneshot::channel();
        let mut opening = self.opening.lock();
        opening.retain(|_, opening| !opening.opened.is_closed());
        opening.insert(mark, Opening { name: name.to_owned(), opened });
        receiver
    }

    fn deliver(&self, name: &[u8], message: &[u8]) {
        let (Ok(name), Some((mark, message))) = (str::from_utf8(name), message.split_first_chunk()) else { return };
        if !self.is_new(mark) {
            return;
        }
        let opening = self.opening.lock().remove(mark);
        match opening {
            // Whoever wanted it may have gone.
            Some(Opening { name, opened }) => drop(opened.send(self.local.open(&name))),
            None => self.local.deliver(name, &Bytes::copy_from_slice(message)),
        }
    }

    fn is_new(&self, mark: &Mark) -> bool {
        let mut recent = self.recent.lock();
        let is_new = !recent.contains(mark);
        if is_new {
            if recent.len() >= RECENT {
                recent.pop_front();
            }
            recent.push_back(*mark);
        }
        is_new
    }
}

/// A notice that is to come.
pub(super) struct Expectation {
    hearing: Arc<Hearing>,
    commit: String,
    receiver: oneshot::Receiver<()>,
}

impl Expectation {
    /// Waits until it has come; false where it does not.
    pub(super) async fn came(&mut self) -> bool {
        (&mut self.receiver).await.is_ok()
    }
}

impl Drop for Expectation {
    fn drop(&mut self) {
        self.hearing.expected.lock().commits.remove(&self.commit);
    }
}
