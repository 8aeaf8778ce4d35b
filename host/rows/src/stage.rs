//! Rows on their way into a publication: kept in the store, and visible to nobody.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use strowger_model::selector_row::SelectorRow;
use strowger_model::{Owner, Sid};
use strowger_store::{BlobReader, BlobWriter, Key, Kind, Store, remove_blob};

use crate::RowsError;
use crate::identity::{self, RowId};

/// Rows that were staged together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedRun {
    /// The id of the blob that has them.
    pub(crate) blob: String,
    /// How many there are.
    pub rows: u64,
}

impl StagedRun {
    pub(crate) fn key(&self, owner: Owner) -> Key {
        Key::new(owner, Kind::Blob, &self.blob)
    }
}

pub(crate) async fn write(
    store: &Arc<dyn Store>,
    owner: Owner,
    rows: Vec<SelectorRow>,
) -> Result<StagedRun, RowsError> {
    rows.iter().try_for_each(identity::check)?;
    let sorted = tokio::task::spawn_blocking(move || sorted(rows)).await;
    let sorted = sorted.map_err(|_| RowsError::Contended)?;
    let run = StagedRun { blob: format!("selector_rows:run:{}", Sid::random()), rows: sorted.len() as u64 };
    let mut writer = BlobWriter::new(Arc::clone(store), run.key(owner));
    for row in &sorted {
        let line = serde_json::to_vec(row).map_err(|error| RowsError::Invalid(error.to_string()))?;
        writer.write(&line).await?;
        writer.write(b"\n").await?;
    }
    writer.commit(None).await?;
    Ok(run)
}

/// Ascending by name and key; of two of the same identity the later one.
fn sorted(rows: Vec<SelectorRow>) -> Vec<SelectorRow> {
    let mut keyed: Vec<(RowId, SelectorRow)> = rows.into_iter().map(|row| (RowId::of(&row), row)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    let mut kept: Vec<(RowId, SelectorRow)> = Vec::with_capacity(keyed.len());
    for (id, row) in keyed {
        match kept.last_mut() {
            Some(last) if last.0 == id => last.1 = row,
            _ => kept.push((id, row)),
        }
    }
    kept.into_iter().map(|(_, row)| row).collect()
}

pub(crate) async fn read(store: &Arc<dyn Store>, owner: Owner, run: &StagedRun) -> Result<Vec<SelectorRow>, RowsError> {
    let reader = BlobReader::open(Arc::clone(store), &run.key(owner)).await?;
    let bytes: Bytes = match reader {
        Some(reader) => reader.read_all().await?,
        None => return Err(RowsError::Damaged("staged rows are gone".into())),
    };
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(|error| RowsError::Damaged(error.to_string()))).collect()
}

pub(crate) async fn discard(store: &dyn Store, owner: Owner, runs: &[StagedRun]) -> Result<(), RowsError> {
    for run in runs {
        remove_blob(store, &run.key(owner), None).await?;
    }
    Ok(())
}
