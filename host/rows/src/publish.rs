//! Making staged rows visible: the tables are merged, their parts uploaded, and one batch puts them in the place of the old ones.
//!
//! What is in memory of it does not depend on how many rows there are: of each run that is merged one section, of the table that comes out
//! one part that is built and one that is uploaded.

mod build;
mod commit;
mod fewer;

use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::{StoreError, Upload};

use crate::publication::{Mode, Publication, Published};
use crate::run::{Run, Written};
use crate::{RowsError, SelectorRows, manifest, stage};

/// How often tables are merged where others publish the same.
const TRIES: usize = 8;

/// Most runs of a publication.
const MAX_RUNS: usize = 10_000;

/// What is to be published.
#[derive(Default)]
pub(crate) struct Staged {
    /// Few enough to be merged at once.
    pub(crate) runs: Vec<Run>,
    /// What goes once they are published.
    pub(crate) uploads: Vec<Upload>,
    /// A name that is merged although no run may have it.
    pub(crate) name: Option<Arc<str>>,
}

pub(crate) async fn publish(
    rows: &SelectorRows,
    owner: Owner,
    publication: Publication,
) -> Result<Published, RowsError> {
    if publication.runs.len() > MAX_RUNS {
        return Err(RowsError::TooMany { what: "runs of a publication", most: MAX_RUNS as u64 });
    }
    let place = rows.place(owner);
    let _publishing = place.publishing.lock().await;
    if let Some(done) = done(rows, owner, &publication.id).await? {
        return Ok(done);
    }
    let mut staged = Staged::default();
    for run in &publication.runs {
        let (run, upload) = stage::find(&**rows.store(), owner, run).await?;
        staged.runs.push(run);
        staged.uploads.push(upload);
    }
    fewer::merge(rows, owner, &mut staged).await?;
    attempts(rows, owner, &publication, &staged).await
}

/// Publishes a run that nothing keeps.
pub(crate) async fn pass(
    rows: &SelectorRows,
    owner: Owner,
    run: &Written,
    publication: &Publication,
) -> Result<Published, RowsError> {
    let place = rows.place(owner);
    let _publishing = place.publishing.lock().await;
    let staged = Staged { runs: vec![run.run()], uploads: run.uploads().collect(), name: None };
    attempts(rows, owner, publication, &staged).await
}

/// Takes what lies over the parts of a table into them.
pub(crate) async fn fold(rows: &SelectorRows, owner: Owner, name: &str) -> Result<(), RowsError> {
    let place = rows.place(owner);
    let _publishing = place.publishing.lock().await;
    let staged = Staged { name: Some(name.into()), ..Staged::default() };
    attempts(rows, owner, &Publication::unnamed(Mode::Upsert, None), &staged).await.map(drop)
}

async fn attempts(
    rows: &SelectorRows,
    owner: Owner,
    publication: &Publication,
    staged: &Staged,
) -> Result<Published, RowsError> {
    for _ in 0..TRIES {
        let book = rows.book(owner).await?;
        let built = build::tables(rows, owner, &book, publication.mode, staged).await?;
        rows.limits()
            .check_rows(book.rows().saturating_add(built.counts.added).saturating_sub(built.counts.removed))?;
        let counts = built.counts;
        match commit::commit(rows, owner, publication, &built, &staged.uploads).await {
            Ok(()) => {
                rows.book(owner).await?;
                return Ok(counts);
            }
            // Somebody else has published one of the tables, or this very publication on another node.
            Err(RowsError::Store(StoreError::Conflict(_))) => {
                if let Some(done) = done(rows, owner, &publication.id).await? {
                    return Ok(done);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(RowsError::Contended)
}

async fn done(rows: &SelectorRows, owner: Owner, publication: &str) -> Result<Option<Published>, RowsError> {
    if publication.is_empty() {
        return Ok(None);
    }
    let document = rows.store().get(&manifest::done_key(owner, publication)).await?;
    Ok(document.map(|document| manifest::done(&document)).transpose()?)
}

/// The parts of one table after a merge.
pub(crate) struct Rebuilt {
    pub(crate) old: Arc<crate::base::Base>,
    pub(crate) manifest: manifest::Manifest,
}
