//! The parts of every table of a publication, merged and uploaded.

use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::{BlobWriter, Store, Upload, Write};
use tokio::sync::mpsc;

use super::{Rebuilt, Staged};
use crate::book::RowBook;
use crate::manifest::{self, Manifest};
use crate::merge::{self, Folded, Merged, Piece, Runs, Sources};
use crate::publication::{Mode, Published};
use crate::table::Table;
use crate::{RowsError, SelectorRows};

/// Everything that is to change in one batch.
#[derive(Default)]
pub(crate) struct Built {
    pub(crate) tables: Vec<Rebuilt>,
    pub(crate) folded: Vec<Folded>,
    /// The descriptions of the parts.
    pub(crate) blobs: Vec<Write>,
    pub(crate) keep: Vec<Upload>,
    pub(crate) counts: Published,
}

pub(crate) async fn tables(
    rows: &SelectorRows,
    owner: Owner,
    book: &RowBook,
    mode: Mode,
    staged: &Staged,
) -> Result<Built, RowsError> {
    let (mut built, mut others) = (Built::default(), 0);
    let mut runs = Runs::open(rows.store(), owner, &staged.runs, rows.gauge()).await?;
    let mut first = staged.name.clone();
    while let Some(name) = first.take().or_else(|| runs.next_name()) {
        let table = book.tables.get(&*name).cloned().unwrap_or_else(|| {
            others += 1;
            Arc::new(Table::new(&name, Arc::default()))
        });
        rows.limits().check_new_names(book, others)?;
        let (sources, part_rows) = (Sources::new(&table, runs, mode), rows.limits().part_rows);
        let (sender, pieces) = mpsc::channel(1);
        let merging = tokio::task::spawn_blocking(move || merged(sources, mode, part_rows, &sender));
        let parts = uploaded(rows.store(), owner, &table, pieces, &mut built).await?;
        let (merged, left) = merging.await.map_err(|_| RowsError::Contended)??;
        runs = left;
        built.add(merged);
        let manifest = Manifest { name: name.to_string(), parts };
        built.tables.push(Rebuilt { old: Arc::clone(&table.base), manifest });
    }
    Ok(built)
}

impl Built {
    fn add(&mut self, merged: Merged) {
        self.counts.added += merged.counts.added;
        self.counts.changed += merged.counts.changed;
        self.counts.removed += merged.counts.removed;
        self.folded.extend(merged.folded);
    }
}

/// Merges while the part before is being uploaded.
fn merged(
    mut sources: Sources,
    mode: Mode,
    part_rows: u32,
    pieces: &mpsc::Sender<Piece>,
) -> Result<(Merged, Runs), RowsError> {
    let mut emit = |piece| pieces.blocking_send(piece).map_err(|_| RowsError::Contended);
    let merged = merge::merge(&mut sources, mode, part_rows, &mut emit)?;
    Ok((merged, sources.into_runs()))
}

async fn uploaded(
    store: &Arc<dyn Store>,
    owner: Owner,
    table: &Table,
    mut pieces: mpsc::Receiver<Piece>,
    built: &mut Built,
) -> Result<Vec<String>, RowsError> {
    let mut parts = Vec::new();
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Kept(number) => parts.extend(table.base.parts.get(number).map(|part| part.blob.clone())),
            Piece::Built(bytes) => {
                let key = manifest::part_key(owner);
                parts.push(key.id.clone());
                let mut writer = BlobWriter::new(Arc::clone(store), key);
                writer.write(&bytes).await?;
                let (_, write, upload) = writer.finish().await?;
                built.blobs.push(write);
                built.keep.push(upload);
            }
        }
    }
    Ok(parts)
}
