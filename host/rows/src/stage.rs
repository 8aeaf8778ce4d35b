//! Rows on their way into a publication: sorted, kept in the store as a run, and visible to nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use strowger_model::selector_row::SelectorRow;
use strowger_model::{Owner, Sid};
use strowger_store::{Batch, Blob, Document, Expect, Key, Kind, Scan, Store, StoreExt, Upload, Write};

use crate::RowsError;
use crate::identity::{self, RowKey};
use crate::part::Payload;
use crate::run::{Run, RunWriter, SectionBuilder, Written};

/// What the ids of the documents begin with that keep staged rows.
const PREFIX: &str = "selector_rows:run:";

/// Runs that are discarded at once.
const AT_ONCE: usize = 200;

/// Rows that were staged together. Which rows they are is for the store to know: a run is named by whoever stages, so that very many of
/// them need not be remembered one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedRun {
    /// The id of the blob that has them.
    blob: String,
}

impl StagedRun {
    /// The run of that number among those that are staged under an id, which has no colon.
    #[must_use]
    pub fn of(staging: &str, number: u32) -> Self {
        Self { blob: format!("{PREFIX}{staging}:{number:06}") }
    }

    pub(crate) fn random() -> Self {
        Self::of(&Sid::random().to_string(), 0)
    }

    pub(crate) fn key(&self, owner: Owner) -> Key {
        Key::new(owner, Kind::Blob, &self.blob)
    }
}

/// Uploads a run. It stays once `batch` is applied.
pub(crate) async fn write(
    store: &Arc<dyn Store>,
    key: Key,
    rows: Vec<SelectorRow>,
    section_rows: u32,
    batch: &mut Batch,
) -> Result<(), RowsError> {
    let written = upload(RunWriter::new(store, key), rows, section_rows).await?;
    let (write, upload) = written.kept().ok_or(RowsError::Invalid("the rows of a run are too long".into()))?;
    batch.writes.push(write);
    batch.keep.push(upload);
    Ok(())
}

/// Uploads rows that are published at once, or never.
pub(crate) async fn pass(
    store: &Arc<dyn Store>,
    owner: Owner,
    rows: Vec<SelectorRow>,
    section_rows: u32,
) -> Result<Written, RowsError> {
    upload(RunWriter::passing(store, owner), rows, section_rows).await
}

async fn upload(mut writer: RunWriter, rows: Vec<SelectorRow>, section_rows: u32) -> Result<Written, RowsError> {
    rows.iter().try_for_each(identity::check)?;
    let encoded = tokio::task::spawn_blocking(move || encode(rows, section_rows)).await;
    for section in encoded.map_err(|_| RowsError::Contended)?? {
        writer.write(&section).await?;
    }
    writer.finish().await
}

/// Sorts rows into sections. Of two rows of the same identity the later one counts.
fn encode(rows: Vec<SelectorRow>, section_rows: u32) -> Result<Vec<Bytes>, RowsError> {
    let keyed = |row: SelectorRow| (RowKey::of(&row), Payload::write(&row), row.name);
    let mut rows: Vec<(RowKey, Vec<u8>, String)> = rows.into_iter().map(keyed).collect();
    // The sort is stable: the last of its equals is the latest.
    rows.sort_by(|a, b| (&a.2, &a.0).cmp(&(&b.2, &b.0)));
    let (mut sections, mut builder) = (Vec::new(), SectionBuilder::new(section_rows));
    let mut rows = rows.iter().peekable();
    while let Some((key, payload, name)) = rows.next() {
        if rows.peek().is_some_and(|(next, _, of)| next == key && of == name) {
            continue;
        }
        sections.extend(builder.push(name, key.bytes(), payload)?);
    }
    sections.extend(builder.finish()?);
    Ok(sections)
}

/// A run, and the upload that has it.
pub(crate) async fn find(store: &dyn Store, owner: Owner, run: &StagedRun) -> Result<(Run, Upload), RowsError> {
    let document = store.get(&run.key(owner)).await?;
    let document = document.ok_or_else(|| RowsError::Damaged("staged rows are gone".into()))?;
    let blob: Blob = document.decode()?;
    let upload = Upload { owner, id: blob.upload.clone() };
    Ok((Run { blobs: vec![blob] }, upload))
}

/// The ids under which rows are staged.
pub(crate) async fn stagings(store: &dyn Store, owner: Owner) -> Result<BTreeSet<String>, RowsError> {
    let mut found = BTreeSet::new();
    let mut scan = Scan::of(owner, Kind::Blob).prefix(PREFIX);
    loop {
        let page = store.scan(&scan).await?;
        found.extend(page.documents.iter().filter_map(|document| staging(&document.key)).map(str::to_owned));
        match page.next {
            Some(next) => scan.after = Some(next),
            None => return Ok(found),
        }
    }
}

fn staging(run: &Key) -> Option<&str> {
    run.id.strip_prefix(PREFIX)?.split(':').next()
}

/// Gives up what is staged under an id. Answers how many runs that were.
pub(crate) async fn discard(store: &dyn Store, owner: Owner, id: &str) -> Result<u64, RowsError> {
    let all = store.collect(Scan::of(owner, Kind::Blob).prefix(&format!("{PREFIX}{id}"))).await?;
    let runs: Vec<Document> = all.into_iter().filter(|document| staging(&document.key) == Some(id)).collect();
    for some in runs.chunks(AT_ONCE) {
        let mut batch = Batch::default();
        for run in some {
            let blob: Blob = run.decode()?;
            batch.discard.push(Upload { owner, id: blob.upload });
            batch.writes.push(Write::delete(run.key.clone(), Expect::Anything));
        }
        store.apply(batch).await?;
    }
    Ok(runs.len() as u64)
}
