//! Making staged rows visible: the tables are merged, their parts uploaded, and one batch puts them in the place of the old ones.

mod build;
mod commit;

use std::collections::BTreeSet;
use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::{StoreError, Upload};

use crate::publication::{Mode, Publication, Published};
use crate::stage::Sections;
use crate::{RowsError, SelectorRows, manifest, stage};

/// How often tables are merged where others publish the same.
const TRIES: usize = 8;

/// Most runs of a publication.
const MAX_RUNS: usize = 10_000;

/// Staged rows, read.
#[derive(Default)]
pub(crate) struct Staged {
    pub(crate) sections: Sections,
    pub(crate) uploads: Vec<Upload>,
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
        let upload = stage::read(rows.store(), owner, run, &mut staged.sections).await?;
        staged.uploads.push(upload);
    }
    let names: BTreeSet<String> = staged.sections.keys().cloned().collect();
    attempts(rows, owner, &publication, &names, &staged).await
}

/// Takes what lies over the parts of a table into them.
pub(crate) async fn fold(rows: &SelectorRows, owner: Owner, name: &str) -> Result<(), RowsError> {
    let place = rows.place(owner);
    let _publishing = place.publishing.lock().await;
    let publication =
        Publication { id: String::new(), runs: Vec::new(), mode: Mode::Upsert, fence: None, author: None };
    let names = BTreeSet::from([name.to_owned()]);
    attempts(rows, owner, &publication, &names, &Staged::default()).await.map(drop)
}

async fn attempts(
    rows: &SelectorRows,
    owner: Owner,
    publication: &Publication,
    names: &BTreeSet<String>,
    staged: &Staged,
) -> Result<Published, RowsError> {
    for _ in 0..TRIES {
        let book = rows.book(owner).await?;
        rows.limits().check_names(&book, names.iter())?;
        let built = build::tables(rows.store(), owner, &book, publication.mode, names, staged).await?;
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
