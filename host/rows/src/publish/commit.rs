//! The one batch that makes a publication visible.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use strowger_model::Owner;
use strowger_store::{Batch, Expect, Key, Kind, StoreError, Upload, Write};

use super::Rebuilt;
use super::build::Built;
use crate::book::RowBook;
use crate::identity::RowId;
use crate::merge::Folded;
use crate::publication::Publication;
use crate::{RowsError, SelectorRows, manifest, row};

/// How often the batch is tried where others put and remove rows of the same tables.
const TRIES: usize = 64;

/// How long it is known that a publication is done.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 3_600);

pub(crate) async fn commit(
    rows: &SelectorRows,
    owner: Owner,
    publication: &Publication,
    built: &Built,
    runs: &[Upload],
) -> Result<(), RowsError> {
    let mut book = None;
    for _ in 0..TRIES {
        let batch = batch(owner, publication, built, runs, book.as_deref());
        match rows.store().apply(batch).await {
            Ok(_) => return Ok(()),
            // A row was put or removed since it was merged. What became of it wins over the parts, so that they need not be merged anew.
            Err(StoreError::Conflict(key)) if key.kind == Kind::SelectorRow => {
                let read = rows.book(owner).await?;
                if !stand(&read, built) {
                    return Err(StoreError::Conflict(key).into());
                }
                book = Some(read);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(RowsError::Contended)
}

/// Whether the tables still have the parts that were merged.
fn stand(book: &RowBook, built: &Built) -> bool {
    built.tables.iter().all(|table| {
        let current = book.tables.get(&table.manifest.name).and_then(|table| table.base.revision.as_ref());
        current == table.old.revision.as_ref()
    })
}

fn batch(owner: Owner, publication: &Publication, built: &Built, runs: &[Upload], book: Option<&RowBook>) -> Batch {
    let mut writes = built.blobs.clone();
    let mut discard = runs.to_vec();
    for table in &built.tables {
        // Also where its parts stay: what lay over them is taken away, and nobody else must have changed them.
        let expect = table.old.revision.clone().map_or(Expect::Absent, Expect::Revision);
        writes.push(table.manifest.write(owner, expect));
        for (blob, upload) in gone(table) {
            writes.push(Write::delete(Key::new(owner, Kind::Blob, blob), Expect::Anything));
            discard.push(Upload { owner, id: upload });
        }
    }
    writes.extend(built.folded.iter().filter_map(|folded| cleared(owner, folded, book)));
    writes.extend(publication.runs.iter().map(|run| Write::delete(run.key(owner), Expect::Present)));
    if !publication.id.is_empty() {
        let done = Write::put(manifest::done_key(owner, &publication.id), json!(built.counts), Expect::Absent);
        writes.push(done.expires_in(KNOWN));
    }
    let (fence, author) = (publication.fence.clone(), publication.author.clone());
    Batch { writes, fence, author, keep: built.keep.clone(), discard }
}

/// The old parts that the table has no more.
fn gone(table: &Rebuilt) -> Vec<(String, String)> {
    let kept: BTreeSet<&String> = table.manifest.parts.iter().collect();
    let gone = table.old.parts.iter().filter(|part| !kept.contains(&part.blob));
    gone.map(|part| (part.blob.clone(), part.upload.clone())).collect()
}

/// What becomes of the document of a row that was taken into the parts. `book` is what there is where the first try met a change.
fn cleared(owner: Owner, folded: &Folded, book: Option<&RowBook>) -> Option<Write> {
    let key = Key::new(owner, Kind::SelectorRow, &folded.document);
    let delete = Write::delete(key.clone(), Expect::Revision(folded.revision.clone()));
    let Some(book) = book else { return Some(delete) };
    let entry = book.tables.get(&folded.name).and_then(|table| table.overlay.get(&folded.key));
    match entry {
        Some(entry) if entry.document == folded.document && entry.revision == folded.revision => Some(delete),
        // It says something else by now, and goes on to lie over the parts.
        Some(_) => None,
        // It was removed by now, but the parts have it.
        None if folded.is_kept => {
            let id = RowId { name: folded.name.clone(), key: folded.key.clone() };
            Some(Write::put(key, row::removed(&folded.document, &id), Expect::Absent))
        }
        None => None,
    }
}
