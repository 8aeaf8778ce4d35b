//! Calls whose node is dead.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use strowger_model::call_record::CallStatus;
use strowger_model::{AccountId, CallRecord, Owner};
use strowger_nodes::{Membership, NodeId};
use strowger_store::{
    Direction, Document, Expect, Key, Kind, Listing, MAX_PAGE, Revision, Scan, Store, StoreError, StoreExt, Write,
};

use crate::config::CallsConfig;
use crate::stored::{Stored, beside_end};

/// Records that are looked at, and changed, at once.
const BATCH: usize = 256;

/// Marks the live calls of dead nodes as ended.
pub(crate) struct Lost<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) nodes: &'a Membership,
    pub(crate) config: &'a CallsConfig,
}

impl Lost<'_> {
    /// All accounts' calls. Their status hooks are not told: what an application had in mind with the call died with its node.
    pub(crate) async fn end_all(&self) -> Result<(), StoreError> {
        let (mut after, mut ended) = (None, 0);
        loop {
            let owners = self.store.owners(after, MAX_PAGE).await?;
            for owner in &owners {
                if let Owner::Account(account) = owner {
                    ended += self.end_of_account(*account).await?;
                }
            }
            after = owners.last().copied();
            if owners.len() < MAX_PAGE {
                break;
            }
        }
        if ended > 0 {
            tracing::warn!(calls = ended, "calls were lost with their node");
        }
        Ok(())
    }

    async fn end_of_account(&self, account: AccountId) -> Result<usize, StoreError> {
        let mut ended = 0;
        let mut scan = Scan::of(account, Kind::Call).by(Listing::Live).direction(Direction::Descending).limit(BATCH);
        loop {
            let page = self.store.scan(&scan).await?;
            ended += self.end(page.documents).await?;
            match page.next {
                Some(next) => scan.after = Some(next),
                None => return Ok(ended),
            }
        }
    }

    /// Each is changed in the revision that was read before its node was found dead: a node that comes back writes its calls' records
    /// anew once it holds its lease, and what it has written is left alone.
    async fn end(&self, documents: Vec<Document>) -> Result<usize, StoreError> {
        let mut dead: HashMap<Option<NodeId>, bool> = HashMap::new();
        let mut calls = Vec::new();
        for document in documents {
            let Some(stored) = Stored::read(document.body) else { continue };
            if let Entry::Vacant(entry) = dead.entry(stored.node_id) {
                entry.insert(self.is_dead(stored.node_id).await?);
            }
            if dead.get(&stored.node_id) == Some(&true) {
                calls.push(self.writes(document.key, document.revision, stored));
            }
        }
        if calls.is_empty() {
            return Ok(0);
        }
        match self.store.commit(calls.concat()).await {
            Ok(_) => Ok(calls.len()),
            Err(StoreError::Conflict(_)) => self.one_by_one(calls).await,
            Err(error) => Err(error),
        }
    }

    fn writes(&self, key: Key, revision: Revision, stored: Stored) -> Vec<Write> {
        let stored = Stored { record: ended(stored.record), ..stored };
        let body = serde_json::to_value(&stored).unwrap_or_default();
        let write = Write::put(key, body, Expect::Revision(revision)).expires_in(self.config.retention);
        [write].into_iter().chain(beside_end(&stored.record, self.config.recent_retention)).collect()
    }

    async fn one_by_one(&self, calls: Vec<Vec<Write>>) -> Result<usize, StoreError> {
        let mut ended = 0;
        for writes in calls {
            match self.store.commit(writes).await {
                Ok(_) => ended += 1,
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ended)
    }

    async fn is_dead(&self, node: Option<NodeId>) -> Result<bool, StoreError> {
        match node {
            Some(node) if node == self.nodes.id() => Ok(false),
            Some(node) => self.nodes.is_gone(node).await,
            None => Ok(true),
        }
    }
}

fn ended(mut record: CallRecord) -> CallRecord {
    record.refused(CallStatus::Failed, 500, "Server Internal Error", strowger_model::time::now());
    record.termination_reason = Some("the node that had the call was lost".into());
    record
}
