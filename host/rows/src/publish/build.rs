//! The parts of every table of a publication, merged and uploaded.

use std::collections::BTreeSet;
use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::{BlobWriter, Store, Upload, Write};
use tokio::sync::mpsc;

use super::{Rebuilt, Staged};
use crate::RowsError;
use crate::book::RowBook;
use crate::manifest::{self, Manifest};
use crate::merge::{self, Folded, Merged, Piece, Sources};
use crate::publication::{Mode, Published};
use crate::table::Table;

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
    store: &Arc<dyn Store>,
    owner: Owner,
    book: &RowBook,
    mode: Mode,
    names: &BTreeSet<String>,
    staged: &Staged,
) -> Result<Built, RowsError> {
    let mut built = Built::default();
    for name in names {
        let empty = || Arc::new(Table::new(name, Arc::default()));
        let table = book.tables.get(name).cloned().unwrap_or_else(empty);
        let runs = staged.sections.get(name).map(Vec::as_slice).unwrap_or_default();
        let sources = Sources::new(&table, runs, mode);
        let (sender, pieces) = mpsc::channel(1);
        let merging = tokio::task::spawn_blocking(move || merged(sources, mode, &sender));
        let parts = uploaded(store, owner, &table, pieces, &mut built).await?;
        let merged = merging.await.map_err(|_| RowsError::Contended)??;
        built.counts.added += merged.counts.added;
        built.counts.changed += merged.counts.changed;
        built.counts.removed += merged.counts.removed;
        built.folded.extend(merged.folded);
        let manifest = Manifest { name: name.clone(), parts };
        built.tables.push(Rebuilt { old: Arc::clone(&table.base), manifest });
    }
    Ok(built)
}

/// Merges while the part before is being uploaded.
fn merged(sources: Sources, mode: Mode, pieces: &mpsc::Sender<Piece>) -> Result<Merged, RowsError> {
    merge::merge(sources, mode, &mut |piece| pieces.blocking_send(piece).map_err(|_| RowsError::Contended))
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
