//! The public ids of selector rows.

use strowger_rows::RowId;

/// The text of a path's segment. An id that is taken is written as it was read: a row has one id only.
pub fn row_id(text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    if let Ok(id) = text.parse::<RowId>() {
        assert_eq!(id.to_string(), text, "two spellings of one id");
    }
}
