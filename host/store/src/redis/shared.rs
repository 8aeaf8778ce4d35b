//! What the store and its tasks share.

use std::sync::Arc;
use std::time::Duration;

use strowger_model::Owner;
use tokio::time::timeout;

use super::commit::Commit;
use super::hearing::Hearing;
use super::keys::Keys;
use super::link::{Link, Request};
use super::owners;
use crate::{Batch, Revision, StoreError};

/// How long a commit that is done waits for its own notice.
const NOTICE: Duration = Duration::from_secs(2);

/// The connections and what is known.
pub(super) struct Shared {
    pub(super) link: Link,
    pub(super) keys: Keys,
    pub(super) hearing: Arc<Hearing>,
}

/// An id that nobody else makes.
pub(super) fn unique() -> String {
    format!("{:032x}", rand::random::<u128>())
}

impl Shared {
    /// The position of an owner's last change.
    pub(super) async fn last(&self, owner: Owner) -> Result<u64, StoreError> {
        let mut command = redis::cmd("GET");
        command.arg(self.keys.sequence(owner));
        self.link.command::<Option<u64>>(&command).await.map(Option::unwrap_or_default)
    }

    /// From here on, this process cares for the owner's changes.
    pub(super) async fn watch(&self, owner: Owner) -> Result<(), StoreError> {
        if !self.hearing.watch.is_watched(owner) {
            let last = self.last(owner).await?;
            self.hearing.watch.begin(owner, last);
        }
        Ok(())
    }

    /// From here on, the owner is known to have something.
    pub(super) async fn register(&self, owner: Owner) -> Result<(), StoreError> {
        if !self.hearing.watch.is_registered(owner) {
            owners::register(&self.link, &self.keys, owner).await?;
            self.hearing.watch.registered(owner);
        }
        Ok(())
    }

    pub(super) async fn commit(&self, batch: Batch) -> Result<Vec<Option<Revision>>, StoreError> {
        let Some(commit) = Commit::prepare(batch, &self.keys, unique())? else { return Ok(Vec::new()) };
        let owner = commit.owner;
        self.watch(owner).await?;
        self.register(owner).await?;
        // The notices of one owner come in the order of its commits on one connection, so that those of this process come there,
        // too; a commit is not acknowledged before its own has come.
        let mut notice = self.hearing.expect(&commit.id);
        let answer: String = self.link.ask(Request::Script(&commit.call), commit.limit()).await?;
        let committed = commit.outcome(&answer)?;
        if committed.is_told && !timeout(NOTICE, notice.came()).await.unwrap_or(false) {
            self.hearing.missed(Some(owner));
        }
        Ok(committed.revisions)
    }
}
