//! Conferences and the calls that take part in them.

use strowger_model::{AccountId, Conference, Participant, ParticipantAction, Sid};
use strowger_store::{Document, Expect, Key, Kind, Store, StoreExt, Write};

use crate::error::RoomError;
use crate::places::{in_room, place};

/// Conferences of one account.
const MOST: usize = 1_000;

/// The conferences of an account.
#[derive(Clone, Copy)]
pub struct Conferences<'a> {
    /// Where they lie.
    pub store: &'a dyn Store,
    /// Whose they are.
    pub account: AccountId,
}

impl Conferences<'_> {
    fn key(&self, name: &str) -> Key {
        Key::new(self.account, Kind::Conference, name)
    }

    /// The write that makes a conference.
    ///
    /// # Errors
    /// [`RoomError::Taken`], [`RoomError::TooMany`], and those of the store.
    pub async fn making(&self, conference: &Conference) -> Result<Write, RoomError> {
        let names = self.names().await?;
        if names.contains(&conference.name) {
            return Err(RoomError::Taken(conference.name.clone()));
        }
        if names.len() >= MOST {
            return Err(RoomError::TooMany(MOST));
        }
        let body = serde_json::to_value(conference).unwrap_or_default();
        Ok(Write::put(self.key(&conference.name), body, Expect::Absent))
    }

    /// Their names.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn names(&self) -> Result<Vec<String>, RoomError> {
        let documents = self.store.all(self.account.into(), Kind::Conference).await?;
        Ok(documents.into_iter().map(|document| document.key.id).collect())
    }

    /// One conference.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn get(&self, name: &str) -> Result<Conference, RoomError> {
        Ok(self.document(name).await?.decode()?)
    }

    async fn document(&self, name: &str) -> Result<Document, RoomError> {
        self.store.get(&self.key(name)).await?.ok_or(RoomError::Missing)
    }

    /// The writes by which a conference ends; the calls in it go on without it.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn removing(&self, name: &str) -> Result<Vec<Write>, RoomError> {
        let conference = self.document(name).await?;
        let mut writes = vec![Write::delete(conference.key, Expect::Revision(conference.revision))];
        for participant in self.participants(name).await? {
            writes.push(Write::delete(place(self.account, Kind::Participant, participant.call_sid), Expect::Anything));
        }
        Ok(writes)
    }

    /// Those that take part in a conference that exists, in the order in which they came.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn participants(&self, name: &str) -> Result<Vec<Participant>, RoomError> {
        self.document(name).await?;
        let is_in = |participant: &Participant| participant.conference == name;
        let mut found = in_room(self.store, self.account, Kind::Participant, name, is_in).await?;
        found.sort_by_key(|participant| (participant.joined_at, participant.call_sid));
        Ok(found)
    }

    /// One that takes part in that conference.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn participant(&self, name: &str, call: Sid) -> Result<Participant, RoomError> {
        Ok(self.found(name, call).await?.1)
    }

    async fn found(&self, name: &str, call: Sid) -> Result<(Document, Participant), RoomError> {
        let key = place(self.account, Kind::Participant, call);
        let document = self.store.get(&key).await?.ok_or(RoomError::Missing)?;
        let participant: Participant = document.decode()?;
        if participant.conference == name { Ok((document, participant)) } else { Err(RoomError::Missing) }
    }

    /// The write by which something is done with a participant.
    ///
    /// # Errors
    /// [`RoomError::NeedsMedia`] where it changes who hears whom, [`RoomError::Missing`], and those of the store.
    pub async fn changing(&self, name: &str, call: Sid, action: &ParticipantAction) -> Result<Write, RoomError> {
        let (document, participant) = self.found(name, call).await?;
        let tag = match action {
            ParticipantAction::Tag(tag) => tag.clone(),
            ParticipantAction::Sound(action) => return Err(RoomError::NeedsMedia((*action).to_owned())),
        };
        let body = serde_json::to_value(Participant { tag, ..participant }).unwrap_or_default();
        Ok(Write::put(document.key, body, Expect::Revision(document.revision)))
    }

    /// The write by which a call takes part no longer.
    ///
    /// # Errors
    /// [`RoomError::Missing`], and those of the store.
    pub async fn leaving(&self, name: &str, call: Sid) -> Result<Write, RoomError> {
        let (document, _) = self.found(name, call).await?;
        Ok(Write::delete(document.key, Expect::Revision(document.revision)))
    }
}
