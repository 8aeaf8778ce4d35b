//! Which column of a file is which field of a row.

use csv::ByteRecord;
use serde::{Deserialize, Serialize};

use super::failures;

/// Columns that a file may have; more are nobody's.
const MOST: usize = 64;

/// Unknown columns that an error names.
const NAMED: usize = 16;

/// Characters of a column's name that an error tells.
const LONGEST_NAME: usize = 64;

/// A field of a selector row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The name under which rows are looked up together.
    Name,
    /// What is looked up.
    Selector,
    /// The carrier.
    Resource,
    /// What carriers are ordered by.
    Value,
    /// From when on the row counts.
    StartTime,
    /// Until when.
    StopTime,
}

impl Column {
    /// Those that every row has.
    pub const MANDATORY: [Self; 3] = [Self::Name, Self::Selector, Self::Resource];

    /// Those that a row may have.
    pub const OPTIONAL: [Self; 3] = [Self::Value, Self::StartTime, Self::StopTime];

    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Selector, Self::Resource, Self::Value, Self::StartTime, Self::StopTime];

    /// What a header calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Selector => "selector",
            Self::Resource => "resource",
            Self::Value => "value",
            Self::StartTime => "start_time",
            Self::StopTime => "stop_time",
        }
    }

    /// The document about CSV files spells `start_time` without its `r`; files that were made from it do, too.
    fn from_name(name: &str) -> Option<Self> {
        let name = if name == "stat_time" { "start_time" } else { name };
        Self::ALL.into_iter().find(|column| column.name() == name)
    }
}

/// A header that is not one of selector rows: everything that is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("the header is not one of selector rows")]
pub struct HeaderError {
    /// There is no header.
    pub is_empty: bool,
    /// Columns that no row has.
    pub unknown: Vec<String>,
    /// Columns that every row has, and that are not there.
    pub missing: Vec<&'static str>,
    /// Columns that are there more than once.
    pub repeated: Vec<&'static str>,
}

impl HeaderError {
    pub(super) const EMPTY: Self =
        Self { is_empty: true, unknown: Vec::new(), missing: Vec::new(), repeated: Vec::new() };

    fn into_result(self) -> Result<(), Self> {
        if self == Self::default() { Ok(()) } else { Err(self) }
    }
}

/// The columns of a file, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Columns(Vec<Column>);

impl Columns {
    /// What a header says. `allowed` are the columns that it may name; the mandatory ones are among them.
    ///
    /// # Errors
    /// [`HeaderError`].
    pub fn of(header: &ByteRecord, allowed: &[Column]) -> Result<Self, HeaderError> {
        let mut error = HeaderError { is_empty: header.is_empty(), ..HeaderError::default() };
        let mut columns = Vec::new();
        for cell in header.iter().take(MOST) {
            let name = String::from_utf8_lossy(cell);
            match Column::from_name(name.trim()).filter(|column| allowed.contains(column)) {
                Some(column) if columns.contains(&column) => error.repeated.push(column.name()),
                Some(column) => columns.push(column),
                None if error.unknown.len() < NAMED => {
                    error.unknown.push(name.trim().chars().take(LONGEST_NAME).collect());
                }
                None => {}
            }
        }
        let missing = Column::MANDATORY.into_iter().filter(|column| !columns.contains(column));
        error.missing = missing.map(Column::name).collect();
        if header.len() > MOST && error.unknown.is_empty() {
            error.unknown.push("…".into());
        }
        error.into_result().map(|()| Self(columns))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// A record's cell of that column; none where the file has no such column.
    pub(super) fn cell<'r>(&self, record: &'r ByteRecord, column: Column) -> Option<&'r [u8]> {
        record.get(self.0.iter().position(|own| *own == column)?)
    }

    /// Each column with a record's cell of it.
    pub(super) fn cells<'r>(&self, record: &'r ByteRecord) -> impl Iterator<Item = (Column, &'r [u8])> {
        self.0.iter().copied().zip(record.iter())
    }

    /// The first line of the file that tells which rows failed.
    #[must_use]
    pub fn failures_header(&self) -> Vec<u8> {
        failures::header(self.0.iter().map(|column| column.name()))
    }
}
