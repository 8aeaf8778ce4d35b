//! Rows on their way into a publication: sorted, kept in the store as a blob, and visible to nobody.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use serde::{Deserialize, Serialize};
use strowger_model::selector_row::SelectorRow;
use strowger_model::{Owner, Sid};
use strowger_store::{Batch, BlobReader, BlobWriter, Key, Kind, Store, Upload, remove_blob};

use crate::RowsError;
use crate::identity::{self, RowKey};
use crate::part::{Part, PartBuilder, Payload};

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

/// Rows by name, each name's as parts.
pub(crate) type Sections = BTreeMap<String, Vec<Arc<Part>>>;

/// Uploads a run. It stays once `batch` is applied.
pub(crate) async fn write(
    store: &Arc<dyn Store>,
    owner: Owner,
    rows: Vec<SelectorRow>,
    batch: &mut Batch,
) -> Result<StagedRun, RowsError> {
    rows.iter().try_for_each(identity::check)?;
    let encoded = tokio::task::spawn_blocking(move || encode(rows)).await;
    let (bytes, rows) = encoded.map_err(|_| RowsError::Contended)??;
    let run = StagedRun { blob: format!("selector_rows:run:{}", Sid::random()), rows };
    let mut writer = BlobWriter::new(Arc::clone(store), run.key(owner));
    writer.write(&bytes).await?;
    let (_, write, upload) = writer.finish().await?;
    batch.writes.push(write);
    batch.keep.push(upload);
    Ok(run)
}

/// `length of the name (4 bytes), name, length of the part (4 bytes), part`, for each part. Of two rows of the same identity the later one.
fn encode(rows: Vec<SelectorRow>) -> Result<(Vec<u8>, u64), RowsError> {
    let mut names: BTreeMap<String, Vec<(RowKey, Vec<u8>)>> = BTreeMap::new();
    for row in rows {
        let keyed = (RowKey::of(&row), Payload::write(&row));
        match names.get_mut(&row.name) {
            Some(rows) => rows.push(keyed),
            None => drop(names.insert(row.name, vec![keyed])),
        }
    }
    let (mut bytes, mut count) = (Vec::new(), 0_u64);
    for (name, mut rows) in names {
        // The sort is stable: the last of its equals is the latest.
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let mut builder = PartBuilder::new();
        let mut rows = rows.iter().peekable();
        while let Some((key, payload)) = rows.next() {
            if rows.peek().is_some_and(|(next, _)| next == key) {
                continue;
            }
            builder.push(key.bytes(), payload)?;
            count += 1;
            if builder.is_full() {
                section(&mut bytes, &name, std::mem::replace(&mut builder, PartBuilder::new()))?;
            }
        }
        if !builder.is_empty() {
            section(&mut bytes, &name, builder)?;
        }
    }
    Ok((bytes, count))
}

fn section(bytes: &mut Vec<u8>, name: &str, builder: PartBuilder) -> Result<(), RowsError> {
    for piece in [Bytes::copy_from_slice(name.as_bytes()), builder.finish()?] {
        let length = u32::try_from(piece.len()).map_err(|_| RowsError::Invalid("a run is too large".into()))?;
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&piece);
    }
    Ok(())
}

/// The rows of a run, and the upload that has them.
pub(crate) async fn read(
    store: &Arc<dyn Store>,
    owner: Owner,
    run: &StagedRun,
    sections: &mut Sections,
) -> Result<Upload, RowsError> {
    let reader = BlobReader::open(Arc::clone(store), &run.key(owner)).await?;
    let reader = reader.ok_or_else(|| RowsError::Damaged("staged rows are gone".into()))?;
    let upload = Upload { owner, id: reader.blob().upload.clone() };
    let bytes = reader.read_all().await?;
    let decoded = tokio::task::spawn_blocking(move || decode(bytes)).await;
    for (name, part) in decoded.map_err(|_| RowsError::Contended)?? {
        sections.entry(name).or_default().push(Arc::new(part));
    }
    Ok(upload)
}

fn decode(mut bytes: Bytes) -> Result<Vec<(String, Part)>, RowsError> {
    let cut_off = || RowsError::Damaged("staged rows are cut off".into());
    let mut sections = Vec::new();
    while !bytes.is_empty() {
        let mut piece = || {
            let length = usize::try_from(bytes.try_get_u32_le().ok()?).ok()?;
            (length <= bytes.len()).then(|| bytes.split_to(length))
        };
        let name = piece().ok_or_else(cut_off)?;
        let part = piece().ok_or_else(cut_off)?;
        let name = String::from_utf8(name.to_vec()).map_err(|_| cut_off())?;
        sections.push((name, Part::open(&part)?));
    }
    Ok(sections)
}

pub(crate) async fn discard(store: &dyn Store, owner: Owner, runs: &[StagedRun]) -> Result<(), RowsError> {
    for run in runs {
        remove_blob(store, &run.key(owner), None).await?;
    }
    Ok(())
}
