//! A row with its id and revision, and as the document that it is while it lies beside the parts.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use strowger_model::selector_row::SelectorRow;
use strowger_store::{Document, Revision};

use crate::identity::{RowId, RowKey};

/// What marks the document of a row that is gone.
const REMOVED: &str = "pvt_removed";

/// Longest id of a document that is the row's own; of a longer one the digest is the id.
const LONGEST: usize = 500;

/// A row as it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// Its id.
    pub id: RowId,
    /// A digest of its content: also its `ETag`.
    pub revision: Revision,
    /// What it says.
    pub row: SelectorRow,
}

impl From<SelectorRow> for StoredRow {
    fn from(row: SelectorRow) -> Self {
        Self { id: RowId::of(&row), revision: revision(&row), row }
    }
}

fn revision(row: &SelectorRow) -> Revision {
    let bytes = serde_json::to_vec(row).unwrap_or_default();
    Revision(format!("1-{}", hex(&Sha256::digest(bytes), 16)))
}

pub(crate) fn hex(digest: &[u8], most: usize) -> String {
    digest.iter().take(most).fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The id of a row's document.
pub(crate) fn document_id(id: &RowId) -> String {
    let text = id.to_string();
    if text.len() <= LONGEST { text } else { format!("~{}", hex(&Sha256::digest(text), 32)) }
}

/// The document of a row that is there.
pub(crate) fn present(document_id: &str, row: &SelectorRow) -> Value {
    let mut body = Map::new();
    body.insert("id".into(), json!(document_id));
    if let Ok(Value::Object(fields)) = serde_json::to_value(row) {
        body.extend(fields);
    }
    Value::Object(body)
}

/// The document of a row that is in a part and gone all the same.
pub(crate) fn removed(document_id: &str, id: &RowId) -> Value {
    let parts = id.key.parts();
    json!({
        "id": document_id,
        "name": id.name,
        "selector": parts.as_ref().map(|parts| &parts.selector),
        "resource": parts.as_ref().map(|parts| &parts.resource),
        "start_time": parts.as_ref().and_then(|parts| parts.start),
        "stop_time": parts.as_ref().and_then(|parts| parts.stop),
        REMOVED: true,
    })
}

/// What a document says: whose row, and the row itself, or none where it is gone.
pub(crate) fn read(document: &Document) -> Option<(RowId, Option<SelectorRow>)> {
    let fields = document.body.as_object()?.clone();
    let is_removed = fields.get(REMOVED).is_some_and(|removed| removed == true);
    let row = SelectorRow::from_document(fields).ok()?;
    crate::identity::check(&row).ok()?;
    let id = RowId { name: row.name.clone(), key: RowKey::of(&row) };
    Some((id, (!is_removed).then_some(row)))
}
