//! What every store has to do. Each implementation runs [`all`].

mod batches;
mod changes;
mod documents;
pub(crate) mod model;
mod scans;

use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};

use crate::{Expect, Key, Kind, Store, StoreError, StoreExt};

/// Everything, each part on accounts of its own.
pub(crate) async fn all(store: &Arc<dyn Store>) {
    documents::a_document_is_read_as_written(store).await;
    documents::a_revision_is_new_with_every_write(store).await;
    documents::expectations_hold_or_are_a_conflict(store).await;
    documents::owners_and_kinds_are_apart(store).await;
    documents::ids_are_any_text_within_bounds(store).await;
    batches::a_batch_is_all_or_nothing(store).await;
    batches::a_later_write_of_a_batch_sees_the_earlier_one(store).await;
    batches::a_batch_has_a_bound(store).await;
    batches::of_many_who_compare_and_set_one_wins_each_round(store).await;
    scans::pages_cover_everything_once_in_both_directions(store).await;
    scans::a_cursor_needs_no_document_of_its_id(store).await;
    scans::a_scan_has_bounds(store).await;
    changes::changes_come_in_the_order_of_their_commits(store).await;
    changes::what_changes_nothing_is_not_told(store).await;
}

fn account() -> Owner {
    AccountId::random().into()
}

fn key(owner: Owner, id: &str) -> Key {
    Key::new(owner, Kind::Resource, id)
}

async fn put(store: &Arc<dyn Store>, key: &Key, body: Value) {
    store.put(key.clone(), body, Expect::Anything).await.unwrap();
}

async fn body(store: &Arc<dyn Store>, key: &Key) -> Option<Value> {
    store.get(key).await.unwrap().map(|document| document.body)
}

fn conflict_on(outcome: Result<impl std::fmt::Debug, StoreError>, key: &Key) {
    match outcome {
        Err(StoreError::Conflict(found)) => assert_eq!(&*found, key),
        other => panic!("expected a conflict on {key:?}, found {other:?}"),
    }
}

fn numbered(n: usize) -> Value {
    json!({ "n": n })
}
