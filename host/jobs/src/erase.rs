//! Removing what a deleted account leaves behind.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_store::{Batch, Blob, Document, Expect, Key, Kind, Scan, Upload, Write};

use crate::{Context, Job, Step, Work, WorkError};

const NAME: &str = "erase-account";

/// Documents that one step removes.
const BATCH: usize = 200;

/// Removes the documents of a deleted account, and the entries by which the installation finds them. What was written down about it
/// (its audit streams) stays.
pub struct EraseAccount {
    /// How long after the first look a second one is taken: for what requests wrote that were under way when the account was deleted.
    pub second_look: Duration,
}

impl Default for EraseAccount {
    fn default() -> Self {
        Self { second_look: Duration::from_secs(60) }
    }
}

impl EraseAccount {
    /// The job for an account: belongs into the batch that deletes the account's document.
    #[must_use]
    pub fn job(account: AccountId) -> Job {
        Job::new(NAME, Some(account), Value::Null)
    }
}

/// The next kind to remove, by its place in [`Kind::ALL`]: kinds that are added are removed too.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Place {
    kind: usize,
    second: bool,
}

#[async_trait]
impl Work for EraseAccount {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&self, context: &Context, cursor: Option<&Value>) -> Result<Step, WorkError> {
        let account = context.job().account.ok_or_else(|| WorkError::Hopeless("the job names no account".into()))?;
        let place: Place = cursor.and_then(|cursor| Place::deserialize(cursor).ok()).unwrap_or_default();
        let mut progress = context.job().progress;
        let Some(kind) = Kind::ALL.get(place.kind).copied() else {
            let cursor = json!(Place { kind: 0, second: true });
            let first = Step::Later { cursor, progress, pause: self.second_look };
            return Ok(if place.second { Step::Done { progress } } else { first });
        };
        let page = context.store().scan(&Scan::of(account, kind).limit(BATCH)).await?;
        progress.done += page.documents.len() as u64;
        remove(context, account, page.documents).await?;
        let kind = if page.next.is_some() { place.kind } else { place.kind + 1 };
        Ok(Step::More { cursor: json!(Place { kind, ..place }), progress })
    }
}

/// The installation's entries go first: a worker that dies in between finds the documents that name them once more.
async fn remove(context: &Context, account: AccountId, documents: Vec<Document>) -> Result<(), WorkError> {
    let mut entries = Vec::new();
    for entry in documents.iter().filter_map(|document| entry(&document.key)) {
        entries.extend(release(context, account, entry).await?);
    }
    context.apply(Batch::of(entries)).await?;
    let discard = documents.iter().filter_map(|document| upload(account, document)).collect();
    let writes = documents.into_iter().map(|document| Write::delete(document.key, Expect::Anything)).collect();
    context.apply(Batch { discard, ..Batch::of(writes) }).await?;
    Ok(())
}

/// The installation's entry by which a document is found without its account.
fn entry(key: &Key) -> Option<Key> {
    let name = match key.kind {
        Kind::Application => "application",
        Kind::PhoneNumber => "phone_number",
        _ => return None,
    };
    Some(Key::new(Owner::System, Kind::Index, format!("{name}:{}", key.id)))
}

/// An entry that has come to point to another account is that account's.
async fn release(context: &Context, account: AccountId, entry: Key) -> Result<Option<Write>, WorkError> {
    let found = context.store().get(&entry).await?;
    let own = found.filter(|found| found.body.get("to").and_then(Value::as_str) == Some(&account.hex()));
    Ok(own.map(|own| Write::delete(entry, Expect::Revision(own.revision))))
}

fn upload(account: AccountId, document: &Document) -> Option<Upload> {
    let blob = Some(document).filter(|document| document.key.kind == Kind::Blob)?;
    let blob = Blob::deserialize(&blob.body).ok()?;
    Some(Upload { owner: account.into(), id: blob.upload })
}

#[cfg(test)]
mod tests;
