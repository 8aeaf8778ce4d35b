//! One record as a selector row, by the rules that hold for every selector row.

use csv::ByteRecord;
use serde_json::{Map, Value};
use strowger_model::selector_row::{self, SelectorRow};

use super::{Column, Columns};

/// The row that a record is, or which rules it breaks.
pub(super) fn read(columns: &Columns, record: &ByteRecord) -> Result<SelectorRow, String> {
    if record.len() != columns.count() {
        return Err(format!("the row has {} columns, the header {}", record.len(), columns.count()));
    }
    match plain(columns, record) {
        Some(row) => Ok(row),
        None => by_schema(columns, record),
    }
}

/// A row that keeps the rules at first sight: nearly every one does, and is not taken through the schema.
fn plain(columns: &Columns, record: &ByteRecord) -> Option<SelectorRow> {
    let text = |column: Column| columns.cell(record, column).map_or(Some(""), text);
    let mandatory = |column, longest| text(column).filter(|text| !text.is_empty() && text.len() <= longest);
    let value = text(Column::Value).filter(|text| text.len() <= 256)?;
    Some(SelectorRow {
        name: mandatory(Column::Name, 128)?.to_owned(),
        selector: mandatory(Column::Selector, 256)?.to_owned(),
        resource: mandatory(Column::Resource, 128)?.to_owned(),
        value: (!value.is_empty()).then(|| value.to_owned()),
        start_time: second(text(Column::StartTime)?)?,
        stop_time: second(text(Column::StopTime)?)?,
        extra: Map::new(),
    })
}

/// Text that a row can hold. U+0000 would end it where rows are sorted.
fn text(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell).ok().filter(|text| !text.contains('\0'))
}

fn second(text: &str) -> Option<Option<i64>> {
    if text.is_empty() {
        return Some(None);
    }
    text.parse().ok().filter(|second| *second >= 0).map(Some)
}

/// What is left is for the schema to say, in the same words as everywhere.
fn by_schema(columns: &Columns, record: &ByteRecord) -> Result<SelectorRow, String> {
    let mut row = Map::new();
    for (column, cell) in columns.cells(record) {
        let cell = text(cell).ok_or_else(|| format!("{}: the text is not UTF-8, or has U+0000", column.name()))?;
        if !cell.is_empty() || Column::MANDATORY.contains(&column) {
            row.insert(column.name().to_owned(), Value::String(cell.to_owned()));
        }
    }
    selector_row::validate(&mut row).map_err(|violations| violations.to_string())?;
    serde_json::from_value(Value::Object(row)).map_err(|error| error.to_string())
}
