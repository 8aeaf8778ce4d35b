//! What every store has to do. Each implementation runs [`all`].

mod audit;
mod batches;
mod blobs;
mod changes;
mod chunks;
mod counters;
mod documents;
mod expiry;
mod history;
mod leases;
mod listener;
mod listings;
mod mailboxes;
pub(crate) mod model;
mod owners;
mod scans;
mod streams;

use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};

use crate::{Expect, Key, Kind, Store, StoreError, StoreExt};

/// Everything, each part on accounts of its own.
pub(crate) async fn all(store: &Arc<dyn Store>) {
    writing(store).await;
    reading(store).await;
    telling(store).await;
    ending(store).await;
    counting_and_leasing(store).await;
    streaming(store).await;
    bytes_and_messages(store).await;
}

async fn writing(store: &Arc<dyn Store>) {
    documents::a_document_is_read_as_written(store).await;
    documents::a_revision_is_new_with_every_write(store).await;
    documents::expectations_hold_or_are_a_conflict(store).await;
    documents::owners_and_kinds_are_apart(store).await;
    documents::ids_are_any_text_within_bounds(store).await;
    documents::a_body_has_a_bound(store).await;
    documents::a_restored_document_has_the_revision_it_had(store).await;
    batches::a_batch_is_all_or_nothing(store).await;
    batches::a_later_write_of_a_batch_sees_the_earlier_one(store).await;
    batches::a_batch_has_a_bound(store).await;
    batches::of_many_who_compare_and_set_one_wins_each_round(store).await;
    owners::all_who_have_something_are_found(store).await;
    owners::a_batch_has_one_owner(store).await;
}

async fn reading(store: &Arc<dyn Store>) {
    scans::pages_cover_everything_once_in_both_directions(store).await;
    scans::a_cursor_needs_no_document_of_its_id(store).await;
    scans::a_scan_has_bounds(store).await;
    listings::documents_are_read_in_the_order_of_a_listing(store).await;
    listings::a_listing_has_bounds(store).await;
    listings::ids_have_bounds_too(store).await;
    listings::a_listing_follows_its_documents(store).await;
    listings::a_cursor_of_a_listing_needs_no_document(store).await;
    listings::each_listing_has_its_documents(store).await;
}

async fn telling(store: &Arc<dyn Store>) {
    changes::changes_come_in_the_order_of_their_commits(store).await;
    changes::a_change_that_is_told_can_be_read(store).await;
    changes::a_change_is_told_before_it_is_acknowledged(store).await;
    changes::what_changes_nothing_is_not_told(store).await;
    changes::a_very_large_batch_is_told_by_its_kinds(store).await;
    history::history_goes_on_from_any_position(store).await;
    history::a_position_of_another_life_has_missed_something(store).await;
    history::old_changes_are_dropped_and_told_as_missed(store).await;
}

async fn ending(store: &Arc<dyn Store>) {
    expiry::an_expired_document_does_not_exist(store).await;
    expiry::a_document_says_when_it_ends(store).await;
    expiry::writing_again_sets_another_end(store).await;
    expiry::the_end_of_a_document_is_told(store).await;
}

async fn counting_and_leasing(store: &Arc<dyn Store>) {
    counters::a_counter_counts(store).await;
    counters::a_counter_lives_as_long_as_its_first_addition_said(store).await;
    counters::many_count_together(store).await;
    counters::a_counter_does_not_overflow(store).await;
    counters::names_have_bounds(store).await;
    leases::one_holds_a_lease_at_a_time(store).await;
    leases::a_lease_lapses(store).await;
    leases::a_renewed_lease_outlives_its_first_term(store).await;
    leases::tokens_ascend_over_all_leases_of_an_owner(store).await;
    leases::of_many_one_takes_a_lease(store).await;
    leases::a_batch_under_a_lost_lease_is_refused(store).await;
}

async fn streaming(store: &Arc<dyn Store>) {
    streams::entries_are_read_in_both_directions_from_anywhere(store).await;
    streams::entries_are_put_back_where_they_stood(store).await;
    streams::a_stream_keeps_its_last_entries(store).await;
    streams::one_read_has_a_bound(store).await;
    streams::streams_are_listed_and_apart(store).await;
    streams::many_append_together(store).await;
    audit::each_change_is_written_down_with_it(store).await;
    audit::a_very_large_batch_is_written_down_by_kind(store).await;
    audit::an_author_is_of_the_batch_s_owner(store).await;
}

async fn bytes_and_messages(store: &Arc<dyn Store>) {
    chunks::chunks_are_read_as_stored(store).await;
    chunks::chunks_have_bounds(store).await;
    chunks::a_batch_keeps_and_discards_uploads(store).await;
    blobs::a_blob_is_read_as_written(store).await;
    blobs::a_removed_blob_leaves_nothing(store).await;
    blobs::a_damaged_blob_is_refused(store).await;
    blobs::a_blob_has_a_bound(store).await;
    blobs::of_many_who_replace_a_blob_one_is_last(store).await;
    mailboxes::messages_arrive_in_the_mailbox_of_that_name(store).await;
    mailboxes::a_closed_mailbox_can_be_opened_again(store).await;
    mailboxes::a_mailbox_that_nobody_reads_does_not_grow(store).await;
    mailboxes::a_message_has_bounds(store).await;
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
