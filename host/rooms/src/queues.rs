//! Queues and the calls that wait in them.

use strowger_model::{AccountId, Queue, QueuedCall, Sid};
use strowger_store::{Document, Expect, Key, Kind, Store, StoreError, StoreExt, Write};

use crate::error::RoomError;
use crate::glob;
use crate::places::{in_room, place, while_live};

/// Queues of one account.
const MOST: usize = 1_000;

/// The queues of an account.
#[derive(Clone, Copy)]
pub struct Queues<'a> {
    /// Where they lie.
    pub store: &'a dyn Store,
    /// Whose they are.
    pub account: AccountId,
}

impl Queues<'_> {
    fn key(&self, name: &str) -> Key {
        Key::new(self.account, Kind::Queue, name)
    }

    /// The write that makes a queue.
    ///
    /// # Errors
    /// [`RoomError::Taken`], [`RoomError::TooMany`], and those of the store.
    pub async fn making(&self, queue: &Queue) -> Result<Write, RoomError> {
        let names: Vec<Document> = self.store.all(self.account.into(), Kind::Queue).await?;
        if names.iter().any(|document| document.key.id == queue.name) {
            return Err(RoomError::Taken(queue.name.clone()));
        }
        if names.len() >= MOST {
            return Err(RoomError::TooMany(MOST));
        }
        Ok(Write::put(self.key(&queue.name), serde_json::to_value(queue).unwrap_or_default(), Expect::Absent))
    }

    /// The queues whose name matches a pattern of `*` and `?`, and how many calls wait in each.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(&self, search: Option<&str>) -> Result<Vec<(Queue, usize)>, RoomError> {
        let mut found = Vec::new();
        for document in self.store.all(self.account.into(), Kind::Queue).await? {
            let queue: Queue = document.decode()?;
            if search.is_none_or(|pattern| glob::matches(pattern, &queue.name)) {
                let length = self.waiting(&queue.name).await?.len();
                found.push((queue, length));
            }
        }
        Ok(found)
    }

    /// One queue.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn get(&self, name: &str) -> Result<Queue, RoomError> {
        Ok(self.document(name).await?.decode()?)
    }

    async fn document(&self, name: &str) -> Result<Document, RoomError> {
        self.store.get(&self.key(name)).await?.ok_or(RoomError::Missing)
    }

    /// The writes by which a queue goes; the calls in it go on without it.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn removing(&self, name: &str) -> Result<Vec<Write>, RoomError> {
        let queue = self.document(name).await?;
        let mut writes = vec![Write::delete(queue.key, Expect::Revision(queue.revision))];
        let calls = self.waiting(name).await?.into_iter().map(|call| self.place(call.call_sid));
        writes.extend(calls.map(|key| Write::delete(key, Expect::Anything)));
        Ok(writes)
    }

    /// Those that wait in a queue that exists, the next one first.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn calls(&self, name: &str) -> Result<Vec<QueuedCall>, RoomError> {
        self.document(name).await?;
        Ok(self.waiting(name).await?)
    }

    async fn waiting(&self, name: &str) -> Result<Vec<QueuedCall>, StoreError> {
        let is_in = |call: &QueuedCall| call.queue == name;
        let mut calls = in_room(self.store, self.account, Kind::QueuedCall, name, is_in).await?;
        calls.sort_by_key(QueuedCall::order);
        Ok(calls)
    }

    fn place(&self, call: Sid) -> Key {
        place(self.account, Kind::QueuedCall, call)
    }

    /// The writes by which a live call of the account begins to wait. Whoever adds another one meanwhile is a conflict, so that the queue
    /// never holds more than it may.
    ///
    /// # Errors
    /// [`RoomError`].
    pub async fn joining(&self, name: &str, call: Sid, priority: u16) -> Result<Vec<Write>, RoomError> {
        let document = self.document(name).await?;
        let queue: Queue = document.decode()?;
        let live = while_live(self.store, self.account, call).await?;
        if self.store.get(&self.place(call)).await?.is_some() {
            return Err(RoomError::Waiting(call));
        }
        if self.waiting(name).await?.len() >= usize::try_from(queue.max_size).unwrap_or(usize::MAX) {
            return Err(RoomError::Full { name: queue.name, most: queue.max_size });
        }
        let joining = QueuedCall::joining(self.account, name, call, priority);
        let joined = Write::put(self.place(call), serde_json::to_value(joining).unwrap_or_default(), Expect::Absent);
        Ok(vec![joined, Write::put(document.key, document.body, Expect::Revision(document.revision)), live])
    }

    /// A call that waits in that queue.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn call(&self, name: &str, call: Sid) -> Result<QueuedCall, RoomError> {
        Ok(self.queued(name, call).await?.1)
    }

    async fn queued(&self, name: &str, call: Sid) -> Result<(Document, QueuedCall), RoomError> {
        let document = self.store.get(&self.place(call)).await?.ok_or(RoomError::Missing)?;
        let queued: QueuedCall = document.decode()?;
        if queued.queue == name { Ok((document, queued)) } else { Err(RoomError::Missing) }
    }

    /// The write that gives a waiting call another priority.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn moving(&self, name: &str, call: Sid, priority: u16) -> Result<Write, RoomError> {
        let (document, queued) = self.queued(name, call).await?;
        let body = serde_json::to_value(QueuedCall { priority, ..queued }).unwrap_or_default();
        Ok(Write::put(document.key, body, Expect::Revision(document.revision)))
    }

    /// The write by which a call waits no longer.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn leaving(&self, name: &str, call: Sid) -> Result<Write, RoomError> {
        let (document, _) = self.queued(name, call).await?;
        Ok(Write::delete(document.key, Expect::Revision(document.revision)))
    }

    /// The next call of a queue, and the write that takes it out: a conflict where somebody else has it meanwhile.
    ///
    /// # Errors
    /// [`RoomError::Missing`] where none waits, and those of the store.
    pub async fn next(&self, name: &str) -> Result<(QueuedCall, Write), RoomError> {
        let next = self.calls(name).await?.into_iter().next().ok_or(RoomError::Missing)?;
        let leaving = self.leaving(name, next.call_sid).await?;
        Ok((next, leaving))
    }

    /// The writes by which a call that was taken out waits on where it waited; none where it lives no longer.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn returning(&self, queued: &QueuedCall) -> Result<Vec<Write>, RoomError> {
        let live = match while_live(self.store, self.account, queued.call_sid).await {
            Err(RoomError::NotLive(_)) => return Ok(Vec::new()),
            live => live?,
        };
        let body = serde_json::to_value(queued).unwrap_or_default();
        Ok(vec![Write::put(self.place(queued.call_sid), body, Expect::Absent), live])
    }
}
